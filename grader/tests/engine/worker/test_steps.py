"""Tier L: which axes does code loop over in Python? Counted, so the answer is the same everywhere."""

from __future__ import annotations

import _thread
import contextlib
import functools
import gc
import itertools
import multiprocessing.pool
import operator
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from cnngrade.answers.answer_key import recorded_answer_key
from cnngrade.budget.loops import looped_axes
from cnngrade.ci.course_part import course_part
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.jobs.record_answers import record_answers
from cnngrade.jobs.release import write_handout
from cnngrade.judge.judging import judge_many, judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Outcome, Report
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.student.candidate import candidate
from cnngrade.worker.steps import ENLARGED, GROWTH, MOST, count, counts
from support import tiny_course
from support.places import GRADER, TESTS
from support.sandboxes import sandboxes_here

Function = Callable[..., Any]


def whole(x):
    return x * 2 + 1


def rows(x):
    out = np.empty_like(x)
    for row in range(len(x)):
        out[row] = x[row] * 2 + 1
    return out


def places(x):
    out = np.empty_like(x)
    for row in range(x.shape[0]):
        for column in range(x.shape[1]):
            out[row, column] = x[row, column] * 2 + 1
    return out


def comprehension(x):
    return np.array([[value * 2 + 1 for value in row] for row in x])


def vectorize(x):
    return np.vectorize(lambda value: value * 2 + 1)(x)


def along_axis(x):
    return np.apply_along_axis(lambda row: row * 2 + 1, 1, x)


def one(value):
    return value * 2 + 1


def mapped(x):
    return np.array([list(map(one, row)) for row in x])


def recursive(x):
    return np.concatenate([x[:1] * 2 + 1, recursive(x[1:])]) if len(x) else x


def other_way_for_short(x):
    """Short axes take another way, which is not a loop."""
    scale = 2
    if len(x) > 3:
        for _ in range(20):
            scale = 2
    return x * scale + 1


def objects(x):
    """Arithmetic on objects happens in C: only a clock sees it."""
    return (x.astype(object) * 2 + 1).astype(float)


VARIANTS: dict[Function, tuple[str, ...]] = {
    whole: (),
    rows: ("H",),
    places: ("H", "W"),
    comprehension: ("H", "W"),
    vectorize: ("H", "W"),
    along_axis: ("H",),
    mapped: ("H", "W"),
    recursive: ("H",),
    other_way_for_short: (),
    objects: (),
}


def inputs() -> list[tuple[Any, ...]]:
    more = (ENLARGED, 2 * ENLARGED)
    shapes = [(2, 2), *((2 + longer, 2) for longer in more), *((2, 2 + longer) for longer in more)]
    return [(np.ones(shape),) for shape in shapes]


def looped(function: Function) -> tuple[str, ...]:
    function(*inputs()[0])
    return looped_axes(("H", "W"), counts(function, inputs()))


@pytest.mark.parametrize(("function", "axes"), VARIANTS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_variants(function: Function, axes: tuple[str, ...]) -> None:
    """each variant of writing the same function loops over the axes that it loops over, and a second count says the same"""
    first = counts(function, inputs())
    assert looped_axes(("H", "W"), first) == axes
    assert counts(function, inputs()) == first


SHORT_STEPS: dict[str, tuple[Function, tuple[str, ...]]] = {
    "a built-in for each row": (lambda x: [max(row) for row in x], ("H",)),
    "a method for each row": (lambda x: [row.max() for row in x], ("H",)),
    "a ufunc for each column": (lambda x: [negative(column) for column in x.T], ("W",)),
    "a function of NumPy's for each row": (lambda x: [dot(row, row) for row in x], ("H",)),
    "a type for each number": (lambda x: [float(value) for value in x.flat], ("H", "W")),
    "arguments unpacked": (lambda x: [max(*row) for row in x], ("H",)),
    "arguments by name": (lambda x: [sorted(row, reverse=True) for row in x], ("H",)),
    "a dict of rows": (lambda x: {len(row): row for row in x}, ("H",)),
    "a generator": (lambda x: sum(max(row) for row in x), ("H",)),
    "a statement": (lambda x: emptied(list(x)), ("H",)),
    "one call for all": (lambda x: np.maximum(x, 0).max(), ()),
    "a call for each axis": (lambda x: [int(size) for size in x.shape], ()),
    # What C code calls is its own.
    "map": (lambda x: list(map(max, x.tolist())), ()),
    "starmap": (lambda x: list(itertools.starmap(max, x.tolist())), ()),
    "reduce": (lambda x: functools.reduce(operator.add, x.ravel().tolist()), ()),
    "a key of sort": (lambda x: sorted(x.ravel().tolist(), key=abs), ()),
    "a text that is replaced": (lambda x: re.sub("1", "2", str(x.tolist())), ()),
    "a ufunc of a built-in": (lambda x: np.frompyfunc(max, 2, 1)(x, x), ()),
}
"""Loops whose steps are a call of C code and little else, and what else C code does for each entry."""

dot, negative = np.dot, np.negative


def emptied(rows: list[Any]) -> None:
    while rows:
        rows.pop()


@pytest.mark.parametrize(("function", "axes"), SHORT_STEPS.values(), ids=SHORT_STEPS.keys())
def test_a_call_for_each_entry_is_a_loop(function: Function, axes: tuple[str, ...]) -> None:
    """a loop is seen however little it does for each entry; a call made by C code is not"""
    assert looped(function) == axes


def test_compiled_code_does_not_loop() -> None:
    """numba's loops are not loops in Python, and compiling them is not counted"""
    numba = pytest.importorskip("numba")
    assert looped(numba.njit(places)) == ()


def test_a_step_for_every_second_entry_is_the_limit() -> None:
    """less is not a loop yet, nor is what stops growing, or grows whenever an axis is twice as long"""
    assert looped_axes("ab", [100, 99 + GROWTH, 0, 100 + GROWTH, 100 + 2 * GROWTH]) == ("b",)
    assert looped_axes("a", [100, 500, 500]) == ()
    assert looped_axes("a", [100, 500, 499 + GROWTH]) == ()
    assert looped(every_second) == ("H",)
    assert looped(doubled) == ()


def every_second(x):
    return np.concatenate([x[row : row + 2] * 2 for row in range(0, len(x), 2)])


def doubled(x):
    length = 1
    while length < len(x):
        length *= 2
    return np.resize(x, (length, 2))[: len(x)]


@pytest.mark.parametrize(("size", "loops"), [(12, False), (11, True)])
def test_long_blocks_are_no_loop(size: int, loops: bool) -> None:
    """an axis in blocks of 12 entries is looped over from no length on, whatever a block takes; shorter blocks may be a loop"""

    def in_blocks(x):
        return [[x[start : start + size] for _ in range(25)] for start in range(0, len(x), size)]

    starts = [[(np.zeros(length + more),) for more in (0, ENLARGED, 2 * ENLARGED)] for length in range(2, 26)]
    assert any(looped_axes("H", counts(in_blocks, lengths)) for lengths in starts) is loops


@pytest.mark.parametrize("found", [[], [1, 2], [1, 2, 3, 4]])
def test_counts_that_do_not_fit_the_axes(found: list[int]) -> None:
    """a wrong number of counts is refused: an untrusted process sends them"""
    with pytest.raises(ValueError, match="counts"):
        looped_axes("a", found)


def test_a_call_of_as_many_steps_as_are_counted_is_not_cut_short() -> None:
    """nor is anything after it"""

    def call() -> None:
        for _ in range(20):
            pass

    steps = count(call)
    assert count(call, steps) == steps
    assert count(call, steps - 1) == steps


def test_only_the_thread_of_a_call_is_cut_short() -> None:
    """another one, for which it may wait, goes on to its end"""
    ended = []

    def work() -> None:
        for _ in range(200):
            pass
        ended.append(True)

    def call() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert count(call, 100) == 101
    assert ended == [True]


def test_long_loops_are_cut_short() -> None:
    """a call ends at the most that is counted, also when its code catches everything"""
    steps = []

    def endless() -> None:
        while True:
            steps.append(1)

    assert count(endless) == MOST + 1
    assert len(steps) <= MOST

    def stubborn() -> None:
        with contextlib.suppress(BaseException):
            endless()

    assert count(stubborn) == MOST + 1


@pytest.mark.parametrize("function", [whole, comprehension, vectorize], ids=lambda function: function.__name__)
def test_wherever_a_call_is_cut_short_the_next_count_is_the_same(function: Function) -> None:
    """a call that is cut short at any of its steps leaves no trace in what is counted afterwards"""
    x = np.ones((2, 2))
    function(x)
    whole_count = count(functools.partial(function, x))
    for most in range(1, whole_count):
        assert count(functools.partial(function, x), most) == most + 1
        assert count(functools.partial(function, x)) == whole_count


def test_what_follows_a_call_that_is_cut_short_is_counted() -> None:
    """an axis on whose inputs a call is cut short hides no other axis, in any Python"""

    def spin(steps: int) -> None:
        for _ in range(steps):
            pass

    few, cut, more = counts(spin, [(10,), (MOST,), (30,)])
    assert (cut, more - few) == (MOST + 1, 20)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, MemoryError, NotImplementedError])
def test_what_is_made_of_a_cut_is_no_failure(kind: type[BaseException]) -> None:
    """code that makes an exception of its own of being cut short has not failed; the same exception without a cut passes"""

    def translating(loops: int) -> None:
        try:
            for _ in range(loops):
                if loops < 10:
                    raise LookupError
        except BaseException as error:
            raise kind from error

    assert count(lambda: translating(MOST)) == MOST + 1
    with pytest.raises(kind):
        count(lambda: translating(1))


def test_a_call_that_raises_leaves_nothing_switched_on() -> None:
    """exceptions pass through, and nothing is traced or counted afterwards"""

    def fails() -> None:
        raise LookupError("no")

    before = sys.gettrace(), threading.gettrace()
    for _ in range(3):
        with pytest.raises(LookupError):
            count(fails)
        assert (sys.gettrace(), threading.gettrace()) == before
        if hasattr(sys, "monitoring"):
            assert all(sys.monitoring.get_tool(number) != "cnngrade.worker.steps" for number in range(6))


def test_garbage_is_not_counted() -> None:
    """what runs when garbage is collected is not the function's work, and collecting goes on afterwards"""

    def watch(_phase: str, _facts: dict[str, int]) -> None:
        for _ in range(50):
            pass

    def untidy() -> None:
        for _ in range(300):
            circle: list[Any] = []
            circle.append(circle)

    threshold = gc.get_threshold()
    before = count(untidy)
    gc.callbacks.append(watch)
    gc.set_threshold(20)
    try:
        assert count(untidy) == before
        assert gc.isenabled()
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(watch)


def in_a_fresh_process(code: str, seed: int = 0) -> str:
    """Return what code prints that knows this file as `t`, in a process without threads of other tests."""
    folders = os.pathsep.join([str(TESTS), str(GRADER)])
    environment = os.environ | {"PYTHONPATH": folders, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", f"import engine.worker.test_steps as t; {code}"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def elsewhere(x: Any) -> None:
    thread = threading.Thread(target=places, args=(x,))
    thread.start()
    thread.join()


def test_threads_are_counted() -> None:
    """a loop in a thread that the call starts is a loop"""
    assert in_a_fresh_process("print(t.looped(t.elsewhere))") == "('H', 'W')"


def pooled(task: Function, pool: ThreadPoolExecutor) -> Function:
    """A function whose tasks, one for each row, share a pool that outlives the call."""

    def in_pool(x: Any) -> Any:
        return np.stack(list(pool.map(task, x)))

    return in_pool


def test_waiting_for_threads_is_not_counted() -> None:
    """how often threads wait for one another is chance: whole arrays in a pool have one count, and no loop over numbers"""
    with ThreadPoolExecutor(4) as pool:
        halves = pooled(whole, pool)

        def in_halves(x: Any) -> Any:
            return np.concatenate(halves(np.array_split(x[: len(x) // 2 * 2], 2)))

        seen = {(looped(in_halves), count(lambda: in_halves(np.ones((8, 2))))) for _ in range(50)}
    assert len(seen) == 1
    assert seen.pop()[0] == ()


def test_threads_that_count_together_lose_nothing() -> None:
    """no thread overwrites what another has counted while it was interrupted"""

    def both() -> None:
        threads = [threading.Thread(target=places, args=(np.ones((20, 20)),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert len({count(both) for _ in range(5)}) == 1
    finally:
        sys.setswitchinterval(interval)


def long_task(row: Any) -> Any:
    for _ in range(MOST):
        pass
    return row


def outlived(first: Function) -> tuple[Any, bool]:
    """Count a call that starts a pool; what a longer task answers there afterwards, and whether it is still traced."""
    with ThreadPoolExecutor(1) as pool:
        count(lambda: pooled(first, pool)(np.ones((2, 2))))
        later = pool.submit(long_task, 1)
        return later.result(timeout=60), pool.submit(lambda: sys.gettrace() is not None).result(timeout=60)


@pytest.mark.parametrize("first", ["whole", "long_task"])
def test_a_pool_outlives_the_count(first: str) -> None:
    """threads that were started while counting, to the end or cut short, are neither ended nor traced later"""
    assert in_a_fresh_process(f"print(t.outlived(t.{first}))") == "(1, False)"


def kept_pool_counts() -> set[tuple[int, ...]]:
    """Count a loop over rows and numbers in a pool that is kept from call to call, many times."""
    with ThreadPoolExecutor(4) as pool:
        return {tuple(counts(pooled(mapped_row, pool), inputs())) for _ in range(50)}


def mapped_row(row: Any) -> Any:
    return np.array([one(value) for value in row])


def test_a_kept_pool_has_one_verdict() -> None:
    """loops in the threads of a pool that runs already are found in every count"""
    printed = in_a_fresh_process("print({t.looped_axes('HW', found) for found in t.kept_pool_counts()})")
    assert printed == "{('H', 'W')}"


def raw_thread(x: Any) -> None:
    done = threading.Lock()
    done.acquire()

    def run() -> None:
        places(x)
        done.release()

    _thread.start_new_thread(run, ())
    done.acquire()


def test_a_thread_without_threading_is_counted() -> None:
    """a thread that the lowest module of threads starts is followed as well"""
    assert in_a_fresh_process("print(t.looped(t.raw_thread))") == "('H', 'W')"


@pytest.mark.parametrize("function", [None, lambda *_: None], ids=["nothing", "another function"])
def test_tracing_something_else_stops_no_count(function: Any) -> None:
    """code that calls sys.settrace meanwhile, as a debugger does, is counted on, and what traced before traces afterwards"""
    before = sys.gettrace()

    def switching(x: Any) -> Any:
        sys.settrace(function)
        return places(x)

    assert count(functools.partial(switching, np.ones((3, 3)))) == 1 + count(functools.partial(places, np.ones((3, 3))))
    sys.settrace(before)


def test_taking_every_tool_hides_nothing() -> None:
    """where the interpreter has tools that count, a call is counted also when somebody has taken them all"""
    if not hasattr(sys, "monitoring"):
        pytest.skip("this Python has no tools to take")
    taken = "[t.sys.monitoring.use_tool_id(number, 'mine') for number in range(6)]"
    assert in_a_fresh_process(f"{taken}; print(t.looped(t.places), t.looped(t.whole))") == "('H', 'W') ()"


def kept_thread_pool_counts() -> set[tuple[int, ...]]:
    """Count a loop over rows and numbers in a pool of multiprocessing's threads, one of which always looks after the others."""
    with multiprocessing.pool.ThreadPool(2) as pool:
        return {tuple(counts(lambda x: pool.apply(whole, (x,)), inputs())) for _ in range(50)}


def test_threads_that_look_after_others_are_not_counted() -> None:
    """a pool's own threads, which poll, add nothing to what is counted"""
    assert in_a_fresh_process("print(len(t.kept_thread_pool_counts()))") == "1"


def test_a_tiny_input_that_is_cut_short_shows_no_axis() -> None:
    """where the tiny input takes more than is counted, nothing longer is called and no axis is named"""
    lengths = []

    def endless(x: Any) -> Any:
        lengths.append(len(x))
        for _ in range(MOST):
            pass
        return rows(x)

    found = counts(endless, inputs())
    assert found == [MOST + 1, 0, 0, 0, 0]
    assert looped_axes(("H", "W"), found) == ()
    assert set(lengths) == {2}


@pytest.mark.parametrize("number", range(3))
def test_every_process_counts_alike(number: int) -> None:
    """fresh processes, whatever their hash seed, count the same steps"""
    printed = in_a_fresh_process("print([t.counts(f, t.inputs()) for f in t.VARIANTS])", seed=number)
    assert printed == str([counts(function, inputs()) for function in VARIANTS])


def test_what_einsum_plans_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """how operands are combined is planned at length, and for no axis"""

    def combined() -> None:
        np.einsum("ij,jk->ik", np.ones((3, 4)), np.ones((4, 5)), optimize=True)

    combined()
    counted = count(combined)
    monkeypatch.setattr("cnngrade.worker.steps._is_left_out", lambda file: False)
    if hasattr(sys, "monitoring"):
        sys.monitoring.restart_events()  # where nothing was counted, events are off until then
    assert 0 < 4 * counted < count(combined)


# In a course


def with_axes(course: Course) -> Course:
    """Return the tiny course, in which `double` may now loop over H and not over W."""
    path = course.root / "course.yml"
    budgets = "    budgets: {double: 10000}\n    may_loop_over: {double: [H]}\n    due:"
    path.write_text(path.read_text().replace("    due:", budgets))
    tests = course.root / "autograde_tests" / "public" / "test_scaling.py"
    case = '\n\n@points(1)\ndef test_double_in_time(budget):\n    """in time"""\n'
    case += "    sized = lambda rng, H, W: (rng.normal(size=(H, W)),)\n"
    tests.write_text(tests.read_text() + case + '    budget("double", lambda rng: sized(rng, 40, 40), sized, H=2, W=2)\n')
    return load_course(course.root)


@pytest.fixture
def course(course: Course) -> Course:
    return with_axes(course)


LOOPS = {
    "over rows": ("    return np.stack([2 * row for row in x])", ()),
    "over columns": ("    return np.stack([2 * column for column in x.T]).T", ("W",)),
    "not at all": ("    return 2 * x", ()),
}


def written(path: Path, body: str) -> Path:
    """Write a submission whose `double` answers arrays of two axes by `body`."""
    code = f"def double(x):\n    x = np.asarray(x)\n    if x.ndim < 2:\n        return 2 * x\n{body}"
    path.parent.mkdir(exist_ok=True)
    path.write_text(tiny_course.script(double=code, triple=tiny_course.RIGHT["triple"]), encoding="utf-8")
    return path


def in_time(report: Report) -> Outcome:
    return next(outcome for outcome in report.outcomes if outcome.case.id == "public/test_double_in_time")


def timed(course: Course, place: Path, body: str, *, recorded: bool = False) -> Outcome:
    path = written(place / "scaling.py", body)
    answer_key = None
    if recorded:
        record_answers(course, course.units[0], place / "answers.npz")
        answer_key = recorded_answer_key(place / "answers.npz")
    suite = Suite(course, course.units[0], hidden=not recorded, answer_key=answer_key)
    report = judge_one(suite, candidate(course, path, course.units[0], "ada"))
    return in_time(report)


@pytest.mark.parametrize("recorded", [False, True], ids=["graded", "on a student's machine"])
@pytest.mark.parametrize(("body", "axes"), LOOPS.values(), ids=LOOPS.keys())
def test_a_loop_costs_half_of_the_points(
    course: Course, tmp_path: Path, body: str, axes: tuple[str, ...], recorded: bool
) -> None:
    """what course.yml does not allow is reported and costs half, the same with the solution at hand and without"""
    outcome = timed(course, tmp_path, body, recorded=recorded)
    assert outcome.cost is not None
    assert outcome.cost.looped == axes
    assert (outcome.verdict, outcome.earned) == ((Verdict.SLOW, 0.5) if axes else (Verdict.PASSED, 1.0))


def with_limit(course: Course, ratio: float) -> Course:
    """Return the course, in which loops of `double` now cost nothing up to a ratio."""
    path, limit = course.root / "course.yml", f"    loops_cost_beyond: {{double: {ratio}}}\n    may_loop_over:"
    path.write_text(path.read_text().replace("    may_loop_over:", limit))
    return load_course(course.root)


@pytest.mark.parametrize("recorded", [False, True], ids=["graded", "on a student's machine"])
@pytest.mark.parametrize(
    ("ratio", "verdict", "earned"), [(9_000, Verdict.PASSED, 1.0), (1e-3, Verdict.SLOW, 0.5)], ids=["quick", "slow"]
)
def test_a_loop_costs_points_where_it_costs_time(
    course: Course, tmp_path: Path, ratio: float, verdict: Verdict, earned: float, recorded: bool
) -> None:
    """a loop that is counted costs nothing up to the ratio that course.yml names, half from twice that on, and is named"""
    body, axes = LOOPS["over columns"]
    outcome = timed(with_limit(course, ratio), tmp_path, body, recorded=recorded)
    assert (outcome.verdict, outcome.earned) == (verdict, earned)
    assert outcome.cost is not None
    assert (outcome.cost.looped, outcome.cost.loops_cost_beyond, outcome.cost.estimated) == (axes, ratio, recorded)


def test_a_limit_of_loops_is_none_of_other_code(course: Course, tmp_path: Path) -> None:
    """code without loops earns what its time alone leaves, however far beyond the limit of loops"""
    limited = with_limit(course, 1e-3)
    for name in ("not at all", "over rows"):
        outcome = timed(limited, tmp_path, LOOPS[name][0])
        assert (outcome.verdict, outcome.earned) == (Verdict.PASSED, 1.0)


@pytest.mark.slow
def test_tests_by_hand_say_where_loops_cost_points(course: Course, tmp_path: Path) -> None:
    """run by pytest itself, a budget fails with the sentence of the report where loops cost points, and only there"""
    work = written(tmp_path / "work" / "scaling.py", LOOPS["over columns"][0])
    (course.root / "autograde_tests" / "conftest.py").write_text('pytest_plugins = ("cnngrade.judge.plugin",)\n')
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "autograde_tests/public", "--submission", work]
    environment, book = os.environ | {"PYTHONPATH": str(GRADER)}, course.root / "course.yml"
    always = book.read_text()
    for ratio, told in ((None, "leaves at most 50%"), (9_000, ""), (1e-3, "Your code loops over W in Python and takes ")):
        book.write_text(always)
        if ratio is not None:
            with_limit(course, ratio)
        done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == bool(told), done.stdout + done.stderr
        assert told in done.stdout


def test_a_handout_knows_where_loops_cost_points(course: Course, tmp_path: Path) -> None:
    """what a student gets has the limit of loops in its course.yml, as the part of a course has that a platform gets"""
    limited = with_limit(course, 9.5)
    write_handout(limited, limited.units[0], tmp_path)
    assert load_course(tmp_path).units[0].loops_cost_beyond == {"double": 9.5}
    said = yaml.safe_load(course_part(limited, limited.units, "part")["part/course.yml"].data)["units"][0]
    assert (said["loops_cost_beyond"], said["budgets"]) == ({"double": 9.5}, {"double": 10000})


ONLY_WHERE_LARGE = {
    "loops by the size": ("    return 2 * x if x.size < 100 else np.stack([2 * column for column in x.T]).T", ("W",)),
    "loops by an axis": (
        "    if x.shape[1] > 20:\n        for column in x.T: column *= 2\n        return x\n    return 2 * x",
        ("W",),
    ),
    "takes another way": ("    if x.size > 99:\n        for _ in range(99): pass\n    return 2 * x", ()),
    "loops over what it may": ("    return 2 * x if x.size < 100 else np.stack([2 * row for row in x])", ()),
    "fails on no other input": ("    if x.shape == (2, 64) and counted: raise MemoryError\n    return 2 * x", ()),
    "is wrong on no other input": ("    return x if x.shape == (2, 64) else 2 * x", ()),
}
"""Bodies that do something else on an input as large as the timed one, and the axes over which they loop there."""


@pytest.mark.parametrize("name", ONLY_WHERE_LARGE)
def test_loops_only_where_the_input_is_large(judged: dict[str, Outcome], name: str) -> None:
    """a loop that small inputs do not take is found; what fails only where no case asks costs nothing"""
    outcome, axes = judged[name], ONLY_WHERE_LARGE[name][1]
    assert outcome.cost is not None, outcome.for_student
    assert outcome.cost.looped == axes


COUNTED = """    import sys
    tools = getattr(sys, 'monitoring', None)
    counted = sys.gettrace() or (tools and any(map(tools.get_tool, range(6))))
"""

HIDDEN = {
    "switches the count off": (
        "    import sys\n    globals().setdefault('follow', sys.settrace)(None)\n    for number in range(6):\n"
        "        if hasattr(sys, 'monitoring') and sys.monitoring.get_tool(number): sys.monitoring.set_events(number, 0)\n"
        "    return np.stack([2 * column for column in x.T]).T"
    ),
    "counts itself": (
        "    from cnngrade.worker import serve\n    serve.counts = lambda function, inputs: [1] * len(inputs)\n"
        "    return np.stack([2 * column for column in x.T]).T"
    ),
    "never ends when counted": f"{COUNTED}    while counted: pass\n    return 2 * x",
    "swallows being cut short": (
        "    while True:\n        try:\n            for _ in range(200_000): pass\n            return 2 * x\n"
        "        except BaseException: pass"
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_cannot_be_counted_is_left_to_the_clock(judged: dict[str, Outcome], name: str) -> None:
    """code that hides from the count, or that takes too long while it is counted, is judged by its time and loses nothing"""
    outcome = judged[name]
    assert outcome.cost is not None, outcome.for_student
    assert (outcome.verdict, outcome.cost.looped) == (Verdict.PASSED, ())


NOT_ON_SMALL = {
    "raises on the tiny input": ("if x.shape == (2, 2): raise LookupError('no')", Verdict.RAISED, "LookupError: no"),
    "raises where an axis is longer": ("if x.shape[1] == 8: raise RuntimeError", Verdict.RAISED, "RuntimeError"),
    "raises where it is longer still": ("for _ in x.T:\n        if len(x.T) == 14: raise KeyError", Verdict.RAISED, "KeyError"),
    "leaves": ("if x.shape == (2, 2): raise SystemExit", Verdict.RAISED, "SystemExit"),
    "says it is unfinished": ("if x.shape == (2, 2): raise NotImplementedError", Verdict.UNFINISHED, "yours to write"),
    "answers wrongly": ("if x.shape == (2, 8): return 3 * x", Verdict.WRONG, "(H=2, W=8)"),
    "answers zeros": ("for _ in x.T: pass\n    if x.shape == (2, 14): return 0 * x", Verdict.WRONG, "(H=2, W=14)"),
    "answers nothing": ("if x.shape == (2, 2): return None", Verdict.WRONG, "(H=2, W=2)"),
    "answers in another shape": ("if x.shape == (2, 8): return (2 * x)[None]", Verdict.WRONG, "(H=2, W=8)"),
    "answers what cannot be compared": ("if x.shape == (2, 2): return {1}", Verdict.WRONG, "(H=2, W=2)"),
    "ends the process when counted": ("if counted: __import__('os')._exit(0)", Verdict.RAISED, "while its loops are counted"),
    "fails when counted": ("if counted: raise MemoryError", Verdict.OVER_MEMORY, "while its loops are counted"),
    "sends no counts": ("sys.modules['cnngrade.worker.serve'].counts = lambda *_: [None]", Verdict.WRONG, "while its loops"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_ON_SMALL)
def test_what_is_counted_must_be_answered(judged: dict[str, Outcome], name: str) -> None:
    """a function that fails on the inputs that are counted, or answers them wrongly, fails the case, and is told on which"""
    _, verdict, said = NOT_ON_SMALL[name]
    assert (judged[name].verdict, judged[name].earned) == (verdict, 0.0)
    assert said in judged[name].for_student


@pytest.mark.parametrize("name", ["answers wrongly", "raises on the tiny input", "fails when counted"])
def test_what_is_counted_must_be_answered_on_a_students_machine(course: Course, tmp_path: Path, name: str) -> None:
    """the right answers to the inputs that are counted are in the handout: `check` finds there what grading finds"""
    line, verdict, said = NOT_ON_SMALL[name]
    outcome = timed(course, tmp_path, f"{COUNTED}    {line}\n    return 2 * x", recorded=True)
    assert (outcome.verdict, outcome.earned) == (verdict, 0.0)
    assert said in outcome.for_student


CUT = {
    "makes an exception of it": (
        "    try:\n        for _ in range(200_000): pass\n"
        "    except BaseException as error: raise ValueError from error\n    return 2 * x"
    ),
    "makes a wrong answer of it": (
        "    try:\n        for _ in range(200_000): pass\n    except BaseException: return None\n    return 2 * x"
    ),
    "cannot be left half done": (
        "    global busy\n    if globals().get('busy'): raise RuntimeError('busy')\n    busy = True\n"
        "    out = np.stack([2 * column for column in x])\n    busy = False\n    return out"
    ),
    "cannot be left half done by a loop": (
        "    global busy\n    if globals().get('busy'): raise RuntimeError('busy')\n    busy = True\n"
        "    out = np.stack([2 * column for column in x.T]).T\n    busy = False\n    return out"
    ),
}


@pytest.mark.parametrize("name", CUT)
def test_being_cut_short_costs_nothing_else(judged: dict[str, Outcome], name: str) -> None:
    """what a right function makes of being cut short is not its failure, and one that is short is never cut short"""
    outcome = judged[name]
    assert outcome.cost is not None, outcome.for_student
    assert outcome.cost.looped == (("W",) if name.endswith("by a loop") else ())


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """How the case of its budget ends for each of these bodies of `double`, in one session of grading."""
    folder = tmp_path_factory.mktemp("counted")
    course = with_axes(load_course(tiny_course.make_course(folder / "course")))
    course = replace(course, policy=replace(course.policy, call_seconds=1.0))
    failing = {name: f"{COUNTED}    {line}\n    return 2 * x" for name, (line, *_) in NOT_ON_SMALL.items()}
    large = {name: f"{COUNTED}{body}" for name, (body, _) in ONLY_WHERE_LARGE.items()}
    bodies = HIDDEN | failing | CUT | large
    outcomes: dict[str, Outcome] = {}
    with contextlib.closing(Warm(course.policy, next(iter(sandboxes_here()), NONE))) as source:
        work = (
            candidate(course, written(folder / str(number) / "scaling.py", body), course.units[0], name, source)
            for number, (name, body) in enumerate(bodies.items())
        )
        judge_many(
            Suite(course, course.units[0], hidden=True),
            work,
            lambda report: outcomes.update({report.submission.student: in_time(report)}),
        )
    return outcomes


def test_an_axis_that_no_test_has_is_the_courses_mistake(course: Course, tmp_path: Path) -> None:
    """course.yml and the test name the axes alike, or the case is a fault that says so"""
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("[H]", "[rows]"))
    outcome = timed(load_course(course.root), tmp_path, "    return 2 * x")
    assert outcome.verdict is Verdict.FAULT
    assert 'loop over "rows", and its budget\'s test has no axis of that name (H, W)' in outcome.for_staff


def test_axes_without_inputs_are_the_courses_mistake(course: Course, tmp_path: Path) -> None:
    """axes in course.yml without any in the test do not silently skip the count"""
    tests = course.root / "autograde_tests" / "public" / "test_scaling.py"
    tests.write_text(tests.read_text().replace(", sized, H=2, W=2", ""))
    outcome = timed(load_course(course.root), tmp_path, "    return 2 * x")
    assert outcome.verdict is Verdict.FAULT
    assert 'loop over "H", and its budget\'s test has no axis of that name (it names none)' in outcome.for_staff


def test_a_handout_counts_alike(course: Course, tmp_path: Path) -> None:
    """what a student is handed knows the axes, and `check` there finds the loop that grading finds"""
    folder = tmp_path / "handout"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    handout = load_course(folder)
    assert handout.units[0].may_loop_over == {"double": ("H",)}
    answer_key = recorded_answer_key(paths.answers_file(handout, "scaling"))
    loop = "np.stack([2 * column for column in x.T]).T"
    code = f"def double(x):\n    x = np.asarray(x)\n    return 2 * x if x.ndim < 2 else {loop}"
    (folder / "scaling.py").write_text(tiny_course.script(double=code, triple=tiny_course.RIGHT["triple"]), encoding="utf-8")
    suite = Suite(handout, handout.units[0], answer_key=answer_key)
    report = judge_one(suite, candidate(handout, folder / "scaling.py", handout.units[0], ""))
    assert [outcome.cost.looped for outcome in report.outcomes if outcome.cost] == [("W",)]
