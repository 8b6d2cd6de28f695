"""A figure as it is printed: the median of what was measured, with the quartiles."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Quartiles:
    """The median of some numbers, and a quarter of them is below `low` and above `high` each."""

    median: float
    low: float
    high: float

    def text(self, form: str = ".2f", unit: str = "") -> str:
        """Return "median (low to high)" with numbers in this format, or the only number."""
        if self.low == self.high:
            return f"{self.median:{form}}{unit}"
        return f"{self.median:{form}}{unit} ({self.low:{form}} to {self.high:{form}})"


def quartiles(numbers: Iterable[float]) -> Quartiles:
    """Return the median and the quartiles; raises ValueError if there are no numbers."""
    found = sorted(numbers)
    if not found:
        raise ValueError("nothing was measured")
    if len(found) == 1:
        return Quartiles(found[0], found[0], found[0])
    low, median, high = statistics.quantiles(found, n=4, method="inclusive")
    return Quartiles(median, low, high)


def ratios(numbers: Iterable[float], others: Iterable[float]) -> Quartiles:
    """Return the spread of the quotients of neighbours: what was measured one after the other had the same machine."""
    return quartiles(number / other for number, other in zip(numbers, others, strict=True))
