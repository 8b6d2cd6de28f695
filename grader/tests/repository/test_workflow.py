"""The project's own workflow: held against GitHub's schema, its rights, and what it runs."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from cnngrade.cli.main import main
from support import tiny_course
from support.course_folders import hand_out_two
from support.places import GRADER, ROOT
from support.workflow_steps import ran, run_steps, schema_problems, workflow

PATH = ROOT / ".github" / "workflows" / "test.yml"


def test_github_knows_its_form() -> None:
    """it is held against the schema that is published for workflows, which another kind of file does not keep to"""
    assert schema_problems("github-workflows", PATH) == ""
    assert "is a required property" in schema_problems("github-workflows", ROOT / "course.yml")


def test_it_may_read_and_ends() -> None:
    """it writes nothing, has no secrets, ends, and names actions by their commits"""
    document, text = workflow(PATH), PATH.read_text(encoding="utf-8")
    assert document["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    for job in document["jobs"].values():
        assert job["timeout-minutes"] <= 45
        assert "permissions" not in job
        for action in (step["uses"] for step in job["steps"] if "uses" in step):
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)


def test_every_system_and_every_python() -> None:
    """the tests run with the oldest Python that is supported and two more, and students' commands on three systems"""
    jobs = workflow(PATH)["jobs"]
    pythons = jobs["linux"]["strategy"]["matrix"]["python"]
    assert len(pythons) == 3
    (oldest,) = re.findall(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pythons[0] == jobs["students"]["strategy"]["matrix"]["python"][0] == oldest
    assert [step["run"].split(" PYTHON")[0] for step in jobs["linux"]["steps"] if "make" in step.get("run", "")] == [
        "make test"
    ]
    assert {name.partition("-")[0] for name in jobs["students"]["strategy"]["matrix"]["system"]} == {
        "macos",
        "windows",
        "ubuntu",
    }


def test_students_commands_are_there() -> None:
    """each command that it runs is one of cnngrade's, and each that a student has for his work is run"""
    ran_there = set(re.findall(r"cnngrade (\w+)", workflow(PATH)["jobs"]["students"]["steps"][-1]["run"]))
    assert {"check", "hint", "show", "explore", "doctor"} == ran_there
    assert ran_there <= set(main.list_commands(None))  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_students_job_on_this_system(tmp_path: Path) -> None:
    """its steps run to their end on a handout, with the unit that this one has"""
    handed_out = hand_out_two(tmp_path / "root")
    place = tmp_path / "work"
    place.mkdir()
    (place / "course").symlink_to(handed_out.folder)
    values = {"github.workspace": str(place), "matrix.system": "", "matrix.python": ""}
    _, commands = run_steps(workflow(PATH)["jobs"]["students"], values)
    without_a_page = "\n".join(line for line in commands.script.splitlines() if " explore " not in line)
    environment = {
        **os.environ, "PYTHONPATH": str(GRADER), "UNIT": tiny_course.UNIT,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    done = ran(commands, environment, script=without_a_page)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("\n+ ") + done.stdout.startswith("+ ") == 6
