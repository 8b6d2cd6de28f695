"""Something to be judged: a submission, and how its code is reached once it is its turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cnngrade.errors import SubmissionError
from cnngrade.model import Course, Layer, Submission, Unit
from cnngrade.sandbox.unconfined import Fresh, Source
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import Work, read_work


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be judged: how to begin, and what it is called in the report.

    `open` returns the student's side; it may raise SubmissionError, which is then what the report says.
    """

    submission: Submission
    open: Callable[[], Student]
    note: str = ""
    layers: tuple[Layer, ...] = ()


def remote(course: Course, work: Work, source: Source) -> Candidate:
    """Return a submission that runs in a worker of its own, from `source`."""
    return Candidate(work.submission, lambda: Student(Remote(source), course.policy, work), layers=source.layers)


def unreadable(submission: Submission, error: SubmissionError) -> Candidate:
    """Return a submission that cannot be read: every case of it says so."""

    def refuse() -> Student:
        raise error

    return Candidate(submission, refuse)


def candidate(course: Course, path: Path, unit: Unit, student: str, source: Source | None = None, note: str = "") -> Candidate:
    """Read a submission file and return it as a candidate, readable or not.

    Its workers come from `source`; without one they are fresh processes in the file's own folder, for code one trusts.
    """
    try:
        return replace(
            remote(course, read_work(path, unit.name, student), source or Fresh(course.policy, path.parent)), note=note
        )
    except SubmissionError as error:
        return replace(unreadable(Submission(student, unit.name, path, ""), error), note=note)
