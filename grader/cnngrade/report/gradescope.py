"""A report as Gradescope's results.json, as its documentation of autograders describes it.

Hidden cases become visible when the grades are published; until then Gradescope shows a student the public cases and no total.
There is no leader board, and what the autograder prints is for the staff.
"""

from __future__ import annotations

from typing import Any

from cnngrade.model import Report, Unit
from cnngrade.report.for_platforms import ShownCase, shown_cases, text_above

# Nothing that a student has written is to be read as HTML or Markdown.
_PLAIN = "text"


def gradescope_results(report: Report, unit: Unit) -> dict[str, Any]:
    """Return the document for a report that has a score; raises ValueError for one without, which would be shown as 0."""
    if report.earned is None:
        raise ValueError("a report without a score has no results")
    # How long it took is not said: it may tell of hidden inputs.
    return _results(report.earned, text_above(report, unit)) | {"tests": [_test(case) for case in shown_cases(report)]}


def gradescope_nothing(text: str) -> dict[str, Any]:
    """Return the document for a student who handed in nothing that could be judged; `text` says so."""
    return _results(0.0, text)


def _results(score: float, output: str) -> dict[str, Any]:
    formats = {"output_format": _PLAIN, "test_output_format": _PLAIN, "test_name_format": _PLAIN}
    return {"score": score, "output": output, **formats, "visibility": "visible", "stdout_visibility": "hidden"}


def _test(case: ShownCase) -> dict[str, Any]:
    return {
        "name": case.name,
        "name_format": _PLAIN,
        "score": case.earned,
        "max_score": case.points,
        "status": "passed" if case.passed else "failed",
        "output": case.text,
        "output_format": _PLAIN,
        "visibility": "after_published" if case.hidden else "visible",
    }
