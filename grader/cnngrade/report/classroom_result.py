"""Reports as GitHub Classroom's reporter reads them, so that the points of a repository are shown in the classroom."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from cnngrade.errors import Verdict
from cnngrade.model import Outcome, Report
from cnngrade.report import words
from cnngrade.report.audience import as_students_see


def classroom_result(reports: Sequence[Report]) -> dict[str, Any]:
    """Return what the reporter reads of a step: how it ended, the most points there are, and each case with its points.

    Without a score, because something of ours failed or somebody stopped the check, there are no most points: then the reporter
    leaves what the classroom shows as it is. It would show 0 points otherwise.
    """
    seen = [as_students_see(report) for report in reports]
    has_score = bool(seen) and all(report.earned is not None for report in seen)
    outcomes = [outcome for report in seen for outcome in report.outcomes]
    is_right = has_score and all(outcome.verdict is Verdict.PASSED for outcome in outcomes)
    return {
        "version": 1,
        "status": "pass" if is_right else "fail" if has_score else "error",
        "max_score": _points(sum(report.possible for report in seen)) if has_score else 0,
        "tests": [_test(outcome) for outcome in outcomes],
    }


def _test(outcome: Outcome) -> dict[str, Any]:
    passed = outcome.verdict is Verdict.PASSED
    ended = "pass" if passed else "error" if outcome.verdict is Verdict.FAULT else "fail"
    told = {} if passed else {"message": words.case_text(outcome)}
    return {"name": words.case_title(outcome), "status": ended, "score": _points(outcome.earned), **told}


def _points(points: float) -> float:
    """Return points as they are told in words; the reporter adds them up and shows what comes out."""
    return float(words.points_text(points))


def classroom_output(reports: Sequence[Report]) -> str:
    """Return the line that sets the output `result` of a step, which is what the reporter is given."""
    text = json.dumps(classroom_result(reports))
    return f"result={base64.b64encode(text.encode()).decode()}\n"
