"""What a platform needs of a course to judge some of its units: all tests, solutions, known mistakes, data, and the secret.

The folder is a course of its own, with a course.yml that says of the units what the course's own says, dates apart: what late
work costs is the platform's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from cnngrade.ci.target import BundleFile
from cnngrade.classroom.report_store import judging_files, secret
from cnngrade.course import paths
from cnngrade.course.yaml_lines import FILE
from cnngrade.errors import Fault
from cnngrade.model import Course, Unit

# Not the usual name: a repository that keeps its classroom out of git would lose the secret.
_CLASSROOM = "kept"


def course_part(course: Course, units: tuple[Unit, ...], folder: str) -> dict[str, BundleFile]:
    """Return the files of a course of these units, below `folder`; raises CourseError, and Fault where one cannot be read.

    The classroom's secret is among them, so that everybody is asked for the same numbers each time, and here as there.
    """
    files = {FILE: BundleFile(_course_yml(course, units).encode())}
    for path in _needed(course, units):
        try:
            files[path.relative_to(course.root).as_posix()] = BundleFile(path.read_bytes())
        except OSError as error:
            raise Fault(f"{path} cannot be read: {error.strerror or error}. Fix its permissions.") from error
    kept = paths.secret_file(course).relative_to(paths.classroom(course))
    files[f"{_CLASSROOM}/{kept.as_posix()}"] = BundleFile(f"{secret(course)}\n".encode())
    return {f"{folder}/{path}": file for path, file in sorted(files.items())}


def _needed(course: Course, units: tuple[Unit, ...]) -> Iterator[Path]:
    """Yield the files that judge the units. Solutions are whole: they build on one another."""
    files = [path for unit in units for path in (paths.exercise_file(course, unit.name), *judging_files(course, unit))]
    for path in dict.fromkeys(files):
        if not any(part.startswith((".", "__pycache__")) for part in path.relative_to(course.root).parts):
            yield path


def _course_yml(course: Course, units: tuple[Unit, ...]) -> str:
    policy = asdict(course.policy) | {"packages": list(course.policy.packages)}
    # Nothing here is late.
    del policy["late_penalty_per_day"]
    document: dict[str, Any] = {"name": course.name, "title": course.title, "classroom": _CLASSROOM, "policy": policy}
    document |= {"units": [_said_of(unit) for unit in units]}
    head = "# Written by cnngrade ci, for judging alone.\n"
    return head + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _said_of(unit: Unit) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": unit.name, "title": unit.title, "points": unit.points, "prose": unit.prose_points}
    entry |= {"functions": list(unit.functions)}
    if unit.budgets:
        entry |= {"budgets": dict(unit.budgets)}
    if unit.may_loop_over:
        entry |= {"may_loop_over": {function: list(axes) for function, axes in unit.may_loop_over.items()}}
    if unit.loops_cost_beyond:
        entry |= {"loops_cost_beyond": dict(unit.loops_cost_beyond)}
    return entry
