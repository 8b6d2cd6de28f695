"""A report as PrairieLearn's results.json, as its documentation of external grading describes it.

The score is the share of the points that cases give. PrairieLearn hides no test from a student, so of hidden cases it gets the
points alone.
"""

from __future__ import annotations

from typing import Any

from cnngrade.model import Report, Unit
from cnngrade.report.for_platforms import ShownCase, shown_cases, text_above


def prairielearn_results(report: Report, unit: Unit) -> dict[str, Any]:
    """Return the document for a report that has a score; raises ValueError for one without."""
    if report.earned is None:
        raise ValueError("a report without a score has no results")
    share = report.earned / report.possible if report.possible else 0.0
    return {
        "gradable": True,
        # No rounding may carry it out of the range that is allowed.
        "score": min(max(share, 0.0), 1.0),
        "message": text_above(report, unit),
        "tests": [_test(case) for case in shown_cases(report)],
    }


def prairielearn_refusal(text: str) -> dict[str, Any]:
    """Return the document for work that was not judged: it costs the student neither points nor an attempt."""
    return {"gradable": False, "format_errors": [text], "message": text}


def _test(case: ShownCase) -> dict[str, Any]:
    return {"name": case.name, "points": case.earned, "max_points": case.points, "message": case.text}
