"""Times as platforms write them: a date, a time of day, and a zone that may be missing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from cnngrade.course.dates import is_plausible
from cnngrade.submission.platforms.local_time import WRITTEN_TIME, local_time, written_clock

# Archives and other systems put something else for the colons of a name, which not every disk takes.
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T _](\d\d)\D?(\d\d)\D?(\d\d)(?:[.,](\d{1,9}))?\s*([+-]\d\d:?(?:\d\d)?|[A-Za-z][\w/+-]{0,40})?",
    re.ASCII,
)


_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{0,3}", re.ASCII)


# Hours from UTC of abbreviations that the course's own zone does not have, as they are meant nearly everywhere.
_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "UCT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "BST": 1, "SAST": 2, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip


def _offset(seconds: int) -> tzinfo | None:
    return timezone(timedelta(seconds=seconds)) if abs(seconds) < 24 * 3600 else None


def _zone(word: str, local: datetime) -> tzinfo | None:
    """Return the zone that a word names, None for a word that names none; `local` is in the course's zone."""
    if word[0] in "+-":
        digits = word[1:].replace(":", "").ljust(4, "0")
        seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        return _offset(-seconds if word[0] == "-" else seconds)
    # Abbreviations mean other zones elsewhere: the course's own come first, of winter and of summer.
    for moment in (local, local.replace(month=1), local.replace(month=7)):
        if moment.tzname() == word and (offset := moment.utcoffset()) is not None:
            return timezone(offset)
    if word.upper() in _HOURS:
        return _offset(_HOURS[word.upper()] * 3600)
    try:
        return ZoneInfo(word)
    except (OSError, ValueError, LookupError):
        return None


def _plausible(moment: datetime | None) -> datetime | None:
    """Return the moment unless it is so far off that arithmetic with it might fail."""
    return moment if moment is not None and is_plausible(moment) else None


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the time that `text` states, as one of UTC; None where it is no time. Without a zone it is in the course's `zone`.

    >>> read_moment("2026-05-06 12:30:11.123456789 Z", UTC)
    datetime.datetime(2026, 5, 6, 12, 30, 11, 123456, tzinfo=datetime.timezone.utc)
    """
    text = text.strip()[:100]
    match = _MOMENT.fullmatch(text)
    if match is None:
        written = WRITTEN_TIME.fullmatch(text)
        clock = written_clock(written) if written is not None else None
        return _plausible(local_time(clock, zone)) if clock is not None else None
    *numbers, fraction, word = match.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    clock = (year, month, day, hour, minute, min(second, 59))
    # A fraction is as long as the platform likes; datetime counts microseconds.
    microseconds = timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
    if word:
        try:
            named = _zone(word, datetime(year, month, 1, hour, tzinfo=zone))
        except ValueError:
            return None
        if named is None:
            return None
        zone = named
    moment = _plausible(local_time(clock, zone))
    return moment + microseconds if moment is not None else None


def read_digits(text: str, zone: tzinfo) -> datetime | None:
    """Return the time of `zone` that 14 digits state, or 17 with milliseconds (`YYYYMMDDhhmmss`); None where it is none."""
    match = _DIGITS.fullmatch(text.strip()[:100])
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    return _plausible(local_time((year, month, day, hour, minute, second), zone))


def order_of(moment: datetime) -> int:
    """Return a number that is greater for a later moment: microseconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
