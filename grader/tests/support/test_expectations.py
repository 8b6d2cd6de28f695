"""A submission of the corpus says what it expects in words that mean something, and a report that differs is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnngrade.errors import Verdict
from cnngrade.model import Case, Outcome, Report, ReportVerdict, Submission
from support.expectations import Expectation, MalformedExpectation, differences, parse, read

PASSED = frozenset({ReportVerdict.PASSED})


def block(*lines: str) -> str:
    return "# expect:\n" + "".join(f"#   {line}\n" for line in lines) + "\nimport numpy as np\n"


def test_everything_can_be_said() -> None:
    """all keys are read, and the block ends where the indentation ends"""
    text = block(
        "verdict: [partial, slow]", "functions: {double: passed, halve: [wrong, raised]}", "not_passed: [slow]", "earned: 1.5",
        'causes: ["twice"]', "sentence: too slow", "call_seconds: 2",
    ) + "# verdict: wrong\n"  # fmt: skip
    assert parse(text) == Expectation(
        verdict=frozenset({ReportVerdict.PARTIAL, ReportVerdict.SLOW}),
        functions={"double": PASSED, "halve": frozenset({ReportVerdict.WRONG, ReportVerdict.RAISED})},
        not_passed=frozenset({Verdict.SLOW}),
        earned=1.5,
        causes=("twice",),
        sentence="too slow",
        call_seconds=2.0,
    )
    assert parse(block("verdict: passed", "earned: all")) == Expectation(verdict=PASSED, earned_all=True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import numpy as np\n", "first line"),
        ("\n" + block("verdict: passed"), "first line"),
        ("# expect:\n", "first line"),
        ("# expect:\n# verdict: passed\n", "first line"),
        (block("verdict: [passed"), "not YAML"),
        (block("passed"), "mapping"),
        (block("earned: 0"), "holds a verdict"),
        (block("verdict: good"), "not a verdict"),
        (block("verdict: []"), "not a verdict"),
        (block("verdict: passed", "cause: flipped"), "unknown: cause"),
        (block("verdict: wrong", "functions: [double]"), "mapping of names"),
        (block("verdict: wrong", "functions: {double: fine}"), "functions, double"),
        (block("verdict: wrong", "causes: flipped"), "list of strings"),
        (block("verdict: wrong", "causes: [3]"), "not a string"),
        (block("verdict: wrong", "sentence: "), "not a string"),
        (block("verdict: wrong", "earned: some"), "not a number"),
        (block("verdict: wrong", "earned: -1"), "not a number"),
        (block("verdict: wrong", "call_seconds: true"), "not a number"),
    ],
)
def test_malformed_expectation_is_refused(text: str, complaint: str) -> None:
    """a block that is missing or says something unknown raises, and says what is wrong"""
    with pytest.raises(MalformedExpectation, match=complaint):
        parse(text)


def test_file_is_named(tmp_path: Path) -> None:
    """the complaint names the file"""
    (tmp_path / "odd.py").write_text("import numpy as np\n")
    with pytest.raises(MalformedExpectation, match=r"/odd\.py: the first line"):
        read(tmp_path / "odd.py")


def test_notebook_is_read(tmp_path: Path) -> None:
    """in a notebook the first cell begins with the block"""
    cell = {"cell_type": "markdown", "metadata": {}, "source": block("verdict: passed").splitlines(keepends=True)}
    (tmp_path / "fine.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert read(tmp_path / "fine.ipynb") == Expectation(verdict=PASSED)


@pytest.fixture
def report() -> Report:
    def outcome(function: str, verdict: Verdict, earned: float, text: str = "", cause: str | None = None) -> Outcome:
        case = Case(f"public/test_{function}_{verdict.value}", "a case", 2.0, False, function)
        return Outcome(case, verdict, earned, text, cause=cause)

    outcomes = (
        outcome("double", Verdict.PASSED, 2.0),
        outcome("double", Verdict.SLOW, 0.5, "9 times the reference's time"),
        outcome("halve", Verdict.WRONG, 0.0, "3 of 4 numbers differ", "The half is taken twice. Divide once."),
    )
    return Report(Submission("s", "sums", Path("sums.py"), ""), "Sums", outcomes, 2.5, 6.0, ("a cell fails",), "hello")


def test_report_as_expected(report: Report) -> None:
    """a report that is as expected differs in nothing"""
    lines = [
        "verdict: partial", "functions: {double: partial, halve: wrong}", "not_passed: [slow, wrong]", "earned: 2.5",
        "causes: [half is taken twice]", "sentence: 3 of 4",
    ]  # fmt: skip
    assert differences(parse(block(*lines)), report) == []
    for seen in ("a cell fails", "hello"):
        assert differences(parse(block("verdict: partial", f"sentence: {seen}")), report) == []


@pytest.mark.parametrize(
    ("line", "difference"),
    [
        ("functions: {halve: passed}", "halve is wrong, not passed"),
        ("functions: {third: passed}", "third is unfinished, not passed"),
        ("not_passed: [slow]", "a case is wrong"),
        ("earned: all", "2.5 points are earned, not 6.0"),
        ("earned: 0", "2.5 points are earned, not 0.0"),
        ("causes: [flipped]", "no cause says 'flipped', only ['The half is taken twice. Divide once.']"),
        ("sentence: goodbye", "the student does not read 'goodbye'"),
    ],
)
def test_every_difference_is_noticed(report: Report, line: str, difference: str) -> None:
    """each key can fail, and says how"""
    assert differences(parse(block("verdict: partial", line)), report) == [difference]


def test_wrong_verdict_is_noticed(report: Report) -> None:
    """the verdict of the whole report can fail, too"""
    assert differences(parse(block("verdict: [passed, slow]")), report) == ["the verdict is partial, not passed or slow"]
