"""The class at a glance from what a grading left: what is gathered, what cannot be read, and the command."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnngrade.classroom.judge_class import judge_class
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.insight.class_report import ClassReport, ScoreSource
from cnngrade.insight.naming import Naming
from cnngrade.jobs.class_report import class_at_a_glance, course_report
from cnngrade.model import Course
from support import tiny_course
from support.handmade_class import report, store, wrong

CAUSE = "The numbers are squared."


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


def give(course: Course, *command: str) -> Done:
    """Give a command in the course's folder, in this process."""
    with contextlib.chdir(course.root):
        result = CliRunner().invoke(main, command, catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def graded(course: Course) -> Course:
    """The tiny course, of which four are graded."""
    store(course, report("ada"), wrong("ben", CAUSE), wrong("cy", CAUSE), wrong("dee"))
    return course


def at_a_glance(course: Course) -> ClassReport:
    (unit,) = course_report(course, [course.units[0]]).units
    return unit


def test_what_is_gathered_of_a_class(graded: Course) -> None:
    """reports, the roster, times of submission; nothing is made or changed by looking"""
    paths.roster(graded).write_text("id\nada\nben\ncy\neve\nfay\n", encoding="utf-8")
    # As another process has it that collects at this moment: the work before is beside its place.
    (paths.submitted(graded) / "eve" / ".scaling.former").mkdir(parents=True)
    before = {path: path.stat().st_mtime_ns for path in graded.root.rglob("*")}
    found = at_a_glance(graded)
    assert {path: path.stat().st_mtime_ns for path in graded.root.rglob("*")} == before
    assert (found.graded, found.class_size, found.handed_in, found.has_roster) == (4, 6, 5, True)
    assert found.attendance.missing.names == ("fay",)
    assert found.attendance.strangers.names == ("dee",)
    assert (found.attendance.outdated.count, found.attendance.waiting, found.notes) == (0, None, ())
    assert (found.scores.source, found.scores.count) == (ScoreSource.REPORTS, 4)
    assert (found.times.median_hours, found.times.late.count, found.times.untimed) == (2.0, 0, 1)
    assert [(each.sentence, each.people.count) for each in found.mistakes] == [(CAUSE, 2)]


def test_late_and_untimed_work_without_a_gradebook(graded: Course) -> None:
    """the work itself says when it came"""
    late, without = (paths.submission(graded, "scaling", name) / paths.TIMESTAMP for name in ("ada", "ben"))
    late.write_text("2026-03-01 12:00:01 UTC\n")
    without.unlink()
    times = at_a_glance(graded).times
    assert (times.late.names, times.untimed) == (("ada",), 1)


@pytest.mark.parametrize("change", ["work", "tests", "gone", "secret"])
def test_what_has_changed_since(graded: Course, change: str) -> None:
    """whose work, or whose tests, are no longer those of the report is told; to look makes no secret"""
    work = paths.submission(graded, "scaling", "ada")
    if change == "work":
        (work / "scaling.py").write_text("# more\n")
    elif change == "gone":
        shutil.rmtree(work)
    elif change == "tests":
        tests = paths.hidden_tests(graded, "scaling")
        tests.write_text(tests.read_text() + "\n# corrected\n")
    else:
        paths.secret_file(graded).unlink()
    outdated = at_a_glance(graded).attendance.outdated
    assert outdated.names == (("ada",) if change in ("work", "gone") else ("ada", "ben", "cy", "dee"))
    assert paths.secret_file(graded).exists() is (change != "secret")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'{"key": "a", "report": {}}',
        b"[" * 100_000,
        b'{"key": 1}',
        None,
        "of another",
        "unit",
    ],
)
def test_a_damaged_report_costs_nobody_else(graded: Course, content: bytes | str | None) -> None:
    """a report that cannot be read, or is another's, is named and left out; a folder in its place as well"""
    place, other = (paths.report_file(graded, "scaling", name) for name in ("ada", "ben"))
    if isinstance(content, bytes):
        place.write_bytes(content)
    elif content is None:
        place.unlink()
        place.mkdir()
    elif content == "unit":
        place.write_text(place.read_text().replace('"unit": "scaling"', '"unit": "other"'))
    else:
        shutil.copyfile(other, place)
    found = at_a_glance(graded)
    assert (found.graded, found.attendance.damaged.names, found.attendance.unjudged.count) == (3, ("ada",), 0)


def test_what_cannot_be_read_is_noted(graded: Course) -> None:
    """a broken roster, secret or gradebook's configuration is told, and the rest is there all the same"""
    paths.roster(graded).write_text("name\nAda\n", encoding="utf-8")
    paths.secret_file(graded).write_text("?")
    paths.nbgrader_config(graded).write_text("raise ValueError('\x1b[31m')")
    found = at_a_glance(graded)
    assert (found.graded, found.has_roster) == (4, False)
    assert [note.partition(":")[0] for note in found.notes] == [
        "The roster is left out",
        "The gradebook is left out",
        "Whether work or tests have changed since cannot be seen",
    ]
    done = give(graded, "report", "scaling")
    assert done.status == 0
    assert done.out.isprintable() or "\x1b" not in done.out


def test_work_that_nobody_may_list(graded: Course) -> None:
    """where what was handed in cannot be seen, that is noted, and no report is said to be of former work"""
    submitted = paths.submitted(graded)
    shutil.rmtree(submitted)
    submitted.symlink_to(submitted)
    found = at_a_glance(graded)
    assert (found.graded, found.handed_in, found.attendance.outdated.count) == (4, 4, 0)
    assert [note.partition(":")[0] for note in found.notes] == [
        "Who handed in cannot be seen, and whoever has no report counts as missing",
        "Wrong answers are not grouped",
    ]


@pytest.mark.parametrize("name", ["notes.py", "double.py", "double_old.py"])
def test_a_known_mistake_that_cannot_be_read_costs_no_report(graded: Course, name: str) -> None:
    """a file of a wrong name, or one that is no text, is noted: only a grading needs what it says"""
    folder = paths.mistakes_folder(graded, "scaling")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"# sentence: \xff\xfe\n")
    done = give(graded, "report", "scaling")
    assert (done.status, at_a_glance(graded).graded) == (0, 4)
    assert name in " ".join(at_a_glance(graded).notes)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("nobody", "nobody handed in. Collect first: cnngrade collect scaling --from FOLDER"),
        ("ungraded", "of 1 who handed in. Run `cnngrade grade scaling`"),
        ("damaged", r"No report of scaling can be read (a\x1b[2J). Run `cnngrade grade scaling` again"),
    ],
)
def test_a_unit_that_was_never_graded(course: Course, state: str, says: str) -> None:
    """the error says how far it is and what comes next, and --all says that nothing is graded"""
    if state == "ungraded":
        paths.submission(course, "scaling", "ada").mkdir(parents=True)
    elif state == "damaged":
        place = paths.report_file(course, "scaling", "a\x1b[2J")
        place.parent.mkdir(parents=True)
        place.write_text("{}")
    done = give(course, "report", "scaling")
    assert (done.status, done.out) == (2, "")
    assert says in done.err
    done = give(course, "report", "--all")
    assert (done.status, done.err) == (2, "Error: Nothing of A tiny course is graded yet. Run `cnngrade grade UNIT` first.\n")


def test_all_units(course: Course) -> None:
    """--all shows those of which anything is graded, and names the others; a unit that is asked for by name must be graded"""
    root = tiny_course.add_unit(course.root)
    course = load_course(root)
    store(course, report("ada"), wrong("ben"))
    found = course_report(course, course.units, graded_only=True)
    assert [unit.unit for unit in found.units] == ["scaling"]
    assert [entry.unit for entry in found.ungraded] == ["growing"]
    assert "growing  not graded yet" in give(course, "report", "--all").out
    with pytest.raises(UsageError, match="growing is graded yet"):
        course_report(course, course.units)


def test_reports_that_nobody_may_list(graded: Course) -> None:
    """a file where the folder of reports should be holds none; a loop of links is a fault that says where"""
    folder = paths.reports(graded, "scaling")
    shutil.rmtree(folder)
    folder.symlink_to(folder)
    with pytest.raises(Fault, match="reports/scaling cannot be read"):
        at_a_glance(graded)
    folder.unlink()
    folder.write_text("")
    with pytest.raises(UsageError, match="Nothing of scaling is graded yet, of 4"):
        at_a_glance(graded)


def test_names_on_demand(graded: Course) -> None:
    """who needs you is named; --students names who made mistakes, --anonymous nobody, and both is no call"""
    paths.roster(graded).write_text("id\nada\nben\ncy\ndee\nzebra\n", encoding="utf-8")
    plain, everybody, nobody = (
        give(graded, "report", "scaling", *more).out for more in ((), ("--students",), ("--anonymous",))
    )
    assert [("zebra" in out, "ben, cy" in out) for out in (plain, everybody, nobody)] == [
        (True, False), (True, True), (False, False),
    ]  # fmt: skip
    assert give(graded, "report", "scaling", "--students", "--anonymous").status == 2


def test_json_is_alone_on_standard_output(graded: Course) -> None:
    """with --json and --html the page is written, and standard output is JSON and nothing else"""
    done = give(graded, "report", "--all", "--json", "--html", "class.html")
    plain = json.loads(done.out)
    assert (done.status, plain["schema"], plain["units"][0]["graded"]) == (0, 1, 4)
    assert done.err == "Written: class.html\n"
    assert "<h1" in (graded.root / "class.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "call", [("report",), ("report", "scaling", "--all"), ("report", "scalign"), ("report", "--html", ".")]
)
def test_wrong_calls(graded: Course, call: tuple[str, ...]) -> None:
    """units and --all exclude each other, and a mistyped unit is told; all that is wrong usage"""
    done = give(graded, "report", *call)
    assert (done.status, done.out) == (2, "")


def test_a_unit_is_shown_once(graded: Course) -> None:
    """a unit that is named twice is one unit"""
    assert give(graded, "report", "scaling", "scaling").out == give(graded, "report", "scaling").out


def test_a_page_that_cannot_be_written(graded: Course) -> None:
    """the error names the file, the exit code is that of a fault, and the text is there all the same"""
    (graded.root / "folder").write_text("")
    done = give(graded, "report", "scaling", "--html", "folder/class.html")
    assert done.status == 4
    assert "folder" in done.err
    assert "4 of 4 in the class graded" in done.out


def test_a_class_at_a_glance_in_one_call(graded: Course, tmp_path: Path) -> None:
    """from Python: the lines that say the most, and a page; nobody is named where nobody is to be"""
    lines = list(class_at_a_glance(graded, graded.units[0], tmp_path / "page.html", Naming.NOBODY))
    assert lines == [
        "scaling: 4 of 4 in the class graded, mean 2.25, median 2, the middle half from 2 to 2.25 of 3 points",
        f"1. 2 of 4, double: {CAUSE}",
    ]
    assert "ben" not in (tmp_path / "page.html").read_text(encoding="utf-8").replace("number", "")


def test_people_of_strange_names(course: Course) -> None:
    """names in any script, hostile ones among them, are shown and do nothing"""
    names = ("\u5f20\u4f1f", "o'brien", "zo\u00eb", "\u05d0\u05d1", "a<b>c", "e\u202eve", "x\x1b[2J", "=1+1", "a.b.c")
    store(course, *(wrong(name, CAUSE) for name in names))
    done = give(course, "report", "scaling", "--students", "--html", "class.html")
    assert done.status == 0, done.err
    page = (course.root / "class.html").read_text(encoding="utf-8")
    for text in (done.out, page):
        assert all(character.isprintable() or character == "\n" for character in text)
        assert all(part in text for part in ("\u5f20\u4f1f", "\u05d0\u05d1", r"e\u202eve", r"x\x1b[2J", "a.b.c"))
    assert "a&lt;b&gt;c" in page
    assert replace(at_a_glance(course), notes=()).graded == len(names)


def test_exceptions_as_the_judge_tells_them(course: Course) -> None:
    """what really judged work raised is told by its kind and the line, and work that does not run as one thing"""
    right = tiny_course.RIGHT["triple"]
    works = {
        "ada": tiny_course.script(double="def double(x):\n    x = np.asarray(x)\n    return x[x.size]", triple=right),
        "ben": tiny_course.script(double="def double(x):\n    x = np.asarray(x)\n    return x[len(x)]", triple=right),
        "cy": "def double(x:\n    return x\n",
        "dee": "import numpy as np\nraise RuntimeError('no')\n",
    }
    course = replace(course, policy=replace(course.policy, locate_seconds=0.0))
    for student, text in works.items():
        folder = paths.submission(course, "scaling", student)
        folder.mkdir(parents=True)
        (folder / "scaling.py").write_text(text)
    judge_class(course, course.units[0], sandbox="none")
    (unit,) = course_report(course, course.units, naming=Naming.EVERYBODY).units
    found = {(each.function, each.kind): each for each in unit.exceptions}
    index = found["double", "IndexError"]
    assert index.people.names == ("ada", "ben")
    assert index.text.startswith("index # is out of bounds for axis # with size #")
    assert {line.code for line in index.lines} == {"return x[x.size]", "return x[len(x)]"}
    assert found["double", "SyntaxError"].people.names == ("cy",)
    assert found["", "RuntimeError"].people.names == ("dee",)
