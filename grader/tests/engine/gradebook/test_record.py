"""A class entered into the gradebook at once: the same as by nbgrader's Autograde, once, whatever comes between."""

from __future__ import annotations

import errno
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import rmtree
from sqlalchemy.exc import OperationalError

from cnngrade.classroom.log import EventKind, events
from cnngrade.course.load import load_course
from cnngrade.course.paths import KEY_FILE
from cnngrade.errors import Fault, UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook import record as recording
from cnngrade.gradebook.extensions import grant_extensions
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.graded_folder import read_by_release_feedback
from cnngrade.gradebook.merge import judged_file
from cnngrade.gradebook.record import Recorded, record
from cnngrade.gradebook.session import course_directory, open_gradebook, run
from cnngrade.jobs.grade import grade
from support import tiny_course
from support.graded_class import Class, release
from support.places import GRADER
from support.sweeps import sweep

LATE = "2026-03-02 20:00:00.000000 UTC"
# The course is due at noon UTC: in Berlin that is an hour later on the clock, and in the second one this is late.
ABROAD = "2026-03-01 12:59:59.000000 CET"
LATE_ABROAD = "2026-03-01 13:00:01.500000 +0100"
WRONG = {"double": "def double(x):\n    return np.asarray(x) ** 2", "triple": tiny_course.RIGHT["triple"]}


def through_autograde(class_: Class) -> None:
    """Record the class through nbgrader's own Autograde, which is shown the released notebook for each student."""
    config = classroom_config.read(class_.course)
    coursedir = course_directory(config)
    coursedir.assignment_id = "scaling"
    config.CoursePreprocessor.submitted = "submitted"
    coursedir.submitted_directory = "staged"
    for student in class_.students:
        folder, staged = class_.room / "submitted" / student / "scaling", class_.room / "staged" / student / "scaling"
        staged.mkdir(parents=True)
        shutil.copyfile(class_.room / "release" / "scaling" / "scaling.ipynb", staged / "scaling.ipynb")
        chosen = judged_file(class_.course, class_.unit, folder)
        if chosen is not None and chosen.suffix == ".py":
            shutil.copyfile(chosen, staged / chosen.name)
        for name, content in read_by_release_feedback(class_.course, class_.unit, student, folder).items():
            (staged / name).write_bytes(content)
        coursedir.student_id = student
        run(Autograde, coursedir, config)
    rmtree(str(class_.room / "staged"))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class that is judged and not recorded. Tests take copies of it."""
    root = tmp_path_factory.mktemp("class")
    course = load_course(tiny_course.make_course(root / "course"))
    class_ = Class(course, course.units[0])
    release(course, class_.unit, root / "handout")
    right = class_.notebook(**tiny_course.RIGHT, answer="Because of zero.")
    extra = json.loads(right)
    extra["cells"].insert(2, nbformat.v4.new_markdown_cell("My <b>notes</b>.\n"))
    extra["cells"].append(nbformat.v4.new_code_cell("scratch = 1", metadata={"scrolled": True, "tags": ["mine"]}))
    class_.hand_in("notebook", "scaling.ipynb", right)
    class_.hand_in("extra-cells", "scaling.ipynb", json.dumps(extra), ABROAD)
    class_.hand_in("script", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    class_.hand_in("wrong", "scaling.py", tiny_course.script(**WRONG), LATE_ABROAD)
    class_.hand_in("untouched", "scaling.ipynb", class_.notebook())
    class_.hand_in("late", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    class_.hand_in("late-prose", "scaling.ipynb", right, LATE)
    class_.hand_in("extended", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    class_.hand_in("no-time", "scaling.py", tiny_course.script(**tiny_course.RIGHT), None)
    class_.hand_in("empty-time", "scaling.py", tiny_course.script(**tiny_course.RIGHT), "")
    class_.hand_in("no-json", "scaling.ipynb", '{"cells": [')
    class_.hand_in("other-file", "essay.txt", "I wrote an essay.")
    grant_extensions(course, class_.unit, {"extended": timedelta(days=1)})
    grade(course, class_.unit, gradebook=False)
    return class_


@pytest.fixture
def fresh(judged: Class, tmp_path: Path) -> Class:
    return judged.copy(tmp_path / "fresh")


@pytest.fixture(scope="module")
def recorded_once(judged: Class, tmp_path_factory: pytest.TempPathFactory) -> Class:
    class_ = judged.copy(tmp_path_factory.mktemp("recorded") / "course")
    class_.record()
    return class_


@pytest.fixture
def recorded(recorded_once: Class, tmp_path: Path) -> Class:
    return recorded_once.copy(tmp_path / "recorded")


def give_marks(class_: Class) -> None:
    """Do what a person does in formgrader, and let those who got marks hand in again."""
    grades = "FROM grade JOIN submitted_notebook n ON n.id = grade.notebook_id JOIN submitted_assignment s ON s.id ="
    cell = f"(SELECT grade.id {grades} n.assignment_id JOIN base_cell b ON b.id = cell_id WHERE student_id = ? AND b.name = ?)"
    change = "UPDATE grade SET manual_score = ?, extra_credit = ?, needs_manual_grade = 0 WHERE id = "
    class_.change(change + cell, 0.5, None, "notebook", "answer")
    class_.change(change + cell, 1.0, 0.25, "late-prose", "answer")
    class_.change(change + cell, 0.75, None, "extra-cells", "answer")
    class_.change(change + cell, 2.5, None, "wrong", "grade-double")
    comment = cell.replace("grade", "comment").replace("AND b.name", "AND b.type = 'SolutionCell' AND b.name")
    class_.change(f"UPDATE comment SET manual_comment = ? WHERE id = {comment}", "Well said.", "late-prose", "answer")
    class_.hand_in("notebook", "scaling.ipynb", class_.notebook(**WRONG, answer="Because of one."))
    class_.hand_in("late-prose", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of two."), LATE)
    # As right as before: only the mark for another look shows that it is new.
    class_.hand_in("extra-cells", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of three."), ABROAD)
    class_.hand_in("wrong", "scaling.py", tiny_course.script(**WRONG) + "\n# again\n", LATE_ABROAD)
    class_.hand_in("script", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)


def test_rows_and_folders_are_those_of_autograde(fresh: Class, judged: Class, tmp_path: Path) -> None:
    """grades, comments, penalties, times and graded notebooks are what nbgrader's Autograde makes, to the byte"""
    other = judged.copy(tmp_path / "other")
    for step in ("first", "again"):
        if step == "again":
            give_marks(fresh)
            give_marks(other)
        fresh.record()
        through_autograde(other)
        for table, rows in other.rows().items():
            assert fresh.rows()[table] == rows, f"{table}, {step}"
        assert fresh.files() == other.files(), step
    penalties = {row[0]: row[3] for row in fresh.rows()["notebook"]}
    assert (penalties["late"], penalties["extended"], penalties["extra-cells"]) == (2.5, 1.25, None)
    assert penalties["wrong"] is not None


def test_an_instructors_own_settings_count(judged: Class, tmp_path: Path) -> None:
    """what is at the end of nbgrader_config.py holds here as it does for nbgrader: steps, late penalties and modes"""
    settings = """
c.ClearMetadataPreprocessor.enabled = True
c.ClearMetadataPreprocessor.preserve_cell_metadata_mask = ["nbgrader"]
c.AssignLatePenalties.plugin_class = "nbgrader.plugins.LateSubmissionPlugin"
c.LateSubmissionPlugin.penalty_method = "zero"
c.Autograde.permissions = 440
"""
    one, other = judged.copy(tmp_path / "one"), judged.copy(tmp_path / "other")
    for class_ in (one, other):
        for student in set(class_.students) - {"late", "notebook"}:
            shutil.rmtree(class_.room / "submitted" / student)
        with (class_.room / "nbgrader_config.py").open("a") as file:
            file.write(settings)
    one.record()
    through_autograde(other)
    assert (one.rows(), one.files()) == (other.rows(), other.files())
    assert {row[0]: row[3] for row in one.rows()["notebook"]}["late"] == 5.0
    assert {mode & 0o777 for mode, _ in one.files().values()} == {0o440}


def test_what_a_person_gave_stays(recorded: Class) -> None:
    """manual points, extra credit and comments survive new work, and the cell asks for another look"""
    give_marks(recorded)
    recorded.record()
    rows = recorded.rows()
    assert ("late-prose", "answer", "GradeCell", None, 1.0, 0.25, 1) in rows["grade"]
    assert ("late-prose", "answer", "SolutionCell", None, "Well said.") in rows["comment"]
    assert ("untouched", "answer", "SolutionCell", "No response.", None) in rows["comment"]


def test_a_second_run_writes_nothing(recorded: Class) -> None:
    """a student who is recorded correctly is left alone, in the folder and in the gradebook"""
    stamps, gradebook = recorded.stamps(), (recorded.room / "gradebook.db").read_bytes()
    recorded.record()
    assert recorded.stamps() == stamps
    assert (recorded.room / "gradebook.db").read_bytes() == gradebook


def test_a_classroom_of_another_version_is_graded_as_one_of_this(recorded: Class) -> None:
    """settings that plain nbgrader commands read are those of this version after a grading, without a release"""
    settings = recorded.room / "nbgrader_config.py"
    of_today = settings.read_text()
    classroom_config.write(replace(recorded.course, timezone="Europe/Berlin"))
    assert settings.read_text() != of_today
    recorded.record()
    assert settings.read_text() == of_today


def test_marks_are_not_called_in_question_without_new_work(recorded: Class) -> None:
    """a person's marks stay settled as long as the work stays as it is"""
    change = "UPDATE grade SET manual_score = 1, needs_manual_grade = 0 WHERE auto_score IS NULL"
    recorded.change(change + " AND notebook_id IN (SELECT id FROM submitted_notebook WHERE late_submission_penalty IS NULL)")
    rows, stamps = recorded.rows(), recorded.stamps()
    recorded.record()
    assert (recorded.rows(), recorded.stamps()) == (rows, stamps)


def rewritten(class_: Class, before: dict[str, tuple[int, int]]) -> set[str]:
    after = class_.stamps()
    return {student for student in class_.students if after[str(class_.graded(student))] != before[str(class_.graded(student))]}


def test_new_work_is_recorded_and_nobody_elses(recorded: Class) -> None:
    """another report key, another time or more time costs a new folder for the student it concerns"""
    before = recorded.stamps()
    judged = [replace(one, key="another") if one.work.student == "notebook" else one for one in recorded.judged()]
    entries = record(recorded.course, recorded.unit, judged)
    assert all(entry.done for entry in entries)
    assert rewritten(recorded, before) == {"notebook"}
    recorded.record()
    before = recorded.stamps()
    recorded.hand_in("script", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    grant_extensions(recorded.course, recorded.unit, {"late": timedelta(days=2)})
    recorded.hand_in("untouched", "scaling.ipynb", recorded.notebook(**WRONG))
    recorded.record()
    assert rewritten(recorded, before) == {"script", "late", "untouched"}
    penalties = {row[0]: row[3] for row in recorded.rows()["notebook"]}
    assert (penalties["script"], penalties["late"]) == (2.5, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grade SET auto_score = 0.125",
        "UPDATE grade SET needs_manual_grade = 1",
        "UPDATE comment SET auto_comment = 'another'",
        "UPDATE submitted_notebook SET late_submission_penalty = 9",
        "UPDATE submitted_assignment SET timestamp = '2026-02-01 00:00:00.000000' WHERE student_id LIKE 'late%'",
        "DELETE FROM grade",
        "DELETE FROM submitted_notebook",
    ],
)
def test_rows_that_are_not_as_they_should_be_are_made_good(recorded: Class, statement: str) -> None:
    """a graded folder alone does not leave a student out"""
    rows = recorded.rows()
    recorded.change(statement)
    if statement == "DELETE FROM submitted_notebook":
        recorded.change("DELETE FROM grade")
        recorded.change("DELETE FROM comment")
    assert recorded.rows() != rows
    recorded.record()
    assert recorded.rows() == rows


def test_a_folder_that_is_not_as_it_should_be_is_made_good(recorded: Class) -> None:
    """a missing folder, a changed notebook, a missing note and a partial one are repaired"""
    files, before = recorded.files(), recorded.stamps()
    rmtree(str(recorded.graded("script")))
    for student, name in (("late", "scaling.ipynb"), ("notebook", KEY_FILE)):
        path = recorded.graded(student) / name
        path.chmod(0o644)
        path.write_text(path.read_text()[:100])
    (recorded.graded("wrong") / KEY_FILE).unlink()
    recorded.record()
    assert recorded.files() == files
    assert rewritten(recorded, before) == {"script", "late", "notebook", "wrong"}


def test_a_lost_gradebook_is_filled_again(recorded: Class, tmp_path: Path) -> None:
    """after gradebook.db was deleted and the unit released again, the class is recorded as before"""
    rows = recorded.rows()
    (recorded.room / "gradebook.db").unlink()
    release(recorded.course, recorded.unit, tmp_path / "handout")
    grant_extensions(recorded.course, recorded.unit, {"extended": timedelta(days=1)})
    recorded.record()
    assert recorded.rows() == rows


def test_a_locked_gradebook_is_said(fresh: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """another program's lock stops the run with a word on what to do; what was recorded stays, the rest comes with the next"""
    monkeypatch.setattr(recording, "GROUP", 4)
    heard: list[str] = []
    judged = fresh.judged()
    with closing(fresh.database()) as other:

        def lock(entry: Recorded) -> None:
            heard.append(entry.student)
            if len(heard) == 4:
                other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Fault, match=r"gradebook\.db is locked\. Close formgrader .* run the command again: reports"):
            record(fresh.course, fresh.unit, judged, lock)
    assert heard == fresh.students[:4]
    assert {row[0] for row in fresh.rows()["notebook"]} == {*heard, "extended"}
    fresh.record()
    assert len(fresh.rows()["notebook"]) == len(fresh.students)


def test_nobody_has_feedback_before_a_grading(fresh: Class) -> None:
    """where nobody's work is graded, that is said, with the command that comes first"""
    with pytest.raises(UsageError, match="Nobody's work on scaling is graded yet: run `cnngrade grade scaling` first"):
        write_feedback(fresh.course, fresh.unit)


def test_a_full_disk_is_said(fresh: Class, recorded: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """no room for a folder or for the gradebook stops the run with a word on what to do"""

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def no_room_for_rows(*_: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    late = fresh.judged("late")
    with monkeypatch.context() as patch:
        patch.setattr(recording, "replace_folder", no_room)
        with pytest.raises(Fault, match=r"no room left for .*late.*scaling\. Make room .* run the command again"):
            record(fresh.course, fresh.unit, late)
    with monkeypatch.context() as patch:
        patch.setattr(recording, "enter", no_room_for_rows)
        with pytest.raises(Fault, match=r"no room left for the gradebook .*gradebook\.db\. Make room"):
            record(fresh.course, fresh.unit, late)
    fresh.record()
    assert (fresh.rows(), fresh.files()) == (recorded.rows(), recorded.files())


def test_a_failure_costs_nobody_else(fresh: Class, recorded: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """a notebook that cannot be made, an invalid time and rows that are refused are named, and all others recorded"""
    fresh.hand_in("script", "timestamp.txt", "yesterday", "yesterday")
    fresh.hand_in("no-time", "timestamp.txt", "", "9999-12-31 23:59:59 UTC")
    with closing(fresh.database()) as database, database:
        database.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON submitted_assignment WHEN NEW.student_id = 'late' "
            "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
    true = recording.lay_file

    def lay_file(released: nbformat.NotebookNode, path: Path, folder: Path, handed_out: Path) -> nbformat.NotebookNode:
        if "wrong" in folder.parts:
            raise ZeroDivisionError("a bug")
        return true(released, path, folder, handed_out)

    monkeypatch.setattr(recording, "lay_file", lay_file)
    entries = record(fresh.course, fresh.unit, fresh.judged())
    problems = {entry.student: entry.problem for entry in entries if not entry.done}
    assert sorted(problems) == ["late", "no-time", "script", "wrong"]
    assert "not this one" in problems["late"]
    assert "holds no time" in problems["script"]
    assert "holds no time" in problems["no-time"]
    assert problems["wrong"] == "ZeroDivisionError: a bug"
    missing = set(problems)
    for table, rows in recorded.rows().items():
        assert fresh.rows()[table] == [row for row in rows if row[0] not in missing], table


KILLED = """\
import os, signal, sys
from pathlib import Path
from cnngrade import files
from cnngrade.classroom.judge_class import judge_class
from cnngrade.course.load import load_course
from cnngrade.gradebook import record as recording

point, left = sys.argv[2], [int(sys.argv[3])]

def deadly(true):
    def wrapped(*arguments, **settings):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return true(*arguments, **settings)
    return wrapped

recording.GROUP = 4
course = load_course(Path(sys.argv[1]))
judged = judge_class(course, course.units[0])
owner = {"rename": Path, "chmod": Path, "remove": files, "note": recording._Recorder}.get(point, recording)
setattr(owner, point, deadly(getattr(owner, point)))
recording.record(course, course.units[0], judged)
"""


@pytest.fixture(scope="module")
def undisturbed(recorded_once: Class, tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, Class]:
    """A class with new work, before it is recorded again and after."""
    root = tmp_path_factory.mktemp("undisturbed")
    before = recorded_once.copy(root / "before")
    give_marks(before)
    after = before.copy(root / "after")
    after.record()
    return before, after


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not known there")
@pytest.mark.parametrize(
    ("point", "call"),
    sweep([("rename", 2), ("enter", 1), ("note", 3), ("chmod", 2), ("remove", 2), ("enter", 2)], [("enter", 1)]),
)
def test_a_killed_run_is_finished_by_the_next(undisturbed: tuple[Class, Class], tmp_path: Path, point: str, call: int) -> None:
    """wherever a run is killed, the next one leaves what an undisturbed run does, and nothing else"""
    before, after = undisturbed
    class_ = before.copy(tmp_path / "killed")
    environment = {"PYTHONPATH": str(GRADER)}
    command = [sys.executable, "-c", KILLED, str(class_.course.root), point, str(call)]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == -9
    class_.record()
    assert (class_.rows(), class_.files()) == (after.rows(), after.files())
    # Of each new verdict there is a line, whether the gradebook had it before the run was killed or not.
    logged = [{line["student"]: line["report"] for line in events(one.course, EventKind.VERDICT)} for one in (class_, after)]
    assert logged[0] == logged[1]
    leftovers = [path for path in class_.room.rglob(".*") if path.name.startswith(".scaling")]
    assert leftovers == []


def test_a_folder_that_was_being_replaced_comes_back(recorded: Class) -> None:
    """the next run brings back what a killed one had put aside, even if it records others"""
    files = recorded.files()
    recorded.graded("late").rename(recorded.graded("late").with_name(".scaling.former"))
    record(recorded.course, recorded.unit, recorded.judged("script"))
    assert recorded.files() == files


def test_a_note_is_for_nobody_else(recorded: Class) -> None:
    """what is noted in a graded folder does not reach the student, by our feedback command or nbgrader's"""
    assert (recorded.graded("late") / KEY_FILE).is_file()
    (page,) = write_feedback(recorded.course, recorded.unit, ["late"])
    assert not (page.parent / KEY_FILE).exists()
    assert KEY_FILE in CourseDirectory(config=classroom_config.read(recorded.course)).ignore


def test_scores_add_up_in_the_gradebook(recorded: Class) -> None:
    """nbgrader's own sums over the rows are the points, and its extension is a time"""
    with open_gradebook(course_directory(classroom_config.read(recorded.course))) as gradebook:
        submission = gradebook.find_submission("scaling", "extended")
        assert (submission.score, submission.max_score, submission.extension) == (5.0, 6.0, timedelta(days=1))
        assert submission.late_submission_penalty == 1.25
        assert gradebook.find_student("wrong").score < 5.0
