"""Reports as Gradescope and PrairieLearn read them: of the documented form, plain text, and silent about hidden cases.

The schemas say what the platforms' documentation says: their own are not published, or not free.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from cnngrade.errors import Verdict
from cnngrade.model import Report, Unit
from cnngrade.report.gradescope import gradescope_nothing, gradescope_results
from cnngrade.report.prairielearn import prairielearn_refusal, prairielearn_results
from cnngrade.safe_text import visible
from cnngrade.scoring import report_of
from support.handmade_reports import DANGEROUS, FAULT, GRADED, HIDDEN, LONG, REPORTS, outcome
from support.platform_schemas import GRADESCOPE, PRAIRIELEARN, RESULTS_BYTES

UNIT = Unit("convolution", "Convolution", 20.0, 1.5, ("conv2d",))
SCORED = {name: report for name, report in REPORTS.items() if report.earned is not None}

Render = Callable[[Report, Unit], dict[str, Any]]
SCHEMAS: dict[Render, dict[str, Any]] = {gradescope_results: GRADESCOPE, prairielearn_results: PRAIRIELEARN}
platforms = pytest.mark.parametrize("render", SCHEMAS, ids=["gradescope", "prairielearn"])


def said(document: dict[str, Any]) -> str:
    """Return a document as it is written."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


@pytest.mark.parametrize("name", SCORED)
@platforms
def test_every_report_is_of_the_documented_form(name: str, render: Render) -> None:
    """whatever is in a report, its document keeps to the form, and has no character that does anything"""
    document = render(SCORED[name], UNIT)
    jsonschema.validate(document, SCHEMAS[render])
    texts = [text for text in strings(document) if not text.startswith("data:")]
    assert all(visible(text) == text for text in texts)
    assert len(said(document).encode()) < RESULTS_BYTES


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


@platforms
def test_a_hidden_case_is_points_alone(render: Render) -> None:
    """neither its title, nor what happened in it, nor how many points hidden cases gave is told above the cases"""
    document = render(HIDDEN, UNIT)
    text = said(document)
    assert "SECRET" not in text
    hidden = [case for case in HIDDEN.outcomes if case.case.hidden]
    assert not any(case.case.title in text for case in hidden)
    names = [test["name"] for test in document["tests"] if "hidden case" in test["name"]]
    assert names == [f"conv2d: hidden case {number}" for number in range(1, len(hidden) + 1)]
    above = document["output"] if render is gradescope_results else document["message"]
    # The same whatever came of the hidden cases.
    all_right = tuple(
        replace(case, verdict=Verdict.PASSED, earned=case.case.points) if case.case.hidden else case for case in HIDDEN.outcomes
    )
    other = render(report_of(GRADED, HIDDEN.title, all_right), UNIT)
    assert above == (other["output"] if render is gradescope_results else other["message"])


def test_hidden_cases_wait_for_gradescope_to_publish() -> None:
    """public cases are visible at once, hidden ones when the grades are published, and what is printed never"""
    document = gradescope_results(HIDDEN, UNIT)
    seen = {test["visibility"] for test in document["tests"] if "hidden case" not in test["name"]}
    unseen = {test["visibility"] for test in document["tests"] if "hidden case" in test["name"]}
    assert (seen, unseen) == ({"visible"}, {"after_published"})
    assert document["stdout_visibility"] == "hidden"
    assert "leaderboard" not in document
    assert "execution_time" not in document


@pytest.mark.parametrize("name", SCORED)
def test_the_points_are_those_of_the_report(name: str) -> None:
    """the total is the sum of the cases, and the share of PrairieLearn lies between 0 and 1"""
    report = SCORED[name]
    document = gradescope_results(report, UNIT)
    assert document["score"] == report.earned
    assert math.isclose(sum(test["score"] for test in document["tests"]), document["score"], abs_tol=0.005)
    share = prairielearn_results(report, UNIT)["score"]
    assert 0 <= share <= 1
    assert math.isclose(share * report.possible, report.earned or 0.0, abs_tol=1e-9)


@platforms
def test_what_has_no_score_gets_none(render: Render) -> None:
    """a report with a fault is refused, where it would be shown as 0"""
    with pytest.raises(ValueError, match="without a score"):
        render(FAULT, UNIT)


def test_what_was_not_judged_costs_nothing_in_prairielearn() -> None:
    """such a document is of the documented form, and has no score"""
    document = prairielearn_refusal("Not graded.")
    jsonschema.validate(document, PRAIRIELEARN)
    assert document["gradable"] is False
    assert "score" not in document
    jsonschema.validate(gradescope_nothing("Nothing was judged."), GRADESCOPE)


@platforms
def test_a_thousand_long_cases_fit(render: Render) -> None:
    """however many cases there are and however much each says, in characters of four bytes, the document fits"""
    long = "\U0001f600" * 3_000 + "\n" + LONG
    outcomes = tuple(outcome(f"case {number}", Verdict.WRONG, text=long) for number in range(1_000))
    report = replace(report_of(GRADED, "Long", outcomes), problems=(long,) * 200)
    document = render(report, UNIT)
    assert len(said(document).encode()) < RESULTS_BYTES
    assert len(document["tests"]) == 1_000


@platforms
def test_what_a_student_writes_is_text(render: Render) -> None:
    """nothing of it asks to be read as HTML or Markdown, nor can it be taken for a field"""
    document = render(replace(DANGEROUS, earned=1.0), UNIT)
    if render is gradescope_results:
        formats = {document[key] for key in ("output_format", "test_output_format", "test_name_format")}
        formats |= {test[key] for test in document["tests"] for key in ("name_format", "output_format")}
        assert formats == {"text"}
    assert json.loads(said(document)) == document


def test_public_points_and_prose_are_told_apart() -> None:
    """the text above says what public cases gave, what hidden ones are worth, and who gives the rest"""
    outcomes = (outcome("one"), outcome("two", Verdict.WRONG, 2), outcome("three", points=4, hidden=True))
    above = gradescope_results(report_of(GRADED, "A unit", outcomes), UNIT)["output"]
    assert "Public cases: 1 of 3 points." in above
    assert "Hidden cases are worth 4 points." in above
    assert "A person gives the 1.5 points for the question in prose." in above
    assert 'Next: fix conv2d in convolution.py: "two".' in above
    right = (outcome("one"), outcome("three", Verdict.WRONG, points=4, hidden=True))
    above = gradescope_results(report_of(GRADED, "A unit", right), replace(UNIT, prose_points=0.0))["output"]
    assert above == "Public cases: 1 of 1 point.\n\nHidden cases are worth 4 points.\n\nEvery public case passed."
    above = gradescope_results(report_of(GRADED, "A unit", (outcome("one"),)), replace(UNIT, prose_points=0.0))["output"]
    assert above.startswith("Public cases: 1 of 1 point.\n\nNext: ")
