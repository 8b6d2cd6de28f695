"""A running worker as the judge sees it: requests and answers, a time limit on each, what it used and what it printed."""

from __future__ import annotations

import contextlib
import errno
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
from types import TracebackType
from typing import Any, Protocol

from cnngrade.errors import Fault
from cnngrade.sandbox.clock import HAS_CPU_CLOCK, Clock, OwnQueue, cpu_seconds, is_stopped, threads, threads_of_all
from cnngrade.worker import wire

MAX_THREADS = 256


_SURE_ROOM = 4096


_WANTED_ROOM = 1 << 20


_LOOK_SECONDS = 0.05


# What a worker did in requests shorter than a look is looked at once they have taken this long together.
_UNREAD_SECONDS = 0.25


_GRACE_SECONDS = 5.0


# The judge looks many times a second. In a longer gap it did not run, nor perhaps did anything else.
_GAP_SECONDS = 5.0


WAITING = 1.25
"""A request is over after so many times its limit, what it waits by itself included."""


# For so much of a request's limit the judge may be busy with a worker's questions before that counts as its waiting. Else one
# whose threads ask without end could sleep meanwhile.
_SERVICE = 0.25


LIMITED_BY = "of CPU time" if HAS_CPU_CLOCK else "by the clock"
"""What the seconds of a limit are, as words after them."""


# What a confined process can end itself by: a fault, a limit of its own, an alarm. Any other signal came from somebody else.
_OWN_SIGNALS = frozenset(
    getattr(signal, f"SIG{name}")
    for name in ("SEGV", "BUS", "ILL", "FPE", "TRAP", "ABRT", "SYS", "PIPE", "XCPU", "XFSZ", "ALRM", "VTALRM", "PROF")
    if hasattr(signal, f"SIG{name}")
)


# What the other end of a pipe is gone by; Windows has a word of its own for it.
_CLOSED = frozenset({errno.EPIPE, errno.ECONNRESET, *([errno.EINVAL] if sys.platform == "win32" else [])})


class WorkerGone(Exception):
    """The worker ended by itself; the text says how."""


class WorkerKilled(WorkerGone):
    """Something outside ended or stopped the worker (the system, a person): its code could not have done this."""


def ended_from_outside(status: int) -> bool:
    """Say whether a process that can send no signal, not even to itself, was ended by somebody else's, by its exit status."""
    return status < 0 and -status not in _OWN_SIGNALS


def ended_how(status: int) -> str:
    """Return how a process ended, as words after "it"."""
    if status >= 0:
        return f"ended with exit status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


class WorkerSilent(Exception):
    """No answer came in time: within so many seconds of CPU time, or (`waited`) so many of running and waiting together.

    `with_submission` says that it was the time of the whole submission, of which the system keeps count as well.
    """

    def __init__(self, seconds: float, *, waited: bool = False, with_submission: bool = False) -> None:
        super().__init__("no answer came in time")
        self.seconds, self.waited, self.with_submission = seconds, waited, with_submission


class WorkerExcess(Exception):
    """The worker took more of something than it may, and was ended; the text says of what."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: its exit status (negative: a signal), None when it had to be ended.

    `over_cpu`: by its own limit. `cpu_seconds` is what it used in all, 0 where nobody knows.
    """

    status: int | None
    over_cpu: bool = False
    cpu_seconds: float = 0.0


class Asking(Protocol):
    """Asks the judge something while the judge waits for an answer."""

    @property
    def closed(self) -> bool:
        """Whether it will ask nothing any more."""

    def fileno(self) -> int:
        """Return a descriptor that is readable when there is a question, and hung up when nobody is left to ask one."""

    def answer(self) -> None:
        """Answer the question that there is."""

    def close(self) -> None:
        """Answer nothing any more."""


class Process(Protocol):
    """A process that serves one end of three pipes. `asking` is what the system asks before it does something for it."""

    pid: int
    sends_no_signals: bool
    asking: Asking | None

    def end(self, grace: float) -> Ending:
        """Wait that many seconds for it to end by itself, then end it and whatever it started. Again: the same answer."""

    def missing_room(self, answered: bool) -> str:
        """Say what the disk lacks of the room for files that the process was promised, "" if nothing.

        Of a process that has `answered` only what it cannot have taken itself; in any other case it may have, until it ends.
        """


class Starter(Protocol):
    """Starts a worker on (requests to read, answers to write, prints to write); the descriptors stay the caller's."""

    def __call__(self, requests: int, answers: int, prints: int) -> Process:
        """Return the started process; raises Fault."""


class Connection:
    """One worker, from its start to its end. What fails here for lack of memory, descriptors or threads is a Fault."""

    def __init__(self, start: Starter, output_bytes: int) -> None:
        self._cap = output_bytes
        # For how long requests have run since the worker's clock was read.
        self._unread = 0.0
        self._printed = bytearray()
        self._wait: Callable[[], float] = lambda: _LOOK_SECONDS
        with Ours("A worker could not be started"), contextlib.ExitStack() as pipes, contextlib.ExitStack() as theirs:
            requests_in, requests = _pipe(theirs, pipes)
            answers, answers_out = _pipe(pipes, theirs)
            prints, prints_out = _pipe(pipes, theirs)
            self._process = start(requests_in, answers_out, prints_out)
            pipes.callback(self._process.end, 0.0)
            self._room = _widened(requests)
            _widened(answers)
            self._reader = threading.Thread(target=self._read_prints, args=(prints,), daemon=True)
            self._reader.start()
            self._requests = os.fdopen(requests, "wb")
            # What was not asked for waits in the pipe, where there is little room for it.
            pipe = _PIPE(answers, lambda: self._wait(), self._process.asking, lambda judge: self._kept_by(judge))
            self._answers = io.BufferedReader(pipe, 65536)
            pipes.pop_all()
        self._clock = Clock(self._process.pid)

    def _read_prints(self, prints: int) -> None:
        with os.fdopen(prints, "rb") as stream:
            while chunk := os.read(stream.fileno(), 65536):
                room = self._cap + 1 - len(self._printed)
                if room > 0:
                    self._printed += chunk[:room]

    def request(self, frame: bytes, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Send one message and return the answer. Raises WorkerGone, WorkerSilent, WorkerExcess, WireError and Fault.

        For the answer the worker has `seconds` of CPU time, all its threads and children together, and a quarter more in all
        if it waits, too; what it is kept waiting by others does not count. In any case it has `wall_seconds` by the clock.
        Where its CPU time cannot be read from here, it has `seconds` by the clock.
        """
        self._wait = wait = self._patience(seconds, wall_seconds)
        try:
            self._send(frame, wait)
            return wire.read_frame(self._answers)
        except (EOFError, _Closed):
            raise self._gone(min(_GRACE_SECONDS, seconds)) from None
        except _DENIED as error:
            raise Fault(f"The connection to a worker failed: {error or type(error).__name__}.") from error
        finally:
            self._unread += min(time.monotonic() - self._seen, _GAP_SECONDS)

    def _patience(self, seconds: float, wall_seconds: float) -> Callable[[], float]:
        """Return a function that says, whenever nothing has come, how long to go on waiting, and watches the worker.

        It raises WorkerSilent once the time is over, and WorkerKilled if the worker was then stopped by somebody.
        """
        self._seen = time.monotonic()
        self._service_left = _SERVICE * seconds
        step = min(_LOOK_SECONDS, max(seconds, 0.001))
        passed, cpu_before, waited_before = 0.0, -1.0, 0.0

        def wait() -> float:
            nonlocal passed, cpu_before, waited_before
            now = time.monotonic()
            if now - self._seen < step:
                # Most answers are there before the first look: for these no clock need be read.
                return self._seen + step - now
            # Where a look comes late, the judge did not get a processor either.
            self._unread += min(now - self._seen, 2 * step)
            passed += min(now - self._seen, _GAP_SECONDS)
            self._seen = now
            self._look()
            if cpu_before < 0:
                cpu_before, waited_before = self._clock.cpu, self._clock.waited
            used, waited = self._clock.cpu - cpu_before, self._clock.waited - waited_before
            if used > seconds:
                raise WorkerSilent(seconds)
            if used + waited > WAITING * seconds:
                raise WorkerSilent(WAITING * seconds, waited=True)
            if HAS_CPU_CLOCK and passed > wall_seconds:
                self._clock.waited += max(0.0, passed - used - waited)
                raise self._worn_out(wall_seconds)
            return step

        return wait

    def _kept_by(self, judge: _Service) -> None:
        """Note that the worker waited for an answer: not by itself, unless it asks so often that it keeps the judge busy."""
        served = min(judge.served, self._service_left)
        self._service_left -= served
        self._clock.waits_for_judge(judge.queued + served)

    def _worn_out(self, wall_seconds: float) -> Exception:
        """Return the reason for ending a worker that has neither run nor waited by itself for so long."""
        if self._process.sends_no_signals and is_stopped(self._process.pid):
            return WorkerKilled("somebody had stopped it")
        return WorkerSilent(wall_seconds, waited=True)

    def _look(self) -> None:
        """Read the worker's clock. Raises WorkerExcess when it has more threads than any honest one."""
        self._read_clock()
        if (running := threads(self._process.pid)) > MAX_THREADS:
            raise WorkerExcess(f"it had started {running} threads; at most {MAX_THREADS} may run at once")

    def _read_clock(self) -> None:
        """Add what the worker has used since the last time. What a child of its used is lost if nobody waits for that one."""
        self._clock.read(self._unread)
        self._unread = 0.0

    def _send(self, frame: bytes, wait: Callable[[], float]) -> None:
        """Write a frame. One that a pipe cannot hold would wait for ever if the worker reads nothing: then it is ended."""
        if len(frame) <= self._room:
            self._write(frame)
            return
        written, over = threading.Event(), list[Exception]()
        watching = threading.Thread(target=self._end_unless, args=(written, wait, over), daemon=True)
        watching.start()
        try:
            self._write(frame)
        finally:
            written.set()
            watching.join()
            if over:
                raise over[0]

    def _write(self, frame: bytes) -> None:
        try:
            self._requests.write(frame)
            self._requests.flush()
        except OSError as error:
            if error.errno in _CLOSED:
                raise _Closed from None
            raise

    def _end_unless(self, done: threading.Event, wait: Callable[[], float], over: list[Exception]) -> None:
        """End the worker if its time is over before something is done, and say so in `over`."""
        try:
            while not done.wait(wait()):
                pass
        except Exception as error:
            over.append(error)
            self._process.end(0.0)

    def _gone(self, grace: float) -> Exception:
        ending = self._process.end(grace)
        self._clock.cpu = max(self._clock.cpu, ending.cpu_seconds)
        if ending.over_cpu:
            return WorkerSilent(ending.cpu_seconds, with_submission=True)
        if ending.status is None:
            return WorkerGone("it closed its connection to the judge")
        if ending.status >= 0:
            return WorkerGone(f"it ended the process with exit status {ending.status}")
        outside = self._process.sends_no_signals and ended_from_outside(ending.status)
        return (WorkerKilled if outside else WorkerGone)(f"it {ended_how(ending.status)}")

    def cpu_seconds(self) -> float:
        """Return the CPU time of the worker's threads and children, taken from outside; elsewhere than on Linux wall time."""
        return cpu_seconds(self._process.pid) if HAS_CPU_CLOCK else time.perf_counter()

    def cpu_seconds_so_far(self) -> float:
        """Return about the same, counted from the start, also of a worker that has ended."""
        self._read_clock()
        return self._clock.cpu

    def threads(self) -> int:
        """Return how many threads the worker and its children have, taken from outside."""
        return threads_of_all(self._process.pid)

    def spent(self) -> float:
        """Return about how many seconds of running and waiting all requests have used, also of a worker that has ended."""
        if self._unread > _UNREAD_SECONDS:
            self._read_clock()
        return self._clock.cpu + self._clock.waited + self._unread

    def missing_room(self, answered: bool = False) -> str:
        """Say what the disk lacks of the worker's room for files (see `Process`)."""
        return self._process.missing_room(answered)

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


class _Closed(Exception):
    """The worker's end of a pipe is closed."""


# What the system denies a process ends in one of these; a thread that cannot be started is a RuntimeError.
_DENIED = (OSError, MemoryError, RuntimeError, ValueError)


class Ours:
    """Turns what the system denies the judge, memory, a descriptor, a thread, into a Fault: no worker can be blamed for it.

    `what` begins its text. A class, since every request is made in one.
    """

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, _DENIED):
            raise Fault(f"{self._what}: {str(error) or type(error).__name__}.") from error


def _pipe(reading: contextlib.ExitStack, writing: contextlib.ExitStack) -> tuple[int, int]:
    """Return the ends of a pipe, which are closed with what they are given to."""
    ends = os.pipe()
    for stack, end in zip((reading, writing), ends, strict=True):
        stack.callback(os.close, end)
    return ends


@dataclass(frozen=True, slots=True)
class _Service:
    """What it took to answer a question, in seconds: the judge waited for a processor, and it did what there was to do."""

    queued: float
    served: float


class _Pipe(io.RawIOBase):
    """The reading end of a pipe. While nothing comes, `wait` is asked how long to go on waiting; it ends that by raising.

    Whatever is asked meanwhile is answered, and `kept` is told what that took.
    """

    def __init__(
        self, descriptor: int, wait: Callable[[], float], asking: Asking | None, kept: Callable[[_Service], None]
    ) -> None:
        self._descriptor, self._wait, self._asking, self._kept = descriptor, wait, asking, kept
        self._queue: OwnQueue | None = None
        self._was_asked = False
        if sys.platform != "win32":
            # Not select, which knows no descriptor beyond the first 1024.
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLIN)
            self._questions = asking.fileno() if asking else -1
            if asking:
                self._poll.register(self._questions, select.POLLIN)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is into a buffer, once there is something."""
        self._was_asked = False
        while not self._has_come():
            pass
        return os.readv(self._descriptor, [buffer])

    def _has_come(self) -> bool:
        """Wait for a while, and say whether there is something to read."""
        until = time.monotonic() + self._wait()
        if self._asking and self._asking.closed:
            self._forget_questions()
        # Most answers come without a question before them, and need no clock.
        queued = self._queued() if self._was_asked else -1.0
        while (seconds := until - time.monotonic()) > 0:
            ready = dict(self._poll.poll(1000 * seconds))
            come = ready.pop(self._descriptor, 0)
            for event in ready.values():
                queued = self._serve(event, queued)
            if come:
                return True
        return False

    def _serve(self, event: int, before: float) -> float:
        """Answer a question, or notice that nobody can ask any more. Returns for how long this thread was kept waiting so far.

        `before` is the same before the question was there, negative where nobody knows.
        """
        assert self._asking
        if not event & select.POLLIN:
            # To receive a question would wait for ever.
            self._asking.close()
            self._forget_questions()
            return before
        start, begun = time.monotonic(), self._queued()
        self._asking.answer()
        self._was_asked = True
        now = self._queued()
        served = max(0.0, time.monotonic() - start - (now - begun))
        self._kept(_Service(now - (before if before >= 0 else begun), served))
        return now

    def _forget_questions(self) -> None:
        # The number may soon be that of something else.
        self._poll.unregister(self._questions)
        self._asking = None

    def _queued(self) -> float:
        if self._queue and not self._queue.is_of_this_thread():
            self._queue.close()
            self._queue = None
        self._queue = self._queue or OwnQueue()
        return self._queue.seconds()

    def close(self) -> None:
        """Close the pipe."""
        if not self.closed:
            os.close(self._descriptor)
            if self._queue:
                self._queue.close()
        super().close()


class _ThreadedPipe(_Pipe):
    """The same where a pipe cannot be waited for, as on Windows: a thread waits instead, with one piece in hand."""

    def __init__(
        self, descriptor: int, wait: Callable[[], float], asking: Asking | None, kept: Callable[[_Service], None]
    ) -> None:
        super().__init__(descriptor, wait, asking, kept)
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
