"""An interrupt at a notebook, wherever it comes: the check ends with what was judged before, and nothing is a mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Verdict
from cnngrade.findings.allowance import Allowance
from cnngrade.judge.judging import judge_one
from cnngrade.judge.session import STOPPED_LOOKING
from cnngrade.judge.suite import Suite
from cnngrade.model import Report, Submission
from cnngrade.scoring import verdict_of
from cnngrade.student.candidate import Candidate, InlineWork
from support import tiny_course

OK = Verdict.PASSED


class Interrupts:
    """Interrupts a function when it is called for the time `at`; counts the calls."""

    def __init__(self, at: int) -> None:
        self.at, self.calls = at, 0

    def around(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def called(x: Any) -> Any:
            self.calls += 1
            if self.calls == self.at:
                raise KeyboardInterrupt
            return function(x)

        return called


def judged(root: Path, interrupts: Interrupts, double: Callable[[Any], Any], is_watched: bool = True) -> Report:
    """Judge `double`, interrupted, and a right `triple`."""
    course = load_course(root)
    kernel = ModuleType("kernel")
    vars(kernel).update(double=interrupts.around(double), triple=lambda x: 3 * np.asarray(x))
    work = InlineWork(course.policy, kernel, is_watched=is_watched)
    suite = Suite(course, course.units[0], search=Allowance(0.5, by_clock=1.0))
    return judge_one(suite, Candidate(Submission("", "scaling", Path("scaling.ipynb"), ""), work))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_course.add_budget(tiny_course.make_course(tmp_path_factory.mktemp("course")))


def doubled(x: Any) -> Any:
    return 2 * np.asarray(x)


def test_every_call_can_be_stopped(root: Path) -> None:
    """in a case, where times are taken or loops are counted: that case is stopped, and no other has another verdict for it"""
    undisturbed = Interrupts(0)
    assert {outcome.verdict for outcome in judged(root, undisturbed, doubled).outcomes} == {OK}
    stopped = set()
    for at in sorted({*range(1, 12), undisturbed.calls // 2}):
        interrupts = Interrupts(at)
        report = judged(root, interrupts, doubled)
        if interrupts.calls < at and at > 11:
            # How many times are taken until the limit is decided differs from run to run.
            continue
        verdicts = [outcome.verdict for outcome in report.outcomes]
        first = verdicts.index(Verdict.STOPPED)
        stopped.add(first)
        assert set(verdicts) <= {OK, Verdict.STOPPED}, at
        assert report.outcomes[first].for_student.startswith("You stopped double."), at
        assert report.earned is None
        assert verdict_of(report.outcomes).value == "stopped"
        assert report.findings == ()
    assert len(stopped) > 2


def test_a_stop_while_cases_are_run_aside_keeps_the_verdicts(root: Path) -> None:
    """what is run only to find out more may be stopped: the cases stand as they were judged"""
    report = judged(root, Interrupts(2), lambda x: np.asarray(x) + 0.25)
    assert [outcome.verdict for outcome in report.outcomes][:2] == [Verdict.WRONG, Verdict.SKIPPED]
    assert report.earned == 2.0
    assert report.problems == (STOPPED_LOOKING,)


def test_where_nobody_waits_an_interrupt_ends_everything(root: Path) -> None:
    """in a grading the interrupt is whoever runs it: no verdict comes of it"""
    with pytest.raises(KeyboardInterrupt):
        judged(root, Interrupts(1), doubled, is_watched=False)


def test_an_interrupt_while_tests_are_read_ends_everything(tmp_path: Path) -> None:
    """it is no defect of the tests, and a session that the tests end themselves is one"""
    course = tiny_course.make_course(tmp_path)
    tests = course / "autograde_tests" / "public" / "test_scaling.py"
    for line, expected in (("raise KeyboardInterrupt", KeyboardInterrupt), ("import pytest; pytest.exit('now')", CourseError)):
        tests.write_text(f"{line}\n{tiny_course.PUBLIC_TESTS}", encoding="utf-8")
        with pytest.raises(expected):
            judged(course, Interrupts(0), doubled)
