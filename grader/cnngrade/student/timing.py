"""Calls whose time is taken: by the worker itself, which is exact, and from outside, which cannot be deceived."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnngrade.budget.baseline import Timed
from cnngrade.student import failures
from cnngrade.student.lifecycle import Lifecycle
from cnngrade.worker import wire

# What calls took at least, of all that was used: less this many times what carrying their inputs and answers costs the judge,
# and a moment to wake up; and of the rest so much, since what honest code uses around its calls varies.
_CARRYING, _MOMENT, _AT_LEAST, _NOTED = 1.4, 2e-4, 0.85, 2


def _carrying(inputs: Sequence[tuple[Any, ...]], answers: Sequence[Any]) -> float:
    """Return what it takes to pack and to unpack the inputs of calls and their answers, in CPU seconds of this thread."""
    collecting = gc.isenabled()
    gc.disable()  # what else there is in this process takes longer to go through
    try:
        start = time.thread_time()
        wire.unpack(wire.pack({"inputs": list(inputs)}))
        wire.unpack(wire.pack({"value": list(answers)}))
        return time.thread_time() - start
    finally:
        if collecting:
            gc.enable()


def _listed(function: str, answer: dict[str, Any], count: int) -> list[Any]:
    """Return that many values of an answer."""
    value = answer.get("value")
    if not isinstance(value, list) or len(value) != count:
        raise failures.unreadable(function)
    return value


@dataclass(frozen=True, slots=True)
class Audited:
    """Calls of which all was seen from outside: their CPU seconds as the worker says, the least they took, and the answers."""

    said: float
    least: float
    answers: list[Any]


class Timing:
    """The timed calls of one submission. Its worker keeps inputs under a name; one that lacks them gets them again."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._staged: dict[str, list[tuple[Any, ...]]] = {}
        # By name: how many workers had ended when the inputs were sent.
        self._staged_in: dict[str, int] = {}
        # By name and number of calls: what carrying their inputs and answers has cost here.
        self._carried: dict[tuple[str, int], list[float]] = {}

    def stage(self, name: str, inputs: Sequence[tuple[Any, ...]]) -> None:
        """Stage argument lists, under a name, that may be used again and again; they are sent with what needs them first."""
        self._staged[name] = list(inputs)
        self._staged_in.pop(name, None)

    def _is_staged(self, name: str) -> bool:
        """Say whether the worker has what is staged under a name: another call may have ended the one that had it."""
        return self._staged_in.get(name) == self._lifecycle.ended

    def _send_staged(self, function: str, name: str) -> None:
        if not self._is_staged(name):
            self._ask(function, {"op": "stage", "name": name, "inputs": self._staged[name]})
            self._staged_in[name] = self._lifecycle.ended

    def _ask(self, function: str, message: dict[str, Any]) -> dict[str, Any]:
        return self._lifecycle.ask(function, wire.parcel(message))

    def answers(self, function: str, name: str) -> list[Any]:
        """Call `function` on each of the inputs staged under `name` and return the answers; raises StudentFailure."""
        inputs = [] if self._is_staged(name) else self._staged[name]
        answer = self._ask(function, {"op": "answers", "function": function, "name": name, "inputs": inputs})
        self._staged_in[name] = self._lifecycle.ended
        return _listed(function, answer, len(self._staged[name]))

    def counts(self, function: str, name: str) -> list[int]:
        """Return the steps of `function` on each of the inputs staged under `name`; raises StudentFailure.

        They are as `steps.counts` asks for them. Code can hide its loops from this: that there are none proves nothing.
        """
        self._send_staged(function, name)
        found = self._ask(function, {"op": "count", "function": function, "name": name}).get("counts")
        if type(found) is not list or len(found) != len(self._staged[name]) or any(type(count) is not int for count in found):
            raise failures.unreadable(function)
        return found

    def timed(self, function: str, name: str, calls: int, before: int) -> float:
        """Make calls on staged inputs, after `before` untimed ones, and return their CPU seconds; raises StudentFailure."""
        return self._sample(function, name, before, calls, [])[0]

    def timed_on(self, function: str, name: str, inputs: Sequence[tuple[Any, ...]], before: int) -> tuple[float, list[Any]]:
        """Call `function` once on each of `inputs`, after `before` untimed calls on those staged under `name`.

        Returns the CPU seconds of the calls on `inputs`, as the worker says, and the answers. That is exact, and cannot be
        trusted: the student's code runs there. Raises StudentFailure.
        """
        return self._sample(function, name, before, len(inputs), inputs)

    def audited(self, function: str, name: str, inputs: Sequence[tuple[Any, ...]]) -> Audited:
        """Call `function` once on each of `inputs`, which it has never seen, and do nothing else; raises StudentFailure.

        All that the process used, from before the inputs are sent until the answers are here, is read from outside. Work that
        the answers need cannot be anywhere else: not in untimed calls, not between samples, not in another thread.
        """
        self._send_staged(function, name)  # which may start a worker, whose clock starts at zero
        start = self._lifecycle.cpu_seconds()
        said, answers = self._sample(function, name, 0, len(inputs), inputs)
        used = self._lifecycle.cpu_seconds() - start
        carried = self._carried.setdefault((name, len(inputs)), [])
        while len(carried) < _NOTED:
            carried.append(_carrying(inputs, answers))
        around = _CARRYING * min(carried) + _MOMENT
        # A time that is longer than all that was used is a mistake: it would only harm who says it.
        return Audited(min(said, used), (used - around) * _AT_LEAST, answers)

    @property
    def is_seen_from_outside(self) -> bool:
        """Whether what the worker uses can be read from outside."""
        return self._lifecycle.has_own_clock

    def beside(self, timed: Timed) -> Timed:
        """Return work of ours that is timed while nothing is asked of the worker.

        What the worker does meanwhile all the same would make our work take longer: it is taken off again, at the most that two
        processes can do to each other.
        """

        def alone(calls: int, before: int) -> float:
            used, start = self._lifecycle.cpu_seconds(), time.perf_counter()
            seconds = timed(calls, before)
            passed = time.perf_counter() - start
            return seconds / (1 + (self._lifecycle.cpu_seconds() - used) / passed)

        return alone

    def _sample(
        self, function: str, name: str, before: int, calls: int, inputs: Sequence[tuple[Any, ...]]
    ) -> tuple[float, list[Any]]:
        """Return the CPU seconds of the calls, as the worker says, and the answers to `inputs`."""
        self._send_staged(function, name)
        message = {"op": "sample", "function": function, "name": name, "before": before, "calls": calls, "inputs": list(inputs)}
        answer = self._ask(function, message)
        seconds = answer.get("seconds")
        if type(seconds) is not float or not 0 <= seconds < math.inf:
            raise failures.unreadable(function)
        return seconds, _listed(function, answer, len(inputs))
