"""The roster's people in nbgrader's gradebook, and ids of every kind through grading, feedback and formgrader."""

from __future__ import annotations

import csv
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event
from sqlalchemy.orm import Session

from cnngrade.classroom.roster import Participant, Roster
from cnngrade.classroom.roster_file import write_roster
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.export import QuotedCsvPlugin
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.gradebook.students import enter_students
from cnngrade.jobs.grade import grade
from cnngrade.jobs.roster import enter_roster, roster_of
from support import tiny_course
from support.formgrader import Formgrader, formgrader
from support.graded_class import Class, release

# Ids that people's names and logins give: apostrophes, marks, middle dots, right to left, long in bytes.
IDS = [
    "o'connor",
    "D\u2019Angelo-Russo",
    "\u0905\u0928\u093f\u0924\u093e-\u0936\u0930\u094d\u092e\u093e",
    "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
    "Gal\u00b7la",
    "\u0645\u062d\u0645\u062f-\u0639\u0644\u064a",
    "ada@uni.example",
    "Doe_John",
    "\u0e2a" * 60,
]


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class with such ids, graded, with a roster that knows their names."""
    root = tmp_path_factory.mktemp("students")
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    for student in IDS:
        class_.hand_in(student, "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    people = [Participant(student, f"First {at}", f"Last {at}", f"{at}@uni.example") for at, student in enumerate(IDS)]
    absent = Participant("absent", "Never", "Here", ids={"canvas": ("77", "78")})
    write_roster(paths.roster(course), Roster((*people, absent)))
    done = grade(course, class_.unit)
    assert [entry for entry in done.recorded if not entry.done] == []
    return class_


def students(class_: Class) -> dict[str, tuple[str | None, ...]]:
    """Return what the gradebook says of everybody: first and last name, address, Canvas's id."""
    with closing(class_.database()) as database:
        rows = database.execute("SELECT id, first_name, last_name, email, lms_user_id FROM student")
        return {student: facts for student, *facts in rows}


def test_grading_enters_the_roster(class_: Class) -> None:
    """everybody in the roster is a student of nbgrader's, with a name, handed in or not"""
    held = students(class_)
    assert set(held) == {*IDS, "absent"}
    assert held["o'connor"] == ["First 0", "Last 0", "0@uni.example", None]
    assert held["absent"] == ["Never", "Here", None, "77"]


def test_every_id_has_a_score_and_a_page(class_: Class) -> None:
    """whatever letters an id has, the work is graded, recorded, and its feedback is beside the others"""
    with closing(class_.database()) as database:
        query = "SELECT student_id, COUNT(*) FROM submitted_assignment GROUP BY student_id"
        assert dict(database.execute(query)) == dict.fromkeys(IDS, 1)
    pages = write_feedback(class_.course, class_.unit)
    assert sorted(page.parent.parent.name for page in pages) == sorted(IDS)
    assert all(page.is_file() for page in pages)


@pytest.fixture(scope="module")
def server(class_: Class, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formgrader]:
    with formgrader(class_.room, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.mark.parametrize("student", IDS, ids=ascii)
def test_formgrader_finds_them(server: Formgrader, student: str) -> None:
    """formgrader's page of a student holds the id as it is, so that what the page asks for is there"""
    address = f"{server.address}/formgrader/manage_students/{urllib.parse.quote(student)}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        page = answer.read().decode()
    assert f'var student_id = "{student}";' in page
    asked = f"{server.address}/formgrader/api/student_submissions/{urllib.parse.quote(student)}"
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert b'"name": "scaling"' in answer.read()


@pytest.fixture
def fresh(class_: Class, tmp_path: Path) -> Class:
    return class_.copy(tmp_path / "course")


def test_nothing_is_replaced_by_nothing(fresh: Class) -> None:
    """what the gradebook knows and the roster does not stays; what the roster knows is what counts"""
    fresh.change("UPDATE student SET email = 'old@x', first_name = 'Old' WHERE id = 'Doe_John'")
    done = enter_students(fresh.course, Roster((Participant("Doe_John", "John", ""), Participant("new"))))
    assert students(fresh)["Doe_John"][:3] == ["John", "Last 7", "old@x"]
    assert done.changed == ("Doe_John", "new")
    assert "o'connor" in done.others
    again = enter_students(fresh.course, Roster((Participant("Doe_John", "John", ""), Participant("new"))))
    assert again == replace(done, changed=())


def test_an_id_in_another_case_is_nobody_new(fresh: Class) -> None:
    """a student whom the gradebook has in another case does not get a second row"""
    done = enter_students(fresh.course, Roster((Participant("DOE_john", "J"),)))
    assert done.spelled == ("DOE_john",)
    assert set(students(fresh)) == {*IDS, "absent"}


def test_two_teachers_at_once(fresh: Class) -> None:
    """who is entered by somebody else in the same moment is entered once, with what the roster says"""
    came: list[str] = []

    def come_first(*_: object) -> None:
        if not came:
            came.append("new")
            fresh.change("INSERT INTO student (id) VALUES ('new')")

    event.listen(Session, "before_flush", come_first)
    try:
        done = enter_students(fresh.course, Roster((Participant("new", "New"), Participant("newer"))))
    finally:
        event.remove(Session, "before_flush", come_first)
    assert came == ["new"]
    assert done.changed == ("new", "newer")
    assert students(fresh)["new"][0] == "New"


def test_names_do_no_harm_there(fresh: Class) -> None:
    """nbgrader puts names into pages and tables as they are: no tag and no formula comes there"""
    hostile = Participant("absent", "<img src=x onerror=alert(1)>", '=HYPERLINK("x"), Jr.', "a@x", {"canvas": ("+1\x1b",)})
    enter_students(fresh.course, Roster((hostile,)))
    assert students(fresh)["absent"] == ["img src=x onerror=alert(1)", 'HYPERLINK("x"), Jr.', "a@x", "1\\x1b"]


def test_the_class_can_be_exported(fresh: Class) -> None:
    """nbgrader's own table of marks has a line for each student, whatever their ids and names hold"""
    enter_students(fresh.course, Roster((Participant("absent", "Martin Luther", "King, Jr."),)))
    config = classroom_config.read(fresh.course)
    with open_gradebook(course_directory(config)) as gradebook:
        QuotedCsvPlugin(to=str(fresh.room / "grades.csv"), config=config).export(gradebook)
    with (fresh.room / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file, strict=True)}
    assert set(rows) == {*IDS, "absent"}
    assert rows["absent"]["last_name"] == "King, Jr."
    assert {row["max_score"] for row in rows.values()} == {"6.0"}


def test_a_broken_roster_is_told_before_judging(fresh: Class) -> None:
    """grading does not begin with a roster that cannot be read"""
    paths.roster(fresh.course).write_text("id\na\nA\n")
    heard: list[int] = []
    with pytest.raises(UsageError, match="line 3, column id"):
        grade(fresh.course, fresh.unit, on_begin=heard.append)
    assert heard == []


def test_importing_enters_into_the_gradebook(fresh: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """a list that is imported after the release is in the gradebook at once; who is there alone, or in another case, is told"""
    monkeypatch.chdir(fresh.course.root)
    (tmp_path / "list.csv").write_text("id,first_name\nnew,New\nAUDITOR,A\n")
    command = ["roster", "import", str(tmp_path / "list.csv")]
    fresh.change("INSERT INTO student (id) VALUES ('auditor')")
    fresh.change("INSERT INTO student (id) VALUES ('guest')")
    before = students(fresh)
    assert CliRunner().invoke(main, [*command, "--dry-run"]).exit_code == 0
    assert students(fresh) == before
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert set(students(fresh)) == {*before, "new"}
    assert students(fresh)["new"][0] == "New"
    assert "In the gradebook and not in the roster: guest. They stay there." in done.stdout
    assert "The gradebook has these ids in another case, and keeps them: AUDITOR." in done.stdout
    assert "In the roster and not in the list: " in done.stdout


def test_without_a_release_there_is_nothing_to_enter(course) -> None:
    """before the first release there is no gradebook, and none is made for a roster"""
    write_roster(paths.roster(course), Roster((Participant("ada"),)))
    assert enter_roster(course, roster_of(course)) is None
    assert not paths.gradebook(course).exists()
