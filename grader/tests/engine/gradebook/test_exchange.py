"""nbgrader's exchange from list to fetch_feedback, with two students and two teachers, each a user of the machine's own."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cnngrade.course.load import load_course
from support import tiny_course
from support.accounts import Account, Machine, are_separate, machine
from support.browser import chromium, needs_a_browser, watched
from support.formgrader import formgrader
from support.graded_class import release

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WRONG = {"double": "def double(x):\n    return np.asarray(x) ** 2", "triple": tiny_course.RIGHT["triple"]}
# The worst that people have. Everything in the classroom has to be the group's all the same.
UMASKS = {"tina": 0o077, "tom": 0o022, "ada": 0o022, "ben": 0o077}
OWN_SETTINGS = """
c.Exchange.root = {exchange!r}
c.CourseDirectory.groupshared = True
"""
STUDENTS_SETTINGS = """
c = get_config()
c.Exchange.root = {exchange!r}
c.CourseDirectory.course_id = "a-tiny-course"
"""
# As docs/instructor.md has it.
SHARE = """
chgrp -R {group} classroom
chmod -R g+rwX classroom
find classroom -type d -exec chmod g+s {{}} +
"""


@dataclass(frozen=True)
class School:
    """A released course, an exchange, two teachers and two students."""

    machine: Machine
    course: Path
    tina: Account
    tom: Account
    ada: Account
    ben: Account

    @property
    def room(self) -> Path:
        return self.course / "classroom"

    def grade(self, teacher: Account, *options: str) -> None:
        """Grade as a teacher: everybody has a score then."""
        ended = teacher.run(self.course, "grade", "scaling", *options)
        assert ended.returncode in (0, 1), ended.stdout

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the gradebook without writing anything."""
        with closing(sqlite3.connect(f"file:{self.room / 'gradebook.db'}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def scores(self) -> dict[str, tuple[float, float | None]]:
        """What the functions get together, and the prose by hand or, where nothing was written, by itself: by student."""
        query = """
            SELECT student_id, base_cell.name, auto_score, manual_score FROM grade
            JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
            JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
            JOIN base_cell ON base_cell.id = grade.cell_id"""
        made: dict[str, dict[str, Any]] = {}
        for student, cell, auto, manual in self.ask(query):
            made.setdefault(student, {})[cell] = auto if manual is None else manual
        prose = {student: cells.pop("answer") for student, cells in made.items()}
        return {student: (sum(cells.values()), prose[student]) for student, cells in made.items()}

    def notebook(self, student: str) -> str:
        """Return the number under which formgrader shows a student's notebook."""
        query = "SELECT submitted_notebook.id, student_id FROM submitted_notebook JOIN submitted_assignment"
        query += " ON submitted_assignment.id = submitted_notebook.assignment_id"
        return next(number for number, name in self.ask(query) if name == student)

    def feedback(self, student: Account) -> dict[str, str]:
        """Return the pages that a student has fetched, by the time of the submission."""
        fetched = (student.home / "scaling" / "feedback").glob("*/scaling.html")
        return {path.parent.name: path.read_text(encoding="utf-8") for path in fetched}


def write_notebook(student: Account, **sources: str) -> None:
    path = student.home / "scaling" / "scaling.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = sources.get(name, cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def write_script(student: Account, **functions: str) -> None:
    (student.home / "scaling" / "scaling.py").write_text(tiny_course.script(**functions), encoding="utf-8")


def make_classroom(machine: Machine) -> None:
    """Write a course whose lesson shows a picture, and release its unit."""
    root, handout = machine.folder / "course", machine.folder / "handout"
    tiny_course.make_course(root)
    exercise = root / "exercises" / "scaling.py"
    exercise.write_text(tiny_course.EXERCISE.replace("# Add the", "# ![A dot](data/dot.png) Add the"), encoding="utf-8")
    for data in (root / "exercises" / "data", handout / "data"):
        data.mkdir(parents=True)
        (data / "dot.png").write_bytes(base64.b64decode(DOT))
    course = load_course(root)
    release(course, course.units[0], handout)
    with (root / "classroom" / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(OWN_SETTINGS.format(exchange=str(machine.folder / "exchange")))
    root.chmod(0o750)
    machine.give(root, "tina", for_teachers=True)


def make_exchange(machine: Machine) -> None:
    exchange = machine.folder / "exchange"
    exchange.mkdir()
    os.chown(exchange, -1, machine.teachers)
    exchange.chmod(0o2777)
    for student in (machine.accounts[name] for name in ("ada", "ben")):
        text = STUDENTS_SETTINGS.format(exchange=str(exchange))
        # Otherwise nbgrader goes by who is logged in.
        text += "" if machine.are_separate else f"c.CourseDirectory.student_id = {student.name!r}\n"
        settings = student.home / ".jupyter" / "nbgrader_config.py"
        settings.parent.mkdir()
        settings.write_text(text, encoding="utf-8")
        machine.give(settings.parent, student.name)


SEPARATE = pytest.param(True, id="users", marks=pytest.mark.skipif(not are_separate(), reason="root makes users, on Linux"))
ONE = pytest.param(False, id="one-user", marks=[pytest.mark.slow] if are_separate() else [])


@pytest.fixture(params=[SEPARATE, ONE])
def school(request: pytest.FixtureRequest) -> Iterator[School]:
    with machine(UMASKS, ["tina", "tom"], request.param) as made:
        make_classroom(made)
        make_exchange(made)
        school = School(made, made.folder / "course", *(made.accounts[name] for name in UMASKS))
        school.tina.shell(school.course, SHARE.format(group=school.machine.teachers))
        school.tina.nbgrader(school.room, "release_assignment", "scaling")
        for student in (school.ada, school.ben):
            assert "a-tiny-course scaling" in student.nbgrader(student.home, "list")
            student.nbgrader(student.home, "fetch_assignment", "scaling")
        yield school


def hand_in(school: School) -> None:
    """Ada hands in the notebook, with a picture of the lesson in her answer, and Ben a script that is wrong."""
    write_notebook(school.ada, **tiny_course.RIGHT, answer="Ada says: see ![dot](data/dot.png), zero.")
    write_script(school.ben, **WRONG)
    for student in (school.ada, school.ben):
        student.nbgrader(student.home, "submit", "scaling")


def assert_shared(room: Path) -> None:
    """Whatever is in the classroom, the group may do what its owner may, and nobody else reads students' work or the secret."""
    for path in (room, *room.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            assert mode >> 3 & 7 == mode >> 6 & 7, f"{path} {mode:o}"
            assert bool(mode & stat.S_ISGID) == path.is_dir(), f"{path} {mode:o}"
    assert stat.S_IMODE((room / ".secret").stat().st_mode) == 0o660


def test_from_list_to_fetch_feedback(school: School) -> None:
    """students fetch, hand in and get their own feedback, and either teacher goes on where the other one stopped"""
    hand_in(school)
    # Carl sent his work by mail: it has neither a secret nor a time.
    school.tom.shell(school.room, "mkdir -m 2770 -p submitted submitted/carl submitted/carl/scaling")
    school.tom.shell(school.course, "cp exercises/scaling.py classroom/submitted/carl/scaling/scaling.py")
    school.tina.nbgrader(school.room, "collect", "scaling")
    school.grade(school.tom)
    assert school.scores() == {"ada": (5.0, None), "ben": (2.0, 0.0), "carl": (0.0, 0.0)}
    assert_shared(school.room)
    graded = school.room / "autograded" / "ada" / "scaling"
    assert (graded / "data" / "dot.png").read_bytes() == base64.b64decode(DOT)

    school.tom.done(school.course, "feedback", "scaling")
    assert_shared(school.room)
    released = school.tina.nbgrader(school.room, "release_feedback", "scaling")
    assert {name for name in ("ada", "ben", "carl") if f"student '{name}'" in released} == {"ada", "ben", "carl"}
    for student in (school.ada, school.ben):
        student.nbgrader(student.home, "fetch_feedback", "scaling")
        (page,) = school.feedback(student).values()
        assert page.count(f"data:image/png;base64,{DOT}") == (2 if student == school.ada else 1)
        assert ("Ada says" in page, "The numbers are squared" in page) == (student == school.ada, student == school.ben)

    # Ben hands in again. Tom collects into folders that are Tina's, and Tina grades into folders that are Tom's.
    write_script(school.ben, **tiny_course.RIGHT)
    school.ben.nbgrader(school.ben.home, "submit", "scaling")
    secret = (school.room / ".secret").read_text()
    school.tom.nbgrader(school.room, "collect", "scaling", "--update")
    school.grade(school.tina)
    school.grade(school.tom, "--force")
    assert school.scores() == {"ada": (5.0, None), "ben": (5.0, 0.0), "carl": (0.0, 0.0)}
    assert (school.room / ".secret").read_text() == secret
    school.tina.done(school.course, "feedback", "scaling")
    school.tom.nbgrader(school.room, "release_feedback", "scaling")
    school.ben.nbgrader(school.ben.home, "fetch_feedback", "scaling")
    pages = school.feedback(school.ben)
    assert ["The numbers are squared" in pages[time] for time in sorted(pages)] == [True, False]
    assert_shared(school.room)


@pytest.mark.slow
@needs_a_browser
def test_marks_in_formgrader(school: School) -> None:
    """a teacher sees what another one graded, with the lesson's picture, and the points given there are kept and handed back"""
    hand_in(school)
    school.tina.nbgrader(school.room, "collect", "scaling")
    school.grade(school.tina)
    with (
        formgrader(school.room, school.tom.home, school.tom.through) as server,
        chromium() as browser,
        watched(browser, server.address) as (page, watch),
    ):
        page.goto(f"{server.address}/formgrader/submissions/{school.notebook('ada')}/")
        pictures = page.locator("img[alt='A dot'], img[alt='dot']")
        assert pictures.count() == 2
        assert pictures.evaluate_all("all => all.map(one => one.complete && one.naturalWidth)") == [1, 1]
        field = page.locator("input.score#answer")
        field.fill("0.75")
        with page.expect_response(lambda answer: answer.request.method == "PUT") as answer:
            field.blur()
        assert answer.value.ok
        picture = page.request.get(f"{server.address}/formgrader/submissions/{school.notebook('ada')}/data/dot.png")
        assert picture.body() == base64.b64decode(DOT)
    assert watch.ran == set()
    assert school.scores()["ada"] == (5.0, 0.75)
    school.grade(school.tina, "--force")
    assert school.scores()["ada"] == (5.0, 0.75)
    school.tina.done(school.course, "feedback", "scaling")
    school.tom.nbgrader(school.room, "release_feedback", "scaling")
    school.ada.nbgrader(school.ada.home, "fetch_feedback", "scaling")
    (text,) = school.feedback(school.ada).values()
    assert "0.75" in text
