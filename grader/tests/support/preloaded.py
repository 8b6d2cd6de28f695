"""The command as a process that is forked from one in which nbgrader is loaded, which takes two seconds each time."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

COMMAND = "cnngrade.cli.main"
_PATIENCE = 300.0  # seconds
# A child ends as any process of Python does: it leaves the loop and runs to the end of the program.
_PROGRAM = """
import ctypes, importlib, json, os, socket, sys
import cnngrade.cli.main, cnngrade.cli.instructor, cnngrade.gradebook.record, cnngrade.jobs.grade

for module in sys.argv[2:]:
    importlib.import_module(module)
asked = socket.socket(fileno=int(sys.argv[1]))
while True:
    data, descriptors, _, _ = socket.recv_fds(asked, 65536, 2)
    if not data:
        os._exit(0)
    question = json.loads(data)
    if "wait" in question:
        asked.send(json.dumps(os.waitstatus_to_exitcode(os.waitpid(question["wait"], 0)[1])).encode())
        continue
    if (child := os.fork()) == 0:
        break
    for descriptor in descriptors:
        os.close(descriptor)
    asked.send(json.dumps(child).encode())
asked.close()
os.setsid()
for place, descriptor in enumerate(descriptors, 1):
    os.dup2(descriptor, place)
    os.close(descriptor)
if (user := question["user"]) is not None:
    os.environ.clear()
    os.environ.update(user["environment"])
    os.umask(user["umask"])
    if user["ids"]:
        os.setgroups(user["groups"])
        os.setresgid(user["ids"], user["ids"], user["ids"])
        os.setresuid(user["ids"], user["ids"], user["ids"])
        # What a program is that this user started, and what the sandbox of the grading needs: PR_SET_DUMPABLE.
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
os.chdir(question["folder"])
sys.argv = [question["module"], *question["arguments"]]
importlib.import_module(question["module"]).main()
"""


@dataclass(frozen=True)
class User:
    """Who runs a command, with which environment; `ids` is the number of the user and of the group, 0 for no change."""

    environment: Mapping[str, str]
    umask: int
    ids: int = 0
    groups: Sequence[int] = ()


class Running:
    """A command that runs, in a session of its own; `stdout` is what it prints, errors too where they were to go there."""

    def __init__(self, asking: socket.socket, pid: int, stdout: int) -> None:
        self.pid, self.stdout = pid, os.fdopen(stdout)
        self.returncode: int | None = None
        self._asking = asking

    def communicate(self, timeout: float) -> str:
        """Return what it prints from now on, once it has ended and everything that it started; raises TimeoutExpired."""
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.append(self.stdout.read()), daemon=True)
        reader.start()
        reader.join(timeout)
        if not said:
            raise subprocess.TimeoutExpired("cnngrade", timeout)
        self.stdout.close()
        self.returncode = _answer(self._asking, {"wait": self.pid})
        return said[0]


def _answer(asking: socket.socket, question: Mapping[str, object], *descriptors: int) -> Any:
    socket.send_fds(asking, [json.dumps(question).encode()], descriptors)
    return json.loads(asking.recv(65536))


class Preloaded:
    """Runs commands, one after the other or at once."""

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking

    def begin(
        self, folder: Path, *arguments: str, errors: int | None = None, module: str = COMMAND, user: User | None = None
    ) -> Running:
        """Start a command in `folder`; its errors go where the descriptor `errors` leads, or to its output.

        `module` is where its `main` is; without a `user` it runs as whoever runs the tests.
        """
        ours, theirs = os.pipe()
        question = {"folder": str(folder), "arguments": arguments, "module": module, "user": user and asdict(user)}
        pid = _answer(self._asking, question, theirs, theirs if errors is None else errors)
        os.close(theirs)
        return Running(self._asking, pid, ours)

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command in `folder` to its end."""
        # In memory: it is used where disks are full.
        with open(os.memfd_create("errors"), "w+") as errors:  # noqa: PTH123  # a descriptor is no path
            running = self.begin(folder, *arguments, errors=errors.fileno())
            said = running.communicate(_PATIENCE)
            assert running.returncode is not None
            errors.seek(0)
            return subprocess.CompletedProcess(arguments, running.returncode, said, errors.read())


@contextlib.contextmanager
def preloaded(environment: Mapping[str, str], *modules: str, through: Sequence[str] = ()) -> Iterator[Preloaded]:
    """Load everything that grading needs, and further modules, in a process with this environment.

    `through` is the command that starts it, if it is not started directly.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [*through, sys.executable, "-c", _PROGRAM, str(theirs.fileno()), *modules]
    process = subprocess.Popen(command, env=dict(environment), pass_fds=[theirs.fileno()])
    theirs.close()
    ours.settimeout(_PATIENCE)
    with ours:
        yield Preloaded(ours)
    process.wait()
