"""Reports on the disk: one file a student and unit, kept as long as nothing that it rests on has changed.

A report's key is a digest of the submission, of everything that judges it (tests, solution, mistakes, course.yml) and of
the versions in use. The same key gives the same verdict without judging again; another key is judged anew.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cnngrade import __version__
from cnngrade.course import paths
from cnngrade.errors import WireError
from cnngrade.files import write_atomically
from cnngrade.model import Course, Report, Unit
from cnngrade.report.json import report_from_json, report_to_json


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def judging_digest(course: Course, unit: Unit) -> str:
    """Return a digest of what the unit's verdicts rest on, apart from the submission."""
    versions = [__version__, np.__version__, platform.python_version(), platform.machine(), _version("numba")]
    versions += [f"{package} {_version(package)}" for package in course.policy.packages]
    digest = hashlib.sha256(" ".join(versions).encode())
    files = [
        course.root / "course.yml",
        course.root / "autograde_tests" / "conftest.py",
        paths.public_tests(course, unit.name),
        paths.hidden_tests(course, unit.name),
        paths.mistakes_file(course, unit.name),
        *sorted((course.root / "solutions").rglob("*.py")),
        *sorted(paths.data_folder(course).rglob("*")),
    ]
    for path in files:
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def report_file(course: Course, unit: Unit, student: str) -> Path:
    """Return where a student's report lies."""
    return paths.classroom(course) / "reports" / unit.name / f"{student}.json"


def save(course: Course, unit: Unit, key: str, report: Report) -> None:
    """Keep a report under its key."""
    text = json.dumps({"key": key, "report": report_to_json(report)})
    write_atomically(report_file(course, unit, report.submission.student), text)


def load(course: Course, unit: Unit, student: str, key: str | None = None) -> Report | None:
    """Return the stored report, if there is one and its key is `key` (any key when None)."""
    try:
        stored = json.loads(report_file(course, unit, student).read_text(encoding="utf-8"))
        if key is not None and stored["key"] != key:
            return None
        return report_from_json(stored["report"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, WireError):
        # A report that is damaged is no report: the submission is judged again.
        return None


def stored_reports(course: Course, unit: Unit) -> Iterator[Report]:
    """Yield the unit's stored reports in the order of the students' names."""
    for path in sorted((paths.classroom(course) / "reports" / unit.name).glob("*.json")):
        report = load(course, unit, path.stem)
        if report is not None:
            yield report


def secret(course: Course) -> str:
    """Return the classroom's secret, which goes into the hidden tests' random numbers; made when first asked for."""
    path = paths.classroom(course) / ".secret"
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        made = secrets.token_hex(16)
        write_atomically(path, made + "\n")
        return made
