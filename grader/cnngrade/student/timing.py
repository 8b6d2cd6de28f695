"""Calls whose time is taken: inputs are staged beforehand, and what the worker says is checked by a clock outside it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from cnngrade.budget.loops import looped_axes
from cnngrade.student import failures
from cnngrade.student.lifecycle import Lifecycle
from cnngrade.worker import wire

# What a worker may use around timed calls: this many times what its untimed calls take, at the pace of the timed ones, and what
# carrying the inputs costs the judge; and a moment.
_ALLOWED, _ALLOWED_SECONDS, _NOTED = 2.0, 5e-4, 3


def _listed(function: str, answer: dict[str, Any], count: int) -> list[Any]:
    """Return that many values of an answer."""
    value = answer.get("value")
    if not isinstance(value, list) or len(value) != count:
        raise failures.unreadable(function)
    return value


class Timing:
    """The timed calls of one submission. Its worker keeps inputs under a name; one that lacks them gets them again."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._staged: dict[str, list[tuple[Any, ...]]] = {}
        # By name: how many workers had ended when the inputs were sent.
        self._staged_in: dict[str, int] = {}

    def stage(self, function: str, name: str, inputs: Sequence[tuple[Any, ...]]) -> None:
        """Stage argument lists of `function`, under a name, that may be used again and again; raises StudentFailure."""
        self._staged[name] = list(inputs)
        self._staged_in.pop(name, None)
        self._send_staged(function, name)

    def _send_staged(self, function: str, name: str) -> None:
        """Send what is staged to a worker that does not have it yet: another call may have ended the last one."""
        if self._staged_in.get(name) != self._lifecycle.ended:
            self._ask(function, {"op": "stage", "name": name, "inputs": self._staged[name]})
            self._staged_in[name] = self._lifecycle.ended

    def _ask(self, function: str, message: dict[str, Any]) -> dict[str, Any]:
        return self._lifecycle.ask(function, wire.parcel(message))

    def answers(self, function: str, name: str) -> list[Any]:
        """Call `function` on each of the inputs staged under `name` and return the answers; raises StudentFailure."""
        self._send_staged(function, name)
        answer = self._ask(function, {"op": "answers", "function": function, "name": name})
        return _listed(function, answer, len(self._staged[name]))

    def looped_axes(self, function: str, axes: Sequence[str], inputs: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
        """Return those of `axes` over which `function` loops in Python; raises StudentFailure.

        `inputs` are as `bytecodes.counts` asks for them. Code can hide its loops from this: that there are none proves nothing.
        """
        counted = self._ask(function, {"op": "count", "function": function, "inputs": list(inputs)}).get("counts")
        try:
            return looped_axes(axes, counted)  # type: ignore[arg-type]  # what is not a list of counts is caught here
        except (TypeError, ValueError):
            raise failures.unreadable(function) from None

    def timed(self, function: str, name: str, calls: int, before: int) -> float:
        """Make calls on staged inputs, after `before` untimed ones, and return their CPU seconds; raises StudentFailure."""
        return self._sample(function, name, before, calls, [])[0]

    def timed_on(
        self, function: str, name: str, inputs: Sequence[tuple[Any, ...]], before: int, carried: dict[int, list[float]]
    ) -> tuple[float, list[Any]]:
        """Call `function` once on each of `inputs`, which it has never seen; returns the CPU seconds and the answers.

        The worker says how long the calls took, which is exact but cannot be trusted: the student's code runs there. So all
        that it used meanwhile is read from outside, and what is beyond the calls and what honest code spends around them is
        charged as well: work that is done while inputs are staged, in the untimed calls on the inputs staged under `name`,
        or only when the answers are sent, and calls that took longer than was said. What it costs here to pack and unpack so
        many inputs is noted in `carried`. Raises StudentFailure.
        """
        noted = carried.setdefault(len(inputs), [])
        if len(noted) < _NOTED:
            start = time.thread_time()
            wire.unpack(wire.pack({"inputs": list(inputs)}))
            noted.append(time.thread_time() - start)
        self._send_staged(function, name)  # which may start a worker, whose clock starts at zero
        start = self._lifecycle.cpu_seconds()
        running, answers = self._sample(function, name, before, len(inputs), inputs)
        used = self._lifecycle.cpu_seconds() - start
        around = _ALLOWED * (min(noted) + before * running / len(inputs)) + _ALLOWED_SECONDS
        return running + max(0.0, used - running - around), answers

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
