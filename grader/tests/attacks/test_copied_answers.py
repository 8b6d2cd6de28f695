"""What is copied from a handout is worth next to nothing in grading: public cases have inputs of each student's own there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from cnngrade.answers.answer_key import AnswerKey, live_answer_key
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.own_inputs import MOST_COPYABLE, Copyable, try_inputs
from cnngrade.judge.judging import judge_many, judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import Report, Submission
from cnngrade.student.candidate import Candidate, InlineWork, OpenedWork, candidate
from support.copied_answers import copy_of
from support.places import ROOT

COURSE = load_course(ROOT)
UNITS = [unit.name for unit in COURSE.units]
FILTERS_BY_HEART = {"public/test_sobel_both_directions", "public/test_laplacian_of_four_neighbours"}


def some_for_every_run(*units: str) -> list[ParameterSet]:
    """Return all units; those that are not named take time that is not there in every run."""
    return [pytest.param(unit, marks=() if unit in units else pytest.mark.slow) for unit in UNITS]


@cache
def answer_key(unit: str) -> AnswerKey:
    return replace(live_answer_key(COURSE, COURSE.unit(unit)), solution=None)


@cache
def copyable(unit: str) -> Copyable:
    """Return what `verify` says of the unit."""
    solution = load_module(paths.solution_file(COURSE, unit), ROOT)
    graded = Suite(COURSE, COURSE.unit(unit), hidden=True, answer_key=answer_key(unit), secret="s")
    return try_inputs(graded, solution).copyable


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str, str], Path]:
    """Return a function that writes a copy of a unit's public answers: `copied(unit, refusal)`."""

    def write(name: str, refusal: str) -> Path:
        unit = COURSE.unit(name)
        work = OpenedWork(InlineWork(COURSE.policy, load_module(paths.solution_file(COURSE, name), ROOT)).open())
        asker = Candidate(Submission("", name, tmp_path, ""), work)
        judge_untimed(Suite(COURSE, unit, answer_key=answer_key(name)), [asker])
        path = tmp_path / f"{name}.py"
        path.write_text(copy_of(work.student.calls, unit.functions, refusal), encoding="utf-8")
        return path

    return write


def judged(name: str, path: Path, secret: str, students: tuple[str, ...]) -> list[Report]:
    """Return the reports: with a secret as `grade` judges, without one as `check` does."""
    unit, reports = COURSE.unit(name), list[Report]()
    entries = [candidate(COURSE, path, unit, student) for student in students]
    judge_many(Suite(COURSE, unit, hidden=bool(secret), answer_key=answer_key(name), secret=secret), entries, reports.append)
    return reports


@pytest.mark.parametrize("unit", some_for_every_run("filters"))
def test_a_copy_of_the_handout_earns_next_to_nothing(unit: str, copied: Callable[[str, str], Path]) -> None:
    """right answers to the handout's inputs pass every public case in `check`, and in grading at most 15 % of the points

    A copy that answers all else with the exception that refusals ask for gets no further than that.
    """
    path = copied(unit, "ValueError")
    (here,) = judged(unit, path, "", ("",))
    # A time cannot be copied.
    assert {outcome.case.id for outcome in here.outcomes if not outcome.earned} <= {
        outcome.case.id for outcome in here.outcomes if outcome.case.id.endswith("within_its_budget")
    }
    for report in judged(unit, path, "a secret", ("ada", "ben")):
        assert report.earned is not None
        assert report.earned <= MOST_COPYABLE * report.possible


@pytest.mark.parametrize("unit", some_for_every_run("filters"))
def test_only_what_verify_says_can_be_copied(unit: str, copied: Callable[[str, str], Path]) -> None:
    """a copy passes in grading no other case than those that `verify` calls copyable"""
    path = copied(unit, "LookupError")
    said = {case.id for case in copyable(unit).cases}
    for report in judged(unit, path, "a secret", ("ada",)):
        assert {outcome.case.id for outcome in report.outcomes if outcome.earned} <= said


def test_what_can_be_copied_is_found_by_what_is_asked() -> None:
    """verify names the cases that ask everybody the same, and complains where they are worth more than they may be"""
    assert {case.id for case in copyable("filters").cases} >= FILTERS_BY_HEART
    assert copyable("pooling").cases == ()
    found = copyable("filters")
    assert list(found.problems()) == []
    (problem,) = replace(found, possible=found.points / (MOST_COPYABLE + 0.01)).problems()
    assert all(case in problem for case in FILTERS_BY_HEART)
