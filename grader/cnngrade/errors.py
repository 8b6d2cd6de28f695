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
