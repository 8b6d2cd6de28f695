"""Blackboard: whose each file of a download is, which attempt, and when it was handed in."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from cnngrade.submission.platforms.blackboard import read_blackboard
from cnngrade.submission.platforms.handed import Person
from support.platform_tables import BERLIN, Row, Table, read_alone, read_table, source_of

JANE, SMITH = Person("jdoe12", "Jane Doe"), Person("asmith")
NOON, LATER = (2026, 5, 6, 12, 30, 11), (2026, 5, 8, 9, 0, 0)


def receipt(who: str, when: str, *files: tuple[str, str], title: str = "Unit 3") -> str:
    """Return a receipt as Blackboard writes it; `files` are the original names and Blackboard's."""
    listed = "".join(f"\tOriginal filename: {original}\n\tFilename: {name}\n\n" for original, name in files)
    return (
        f"Name: {who}\nAssignment: {title}\nDate Submitted: {when}\nCurrent Grade: Needs Grading\n\n"
        "Submission Field:\nThere is no student submission text data for this assignment.\n\n"
        f"Comments:\nThere are no student comments for this assignment.\n\nFiles:\n{listed}"
    )


def utc(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=UTC)  # type: ignore[arg-type,misc]


def row(title_user: str, name: str, person: Person, clock: tuple[int, ...] = NOON, submitted: datetime | None = None) -> Row:
    """Return the row of a file, handed in (in UTC) at `clock` unless it says otherwise."""
    written = "-".join(f"{number:02}" for number in clock)
    return Row(f"{title_user}_attempt_{written}_{name}", person, name, clock, submitted or utc(*clock))


TABLES = (
    Table(
        "with a receipt and without one",
        (
            row("Unit 3_jdoe12", "convolution.ipynb", JANE),
            row("Unit3_asmith", "convolution.ipynb", SMITH, LATER),
        ),
        own=("Unit 3_jdoe12_attempt_2026-05-06-12-30-11.txt",),
        texts={"Unit 3_jdoe12_attempt_2026-05-06-12-30-11.txt": "Name: Jane Doe (jdoe12)"},
    ),
    Table(
        "several attempts and several files; the time is in the course's zone",
        (
            row("Unit 3_jdoe12", "convolution.ipynb", JANE, NOON, utc(2026, 5, 6, 10, 30, 11)),
            row("Unit 3_jdoe12", "helpers.py", JANE, NOON, utc(2026, 5, 6, 10, 30, 11)),
            row("Unit 3_jdoe12", "convolution.ipynb", JANE, LATER, utc(2026, 5, 8, 7)),
        ),
        own=("Unit 3_jdoe12_attempt_2026-05-06-12-30-11.txt", "Unit 3_jdoe12_attempt_2026-05-08-09-00-00.TXT"),
        texts={
            "Unit 3_jdoe12_attempt_2026-05-06-12-30-11.txt": receipt("Jane Doe (jdoe12)", "May 6, 2026 12:30:11 PM CEST"),
            "Unit 3_jdoe12_attempt_2026-05-08-09-00-00.TXT": receipt("Jane Doe (jdoe12)", "not to be read"),
        },
        zone=BERLIN,
    ),
    Table(
        "underscores, blanks and the word attempt in titles and user names, as the receipt has them",
        (
            row("2nd_attempt_x_a_b.c", "my_own_1.ipynb", Person("a_b.c", "Bo, A. (Jr.)")),
            row("2nd_attempt_x_d_e", "convolution.ipynb", Person("d_e")),
            row("2nd_attempt_x_F", "convolution.ipynb", Person("F", "Fay")),
        ),
        own=("2nd_attempt_x_a_b.c_attempt_2026-05-06-12-30-11.txt", "2nd_attempt_x_F_attempt_2026-05-06-12-30-11.txt"),
        texts={
            "2nd_attempt_x_a_b.c_attempt_2026-05-06-12-30-11.txt": "\ufeffName: Bo, A. (Jr.) (A_B.C)\r\nAssignment: 2nd\r\n",
            "2nd_attempt_x_F_attempt_2026-05-06-12-30-11.txt": "Name: Fay (F)\n",
        },
    ),
    Table(
        "without a receipt the title is what all names begin with, unless the roster knows more of it",
        (
            row("HW_1_2_s_jones", "convolution.ipynb", Person("s_jones", aliases=("1_2_s_jones", "2_s_jones"))),
            row("HW_1_2_kay", "convolution.ipynb", Person("kay", aliases=("1_2_kay", "2_kay"))),
            row("HW_1_2_123456", "7_8_x.ipynb", Person("123456", aliases=("1_2_123456", "2_123456"))),
        ),
    ),
    Table(
        "one name alone: the last part, unless the roster knows one of the others",
        (row("HW_1_s_kay", "convolution.ipynb", Person("kay", aliases=("1_s_kay", "s_kay"))),),
    ),
    Table(
        "a user alone",
        (row("kay", "convolution.ipynb", Person("kay")),),
    ),
    Table(
        "a file that Blackboard handed out before keeps its long name; a folder in its place, and a text of the student's",
        (
            row("U_kay", "U_jdoe_attempt_2025-01-01-00-00-00_a.ipynb", KAY := Person("kay")),
            row("U_kay", "notes.txt", KAY),
            row("U_kay", "work/src/convolution.py", KAY),
            Row("U_roe_attempt_2026-05-06-12-30-11/src/convolution.py", Person("roe"), "src/convolution.py", NOON, utc(*NOON)),
        ),
    ),
    Table(
        "the receipt's original name is the student's, unless it is a path",
        (
            Row("U_kay_attempt_2026-05-06-12-30-11_my%20work.ipynb", Person("kay", "Kay"), "my work.ipynb", NOON, utc(*NOON)),
            row("U_kay", "x.py", Person("kay", "Kay")),
        ),
        own=("U_kay_attempt_2026-05-06-12-30-11.txt",),
        texts={
            "U_kay_attempt_2026-05-06-12-30-11.txt": receipt(
                "Kay (kay)",
                "Wednesday, 6 May 2026 12:30:11 o'clock UTC",
                ("my work.ipynb", "U_kay_attempt_2026-05-06-12-30-11_my%20work.ipynb"),
                ("../../other/x.py", "U_kay_attempt_2026-05-06-12-30-11_x.py"),
            ).replace("\n", "\r\n")
        },
    ),
    Table(
        "a name without a user is nobody's",
        (row("Unit 3_kay", "convolution.ipynb", Person("kay")),),
        refused=("Unit 3__attempt_2026-05-06-12-30-11_convolution.ipynb",),
    ),
    Table(
        "a receipt alone: somebody typed in a text, or handed in nothing",
        (
            row("U_kay", "convolution.ipynb", Person("kay")),
        ),
        own=("U_roe_attempt_2026-05-08-09-00-00.txt",),
        texts={"U_roe_attempt_2026-05-08-09-00-00.txt": receipt("John Roe (roe)", "Friday, May 8, 2026 9:00:00 AM GMT")},
    ),
)  # fmt: skip


TWO = {
    f"{title}_{user}_attempt_2026-05-0{day}-12-30-11_{name}": (title, user)
    for title, day, name in (("Unit 3", 6, "convolution.ipynb"), ("Unit 4", 7, "hw.ipynb")) for user in ("jdoe12", "a_smith")
}  # fmt: skip


@pytest.mark.parametrize("with_receipts", [True, False])
@pytest.mark.parametrize(
    ("titles", "unit", "chosen", "aside"),
    [
        (("Unit 3", "Unit 4"), "convolution", "Unit 3", {"Unit 4"}),
        (("Convolution", "Pooling"), "convolution", "Convolution", {"Pooling"}),
        (("Convolution", "Pooling"), "pooling", "Pooling", {"Convolution"}),
        (("Unit 3", "Unit 4"), "hw", "Unit 4", {"Unit 3"}),
        (("Unit_3", "Unit_3_again"), "hw", "Unit_3_again", {"Unit_3"}),
        (("Unit 3", "Unit 4"), "pooling", "", set()),
    ],
)
def test_several_assignments_in_one_download(
    with_receipts: bool, titles: tuple[str, str], unit: str, chosen: str, aside: set[str]
) -> None:
    """the attempt of another assignment is no later one: the unit's title counts, or its files' name, or a person is asked"""
    if titles == ("Unit_3", "Unit_3_again") and not with_receipts:
        # `again_jdoe12` may be a login.
        chosen, aside = "", {"both"}
    told = dict(zip(("Unit 3", "Unit 4"), titles, strict=True))
    paths = {path.replace(title, told[title], 1): (told[title], user) for path, (title, user) in TWO.items()}
    texts = {f"{path[: path.rindex('-11_') + 3]}.txt": f"Name: Jane Doe ({user})" for path, (_, user) in paths.items()}
    reading = read_blackboard(source_of(*paths, *(texts if with_receipts else ()), unit=unit, texts=texts))
    assert reading is not None
    if aside == {"both"}:
        assert (set(reading.claims), reading.aside) == (set(paths), {})
        return
    if not chosen:
        assert (reading.claims, set(reading.refused)) == ({}, set(paths))
        return
    assert set(reading.claims) == {path for path, (title, _) in paths.items() if title == chosen}
    assert set(reading.aside.values()) == aside
    assert reading.notes == ()


def test_one_assignment_is_one_whatever_logins_look_like() -> None:
    """without receipts a login with underscores makes no other assignment"""
    names = [f"Unit_3_{user}_attempt_2026-05-06-12-30-11_convolution.ipynb" for user in ("a_b", "c_d_e", "f", "a_g", "a_h")]
    reading = read_blackboard(source_of(*names))
    assert reading is not None
    assert (set(reading.claims), reading.aside, reading.refused) == (set(names), {}, {})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_a_download_of_blackboard(table: Table) -> None:
    """Blackboard's names say whose each file is and when, and no other platform claims them"""
    read_table("blackboard", table)


def test_who_has_a_receipt_alone_is_named() -> None:
    """who handed in no file is noted by name; who has files in another attempt is not"""
    stem = "U_roe_attempt_2026-05-08-09-00-00.txt"
    paths = ("U_kay_attempt_2026-05-06-12-30-11_a.ipynb", "U_kay_attempt_2026-05-08-12-30-11.txt", stem)
    reading = read_blackboard(source_of(*paths, texts={stem: "Name: John Roe (roe)"}))
    assert reading is not None
    assert reading.notes == ("No file is there of John Roe (roe), at most a text that was typed in on the platform.",)


NEW_YORK, CHICAGO, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("America/Chicago"), ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("written", "zone", "moment"),
    [
        ("Thursday, December 12, 2024 1:22:26 PM EST", UTC, utc(2024, 12, 12, 18, 22, 26)),
        ("Tuesday, February 20, 2024 12:35:07 AM CST", CHICAGO, utc(2024, 2, 20, 6, 35, 7)),
        ("Tuesday, February 20, 2024 12:35:07 PM CST", CHICAGO, utc(2024, 2, 20, 18, 35, 7)),
        ("Tuesday, February 20, 2024 12:35:07\u202fPM CST", CHICAGO, utc(2024, 2, 20, 18, 35, 7)),
        ("Thursday, December 12, 2024 1:22:26 PM EST <br>", UTC, utc(2024, 12, 12, 18, 22, 26)),
        ("Tuesday, 21 April 2020 06:34:13 o'clock BST", UTC, utc(2020, 4, 21, 5, 34, 13)),
        ("Wednesday, 6 May 2026 18:00:00 o'clock IST", KOLKATA, utc(2026, 5, 6, 12, 30)),
        # A short name that means several zones: the course's zone, by the same clock.
        ("Wednesday, 6 May 2026 18:00:00 o'clock IST", BERLIN, utc(2026, 5, 6, 16)),
        ("Friday, May 8, 2026 9:00:00 AM GMT+05:30", UTC, utc(2026, 5, 8, 3, 30)),
        ("Friday, May 8, 2026 9:00:00 AM UTC-3", UTC, utc(2026, 5, 8, 12)),
        ("Friday, May 8, 2026 9:00:00 AM UTC+99", UTC, utc(2026, 5, 8, 9)),
        ("Friday, May 8, 2026 9:00:00 AM", BERLIN, utc(2026, 5, 8, 7)),
        # Where clocks are put back, the short name says which of two hours is meant; without it the earlier counts.
        ("Sunday, November 1, 2026 1:30:00 AM EST", NEW_YORK, utc(2026, 11, 1, 6, 30)),
        ("Sunday, November 1, 2026 1:30:00 AM EDT", NEW_YORK, utc(2026, 11, 1, 5, 30)),
        ("Sunday, November 1, 2026 1:30:00 AM", NEW_YORK, utc(2026, 11, 1, 5, 30)),
        # An hour that no clock shows.
        ("Sunday, 29 March 2026 02:30:00 o'clock", BERLIN, utc(2026, 3, 29, 0, 30)),
        # No time at all: the name's.
        ("Friday, Smarch 8, 2026 9:00:00 AM", UTC, utc(2026, 1, 2, 3, 4, 5)),
        ("Friday, May 40, 2026 9:00:00 AM", UTC, utc(2026, 1, 2, 3, 4, 5)),
        ("", UTC, utc(2026, 1, 2, 3, 4, 5)),
    ],
)
def test_the_receipt_says_when(written: str, zone: tzinfo, moment: datetime) -> None:
    """the receipt's time counts, in the zone of its short name where that means one zone"""
    stem = "U_kay_attempt_2026-01-02-03-04-05"
    path = f"{stem}_convolution.ipynb"
    reading = read_blackboard(source_of(path, f"{stem}.txt", zone=zone, texts={f"{stem}.txt": receipt("Kay (kay)", written)}))
    assert reading is not None
    assert reading.claims[path].submitted == moment


@pytest.mark.parametrize("clock", ["2026-13-01-00-00-00", "2026-02-30-00-00-00", "0000-01-01-00-00-00", "9999-12-31-23-59-59"])
def test_a_time_that_is_none(clock: str) -> None:
    """a time that no calendar has is no time of submission, and the file is its student's"""
    path = f"U_kay_attempt_{clock}_convolution.ipynb"
    reading = read_alone("blackboard", path, zone=NEW_YORK)
    assert reading is not None
    assert reading.claims[path].people == (Person("kay"),)
    assert reading.claims[path].submitted is None


@pytest.mark.parametrize(
    "path",
    [
        "U_kay_attempt_convolution.ipynb",
        "U_kay_attempt_2026-05-06_convolution.ipynb",
        "U_kay_2026-05-06-12-30-11_convolution.ipynb",
        "_attempt_2026-05-06-12-30-11_convolution.ipynb",
        "U_kay_attempt_2026-05-06-12-30-110_convolution.ipynb",
        "U_kay_attempt_2026-05-06-12-30-11",
        "work/U_kay_attempt_2026-05-06-12-30-11_convolution.ipynb",
    ],
)
def test_names_that_are_not_blackboard_s(path: str) -> None:
    """a name that Blackboard does not write is not claimed"""
    assert read_alone("blackboard", path) is None
