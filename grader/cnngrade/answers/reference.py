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
from cnngrade.student.objects import Handle, Link, handle_of, link_of, token_for
from cnngrade.student.proxy import Functions
from cnngrade.worker import wire
from cnngrade.worker.operations import OPERATIONS
from cnngrade.worker.serve import Workplace


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


class ReferenceObjects:
    """What a reference does about objects with methods: a test uses them as it uses a student's (see `student.objects`).

    `_raw` carries out a request, with tokens in the place of objects. Objects of one case are gone in the next.
    """

    def __init__(self) -> None:
        self.functions = Functions(self._call, make=self._make)
        self._case = ""
        self._cases = 0
        # Of the case that runs now: how many recorded answers it has asked for, and whether it has made an object.
        self._asked = 0
        self._has_objects = False

    @property
    def case(self) -> str:
        """The case that runs now; with a new one the objects of the last are gone."""
        return self._case

    @case.setter
    def case(self, case: str) -> None:
        self._case = case
        self._cases += 1
        self._asked, self._has_objects = 0, False

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._raw("call", function, args, kwargs)

    def _make(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._has_objects = True
        root, of_class, _ = function.partition(".")
        value = self._raw("make", function, args, kwargs)
        return wire.with_tokens(value, lambda token: self._handle(token, root, function, made=not of_class))

    def operate(self, operation: str, label: str, link: Link, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Carry out what a test asks of an object."""
        value = self._raw(operation, label, args, kwargs)
        return wire.with_tokens(value, lambda token: self._handle(token, link.root, label, made=False))

    def _raw(self, operation: str, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _handle(self, token: wire.Token, root: str, label: str, made: bool) -> Handle:
        return handle_of(Link(token, self, root, label, made, self._cases))

    def _packed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
        return wire.pack({"args": args, "kwargs": kwargs}, self._token)

    def _token(self, value: object) -> wire.Token | None:
        link = link_of(value)
        if link is None:
            return None
        token = token_for(link, self, self._cases)
        if token is None:
            raise CourseError(f"{self._case} uses {value!r} of the reference, which another case made. Make one in each case.")
        return token


class LiveReference(ReferenceObjects):
    """The solution itself, called in this process. Its array results are read-only."""

    answers_anything = True

    def __init__(self, solution: ModuleType) -> None:
        super().__init__()
        self._solution = solution
        self._workplace, self._used_in = Workplace(), 0

    def _raw(self, operation: str, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not self._has_objects:
            return read_only(getattr(self._solution, function)(*args, **kwargs))
        if self._used_in != self._cases:
            self._workplace, self._used_in = Workplace(), self._cases
        place, given = self._workplace, wire.unpack(self._packed(args, kwargs))
        place.module = self._solution
        if operation in OPERATIONS:
            value = place.operate(OPERATIONS[operation], **given)["value"]
        else:
            value = place.call(function, **given)["value"]
        return read_only(wire.unpack(wire.pack({"value": value}, place.keep))["value"])

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
