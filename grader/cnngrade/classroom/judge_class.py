"""Judge every submission of a class, and keep the reports."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnngrade.classroom import report_store
from cnngrade.course import paths
from cnngrade.errors import SubmissionError, UsageError
from cnngrade.judge.session import judge
from cnngrade.model import Course, Report, Submission, Unit
from cnngrade.sandbox.backends import NONE, choose, require
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, Source
from cnngrade.student.candidate import Candidate, candidate, unreadable
from cnngrade.submission.choose import choose_file


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A student's folder with the work on one unit."""

    student: str
    folder: Path


def handed_in(course: Course, unit: Unit, students: Sequence[str] = ()) -> list[HandedIn]:
    """Return what was submitted for the unit, by all students or by those named; raises UsageError for one who did not."""
    submitted = paths.classroom(course) / "submitted"
    found = {path.name: path / unit.name for path in submitted.glob("*") if (path / unit.name).is_dir()}
    missing = [student for student in students if student not in found]
    if missing:
        raise UsageError(f"{', '.join(missing)} submitted nothing for {unit.name} (looked in {submitted}).")
    return [HandedIn(student, found[student]) for student in sorted(students or found)]


def _content_digest(path: Path) -> bytes:
    """Return a digest of a file of any size; for one that cannot be read, of the reason, which the report will say too."""
    try:
        if path.is_symlink() or not path.is_file():
            return b""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return str(error.errno).encode()


def report_key(course: Course, unit: Unit, work: HandedIn, judging: str) -> str:
    """Return the key under which the report on this folder, as it is now, is stored."""
    # What ran unconfined might have done anything: its verdict is not taken for one of a sandbox.
    unconfined = course.policy.sandbox if course.policy.sandbox == NONE else ""
    digest = hashlib.sha256(f"{judging}\0{work.student}\0{report_store.secret(course)}\0{unconfined}".encode())
    for suffix in (".ipynb", ".py"):
        path = work.folder / f"{unit.name}{suffix}"
        digest.update(suffix.encode() + _content_digest(path))
    return digest.hexdigest()


def _open_candidate(course: Course, unit: Unit, work: HandedIn, source: Source) -> Candidate:
    try:
        path, note = choose_file(course, unit, work.folder)
    except UsageError:
        submission = Submission(work.student, unit.name, work.folder / f"{unit.name}.ipynb", "")
        return unreadable(
            submission, SubmissionError(f"There is no {unit.name}.ipynb and no {unit.name}.py among what was handed in.")
        )
    return candidate(course, path, unit, work.student, source, note)


def _candidates(course: Course, unit: Unit, works: Iterable[HandedIn]) -> Generator[Candidate, None, None]:
    """Yield the submissions, each with a working directory of its own that holds nothing but the course's data."""
    data, name = paths.data_folder(course), course.policy.sandbox
    if name != NONE:
        with contextlib.closing(Warm(course.policy, name, data)) as source:
            for work in works:
                yield _open_candidate(course, unit, work, source)
        return
    for work in works:
        with tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True) as scratch:
            if data.is_dir():
                shutil.copytree(data, Path(scratch) / "data")
            yield _open_candidate(course, unit, work, Fresh(course.policy, Path(scratch)))


def confined(course: Course) -> Course:
    """Return the course with its sandbox chosen for good; raises UsageError where this machine has none, or lacks a package."""
    require(course.policy.packages)
    return replace(course, policy=replace(course.policy, sandbox=choose(course.policy.sandbox)))


def judge_all(course: Course, unit: Unit, works: Iterable[HandedIn], on_report: Callable[[Report], None]) -> None:
    """Judge submissions one after the other in this process, with all tests; raises CourseError if the tests cannot be run.

    The course is a `confined` one.
    """
    # Closed whatever happens, so that the working directory of an interrupted submission goes as well.
    with contextlib.closing(_candidates(course, unit, works)) as candidates:
        judge(course, unit, candidates, on_report, hidden=True, secret=report_store.secret(course))


def report_for(course: Course, unit: Unit, student: str, folder: Path) -> Report:
    """Return the stored report on a student's folder, or judge it now and store it."""
    work = HandedIn(student, folder)
    key = report_key(course, unit, work, report_store.judging_digest(course, unit))
    report = report_store.load(course, unit, student, key)
    if report is None:
        reports: list[Report] = []
        judge_all(confined(course), unit, [work], reports.append)
        report = reports[0]
        if report.earned is not None:
            report_store.save(course, unit, key, report)
    return report
