"""The other end of a judge service: starts one, hands it submissions, hears its answers, and notices that it has died."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cnngrade.classroom.parcels import as_parcel
from cnngrade.errors import CourseError, Fault, UsageError
from cnngrade.runtime import ONE_THREAD
from cnngrade.sandbox.unconfined import interpreter

_END_SECONDS = 5.0


class JudgeProcess:
    """A process that judges, one submission after the other. `machine` is what it says of where it is."""

    def __init__(self, course: Path, unit: str, sandbox: str, secret: str) -> None:
        """Start it; raises UsageError where this machine cannot judge, and Fault where the process does not start."""
        ours, theirs = socket.socketpair()
        # Not as multiprocessing does it: a worker of dask is a daemon, which may have no children of that kind.
        command = interpreter("cnngrade.classroom.judge_service", str(theirs.fileno()))
        try:
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=os.environ | ONE_THREAD,
                )
        except OSError as error:
            ours.close()
            raise Fault(f"A judge process could not be started: {error.strerror or error}.") from error
        self._connection = Connection(ours.detach())
        told = self._ask({"course": str(course), "unit": unit, "sandbox": sandbox, "secret": secret})
        if told is None or "machine" not in told:
            self.close()
            raise Fault("A judge process died as it began.") if told is None else UsageError(str(told["refused"]))
        self.machine: dict[str, Any] = told["machine"]

    def _ask(self, header: object, *contents: bytes) -> dict[str, Any] | None:
        """Return the answer, None if the process has died."""
        try:
            self._connection.send_bytes(as_parcel(header, contents))
            answer: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            return None
        return answer

    def judge(self, student: str, note: str, files: bytes) -> dict[str, Any] | None:
        """Return what was judged of one submission as JSON (`judgement`); None if the process died on it.

        `files` is the parcel of its folder. A process that died, or could not run the tests, is of no more use. Raises
        CourseError for that, and Fault where this machine has no room for the files. Files that the system cannot hold, for
        another reason than room, are `unfit`.
        """
        told = self._ask([student, note], files)
        if told is not None and "refused" in told:
            raise Fault(str(told["refused"]))
        if told is not None and "unsound" in told:
            raise CourseError(str(told["unsound"]))
        return told

    def stop(self) -> None:
        """End the process, whatever it is doing. Another thread may do so, for one that waits in `judge`."""
        self._process.kill()

    def close(self) -> None:
        """End the process, which nobody uses any more: it tidies up, unless that takes it too long."""
        self._connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
