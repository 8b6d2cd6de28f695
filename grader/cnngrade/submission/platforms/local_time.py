"""Times as platforms write them into names: no zone, and the words and order of the instructor's language."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from cnngrade.alike import one_spelling

Clock = tuple[int, int, int, int, int, int]
"""What a clock on a wall shows: year, month, day, hour, minute, second."""

_MONTHS = (
    "jan januar january janv janvier ene enero janeiro gennaio gen januari",
    "feb februar february fév févr février fev febrero fevereiro febbraio februari",
    "mar march mär märz mrz mars marzo março maart mrt mart",
    "apr april avr avril abr abril aprile",
    "may mai mayo maio mag maggio mei maj",
    "jun june juni juin junio junho giu giugno",
    "jul july juli juil juillet julio julho lug luglio",
    "aug august aoû août aout ago agosto augustus augusti",
    "sep sept september septembre septiembre set setembro settembre",
    "oct okt october oktober octobre octubre out outubro ott ottobre",
    "nov november novembre noviembre novembro",
    "dec dez dic december dezember déc décembre diciembre dezembro dicembre des desember",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

_WORD = r"(?P<{0}>[^\W\d_]{{3,12}})\.?"
_DAY = (
    rf"(?:{_WORD.format('month_first')} (?P<day_second>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<day_first>\d{{1,2}})\.? (?:de )?{_WORD.format('month_second')}(?: de)?),? (?P<year>\d{{4}})"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})"
)
_TIME = (
    r"(?:(?P<hour>\d{1,2})(?:[:._-]| ?h ?)(?P<minute>\d{2})(?:(?:[:._-]| ?m ?)(?P<second>\d{2}))?|(?P<digits>\d{1,6}))(?!\d)"
    r"(?: ?(?P<half>[ap])\.? ?m\b\.?)?"
)
_OTHER_SPACE = re.compile(r"[^\S\r\n]")
WRITTEN_TIME = re.compile(rf"(?:{_DAY}),? (?:at )?{_TIME}", re.IGNORECASE)
"""A day with its month as a word, or an ISO one, and a time; punctuation may be left out, as in a file's name: `1230 PM`."""


def with_plain_spaces(text: str) -> str:
    """Return a text, of the same length, with the ordinary space for every other: many systems write a narrow one before PM."""
    return _OTHER_SPACE.sub(" ", text)


def local_time(clock: Clock, zone: tzinfo) -> datetime | None:
    """Return the moment (in UTC) at which a clock in `zone` shows `clock`, None where no clock ever does.

    Where clocks are put back it is shown twice, and where they are put forward never: then the earlier of the two moments
    that it may stand for, so that nobody is late by our choice.
    """
    year, month, day, hour, minute, second = clock
    try:
        shown = [datetime(year, month, day, hour, minute, second, tzinfo=zone, fold=fold) for fold in (0, 1)]
        return min(local.astimezone(UTC) for local in shown)
    except (ValueError, OverflowError):
        return None


def written_clock(match: re.Match[str]) -> Clock | None:
    """Return what a match of WRITTEN_TIME says, None where that is no time (the 40th of a month, a word that is no month)."""
    day = _day(match)
    time = _time(match)
    if day is None or time is None:
        return None
    clock = (*day, *time)
    return clock if local_time(clock, UTC) else None


def _day(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Return year, month and day."""
    if match["iso_year"]:
        return int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"])
    word = one_spelling(match["month_first"] or match["month_second"])
    month = _MONTH.get(word)
    return (int(match["year"]), month, int(match["day_first"] or match["day_second"])) if month else None


def _time(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Return hour, minute and second; digits without punctuation are an hour, then a minute and a second of two digits each."""
    digits = match["digits"]
    if digits:
        hour = digits if len(digits) < 3 else digits[: 2 - len(digits) % 2]
        rest = digits[len(hour) :]
        minute, second = rest[:2], rest[2:]
    else:
        hour, minute, second = match["hour"], match["minute"], match["second"]
    half = (match["half"] or "").lower()
    hours = int(hour)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half == "p" else 0)
    return hours, int(minute or 0), int(second or 0)
