"""The ways in which the student's code is reached.

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

from cnngrade import wire
from cnngrade.connection import Connection, WorkerExcess, WorkerGone, WorkerSilent
from cnngrade.errors import WireError
from cnngrade.fresh import Source
from cnngrade.worker import Workplace


class Transport(Protocol):
    """A way to reach the student's code. Frames go out and plain answers come back."""

    def request(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send one message and return its answer."""

    def cpu_seconds(self) -> float:
        """Return the clock that the student's code is charged by."""

    def printed(self) -> str:
        """Return what the code printed."""

    def close(self) -> None:
        """Let go of everything."""


class Remote:
    """A worker process from `source`, started anew when the last one had to be ended."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._process: Connection | None = source.start()
        self._printed = ""

    def request(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send one message; raises WorkerGone, WorkerSilent, WorkerExcess, WireError, after which the worker has ended."""
        if self._process is None:
            self._process = self._source.start()
        identity = secrets.randbits(62)
        try:
            answer = self._process.request(wire.pack(message | {"id": identity}), seconds)
            if answer.get("id") != identity or not _is_answer(answer):
                raise WireError("the worker answered something that was not asked")
        except (WorkerGone, WorkerSilent, WorkerExcess, WireError):
            self.close()
            raise
        return answer

    def cpu_seconds(self) -> float:
        """Return the worker's CPU time, taken from outside."""
        return self._process.cpu_seconds() if self._process else 0.0

    def printed(self) -> str:
        """Return what all workers of this submission printed."""
        return self._printed + (self._process.printed() if self._process else "")

    def close(self) -> None:
        """End the worker."""
        if self._process:
            self._process.close()
            self._printed += self._process.printed()
            self._process = None


_FORMS: dict[str, Callable[[Any], bool]] = {
    "ok": lambda value: type(value) is bool,
    "kinds": lambda value: _all(value, lambda kind: type(kind) is str),
    "message": lambda value: type(value) is str,
    "trace": lambda value: _all(value, lambda frame: _is_row(frame, str, int, str, str)),
    "functions": lambda value: _all(value, lambda name: type(name) is str),
    "failures": lambda value: _all(value, lambda failure: _is_row(failure, int, str)),
    "changed": lambda value: type(value) is bool,
    "shared": lambda value: type(value) is bool,
}
_MAX_LIST = 10_000


def _all(value: Any, is_one: Callable[[Any], bool]) -> bool:
    return type(value) is list and len(value) <= _MAX_LIST and all(map(is_one, value))


def _is_row(value: Any, *kinds: type) -> bool:
    return type(value) is tuple and tuple(map(type, value)) == kinds


def _is_answer(answer: dict[str, Any]) -> bool:
    """Say whether a worker's answer has the form that `worker` gives it: student code may have sent it in its stead."""
    return "ok" in answer and all(_FORMS[key](value) for key, value in answer.items() if key in _FORMS)


class Inline:
    """Trusted code in this process. Without time limits, and with prints where prints go."""

    def __init__(self, module: ModuleType | None = None) -> None:
        self._workplace = Workplace()
        self._workplace.module = module

    def request(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Handle one message as a worker would, encoded and decoded on both ways."""
        with np.errstate(all="ignore"):
            return wire.unpack(self._workplace.answer(wire.unpack(wire.pack(message))))

    def cpu_seconds(self) -> float:
        """Return this thread's CPU time."""
        return time.thread_time()

    def printed(self) -> str:
        """Return nothing: what was printed has been seen."""
        return ""

    def close(self) -> None:
        """Nothing to let go of."""
