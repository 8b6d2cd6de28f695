"""How late work is: from when it was due and when it was handed in to days begun, and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from cnngrade.course.dates import days_later

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Work that came too late. Both times have a zone; `due` is its student's own, with any extension."""

    due: datetime
    submitted: datetime

    @property
    def seconds(self) -> float:
        """How late it is, in seconds."""
        # By UTC: moments of one zone are subtracted as clocks show them.
        return (self.submitted.astimezone(UTC) - self.due.astimezone(UTC)).total_seconds()

    def days(self, zone: tzinfo) -> int:
        """Return the days begun since it was due.

        A day ends when clocks in the zone show the time of the due date again. One that has 23 hours by the clock has 24 here:
        nobody pays for that.
        """
        days = max(math.ceil(self.seconds / _DAY.total_seconds()), 1)
        while days > 1 and self.submitted <= days_later(self.due, days - 1, zone):
            days -= 1
        return days


def lateness(due: datetime | None, submitted: datetime | None, extension: timedelta | None = None) -> Lateness | None:
    """Return how late work is; None for work in time, and where one of the times is not known.

    `due` is that of the unit. Both times have a zone.
    """
    if due is None or submitted is None:
        return None
    own = due.astimezone(UTC) + (extension or timedelta())
    return Lateness(own, submitted) if submitted > own else None


def duration_text(span: timedelta) -> str:
    """Return a time as people say it, by its two largest units: `1 day 8 h`, `25 min`, `less than a minute`."""
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} day{'' if days == 1 else 's'}" if days else "", f"{hours} h" if hours else ""]
    parts.append(f"{minutes} min" if minutes and not days else "")
    return " ".join(part for part in parts if part) or "less than a minute"


def late_text(late: Lateness, zone: tzinfo) -> str:
    """Return how late work is, in words: `1 day 8 h late, 2 days begun`."""
    days = late.days(zone)
    return f"{duration_text(timedelta(seconds=late.seconds))} late, {days} day{'' if days == 1 else 's'} begun"
