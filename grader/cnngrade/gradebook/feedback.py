"""Write the pages that students get back, through nbgrader's generate_feedback."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from cnngrade.errors import Fault, UsageError
from cnngrade.files import how_to_share, is_shared, make_folder, share_all
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.feedback_page import FeedbackPage
from cnngrade.gradebook.marks import note_marks
from cnngrade.gradebook.session import course_directory, open_gradebook, open_to_group, run
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line, visible_name


def _graded(coursedir: CourseDirectory, unit: Unit) -> set[str]:
    """Return the students with graded work; raises Fault where that cannot be seen."""
    folder = Path(coursedir.root, coursedir.autograded_directory)
    try:
        students = [student for student in folder.iterdir() if student.is_dir()] if folder.is_dir() else []
        return {student.name for student in students if unit.name in (work.name for work in student.iterdir())}
    except PermissionError as error:
        raise Fault(f"Graded work cannot be read: {how_to_share(Path(error.filename), Path(coursedir.root))}.") from error


def _write_page(folder: Path, coursedir: CourseDirectory, config: Config) -> None:
    """Have nbgrader write the page of the student whom `coursedir` names into `folder`; raises Fault."""
    try:
        make_folder(folder.parent)
        # nbgrader empties the folder before it finds that it may not make it again.
        if any(place.exists() and not os.access(place, os.W_OK) for place in (folder.parent, folder)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        # An exporter that the instructor has chosen stays.
        chosen = {} if "exporter_class" in config.GenerateFeedback else {"exporter_class": FeedbackPage}
        run(GenerateFeedback, coursedir, config, **chosen)
        if is_shared(folder.parent):
            share_all(folder)
    except PermissionError as error:
        raise Fault(how_to_share(folder, Path(coursedir.root))) from error


def _nobody_hears(*_: object) -> None:
    pass


OnStudent = Callable[[Path | None, int, int], None]
"""Hears of each student: the page, None where there is none, and how many of how many students are done."""


def write_feedback(
    course: Course, unit: Unit, students: Sequence[str] = (), on_student: OnStudent = _nobody_hears
) -> tuple[Path, ...]:
    """Write classroom/feedback/STUDENT/UNIT/UNIT.html for these students, or all who were graded, and return the paths.

    Raises UsageError if nobody was graded, and Fault, after all pages that can be written are written, naming those students
    for whom there is none. `on_student` hears of each as it comes.
    """
    config = classroom_config.read(course)
    coursedir = course_directory(config)
    open_to_group(coursedir)
    coursedir.assignment_id = unit.name
    with open_gradebook(coursedir) as gradebook:
        note_marks(course, unit.name, gradebook)
    graded = _graded(coursedir, unit)
    if not graded and not students:
        raise UsageError(f"Nobody's work on {unit.name} is graded yet: run `cnngrade grade {unit.name}` first.")
    pages, problems = [], []
    wanted = sorted(students or graded)
    for done, student in enumerate(wanted, 1):
        page = None
        try:
            if student not in graded:
                raise UsageError(f"not graded yet; run `cnngrade grade {unit.name}` first")
            coursedir.student_id = glob.escape(student)
            folder = Path(coursedir.format_path(coursedir.feedback_directory, student, unit.name))
            _write_page(folder, coursedir, config)
            page = folder.resolve() / f"{unit.name}.html"
            pages.append(page)
        except Exception as error:
            # One page that nbgrader cannot make must not keep the others from their students.
            problems.append(f"{visible_name(student)}: {visible_line(str(error))}")
        on_student(page, done, len(wanted))
    if problems:
        raise Fault("There is no feedback page for\n  " + "\n  ".join(problems))
    return tuple(pages)
