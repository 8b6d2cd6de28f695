"""What GitHub Classroom's repositories say."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cnngrade.submission.platforms.github import read_github
from cnngrade.submission.platforms.handed import Person
from support.platform_tables import Row, Table, read_alone, read_table, source_of

HEAD = (
    "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,"
    "student_repository_url,submission_timestamp,points_awarded,points_available\n"
)


TABLES = [
    Table(
        "as gh classroom clones them",
        (
            Row("convolution-submissions/convolution-jdoe/convolution.ipynb", Person("jdoe"), "convolution.ipynb"),
            Row("convolution-submissions/convolution-jane-doe/convolution.ipynb", Person("jane-doe"), "convolution.ipynb"),
            Row("convolution-submissions/convolution-jdoe/src/a.py", Person("jdoe"), "src/a.py"),
        ),
        own=(
            "convolution-submissions/convolution-jdoe/.git/config",
            "convolution-submissions/convolution-jdoe/.github/classroom/autograding.json",
            "convolution-submissions/convolution-jdoe/.gitignore",
        ),
    ),
    Table(
        "a name of several words, which the folder around says, for a single student",
        (Row("intro-to-cnn-submissions/intro-to-cnn-jane-doe/work.py", Person("jane-doe"), "work.py"),),
    ),
    Table(
        "clones beside each other, of an assignment with another name",
        (
            Row("hw-3-ada/c.ipynb", Person("ada"), "c.ipynb"),
            Row("hw-3-Bob-B/c.ipynb", Person("Bob-B"), "c.ipynb"),
        ),
        own=("hw-3-ada/.git/HEAD", "hw-3-Bob-B/.git/HEAD"),
    ),
    Table(
        "clones of the unit beside each other; logins share their beginning",
        (
            Row("Convolution-anna-b/c.ipynb", Person("anna-b"), "c.ipynb"),
            Row("Convolution-anna-c/c.ipynb", Person("anna-c"), "c.ipynb"),
        ),
        own=("Convolution-anna-b/.git/HEAD", "Convolution-anna-c/.git/HEAD"),
    ),
    Table(
        "the folder of the clones itself, without git's own files",
        (
            Row("convolution-jdoe/convolution.ipynb", Person("jdoe"), "convolution.ipynb"),
            Row("convolution-oldman/convolution.ipynb", Person("oldman"), "convolution.ipynb"),
        ),
    ),
    Table(
        "unpacked downloads of each repository's branch",
        (
            Row("convolution-jdoe-main/c.ipynb", Person("jdoe"), "c.ipynb"),
            Row("convolution-asmith-master/c.ipynb", Person("asmith"), "c.ipynb"),
        ),
        own=("convolution-jdoe-main/.gitignore",),
    ),
    Table(
        "Classroom's table names people, teams and times; who is not in it is told by the name",
        (
            Row(
                "cnn-submissions/cnn-jdoe/c.py",
                Person("jdoe", "Doe, Jane"),
                "c.py",
                submitted=datetime(2026, 5, 6, 12, 30, 11, tzinfo=UTC),
            ),
            Row("cnn-submissions/cnn-rockets/c.py", (Person("ada", "1815"), Person("bob")), "c.py"),
            Row("cnn-submissions/cnn-late-comer/c.py", Person("late-comer"), "c.py"),
        ),
        own=("cnn-grades.csv",),
        texts={
            "cnn-grades.csv": "\ufeff" + HEAD + 'cnn,,,jdoe,"Doe, Jane",cnn-jdoe,https://x,2026-05-06 12:30:11 UTC,3,5\n'
            "cnn,,,ada,1815,cnn-rockets,,,,\ncnn,,,bob,,cnn-rockets,,not yet,,\n"
        },
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_github_classroom_is_read(table):
    """a repository's name says whose it is, after the assignment's; git's own files are nobody's work"""
    read_table("github", table)


@pytest.mark.parametrize("name", ["cnn-101-submissions", "CNN-101-submissions.zip"])
def test_the_sources_own_name_says_which_assignment_it_is(name):
    """a folder or an archive of clones is called after the assignment: what it holds begins so"""
    reading = read_github(replace(source_of("cnn-101-ada/c.py", "cnn-101-a-b/c.py"), name=name))
    assert reading is not None
    assert [claim.people[0].id for claim in reading.claims.values()] == ["ada", "a-b"]


def test_a_repository_of_another_name_is_refused():
    """a folder that does not begin as the others do is nobody's, and that is said"""
    reading = read_alone(
        "github", *(f"cnn-submissions/cnn-{name}/c.py" for name in ("a", "b", "c")), "cnn-submissions/other/c.py"
    )
    assert reading is not None
    assert set(reading.refused) == {"cnn-submissions/other/c.py"}


@pytest.mark.parametrize(
    "paths",
    [
        ("ada/convolution.ipynb", "bob/convolution.ipynb"),
        ("smith-ada/c.ipynb", "smith-bob/c.ipynb"),
        ("smith-ada/c.ipynb", "smith-bob/c.ipynb", "smith-cy/c.ipynb", "smith-cy/.github/x"),
        ("convolution-old/convolution.ipynb", "convolution-new/convolution.ipynb"),
        ("convolution-ada/c.ipynb", "convolution-final-2/c.ipynb"),
        ("convolution-ada/c.ipynb",),
        ("student-01/.git/HEAD", "student-01/c.py", "student-02/.git/HEAD", "student-02/c.py"),
        ("ada_convolution.ipynb", "convolution-ada.ipynb"),
        ("jdoe/.git/HEAD", "jdoe/c.py", "asmith/.git/HEAD", "asmith/c.py"),
        ("-submissions/ada/c.py",),
        ("my-submissions/ada/c.py", "my-submissions/bob/c.py"),
    ],
)
def test_others_layouts_are_not_githubs(paths):
    """plain folders with hyphens, and folders that are called by the login alone, are not Classroom's"""
    assert read_alone("github", *paths) is None


def test_a_table_in_a_students_folder_is_the_students():
    """only a table beside the repositories is Classroom's"""
    forged = "cnn-submissions/cnn-eve/grades.csv"
    row = HEAD + "cnn,,,jdoe,,cnn-eve,,2026-05-06 12:30:11 UTC,3,5\n"
    reading = read_github(source_of(forged, "cnn-submissions/cnn-eve/c.py", "cnn-submissions/cnn-bo/c.py", texts={forged: row}))
    assert reading is not None
    assert {claim.people for claim in reading.claims.values()} == {(Person("eve"),), (Person("bo"),)}


def test_hostile_names_and_tables_are_read_quickly():
    """names of any length, tables that are none and ten thousand files neither fail nor take long"""
    paths = [f"cnn-submissions/cnn-s{i % 300}/{i}.py" for i in range(10_000)]
    paths += ["cnn-submissions/cnn-\x1b[2J/c.py", f"cnn-submissions/cnn-{'-' * 60_000}/c.py", "cnn-submissions/cnn-../c.py"]
    for text in ('"' * 1_000_000, HEAD + "\0", "a\n" * 300_000, HEAD + '"' + "x" * 200_000):
        began = time.perf_counter()
        reading = read_github(source_of(*paths, "grades.csv", texts={"grades.csv": text}))
        assert reading is not None
        assert len(reading.claims) == 10_000
        assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("unit", "with_git", "whose", "aside"),
    [
        ("conv", True, {"ada", "two"}, {"conv_two", "padding"}),
        ("conv_two", True, {"ada", "ben"}, {"conv", "padding"}),
        ("padding", True, {"cy-d"}, {"conv", "conv_two"}),
        ("pooling", True, set(), {"conv", "conv_two", "padding"}),
        ("conv", False, {"ada", "two"}, {"conv_two"}),
        ("conv_two", False, {"ada", "ben"}, {"conv"}),
    ],
)
def test_clones_of_several_units_beside_one_another(unit, with_git, whose, aside):
    """a repository of another unit is nobody's on this one, also where one unit's name is a part of the other's"""
    names = ["conv-ada", "conv-two", "conv-two-ada", "conv-two-ben", *(["padding-cy-d"] if with_git else [])]
    paths = [f"{name}/{file}" for name in names for file in ("hw.ipynb", *([".git/HEAD"] if with_git else []))]
    source = replace(source_of(*paths, unit=unit), others=tuple({"conv", "conv_two", "padding", "pooling"} - {unit}))
    reading = read_github(source)
    assert reading is not None
    assert {person.id for claim in reading.claims.values() for person in claim.people} == whose
    assert (set(reading.aside.values()), reading.refused) == (aside, {})


def test_a_folder_that_says_the_assignment_says_the_prefix_of_all():
    """in Classroom's own folder a login may begin like another unit's name"""
    source = replace(source_of("conv-submissions/conv-two-ada/hw.ipynb", unit="conv"), others=("conv_two",))
    reading = read_github(source)
    assert reading is not None
    assert [claim.people for claim in reading.claims.values()] == [(Person("two-ada"),)]
