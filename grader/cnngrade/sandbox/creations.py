"""A bound on how much a worker can write: the kernel asks before it creates a file or a folder, and the judge counts.

On the disk each file has a limit of its own (RLIMIT_FSIZE), so a bound on the number of files bounds their bytes, whatever is
done with them: no moment lies between one look at the disk and the next. Files that were removed count as long as they are open
or mapped. A file system of the worker's own bounds the bytes itself, and the number bounds what the kernel keeps of each file.

See seccomp_unotify(2); the filter that makes the kernel ask is `seccomp.asking`.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import signal
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cnngrade.sandbox import seccomp
from cnngrade.worker.confinement import ask_before, forbid_new_privileges

_FROM_THE_START = 2  # the worker's folder, and in it the link to the course's data


# linux/seccomp.h: to receive a question (id, thread, flags, the call: 80 bytes), and to answer it.
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101


_QUESTION_BYTES = 80


_LET_PASS = 1


# On a busy machine a thread may wait for a processor before it can stop, and one that writes waits for the disk.
_STOP_SECONDS, _STOP_STEP = 5.0, 0.0002


# A folder that may not be read, a path longer than the system can say, and a worker that has ended meanwhile.
_HIDES = frozenset({errno.EACCES, errno.ENAMETOOLONG, errno.ENOENT, errno.ESRCH})


_MAX_FULL_COUNTS = 200


_FULL_SECONDS = 5.0


_REMOVED = " (deleted)"


class Creations:
    """Answers, for one worker, whether a file or a folder may be created in its folder.

    `listener` is the descriptor by which the kernel asks, and belongs to this object. At most `most` may be there. `counted`
    returns how many there are when a thread asks, or raises an OSError. Where a worker could have caused that, to hide files,
    there is no room; anything else is the machine's trouble, and `answer` raises it.
    """

    def __init__(self, listener: int, most: int, counted: Callable[[int], int]) -> None:
        self._listener, self._most, self._counted = listener, most, counted
        # There are at most so many: those that were counted, and every one that was allowed since.
        self._there = _FROM_THE_START
        # A count that found no room serves every thread once: hundreds may ask at the same time, and whoever was stopped for
        # the count asks again.
        self._full_at = -_FULL_SECONDS
        self._told: set[int] = set()
        self._full_counts = 0

    @property
    def closed(self) -> bool:
        """Whether nobody can ask any more."""
        return self._listener < 0

    @property
    def most_there(self) -> int:
        """How many files and folders there can be now, what was removed since the last count included."""
        return self._there

    def fileno(self) -> int:
        """Return what to wait for: it is readable when there is a question, and hung up when nobody is left to ask one."""
        return self._listener

    def close(self) -> None:
        """Answer nothing any more: whoever asks fails."""
        if not self.closed:
            os.close(self._listener)
            self._listener = -1

    def answer(self) -> None:
        """Answer the question that there is: without one this would wait.

        Raises OSError where files cannot be counted for a reason of the machine's.
        """
        import fcntl  # Windows has neither this nor such a sandbox

        question = bytearray(_QUESTION_BYTES)
        # The call may have been interrupted meanwhile: then it is made again, and the kernel asks again.
        with contextlib.suppress(FileNotFoundError):
            fcntl.ioctl(self._listener, _RECEIVE, question, True)
            number, thread = struct.unpack_from("=QI", question)
            allowed = self._allows(thread)
            error, flags = (0, _LET_PASS) if allowed else (-errno.EDQUOT, 0)
            fcntl.ioctl(self._listener, _ANSWER, struct.pack("=QqiI", number, 0, error, flags))
            self._there += allowed
            if not allowed:
                self._told.add(thread)

    def _allows(self, thread: int) -> bool:
        if self._there < self._most:
            return True
        was_full = time.monotonic() - self._full_at < _FULL_SECONDS
        if (was_full and thread not in self._told) or self._full_counts >= _MAX_FULL_COUNTS:
            return False
        try:
            self._there = self._counted(thread)
        except OSError as error:
            if error.errno not in _HIDES:
                raise
            self._there = self._most
        if self._there >= self._most:
            self._full_at = time.monotonic()
            self._told.clear()
            self._full_counts += 1
        return self._there < self._most


def in_folder(pid: int, folder: Path, thread: int) -> int:
    """Return how many files and folders a worker has in a folder, those included that were removed and that it still holds.

    Meanwhile it stands still: what moves could escape a count. `folder` is a resolved path. Raises OSError.
    """
    os.kill(pid, signal.SIGSTOP)
    try:
        _wait_until_stopped(pid)
        # All threads share their open files and their memory: the filter sees to that.
        return _linked(folder) + len(_removed(thread, str(folder)))
    finally:
        os.kill(pid, signal.SIGCONT)


def in_file_system(descriptor: int) -> int:
    """Return how many files and folders there are in a file system, those included that were removed and are still held."""
    facts = os.fstatvfs(descriptor)
    return facts.f_files - facts.f_ffree


def _wait_until_stopped(pid: int) -> None:
    """Wait until no thread is on its way to create a file, or to hide one. Raises OSError when that takes very long."""
    until = time.monotonic() + _STOP_SECONDS
    while not all(state in b"TZX" for state in _states(pid)):
        if time.monotonic() > until:
            raise TimeoutError("a worker could not be stopped to count its files")
        time.sleep(_STOP_STEP)


def _states(pid: int) -> Iterator[bytes]:
    """Yield the state of each thread of a process."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            yield (thread / "stat").read_bytes().rpartition(b")")[2].split()[0]


def _linked(folder: Path) -> int:
    """Return how many files and folders there are in a folder, however deep. Raises OSError where it cannot be looked into."""

    def fail(error: OSError) -> None:
        raise error

    return sum(len(folders) + len(files) for _, folders, files, _ in os.fwalk(folder, onerror=fail))


def _removed(thread: int, folder: str) -> set[int]:
    """Return the inodes of what was removed from a folder, and is still open or mapped there. Raises OSError."""
    found = set()
    opened = f"/proc/{thread}/fd"
    for number in os.listdir(opened):  # noqa: PTH208  # plain names
        path = os.readlink(f"{opened}/{number}")  # noqa: PTH115  # no path: it need not exist
        if path.startswith(folder) and path.endswith(_REMOVED):
            found.add(os.stat(f"{opened}/{number}").st_ino)  # noqa: PTH116  # of what is open, and not of the path
    mapped = folder.replace("\n", r"\012")
    with open(f"/proc/{thread}/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123  # as above
        for line in maps:
            *_, inode, path = [*line.rstrip("\n").split(maxsplit=5), ""][:6]
            if path.startswith(mapped) and path.endswith(_REMOVED):
                found.add(int(inode))
    return found


@functools.cache
def why_uncounted() -> str:
    """Return why the kernel cannot be made to ask here, "" if it can. It is tried, in a thread that ends with the attempt."""
    try:
        filter_ = seccomp.asking()
    except seccomp.Unavailable as error:
        return str(error)
    reasons = []

    def attempt() -> None:
        try:
            forbid_new_privileges()
            os.close(ask_before(filter_.call, filter_.program))
        except OSError as error:
            reasons.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return "".join(reasons)
