"""Student code in a worker process: whatever it does, the judge gets an answer or a sentence."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from cnngrade.errors import Reason, StudentFailure
from cnngrade.judge.compare import Mismatch, assert_close
from cnngrade.model import Policy
from cnngrade.sandbox import connection
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import InlineWork
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission.read import read_work
from cnngrade.worker.wire import Token
from support.failing import failing
from support.sweeps import sweep

POLICY = Policy(call_seconds=5.0, import_seconds=5.0, output_bytes=2_000)

CODE = """
import collections, os, sys, time
import numpy as np

COUNT = 0

def add(x, y=1.0): return x + y
def change(x): x[0] = 7.0; return x
def change_nested(layers): layers[0]["w"][0] = 7.0; return 1
def shout(text): print(text); print("again", file=sys.stderr); return 1
def flood(): print("x" * 5_000_000); return 1
def leave(): sys.exit(3)
def vanish(): os._exit(3)
def loop():
    while True: pass
def stubborn():
    while True:
        try: time.sleep(60)
        except BaseException: pass
def hungry(): return np.empty(10**12)
def deep(n=0): return deep(n + 1)
def stub(): raise NotImplementedError("stub is yours to write")
def old_float(): return float(np.ones((1, 1, 1)))
def index(): return np.zeros(3)[5]
def cache(x): return {"x": x, "odd": {1, 2}}
def use(cache): return cache["x"], len(cache["odd"])
def objects(): return np.array([1, "two", None], dtype=object)
def nested(a, b): return [a, (b, {"k": a})], None
def locked(x): return x.flags.writeable
def same(x): return x
def part(x, y): return [1.0, y[1:]]
def copied(x): return x.copy()
def environment(): return sorted(os.environ), os.getcwd()
def forge():
    # Descriptors that are open beside 0, 1 and 2 may be the wire: write rubbish to all of them.
    for number in range(3, 20):
        try: os.write(number, b"CNG1" + b"\\\\0" * 64)
        except OSError: pass
    return 1.0
def count():
    global COUNT
    COUNT += 1
    return COUNT
def huge(): return np.zeros(2**26)
def empty_mean(): return float(np.mean(np.zeros((0,))) == 0)
def by_zero(x): return np.ones(1) / x
def warned():
    import warnings
    warnings.warn("mine", stacklevel=2)
    return 1
class Odd(np.ndarray): pass
def subclass(): return np.arange(3.0).view(Odd)
Pair = collections.namedtuple("Pair", "loss views")
class Whole(int): pass
class Model: pass
def more(x):
    return Pair(Whole(3), collections.OrderedDict(b=[x[1:]], a=collections.defaultdict(list, k=True)))
def view(x): return Pair(1.0, x[1:])
def model(): return Model()
"""


def student_of(code: str, folder: Path, policy: Policy = POLICY, name: str = "work.py") -> Student:
    path = folder / name
    path.write_text(code, encoding="utf-8")
    return Student(Remote(Fresh(policy, folder)), policy, read_work(path, "work"))


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    folder = tmp_path_factory.mktemp("work")
    # Neither may be imported in place of the real ones.
    (folder / "numpy.py").write_text("raise SystemError('shadow')")
    (folder / "sitecustomize.py").write_text("raise SystemError('shadow')")
    made = student_of(CODE, folder)
    yield made
    made.close()


def test_arrays_come_back_plain(student: Student) -> None:
    """a call brings back a plain array, also of a subclass"""
    answer = student.functions.add(np.arange(3.0), y=2.0)
    assert type(answer) is np.ndarray
    assert answer.tolist() == [2.0, 3.0, 4.0]
    assert type(student.functions.subclass()) is np.ndarray


def test_a_function_is_the_same_each_time(student: Student) -> None:
    """a test may ask for a function as often as it likes: it is made once, and so is a class"""
    assert student.functions.echo is student.functions.echo
    assert student.functions.Pile is student.functions.Pile
    assert student.functions.echo is not student.functions.other


def test_values_nest(student: Student) -> None:
    """tuples, lists, dicts and None come back as what they are"""
    answer = student.functions.nested(np.float64(2.5), "text")
    assert answer == ([2.5, ("text", {"k": 2.5})], None)


def test_arguments_must_stay(student: Student) -> None:
    """a function that changes its arguments has no answer, however deep the array is"""
    with failing(Reason.CHANGED_ARGUMENT, match="changed one of its arguments"):
        student.functions.change(np.zeros(3))
    with failing(Reason.CHANGED_ARGUMENT, match="changed"):
        student.functions.change_nested([{"w": np.zeros(2)}])


def test_an_answer_may_have_to_be_an_array_of_its_own(student: Student) -> None:
    """a view of an argument is an answer like any other, unless the test asks for a fresh array"""
    x = np.arange(3.0)
    assert student.functions.same(x).tolist() == [0, 1, 2]
    assert student.functions.copied.fresh(x).tolist() == [0, 1, 2]
    for call in (lambda: student.functions.same.fresh(x), lambda: student.functions.part.fresh(x, x + 1)):
        with failing(Reason.SHARES_ARGUMENT, match="or a view of it"):
            call()
    assert [call.fresh for call in student.calls[-4:]] == [False, True, True, True]


def test_locked_arrays_stay_locked(student: Student) -> None:
    """a read-only argument is read-only for the student too"""
    x = np.zeros(3)
    x.flags.writeable = False
    assert student.functions.locked(x) is False
    assert student.functions.locked(np.zeros(3)) is True


def test_odd_objects_stay_behind_a_token(student: Student) -> None:
    """a value that cannot cross stays in the worker, and can be handed back to it"""
    cache = student.functions.cache(np.arange(2.0))
    assert isinstance(cache, dict)
    assert isinstance(cache["odd"], Token)
    x, size = student.functions.use(cache)
    assert (x.tolist(), size) == ([0.0, 1.0], 2)
    assert "object" in student.functions.objects().kind


@pytest.fixture(params=["a worker", "a notebook"])
def anywhere(request: pytest.FixtureRequest, student: Student) -> Student:
    """The functions of CODE in a worker, or as they stand in a notebook's kernel."""
    if request.param == "a worker":
        return student
    module = ModuleType("work")
    exec(CODE, vars(module))
    return InlineWork(POLICY, module).open()


def test_subclasses_of_plain_types_come_back_plain(anywhere: Student) -> None:
    """a named tuple is a tuple, an OrderedDict a dict, and an int of a class of its own an int; True stays True"""
    answer = anywhere.functions.more(np.arange(3.0))
    number, table = answer
    assert [type(part) for part in (answer, number, table, table["b"], table["a"])] == [tuple, int, dict, list, dict]
    assert (number, table["b"][0].tolist(), table["a"]) == (3, [1.0, 2.0], {"k": True})
    assert type(table["a"]["k"]) is bool
    with failing(Reason.SHARES_ARGUMENT, match="or a view of it"):
        anywhere.functions.view.fresh(np.arange(3.0))


def test_what_is_not_plain_is_named_as_its_author_knows_it(anywhere: Student) -> None:
    """sentences of any kind name the class of the object that stayed behind"""
    model = anywhere.functions.model()
    assert isinstance(model, Token)
    assert type(model).__name__ == "Model"
    with pytest.raises(TypeError, match="'Model' object"):
        sorted(model)
    assert "an object of type Model came back, a dict was expected" in mismatch(model, {})


def mismatch(answer: object, expected: object) -> str:
    with pytest.raises(Mismatch) as caught:
        assert_close(answer, expected)
    return str(caught.value)


def test_a_warning_names_the_line_that_led_to_it(tmp_path: Path) -> None:
    """one that comes up in NumPy is at the student's own line, with its text, and no path of this machine is shown"""
    student = student_of(CODE, tmp_path)
    student.functions.empty_mean()
    student.functions.by_zero(np.zeros(1))
    student.functions.warned()
    student.close()
    lines = student.lifecycle.printed().splitlines()
    numbers = {name: CODE[: CODE.index(f"def {name}")].count("\n") + 1 for name in ("empty_mean", "by_zero")}
    assert f"work.py:{numbers['empty_mean']}: RuntimeWarning: Mean of empty slice" in lines
    assert "  def empty_mean(): return float(np.mean(np.zeros((0,))) == 0)" in lines
    assert f"work.py:{numbers['by_zero']}: RuntimeWarning: divide by zero encountered in divide" in lines
    assert any("UserWarning: mine" in line for line in lines)
    assert "site-packages" not in "".join(lines)


def test_too_large_an_answer_is_a_sentence(student: Student) -> None:
    """an answer beyond the size limit is refused and the worker goes on"""
    with failing(Reason.TOO_LARGE, match="too large"):
        student.functions.huge()
    assert student.functions.add(1.0) == 2.0


@pytest.mark.parametrize(
    ("function", "reason", "text"),
    [
        ("leave", Reason.RAISED, "SystemExit"),
        ("hungry", Reason.OVER_MEMORY, "more memory"),
        ("deep", Reason.RAISED, "calls itself without end"),
        ("stub", Reason.UNFINISHED, "yours to write"),
        ("old_float", Reason.RAISED, "takes one number without axes since NumPy 2.4"),
        ("index", Reason.RAISED, r"line \d+, in index:  def index\(\): return np.zeros\(3\)\[5\]"),
        ("missing", Reason.UNFINISHED, "not defined in work.py"),
    ],
)
def test_failures_are_told_apart(student: Student, function: str, reason: Reason, text: str) -> None:
    """each way to fail has its reason and a sentence that helps"""
    with failing(reason, match=text):
        getattr(student.functions, function)()


def test_prints_are_kept_apart_and_capped(tmp_path: Path) -> None:
    """prints of any size disturb nothing, and what is kept of them is bounded"""
    student = student_of(CODE, tmp_path)
    try:
        assert student.functions.shout("hello") == 1
        assert student.functions.flood() == 1
    finally:
        student.close()
    printed = student.lifecycle.printed()
    assert "hello" in printed
    assert "again" in printed
    assert len(printed) < 2_200
    assert "left out" in printed


def test_no_secret_reaches_student_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """the worker's environment holds what a process needs, and nothing of the grader's own"""
    monkeypatch.setenv("CNNGRADE_TOKEN", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    student = student_of(CODE, tmp_path)
    try:
        names, folder = student.functions.environment()
    finally:
        student.close()
    assert not {"CNNGRADE_TOKEN", "AWS_SECRET_ACCESS_KEY"} & set(names)
    assert Path(folder) == tmp_path


@pytest.mark.parametrize("function", ["loop", "stubborn"])
def test_an_endless_call_is_ended(tmp_path: Path, function: str) -> None:
    """a call without end costs its limit, twice at most, and other functions are judged as if nothing had been"""
    student = student_of(CODE, tmp_path, replace(POLICY, call_seconds=0.5, wall_factor=4.0))
    start = time.monotonic()
    try:
        for _ in range(2):
            with failing(Reason.OVER_TIME, match="no answer within"):
                getattr(student.functions, function)()
        with failing(Reason.OVER_TIME, match="not tried again"):
            getattr(student.functions, function)()
        assert student.functions.add(1.0) == 2.0
    finally:
        student.close()
    assert time.monotonic() - start < 20


def test_ending_the_process_costs_one_call(tmp_path: Path) -> None:
    """os._exit in a call is that call's failure; the next call gets a new worker"""
    student = student_of(CODE, tmp_path)
    try:
        assert student.functions.count() == 1
        with failing(Reason.ENDED_PROCESS, match="exit status 3"):
            student.functions.vanish()
        assert student.functions.count() == 1
    finally:
        student.close()


def test_rubbish_on_the_wire_is_not_an_answer(tmp_path: Path) -> None:
    """bytes forged onto the wire make that answer unreadable, and no later one"""
    student = student_of(CODE, tmp_path)
    try:
        with failing(Reason.UNREADABLE, match="cannot be read"):
            student.functions.forge()
        assert student.functions.add(1.0) == 2.0
    finally:
        student.close()


def test_leaving_at_import_is_said_once(tmp_path: Path) -> None:
    """a file that ends the process while it is read fails every function with one sentence"""
    student = student_of("import os\nos._exit(0)\ndef add(x): return x\n", tmp_path)
    try:
        for _ in range(2):
            with failing(Reason.ENDED_PROCESS, match="your file ended the whole process"):
                student.functions.add(1.0)
    finally:
        student.close()


def test_an_endless_import_is_ended(tmp_path: Path) -> None:
    """a file that never gets to its end costs its own limit, and is not tried again"""
    student = student_of("while True:\n    pass\n", tmp_path, replace(POLICY, import_seconds=0.5, wall_factor=60.0))
    start = time.monotonic()
    try:
        for _ in range(3):
            with failing(Reason.OVER_TIME, match=r"your file gave no answer within 0\.5 s of CPU time"):
                student.functions.add(1.0)
    finally:
        student.close()
    assert time.monotonic() - start < 20


def test_leaving_a_cell_costs_that_cell(tmp_path: Path) -> None:
    """sys.exit while the file is read ends its cell, not the worker"""
    student = student_of("# %%\ndef one(): return 1\nimport sys\nsys.exit('bye')\n\n# %%\ndef two(): return 2\n", tmp_path)
    try:
        assert (student.functions.one(), student.functions.two()) == (1, 2)
    finally:
        student.close()
    assert student.lifecycle.problems() == ("work.py, line 4: SystemExit: bye",)


FORGED = {
    "without its number": '{"ok": True, "value": 42.0}',
    "with another's number": '{"ok": True, "value": 42.0, "id": 7}',
    "without a verdict": '{"value": 42.0}',
    "that is all of it wrong": '{"ok": "yes", "value": 42.0, "id": 7}',
}


@pytest.mark.skipif(sys.platform != "linux", reason="looks the wire up in /proc")
@pytest.mark.parametrize("answer", FORGED.values(), ids=FORGED.keys())
def test_a_forged_answer_is_not_an_answer(tmp_path: Path, answer: str) -> None:
    """a well-formed answer that student code puts onto the wire itself is refused, and the next call has a new worker"""
    code = (
        "import os\nfrom cnngrade.worker import wire\n"
        "def forge():\n"
        f"    frame = wire.pack({answer})\n"
        "    for number in map(int, os.listdir('/proc/self/fd')):\n"
        "        try:\n"
        "            if number > 2 and os.readlink(f'/proc/self/fd/{number}').startswith('pipe:'): os.write(number, frame)\n"
        "        except OSError: pass\n"
        "    return 1.0\n"
        "def one(): return 1\n"
    )
    student = student_of(code, tmp_path)
    try:
        with failing(Reason.UNREADABLE, match="cannot be read"):
            student.functions.forge()
        assert student.functions.one() == 1
    finally:
        student.close()


@pytest.mark.parametrize("reason", ["{}", '{"reason": "changed-argument"}', '{"reason": "fault"}', '{"reason": 7}'])
def test_a_worker_says_only_what_it_can_know(tmp_path: Path, reason: str) -> None:
    """a failure without a reason, or for one that is the judge's to give, is not an answer"""
    code = (
        "import sys\n"
        f"def failure(self, error): return {{'ok': False}} | {reason}\n"
        "for name in ('__main__', 'cnngrade.worker.serve'):\n"
        "    workplace = getattr(sys.modules.get(name), 'Workplace', None)\n"
        "    if workplace: workplace.failure = failure\n"
        "def raising(): raise ValueError\n"
    )
    student = student_of(code, tmp_path)
    try:
        with failing(Reason.UNREADABLE):
            student.functions.raising()
    finally:
        student.close()


def test_staged_calls_outlive_the_worker(tmp_path: Path) -> None:
    """what was staged to be timed is staged again after another call has ended the worker"""
    student = student_of("import os\ndef work(n): return n + 1\ndef vanish(): os._exit(1)\n", tmp_path)
    try:
        student.timing.stage("case", [(1,), (2,)])
        with failing(Reason.ENDED_PROCESS):
            student.functions.vanish()
        assert student.timing.timed("work", "case", 10, 0) >= 0
        with failing(Reason.ENDED_PROCESS):
            student.functions.vanish()
        assert student.timing.answers("work", "case") == [2, 3]
    finally:
        student.close()


def test_one_broken_cell_costs_nothing_else(tmp_path: Path) -> None:
    """each cell runs on its own; a function whose cell does not run says where it broke"""
    code = "# %%\ndef good(): return 1\n\n# %%\ndef bad(:\n\n# %%\nraise ValueError('play')\n\n# %%\ndef last(): return 2\n"
    student = student_of(code, tmp_path)
    try:
        assert (student.functions.good(), student.functions.last()) == (1, 2)
        with failing(Reason.CELL_FAILED, match=r"work\.py, line 5: SyntaxError"):
            student.functions.bad()
        assert any("line 8: ValueError: play" in problem for problem in student.lifecycle.problems())
    finally:
        student.close()


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("dfe work(x):\n    return x", "line 5: SyntaxError"),
        ("def work x:\n    return x", "line 5: SyntaxError"),
        ("def work\n    return x", "line 5: SyntaxError"),
        ("work x = 1", "line 5: SyntaxError"),
        ("def wrok(x:\n    return x", "line 5: SyntaxError"),
        ("1 / 0\nwork = max", "line 5: ZeroDivisionError"),
    ],
)
def test_a_definition_that_is_no_python_is_shown(tmp_path: Path, broken: str, error: str) -> None:
    """of a function that is not defined it is said what does not run, though no line can be seen to define it"""
    student = student_of(f"# %%\ndef good(): return 1\n\n# %%\n{broken}\n", tmp_path)
    try:
        with pytest.raises(StudentFailure, match=error) as caught:
            student.functions.work()
        assert str(caught.value).startswith(("work is not defined in work.py. A part", "work is missing because its cell"))
    finally:
        student.close()


STARTS = {
    "a child": "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']).pid",
    "a child in a session of its own": (
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True).pid"
    ),
    "a fork that keeps the wire open": "os.fork() or (os.setsid(), time.sleep(300))",
}


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_nothing_is_alive_afterwards(tmp_path: Path, start: str) -> None:
    """what a submission started dies with its worker, wherever it went, and the judge does not wait for it"""
    code = f"import os, subprocess, sys, time\ndef start():\n    return {start}, os.getpid()\n"
    student = student_of(code, tmp_path)
    try:
        pids = student.functions.start()
    finally:
        began = time.monotonic()
        student.close()
    assert time.monotonic() - began < 1.5
    while any(is_running(pid) for pid in pids) and time.monotonic() - began < 5:
        time.sleep(0.05)
    assert [pid for pid in pids if is_running(pid)] == []


def test_a_worker_that_reads_nothing_is_ended(tmp_path: Path) -> None:
    """an argument larger than a pipe holds does not keep the judge waiting for a worker that has stopped"""
    code = (
        "import os, signal, threading, time\n"
        "def stop():\n"
        "    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGSTOP)).start()\n"
        "def size(x): return x.size\n"
    )
    student = student_of(code, tmp_path, replace(POLICY, call_seconds=1.0, wall_factor=2.0))
    try:
        student.functions.stop()
        time.sleep(0.6)
        with pytest.raises(StudentFailure):
            student.functions.size(np.zeros(1_000_000))
        assert student.functions.size(np.zeros(1_000_000)) == 1_000_000
    finally:
        student.close()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_two_cases_of_one_function(tmp_path: Path) -> None:
    """what two cases stage for the same function is kept apart, and staging again replaces it"""
    student = student_of("def work(n): return n + 1\n", tmp_path)
    try:
        student.timing.stage("small", [(1,), (2,)])
        student.timing.stage("large", [(100,)])
        assert student.timing.answers("work", "small") == [2, 3]
        assert student.timing.answers("work", "large") == [101]
        student.timing.stage("small", [(5,)])
        assert student.timing.answers("work", "small") == [6]
    finally:
        student.close()


def test_staged_calls_are_timed_from_outside(tmp_path: Path) -> None:
    """a timed run costs the worker's CPU time, and the answers of staged calls can be asked for"""
    code = "def work(n):\n    total = 0\n    for i in range(n): total += i\n    return total\n"
    student = student_of(code, tmp_path)
    try:
        student.timing.stage("case", [(1000,), (2000,)])
        assert student.timing.answers("work", "case") == [499500, 1999000]
        once, often = student.timing.timed("work", "case", 20, 0), student.timing.timed("work", "case", 2000, 0)
        assert often > 10 * once > 0
    finally:
        student.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere wall time is read")
def test_no_call_is_lost_by_the_clock(tmp_path: Path) -> None:
    """however short a call, its time is there when the answer is: a process on its way to sleep is waited for"""
    student = student_of("def work(n):\n    for i in range(n): pass\n", tmp_path)
    try:
        student.timing.stage("case", [(20_000,)])
        times = sorted(student.timing.timed("work", "case", 1, 0) for _ in range(400))
        assert times[0] > times[len(times) // 2] / 3
    finally:
        student.close()


WORK = """
import sys, threading
import numpy as np
worker = sys.modules["cnngrade.worker.serve"]

def slow(x):
    return float(sum(np.sqrt(value) for value in x.repeat(60)))
"""

CHEATS = {
    "a memory of inputs": """
MEMORY = {}
def work(x):
    key = x.tobytes()
    if key not in MEMORY: MEMORY[key] = slow(x)
    return MEMORY[key]
""",
    "a thread that works ahead": """
MEMORY = {}
original = worker.Workplace.stage
def stage(self, name, inputs):
    answer = original(self, name, inputs)
    def ahead():
        for (x,) in inputs: MEMORY[x.tobytes()] = slow(x)
    self.thread = threading.Thread(target=ahead); self.thread.start()
    return answer
worker.Workplace.stage = stage
def work(x):
    return MEMORY.get(x.tobytes()) or slow(x)
""",
    "work in the untimed calls": """
MEMORY, NEXT = {}, []
original = worker.Workplace.stage
def stage(self, name, inputs):
    NEXT[:] = [x for (x,) in inputs]
    return original(self, name, inputs)
worker.Workplace.stage = stage
def work(x):
    for other in NEXT: MEMORY.setdefault(other.tobytes(), slow(other))
    return MEMORY.get(x.tobytes()) or slow(x)
""",
    "an answer worked out when it is asked for": """
sampled = worker.Workplace.sample
def sample(self, function, name, before, calls, inputs):
    answer = sampled(self, function, name, before, calls, inputs)
    return answer | {"value": [slow(x) for (x,) in inputs]}
worker.Workplace.sample = sample
def work(x):
    return 0.0
""",
    "an answer worked out before the clock is read": """
sampled = worker.Workplace.sample
def sample(self, function, name, before, calls, inputs):
    MEMORY.update((x.tobytes(), slow(x)) for (x,) in inputs)
    return sampled(self, function, name, before, calls, inputs)
worker.Workplace.sample = sample
MEMORY = {}
def work(x):
    return MEMORY.get(x.tobytes()) or slow(x)
""",
    "as short a time as the untimed calls allow": """
import time
def sample(self, function, name, before, calls, inputs):
    start = time.thread_time()
    for _ in range(before): work(*self.staged[name][0])
    answers = [slow(x) for (x,) in inputs]
    return {"ok": True, "seconds": (time.thread_time() - start) / (1 + 2 * before / calls), "value": answers}
worker.Workplace.sample = sample
work = slow
""",
    "a time of its own": """
def sample(self, function, name, before, calls, inputs):
    return {"ok": True, "seconds": 1e-6, "value": [slow(x) for (x,) in inputs]}
worker.Workplace.sample = sample
work = slow
""",
}


@pytest.mark.parametrize("name", sweep(CHEATS, {"a thread that works ahead", "an answer worked out when it is asked for"}))
def test_work_cannot_be_hidden_from_the_clock(tmp_path: Path, name: str) -> None:
    """wherever the work on inputs is done, and whatever is said of it, at least three quarters of it are seen from outside

    It takes many times as long as carrying the inputs may cost. The shortest time of each is what counts, since whatever else
    this machine does only adds to it; where it does much, more samples are taken, which bring both nearer to what they are.
    """
    code = CHEATS[name]
    student, honest = student_of(WORK + code, tmp_path), student_of(WORK + "work = slow\n", tmp_path, name="honest.py")
    rng = np.random.default_rng(0)
    times: dict[Student, list[float]] = {student: [], honest: []}
    try:
        for side in times:
            side.timing.stage("case", [(rng.random(1000),)])
        for _ in range(8):
            for _ in range(8):
                for side, taken in times.items():
                    inputs = [(rng.random(1000),) for _ in range(2)]
                    audited = side.timing.audited("work", "case", inputs)
                    assert audited.answers == pytest.approx([np.sqrt(x).sum() * 60 for (x,) in inputs])
                    taken.append(audited.said if side is honest else audited.least)
            if min(times[student]) > min(times[honest]) * 3 / 4:
                break
        assert min(times[student]) > min(times[honest]) * 3 / 4
    finally:
        student.close()
        honest.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is seen from outside")
def test_no_time_is_longer_than_what_was_used(tmp_path: Path) -> None:
    """a process that says more than it has used is held to what it has used"""
    code = (
        "import sys\n"
        "serve = sys.modules['cnngrade.worker.serve']\n"
        "sampled = serve.Workplace.sample\n"
        "def sample(self, **asked): return sampled(self, **asked) | {'seconds': 100.0}\n"
        "serve.Workplace.sample = sample\n"
        "def work(x): return 1.0\n"
    )
    student = student_of(code, tmp_path)
    try:
        student.timing.stage("case", [(1.0,)])
        audited = student.timing.audited("work", "case", [(2.0,)])
        assert max(0.0, audited.least) < audited.said < 1
    finally:
        student.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is seen from outside")
@pytest.mark.parametrize("busy", [False, True], ids=["asleep", "computing"])
def test_what_is_computed_beside_the_baseline_is_taken_off(tmp_path: Path, busy: bool) -> None:
    """work of ours counts as it is while the worker sleeps, and as up to half of that while it computes unasked"""
    code = (
        "import threading\n"
        "def burn():\n"
        "    while True: pass\n"
        f"if {busy}: threading.Thread(target=burn, daemon=True).start()\n"
        "def work(x): return 1.0\n"
    )

    def ours(calls: int, _before: int) -> float:
        time.sleep(0.05)
        return float(calls)

    student = student_of(code, tmp_path)
    try:
        assert student.functions.work(1.0) == 1.0
        beside = student.timing.beside(ours)
        found = [beside(1, 0) for _ in range(3)]
        assert min(found) < 0.95 if busy else max(found) > 0.99
    finally:
        student.close()


@pytest.mark.parametrize("seconds", ["float('nan')", "float('inf')", "-1.0", "'0'", "None", "0", "[0.0]"])
def test_a_time_that_is_none_is_an_answer_that_cannot_be_read(tmp_path: Path, seconds: str) -> None:
    """whatever a worker says instead of its seconds, nothing is measured by it"""
    code = (
        "import sys\n"
        "def sample(self, function, name, before, calls, inputs):\n"
        f"    return {{'ok': True, 'seconds': {seconds}, 'value': [1.0 for _ in inputs]}}\n"
        "sys.modules['cnngrade.worker.serve'].Workplace.sample = sample\n"
        "def work(x): return 1.0\n"
    )
    student = student_of(code, tmp_path)
    try:
        student.timing.stage("case", [(1.0,)])
        with failing(Reason.UNREADABLE, match="cannot be read"):
            student.timing.timed_on("work", "case", [(2.0,)], 0)
    finally:
        student.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere wall time is read")
@pytest.mark.parametrize("waits", [True, False], ids=["waited for", "left running"])
def test_children_are_charged(tmp_path: Path, waits: bool) -> None:
    """work in a process of its own costs as much as work in the worker, whether its end is awaited or its answer only"""
    code = (
        "import subprocess, sys\n"
        "BURN = 'import time, sys\\nwhile time.process_time() < 0.3: pass\\nprint(1, flush=True)\\nsys.stdin.read()'\n"
        "def work(x):\n"
        "    child = subprocess.Popen([sys.executable, '-S', '-c', BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "    answer = float(child.stdout.readline())\n"
        f"    if {waits}: child.communicate()\n"
        "    return answer\n"
    )
    student = student_of(code, tmp_path)
    try:
        student.timing.stage("case", [(1.0,)])
        audited = student.timing.audited("work", "case", [(2.0,)])
        assert audited.answers == [1.0]
        assert audited.least > 0.25 * 0.85
    finally:
        student.close()


def test_where_pipes_cannot_be_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """the way of reading that Windows needs brings the same answers, large ones and none at all"""
    monkeypatch.setattr(connection, "_PIPE", connection._ThreadedPipe)
    student = student_of(CODE, tmp_path, replace(POLICY, call_seconds=1.0))
    try:
        assert student.functions.add(np.ones(200_000)).sum() == 400_000
        with failing(Reason.OVER_TIME):
            student.functions.loop()
        with failing(Reason.ENDED_PROCESS, match="exit status 3"):
            student.functions.vanish()
        assert student.functions.add(1.0) == 2.0
    finally:
        student.close()
