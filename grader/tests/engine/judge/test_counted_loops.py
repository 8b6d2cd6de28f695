"""On which inputs loops are counted, for whom, and what goes wrong there: counted in this process, by the judge's own rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from numpy.typing import NDArray

from cnngrade.answers.reference import LiveReference
from cnngrade.errors import Reason, StudentFailure
from cnngrade.judge.budget_case import TimedFunction
from cnngrade.judge.compare import Mismatch
from cnngrade.judge.counted_loops import CountedLoops
from cnngrade.worker import steps

SIZES = {"rows": 2, "columns": 2, "depth": 1}

LARGE = 64


def double(x: NDArray[Any]) -> NDArray[Any]:
    return 2 * x


def counted_loops(*timed: int, axes: Sequence[str] = ("rows", "columns")) -> tuple[TimedFunction, CountedLoops]:
    """Return the inputs on which `double` is counted if inputs of this shape are timed."""
    solution = ModuleType("solution")
    vars(solution)["double"] = double
    asked = TimedFunction("case", "double", lambda rng: (rng.normal(size=timed),))
    made = CountedLoops.of(
        asked, lambda rng, rows, columns, depth: (rng.normal(size=(rows, columns)),), SIZES, axes, LiveReference(solution)
    )
    return asked, made


@dataclass
class Here:
    """A student's function, in this process; raises `failure` instead of counting or answering on inputs with more rows."""

    answer: Callable[[NDArray[Any]], NDArray[Any]]
    failure: StudentFailure | None = None
    beyond: int = 0
    staged: list[tuple[int, ...]] = field(default_factory=list)
    _inputs: Sequence[tuple[Any, ...]] = ()

    def stage(self, name: str, inputs: Sequence[tuple[Any, ...]]) -> None:
        self._inputs = inputs
        self.staged.append(tuple(len(x) for (x,) in inputs))

    def answers(self, function: str, name: str) -> list[Any]:
        return [self.answer(x) for (x,) in self._inputs]

    def counts(self, function: str, name: str) -> list[int]:
        if self.failure and max(self.staged[-1]) > self.beyond:
            raise self.failure
        return steps.counts(self.answer, self._inputs)


@pytest.mark.parametrize(
    ("timed", "axes", "rows"),
    [
        ((10, 10), ("rows", "columns"), 16),
        ((1, 50), ("rows", "columns"), 8),
        ((100, 12), ("rows",), 128),
        ((1000, 1000), ("rows", "columns"), 256),
        ((10, 10), ("depth",), 2),
    ],
)
def test_how_large_the_large_input_is(timed: tuple[int, ...], axes: tuple[str, ...], rows: int) -> None:
    """axes are doubled until it takes as many bytes as what is timed or has an axis as long, but never far beyond 256 KiB"""
    _, loops = counted_loops(*timed, axes=axes)
    (x,) = loops.large.inputs[0]
    assert len(x) == rows


def test_good_code_is_counted_on_three_inputs() -> None:
    """code that takes the same steps whatever its input is called on the two first inputs and the large one"""
    asked, loops = counted_loops(LARGE, LARGE)
    student = Here(double)
    assert loops.looped_axes(student, asked) == ()
    assert student.staged == [(2, 8), (LARGE,)]


def _small_rows(x: NDArray[Any]) -> NDArray[Any]:
    for _ in x[::2] if len(x) < LARGE else ():
        pass
    return 2 * x


def _large_columns(x: NDArray[Any]) -> NDArray[Any]:
    for _ in x.T if len(x) >= LARGE else ():
        pass
    return 2 * x


@pytest.mark.parametrize(("answer", "axes"), [(_small_rows, ("rows",)), (_large_columns, ("columns",))])
def test_a_loop_of_small_or_large_inputs_alone(answer: Callable[[NDArray[Any]], NDArray[Any]], axes: tuple[str, ...]) -> None:
    """a loop is found wherever it is taken; a step for every second entry is enough"""
    asked, loops = counted_loops(LARGE, LARGE)
    assert loops.looped_axes(Here(answer), asked) == axes


@pytest.mark.parametrize("reason", [Reason.RAISED, Reason.EXCESS, Reason.OVER_TIME])
def test_what_fails_on_the_large_input_alone_costs_nothing(reason: Reason) -> None:
    """no case asks for an answer there"""
    asked, loops = counted_loops(LARGE, LARGE)
    student = Here(double, StudentFailure(reason, "no"), beyond=20)
    assert loops.looped_axes(student, asked) == ()
    assert student.staged[-1] == (LARGE,)
    assert loops.looped_axes(Here(lambda x: 2 * x if len(x) < LARGE else x), asked) == ()


def test_what_fails_on_small_inputs_fails() -> None:
    """a failure or a wrong answer there is one of the case; only what takes too long is left to the clock"""
    asked, loops = counted_loops(LARGE, LARGE)
    with pytest.raises(StudentFailure, match="answers, but fails on the same inputs while its loops are counted"):
        loops.looped_axes(Here(double, StudentFailure(Reason.RAISED, "no")), asked)
    with pytest.raises(Mismatch, match=r"small input \(rows=8, columns=14, depth=1\)"):
        loops.looped_axes(Here(lambda x: 2 * x if len(x) < 8 else x), asked)
    student = Here(double, StudentFailure(Reason.OVER_TIME, "no"))
    assert loops.looped_axes(student, asked) == ()
    assert student.staged == [(2, 8)]
