"""One turn of a contender: as many calls as make a millisecond, in CPU time of the thread, after one that does not count."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

SAMPLE = 1e-3


class Contender(Protocol):
    """Somebody who does the work when it is their turn, wherever that is."""

    calls: int

    def sample(self) -> float:
        """Return the seconds that a call took."""
        ...


class Here:
    """A contender in this process."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self.run = run
        run()
        begin = time.thread_time()
        run()
        self.calls = max(1, int(SAMPLE / max(time.thread_time() - begin, 1e-7)))

    def sample(self) -> float:
        """Return the seconds that a call took."""
        self.run()
        begin = time.thread_time()
        for _ in range(self.calls):
            self.run()
        return (time.thread_time() - begin) / self.calls
