"""A notebook that would become gigabytes, on every way through the gradebook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import generate
from cnngrade.gradebook.class_table import class_table
from cnngrade.jobs.release import write_handout
from support import tiny_course
from support.places import GRADER

WHOLE = tiny_course.script(**tiny_course.RIGHT)
MIB = 1 << 20
# Runs a command and says how much memory its largest process took, in MB, and how it ended.
MEASURED = """\
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(json.dumps([resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, done.returncode, done.stdout + done.stderr]))
"""
WAYS = {
    "our command": ["cnngrade", "grade", "scaling", "--force", "--jobs", "1"],
    "nbgrader's": ["nbgrader", "autograde", "scaling", "--force"],
    "feedback": ["cnngrade", "feedback", "scaling"],
}


def measured(folder: Path, *command: str) -> tuple[int, int, str]:
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    environment["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    code = [sys.executable, "-c", MEASURED, sys.executable, "-m", *command]
    done = subprocess.run(code, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    megabytes, status, said = json.loads(done.stdout)
    return megabytes, status, said


@pytest.mark.slow
def test_a_notebook_of_braces_costs_its_text_and_no_more(tmp_path: Path) -> None:
    """graded by either command and given back, 60 MiB of braces take less than 300 MB more than a class without them"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    unit = course.units[0]
    write_handout(course, unit, tmp_path / "handout")
    released = generate(course, unit, tiny_course.POINTS, tmp_path / "handout") / "scaling.ipynb"
    submitted = course.root / "classroom" / "submitted"
    right = nbformat.read(released, as_version=4)
    for cell in right.cells:
        cell.source = tiny_course.RIGHT.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    (submitted / "bob" / "scaling").mkdir(parents=True)
    (submitted / "bob" / "scaling" / "scaling.ipynb").write_text(nbformat.writes(right))
    usual = {way: measured(course.root / "classroom", *command) for way, command in WAYS.items()}
    assert {way: status for way, (_, status, _) in usual.items()} == dict.fromkeys(WAYS, 0), usual

    (submitted / "eve" / "scaling").mkdir(parents=True)
    (submitted / "eve" / "scaling" / "scaling.ipynb").write_text('{"cells": [' + ",".join(["{}"] * (20 * MIB)) + "]}")
    # Pictures of many MiB are no reason to refuse an honest one.
    right.cells[-1]["attachments"] = {"a.png": {"image/png": "iVBORw0K" * (2 * MIB)}}
    (submitted / "bob" / "scaling" / "scaling.ipynb").write_text(nbformat.writes(right))
    for way, command in WAYS.items():
        megabytes, _, said = measured(course.root / "classroom", *command)
        assert megabytes - usual[way][0] < 300, (way, said)
        rows = {row.student: row for row in class_table(course, unit)}
        assert (rows["bob"].score, rows["eve"].score) == (5.0, 0.0), (way, said)
    graded = (course.root / "classroom" / "autograded" / "eve" / "scaling" / "scaling.ipynb").read_text()
    assert "scaling.ipynb holds more data than is read. Clear the notebook" in graded
