"""What nbgrader's exchange and its folder of submissions hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cnngrade.submission.platforms.handed import Person
from cnngrade.submission.platforms.moments import order_of
from cnngrade.submission.platforms.nbgrader import read_nbgrader
from support.platform_tables import BERLIN, Row, Table, read_alone, read_table, source_of

ADA, BOB = Person("ada"), Person("bob")
FIRST = datetime(2026, 11, 28, 13, 58, 55, 537_930, UTC)
SECOND = datetime(2026, 11, 28, 14, 0, 1, 5, UTC)


def exchanged(path, person, moment, inside="convolution.ipynb"):
    return Row(path, person, inside, (order_of(moment),), moment)


TABLES = [
    Table(
        "an exchange's inbound folder",
        (
            exchanged("ada+convolution+2026-11-28 13:58:55.537930 UTC+dGVzdA-_x/convolution.ipynb", ADA, FIRST),
            exchanged("ada+convolution+2026-11-28 13:58:55.537930 UTC+dGVzdA-_x/data/x.npy", ADA, FIRST, "data/x.npy"),
            exchanged("ada+convolution+2026-11-28 14:00:01.000005 UTC+abcdefghijkl/convolution.ipynb", ADA, SECOND),
            exchanged("bob+convolution+2026-11-28 14:00:01.000005 UTC/convolution.ipynb", BOB, SECOND),
            exchanged(
                "jane+x@uni.edu+convolution+2026-11-28 14:00:01.000005 UTC+r/c.py", Person("jane+x@uni.edu"), SECOND, "c.py"
            ),
        ),
        own=("ada+convolution+2026-11-28 13:58:55.537930 UTC+dGVzdA-_x/timestamp.txt",),
        texts={"ada+convolution+2026-11-28 13:58:55.537930 UTC+dGVzdA-_x/timestamp.txt": "2026-11-28 13:58:55.537930 UTC"},
    ),
    Table(
        "names as other disks and archives write them, and zones",
        (
            exchanged("inbound/ada+convolution+2026-11-28 13_58_55.537930 UTC+x/convolution.ipynb", ADA, FIRST),
            exchanged("inbound/bob+convolution+2026-11-28 15:00:01.000005 +0100+x/convolution.ipynb", BOB, SECOND),
            exchanged("inbound/bob+convolution+2026-11-28 14:58:55.537930 CET+x/convolution.ipynb", BOB, FIRST),
            exchanged("inbound/cy+convolution+2026-11-28 15:00:01.000005+x/convolution.ipynb", Person("cy"), SECOND),
        ),
        own=("outbound/convolution/README.md", "outbound/convolution/convolution.ipynb", "feedback/x.html"),
        zone=BERLIN,
    ),
    Table(
        "submitted/, with the time that timestamp.txt states",
        (
            Row("submitted/ada/convolution/convolution.ipynb", ADA, "convolution.ipynb", submitted=FIRST),
            Row("submitted/bob/convolution/convolution.py", BOB, "convolution.py"),
            Row("submitted/bob/convolution/src/timestamp.txt", BOB, "src/timestamp.txt"),
        ),
        own=("submitted/ada/convolution/timestamp.txt",),
        texts={"submitted/ada/convolution/timestamp.txt": "2026-11-28 13:58:55.537930 UTC"},
        saved_times=True,
    ),
    Table(
        "students' folders alone, and a time of no zone",
        (
            Row(
                "ada/convolution/convolution.ipynb",
                ADA,
                "convolution.ipynb",
                submitted=datetime(2026, 3, 5, 13, 58, tzinfo=BERLIN),
            ),
            Row("bob/convolution/convolution.ipynb", BOB, "convolution.ipynb"),
        ),
        own=("ada/convolution/timestamp.txt", "bob/convolution/timestamp.txt"),
        texts={"ada/convolution/timestamp.txt": "2026-03-05 13:58:00", "bob/convolution/timestamp.txt": "soon"},
        zone=BERLIN,
        saved_times=True,
    ),
    Table(
        "a whole course of an instructor's",
        (Row("submitted/ada/convolution/convolution.ipynb", ADA, "convolution.ipynb"),),
        own=(
            "gradebook.db",
            "release/convolution/convolution.ipynb",
            "source/convolution/convolution.ipynb",
            "autograded/ada/convolution/c.ipynb",
        ),
        saved_times=True,
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_nbgrader_is_read(table):
    """the exchange's names and submitted/ say whose each file is, and when it was submitted"""
    read_table("nbgrader", table)


def test_other_assignments_are_left_aside():
    """what is of another assignment is neither this unit's nor refused"""
    inbound = ("ada+convolution+2026-11-28 13:58:55.5 UTC+x/c.py", "ada+pooling+2026-11-28 13:58:55.5 UTC+x/c.py")
    reading = read_nbgrader(source_of(*inbound))
    assert reading is not None
    assert set(reading.claims) == {inbound[0]}
    assert reading.aside == {inbound[1]: "pooling"}
    folders = ("ada/convolution/c.py", "ada/pooling/c.py", "bob/pooling/timestamp.txt")
    reading = read_nbgrader(source_of(*folders))
    assert reading is not None
    assert set(reading.claims) == {folders[0]}
    assert reading.aside == {folders[1]: "pooling", folders[2]: "pooling"}


def test_the_exchanges_time_is_the_one_in_the_name():
    """timestamp.txt in the exchange is as its student wrote it: the folder's name counts, and a difference is said"""
    folder = "ada+convolution+2026-11-28 13:58:55.537930 UTC+x"
    texts = {f"{folder}/timestamp.txt": "2020-01-01 00:00:00.0 UTC"}
    reading = read_nbgrader(source_of(f"{folder}/convolution.ipynb", f"{folder}/timestamp.txt", texts=texts))
    assert reading is not None
    assert reading.claims[f"{folder}/convolution.ipynb"].submitted == FIRST
    assert [folder in note and "another time" in note for note in reading.notes] == [True]
    honest = read_nbgrader(source_of(f"{folder}/c.py", texts={f"{folder}/timestamp.txt": "2026-11-28 13:58:55.537930 UTC"}))
    assert honest is not None
    assert honest.notes == ()


def exchange(**owners):
    """An exchange of ada and bob, and for each owner a folder that bears ada's name."""
    paths = {f"{name}+convolution+2026-11-28 13:58:55.5 UTC+x/c.py": name for name in ("ada", "bob")}
    paths |= {f"ada+convolution+2026-11-29 13:58:55.5 UTC+{mark}/c.py": owner for mark, owner in owners.items()}
    reading = read_nbgrader(replace(source_of(*paths), owner=lambda path: paths[path]))
    assert reading is not None
    return reading, list(paths)[2:]


def test_a_student_submits_under_no_others_name():
    """what bears one student's name in the exchange and belongs to another is refused, with both names"""
    reading, (forged,) = exchange(x="bob")
    assert set(reading.refused) == {forged}
    assert "ada" in reading.refused[forged]
    assert "bob" in reading.refused[forged]
    assert {claim.people[0].id for claim in reading.claims.values()} == {"ada", "bob"}


def test_an_instructor_may_submit_for_a_student():
    """what belongs to nobody who submits is taken, and said; where the disk tells no owners, there is nothing to say"""
    reading, (path,) = exchange(x="prof")
    assert path in reading.claims
    assert ["prof" in note and "ada" in note for note in reading.notes] == [True]
    paths = [f"{name}+convolution+2026-11-28 13:58:55.5 UTC+x/c.py" for name in ("ada", "bob")]
    for owner in ("jovyan", ""):
        same = read_nbgrader(replace(source_of(*paths), owner=lambda path, owner=owner: owner))
        assert same is not None
        assert (len(same.claims), same.notes) == (2, ())


def test_of_an_unknown_zone_the_order_is_known():
    """a zone that nobody knows makes no time, and the last submission is still the last"""
    paths = [f"ada+convolution+2026-11-28 1{hour}:00:00.0 XYZT+x/c.py" for hour in (3, 4)]
    reading = read_nbgrader(source_of(*paths))
    assert reading is not None
    assert [reading.claims[path].submitted for path in paths] == [None, None]
    assert reading.claims[paths[0]].attempt < reading.claims[paths[1]].attempt


@pytest.mark.parametrize(
    "paths",
    [
        ("ada/convolution.ipynb", "bob/convolution.ipynb"),
        ("ada/convolution/convolution.ipynb", "bob/convolution.ipynb"),
        ("ada_convolution.ipynb",),
        ("ada/bob+convolution+2026-11-28 13:58:55.5 UTC+x/c.py", "cy/convolution.ipynb"),
        ("ada+convolution/convolution.ipynb",),
        ("Jane Doe/convolution/Version 1/convolution.ipynb",),
        ("submitted/ada/pooling/c.py",),
    ],
)
def test_others_layouts_are_not_nbgraders(paths):
    """plain folders, and a folder in a student's that is named as another's submission, are not nbgrader's"""
    assert read_alone("nbgrader", *paths) is None


def test_hostile_names_are_read_quickly():
    """a name of any length or with any letters neither fails nor takes long"""
    names = ["+" * 60_000, "a+" * 30_000 + "2026-11-28 13:58:55", "\x1b[2J+convolution+2026-11-28 13:58:55.5 UTC+x"]
    names += [
        f"{'+' * 200}+convolution+2026-11-28 13:58:55",
        "ada+convolution+9999-99-99 99:99:99 UTC+x",
        "..+convolution+2026-11-28 13:58:55+x",
    ]
    honest = "ada+convolution+2026-11-28 13:58:55.537930 UTC+x/c.py"
    reading = read_alone("nbgrader", *(f"{name}/c.py" for name in names), honest)
    assert reading is not None
    assert reading.claims[honest].people == (ADA,)
