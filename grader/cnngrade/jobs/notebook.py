"""What the cells of a notebook call: a check and the pictures of the functions as they are in the running kernel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from cnngrade.course.load import find_course, load_course
from cnngrade.errors import UsageError
from cnngrade.jobs.check import SEARCH
from cnngrade.jobs.kernel_sources import kernel_work
from cnngrade.jobs.running_kernel import what_is_judged
from cnngrade.jobs.show import PictureDisplay, chosen, compared
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report, Submission
from cnngrade.report.html import report_fragment
from cnngrade.report.terminal import report_as_text
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, InlineWork, handed_out
from cnngrade.worker.packages import foreign


class CheckDisplay:
    """A report as a notebook shows it. Its plain form is the points earned, which is what nbgrader reads from a grade cell."""

    def __init__(self, report: Report, function: str) -> None:
        self.report, self.function = report, function

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        fragment = report_fragment(self.report, self.function)
        return {"text/plain": f"{self.report.earned or 0.0:g}", "text/html": fragment}

    def __repr__(self) -> str:
        return report_as_text(self.report, colour=False)


def _names_in(code: CodeType) -> Iterator[str]:
    """Yield the global names and attributes that a function's code, and functions inside it, use."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _modules_used(function: str, module: ModuleType) -> set[str]:
    """Return the names of the modules that a function of the notebook uses, and the notebook's functions that it calls."""
    found, waiting, seen = set[str](), [function], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in vars(module):
            continue
        seen.add(name)
        value: Any = vars(module)[name]
        found |= {str(value.__name__) if isinstance(value, ModuleType) else str(getattr(value, "__module__", ""))}
        if isinstance(code := getattr(value, "__code__", None), CodeType) and value.__module__ == module.__name__:
            waiting += _names_in(code)
    return found - {module.__name__}


def _note(course: Course, function: str, module: ModuleType) -> str:
    """Say which packages a function of the notebook uses that will be missing when it is graded; "" if there are none."""
    strangers = foreign(_modules_used(function, module), course.policy.packages)
    if not strangers:
        return ""
    return (
        f"{function} uses {' and '.join(strangers)}, which will not be there when it is graded: besides Python's own modules "
        f"submissions may use {' and '.join(course.policy.packages)}."
    )


def check_here(function: str) -> CheckDisplay:
    """Run the public tests of one function on what the running notebook or script has defined so far.

    Returns something that a notebook shows as a report.
    """
    course = load_course(find_course(Path.cwd()))
    units = [unit for unit in course.units if function in unit.functions]
    if not units:
        raise UsageError(f"{course.title} has no function {function}.")
    unit, main = units[0], sys.modules["__main__"]
    submission = Submission("", unit.name, Path(getattr(main, "__file__", None) or f"{unit.name}.ipynb"), "")
    notes = (what_is_judged(course, unit, function, main), _note(course, function, main))
    sources = kernel_work(unit, function, main, submission.path)
    source = Fresh(course.policy, Path.cwd()) if sources else None
    work = InlineWork(course.policy, main, sources, source, partial(handed_out, course, unit.name))
    entry = Candidate(submission, work, note=" ".join(filter(None, notes)))
    return CheckDisplay(judge_one(Suite(course, unit, functions=(function,), search=SEARCH), entry), function)


def show_here(function: str) -> PictureDisplay:
    """Draw the pictures of one function with what the running notebook or script has defined so far.

    Returns something that a notebook shows as pictures.
    """
    course = load_course(find_course(Path.cwd()))
    units = [unit for unit in course.units if function in unit.functions]
    if not units:
        raise UsageError(f"{course.title} has no function {function}.")
    pictures = chosen(course, units[0], (function,))
    student = InlineWork(course.policy, sys.modules["__main__"]).open()
    return PictureDisplay(tuple(compared(course, units[0], pictures, student, "")))
