"""More time for some students: late days, hours, or a date of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cnngrade.course.dates import EXAMPLES, days_later, due_moment, shown_time
from cnngrade.course.lateness import duration_text
from cnngrade.errors import UsageError
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that a student has for a unit, 0 for none. `due` is the student's own due date, None if the unit has none."""

    student: str
    unit: str
    time: timedelta
    due: datetime | None


def extension_as_text(extension: Extension) -> str:
    """Return who has how much more time for what, and when it is due, as a line."""
    due = f", due {shown_time(extension.due)}" if extension.due else ""
    more = f"{duration_text(extension.time)} more" if extension.time else "no extension"
    return f"{visible_name(extension.student)}: {more} for {extension.unit}{due}"


def extension_time(course: Course, unit: Unit, days: float = 0, hours: float = 0, until: str = "") -> timedelta:
    """Return how much more time it is: days by the clocks of the course's zone, and hours; or the time until another due date.

    Raises UsageError for what is no such time, and for a date that is not later than the due date.
    """
    if until:
        return _time_until(course, unit, until)
    if not (0 <= days <= MOST_DAYS and 0 <= hours <= MOST_DAYS * 24):
        raise UsageError(f"More time is given in days from 0 to {MOST_DAYS} (0 takes it back), and in hours.")
    due = unit.due or datetime.now(course.zone)
    return days_later(due, days, course.zone).astimezone(UTC) - due.astimezone(UTC) + timedelta(hours=hours)


def _time_until(course: Course, unit: Unit, until: str) -> timedelta:
    if unit.due is None:
        raise UsageError(f"{unit.name} has no due date in course.yml, so nobody is late. Write one there first.")
    try:
        time = due_moment(until, course.zone).astimezone(UTC) - unit.due.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{until} is not a date ({error}). Write it like {EXAMPLES}.") from error
    if time <= timedelta():
        raise UsageError(f"{until} is no later than {shown_time(unit.due)}, when {unit.name} is due for all.")
    return time


def _extension(course: Course, unit: Unit, student: str, time: timedelta) -> Extension:
    due = unit.due and (unit.due.astimezone(UTC) + time).astimezone(
        course.zone if course.timezone != "UTC" else unit.due.tzinfo
    )
    return Extension(student, unit.name, time, due)


def extend(course: Course, unit: Unit, students: Sequence[str], time: timedelta) -> tuple[Extension, ...]:
    """Give students that much more time, instead of what they had; no time takes it back. All get it, or nobody.

    Raises UsageError if the unit was not released, or if one of them is neither in the gradebook nor on the roster and handed
    in nothing: nobody is invented.
    """
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.extensions import grant_extensions

    names = list(dict.fromkeys(students))
    grant_extensions(course, unit, dict.fromkeys(names, time))
    return tuple(_extension(course, unit, name, time) for name in names)


def extensions(course: Course, unit: Unit) -> tuple[Extension, ...]:
    """Return who has more time for a unit, by student; raises UsageError if the unit was not released."""
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.extensions import extensions_in

    return tuple(_extension(course, unit, name, time) for name, time in extensions_in(course, unit).items())
