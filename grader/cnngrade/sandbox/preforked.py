"""The judge's side of the fork server that the command started before the judge was loaded (see `worker.prefork`)."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from cnngrade.worker.prefork import MESSAGE_BYTES, Server

_ANSWER_SECONDS = 30.0


class Preforked:
    """A worker that the fork server has started: as much of `subprocess.Popen` as is needed of it."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server, self.pid = server, pid
        # The number stays the worker's until the server is asked how it ended.
        self._descriptor = os.pidfd_open(pid)
        self._status: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for it to end and return its exit status, negative for a signal; raises subprocess.TimeoutExpired."""
        if self._status is None:
            waiting = select.poll()
            waiting.register(self._descriptor, select.POLLIN)
            if not waiting.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("worker", timeout or 0.0)
            self._status = self._server.status_of(self.pid)
            os.close(self._descriptor)
        return self._status

    def kill(self) -> None:
        """End it."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)


class ForkServer:
    """Asks the server for workers."""

    def __init__(self, server: Server) -> None:
        self._control, self._pid = server
        self._control.settimeout(_ANSWER_SECONDS)
        self._lock, self._is_lost = threading.Lock(), False

    def fork(self, begin: dict[str, Any], pipes: Sequence[int]) -> Preforked:
        """Start a worker on the pipes; raises OSError where the server cannot."""
        answer = self._ask({"begin": begin}, pipes)
        if "failed" in answer:
            raise OSError(answer["failed"])
        try:
            return Preforked(self, answer["pid"])
        except OSError:
            # An old kernel, or a container that forbids it: nobody could say when that worker ends.
            os.kill(answer["pid"], signal.SIGKILL)
            raise

    def status_of(self, pid: int) -> int:
        """Return the exit status of a worker that has ended: with the server all are killed."""
        try:
            status: int = self._ask({"ended": pid})["status"]
        except OSError:
            return -signal.SIGKILL
        return status

    def _ask(self, message: dict[str, Any], pipes: Sequence[int] = ()) -> dict[str, Any]:
        with self._lock:
            if self._is_lost:
                raise ConnectionResetError("the fork server is lost")
            # Whatever goes wrong in between: a later answer might be that to an earlier question.
            self._is_lost = True
            try:
                socket.send_fds(self._control, [json.dumps(message).encode()], list(pipes))
                answer = self._control.recv(MESSAGE_BYTES)
                self._is_lost = not answer
            finally:
                if self._is_lost:
                    # Nor may it start a worker later, on pipes that by then belong to another one.
                    os.kill(self._pid, signal.SIGKILL)
        if not answer:
            raise ConnectionResetError("the fork server has ended")
        said: dict[str, Any] = json.loads(answer)
        return said

    def close(self) -> None:
        """End the server, whatever it does, and with it the workers that are left."""
        self._control.close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


_server: ForkServer | None = None


def use(server: Server) -> ForkServer:
    """Have this process's workers, from now on, come from the server."""
    global _server  # there is one at most in a process
    _server = ForkServer(server)
    return _server


def forked(begin: dict[str, Any], pipes: Sequence[int]) -> Preforked | None:
    """Return a worker on the pipes; None where there is no server, or none any more: then one is started otherwise."""
    global _server  # one that has failed is not asked again
    if _server is None:
        return None
    try:
        return _server.fork(begin, pipes)
    except OSError:
        _server = None
        return None
