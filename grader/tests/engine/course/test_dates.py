"""Dates in course.yml: one zone for all of them, a day that lasts until its end, and clocks that are changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.course.dates import days_later, due_moment, release_moment, shown_time, zone_problem
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError
from cnngrade.jobs.release import write_handout
from cnngrade.model import Course
from support import tiny_course

DUE = "    due: 2026-03-01 12:00"


def course_with(root: Path, due: str, zone: str = "") -> Course:
    """Return the tiny course with another due date, and with a zone."""
    book = tiny_course.make_course(root / "course") / "course.yml"
    text = book.read_text().replace(DUE, f"    due: {due}")
    book.write_text(text + (f"timezone: {zone}\n" if zone else ""))
    return load_course(book)


def due_in(root: Path, due: str, zone: str = "") -> str:
    """Return when the tiny course's unit is due, in UTC."""
    moment = course_with(root, due, zone).units[0].due
    assert moment is not None
    return moment.astimezone(UTC).isoformat(sep=" ").removesuffix("+00:00")


@pytest.fixture(params=["America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Europe/Berlin", "UTC"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Move this process to a machine in another zone."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot move a process to another zone")
@pytest.mark.usefixtures("machine_zone")
def test_a_date_is_the_same_on_every_machine(tmp_path: Path) -> None:
    """the course's zone counts, or UTC, wherever the machine is that reads course.yml"""
    assert due_in(tmp_path / "none", "2026-03-01 23:59") == "2026-03-01 23:59:00"
    assert due_in(tmp_path / "berlin", "2026-03-01 23:59", "Europe/Berlin") == "2026-03-01 22:59:00"
    assert due_in(tmp_path / "day", "2026-07-01", "Europe/Berlin") == "2026-07-01 21:59:59.999999"


@pytest.mark.parametrize(
    ("zone", "written", "in_utc"),
    [
        # A day lasts until its end, also at the end of a month, of February in a leap year, and of a year.
        ("UTC", "2026-03-09", "2026-03-09 23:59:59.999999"),
        ("Europe/Berlin", "2028-02-29", "2028-02-29 22:59:59.999999"),
        ("America/New_York", "2026-12-31", "2027-01-01 04:59:59.999999"),
        ("Asia/Kathmandu", "2026-03-09", "2026-03-09 18:14:59.999999"),
        ("America/New_York", "2026-12-31 24:00", "2027-01-01 05:00:00"),
        # Days on which clocks are changed have 23 hours or 25, in Lord Howe half an hour more or less.
        ("Europe/Berlin", "2026-03-29", "2026-03-29 21:59:59.999999"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25 22:59:59.999999"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05 13:29:59.999999"),
        ("America/St_Johns", "2026-03-08", "2026-03-09 02:29:59.999999"),
        # A time that clocks show twice is the later one, and one that they skip lies behind the gap.
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 01:30:00"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:30:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 15:15:00"),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18 02:59:59.999999"),
        # There was no 30 December in Apia: whoever wrote it gets the day after.
        ("Pacific/Apia", "2011-12-30", "2011-12-31 09:59:59.999999"),
        # The ways to write a time, and a zone of its own.
        ("Europe/Berlin", "2026-03-09 18:00", "2026-03-09 17:00:00"),
        ("Europe/Berlin", "2026-03-09T18:00:30", "2026-03-09 17:00:30"),
        ("Europe/Berlin", "2026-3-9 8:05", "2026-03-09 07:05:00"),
        ("Europe/Berlin", "2026-03-09 18:00 UTC", "2026-03-09 18:00:00"),
        ("Europe/Berlin", "2026-03-09T18:00:00.25Z", "2026-03-09 18:00:00.250000"),
        ("Europe/Berlin", "2026-03-09 18:00 -03:30", "2026-03-09 21:30:00"),
        ("Europe/Berlin", "2026-03-09 18:00+0545", "2026-03-09 12:15:00"),
        ("Europe/Berlin", "2026-03-09 18:00-5", "2026-03-09 23:00:00"),
    ],
)
def test_what_a_due_date_means(tmp_path: Path, zone: str, written: str, in_utc: str) -> None:
    """due dates are the moments that people mean, in quotes or without"""
    for number, text in enumerate((written, f'"{written}"')):
        assert due_in(tmp_path / str(number), text, zone) == in_utc


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("soon", "year, month and day come first"),
        ("09.03.2026", "year, month and day come first"),
        ("03/09/2026", "year, month and day come first"),
        ("2026-03-09 6pm", "year, month and day come first"),
        ("2026-03-09 18:00 CET", "a zone is an offset like +02:00"),
        ("2026-03-09 18:00 Europe/Berlin", "a zone is an offset like +02:00"),
        ("2026-03-09+02:00", "a zone is an offset like +02:00"),
        ("2026-03-09 24:30", "hour must be in 0..23"),
        ("2026-03-09 18:60", "minute must be in 0..59"),
        ("2026-02-29", "day is out of range"),
        ("2026-03-09 18:00+02:75", "60th minute"),
        ("2026-03-09 18:00+99", "offset must be"),
        ("0001-01-01 00:00+14:00", "date value out of range"),
        ("0026-03-09", "the year 26"),
        ("9999-12-31", "the year 9999"),
        ("\uff12\uff10\uff12\uff16-03-09", "year, month and day come first"),
    ],
)
def test_what_is_no_date_is_named(tmp_path: Path, written: str, says: str) -> None:
    """a date that cannot be read is named by its line, with what is wrong and how to write one"""
    with pytest.raises(CourseError, match=r'^course\.yml, line 8: "due" is not a date: ') as caught:
        course_with(tmp_path, written)
    assert says in str(caught.value)
    assert "2026-10-08 18:00+02:00" in str(caught.value)


def test_dates_are_in_the_order_of_their_moments(tmp_path: Path) -> None:
    """on the night on which clocks are put back, a unit may be due at an earlier time than it is released at"""
    due = "2026-10-25 02:30+01:00\n    release: 2026-10-25 02:45+02:00"
    (unit,) = course_with(tmp_path / "later", due, "Europe/Berlin").units
    assert unit.due is not None
    with pytest.raises(CourseError, match="before it is released"):
        course_with(tmp_path / "before", due.replace("+01:00", "+02:00"), "Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Europe/Berln", "Did you mean Europe/Berlin?"),
        ("europe/berlin", "Did you mean Europe/Berlin?"),
        ("Berlin", "Did you mean Europe/Berlin?"),
        ("new york", "Did you mean America/New_York?"),
        ("utc", "Did you mean UTC?"),
        # In the names of these zones, + and - are the other way round; CEST is nobody's, and no name is near it.
        ("GMT+1", "by a place"),
        ("UTC+2", "by a place"),
        ('"+02:00"', "by a place"),
        ("CEST", "by a place"),
        # No zones, but files of the system's database and around it.
        ("localtime", "by a place"),
        ("posix/UTC", "by a place"),
        ("right/Europe/Berlin", "Did you mean Europe/Berlin?"),
        ("Europe", "by a place"),
        ("../../../etc/passwd", "by a place"),
        ("tzdata.zi", "by a place"),
        ('"a\\0b"', "by a place"),
        ("x" * 5000, "by a place"),
        ('""', '"timezone" is empty'),
        ("2", "Put it in quotes"),
    ],
)
def test_an_unknown_zone_is_named(tmp_path: Path, name: str, says: str) -> None:
    """a zone that there is not is named by its line, with the one that was probably meant"""
    with pytest.raises(CourseError, match=r"^course\.yml, line 11: ") as caught:
        course_with(tmp_path, "2026-03-09", name)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_machine_without_zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """where no zones are installed, a course that names none is read; one that does says what to install"""

    def unknown(name: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("zoneinfo.ZoneInfo", unknown)
    monkeypatch.setattr("zoneinfo.available_timezones", set)
    course = course_with(tmp_path / "utc", "2026-03-09 18:00+02:00")
    assert (course.zone, course.units[0].due) == (UTC, datetime(2026, 3, 9, 16, tzinfo=UTC))
    with pytest.raises(CourseError, match=r"line 11: .*knows no time zones.*python -m pip install tzdata"):
        course_with(tmp_path / "berlin", "2026-03-09", "Europe/Berlin")


def test_the_zone_that_is_shown(tmp_path: Path) -> None:
    """a due date is shown in the course's zone, with its name; without one, as it was written"""
    for number, (zone, written, shown) in enumerate(
        [
            ("Europe/Berlin", "2026-07-09", "2026-07-09 23:59 (Europe/Berlin)"),
            ("Europe/Berlin", "2026-07-09 18:00 UTC", "2026-07-09 20:00 (Europe/Berlin)"),
            ("America/Sao_Paulo", "2026-07-09 18:00", "2026-07-09 18:00 (America/Sao_Paulo)"),
            ("", "2026-07-09 18:00", "2026-07-09 18:00 UTC"),
            ("", "2026-07-09 18:00+02:00", "2026-07-09 18:00 UTC+02:00"),
        ]
    ):
        (unit,) = course_with(tmp_path / str(number), written, zone).units
        assert unit.due is not None
        assert shown_time(unit.due) == shown


def test_a_handout_says_when_work_is_due(tmp_path: Path) -> None:
    """its README names the course's zone; its course.yml holds an absolute time, since a student's machine may know no zones"""
    course = course_with(tmp_path, "2026-07-09", "Europe/Berlin")
    folder = tmp_path / "handout"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    assert "Work is due by 2026-07-09 23:59 (Europe/Berlin)." in (folder / "README.md").read_text()
    assert "timezone" not in (folder / "course.yml").read_text()
    (unit,) = load_course(folder).units
    assert unit.due == course.units[0].due


@pytest.mark.parametrize(
    ("zone", "written", "days", "in_utc"),
    [
        ("Europe/Berlin", "2026-03-28", 1, "2026-03-29 21:59:59.999999"),
        ("Europe/Berlin", "2026-10-24", 1, "2026-10-25 22:59:59.999999"),
        ("Europe/Berlin", "2026-10-25 02:30", 1, "2026-10-26 01:30:00"),
        ("UTC", "2028-02-28 12:00", 1.5, "2028-03-01 00:00:00"),
    ],
)
def test_days_are_those_of_the_clock(zone: str, written: str, days: float, in_utc: str) -> None:
    """a day later, clocks show the same time, though the day may have had 23 hours or 25"""
    moment = days_later(due_moment(written, ZoneInfo(zone)), days, ZoneInfo(zone))
    assert moment.astimezone(UTC).isoformat(sep=" ").removesuffix("+00:00") == in_utc


@given(
    st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
)
def test_no_zone_and_no_moment_is_too_odd(name: str, wall: datetime) -> None:
    """every time of every day is a due date in every zone, and a day ends behind its beginning, two days later at most"""
    zone = ZoneInfo(name)
    moment = due_moment(f"{wall:%Y-%m-%d %H:%M}", zone)
    begins, ends = release_moment(f"{wall:%Y-%m-%d}", zone), due_moment(f"{wall:%Y-%m-%d}", zone)
    assert timedelta() < ends.astimezone(UTC) - begins.astimezone(UTC) <= timedelta(days=2)
    assert zone_problem(name) == ""
    later = days_later(moment, 1, zone)
    assert timedelta(hours=20) < later.astimezone(UTC) - moment.astimezone(UTC) < timedelta(hours=49)
