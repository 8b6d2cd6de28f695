"""Points and verdicts follow from the outcomes alone."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.errors import Verdict
from cnngrade.model import Cost, Outcome, ReportVerdict
from cnngrade.scoring import (
    loops_cost_points,
    part_of,
    points_for_cost,
    points_for_loops,
    points_for_ratio,
    possible,
    report_of,
    rounded,
    total,
    verdict_for_cost,
    verdict_of,
    whole_up_to,
)
from support.handmade_reports import EVERY_VERDICT, SUBMISSION, outcome

LINES = st.floats(0.5, 500)
POINTS = st.floats(0, 100)


@pytest.mark.parametrize(
    ("ratio", "earned"),
    [(0.0, 3.0), (60.0, 3.0), (72.0, 3.0), (72.0 * (4 / 1.2) ** 0.5, 1.5), (240.0, 0.0), (1e9, 0.0), (math.inf, 0.0)],
)
def test_points_for_ratio(ratio: float, earned: float) -> None:
    """all up to the limit and a fifth more, nothing from four times the limit, half in the middle between"""
    assert points_for_ratio(3, ratio, 60) == earned


@given(LINES)
def test_there_is_no_cliff(limit: float) -> None:
    """a ratio two hundredths higher costs at most a fiftieth of the points, wherever it is"""
    ratios = [limit * 1.02**step for step in range(100)]
    earned = [points_for_ratio(100, ratio, limit) for ratio in ratios]
    assert max(before - after for before, after in pairwise(earned)) < 2


@given(POINTS, LINES, st.lists(st.floats(0, 3000), min_size=2, max_size=8))
def test_slower_never_earns_more(points: float, limit: float, ratios: list[float]) -> None:
    """points fall, or stay, as the ratio grows, and are between none and all"""
    earned = [points_for_ratio(points, ratio, limit) for ratio in sorted(ratios)]
    assert all(before >= after for before, after in pairwise(earned))
    assert all(0 <= value <= round(points, 2) for value in earned)


@given(POINTS, LINES, st.floats(1.01, 4 / 1.2 - 0.01))
def test_log_linear(points: float, limit: float, factor: float) -> None:
    """what is lost at some factor beyond the deciding limit and what is left at its mirror image are the same"""
    assert points_for_ratio(points, 1.2 * limit * factor, limit) == pytest.approx(
        points - points_for_ratio(points, limit * 4 / factor, limit), abs=0.0151
    )


@pytest.mark.parametrize(("ratio", "limit"), [(math.nan, 62), (-1, 62), (1, 0), (1, -3), (1, math.nan), (1, math.inf)])
def test_points_for_ratio_refuses_what_is_not_a_ratio(ratio: float, limit: float) -> None:
    """an impossible ratio or limit is an error, never points"""
    with pytest.raises(ValueError, match=r"number|ratio"):
        points_for_ratio(3, ratio, limit)


def test_verdict_for_cost() -> None:
    """the limit itself passes, and a fifth more"""
    ratios = (59, 60, 72, 72.001, math.inf)
    verdicts = [Verdict.PASSED, Verdict.PASSED, Verdict.PASSED, Verdict.SLOW, Verdict.SLOW]
    assert [verdict_for_cost(Cost(ratio, 60)) for ratio in ratios] == verdicts
    # Where loops begin to cost points is the same to code that has none, and what limits code that has some.
    assert [verdict_for_cost(Cost(ratio, 60, loops_cost_beyond=1)) for ratio in ratios] == verdicts
    assert [verdict_for_cost(Cost(ratio, 200, looped=("H",), loops_cost_beyond=60)) for ratio in ratios] == verdicts
    assert {verdict_for_cost(Cost(ratio, 60, looped=("H",))) for ratio in (0, *ratios)} == {Verdict.SLOW}


def test_total_is_stable() -> None:
    """a sum of hundredths has no rounding errors, in whatever order it is taken"""
    parts = [outcome(str(n), Verdict.SLOW, 1, earned) for n, earned in enumerate((0.1, 0.2, 0.7, 1 / 3))]
    assert total(parts) == total(parts[::-1]) == 1.33
    assert total(parts[:2]) == 0.3
    assert possible(parts) == 4.0
    assert total([]) == 0.0


def test_a_fault_leaves_no_score() -> None:
    """with a fault there is no score, which is not the same as zero"""
    outcomes = [outcome("a"), outcome("b", Verdict.FAULT)]
    assert total(outcomes) is None
    assert verdict_of(outcomes) is ReportVerdict.FAULT
    assert report_of(SUBMISSION, "title", outcomes).earned is None


def _with(*verdicts: Verdict) -> list[Outcome]:
    return [outcome(str(number), verdict, points=1) for number, verdict in enumerate(verdicts)]


V, R = Verdict, ReportVerdict


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((), R.UNFINISHED),
        ((V.PASSED, V.PASSED), R.PASSED),
        ((V.PASSED, V.WRONG), R.PARTIAL),
        ((V.PASSED, V.UNFINISHED), R.PARTIAL),
        ((V.UNFINISHED, V.SKIPPED), R.UNFINISHED),
        ((V.SKIPPED,), R.UNFINISHED),
        ((V.UNFINISHED, V.WRONG, V.SKIPPED), R.WRONG),
        ((V.WRONG, V.RAISED), R.RAISED),
        ((V.RAISED, V.OVER_TIME), R.OVER_TIME),
        ((V.OVER_TIME, V.OVER_MEMORY), R.OVER_MEMORY),
        ((V.SLOW, V.SKIPPED), R.SLOW),
        ((V.SLOW, V.WRONG), R.WRONG),
        ((V.WRONG, V.FAULT), R.FAULT),
    ],
)
def test_verdict_of_a_report(verdicts: tuple[Verdict, ...], expected: ReportVerdict) -> None:
    """the verdict of a whole follows from the verdicts of its cases"""
    assert verdict_of(_with(*verdicts)) is expected


def test_verdict_without_points() -> None:
    """cases worth nothing count for the verdict all the same"""
    assert verdict_of([outcome("gate", points=0), outcome("todo", V.UNFINISHED)]) is R.UNFINISHED
    assert verdict_of([outcome("done"), outcome("extra", V.WRONG, points=0)]) is R.WRONG


@given(st.lists(st.sampled_from(Verdict), max_size=6))
def test_every_report_has_a_verdict(verdicts: list[Verdict]) -> None:
    """no combination is without a verdict, and only a report that passed throughout is PASSED"""
    assert (verdict_of(_with(*verdicts)) is R.PASSED) == (bool(verdicts) and set(verdicts) == {V.PASSED})


def test_part_of() -> None:
    """the part about one function has that function's cases and points; the parts add up"""
    parts = [part_of(EVERY_VERDICT, name) for name in ("correlate2d", "conv2d", "same")]
    assert [part.possible for part in parts] == [2.0, 13.0, 1.5]
    assert sum(part.earned or 0 for part in parts) == pytest.approx(EVERY_VERDICT.earned)
    assert part_of(EVERY_VERDICT, "nothing").outcomes == ()


BETWEEN = (1.2 * 2) ** 0.5


@pytest.mark.parametrize(
    ("points", "ratio", "beyond", "left"),
    [
        (3.0, 0.0, 20, 3.0), (3.0, 20, 20, 3.0), (3.0, 22, 20, 3.0), (3.0, 24, 20, 3.0), (3.0, 24.01, 20, 3.0),
        (3.0, 24.5, 20, 2.94), (3.0, 20 * BETWEEN, 20, 2.25), (3.0, 40, 20, 1.5), (3.0, 1e9, 20, 1.5), (3.0, math.inf, 20, 1.5),
        (0.33, 24, 20, 0.33), (0.33, 40, 20, 0.17), (3.0, 0.0, None, 1.5), (3.0, math.inf, None, 1.5), (0.33, 1, None, 0.17),
    ],
)  # fmt: skip
def test_what_loops_leave(points: float, ratio: float, beyond: float | None, left: float) -> None:
    """all points up to the limit of loops and a fifth more, half from twice that limit on, always half without one"""
    assert points_for_loops(points, ratio, beyond) == left


@given(LINES)
def test_there_is_no_cliff_of_loops(limit: float) -> None:
    """a ratio two hundredths higher costs at most a fiftieth of the points, wherever it is, also where both limits cost some"""
    ratios = [limit * 1.02**step for step in range(-10, 150)]
    for both in (1.0, 1.5, 3.0):
        costs = [Cost(ratio, both * limit, looped=("H",), loops_cost_beyond=limit) for ratio in ratios]
        earned = [points_for_cost(100, cost) for cost in costs]
        assert earned == sorted(earned, reverse=True)
        assert max(before - after for before, after in pairwise(earned)) < 2.02


@given(POINTS, LINES, st.floats(0.01, 1), st.floats(0, 3000))
def test_loops_only_take_points(points: float, limit: float, part: float, ratio: float) -> None:
    """looped or not, with a limit of loops or without: each step to more loops or to a stricter rule earns as much or less"""
    plain = Cost(ratio, limit, loops_cost_beyond=part * limit)
    timed, counted = Cost(ratio, limit, False, ("H",), part * limit), Cost(ratio, limit, False, ("H",))
    earned = [points_for_cost(points, cost) for cost in (plain, timed, counted)]
    assert earned == sorted(earned, reverse=True)
    assert earned[0] == points_for_ratio(points, ratio, limit)
    assert earned[2] == min(earned[0], rounded(points / 2))
    for cost, left in zip((plain, timed, counted), earned, strict=True):
        assert verdict_for_cost(cost) is not Verdict.PASSED or left == rounded(points)
    assert [loops_cost_points(cost) for cost in (plain, timed, counted)] == [False, ratio > 1.2 * (part * limit), True]
    assert [whole_up_to(cost) for cost in (plain, timed, counted)] == [limit, part * limit, limit]


@pytest.mark.parametrize(
    ("ratio", "beyond"), [(-1.0, 20), (math.nan, 20), (1.0, 0), (1.0, -1), (1.0, math.nan), (1.0, math.inf)]
)
def test_points_for_loops_refuse_what_is_not_a_ratio(ratio: float, beyond: float) -> None:
    """what can be no limit of loops or no ratio is an error, and no points"""
    with pytest.raises(ValueError, match=r"a limit is a positive number|a ratio of times"):
        points_for_loops(3, ratio, beyond)


def test_points_are_hundredths() -> None:
    """points are rounded to hundredths, and there is no negative zero for a reader to see"""
    assert [rounded(points) for points in (1 / 3, 2 / 3, 1.004, 7.0)] == [0.33, 0.67, 1.0, 7.0]
    assert str(rounded(-0.001)) == "0.0"


def test_a_report_of_nothing_else_says_nothing_else() -> None:
    """without problems, output and time a report has none of them"""
    report = report_of(SUBMISSION, "title", [outcome("a", points=2)])
    assert (report.problems, report.output, report.seconds) == ((), "", 0.0)
    assert (report.title, report.earned, report.possible) == ("title", 2.0, 2.0)
