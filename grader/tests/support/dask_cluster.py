"""A scheduler and workers of dask, started by command, each a process that a test may kill."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

_START_SECONDS = 60.0
_END_SECONDS = 10.0


class DaskCluster:
    """What is running: `address` is the scheduler's. `folder` takes what the processes print."""

    def __init__(self, folder: Path, options: Sequence[str] = (), scheme: str = "tcp") -> None:
        self._folder, self._options = folder, list(options)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", f"{scheme}://127.0.0.1", "--port", "0", "--no-dashboard", *options)
        self.address = self._said(self.scheduler, rf"Scheduler at:\s+({scheme}://\S+)")

    def _start(self, what: str, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
        with self._printed(len(self.processes)).open("wb") as printed:
            process = subprocess.Popen(
                command,
                env=os.environ | (env or {}),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                cwd=self._folder,
            )
        self.processes.append(process)
        return process

    def _printed(self, number: int) -> Path:
        return self._folder / f"printed{number}.txt"

    def printed(self, process: subprocess.Popen[bytes]) -> str:
        return self._printed(self.processes.index(process)).read_text(encoding="utf-8", errors="replace")

    def _said(self, process: subprocess.Popen[bytes], pattern: str) -> str:
        """Return what a process has printed, once it has."""
        end = time.monotonic() + _START_SECONDS
        while not (found := re.search(pattern, self.printed(process))):
            assert process.poll() is None, self.printed(process)
            assert time.monotonic() < end, self.printed(process)
            time.sleep(0.05)
        return found[1] if found.re.groups else found[0]

    def worker(self, threads: int = 1, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a worker and return once it belongs to the cluster; without a nanny, so that it is one process."""
        arguments = [self.address, "--nthreads", str(threads), "--no-nanny", "--no-dashboard", *self._options]
        process = self._start("worker", *arguments, "--local-directory", str(self._folder), env=env)
        self._said(process, "Registered to")
        return process

    def close(self) -> None:
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()
            process.wait(_END_SECONDS)


@contextlib.contextmanager
def dask_cluster(folder: Path, workers: int = 0, **options: object) -> Iterator[DaskCluster]:
    """Yield a scheduler with so many workers, and end them with the block."""
    folder.mkdir(exist_ok=True)
    cluster = DaskCluster(folder, **options)  # type: ignore[arg-type]
    try:
        for _ in range(workers):
            cluster.worker()
        yield cluster
    finally:
        cluster.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut does."""
    process.send_signal(signal.SIGKILL)
    process.wait(_END_SECONDS)
