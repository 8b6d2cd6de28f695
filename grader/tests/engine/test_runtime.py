"""Whatever way leads into the engine, numerical libraries keep to one thread and freed memory is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.release import release
from support import tiny_course
from support.places import GRADER
from support.sweeps import sweep

# The solution runs in the judge's process: it tells how many threads BLAS has there.
SPY = """

import os

from threadpoolctl import threadpool_info


def double(x):
    with open(os.environ["THREADS_SEEN"], "a") as seen:
        print(*[pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"], file=seen)
    return 2 * np.asarray(x)
"""
# Asks of a process that has just settled.
ASK = """
import numpy as np
from threadpoolctl import threadpool_info
np.ones((9, 9)) @ np.ones((9, 9))
print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
"""


def environment(**more: str) -> dict[str, str]:
    """Return an environment whose user has asked for two threads."""
    path = os.pathsep.join(filter(None, (str(GRADER), os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"} | more


def asked(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def spying_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose solution tells how many threads BLAS has, with right work of two students handed in."""
    root = tiny_course.make_course(tmp_path_factory.mktemp("course"))
    release(load_course(root), load_course(root).units[0], lambda unit, step: None)
    solution = root / "solutions" / f"{tiny_course.UNIT}.py"
    solution.write_text(solution.read_text() + SPY)
    (root / "autograde_tests" / "conftest.py").write_text("import numpy\npytest_plugins = ('cnngrade.judge.plugin',)\n")
    notebook = root / "classroom" / "release" / tiny_course.UNIT / f"{tiny_course.UNIT}.ipynb"
    for student in ("ada", "ben"):
        folder = root / "classroom" / "submitted" / student / tiny_course.UNIT
        folder.mkdir(parents=True)
        (folder / f"{tiny_course.UNIT}.py").write_text(tiny_course.script(**tiny_course.RIGHT))
        (folder / notebook.name).write_bytes(notebook.read_bytes())
    return root


GRADE = ["cnngrade", "grade", tiny_course.UNIT, "--sandbox", "none", "--no-gradebook"]
WAYS = {
    "the command": (".", [*GRADE, "--jobs", "1"]),
    "two judges of the command": (".", [*GRADE, "--jobs", "2"]),
    "plain nbgrader": (
        "classroom",
        ["nbgrader", "autograde", tiny_course.UNIT, "--force", "--CoursePreprocessor.sandbox=none"],
    ),
    "pytest by hand": (".", ["pytest", "-q", "-p", "no:cacheprovider", "autograde_tests/public"]),
}


@pytest.mark.parametrize("way", sweep(WAYS, {"two judges of the command"}))
def test_every_way_in_keeps_to_one_thread(spying_course: Path, tmp_path: Path, way: str) -> None:
    """the solution, in the process that judges, computes on one thread, though two were asked for"""
    folder, command = WAYS[way]
    seen = tmp_path / "seen"
    # Nobody judges again what was judged before.
    shutil.rmtree(spying_course / "classroom" / "reports", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=spying_course / folder,
        env=environment(THREADS_SEEN=str(seen)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(seen.read_text().split()) == {"1"}


def test_more_threads_would_be_seen() -> None:
    """a process that nobody settles has as many threads as were asked for, so that the tests above can fail"""
    assert asked(ASK) == "{2}"


@pytest.mark.parametrize("first", ["", "import numpy\n"], ids=["before NumPy", "after NumPy"])
def test_settling(first: str) -> None:
    """whether NumPy is loaded or not"""
    assert asked(f"{first}from cnngrade.runtime import settle; settle(); settle()\n{ASK}") == "{1}"


def test_the_command_starts_without_numpy() -> None:
    """what settles the threads loads neither NumPy nor threadpoolctl: the command settles before either is there"""
    program = "import sys, cnngrade.cli.main; print(sorted({'numpy', 'threadpoolctl'} & set(sys.modules)))"
    assert asked(program) == "[]"
