"""A student's journey through the whole course: released folders, stubs to a hundred points, as scripts and as notebooks.

Everything is real: releases through nbgrader, the command in a process that has no solution near it, a Jupyter kernel, the
gradebook. The prose is marked by writing a score where formgrader would.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from cnngrade.course.load import load_course
from cnngrade.gradebook.merge import lay_file
from cnngrade.jobs.collect import collect
from cnngrade.jobs.grade import grade
from cnngrade.jobs.release import release
from cnngrade.model import Course, Unit
from support.places import CORPUS, GRADER, ROOT

PARTS = ("exercises", "solutions", "autograde_tests")
# What our student hands in: for each unit an answer of the corpus.
ANSWERS = {
    "pixels": "slices",
    "padding": "full_and_slice",
    "convolution": "taps_loop",
    "filters": "as_the_lesson_says",
    "pooling": "taps",
    "hierarchy": "from_what_is_given",
    "classifier": "step_by_step",
    "learning": "taps",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return the whole course in a folder of its own."""
    root = tmp_path_factory.mktemp("course")
    shutil.copyfile(ROOT / "course.yml", root / "course.yml")
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part)
    return load_course(root)


@pytest.fixture(scope="module")
def earned() -> Iterator[dict[str, float]]:
    """Collect each unit's points; at the end they are a hundred."""
    points: dict[str, float] = {}
    yield points
    if len(points) == len(ANSWERS):
        assert sum(points.values()) == 100


def cnngrade(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cnngrade", *arguments]
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_notebook(path: Path, monkeypatch: pytest.MonkeyPatch) -> nbformat.NotebookNode:
    """Run every cell in a Jupyter kernel, keep what they show, and return the notebook."""
    monkeypatch.setenv("PYTHONPATH", str(GRADER))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    nbformat.write(notebook, path)
    return notebook


def outputs(notebook: nbformat.NotebookNode, beginning: str) -> list[nbformat.NotebookNode]:
    """Return what the cells show whose last line begins like that."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.split("\n")[-1].startswith(beginning)]
    return [cell.outputs[-1].data for cell in cells]


def mark_prose(whole_course: Course, unit: Unit, student: str) -> float:
    """Give the answer in prose its points, as a person does in formgrader, and return the score of the whole unit."""
    with Gradebook(f"sqlite:///{whole_course.root / 'classroom' / 'gradebook.db'}") as book:
        cell = book.find_grade("answer", unit.name, unit.name, student)
        cell.manual_score, cell.needs_manual_grade = unit.prose_points, False
        book.db.commit()
        return float(book.find_submission(unit.name, student).score)


@pytest.mark.parametrize("name", list(ANSWERS))
def test_from_stubs_to_full_points(
    name: str, whole_course: Course, earned: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nothing written, then a hint, then right work: the same points as a script and as a notebook, and all in the gradebook"""
    unit = whole_course.unit(name)
    released = release(whole_course, unit, lambda unit, step: None).folder
    mine = Path(shutil.copytree(released, tmp_path / name))

    untouched = json.loads(cnngrade(mine, "check", name, "--json").stdout)
    assert untouched["earned"] == 0
    assert cnngrade(mine, "hint", name).stdout.startswith(f"{name}   (hint 1 of 3)")
    assert cnngrade(mine, "show", name).returncode == 1

    answer = CORPUS / name / f"{ANSWERS[name]}.py"
    shutil.copyfile(answer, mine / f"{name}.py")
    script = cnngrade(mine, "check", name, "--json")
    assert script.returncode == 0, script.stdout
    public = json.loads(script.stdout)["earned"]
    shown = cnngrade(mine, "show", name)
    assert shown.returncode == 0, shown.stdout

    nbformat.write(lay_file(nbformat.read(released / f"{name}.ipynb", as_version=4), answer), mine / f"{name}.ipynb")
    notebook = run_notebook(mine / f"{name}.ipynb", monkeypatch)
    assert sum(float(data["text/plain"]) for data in outputs(notebook, "cnngrade.check")) == public
    pictures = outputs(notebook, "cnngrade.show")
    assert len(pictures) >= 2
    assert all("data:image/png" in data["text/html"] and "As expected." in data["text/plain"] for data in pictures)

    inbox = tmp_path / "inbox"
    for student, suffix in (("script", ".py"), ("notebook", ".ipynb")):
        (inbox / student).mkdir(parents=True)
        shutil.copyfile(mine / f"{name}{suffix}", inbox / student / f"{name}{suffix}")
    collect(whole_course, unit, inbox)
    graded = grade(whole_course, unit)
    assert {report.earned for report in graded.reports} == {unit.points - unit.prose_points}
    assert graded.missing == ()
    assert mark_prose(whole_course, unit, "script") == mark_prose(whole_course, unit, "notebook") == unit.points
    earned[name] = unit.points
