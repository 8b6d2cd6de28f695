"""What a report says of the one before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnngrade.errors import Verdict
from cnngrade.model import Case, Outcome, Report, Submission
from cnngrade.report.changes import changes_between, points_between
from support.places import ROOT

P, W, R, U, S, K = (
    Verdict.PASSED, Verdict.WRONG, Verdict.RAISED, Verdict.UNFINISHED, Verdict.SLOW, Verdict.SKIPPED,
)  # fmt: skip


def report(**functions: tuple[Verdict, ...]) -> Report:
    """Return a report on functions with cases that end like this; each is worth a point."""
    outcomes = [
        Outcome(Case(f"public/test_{name}_{number}", f"{name} of {number}", 1.0, False, name), verdict, float(verdict is P))
        for name, verdicts in functions.items()
        for number, verdict in enumerate(verdicts)
    ]
    earned = sum(outcome.earned for outcome in outcomes)
    submission = Submission("", "unit", ROOT / "unit.py", "")
    return Report(submission, "Unit", tuple(outcomes), earned, float(len(outcomes)))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((U, U, U), (P, P, W), ["+ f: 2 more tests pass; 1 test: to do -> wrong"]),
        ((U, K), (P, K), ["+ f: 1 more test passes"]),
        ((P, P), (P, R), ['- f: 1 test that passed no longer does (raised): "f of 1"']),
        ((P, P, P), (W, R, W), ['- f: 3 tests that passed no longer do (wrong, raised): "f of 0" and 2 more']),
        ((P, W), (W, P), ['~ f: 1 more test passes; 1 test that passed no longer does (wrong): "f of 0"']),
        ((W, W, K), (R, R, W), ["~ f: 2 tests: wrong -> raised; 1 test: waits -> wrong"]),
        ((S,), (S,), []),
        ((P, W, R), (P, W, R), []),
    ],
)
def test_one_function(before: tuple[Verdict, ...], after: tuple[Verdict, ...], told: list[str]) -> None:
    """more that pass come first, then fewer, then what ends otherwise without passing; the mark is the balance"""
    changes = changes_between(report(f=before), report(f=after))
    assert [f"{change.mark()} {change.as_text()}" for change in changes] == told


def test_several_functions_and_other_tests() -> None:
    """each function has a line, in the order of the report; a test that only one of them has says nothing"""
    changes = changes_between(report(f=(P,), g=(W, W), h=(U,)), report(g=(P,), f=(W, P), h=(U,), new=(P,)))
    assert [(change.mark(), change.function) for change in changes] == [("+", "g"), ("-", "f")]


def test_a_title_moves_no_terminal() -> None:
    """what a test is called is made visible"""
    before, after = report(f=(P,)), report(f=(W,))
    case = replace(after.outcomes[0].case, title="\x1b[2Ja\nb")
    (change,) = changes_between(before, replace(after, outcomes=(replace(after.outcomes[0], case=case),)))
    assert change.as_text().endswith(r'"\x1b[2Ja b"')


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (0.0, 2.0, "2 points more"),
        (2.0, 1.0, "1 point fewer"),
        (1.0, 1.5, "0.5 points more"),
        (0.1 + 0.2, 0.3, ""),
        (None, 1.0, ""),
    ],
)
def test_points(before: float | None, after: float | None, told: str) -> None:
    """the points by which they differ, and nothing where there is no score or no difference"""
    empty = report()
    assert points_between(replace(empty, earned=before), replace(empty, earned=after)) == told
    assert points_between(replace(empty, earned=after), replace(empty, earned=None)) == ""
