"""Everything that cnngrade raises on purpose.

`CnngradeError` is for people: its text says what is wrong, where, and what to do next, and a command prints it without a
traceback. The subclass decides the exit code.
"""

from __future__ import annotations

from enum import IntEnum


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


class UsageError(CnngradeError):
    """The command was asked for something that it cannot do."""


class CourseError(CnngradeError):
    """course.yml, or a file that it promises, is not as it must be."""

    exit_code = ExitCode.UNSOUND


class SubmissionError(CnngradeError):
    """A submission cannot be read. It costs that submission, and nothing else."""

    exit_code = ExitCode.NOT_PASSED


class Fault(CnngradeError):
    """Something of ours failed. It never costs a student a point."""

    exit_code = ExitCode.FAULT


class WireError(CnngradeError):
    """Bytes or values that may not cross between judge and worker."""

    exit_code = ExitCode.FAULT


class StudentFailure(Exception):
    """A call of the student's function did not bring an answer. The text is for the student.

    `verdict` is the name of a `Verdict` member; `for_staff` may hold more (a traceback, the worker's exit status).
    """

    verdict = "RAISED"

    def __init__(self, text: str, for_staff: str = "") -> None:
        super().__init__(text)
        self.for_staff = for_staff


class StudentRaised(StudentFailure):
    """The function raised. `kinds` are the names of the exception's class and its bases, nearest first."""

    def __init__(self, text: str, kinds: tuple[str, ...] = (), message: str = "", for_staff: str = "") -> None:
        super().__init__(text, for_staff)
        self.kinds = kinds
        self.message = message


class StudentUnfinished(StudentFailure):
    """The stub is untouched, or the function does not exist."""

    verdict = "UNFINISHED"


class StudentAnswerUnusable(StudentFailure):
    """The answer is nothing that can be compared (an array of Python objects, a changed argument, too large)."""

    verdict = "WRONG"


class StudentOverTime(StudentFailure):
    """The call or the import ran longer than the policy allows."""

    verdict = "OVER_TIME"


class StudentOverMemory(StudentFailure):
    """The call asked for more memory than there is."""

    verdict = "OVER_MEMORY"
