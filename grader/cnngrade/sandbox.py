"""Starts the untrusted side and ends it: one process, its limits, its clock and what it printed.

The only backend so far is `limits`: an own process (and process group) with a memory limit, a small environment and a time
limit on every request, ended together with what it started. It keeps student code away from expected answers and verdicts; it
does not keep it from the files, the network or the other processes of the user who grades.
"""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, cast

from cnngrade import wire
from cnngrade.errors import Fault, WireError
from cnngrade.model import Policy

BACKENDS = ("limits",)

MARK = "CNNGRADE_WORKER"
"""The environment variable by which a worker, and whatever it started, is known."""

_SMALL_FRAME = 4096
_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "NUMBA_CACHE_DIR",
    "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
)  # fmt: skip
_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


class WorkerGone(Exception):
    """The worker ended by itself; the text says how."""


class WorkerSilent(Exception):
    """No answer came within the time that was given."""


def environment(mark: str, extra_path: Path | None = None) -> dict[str, str]:
    """Return the environment of a worker: what a process needs to start, one thread for BLAS, a mark, and no secrets."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    engine = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([engine, *([str(extra_path)] if extra_path else [])])
    return kept | _ONE_THREAD | {"MPLBACKEND": "Agg", MARK: mark, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


class WorkerProcess:
    """A running worker. `folder` is its working directory; `extra_path` is for trusted code that imports its neighbours."""

    def __init__(self, policy: Policy, folder: Path, extra_path: Path | None = None) -> None:
        if policy.sandbox not in BACKENDS:
            raise Fault(f'There is no sandbox "{policy.sandbox}". There are: {", ".join(BACKENDS)}.')
        self._cap = policy.output_bytes
        self._mark = secrets.token_hex(16)
        self._printed = bytearray()
        self._answers: queue.SimpleQueue[dict[str, Any] | Exception] = queue.SimpleQueue()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-X", "utf8", "-m", "cnngrade.worker", str(policy.memory_mib)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment(self._mark, extra_path),
                start_new_session=True,  # has no effect on Windows
            )
        except OSError as error:
            raise Fault(f"A worker process could not be started: {error}.") from error
        self._requests, answers, prints = (
            cast(IO[bytes], stream) for stream in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        self._readers = {
            answers: threading.Thread(target=self._read_answers, args=(answers,), daemon=True),
            prints: threading.Thread(target=self._read_prints, args=(prints,), daemon=True),
        }
        for reader in self._readers.values():
            reader.start()

    def _read_answers(self, stream: IO[bytes]) -> None:
        while True:
            try:
                self._answers.put(wire.read_frame(stream))
            except (EOFError, WireError, OSError, ValueError) as error:
                self._answers.put(error)
                return

    def _read_prints(self, stream: IO[bytes]) -> None:
        descriptor = stream.fileno()
        while chunk := os.read(descriptor, 65536):
            room = self._cap + 1 - len(self._printed)
            if room > 0:
                self._printed += chunk[:room]

    def request(self, frame: bytes, seconds: float) -> dict[str, Any]:
        """Send one message and return the answer. Raises WorkerGone, WorkerSilent, WireError."""
        try:
            self._send(frame, seconds)
            answer = self._answers.get(timeout=seconds)
        except (OSError, ValueError):
            raise WorkerGone(self._how_it_ended()) from None
        except queue.Empty:
            raise WorkerSilent from None
        if isinstance(answer, EOFError):
            raise WorkerGone(self._how_it_ended())
        if isinstance(answer, Exception):
            raise WireError(str(answer))
        return answer

    def _send(self, frame: bytes, seconds: float) -> None:
        """Write a frame. One that a pipe may not hold would wait for ever for a worker that reads nothing: then it is ended."""
        late = threading.Timer(seconds, self._end) if len(frame) > _SMALL_FRAME else None
        if late:
            late.start()
        try:
            self._requests.write(frame)
            self._requests.flush()
        finally:
            if late:
                late.cancel()

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it closed its connection to the judge"
        if code < 0:
            try:
                return f"it was ended by {signal.Signals(-code).name}"
            except ValueError:
                return f"it was ended by signal {-code}"
        return f"it ended the process with exit status {code}"

    def cpu_seconds(self) -> float:
        """Return the CPU time of all the worker's threads, taken from outside; elsewhere than on Linux wall time."""
        if sys.platform == "linux":
            # The clock of another process: clock_getcpuclockid(3) is this formula on Linux.
            return time.clock_gettime((~self._process.pid << 3) | 2)
        return time.perf_counter()

    def printed(self) -> str:
        """Return what the code printed so far, capped."""
        data = bytes(self._printed)
        text = data[: self._cap].decode("utf-8", "replace")
        return text + "\n... (more was printed and left out)" if len(data) > self._cap else text

    def _end(self) -> None:
        """End the process, everything in its group, and on Linux whatever else it started and sent to another group."""
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

    def close(self) -> None:
        """End the process and what it started, and let go of the pipes."""
        self._end()
        with contextlib.suppress(OSError):
            self._requests.close()
        for stream, reader in self._readers.items():
            reader.join(timeout=2)
            # Closing waits for a reader that still reads; one that does has a stranger at the other end, and is left to it.
            if not reader.is_alive():
                stream.close()


def _marked(mark: str) -> list[int]:
    """Return the processes of this user whose environment bears the mark (Linux)."""
    wanted, found = f"{MARK}={mark}".encode(), []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if wanted in (process / "environ").read_bytes():
                    found.append(int(process.name))
    return found
