"""The folder that students get: what is in it, what is not, and that checking works there with nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import tinycourse
from cnngrade.course import load_course
from cnngrade.release import release

ENGINE = Path(__file__).resolve().parents[1]
SECRET_LINES = ("return 2 * np.asarray(x)", "a table is doubled", "double_squared(x)", "-0.8125", "** 2 / 4")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = load_course(tinycourse.make_course(tmp_path_factory.mktemp("course")))
    data = course.root / "exercises" / "data"
    data.mkdir()
    (data / "numbers.txt").write_text("1 2 3")
    done = release(course, course.units[0], lambda unit, step: None)
    assert done.proof.sound
    return done.folder


@pytest.fixture
def handout(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "scaling"))


def check(folder: Path, *arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `cnngrade check` in the folder, in a process that knows the engine and nothing of the course."""
    if code is not None:
        (folder / "scaling.py").write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ENGINE)}
    command = [sys.executable, "-m", "cnngrade.cli", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_handout_is_an_allowlist(released: Path) -> None:
    """exercise, notebook, data, public tests, recorded answers and a course.yml, and nothing else"""
    files = {path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()}
    assert files == {
        "course.yml",
        "scaling.ipynb",
        "scaling.py",
        "data/numbers.txt",
        "autograde_tests/public/test_scaling.py",
        "autograde_tests/answers/scaling.npz",
    }


def test_no_secret_is_in_it(released: Path) -> None:
    """no line of the solution, the hidden tests or the mistakes, in plain or in the recording"""
    import numpy as np

    texts = [path.read_text() for path in released.rglob("*") if path.suffix in (".py", ".yml", ".ipynb")]
    with np.load(released / "autograde_tests" / "answers" / "scaling.npz") as recording:
        texts += [recording[name].tobytes().decode("latin-1") for name in recording.files]
    for line in SECRET_LINES:
        assert not any(line in text for text in texts), line


def test_right_work_passes(handout: Path) -> None:
    """exit 0 and full points, without the repository"""
    done = check(handout, code=tinycourse.script(**tinycourse.RIGHT))
    assert done.returncode == 0, done.stderr
    assert "4 of 4 points" in done.stdout
    assert done.stderr == ""


def test_wrong_work_is_named(handout: Path) -> None:
    """exit 1, the fact and the mistake"""
    squared = "def double(x):\n    return np.asarray(x) ** 2"
    done = check(handout, code=tinycourse.script(double=squared, triple=tinycourse.RIGHT["triple"]))
    assert done.returncode == 1
    assert "yours 9, expected 6" in done.stdout
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
        if function in tinycourse.RIGHT:
            cell["source"] = tinycourse.RIGHT[function]
    (handout / "scaling.ipynb").write_text(json.dumps(notebook))
    (handout / "scaling.py").unlink()
    assert check(handout).returncode == 0
    assert check(handout, "scaling.ipynb").returncode == 0


def test_json_is_the_public_format(handout: Path) -> None:
    """--json prints a document of the published schema and nothing else"""
    done = check(handout, "--json")
    schema = json.loads((ENGINE / "cnngrade" / "schemas" / "report.schema.json").read_text())
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


def test_what_a_check_loads(handout: Path) -> None:
    """checking needs no nbgrader, no compiler and no plots"""
    code = (
        "import sys\nsys.argv = ['cnngrade', 'check', '--json']\nfrom cnngrade.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'nbgrader', 'numba', 'matplotlib', 'jupytext', 'nbformat', 'scipy', 'sqlalchemy', 'jsonschema'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(ENGINE)}
    done = subprocess.run(command, cwd=handout, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]", done.stderr
