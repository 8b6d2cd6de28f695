"""Times as platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cnngrade.submission.platforms.moments import order_of, read_digits, read_moment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-06 12:30:11.123456 UTC", datetime(2026, 5, 6, 12, 30, 11, 123456, UTC)),
        ("2026-05-06T12:30:11Z", datetime(2026, 5, 6, 12, 30, 11, tzinfo=UTC)),
        ("2026-05-06T12:30:11.5Z\n", datetime(2026, 5, 6, 12, 30, 11, 500000, UTC)),
        ("2026-05-06 12:30:11.123456789 Z", datetime(2026, 5, 6, 12, 30, 11, 123456, UTC)),
        ("2026-05-06 12:30:11 +0200", datetime(2026, 5, 6, 10, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12:30:11 -07:00", datetime(2026, 5, 6, 19, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12:30:11 +02", datetime(2026, 5, 6, 10, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12:30:11 America/New_York", datetime(2026, 5, 6, 16, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12:30:11 EDT", datetime(2026, 5, 6, 16, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12:30:11 CEST", datetime(2026, 5, 6, 10, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12:30:11", datetime(2026, 5, 6, 10, 30, 11, tzinfo=UTC)),
        ("2026-05-06 12_30_11.5 UTC", datetime(2026, 5, 6, 12, 30, 11, 500000, UTC)),
        ("2026-05-06 12\uf03a30\uf03a11 UTC", datetime(2026, 5, 6, 12, 30, 11, tzinfo=UTC)),
        ("\u0662\u0660\u0662\u0666-05-06 12:30:11", datetime(2026, 5, 6, 10, 30, 11, tzinfo=UTC)),
        ("May 6, 2026 12:30 PM", datetime(2026, 5, 6, 10, 30, tzinfo=UTC)),
        ("Dec 31, 2026, 12:05:09 am", datetime(2026, 12, 30, 23, 5, 9, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_its_zone_or_the_courses(text, expected):
    """a time means what its zone says, and the course's clock where it names none"""
    assert read_moment(text, BERLIN) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-13-06 12:30:11", "2026-02-30 12:30:11 UTC", "2026-05-06 25:30:11", "0001-01-01 00:00:00 UTC",
        "9999-12-31 23:59:59 -1200", "2026-05-06 12:30:11 Mars/Olympus", "2026-05-06 12:30:11 ../../etc/passwd", "2026-05-06",
        "2026-05-06 12:30:11 +9900", "Foo 6, 2026 12:30 PM", "9" * 100_000, "2026-05-06 12:30:11.5 " + "A" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(text):
    """what is no time, or one of no known zone, is None and no error"""
    assert read_moment(text, BERLIN) is None


def test_a_time_that_the_clock_shows_twice_or_never_is_a_time():
    """an hour that the change of the clocks repeats or leaves out is read, and can be compared"""
    twice = [read_moment(f"2026-10-25 02:30:00 {name}", BERLIN) for name in ("CEST", "CET")]
    assert twice == [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    for text in ("2026-10-25 02:30:00", "2026-03-29 02:30:00"):
        moment = read_moment(text, BERLIN)
        assert moment is not None
        assert abs(moment.astimezone(UTC) - datetime.fromisoformat(f"{text}+00:00")) <= timedelta(hours=2)


def test_an_abbreviation_is_the_courses_before_it_is_anybody_elses():
    """an abbreviation of the course's zone means that zone, in summer and in winter; others mean what most people mean"""
    for text, zone, hour in (
        ("CST", "Asia/Shanghai", 4), ("CST", "America/Chicago", 18), ("CST", "UTC", 18), ("CET", "UTC", 11),
        ("CEST", "UTC", 10), ("IST", "Asia/Kolkata", 6), ("BST", "Europe/London", 11), ("GMT", "Europe/London", 12),
        ("CET", "Europe/Berlin", 11),
    ):  # fmt: skip
        moment = read_moment(f"2026-05-06 12:00:00 {text}", ZoneInfo(zone))
        assert moment is not None
        assert moment.astimezone(UTC).hour == hour, (text, zone)


def test_digits_alone_are_a_time():
    """14 digits are a time, with milliseconds or without; others are none"""
    assert read_digits("20260506123011000", UTC) == datetime(2026, 5, 6, 12, 30, 11, tzinfo=UTC)
    assert read_digits("20260506123011", BERLIN) == datetime(2026, 5, 6, 10, 30, 11, tzinfo=UTC)
    assert [read_digits(text, UTC) for text in ("20261306123011", "2026050612301", "x", "", "1" * 99_999)] == [None] * 5


def test_later_moments_have_greater_numbers():
    """the order of moments is that of their numbers, in whatever zones they are"""
    early, late = datetime(2026, 5, 6, 12, tzinfo=BERLIN), datetime(2026, 5, 6, 10, 0, 0, 1, UTC)
    assert order_of(late) == order_of(early) + 1
