"""The exercises as students meet them: they run as they are, as a script and in a kernel, and teach without the internet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

import cnngrade
from cnngrade.course.load import load_course
from cnngrade.jobs.release import release
from support import tiny_course
from support.places import GRADER, ROOT

EXERCISES = sorted((ROOT / "exercises").glob("*.py"))


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_untouched_exercise_runs(path: Path) -> None:
    """the script runs to its end with every stub unfinished, needing NumPy alone"""
    blocker = "import sys\nfor name in ('matplotlib', 'scipy', 'numba', 'cnngrade'): sys.modules[name] = None\n"
    code = f"{blocker}import runpy\nrunpy.run_path({str(path)!r}, run_name='__main__')"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "yours to write" in done.stdout


def test_a_notebook_shows_the_report_under_the_stub(tmp_path: Path) -> None:
    """in a real kernel, a grade cell shows the report as HTML and its points as a number, stub and right answer alike"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    folder = release(course, course.units[0], lambda unit, step: None).folder
    notebook = nbformat.read(folder / "scaling.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double":
            cell.source = tiny_course.RIGHT["double"]
    engine = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = str(GRADER)
    try:
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    finally:
        os.environ["PYTHONPATH"] = engine
    shown = {
        cell.metadata.nbgrader.grade_id: cell.outputs[-1].data
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert shown["grade-double"]["text/plain"] == "2"
    assert shown["grade-triple"]["text/plain"] == "0"
    assert "triple is yours to write" in shown["grade-triple"]["text/html"]
    assert json.dumps(shown).count("<script") == 0


def test_a_check_inside_a_submission_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """code that calls cnngrade.check in a worker gets nothing, and judges nothing"""
    monkeypatch.setenv("CNNGRADE_WORKER", "1")
    assert cnngrade.check("double") is None
    assert cnngrade.show("double") is None


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_a_lesson_has_no_empty_cells(path: Path) -> None:
    """every cell of the notebook that a lesson becomes holds something, and the first one is its title"""
    cells = jupytext.read(path).cells
    assert [number for number, cell in enumerate(cells) if not cell.source.strip()] == []
    assert cells[0].source.startswith("# ")


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_drawings_and_examples_fit_into_a_notebook(path: Path) -> None:
    """no line of a drawing or an example in a lesson is longer than 80 characters: JupyterLab would break it in two"""
    too_long, fenced = [], False
    for cell in jupytext.read(path).cells:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            fenced ^= line.startswith("```")
            if (fenced or line.startswith("    ")) and len(line if fenced else line[4:]) > 80:
                too_long.append(line)
    assert too_long == []
