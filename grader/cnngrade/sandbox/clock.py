"""How much of its time a worker has used, read from outside: the CPU time of all its threads and children, and its waiting.

Waiting is the time in which it could have run and did not want to: it slept, or waited for something. Time in which it wanted a
processor that others had is not its own, nor is that in which somebody had stopped it, or the machine, or the judge.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from dataclasses import dataclass

HAS_CPU_CLOCK = sys.platform == "linux"
"""Whether the CPU time of another process can be read here."""


_SETTLE_SECONDS = 0.02


_TICKS = os.sysconf("SC_CLK_TCK") if sys.platform == "linux" else 100


@dataclass(frozen=True, slots=True)
class _Run:
    """How long a thread ran, and how long it waited for a processor, in seconds."""

    ran: float
    queued: float


_Runs = dict[tuple[int, int], _Run]
"""What threads have done, by their process and number."""


class Clock:
    """What one process has used since it started: `cpu` and `waited`, in seconds, as of the last reading."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.cpu = self.waited = 0.0
        self._cpu_then = 0.0
        # What has passed, and was used, since it was last seen asleep.
        self._passed = self._used = self._for_judge = 0.0
        self._runs: _Runs = {}
        self._stolen: float | None = None

    def waits_for_judge(self, seconds: float) -> None:
        """Note that for so long, since the last reading, the judge kept it waiting for an answer."""
        self._for_judge += seconds

    def read(self, passed: float) -> None:
        """Add what was used since the last reading. Meanwhile the process had work for `passed` seconds by the clock."""
        if not HAS_CPU_CLOCK:
            self.cpu += passed
            return
        now = cpu_seconds_if_alive(self._pid)
        used = max(0.0, now - self._cpu_then)
        self._cpu_then = now
        self.cpu += used
        self._passed += passed
        self._used += used
        # The kernel says how long a thread was kept from a processor once that thread has got it.
        if not _wants_to_run(self._pid):
            self._add_waiting()

    def _add_waiting(self) -> None:
        runs, before, stolen = _runs(self._pid), self._runs, _stolen()
        lost = 0.0 if self._stolen is None else stolen - self._stolen
        self._runs, self._stolen = runs, stolen
        # How long one that has ended was kept waiting is not known any more.
        child_ended = not _processes(before) <= _processes(runs)
        if runs and not child_ended and not is_stopped(self._pid):
            lost += _kept_waiting(before, runs, self._used) + self._for_judge
            self.waited += max(0.0, self._passed - self._used - lost)
        self._passed = self._used = self._for_judge = 0.0


def _kept_waiting(before: _Runs, now: _Runs, used: float) -> float:
    """Return for how long others kept a process from running, given what each of its threads did and what all have used."""
    since = []
    for thread, run in now.items():
        then = before.get(thread, _Run(0.0, 0.0))
        since.append(_Run(run.ran - then.ran, run.queued - then.queued))
    used = max(used, sum(run.ran for run in since))
    # A thread that waits while its siblings run is kept by nobody else.
    return max(0.0, *(run.queued - (used - run.ran) for run in since))


def _processes(runs: _Runs) -> set[int]:
    return {process for process, _ in runs}


def _runs(pid: int) -> _Runs:
    """Return what the threads of a process and its descendants did so far; nothing where the kernel does not tell."""
    found = {}
    for thread in _threads(pid):
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:  # noqa: PTH123  # read often
                ran, queued, _ = map(int, file.read().split())
            found[pid, int(thread)] = _Run(ran / 1e9, queued / 1e9)
    for child in children(pid):
        found |= _runs(child)
    return found


def _wants_to_run(pid: int) -> bool:
    """Say whether a thread of a process or of its descendants runs or waits for a processor."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/stat", "rb") as file:  # noqa: PTH123  # as above
            if file.read().rpartition(b")")[2].split()[:1] == [b"R"]:
                return True
    return any(map(_wants_to_run, children(pid)))


def _threads(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")  # noqa: PTH208  # read often
    except OSError:
        return []


def _stolen() -> float:
    """Return for how many seconds of its processors a host has kept this machine from running; 0 where there is none."""
    try:
        with open("/proc/stat", "rb") as file:  # noqa: PTH123  # read often
            return int(file.readline().split()[8]) / _TICKS
    except (OSError, IndexError, ValueError):
        return 0.0


def _stat(pid: int) -> list[bytes]:
    """Return what /proc/PID/stat says after the process's name, its state first; nothing where there is no such file."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # read often
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


class OwnQueue:
    """For how long the calling thread, always the same one, has waited for a processor; 0 where the kernel does not tell."""

    def __init__(self) -> None:
        self._thread = threading.get_native_id()
        try:
            self._facts = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._facts = -1

    def is_of_this_thread(self) -> bool:
        """Say whether it is the calling thread's."""
        return self._thread == threading.get_native_id()

    def seconds(self) -> float:
        """Return that time in seconds."""
        return int(os.pread(self._facts, 64, 0).split()[1]) / 1e9 if self._facts >= 0 else 0.0

    def close(self) -> None:
        """Release the descriptor."""
        if self._facts >= 0:
            os.close(self._facts)
            self._facts = -1


def is_stopped(pid: int) -> bool:
    """Say whether somebody has stopped a process, or follows its steps (Linux)."""
    return _stat(pid)[:1] in ([b"T"], [b"t"])


def threads(pid: int) -> int:
    """Return how many threads a process has (Linux; else 0)."""
    facts = _stat(pid)
    return int(facts[17]) if facts else 0


def threads_of_all(pid: int) -> int:
    """Return how many threads a process and its descendants have (Linux; else 0)."""
    return threads(pid) + sum(map(threads_of_all, children(pid)))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and its descendants, including those that have ended and were waited for.

    One that still runs, on its way back to the next request, is given a moment to sleep: its clock may lag by a tick. Raises
    OSError where there is no such process.
    """
    until = time.perf_counter() + _SETTLE_SECONDS
    while _stat(pid)[:1] == [b"R"] and time.perf_counter() < until:
        time.sleep(2e-5)
    return _cpu_seconds(pid)


def _cpu_seconds(pid: int) -> float:
    # The clock of another process: clock_getcpuclockid(3) is this formula on Linux.
    seconds = time.clock_gettime((~pid << 3) | 2)
    if facts := _stat(pid):
        seconds += (int(facts[13]) + int(facts[14])) / _TICKS
    return seconds + sum(map(cpu_seconds_if_alive, children(pid)))


def cpu_seconds_if_alive(pid: int) -> float:
    """Return about the same at once, also for a process that may end meanwhile; 0 for one that has ended."""
    try:
        return _cpu_seconds(pid)
    except OSError:
        return 0.0


def children(pid: int) -> list[int]:
    """Return the processes that a process's threads have started and not waited for yet (Linux)."""
    found = []
    for thread in _threads(pid):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123  # as above
            found += [int(child) for child in file.read().split()]
    return found
