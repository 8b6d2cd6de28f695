"""From outcomes to points and one verdict: pure arithmetic.

Points are rounded to hundredths where they come into being and where they are summed, so that the same work is worth the same
number wherever it is added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cnngrade.errors import Verdict
from cnngrade.model import Cost, Outcome, Report, ReportVerdict, Submission

NONE_FROM = 4.0
"""A budget case earns nothing from this many times its limit."""
LOOPED_SHARE = 0.5
"""The most that a budget case earns of its points if its function loops where that costs points."""
LOOPED_FROM = 2.0
"""That is all that loops leave from this many times the ratio beyond which they cost points."""
LEEWAY = 1.2
"""Up to this many times its limit a budget case still passes with all points: code within the limit passes in every run."""

# The verdicts of a report that earned nothing, the most telling first: what stopped the code explains the rest of the report.
_TELLING = (
    Verdict.OVER_MEMORY,
    Verdict.OVER_TIME,
    Verdict.RAISED,
    Verdict.WRONG,
    Verdict.SLOW,
)


def rounded(points: float) -> float:
    """Return `points` to the nearest hundredth (never -0.0)."""
    return round(points, 2) + 0.0


def deciding_limit(limit: float) -> float:
    """Return the ratio up to which a case with this published `limit` passes."""
    return LEEWAY * limit


def points_for_ratio(points: float, ratio: float, limit: float) -> float:
    """Return what a budget case worth `points` earns.

    All of it up to `limit`, and up to 1.2 times it to allow for noise; nothing from 4 times `limit`; in between linearly
    in the logarithm of the ratio: there is no cliff where a small error of measurement costs much. Raises ValueError if
    `limit` is not a positive number, or `ratio` is negative or not a number.
    """
    _refuse(ratio, limit)
    if ratio <= deciding_limit(limit):
        return rounded(points)
    if ratio >= NONE_FROM * limit:
        return 0.0
    return rounded(points * math.log(NONE_FROM * limit / ratio) / math.log(NONE_FROM / LEEWAY))


def points_for_loops(points: float, ratio: float, cost_beyond: float | None) -> float:
    """Return the most that a budget case worth `points` earns if it loops in Python over an axis over which it should not.

    All of it up to `cost_beyond`, with the leeway of any limit; half from twice `cost_beyond` on; in between linearly in the
    logarithm of the ratio. Without a `cost_beyond` half, whatever the ratio. Raises ValueError as `points_for_ratio` does.
    """
    half = rounded(LOOPED_SHARE * points)
    if cost_beyond is None:
        return half
    _refuse(ratio, cost_beyond)
    if ratio <= deciding_limit(cost_beyond):
        return rounded(points)
    if ratio >= LOOPED_FROM * cost_beyond:
        return half
    lost = math.log(ratio / deciding_limit(cost_beyond)) / math.log(LOOPED_FROM / LEEWAY)
    return rounded(points * (1 - (1 - LOOPED_SHARE) * lost))


def points_for_cost(points: float, cost: Cost) -> float:
    """Return what a budget case worth `points` earns: what its ratio leaves, and not more than its loops leave.

    A count of loops is made where the student's code runs, and cannot be trusted: it takes points away, and gives none.
    """
    earned = points_for_ratio(points, cost.ratio, cost.limit)
    return min(earned, points_for_loops(points, cost.ratio, cost.loops_cost_beyond)) if cost.looped else earned


def whole_up_to(cost: Cost) -> float:
    """Return the published limit up to which code like this keeps all that the limits of its case leave.

    For code with loops that cost nothing up to some ratio, that ratio; for any other its budget's limit.
    """
    return min(cost.limit, cost.loops_cost_beyond) if cost.looped and cost.loops_cost_beyond is not None else cost.limit


def loops_cost_points(cost: Cost) -> bool:
    """Say whether a function loops where that costs points."""
    beyond = cost.loops_cost_beyond
    return bool(cost.looped) and (beyond is None or cost.ratio > deciding_limit(beyond))


def verdict_for_cost(cost: Cost) -> Verdict:
    """Return PASSED up to every deciding limit that matters, SLOW beyond one of them, however many points are left."""
    if loops_cost_points(cost):
        return Verdict.SLOW
    return Verdict.PASSED if cost.ratio <= deciding_limit(cost.limit) else Verdict.SLOW


def _refuse(ratio: float, limit: float) -> None:
    """Raise ValueError for what is no ratio, and for what can be no limit."""
    if not (limit > 0 and math.isfinite(limit)):
        raise ValueError(f"a limit is a positive number, not {limit!r}")
    if not ratio >= 0:
        raise ValueError(f"a ratio of times is zero or more, not {ratio!r}")


def total(outcomes: Iterable[Outcome]) -> float | None:
    """Return the points earned, or None while a fault of ours prevents a score, and where the check was stopped."""
    outcomes = tuple(outcomes)
    if any(outcome.verdict in (Verdict.FAULT, Verdict.STOPPED) for outcome in outcomes):
        return None
    return rounded(math.fsum(outcome.earned for outcome in outcomes))


def possible(outcomes: Iterable[Outcome]) -> float:
    """Return the points that the cases are worth together."""
    return rounded(math.fsum(outcome.case.points for outcome in outcomes))


def verdict_of(outcomes: Iterable[Outcome]) -> ReportVerdict:
    """Return the verdict of a whole report.

    FAULT if there is a fault; STOPPED if the check was stopped; PASSED if every case passed; UNFINISHED if nothing is earned
    and no more is known than that functions are missing (or that there are no cases at all); PARTIAL if a part of the points is
    earned; otherwise the most telling of the verdicts that are not PASSED.
    """
    outcomes = tuple(outcomes)
    failing = {outcome.verdict for outcome in outcomes} - {Verdict.PASSED}
    if Verdict.FAULT in failing:
        return ReportVerdict.FAULT
    if Verdict.STOPPED in failing:
        return ReportVerdict.STOPPED
    if not failing:
        return ReportVerdict.PASSED if outcomes else ReportVerdict.UNFINISHED
    if 0 < (total(outcomes) or 0.0) < possible(outcomes):
        return ReportVerdict.PARTIAL
    if failing <= {Verdict.UNFINISHED, Verdict.SKIPPED}:
        return ReportVerdict.UNFINISHED
    return ReportVerdict(next(verdict.value for verdict in _TELLING if verdict in failing))


def report_of(
    submission: Submission,
    title: str,
    outcomes: Sequence[Outcome],
    problems: Sequence[str] = (),
    output: str = "",
    seconds: float = 0.0,
) -> Report:
    """Return the report on `submission`, its points summed."""
    return Report(
        submission=submission,
        title=title,
        outcomes=tuple(outcomes),
        earned=total(outcomes),
        possible=possible(outcomes),
        problems=tuple(problems),
        output=output,
        seconds=seconds,
    )


def part_of(report: Report, *functions: str) -> Report:
    """Return the part of `report` that is about some functions, with the points of that part."""
    outcomes = tuple(outcome for outcome in report.outcomes if outcome.case.function in functions)
    findings = tuple(finding for finding in report.findings if finding.function in functions)
    return replace(report, outcomes=outcomes, earned=total(outcomes), possible=possible(outcomes), findings=findings)
