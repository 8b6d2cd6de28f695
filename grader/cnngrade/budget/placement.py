"""Where the line of a time budget lies among the styles of its function: the values, and how they read as text and as JSON.

A line is well placed if every good style stays below it by a factor of `MARGIN`, and every slow one above it by as much: below
and above the ratio up to which cases pass, which lies higher than the line that is published.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from cnngrade.budget.ratio import factor_text, ratio_text
from cnngrade.budget.styles import Kind, Style
from cnngrade.scoring import decision_line

MARGIN = 1.5
"""What must lie between the line and the nearest style on either side."""


COMFORT = 2.0
"""What should lie there, so that another machine makes no difference."""


_MOVED = 1.25  # less than this nearer to the middle is not worth an edit


_NEARLY = 1.5


_SIGNS = {Kind.GOOD: "o", Kind.BETWEEN: "~", Kind.SLOW: "x"}


_LINE, _PROPOSAL = "|", "!"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one style came to in one case: its time over the reference's, or None and the problem that kept it from one.

    `looped` names the axes over which it loops in Python, and course.yml does not let it.
    """

    style: Style
    case: str
    ratio: float | None
    problem: str = ""
    looped: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the style with its ratio, as it stands in a sentence."""
        assert self.ratio is not None
        return f"{self.style.name} ({self.style.kind.value}, {ratio_text(self.ratio)})"


@dataclass(frozen=True, slots=True)
class Placement:
    """The line of `function` and its measured styles. `cases` counts the cases in which its time is taken."""

    function: str
    line: float
    cases: int
    measured: tuple[Measured, ...]

    def _of(self, kind: Kind) -> list[Measured]:
        entries = [entry for entry in self.measured if entry.style.kind is kind and entry.ratio is not None]
        return sorted(entries, key=_ratio)

    @property
    def slowest_good(self) -> Measured | None:
        """The good style that takes longest, None if none was measured."""
        return max(self._of(Kind.GOOD), key=_ratio, default=None)

    @property
    def quickest_slow(self) -> Measured | None:
        """The slow style that takes the least time, None if none was measured."""
        return min(self._of(Kind.SLOW), key=_ratio, default=None)

    @property
    def width(self) -> float | None:
        """How many times the quickest slow style takes what the slowest good one does, None if either is missing."""
        good, slow = self.slowest_good, self.quickest_slow
        return _ratio(slow) / _ratio(good) if good and slow else None

    @property
    def decides(self) -> float:
        """The ratio up to which a case passes."""
        return decision_line(self.line)

    @property
    def middle(self) -> float | None:
        """The geometric middle of the gap; None if the gap has no room for a line."""
        good, slow = self.slowest_good, self.quickest_slow
        if not good or not slow or _ratio(slow) < MARGIN**2 * _ratio(good):
            return None
        return math.sqrt(_ratio(good) * _ratio(slow))

    @property
    def proposed(self) -> float | None:
        """The line that lets pass up to the middle of the gap, in two digits where they suffice; None without a middle."""
        good, slow, middle = self.slowest_good, self.quickest_slow, self.middle
        if not good or not slow or middle is None:
            return None
        exact = middle / decision_line(1.0)
        rounded = (float(f"{exact:.{digits}g}") for digits in range(2, 6))
        fitting = (line for line in rounded if MARGIN * _ratio(good) <= decision_line(line) <= _ratio(slow) / MARGIN)
        return next(fitting, exact)

    def _excess(self, entry: Measured) -> float:
        """Return how many times a style is beyond what the line asks of it; 1 or less is in place."""
        if entry.ratio is None or entry.style.kind is Kind.BETWEEN:
            return 0.0
        if entry.style.kind is Kind.GOOD:
            return entry.ratio / (self.decides / MARGIN)
        return self.decides * MARGIN / entry.ratio

    def nearly_in_place(self, entry: Measured) -> bool:
        """Say whether a style does not suit the line by so little that another measurement may say otherwise."""
        return 1 < self._excess(entry) <= _NEARLY

    def gap_problem(self) -> str:
        """Return why no line can be placed, "" if one can."""
        good, slow, width = self.slowest_good, self.quickest_slow, self.width
        for kind, found in ((Kind.GOOD, good), (Kind.SLOW, slow)):
            if found is None:
                return f"{self.function} has no {kind.value} style to hold its line against. Write at least one."
        assert good
        assert slow
        assert width
        if self.proposed is not None:
            return ""
        how = f"only a factor of {factor_text(width)}" if width > 1 else "no gap"
        return (
            f"There is no place for a line of {self.function}: between {good.text()} and {slow.text()} there is {how}, "
            f"and a line needs one of {MARGIN:g} on each side. A larger input in the case of the budget widens the gap; "
            'if it is a matter of opinion what one of the two should earn, mark it "between".'
        )

    def unmeasured(self) -> Iterator[str]:
        """Yield a sentence for every style without a ratio."""
        for entry in self.measured:
            if entry.ratio is None:
                yield f"The style {entry.style.name} was not measured: {entry.problem}"

    def halved(self) -> Iterator[str]:
        """Yield a sentence for every good style that loops over an axis, and so would lose points in spite of its time."""
        for entry in self.measured:
            if entry.looped and entry.style.kind is Kind.GOOD:
                yield (
                    f"The style {entry.style.name} is good and loops over {' and '.join(entry.looped)} in Python, which costs "
                    f'points: let {self.function} do so in course.yml (may_loop_over), or mark the style "between".'
                )

    def problems(self) -> Iterator[str]:
        """Yield a sentence for everything that keeps the line from being proved."""
        yield from self.unmeasured()
        yield from self.halved()
        if text := self.gap_problem():
            yield text
            return
        for entry in self.measured:
            if self._excess(entry) <= 1:
                continue
            most = entry.style.kind is Kind.GOOD
            limit = self.decides / MARGIN if most else self.decides * MARGIN
            yield (
                f"{entry.text()} is too near to the line of {self.function}, which lets pass up to {ratio_text(self.decides)}, "
                f"or on its wrong side: it must take {'at most' if most else 'at least'} {ratio_text(limit)}. Write "
                f"{self.proposed:g} in course.yml, for the middle of the gap (`cnngrade calibrate` draws it), or mend it."
            )

    def summary(self) -> str:
        """Return the line and the styles beside it in one line of text."""
        good, slow = self.slowest_good, self.quickest_slow
        if not good or not slow:
            return f"{self.function}: line {ratio_text(self.line)}, not held against styles"
        return (
            f"{self.function}: line {ratio_text(self.line)} between {good.style.short} ({ratio_text(_ratio(good))}) "
            f"and {slow.style.short} ({ratio_text(_ratio(slow))})"
        )


def _ratio(entry: Measured) -> float:
    assert entry.ratio is not None
    return entry.ratio
