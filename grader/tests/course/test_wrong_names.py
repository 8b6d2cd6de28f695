"""The names of mistakes that students are told, in wrong answers of which somebody has read which are true."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnngrade.answers.mistakes import load_mistakes
from cnngrade.course.load import load_course
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import candidate
from support.places import CORPUS, ROOT

WRONG = CORPUS / "wrong"
LABELS: dict[str, dict[str, Any]] = json.loads((WRONG / "labels.json").read_text())
COURSE = load_course(ROOT)
QUICK = ("pixels", "filters")
UNITS = [pytest.param(unit, marks=[] if unit.name in QUICK else pytest.mark.slow, id=unit.name) for unit in COURSE.units]


def test_labels_are_about_what_is_there():
    """every answer has a label, which names a function of its unit, lines of its file and known mistakes of the unit"""
    assert {path.name for path in WRONG.glob("*.py")} == set(LABELS)
    known = {unit.name: {found.name for found in load_mistakes(COURSE, unit)} for unit in COURSE.units}
    for name, label in LABELS.items():
        count = len((WRONG / name).read_text().splitlines())
        assert label["function"] in COURSE.unit(label["unit"]).functions, name
        assert all(1 <= line <= count for line in (*label["lines"], *label["also"])), name
        assert set(label["names"]) <= known[label["unit"]], name


@pytest.mark.parametrize("unit", UNITS)
def test_no_false_name_is_told(unit, tmp_path):
    """no mistake is named that is not the student's, of whatever function"""
    sentences = {known.name: known.sentence for known in load_mistakes(COURSE, unit)}
    names = [name for name, label in LABELS.items() if label["unit"] == unit.name]
    source = Fresh(COURSE.policy, tmp_path)
    reports: dict[str, Report] = {}
    entries = (candidate(COURSE, WRONG / name, unit, name, source) for name in names)
    judge_many(Suite(COURSE, unit), entries, lambda report: reports.update({report.submission.student: report}))
    assert set(reports) == set(names)
    for name, report in reports.items():
        told = {outcome.cause for outcome in report.outcomes if outcome.cause}
        assert told <= {sentences[true] for true in LABELS[name]["names"]}, name
