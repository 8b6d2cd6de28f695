"""Confined workers, for the code of others (Linux): each is forked from a warm interpreter and gives up, before it reads the
submission, the files, the network, other processes and every privilege of the grading user (see `confinement`).

`landlock` is that alone; `bubblewrap` puts namespaces of their own around it, where users may make them.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import shutil
import signal
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from cnngrade.errors import Disturbed, Fault
from cnngrade.model import Layer, Policy
from cnngrade.sandbox import seccomp
from cnngrade.sandbox.connection import Asking, Connection, Ending, Ours, Process, ended_from_outside, ended_how
from cnngrade.sandbox.creations import Creations, in_file_system, in_folder, why_uncounted
from cnngrade.sandbox.unconfined import environment, interpreter
from cnngrade.worker.confinement import Limits, landlock_version
from cnngrade.worker.forkserver import MESSAGE_BYTES, empty
from cnngrade.worker.packages import FOLDERS, offer

LANDLOCK, BUBBLEWRAP = "landlock", "bubblewrap"


_PREFIX = "cnngrade-"


_START_SECONDS = 60.0


_END_SECONDS = 2.0


_BY_SIGNAL = 128


_ABANDONED_SECONDS = 6 * 3600.0


MESSAGE_SECONDS = 30.0


_SCRATCH_BYTES = 64 << 20


MAX_FILES = {LANDLOCK: 64, BUBBLEWRAP: 1000}
"""How many files and folders there may be in a worker's folder, its own file and the folder itself included."""


# Under Landlock these are files of the disk: with their number it bounds what a worker can take of it, 256 MiB.
_FILE_BYTES = {LANDLOCK: 4 << 20, BUBBLEWRAP: 16 << 20}


# More has to be free before a worker starts than it may take: what is kept of each file takes room as well.
_SPARE_BYTES = 16 << 20


# The folder, the link to the data, and the submission's own file.
_GIVEN_FILES = 3


_OPEN_FILES = 64


_SYSTEM = (
    "/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo",
    "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/sys/devices/system/cpu", "/sys/devices/system/node",
)  # fmt: skip


_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


_ENGINE = Path(__file__).parents[1]


# Nothing of any process: a rule for /proc/self would be one for the fork server, which makes it.
_MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat")


class _ForkedProcess:
    """A worker that a fork server has started."""

    sends_no_signals = True  # not even to itself

    def __init__(self, warm: Warm, pid: int, asking: Creations | None) -> None:
        self._warm, self.pid = warm, pid
        self.asking: Asking | None = asking
        self._creations = asking
        self._ending: Ending | None = None
        self._lock = threading.Lock()

    def end(self, grace: float) -> Ending:
        """End the worker; its folder is emptied."""
        with self._lock:
            if self.asking:
                # Whoever still waits for an answer gets none, and need not be waited for.
                self.asking.close()
            if self._ending is None:
                self._ending = self._warm.end(grace)
        return self._ending

    def missing_room(self, answered: bool) -> str:
        """Say what the disk lacks of the room that the worker was promised.

        One that has `answered` may still have met a full disk, if it has created files: it could take no more than these hold.
        """
        if not answered:
            return self._warm.missing_room()
        there = self._creations.most_there if self._creations else 0
        return self._warm.missing_room(there) if there > _GIVEN_FILES else ""


class _Heard(NamedTuple):
    """A message from the fork server or a worker: what it says, which process sent it, a descriptor that came along or -1."""

    said: dict[str, Any]
    sender: int
    descriptor: int


class Warm:
    """Confined workers, forked from a warm interpreter: one at a time. `data` is a folder that they see as ./data."""

    def __init__(self, policy: Policy, name: str, data: Path | None = None) -> None:
        self.name, self.layers = name, confining_layers(name)
        self._policy = policy
        self._data = data.resolve() if data is not None and data.is_dir() else None
        self._lock = threading.RLock()
        self._server: subprocess.Popen[bytes] | None = None
        self.mark = secrets.token_hex(16)
        self._control: socket.socket
        self._scratch: Path
        self._inside = -1  # the scratch folder as the workers see it
        self._errors = -1  # what the server, and what starts it, print
        self._pid = 0

    def _open(self) -> None:
        """Start the fork server and check that its workers are confined."""
        _sweep()
        offered = offer(self._policy.packages)
        if offered.missing:
            raise Fault(f"Submissions may use {' and '.join(offered.missing)}, and that is not installed here.")
        readable, hidden = _readable(self._data), _package_folders()
        self._scratch = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # The kernel then says who sent a message, by the number that the process has here and not in its own namespace.
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        command = interpreter("cnngrade.worker.forkserver", str(theirs.fileno()))
        inside = self._scratch
        if self.name == BUBBLEWRAP:
            inside = Path("/scratch")
            command = [*bubblewrap(inside, [*readable, *offered.files], hidden), *command]
        self._errors, printed = os.pipe()
        # Nobody reads this before the end: it holds the first words, and no more.
        for end in (self._errors, printed):
            os.set_blocking(end, False)
        try:
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                cwd="/",
                env=environment(self.mark),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._errors)
            self._errors = -1
            raise Fault(f"The sandbox {self.name} could not be started: {error}.") from error
        finally:
            theirs.close()
            os.close(printed)
        limits = Limits(
            memory=self._policy.memory_mib << 20,
            cpu_seconds=math.ceil(self._policy.submission_seconds),
            file_bytes=_FILE_BYTES[self.name],
            open_files=_OPEN_FILES,
            # Only in a user namespace of its own are a worker's threads counted apart from the user's others.
            threads=512 if self.name == BUBBLEWRAP else None,
        )
        setup = {
            "limits": asdict(limits),
            "program": seccomp.compiled().hex(),
            "readable": [*(str(path.resolve()) for path in readable), *_MACHINE],
            "devices": _DEVICES,
            "offered": [str(path) for path in offered.files],
            "hidden": [str(path) for path in hidden],
            "packages": self._policy.packages,
            "imports": sorted(offered.imports),
            "scratch": str(inside),
            # Room without a limit is worse than none.
            "asking": None if why_uncounted() else _asking(),
            "is_looked_into": self.name == LANDLOCK,
            "data": str(self._data) if self._data else None,
        }
        try:
            self._tell({"setup": setup})
            self._inside = self._hear(_START_SECONDS).descriptor
        except Fault:
            self.close()
            raise

    def _tell(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        data = json.dumps(message).encode()
        try:
            if descriptors:
                socket.send_fds(self._control, [data], list(descriptors))
            else:
                self._control.send(data)
        except OSError as error:
            raise self._lost(error) from error

    def _lost(self, error: OSError | None) -> Fault:
        """Return why the server cannot be spoken to any more: Disturbed where something outside ended or stopped it."""
        assert self._server is not None
        status, said = None, b""
        if not isinstance(error, TimeoutError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._server.wait(_END_SECONDS)
        with contextlib.suppress(BlockingIOError):
            said = os.read(self._errors, 65536).strip()
        # What is started by bwrap and ended by a signal shows as this.
        killed = -(status - _BY_SIGNAL) if self.name == BUBBLEWRAP and status is not None and status > _BY_SIGNAL else status
        what = "does not start" if self._inside < 0 else "has ended" if status is not None else "does not answer"
        why = str(error or "no word from it") if killed is None else f"it {ended_how(killed)}"
        disturbed = (not said and killed is not None and ended_from_outside(killed)) or isinstance(error, TimeoutError)
        last = said.decode("utf-8", "replace").splitlines()[-1:]
        return (Disturbed if disturbed else Fault)(f"The sandbox {self.name} {what}: {''.join(last) or why}.")

    def _hear(self, seconds: float) -> _Heard:
        """Return the next message; raises Fault."""
        self._control.settimeout(seconds)
        try:
            # Who sent it, and a descriptor.
            room = socket.CMSG_SPACE(12) + socket.CMSG_SPACE(4)
            data, more, _, _ = self._control.recvmsg(MESSAGE_BYTES, room, socket.MSG_CMSG_CLOEXEC)
        except OSError as error:
            raise self._lost(error) from error
        if not data:
            raise self._lost(None)
        with_it = {kind: int.from_bytes(facts[:4], sys.byteorder) for _, kind, facts in more}
        return _Heard(json.loads(data), with_it[socket.SCM_CREDENTIALS], with_it.get(socket.SCM_RIGHTS, -1))

    def start(self) -> Connection:
        """Fork a worker; raises Fault."""
        with Ours(f"The sandbox {self.name} could not be started"):
            if self._server is None or self._server.poll() is not None:
                self.close()
                self._open()
            if missing := self.missing_room(spare=_SPARE_BYTES):
                raise Fault(missing)

        def begin(requests: int, answers: int, prints: int) -> Process:
            with self._lock:
                try:
                    return self._fork(requests, answers, prints)
                except Fault:
                    # Somebody ended the server: another one is started, once.
                    self._close()
                    self._open()
                    return self._fork(requests, answers, prints)

        return Connection(begin, self._policy.output_bytes)

    def _fork(self, *pipes: int) -> Process:
        self._tell({"begin": True}, pipes)
        said, self._pid, listener = self._hear(MESSAGE_SECONDS)
        asking = Creations(listener, MAX_FILES[self.name], self._counted) if listener >= 0 else None
        try:
            if asking:
                said = self._hear(MESSAGE_SECONDS).said
            if "begun" not in said:
                disturbed = ended_from_outside(said.get("status", 0))
                number = said.get("number")
                kind, cause = Disturbed if disturbed else Fault, OSError(number, os.strerror(number)) if number else None
                raise kind(f"The sandbox {self.name} does not hold: {said.get('failed')}") from cause
        except Fault:
            if asking:
                asking.close()
            raise
        return _ForkedProcess(self, self._pid, asking)

    def _counted(self, thread: int) -> int:
        """Return how many files and folders the worker has; a thread of it asks. Raises OSError."""
        if self.name == BUBBLEWRAP:
            return in_file_system(self._inside)
        return in_folder(self._pid, self._scratch.resolve(), thread)

    def missing_room(self, there: int = 0, spare: int = 0) -> str:
        """Say what the disk lacks of the room for a worker's files and `spare` bytes; `there` files are there already. Or "".

        In bubblewrap a worker has a file system of its own. Raises OSError.
        """
        if self.name == BUBBLEWRAP or why_uncounted():
            return ""
        most, size = MAX_FILES[self.name], _FILE_BYTES[self.name]
        disk = os.statvfs(self._scratch.parent)
        free = disk.f_bavail * disk.f_frsize
        # Some file systems have as many files as there is room for, and say 0.
        files = disk.f_favail if disk.f_files else most
        if free >= (most - there) * size + spare and files >= most - there:
            return ""
        return (
            f"The disk of {self._scratch.parent} has too little room for a submission's files: {free >> 20} MiB and {files} "
            f"files are free. For each job it needs {(most * size + _SPARE_BYTES) >> 20} MiB and {most} files: make room "
            "there, or set TMPDIR to a folder that has it."
        )

    def end(self, grace: float) -> Ending:
        """End the worker that runs now; the folder that it leaves behind is emptied."""
        with self._lock:
            try:
                self._tell({"end": grace})
                said = self._hear(MESSAGE_SECONDS + grace).said
            except Fault:
                # With the server ends its worker: the kernel sees to that. Neither ended by itself.
                self._close()
                return Ending(-signal.SIGKILL)
            if not said["clean"]:
                self._close()
        over = not said["forced"] and said["cpu"] >= self._policy.submission_seconds - 1
        return Ending(None if said["forced"] else int(said["status"]), over, said["cpu"])

    def close(self) -> None:
        """End the fork server, and with it its worker."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._server is None:
            return
        # Without a judge the server ends by itself; what it and its workers have used can then be read from the system.
        self._control.close()
        for descriptor in (self._inside, self._errors):
            if descriptor >= 0:
                os.close(descriptor)
        self._inside = self._errors = -1
        try:
            self._server.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None
        if not empty(self._scratch):
            shutil.rmtree(self._scratch, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._scratch.rmdir()


def _asking() -> dict[str, Any]:
    filter_ = seccomp.asking()
    return {"call": filter_.call, "program": filter_.program.hex()}


def _sweep() -> None:
    """Remove the scratch folders of processes that were killed before they could.

    Only old ones: a process of another container, of which nothing is seen here, may use the same place.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError, ValueError):
            facts = folder.lstat()
            abandoned = time.time() - facts.st_mtime > _ABANDONED_SECONDS and not Path("/proc", pid).exists()
            if facts.st_uid == os.geteuid() and abandoned and empty(folder):
                folder.rmdir()


def _readable(data: Path | None) -> list[Path]:
    """Return the folders and files that code needs to run: the interpreter, its libraries, this package, the course's data.

    The installed packages in these folders are another matter: see `_package_folders`.
    """
    paths = [Path(path) for path in (*_SYSTEM, sys.executable, _ENGINE)]
    for prefix in _prefixes():
        paths += [prefix / "lib", prefix / "lib64", prefix / "pyvenv.cfg"]
    executable = Path(sys.executable)
    while executable.is_symlink():
        executable = executable.parent / executable.readlink()
        paths.append(executable)
    paths += [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    return [*dict.fromkeys(path for path in paths if path.exists()), *([data] if data else [])]


def _prefixes() -> list[Path]:
    return [Path(prefix) for prefix in sorted({sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix})]


def _package_folders() -> list[Path]:
    """Return the folders of this machine that hold installed packages: code can read of them only what is offered to it."""
    places = [Path(place) for place in [*site.getsitepackages(), site.getusersitepackages(), *sys.path]]
    places += [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
    for folder in [Path("/usr/lib"), Path("/usr/local/lib"), *(prefix / "lib" for prefix in _prefixes())]:
        places += [place for name in FOLDERS for place in folder.glob(f"python3*/{name}")]
    found = (place.resolve() for place in places if place.name in FOLDERS and place.is_dir())
    return [*dict.fromkeys(found)]


def bubblewrap(scratch: Path, readable: Sequence[Path], hidden: Sequence[Path]) -> list[str]:
    """Return the command line that puts namespaces around a command: its files are `readable` and a bounded `scratch`.

    In the `hidden` folders there is only what `readable` itself names.
    """
    command = ["bwrap", "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--as-pid-1", "--new-session", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--size", str(_SCRATCH_BYTES), "--tmpfs", str(scratch)]
    for device in _DEVICES:
        command += ["--dev-bind", device, device]
    inside = [path for path in readable if any(path.is_relative_to(folder) for folder in hidden)]
    there: list[Path] = []
    for path in sorted(set(readable) - set(inside), key=lambda path: len(path.parts)):
        if any(path.is_relative_to(other) for other in there):
            continue
        there.append(path)
        # A link such as /lib on most systems must stay one: the loader's own path goes through it.
        if path.is_symlink() and path.is_dir():
            command += ["--symlink", str(path.readlink()), str(path)]
        else:
            command += ["--ro-bind", str(path), str(path)]
    for folder in hidden:
        command += ["--tmpfs", str(folder)]
    for path in inside:
        command += ["--ro-bind", str(path), str(path)]
    for folder in hidden:
        command += ["--remount-ro", str(folder)]
    return [*command, "--remount-ro", "/", "--"]


def confining_layers(name: str) -> tuple[Layer, ...]:
    """Return what a sandbox consists of: each layer, whether it is there, and what it does or what its lack allows."""
    room = 0 if why_uncounted() else _SCRATCH_BYTES if name == BUBBLEWRAP else MAX_FILES[name] * _FILE_BYTES[name]
    text = f"time, processor time, memory, threads, open files and {room >> 20} MiB of files of each submission"
    found = [Layer("limits", True, text)]
    if name == BUBBLEWRAP:
        text = "own process, mount, network and IPC namespaces: other files, processes and networks are not there"
        found.append(Layer("namespaces", True, text))
    else:
        text = "code can see that files and processes exist, though not what is in them"
        found.append(Layer("namespaces", False, text))
    if version := landlock_version():
        text = f"version {version}: reads the interpreter, its libraries and the course's data; "
        text += "writes a folder of its own" if room else f"writes nothing, as files cannot be limited here: {why_uncounted()}"
        found.append(Layer("Landlock", True, text))
    else:
        found.append(Layer("Landlock", False, "files are kept away by the mount namespace alone"))
    text = "no new process or program, no socket, no signal, no tracing, no lock, no change of permissions"
    return (*found, Layer("seccomp", True, text))
