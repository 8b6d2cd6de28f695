"""What is published is the engine and nothing of the course; what starts quickly loads little."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from cnngrade.jobs.wheel import wheel
from support.places import ENGINE, GRADER, ROOT

# What is beside the engine's own files in each of the two.
WHEEL_FACTS = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt", "licenses/LICENSE"}
SDIST_FACTS = {"pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO", "setup.cfg"}
SDIST_FACTS.add("grader/cnngrade.egg-info/SOURCES.txt")  # setuptools adds its own list of these files

# What the project's folder may hold besides the project.
CLUTTER = (".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "build", "dist", "demo")

# Names that would give the course away.
COURSE = {"solutions", "autograde_tests", "hidden", "public", "exercises", "corpus", "tests", "benchmarks", "course.yml"}
COURSE |= {"mistakes", "variants"}

# A command that students run many times a day does without these.
HEAVY = {"nbgrader", "numba", "matplotlib", "jsonschema", "scipy", "jupytext", "nbconvert", "nbformat", "sqlalchemy", "IPython"}


def engine_files() -> set[str]:
    """Return what is to be published of the engine: modules, schemas, the judge's settings of pytest, the mark of types."""
    settings = ENGINE / "judge" / "pytest.ini"
    allowed = [*ENGINE.rglob("*.py"), *(ENGINE / "schemas").glob("*.json"), settings, ENGINE / "py.typed"]
    return {f"cnngrade/{path.relative_to(ENGINE).as_posix()}" for path in allowed}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Build both from a copy of the whole project, course and all, and return the folder that holds them."""
    copy = tmp_path_factory.mktemp("project") / "copy"
    clutter = shutil.ignore_patterns(*CLUTTER)

    def left_out(folder: str, names: list[str]) -> set[str]:
        # A package of the engine is called classroom, too.
        return set(clutter(folder, names)) | ({"classroom"} if Path(folder) == ROOT else set())

    shutil.copytree(ROOT, copy, ignore=left_out)
    # Something that an author might leave behind, in the places that an include rule would most easily catch.
    for stray in ("grader/cnngrade/notes.txt", "grader/cnngrade/schemas/answers.npz", "grader/solution.py", "solution.py"):
        (copy / stray).write_text("left behind")
    result = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", "out", "."],
        cwd=copy, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return copy / "out"


def test_wheel_holds_the_engine_alone(built):
    """the wheel holds the engine's modules, schemas and licence, and not one file more or less"""
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    facts = {name for name in names if name.startswith("cnngrade-")}
    assert {name.split("/", 1)[1] for name in facts} == WHEEL_FACTS
    assert names - facts == engine_files()


def test_the_wheel_for_students_is_the_same():
    """what `release` makes of the installed cnngrade has the files of the wheel that is built, and not one more or less"""
    with zipfile.ZipFile(io.BytesIO(wheel())) as archive:
        names = set(archive.namelist())
    facts = {name for name in names if name.startswith("cnngrade-")}
    assert {name.split("/", 1)[1] for name in facts} == WHEEL_FACTS
    assert names - facts == engine_files()


def test_sdist_holds_the_engine_alone(built):
    """the sdist holds what builds that wheel, and not one file more or less"""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {member.name.split("/", 1)[1] for member in archive.getmembers() if member.isfile()}
    engine = {f"grader/{name}" for name in engine_files()}
    assert names == engine | SDIST_FACTS


def test_course_stays_at_home(built):
    """no solution, hidden test, known mistake, variant or exercise is in either, whatever the allowlist says"""
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as first, tarfile.open(sdist) as second:
        parts = {part for name in [*first.namelist(), *second.getnames()] for part in name.split("/")}
    assert parts & COURSE == set()


@pytest.mark.parametrize("modules", ["cnngrade", "cnngrade.cli.main, cnngrade.jobs.check"])
def test_start_loads_little(modules, tmp_path):
    """starting the command or a check loads no notebook machinery, no compiler and no plotting"""
    code = f"import json, sys, {modules}; print(json.dumps(sorted(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    loaded = {name.split(".")[0] for name in json.loads(result.stdout)}
    assert "cnngrade" in loaded
    assert loaded & HEAVY == set()
