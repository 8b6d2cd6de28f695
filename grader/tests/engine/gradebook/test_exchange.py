"""nbgrader's exchange from list to fetch_feedback, with two students and two teachers, each a user of the machine's own."""

from __future__ import annotations

import base64
import json
import os
import re
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
SHARE = "chgrp -R {group} {folder}; chmod -R g+rwX {folder}; find {folder} -type d -exec chmod g+s {{}} +"


@dataclass(frozen=True)
class School:
    """A released course, an exchange, two teachers and two students; `folder` holds what is of this test alone."""

    machine: Machine
    folder: Path
    tina: Account
    tom: Account
    ada: Account
    ben: Account

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

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

    def desk(self, student: Account) -> Path:
        """Return the folder in which a student works."""
        return student.home / self.folder.name

    def feedback(self, student: Account) -> dict[str, str]:
        """Return the pages that a student has fetched, by the time of the submission."""
        fetched = (self.desk(student) / "scaling" / "feedback").glob("*/scaling.html")
        return {path.parent.name: path.read_text(encoding="utf-8") for path in fetched}


def write_notebook(work: Path, **sources: str) -> None:
    path = work / "scaling.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = sources.get(name, cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def write_script(work: Path, **functions: str) -> None:
    (work / "scaling.py").write_text(tiny_course.script(**functions), encoding="utf-8")


def make_classroom(school: School) -> None:
    """Write a course whose lesson shows a picture, and release its unit: all of it is Tina's, and nobody else may enter."""
    root, handout = school.course, school.folder / "handout"
    tiny_course.make_course(root)
    exercise = root / "exercises" / "scaling.py"
    exercise.write_text(tiny_course.EXERCISE.replace("# Add the", "# ![A dot](data/dot.png) Add the"), encoding="utf-8")
    for data in (root / "exercises" / "data", handout / "data"):
        data.mkdir(parents=True)
        (data / "dot.png").write_bytes(base64.b64decode(DOT))
    course = load_course(root)
    release(course, course.units[0], handout)
    root.chmod(0o750)
    school.machine.give(root, "tina", for_teachers=True)


def open_exchange(school: School) -> None:
    """Make an exchange, name it to everybody, share the classroom, release the unit and have the students fetch it."""
    school.exchange.mkdir()
    os.chown(school.exchange, -1, school.machine.teachers)
    school.exchange.chmod(0o2777)
    with (school.room / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(OWN_SETTINGS.format(exchange=str(school.exchange)))
    school.tina.shell(school.course, SHARE.format(group=school.machine.teachers, folder="classroom"))
    school.tina.nbgrader(school.room, "release_assignment", "scaling")
    for student in (school.ada, school.ben):
        text = STUDENTS_SETTINGS.format(exchange=str(school.exchange))
        # Otherwise nbgrader goes by who is logged in.
        text += "" if school.machine.are_separate else f"c.CourseDirectory.student_id = {student.name!r}\n"
        student.shell(
            student.home, f"mkdir -p .jupyter {school.folder.name}; cat > .jupyter/nbgrader_config.py <<'END'\n{text}END"
        )
        assert "a-tiny-course scaling" in student.nbgrader(school.desk(student), "list")
        student.nbgrader(school.desk(student), "fetch_assignment", "scaling")


SEPARATE = pytest.param(True, id="users", marks=pytest.mark.skipif(not are_separate(), reason="root makes users, on Linux"))
ONE = pytest.param(False, id="one-user", marks=[pytest.mark.slow] if are_separate() else [])


@pytest.fixture(scope="module", params=[SEPARATE, ONE])
def people(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A machine with its users."""
    with machine(UMASKS, ["tina", "tom"], request.param) as made:
        yield made


@pytest.fixture
def school(people: Machine, request: pytest.FixtureRequest) -> School:
    """A course that was released, in a classroom that is Tina's alone."""
    folder = people.folder / request.function.__name__
    folder.mkdir()
    school = School(people, folder, *(people.accounts[name] for name in UMASKS))
    make_classroom(school)
    return school


def hand_in(school: School) -> None:
    """Ada hands in the notebook, with a picture of the lesson in her answer, and Ben a script that is wrong."""
    write_notebook(school.desk(school.ada) / "scaling", **tiny_course.RIGHT, answer="Ada says: see ![dot](data/dot.png), zero.")
    write_script(school.desk(school.ben) / "scaling", **WRONG)
    for student in (school.ada, school.ben):
        student.nbgrader(school.desk(student), "submit", "scaling")


def assert_shared(room: Path) -> None:
    """Whatever is in the classroom, the group may do what its owner may, and nobody else reads students' work or the secret."""
    for path in (room, *room.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            assert mode >> 3 & 7 == mode >> 6 & 7, f"{path} {mode:o}"
            assert bool(mode & stat.S_ISGID) == path.is_dir(), f"{path} {mode:o}"
    assert stat.S_IMODE((room / ".secret").stat().st_mode) == 0o660


def grade_for_the_first_time(school: School) -> None:
    """Hand in, collect and grade, and look at what is there."""
    open_exchange(school)
    hand_in(school)
    # Carl sent his work by mail: it has neither a secret nor a time.
    school.tom.shell(school.room, "mkdir -m 2770 -p submitted submitted/carl submitted/carl/scaling")
    school.tom.shell(school.course, "cp exercises/scaling.py classroom/submitted/carl/scaling/scaling.py")
    inbound = school.exchange / "a-tiny-course" / "inbound"
    school.tina.done(school.course, "collect", "scaling", "--from", str(inbound))
    school.grade(school.tom)
    assert school.scores() == {"ada": (5.0, None), "ben": (2.0, 0.0), "carl": (0.0, 0.0)}
    assert_shared(school.room)
    graded = school.room / "autograded" / "ada" / "scaling"
    assert (graded / "data" / "dot.png").read_bytes() == base64.b64decode(DOT)


def test_from_list_to_scores(school: School) -> None:
    """students fetch and hand in, and one teacher grades what another one collected"""
    grade_for_the_first_time(school)


@pytest.mark.slow
def test_from_list_to_fetch_feedback(school: School) -> None:
    """students get their own feedback, and either teacher goes on where the other one stopped"""
    grade_for_the_first_time(school)
    school.tom.done(school.course, "feedback", "scaling")
    assert_shared(school.room)
    released = school.tina.nbgrader(school.room, "release_feedback", "scaling")
    assert {name for name in ("ada", "ben", "carl") if f"student '{name}'" in released} == {"ada", "ben", "carl"}
    for student in (school.ada, school.ben):
        student.nbgrader(school.desk(student), "fetch_feedback", "scaling")
        (page,) = school.feedback(student).values()
        assert page.count(f"data:image/png;base64,{DOT}") == (2 if student == school.ada else 1)
        assert ("Ada says" in page, "The numbers are squared" in page) == (student == school.ada, student == school.ben)

    # Ben hands in again. Tom collects into folders that are Tina's, and Tina grades into folders that are Tom's: both with
    # nbgrader's own commands, too.
    write_script(school.desk(school.ben) / "scaling", **tiny_course.RIGHT)
    school.ben.nbgrader(school.desk(school.ben), "submit", "scaling")
    secret = (school.room / ".secret").read_text()
    school.tom.nbgrader(school.room, "collect", "scaling", "--update")
    school.grade(school.tina)
    school.tina.nbgrader(school.room, "generate_feedback", "scaling", "--force")
    school.grade(school.tom, "--force")
    assert school.scores() == {"ada": (5.0, None), "ben": (5.0, 0.0), "carl": (0.0, 0.0)}
    assert (school.room / ".secret").read_text() == secret
    school.tom.done(school.course, "feedback", "scaling")
    school.tom.nbgrader(school.room, "release_feedback", "scaling")
    school.ben.nbgrader(school.desk(school.ben), "fetch_feedback", "scaling")
    pages = school.feedback(school.ben)
    assert ["The numbers are squared" in pages[time] for time in sorted(pages)] == [True, False]
    assert_shared(school.room)


@pytest.mark.slow
@needs_a_browser
def test_marks_in_formgrader(school: School) -> None:
    """a teacher sees what another one graded, with the lesson's picture, and the points given there are kept and handed back"""
    open_exchange(school)
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
    school.ada.nbgrader(school.desk(school.ada), "fetch_feedback", "scaling")
    (text,) = school.feedback(school.ada).values()
    assert "0.75" in text


def contents(room: Path) -> dict[str, bytes]:
    """Return what in a classroom cannot be made again, or must not be made again before it is in the gradebook."""
    places = [room / ".secret", room / "gradebook.db", *(room / "submitted").rglob("*"), *(room / "feedback").rglob("*")]
    return {str(path): path.read_bytes() for path in places if path.is_file()}


# What Tina closes, what Tom runs then, and what he reads.
CLOSED = [
    ("chmod 600 .secret", ["grade", "scaling"], r"The classroom's secret cannot be read: .*\.secret belongs to tina"),
    ("chmod 700 submitted", ["grade", "scaling"], r"What was handed in cannot be read: .*submitted belongs to tina"),
    ("chmod 600 .grading.lock", ["grade", "scaling"], r"Nothing can be graded: .*\.grading\.lock belongs to tina"),
    ("chmod 644 gradebook.db", ["grade", "scaling"], r"The gradebook .* cannot be written: .*gradebook\.db belongs to tina"),
    (
        "chmod 2755 autograded/carl",
        ["grade", "scaling"],
        r"carl.*graded work cannot be written: .*autograded/carl belongs to tina",
    ),
    ("chmod 2700 autograded", ["feedback", "scaling"], r"Graded work cannot be read: .*autograded belongs to tina"),
    ("chmod 2755 feedback/carl", ["feedback", "scaling"], r"carl: .*feedback/carl belongs to tina"),
    (
        "chmod 700 submitted",
        ["collect", "scaling", "--from", "../mail"],
        r"What was handed in cannot be read: .*submitted belongs to tina",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("people", [SEPARATE], indirect=True)
def test_what_is_not_shared_is_said(school: School) -> None:
    """a teacher who may not read or write something is told whose it is and loses nothing, and the remedy named helps"""
    folder = school.room / "submitted" / "carl" / "scaling"
    school.tina.shell(school.room, f"mkdir -p {folder}; cp ../exercises/scaling.py {folder}")
    (school.folder / "mail" / "carl").mkdir(parents=True)
    write_script(school.folder / "mail" / "carl", **WRONG)
    school.grade(school.tina)
    school.tina.done(school.course, "feedback", "scaling")
    before = contents(school.room)
    refused = school.tom.run(school.course, "grade", "scaling")
    assert refused.returncode == 4
    remedy = re.search(r"Ask tina to share .*: `(.*)`", refused.stdout)
    assert remedy, refused.stdout
    assert contents(school.room) == before
    school.tina.shell(school.course, remedy[1].replace("GROUP", str(school.machine.teachers)))
    school.grade(school.tom)
    secret = (school.room / ".secret").read_text()
    for close, command, said in CLOSED:
        # The gradebook is written to only for work that is new.
        school.tina.shell(school.room, f"{close}; echo >> submitted/carl/scaling/scaling.py")
        before = contents(school.room)
        refused = school.tom.run(school.course, *command)
        assert refused.returncode == 4, f"{close}: {refused.stdout}"
        assert re.search(said, refused.stdout), f"{close}: {refused.stdout}"
        assert contents(school.room) == before
        school.tina.shell(school.room, "find . -user tina -exec chmod g=u {} +; find . -user tina -type d -exec chmod g+s {} +")
    school.grade(school.tom)
    assert (school.room / ".secret").read_text() == secret
    school.tina.shell(school.room, "chmod 2755 submitted/carl")
    refused = school.tom.run(school.course, "collect", "scaling", "--from", "../mail")
    assert re.search(r"carl .*it cannot be written: .*submitted/carl belongs to tina", refused.stdout), refused.stdout
