"""Where a ratio stands against its line, on a logarithmic scale from 0 to 1."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnngrade.model import Cost
from cnngrade.scoring import NONE_FROM


@dataclass(frozen=True, slots=True)
class Scale:
    """Positions from 0 (left) to 1 (right): how far the bar reaches, and where the line stands."""

    bar: float
    line: float


def scale_of(cost: Cost) -> Scale:
    """Return the scale for one budget case.

    Its left end is the reference's own time (or a quarter of the line, if that is less), its right end the ratio from which
    nothing is earned (or the ratio itself, if that is more).
    """
    left = min(1.0, cost.line / NONE_FROM)
    right = NONE_FROM * cost.line
    if math.isfinite(cost.ratio):
        right = max(right, cost.ratio)
    width = math.log(right / left)

    def place(ratio: float) -> float:
        return math.log(min(max(ratio, left), right) / left) / width

    return Scale(bar=place(cost.ratio), line=place(cost.line))
