"""A call is limited in CPU time, read from outside: a busy machine costs nobody an answer, and waiting ends as well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnngrade.errors import Reason, StudentFailure
from cnngrade.model import Policy
from cnngrade.sandbox import clock, connection
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from support.failing import failing
from support.sweeps import sweep

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the CPU time of another process cannot be read")

CODE = """
import os, subprocess, sys, threading, time, zlib

BURN = "import time, sys\\nuntil = time.process_time() + float(sys.argv[1])\\nwhile time.process_time() < until: pass"

def process(): return os.getpid()

def run(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until: pass
    return seconds

def wait(seconds): time.sleep(seconds); return seconds

def wait_for_a_thread():
    def squeeze():
        while True: zlib.compress(bytes(1 << 20))
    for _ in range(2): threading.Thread(target=squeeze, daemon=True).start()
    time.sleep(1000)

def wait_for_a_child(): subprocess.run([sys.executable, "-S", "-c", BURN, "1000"])

def wait_for_children():
    while True: subprocess.run([sys.executable, "-S", "-c", BURN, "0.2"])

def lie():
    time.process_time = time.thread_time = time.clock_gettime = lambda *clock: 0.0
    while True: pass

def now_and_then():
    while True:
        until = time.process_time() + 0.02
        while time.process_time() < until: pass
        time.sleep(0.04)

def in_threads():
    for _ in range(8): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    time.sleep(1000)

def end(): os._exit(0)

def lock():
    held = threading.Lock()
    held.acquire()
    held.acquire()
"""


@contextmanager
def working(folder: Path, policy: Policy) -> Iterator[Student]:
    path = folder / "work.py"
    path.write_text(textwrap.dedent(CODE), encoding="utf-8")
    student = Student(Remote(Fresh(policy, folder)), policy, read_work(path, "work"))
    try:
        yield student
    finally:
        student.close()


def test_a_worker_that_is_kept_from_running(tmp_path: Path) -> None:
    """one that is stopped for longer than its limit, and goes on, has its answer accepted"""
    with working(tmp_path, Policy(call_seconds=0.8, wall_factor=60.0)) as student:
        pid = student.functions.process()
        threading.Timer(0.2, os.kill, (pid, signal.SIGSTOP)).start()
        threading.Timer(1.7, os.kill, (pid, signal.SIGCONT)).start()
        start = time.monotonic()
        assert student.functions.run(0.5) == 0.5
        assert time.monotonic() - start > 1.5


@pytest.mark.slow
def test_a_worker_on_a_busy_processor(tmp_path: Path) -> None:
    """one that shares its processor with five others needs several times its limit by the clock, and has its answer accepted"""
    core = min(os.sched_getaffinity(0))
    with working(tmp_path, Policy(call_seconds=0.8, wall_factor=60.0)) as student:
        os.sched_setaffinity(student.functions.process(), {core})
        code = f"import os\nos.sched_setaffinity(0, {{{core}}})\nprint(1, flush=True)\n"
        code += f"while os.getppid() == {os.getpid()}: pass"
        command = [sys.executable, "-S", "-c", code]
        # Sessions of their own: the system may share a processor among sessions before it does among processes.
        others = [subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) for _ in range(5)]
        try:
            for other in others:
                assert other.stdout.readline() == b"1\n"
            start = time.monotonic()
            assert student.functions.run(0.5) == 0.5
            assert time.monotonic() - start > 1.0
        finally:
            for other in others:
                other.kill()
                other.communicate()


@pytest.mark.parametrize(
    "function", sweep(["lie", "wait_for_a_thread", "wait_for_a_child", "wait_for_children"], ["lie", "wait_for_children"])
)
def test_work_that_does_not_end(tmp_path: Path, function: str) -> None:
    """the CPU time of threads and children counts as well, and nothing that the code says about clocks"""
    with working(tmp_path, Policy(call_seconds=0.6, wall_factor=100.0)) as student:
        start = time.monotonic()
        with failing(Reason.OVER_TIME, match=r"gave no answer within 0\.6 s of CPU time and was stopped"):
            getattr(student.functions, function)()
        assert time.monotonic() - start < 30
        assert student.functions.run(0.1) == 0.1


@pytest.mark.parametrize("function", sweep(["wait", "lock", "now_and_then", "in_threads"], ["wait", "in_threads"]))
def test_waiting_that_does_not_end(tmp_path: Path, function: str) -> None:
    """what waits is ended soon after what runs would be, though it uses no CPU time; a wait within the limit costs nothing"""
    with working(tmp_path, Policy(call_seconds=0.8, wall_factor=100.0)) as student:
        assert student.functions.wait(0.6) == 0.6
        start = time.monotonic()
        with failing(Reason.OVER_TIME, match=r"gave no answer within 1 s, its waiting included, and was stopped"):
            getattr(student.functions, function)(*((1000.0,) if function == "wait" else ()))
        assert 0.9 < time.monotonic() - start < 8
        assert student.functions.run(0.1) == 0.1


@pytest.mark.slow
@pytest.mark.parametrize("function", ["wait", "lock", "now_and_then", "in_threads", "lie", "wait_for_a_thread"])
def test_four_seconds_are_at_most_six(tmp_path: Path, function: str) -> None:
    """on a quiet machine a call with a limit of 4 s is over within 6 s by the clock, whatever it does"""
    with working(tmp_path, Policy(call_seconds=4.0, wall_factor=100.0)) as student:
        student.functions.run(0.1)
        start = time.monotonic()
        with failing(Reason.OVER_TIME):
            getattr(student.functions, function)(*((1000.0,) if function == "wait" else ()))
        passed = time.monotonic() - start
        if os.getloadavg()[0] < 0.5 * len(os.sched_getaffinity(0)):
            assert passed < 6
        assert passed < 40


def test_those_who_wait_are_not_waited_for_again_and_again(tmp_path: Path) -> None:
    """waiting counts for the whole submission as well: a call is stopped with it, and then no more are made"""
    with working(tmp_path, Policy(call_seconds=10.0, submission_seconds=1.0, wall_factor=100.0)) as student:
        start = time.monotonic()
        with failing(Reason.OVER_TIME, match=r"lock was stopped: the whole file has used up its 1 s"):
            student.functions.lock()
        with failing(Reason.OVER_TIME, match=r"run was not tried: the whole file has used up its 1 s"):
            student.functions.run(0.1)
        assert time.monotonic() - start < 8


def test_short_waits_count(tmp_path: Path) -> None:
    """calls too short to be looked at are added up, whatever they do, and so is what it takes to end worker after worker"""
    policy = Policy(call_seconds=10.0, submission_seconds=1.0, wall_factor=100.0)
    for function, arguments in (("wait", (0.03,)), ("run", (0.03,)), ("end", ())):
        with working(tmp_path, policy) as student:
            start = time.monotonic()
            said = ""
            while "the whole file has used up its 1 s" not in said:
                try:
                    getattr(student.functions, function)(*arguments)
                except StudentFailure as failure:
                    said = str(failure)
                assert time.monotonic() - start < 20


def test_where_nobody_tells_who_waits_for_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """on a kernel that does not say how long threads wait for a processor, waiting ends by the clock, and counts as well"""
    monkeypatch.setattr(clock, "_runs", lambda pid: {})
    with working(tmp_path, Policy(call_seconds=0.2, submission_seconds=1.5, wall_factor=4.0)) as student:
        for function, arguments in (("wait", (1000.0,)), ("lock", ())):
            with failing(Reason.OVER_TIME, match=r"within 0\.8 s, its waiting included"):
                getattr(student.functions, function)(*arguments)
        with failing(Reason.OVER_TIME, match=r"run was not tried: the whole file has used up its 1\.5 s"):
            student.functions.run(0.1)


def test_where_no_cpu_time_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """elsewhere than on Linux the limits of calls and of the submission are by the clock, and no wait is ten times as long"""
    for module in (clock, connection):
        monkeypatch.setattr(module, "HAS_CPU_CLOCK", False)
    with working(tmp_path, Policy(call_seconds=0.6, submission_seconds=2.5)) as student:
        for _ in range(2):
            start = time.monotonic()
            with failing(Reason.OVER_TIME, match="was stopped"):
                student.functions.wait(1000.0)
            assert time.monotonic() - start < 5
        while True:
            try:
                student.functions.run(0.3)
            except Exception:
                break
        with failing(Reason.OVER_TIME, match=r"has used up its 2\.5 s"):
            student.functions.run(0.1)
