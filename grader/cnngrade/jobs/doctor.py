"""What this machine can do and what is missing: for a student's check, and for an instructor's grading.

In a released folder, and outside of any course, only what concerns a student is looked at.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from cnngrade import __version__
from cnngrade.course.folder import CourseFolder
from cnngrade.course.load import find_course, load_course
from cnngrade.errors import CnngradeError
from cnngrade.jobs import grading_machine, student_machine
from cnngrade.jobs.examined import Examined
from cnngrade.model import Course


def examine(where: Path, everything: bool = False) -> list[Examined]:
    """Look at what a check in the folder `where` needs; in an instructor's course, or for `everything`, a grading as well."""
    course, problem = _around(where)
    grades = everything or (course is not None and not course.handout)
    return list(_findings(where, course, problem, grades))


def _around(where: Path) -> tuple[Course | None, Examined | None]:
    try:
        path = find_course(where)
    except CnngradeError as error:
        return None, Examined("course", False, str(error))
    try:
        return load_course(path), None
    except CnngradeError as error:
        return None, Examined("course", False, str(error), needed=True)


def _findings(where: Path, course: Course | None, problem: Examined | None, grades: bool) -> Iterator[Examined]:
    system = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores"
    yield Examined("cnngrade", True, f"{__version__} on {system}")
    yield Examined("Python", sys.version_info >= (3, 11), f"{platform.python_version()} ({sys.executable})", needed=True)
    needed = [student_machine.needed_package(name) for name in student_machine.NEEDED]
    if grades or not all(finding.good for finding in needed):
        yield from needed
    else:
        # A student has not asked for any of them by name.
        yield Examined("installed", True, ", ".join(f"{finding.subject} {finding.text}" for finding in needed), needed=True)
    yield student_machine.command()
    if grades:
        yield from grading_machine.grading_packages()
    if all(finding.good for finding in needed):
        yield from _at_work(where, course, grades)
    yield student_machine.matplotlib()
    yield student_machine.notebooks()
    yield student_machine.browser()
    yield student_machine.terminal()
    if problem is not None:
        yield problem
    if course is not None:
        yield from _of_course(course)


def _at_work(where: Path, course: Course | None, grades: bool) -> Iterator[Examined]:
    """Look at what runs once the packages are there."""
    yield student_machine.worker()
    yield student_machine.clock()
    if grades:
        yield from grading_machine.sandboxes()
        yield grading_machine.disk(where)
    else:
        yield student_machine.as_graded()
    if course is not None:
        yield student_machine.packages(course.policy.packages, needed=grades)


def _of_course(course: Course) -> Iterator[Examined]:
    kind = "a released folder" if course.handout else "a course"
    units = ", ".join(unit.name for unit in course.units)
    yield Examined("course", True, f"{course.title} ({kind} with {units}) in {course.root}")
    if not course.handout:
        return
    yield student_machine.folder(course)
    if (stale := student_machine.wheel_beside(course)) is not None:
        yield stale
    yield from student_machine.unit_files(CourseFolder(course))
