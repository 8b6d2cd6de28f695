"""Two submissions, judged at the same time or one after the other, cannot tell each other anything by the files that both read.

Each way is tried between two workers, and between two processes that nothing confines, where it works.
"""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngrade.model import Policy
from cnngrade.sandbox.backends import LANDLOCK, NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from support.sandboxes import SANDBOXES, need

POLICY = Policy(call_seconds=20.0, import_seconds=20.0, submission_seconds=60.0)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")

COMMON = """
    import ctypes, fcntl, mmap, os, platform, struct, threading, time
    import numpy as np
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    FUTEX = {"x86_64": 202, "aarch64": 98}[platform.machine()]
    NUMBER = @NUMBER@
    shared = open(np.__file__, "rb")
    kept = []
    """

# What one does (`tell`), and what the other finds of it (`hear`): true if it was told.
WAYS = {
    "flock": """
        def tell(x): fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
        def hear(x):
            try: fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError: return True
            return False
        """,
    "a lock of records": """
        def lock(kind): return struct.pack("hhqqi4x", kind, 0, 0, 8, 0)
        def tell(x): fcntl.fcntl(shared, fcntl.F_SETLK, lock(fcntl.F_RDLCK))
        def hear(x): return fcntl.fcntl(shared, fcntl.F_GETLK, lock(fcntl.F_WRLCK)) != lock(fcntl.F_UNLCK)
        """,
    "a lock that waits": """
        def tell(x): fcntl.lockf(shared, fcntl.LOCK_SH)
        def hear(x):
            found = fcntl.fcntl(shared, fcntl.F_GETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 8, 0))
            return struct.unpack("hhqqi4x", found)[0] == fcntl.F_RDLCK
        """,
    "a lock of an open file": """
        F_OFD_GETLK, F_OFD_SETLK = 36, 37
        def lock(kind): return struct.pack("hhqqi4x", kind, 0, 0, 8, 0)
        def tell(x): fcntl.fcntl(shared, F_OFD_SETLK, lock(fcntl.F_RDLCK))
        def hear(x): return fcntl.fcntl(shared, F_OFD_GETLK, lock(fcntl.F_WRLCK)) != lock(fcntl.F_UNLCK)
        """,
    "waiting on a word of a file": """
        def tell(x):
            at = libc.mmap(None, 4096, 1, 1, shared.fileno(), 0)
            word = ctypes.c_uint.from_address(at).value
            def wait(): libc.syscall(FUTEX, ctypes.c_void_p(at), 0, word, None, None, 0)
            kept.append(threading.Thread(target=wait, daemon=True))
            kept[-1].start()
            time.sleep(0.2)
        def hear(x):
            at = libc.mmap(None, 4096, 1, 1, shared.fileno(), 0)
            return any(libc.syscall(FUTEX, ctypes.c_void_p(at), wake, 1, None, None, -1) > 0 for wake in (1, 10))
        """,
    "moving those who wait on a word of a file": """
        def tell(x):
            at = libc.mmap(None, 4096, 1, 1, shared.fileno(), 0)
            word = ctypes.c_uint.from_address(at).value
            def wait(): libc.syscall(FUTEX, ctypes.c_void_p(at), 0, word, None, None, 0)
            kept.append(threading.Thread(target=wait, daemon=True))
            kept[-1].start()
            time.sleep(0.2)
        def hear(x):
            at = libc.mmap(None, 4096, 1, 1, shared.fileno(), 0)
            return libc.syscall(FUTEX, ctypes.c_void_p(at), 3, 0, ctypes.c_void_p(1), ctypes.c_void_p(at + 8), 0) > 0
        """,
    "notice of what is opened": """
        def tell(x):
            open(np.__file__).close()
        def before(x):
            kept.append(libc.inotify_init())
            return libc.inotify_add_watch(kept[-1], np.__file__.encode(), 0x20)
        def hear(x):
            return len(os.read(kept[-1], 4096)) > 0
        """,
    "what of a file is in memory": """
        def tell(x):
            os.posix_fadvise(shared.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)
            shared.read()
        def hear(x):
            at = libc.mmap(None, 4096, 1, 1, shared.fileno(), 0)
            found = ctypes.create_string_buffer(1)
            return libc.mincore(ctypes.c_void_p(at), 4096, found) == 0 and found.raw == b"\\1"
        """,
    "memory under a number": """
        def tell(x): assert libc.shmget(NUMBER, 4096, 0o1600) >= 0
        def hear(x):
            number = libc.shmget(NUMBER, 4096, 0)
            return number >= 0 and libc.shmctl(number, 0, None) == 0
        """,
    "a semaphore under a number": """
        def tell(x): assert libc.semget(NUMBER, 1, 0o1600) >= 0
        def hear(x):
            number = libc.semget(NUMBER, 1, 0)
            return number >= 0 and libc.semctl(number, 0, 0) == 0
        """,
    "messages under a number": """
        def tell(x): assert libc.msgget(NUMBER, 0o1600) >= 0
        def hear(x):
            number = libc.msgget(NUMBER, 0)
            return number >= 0 and libc.msgctl(number, 0, None) == 0
        """,
    "memory under a name": """
        def tell(x): open(f"/dev/shm/cnngrade-{NUMBER}", "w").close()
        def hear(x):
            os.unlink(f"/dev/shm/cnngrade-{NUMBER}")
            return True
        """,
    "a name in the folder for temporary files": """
        def tell(x): os.mkdir(f"/tmp/cnngrade-{NUMBER}")
        def hear(x):
            os.rmdir(f"/tmp/cnngrade-{NUMBER}")
            return True
        """,
    "a socket without a file": """
        import socket
        def tell(x):
            kept.append(socket.socket(socket.AF_UNIX))
            kept[-1].bind(f"\\0cnngrade-{NUMBER}")
            kept[-1].listen()
        def hear(x):
            socket.socket(socket.AF_UNIX).connect(f"\\0cnngrade-{NUMBER}")
            return True
        """,
    "a port": """
        import socket
        def tell(x):
            kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            kept[-1].bind(("127.0.0.1", 20000 + NUMBER % 10000))
        def hear(x):
            try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("127.0.0.1", 20000 + NUMBER % 10000))
            except PermissionError: return False
            except OSError: return True
        """,
}


@contextlib.contextmanager
def working(source: WorkerSource, folder: Path, code: str) -> Iterator[Student]:
    folder.mkdir()
    path = folder / "work.py"
    path.write_text(textwrap.dedent(COMMON).replace("@NUMBER@", str(os.getpid())) + textwrap.dedent(code), encoding="utf-8")
    student = Student(Remote(source), POLICY, read_work(path, "work"))
    try:
        yield student
    finally:
        student.close()


@pytest.fixture(params=(*SANDBOXES, pytest.param(NONE, marks=pytest.mark.slow)), scope="module")
def pair(request, tmp_path_factory) -> Iterator[tuple[str, WorkerSource, WorkerSource]]:
    need(request.param)
    if request.param == NONE:
        folder = tmp_path_factory.mktemp("free")
        yield NONE, Fresh(POLICY, folder), Fresh(POLICY, folder)
        return
    with contextlib.closing(Warm(POLICY, request.param)) as one, contextlib.closing(Warm(POLICY, request.param)) as other:
        yield request.param, one, other


def _told(student: Student, function: str) -> bool:
    try:
        return bool(getattr(student.functions, function)(1.0))
    except Exception:
        return False


@pytest.mark.parametrize("way", WAYS)
def test_two_at_once_do_not_meet(pair, tmp_path, way):
    """what one does about a file, a name or a number is not seen by the other"""
    name, one, other = pair
    code = WAYS[way]
    with working(one, tmp_path / "one", code) as speaker, working(other, tmp_path / "other", code) as listener:
        if "def before" in code:
            _told(listener, "before")
        _told(speaker, "tell")
        assert _told(listener, "hear") is (name == NONE)


LOOKING = """
    class Piece(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))
    READ, WRITE = {"x86_64": (310, 311), "aarch64": (270, 271)}[platform.machine()]
    secret = np.arange(8.0)
    def me(x): return [os.getpid(), secret.ctypes.data]
    def look(pid, at):
        found = []
        for name in ("maps", "environ", "mem"):
            try:
                os.close(os.open(f"/proc/{pid}/{name}", os.O_RDONLY))
                found.append(name)
            except OSError: pass
        for name in ("cwd", "root", "exe", "fd/0"):
            try: found.append(os.readlink(f"/proc/{pid}/{name}"))
            except OSError: pass
        mine = np.zeros(8)
        here, there = Piece(mine.ctypes.data, 64), Piece(at, 64)
        for call in (READ, WRITE):
            if libc.syscall(call, pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
                found.append("memory")
        return found
    """


def test_two_at_once_do_not_look_into_each_other(pair, tmp_path):
    """a worker that is told the other's number and where a value is cannot read or write its memory, files or environment"""
    name, one, other = pair
    with working(one, tmp_path / "one", LOOKING) as victim, working(other, tmp_path / "other", LOOKING) as looking:
        pid, at = victim.functions.me(1.0)
        # In a namespace of its own both have the same number.
        found = looking.functions.look(one._pid if isinstance(one, Warm) else pid, at)
        assert victim.functions.me(1.0) == [pid, at]
    assert found == [] if name != NONE else {"maps", "environ"} <= set(found)


def test_one_after_the_other_do_not_meet(tmp_path):
    """a worker inherits no open file but its pipes, and no memory that it could write and the next one read"""
    code = """
        def f(x):
            shared.close()
            found = []
            for number in range(64):
                try: os.fstat(number)
                except OSError: continue
                found.append(number)
            return [found, os.listdir(".")]
        """
    need(LANDLOCK)
    with contextlib.closing(Warm(POLICY, LANDLOCK)) as source, working(source, tmp_path / "one", code) as student:
        opened, there = student.functions.f(1.0)
        maps = Path(f"/proc/{source._pid}/maps").read_text()
    assert len(opened) == 5
    assert there == ["work.py"]
    assert not [line for line in maps.splitlines() if line.split()[1].startswith("rw") and line.split()[1].endswith("s")]
