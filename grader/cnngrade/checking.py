"""The student's job: run the public tests on the work in this folder.

`check` is what the command runs, in a worker of its own; `check_here` is what a grade cell of a notebook calls, on the
functions as they stand in the running kernel.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnngrade import layout
from cnngrade.candidates import Candidate, candidate
from cnngrade.cells import choose_file
from cnngrade.course import find_course, load_course
from cnngrade.errors import UsageError
from cnngrade.judge import judge
from cnngrade.model import Course, Report, Submission, Unit
from cnngrade.render.html import report_fragment
from cnngrade.render.terminal import report_as_text
from cnngrade.student import Student
from cnngrade.transport import Inline


@dataclass(frozen=True, slots=True)
class Target:
    """What one check is about: a unit and the file that is judged."""

    course: Course
    unit: Unit
    path: Path
    note: str = ""


def lesson_headings(target: Target) -> dict[str, str]:
    """Return {function: heading of the lesson above its stub}, read from the unit's script; empty where that cannot be read."""
    script = layout.submission_folder(target.course) / f"{target.unit.name}.py"
    try:
        text = script.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    headings, heading = {}, ""
    for line in text.splitlines():
        if title := re.match(r"# #+ (.+)", line):
            heading = title.group(1).strip()
        elif (stub := re.match(r"def (\w+)\(", line)) and heading:
            headings[stub.group(1)] = heading
    return headings


def _nearest(name: str, course: Course) -> str:
    import difflib  # only an error needs it

    near = difflib.get_close_matches(name, [unit.name for unit in course.units], 1)
    return f" Did you mean {near[0]}?" if near else f" There are: {', '.join(unit.name for unit in course.units)}."


def find_unit(course: Course, name: str) -> Unit:
    """Return the unit called `name`; raises UsageError with the nearest name."""
    try:
        return course.unit(name)
    except KeyError:
        raise UsageError(f"{course.title} has no unit {name}.{_nearest(name, course)}") from None


def _file_target(path: Path) -> Target:
    if path.suffix not in (".py", ".ipynb"):
        raise UsageError(f"{path} is neither a script (.py) nor a notebook (.ipynb).")
    try:
        course = load_course(find_course(path.resolve().parent))
    except Exception:
        course = load_course(find_course(Path.cwd()))
    fitting = [unit for unit in course.units if unit.name in path.stem]
    if not fitting:
        raise UsageError(f"{path.name} does not say which unit it is.{_nearest(path.stem, course)}")
    return Target(course, max(fitting, key=lambda unit: len(unit.name)), path)


def targets(names: tuple[str, ...], where: Path) -> list[Target]:
    """Return what `cnngrade check NAMES` in the folder `where` is about; raises UsageError, CourseError."""
    found: list[Target] = []
    files = [name for name in names if Path(name).suffix in (".py", ".ipynb") or Path(name).is_file()]
    for name in files:
        if not Path(name).is_file():
            raise UsageError(f"There is no file {name}.")
        found.append(_file_target(Path(name)))
    if files and len(files) == len(names):
        return found
    course = load_course(find_course(where))
    wanted = [find_unit(course, name) for name in names if name not in files] or list(course.units)
    folder = layout.submission_folder(course)
    for unit in wanted:
        path, note = choose_file(course, unit, folder)
        found.append(Target(course, unit, path, note))
    return found


def check(target: Target) -> Report:
    """Run the unit's public tests on the file in a worker process and return the Report."""
    reports: list[Report] = []
    entry = candidate(target.course, target.path, target.unit, "", note=target.note)
    judge(target.course, target.unit, [entry], reports.append, hidden=False)
    return reports[0]


def watched(target: Target) -> Iterator[Report]:
    """Check the file now, and again whenever it has been saved, for as long as the caller goes on."""
    import time  # only --watch waits

    seen = None
    while True:
        stamp = target.path.stat().st_mtime_ns if target.path.exists() else None
        if stamp is not None and stamp != seen:
            seen = stamp
            yield check(target)
        time.sleep(0.3)


class Shown:
    """A report as a notebook shows it. Its plain form is the points earned, which is what nbgrader reads from a grade cell."""

    def __init__(self, report: Report, function: str) -> None:
        self.report, self.function = report, function

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        fragment = report_fragment(self.report, self.function)
        return {"text/plain": f"{self.report.earned or 0.0:g}", "text/html": fragment}

    def __repr__(self) -> str:
        return report_as_text(self.report, colour=False)


def check_here(function: str) -> Shown | None:
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
    return Shown(reports[0], function)
