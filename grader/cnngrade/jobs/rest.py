"""What a check leaves out of a unit: points that cannot be earned here, an answer that is still open, other functions."""

from __future__ import annotations

from dataclasses import replace

from cnngrade.jobs.targets import Target
from cnngrade.model import Report, Rest
from cnngrade.scoring import rounded
from cnngrade.submission.choose import files_of
from cnngrade.submission.question import is_answered


def with_rest(report: Report, target: Target) -> Report:
    """Return the report on the target's public cases with what else belongs to its unit."""
    unit, path = target.unit, target.path
    if target.functions:
        return replace(report, functions=target.functions)
    if not report.outcomes:
        return report
    answered = is_answered(target.course, unit, {path, *files_of(unit, path.parent)})
    # The cases of a sound unit and its prose add up to its points.
    hidden = rounded(max(unit.points - unit.prose_points - report.possible, 0.0))
    return replace(report, rest=Rest(hidden, unit.prose_points, answered))
