"""The lines that students are told of, in wrong answers whose true lines are known: in a real worker, on what the tests ask."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnngrade.answers.answer_key import recorded_answer_key
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.findings.allowance import Allowance
from cnngrade.jobs.record_answers import record_answers
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import FindingKind, Report
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.candidate import candidate
from support.places import CORPUS, ROOT
from support.sandboxes import sandboxes_here

WRONG = CORPUS / "wrong"
LABELS: dict[str, dict[str, Any]] = json.loads((WRONG / "labels.json").read_text())

QUICK = ("001", "036", "039", "052", "055", "056", "060", "064")
"""What is found in a small part of a second."""

SLOW = (
    "009", "016", "017", "019", "022", "023", "024", "026", "027", "037", "042", "045", "048",
    "059", "065", "067", "068", "075", "077", "080", "082", "084", "087", "096", "098", "099",
)  # fmt: skip

TIME = Allowance(40.0)
"""CPU time for a file; none here takes half of it."""


def chosen(numbers: tuple[str, ...]) -> list[str]:
    return [name for name in LABELS if name.startswith(numbers)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory, request) -> Iterator[Callable[[str], Report]]:
    """Yield a function that brings the report on a file, as if no mistake had a name."""
    course = load_course(ROOT)
    sandbox = next(iter(sandboxes_here()), NONE)
    source: WorkerSource = Fresh(course.policy, tmp_path_factory.mktemp("here"))
    if sandbox != NONE:
        source = Warm(course.policy, sandbox, paths.data_folder(course))
    here = (item for item in request.session.items if item.path == request.path and "judged" in item.fixturenames)
    selected = [item.callspec.params["name"] for item in here]
    reports: dict[str, Report] = {}

    def bring(name: str) -> Report:
        if name not in reports:
            unit = course.unit(LABELS[name]["unit"])
            names = [other for other in dict.fromkeys(selected) if LABELS[other]["unit"] == unit.name]
            key = Suite(course, unit).answers()
            nameless = replace(key, knowledge=lambda: Nameless(key.knowledge()))
            entries = (candidate(course, WRONG / other, unit, other, source) for other in names)
            suite = Suite(course, unit, answer_key=nameless, search=TIME)
            judge_many(suite, entries, lambda report: reports.update({report.submission.student: report}))
        return reports[name]

    with contextlib.closing(source):
        yield bring


class Nameless:
    """What is known about calls, but of mistakes nothing."""

    def __init__(self, known: Any) -> None:
        self._known = known

    def __getattr__(self, name: str) -> Any:
        return getattr(self._known, name)

    def mistakes(self, function: str) -> list[Any]:
        return []


def told(report: Report, function: str) -> list[int]:
    """Return the lines that the report tells of a function."""
    found = (finding for finding in report.findings if finding.function == function and finding.kind is FindingKind.PLACE)
    return [place.line for finding in found for place in finding.places]


def assert_true(report: Report, name: str) -> None:
    label = LABELS[name]
    lines = told(report, label["function"])
    assert lines, "nothing is told"
    assert set(lines) <= {*label["lines"], *label["also"]}


@pytest.mark.parametrize("name", chosen(QUICK))
def test_line_is_told(judged, name):
    """the line that a student is told is where the mistake is"""
    assert_true(judged(name), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", chosen(SLOW))
def test_line_is_told_after_a_while(judged, name):
    """the line that a student is told is where the mistake is, where it takes a second or more to find"""
    assert_true(judged(name), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in LABELS if not name.startswith(QUICK + SLOW)])
def test_no_other_line_is_told(judged, name):
    """where the true line is not found, no other one is told"""
    label = LABELS[name]
    assert set(told(judged(name), label["function"])) <= {*label["lines"], *label["also"]}


@pytest.mark.slow
def test_line_is_told_from_a_recording(tmp_path):
    """a student's machine, which has no solution, tells the same line"""
    course = load_course(ROOT)
    (name,) = chosen(("060",))
    unit = course.unit(LABELS[name]["unit"])
    answers = tmp_path / "answers.npz"
    record_answers(course, unit, answers)
    path = Path(tmp_path / f"{unit.name}.py")
    path.write_text((WRONG / name).read_text())
    reports: list[Report] = []
    suite = Suite(course, unit, functions=(LABELS[name]["function"],), answer_key=recorded_answer_key(answers), search=TIME)
    judge_many(suite, [candidate(course, path, unit, "")], reports.append)
    assert_true(reports[0], name)
