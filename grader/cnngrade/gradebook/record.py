"""Enter judged submissions into nbgrader's gradebook, a whole class at a time.

nbgrader's Autograde would start over for each student: a gradebook to open a dozen times, a notebook to write twice. Here its
steps are taken with one open gradebook, from the released notebook and what the student handed in, be it a script, a notebook
or a file that nobody can read. Nothing in submitted/ is touched.

A student's graded folder is put in place first, then the gradebook's rows are committed, then a key is noted in the folder, of
everything that folder and rows depend on. Only a folder with the right key, next to rows that are right as well, is left as it
is; so a run that was killed, wherever it was, is finished by the next one.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError

from cnngrade.classroom import log
from cnngrade.classroom.collected import not_later_than_told
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.judge_class import Judged
from cnngrade.classroom.log import Event, verdict_event
from cnngrade.classroom.report_store import judging_digest
from cnngrade.course import paths
from cnngrade.errors import CnngradeError, Fault, UsageError
from cnngrade.files import digest_of_file, digest_of_parts, how_to_share, is_disk_full, replace_folder, tidy_folder
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.autograde import Steps
from cnngrade.gradebook.contents import Content, contents_of
from cnngrade.gradebook.due_dates import keep_due_date, time_of_submission
from cnngrade.gradebook.grade_cells import put_report
from cnngrade.gradebook.graded_folder import link_data, read_by_release_feedback
from cnngrade.gradebook.marks import note_marks
from cnngrade.gradebook.merge import judged_file, lay_file, read_released
from cnngrade.gradebook.rows import Cells, Entry, Standing, enter, is_entered, read_cells, read_standings
from cnngrade.gradebook.session import course_directory, open_gradebook, open_to_group
from cnngrade.model import Course, Unit

GROUP = 64
"""How many students are committed together."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one student's submission; `problem` says why it is not in the gradebook ("" if it is)."""

    student: str
    problem: str = ""

    @property
    def done(self) -> bool:
        """Whether the gradebook has the points."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class _Made:
    """A student's graded folder that is in place, what the gradebook is to hold, and what to note once it does.

    `event` is for the classroom's log, `note` for the folder.
    """

    entry: Entry
    folder: Path
    event: Event
    note: str


def _not_released(unit: Unit) -> UsageError:
    return UsageError(f'Unit "{unit.name}" has not been released. Run `cnngrade release {unit.name}` first.')


def _tidy_all(coursedir: CourseDirectory, unit: Unit) -> None:
    graded = Path(coursedir.root, coursedir.autograded_directory)
    try:
        for student in graded.iterdir() if graded.is_dir() else ():
            tidy_folder(student / unit.name)
    except PermissionError as error:
        where = how_to_share(Path(error.filename), Path(coursedir.root))
        raise Fault(f"The graded work cannot be written: {where}. Then run this again.") from error


class _DiskFull(Fault):
    """The disk has no room for a graded folder, nor for any other."""


class _Recorder:
    """What is the same for a whole class, and the steps for one student."""

    def __init__(self, course: Course, unit: Unit, gradebook: Gradebook) -> None:
        self._course, self._unit, self._gradebook = course, unit, gradebook
        config = classroom_config.read(course)
        self._coursedir = course_directory(config)
        released = Path(self._coursedir.format_path(self._coursedir.release_directory, ".", unit.name)) / f"{unit.name}.ipynb"
        try:
            keep_due_date(gradebook, unit)
            self.cells: Cells = read_cells(gradebook, unit.name)
        except MissingEntry as error:
            raise _not_released(unit) from error
        if not released.is_file():
            raise _not_released(unit)
        self._released: NotebookNode = read_released(released, unit)
        self._handed_out = released.parent
        self._steps = Steps(course, unit, self._coursedir, config, self.cells)
        self._steps.check(self._released)
        self.penalty = self._steps.late_penalty
        settings = digest_of_file(paths.nbgrader_config(course))
        late = [str(course.policy.late_penalty_per_day), str(self.cells.due), course.timezone]
        self._rests_on = [digest_of_file(released), settings, *late]
        self._judging = judging_digest(course, unit)

    def _key(self, judged: Judged, standing: Standing | None) -> str:
        both = (judged.work.folder / name for name in (paths.TIMESTAMP, paths.SUBMISSION_SECRET))
        digests = [digest_of_file(path) if path.is_file() else "" for path in both]
        return digest_of_parts(judged.key, *self._rests_on, *digests, str(standing and standing.extension))

    def _is_recorded(self, student: str, timestamp: datetime | None, key: str, graded: Path, standing: Standing | None) -> bool:
        """Say whether folder and rows are what this run would make of them."""
        try:
            note = json.loads((graded / paths.KEY_FILE).read_text(encoding="utf-8"))
            if note["key"] != key or any(digest_of_file(graded / name) != kept for name, kept in note["files"].items()):
                return False
            contents = {name: Content(*content) for name, content in note["contents"].items()}
            entry = Entry(student, timestamp, note["scores"], note["comments"], contents)
            return is_entered(self.cells, entry, standing, self.penalty)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # There is no note, or only part of one.
            return False

    def _write(self, graded: Path, text: str, work: HandedIn, script: Path | None) -> dict[str, str]:
        """Put a graded folder in place and return the digests of its files."""
        with replace_folder(graded) as draft:
            (draft / f"{self._unit.name}.ipynb").write_text(text, encoding="utf-8")
            if script is not None:
                shutil.copyfile(script, draft / script.name)
            for name, content in read_by_release_feedback(self._course, self._unit, work.student, work.folder).items():
                (draft / name).write_bytes(content)
            digests = {path.name: digest_of_file(path) for path in sorted(draft.iterdir())}
            for name in digests:
                (draft / name).chmod(self._steps.permissions)
            link_data(draft, graded, self._handed_out)
        return digests

    def make(self, judged: Judged, standing: Standing | None) -> _Made | None:
        """Put a student's graded folder in place and return what is to be entered; None if all is as it should be."""
        student, folder = judged.work.student, judged.work.folder
        if standing is None and not self._steps.may_create_students:
            self._gradebook.find_student(student)
        graded = Path(self._coursedir.format_path(self._coursedir.autograded_directory, student, self._unit.name))
        timestamp = time_of_submission(folder / paths.TIMESTAMP)
        if timestamp is not None:
            told = not_later_than_told(self._course, self._unit, student, timestamp.replace(tzinfo=UTC))
            timestamp = told.replace(tzinfo=None)
        key = self._key(judged, standing)
        if self._is_recorded(student, timestamp, key, graded, standing):
            return None
        chosen = judged_file(self._course, self._unit, folder)
        merged = lay_file(self._released, chosen, folder, self._handed_out)
        contents = contents_of(merged, folder)
        made = self._steps.grade(merged, student, lambda nb: put_report(nb, judged.report))
        script = chosen if chosen is not None and chosen.suffix == ".py" and not chosen.is_symlink() else None
        try:
            files = self._write(graded, made.text, judged.work, script)
        except PermissionError as error:
            room = Path(self._coursedir.root)
            raise Fault(f"The graded work cannot be written: {how_to_share(graded, room)}. Then run this again.") from error
        except OSError as error:
            if not is_disk_full(error):
                raise
            raise _DiskFull(
                f"There is no room left for {graded}. Make room on its disk, then run the command again: "
                "reports that are stored are kept, and what is in the gradebook stays."
            ) from error
        note: dict[str, Any] = {"key": key, "files": files, "scores": dict(made.scores), "comments": dict(made.comments)}
        note["contents"] = {name: astuple(content) for name, content in contents.items()}
        event = verdict_event(judged.report, judged.key, self._judging, chosen)
        return _Made(Entry(student, timestamp, made.scores, made.comments, contents), graded, event, json.dumps(note))

    def note(self, group: Sequence[_Made]) -> None:
        """Note in the log what became of a group, then in their graded folders that the gradebook has what belongs to them."""
        log.note(self._course, *(made.event for made in group))
        for made in group:
            path = made.folder / paths.KEY_FILE
            # A partial note counts as none, so it need not be written atomically; and without one the student is
            # recorded again by the next run, which is harmless.
            with contextlib.suppress(OSError):
                path.write_text(made.note, encoding="utf-8")
                path.chmod(self._steps.permissions)


def _problem(error: Exception) -> str:
    # nbgrader, its database and its steps can raise anything; the rest of the class is still graded.
    return str(error) if isinstance(error, CnngradeError) else f"{type(error).__name__}: {error}"


def _enter_all(recorder: _Recorder, gradebook: Gradebook, made: Sequence[_Made]) -> dict[str, str]:
    """Enter a group in one commit or, if the gradebook refuses that, one by one; returns the problems by student."""
    problems: dict[str, str] = {}
    groups = [list(made)]
    while groups:
        group = groups.pop()
        try:
            if group:
                enter(gradebook, recorder.cells, [entry.entry for entry in group], recorder.penalty)
        except OperationalError:
            raise
        except Exception as error:
            if len(group) > 1:
                groups += [[entry] for entry in group]
            else:
                problems[group[0].entry.student] = _problem(error)
            continue
        recorder.note(group)
    return problems


def _can_be_entered(student: str) -> bool:
    """Say whether a folder's name is a text: on Linux it may be any bytes, and no gradebook holds those."""
    try:
        student.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _record_group(recorder: _Recorder, gradebook: Gradebook, group: Sequence[Judged]) -> Iterator[Recorded]:
    for judged in group:
        if not _can_be_entered(judged.work.student):
            yield Recorded(judged.work.student, "the folder's name is not UTF-8: rename it in classroom/submitted")
    group = [judged for judged in group if _can_be_entered(judged.work.student)]
    standings = read_standings(gradebook, recorder.cells, [judged.work.student for judged in group])
    # Making folders takes time, and must not hold the database.
    gradebook.db.rollback()
    problems: dict[str, str] = {}
    made: list[_Made] = []
    for judged in group:
        student = judged.work.student
        try:
            done = recorder.make(judged, standings.get(student))
        except (_DiskFull, OperationalError):
            raise
        except Exception as error:
            problems[student] = _problem(error)
            continue
        if done is not None:
            made.append(done)
    problems |= _enter_all(recorder, gradebook, made)
    for judged in group:
        yield Recorded(judged.work.student, problems.get(judged.work.student, ""))


def record(
    course: Course, unit: Unit, judged: Sequence[Judged], progress: Callable[[Recorded], None] | None = None
) -> tuple[Recorded, ...]:
    """Enter what was judged, overwriting earlier automatic scores; manual ones stay. The caller is alone in the classroom.

    A student who is recorded correctly is left alone. A submission that fails costs only itself. `progress` is called for
    each student once the gradebook has the points, or it is known why not.

    What becomes of each is noted in the classroom's log, and so are marks that the log does not have yet.

    Raises UsageError before anything is recorded if the unit was not released, and Fault where the gradebook is locked, the log
    cannot be written or a disk is full; what was recorded until then stays.
    """
    classroom_config.bring_up_to_date(course)
    coursedir = course_directory(classroom_config.read(course))
    open_to_group(coursedir)
    results = []
    with open_gradebook(coursedir) as gradebook:
        recorder = _Recorder(course, unit, gradebook)
        note_marks(course, unit.name, gradebook)
        _tidy_all(coursedir, unit)
        left = iter(judged)
        while group := list(itertools.islice(left, GROUP)):
            for result in _record_group(recorder, gradebook, group):
                results.append(result)
                if progress is not None:
                    progress(result)
    return tuple(results)
