"""A class, end to end, with a real gradebook: what each kind of submission becomes in it, and what its student reads."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cnngrade.classroom.judge_class import Judged, judge_class, report_for
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Fault, UsageError, Verdict
from cnngrade.gradebook import config, grade_cells
from cnngrade.gradebook.assignment import generate
from cnngrade.gradebook.class_table import ClassRow, class_table
from cnngrade.gradebook.extensions import grant_extensions
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.record import Recorded, record
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Fate
from cnngrade.jobs.grade import grade
from cnngrade.model import Course, Unit
from support import tiny_course
from support.places import GRADER

ON_TIME = "2026-02-28 12:00:00.000000 UTC"
LATE = "2026-03-02 20:00:00.000000 UTC"
SQUARED = "def double(x):\n    return np.asarray(x) ** 2"
# Prints every input, and puts a table, which only the hidden test gives it, into an exception.
TELLTALE = """\
def double(x):
    print("<script>alert(1)</script>", x)
    if np.ndim(x) == 2:
        raise ValueError(f"here it is: {x}")
    return 2 * np.asarray(x)"""
ALERT = "def triple(x):\n    raise ValueError('<script>alert(2)</script>')"


@dataclass(frozen=True)
class Class:
    course: Course
    unit: Unit
    recorded: Mapping[str, Recorded]
    rows: Mapping[str, ClassRow]
    before: Mapping[str, bytes]

    @property
    def room(self) -> Path:
        return self.course.root / "classroom"

    def graded(self, student: str) -> nbformat.NotebookNode:
        return nbformat.read(self.room / "autograded" / student / "scaling" / "scaling.ipynb", as_version=4)

    def points(self, student: str) -> dict[str, float | None]:
        return dict(self.rows[student].cells)


def hand_in(course: Course, student: str, name: str, data: str | bytes, when: str = ON_TIME) -> None:
    folder = course.root / "classroom" / "submitted" / student / "scaling"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    (folder / "timestamp.txt").write_text(when + "\n")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def notebook_with(released: Path, **sources: str) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(released.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell["source"] = sources[name]
    return notebook


def make_class(root: Path) -> tuple[Course, Unit]:
    course = load_course(tiny_course.make_course(root / "course"))
    unit = course.units[0]
    handout = root / "handout"
    (handout / "autograde_tests").mkdir(parents=True)
    (handout / "scaling.py").write_text(tiny_course.EXERCISE, encoding="utf-8")
    released = generate(course, unit, tiny_course.POINTS, handout) / "scaling.ipynb"
    right = notebook_with(released, **tiny_course.RIGHT, answer="Because of zero.")
    doubled = {**right, "cells": right["cells"] + right["cells"][3:5]}
    bare = {**right, "cells": [right["cells"][1], right["cells"][3]]}
    hand_in(course, "notebook", "scaling.ipynb", json.dumps(right))
    hand_in(course, "script", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    hand_in(course, "late", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    hand_in(course, "squared", "scaling.py", tiny_course.script(double=SQUARED, triple=tiny_course.RIGHT["triple"]))
    hand_in(course, "doubled-cells", "scaling.ipynb", json.dumps(doubled))
    hand_in(course, "deleted-cells", "scaling.ipynb", json.dumps(bare))
    hand_in(course, "untouched", "scaling.ipynb", released.read_bytes())
    hand_in(course, "telltale", "scaling.py", tiny_course.script(double=TELLTALE, triple=ALERT))
    hand_in(course, "no-json", "scaling.ipynb", '{"cells": [')
    hand_in(course, "latin1", "scaling.py", tiny_course.script().replace("Numbers", "Z\xe4hlen").encode("latin-1") + b"# \xe4")
    hand_in(course, "empty", "scaling.ipynb", b"")
    hand_in(course, "other-file", "essay.txt", "I wrote an essay.")
    return course, unit


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Class:
    course, unit = make_class(tmp_path_factory.mktemp("class"))
    submitted = course.root / "classroom" / "submitted"
    before = contents(submitted)
    heard: list[Recorded] = []
    graded = grade(course, unit, on_entry=heard.append)
    assert list(graded.recorded) == heard
    rows = {row.student: row for row in class_table(course, unit)}
    return Class(course, unit, {entry.student: entry for entry in graded.recorded}, rows, before)


def test_everybody_who_handed_in_is_recorded(class_: Class) -> None:
    """whatever was handed in ends in the gradebook"""
    assert [entry.problem for entry in class_.recorded.values() if not entry.done] == []
    assert sorted(class_.rows) == sorted(class_.recorded)


def test_nothing_in_submitted_is_touched(class_: Class) -> None:
    """recording reads what students handed in, and leaves nothing of its own behind"""
    assert contents(class_.room / "submitted") == class_.before
    assert [path.name for path in class_.room.iterdir() if path.name.startswith("staged")] == []


@pytest.mark.parametrize("student", ["notebook", "script", "doubled-cells", "late"])
def test_right_work_earns_its_points(class_: Class, student: str) -> None:
    """a notebook, a script and a notebook with doubled cells earn the same"""
    points = class_.points(student)
    assert (points["grade-double"], points["grade-triple"]) == (3.0, 2.0)


def test_a_cell_that_is_not_there_earns_nothing(class_: Class) -> None:
    """when its marked cells are deleted, the rest of a notebook is graded"""
    assert class_.points("deleted-cells") == {"grade-double": 3.0, "grade-triple": 0.0, "answer": 0.0}
    assert class_.rows["deleted-cells"].needs_manual_grade is False


def test_prose_waits_for_a_person(class_: Class) -> None:
    """an answer in prose has no points yet and says so; an untouched one has none and waits for nobody"""
    row = class_.rows["notebook"]
    assert (row.score, row.possible, row.cells["answer"], row.needs_manual_grade) == (5.0, 6.0, None, True)
    row = class_.rows["untouched"]
    assert (row.score, row.cells["answer"], row.needs_manual_grade) == (0.0, 0.0, False)


def test_late_work_costs_a_fraction_a_day(class_: Class) -> None:
    """a day and eight hours late are two days begun: half of the score at a quarter a day"""
    row = class_.rows["late"]
    assert (row.late_penalty, row.score) == (2.5, 2.5)


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("no-json", "not a notebook"),
        ("latin1", "not UTF-8"),
        ("empty", "is empty"),
        ("other-file", "no scaling.ipynb"),
    ],
)
def test_what_cannot_be_read_earns_nothing_and_says_why(class_: Class, student: str, reason: str) -> None:
    """an unreadable submission has 0 points and the reason in a grade cell, for those who open it"""
    assert class_.rows[student].score == 0.0
    cells = [cell for cell in class_.graded(student).cells if cell.get("outputs")]
    assert len(cells) == 2
    assert any(reason in cell.outputs[0].data["text/html"] for cell in cells)


def test_a_grade_cell_has_one_number_and_a_report(class_: Class) -> None:
    """every grade cell says its points as nbgrader reads them, nothing on stderr, and shows the report"""
    for student in class_.rows:
        cells = [cell for cell in class_.graded(student).cells if cell.metadata.get("nbgrader", {}).get("grade")]
        for cell in cells[:2]:
            (output,) = cell.outputs
            assert output.output_type == "execute_result"
            assert float(output.data["text/plain"]) == class_.points(student)[cell.metadata.nbgrader["grade_id"]]
            assert output.data["text/html"]


def test_a_script_is_shown_in_the_notebook(class_: Class) -> None:
    """opening a script's submission in formgrader shows the student's code, and finds the script beside it"""
    (cell,) = [cell for cell in class_.graded("script").cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double"]
    assert cell.source == tiny_course.RIGHT["double"]
    kept = class_.room / "autograded" / "script" / "scaling" / "scaling.py"
    assert kept.read_bytes() == class_.before["script/scaling/scaling.py"]


def test_feedback_teaches_and_keeps_secrets(class_: Class) -> None:
    """a page names the mistake, shows no hidden input, and runs nothing that a student printed"""
    squared, telltale = write_feedback(class_.course, class_.unit, ["squared", "telltale"])
    assert squared == class_.room.resolve() / "feedback" / "squared" / "scaling" / "scaling.html"
    page = squared.read_text(encoding="utf-8")
    assert "The numbers are squared." in page
    assert "a table is doubled as well" in page
    assert "0.8125" not in page
    page = telltale.read_text(encoding="utf-8")
    assert class_.points("telltale")["grade-double"] == 2.0
    assert "0.8125" not in page
    assert "&lt;script&gt;alert(2)" in page
    assert "<script>alert(" not in page


def test_feedback_that_is_missing_is_reported(class_: Class) -> None:
    """a page that cannot be written costs no other, and is named; each student is told of as soon as it is done"""
    heard = []

    def hear(page: Path | None, done: int, of: int) -> None:
        heard.append((page and (page.parts[-3], page.is_file()), done, of))

    with pytest.raises(Fault, match="nobody: not graded yet"):
        write_feedback(class_.course, class_.unit, ["script", "nobody", "squared"], hear)
    assert heard == [(None, 1, 3), (("script", True), 2, 3), (("squared", True), 3, 3)]


def test_a_manual_grade_survives_grading_again(class_: Class) -> None:
    """what a person gave stays; an extension changes the penalty when the work is graded again"""
    coursedir = course_directory(config.read(class_.course))
    with open_gradebook(coursedir) as gradebook:
        gradebook.find_grade("answer", "scaling", "scaling", "notebook").manual_score = 0.5
        gradebook.db.commit()
    grant_extensions(class_.course, class_.unit, {"late": timedelta(days=1)})
    assert grade(class_.course, class_.unit, students=["notebook", "late"]).missing == ()
    rows = {row.student: row for row in class_table(class_.course, class_.unit)}
    assert rows["notebook"].score == 5.5
    assert (rows["late"].late_penalty, rows["late"].score) == (1.25, 3.75)


def test_a_fault_of_ours_is_never_a_zero(class_: Class) -> None:
    """a report without a score leaves the gradebook as it was, is named, and costs nobody else"""
    hand_in(class_.course, "unlucky", "scaling.py", tiny_course.script(**tiny_course.RIGHT))

    def with_fault(judged: Judged) -> Judged:
        report = judged.report
        if judged.work.student == "script":
            return judged
        broken = replace(report.outcomes[0], verdict=Verdict.FAULT, earned=0.0, for_staff="the disk is full")
        # Another key, as the work is judged again wherever there is no score.
        return replace(judged, report=replace(report, outcomes=(broken, *report.outcomes[1:]), earned=None), key="fault")

    judged = map(with_fault, judge_class(class_.course, class_.unit, ["unlucky", "late", "script"]))
    entries = {entry.student: entry for entry in record(class_.course, class_.unit, list(judged))}
    assert entries["script"].done
    assert "unlucky has no score for scaling" in entries["unlucky"].problem
    assert "the disk is full" in entries["unlucky"].problem
    rows = {row.student: row for row in class_table(class_.course, class_.unit)}
    assert "unlucky" not in rows
    assert rows["late"].cells["grade-double"] == 3.0
    assert (class_.room / "autograded" / "late" / "scaling").is_dir()


def test_points_that_no_longer_fit_are_refused(class_: Class) -> None:
    """if tests are worth something other than the gradebook says, the error says to release again"""
    report = report_for(class_.course, class_.unit, "script", class_.room / "submitted" / "script" / "scaling")
    with pytest.raises(CourseError, match="cnngrade release scaling"):
        grade_cells._points_in_cell(report, "double", 2.0)
    assert grade_cells._points_in_cell(report, "double", 3.0) == 3.0


def test_a_unit_that_was_not_released_is_said(tmp_path: Path) -> None:
    """without a release nothing is recorded"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    with pytest.raises(UsageError, match="cnngrade release"):
        record(course, course.units[0], [])


@pytest.mark.slow
def test_plain_nbgrader_autograde_grades_as_well(class_: Class, tmp_path: Path) -> None:
    """nbgrader's own command gives the same scores, to collected scripts too, and its exit status tells of unreadable files"""
    (tmp_path / "collected").mkdir()
    (tmp_path / "collected" / "scaling.py").write_text(tiny_course.script(double=SQUARED, triple=tiny_course.RIGHT["triple"]))
    assert [entry.fate for entry in collect(class_.course, class_.unit, tmp_path)] == [Fate.COLLECTED]
    environment = {**os.environ, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])}
    environment["PYTHONPATH"] = str(GRADER)
    command = [sys.executable, "-m", "nbgrader", "autograde", "scaling", "--force"]
    run = subprocess.run(command, cwd=class_.room, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    failed = {line.rsplit("'", 2)[1] for line in run.stderr.splitlines() if "for student" in line}
    assert failed == {"no-json", "empty"}
    rows = {row.student: row for row in class_table(class_.course, class_.unit)}
    for student in ("notebook", "doubled-cells"):
        assert (rows[student].cells["grade-double"], rows[student].cells["grade-triple"]) == (3.0, 2.0)
    assert rows["collected"].cells == class_.rows["squared"].cells
    report = json.loads((class_.room / "reports" / "scaling" / "collected.json").read_text())["report"]
    assert {layer["name"] for layer in report["layers"] if layer["active"]} >= {"limits", "seccomp"}


def test_read_only_results_are_graded_again(class_: Class) -> None:
    """nbgrader leaves read-only files; grading and feedback can be repeated all the same"""
    notebook = class_.room / "autograded" / "untouched" / "scaling" / "scaling.ipynb"
    assert not notebook.stat().st_mode & stat.S_IWUSR
    assert grade(class_.course, class_.unit, students=["untouched"]).missing == ()
    assert len(write_feedback(class_.course, class_.unit, ["untouched"])) == 1
