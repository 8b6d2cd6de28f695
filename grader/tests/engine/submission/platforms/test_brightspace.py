"""Brightspace: whose each file of a download is, which attempt, and when it was handed in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cnngrade.submission.platforms.brightspace import read_brightspace
from cnngrade.submission.platforms.handed import Person
from support.platform_tables import BERLIN, Row, Table, read_alone, read_table, source_of

NOON = (2026, 5, 6, 12, 30, 0)
LATER = (2026, 5, 16, 9, 5, 0)
ROE = Person("2", "John Roe", aliases=("N0123456",))
JANE, JOHN = Person("12345", "Jane Doe"), Person("12346", "John Roe")


def row(path: str, person: Person, inside: str = "convolution.ipynb", clock: tuple[int, int, int, int, int, int] = NOON) -> Row:
    return Row(path, person, inside, clock, datetime(*clock, tzinfo=UTC))


TABLES = (
    Table(
        "folders and flat files, with a blank before the last hyphen and without it",
        (
            row("12345-67890 - Jane Doe - May 6, 2026 1230 PM - convolution.ipynb", JANE),
            row("12346-67890 - John Roe- May 6, 2026 1231 PM/convolution.ipynb", JOHN, clock=(2026, 5, 6, 12, 31, 0)),
        ),
        own=("index.html",),
    ),
    Table(
        "names with hyphens, marks, an id of the organisation before them, and in other scripts",
        (
            row("1-9 - Ann-Li O'Nan - Roe - May 6, 2026 1230 PM/convolution.ipynb", Person("1", "Ann-Li O'Nan - Roe")),
            row("2-9 - N0123456 - John Roe- May 6, 2026 1230 PM - a - b.ipynb", ROE, "a - b.ipynb"),
            row("3-9 - अनिता शर्मा - May 6, 2026 1230 PM/convolution.ipynb", Person("3", "अनिता शर्मा")),
            row("4-9 - Doe, Jane (Gast) - May 6, 2026 1230 PM/src/a.py", Person("4", "Doe, Jane (Gast)"), "src/a.py"),
            row("5-9 - 李明 - May 6, 2026 1230 PM - Jan 7, 2025 1 PM - x.py", Person("5", "李明"), "Jan 7, 2025 1 PM - x.py"),
            row("6-9 - Group 2 - May 6, 2026 1230 PM/index.html", Person("6", "Group 2"), "index.html"),
            row("7-9 - R2D2 - May 6, 2026 1230 PM/convolution.ipynb", Person("7", "R2D2")),
        ),
        own=("index.html",),
    ),
    Table(
        "each time that somebody hands in is another attempt",
        (
            row("12345-9 - Jane Doe - May 6, 2026 1230 PM/convolution.ipynb", JANE),
            row("12345-9 - Jane Doe - May 6, 2026 1230 PM/helpers.py", JANE, "helpers.py"),
            row("12345-9 - jane  doe - May 16, 2026 905 AM/a.ipynb", Person("12345", "Jane Doe"), "a.ipynb", LATER),
        ),
        own=("Index.htm",),
    ),
    Table(
        "a time in a form that we do not know is none; the folder is still somebody's",
        (Row("12345-9 - Jane Doe - 2026年5月6日 午後/convolution.ipynb", JANE, "convolution.ipynb"),),
    ),
    Table(
        "a number that two people bear is neither's",
        (
            row("397063-2557369 - Mary-Ann Smith - May 6, 2026 1230 PM/a.ipynb", Person("", "Mary-Ann Smith"), "a.ipynb"),
            row("397063-2557369 - John Doe - May 6, 2026 1230 PM/b.ipynb", Person("", "John Doe"), "b.ipynb"),
            row("12345-2557369 - Jane Doe - May 6, 2026 1230 PM/c.ipynb", JANE, "c.ipynb"),
        ),
    ),
    Table(
        "the folder's own time is the one at its end",
        (
            row("1-9 - Jane - Jan 1, 2020 1 AM - May 6, 2026 1230 PM/a.py", Person("1", "Jane - Jan 1, 2020 1 AM"), "a.py"),
            row("12346-9 - John Roe - May 6, 2026 1230 PM - work/a.ipynb", JOHN, "work/a.ipynb"),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_a_download_of_brightspace(table: Table) -> None:
    """Brightspace's names say whose each file is and when, and no other platform claims them"""
    read_table("brightspace", table)


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("May 6, 2026 1230 PM", (12, 30, 0)),
        ("May 6, 2026 1230 AM", (0, 30, 0)),
        ("May 6, 2026 926 PM", (21, 26, 0)),
        ("May 6, 2026 905 AM", (9, 5, 0)),
        ("May 6, 2026 1159 PM", (23, 59, 0)),
        ("May 6, 2026 12-30 PM", (12, 30, 0)),
        ("May 6, 2026 12:30 PM", (12, 30, 0)),
        ("May 6, 2026 12.30 p.m.", (12, 30, 0)),
        ("May 6, 2026 12_30_15 PM", (12, 30, 15)),
        ("May 6, 2026 123015 PM", (12, 30, 15)),
        ("May 6, 2026 13015 PM", (13, 30, 15)),
        ("May 6, 2026 1 PM", (13, 0, 0)),
        ("May 6, 2026 1230\u202fPM", (12, 30, 0)),
        ("May\u00a06, 2026 12.30 p.\u202fm.", (12, 30, 0)),
        ("May 6, 2026 1830", (18, 30, 0)),
        ("May 6 2026 630pm", (18, 30, 0)),
        ("May 06, 2026 06-30 PM", (18, 30, 0)),
        ("6 May, 2026 1230", (12, 30, 0)),
        ("6 May 2026 1230", (12, 30, 0)),
        ("6. Mai 2026 1830", (18, 30, 0)),
        ("6 mai 2026 18 h 30", (18, 30, 0)),
        ("mai 6, 2026 930 a.m.", (9, 30, 0)),
        ("6 de mayo de 2026 18.30", (18, 30, 0)),
        ("6 mei 2026 18.30", (18, 30, 0)),
        ("2026-05-06 1830", (18, 30, 0)),
        ("Wednesday, May 6, 2026 1230 PM", (12, 30, 0)),
        ("mercredi 6 mai 2026 18 h 30", (18, 30, 0)),
    ],
)
def test_the_ways_in_which_a_time_is_written(written: str, clock: tuple[int, int, int]) -> None:
    """the order, the language and the punctuation of the instructor's settings"""
    for path in (f"1-2 - Jane Doe - {written}/a.ipynb", f"1-2 - Jane Doe - {written} - a.ipynb"):
        reading = read_alone("brightspace", path)
        assert reading is not None
        claim = reading.claims[path]
        assert claim.people == (Person("1", "Jane Doe"),)
        assert (claim.inside, claim.attempt) == ("a.ipynb", (2026, 5, 6, *clock))
        assert claim.submitted == datetime(2026, 5, 6, *clock, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "month"),
    [
        ("Sep", 9),
        ("Sept", 9),
        ("September", 9),
        ("févr.", 2),
        ("fe\u0301vr.", 2),
        ("März", 3),
        ("août", 8),
        ("déc.", 12),
        ("ott", 10),
    ],
)
def test_months_in_words(word: str, month: int) -> None:
    """months come short, long, with a full stop, and in the instructor's language"""
    path = f"1-2 - Jane Doe - 3 {word} 2026 1230/a.ipynb"
    reading = read_alone("brightspace", path)
    assert reading is not None
    assert reading.claims[path].attempt == (2026, month, 3, 12, 30, 0)


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("Mar 29, 2026 230 AM", 0, 30),
        ("Oct 25, 2026 230 AM", 0, 30),
        ("Oct 25, 2026 330 AM", 2, 30),
        ("Jul 1, 2026 230 AM", 0, 30),
    ],
)
def test_times_are_in_the_course_s_zone(written: str, hour: int, minute: int) -> None:
    """a time that a clock shows twice or never is the earlier of the two that it may be"""
    path = f"1-2 - Jane Doe - {written}/a.ipynb"
    reading = read_brightspace(source_of(path, zone=BERLIN))
    assert reading is not None
    submitted = reading.claims[path].submitted
    assert submitted is not None
    assert (submitted.hour, submitted.minute, submitted.tzinfo) == (hour, minute, UTC)


@pytest.mark.parametrize(
    "path",
    [
        "12345 - Jane Doe - May 6, 2026 1230 PM/convolution.ipynb",
        "12345-9 - Jane Doe/convolution.ipynb",
        "12345-9 - Jane Doe - convolution.ipynb",
        "12345-9 - Jane Doe - May 40, 2026 1230 PM - convolution.ipynb",
        "12345-9 - Jane Doe - May 6, 2026 2530 - convolution.ipynb",
        "12345-9 - Jane Doe - May 6, 2026 1230 PM",
        "12345-9/convolution.ipynb",
        "index.html",
        "work/12345-9 - Jane Doe - May 6, 2026 1230 PM/convolution.ipynb",
    ],
)
def test_names_that_are_not_brightspace_s(path: str) -> None:
    """a name that Brightspace does not write is not claimed"""
    assert read_alone("brightspace", path) is None
