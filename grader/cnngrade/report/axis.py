"""Logarithmic axes: where a ratio is against its limit, and an axis drawn in plain characters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cnngrade.model import Cost
from cnngrade.scoring import NONE_FROM, whole_up_to

_TICK = "'"


@dataclass(frozen=True, slots=True)
class CostBar:
    """Positions from 0 (left) to 1 (right): how far the bar reaches, and where the limit is that this code has to keep to."""

    bar: float
    limit: float


def cost_bar(cost: Cost) -> CostBar:
    """Return the bar of one budget case.

    Its left end is the reference's own time (or a quarter of the limit, if that is less), its right end the ratio from which
    nothing is earned (or the ratio itself, if that is more).
    """
    limit = whole_up_to(cost)
    left = min(1.0, limit / NONE_FROM)
    right = NONE_FROM * cost.limit
    if math.isfinite(cost.ratio):
        right = max(right, cost.ratio)
    width = math.log(right / left)

    def place(ratio: float) -> float:
        return math.log(min(max(ratio, left), right) / left) / width

    return CostBar(bar=place(cost.ratio), limit=place(limit))


@dataclass(frozen=True, slots=True)
class Track:
    """An axis of `width` columns from `low` to `high`, both positive."""

    low: float
    high: float
    width: int

    def column(self, value: float) -> int:
        """Return the column (from 0) of a value; what is beyond an end is drawn at it."""
        if self.high <= self.low:
            return 0
        place = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return round(place * (self.width - 1))

    def row(self, marks: Mapping[str, float]) -> str:
        """Return a row with each sign at its value; where two meet, the later one is seen."""
        cells = [" "] * self.width
        for sign, value in marks.items():
            cells[self.column(value)] = sign
        return "".join(cells).rstrip()

    def ruler(self) -> str:
        """Return the powers of ten on the axis, each with a tick at its place."""
        text = ""
        for power in range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1):
            label, column = f"{10.0**power:,.15g}", self.column(10.0**power)
            # The tick is at its place, and the number beside it where there is room.
            fits = column + len(label) < self.width
            label, start = (f"{_TICK}{label}", column) if fits else (f"{label}{_TICK}", column - len(label))
            if start >= len(text) + bool(text):
                text = f"{text:{start}}{label}"
        return text
