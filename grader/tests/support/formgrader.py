"""nbgrader's formgrader as a person opens it: a real server in a classroom, asked over HTTP."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.places import GRADER

_SECONDS_TO_START = 60


@dataclass(frozen=True)
class Formgrader:
    """A running formgrader at `address`."""

    address: str

    def page(self, submission: str) -> tuple[int, str]:
        """Return the status and the text of the page on which the notebook with this id is marked."""
        try:
            with urllib.request.urlopen(f"{self.address}/formgrader/submissions/{submission}/", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def formgrader(classroom: Path, home: Path, through: Sequence[str] = ()) -> Iterator[Formgrader]:
    """Run a Jupyter server with formgrader in `classroom`; `home` is where it keeps what is its own.

    `through` is the command that starts it, if it is not started directly.
    """
    port = _free_port()
    command = [*through, sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    command += ["--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    folders = {name: str(home) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")}
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    environment = {**os.environ, **folders, "PATH": path, "PYTHONPATH": str(GRADER), "JUPYTER_NO_CONFIG": "1"}
    log = home / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=classroom, env=environment, stdout=out, stderr=out)
        try:
            until = time.monotonic() + _SECONDS_TO_START
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
            yield Formgrader(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(30)
