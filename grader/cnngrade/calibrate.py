"""Measure a unit's styles against the lines of its time budgets: where does each line lie, and where should it?"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cnngrade import layout
from cnngrade.candidates import Candidate
from cnngrade.errors import CourseError, UsageError
from cnngrade.judge import judge
from cnngrade.model import Course, Outcome, Report, Unit
from cnngrade.placement import Measured, Placement
from cnngrade.styles import Style, load_styles, styled
from cnngrade.truth import Truth, live_truth

PAIRS = 24
"""How many pairs of samples a ratio is taken from where it is wanted exactly."""
FEW_PAIRS = 6
"""How many suffice where only a style on the wrong side of a limit is looked for: that one is measured again."""
_AGAIN = 2

OnStyle = Callable[[Style], None]


def _measured(entry: Style, outcome: Outcome) -> Measured:
    if outcome.cost is not None:
        return Measured(entry, outcome.case.id, outcome.cost.ratio)
    said = " ".join(f"{outcome.verdict.value}. {outcome.for_student} {outcome.for_staff}".split())
    return Measured(entry, outcome.case.id, None, said)


def _measure(
    course: Course, unit: Unit, function: str, styles: Iterable[Style], truth: Truth, pairs: int, on_style: OnStyle
) -> list[Measured]:
    """Judge the styles of one function by the cases that take its time."""
    listed = list(styles)
    reports: list[Report] = []

    def candidates() -> Iterator[Candidate]:
        for entry in listed:
            on_style(entry)
            yield styled(course, unit, entry)

    judge(course, unit, candidates(), reports.append, hidden=True, truth=truth, functions=(function,), pairs=pairs)
    return [
        _measured(entry, outcome) for entry, report in zip(listed, reports, strict=True) for outcome in report.outcomes
    ]


def _middle(entry: Measured, others: Iterable[Measured]) -> Measured:
    """Return `entry` with the middle one of its ratio and those measured later."""
    ratios = [other.ratio for other in (entry, *others) if other.ratio is not None]
    return replace(entry, ratio=statistics.median(ratios))


def _place(
    course: Course, unit: Unit, function: str, styles: list[Style], truth: Truth, pairs: int, on_style: OnStyle
) -> Placement:
    measured = _measure(course, unit, function, styles, truth, pairs, on_style)
    cases = len({entry.case for entry in measured})
    placement = Placement(function, unit.budgets[function], cases, tuple(measured))
    # A machine that is busy with something else is no reason to refuse a line: the middle one of three ratios decides.
    doubted = {entry.style for entry in measured if placement.out_of_place(entry)}
    again: list[Measured] = []
    for _ in range(_AGAIN if doubted else 0):
        again += _measure(course, unit, function, doubted, truth, PAIRS, on_style)
    settled = [
        _middle(entry, (other for other in again if (other.style, other.case) == (entry.style, entry.case)))
        if entry.style in doubted and entry.ratio is not None
        else entry
        for entry in measured
    ]
    return replace(placement, measured=tuple(settled))


def placements(course: Course, unit: Unit, on_style: OnStyle, pairs: int = PAIRS) -> list[Placement]:
    """Measure the styles of each function with a time budget, and return how its line lies among them.

    `on_style` hears of each style before its turn. A style that a line does not suit is measured three times. Raises
    CourseError when the styles or the tests cannot be read, and for a function without styles.
    """
    styles = load_styles(course, unit)
    live = live_truth(course, unit)
    # Without the rehearsal: whether the solution passes is not asked here.
    truth = Truth(live.reference, live.knowledge)
    found = []
    for function in unit.budgets:
        mine = [entry for entry in styles if entry.function == function]
        if not mine:
            raise CourseError(
                f"{function} has a time budget and no styles to hold its line against. "
                f"Write good and slow ones in {layout.styles_file(course, unit.name)}."
            )
        found.append(_place(course, unit, function, mine, truth, pairs, on_style))
    return found


def calibrate(course: Course, unit: Unit, on_style: OnStyle) -> list[Placement]:
    """Measure the unit's styles and return where its lines lie and should lie; raises UsageError if it has no time budget."""
    if not unit.budgets:
        raise UsageError(f"{unit.name} has no time budget, so there is no line to place.")
    return placements(course, unit, on_style)
