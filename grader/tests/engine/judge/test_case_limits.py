"""What a stranger's answer may cost the judge: memory and time of its own, for each case."""

from __future__ import annotations

import hashlib
import math
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cnngrade.errors import Verdict
from cnngrade.judge import case_limits
from cnngrade.judge.judging import judge_many, judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Outcome, Report
from cnngrade.own_limits import Lifted, OverTime, limited
from cnngrade.student.candidate import candidate
from support import tiny_course
from support.sweeps import sweep

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process like this")

DOUBLE = tiny_course.RIGHT["double"]
RIGHT = tiny_course.RIGHT["triple"]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """After each test the process has the limits, the timer and the handler that it had before."""
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)
    yield
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


@pytest.fixture
def half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a case take half a second in place of ten."""
    monkeypatch.setattr(case_limits, "SECONDS", 0.5)


def judged(course: Course, tmp_path: Path, test: str, *works: str) -> list[Report]:
    """Judge works on `triple` with one more public case, whose body is given; `answer` is what triple([1, 2]) returned."""
    path = course.root / "autograde_tests" / "public" / "test_scaling.py"
    body = "\n".join(f"    {line}" for line in test.splitlines())
    path.write_text(
        f"{path.read_text()}\n\n@points(1)\ndef test_triple_in_use(student, reference):\n"
        f'    """triple is put to use"""\n    import numpy as np\n    answer = student.triple(np.array([1.0, 2.0]))\n{body}\n'
    )
    candidates = []
    for number, work in enumerate(works):
        file = tmp_path / f"{number}" / "scaling.py"
        file.parent.mkdir()
        file.write_text(tiny_course.script(double=DOUBLE, triple=work))
        candidates.append(candidate(course, file, course.units[0], f"student-{number}"))
    reports: list[Report] = []
    judge_many(Suite(course, course.units[0]), candidates, reports.append)
    return reports


def in_use(report: Report) -> Outcome:
    (outcome,) = [outcome for outcome in report.outcomes if outcome.case.id.endswith("test_triple_in_use")]
    return outcome


def returning(value: str) -> str:
    return f"def triple(x):\n    return {value} if list(np.ravel(x)) == [1.0, 2.0] else 3 * np.asarray(x)"


TOO_LARGE = {
    "an outer product of many numbers": (returning("np.ones(20_000)"), "np.outer(answer, answer)"),
    "an axis that is long and empty": (returning("np.ones((1_000_000_000, 0))"), "np.ones((2, answer.shape[-1])) @ answer.T"),
    "many filters": (
        returning("np.zeros((4_000, 3, 3))"),
        "np.einsum('k...,n...->nk...', answer, np.ones((8_000, *answer.shape[1:])))",
    ),
    "one number, spread without taking room": (
        returning("np.broadcast_to(1.0, (3_000, 4_000))"),
        "np.stack([answer * scale for scale in range(20)])",
    ),
    "numbers that are not numbers": (returning("np.full(20_000, np.nan)"), "abs(answer[:, None] - answer).max()"),
    "twice as many digits": (returning("np.ones(9_000, np.longdouble)"), "(answer[:, None] * answer).sum()"),
    "complex numbers": (returning("np.ones(9_000, complex)"), "answer[:, None] * answer"),
    "a long list": (returning("[1.0] * 100_000"), "np.array(answer)[:, None] + np.array(answer)"),
    "a long string": (returning("'ab' * 1_000_000"), "answer * 1_000"),
    "a wide dict": (
        returning("{str(n): 'x' * 500 for n in range(4_000)}"),
        "isinstance(answer, dict) and [answer[a] + answer[b] for a in answer for b in answer]",
    ),
    "a size": (returning("10 ** 12"), "isinstance(answer, int) and np.zeros(answer)"),
    "a size that is a float": (returning("1e12"), "isinstance(answer, float) and np.zeros(int(answer))"),
    "labels": (returning("np.array([1, 10 ** 12])"), "answer.dtype.kind == 'i' and np.bincount(answer)"),
    "labels below nothing": (returning("[0, -(10 ** 12)]"), "isinstance(answer, list) and np.zeros(max(answer) - min(answer))"),
    "an int of a thousand digits": (returning("10 ** 4_000"), "isinstance(answer, int) and answer ** 1_000_000_000"),
}  # fmt: skip


@pytest.mark.usefixtures("half_a_second")
@pytest.mark.parametrize(
    ("work", "test"),
    sweep(
        TOO_LARGE.values(),
        {
            "an outer product of many numbers",
            "numbers that are not numbers",
            "a long string",
            "a size",
            "an int of a thousand digits",
        },
        [*TOO_LARGE],
    ),
)
def test_a_case_beyond_its_memory_or_time_is_the_students_failure(course: Course, tmp_path: Path, work: str, test: str) -> None:
    """where the test makes too much of an answer that is larger than the solution's, the case is wrong, and others go on"""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    large, right = judged(course, tmp_path, test, work, RIGHT)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < (case_limits.BYTES + (300 << 20)) >> 10
    outcome = in_use(large)
    assert outcome.verdict is Verdict.WRONG, (outcome.for_student, outcome.for_staff)
    assert "is too large to be checked: that takes more than" in outcome.for_student
    assert large.earned == 5.0 - 1.0
    assert right.earned == right.possible


ENDLESS = "import itertools\nfor number in itertools.count():\n    if answer[0] == 3.0:\n        break"


@pytest.mark.usefixtures("half_a_second")
@pytest.mark.parametrize(
    "catching", sweep(["", "Exception", "(Exception, KeyboardInterrupt)"], ["(Exception, KeyboardInterrupt)"])
)
def test_a_test_that_never_ends(course: Course, tmp_path: Path, catching: str) -> None:
    """a test that goes on for ever is stopped, also where it expects errors of its own"""
    test = (
        f"while answer[0] != 3.0:\n    try:\n        sum(range(1000))\n    except {catching}:\n        pass"
        if catching
        else ENDLESS
    )
    (report,) = judged(course, tmp_path, test, returning("[1.0] * 1000"))
    assert in_use(report).verdict is Verdict.WRONG
    assert "more than 0.5 seconds" in in_use(report).for_student


@pytest.mark.usefixtures("half_a_second")
def test_answers_of_the_right_size_cost_no_points(course: Course, tmp_path: Path) -> None:
    """where a test takes too much of answers that are as small as the solution's, that is our fault and not a verdict"""
    (report,) = judged(course, tmp_path, ENDLESS, returning("np.array([4.0, 6.0])"))
    outcome = in_use(report)
    assert outcome.verdict is Verdict.FAULT
    assert "more than 0.5 seconds in the judge" in outcome.for_staff
    assert "OverTime" in outcome.for_staff
    assert report.earned is None


@pytest.mark.usefixtures("half_a_second")
def test_a_case_that_the_solution_cannot_pass_in_its_limits(course: Course, tmp_path: Path) -> None:
    """a case that takes too much of everybody costs nobody a point"""
    (report,) = judged(course, tmp_path, "np.ones(1 << 40, np.int8)", RIGHT)
    assert in_use(report).verdict is Verdict.FAULT


@pytest.mark.usefixtures("half_a_second")
def test_a_case_that_never_ends_with_a_students_own_inputs(course: Course, tmp_path: Path) -> None:
    """where the solution does not pass a case with the inputs of one student either, that is seen in time, and is a fault"""
    path = course.root / "autograde_tests" / "public" / "test_scaling.py"
    path.write_text(
        f'{path.read_text()}\n\n@points(1)\ndef test_triple_of_luck(student, rng):\n    """a triple of luck"""\n'
        # In the rehearsal the numbers are those of nobody.
        "    x = rng.normal(size=3)\n    y = student.triple(x)\n    while abs(x[0] - NOBODYS) > 1e-12:\n        y = y + 1\n"
    )
    drawn = rng_of_nobody(course)
    path.write_text(path.read_text().replace("NOBODYS", repr(drawn)))
    file = tmp_path / "scaling.py"
    file.write_text(tiny_course.script(double=DOUBLE, triple=returning("np.ones(1000)").replace("== [1.0, 2.0]", "!= [3.0]")))
    suite = Suite(course, course.units[0], hidden=True, secret="secret")
    report = judge_one(suite, candidate(course, file, course.units[0], "eve"))
    (outcome,) = [outcome for outcome in report.outcomes if outcome.case.id.endswith("of_luck")]
    assert outcome.verdict is Verdict.FAULT, (outcome.for_student, outcome.for_staff)
    assert "more than 0.5 seconds in the judge" in outcome.for_staff


def rng_of_nobody(course: Course) -> float:
    """Return the first number that the case gets in the rehearsal."""
    words = [course.name, course.units[0].name, "public/test_triple_of_luck", "secret/"]
    seed = int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:16])
    return float(np.random.default_rng(seed).normal(size=3)[0])


def test_a_worker_that_is_started_in_a_case_has_its_own_limits(course: Course, tmp_path: Path) -> None:
    """the judge's limits are not handed on to a worker that takes the place of one that ended"""
    work = (
        "def triple(x):\n    import os, resource\n    if list(np.ravel(x)) == [1.0, 2.0]:\n        os._exit(3)\n"
        "    if list(np.ravel(x)) == [7.0]:\n        return resource.getrlimit(resource.RLIMIT_AS)[0]\n"
        "    return 3 * np.asarray(x)"
    )
    path = course.root / "autograde_tests" / "public" / "test_scaling.py"
    path.write_text(
        f'{path.read_text()}\n\n@points(1)\ndef test_triple_twice(student):\n    """twice"""\n    import pytest\n'
        "    from cnngrade.errors import StudentFailure\n    try:\n        student.triple([1.0, 2.0])\n"
        f"    except StudentFailure:\n        assert student.triple([7.0]) == {course.policy.memory_mib} << 20\n"
    )
    file = tmp_path / "scaling.py"
    file.write_text(tiny_course.script(double=DOUBLE, triple=work))
    report = judge_one(Suite(course, course.units[0]), candidate(course, file, course.units[0], "eve"))
    assert [outcome.verdict for outcome in report.outcomes if "twice" in outcome.case.id] == [Verdict.PASSED], report.outcomes


def test_memory_is_limited_and_given_back() -> None:
    """in the block a large array cannot be made; before and after it can"""
    with limited(10.0, 64 << 20):
        with pytest.raises(MemoryError):
            np.ones(256 << 20, np.int8)
        np.ones(16 << 20, np.int8)
        with Lifted():
            np.empty(256 << 20, np.int8)
        with pytest.raises(MemoryError):
            np.ones(256 << 20, np.int8)
    np.empty(256 << 20, np.int8)


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_time_is_that_of_the_processor() -> None:
    """waiting takes none of it, and neither does what is done while the limits are lifted"""
    with limited(0.2, 1 << 30):
        time.sleep(0.4)
        with Lifted():
            busy(0.4)
        busy(0.05)
    with pytest.raises(OverTime), limited(0.1, 1 << 30):
        busy(5.0)


def test_time_that_runs_out_is_noticed_again() -> None:
    """code that takes the first exception for its own is stopped by the next one"""

    def swallows() -> None:
        try:
            busy(20.0)
        except BaseException:
            busy(20.0)

    start = time.process_time()
    with pytest.raises(OverTime), limited(0.1, 1 << 30):
        swallows()
    assert time.process_time() - start < 5.0


def test_time_that_ran_out_is_remembered_while_limits_are_lifted() -> None:
    """who swallowed the exception meets it again after the next call to a student"""

    def swallows_and_calls() -> None:
        try:
            busy(5.0)
        except BaseException:
            with Lifted():
                busy(0.01)

    with pytest.raises(OverTime), limited(0.1, 1 << 30):
        swallows_and_calls()


def test_in_a_thread_nothing_is_limited() -> None:
    """signals come to the main thread alone, so elsewhere the block runs as it is"""
    done: list[int] = []

    def work() -> None:
        with limited(0.01, 1 << 20):
            busy(0.05)
            done.append(np.ones(8 << 20, np.int8).size)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [8 << 20]


@pytest.mark.parametrize(
    ("value", "bytes_of_it"),
    [
        (np.zeros((3, 4)), 96), (np.zeros((1_000, 0)), 8_000), (np.zeros((2, 3), np.uint8), 6), (np.float32(1), 8), (7, 8),
        (1 << 8_000, 1_008), ("abc", 3), ([1.0, 2.0], 24), ({"a": np.zeros(4)}, 33), (None, 8), ((), 8),
    ],
)  # fmt: skip
def test_the_extent_of_an_answer(value: object, bytes_of_it: int) -> None:
    """about the bytes of it, where an empty axis does not make a long one vanish"""
    assert case_limits.extent(value) == bytes_of_it


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (np.array([[1, -7], [3, 2]]), 7.0), (np.array([np.nan, np.inf, -2.5]), 2.5), (np.array([True]), 0.0),
        (np.float32(4), 4.0), ([1, (2, {"a": -3, 8: None})], 8.0), (math.inf, 0.0), (10**400, float(1 << 62)), ("9", 0.0),
        (np.array([1e9j]), 0.0), ((), 0.0), (np.zeros(0), 0.0),
    ],
)  # fmt: skip
def test_the_greatest_number_in_an_answer(value: object, number: float) -> None:
    """what a test may take for a size, wherever in an answer it is"""
    assert case_limits.greatest_number(value) == number


@pytest.mark.parametrize("end", [lambda: None, lambda: 1 / 0])
def test_limits_cost_next_to_nothing(end: Callable[[], object]) -> None:
    """a case is limited in less than a tenth of a millisecond, however it ends"""
    best = 1.0
    for _ in range(200):
        start = time.perf_counter()
        try:
            with limited(10.0, 1 << 30):
                end()
        except ZeroDivisionError:
            pass
        best = min(best, time.perf_counter() - start)
    assert best < 1e-4
