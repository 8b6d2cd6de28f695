"""Graded inputs are each student's own: no right answer fails, and no known mistake passes, whatever is drawn."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from cnngrade.answers.answer_key import AnswerKey, live_answer_key
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import ReportVerdict, Submission
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, InlineWork, candidate
from support.expectations import policy_for, read
from support.places import ROOT, submissions
from support.sandboxes import sandboxes_here

COURSE = load_course(ROOT)
RIGHT = [path for path in submissions() if read(path).verdict == {ReportVerdict.PASSED}]
STUDENTS = [f"student {number}" for number in range(5)]

pytestmark = pytest.mark.slow


def answer_key(unit: str) -> AnswerKey:
    return replace(live_answer_key(COURSE, COURSE.unit(unit)), solution=None)


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in RIGHT])
def test_a_right_answer_is_right_for_everybody(path: Path, tmp_path: Path) -> None:
    """a right submission of the corpus passes every case with the inputs of five students"""
    unit, policy = COURSE.unit(path.parent.name), policy_for(read(path), COURSE.policy)
    sandbox = next(iter(sandboxes_here()), NONE)
    source = Fresh(policy, tmp_path) if sandbox == NONE else Warm(policy, sandbox, paths.data_folder(COURSE))
    with contextlib.closing(source):
        entries = [candidate(replace(COURSE, policy=policy), path, unit, student, source) for student in STUDENTS]
        suite = Suite(COURSE, unit, hidden=True, answer_key=answer_key(unit.name), secret="a secret")
        for student, outcomes in zip(STUDENTS, judge_untimed(suite, entries), strict=True):
            failed = [outcome for outcome in outcomes if outcome.verdict is not Verdict.PASSED]
            assert failed == [], student


def mistaken(unit: str, known: KnownMistake, student: str) -> Candidate:
    """Return the solution with a known mistake in it."""
    module = ModuleType(known.name)
    vars(module).update(vars(load_module(paths.solution_file(COURSE, unit), ROOT)))
    # Loaded afresh for each, so that a mistake which remembers something begins without memories.
    code = next(code for other, code in load_mistakes(COURSE, COURSE.unit(unit)).items() if other.name == known.name)
    setattr(module, known.function, code)
    return Candidate(Submission(student, unit, ROOT, ""), InlineWork(COURSE.policy, module))


@pytest.mark.parametrize("unit", [unit.name for unit in COURSE.units])
def test_a_mistake_is_caught_for_everybody(unit: str) -> None:
    """each known mistake fails in some case with the inputs of three students, and closes the same gates for all of them"""
    for function in COURSE.unit(unit).functions:
        suite = Suite(
            COURSE, COURSE.unit(unit), hidden=True, functions=(function,), answer_key=answer_key(unit), secret="a secret"
        )
        known = [entry for entry in load_mistakes(COURSE, COURSE.unit(unit)) if entry.function == function]
        entries = [(entry, student) for entry in known for student in STUDENTS[:3]]
        waiting: dict[str, set[frozenset[str]]] = {}
        found = judge_untimed(suite, (mistaken(unit, entry, student) for entry, student in entries))
        for (entry, student), outcomes in zip(entries, found, strict=True):
            failed = {outcome.case.id for outcome in outcomes if outcome.verdict is not Verdict.PASSED}
            assert failed, f"{entry.name} for {student}"
            waits = frozenset(outcome.case.id for outcome in outcomes if outcome.verdict is Verdict.SKIPPED)
            waiting.setdefault(entry.name, set()).add(waits)
        assert [name for name, ways in waiting.items() if len(ways) > 1] == []
