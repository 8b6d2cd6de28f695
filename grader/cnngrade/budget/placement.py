"""Where the limit of a time budget is among the variants of its function: the values, and how they read as text and as JSON.

A limit is well placed if every good variant stays below it by a factor of `MARGIN`, and every slow one above it by as much:
below and above the ratio up to which cases pass, which is higher than the published limit.

The limit beyond which loops cost points is among the same variants: above the slowest good one, so that a loop costs nothing
where it is as quick as good code. Slow variants need no check against it: they are beyond the budget's own limit, which is the
higher one.
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

    `looped` names the axes over which it loops in Python, and course.yml does not let it; None where that is not counted.
    """

    variant: Variant
    case: str
    ratio: float | None
    problem: str = ""
    looped: tuple[str, ...] | None = None

    def text(self) -> str:
        """Return the variant with its ratio, as a sentence names it."""
        return f"{self.variant.name} ({self.variant.kind.value}, {ratio_text(ratio_of(self))})"


def ratio_of(entry: Measured) -> float:
    """Return the ratio of a variant that was measured."""
    assert entry.ratio is not None
    return entry.ratio


def _rounded_up(ratio: float) -> float:
    """Return a ratio in two digits, not less than it was."""
    unit = 10.0 ** (math.floor(math.log10(ratio)) - 1)
    return float(f"{math.ceil(ratio / unit) * unit:.2g}")


@dataclass(frozen=True, slots=True)
class Placement:
    """The limit of `function` and its measured variants. `cases` counts the cases in which its time is taken.

    `loops_cost_beyond` is what course.yml says of loops: None where they always cost points.
    """

    function: str
    limit: float
    cases: int
    measured: tuple[Measured, ...]
    loops_cost_beyond: float | None = None

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

    @property
    def counts_loops(self) -> bool:
        """Whether loops are counted in any of the cases."""
        return any(entry.looped is not None for entry in self.measured)

    @property
    def loops_proposed(self) -> float | None:
        """The limit of loops that passes up to `MARGIN` times the slowest good variant, but is not above that of the budget.

        None where no loops are counted, and without a good variant.
        """
        good = self.slowest_good
        if not good or not self.counts_loops:
            return None
        return min(_rounded_up(ratio_of(good) * MARGIN / deciding_limit(1.0)), self.limit)

    def _beside_limit(self, entry: Measured) -> float:
        """Return how many times a variant is beyond what the budget's limit asks of it; 1 or less is right."""
        if entry.ratio is None or entry.variant.kind is Kind.BETWEEN:
            return 0.0
        if entry.variant.kind is Kind.GOOD:
            return entry.ratio / (self.decides / MARGIN)
        return self.decides * MARGIN / entry.ratio

    def _excess(self, entry: Measured) -> float:
        """Return the same for both limits."""
        is_good = entry.ratio is not None and entry.variant.kind is Kind.GOOD
        beside_loops = ratio_of(entry) / deciding_limit(self.loops_cost_beyond) if is_good and self.loops_cost_beyond else 0.0
        return max(self._beside_limit(entry), beside_loops)

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
            if entry.looped and entry.variant.kind is Kind.GOOD and self.loops_cost_beyond is None:
                yield (
                    f"The variant {entry.variant.name} is good and loops over {' and '.join(entry.looped)} in "
                    f"Python, which costs points: let {self.function} do so in course.yml (may_loop_over), say there up to "
                    f"which ratio loops cost none (loops_cost_beyond: {{{self.function}: {self.loops_proposed:g}}}), or mark "
                    'the variant "between".'
                )

    def loops_problem(self) -> str:
        """Return why loops may not begin to cost points where course.yml says, "" if they may, or if it says nothing."""
        beyond, good = self.loops_cost_beyond, self.slowest_good
        if beyond is None or good is None:
            return ""
        if not self.counts_loops:
            return (
                f"course.yml says beyond which ratio loops of {self.function} cost points (loops_cost_beyond), and none are "
                "counted: its budget's test names no axes, or it may loop over them all. Name axes there, or remove the line."
            )
        if ratio_of(good) <= deciding_limit(beyond) or ratio_of(good) > self.limit:
            # Beyond the budget's own limit, that is what is wrong.
            return ""
        return (
            f"Loops of {self.function} cost no points up to {ratio_text(deciding_limit(beyond))}, and {good.text()} takes "
            "longer: a loop would cost some where it is as quick as good code. Write "
            f"{self.loops_proposed:g} in course.yml (loops_cost_beyond), or make the variant quicker."
        )

    def problems(self) -> Iterator[str]:
        """Yield a sentence for everything that keeps the limit from being proved."""
        yield from self.unmeasured()
        yield from self.halved()
        if text := self.loops_problem():
            yield text
        if text := self.gap_problem():
            yield text
            return
        for entry in self.measured:
            if self._beside_limit(entry) <= 1:
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
        loops = f", loops cost points beyond {ratio_text(self.loops_cost_beyond)}" if self.loops_cost_beyond else ""
        return (
            f"{self.function}: limit {ratio_text(self.limit)} between {good.variant.short} ({ratio_text(ratio_of(good))}) "
            f"and {slow.variant.short} ({ratio_text(ratio_of(slow))}){loops}"
        )
