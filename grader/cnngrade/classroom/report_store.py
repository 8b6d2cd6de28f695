"""Reports on the disk: one file per student and unit, kept as long as nothing that it depends on has changed.

A report's key is a digest of the submission, of everything that judges it (tests, solution, mistakes, what course.yml says of
the unit and of every submission) and of the versions in use. The same key gives the same verdict without judging again; another
key is judged again. Dates are not among it: verdicts do not depend on them.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnngrade import __version__
from cnngrade.answers.mistake_files import finished, mistake_files
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.course import paths
from cnngrade.errors import Fault, WireError
from cnngrade.files import digest_of_file, digest_of_parts, how_to_share, write_atomically, write_once
from cnngrade.model import Course, Report, Unit
from cnngrade.report.json import report_from_json, report_to_json
from cnngrade.sandbox.backends import NONE
from cnngrade.submission.choose import files_of, saved_last


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def named_versions(course: Course) -> dict[str, str]:
    """Return the versions of what judges and of what submissions may use, by what people call it; "" is not installed."""
    ours = {
        "cnngrade": __version__,
        "numpy": np.__version__,
        "Python": platform.python_version(),
        "processor": platform.machine(),
        "numba": _version("numba"),
    }
    return ours | {package: _version(package) for package in course.policy.packages if package not in ours}


def versions(course: Course) -> list[str]:
    """Return the same versions, each with its name."""
    return [f"{name} {version}" for name, version in named_versions(course).items()]


def said_of(course: Course, unit: Unit) -> list[str]:
    """Return what course.yml says that verdicts on the unit depend on: neither dates nor what late work costs."""
    return [course.name, repr(replace(unit, release=None, due=None)), repr(replace(course.policy, late_penalty_per_day=0.0))]


def judging_files(course: Course, unit: Unit) -> list[Path]:
    """Return the files, those that are there, that the unit's verdicts depend on, apart from course.yml and the submission.

    Raises CourseError for known mistakes that cannot be read.
    """
    files = [
        *_shared_modules(course),
        paths.public_tests(course, unit.name),
        paths.hidden_tests(course, unit.name),
        paths.mistakes_file(course, unit.name),
        *sorted((course.root / "solutions").rglob("*.py")),
        *sorted(paths.data_folder(course).rglob("*")),
    ]
    # A frame without its sentence names nothing, so that nobody has to be judged again for it.
    files += [file.path for file in finished(mistake_files(course, unit))]
    return [path for path in files if path.is_file()]


def _shared_modules(course: Course) -> Iterator[Path]:
    """Yield what is no unit's own in the folders of the tests: conftest.py, and modules that tests may import."""
    top = paths.tests_in_common(course).parent
    for folder in (top, top / "public", top / "hidden"):
        yield from sorted(path for path in folder.glob("*.py") if not path.name.startswith("test_"))


def judging_digest(course: Course, unit: Unit) -> str:
    """Return a digest of what the unit's verdicts depend on, apart from the submission; raises CourseError."""
    kept = finished(mistake_files(course, unit))
    said = [*said_of(course, unit), *versions(course), *(file.path.name for file in kept)]
    return digest_of_parts(*said, *map(digest_of_file, judging_files(course, unit)))


def _content_digest(path: Path) -> str:
    """Return a file's digest; for one that cannot be read the reason, which the report will say too."""
    try:
        return digest_of_file(path) if path.is_file() and not path.is_symlink() else ""
    except OSError as error:
        return str(error.errno)


def report_key(course: Course, unit: Unit, work: HandedIn, judging: str, sandbox: str) -> str:
    """Return the key under which the report on this folder, as it is now, is stored; `judging` is the `judging_digest`."""
    # What ran unconfined might have done anything: its verdict does not count as one from a sandbox.
    confined = "" if sandbox == NONE else "confined"
    both = [work.folder / f"{unit.name}{suffix}" for suffix in (".ipynb", ".py")]
    try:
        # Which of two files is judged may depend on which is the later one.
        last = saved_last(both) if len(files_of(unit, work.folder)) == 2 else None
    except (Fault, OSError):
        # The report will say so, and is not kept.
        last = None
    name = last.name if last else ""
    return digest_of_parts(judging, work.student, secret(course), confined, name, *map(_content_digest, both))


def save(course: Course, unit: Unit, key: str, report: Report) -> None:
    """Keep a report under its key."""
    text = json.dumps({"key": key, "report": report_to_json(report)})
    write_atomically(paths.report_file(course, unit.name, report.submission.student), text)


def load_with_key(course: Course, unit: Unit, student: str) -> tuple[Report, str] | None:
    """Return the stored report and its key, if there is one."""
    try:
        stored = json.loads(paths.report_file(course, unit.name, student).read_text(encoding="utf-8"))
        return report_from_json(stored["report"]), str(stored["key"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, WireError):
        # A damaged report counts as none: the submission is judged again.
        return None


def load(course: Course, unit: Unit, student: str, key: str | None = None) -> Report | None:
    """Return the stored report, if there is one and its key is `key` (any key when None)."""
    report, stored = load_with_key(course, unit, student) or (None, None)
    return report if key in (None, stored) else None


_SECRET = re.compile(r"[0-9a-f]{32}")


def _read_secret(path: Path) -> str:
    """Return the secret that a file holds; raises FileNotFoundError, and Fault where it does not say."""
    kept = "Nothing was changed: with another secret, everybody would get other numbers in graded tests."
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise
    except PermissionError as error:
        raise Fault(f"The classroom's secret cannot be read: {how_to_share(path, path.parent)}. {kept}") from error
    except (OSError, ValueError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else "it is not text"
        raise Fault(f"The classroom's secret {path} cannot be read: {reason}. {kept}") from error
    if not _SECRET.fullmatch(text):
        raise Fault(
            f"The classroom's secret {path} is damaged: it must be 32 hexadecimal digits. Restore it from a backup. If there "
            "is none, delete it; then a new one is made, and everybody is graded again with other numbers."
        )
    return text


def secret(course: Course) -> str:
    """Return the classroom's secret, which goes into the hidden tests' random numbers; made when first asked for.

    A secret that is there is never replaced, and of two processes that make one at once both return the same. Raises Fault
    where it cannot be read or made.
    """
    path = paths.secret_file(course)
    try:
        return _read_secret(path)
    except FileNotFoundError:
        write_once(path, secrets.token_hex(16) + "\n")
    return _read_secret(path)
