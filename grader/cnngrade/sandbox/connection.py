"""A running worker as the judge sees it: requests and answers, a time limit on each, its clock and what it printed."""

from __future__ import annotations

import contextlib
import io
import os
import queue
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cnngrade.worker import wire

MAX_THREADS = 256


_MAX_FILES = 10_000


_SURE_ROOM = 4096


_WANTED_ROOM = 1 << 20


_LOOK_SECONDS = 0.05


_GRACE_SECONDS = 5.0


_SETTLE_SECONDS = 0.02


_HAS_CPU_CLOCK = sys.platform == "linux"
"""Whether the CPU time of another process can be read here."""


LIMITED_BY = "of CPU time" if _HAS_CPU_CLOCK else "by the clock"
"""What the seconds of a limit are, as words after them."""


_TICKS = os.sysconf("SC_CLK_TCK") if sys.platform == "linux" else 100


class WorkerGone(Exception):
    """The worker ended by itself; the text says how."""


class WorkerKilled(WorkerGone):
    """Something outside ended the worker (the system for want of memory, or a person): its code could not have done this."""


class WorkerSilent(Exception):
    """No answer came within the CPU time that was given, or (`waited`) within the wall time that ends those who only wait."""

    def __init__(self, waited: bool = False) -> None:
        super().__init__("no answer came in time")
        self.waited = waited


class WorkerExcess(Exception):
    """The worker took more of something than it may, and was ended; the text says of what."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: its exit status (negative: a signal), None when it had to be ended. `over_cpu`: by its own limit."""

    status: int | None
    over_cpu: bool = False


class Asking(Protocol):
    """Asks the judge something while the judge waits for an answer."""

    @property
    def closed(self) -> bool:
        """Whether it will ask nothing any more."""

    def fileno(self) -> int:
        """Return a descriptor that is readable when there is something to ask."""

    def answer(self) -> None:
        """Answer a question, if there is one."""

    def close(self) -> None:
        """Answer nothing any more."""


class Process(Protocol):
    """A process that serves one end of three pipes. `asking` is what the system asks before it does something for it."""

    pid: int
    killed_outside: bool
    asking: Asking | None

    def end(self, grace: float) -> Ending:
        """Wait that many seconds for it to end by itself, then end it and whatever it started. Again: the same answer."""

    def used(self) -> int:
        """Return how many files there are in the worker's own folder, 0 where they are not counted."""


class Starter(Protocol):
    """Starts a worker on (requests to read, answers to write, prints to write); the descriptors stay the caller's."""

    def __call__(self, requests: int, answers: int, prints: int) -> Process:
        """Return the started process; raises Fault."""


class Connection:
    """One worker, from its start to its end."""

    def __init__(self, start: Starter, output_bytes: int) -> None:
        self._cap = output_bytes
        # The worker's clock when it was last read, and what was used until then.
        self._clock = self._used = 0.0
        self._started = time.monotonic()
        self._printed = bytearray()
        self._wait: Callable[[], float] = lambda: _LOOK_SECONDS
        (theirs_in, requests), (answers, theirs_out), (prints, theirs_err) = os.pipe(), os.pipe(), os.pipe()
        try:
            self._process = start(theirs_in, theirs_out, theirs_err)
        except BaseException:
            for descriptor in (requests, answers, prints):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (theirs_in, theirs_out, theirs_err):
                os.close(descriptor)
        self._room = _widened(requests)
        _widened(answers)
        self._requests = os.fdopen(requests, "wb")
        # What was not asked for waits in the pipe, where there is little room for it.
        self._answers = io.BufferedReader(_PIPE(answers, lambda: self._wait(), self._process.asking), 65536)
        self._prints = os.fdopen(prints, "rb")
        self._reader = threading.Thread(target=self._read_prints, daemon=True)
        self._reader.start()

    def _read_prints(self) -> None:
        with self._prints:
            while chunk := os.read(self._prints.fileno(), 65536):
                room = self._cap + 1 - len(self._printed)
                if room > 0:
                    self._printed += chunk[:room]

    def request(self, frame: bytes, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Send one message and return the answer. Raises WorkerGone, WorkerSilent, WorkerExcess, WireError.

        For the answer the worker has `seconds` of CPU time, all its threads and children together, and `wall_seconds` by the
        clock. Where its CPU time cannot be read from here, it has `seconds` by the clock.
        """
        try:
            self._send(frame, seconds, wall_seconds)
            self._wait = self._patience(seconds, wall_seconds)
            return wire.read_frame(self._answers)
        except (EOFError, OSError, ValueError):
            raise self._gone() from None

    def _patience(self, seconds: float, wall_seconds: float) -> Callable[[], float]:
        """Return a function that says, whenever nothing has come, how long to go on waiting, and watches the worker.

        It raises WorkerSilent once the time is over.
        """
        looks, used_before = 0, 0.0
        until = time.monotonic() + (wall_seconds if _HAS_CPU_CLOCK else seconds)

        def wait() -> float:
            nonlocal looks, used_before
            looks += 1
            if looks > 1:
                self._look()
                # Most answers are there before the first look: for these no clock need be read.
                used_before = self._used if looks == 2 else used_before
                if self._used - used_before > seconds:
                    raise WorkerSilent()
                if time.monotonic() > until:
                    raise WorkerSilent(waited=_HAS_CPU_CLOCK)
            return min(_LOOK_SECONDS, max(seconds, 0.001))

        return wait

    def _look(self) -> None:
        """Read the worker's clock. Raises WorkerExcess when it has more threads or files than any honest one."""
        self._read_clock()
        if (threads := _threads(self._process.pid)) > MAX_THREADS:
            raise WorkerExcess(f"it had started {threads} threads; at most {MAX_THREADS} may run at once")
        if (files := self._process.used()) > _MAX_FILES:
            raise WorkerExcess(f"it had made {files} files; at most {_MAX_FILES} may be in its folder")

    def _read_clock(self) -> None:
        """Add what the worker has used since the last time. What a child of its used is lost if nobody waits for that one."""
        now = _cpu_seconds_if_alive(self._process.pid) if _HAS_CPU_CLOCK else time.monotonic() - self._started
        self._used += max(0.0, now - self._clock)
        self._clock = now

    def _send(self, frame: bytes, seconds: float, wall_seconds: float) -> None:
        """Write a frame. One that a pipe cannot hold would wait for ever if the worker reads nothing: then it is ended."""
        written = threading.Event()
        if len(frame) > self._room:
            watched = written, self._patience(seconds, wall_seconds)
            threading.Thread(target=self._end_unless, args=watched, daemon=True).start()
        try:
            self._requests.write(frame)
            self._requests.flush()
        finally:
            written.set()

    def _end_unless(self, done: threading.Event, wait: Callable[[], float]) -> None:
        """End the worker if its time is over before something is done."""
        try:
            while not done.wait(wait()):
                pass
        except (WorkerSilent, WorkerExcess):
            self._process.end(0.0)

    def _gone(self) -> Exception:
        ending = self._process.end(_GRACE_SECONDS)
        if ending.over_cpu:
            return WorkerSilent()
        if ending.status is None:
            return WorkerGone("it closed its connection to the judge")
        if ending.status >= 0:
            return WorkerGone(f"it ended the process with exit status {ending.status}")
        kind = WorkerKilled if self._process.killed_outside and ending.status == -signal.SIGKILL else WorkerGone
        try:
            return kind(f"it was ended by {signal.Signals(-ending.status).name}")
        except ValueError:
            return kind(f"it was ended by signal {-ending.status}")

    def cpu_seconds(self) -> float:
        """Return the CPU time of the worker's threads and children, taken from outside; elsewhere than on Linux wall time."""
        if _HAS_CPU_CLOCK:
            _settle(self._process.pid)
            return _cpu_seconds(self._process.pid)
        return time.perf_counter()

    def cpu_seconds_so_far(self) -> float:
        """Return about the same, counted from the start, also of a worker that has ended."""
        self._read_clock()
        return self._used

    def printed(self) -> str:
        """Return what the code printed so far, capped."""
        data = bytes(self._printed)
        text = data[: self._cap].decode("utf-8", "replace")
        return text + "\n... (more was printed and left out)" if len(data) > self._cap else text

    def close(self) -> None:
        """End the process and what it started, and close the pipes."""
        self._process.end(0.0)
        with contextlib.suppress(OSError):
            self._requests.close()
        self._answers.close()
        # If one is still reading, a stranger is at the other end; it is left alone.
        self._reader.join(timeout=2)


class _Pipe(io.RawIOBase):
    """The reading end of a pipe. While nothing comes, `wait` is asked how long to go on waiting; it ends that by raising.

    Whatever is asked meanwhile is answered.
    """

    def __init__(self, descriptor: int, wait: Callable[[], float], asking: Asking | None) -> None:
        self._descriptor, self._wait, self._asking = descriptor, wait, asking

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is into a buffer, once there is something."""
        while not self._has_come():
            pass
        data = os.read(self._descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _has_come(self) -> bool:
        """Wait for a while, and say whether there is something to read."""
        until = time.monotonic() + self._wait()
        while (seconds := until - time.monotonic()) > 0:
            asking = self._asking if self._asking and not self._asking.closed else None
            watched: list[int | Asking] = [self._descriptor, *([asking] if asking else [])]
            ready = select.select(watched, [], [], seconds)[0]
            if asking and asking in ready:
                asking.answer()
            if self._descriptor in ready:
                return True
        return False

    def close(self) -> None:
        """Close the pipe."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()


class _ThreadedPipe(_Pipe):
    """The same where a pipe cannot be waited for, as on Windows: a thread waits instead, with one piece in hand."""

    def __init__(self, descriptor: int, wait: Callable[[], float], asking: Asking | None) -> None:
        super().__init__(descriptor, wait, asking)
        self._pieces: queue.Queue[bytes] = queue.Queue(maxsize=1)
        self._rest = b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        piece = b"-"
        while piece:
            try:
                piece = os.read(self._descriptor, 65536)
            except OSError:
                piece = b""
            self._pieces.put(piece)

    def readinto(self, buffer: Any) -> int:
        """Read what there is into a buffer, once there is something."""
        while not self._rest:
            try:
                self._rest = self._pieces.get(timeout=self._wait())
            except queue.Empty:
                continue
            if not self._rest:
                return 0
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


_PIPE: type[_Pipe] = _ThreadedPipe if sys.platform == "win32" else _Pipe


def _widened(pipe: int) -> int:
    """Make a pipe hold as much as this user may ask for, where that can be asked for, and return how much that is."""
    try:
        import fcntl  # not on Windows

        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _WANTED_ROOM)
    except (ImportError, AttributeError, OSError):
        return _SURE_ROOM


def _stat(pid: int) -> list[bytes]:
    """Return what /proc/PID/stat says after the process's name, its state first; nothing where there is no such file."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # read often
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def _settle(pid: int) -> None:
    """Wait until a process sleeps: the clock of one that still runs, on its way back to the next request, may lag by a tick."""
    until = time.perf_counter() + _SETTLE_SECONDS
    while _stat(pid)[:1] == [b"R"] and time.perf_counter() < until:
        time.sleep(2e-5)


def _cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and its descendants, including those that have ended and were waited for."""
    # The clock of another process: clock_getcpuclockid(3) is this formula on Linux.
    seconds = time.clock_gettime((~pid << 3) | 2)
    if facts := _stat(pid):
        seconds += (int(facts[13]) + int(facts[14])) / _TICKS
    return seconds + sum(map(_cpu_seconds_if_alive, children(pid)))


def _cpu_seconds_if_alive(pid: int) -> float:
    """Return the same for a process that may end meanwhile, 0 for one that has ended."""
    try:
        return _cpu_seconds(pid)
    except OSError:
        return 0.0


def children(pid: int) -> list[int]:
    """Return the processes that a process's threads have started and not waited for yet (Linux)."""
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  # read often
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123  # read often
                found += [int(child) for child in file.read().split()]
    return found


def _threads(pid: int) -> int:
    """Return how many threads a process has (Linux; else 0)."""
    facts = _stat(pid)
    return int(facts[17]) if facts else 0
