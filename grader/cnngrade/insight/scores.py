"""The distribution of scores: mean, median, quartiles, and how many are where."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from cnngrade.insight.class_report import ScoreBin, ScoreFigures, ScoreSource

MOST_BINS = 10


# Widths of bins that are easily read, times a power of ten.
_WIDTHS = (1.0, 2.0, 2.5, 5.0)


def bin_width(possible: float) -> float:
    """Return the width of bins, in points: the least round one with which there are at most `MOST_BINS` of them."""
    least, power = max(possible, 0.01) / MOST_BINS, 0.001
    while True:
        for width in _WIDTHS:
            if width * power >= least - 1e-9:
                return width * power
        power *= 10


def score_bins(scores: Sequence[float], possible: float) -> tuple[ScoreBin, ...]:
    """Return how many of the scores (points) are in each bin, from 0 to `possible`; more than that is in the last one."""
    width = bin_width(possible)
    number = max(round(-(-(possible - 1e-9) // width)), 1)
    counts = [0] * number
    for score in scores:
        # A score at a border belongs above it, also where it is a little below by the way that floats are.
        counts[min(max(int(score / width + 1e-9), 0), number - 1)] += 1
    highest = [min((index + 1) * width, possible) for index in range(number)]
    return tuple(ScoreBin(round(index * width, 4), round(highest[index], 4), count) for index, count in enumerate(counts))


def score_figures(scores: Sequence[float], possible: float, source: ScoreSource) -> ScoreFigures:
    """Return the figures of scores, in points of `possible`."""
    bins = score_bins(scores, possible)
    if not scores:
        return ScoreFigures(source, possible, 0, bins)
    lower, median, upper = statistics.quantiles(scores, method="inclusive") if len(scores) > 1 else [scores[0]] * 3
    return ScoreFigures(source, possible, len(scores), bins, statistics.fmean(scores), median, lower, upper)
