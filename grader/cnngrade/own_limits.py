"""Limits of memory and processor time on this very process, while it computes with what a stranger's code has answered.

Linux keeps to both; elsewhere, and in any but the main thread, there are none. A single call into compiled code is limited in
memory alone: it is stopped for its time only once it has returned.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

if sys.platform == "linux":
    import resource

_AGAIN = 1.0
"""Seconds after which a process is stopped once more, should something have taken the first exception for its own."""


class OverTime(BaseException):
    """The processor time is used up. Not an Exception: code that expects errors of its own must not take this for one."""


class _Limits:
    """The limits that hold now: `seconds` are those left while they are lifted."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._over = seconds, False
        self._soft, self._hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = _mapped() + most
        self._limit = min((wanted, *(limit for limit in (self._soft, self._hard) if limit != resource.RLIM_INFINITY)))
        self._armed = False

    def impose(self) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (self._limit, self._hard))
        self._armed = True
        signal.setitimer(signal.ITIMER_PROF, self._seconds, _AGAIN)
        if self._over:
            # The time ran out just as the limits were lifted.
            raise OverTime

    def disarm(self) -> None:
        self._armed = False

    def lift(self) -> None:
        self.disarm()
        left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
        self._seconds = max(left, 1e-3)
        resource.setrlimit(resource.RLIMIT_AS, (self._soft, self._hard))

    def hear(self, *_: int | FrameType | None) -> None:
        """Stop what is running, or whatever runs next under the limits."""
        self._over = True
        if self._armed:
            raise OverTime


_now: _Limits | None = None


def _mapped() -> int:
    """Return the bytes of address space that this process has."""
    descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    try:
        return int(os.read(descriptor, 64).split()[0]) * resource.getpagesize()
    finally:
        os.close(descriptor)


def can_limit() -> bool:
    """Say whether `limited` limits anything here."""
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def limited(seconds: float, most: int) -> Iterator[None]:
    """Let the block use that much CPU time, and map that many bytes more than now; raises OverTime and MemoryError in it."""
    global _now
    if not can_limit() or _now is not None:
        yield
        return
    limits = _Limits(seconds, most)
    former: Any = signal.signal(signal.SIGPROF, limits.hear)
    _now = limits
    try:
        try:
            limits.impose()
            yield
        finally:
            # Should the time run out right here, what follows is done all the same.
            limits.disarm()
    finally:
        _now = None
        limits.lift()
        signal.signal(signal.SIGPROF, former)


class Lifted:
    """Takes the limits away for a block, if there are any: a process that is started in it has none of them.

    A class, since every request to a worker is made in one.
    """

    __slots__ = ("_limits",)

    def __enter__(self) -> None:
        self._limits = _now
        if self._limits:
            self._limits.lift()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._limits:
            self._limits.impose()
