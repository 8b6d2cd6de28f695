"""What one case may cost the judge, and whose doing it is when it costs more.

A test computes with what a student's function returned. The solution has passed the same case before, so what costs too much is
what differs: the student's answers, where they are larger than the solution's, or hold larger numbers, of which a test may make
sizes. Else it is the fault of the test or the machine.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnngrade.errors import Verdict
from cnngrade.judge.case_run import CaseRun
from cnngrade.judge.fast_path import Ended
from cnngrade.judge.outcomes import NOT_JUDGED
from cnngrade.model import Case, Outcome
from cnngrade.own_limits import OverTime, limited
from cnngrade.student.proxy import Call

SECONDS = 10.0


BYTES = 1 << 30


# Of answers that are this many times the solution's, a test may make too much.
_LARGER = 1.5


# Beyond it, all numbers are one: an int may be too great for a float.
_GREATEST = 1 << 62


# A smaller number is no size of which a test could make too much.
_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Extent:
    """About how many bytes answers take, and the greatest number in them, whatever its sign."""

    bytes: int = 0
    number: float = 0.0

    def __add__(self, other: Extent) -> Extent:
        return Extent(self.bytes + other.bytes, max(self.number, other.number))

    def is_larger(self, right: Extent) -> bool:
        """Say whether a test may make too much of these answers, and not of the right ones."""
        return self.bytes > _LARGER * right.bytes or self.number > max(_LARGER * right.number, _MANY)


def extent(value: Any) -> int:
    """Return about how many bytes a plain value takes; an empty axis counts as one, since what is made of it may be large."""
    if isinstance(value, np.ndarray):
        bytes_of_all: int = math.prod(max(size, 1) for size in value.shape) * value.dtype.itemsize
        return bytes_of_all
    if isinstance(value, dict):
        return sum(extent(key) + extent(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return 8 + sum(map(extent, value))
    if isinstance(value, str):
        return len(value)
    return value.bit_length() // 8 + 8 if type(value) is int else 8


def greatest_number(value: Any) -> float:
    """Return the greatest finite number in a plain value, whatever its sign; 0 if it holds none."""
    if isinstance(value, np.ndarray | np.number):
        numbers = np.asarray(value)
        finite = numbers[np.isfinite(numbers)] if numbers.dtype.kind in "iuf" else np.zeros(0)
        return max(abs(float(finite.max())), abs(float(finite.min()))) if finite.size else 0.0
    if isinstance(value, dict):
        return max(map(greatest_number, [*value, *value.values()]), default=0.0)
    if isinstance(value, list | tuple):
        return max(map(greatest_number, value), default=0.0)
    is_finite = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    return float(min(abs(value), _GREATEST)) if is_finite else 0.0


def extent_of(calls: Iterable[Call]) -> Extent:
    """Return the extent of all answers."""
    answered = [call.value for call in calls if call.failure is None]
    return sum((Extent(extent(value), greatest_number(value)) for value in answered), Extent())


@functools.cache
def _settle_blas() -> None:
    """Let OpenBLAS have its buffer: where it gets none, it ends the process."""
    square = np.ones((128, 128))
    square @ square


def run_within_limits(run: CaseRun) -> Ended:
    """Run a case within its limits; beyond them it has ended with OverTime or MemoryError."""
    _settle_blas()
    try:
        with limited(SECONDS, BYTES):
            return run.run()
    except (OverTime, MemoryError) as error:
        return Ended("call", error)


def went_beyond(ended: Ended) -> bool:
    """Say whether a case was ended by its limits."""
    return isinstance(ended.error, OverTime | MemoryError)


def beyond(case: Case, ended: Ended, mine: Extent, right: Extent | None) -> Outcome:
    """Return the outcome of a case that went beyond its limits; `right` is the extent of the solution's answers, if known."""
    what = f"{SECONDS:g} seconds" if isinstance(ended.error, OverTime) else f"{BYTES >> 20} MiB"
    staff = f"The test took more than {what} in the judge. Its answers take {mine.bytes:,} bytes"
    if right is not None:
        staff += f", the solution's {right.bytes:,}"
    if not mine.bytes or (right is not None and not mine.is_larger(right)):
        return Outcome(case, Verdict.FAULT, 0.0, NOT_JUDGED, f"{staff}. {type(ended.error).__name__}: {ended.error}")
    told = f"What your code returned is too large to be checked: that takes more than {what}. Look at its shape and its dtype."
    return Outcome(case, Verdict.WRONG, 0.0, told, staff)
