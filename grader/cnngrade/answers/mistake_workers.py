"""What known mistakes answer that are files: each is asked in a worker of its own, as a submission is.

A worker is started once its file is asked about. A file that loops, or ends its worker, has no answer: then no student gets its
name, and nobody loses by it.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.mistake_files import MistakeFile
from cnngrade.course import paths
from cnngrade.errors import Fault, Reason, StudentFailure, SubmissionError, UsageError
from cnngrade.model import Course, Policy
from cnngrade.own_limits import Lifted
from cnngrade.sandbox.backends import AUTO, NONE, choose
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.own_code import OwnCode
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work

_CALL_SECONDS = 5.0


# A worker is asked for the whole class: no sum of seconds is too much for it.
_NO_LIMIT = 1e9


# What one Student notes down of its calls grows, and so does what it has been answered.
_MOST_CALLS = 200


# After so many calls that ended the worker nobody asks again.
_MOST_ENDS = 2


_ENDS = frozenset({Reason.OVER_TIME, Reason.OVER_MEMORY, Reason.ENDED_PROCESS, Reason.EXCESS, Reason.UNREADABLE})


NO_ANSWER = Fingerprint("no answer", reason=Reason.ENDED_PROCESS)
"""What a file is taken to answer that cannot be asked: nothing that a student's function answers agrees with it."""


def open_mistake(course: Course, file: MistakeFile, folder: Path) -> tuple[Student, WorkerSource]:
    """Return a file's code at work, and where its workers come from, which is to be closed after it.

    folder: the working directory of a worker where nothing on this machine would confine it
    Raises SubmissionError where the file cannot be read, and Fault where no worker starts.
    """
    work = read_work(file.path, file.path.stem, alone=True)
    policy = mistake_policy(course.policy)
    with Lifted():
        try:
            name = choose(AUTO)
        except UsageError:
            # As the stubs that `verify` judges: the file is one of the course's, and somebody has read it.
            name = NONE
        source: WorkerSource
        source = Fresh(policy, folder) if name == NONE else Warm(policy, name, paths.data_folder(course))
        try:
            return Student(Remote(source), policy, work, OwnCode(work)), source
        except BaseException:
            source.close()
            raise


def mistake_policy(policy: Policy) -> Policy:
    """Return what holds for a known mistake's code: as for a submission, but for a class of any size."""
    return replace(policy, call_seconds=min(policy.call_seconds, _CALL_SECONDS), submission_seconds=_NO_LIMIT, wall_factor=20.0)


class MistakeWorker:
    """One file, asked as long as it answers."""

    def __init__(self, course: Course, file: MistakeFile) -> None:
        self._course, self._file = course, file
        self._open = contextlib.ExitStack()
        self._student: Student | None = None
        self._ends = 0

    def answer(self, call: Call) -> Fingerprint:
        """Return the fingerprint of the file's answer to a call."""
        # A worker that something outside has ended says nothing of the file.
        for _ in range(2):
            if self._ends >= _MOST_ENDS:
                break
            try:
                came = self._asked(call)
            except Fault:
                self.close()
                continue
            except SubmissionError:
                self._ends = _MOST_ENDS
                break
            if isinstance(came, StudentFailure) and came.reason in _ENDS:
                self._ends += 1
                return NO_ANSWER
            return fingerprint(came)
        return NO_ANSWER

    def _asked(self, call: Call) -> Any:
        student = self._at_work()
        args, kwargs = call.arguments()
        student.begin(call.case, call.hidden)
        try:
            if call.history:
                return student.answers_to(*args)
            function = getattr(student.functions, call.function)
            return (function.fresh if call.fresh else function)(*args, **kwargs)
        except StudentFailure as failure:
            return failure
        finally:
            student.lifecycle.check()

    def _at_work(self) -> Student:
        if self._student is not None and len(self._student.calls) >= _MOST_CALLS:
            self.close()
        if self._student is None:
            folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True))
            student, source = open_mistake(self._course, self._file, Path(folder))
            self._open.callback(source.close)
            self._open.callback(student.close)
            self._student = student
        return self._student

    def close(self) -> None:
        """End the worker; the next question starts another."""
        self._student = None
        self._open.close()
