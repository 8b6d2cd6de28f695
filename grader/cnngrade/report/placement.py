"""Where the limit of a time budget is among its variants, as text and as JSON."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import Any

from cnngrade.budget.placement import COMFORT, MARGIN, Placement, ratio_of
from cnngrade.budget.ratio import factor_text, ratio_text
from cnngrade.budget.variants import Kind
from cnngrade.report.axis import Track
from cnngrade.scoring import deciding_limit

_MOVED = 1.25  # less than this nearer to the middle is not worth an edit


_SIGNS = {Kind.GOOD: "o", Kind.BETWEEN: "~", Kind.SLOW: "x"}


_LIMIT, _PROPOSAL, _LOOPS = "|", "!", ":"


def _verdict(placement: Placement) -> Iterator[str]:
    """Yield what follows from the drawing: the gap, where the limit is in it, and what to write."""
    good, slow, width = placement.slowest_good, placement.quickest_slow, placement.width
    if placement.proposed is None or not good or not slow or not width:
        yield placement.gap_problem()
        return
    yield f"The gap: from {good.text()} to {slow.text()}, a factor of {factor_text(width)}."
    below, above = placement.decides / ratio_of(good), ratio_of(slow) / placement.decides
    what = f"The limit {ratio_text(placement.limit)} lets up to {ratio_text(placement.decides)} pass"
    if below < 1 or above < 1:
        yield f"{what}, which is outside it."
    else:
        yield f"{what}, which keeps a factor of {factor_text(below)} from one end and {factor_text(above)} from the other."
    if min(below, above) < min(COMFORT, max(MARGIN, math.sqrt(width) / _MOVED)):
        yield f"For its middle, write {placement.proposed:g} in course.yml as the limit of {placement.function}."
    else:
        yield f"The limit {placement.proposed:g} would be in its middle; the present one is well placed."
    if width < COMFORT**2:
        yield f"The gap is narrow: less than {COMFORT:g} on a side. A larger input in the case of the budget may widen it."


def _loops(placement: Placement) -> Iterator[str]:
    """Yield where loops begin to cost points, and where they should."""
    beyond, proposed, good = placement.loops_cost_beyond, placement.loops_proposed, placement.slowest_good
    if problem := placement.loops_problem():
        yield problem
    elif proposed and good:
        write = f"write loops_cost_beyond: {{{placement.function}: {proposed:g}}} in course.yml."
        if beyond is None:
            yield f"A counted loop costs half of the points at any speed. For it to cost none up to {good.text()}, {write}"
        elif beyond > COMFORT * proposed:
            yield f"Loops cost nothing up to {ratio_text(beyond)}, far beyond {good.text()}: to end that nearer to it, {write}"
        else:
            yield f"Loops cost nothing up to {ratio_text(beyond)}, beyond {good.text()}: this is well placed, too."


def _rows(placement: Placement, width: int) -> Iterator[str]:
    entries = sorted((entry for entry in placement.measured if entry.ratio is not None), key=ratio_of)
    names = [entry.variant.short + (f" [{entry.case.rpartition('/')[2]}]" if placement.cases > 1 else "") for entry in entries]
    room = min(max(map(len, names), default=0), max(width // 3, 12))
    margin = 2 + 7 + 2 + room + 2 + 7 + 2
    marks = {sign: value for sign, value, _ in _marks(placement)}
    ratios = [*map(ratio_of, entries), *marks.values(), 1.0]
    track = Track(min(ratios), max(ratios), max(width - margin, 20))
    for entry, name in zip(entries, names, strict=True):
        ratio, kind = ratio_of(entry), entry.variant.kind
        drawn = track.row(marks | {_SIGNS[kind]: ratio})
        yield f"  {kind.value:7}  {name[:room]:{room}}  {ratio_text(ratio):>7}  {drawn}".rstrip()
    yield f"{'':{margin}}{track.ruler()}".rstrip()


def _marks(placement: Placement) -> list[tuple[str, float, str]]:
    """Return what is drawn through all rows: the sign, the ratio and what it is; where two meet, the later one is seen."""
    marks = []
    if placement.loops_cost_beyond:
        marks.append((_LOOPS, deciding_limit(placement.loops_cost_beyond), "with loops"))
    if placement.middle:
        marks.append((_PROPOSAL, placement.middle, "the middle of the gap"))
    return [*marks, (_LIMIT, placement.decides, "what passes")]


def placement_as_text(placement: Placement, width: int) -> str:
    """Return the variants on a logarithmic axis with the limit and the proposed one, in `width` columns, and what follows."""
    legend = "  ".join(f"{sign} {kind.value}" for kind, sign in _SIGNS.items())
    legend += "".join(f"  {sign} {what} ({ratio_text(value)})" for sign, value, what in reversed(_marks(placement)))
    told = [*placement.unmeasured(), *placement.halved(), *_verdict(placement), *_loops(placement)]
    return "\n".join(
        [
            f"{placement.function}: its variants, in multiples of the reference's time",
            "",
            *_rows(placement, width),
            *textwrap.wrap(legend, width, initial_indent="  ", subsequent_indent="  "),
            "",
            *(part for text in told for part in textwrap.wrap(text, width)),
        ]
    )


def placement_as_json(placement: Placement) -> dict[str, Any]:
    """Return the placement as plain JSON."""
    return {
        "function": placement.function,
        "line": placement.limit,
        "proposed": placement.proposed,
        "loops_cost_beyond": placement.loops_cost_beyond,
        "loops_proposed": placement.loops_proposed,
        "gap": placement.width,
        "well_placed": not list(placement.problems()),
        "styles": [
            {
                "name": entry.variant.name,
                "kind": entry.variant.kind.value,
                "sentence": entry.variant.sentence,
                "case": entry.case,
                "ratio": entry.ratio,
                "looped": list(entry.looped or ()),
                "problem": entry.problem,
            }
            for entry in placement.measured
        ],
    }
