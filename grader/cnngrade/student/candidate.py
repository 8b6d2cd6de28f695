"""Something to be judged: a submission, and how its code is reached when its turn comes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Protocol

from cnngrade.errors import Fault, SubmissionError
from cnngrade.model import Course, Layer, Policy, Submission, Unit
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.own_code import OwnCode
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline, Remote
from cnngrade.submission.choose import stub_digests
from cnngrade.submission.read import Work, read_work


class Openable(Protocol):
    """Work that waits for its turn: none of it runs, and no process starts, before it is opened."""

    def open(self) -> Student:
        """Return the student's side; raises SubmissionError, which is then what the report says, and Fault."""


@dataclass(frozen=True, slots=True)
class RemoteWork:
    """A file that was read, the source of the workers that run it, and what returns the digests of what was handed out."""

    policy: Policy
    work: Work
    source: WorkerSource
    released: Callable[[], Collection[str]] = tuple

    def open(self) -> Student:
        """Start a worker; raises Fault."""
        return Student(Remote(self.source), self.policy, self.work, OwnCode(self.work, self.released))


@dataclass(frozen=True, slots=True)
class InlineWork:
    """Trusted functions in this process: a solution, a known mistake, or what a notebook's kernel has defined.

    `sources`, if they are known, are the same as work that workers from `source` can run. `unrun` returns, for a name that a
    kernel lacks, a sentence about the cell that has to be run for it, "" where there is none. `is_watched` says that somebody
    waits at the kernel, who may interrupt a call.
    """

    policy: Policy
    module: ModuleType
    sources: Work | None = None
    source: WorkerSource | None = None
    released: Callable[[], Collection[str]] = tuple
    unrun: Callable[[str], str] = lambda _: ""
    is_watched: bool = False

    def open(self) -> Student:
        """Return the functions as they stand."""
        code = OwnCode(released=self.released, unrun=self.unrun)
        student = Student(Inline(self.module, self.source), self.policy, code=code, is_watched=self.is_watched)
        student.work = self.sources
        return student


@dataclass(frozen=True, slots=True)
class OpenedWork:
    """A student at work already, whose calls are wanted afterwards."""

    student: Student

    def open(self) -> Student:
        """Return the student."""
        return self.student


@dataclass(frozen=True, slots=True)
class UnreadableWork:
    """A file that cannot be read: every case says so."""

    error: SubmissionError | Fault

    def open(self) -> Student:
        """Raise the error."""
        raise self.error


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be judged: how to begin, and what it is called in the report, and what is said in it beforehand."""

    submission: Submission
    work: Openable
    notes: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()


def remote(course: Course, work: Work, source: WorkerSource) -> Candidate:
    """Return a submission that runs in a worker of its own, from `source`."""
    opened = RemoteWork(course.policy, work, source, functools.partial(handed_out, course, work.submission.unit))
    return Candidate(work.submission, opened, layers=source.layers)


def handed_out(course: Course, unit: str) -> Collection[str]:
    """Return the digests of the statements of a unit as they were handed out; none where they cannot be read."""
    try:
        return stub_digests(course, course.unit(unit))
    except (KeyError, SubmissionError, Fault):
        return ()


def candidate(
    course: Course, path: Path, unit: Unit, student: str, source: WorkerSource | None = None, note: str = ""
) -> Candidate:
    """Read a submission file and return it as a candidate, readable or not.

    Its workers come from `source`; without one they are fresh processes in the file's own folder, for trusted code.
    """
    try:
        work = read_work(path, unit.name, student)
        read = remote(course, work, source or Fresh(course.policy, path.parent))
        if work.modules:
            files = " and ".join(dict.fromkeys(module.filename for module in work.modules))
            note = f"{note} Judged with it: {files}.".strip()
    except (SubmissionError, Fault) as error:
        read = Candidate(Submission(student, unit.name, path, ""), UnreadableWork(error))
    return replace(read, notes=(note,) if note else ())
