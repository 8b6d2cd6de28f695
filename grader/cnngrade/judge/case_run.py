"""One collected test, run for one submission after the other: how it ended comes back as a value."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cnngrade.judge.cases import Gate, case_of
from cnngrade.judge.compat import run_by_pytest
from cnngrade.judge.fast_path import Ended, Plan, plan
from cnngrade.model import Case, Unit


class EndReport(pytest.TestReport):
    """pytest's report of one phase of a test, with the exception itself in it; pytest's own is costly, and nobody reads it."""

    def __init__(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        when = "call" if call.when == "collect" else call.when
        super().__init__(item.nodeid, item.location, {}, "failed" if call.excinfo else "passed", None, when)
        self.ended = Ended(when, call.excinfo.value if call.excinfo else None)


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case, its test, and how that is run without pytest, where it can be."""

    case: Case
    item: pytest.Function
    plan: Plan | None

    @property
    def gate(self) -> Gate | None:
        """The case as a gate, if the later cases of the same function wait for it."""
        mark = self.item.get_closest_marker("gate")
        return None if mark is None else Gate(self.case, tuple(map(str, mark.args)))

    @property
    def takes_time(self) -> bool:
        """Whether it is about a time budget."""
        return "budget" in self.item.fixturenames

    def run(self) -> Ended:
        """Run the test and return how it ended; raises KeyboardInterrupt and what ends the whole session."""
        return self.plan.run() if self.plan else _run_by_pytest(self.item)


def case_run(item: pytest.Function, unit: Unit) -> CaseRun:
    """Return how the test is run; raises CourseError when it does not say what it tests or what it is worth."""
    return CaseRun(case_of(item, unit), item, plan(item))


def _run_by_pytest(item: pytest.Function) -> Ended:
    phases = [report.ended for report in run_by_pytest(item) if isinstance(report, EndReport)]
    return next((ended for ended in phases if ended.error is not None), Ended("call", None))
