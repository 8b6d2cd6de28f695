"""Every submission of the corpus is judged by the real judge, in a real worker, and brings what it says it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Outcome, Policy, Report
from cnngrade.report.terminal import report_as_text
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.candidate import candidate
from support.expectations import differences, policy_for, read
from support.places import ROOT, submissions
from support.sandboxes import sandboxes_here
from support.sweeps import sweep

SUBMISSIONS = submissions()


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.fixture(scope="session")
def judged(request, tmp_path_factory) -> Callable[[Path], Report]:
    """Return a function that brings the report on a file; a unit's selected files are judged together when one is asked for."""
    course = load_course(ROOT)
    sandbox = next(iter(sandboxes_here()), NONE)
    warm: dict[Policy, Warm] = {}

    def source(policy: Policy, path: Path) -> WorkerSource:
        """Return where its workers come from: forked, if possible, since starting each would take longer than judging it."""
        if sandbox == NONE:
            return Fresh(policy, tmp_path_factory.mktemp(path.stem))
        if policy not in warm:
            warm[policy] = Warm(policy, sandbox, paths.data_folder(course))
            request.addfinalizer(warm[policy].close)
        return warm[policy]

    selected = [item.callspec.params["path"] for item in request.session.items if item.originalname == "test_submission"]
    reports: dict[Path, Report] = {}

    def bring(path: Path) -> Report:
        if path not in reports:
            unit = course.unit(path.parent.name)
            entries = []
            for other in (other for other in selected if other.parent == path.parent):
                policy = policy_for(read(other), course.policy)
                entries.append(candidate(replace(course, policy=policy), other, unit, other.stem, source(policy, other)))
            suite = Suite(course, unit, hidden=True)
            judge_many(suite, entries, lambda report: reports.update({report.submission.path: report}))
        return reports[path]

    return bring


def some_of_each_unit() -> set[str]:
    """Return, of the submissions of each unit that should get alike verdicts, and a mistake's name or none, the first."""
    firsts: dict[tuple[object, ...], str] = {}
    for path in SUBMISSIONS:
        meant = read(path)
        firsts.setdefault((path.parent, path.suffix, meant.verdict, meant.not_passed, bool(meant.causes)), name_of(path))
    return set(firsts.values())


@pytest.mark.parametrize("path", sweep(SUBMISSIONS, some_of_each_unit(), [name_of(path) for path in SUBMISSIONS]))
def test_submission(path, judged):
    """the report is as the submission's first lines say"""
    report = judged(path)
    found = differences(read(path), report)
    assert found == [], "\n".join([*found, report_as_text(report, colour=False)])
    assert [outcome.case.title for outcome in report.outcomes if loses_points_in_time(outcome)] == []


def loses_points_in_time(outcome: Outcome) -> bool:
    """Say whether a case loses points though its function is as quick as code with loops has to be, and answers rightly."""
    cost = outcome.cost
    if cost is None or cost.ratio > (cost.loops_cost_beyond or cost.limit):
        return False
    return (outcome.verdict, outcome.earned) != (Verdict.PASSED, outcome.case.points)


def test_loops_cost_points_where_they_cost_time():
    """every function of the course whose time is taken says from where loops in it cost points, below its budget"""
    for unit in load_course(ROOT).units:
        assert unit.loops_cost_beyond.keys() == unit.budgets.keys()
        assert all(ratio < unit.budgets[function] for function, ratio in unit.loops_cost_beyond.items())


def test_corpus_covers_the_course():
    """every unit of the course has right and wrong submissions, and a file in no unit's folder is none"""
    units = {unit.name for unit in load_course(ROOT).units}
    assert {path.parent.name for path in SUBMISSIONS} == units
    for unit in units:
        verdicts = [{verdict.value for verdict in read(path).verdict} for path in SUBMISSIONS if path.parent.name == unit]
        assert {"passed"} in verdicts
        assert any("passed" not in verdict for verdict in verdicts)
