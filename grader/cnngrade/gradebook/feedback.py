"""Write the pages that students get back, through nbgrader's generate_feedback."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from nbgrader.converters import GenerateFeedback

from cnngrade.errors import Fault
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.session import course_directory, run
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line, visible_name


def write_feedback(course: Course, unit: Unit, students: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write classroom/feedback/STUDENT/UNIT/UNIT.html for these students, or all who were graded, and return the paths.

    Raises Fault, after all pages that can be written are written, naming those students for whom there is none.
    """
    config = classroom_config.read(course)
    coursedir = course_directory(config)
    coursedir.assignment_id = unit.name
    graded = {path.parent.name for path in Path(coursedir.root, coursedir.autograded_directory).glob(f"*/{unit.name}")}
    pages, problems = [], []
    for student in sorted(students or graded):
        if student not in graded:
            problems.append(f"{visible_name(student)}: not graded yet; run `cnngrade grade {unit.name}` first")
            continue
        coursedir.student_id = glob.escape(student)
        try:
            run(GenerateFeedback, coursedir, config)
        except Exception as error:
            # One page that nbgrader cannot make must not keep the others from their students.
            problems.append(f"{visible_name(student)}: {visible_line(str(error))}")
            continue
        folder = coursedir.format_path(coursedir.feedback_directory, student, unit.name)
        pages.append(Path(folder).resolve() / f"{unit.name}.html")
    if problems:
        raise Fault("There is no feedback page for\n  " + "\n  ".join(problems))
    return tuple(pages)
