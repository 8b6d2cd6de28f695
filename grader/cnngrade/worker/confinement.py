"""What a process can give up for good, on Linux and without privileges: rights, files, system calls, memory, processor time.

Each function here takes something away from the process that calls it; nothing gives it back. `confine` does all of it, and
`probe` tries afterwards what must not work any more. The system calls that remain are named in `seccomp`.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import struct
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource


_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38


_SECCOMP_MODE_FILTER = 2


_SECCOMP_SET_MODE_FILTER, _NEW_LISTENER = 1, 8


_CAPABILITY_VERSION_3 = 0x20080522


_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446


_LANDLOCK_VERSION, _PATH_BENEATH = 1, 1


# Rights of Landlock (linux/landlock.h), by bit.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3


_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8


_REFER, _TRUNCATE = 1 << 13, 1 << 14


_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


_READING = _READ_FILE | _READ_DIR


_WRITING = _READING | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE


_NETWORK, _SCOPES = 0b11, 0b11


_LAST_SECONDS = 3


_AF_UNIX, _AF_INET = 1, 2


_CLOSE_RANGE, _CLOSE_RANGE_UNSHARE, _FALLOC_KEEP_SIZE, _IPC_RMID = 436, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a worker may take; None sets no limit. Sizes are bytes.

    `threads` counts those of the whole user, unless the sandbox has a user namespace of its own.
    """

    memory: int
    cpu_seconds: int | None = None
    file_bytes: int | None = None
    open_files: int | None = None
    threads: int | None = None


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def landlock_version() -> int:
    """Return the version of Landlock that the kernel offers, 0 if it has none or does not let us use it."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)))


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that ends: code in a loop would never notice."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def show_to_others(shown: bool) -> None:
    """Say whether other processes of this user may look into this one's memory and files, by /proc or as a debugger does.

    A process that is forked from this one begins with the same.
    """
    _checked(_libc().prctl(_PR_SET_DUMPABLE, int(shown), 0, 0, 0), "dumpable")


def limit(limits: Limits) -> None:
    """Set the process's limits, as far as the system supports them."""
    if sys.platform == "win32":
        return
    wanted = {resource.RLIMIT_CORE: 0}
    if sys.platform == "linux":
        # macOS accepts a limit of the address space but does not enforce it.
        chosen = {
            resource.RLIMIT_AS: limits.memory,
            resource.RLIMIT_CPU: limits.cpu_seconds,
            resource.RLIMIT_FSIZE: limits.file_bytes,
            resource.RLIMIT_NOFILE: limits.open_files,
            resource.RLIMIT_NPROC: limits.threads,
        }
        wanted |= {kind: value for kind, value in chosen.items() if value is not None}
    for kind, value in wanted.items():
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        # Past the first limit of processor time comes a signal of its own, past the second the one that anybody might send.
        hard = value + _LAST_SECONDS if kind == resource.RLIMIT_CPU and most == resource.RLIM_INFINITY else value
        resource.setrlimit(kind, (value, hard))


def drop_capabilities() -> None:
    """Give up every privilege of root, now and for whatever is started later."""
    libc = _libc()
    for capability in range(64):
        if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break  # EINVAL past the last one; EPERM for a user who is not root and has none
    header, nothing = struct.pack("Ii", _CAPABILITY_VERSION_3, 0), struct.pack("6I", *[0] * 6)
    _checked(libc.capset(header, nothing), "capset")


def forbid_new_privileges() -> None:
    """Let no program that is started gain rights; the kernel wants this before a user other than root may set a filter."""
    _checked(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def without(folder: Path, hidden: Collection[Path]) -> Iterator[Path]:
    """Yield what makes up a folder apart from some folders in it: the folder itself if none of these is in it.

    Paths are resolved ones. A link to a folder is left out: what it leads to has a path of its own.
    """
    if folder in hidden:
        return
    if not any(other.is_relative_to(folder) for other in hidden):
        yield folder
        return
    for entry in folder.iterdir():
        if not entry.is_symlink():
            yield from without(entry, hidden)
        elif not entry.is_dir():
            yield entry


def file_rules(readable: Sequence[Path], writable: Sequence[Path], listable: Sequence[Path] = ()) -> int | None:
    """Return a descriptor of the rule that leaves only these files and folders, None where the kernel has no Landlock.

    Of folders that are only `listable`, and of all that is in them, names can be seen but no content. Where Landlock
    knows of them, the rule takes TCP, abstract sockets and signals as well. Raises OSError.
    """
    libc, version = _libc(), landlock_version()
    if not version:
        return None
    rights = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, 1 << 15)):
        rights |= right if version >= since else 0
    attributes = struct.pack("QQQ", rights, _NETWORK if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _checked(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0), "landlock_create_ruleset")
    try:
        for paths, allowed in ((listable, _READ_DIR), (readable, _READING), (writable, _WRITING)):
            for path in paths:
                with contextlib.suppress(FileNotFoundError):
                    _allow(libc, ruleset, path, allowed & rights)
    except BaseException:
        os.close(ruleset)
        raise
    return ruleset


def confine_files(rules: int) -> None:
    """Keep to `file_rules` from now on; the descriptor is closed."""
    try:
        _checked(_libc().syscall(_RESTRICT_SELF, rules, 0), "landlock_restrict_self")
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights &= -1 if path.is_dir() else _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, place)
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0), f"landlock_add_rule {path}")
    finally:
        os.close(place)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _as_program(program: bytes) -> tuple[_Program, object]:
    """Return a filter as the kernel takes it, and what must not be freed before it has."""
    code = ctypes.create_string_buffer(program, len(program))
    return _Program(len(program) // 8, ctypes.addressof(code)), code


def filter_calls(program: bytes) -> None:
    """Leave only the system calls that the filter (compiled, see `seccomp.compiled`) lets through."""
    whole, kept = _as_program(program)
    _checked(_libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0), "seccomp")
    del kept


def ask_before(call: int, program: bytes) -> int:
    """Make the kernel ask before it carries out certain calls (see `seccomp.asking`) of this thread and of those it starts.

    Returns the descriptor by which the kernel asks. `call` is the number of seccomp(2). Raises OSError.
    """
    whole, kept = _as_program(program)
    arguments = _SECCOMP_SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(whole)
    listener = _checked(int(_libc().syscall(call, *arguments)), "seccomp, with a listener")
    del kept
    return listener


def confine(limits: Limits, program: bytes, rules: int | None) -> None:
    """Give up, for good, all that a submission does not need. Raises OSError where the kernel does not take a layer.

    `rules` come from `file_rules`. Without them a mount namespace must hide the files.
    """
    limit(limits)
    drop_capabilities()
    forbid_new_privileges()
    if rules is not None:
        confine_files(rules)
    filter_calls(program)


def _refused(action: Callable[[], object], also: Sequence[int] = ()) -> bool:
    """Say whether an action fails for lack of a right (or with one of the errors in `also`)."""
    try:
        action()
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS, *also)
    return False


def _start_process() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _connect(family: int) -> None:
    import socket  # a worker on a student's machine probes nothing

    socket.socket(family, socket.SOCK_STREAM).close()


def probe(secret: str, folder: str, process: int) -> list[str]:
    """Try what must not work in a sandbox, and return what did work: ideally an empty list.

    `secret` is a file to read, `folder` one to write to and `process` a process to signal: all three outside.
    """
    hidden = (errno.ENOENT,)
    tries: dict[str, Callable[[], bool]] = {
        "reading a file outside": lambda: _refused(lambda: os.close(os.open(secret, os.O_RDONLY)), hidden),
        "writing a file outside": lambda: _refused(
            lambda: os.close(os.open(f"{folder}/written", os.O_WRONLY | os.O_CREAT)), (*hidden, errno.EROFS)
        ),
        "changing a file's permissions": lambda: _refused(lambda: Path(secret).chmod(0o600), (*hidden, errno.EROFS)),
        "starting a process": lambda: _refused(_start_process),
        # A path that cannot exist: where exec is allowed, the answer is that there is no such program.
        "running a program": lambda: _refused(lambda: os.execv("/nonexistent/program", ["program"])),
        "opening a network socket": lambda: _refused(lambda: _connect(_AF_INET)),
        "opening a local socket": lambda: _refused(lambda: _connect(_AF_UNIX)),
        "signalling another process": lambda: _refused(lambda: os.kill(process, 0), (errno.ESRCH,)),
        "looking into the process that workers come from": lambda: _refused(_look_into_parent, hidden),
        "tracing another process": lambda: _refused(_trace),
        "making a namespace": lambda: _refused(_make_namespace),
        "holding more open files than it may": lambda: _refused(_leave_the_limit_of_open_files),
        "taking more room than a file may": lambda: _refused(_allocate_beyond_the_end, hidden),
        "locking a file": lambda: _refused(_lock),
        "watching a folder": lambda: _refused(_watch_folders),
        "leaving shared memory behind": lambda: _refused(_make_shared_memory),
    }
    return [name for name, is_refused in tries.items() if not is_refused()]


def _trace() -> None:
    _checked(_libc().ptrace(0, 0, 0, 0), "ptrace")


def _make_namespace() -> None:
    _checked(_libc().unshare(0x10000000), "unshare")


def _look_into_parent() -> None:
    # Whoever may not read this may not read or write its memory either, for which some systems ask for more.
    os.close(os.open(f"/proc/{os.getppid()}/maps", os.O_RDONLY))


def _leave_the_limit_of_open_files() -> None:
    """Give this thread a table of open files of its own, beside those of other threads."""
    nowhere = 1 << 20
    arguments = [ctypes.c_uint(value) for value in (nowhere, nowhere, _CLOSE_RANGE_UNSHARE)]
    _checked(int(_libc().syscall(_CLOSE_RANGE, *arguments)), "close_range")


def _allocate_beyond_the_end() -> None:
    with tempfile.TemporaryFile() as file:
        arguments = ctypes.c_int(_FALLOC_KEEP_SIZE), ctypes.c_int64(0), ctypes.c_int64(4096)
        _checked(_libc().fallocate(file.fileno(), *arguments), "fallocate")


def _lock() -> None:
    import fcntl  # as above

    # A file that every worker may open: two of them could tell each other something by it.
    with Path(os.devnull).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _watch_folders() -> None:
    os.close(_checked(_libc().inotify_init(), "inotify_init"))


def _make_shared_memory() -> None:
    number = _checked(_libc().shmget(0, 4096, 0o600), "shmget")
    _checked(_libc().shmctl(number, _IPC_RMID, None), "shmctl")
