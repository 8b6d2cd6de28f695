"""The end of a grading: what it says of the class, how it ends, and what it writes besides."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.insight.class_report import ClassReport, ScoreSource
from cnngrade.jobs.class_report import course_report
from cnngrade.jobs.class_summary import ClassSummary, summary_lines, summary_of
from cnngrade.jobs.grade import GradedClass
from support import tiny_course
from support.graded_class import Class, release

LATE = "2026-03-02 20:00:00.000000 UTC"
SQUARED = {"double": "def double(x):\n    return np.asarray(x) ** 2", "triple": tiny_course.RIGHT["triple"]}


@dataclass(frozen=True)
class Done:
    status: int
    out: list[str]
    err: str


def give(class_: Class, *command: str) -> Done:
    """Give a command in the course's folder, in this process."""
    with contextlib.chdir(class_.course.root):
        result = CliRunner().invoke(main, command, catch_exceptions=False)
    return Done(result.exit_code, result.stdout.splitlines(), result.stderr)


def graded(class_: Class, *options: str) -> Done:
    return give(class_, "grade", "scaling", "--sandbox", "none", "--jobs", "1", *options)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class of four that handed in, of whom one answered the question, and of two who did not, after a first grading."""
    root = tmp_path_factory.mktemp("class")
    course = load_course(tiny_course.make_course(root / "course"))
    class_ = Class(course, course.units[0])
    release(course, class_.unit, root / "handout")
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of zero."))
    class_.hand_in("ben", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    class_.hand_in("cy", "scaling.ipynb", class_.notebook(**SQUARED), None)
    class_.hand_in("dee", "scaling.ipynb", class_.notebook(), LATE)
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        for name in ("eve", "fay"):
            gradebook.add_student(name)
    assert graded(class_).status == 0
    return class_


@pytest.fixture
def class_(before: Class, tmp_path: Path) -> Class:
    return before.copy(tmp_path / "course")


def test_what_the_grading_of_a_class_says(class_: Class) -> None:
    """scores after penalties, who waits, how late and at what cost, who handed in nothing, what comes next; it ends with 0"""
    done = graded(class_)
    assert (done.status, done.out) == (
        0,
        [
            "scaling: 4 of 4 graded, mean 2.38, median 2.25 of 6 points",
            "  1 waits for a person, 0 faults, 2 late, 1 without a time of submission (not late), 2 handed in nothing",
            "  late, due 2026-03-01 12:00 UTC:",
            "    ben: 1 day 8 h late, 2 days begun: -2.5 points",
            "    dee: 1 day 8 h late, 2 days begun: costs nothing",
            "  handed in nothing: eve, fay",
            "What went wrong, and why: cnngrade report scaling",
            f"Next: mark what waits in formgrader (jupyter lab in {class_.room}), then cnngrade feedback scaling",
        ],
    )


def test_what_is_said_follows_marks_and_extensions(class_: Class) -> None:
    """a person's points count, more time makes work in time, and then feedback is next"""
    class_.change("UPDATE grade SET manual_score = 1, needs_manual_grade = 0 WHERE needs_manual_grade = 1")
    assert give(class_, "extend", "ben", "dee", "scaling", "--days", "2").status == 0
    out = graded(class_).out
    assert out[0] == "scaling: 4 of 4 graded, mean 3.25, median 3.5 of 6 points"
    assert out[-1] == "Next: cnngrade feedback scaling"
    assert out[1:-3] == [
        "  0 wait for a person, 0 faults, 0 late, 1 without a time of submission (not late), 2 handed in nothing"
    ]


def test_a_penalty_of_nothing_is_said(class_: Class) -> None:
    """in a course without a late penalty, late work is named and costs nothing; without a due date nobody is late"""
    book = class_.course.root / "course.yml"
    text = book.read_text()
    book.write_text(text.replace("late_penalty_per_day: 0.25", "late_penalty_per_day: 0"))
    out = graded(class_).out
    assert out[0] == "scaling: 4 of 4 graded, mean 3, median 3.5 of 6 points"
    assert "    ben: 1 day 8 h late, 2 days begun: costs nothing" in out
    book.write_text(text.replace("    due: 2026-03-01 12:00\n", ""))
    out = graded(class_).out
    assert out[0] == "scaling: 4 of 4 graded, mean 3, median 3.5 of 6 points"
    assert not any("late" in line or "time" in line for line in out)


def test_some_students_are_summed_up_alone(class_: Class) -> None:
    """--student speaks of those who were graded, and of nobody who is missing"""
    done = graded(class_, "--student", "ben", "--student", "cy")
    assert done.status == 0
    assert done.out[0] == "scaling: 2 of 2 graded, mean 2.25, median 2.25 of 6 points"
    assert not any("ada" in line or "eve" in line for line in done.out)


def test_without_the_gradebook(class_: Class) -> None:
    """--no-gradebook sums up the cases, and says how the points get into the gradebook"""
    done = graded(class_, "--no-gradebook")
    assert (done.status, done.out) == (
        0,
        [
            "scaling: 4 of 4 graded, mean 3, median 3.5 of 5 points",
            "  0 faults",
            "What went wrong, and why: cnngrade report scaling",
            "Next: cnngrade grade scaling, which enters the points into the gradebook",
        ],
    )


def test_a_roster_says_who_is_missing(class_: Class) -> None:
    """with a roster the class is who is on it, in the gradebook or not"""
    (class_.room / "roster.csv").write_text("id,first_name,last_name\nada,Ada,L\nzoe,Zoe,N\n", encoding="utf-8")
    for options in ((), ("--no-gradebook",)):
        assert "  handed in nothing: zoe" in graded(class_, *options).out


def test_a_fault_ends_with_4(class_: Class) -> None:
    """who cannot be entered is named, does not count as a zero, and the next step is to grade again"""
    (class_.room / "submitted" / "ada" / "scaling" / "timestamp.txt").write_text("yesterday\n")
    done = graded(class_)
    assert done.status == 4
    assert done.out[0] == "scaling: 3 of 4 graded, mean 1.5, median 2 of 6 points"
    assert done.out[1].startswith("  0 wait for a person, 1 fault, 2 late")
    assert "  without a score: ada" in done.out
    assert done.out[-1] == "Next: see above what failed, and run `cnngrade grade scaling` again: what is done is kept"
    assert "ada is not in the gradebook" in done.err


def test_json_is_alone_on_standard_output(class_: Class) -> None:
    """with --json the summary goes to standard error"""
    done = graded(class_, "--json")
    reports = json.loads("\n".join(done.out))
    assert [report["submission"]["student"] for report in reports] == ["ada", "ben", "cy", "dee"]
    assert "scaling: 4 of 4 graded" in done.err
    assert done.status == 0


def test_junit_has_a_suite_for_each_student(class_: Class) -> None:
    """--junit writes every student's cases, hidden ones and what the staff reads included; marks do not change how it ends"""
    done = graded(class_, "--junit", "reports.xml")
    assert done.status == 0
    root = ElementTree.parse(class_.course.root / "reports.xml").getroot()
    suites = {suite.get("name"): suite for suite in root.findall("testsuite")}
    assert list(suites) == ["scaling ada", "scaling ben", "scaling cy", "scaling dee"]
    failures = {name: int(suite.get("failures", "")) for name, suite in suites.items()}
    assert failures["scaling ada"] == failures["scaling ben"] == 0
    assert failures["scaling cy"] > 0
    names = [case.get("name") for case in suites["scaling cy"].findall("testcase")]
    assert "a table is doubled as well" in names
    assert root.get("tests") == str(sum(len(suite.findall("testcase")) for suite in suites.values()))


def at_a_glance(class_: Class) -> ClassReport:
    (found,) = course_report(class_.course, [class_.unit]).units
    return found


def test_the_class_at_a_glance_has_the_gradebooks_scores(class_: Class) -> None:
    """scores after penalties, who waits, is late and is missing, and times with extensions, are those of the gradebook"""
    found = at_a_glance(class_)
    assert (found.scores.source, found.scores.mean, found.scores.possible) == (ScoreSource.GRADEBOOK, 2.375, 6.0)
    assert (found.class_size, found.has_roster, found.notes) == (6, False, ())
    assert found.attendance.missing.names == ("eve", "fay")
    assert found.attendance.waiting is not None
    assert found.attendance.waiting.names == ("ada",)
    assert (found.times.late.names, found.times.untimed) == (("ben", "dee"), 1)
    assert give(class_, "extend", "ben", "scaling", "--days", "2").status == 0
    assert at_a_glance(class_).times.late.names == ("dee",)


def test_the_class_at_a_glance_where_the_gradebook_lacks_scores(class_: Class) -> None:
    """where the gradebook has fewer scores than there are reports, that is told; where it is gone none is made"""
    class_.change("DELETE FROM grade WHERE 1")
    found = at_a_glance(class_)
    assert found.scores.source is ScoreSource.REPORTS
    assert found.notes == (
        "Of 4 who are graded the gradebook has scores of 0. Run `cnngrade grade scaling` to enter them all.",
    )
    (class_.room / "gradebook.db").unlink()
    assert at_a_glance(class_).notes == ()
    assert not (class_.room / "gradebook.db").exists()


@pytest.mark.slow
def test_the_class_at_a_glance_while_the_gradebook_is_locked(class_: Class) -> None:
    """who has locked the gradebook is waited for some seconds; then the report does without it, and says so"""
    with contextlib.closing(class_.database()) as database:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        found = at_a_glance(class_)
    assert (found.graded, found.scores.source, found.scores.count) == (4, ScoreSource.REPORTS, 4)
    assert [note.partition(":")[0] for note in found.notes] == ["The gradebook is left out"]


def lines_of(class_: Class, **facts: object) -> list[str]:
    known: Mapping[str, object] = {"scores": (), "possible": 6.0, "without_score": (), "in_gradebook": True} | facts
    return list(summary_lines(class_.course, class_.unit, ClassSummary(**known)))  # type: ignore[arg-type]


def test_long_lists_and_strange_names(class_: Class) -> None:
    """of many names the first dozen is shown, and none moves a terminal"""
    _, counts, line, _ = lines_of(class_, missing=tuple(f"s{number:03}" for number in range(300)))
    assert counts == "  0 wait for a person, 0 faults, 0 late, 300 handed in nothing"
    assert line.startswith("  handed in nothing: s000, s001,")
    assert line.endswith("s011 and 288 more")
    assert not any("\x1b" in each for each in lines_of(class_, without_score=("a\x1b[2J",)))


def test_nobody_with_a_score_has_no_mean(class_: Class) -> None:
    """where a fault left nobody a score there is no mean to speak of"""
    assert lines_of(class_, without_score=("ada",))[0] == "scaling: 0 of 1 graded"


def test_a_summary_of_nothing(class_: Class) -> None:
    """a class that handed in nothing that can be graded is summed up as well"""
    summary = summary_of(class_.course, class_.unit, GradedClass((), ()))
    assert (summary.scores, summary.missing) == ((), ("eve", "fay"))
