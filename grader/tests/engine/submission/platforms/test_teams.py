"""What Microsoft Teams keeps of what students turned in."""

from __future__ import annotations

import pytest

from cnngrade.submission.platforms.handed import Person
from cnngrade.submission.platforms.teams import read_teams
from support.platform_tables import Row, Table, read_alone, read_table, source_of

JANE = Person("", "Jane Doe")
JOHN = Person("", "John Roe")


TABLES = [
    Table(
        "versions are attempts, and what students work on is not handed in",
        (
            Row("Submitted files/Jane Doe/Unit 3/Version 1/convolution.ipynb", JANE, "convolution.ipynb", (1,)),
            Row("Submitted files/Jane Doe/Unit 3/Version 2/convolution.ipynb", JANE, "convolution.ipynb", (2,)),
            Row("Submitted files/Jane Doe/Unit 3/Version 10/src/helper.py", JANE, "src/helper.py", (10,)),
            Row("Submitted files/John Roe/Unit 3/Version 1/work.py", JOHN, "work.py", (1,)),
        ),
        own=("Working files/Jane Doe/Unit 3/convolution.ipynb", "Working files/Ann Au/Unit 3/Version 9/convolution.ipynb"),
    ),
    Table(
        "the folder of a single list",
        (Row("Jane Doe/convolution/Version 1/convolution.ipynb", JANE, "convolution.ipynb", (1,)),),
    ),
    Table(
        "in German",
        (
            Row(
                "Gesendete Dateien/Jürgen Müller (Gast)/Faltung/Version 3/convolution.ipynb",
                Person("", "Jürgen Müller (Gast)"),
                "convolution.ipynb",
                (3,),
            ),
        ),
        own=("Arbeitsdateien/Jürgen Müller (Gast)/Faltung/convolution.ipynb",),
    ),
    Table(
        "in a language whose words for the folders are not known",
        (
            Row("Lähetetyt/Jane Doe/Unit 3/Versión 1/convolution.ipynb", JANE, "convolution.ipynb", (1,)),
            Row("Lähetetyt/John Roe/Unit 3/Versión 2/convolution.ipynb", JOHN, "convolution.ipynb", (2,)),
        ),
        own=("Työn alla/Jane Doe/Unit 3/convolution.ipynb", "Työn alla/John Roe/Unit 3/convolution.ipynb"),
    ),
    Table(
        "in Japanese",
        (
            Row(
                "提出されたファイル/山田 太郎/畳み込み/バージョン 1/convolution.ipynb",
                Person("", "山田 太郎"),
                "convolution.ipynb",
                (1,),
            ),
        ),
        own=("作業ファイル/山田 太郎/畳み込み/convolution.ipynb",),
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_teams_is_read(table):
    """the library of a class says who turned in which version of what"""
    read_table("teams", table)


def test_other_assignments_are_left_aside():
    """of several assignments the one that bears the unit's name is read, else the one that holds most of its files"""
    named = [
        f"Submitted files/{name}/{title}/Version 1/work.ipynb"
        for name in ("A B", "C D")
        for title in ("Pooling", "3. Convolution!")
    ]
    reading = read_teams(source_of(*named))
    assert reading is not None
    assert set(reading.claims) == {path for path in named if "Convolution" in path}
    assert reading.aside == {path: "Pooling" for path in named if "Pooling" in path}
    held = [
        "Jane Doe/HW 1/Version 1/convolution.ipynb",
        "John Roe/HW 2/Version 1/convolution.py",
        "Ann Au/HW 2/Version 1/Convolution.ipynb",
    ]
    reading = read_teams(source_of(*held))
    assert reading is not None
    assert set(reading.claims) == set(held[1:])
    assert reading.aside == {held[0]: "HW 1"}


def test_which_assignment_is_the_unit_is_asked_where_nothing_says():
    """two assignments that may both be the unit are refused, with their names"""
    reading = read_teams(source_of("Jane Doe/HW 1/Version 1/a.ipynb", "Jane Doe/HW 2/Version 1/a.ipynb"))
    assert reading is not None
    assert not reading.claims
    assert ["HW 1 or HW 2" in reason for reason in reading.refused.values()] == [True, True]


def test_who_has_not_turned_in_is_named():
    """who worked on the assignment and turned in nothing is named, who is at another assignment is not"""
    working = (
        "Working files/Ann Au/Unit 3/c.ipynb",
        "Working files/Bo Bi/Unit 4/c.ipynb",
        "Working files/Jane Doe/Unit 3/c.ipynb",
    )
    reading = read_teams(source_of("Submitted files/Jane Doe/Unit 3/Version 1/c.ipynb", *working))
    assert reading is not None
    assert reading.notes == ("No file is there of Ann Au, at most what has not been turned in.",)


def test_only_what_students_work_on_is_refused():
    """a download of the other folder is no submission, and that is said"""
    reading = read_teams(source_of("Working files/Jane Doe/Unit 3/convolution.ipynb", "Working files/John Roe/Unit 3/c.py"))
    assert reading is not None
    assert len(reading.refused) == 2
    assert "not turned in" in next(iter(reading.refused.values()))


@pytest.mark.parametrize(
    "paths",
    [
        ("ada/convolution.ipynb", "bob/convolution.ipynb"),
        ("ada/Version 2/convolution.ipynb", "ada/Version 1/convolution.ipynb"),
        ("ada/Bob B/HW/Version 1/convolution.ipynb", "bob/convolution.ipynb", "cy/convolution.ipynb"),
        *[
            tuple(
                [f"ada/Bob B/HW/Version {i}/convolution.ipynb" for i in range(99)] + ["bob/Bob B/x.py", "bob/convolution.ipynb"]
            )
        ],
        ("submitted/ada/convolution/convolution.ipynb",),
        ("Jane Doe/Unit 3/final 2/convolution.ipynb",),
    ],
)
def test_others_layouts_are_not_those_of_teams(paths):
    """plain folders, versions in a student's own folder, and one that a student filled with another's name are not Teams's"""
    assert read_alone("teams", *paths) is None


@pytest.mark.parametrize(
    ("titles", "unit"),
    [
        (("Convolution", "Convolution two"), "convolution"),
        (("CONVOLUTION", "Late Convolution"), "convolution"),
        (("Convolution", "Convolution two"), "convolution_two"),
        (("Week 1", "Convolution two", "convolution-two, again"), "convolution_two"),
    ],
)
def test_a_title_that_is_the_units_name_counts_before_one_that_holds_it(titles, unit):
    """where one assignment's title is a part of another's, whose work is on which is told by the whole title"""
    chosen = titles[0] if unit == "convolution" else "Convolution two"
    paths = [f"{person}/{title}/Version 1/hw.ipynb" for person in ("Jane Doe", "John Roe") for title in titles]
    reading = read_teams(source_of(*paths, unit=unit))
    assert reading is not None
    assert set(reading.claims) == {path for path in paths if f"/{chosen}/" in path}
    assert (set(reading.aside.values()), reading.refused) == (set(titles) - {chosen}, {})


def test_hostile_names_are_read_quickly():
    """a name of any length, and a number of any size, neither fail nor take long"""
    paths = [f"{'Version ' * 9_000}/a/Version 1/x.py", f"Jane Doe/a/Version {'9' * 99_999}/x.py", "\x1b[2J/a/Version 1/x.py"]
    reading = read_alone("teams", *paths, "Jane Doe/a/Version 1/convolution.ipynb", "John Roe/a/Version 1/convolution.ipynb")
    assert reading is not None
    assert reading.claims["Jane Doe/a/Version 1/convolution.ipynb"].attempt == (1,)
