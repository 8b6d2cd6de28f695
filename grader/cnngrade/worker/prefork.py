"""A fork server for a student's own machine (Linux): it has loaded NumPy and what a worker needs, and forks workers from that.

The command starts it before it loads anything else: no test, no answer and nothing of the judge is in its memory, nor then in
that of a worker. A worker is to find itself as if its interpreter had been started for it, so where Python was started in a
way that cannot be undone there is no such server, and each worker has an interpreter of its own (see `sandbox.unconfined`).

Messages are JSON objects, one per packet:

    {"begin": {"folder", "environment", "mark", "arguments"}} + 3 pipes   fork a worker -> {"pid"} or {"failed": why}
    {"ended": pid}            collect a worker that has ended -> {"status": its exit status, negative: a signal}
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import io
import itertools
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

MESSAGE_BYTES = 65_536


# What Python's command line has told this interpreter, and would not have told a worker's.
_FLAGS = (
    "bytes_warning", "debug", "dev_mode", "ignore_environment", "inspect", "interactive", "isolated", "no_site", "no_user_site",
    "optimize", "quiet", "verbose",
)  # fmt: skip


# Of the variables for Python those that do nothing to a worker, or can be undone.
_HARMLESS = frozenset(
    ("PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUNBUFFERED", "PYTHONUTF8")
)


_ENGINE = str(Path(__file__).resolve().parents[2])


# Where the environment begins and ends, in /proc/PID/stat, counted from what follows the name in brackets.
_ENVIRONMENT = slice(47, 49)


_ROOM_FOR_MARK = 256


_PROGRAM = b"from cnngrade.worker.serve import main; main()"


class Server(NamedTuple):
    """The judge's end of the server's socket, and the server's number."""

    control: socket.socket
    pid: int


def start() -> Server | None:
    """Fork the server; returns None where a worker that is forked would differ from one whose interpreter is its own.

    To be called before anything is loaded that a worker must not find.
    """
    if not (_is_ordinary() and _environment_room() >= _ROOM_FOR_MARK):
        return None
    with _path_of_workers():
        try:
            import cnngrade.worker.serve  # noqa: F401  # with NumPy: of no use where nothing can be forked
        except ImportError:
            return None
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208  # numbers
            # A fork has no other threads, and what these were doing would never be finished in it.
            return None
        return _fork_server()


def _is_ordinary() -> bool:
    """Say whether this interpreter was started as a worker's is, apart from what can be undone."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open") or None in (sys.stdin, sys.stdout, sys.stderr):
        return False
    if any(getattr(sys.flags, name) for name in _FLAGS) or sys.warnoptions or sys._xoptions.keys() - {"utf8"}:
        return False
    if any(name.startswith("PYTHON") and name not in _HARMLESS for name in os.environ) or "numpy" in sys.modules:
        return False
    if sys.gettrace() or sys.getprofile() or any(Path(folder).is_relative_to(sys.prefix) for folder in _python_path()):
        return False
    if any(_is_loaded_from_path(name) for name in ("sitecustomize", "usercustomize")):
        return False
    # A worker always uses UTF-8, for names of files and for files that are opened without naming an encoding.
    usual = io.TextIOWrapper(io.BytesIO()).encoding
    return (usual.lower(), sys.getfilesystemencoding()) == ("utf-8", "utf-8")


def _python_path() -> list[str]:
    return [os.path.abspath(part) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]  # noqa: PTH100


def _is_loaded_from_path(name: str) -> bool:
    """Say whether a module is loaded that a worker, for which PYTHONPATH names no folders, would not have."""
    place = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    return any(place.is_relative_to(folder) for folder in _python_path())


@contextlib.contextmanager
def _path_of_workers() -> Iterator[None]:
    """Look for modules in the block where a worker does: not in the current folder, nor where PYTHONPATH says."""
    former, elsewhere = sys.path[:], _python_path()
    rest = former if sys.flags.safe_path else former[1:]
    # What a variable names stands before Python's own folders; an installation may name the same folder behind them.
    sys.path[:] = [_ENGINE, *itertools.dropwhile(elsewhere.__contains__, rest)]
    try:
        yield
    finally:
        sys.path[:] = former


def _environment_place() -> tuple[int, int]:
    """Return the addresses at which the environment begins and ends that this process was started with."""
    stat = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    begin, end = map(int, stat[_ENVIRONMENT])
    return begin, end


def _environment_room() -> int:
    """Return how long the environment is that this process was started with, 0 where the system does not say."""
    try:
        begin, end = _environment_place()
    except OSError:
        return 0
    return end - begin


def _fork_server() -> Server | None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        pid = os.fork()
    except OSError:
        # Without a process to spare for it, it is left to the judge to say so.
        ours.close()
        theirs.close()
        return None
    if pid == 0:
        try:
            _serve(theirs)
        finally:
            os._exit(1)
    theirs.close()
    return Server(ours, pid)


def _serve(control: socket.socket) -> NoReturn:
    """Carry out what the judge asks, until it closes its end of the socket."""
    from cnngrade.worker.confinement import end_with_parent  # as above

    end_with_parent()
    # What a terminal sends to the judge, Ctrl-C for one, is not for the workers.
    os.setsid()
    _let_go_of_all_but(control.fileno())
    while True:
        packet, pipes, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 3)
        if not packet:
            os._exit(0)
        message = json.loads(packet)
        if "begin" in message:
            answer = _begun(control, message["begin"], pipes)
        else:
            answer = {"status": os.waitstatus_to_exitcode(os.waitpid(message["ended"], 0)[1])}
        control.send(json.dumps(answer).encode())


def _let_go_of_all_but(kept: int) -> None:
    """Close what this process was given, and have its standard streams lead nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208  # numbers
        if descriptor > 2 and descriptor != kept:
            # One of them is that by which they were listed.
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _begun(control: socket.socket, begin: dict[str, Any], pipes: Sequence[int]) -> dict[str, Any]:
    """Fork a worker, and return what to answer."""
    answer: dict[str, Any]
    server = os.getpid()
    try:
        pid = os.fork()
        answer = {"pid": pid}
    except OSError as error:
        pid, answer = -1, {"failed": str(error)}
    if pid == 0:
        try:
            control.close()
            _live(server, pipes, **begin)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    for pipe in pipes:
        os.close(pipe)
    return answer


def _live(
    server: int, pipes: Sequence[int], folder: str, environment: dict[str, str], mark: str, arguments: list[str]
) -> NoReturn:
    """Be a worker, as an interpreter that is started with these arguments would."""
    from cnngrade.worker.confinement import end_with_parent  # as above

    end_with_parent()
    if os.getppid() != server:
        # It ended before the kernel knew that this process ends with it.
        os._exit(1)
    os.setsid()
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
        os.close(pipe)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    _show_in_environment(f"{mark}={environment[mark]}")
    sys.dont_write_bytecode = True
    gc.enable()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _stream(number, f"<{name}>")
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.modules["__main__"] = ModuleType("__main__")
    sys.argv = ["-c", *arguments]
    _run_to_the_end()


def _run_to_the_end() -> NoReturn:
    """Run the worker as Python runs the main program of a process, and end the process as Python does."""
    # It ends the process itself where the program ends by SystemExit, and prints any other exception.
    if ctypes.pythonapi.PyRun_SimpleString(_PROGRAM) != 0:
        if sys.last_type is KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        ctypes.pythonapi.Py_Exit(1)
    # The usual end, after the last answer, does without taking apart what is loaded.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    os._exit(0)


def _show_in_environment(entry: str) -> None:
    """Let the system show this entry as the environment that the process was started with, and of the judge's nothing.

    By it a worker's descendants are known, and it is what they inherit; Python's own `os.environ` is elsewhere by now.
    """
    begin, end = _environment_place()
    text = entry.encode()
    ctypes.memset(begin, 0, end - begin)
    ctypes.memmove(begin, text, len(text))


def _stream(descriptor: int, name: str) -> io.TextIOWrapper:
    """Return a standard stream as Python makes it of a pipe."""
    raw = io.FileIO(descriptor, "rb" if descriptor == 0 else "wb", closefd=False)
    raw.name = name
    if descriptor == 0:
        return _with_mode("r", io.TextIOWrapper(io.BufferedReader(raw), "utf-8", "surrogateescape"))
    errors = "backslashreplace" if descriptor == 2 else "surrogateescape"
    lines = descriptor == 2
    return _with_mode("w", io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, newline="\n", line_buffering=lines))


def _with_mode(mode: str, stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return the stream, as what opens a file leaves one."""
    stream.mode = mode  # type: ignore[misc]
    return stream
