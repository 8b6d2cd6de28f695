"""The ways to reach the student's code.

`Remote` speaks to a worker process; `Inline` runs trusted code (a solution, a known mistake, a notebook's own kernel) in this
process, through the same encoding.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from cnngrade.errors import Reason, WireError
from cnngrade.own_limits import lifted
from cnngrade.sandbox.connection import Connection, WorkerExcess, WorkerGone, WorkerSilent
from cnngrade.sandbox.unconfined import Source
from cnngrade.worker import wire
from cnngrade.worker.serve import Workplace


class Transport(Protocol):
    """A way to reach the student's code. Frames go out and plain answers come back."""

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Send one message and return its answer. Limits are in seconds of CPU time, and by the clock."""

    def cpu_seconds(self) -> float:
        """Return the clock that the student's code is charged by."""

    def cpu_seconds_so_far(self) -> float:
        """Return about how much CPU time all of the student's code has used."""

    def printed(self) -> str:
        """Return what the code printed."""

    def close(self) -> None:
        """Release everything."""


class Remote:
    """A worker process from `source`, started again when the last one had to be ended."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._process: Connection | None = source.start()
        self._printed = ""
        self._used_by_ended = 0.0

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Send one message; raises WorkerGone, WorkerSilent, WorkerExcess, WireError, after which the worker has ended.

        What the judge limits of itself it does not limit here: a worker has limits of its own.
        """
        with lifted():
            return self._request(message, seconds, wall_seconds)

    def _request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        if self._process is None:
            self._process = self._source.start()
        identity = secrets.randbits(62)
        try:
            answer = self._process.request(message.adding(id=identity).frame(), seconds, wall_seconds)
            if answer.get("id") != identity or not _is_answer(answer):
                raise WireError("the worker answered something that was not asked")
        except (WorkerGone, WorkerSilent, WorkerExcess, WireError):
            self.close()
            raise
        return answer

    def cpu_seconds(self) -> float:
        """Return the worker's CPU time, taken from outside."""
        return self._process.cpu_seconds() if self._process else 0.0

    def cpu_seconds_so_far(self) -> float:
        """Return about how much CPU time all workers of this submission have used."""
        return self._used_by_ended + (self._process.cpu_seconds_so_far() if self._process else 0.0)

    def printed(self) -> str:
        """Return what all workers of this submission printed."""
        return self._printed + (self._process.printed() if self._process else "")

    def close(self) -> None:
        """End the worker."""
        if self._process:
            self._used_by_ended += self._process.cpu_seconds_so_far()
            self._process.close()
            self._printed += self._process.printed()
            self._process = None


def _is_text(value: Any, most: int) -> bool:
    return type(value) is str and len(value) <= most


def _all(value: Any, most: int, is_one: Callable[[Any], bool]) -> bool:
    return type(value) is list and len(value) <= most and all(map(is_one, value))


def _is_frame(value: Any) -> bool:
    """Say whether a value is a line of a traceback: (file, line, function, text)."""
    if type(value) is not tuple or len(value) != 4 or type(value[1]) is not int:
        return False
    return all(_is_text(value[index], most) for index, most in ((0, 5_000), (2, 1_000), (3, 1_000)))


def _is_failure(value: Any) -> bool:
    return type(value) is tuple and len(value) == 2 and type(value[0]) is int and _is_text(value[1], 1_000)


# What a worker can know about a call that gave no answer; everything else is the judge's to say.
_TOLD_BY_WORKER = frozenset(
    reason.value for reason in (Reason.RAISED, Reason.UNFINISHED, Reason.UNSENDABLE, Reason.TOO_LARGE, Reason.OVER_MEMORY)
)


# What `worker` answers, and how long at most: anything longer was sent by somebody else.
_FORMS: dict[str, Callable[[Any], bool]] = {
    "ok": lambda value: type(value) is bool,
    "reason": lambda value: type(value) is str and value in _TOLD_BY_WORKER,
    "kinds": lambda value: _all(value, 20, lambda kind: _is_text(kind, 100)),
    "message": lambda value: _is_text(value, 3_000),
    "trace": lambda value: _all(value, 50, _is_frame),
    "functions": lambda value: _all(value, 50_000, lambda name: _is_text(name, 1_000)),
    "failures": lambda value: _all(value, 5_000, _is_failure),
    "noticed": lambda value: _all(value, 20, lambda text: _is_text(text, 1_000)),
    "counts": lambda value: _all(value, 1_000, lambda number: type(number) is int),
    "changed": lambda value: type(value) is bool,
    "shared": lambda value: type(value) is bool,
}


def _is_answer(answer: dict[str, Any]) -> bool:
    """Say whether a worker's answer has the form that `worker` gives it: student code may have sent it instead."""
    complete = "ok" in answer and (answer["ok"] is True or "reason" in answer)
    return complete and all(_FORMS[key](value) for key, value in answer.items() if key in _FORMS)


class Inline:
    """Trusted code in this process. Without time limits, and with prints where prints go."""

    def __init__(self, module: ModuleType | None = None) -> None:
        self._workplace = Workplace()
        self._workplace.module = module

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Handle one message as a worker would, encoded and decoded on both ways."""
        with np.errstate(all="ignore"):
            return wire.unpack(self._workplace.answer(wire.unpack(message.frame())))

    def cpu_seconds(self) -> float:
        """Return this thread's CPU time."""
        return time.thread_time()

    def cpu_seconds_so_far(self) -> float:
        """Return 0: trusted code has no limits."""
        return 0.0

    def printed(self) -> str:
        """Return nothing: what was printed has been seen."""
        return ""

    def close(self) -> None:
        """Nothing to release."""
