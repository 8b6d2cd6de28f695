"""What confines the code of others: honest code works inside, what must not work does not, in every sandbox of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnngrade.errors import Disturbed, Reason, UsageError
from cnngrade.model import Policy
from cnngrade.sandbox.backends import AUTO, BUBBLEWRAP, LANDLOCK, NONE, available, choose, layers
from cnngrade.sandbox.confined import Warm
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from cnngrade.worker.forkserver import empty
from support import tiny_course
from support.failing import failing
from support.ordinary import NOBODY, as_ordinary_user
from support.places import GRADER
from support.sandboxes import SANDBOXES, need, present, sandboxes_here
from support.sweeps import sweep

POLICY = Policy(call_seconds=20.0, import_seconds=20.0, submission_seconds=60.0, packages=("numpy", "numba", "scipy"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")


def sandboxed(source: Warm, folder: Path, code: str, policy: Policy = POLICY) -> Student:
    path = folder / "work.py"
    path.write_text(textwrap.dedent(code), encoding="utf-8")
    return Student(Remote(source), policy, read_work(path, "work"))


in_each_sandbox = pytest.mark.parametrize("source", SANDBOXES, indirect=True)


# What a worker may do is tried in each sandbox by every developer, what is the same code around it in the strongest one.
@pytest.fixture(params=sweep(SANDBOXES, SANDBOXES[:1]))
def source(request, tmp_path) -> Iterator[Warm]:
    need(request.param)
    data = tmp_path / "data"
    data.mkdir()
    np.save(data / "numbers.npy", np.arange(4.0))
    made = Warm(POLICY, request.param, data)
    yield made
    made.close()


def test_this_machine_has_one():
    """on Linux with libseccomp there is a sandbox without an administrator, and the strongest is taken"""
    # What is installed meanwhile may or may not have been chosen.
    before, chosen, after = present(), choose(AUTO), present()
    assert before, available()
    assert chosen in (before[0], after[0])


def test_unknown_and_missing_sandboxes(monkeypatch):
    """a sandbox that does not exist, or cannot be used, is refused with what to do"""
    with pytest.raises(UsageError, match='no sandbox "moon"'):
        choose("moon")
    monkeypatch.setattr(sys, "platform", "darwin")
    for name in (AUTO, LANDLOCK, BUBBLEWRAP):
        with pytest.raises(UsageError, match="needs Linux"):
            choose(name)
    with pytest.raises(UsageError, match=r"grade with --sandbox none\. It means that the code of students can"):
        choose(AUTO)
    assert choose(NONE) == NONE


def test_layers_say_what_is_missing():
    """every backend names the same layers, and of a missing one what its lack allows"""
    named = {name: {layer.name: layer.active for layer in layers(name)} for name in (BUBBLEWRAP, LANDLOCK, NONE)}
    assert named[NONE] == {"limits": True, "namespaces": False, "Landlock": False, "seccomp": False}
    assert all(table.keys() == named[NONE].keys() for table in named.values())
    assert named[BUBBLEWRAP]["namespaces"]
    assert not named[LANDLOCK]["namespaces"]
    assert all(layer.text for name in named for layer in layers(name))


HONEST = {
    "threads": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        def f(x):
            with ThreadPoolExecutor(4) as pool:
                total = sum(pool.map(float, x))
            found = []
            thread = threading.Thread(target=lambda: found.append(1))
            thread.start(); thread.join()
            return total * found[0]
        """,
    "BLAS": """
        import numpy as np
        def f(x):
            a = np.ones((200, 200))
            return float(np.linalg.solve(a + 200 * np.eye(200), a @ a).shape[0] * 0) + float(np.sum(x))
        """,
    "numba": """
        import numpy as np
        from numba import njit
        @njit(cache=True)
        def total(x):
            found = 0.0
            for value in x:
                found += value
            return found
        def f(x):
            return total(np.asarray(x))
        """,
    "temporary files": """
        import os, tempfile
        import numpy as np
        def f(x):
            with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
                np.save(file, x); file.seek(0)
                path = os.path.join(folder, "a", "b"); os.makedirs(path)
                with open(os.path.join(path, "c.txt"), "w") as text: text.write("1")
                os.rename(os.path.join(path, "c.txt"), os.path.join(path, "d.txt"))
                return float(np.load(file).sum())
        """,
    "scipy": """
        import numpy as np
        import scipy.signal
        def f(x):
            return float(scipy.signal.convolve(x, np.ones(1)).sum())
        """,
    "its own file": """
        import inspect
        def f(x):
            lines = open(__file__, encoding="utf-8").read().split("\\n")
            source = inspect.getsource(f)
            assert lines[2] == "def f(x):", lines
            assert source.startswith("def f"), source
            return float(sum(x))
        """,
    "data": """
        import numpy as np
        def f(x):
            return float(np.load("data/numbers.npy").sum()) + float(np.sum(x)) - 6.0
        """,
    "prints that go nowhere": """
        import contextlib, os
        import numpy as np
        NOWHERE = open(os.devnull, "w")
        def f(x):
            with open("/dev/null", "w") as text, contextlib.redirect_stdout(text):
                print("nobody reads this")
            kept, nowhere = os.dup(1), os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1); print("nor this", flush=True); os.dup2(kept, 1)
            np.ones(1 << 22).tofile("/dev/null")  # more than any file may hold
            with open("/dev/null", "ab") as end: end.write(b"x")
            return float(np.sum(x)) + len(open("/dev/null").read())
        """,
    "zeros and noise": """
        import mmap, os
        import numpy as np
        def f(x):
            zeros = np.fromfile("/dev/zero", dtype=np.float64, count=4)
            mapped = mmap.mmap(os.open("/dev/zero", os.O_RDWR), 4096, mmap.MAP_PRIVATE)
            for name in ("/dev/zero", "/dev/random", "/dev/urandom"):
                with open(name, "r+b", buffering=0) as device:
                    assert len(device.read(8)) == 8
                    assert device.write(b"ab") == 2
            return float(np.sum(x)) + float(zeros.sum()) + mapped[0]
        """,
    "clocks and chance": """
        import os, random, secrets, time, uuid
        import numpy as np
        def f(x):
            time.sleep(0.01); secrets.token_bytes(4); uuid.uuid4(); os.urandom(3); random.random(); np.random.default_rng()
            return float(sum(x)) + 0.0 * (time.perf_counter() + time.process_time() + time.thread_time())
        """,
}


@pytest.mark.parametrize("code", sweep(HONEST.values(), HONEST.keys() - {"scipy", "BLAS", "clocks and chance"}, [*HONEST]))
def test_honest_code_works(source, tmp_path, code):
    """what honest code needs is there"""
    student = sandboxed(source, tmp_path, code)
    try:
        assert student.functions.f(np.arange(4.0)) == 6.0
        assert student.lifecycle.problems() == ()
    finally:
        student.close()


@in_each_sandbox
def test_nothing_that_must_not_work_works(source, tmp_path):
    """a worker that tries to read, write, connect, start, signal, trace or escape is refused each time"""
    from cnngrade.worker import wire

    secret = tmp_path / "secret"
    secret.write_text("x")
    worker = source.start()
    try:
        question = {"op": "probe", "secret": str(secret), "folder": str(tmp_path), "process": os.getpid(), "id": 0}
        answer = worker.request(wire.pack(question), 10.0, 100.0)
    finally:
        worker.close()
    assert answer["ok"] is True
    assert answer["worked"] == []


def test_the_probe_notices_what_works(tmp_path):
    """outside a sandbox the same tries succeed, so that the probe is known to be able to fail"""
    secret = tmp_path / "secret"
    secret.write_text("x")
    arguments = f"{str(secret)!r}, {str(tmp_path)!r}, {os.getpid()}"
    code = f"from cnngrade.worker.confinement import probe; print(*probe({arguments}), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(GRADER)}, capture_output=True, text=True)
    worked = set(done.stdout.splitlines())
    assert {"reading a file outside", "writing a file outside", "starting a process", "opening a network socket"} <= worked
    assert {"running a program", "signalling another process", "changing a file's permissions"} <= worked
    assert {"looking into the process that workers come from", "locking a file", "watching a folder"} <= worked
    assert {"taking more room than a file may", "holding more open files than it may", "leaving shared memory behind"} <= worked


LIMITS = {
    "memory": ("import numpy as np\ndef f(x): return np.ones(2**31)", Reason.OVER_MEMORY, "more memory than there is"),
    "threads": (
        """
        import threading, time
        threading.stack_size(65536)
        def f(x):
            while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        """,
        Reason.EXCESS,
        "threads",
    ),
    "one large file": (
        """
        def f(x):
            with open("large", "wb") as file:
                while True: file.write(bytes(1 << 20))
        """,
        Reason.RAISED,
        "File too large",
    ),
    "descriptors": ("def f(x): return [open('/dev/null') for _ in range(10**6)]", Reason.RAISED, "Too many open files"),
    "time": ("def f(x):\n  while True: pass", Reason.OVER_TIME, "gave no answer within 1 s of CPU time"),
    "sleep": (
        "import time\ndef f(x): time.sleep(1000)",
        Reason.OVER_TIME,
        "gave no answer within 1.25 s, its waiting included",
    ),
}


@pytest.mark.parametrize(("code", "reason", "sentence"), LIMITS.values(), ids=LIMITS)
def test_limits(source, tmp_path, code, reason, sentence):
    """code that takes too much of something is stopped, is told of what, and the next call has a worker again"""
    policy = Policy(call_seconds=1.0 if reason is Reason.OVER_TIME else 20.0, wall_factor=60.0)
    student = sandboxed(source, tmp_path, textwrap.dedent(code) + "\ndef g(x): return 2.0 * x", policy)
    try:
        with failing(reason, match=sentence):
            student.functions.f(1.0)
        assert student.functions.g(3.0) == 6.0
        assert student.lifecycle.fault is None
    finally:
        student.close()
    assert list(source._scratch.glob("work/*")) == []


@in_each_sandbox
def test_number_of_files(source, tmp_path):
    """files without number find no room, and the student reads that it is the sandbox's"""
    code = """
        def f(x):
            for number in range(10**9): open(f"{number}", "w").close()
        def g(x): return 2.0 * x
        """
    student = sandboxed(source, tmp_path, code)
    try:
        with failing(Reason.RAISED, match="Disk quota exceeded.*the grading's sandbox has little room for files"):
            student.functions.f(1.0)
        assert student.functions.g(3.0) == 6.0
        assert student.lifecycle.fault is None
    finally:
        student.close()


def test_number_of_files_while_nobody_looks(source, tmp_path):
    """a thread that makes folders while calls are answered too fast for a look at them makes no more than there may be"""
    code = """
        import os, threading, time
        made = []
        def create():
            while True:
                try: os.mkdir(f"d{len(made)}")
                except OSError: time.sleep(0.01)
                else: made.append(1)
        threading.Thread(target=create, daemon=True).start()
        def f(x):
            time.sleep(0.04)
            return len(made)
        """
    student = sandboxed(source, tmp_path, code)
    try:
        assert max(student.functions.f(1.0) for _ in range(30)) <= 1000
        assert student.lifecycle.fault is None
    finally:
        student.close()


@pytest.mark.slow
def test_processor_time_of_the_whole_submission(tmp_path):
    """the limit of processor time ends a worker, also one that ignores the warning"""
    source = Warm(Policy(submission_seconds=2.0), sandboxes_here()[0])
    code = """
        import signal
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        def f(x):
            while True: pass
        """
    student = sandboxed(source, tmp_path, code)
    try:
        with failing(Reason.OVER_TIME):
            student.functions.f(1.0)
        assert student.lifecycle.fault is None
    finally:
        student.close()
        source.close()


def test_time_of_the_whole_submission(source, tmp_path):
    """once a submission has used up its time, running or waiting, nothing more of it is tried"""
    code = """
        import time
        def run(x):
            until = time.process_time() + 0.7
            while time.process_time() < until: pass
            return x
        def wait(x): time.sleep(0.7); return x
        """
    for function in ("run", "wait"):
        student = sandboxed(source, tmp_path, code, Policy(submission_seconds=1.0, wall_factor=60.0))
        try:
            getattr(student.functions, function)(1.0)
            with failing(Reason.OVER_TIME, match=f"{function} was stopped: the whole file has used up its 1 s"):
                getattr(student.functions, function)(1.0)
            with failing(Reason.OVER_TIME, match=f"{function} was not tried: the whole file has used up its 1 s"):
                getattr(student.functions, function)(1.0)
        finally:
            student.close()


def test_answers_of_one_submission_are_bounded(source, tmp_path):
    """the judge keeps what a submission answered: all of it together is limited"""
    student = sandboxed(source, tmp_path, "import numpy as np\ndef f(x): return np.zeros(2**23)")
    try:
        for _ in range(4):
            student.functions.f(1.0)
        with failing(Reason.TOO_MANY_ANSWERS, match="larger than 256 MiB"):
            student.functions.f(1.0)
    finally:
        student.close()


def test_a_worker_that_somebody_ends(source, tmp_path):
    """a worker killed from outside is told from one that ended itself"""
    code = "import os, time\ndef f(x): time.sleep(30)\ndef g(x): os._exit(9)\ndef h(x): return x"
    student = sandboxed(source, tmp_path, code)
    try:
        assert student.functions.h(1.0) == 1.0
        threading.Timer(0.3, os.kill, (source._pid, signal.SIGKILL)).start()
        for _ in range(2):
            with pytest.raises(Disturbed, match="ended by the system or by somebody: it was ended by SIGKILL"):
                student.functions.f(1.0)
        assert isinstance(student.lifecycle.fault, Disturbed)
    finally:
        student.close()
    student = sandboxed(source, tmp_path, code)
    try:
        with failing(Reason.ENDED_PROCESS, match="exit status 9"):
            student.functions.g(1.0)
        assert student.lifecycle.fault is None
    finally:
        student.close()


def test_a_fork_server_that_somebody_ends(source, tmp_path):
    """without its fork server a worker ends too; the next one comes from another server"""
    student = sandboxed(source, tmp_path, "import time\ndef f(x): return x\ndef g(x): time.sleep(30)")
    try:
        assert student.functions.f(1.0) == 1.0
        assert source._server is not None
        threading.Timer(0.3, source._server.kill).start()
        with pytest.raises(Disturbed):
            student.functions.g(1.0)
    finally:
        student.close()
    student = sandboxed(source, tmp_path, "def f(x): return x")
    try:
        assert student.functions.f(2.0) == 2.0
    finally:
        student.close()


def test_submissions_do_not_meet(source, tmp_path):
    """what one submission leaves behind, the next does not find"""
    code = """
        import os, random, sys
        def leave(x):
            os.makedirs("deep/er"); open("deep/er/message", "w").write("for my friend"); sys.modules["friend"] = sys
            return [os.listdir("."), "friend" in sys.modules, random.random()]
        """
    found = []
    for _ in range(2):
        student = sandboxed(source, tmp_path, code)
        found.append(student.functions.leave(1.0))
        student.close()
    assert sorted(found[0][0]) == sorted(found[1][0]) == ["data", "deep", "work.py"]
    assert found[0][1] is found[1][1] is True
    assert found[0][2] != found[1][2]


@in_each_sandbox
def test_an_environment_without_secrets(source, tmp_path, monkeypatch):
    """no variable of the grading user's environment reaches a submission, nor the path of its file"""
    monkeypatch.setenv("CANVAS_TOKEN", "secret")
    source.close()
    student = sandboxed(source, tmp_path, "import os\ndef f(x): return [dict(os.environ), __file__, os.getcwd()]")
    try:
        variables, file, _ = student.functions.f(1.0)
    finally:
        student.close()
    assert "CANVAS_TOKEN" not in variables
    assert file == "work.py"
    assert str(tmp_path) not in json.dumps([variables, file])


@in_each_sandbox
def test_nothing_is_left(source, tmp_path):
    """after a sandbox is closed there is neither a process nor a folder of it"""
    student = sandboxed(source, tmp_path, "def f(x): return x")
    assert student.functions.f(1.0) == 1.0
    server, folder = source._server, source._scratch
    student.close()
    source.close()
    assert server is not None
    assert server.returncode is not None
    assert not folder.exists()


def test_emptying_a_folder(tmp_path):
    """a folder is emptied, however deep, odd or locked its contents are"""
    (tmp_path / "outside").write_text("stays")
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    (folder / "locked").mkdir()
    (folder / "locked" / "file").write_text("x")
    (folder / "locked").chmod(0)
    (os.fsencode(folder) + b"/\xff\n").decode("utf-8", "surrogateescape")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\n")).write_text("x")
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("deeper", dir_fd=here)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    assert empty(folder)
    assert list(folder.iterdir()) == []
    assert (tmp_path / "outside").read_text() == "stays"


_WITHOUT_NAMESPACES = """
import errno, sys
import pyseccomp
from cnngrade.cli.main import main
deny = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
deny.add_rule(pyseccomp.ERRNO(errno.EPERM), "unshare")
deny.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0x10000000, 0x10000000))
deny.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
for call in ("mount", "pivot_root", "setns"):
    deny.add_rule(pyseccomp.ERRNO(errno.EPERM), call)
if "landlock" in sys.argv:
    deny.add_rule(pyseccomp.ERRNO(errno.ENOSYS), 444)
deny.load()
"""
_CHOOSE = """
from cnngrade.sandbox.backends import available, choose
print(choose("auto"), available(), sep="\\n")
"""


def test_where_namespaces_are_forbidden():
    """in a container that forbids user namespaces Landlock and seccomp work alone"""
    need(LANDLOCK)
    environment = {**os.environ, "PYTHONPATH": str(GRADER)}
    command = [sys.executable, "-c", _WITHOUT_NAMESPACES + _CHOOSE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.stdout.startswith("landlock\n"), done.stdout + done.stderr


def test_without_a_sandbox_grading_is_refused(tmp_path):
    """where nothing confines the code of others, grade says so and what it may be told; told that, it grades"""
    root = tiny_course.make_course(tmp_path / "course")
    folder = root / "classroom" / "submitted" / "ada" / "scaling"
    folder.mkdir(parents=True)
    (folder / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT))
    environment = {**os.environ, "PYTHONPATH": str(GRADER)}
    program = _WITHOUT_NAMESPACES + "main(sys.argv[2:])"
    command = [sys.executable, "-c", program, "landlock", "grade", "scaling", "--no-gradebook"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "Nothing on this machine can confine the students' code" in done.stderr
    assert "--sandbox none. It means that the code of students can read and change this user's files" in done.stderr
    assert not (root / "classroom" / "reports").exists()
    done = subprocess.run([*command, "--sandbox", "none"], cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads((root / "classroom" / "reports" / "scaling" / "ada.json").read_text())["report"]
    assert {layer["name"]: layer["active"] for layer in report["layers"]}["seccomp"] is False


def test_as_an_ordinary_user():
    """what works for root works for a user without rights: the same sandboxes, each held"""
    code = "from cnngrade.sandbox.backends import NONE, available\n"
    code += "print([name for name, reason in available().items() if name != NONE and not reason])"
    # What is installed meanwhile may or may not be there for the other user.
    before, done, after = present(), as_ordinary_user(["-c", code], {}), present()
    assert done.stdout.strip() in (str(before), str(after)), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "tests",
    [
        "attacks/test_attacks.py",
        "engine/sandbox/test_creations.py",
        "engine/sandbox/test_taken_away.py",
        "engine/sandbox/test_channels.py",
    ],
)
def test_what_the_kernel_takes_away_from_an_ordinary_user(tests):
    """attacks on the disk and the fork server, files, channels, and the page's table: all the same without root's rights"""
    with tempfile.TemporaryDirectory(prefix="cnngrade-nobody-") as folder:
        os.chown(folder, NOBODY, NOBODY)
        chosen = ["-k", "disk_ or of_the_server", "-m", ""] if "attacks" in tests else ["-m", ""]
        place = ["-p", "no:cacheprovider", f"--basetemp={folder}/tests", "-q", str(GRADER / "tests" / tests)]
        done = as_ordinary_user(["-m", "pytest", *place, *chosen], {"HOME": folder, "TMPDIR": folder})
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
        assert " passed" in done.stdout
