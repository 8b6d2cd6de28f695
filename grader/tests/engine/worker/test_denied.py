"""What the grading's sandbox denies is said where it bites: in a sandbox the exception names it, outside of one a note does."""

from __future__ import annotations

import contextlib
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngrade.errors import StudentFailure
from cnngrade.model import Policy
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from cnngrade.worker.denied import Denied
from support.sandboxes import SANDBOXES, need
from support.sweeps import sweep

POLICY = Policy(call_seconds=20.0, import_seconds=20.0, submission_seconds=120.0)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


@contextlib.contextmanager
def working(source: WorkerSource, folder: Path, code: str) -> Iterator[Student]:
    folder.mkdir(exist_ok=True)
    path = folder / "work.py"
    path.write_text(textwrap.dedent(code).lstrip("\n"), encoding="utf-8")
    student = Student(Remote(source), POLICY, read_work(path, "work"))
    try:
        yield student
    finally:
        student.close()


@pytest.fixture(params=sweep(SANDBOXES, SANDBOXES[:1]), scope="module")
def sandbox(request, tmp_path_factory) -> Iterator[Warm]:
    need(request.param)
    data = tmp_path_factory.mktemp("course") / "data"
    data.mkdir()
    (data / "numbers.txt").write_text("1 2 3")
    with contextlib.closing(Warm(POLICY, request.param, data)) as source:
        yield source


def calling(body: str) -> str:
    return f"def f():\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"


def said(student: Student) -> str:
    """Return what the student reads about a call that raises."""
    with pytest.raises(StudentFailure) as caught:
        student.functions.f()
    return str(caught.value)


RAISING = {
    "a program": ("import subprocess; subprocess.run(['nvidia-smi'])", Denied.PROCESS),
    "a program that exists": ("import subprocess, sys; subprocess.run([sys.executable, '-c', '1'])", Denied.PROCESS),
    "a program that says nothing": ("import subprocess; subprocess.run(['true'], stdout=subprocess.DEVNULL)", Denied.PROCESS),
    "a shell": ("import subprocess; subprocess.check_output('ls', shell=True)", Denied.PROCESS),
    "os.popen": ("import os; os.popen('ls').read()", Denied.PROCESS),
    "os.fork": ("import os; os.fork()", Denied.PROCESS),
    "os.posix_spawn": ("import os; os.posix_spawn('/bin/true', ['true'], {})", Denied.PROCESS),
    "os.execvp": ("import os; os.execvp('true', ['true'])", Denied.PROCESS),
    "os.spawnlp": ("import os; os.spawnlp(os.P_WAIT, 'true', 'true')", Denied.PROCESS),
    "a pool": ("import multiprocessing; multiprocessing.Pool(2)", Denied.PROCESS),
    "a process": ("import multiprocessing; multiprocessing.Process(target=print).start()", Denied.PROCESS),
    "a process that is spawned": (
        "import multiprocessing; multiprocessing.get_context('spawn').Process(target=print).start()", Denied.PROCESS
    ),
    "a lock": ("import multiprocessing; multiprocessing.Lock()", Denied.PROCESS),
    "a queue": ("import multiprocessing; multiprocessing.Queue()", Denied.PROCESS),
    "a shared value": ("import multiprocessing; multiprocessing.Value('i')", Denied.PROCESS),
    "a manager": ("import multiprocessing; multiprocessing.Manager()", Denied.PROCESS),
    "shared memory": (
        "from multiprocessing import shared_memory; shared_memory.SharedMemory(create=True, size=10)", Denied.PROCESS
    ),
    "a pool of threads": ("from multiprocessing.pool import ThreadPool; ThreadPool(2).map(abs, [1])", Denied.PROCESS),
    "an executor": (
        """
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(2) as pool:
            return list(pool.map(abs, [1]))
        """,
        Denied.PROCESS,
    ),
    "a socket": ("import socket; socket.socket()", Denied.NETWORK),
    "a connection": ("import socket; socket.create_connection(('127.0.0.1', 80))", Denied.NETWORK),
    "a name": ("import socket; socket.getaddrinfo('example.com', 80)", Denied.NETWORK),
    "a name of a host": ("import socket; socket.gethostbyname('example.com')", Denied.NETWORK),
    "a page": ("import urllib.request; urllib.request.urlopen('http://example.com')", Denied.NETWORK),
    "a secure page": ("import urllib.request; urllib.request.urlretrieve('https://example.com/w.npy')", Denied.NETWORK),
    "a page at an address": ("import http.client; http.client.HTTPConnection('192.0.2.1').request('GET', '/')", Denied.NETWORK),
    "a mail": ("import smtplib; smtplib.SMTP('127.0.0.1')", Denied.NETWORK),
    "a program that is waited for": (
        """
        import asyncio
        async def start(): await asyncio.create_subprocess_shell('true')
        asyncio.run(start())
        """,
        Denied.PROCESS,
    ),
    "a connection that is waited for": (
        """
        import asyncio
        async def connect(): await asyncio.open_connection('192.0.2.1', 80)
        asyncio.run(connect())
        """,
        Denied.NETWORK,
    ),
    "writing elsewhere": ("open('/tmp/result.txt', 'w')", Denied.FILE),
    "writing at the root": ("open('/result.txt', 'w')", Denied.FILE),
    "changing the data": ("open('data/numbers.txt', 'a')", Denied.FILE),
    "saving an array": ("import numpy as np; np.savez('/tmp/result.npz', a=1)", Denied.FILE),
    "making a folder": ("import os; os.makedirs('/tmp/a/b')", Denied.FILE),
    "a log": ("import logging; logging.FileHandler('/tmp/a.log')", Denied.FILE),
    "reading elsewhere": ("open('/etc/passwd')", Denied.FILE),
    "an array of one's own": ("import numpy as np; np.load('/content/drive/weights.npy')", Denied.FILE),
    "a file beside the work": ("open('weights.txt')", Denied.FILE),
    "a listing": ("import os; os.listdir('/')", Denied.FILE),
    "permissions": ("import os; open('y', 'w').close(); os.chmod('y', 0o600)", Denied.ATTRIBUTES),
    "a link": ("import os; os.symlink('a', 'b')", Denied.ATTRIBUTES),
    "a copy": ("import shutil; open('y', 'w').close(); shutil.copy('y', 'z')", Denied.ATTRIBUTES),
    "a copy with its times": ("import shutil; open('y', 'w').close(); shutil.copy2('y', 'z')", Denied.ATTRIBUTES),
    "the user's name": ("import getpass; getpass.getuser()", Denied.USERS),
    "the user": ("import os, pwd; pwd.getpwuid(os.getuid())", Denied.USERS),
    "a user by name": ("import pwd; pwd.getpwnam('root')", Denied.USERS),
    "a group": ("import os, grp; grp.getgrgid(os.getgid())", Denied.USERS),
    "a group by name": ("import grp; grp.getgrnam('staff')", Denied.USERS),
    "an owner": ("import pathlib; pathlib.Path('.').owner()", Denied.USERS),
    "a signal": ("import os, signal; os.kill(os.getpid(), signal.SIGUSR1)", Denied.CALL),
    "a priority": ("import os; os.nice(1)", Denied.CALL),
    "a choice of cores": ("import os; os.sched_setaffinity(0, [0])", Denied.CALL),
    "a lock of a file": ("import fcntl; fcntl.flock(open('y', 'w'), fcntl.LOCK_EX)", Denied.CALL),
    "a lock of a part of a file": ("import fcntl; fcntl.lockf(open('y', 'w'), fcntl.LOCK_EX)", Denied.CALL),
    "a database in a file": ("import sqlite3; sqlite3.connect('y.db').execute('create table a (b)')", Denied.DATABASE),
    "a shelf": ("import shelve; shelve.open('y')", Denied.DATABASE),
    "a database of names": ("import dbm; dbm.open('y', 'n')", Denied.DATABASE),
    "a simple database of names": ("import dbm.dumb; dbm.dumb.open('y')['a'] = b'b'", Denied.DATABASE),
    "a lock of a mailbox": ("import mailbox; mailbox.mbox('y').lock()", Denied.CALL),
    "a lock by the system's own call": ("import os; os.lockf(os.open('y', os.O_RDWR | os.O_CREAT), os.F_LOCK, 0)", Denied.CALL),
    "hundreds of threads": (
        """
        import threading, time
        threading.stack_size(64 << 20)
        for _ in range(100): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        """,
        Denied.THREADS,
    ),
    "files that stay open": ("return [open('/dev/null') for _ in range(100)]", Denied.ROOM),
    "a large file": ("open('large', 'wb').write(bytes(1 << 25))", Denied.ROOM),
    "an exception made of it": (
        """
        import subprocess
        try:
            subprocess.run(['true'])
        except OSError as error:
            raise ValueError('no GPU') from error
        """,
        Denied.PROCESS,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "denied"), RAISING.values(), ids=RAISING)
def test_an_exception_that_comes_of_the_sandbox_names_it(sandbox, tmp_path, body, denied):
    """its message stays, and after it stands what the sandbox does not have; it is not said again in a note"""
    with working(sandbox, tmp_path / "work", calling(body)) as student:
        text = said(student)
        assert "sandbox" in denied.value
        assert f"; {denied.value}" in text
        assert [other for other in Denied if other.value in text] == [denied]
        assert student.lifecycle.problems() == ()


OWN = {
    "a wrong value": "int('seven')",
    "a missing key": "{}['a']",
    "a user that is not found": "{}['user not found: 0']",
    "a table that is not there": "import sqlite3; sqlite3.connect(':memory:').execute('select * from a')",
    "a wrong shape": "import numpy as np; np.ones(3) @ np.ones(4)",
    "a division": "1 / 0",
    "a name": "sock",
    "an OSError without a number": "raise OSError('the disk is full of sandwiches')",
    "a file that exists": "import os; os.makedirs('a'); os.makedirs('a')",
    "a folder read as a file": "import os; os.mkdir('a'); open('a')",
    "a file as a folder": "open('y', 'w').close(); open('y/z')",
    "an encoding": "open('y', 'wb').write(b'\\xff'); open('y', encoding='utf-8').read()",
    "an end of input": "input()",
    "a descriptor that is closed": "import os; os.close(1000)",
    "a timeout": "raise TimeoutError('too slow')",
    "a RuntimeError": "raise RuntimeError('a thread of thought')",
    "what came after a file that is not there": """
        try:
            open('cache.npy')
        except FileNotFoundError:
            return int('seven')
        """,
}


@pytest.mark.parametrize("body", OWN.values(), ids=OWN)
def test_other_exceptions_do_not_blame_it(sandbox, tmp_path, body):
    """what would be raised anywhere is told as it is"""
    with working(sandbox, tmp_path / "work", calling(body)) as student:
        assert "sandbox" not in said(student)
        assert student.lifecycle.problems() == ()


BEFORE_THE_FUNCTION = {
    "import subprocess\nsubprocess.run(['nvidia-smi'])": "PermissionError: [Errno 1] Operation not permitted",
    "import multiprocessing as mp\npool = mp.Pool(2)": "[Errno ",
    "import urllib.request as r\nr.urlretrieve('https://example.com/w.npy', 'w.npy')": "URLError: ",
}


@pytest.mark.parametrize("lines", BEFORE_THE_FUNCTION)
def test_a_cell_that_does_not_run_for_it(sandbox, tmp_path, lines):
    """the cell's failure names the sandbox, and so does that of the function which is missing for it"""
    with working(sandbox, tmp_path / "work", f"# %%\n{lines}\ndef f(): return 1") as student:
        text = said(student)
        (problem,) = student.lifecycle.problems()
        for part in ("work.py, line 3: ", BEFORE_THE_FUNCTION[lines], "; the grading's sandbox has no "):
            assert part in problem
            assert part in text


QUIET = {
    "os.system": ("import os; os.system('pip install torch')", Denied.PROCESS),
    "an exception that was caught": (
        """
        import subprocess
        try: subprocess.run(['nvidia-smi'])
        except Exception: pass
        """,
        Denied.PROCESS,
    ),
    "a download that was tried": (
        """
        import urllib.request
        try: urllib.request.urlopen('http://example.com')
        except Exception: pass
        """,
        Denied.NETWORK,
    ),
}


@pytest.mark.parametrize(("body", "denied"), QUIET.values(), ids=QUIET)
def test_what_fails_without_an_exception_is_noted(sandbox, tmp_path, body, denied):
    """a note names the line, what was asked for, and the sandbox; once, however often it is called"""
    with working(sandbox, tmp_path / "work", calling(body)) as student:
        student.functions.f()
        student.functions.f()
        (note,) = student.lifecycle.problems()
    assert note.startswith("work.py, line ")
    assert note.endswith(f" cannot work here; {denied.value}.")


def test_what_is_said_of_an_exception_is_of_its_own_line(sandbox, tmp_path):
    """a program that was tried in vain is not the cause of another denial, and both are told"""
    body = """
        import os
        os.system('true')
        os.nice(1)
        """
    with working(sandbox, tmp_path / "work", calling(body)) as student:
        assert Denied.CALL.value in said(student)
        (note,) = student.lifecycle.problems()
        assert note.startswith("work.py, line 3: os.system cannot work here")


PASSING = {
    "a program": ("import subprocess; subprocess.run(['true'])", Denied.PROCESS, "subprocess.Popen"),
    "a program that is not there": (
        """
        import subprocess
        try: subprocess.run(['no-such-program'])
        except FileNotFoundError: pass
        """,
        Denied.PROCESS,
        "subprocess.Popen",
    ),
    "os.system": ("import os; os.system('true')", Denied.PROCESS, "os.system"),
    "os.popen": ("import os; os.popen('true').close()", Denied.PROCESS, "subprocess.Popen"),
    "a pool": ("import multiprocessing as m; m.Pool(2).terminate()", Denied.PROCESS, "multiprocessing"),
    "a pool of threads": (
        "from multiprocessing.pool import ThreadPool; ThreadPool(2).map(abs, [1])", Denied.PROCESS, "multiprocessing"
    ),
    "a lock": ("import multiprocessing as m; m.Lock()", Denied.PROCESS, "multiprocessing"),
    "shared memory": (
        "from multiprocessing import shared_memory as s; s.SharedMemory(create=True, size=10).unlink()",
        Denied.PROCESS,
        "multiprocessing",
    ),
    "an executor": (
        """
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(1) as pool:
            list(pool.map(abs, [1]))
        """,
        Denied.PROCESS,
        "multiprocessing",
    ),
    "a socket": ("import socket; socket.socket().close()", Denied.NETWORK, "socket.socket"),
    "a page": (
        """
        import urllib.request
        try: urllib.request.urlopen('http://127.0.0.1:9/')
        except OSError: pass
        """,
        Denied.NETWORK,
        "http.client.connect",
    ),
    "a connection that is waited for": (
        """
        import asyncio
        async def connect(): await asyncio.open_connection('127.0.0.1', 9)
        try: asyncio.run(connect())
        except OSError: pass
        """,
        Denied.NETWORK,
        "socket.connect",
    ),
    "writing elsewhere": ("open('@OUT@/new.txt', 'w').close()", Denied.FILE, "writing @OUT@/new.txt"),
    "saving elsewhere": ("import numpy as np; np.save('@OUT@/new.npy', np.ones(1))", Denied.FILE, "writing @OUT@/new.npy"),
    "by a way up": ("open('../outside/up.txt', 'a').close()", Denied.FILE, "writing ../outside/up.txt"),
    "a folder elsewhere": ("import os; os.makedirs('@OUT@/a/b')", Denied.FILE, "writing @OUT@/a"),
    "changing the data": ("open('data/numbers.txt', 'a').close()", Denied.FILE, "writing data/numbers.txt"),
    "a file beside the work": ("open('weights.txt').read()", Denied.FILE, "reading weights.txt"),
    "an array beside the work": ("import numpy as np; np.loadtxt('weights.txt')", Denied.FILE, "reading weights.txt"),
    "a file elsewhere": (
        "from pathlib import Path; Path('@OUT@/there.txt').read_text()", Denied.FILE, "reading @OUT@/there.txt"
    ),
    "permissions": ("import os; open('y', 'w').close(); os.chmod('y', 0o600)", Denied.ATTRIBUTES, "os.chmod"),
    "a link": ("import os; os.symlink('a', 'b')", Denied.ATTRIBUTES, "os.symlink"),
    "a copy": ("import shutil; open('y', 'w').close(); shutil.copy('y', 'z')", Denied.ATTRIBUTES, "os.chmod"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a student's work, with data and something of the student's own; another one is beside it."""
    for path in ("work/data/numbers.txt", "work/weights.txt", "work/helper.py", "outside/there.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("1\n")
    return tmp_path / "work"


@pytest.mark.parametrize(
    ("body", "denied", "what"),
    sweep(
        PASSING.values(),
        {"os.system", "a pool", "a lock", "a page", "writing elsewhere", "a folder elsewhere", "a link"},
        [*PASSING],
    ),
)
def test_what_passes_here_and_fails_there_is_noted(folder, body, denied, what):
    """where a student checks, nothing is denied, and a note names the line and what the grading's sandbox does not have"""
    outside = str(folder.parent / "outside")
    with working(Fresh(POLICY, folder), folder, calling(body.replace("@OUT@", outside))) as student:
        student.functions.f()
        (note,) = student.lifecycle.problems()
    assert note.startswith("work.py, line ")
    assert note.endswith(f": {what.replace('@OUT@', outside)} may work here; {denied.value}.")


FINE = {
    "nothing": "return 1",
    "data": "open('data/numbers.txt').read()",
    "data by an absolute path": "import os; open(os.path.abspath('data/numbers.txt')).read()",
    "a file that it has made": "open('new.txt', 'w').write('1'); open('new.txt').read()",
    "folders that it has made": "import os; os.makedirs('a/b'); open('a/b/c', 'w').close(); os.rename('a', 'd')",
    "its own text": "open(__file__).read()",
    "a file that is not there": """
        try: open('no-such-file')
        except FileNotFoundError: pass
        """,
    "temporary files": """
        import os, tempfile
        with tempfile.TemporaryFile() as one, tempfile.NamedTemporaryFile() as two, tempfile.TemporaryDirectory() as three:
            one.write(b'x'); two.write(b'x')
            open(two.name, 'ab').close(); open(os.path.join(three, 'x'), 'w').close()
        """,
    "devices": """
        import os
        open(os.devnull, 'w').write('x'); open('/dev/urandom', 'rb').read(1); open('/dev/zero', 'rb').read(1)
        """,
    "what the system is": "import platform; platform.platform(); platform.processor(); open('/proc/cpuinfo').read()",
    "a library of the system": "import ctypes.util; ctypes.util.find_library('m')",
    "modules": "import multiprocessing, subprocess, socket, asyncio, uuid; uuid.uuid4(); multiprocessing.cpu_count()",
    "source lines": "import inspect, numpy; inspect.getsource(f); inspect.getsource(numpy.pad)",
    "an event loop": """
        import asyncio
        async def one(): return await asyncio.to_thread(abs, -1)
        asyncio.run(one())
        """,
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(2) as pool: list(pool.map(abs, [1]))
        """,
}


@pytest.mark.parametrize("body", FINE.values(), ids=FINE)
def test_what_works_in_both_is_not_noted(folder, sandbox, body):
    """the same code gives no note where a student checks and none in the grading, and does its work in both"""
    for source in (Fresh(POLICY, folder), sandbox):
        with working(source, folder, calling(body)) as student:
            student.functions.f()
            assert student.lifecycle.problems() == ()


def test_modules_of_ones_own(folder, sandbox):
    """of a module beside the work the lines are named like the work's; that it is read is no matter of a sandbox"""
    (folder / "helper.py").write_text("import os\ndef work():\n    return os.system('true')\ndef fork(): os.fork()\n")
    code = "import helper\ndef f(): return helper.work()\ndef g(): helper.fork()\n"
    for source, works in ((Fresh(POLICY, folder), "may work here"), (sandbox, "cannot work here")):
        with working(source, folder, code) as student:
            student.functions.f()
            (note,) = student.lifecycle.problems()
            assert note == f"helper.py, line 3: os.system {works}; {Denied.PROCESS.value}."
            if source is sandbox:
                with pytest.raises(StudentFailure, match=r"g raised Permission.*; the grading's sandbox has no other"):
                    student.functions.g()


def test_what_a_package_does_by_itself_is_not_noted(folder):
    """of another package's processes and files a submission knows nothing"""
    outside = folder.parent / "outside"
    (outside / "stranger.py").write_text("import os\ndef work(): return os.system('true')\n")
    code = calling(f"import sys; sys.path.append({str(outside)!r}); import stranger; stranger.work()")
    with working(Fresh(POLICY, folder), folder, code) as student:
        student.functions.f()
        assert student.lifecycle.problems() == ()


def test_the_courses_own_code_is_not_listened_to(folder):
    """a solution or a variant that is judged may do what it likes"""
    with working(Fresh(POLICY, folder, extra_path=folder), folder, calling("import os; os.system('true')")) as student:
        student.functions.f()
        assert student.lifecycle.problems() == ()


@pytest.mark.parametrize("name", [NONE, *SANDBOXES])
def test_notes_are_few(name, tmp_path):
    """of a script or a cell the first of a kind is noted, and never more than ten in all, however much is asked for"""
    need(name)
    sources = [f"import os\ndef f{number}(): os.system('true')\n" for number in range(30)]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text} for text in sources]
    (tmp_path / "work.py").write_text("".join(sources))
    (tmp_path / "work.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    source: WorkerSource = Fresh(POLICY, tmp_path) if name == NONE else Warm(POLICY, name)
    with contextlib.closing(source):
        for file, notes in (("work.py", 1), ("work.ipynb", 10)):
            student = Student(Remote(source), POLICY, read_work(tmp_path / file, "work"))
            with contextlib.closing(student):
                for number in range(30):
                    getattr(student.functions, f"f{number}")()
                assert len(student.lifecycle.problems()) == notes


@pytest.mark.slow
def test_listening_hinders_nothing(folder):
    """arguments of a strange kind are the submission's business: its own exception comes, and not one of ours"""
    body = """
        class Path:
            def __fspath__(self): raise ValueError('no path')
        open(Path(), 'w')
        """
    with working(Fresh(POLICY, folder), folder, calling(body)) as student:
        assert "f raised ValueError: no path" in said(student)
