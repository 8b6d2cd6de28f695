"""What disturbs a measurement: processes that load the machine, and half a core to be graded on.

All of them end with the process that made them, however that ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cnngrade.sandbox.clock import children

CORES = len(os.sched_getaffinity(0))
FORK = multiprocessing.get_context("fork")


class Child:
    """A process of ours, which ends with this one, however that ends."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self.process = FORK.Process(target=self._run, args=(work, *arguments), daemon=True)
        self.process.start()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None, "it was started when it was made"
        return self.process.pid

    @staticmethod
    def _run(work: Callable[..., None], *arguments: Any) -> None:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work(*arguments)

    def end(self, grace: float = 0.0) -> None:
        self.process.join(grace)
        self.process.kill()
        self.process.join()


def spin(_seed: int) -> None:
    while True:
        pass


def stream(_seed: int) -> None:
    source, target = np.ones(16 << 20), np.ones(16 << 20)
    while True:
        np.copyto(target, source)


def burst(seed: int) -> None:
    rng = random.Random(seed)
    while True:
        until = time.perf_counter() + rng.uniform(0.05, 0.3)
        while time.perf_counter() < until:
            pass
        time.sleep(rng.uniform(0.05, 0.3))


class Load:
    """Processes that run while it is entered and are stopped otherwise."""

    def __init__(self, work: Callable[[int], None], count: int) -> None:
        self._children = [Child(self._stopped, work, number) for number in range(count)]

    @staticmethod
    def _stopped(work: Callable[[int], None], number: int) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)
        work(number)

    def _send(self, number: signal.Signals) -> None:
        for child in self._children:
            os.kill(child.pid, number)

    def __enter__(self) -> None:
        self._send(signal.SIGCONT)
        time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self._send(signal.SIGSTOP)

    def close(self) -> None:
        for child in self._children:
            child.end()


def half_a_core() -> Path | None:
    """Make a control group whose processes get half a core together; None where this user may not."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, place = line.split(":", 2)
        first = {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000"} if controllers else {"cpu.max": "50000 100000"}
        folder = Path(f"/sys/fs/cgroup/{controllers}{place}") / f"cnngrade-benchmark-{os.getpid()}"
        if controllers and "cpu" not in controllers.split(","):
            continue
        with contextlib.suppress(OSError):
            folder.mkdir()
            try:
                for name, value in first.items():
                    with (folder / name).open("r+") as file:
                        file.write(value)
                return folder
            except OSError:
                folder.rmdir()
    return None


class Stuttering:
    """Stops a process and its descendants half of the time, 5 of every 10 ms, while it is entered."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over = pid, threading.Event()

    def _tree(self, pid: int) -> Iterator[int]:
        yield pid
        for child in children(pid):
            yield from self._tree(child)

    def _send(self, number: signal.Signals) -> None:
        for pid in self._tree(self._pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _stutter(self) -> None:
        while not self._over.is_set():
            self._send(signal.SIGSTOP)
            time.sleep(0.005)
            self._send(signal.SIGCONT)
            time.sleep(0.005)

    def __enter__(self) -> None:
        self._over.clear()
        self._thread = threading.Thread(target=self._stutter)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
