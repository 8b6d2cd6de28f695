"""The folder that students get: what is in it, what is not, and that checking works there with nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnngrade.answers.replay import Recording
from cnngrade.course.load import load_course
from cnngrade.errors import Fault
from cnngrade.jobs.release import release
from support import tiny_course
from support.places import ENGINE, GRADER


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("course")))
    data = course.root / "exercises" / "data"
    data.mkdir()
    (data / "numbers.txt").write_text("1 2 3")
    done = release(course, course.units[0], lambda unit, step: None)
    assert done.proven.cases
    assert done.proven.caught == done.proven.known > 0
    return done.folder


@pytest.fixture
def handout(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "scaling"))


def check(folder: Path, *arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `cnngrade check` in the folder, in a process that knows the engine and nothing of the course."""
    if code is not None:
        (folder / "scaling.py").write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    command = [sys.executable, "-m", "cnngrade", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_handout_is_an_allowlist(released: Path) -> None:
    """exercise, notebook, data, public tests, hints, pictures, recorded answers and a course.yml, and nothing else"""
    files = {path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()}
    assert files == {
        "README.md",
        "course.yml",
        "scaling.ipynb",
        "scaling.py",
        "data/numbers.txt",
        "autograde_tests/public/test_scaling.py",
        "autograde_tests/answers/scaling.npz",
        "autograde_tests/answers/scaling.pictures.npz",
        "autograde_tests/hints/scaling.yml",
        "autograde_tests/pictures/scaling.py",
    }


def lines_of(*texts: str) -> set[str]:
    return {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 12}


def test_no_secret_is_in_it(released: Path) -> None:
    """no line of the solution, the hidden tests or the mistakes, in plain or in the recording, but for their sentences"""
    told = {line for line in lines_of(tiny_course.MISTAKES) if line.startswith("@mistake(")}
    public = lines_of(tiny_course.EXERCISE, tiny_course.PUBLIC_TESTS, tiny_course.COURSE_YML)
    secret = lines_of(tiny_course.SOLUTION, tiny_course.HIDDEN_TESTS, tiny_course.MISTAKES, tiny_course.MARKING) - public - told
    secret |= {"a table is doubled", "-0.8125", "** 2 / 4"}
    assert len(secret) > 10
    texts = [path.read_bytes().decode("latin-1") for path in released.rglob("*") if path.is_file()]
    with np.load(released / "autograde_tests" / "answers" / "scaling.npz") as recording:
        texts += [recording[name].tobytes().decode("latin-1") for name in recording.files]
    assert [line for line in sorted(secret) if any(line in text for text in texts)] == []


def test_right_work_passes(handout: Path) -> None:
    """exit 0 and full points, without the repository"""
    done = check(handout, code=tiny_course.script(**tiny_course.RIGHT))
    assert done.returncode == 0, done.stderr
    assert "4 of 4 points" in done.stdout
    assert done.stderr == ""


def test_wrong_work_is_named(handout: Path) -> None:
    """exit 1, the fact and the mistake"""
    squared = "def double(x):\n    return np.asarray(x) ** 2"
    done = check(handout, code=tiny_course.script(double=squared, triple=tiny_course.RIGHT["triple"]))
    assert done.returncode == 1
    found = re.search(r"yours (\S+), expected (\S+)\n", done.stdout)
    assert found
    assert float(found[1]) == pytest.approx((float(found[2]) / 2) ** 2, rel=0.01)
    assert "Known mistake: The numbers are squared." in done.stdout


def test_the_stub_says_where_to_begin(handout: Path) -> None:
    """exit 1, and the last line names the first function and the lesson to read"""
    done = check(handout)
    assert done.returncode == 1
    assert 'Next: read "Twice" in scaling.py, then write double.' in done.stdout


def test_a_notebook_will_do(handout: Path) -> None:
    """the notebook alone is judged like the script"""
    notebook = json.loads((handout / "scaling.ipynb").read_text())
    for cell in notebook["cells"]:
        function = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if function in tiny_course.RIGHT:
            cell["source"] = tiny_course.RIGHT[function]
    (handout / "scaling.ipynb").write_text(json.dumps(notebook))
    (handout / "scaling.py").unlink()
    assert check(handout).returncode == 0
    assert check(handout, "scaling.ipynb").returncode == 0


def test_json_is_the_public_format(handout: Path) -> None:
    """--json prints a document of the published schema and nothing else"""
    done = check(handout, "--json")
    schema = json.loads((ENGINE / "schemas" / "report.schema.json").read_text())
    report = json.loads(done.stdout)
    jsonschema.validate(report, schema)
    assert report["schema"] == 1
    assert done.stderr == ""


def test_a_damaged_recording_is_our_fault(handout: Path) -> None:
    """a file of answers that cannot be read is a fault with a remedy, not a zero"""
    (handout / "autograde_tests" / "answers" / "scaling.npz").write_bytes(b"PK\x03\x04 no")
    done = check(handout)
    assert done.returncode == 4
    assert "Get the unit's folder again" in done.stderr
    assert "Traceback" not in done.stderr


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_any_damage_to_the_recording_is_noticed(released: Path, tmp_path: Path, data: st.DataObject) -> None:
    """a file of answers that was cut off or changed anywhere is read as it was, or is a fault, never another error"""
    whole = released / "autograde_tests" / "answers" / "scaling.npz"
    good, original = bytearray(whole.read_bytes()), Recording(whole)
    damaged = good[: data.draw(st.integers(0, len(good)))] if data.draw(st.booleans()) else good
    for place in data.draw(st.lists(st.integers(0, max(len(damaged) - 1, 0)), max_size=5)) if damaged else ():
        damaged[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "answers.npz"
    path.write_bytes(damaged)
    with contextlib.suppress(Fault):
        read = Recording(path)
        assert (read.index, read.values, read.expectations()) == (original.index, original.values, original.expectations())


def test_what_a_check_loads(handout: Path) -> None:
    """checking needs no nbgrader, no compiler and no plots"""
    code = (
        "import sys\nsys.argv = ['cnngrade', 'check', '--json']\nfrom cnngrade.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'nbgrader', 'numba', 'matplotlib', 'jupytext', 'nbformat', 'scipy', 'sqlalchemy', 'jsonschema'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    done = subprocess.run(command, cwd=handout, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]", done.stderr
