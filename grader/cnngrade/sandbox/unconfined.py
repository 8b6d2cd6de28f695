"""Workers in fresh processes, with limits of memory and time: for code that is trusted as far as its user is.

Such a process is kept away from expected answers and verdicts, and it ends with its submission, together with what it started.
It is not kept from the files, the network or the other processes of the user.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cnngrade.errors import Fault
from cnngrade.model import Layer, Policy
from cnngrade.runtime import ONE_THREAD
from cnngrade.sandbox.connection import Asking, Connection, Ending, Process
from cnngrade.sandbox.preforked import Preforked, forked

MARK = "CNNGRADE_WORKER"
"""The environment variable by which a worker, and whatever it started, is known."""


_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "NUMBA_CACHE_DIR",
    "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
)  # fmt: skip


UNCONFINED = (
    Layer("limits", True, "time and memory of each call and of the whole submission"),
    Layer("namespaces", False, "code can see every process and every network of this user"),
    Layer("Landlock", False, "code can read and change this user's files"),
    Layer("seccomp", False, "code can use the network, start programs and end other processes of this user"),
)


def environment(mark: str) -> dict[str, str]:
    """Return the environment of a worker: what a process needs to start, one thread for BLAS, a mark, and no secrets."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | ONE_THREAD | {"MPLBACKEND": "Agg", MARK: mark, "PYTHONDONTWRITEBYTECODE": "1"}


def interpreter(module: str, *arguments: str, extra_path: Path | None = None) -> list[str]:
    """Return the command that runs `main()` of a module of ours, which finds this package and what is in `extra_path`."""
    engine = Path(__file__).resolve().parents[2]
    # PYTHONPATH could not name a folder that has a colon in its name, and an empty part of it means the working directory.
    code = f"import sys; sys.path[:0] = filter(None, (sys.argv.pop(1), sys.argv.pop(1))); from {module} import main; main()"
    return [sys.executable, "-P", "-X", "utf8", "-c", code, str(engine), str(extra_path or ""), *arguments]


class WorkerSource(Protocol):
    """Where workers come from: a running sandbox."""

    layers: tuple[Layer, ...]

    def start(self) -> Connection:
        """Start a worker; raises Fault."""

    def close(self) -> None:
        """End what workers come from."""


class _FreshProcess:
    """A worker in an interpreter of its own, or forked from one that has done nothing else."""

    sends_no_signals = False  # this code may well have killed itself
    asking: Asking | None = None

    def __init__(self, process: subprocess.Popen[bytes] | Preforked, mark: str) -> None:
        self._process, self._mark = process, mark
        self._ending: Ending | None = None
        self._lock = threading.Lock()
        self.pid = process.pid

    def end(self, grace: float) -> Ending:
        """End the process, everything in its group, and on Linux whatever else it started and sent to another group."""
        with self._lock:
            if self._ending is None:
                status = None
                with contextlib.suppress(subprocess.TimeoutExpired):
                    status = self._process.wait(timeout=grace)
                self._ending = Ending(status)
                self._end()
        return self._ending

    def missing_room(self, answered: bool) -> str:
        """Return "": it was promised none."""
        return ""

    def _end(self) -> None:
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        until = time.monotonic() + 2
        while sys.platform == "linux" and (left := _marked(self._mark)) and time.monotonic() < until:
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)


def _marked(mark: str) -> list[int]:
    """Return the processes of this user whose environment has the mark (Linux)."""
    wanted, found = f"{MARK}={mark}".encode(), []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if wanted in (process / "environ").read_bytes():
                    found.append(int(process.name))
    return found


class Fresh:
    """Workers in fresh processes. `folder` is their working directory.

    `extra_path` is for the course's own code, which imports its neighbours there and may use every package; a submission may
    use those of the policy.
    """

    layers: tuple[Layer, ...] = UNCONFINED

    def __init__(self, policy: Policy, folder: Path, extra_path: Path | None = None) -> None:
        self._policy, self._folder, self._extra_path = policy, folder, extra_path

    def start(self) -> Connection:
        """Start a worker; raises Fault."""
        packages = () if self._extra_path else self._policy.packages
        arguments = (str(self._policy.memory_mib), *packages)

        def begin(requests: int, answers: int, prints: int) -> Process:
            mark, pipes = secrets.token_hex(16), (requests, answers, prints)
            process = self._forked(arguments, mark, pipes) or self._started(arguments, mark, pipes)
            return _FreshProcess(process, mark)

        return Connection(begin, self._policy.output_bytes)

    def _forked(self, arguments: Sequence[str], mark: str, pipes: Sequence[int]) -> Preforked | None:
        """Fork a worker where that is possible; one that finds the course's code has to be started with its path."""
        if self._extra_path:
            return None
        begin = {"folder": str(self._folder), "environment": environment(mark), "mark": MARK, "arguments": arguments}
        return forked(begin, pipes)

    def _started(self, arguments: Sequence[str], mark: str, pipes: Sequence[int]) -> subprocess.Popen[bytes]:
        """Start a worker in an interpreter of its own; raises Fault."""
        requests, answers, prints = pipes
        try:
            return subprocess.Popen(
                interpreter("cnngrade.worker.serve", *arguments, extra_path=self._extra_path),
                stdin=requests,
                stdout=answers,
                stderr=prints,
                cwd=self._folder,
                env=environment(mark),
                start_new_session=True,  # has no effect on Windows
            )
        except OSError as error:
            raise Fault(f"A worker process could not be started: {error}.") from error

    def close(self) -> None:
        """Nothing to end: each worker ends with its submission."""
