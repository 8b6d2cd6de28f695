"""The class that the demo shows: its right answers are right in the course that it is shown with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import UsageError, Verdict
from cnngrade.jobs.demo import run_demo, what_happened
from cnngrade.jobs.demo_class import read_class
from cnngrade.model import Course, Outcome
from cnngrade.scoring import report_of
from support import tiny_course
from support.expectations import read
from support.handmade_reports import GRADED, TITLE, outcome
from support.places import CORPUS, GRADER, ROOT


def test_the_demos_class_needs_no_package_that_is_not_offered() -> None:
    """nobody in it uses a package that the course does not list, so that no right answer ends with 0 points"""
    course = load_course(ROOT)
    files = read_class(GRADER / "demo" / "class.yml", course).files
    asked = {student: set(read(file).packages) for student, file in files.items() if CORPUS in file.resolve().parents}
    assert len(asked) > 10
    assert {student: sorted(packages - set(course.policy.packages)) for student, packages in asked.items()} == {
        student: [] for student in asked
    }


def test_an_instructor_reads_what_cost_the_points() -> None:
    """of a case on a student's own numbers the whole fact, not only its form, and never that a case waits for another"""
    waits = outcome("stride 2", Verdict.SKIPPED, text='waits for "padding"')
    wrong = outcome(
        "padding", Verdict.WRONG, text="2 of 4 numbers differ.", staff="2 of 4 numbers differ; first [0]: yours 1, ..."
    )
    formless = outcome("a bias", Verdict.WRONG, staff="AssertionError: there are 26 parameters\nassert 25 == 26")
    raised = replace(outcome("one map", Verdict.RAISED, text="conv2d raised IndexError: 7", staff="a trace"), own_inputs=True)

    def told(*outcomes: Outcome) -> str:
        return what_happened(report_of(GRADED, TITLE, outcomes))

    assert told(waits, replace(wrong, own_inputs=True)) == wrong.for_staff
    assert told(waits, replace(formless, own_inputs=True)) == "AssertionError: there are 26 parameters"
    assert told(waits, wrong) == wrong.for_student
    assert told(waits, raised) == raised.for_student
    assert told(waits, replace(wrong, cause="The kernel is flipped.")) == "The kernel is flipped."
    assert told(outcome("a bias"), waits) == ""


CLASS = """\
unit: scaling
students: {ada: right.py, ben: stubs.py, carla: notebook.ipynb, dan: right.py}
answers: {ada: "Twice adds,\\nsquaring multiplies.", carla: Because of zero., dan: Because.}
marks: {ada: 0.75, carla: 0}
"""
CELL = {"cell_type": "markdown", "metadata": {}, "source": "mine"}
NOTEBOOK = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def made(folder: Path, text: str = CLASS) -> Path:
    folder.mkdir()
    (folder / "class.yml").write_text(text)
    (folder / "right.py").write_text(tiny_course.script(**tiny_course.RIGHT).partition('# %% [markdown] tags=["prose"]')[0])
    (folder / "stubs.py").write_text(tiny_course.script())
    (folder / "notebook.ipynb").write_text(NOTEBOOK)
    return folder / "class.yml"


def test_a_class_hands_in_prose_and_a_person_marks_it(course: Course, tmp_path: Path) -> None:
    """what was marked counts in the table, and what waits is counted"""
    said: list[str] = []
    book = course.root / "course.yml"
    book.write_text(book.read_text().replace("late_penalty_per_day: 0.25", "late_penalty_per_day: 0"))
    run_demo(course, made(tmp_path / "class"), tmp_path / "demo", said.append)
    told = [" ".join(line.split()) for line in said]
    assert "ada wrote: Twice adds, squaring multiplies." in told
    assert "ada gets 0.75 of 1 points for it" in told
    table = {line.split()[0]: line.split()[1] for line in told if " of 6 " in line and not line.startswith("scaling:")}
    assert table == {"ada": "5.75", "ben": "0", "carla": "0", "dan": "5"}
    assert "4 students; answers in prose: 2 marked, 1 waiting for a person." in told
    room = tmp_path / "demo" / "classroom"
    assert any(line.startswith("scaling: 4 of 4 in the class graded, mean 2.69") for line in told)
    assert "dan" in (room / "class" / "scaling.html").read_text()
    marks = [line.split(",") for line in (room / "exports" / "scaling.csv").read_text().splitlines()[1:]]
    assert {row[0]: row[4] for row in marks} == {"ada": "5.75", "ben": "0", "carla": "0", "dan": "5"}
    log = (room / "log.jsonl").read_text()
    assert [log.count(f'"event": "{kind}"') for kind in ("mark", "verdict")] == [2, 4]


@pytest.mark.parametrize(
    ("was", "is_", "said"),
    [
        ("marks: {ada: 0.75", "marks: {ada: 1.5", "ada gets 1.5 points, and an answer is worth 1"),
        ("marks: {ada", "marks: {ben", "ben gets points for an answer, and gives none"),
        ("answers: {ada", "answers: {zoe", "zoe answers the question, and hands in no file"),
        ("ada: right.py", "ada: wrong.py", "the work of ada, .*wrong.py, is missing"),
        ("marks: {ada: 0.75", "marks: {ada: some", "does not describe a class"),
    ],
)
def test_a_class_that_does_not_fit_is_refused(course: Course, tmp_path: Path, was: str, is_: str, said: str) -> None:
    """points beyond what an answer is worth, or for none, answers of nobody, a file that is missing"""
    with pytest.raises(UsageError, match=said):
        read_class(made(tmp_path / "class", CLASS.replace(was, is_)), course)


def test_the_demos_class_answers_and_one_is_marked() -> None:
    """some leave the question out, and most answers wait"""
    group = read_class(GRADER / "demo" / "class.yml", load_course(ROOT))
    assert 2 <= len(group.answers) < len(group.files)
    assert len(group.marks) == 1
