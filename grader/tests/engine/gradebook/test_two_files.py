"""A script and a notebook handed in together: the same one is judged, shown and entered on every way."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest

from cnngrade.classroom.report_store import load
from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import generate
from cnngrade.gradebook.class_table import class_table
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.jobs.check import check
from cnngrade.jobs.collect import collect
from cnngrade.jobs.grade import grade
from cnngrade.jobs.release import write_handout
from cnngrade.jobs.targets import targets
from cnngrade.model import Course
from support import tiny_course
from support.places import GRADER
from support.tiny_course import RIGHT

WHOLE = tiny_course.script(**RIGHT)
HALF = {"double": RIGHT["double"]}
PLAYED = "from scaling import double\nprint(double(np.ones(3)))"
NO_WORK = "scaling.py is the one judged: no function is written in scaling.ipynb."
SAME_TIME = (
    "Both scaling.ipynb and scaling.py hold work and carry the same time; "
    "scaling.py is judged because 2 of 2 functions are written in it, and 1 in scaling.ipynb."
)
# (functions written in the notebook, how many hours after the script it was saved, what the report says about the choice)
STUDENTS = {
    "played": ({}, 0, NO_WORK),
    "played-later": ({}, 5, NO_WORK),
    "half": (HALF, 0, SAME_TIME),
    "half-earlier": (HALF, -5, "Both scaling.ipynb and scaling.py hold work; scaling.py was saved last and is the one judged."),
}


def released_notebook(release: Path, functions: dict[str, str]) -> str:
    """Return the released notebook with these functions written, and with a cell in which the script is played with."""
    notebook = nbformat.read(release / "scaling.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = functions.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    notebook.cells.append(nbformat.v4.new_code_cell(PLAYED if not functions else "print(double(np.ones(3)))"))
    return str(nbformat.writes(notebook))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class whose works came in one zip, collected and graded; the last test here changes it."""
    tmp_path = tmp_path_factory.mktemp("two-files")
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    handout = tmp_path / "handout"
    write_handout(course, course.units[0], handout)
    release = generate(course, course.units[0], tiny_course.POINTS, handout)
    with zipfile.ZipFile(tmp_path / "works.zip", "w") as works:
        for student, (functions, later, _) in STUDENTS.items():
            for name, text, hour in (("ipynb", released_notebook(release, functions), 12 + later), ("py", WHOLE, 12)):
                works.writestr(zipfile.ZipInfo(f"{student}/scaling.{name}", (2026, 2, 20, hour, 0, 0)), text)
    collect(course, course.units[0], tmp_path / "works.zip")
    assert grade(course, course.units[0]).missing == ()
    return course


def is_from_the_script(course: Course, student: str) -> bool:
    """Say whether the graded notebook shows the script's functions."""
    notebook = nbformat.read(course.root / "classroom" / "autograded" / student / "scaling" / "scaling.ipynb", as_version=4)
    shown = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells}
    return all(shown[name] == source for name, source in RIGHT.items())


@pytest.mark.slow
def test_every_way_judges_the_same_file(graded: Course) -> None:
    """collected from one zip, by our command and by nbgrader's: the script's points, its code, and why it was the one"""
    unit = graded.units[0]
    for again in (False, True):
        if again:
            environment = os.environ | {"PYTHONPATH": str(GRADER)}
            environment["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
            command = [sys.executable, "-m", "nbgrader", "autograde", "scaling", "--force"]
            subprocess.run(command, cwd=graded.root / "classroom", env=environment, capture_output=True, check=True)
        rows = {row.student: row for row in class_table(graded, unit)}
        for student, (_, _, said) in STUDENTS.items():
            assert (rows[student].cells["grade-double"], rows[student].cells["grade-triple"]) == (3.0, 2.0)
            assert is_from_the_script(graded, student)
            report = load(graded, unit, student)
            assert report is not None
            assert (report.problems, report.submission.path.name) == ((said,), "scaling.py")
    (page,) = write_feedback(graded, unit, ["half"])
    assert "carry the same time" in page.read_text(encoding="utf-8")


def test_a_student_is_told_the_same(graded: Course, tmp_path: Path) -> None:
    """check in the released folder, where the stubs are known by their digests alone, chooses as the grading does"""
    for student, (functions, later, said) in STUDENTS.items():
        folder = tmp_path / student
        write_handout(graded, graded.units[0], folder)
        (folder / "scaling.py").write_text(WHOLE)
        (folder / "scaling.ipynb").write_text(released_notebook(graded.root / "classroom" / "release" / "scaling", functions))
        for name, hours in (("scaling.py", 0), ("scaling.ipynb", later)):
            os.utime(folder / name, (1_700_000_000 + 3_600 * hours,) * 2)
        report = check(targets((), folder)[0])
        assert (report.problems, report.earned, report.submission.path.name) == ((said,), 4.0, "scaling.py")


def test_other_times_are_another_submission(graded: Course) -> None:
    """a stored report counts as long as the same file is the later one, since that may decide which is judged"""
    unit, folder = graded.units[0], graded.root / "classroom" / "submitted" / "half" / "scaling"
    fresh: list[bool] = []
    grade(graded, unit, students=["half"], on_report=lambda report, is_fresh: fresh.append(is_fresh))
    os.utime(folder / "scaling.ipynb", (1_900_000_000,) * 2)
    grade(graded, unit, students=["half"], on_report=lambda report, is_fresh: fresh.append(is_fresh))
    assert fresh == [False, True]
    report = load(graded, unit, "half")
    assert report is not None
    assert report.problems == (
        "Both scaling.ipynb and scaling.py hold work; scaling.ipynb was saved last and is the one judged.",
    )
    assert not is_from_the_script(graded, "half")
