"""A gradebook on a PostgreSQL server: all is as in a file, several machines may write at once, and what is wrong is said."""

from __future__ import annotations

import csv
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import CnngradeError, CourseError, Fault
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook import record as recording
from cnngrade.gradebook.class_table import class_table, students
from cnngrade.gradebook.extensions import grant_extensions
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.record import record
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.jobs.grade import grade
from support import tiny_course
from support.formgrader import formgrader
from support.graded_class import Class, release
from support.places import GRADER
from support.postgresql import PostgreSql, needs_postgresql, postgresql

# nbgrader leaves connections to be collected, which psycopg tells whoever wants to hear of it.
pytestmark = [needs_postgresql, pytest.mark.filterwarnings("ignore::ResourceWarning")]

LATE = "2026-03-02 20:00:00.000000 UTC"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSql]:
    with postgresql() as running:
        yield running
        gc.collect()


def use(class_: Class, address: str) -> None:
    """Write the address of a gradebook where an instructor would."""
    path = classroom_config.write(class_.course)
    text = path.read_text(encoding="utf-8").partition("\nc.CourseDirectory.db_url")[0]
    path.write_text(f"{text}\nc.CourseDirectory.db_url = {address!r}\n", encoding="utf-8")


def new_class(root: Path, address: str = "") -> Class:
    """Release the tiny course and let three students hand in."""
    course = load_course(tiny_course.make_course(root / "course"))
    class_ = Class(course, course.units[0])
    if address:
        use(class_, address)
    release(course, class_.unit, root / "handout")
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of zero."))
    class_.hand_in("ben", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    class_.hand_in("D'Angelo, Zoë", "scaling.ipynb", class_.notebook())
    grade(course, class_.unit, gradebook=False)
    return class_


@pytest.fixture(scope="module")
def in_a_file(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return new_class(tmp_path_factory.mktemp("file"))


@pytest.fixture(scope="module")
def on_a_server(server: PostgreSql, tmp_path_factory: pytest.TempPathFactory) -> Class:
    return new_class(tmp_path_factory.mktemp("server"), server.address(server.new_database()))


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(GRADER)}


def exported(class_: Class) -> list[dict[str, str]]:
    """Return the table that nbgrader's own command writes in the classroom."""
    command = [sys.executable, "-m", "nbgrader", "export"]
    done = subprocess.run(command, cwd=class_.room, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with (class_.room / "grades.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def mark(class_: Class, student: str, points: float) -> None:
    """Mark the answer in prose, as formgrader does."""
    with open_gradebook(course_directory(classroom_config.read(class_.course))) as gradebook:
        row = gradebook.find_grade("answer", "scaling", "scaling", student)
        row.manual_score, row.needs_manual_grade = points, False
        gradebook.db.commit()


def through_the_loop(class_: Class) -> list[object]:
    """Grade, mark and extend, hand in code, then prose, and grade after each; return what the class is told then."""
    seen: list[object] = []
    assert grade(class_.course, class_.unit).missing == ()
    mark(class_, "ada", 0.75)
    grant_extensions(class_.course, class_.unit, {"ben": timedelta(days=1)})
    for answer in ("zero", "one"):
        class_.hand_in("ada", "scaling.ipynb", class_.notebook(answer=f"Because of {answer}."))
        assert grade(class_.course, class_.unit).missing == ()
        seen.append(class_table(class_.course, class_.unit))
    pages = write_feedback(class_.course, class_.unit, ["ada"])
    return [*seen, [path.parent.parent.name for path in pages], students(class_.course)]


def test_a_class_is_the_same_on_a_server_and_in_a_file(in_a_file: Class, on_a_server: Class) -> None:
    """grading, marks, extensions, new work, feedback and nbgrader's export; and no file is made"""
    assert through_the_loop(on_a_server) == through_the_loop(in_a_file)
    table = class_table(on_a_server.course, on_a_server.unit)
    assert {row["student_id"]: float(row["score"]) for row in exported(on_a_server)} == {
        row.student: row.score for row in table
    }
    assert not (on_a_server.room / "gradebook.db").exists()


@pytest.mark.slow
def test_formgrader_shows_what_is_on_a_server(on_a_server: Class, tmp_path: Path) -> None:
    """the page on which work is marked"""
    assert grade(on_a_server.course, on_a_server.unit).missing == ()
    with open_gradebook(course_directory(classroom_config.read(on_a_server.course))) as gradebook:
        notebook = gradebook.find_submission_notebook("scaling", "scaling", "ada").id
    with formgrader(on_a_server.room, tmp_path) as running:
        status, page = running.page(notebook)
    assert (status, "Because of" in page) == (200, True)


MACHINE = """\
import sys
from pathlib import Path
from cnngrade.course.load import load_course
from cnngrade.gradebook import record as recording
from cnngrade.gradebook.class_table import students
from cnngrade.jobs.grade import grade

def wait():
    print("ready", flush=True)
    sys.stdin.readline()

recording.GROUP = 2
course = load_course(Path(sys.argv[1]))
wait()
students(course)
wait()
done = grade(course, course.units[0])
assert not done.missing, done.missing
"""


@pytest.mark.slow
def test_two_machines_share_one_gradebook(server: PostgreSql, on_a_server: Class, tmp_path: Path) -> None:
    """each with a classroom of its own, they make the gradebook and grade at the same moments: each student is in it once"""
    database = server.new_database()
    machines = [on_a_server.copy(tmp_path / name) for name in ("one", "two")]
    started = []
    for machine in machines:
        use(machine, server.address(database))
        command = [sys.executable, "-c", MACHINE, str(machine.course.root)]
        started.append(subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def go() -> None:
        for process in started:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
            process.stdin.flush()

    def wait() -> None:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"

    wait()
    go()
    wait()
    release(machines[0].course, machines[0].unit, tmp_path / "handout")
    go()
    for process in started:
        process.communicate(timeout=120)
    assert [process.returncode for process in started] == [0, 0]
    assert [row.student for row in class_table(machines[0].course, machines[0].unit)] == sorted(machines[0].students)
    counted = server.execute("SELECT count(*), count(DISTINCT (cell_id, notebook_id)) FROM grade", database)
    assert counted == [(9, 9)]


AGAIN = "then run the command again: reports that are stored are kept, and what is in the gradebook stays."


def said(class_: Class, address: str) -> set[str]:
    """Return what release, grading, the class table and an extension say about a gradebook at this address."""
    use(class_, address)
    sentences = set()
    for job in (
        lambda: release(class_.course, class_.unit, class_.course.root / "handout"),
        lambda: record(class_.course, class_.unit, class_.judged()),
        lambda: class_table(class_.course, class_.unit),
        lambda: grant_extensions(class_.course, class_.unit, {"ada": timedelta(days=1)}),
        lambda: students(class_.course),
    ):
        with pytest.raises(CnngradeError) as caught:
            job()
        assert isinstance(caught.value, Fault | CourseError)
        sentences.add(str(caught.value))
    return sentences


def test_what_is_wrong_with_a_server_is_said(server: PostgreSql, in_a_file: Class, tmp_path: Path) -> None:
    """no server, no host, a wrong password or none, no database, no right: what, where and what next, and no password"""
    class_ = in_a_file.copy(tmp_path / "course")
    settings = class_.room / "nbgrader_config.py"
    server.execute("CREATE ROLE visitor LOGIN PASSWORD 'v1sitor'")
    database = server.new_database()
    right = server.address(database)
    start = f"Start the server, or correct its address in {settings}"
    correct = (
        f"Correct user and password in {settings} (@ is %40, / %2F, : %3A, % %25 there), or put the password into ~/.pgpass"
    )
    cases = {
        server.address(database, port=1): ("Connection refused", start),
        right.replace("127.0.0.1", "no.such.invalid"): ("no.such.invalid", start),
        server.address(database, password="Wr0ng"): ('password authentication failed for user "teacher"', correct),
        server.address(database, password=None): ("no password supplied", correct),
        server.address("nowhere"): (
            'database "nowhere" does not exist',
            f"Make the database on the server (`createdb nowhere`), or correct its name in {settings}",
        ),
        server.address(database, user="visitor", password="v1sitor"): (
            "permission denied for schema public",
            'Give visitor the right (as its owner: GRANT ALL ON SCHEMA public TO "visitor")',
        ),
    }
    for address, (what, next_) in cases.items():
        (sentence,) = said(class_, address)
        assert sentence.startswith("The gradebook postgresql+psycopg://"), sentence
        assert what in sentence
        assert sentence.endswith(f". {next_}; {AGAIN}"), sentence
        assert not any(secret in sentence for secret in ("s3cret", "Wr0ng", "v1sitor"))


@pytest.mark.parametrize(
    ("address", "what"),
    [
        (
            "postgres://ada:s3cret@host/class",
            r"begins with postgres:, and there is no such database\. Write one such as postgresql",
        ),
        ("somewhere else s3cret", r"is no address of a database\. Write one such as postgresql\+psycopg://USER:PASSWORD@HOST"),
        ("postgresql+psycopg://ada:s3/cret@host:x/class", r"is no address of a database\. .*nbgrader_config\.py"),
        ("postgresql+pg8000://ada:s3cret@host/class", r"needs the package pg8000, which is missing: pip install pg8000$"),
    ],
)
def test_an_address_that_is_none_is_said(in_a_file: Class, tmp_path: Path, address: str, what: str) -> None:
    """another word for the kind, no address at all, a password that cuts it in two, a driver that is missing"""
    class_ = in_a_file.copy(tmp_path / "course")
    use(class_, address)
    with pytest.raises(CourseError, match=what) as caught:
        students(class_.course)
    assert "s3" not in str(caught.value).replace(str(tmp_path), "")


def test_a_driver_that_is_missing_is_said(in_a_file: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """with the extra that brings it"""
    class_ = in_a_file.copy(tmp_path / "course")
    use(class_, "postgresql+psycopg://ada@host/class")
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        CourseError, match=r"needs the package psycopg, which is missing: pip install 'cnngrade\[postgresql\]'$"
    ):
        students(class_.course)


def test_a_server_that_goes_away_loses_nothing(
    server: PostgreSql, on_a_server: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """what was recorded stays, the rest comes with the next run"""
    database = server.new_database()
    class_ = on_a_server.copy(tmp_path / "course")
    use(class_, server.address(database))
    release(class_.course, class_.unit, tmp_path / "handout")
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"

    def end(*_: object) -> None:
        server.execute(ended.format(database))

    monkeypatch.setattr(recording, "GROUP", 1)
    with pytest.raises(Fault, match=r"cannot be used: .*terminating connection.* Wait until the server is there again; then"):
        record(class_.course, class_.unit, class_.judged(), end)
    assert sum(row.score is not None for row in class_table(class_.course, class_.unit)) == 1
    class_.record()
    assert [row.student for row in class_table(class_.course, class_.unit)] == sorted(class_.students)
