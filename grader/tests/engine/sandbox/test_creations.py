"""The room that a worker may take in a folder of the disk: bounded before each file is created, and enough for honest work."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnngrade.errors import Fault, Reason
from cnngrade.model import Policy
from cnngrade.sandbox import backends, confined, creations, seccomp
from cnngrade.sandbox.backends import available, layers
from cnngrade.sandbox.confined import BUBBLEWRAP, LANDLOCK, Warm
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from support.failing import failing
from support.places import GRADER
from support.sandboxes import need, without_landlock
from support.sweeps import sweep

POLICY = Policy(call_seconds=20.0, import_seconds=20.0, submission_seconds=60.0, packages=("numpy", "numba"))

MOST = confined.MAX_FILES[LANDLOCK]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


@contextlib.contextmanager
def working(source: Warm, folder: Path, code: str, policy: Policy = POLICY) -> Iterator[Student]:
    path = folder / "work.py"
    path.write_text(textwrap.dedent(code), encoding="utf-8")
    student = Student(Remote(source), policy, read_work(path, "work"))
    try:
        yield student
    finally:
        student.close()


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Iterator[Warm]:
    need(LANDLOCK)
    data = tmp_path_factory.mktemp("course") / "data"
    data.mkdir()
    with contextlib.closing(Warm(POLICY, LANDLOCK, data)) as made:
        yield made


HELD = """
    import ctypes, mmap, os, tempfile
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    kept = []
    def linked(number):
        open(f"f{number}", "w").close()
    def folder(number):
        os.mkdir(f"f{number}")
    def deep(number):
        os.mkdir("x" * 200)
        os.chdir("x" * 200)
    def unreadable(number):
        os.mkdir(f"f{number}", 0)
    def mapped(number):
        with open("f", "w+b") as file:
            file.truncate(1)
            libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
        os.unlink("f")
    def mapped_deep_down(number):
        deep(number) if number < 25 else mapped(number)
    def opened_deep_down(number):
        deep(number) if number < 25 else opened(number)
    def removed_with_its_folder(number):
        os.mkdir("d")
        with open("d/f", "w+b") as file:
            file.truncate(1)
            libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
        os.unlink("d/f")
        os.rmdir("d")
    def named_to_mislead(number):
        with open("f\\n (deleted)", "w+b") as file:
            file.truncate(1)
            libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
        os.unlink("f\\n (deleted)")
    def opened(number):
        if number < 40:
            kept.append(open("f", "w+b"))
            os.unlink("f")
        else:
            linked(number)
    def opened_at(number):
        os.mkdir(f"f{number}", dir_fd=here)
    here = os.open(".", os.O_RDONLY)
    def f(way):
        number = 0
        try:
            while number < 300:
                globals()[way](number)
                number += 1
        except OSError as error:
            return [number, error.errno]
        return [number, 0]
    """
WAYS = (
    "linked", "folder", "deep", "unreadable", "opened", "mapped", "mapped_deep_down", "opened_deep_down",
    "removed_with_its_folder", "named_to_mislead", "opened_at",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_files_are_counted_however_they_are_kept(source, tmp_path, way):
    """files and folders with a name, deep down or unreadable, removed ones that are mapped: some sixty in all fit"""
    with working(source, tmp_path, HELD) as student:
        made, number = student.functions.f(way)
    assert number == errno.EDQUOT
    assert MOST - 5 <= made <= MOST
    assert list(source._scratch.iterdir()) == []


@pytest.mark.parametrize("way", ["mapped", "opened"])
def test_files_are_counted_in_a_folder_with_an_odd_name(tmp_path, monkeypatch, way):
    """a folder for temporary files may be behind a link, and have spaces and ends of lines in its name"""
    need(LANDLOCK)
    (tmp_path / "a\n  b (deleted) ü").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a\n  b (deleted) ü")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "link"))
    with contextlib.closing(Warm(POLICY, LANDLOCK)) as source, working(source, tmp_path, HELD) as student:
        made, number = student.functions.f(way)
    assert number == errno.EDQUOT
    assert MOST - 5 <= made <= MOST


def test_what_is_removed_makes_room(source, tmp_path):
    """work that creates and removes files goes on for as long as it likes, with threads of its own too"""
    code = """
        import tempfile
        from concurrent.futures import ThreadPoolExecutor
        import numpy as np
        def once(number):
            with tempfile.TemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
                np.save(f"{folder}/a.npy", np.full(3, number))
                np.save(file, np.ones(2))
                return float(np.load(f"{folder}/a.npy")[0])
        def f(x):
            with ThreadPoolExecutor(4) as pool:
                return sum(pool.map(once, range(150)))
        """
    with working(source, tmp_path, code) as student:
        assert student.functions.f(1.0) == sum(range(150))
        assert student.lifecycle.fault is None


def test_a_full_folder_is_told_and_can_be_emptied(source, tmp_path):
    """the message names the sandbox and what fits; after some files are removed there is room again"""
    code = """
        import os
        def f(x):
            for number in range(100): open(f"f{number}", "w").close()
        def g(x):
            for number in range(10): os.remove(f"f{number}")
            for number in range(10): open(f"g{number}", "w").close()
            return x
        """
    with working(source, tmp_path, code) as student:
        with failing(Reason.RAISED, match=r"Disk quota exceeded: 'f6\d'; the grading's sandbox has little room for files"):
            student.functions.f(1.0)
        assert student.functions.g(2.0) == 2.0


def test_whoever_asks_without_end_gets_no_further_count(source, tmp_path):
    """once the folder has been found full some hundred times it stays so: the judge has other work than counting"""
    code = """
        import os
        def f(x):
            for number in range(100 + 300):
                try: open(f"f{number}", "w").close()
                except OSError: pass
            for name in os.listdir("."):
                if name.startswith("f"): os.remove(name)
            open("g", "w").close()
        """
    with working(source, tmp_path, code) as student, failing(Reason.RAISED, match="Disk quota exceeded: 'g'"):
        student.functions.f(1.0)


ASKS = """
    import os, threading, time
    def create():
        os.close(os.open("f", os.O_CREAT | os.O_RDWR))
        os.unlink("f")
    def f(times):
        start = time.monotonic()
        for _ in range(int(times)): create()
        return time.monotonic() - start
    def sleep(threads):
        def ask():
            while True: create()
        for _ in range(int(threads)): threading.Thread(target=ask, daemon=True).start()
        time.sleep(1000)
    """


def test_to_wait_for_the_judge_is_not_to_wait(source, tmp_path):
    """where the judge has to share its processor, files may take many times the limit by the clock, and the answer counts"""
    cores = os.sched_getaffinity(0)
    code = (
        f"import os\nos.sched_setaffinity(0, {{{min(cores)}}})\nprint(1, flush=True)\nwhile os.getppid() == {os.getpid()}: pass"
    )
    command = [sys.executable, "-S", "-c", code]
    policy = replace(POLICY, call_seconds=0.4, wall_factor=100.0)
    with working(source, tmp_path, ASKS, policy) as student:
        student.functions.f(100)
        others = [subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) for _ in range(8)]
        try:
            for other in others:
                assert other.stdout.readline() == b"1\n"
            os.sched_setaffinity(0, {min(cores)})
            took, times = 0.0, 100
            while took < 0.8:
                times *= 2
                took = student.functions.f(times)
        finally:
            os.sched_setaffinity(0, cores)
            for other in others:
                other.kill()
                other.communicate()


@pytest.mark.parametrize("threads", sweep([1, 4], [4]))
def test_to_ask_without_end_hides_no_sleep(source, tmp_path, threads):
    """a call that sleeps while its threads create files is ended, though they keep the judge busy"""
    with working(source, tmp_path, ASKS, replace(POLICY, call_seconds=0.8, wall_factor=100.0)) as student:
        start = time.monotonic()
        with failing(Reason.OVER_TIME, match="was stopped"):
            student.functions.sleep(threads)
        assert time.monotonic() - start < 10


def test_a_worker_that_creates_files_as_it_ends(source, tmp_path):
    """once its answers are closed nobody answers it: it fails to create them, and ends by itself"""
    code = """
        import os, time
        def f(x):
            os.closerange(3, 64)
            time.sleep(0.5)
            try: open("late", "w").close()
            except OSError: os._exit(7)
        """
    with working(source, tmp_path, code) as student, failing(Reason.ENDED_PROCESS, match="exit status 7"):
        student.functions.f(1.0)


def test_where_the_kernel_cannot_ask_nothing_is_written(tmp_path, monkeypatch):
    """room without a limit is worse than none: code runs, cannot write, and is told so, as is who grades"""
    need(LANDLOCK)
    for module in (confined, creations):
        monkeypatch.setattr(module, "why_uncounted", lambda: "another listens already")
    code = """
        import inspect, os
        import numpy as np
        def f(x): return x + len(inspect.getsource(g)) * 0.0
        def g(x): np.save("a.npy", np.ones(3))
        def h(x):
            with open(os.devnull, "w") as nowhere: nowhere.write("x")
            return x
        def tries(x):
            worked = []
            for action in (
                lambda: open("a", "w"), lambda: os.mkdir("a"), lambda: os.open(".", os.O_RDWR | os.O_TMPFILE),
                lambda: os.rename(".", "../a"), lambda: os.remove("data"),
            ):
                try: worked.append(str(action()))
                except OSError: pass
            return worked
        """
    with contextlib.closing(Warm(POLICY, LANDLOCK)) as source, working(source, tmp_path, code) as student:
        assert student.functions.f(1.0) == 1.0
        assert student.functions.h(2.0) == 2.0
        with failing(Reason.RAISED, match="code can write nothing on this machine, which has no limit for it"):
            student.functions.g(1.0)
        assert student.functions.tries(1.0) == []
    texts = {layer.name: layer.text for layer in layers(LANDLOCK)}
    assert "another listens already" in texts["Landlock"]
    assert "0 MiB of files" in texts["limits"]


_ANOTHER_LISTENS = """
import tempfile
import pyseccomp
from cnngrade.cli.main import main
from cnngrade.sandbox import seccomp
from cnngrade.worker.confinement import ask_before, forbid_new_privileges
other = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
other.add_rule(pyseccomp.NOTIFY, "mount")
with tempfile.TemporaryFile() as file:
    other.export_bpf(file)
    file.seek(0)
    forbid_new_privileges()
    listener = ask_before(seccomp.asking().call, file.read())
main(["doctor", "--all"])
"""


def test_where_another_listens_already(tmp_path):
    """in a container whose supervisor listens to the kernel itself, landlock holds, and doctor says that nothing is written"""
    need(LANDLOCK)
    environment = {**os.environ, "PYTHONPATH": str(GRADER), "PATH": ""}
    command = [sys.executable, "-c", _ANOTHER_LISTENS]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert "sandbox landlock    holds" in done.stdout, done.stdout + done.stderr
    assert "writes nothing, as files cannot be limited here: [Errno 16]" in " ".join(done.stdout.split())


def test_whether_the_kernel_can_ask_is_tried(monkeypatch):
    """a kernel that does not take the filter, as one whose container listens itself, is found out and named"""
    need(LANDLOCK)
    assert creations.why_uncounted() == ""
    for change in (lambda: seccomp.Filter(0x7FFFFFFF, b""), _too_old):
        creations.why_uncounted.cache_clear()
        monkeypatch.setattr(seccomp, "asking", change)
        assert creations.why_uncounted() != ""
    creations.why_uncounted.cache_clear()


def _too_old() -> seccomp.Filter:
    raise seccomp.Unavailable("libseccomp is too old")


def test_the_judge_keeps_no_descriptor(source, tmp_path):
    """what each worker asked by is closed with it"""
    code = "def f(x):\n    open('a', 'w').close()\n    return x"
    counts = []
    for _ in range(4):
        with working(source, tmp_path, code) as student:
            assert student.functions.f(1.0) == 1.0
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert np.ptp(counts) == 0


def test_where_nothing_limits_what_is_written_there_is_no_sandbox(monkeypatch):
    """bubblewrap needs Landlock to forbid writing, or a kernel that asks: with neither it is not offered"""
    need(BUBBLEWRAP)
    monkeypatch.setattr(backends, "why_uncounted", lambda: "another listens already")
    assert available()[BUBBLEWRAP] == ""
    with without_landlock():
        assert "can neither be limited nor forbidden here (another listens already)" in available()[BUBBLEWRAP]


def test_what_keeps_the_judge_from_counting_is_a_fault(source, tmp_path):
    """a judge without descriptors cannot say that there is no room: nobody is told that, and the next submission is judged"""
    with working(source, tmp_path, HELD.replace("number < 300", "number < 50")) as student:
        assert student.functions.f("linked") == [50, 0]
        with without_descriptors(), pytest.raises(Fault, match="Too many open files"):
            student.functions.f("mapped")
        with pytest.raises(Fault, match="Too many open files"):
            student.functions.f("mapped")
    with working(source, tmp_path, HELD) as student:
        assert student.functions.f("linked")[1] == errno.EDQUOT


@contextlib.contextmanager
def without_descriptors() -> Iterator[None]:
    """Let this process open nothing more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_worker_that_does_not_stand_still_is_a_fault(source, tmp_path, monkeypatch):
    """a thread that waits for the disk stops when the disk allows it: what took so long is nothing that the code did"""
    monkeypatch.setattr(creations, "_STOP_SECONDS", 0.05)
    monkeypatch.setattr(creations, "_states", lambda pid: [b"D"])
    with working(source, tmp_path, HELD) as student, pytest.raises(Fault, match="could not be stopped to count its files"):
        student.functions.f("linked")


@pytest.mark.parametrize("number", [errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EACCES, errno.ENAMETOOLONG, errno.ESRCH])
def test_which_errors_of_a_count_are_the_workers(source, tmp_path, monkeypatch, number):
    """what a folder or a path can be made to cause means no room; whatever else the system says is a fault"""

    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(confined, "in_folder", fail)
    with working(source, tmp_path, HELD) as student:
        if number in (errno.EACCES, errno.ENAMETOOLONG, errno.ESRCH):
            assert student.functions.f("linked")[1] == errno.EDQUOT
        else:
            with pytest.raises(Fault, match=os.strerror(number)):
                student.functions.f("linked")


@pytest.mark.parametrize("name", [LANDLOCK, BUBBLEWRAP])
def test_nothing_is_created_between_requests(tmp_path, name):
    """a thread that goes on after its call creates no file until the judge waits for an answer again"""
    need(name)
    code = """
        import os, threading, time
        made = []
        def goes_on():
            while True:
                try: os.mkdir(f"d{len(made)}")
                except OSError: return
                made.append(time.monotonic())
        def starts():
            threading.Thread(target=goes_on, daemon=True).start()
            while len(made) < 3: time.sleep(0.001)
        def dates():
            time.sleep(0.05)
            return made
        """
    with contextlib.closing(Warm(POLICY, name)) as source, working(source, tmp_path, code) as student:
        student.functions.starts()
        start = time.monotonic()
        time.sleep(0.3)
        end = time.monotonic()
        dates = student.functions.dates()
    assert len(dates) > 3
    assert [date for date in dates if start + 0.02 < date < end] == []
