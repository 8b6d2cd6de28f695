"""What ends a worker from outside is never a verdict; what a submission does to its own worker always is."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report
from cnngrade.sandbox.confined import Warm
from cnngrade.student.candidate import candidate
from support import tiny_course
from support.sandboxes import SANDBOXES, need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")

RIGHT = tiny_course.script(**tiny_course.RIGHT)
SLOWLY = "import time\ntime.sleep(0.4)\n" + RIGHT


@pytest.fixture(scope="module")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("whose") / "course"))
    return replace(course, policy=replace(course.policy, import_seconds=2.0, call_seconds=1.0, submission_seconds=4.0))


# The strongest for every developer; the other, which takes as long again, where time matters less.
@pytest.fixture(scope="module", params=[SANDBOXES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in SANDBOXES[1:])])
def source(request: pytest.FixtureRequest, small_course: Course) -> Iterator[Warm]:
    need(request.param)
    with contextlib.closing(Warm(small_course.policy, request.param)) as made:
        yield made


def judged(course: Course, source: Warm, folder: Path, *texts: str) -> list[Report]:
    """Judge these submissions in one session, one after the other."""
    entries = []
    for number, text in enumerate(texts):
        path = folder / str(number) / "scaling.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        entries.append(candidate(course, path, course.units[0], f"s{number}", source))
    reports: list[Report] = []
    judge_many(Suite(course, course.units[0], hidden=True, secret="k"), entries, reports.append)
    return reports


@contextlib.contextmanager
def somebody(source: Warm, act: Callable[[int], object], times: int) -> Iterator[list[int]]:
    """Do something to so many workers of a source, each as soon as it has begun; yields their numbers."""
    hit: list[int] = []
    over = threading.Event()

    def go() -> None:
        before = source._pid
        while not over.wait(0.01) and len(hit) < times:
            if source._pid not in (before, *hit):
                over.wait(0.1)
                hit.append(source._pid)
                with contextlib.suppress(OSError):
                    act(source._pid)

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield hit
    finally:
        over.set()
        thread.join()


def kill_server(source: Warm) -> None:
    assert source._server is not None
    source._server.kill()


ENDS: dict[str, Callable[[Warm], Callable[[int], object]]] = {
    "SIGKILL": lambda source: lambda pid: os.kill(pid, signal.SIGKILL),
    "SIGTERM": lambda source: lambda pid: os.kill(pid, signal.SIGTERM),
    "SIGHUP": lambda source: lambda pid: os.kill(pid, signal.SIGHUP),
    "a signal without a name": lambda source: lambda pid: os.kill(pid, signal.SIGRTMIN + 3),
    "its fork server": lambda source: lambda pid: kill_server(source),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_worker_that_is_ended_again_and_again(small_course: Course, source: Warm, tmp_path: Path, end: str) -> None:
    """three tries, and then a fault: no score, though some cases may have passed; the next submission is judged as ever"""
    with somebody(source, ENDS[end](source), times=3) as hit:
        disturbed, after = judged(small_course, source, tmp_path, SLOWLY, RIGHT)
    assert len(hit) == 3
    assert disturbed.earned is None
    assert {outcome.verdict for outcome in disturbed.outcomes} == {Verdict.FAULT}
    assert "ended by the system or by somebody" in disturbed.problems[0]
    assert after.earned == 5.0


@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM", "its fork server"])
def test_a_worker_that_is_ended_twice(small_course: Course, source: Warm, tmp_path: Path, end: str) -> None:
    """if the third try is left alone, its report counts"""
    with somebody(source, ENDS[end](source), times=2) as hit:
        (report,) = judged(small_course, source, tmp_path, SLOWLY)
    assert len(hit) == 2
    assert report.earned == 5.0


def test_a_worker_that_is_stopped(small_course: Course, source: Warm, tmp_path: Path) -> None:
    """one that goes on loses nothing by it; one that does not is judged again, and has no score if that is no better"""
    course = replace(small_course, policy=replace(small_course.policy, wall_factor=2.0, import_seconds=1.0))

    def for_a_while(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1.6)
        os.kill(pid, signal.SIGCONT)

    with somebody(source, for_a_while, times=1) as hit:
        (report,) = judged(course, source, tmp_path / "a while", SLOWLY)
    assert (len(hit), report.earned) == (1, 5.0)
    with somebody(source, lambda pid: os.kill(pid, signal.SIGSTOP), times=3) as hit:
        (report,) = judged(course, source, tmp_path / "for good", SLOWLY)
    assert (len(hit), report.earned) == (3, None)
    assert "somebody had stopped it" in report.problems[0]


OWN = {
    "abort": "import os\nos.abort()",
    "a fault in memory": "import ctypes\nctypes.string_at(0)",
    "an alarm": "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\ntime.sleep(5)",
    "a timer of its CPU time": "import signal\nsignal.setitimer(signal.ITIMER_PROF, 0.01)\nwhile True: pass",
    "a broken pipe": "import os, signal\n"
    "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nr, w = os.pipe()\nos.close(r)\nos.write(w, b'x')",
    "the status of a killed process": "import os\nos._exit(137)",
    "a negative status": "import os\nos._exit(-9)",
    "a signal to itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "a signal to its thread": "import ctypes, os\nctypes.CDLL(None).syscall(234, os.getpid(), os.getpid(), 9)",
    "a trap": "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\xcc' * 64)\n"
    "ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()",
    "a call of another machine": "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\n"
    "m.write(b'\\xb8\\x25\\0\\0\\0\\xcd\\x80' * 9)\n"
    "ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()",
    "all the CPU time of the submission, deaf to its warning": "import signal, threading\n"
    "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"
    "while True: pass",
    "its connections": "import os\nos.closerange(0, 64)\nos._exit(0)",
    "more memory than it has": "x = [bytearray(1 << 28) for _ in range(100)]",
    "a fault of ours that it claims": "from cnngrade.errors import Disturbed\nraise Disturbed('ended by the system')",
    "a full disk that it claims": "import errno\nraise OSError(errno.ENOSPC, 'No space left on device')",
    "an answer to what was not asked": "import sys\n"
    "from cnngrade.worker import wire\n"
    "sys.modules['cnngrade.worker.serve'].Workplace.answer = lambda self, message: wire.pack({'ok': False, 'reason': 'fault'})",
}


def test_what_a_submission_does_to_itself(small_course: Course, source: Warm, tmp_path: Path) -> None:
    """however its code ends its worker or says that it was ended, that is its own doing: it has no points, and a score"""
    when_called = {
        name: f"def double(x):\n    {code.replace(chr(10), chr(10) + '    ')}\ntriple = double" for name, code in OWN.items()
    }
    reports = judged(small_course, source, tmp_path, *when_called.values(), RIGHT)
    found = {name: report.earned for name, report in zip(OWN, reports, strict=False)}
    assert found == dict.fromkeys(OWN, 0.0), [(name, report.problems) for name, report in zip(OWN, reports, strict=False)]
    assert reports[-1].earned == 5.0
