"""Grading a class: in parallel, repeatable, resumable, and readable whatever was handed in."""

from __future__ import annotations

from pathlib import Path

import pytest

import tinycourse
from cnngrade import store
from cnngrade.course import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.grade import grade, handed_in, report_for
from cnngrade.model import Course, Report

SQUARED = "def double(x):\n    return np.asarray(x) ** 2"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = load_course(tinycourse.make_course(tmp_path / "course"))
    works = {
        "ada": tinycourse.script(**tinycourse.RIGHT),
        "ben": tinycourse.script(double=SQUARED),
        "eva": tinycourse.EXERCISE,
        "kim": "def double(x): import os; os._exit(1)\n",
    }
    for student, text in works.items():
        folder = made.root / "classroom" / "submitted" / student / "scaling"
        folder.mkdir(parents=True)
        (folder / "scaling.py").write_text(text, encoding="utf-8")
    (made.root / "classroom" / "submitted" / "leo" / "scaling").mkdir(parents=True)
    return made


def run(course: Course, **options: object) -> tuple[dict[str, float | None], list[str]]:
    """Grade the class; return {student: points} and the students who were judged anew."""
    fresh: list[str] = []

    def hear(report: Report, is_fresh: bool) -> None:
        if is_fresh:
            fresh.append(report.submission.student)

    reports = grade(course, course.units[0], on_report=hear, **options)  # type: ignore[arg-type]
    return {report.submission.student: report.earned for report in reports}, sorted(fresh)


POINTS = {"ada": 5.0, "ben": 0.0, "eva": 0.0, "kim": 0.0, "leo": 0.0}


def test_a_class_is_graded_once(course: Course) -> None:
    """the second run judges nobody; --force, another submission or another test judges again whom it concerns"""
    assert run(course) == (POINTS, sorted(POINTS))
    assert run(course) == (POINTS, [])
    assert run(course, students=["ada"], force=True) == ({"ada": 5.0}, ["ada"])
    path = course.root / "classroom" / "submitted" / "ben" / "scaling" / "scaling.py"
    path.write_text(tinycourse.script(double=tinycourse.RIGHT["double"]), encoding="utf-8")
    assert run(course) == (POINTS | {"ben": 3.0}, ["ben"])
    tests = course.root / "autograde_tests" / "hidden" / "test_scaling.py"
    tests.write_text(tests.read_text() + "\n# another version\n")
    assert run(course)[1] == sorted(POINTS)


def test_parallel_is_the_same(course: Course) -> None:
    """two judge processes give what one gives"""
    assert run(course, jobs=2) == (POINTS, sorted(POINTS))


def test_an_interrupted_run_goes_on(course: Course) -> None:
    """what was judged before an interruption is kept, the rest is judged in the next run"""

    def stop(report: Report, _: bool) -> None:
        if report.submission.student == "ben":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, course.units[0], on_report=stop)
    assert run(course) == (POINTS, ["eva", "kim", "leo"])


def test_nothing_handed_in_is_said(course: Course) -> None:
    """an empty class and an unknown student are errors that say what to do"""
    with pytest.raises(UsageError, match="zoe submitted nothing for scaling"):
        handed_in(course, course.units[0], ["zoe"])
    (course.root / "classroom" / "submitted").rename(course.root / "classroom" / "elsewhere")
    with pytest.raises(UsageError, match="cnngrade collect scaling --from"):
        run(course)


def test_a_damaged_report_is_made_anew(course: Course) -> None:
    """a stored report that cannot be read is no report"""
    run(course)
    store.report_file(course, course.units[0], "ada").write_text('{"key": ')
    assert run(course) == (POINTS, ["ada"])


def test_one_report_can_be_asked_for(course: Course) -> None:
    """`report_for` judges once and then remembers, which is how nbgrader's own command gets the same scores"""
    folder = course.root / "classroom" / "submitted" / "ada" / "scaling"
    first = report_for(course, course.units[0], "ada", folder)
    assert first.earned == 5.0
    assert report_for(course, course.units[0], "ada", folder) == first


def test_a_report_that_cannot_be_kept_is_a_fault(course: Course) -> None:
    """where reports cannot be written the error says where, and nothing half-written is left"""
    reports = course.root / "classroom" / "reports"
    reports.write_text("in the way")
    with pytest.raises(Fault, match="cannot be written"):
        run(course)
