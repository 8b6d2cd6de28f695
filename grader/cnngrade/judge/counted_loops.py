"""Over which axes a function loops: the inputs on which that is counted, with their right answers, and what the counts say."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint
from cnngrade.answers.reference import Reference
from cnngrade.budget.loops import looped_axes
from cnngrade.errors import Reason, StudentFailure
from cnngrade.judge.budget_case import MakeSized, TimedFunction, agrees
from cnngrade.judge.compare import Mismatch
from cnngrade.student.failures import only_while_counted
from cnngrade.worker.steps import ENLARGED, GROWTH
from cnngrade.worker.wire import size_of

# How large an input is at most on which loops are counted.
_LARGE_BYTES = 1 << 18


class CountsSteps(Protocol):
    """Where a student's functions are called and their steps counted; raises StudentFailure."""

    def stage(self, name: str, inputs: Sequence[tuple[Any, ...]]) -> None:
        """Keep inputs under a name."""

    def answers(self, function: str, name: str) -> list[Any]:
        """Return the answers to the inputs of that name."""

    def counts(self, function: str, name: str) -> list[int]:
        """Return the steps of a call on each of them."""


@dataclass(frozen=True, slots=True)
class CountedInputs:
    """Inputs on which a function's steps are counted: the axes that may not be looped over, sizes and right answers."""

    axes: tuple[str, ...]
    sizes: tuple[Mapping[str, int], ...]
    inputs: tuple[tuple[Any, ...], ...]
    right: tuple[Fingerprint, ...]

    @property
    def smallest(self) -> CountedInputs:
        """The first input alone."""
        return CountedInputs((), self.sizes[:1], self.inputs[:1], self.right[:1])

    def counts(self, student: CountsSteps, asked: TimedFunction) -> list[int] | None:
        """Return the steps of the student's function on each of the inputs, None if that takes too long.

        Raises Mismatch for a wrong answer, and StudentFailure, also for what goes wrong only while it is counted.
        """
        name, function, answered = f"{asked.case}, counted", asked.function, False
        student.stage(name, self.inputs)
        try:
            for answer, right, sizes in zip(student.answers(function, name), self.right, self.sizes, strict=True):
                if not agrees(answer, right):
                    where = ", ".join(f"{axis}={length}" for axis, length in sizes.items())
                    text = f"The answer is wrong on a small input ({where}), where loops are counted. Fix {function} first."
                    raise Mismatch(text, text)
            answered = True
            return student.counts(function, name)
        except StudentFailure as failure:
            if failure.reason is Reason.OVER_TIME:
                return None
            raise only_while_counted(function, failure) if answered else failure from None

    def looped_axes(self, student: CountsSteps, asked: TimedFunction) -> tuple[str, ...]:
        """Return the axes over which the student's function loops, as far as these inputs show it; raises as `counts` does."""
        found = self.counts(student, asked)
        return looped_axes(self.axes, found) if found else ()


@dataclass(frozen=True, slots=True)
class CountedLoops:
    """On which inputs loops are counted: the same for everybody.

    `first` are the smallest and one with all axes longer that may not be looped over. What takes more steps there is counted on
    `small`, the smallest and those in which one axis is longer, and longer still; what does not, on the first of `large`: of
    about the size of what is timed, with only those axes long. If it takes more steps there, it is counted on those with longer
    axes, too.
    """

    first: CountedInputs
    small: CountedInputs
    large: CountedInputs

    @classmethod
    def of(
        cls, asked: TimedFunction, make: MakeSized, sizes: Mapping[str, int], axes: Sequence[str], reference: Reference
    ) -> CountedLoops:
        """Make the inputs; `sizes` are those of the smallest one, `axes` those that may not be looped over."""
        rng, timed = np.random.default_rng(0), asked.make(np.random.default_rng(0))
        # No axis grows as another does: code that takes one for the other would be right where both are as long.
        longer = {axis: sizes[axis] + times * ENLARGED for times, axis in enumerate(axes, 1)}
        first = [dict(sizes), {**sizes, **longer}]
        parts = first, _with_longer(sizes, axes), _with_longer(_enlarged(make, sizes, axes, timed), axes)
        inputs = [[make(rng, **lengths) for lengths in chosen] for chosen in parts]
        right = iter(reference.counted_answers(asked.case, asked.function, list(itertools.chain(*inputs))))
        return cls(
            *(
                CountedInputs(tuple(axes), tuple(chosen), tuple(made), tuple(itertools.islice(right, len(made))))
                for chosen, made in zip(parts, inputs, strict=True)
            )
        )

    def looped_axes(self, student: CountsSteps, asked: TimedFunction) -> tuple[str, ...]:
        """Return those of the axes over which the student's function loops in Python.

        Raises Mismatch and StudentFailure for what goes wrong on small inputs. Of what takes too long, for so many inputs
        together or because counting takes time, no axis is known.
        """
        if (first := self.first.counts(student, asked)) is None:
            return ()
        fewest, more = first
        if more >= fewest + GROWTH and (axes := self.small.looped_axes(student, asked)):
            return axes
        try:
            (largest,) = self.large.smallest.counts(student, asked) or [0]
            return self.large.looped_axes(student, asked) if largest >= fewest + GROWTH else ()
        except (Mismatch, StudentFailure):
            # It may run out of memory, or of digits, where no case asks.
            return ()


def _with_longer(sizes: Mapping[str, int], axes: Sequence[str]) -> list[dict[str, int]]:
    """Return the sizes of an input, and those in which one of the axes is longer and longer still."""
    longer = [{**sizes, axis: sizes[axis] + more} for axis in axes for more in (ENLARGED, 2 * ENLARGED)]
    return [dict(sizes), *longer]


def _enlarged(make: MakeSized, sizes: Mapping[str, int], axes: Sequence[str], timed: tuple[Any, ...]) -> dict[str, int]:
    """Return sizes with these axes doubled until an input takes as many bytes as the timed one, or has an axis as long."""
    rng, lengths, before = np.random.default_rng(0), dict(sizes), 0
    bytes_wanted, length_wanted = min(size_of(timed), _LARGE_BYTES), _longest(timed)
    while True:
        made = make(rng, **lengths)
        # Axes that show in no array could be doubled for ever.
        if not before < size_of(made) < bytes_wanted or _longest(made) >= length_wanted:
            return lengths
        before = size_of(made)
        lengths |= {axis: 2 * lengths[axis] for axis in axes}


def _longest(value: Any) -> int:
    """Return the length of the longest axis of the arrays in a value, 0 if there are none."""
    if isinstance(value, np.ndarray):
        return max(value.shape, default=0)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return max(map(_longest, parts), default=0)
