"""What the grading's sandbox denies to a submission, and which exceptions come of that.

Nothing here allows or forbids anything: see `confinement`. The sentences are true wherever they are read, in a sandbox or not.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from types import FrameType


class Denied(Enum):
    """What a submission may have asked for; the value says that the sandbox does not have it, and what to do instead."""

    PROCESS = (
        "the grading's sandbox has no other processes: leave out subprocess, os.system and multiprocessing. "
        "Threads work (concurrent.futures.ThreadPoolExecutor)"
    )
    NETWORK = "the grading's sandbox has no network: use the course's data, or compute what you need"
    FILE = (
        "of your files, the grading's sandbox holds only your work, the modules that it imports, and the course's data; "
        "code can write in the current folder alone"
    )
    ATTRIBUTES = (
        "the grading's sandbox lets code read, write, move and remove files, and not make links or change permissions, "
        "owners or times. To copy a file, use shutil.copyfile"
    )
    DATABASE = (
        "the grading's sandbox has no databases in files (sqlite3, dbm, shelve): these lock a file or change permissions. "
        'Keep data in memory, also with sqlite3.connect(":memory:"), or write files with numpy.save, json or pickle'
    )
    USERS = "the grading's sandbox knows no users and groups: leave out getpass.getuser() and what else asks for their names"
    CALL = "the grading's sandbox leaves code few rights: none over processes, priorities, limits, locks and the network"
    THREADS = "the grading's sandbox limits threads and the memory for them: start a few, not hundreds"
    UNWRITTEN = (
        "of your files, the grading's sandbox holds only your work, the modules that it imports, and the course's data; "
        "code can write nothing on this machine, which has no limit for it: keep data in memory"
    )
    ROOM = (
        "the grading's sandbox has little room for files: 50 of them, of 4 MiB each and 64 MiB in all, are sure to fit, and 40 "
        "may be open at once. Close and remove files that you no longer need, and keep data in memory"
    )


Place = tuple[str, int]
"""A line of the submission: the name of its file or cell, and the line's number from 1."""


_PROCESS_MODULES = frozenset({"subprocess", "concurrent.futures.process", "pty"})


# What the modules pwd and grp say.
_NO_USER = re.compile(r"get(pw|gr)(nam|uid|gid)\(\): \w+ not found")


_SQLITE_PERM = 3


# The modules of databases, and those of their exceptions where these are compiled.
_DBM = frozenset({"dbm", "dbm.dumb", "_gdbm", "_dbm"})


_COMPILED = (".pyx", ".pxd", ".pxi")


def place_in(frame: FrameType, line: int) -> Place | None:
    """Return the line of a frame that runs the submission's code, None for any other code.

    The submission's files and cells have names, where modules have paths, and compiled modules those of their sources.
    """
    name = frame.f_code.co_filename
    is_own = not name.startswith("<") and not name.endswith(_COMPILED) and not os.path.isabs(name)  # noqa: PTH117  # asked often
    return (name, line) if is_own else None


def module_of(frame: FrameType) -> str:
    """Return the name of the module whose code a frame runs."""
    return str(frame.f_globals.get("__name__", ""))


def packages_of(modules: Collection[str]) -> set[str]:
    """Return the first parts of modules' names."""
    return {name.partition(".")[0] for name in modules}


def denied_to(modules: Collection[str]) -> Denied | None:
    """Return what is not there by the modules that ask for it on the submission's behalf, None where they do not tell."""
    if "multiprocessing" in packages_of(modules) or _PROCESS_MODULES.intersection(modules):
        return Denied.PROCESS
    return Denied.NETWORK if "socket" in modules else None


def reason_for(error: BaseException, asked: Mapping[Place, Denied]) -> tuple[Denied | None, set[Place]]:
    """Return what an exception raised in a sandbox comes of, None where that is not the sandbox; and the lines it came through.

    `asked` is what lines of the submission have asked for.
    """
    places: set[Place] = set()
    for found in _behind(error):
        place, modules = _origin(found)
        places |= {place} if place else set()
        denied = _denied(found, modules, asked.get(place) if place else None)
        if denied is not None:
            return denied, places
    return None, set()


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that it was made from."""
    yield error
    for other in (error.__cause__, getattr(error, "reason", None)):  # urllib's exceptions have a reason
        if isinstance(other, BaseException):
            yield other


def _origin(error: BaseException) -> tuple[Place | None, set[str]]:
    """Return the submission's last line that an exception came through, and the modules in which it was raised below that."""
    last: Place | None = None
    below: set[str] = set()
    trace = error.__traceback__
    while trace is not None:
        if place := place_in(trace.tb_frame, trace.tb_lineno):
            last, below = place, set()
        else:
            below.add(module_of(trace.tb_frame))
        trace = trace.tb_next
    return last, below


def _denied(error: BaseException, modules: set[str], asked: Denied | None) -> Denied | None:
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return Denied.THREADS
    if isinstance(error, KeyError) and _NO_USER.search(str(error)):
        return Denied.USERS
    if getattr(error, "sqlite_errorcode", 0) == _SQLITE_PERM:
        return Denied.DATABASE
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.EPERM and _DBM.intersection({*modules, type(error).__module__}):
        return Denied.DATABASE
    if type(error).__module__ == "socket":  # a name that was not found: its numbers are of another kind
        return Denied.NETWORK
    return denied_to(modules) or (asked if error.errno == errno.EPERM else None) or _by_number(error, modules)


def _by_number(error: OSError, modules: set[str]) -> Denied | None:
    """Return what is not there by an error's number, for calls of the system that tell nothing else."""
    named = error.filename is not None
    if error.errno in (errno.EACCES, errno.EROFS) or (error.errno == errno.ENOENT and named):
        return Denied.FILE
    if error.errno == errno.EPERM:
        return Denied.ATTRIBUTES if named or "shutil" in modules else Denied.CALL
    return Denied.ROOM if error.errno in (errno.EMFILE, errno.EFBIG, errno.ENOSPC, errno.EDQUOT) else None
