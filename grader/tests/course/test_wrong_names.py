"""The names of mistakes that students are told, in wrong answers of which somebody has read which are true."""

from __future__ import annotations

import json
from pathlib import Path
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

FOLDERS = (CORPUS / "wrong", CORPUS / "unseen")
LABELS: dict[Path, dict[str, Any]] = {
    folder / name: label for folder in FOLDERS for name, label in json.loads((folder / "labels.json").read_text()).items()
}
COURSE = load_course(ROOT)
QUICK = ("pixels",)
UNITS = [pytest.param(unit, marks=[] if unit.name in QUICK else pytest.mark.slow, id=unit.name) for unit in COURSE.units]


def test_labels_are_about_what_is_there():
    """every answer has a label, which names a function of its unit, lines of its file and known mistakes of the unit"""
    assert {path for folder in FOLDERS for path in folder.glob("*.py")} == set(LABELS)
    known = {unit.name: {found.name for found in load_mistakes(COURSE, unit)} for unit in COURSE.units}
    for path, label in LABELS.items():
        count, name = len(path.read_text().splitlines()), path.name
        assert label["function"] in COURSE.unit(label["unit"]).functions, name
        assert all(1 <= line <= count for line in (*label["lines"], *label["also"])), name
        assert set(label["names"]) <= known[label["unit"]], name


@pytest.mark.parametrize("unit", UNITS)
def test_no_false_name_is_told(unit, tmp_path):
    """no mistake is named that is not the student's, of whatever function"""
    sentences = {known.name: known.sentence for known in load_mistakes(COURSE, unit)}
    paths = [path for path, label in LABELS.items() if label["unit"] == unit.name]
    source = Fresh(COURSE.policy, tmp_path)
    reports: dict[Path, Report] = {}
    entries = (candidate(COURSE, path, unit, "", source) for path in paths)
    judge_many(Suite(COURSE, unit), entries, lambda report: reports.update({report.submission.path: report}))
    assert set(reports) == set(paths)
    told = {path.name: {outcome.cause for outcome in report.outcomes if outcome.cause} for path, report in reports.items()}
    true = {path.name: {sentences[name] for name in LABELS[path]["names"]} for path in paths}
    false = {name: sorted(told[name] - true[name]) for name in told}
    assert {name: said for name, said in false.items() if said} == {}
