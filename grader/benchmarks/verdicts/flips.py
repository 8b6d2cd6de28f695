"""What is counted: verdicts whose true side of the limit is known, and how many came out on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

SHARES = (10, 20, 50, 67, 80, 85, 90, 95, 98, 102, 105, 110, 115, 120, 125, 150, 200, 1000)
"""What an answer truly costs, in percent of the deciding limit."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One verdict: `measured` is in units of the deciding limit, `share` the true cost in percent of it."""

    method: str
    condition: str
    answer: str
    share: int
    measured: float
    samples: int = 1

    @property
    def flipped(self) -> bool:
        return (self.measured > 1) != (self.share > 100)

    @property
    def error(self) -> float:
        """What was measured over what is true."""
        return self.measured * 100 / self.share


def flips(verdicts: Iterable[Taken]) -> dict[str, tuple[int, int]]:
    """Return (flipped, all) of the verdicts, by how far the true cost is from the deciding limit."""
    verdicts = list(verdicts)
    groups: dict[str, Callable[[int], bool]] = {
        "15 % or more": lambda share: abs(share - 100) >= 15,
        "5 to 15 %": lambda share: 5 < abs(share - 100) < 15,
        "within 5 %": lambda share: abs(share - 100) <= 5,
        "at most 0.95": lambda share: share <= 95,
    }
    chosen = {name: [taken for taken in verdicts if belongs(taken.share)] for name, belongs in groups.items()}
    return {name: (sum(taken.flipped for taken in group), len(group)) for name, group in chosen.items()}


def standing(estimate: float, limit: float, close: float) -> str:
    """Return what a student is told of an estimate, where "close" reaches that factor to both sides of the published limit."""
    return "over" if estimate > limit * close else "close" if estimate > limit / close else "within"


def spread(values: Sequence[float]) -> str:
    """Return the median of some ratios, the hundredth on either side, and the extremes."""
    if not values:
        return ""
    low, one, middle, most, high = np.quantile(values, (0, 0.01, 0.5, 0.99, 1))
    return f"{middle:.3f} (1 % {one:.3f}, 99 % {most:.3f}; {low:.3f} to {high:.3f})"
