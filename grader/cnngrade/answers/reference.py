"""The right answers, live from the solution: what the judge asks of a reference, and the solution as one."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.budget.baseline import Baseline
from cnngrade.errors import CourseError
from cnngrade.student.proxy import Functions


class Reference(Protocol):
    """What the judge asks of a reference. `case` is the case that runs now; `answers_anything` sets it apart
    from a recording.
    """

    case: str
    answers_anything: bool
    functions: Functions

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the fingerprint of the right answer to each input of a budget case."""

    def counted_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the same for the inputs on which its loops are counted."""

    def baseline(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Baseline:
        """Return what the budget case is measured against."""


def read_only(value: Any) -> Any:
    """Return a value whose arrays, however deeply nested, can no longer be written to."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, dict):
        for part in value.values():
            read_only(part)
    elif isinstance(value, list | tuple):
        for part in value:
            read_only(part)
    return value


class LiveReference:
    """The solution itself, called in this process. Its array results are read-only."""

    answers_anything = True

    def __init__(self, solution: ModuleType) -> None:
        self._solution = solution
        self.case = ""
        self.functions = Functions(self._call)

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return read_only(getattr(self._solution, function)(*args, **kwargs))

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the fingerprint of the solution's answer to each input."""
        return [fingerprint(getattr(self._solution, function)(*args)) for args in inputs]

    def counted_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the same: nothing is recorded here."""
        return LiveReference.right_answers(self, case, function, inputs)

    def _baseline(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Callable[..., Any]:
        """Return what the solution names `baseline_FUNCTION`, or the function itself."""
        name = f"baseline_{function}"
        measured: Callable[..., Any] = getattr(self._solution, name, getattr(self._solution, function))
        right = LiveReference.right_answers(self, case, function, inputs)
        if not all(fingerprint(measured(*args)).agrees(answer) for args, answer in zip(inputs, right, strict=True)):
            raise CourseError(
                f"{self._solution.__file__}: {name} gives other answers than {function}. Make it do the same, at its own pace."
            )
        return measured

    def baseline(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Baseline:
        """Return the solution's baseline of the function on the same inputs; raises CourseError if their answers differ.

        Each sample is taken on another input: the speed of code that moves memory also depends on where in memory its input
        is, and the fastest sample must not depend on that.
        """
        solve, in_turn = self._baseline(case, function, inputs), itertools.cycle(inputs)

        def timed(calls: int, before: int) -> float:
            args = next(in_turn)
            for _ in range(before):
                solve(*args)
            start = time.thread_time()
            for _ in range(calls):
                solve(*args)
            return time.thread_time() - start

        return Baseline(timed, 1.0, estimated=False)
