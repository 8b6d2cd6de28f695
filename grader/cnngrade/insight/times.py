"""When work came in, as seen from when it was due, and how long the judging took."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from cnngrade.insight.class_report import HandInBin, TimeFigures, people
from cnngrade.model import Report

# Hours before the due date: what came in earlier than so many is in the bin before.
_BORDERS = (168.0, 72.0, 24.0, 6.0, 1.0, 0.0, -24.0)


_LABELS = (
    "a week before, or more",
    "3 to 7 days before",
    "1 to 3 days before",
    "6 to 24 hours before",
    "1 to 6 hours before",
    "in the last hour",
    "late, up to a day",
    "later than a day",
)


def time_figures(
    reports: Sequence[Report], hours_before: Mapping[str, float], late: Collection[str], untimed: int
) -> TimeFigures:
    """Return the figures of a unit's times.

    `hours_before` says by how many hours the work of each student came before it was due, negative where it was late; it is
    empty without a due date. `untimed` is of how many the time is not known.
    """
    counts = [0] * len(_LABELS)
    for hours in hours_before.values():
        # At the moment itself it is in time.
        counts[bisect_left([-border for border in _BORDERS], -hours)] += 1
    seconds = [report.seconds for report in reports]
    return TimeFigures(
        bins=tuple(map(HandInBin, _LABELS, counts)) if hours_before else (),
        median_hours=statistics.median(hours_before.values()) if hours_before else None,
        late=people(late),
        untimed=untimed,
        median_seconds=statistics.median(seconds) if seconds else 0.0,
        longest_seconds=max(seconds, default=0.0),
        all_seconds=sum(seconds),
    )
