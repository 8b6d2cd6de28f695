"""What ILIAS hands out."""

from __future__ import annotations

import pytest

from cnngrade.submission.platforms.handed import Person
from support.platform_tables import Row, Table, read_alone, read_table

JANE = Person("jdoe", "Jane Doe", aliases=("1234",))
JOHN = Person("jroe", "John Roe", aliases=("1235",))

TABLES = [
    Table(
        "one folder for each member, with the overview beside",
        (
            Row("Submissions/Doe_Jane_jdoe_1234/convolution.ipynb", JANE, "convolution.ipynb"),
            Row("Submissions/Roe_John_jroe_1235/convolution.ipynb", JOHN, "convolution.ipynb"),
            Row("Submissions/Roe_John_jroe_1235/data/more/x.csv", JOHN, "data/more/x.csv"),
            Row(
                "Submissions/van der Berg_Anna Maria_ab12cde_77/Faltung (2).ipynb",
                Person("ab12cde", "Anna Maria van der Berg", aliases=("77",)),
                "Faltung (2).ipynb",
            ),
        ),
        own=("Unit_3.xlsx", "Feedback_files/review.pdf"),
    ),
    Table(
        "in German, with late files",
        (
            Row(
                "Abgaben/Mueller-Lang_Juergen_s123456_9/convolution.ipynb",
                Person("s123456", "Juergen Mueller-Lang", aliases=("9",)),
                "convolution.ipynb",
            ),
            Row("Abgaben/Doe_Jane_jdoe_1234/Verspaetete Abgabe - convolution.ipynb", JANE, "convolution.ipynb", late=True),
            Row("Abgaben/Roe_John_jroe_1235/convolution.ipynb", JOHN, "convolution.ipynb", (0,)),
            Row("Abgaben/Roe_John_jroe_1235/Late Submission - convolution.ipynb", JOHN, "convolution.ipynb", (1,), late=True),
            Row("Abgaben/Roe_John_jroe_1235/helper.py", JOHN, "helper.py"),
            Row("Abgaben/Roe_John_jroe_1235/notes - convolution.ipynb", JOHN, "notes - convolution.ipynb"),
        ),
    ),
    Table(
        "logins with the mark that stands between, and letters that ILIAS cannot write",
        (
            Row("Doe_Jane_j_doe_1234/c.py", Person("j_doe", "Jane Doe", aliases=("1234", "doe")), "c.py"),
            Row("Kowalski___ukasz_lkow_8/c.py", Person("lkow", "Kowalski ukasz", aliases=("8",)), "c.py"),
            Row("__o___Jan_jlos_9/c.py", Person("jlos", "o Jan", aliases=("9",)), "c.py"),
            Row("O'Connor_Sinead_soc_10/c.py", Person("soc", "Sinead O'Connor", aliases=("10",)), "c.py"),
        ),
    ),
    Table(
        "as the server keeps files, with the moment before the name; a student may call a file so, and it is no time",
        (
            Row("Doe_Jane_jdoe_1234/20260506123000_convolution.ipynb", JANE, "convolution.ipynb", (20260506123000,)),
            Row("Doe_Jane_jdoe_1234/20260506124500_convolution.ipynb", JANE, "convolution.ipynb", (20260506124500,)),
        ),
    ),
    Table(
        "uploaded again under the same name: ILIAS numbers the later ones",
        (
            Row("Doe_Jane_jdoe_1234/convolution.ipynb", JANE, "convolution.ipynb", (0,)),
            Row("Doe_Jane_jdoe_1234/convolution (2).ipynb", JANE, "convolution.ipynb", (1,)),
            Row("Doe_Jane_jdoe_1234/Late Submission - convolution (10).ipynb", JANE, "convolution.ipynb", (9,), late=True),
            Row("Doe_Jane_jdoe_1234/notes.pdf", JANE, "notes.pdf"),
            Row("Doe_Jane_jdoe_1234/notes (2).pdf", JANE, "notes (2).pdf"),
            Row("Roe_John_jroe_1235/convolution (2).ipynb", JOHN, "convolution (2).ipynb"),
            Row("Roe_John_jroe_1235/other.ipynb", JOHN, "other.ipynb"),
        ),
    ),
    Table(
        "two files uploaded again: which belong together nobody can tell",
        (
            Row("Doe_Jane_jdoe_1234/convolution.ipynb", JANE, "convolution.ipynb"),
            Row("Doe_Jane_jdoe_1234/convolution (2).ipynb", JANE, "convolution.ipynb"),
            Row("Doe_Jane_jdoe_1234/helper.py", JANE, "helper.py"),
            Row("Doe_Jane_jdoe_1234/helper (2).py", JANE, "helper.py"),
            Row("Roe_John_jroe_1235/convolution.ipynb", JOHN, "convolution.ipynb"),
        ),
    ),
    Table(
        "teams",
        (
            Row("Abgaben/Team 12/Doe_Jane_jdoe_1234/convolution.ipynb", (JANE, JOHN), "convolution.ipynb"),
            Row("Abgaben/Team 12/Roe_John_jroe_1235/helper.py", (JANE, JOHN), "helper.py"),
            Row(
                "Abgaben/Team 13/Berg_Anna_ab1_7/convolution.ipynb",
                Person("ab1", "Anna Berg", aliases=("7",)),
                "convolution.ipynb",
            ),
        ),
    ),
    Table(
        "teams, as StudOn calls them, and one who is in none",
        (
            Row("Team_12/Doe_Jane_jdoe_1234/convolution.ipynb", (JANE,), "convolution.ipynb"),
            Row("Roe_John_jroe_1235/convolution.ipynb", JOHN, "convolution.ipynb"),
        ),
        own=("status.xlsx",),
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_ilias_is_read(table):
    """each form of the download of ILIAS says whose each file is"""
    read_table("ilias", table)


def test_what_is_in_no_members_folder_is_refused():
    """a notebook beside the folders is somebody's, and a person is asked whose"""
    reading = read_alone(
        "ilias", "Doe_Jane_jdoe_1234/c.ipynb", "Roe_John_jroe_1235/c.ipynb", "lost.ipynb", "more/lost.py", "a.xlsx"
    )
    assert reading is not None
    assert set(reading.refused) == {"lost.ipynb", "more/lost.py"}
    assert reading.own == {"a.xlsx"}


def test_a_members_folder_speaks_for_the_member_alone():
    """folders in a member's own that are named as other members' are that member's work"""
    reading = read_alone("ilias", "Doe_Jane_jdoe_1234/Roe_John_jroe_1235/c.ipynb", "Berg_Anna_ab1_7/c.ipynb")
    assert reading is not None
    assert [claim.people[0].id for claim in reading.claims.values()] == ["jdoe", "ab1"]


@pytest.mark.parametrize(
    "paths",
    [
        ("ada/convolution.ipynb", "bob/convolution.ipynb"),
        ("ada_convolution.ipynb", "ada_b_c_1.ipynb"),
        ("ada/Doe_Jane_jdoe_1234/convolution.ipynb", "bob/convolution.ipynb"),
        ("group_1/convolution.ipynb", "group_a_2/convolution.ipynb"),
        ("doejane_102_902_3/convolution.ipynb",),
        ("Jane Doe_12345_assignsubmission_file_/convolution.ipynb",),
        ("Unit3_jdoe_attempt_2026-05-06-12-30-11_convolution.ipynb",),
        ("Team 1/convolution.ipynb", "Team 2/convolution.ipynb"),
    ],
)
def test_others_layouts_are_not_those_of_ilias(paths):
    """plain folders, other platforms' names and a folder in a student's own are not those of ILIAS"""
    assert read_alone("ilias", *paths) is None


def test_hostile_names_are_read_quickly():
    """a name of any length or with any letters neither fails nor takes long"""
    names = ("_" * 60_000 + "1", "a_" * 40_000 + "b_1", "\x1b[2J_x_y_1", "_\u202e_z_2", "Team " + "9" * 50_000)
    reading = read_alone("ilias", *(f"{name}/c.py" for name in names), *(f"Doe_Jane_jdoe_{i}/c.py" for i in range(9)))
    assert reading is not None
    assert {claim.people[0].id for claim in reading.claims.values()} >= {"jdoe"}
