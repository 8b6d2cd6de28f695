"""A scheduler and workers of dask, started by command, each a process that a test may kill."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

_START_SECONDS = 60.0
_END_SECONDS = 10.0


class DaskCluster:
    """What is running: `address` is the scheduler's. `folder` takes what the processes print."""

    def __init__(self, folder: Path, options: Sequence[str] = (), scheme: str = "tcp", host: str = "127.0.0.1") -> None:
        self._folder, self._options = folder, list(options)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", f"{scheme}://{host}", "--port", "0", "--no-dashboard", *options)
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

    def worker(
        self, threads: int = 1, env: Mapping[str, str] | None = None, nanny: bool = False, host: str = "127.0.0.1"
    ) -> subprocess.Popen[bytes]:
        """Start a worker and return once it belongs to the cluster; without a `nanny` it is one process.

        It listens at `host`, "" for all addresses of this machine.
        """
        kind = "--nanny" if nanny else "--no-nanny"
        listening = ["--host", f"{self.address.partition(':')[0]}://{host}"] if host else []
        arguments = [self.address, *listening, "--nthreads", str(threads), kind, "--no-dashboard", *self._options]
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
def dask_cluster(
    folder: Path, workers: int = 0, options: Sequence[str] = (), scheme: str = "tcp", host: str = "127.0.0.1"
) -> Iterator[DaskCluster]:
    """Yield a scheduler with so many workers, and end them with the block."""
    folder.mkdir(exist_ok=True)
    cluster = DaskCluster(folder, options, scheme, host)
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


class Running:
    """A command that runs beside the test; what it prints goes into a file."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        # In a folder of its own: the command's is compared afterwards.
        self._file = Path(tempfile.mkdtemp(prefix="said-")) / "said.txt"
        with self._file.open("wb") as printed:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed)

    def said(self) -> str:
        return self._file.read_text(encoding="utf-8", errors="replace")

    def until(self, is_so: Callable[[], bool], seconds: float = _START_SECONDS) -> None:
        """Wait until something is so while the command runs."""
        end = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.02)

    def wait(self, seconds: float = 180.0) -> int:
        """Return the exit code."""
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()


def certificates(folder: Path) -> list[str]:
    """Make an authority with one certificate by openssl, and return the options by which dask's commands and ours take it."""
    folder.mkdir()
    for arguments in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=grader -keyout grader.key -out grader.csr",
        "x509 -req -in grader.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out grader.pem",
    ):
        subprocess.run(["openssl", *arguments.split()], cwd=folder, capture_output=True, check=True)
    names = {"--tls-ca-file": "ca.pem", "--tls-cert": "grader.pem", "--tls-key": "grader.key"}
    return [part for option, name in names.items() for part in (option, str(folder / name))]
