"""The calls that the pages play: what the scripts say of each number is how the solutions come to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.play import played
from cnngrade.pages.played import run_as_json
from cnngrade.pages.plays import plays_of
from support.places import ROOT

TEST = Path(__file__).parent / "explore" / "plays" / "explain.test.mjs"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="there is no node: `apt-get install nodejs` brings it")
def test_every_number_comes_about_as_it_is_explained(tmp_path):
    """sums, choices and windows that a page tells give the solution's numbers, for every number of every call"""
    course, plays = load_course(ROOT), tmp_path / "plays.json"
    runs = [run_as_json(unit.name, "", played(plays_of(course, unit), None))["plays"] for unit in course.units]
    plays.write_text(json.dumps([entry for run in runs for entry in run]))
    done = subprocess.run(
        [str(NODE), "--test", "--test-reporter=tap", str(TEST)],
        env={**os.environ, "PLAYS": str(plays)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout


@pytest.mark.parametrize("unit", load_course(ROOT).units, ids=lambda unit: unit.name)
def test_every_unit_has_something_to_play(unit):
    """each unit plays at least two of its functions or two calls of one"""
    assert len(plays_of(load_course(ROOT), unit)) >= 2
