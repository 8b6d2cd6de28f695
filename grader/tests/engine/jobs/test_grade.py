"""Grading a class: in parallel, repeatable, resumable, and readable whatever was handed in."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from cnngrade.classroom import report_store
from cnngrade.classroom.handed_in import handed_in
from cnngrade.classroom.judge_class import report_for
from cnngrade.classroom.lock import alone
from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.jobs.grade import grade
from cnngrade.model import Course, Report
from cnngrade.sandbox.backends import AUTO, NONE, choose
from cnngrade.sandbox.unconfined import UNCONFINED
from cnngrade.submission.read import MAX_BYTES
from support import tiny_course

SQUARED = "def double(x):\n    return np.asarray(x) ** 2"


@pytest.fixture
def course(course: Course) -> Course:
    """Return the tiny course with a class that has handed in."""
    works = {
        "ada": tiny_course.script(**tiny_course.RIGHT),
        "ben": tiny_course.script(double=SQUARED),
        "eva": tiny_course.EXERCISE,
        "kim": "def double(x): import os; os._exit(1)\n",
    }
    for student, text in works.items():
        folder = course.root / "classroom" / "submitted" / student / "scaling"
        folder.mkdir(parents=True)
        (folder / "scaling.py").write_text(text, encoding="utf-8")
    (course.root / "classroom" / "submitted" / "leo" / "scaling").mkdir(parents=True)
    return course


def run(course: Course, **options: object) -> tuple[dict[str, float | None], list[str]]:
    """Grade the class; return {student: points} and the students who were judged again."""
    fresh: list[str] = []

    def hear(report: Report, is_fresh: bool) -> None:
        if is_fresh:
            fresh.append(report.submission.student)

    done = grade(course, course.units[0], gradebook=False, on_report=hear, **options)  # type: ignore[arg-type]
    return {report.submission.student: report.earned for report in done.reports}, sorted(fresh)


POINTS = {"ada": 5.0, "ben": 0.0, "eva": 0.0, "kim": 0.0, "leo": 0.0}


def test_a_class_is_graded_once(course: Course) -> None:
    """the second run judges nobody; --force, another submission or another test judges again whom it concerns"""
    assert run(course) == (POINTS, sorted(POINTS))
    assert run(course) == (POINTS, [])
    assert run(course, students=["ada"], force=True) == ({"ada": 5.0}, ["ada"])
    path = course.root / "classroom" / "submitted" / "ben" / "scaling" / "scaling.py"
    path.write_text(tiny_course.script(double=tiny_course.RIGHT["double"]), encoding="utf-8")
    assert run(course) == (POINTS | {"ben": 3.0}, ["ben"])
    tests = course.root / "autograde_tests" / "hidden" / "test_scaling.py"
    tests.write_text(tests.read_text() + "\n# another version\n")
    assert run(course)[1] == sorted(POINTS)


def test_parallel_is_the_same(course: Course) -> None:
    """two judge processes give what one gives"""
    assert run(course, jobs=2) == (POINTS, sorted(POINTS))


@pytest.mark.slow
def test_parallel_reports_are_the_same(course: Course) -> None:
    """not only the points: every outcome, sentence and cause is the same with one judge process and with two"""

    def reports(jobs: int) -> list[Report]:
        done = grade(course, course.units[0], jobs=jobs, force=True, gradebook=False)
        return [replace(report, seconds=0.0) for report in done.reports]

    assert reports(1) == reports(2)


def test_what_cannot_be_read_is_reported(course: Course) -> None:
    """an empty folder, a broken notebook, a link, a folder and a file beyond any size each have a report that says so"""
    submitted = course.root / "classroom" / "submitted"
    folders = {name: submitted / name / "scaling" for name in ("cut", "dir", "huge", "link")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    (folders["cut"] / "scaling.ipynb").write_text('{"cells": [')
    (folders["dir"] / "scaling.py").mkdir()
    with (folders["huge"] / "scaling.py").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    (folders["link"] / "scaling.py").symlink_to(course.root / "solutions" / "scaling.py")
    run(course)
    said = {name: report_store.load(course, course.units[0], name) for name in ("leo", *folders)}
    assert {name: report and (report.earned, report.problems) for name, report in said.items()} == {
        "leo": (0.0, ("There is no scaling.ipynb and no scaling.py among what was handed in.",)),
        "cut": (
            0.0,
            ("scaling.ipynb, line 1: this is not a notebook (not valid JSON). Save it again from Jupyter.",),
        ),
        "dir": (0.0, ("There is no scaling.ipynb and no scaling.py among what was handed in.",)),
        "huge": (
            0.0,
            ("scaling.py is 64 MiB; at most 64 MiB are read. Clear the notebook's outputs and hand it in again.",),
        ),
        "link": (0.0, ("scaling.py is not a regular file. Hand in the file itself, not a link to it.",)),
    }
    assert run(course)[1] == []


def test_a_forbidden_file_costs_nobody_else(course: Course) -> None:
    """a file that may not be read is that student's report, not the end of the run"""
    path = course.root / "classroom" / "submitted" / "ada" / "scaling" / "scaling.py"
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("nothing is unreadable to this user")
    assert run(course)[0] == POINTS | {"ada": 0.0}


def test_an_interrupted_run_goes_on(course: Course) -> None:
    """what was judged before an interruption is kept, the rest is judged in the next run"""

    def stop(report: Report, _: bool) -> None:
        if report.submission.student == "ben":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, course.units[0], gradebook=False, on_report=stop)
    assert run(course) == (POINTS, ["eva", "kim", "leo"])


def test_nothing_handed_in_is_said(course: Course) -> None:
    """an empty class and an unknown student are errors that say what to do"""
    with pytest.raises(UsageError, match="zoe submitted nothing for scaling"):
        handed_in(course, course.units[0], ["zoe"])
    (course.root / "classroom" / "submitted").rename(course.root / "classroom" / "elsewhere")
    with pytest.raises(UsageError, match="cnngrade collect scaling --from"):
        run(course)


def test_a_damaged_report_is_made_again(course: Course) -> None:
    """a stored report that cannot be read does not count"""
    run(course)
    paths.report_file(course, "scaling", "ada").write_text('{"key": ')
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


def test_one_grading_at_a_time(course: Course) -> None:
    """grading a class, or one student of it as nbgrader's autograde does, is refused while another grades"""
    folder = paths.submission(course, "scaling", "ada")
    with alone(course):
        with pytest.raises(UsageError, match=f"Somebody is grading in .* already \\(.*process {os.getpid()}\\)"):
            run(course)
        with pytest.raises(UsageError, match="Somebody is grading"):
            report_for(course, course.units[0], "ada", folder)
    assert not paths.reports(course, "scaling").exists()
    assert report_for(course, course.units[0], "ada", folder).earned == 5.0
    assert run(course, students=["ada"]) == ({"ada": 5.0}, [])


def test_the_sandbox_is_the_one_that_was_asked_for(course: Course) -> None:
    """what ran without a sandbox is judged again in one, and a sandbox that is missing is refused whatever is stored"""
    assert run(course, students=["ada"], sandbox=NONE) == ({"ada": 5.0}, ["ada"])
    folder = paths.submission(course, "scaling", "ada")
    assert report_for(course, course.units[0], "ada", folder, sandbox=NONE).layers == UNCONFINED
    assert run(course, students=["ada"], sandbox=NONE)[1] == []
    with pytest.raises(UsageError, match='There is no sandbox "moon"'):
        run(course, students=["ada"], sandbox="moon")
    try:
        choose(AUTO)
    except UsageError:
        pytest.skip("this machine has no sandbox")
    assert run(course, students=["ada"])[1] == ["ada"]
    assert report_for(course, course.units[0], "ada", folder).layers != UNCONFINED


def test_work_that_was_put_aside_is_graded(course: Course) -> None:
    """of a student whose work was being replaced when collecting was killed, the former work is graded"""
    folder = paths.submission(course, "scaling", "ben")
    folder.rename(folder.with_name(".scaling.former"))
    assert run(course)[0] == POINTS
