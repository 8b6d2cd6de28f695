"""Where the limit of a time budget is among the variants of its function: the values, and how they read as text and as JSON.

A limit is well placed if every good variant stays below it by a factor of `MARGIN`, and every slow one above it by as much:
below and above the ratio up to which cases pass, which is higher than the published limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from cnngrade.budget.ratio import factor_text, ratio_text
from cnngrade.budget.variants import Kind, Variant
from cnngrade.scoring import deciding_limit

MARGIN = 1.5
"""What must be between the limit and the nearest variant on either side."""


COMFORT = 2.0
"""What should be there, so that another machine makes no difference."""


_NEARLY = 1.5


@dataclass(frozen=True, slots=True)
class Measured:
    """What one variant came to in one case: its time over the reference's, or None and the problem that kept it from one.

    `looped` names the axes over which it loops in Python, and course.yml does not let it.
    """

    variant: Variant
    case: str
    ratio: float | None
    problem: str = ""
    looped: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the variant with its ratio, as a sentence names it."""
        return f"{self.variant.name} ({self.variant.kind.value}, {ratio_text(ratio_of(self))})"


def ratio_of(entry: Measured) -> float:
    """Return the ratio of a variant that was measured."""
    assert entry.ratio is not None
    return entry.ratio


@dataclass(frozen=True, slots=True)
class Placement:
    """The limit of `function` and its measured variants. `cases` counts the cases in which its time is taken."""

    function: str
    limit: float
    cases: int
    measured: tuple[Measured, ...]

    def _of(self, kind: Kind) -> list[Measured]:
        entries = [entry for entry in self.measured if entry.variant.kind is kind and entry.ratio is not None]
        return sorted(entries, key=ratio_of)

    @property
    def slowest_good(self) -> Measured | None:
        """The good variant that takes longest, None if none was measured."""
        return max(self._of(Kind.GOOD), key=ratio_of, default=None)

    @property
    def quickest_slow(self) -> Measured | None:
        """The slow variant that takes the least time, None if none was measured."""
        return min(self._of(Kind.SLOW), key=ratio_of, default=None)

    @property
    def width(self) -> float | None:
        """How many times longer the fastest slow variant takes than the slowest good one, None if either is missing."""
        good, slow = self.slowest_good, self.quickest_slow
        return ratio_of(slow) / ratio_of(good) if good and slow else None

    @property
    def decides(self) -> float:
        """The ratio up to which a case passes."""
        return deciding_limit(self.limit)

    @property
    def middle(self) -> float | None:
        """The geometric middle of the gap; None if the gap has no room for a limit."""
        good, slow = self.slowest_good, self.quickest_slow
        if not good or not slow or ratio_of(slow) < MARGIN**2 * ratio_of(good):
            return None
        return math.sqrt(ratio_of(good) * ratio_of(slow))

    @property
    def proposed(self) -> float | None:
        """The limit that passes up to the middle of the gap, in two digits where they suffice; None without a middle."""
        good, slow, middle = self.slowest_good, self.quickest_slow, self.middle
        if not good or not slow or middle is None:
            return None
        exact = middle / deciding_limit(1.0)
        rounded = (float(f"{exact:.{digits}g}") for digits in range(2, 6))
        fitting = (limit for limit in rounded if MARGIN * ratio_of(good) <= deciding_limit(limit) <= ratio_of(slow) / MARGIN)
        return next(fitting, exact)

    def _excess(self, entry: Measured) -> float:
        """Return how many times a variant is beyond what the limit asks of it; 1 or less is right."""
        if entry.ratio is None or entry.variant.kind is Kind.BETWEEN:
            return 0.0
        if entry.variant.kind is Kind.GOOD:
            return entry.ratio / (self.decides / MARGIN)
        return self.decides * MARGIN / entry.ratio

    def nearly_in_place(self, entry: Measured) -> bool:
        """Say whether a variant misses the limit's margin by so little that another measurement may decide otherwise."""
        return 1 < self._excess(entry) <= _NEARLY

    def gap_problem(self) -> str:
        """Return why no limit can be placed, "" if one can."""
        good, slow, width = self.slowest_good, self.quickest_slow, self.width
        for kind, found in ((Kind.GOOD, good), (Kind.SLOW, slow)):
            if found is None:
                return f"{self.function} has no {kind.value} variant to check its limit against. Write at least one."
        assert good
        assert slow
        assert width
        if self.proposed is not None:
            return ""
        how = f"only a factor of {factor_text(width)}" if width > 1 else "no gap"
        return (
            f"There is no place for a limit of {self.function}: between {good.text()} and {slow.text()} there is {how}, "
            f"and a limit needs one of {MARGIN:g} on each side. A larger input in the case of the budget widens the gap; "
            'if it is a matter of opinion what one of the two should earn, mark it "between".'
        )

    def unmeasured(self) -> Iterator[str]:
        """Yield a sentence for every variant without a ratio."""
        for entry in self.measured:
            if entry.ratio is None:
                yield f"The variant {entry.variant.name} was not measured: {entry.problem}"

    def halved(self) -> Iterator[str]:
        """Yield a sentence for every good variant that loops over an axis, and so would lose points despite its time."""
        for entry in self.measured:
            if entry.looped and entry.variant.kind is Kind.GOOD:
                yield (
                    f"The variant {entry.variant.name} is good and loops over {' and '.join(entry.looped)} in "
                    f"Python, which costs points: let {self.function} do so in course.yml (may_loop_over), or mark the variant "
                    '"between".'
                )

    def problems(self) -> Iterator[str]:
        """Yield a sentence for everything that keeps the limit from being proved."""
        yield from self.unmeasured()
        yield from self.halved()
        if text := self.gap_problem():
            yield text
            return
        for entry in self.measured:
            if self._excess(entry) <= 1:
                continue
            most = entry.variant.kind is Kind.GOOD
            limit = self.decides / MARGIN if most else self.decides * MARGIN
            yield (
                f"{entry.text()} is too near the limit of {self.function}, where up to {ratio_text(self.decides)} passes, "
                f"or on its wrong side: it must take {'at most' if most else 'at least'} {ratio_text(limit)}. Write "
                f"{self.proposed:g} in course.yml, for the middle of the gap (`cnngrade calibrate` draws it), or fix it."
            )

    def summary(self) -> str:
        """Return the limit and the variants beside it in one line of text."""
        good, slow = self.slowest_good, self.quickest_slow
        if not good or not slow:
            return f"{self.function}: limit {ratio_text(self.limit)}, not checked against variants"
        return (
            f"{self.function}: limit {ratio_text(self.limit)} between {good.variant.short} ({ratio_text(ratio_of(good))}) "
            f"and {slow.variant.short} ({ratio_text(ratio_of(slow))})"
        )
