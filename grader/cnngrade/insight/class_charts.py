"""Charts of a class as inline SVG, each with a text that says what it shows."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence

from cnngrade.budget.ratio import ratio_text
from cnngrade.insight import wording
from cnngrade.insight.class_report import BudgetFigures, HandInBin, ScoreFigures
from cnngrade.report.words import points_text
from cnngrade.scoring import NONE_FROM, deciding_limit

_WIDTH, _TOP, _TALL, _BELOW = 360, 18, 130, 34


_BARS_A_DECADE = 5


_LOWEST, _HIGHEST = -3, 9
"""Powers of ten beyond which nothing is told apart."""


def _svg(label: str, height: float, parts: Iterator[str]) -> str:
    shown = "".join(parts)
    return f'<svg role="img" aria-label="{html.escape(label)}" viewBox="0 0 {_WIDTH} {height:g}">{shown}</svg>'


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2"/>'


def _text(x: float, y: float, text: str, anchor: str = "middle", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _anchor(place: float) -> str:
    """Return to which side of its place a label goes that must not leave the picture."""
    return "start" if place < _WIDTH * 0.12 else "end" if place > _WIDTH * 0.88 else "middle"


def score_chart(scores: ScoreFigures) -> str:
    """Return a histogram of scores, with the middle half behind it and the median as an upright."""
    counts = ", ".join(f"{wording.bin_text(entry, entry is scores.bins[-1])}: {entry.count}" for entry in scores.bins)
    return _svg(f"Scores in points, and how many have them. {counts}.", _TOP + _TALL + _BELOW, _score_parts(scores))


def _score_parts(scores: ScoreFigures) -> Iterator[str]:
    floor, most = _TOP + _TALL, max(entry.count for entry in scores.bins) or 1

    def place(points: float) -> float:
        return _WIDTH * min(points / scores.possible, 1.0) if scores.possible else 0.0

    if scores.lower is not None and scores.upper is not None:
        yield _rect(place(scores.lower), _TOP, max(place(scores.upper) - place(scores.lower), 2), _TALL, "band")
    for entry in scores.bins:
        left, right = place(entry.low), place(entry.high)
        height = (_TALL - 16) * entry.count / most
        if entry.count:
            yield _rect(left + 1, floor - height, max(right - left - 2, 1), height, "bar")
    yield _line(0, floor, _WIDTH, floor, "axis")
    for edge in (entry.low for entry in scores.bins):
        yield _text(place(edge), floor + 15, points_text(edge), _anchor(place(edge)), "soft")
    yield _text(_WIDTH, floor + 15, points_text(scores.possible), "end", "soft")
    if scores.median is not None:
        middle = place(scores.median)
        yield _line(middle, _TOP - 4, middle, floor, "mark")
        yield _text(middle, _TOP - 7, f"median {points_text(scores.median)}", _anchor(middle))
    for entry in scores.bins:
        if entry.count:
            height = (_TALL - 16) * entry.count / most
            yield _text(place((entry.low + entry.high) / 2), floor - height - 4, str(entry.count), kind="count")
    yield _text(_WIDTH / 2, floor + 31, "points", kind="soft")


def budget_chart(budget: BudgetFigures) -> str:
    """Return how many are at which ratio, on a logarithmic axis, with the limit as an upright."""
    label = f"Ratios to the reference's time, and how many have them. {wording.budget_text(budget)}."
    return _svg(label, _TOP + _TALL + _BELOW, _budget_parts(budget))


def _budget_parts(budget: BudgetFigures) -> Iterator[str]:
    finite = [ratio for ratio in budget.ratios if 0 < ratio < math.inf]
    low = max(math.floor(math.log10(min([*finite, budget.limit]))), _LOWEST)
    high = min(max(math.ceil(math.log10(max([*finite, NONE_FROM * budget.limit]) * 1.0001)), low + 1), _HIGHEST)
    number, floor = (high - low) * _BARS_A_DECADE, _TOP + _TALL
    counts = [0] * number
    for ratio in budget.ratios:
        # What could not be measured is at the far end, and what took no time at the near one.
        power = high if math.isinf(ratio) else math.log10(ratio) if ratio > 0 else low
        counts[min(max(int((power - low) * _BARS_A_DECADE), 0), number - 1)] += 1
    width = _WIDTH / number

    def place(ratio: float) -> float:
        return _WIDTH * min(max((math.log10(ratio) - low) / (high - low), 0.0), 1.0)

    for index, count in enumerate(counts):
        if count:
            height = max((_TALL - 16) * count / max(counts), 2)
            middle = 10 ** (low + (index + 0.5) / _BARS_A_DECADE)
            yield _rect(index * width + 0.5, floor - height, width - 1, height, _standing(middle, budget.limit))
            yield from _bar_count(index * width + width / 2, floor - height - 4, count, width)
    yield _line(0, floor, _WIDTH, floor, "axis")
    for power in range(low, high + 1):
        yield _text(place(10**power), floor + 15, ratio_text(10.0**power), _anchor(place(10**power)), "soft")
    limit = place(budget.limit)
    yield _line(limit, _TOP - 4, limit, floor, "mark")
    yield _text(limit, _TOP - 7, f"limit {ratio_text(budget.limit)}", _anchor(limit))
    yield _text(_WIDTH / 2, floor + 31, "times the reference's time", kind="soft")


def _bar_count(x: float, y: float, count: int, width: float) -> Iterator[str]:
    # Where bars are narrow, numbers of more digits would meet.
    if 8 * len(str(count)) <= width + 6:
        yield _text(x, y, str(count))


def _standing(ratio: float, limit: float) -> str:
    if ratio <= deciding_limit(limit):
        return "good"
    return "middle" if ratio < NONE_FROM * limit else "bad"


def hand_in_chart(bins: Sequence[HandInBin]) -> str:
    """Return how many handed in when, a bar for each time."""
    label = ", ".join(f"{entry.label}: {entry.count}" for entry in bins)
    return _svg(f"When work came in. {label}.", len(bins) * 24 + 4, _hand_in_parts(bins))


def _hand_in_parts(bins: Sequence[HandInBin]) -> Iterator[str]:
    most, left = max(entry.count for entry in bins) or 1, 140
    for number, entry in enumerate(bins):
        y, width = number * 24 + 4, (_WIDTH - left - 40) * entry.count / most
        yield _text(left - 8, y + 13, entry.label, "end", "soft")
        if entry.count:
            yield _rect(left, y + 2, max(width, 2), 14, "middle" if "late" in entry.label else "bar")
        yield _text(left + width + 6, y + 13, str(entry.count), "start")
