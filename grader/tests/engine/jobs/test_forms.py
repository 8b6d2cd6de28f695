"""Right work in every form that tools and students give it: what a real kernel finds right, `check` and `grade` find right.

The truth about a form is what a kernel has defined when the notebook's cells have run (for a script: plain Python, or the
editor that wrote it). Where we judge something else, the table says why.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from jsonschema import ValidationError

from cnngrade.course.load import load_course
from cnngrade.gradebook.class_table import class_table
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report
from cnngrade.scoring import part_of
from cnngrade.student.candidate import candidate
from support import tiny_course
from support.forms import FORMS
from support.forms.form import Form, Runs
from support.forms.kernels import Kernels, opened, right_when_run
from support.graded_class import Class, release
from support.places import ENVIRONMENT

PUBLIC = {"double": 2.0, "triple": 2.0}
GRADED = tiny_course.POINTS
SAMPLE = FORMS[::15]
# A kernel for each form takes longer than to judge it.
_RUN = {form.name for form in FORMS[::30]}

slow = pytest.mark.slow
some_or_all = pytest.mark.parametrize("forms", [pytest.param(SAMPLE, id="some"), pytest.param(FORMS, id="all", marks=slow)])


def make_course(root: Path) -> Course:
    """Write the tiny course, in which submissions may use what people use beside NumPy."""
    tiny_course.make_course(root)
    book = root / "course.yml"
    book.write_text(book.read_text(encoding="utf-8") + "  packages: [numpy, numba, matplotlib]\n", encoding="utf-8")
    return load_course(root)


def lay(form: Form, folder: Path) -> Path:
    """Write the form and what lies beside it, and return the file that was handed in."""
    folder.mkdir(parents=True)
    path = folder / f"scaling{form.suffix}"
    path.write_bytes(form.data)
    for name, text in form.beside.items():
        (folder / name).write_text(text, encoding="utf-8")
    return path


def wrongly_judged(forms: Sequence[Form], points: Mapping[str, Mapping[str, float | None]], worth: Mapping[str, float]) -> str:
    """Return a line for every form that does not get, by its student's name, the points it should."""
    expected = {form.student: {name: worth[name] * (name in form.judged) for name in worth} for form in forms}
    return "\n".join(
        f"{form.name}: {points.get(form.student)}, not {expected[form.student]}"
        for form in forms
        if points.get(form.student) != expected[form.student]
    )


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    if not hasattr(os, "fork"):
        pytest.skip("kernels are forked here, and this system does not fork")
    with Kernels() as running:
        yield running


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, id=form.student, marks=[] if form.name in _RUN else slow)
        for form in FORMS
        if form.runs is not Runs.NOT
    ],
)
def test_what_runs_right(form: Form, kernels: Kernels, tmp_path: Path) -> None:
    """a kernel, or Python, finds right what the table says"""
    make_course(tmp_path)
    path = lay(form, tmp_path / "work" / form.student)
    assert right_when_run(form, path, kernels) == form.right


@pytest.mark.parametrize("form", [pytest.param(form, id=form.student) for form in FORMS if form.runs is Runs.NOT])
def test_what_jupyter_cannot_open(form: Form) -> None:
    """what the table says that Jupyter cannot open, it does refuse"""
    with pytest.raises((ValueError, ValidationError)):
        opened(form.data)


@pytest.mark.parametrize("name", ["help after a name", "time cell", "error above the function", "one function missing"])
def test_the_notebook_shows_the_points_itself(name: str, kernels: Kernels, tmp_path: Path) -> None:
    """the course's own cells, run in the student's kernel, show the points that `check` gives for the file"""
    make_course(tmp_path)
    (form,) = (form for form in FORMS if form.name == name)
    path = lay(form, tmp_path / "work")
    sources = [cell["source"] for cell in json.loads(form.data)["cells"] if cell["cell_type"] == "code"]
    assert kernels.run_cells(sources, path.parent) == [f"{PUBLIC[name] * (name in form.judged):g}" for name in PUBLIC]


@some_or_all
def test_check_judges_alike(forms: Sequence[Form], tmp_path: Path) -> None:
    """`check` gives the points of the public tests for what runs right"""
    course = make_course(tmp_path / "course")
    unit = course.units[0]
    points: dict[str, Mapping[str, float | None]] = {}

    def note(report: Report) -> None:
        student = report.submission.path.parent.name
        points[student] = {name: part_of(report, name).earned for name in PUBLIC}

    # As the command does it for one file, with the tests collected once for all.
    entries = (candidate(course, lay(form, tmp_path / form.student), unit, "") for form in forms)
    judge_many(Suite(course, unit), entries, note)
    assert wrongly_judged(forms, points, PUBLIC) == ""


def make_class(root: Path, forms: Sequence[Form], *, whole_folder: bool = False) -> Class:
    """Release the unit to a class in which each form has a student who hands it in.

    In the `whole_folder` a script comes with the notebook that nobody has touched, as nbgrader's own submission has it.
    """
    course = make_course(root / "course")
    release(course, course.units[0], root / "handout")
    made = Class(course, course.units[0])
    for form in forms:
        if whole_folder and form.suffix == ".py":
            made.hand_in(form.student, "scaling.ipynb", made.notebook())
        for name, text in form.beside.items():
            made.hand_in(form.student, name, text)
        made.hand_in(form.student, f"scaling{form.suffix}", form.data)
    return made


def in_the_gradebook(made: Class) -> dict[str, Mapping[str, float | None]]:
    rows = class_table(made.course, made.unit)
    return {row.student: {name: row.cells.get(f"grade-{name}", 0.0) for name in GRADED} for row in rows}


@some_or_all
def test_grade_judges_alike(forms: Sequence[Form], tmp_path: Path) -> None:
    """a class of which each student hands in another form: the gradebook has the points of all tests for what runs right"""
    made = make_class(tmp_path, forms)
    made.record()
    assert wrongly_judged(forms, in_the_gradebook(made), GRADED) == ""


@slow
def test_nbgrader_autograde_judges_alike(tmp_path: Path) -> None:
    """nbgrader's own command brings the same points as `grade`; what Jupyter cannot open it refuses itself"""
    opened = [form for form in FORMS if form.runs is not Runs.NOT]
    made = make_class(tmp_path, opened, whole_folder=True)
    command = [sys.executable, "-m", "nbgrader", "autograde", "scaling"]
    run = subprocess.run(command, cwd=made.room, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert wrongly_judged(opened, in_the_gradebook(made), GRADED) == ""
    assert run.returncode == 0, run.stderr


def test_the_table_names_each_form_once() -> None:
    """a form has a name, and a student, of its own, and says why where it is judged otherwise than it runs"""
    assert len({form.student for form in FORMS}) == len(FORMS)
    assert [form.name for form in FORMS if (form.judged != form.right) != bool(form.because)] == []
