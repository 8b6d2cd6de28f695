"""Dates and times as course.yml writes them, and the zone in which they are meant."""

from __future__ import annotations

import re
import reprlib
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from cnngrade.alike import nearest

EXAMPLES = "2026-10-08, 2026-10-08 18:00 or 2026-10-08 18:00+02:00"


# Part of the system's database, and no zones in which a course could be: the machine's own, one that counts leap seconds, ...
_NO_PLACES = ("localtime", "posixrules", "Factory", "posix/", "right/")


_WRITTEN = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?"
    r"[ \t]*([Zz]|UTC|[+-][0-9]{1,2}(?::?[0-9]{2})?)?)?"
)


_LAST = time(23, 59, 59, 999_999)


def _offset(written: str) -> tzinfo:
    if written in ("Z", "z", "UTC"):
        return UTC
    digits = written[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if minutes > 59:
        raise ValueError("a zone has no 60th minute")
    return timezone((-1 if written[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _in_zone(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which clocks in a zone show `wall`: the later one where they do so twice, or skip it."""
    # By UTC: moments of one zone are compared as clocks show them.
    return max(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)).astimezone(zone)


def _read(text: str, zone: tzinfo, date_alone: time) -> datetime:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("year, month and day come first, and a zone is an offset like +02:00")
    year, month, day = (int(part) for part in found.group(1, 2, 3))
    hour, minute, second, fraction, offset = found.group(4, 5, 6, 7, 8)
    wall = datetime(year, month, day)
    if hour is None:
        wall = datetime.combine(wall, date_alone)
    elif (int(hour), int(minute), int(second or 0), int(fraction or 0)) == (24, 0, 0, 0):
        wall += timedelta(days=1)
    else:
        wall = wall.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
        wall = wall.replace(microsecond=int((fraction or "0").ljust(6, "0")))
    moment = _in_zone(wall, zone if offset is None else _offset(offset))
    # No moment so near the ends of the calendar that another zone, or a few days more, would leave it.
    if not 1970 <= moment.year < 9999:
        raise ValueError(f"the year {moment.year} is no year of a course")
    return moment


def due_moment(text: str, zone: tzinfo) -> datetime:
    """Return the last moment that is in time; what is later is late.

    A date alone means the end of that day in the zone, which is the last microsecond of it. Where clocks show a time twice, the
    later one is meant; one that they skip lies as far behind the gap as it would in it. Raises ValueError, OverflowError.
    """
    return _read(text, zone, _LAST)


def release_moment(text: str, zone: tzinfo) -> datetime:
    """Return the moment from which something is there; a date alone means the beginning of that day in the zone.

    Raises ValueError, OverflowError.
    """
    return _read(text, zone, time())


def days_later(moment: datetime, days: float, zone: tzinfo) -> datetime:
    """Return the moment that many days later by the clocks of the zone, at which days may have 23 or 25 hours.

    Raises OverflowError where the calendar ends.
    """
    wall = moment.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=days)
    return _in_zone(wall, zone)


def is_plausible(moment: datetime) -> bool:
    """Say whether something may have been handed in at a moment. Arithmetic with one that is far off might fail."""
    return 1980 <= moment.year <= 9000


def zone_problem(name: str) -> str:
    """Say what is wrong with the name of a zone, and what it may be; "" if this machine knows it."""
    # A course without a zone needs none of it, and neither does any handout.
    from zoneinfo import ZoneInfo, available_timezones

    if not name.startswith(_NO_PLACES):
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
        else:
            return ""
    known = sorted(zone for zone in available_timezones() if not zone.startswith(_NO_PLACES))
    if not known:
        return "this machine knows no time zones. Install them: python -m pip install tzdata"
    return f"there is no time zone {reprlib.repr(name)}.{_meant(name, known)}"


def _meant(name: str, known: list[str]) -> str:
    """Return which zone was probably meant, as a sentence with a space before it."""
    folded = name.strip().casefold().replace(" ", "_")
    for zone in known:
        if folded == zone.casefold():
            return f" Did you mean {zone}?"
    # Nobody should be led to the zones of offsets: in their names, + and - are the other way round.
    places = {zone.casefold(): zone for zone in known if "/" in zone and not zone.startswith("Etc/")}
    places |= {zone.rpartition("/")[2].casefold(): zone for zone in places.values()}
    if near := nearest(folded, places, 0.8):
        return f" Did you mean {places[near]}?"
    return " Name it by a place, such as Europe/Berlin or America/New_York, whose summer time is then known."


def shown_time(moment: datetime) -> str:
    """Return a moment as people read it: `2026-10-08 18:00 (Europe/Berlin)`, or `2026-10-08 18:00 UTC+02:00` of an offset."""
    # A zone's abbreviation stands for several zones, or is an offset; its name is what course.yml says.
    place = getattr(moment.tzinfo, "key", None)
    return f"{moment:%Y-%m-%d %H:%M} {f'({place})' if place else moment.tzname()}"
