"""Everything that cnngrade raises on purpose.

`CnngradeError` is for people: its text says what is wrong, where, and what to do next, and a command prints it without a
traceback. The subclass decides the exit code.
"""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Callable
from enum import Enum, IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    NOT_PASSED = 1
    USAGE = 2
    UNSOUND = 3
    FAULT = 4


class CnngradeError(Exception):
    """Base of every error that a user may see."""

    exit_code = ExitCode.USAGE

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it: a notebook has no use for the way that it took through this package either."""
        return [f"cnngrade: {self}"]


class Interrupted(KeyboardInterrupt):
    """Somebody at a notebook interrupted what was running. The text says what that was."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it."""
        return [f"Stopped. {self}".rstrip()]


class UsageError(CnngradeError):
    """The command was asked for something that it cannot do."""


class CourseError(CnngradeError):
    """course.yml, or a file that it promises, is not sound."""

    exit_code = ExitCode.UNSOUND


class SubmissionError(CnngradeError):
    """A submission cannot be read. It costs that submission, and nothing else."""

    exit_code = ExitCode.NOT_PASSED


class Fault(CnngradeError):
    """Something of ours failed. It never costs a student a point."""

    exit_code = ExitCode.FAULT


class Disturbed(Fault):
    """Somebody or something outside ended a worker, which no student's code can do: what was being judged is judged again."""


_SHORT = tuple(
    getattr(errno, name) for name in ("ENOMEM", "EMFILE", "ENFILE", "EAGAIN", "ENOSPC", "EDQUOT", "EIO") if hasattr(errno, name)
)


# Of the others some tools speak where a system does not have what they ask for at all.
_SHORT_IN_WORDS = (errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN)


def is_shortage(error: BaseException | None) -> bool:
    """Say whether an exception, or what led to it, means that the system denied this process memory, a file, a thread or room.

    Then nothing that it was about is to blame.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _SHORT):
            return True
        if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
            return True
        # What the dynamic linker was denied, or another process of ours, is only in a text.
        if isinstance(error, (ImportError, Fault)) and any(os.strerror(number) in str(error) for number in _SHORT_IN_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


class WireError(CnngradeError):
    """Bytes or values that may not cross between judge and worker."""

    exit_code = ExitCode.FAULT


class TooLarge(WireError):
    """A value that would cross if it were smaller."""


class Verdict(Enum):
    """How one case ended."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    UNFINISHED = "unfinished"
    SLOW = "slow"
    OVER_TIME = "over-time"
    OVER_MEMORY = "over-memory"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    FAULT = "fault"


class Reason(Enum):
    """Why a call of a student's function gave no answer that can be compared.

    A worker names some of these on the wire, and a fingerprint holds one in place of numbers.
    """

    RAISED = "raised"
    UNFINISHED = "unfinished"
    UNSENDABLE = "unsendable"
    TOO_LARGE = "too-large"
    TOO_MANY_ANSWERS = "too-many-answers"
    UNREADABLE = "unreadable"
    CHANGED_ARGUMENT = "changed-argument"
    SHARES_ARGUMENT = "shares-argument"
    WRONG_WHILE_TIMED = "wrong-while-timed"
    CELL_FAILED = "cell-failed"
    ENDED_PROCESS = "ended-process"
    EXCESS = "excess"
    OVER_TIME = "over-time"
    OVER_MEMORY = "over-memory"

    @property
    def verdict(self) -> Verdict:
        """How a case ends in which this happens."""
        return _VERDICTS[self]


_VERDICTS = {
    Reason.RAISED: Verdict.RAISED,
    Reason.UNFINISHED: Verdict.UNFINISHED,
    Reason.UNSENDABLE: Verdict.WRONG,
    Reason.TOO_LARGE: Verdict.WRONG,
    Reason.TOO_MANY_ANSWERS: Verdict.WRONG,
    Reason.UNREADABLE: Verdict.WRONG,
    Reason.CHANGED_ARGUMENT: Verdict.WRONG,
    Reason.SHARES_ARGUMENT: Verdict.WRONG,
    Reason.WRONG_WHILE_TIMED: Verdict.WRONG,
    Reason.CELL_FAILED: Verdict.RAISED,
    Reason.ENDED_PROCESS: Verdict.RAISED,
    Reason.EXCESS: Verdict.RAISED,
    Reason.OVER_TIME: Verdict.OVER_TIME,
    Reason.OVER_MEMORY: Verdict.OVER_MEMORY,
}


class StudentFailure(Exception):
    """A call of the student's function gave no answer. The text is for the student.

    `for_staff` may hold more (a traceback, the worker's exit status).
    """

    def __init__(self, reason: Reason, text: str, for_staff: str = "") -> None:
        super().__init__(text)
        self.reason = reason
        self.for_staff = for_staff


Told = tuple[str, tuple[tuple[str, int], ...]]
"""A text about an exception, and the lines that it tells, (file, line) each, in their order."""


class StudentRaised(StudentFailure):
    """The function raised. `kinds` are the names of the exception's class and its bases, nearest first.

    `tell`, where it is given, makes another text, with the floats that the code held or without them. It is asked once somebody
    wants to read it: most exceptions are those that a test expects.
    """

    def __init__(
        self,
        text: str,
        kinds: tuple[str, ...] = (),
        message: str = "",
        for_staff: str = "",
        tell: Callable[[bool], Told] | None = None,
    ) -> None:
        super().__init__(Reason.RAISED, text, for_staff)
        self._tell = functools.cache(tell or (lambda _: (text, ())))
        self.kinds = kinds
        self.message = message

    def __str__(self) -> str:
        return self._tell(True)[0]

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """The lines that the text tells, (file, line) each, in their order."""
        return self._tell(True)[1]

    @property
    def without_floats(self) -> str:
        """The text without the floats that the code held, which may be numbers of its inputs."""
        return self._tell(False)[0]
