"""What the cells of a notebook call: a check and the pictures of the functions as they stand in the running kernel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cnngrade.course.load import find_course, load_course
from cnngrade.errors import UsageError
from cnngrade.jobs.show import PictureDisplay, chosen, compared
from cnngrade.judge.session import judge
from cnngrade.model import Report, Submission
from cnngrade.report.html import report_fragment
from cnngrade.report.terminal import report_as_text
from cnngrade.student.candidate import Candidate
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline


class CheckDisplay:
    """A report as a notebook shows it. Its plain form is the points earned, which is what nbgrader reads from a grade cell."""

    def __init__(self, report: Report, function: str) -> None:
        self.report, self.function = report, function

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        fragment = report_fragment(self.report, self.function)
        return {"text/plain": f"{self.report.earned or 0.0:g}", "text/html": fragment}

    def __repr__(self) -> str:
        return report_as_text(self.report, colour=False)


def check_here(function: str) -> CheckDisplay | None:
    """Run the public tests of one function on what the running notebook or script has defined so far.

    Returns something that a notebook shows as a report; None inside a worker, where a submission's own checks have no say.
    """
    if os.environ.get("CNNGRADE_WORKER"):
        return None
    course = load_course(find_course(Path.cwd()))
    units = [unit for unit in course.units if function in unit.functions]
    if not units:
        raise UsageError(f"{course.title} has no function {function}.")
    unit, main = units[0], sys.modules["__main__"]
    submission = Submission("", unit.name, Path(getattr(main, "__file__", None) or f"{unit.name}.ipynb"), "")
    reports: list[Report] = []
    entry = Candidate(submission, lambda: Student(Inline(main), course.policy))
    judge(course, unit, [entry], reports.append, hidden=False, functions=(function,))
    return CheckDisplay(reports[0], function)


def show_here(function: str) -> PictureDisplay | None:
    """Draw the pictures of one function with what the running notebook or script has defined so far.

    Returns something that a notebook shows as pictures; None inside a worker.
    """
    if os.environ.get("CNNGRADE_WORKER"):
        return None
    course = load_course(find_course(Path.cwd()))
    units = [unit for unit in course.units if function in unit.functions]
    if not units:
        raise UsageError(f"{course.title} has no function {function}.")
    pictures = chosen(course, units[0], (function,))
    student = Student(Inline(sys.modules["__main__"]), course.policy)
    return PictureDisplay(tuple(compared(course, units[0], pictures, student, "")))
