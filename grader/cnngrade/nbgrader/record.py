"""Enter judged submissions into nbgrader's gradebook, one student at a time.

nbgrader grades what it finds in a folder of submitted notebooks. It is shown a folder of our own making, with the released
notebook for every student, into which `LayStudentWork` lays what the student handed in, be it a script, a notebook or a file
that nobody can read. Nothing in submitted/ is touched.
"""

from __future__ import annotations

import contextlib
import glob
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from cnngrade.cells import choose_file
from cnngrade.errors import CnngradeError, SubmissionError, UsageError
from cnngrade.model import Course, Unit
from cnngrade.nbgrader import config as classroom_config
from cnngrade.nbgrader.judging import raise_if_fault
from cnngrade.nbgrader.running import course_directory, open_gradebook, run

_STAGE = "staged-"
TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one student's submission; `problem` says why it is not in the gradebook ("" if it is)."""

    student: str
    problem: str = ""

    @property
    def done(self) -> bool:
        """Whether the gradebook has the points."""
        return not self.problem


def _released_notebook(coursedir: CourseDirectory, unit: Unit) -> Path:
    path = Path(coursedir.format_path(coursedir.release_directory, ".", unit.name)) / f"{unit.name}.ipynb"
    try:
        with open_gradebook(coursedir) as gradebook:
            gradebook.find_notebook(unit.name, unit.name)
        known = path.is_file()
    except MissingEntry:
        known = False
    if not known:
        raise UsageError(f'Unit "{unit.name}" has not been released. Run `cnngrade release {unit.name}` first.')
    return path


def _stage(course: Course, unit: Unit, folder: Path, released: Path, staged: Path) -> None:
    """Put what nbgrader needs of a submission into `staged`: a notebook, the time, and the script where one is judged."""
    staged.mkdir(parents=True)
    shutil.copyfile(released, staged / f"{unit.name}.ipynb")
    # Where there is neither script nor notebook, the report says so, and the released notebook is all there is to show.
    with contextlib.suppress(UsageError):
        chosen, _ = choose_file(course, unit, folder)
        if chosen.suffix == ".py" and not chosen.is_symlink():
            shutil.copy2(chosen, staged / chosen.name)
    if (folder / TIMESTAMP).is_file():
        shutil.copyfile(folder / TIMESTAMP, staged / TIMESTAMP)


@dataclass(frozen=True, slots=True)
class _Recorder:
    course: Course
    unit: Unit
    config: Config
    coursedir: CourseDirectory
    released: Path
    stage: Path

    def record(self, student: str) -> None:
        # The judge is a floor of its own and is not needed to release or to show a gradebook.
        from cnngrade.grade import report_for

        submitted = self.config.CoursePreprocessor.submitted
        folder = Path(self.coursedir.format_path(submitted, student, self.unit.name))
        if not folder.is_dir():
            raise UsageError(f"{student} has handed in nothing for {self.unit.name}: there is no folder {folder}.")
        # A submission without a score must not reach nbgrader, which would enter it without points. One that cannot be read
        # has a score: the judging step gives it 0 points and shows the reason.
        with contextlib.suppress(SubmissionError):
            raise_if_fault(report_for(self.course, self.unit, student, folder))
        _stage(self.course, self.unit, folder, self.released, self.stage / student / self.unit.name)
        self.coursedir.student_id = glob.escape(student)
        run(Autograde, self.coursedir, self.config)


def record(
    course: Course, unit: Unit, students: Sequence[str], progress: Callable[[Recorded], None] | None = None
) -> tuple[Recorded, ...]:
    """Grade the submissions of `students` through nbgrader, overwriting earlier automatic scores; manual ones stay.

    A submission that fails costs only itself. `progress` is called after each. Raises UsageError before anything is recorded if
    the unit was not released.
    """
    config = classroom_config.load(course)
    coursedir = course_directory(config)
    released = _released_notebook(coursedir, unit)
    coursedir.assignment_id = unit.name
    config.CoursePreprocessor.submitted = coursedir.submitted_directory
    results = []
    with tempfile.TemporaryDirectory(prefix=_STAGE, dir=coursedir.root) as stage:
        coursedir.submitted_directory = Path(stage).name
        recorder = _Recorder(course, unit, config, coursedir, released, Path(stage))
        for student in students:
            try:
                recorder.record(student)
                result = Recorded(student)
            except CnngradeError as error:
                result = Recorded(student, str(error))
            except Exception as error:
                # nbgrader, its database and its converters can raise anything; the rest of the class is still graded.
                result = Recorded(student, f"{type(error).__name__}: {error}")
            results.append(result)
            if progress is not None:
                progress(result)
    return tuple(results)
