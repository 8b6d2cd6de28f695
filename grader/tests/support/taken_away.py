"""What code can do in each sandbox, found out by trying: the table of docs/security.md.

    python grader/tests/support/taken_away.py

prints it, for the sandboxes that this machine has.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cnngrade.model import Policy
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import BUBBLEWRAP, LANDLOCK, Warm
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from support.sandboxes import present, without_landlock

OLD_KERNEL = "bubblewrap, no Landlock"
COLUMNS = (LANDLOCK, BUBBLEWRAP, OLD_KERNEL, NONE)

POLICY = Policy(call_seconds=20.0, import_seconds=20.0, submission_seconds=120.0)

_START = """
import ctypes, errno, fcntl, mmap, os, platform, signal, socket, struct, sys, threading, time
import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
libc.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
OUTSIDE, JUDGE, PACKAGE, PORT, ABSTRACT = "@OUTSIDE@", int("@JUDGE@"), "@PACKAGE@", int("@PORT@"), "@ABSTRACT@"
FUTEX = {"x86_64": 202, "aarch64": 98}.get(platform.machine())
MODULE = np.__file__

def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def call(number, *arguments):
    return checked(libc.syscall(number, *arguments))

def created(most, size=0):
    made = 0
    try:
        while made < most:
            with open(f"f{made}", "wb") as file:
                if size:
                    os.posix_fallocate(file.fileno(), 0, size)
            made += 1
    except OSError:
        pass
    for number in range(made + 1):
        try: os.remove(f"f{number}")
        except FileNotFoundError: pass
    return made
"""

# What the row says, and lines of which one raises an OSError, or the last returns something false, where it cannot be done.
# What only root may do outside of a sandbox is not here.
ATTEMPTS: Mapping[str, str] = {
    "read a file of the user's": "return open(f'{OUTSIDE}/secret').read()",
    "see that such a file exists": "return os.stat(f'{OUTSIDE}/secret')",
    "write, remove or rename files of the user's": """
        for action in (
            lambda: open(f'{OUTSIDE}/secret', 'a'), lambda: os.truncate(f'{OUTSIDE}/secret', 1),
            lambda: open(f'{OUTSIDE}/more', 'w'), lambda: os.mkdir(f'{OUTSIDE}/folder'),
            lambda: os.rename(f'{OUTSIDE}/secret', f'{OUTSIDE}/other'),
            lambda: os.rename(f'{OUTSIDE}/other', f'{OUTSIDE}/secret'),
        ):
            try: action()
            except OSError: continue
            return True
        """,
    "make links, change permissions, owners, times and attributes, in its own folder too": """
        open('own', 'w').close()
        for action in (
            lambda: os.symlink('own', 'link'), lambda: os.link('own', 'hard'), lambda: os.chmod('own', 0o600),
            lambda: os.chown('own', os.getuid(), os.getgid()), lambda: os.utime('own', (1, 1)),
            lambda: os.setxattr('own', 'user.note', b'x'), lambda: os.mkfifo('fifo'),
        ):
            try: action()
            except OSError: continue
            return True
        """,
    "read an installed package that is not offered": "return open(PACKAGE).read()",
    "see other processes": "return os.stat(f'/proc/{JUDGE}')",
    "read the command line and the state of the process that workers come from": """
        for name in ('cmdline', 'status', 'stat'):
            try: return open(f'/proc/{os.getppid()}/{name}').read()
            except OSError: pass
        """,
    "read the memory, files and environment of the process that workers come from, or write them": """
        for name in ('mem', 'maps', 'environ'):
            try: return os.open(f'/proc/{os.getppid()}/{name}', os.O_RDONLY)
            except OSError: pass
        for name in ('cwd', 'root', 'exe', 'fd/0'):
            try: return os.readlink(f'/proc/{os.getppid()}/{name}')
            except OSError: pass
        """,
    "read the judge's memory, files and environment": """
        for name in ('mem', 'maps', 'environ'):
            try: return os.open(f'/proc/{JUDGE}/{name}', os.O_RDONLY)
            except OSError: pass
        for name in ('cwd', 'root', 'exe', 'fd/0'):
            try: return os.readlink(f'/proc/{JUDGE}/{name}')
            except OSError: pass
        """,
    "read its own entries in /proc": "return open('/proc/self/status').read()",
    "signal a process, its own too": """
        for process in (JUDGE, os.getppid(), os.getpid(), 0, -1):
            try: os.kill(process, 0)
            except OSError: continue
            return True
        """,
    "trace a process": "return checked(libc.ptrace(0, 0, 0, 0)) == 0",
    "start a process": """
        child = os.fork()
        if child == 0: os._exit(0)
        return os.waitpid(child, 0)
        """,
    "run a program": """
        try: os.execv('/nonexistent/program', ['program'])
        except FileNotFoundError: return True
        """,
    "connect by TCP": "return socket.create_connection(('127.0.0.1', PORT))",
    "send a datagram": "return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    "connect to a local socket": "return socket.socket(socket.AF_UNIX).connect(f'{OUTSIDE}/socket') is None",
    "connect to an abstract socket": "return socket.socket(socket.AF_UNIX).connect('\\0' + ABSTRACT) is None",
    "share System V memory, semaphores or messages": """
        for make, remove in (
            (lambda: checked(libc.shmget(0, 4096, 0o600)), lambda number: libc.shmctl(number, 0, None)),
            (lambda: checked(libc.semget(0, 1, 0o600)), lambda number: libc.semctl(number, 0, 0)),
            (lambda: checked(libc.msgget(0, 0o600)), lambda number: libc.msgctl(number, 0, None)),
        ):
            try: remove(make())
            except OSError: continue
            return True
        """,
    "share POSIX memory, a queue, or a file in memory alone": """
        for action in (
            lambda: os.close(os.open('/dev/shm/cnngrade-taken-away', os.O_RDWR | os.O_CREAT)),
            lambda: os.close(os.memfd_create('room')),
            lambda: checked(libc.mq_open(b'/cnngrade-taken-away', os.O_CREAT, 0o600, None)),
        ):
            try: action()
            except (OSError, AttributeError): continue
            finally:
                try: os.unlink('/dev/shm/cnngrade-taken-away')
                except OSError: pass
                libc.mq_unlink(b'/cnngrade-taken-away')
            return True
        """,
    "lock a file that others read": """
        with open(MODULE, 'rb') as file:
            record = struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 8, 0)
            for action in (
                lambda: fcntl.flock(file, fcntl.LOCK_SH), lambda: fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB),
                lambda: fcntl.fcntl(file, fcntl.F_GETLK, record), lambda: fcntl.fcntl(file, 37, record),
                lambda: fcntl.fcntl(file, fcntl.F_GETLEASE),
            ):
                try: action()
                except OSError: continue
                return True
        """,
    "watch a file or a folder": """
        for action in (
            lambda: checked(libc.inotify_init()), lambda: checked(libc.inotify_init1(0)),
            lambda: fcntl.fcntl(os.open('.', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE),
        ):
            try: action()
            except OSError: continue
            return True
        """,
    "learn or change what of a file is in memory": """
        with open(MODULE, 'rb') as file:
            at = libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
            page = ctypes.c_void_p(at)
            for action in (
                lambda: checked(libc.mincore(page, 4096, ctypes.create_string_buffer(1))),
                lambda: os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_NORMAL),
                lambda: checked(libc.readahead(file.fileno(), ctypes.c_int64(0), 4096)),
                lambda: checked(libc.madvise(page, 4096, 20)), lambda: checked(libc.madvise(page, 4096, 3)),
            ):
                try: action()
                except OSError: continue
                return True
        """,
    "wake who waits on a word of a file": """
        with open(MODULE, 'rb') as file:
            at = libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
            for wake in (1, 10, 5):
                try: return call(FUTEX, ctypes.c_void_p(at), wake, 1, None, ctypes.c_void_p(at), -1) + 1
                except OSError: pass
        """,
    "give a thread open files of its own": """
        found = []
        def attempt():
            try: found.append(call(436, ctypes.c_uint(1 << 20), ctypes.c_uint(1 << 20), ctypes.c_uint(2)) == 0)
            except OSError: pass
            try: found.append(checked(libc.unshare(0x400)) == 0)
            except OSError: pass
        thread = threading.Thread(target=attempt)
        thread.start(); thread.join()
        return any(found)
        """,
    "hold more than 64 open files": "return [open(os.devnull) for _ in range(64)]",
    "write a file of more than 4 MiB": "return created(1, (4 << 20) + 1)",
    "write a file of more than 16 MiB": "return created(1, (16 << 20) + 1)",
    "take more room than the limit on a file": """
        with open('own', 'wb') as file:
            for mode in (1, 17, 16):
                try: return checked(libc.fallocate(file.fileno(), mode, 0, (16 << 20) + 1)) == 0
                except OSError: pass
        """,
    "create more than 64 files": "return created(65) > 64",
    "create more than 1000 files": "return created(1001) > 1000",
    "write more than 64 MiB in all": "return created(20, 4 << 20) > 16",
    "write more than 256 MiB in all": "return created(66, 4 << 20) > 64",
    "make a namespace": "return checked(libc.unshare(0x10000000)) == 0",
}


def _submission(words: Mapping[str, str]) -> str:
    text = _START
    for word, meant in words.items():
        text = text.replace(f"@{word}@", meant)
    for number, body in enumerate(ATTEMPTS.values()):
        lines = body.splitlines() if "\n" in body else [f"        {body}"]
        lines = [line for line in lines if line.strip()]
        text += "\n".join([f"\ndef attempt{number}(x):", "    def tries():", *lines])
        text += "\n    try: return bool(tries())\n    except (OSError, OverflowError): return False\n"
    return text


@contextlib.contextmanager
def _outside() -> Iterator[dict[str, str]]:
    """Make what an attempt may try to reach, and yield the words for it."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "secret").write_text("not for a worker")
        abstract = f"cnngrade-{os.getpid()}-taken-away"
        tcp, local, nowhere = (
            stack.enter_context(contextlib.closing(socket.socket(family)))
            for family in (socket.AF_INET, socket.AF_UNIX, socket.AF_UNIX)
        )
        tcp.bind(("127.0.0.1", 0))
        local.bind(f"{folder}/socket")
        nowhere.bind(f"\0{abstract}")
        for listener in (tcp, local, nowhere):
            listener.listen(16)
        places = {"OUTSIDE": str(folder), "PACKAGE": pytest.__file__, "PORT": str(tcp.getsockname()[1]), "ABSTRACT": abstract}
        yield {**places, "JUDGE": str(os.getpid())}


def tried(column: str) -> dict[str, bool]:
    """Return for each row whether it worked in the sandbox of a column.

    Without a sandbox each attempt has a process of its own, since there it changes the process.
    """
    found = {}
    with contextlib.ExitStack() as stack:
        words = stack.enter_context(_outside())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "work.py").write_text(_submission(words), encoding="utf-8")
        if column == OLD_KERNEL:
            stack.enter_context(without_landlock())
        if column == NONE:
            source: Fresh | Warm = Fresh(POLICY, folder)
        else:
            source = Warm(POLICY, BUBBLEWRAP if column == OLD_KERNEL else column)
        stack.enter_context(contextlib.closing(source))
        work = read_work(folder / "work.py", "work")
        student = Student(Remote(source), POLICY, work)
        for number, row in enumerate(ATTEMPTS):
            found[row] = bool(getattr(student.functions, f"attempt{number}")(1.0))
            if column == NONE:
                student.close()
                student = Student(Remote(source), POLICY, work)
        student.close()
    return found


def columns_here() -> list[str]:
    """Return the columns that this machine can fill."""
    here = {*present(), NONE}
    return [column for column in COLUMNS if (BUBBLEWRAP if column == OLD_KERNEL else column) in here]


def shown(worked: bool) -> str:
    """Return a cell of the table."""
    return "yes" if worked else "no"


def table(cells: Mapping[str, Mapping[str, bool]]) -> str:
    """Return the table as Markdown: a row for each attempt, a column for each sandbox."""
    rows = [["what code can do", *(f"`{column}`" if column != OLD_KERNEL else column for column in cells)]]
    rows.append(["---"] * len(rows[0]))
    rows += [[row, *(shown(worked[row]) for worked in cells.values())] for row in ATTEMPTS]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    sys.stdout.write(table({column: tried(column) for column in columns_here()}))
