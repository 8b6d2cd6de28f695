"""`check` as a job runs it: the work from one folder, tests and answers from another, and what a platform reads of it."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnngrade.model import Course
from support import tiny_course
from support.places import GRADER

WRONG = tiny_course.script(double="def double(x):\n    print('::error::from the student')\n    return np.asarray(x) ** 2")


def check(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cnngrade", "check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(GRADER), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "scaling").mkdir(parents=True)
    (folder / "scaling" / "scaling.py").write_text(WRONG, encoding="utf-8")
    return folder


def test_everything_that_a_job_asks_for(course: Course, repository: Path, tmp_path: Path) -> None:
    """one run prints annotations and writes each file; paths are those of the repository, and lines those of the file"""
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    summary.write_text("before\n", encoding="utf-8")
    done = check(
        course.root, "scaling", "--work", str(repository), "--annotations", "github", "--summary", str(summary),
        "--classroom", str(output), "--junit", str(tmp_path / "r.xml"), "--code-quality", str(tmp_path / "q.json"),
        environment={"GITHUB_WORKSPACE": str(repository)},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    line = 1 + WRONG.splitlines().index("def double(x):")
    token = lines[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    stop = lines.index(f"::{token}::")
    assert any("from the student" in entry for entry in lines[:stop])
    wrong, untouched = lines[stop + 1 :]
    assert wrong.startswith(f"::error file=scaling/scaling.py,line={line},title=double%3A ")
    assert untouched.startswith("::notice file=scaling/scaling.py,line=")
    assert summary.read_text(encoding="utf-8").startswith("before\n## Numbers&#44; twice")
    assert json.loads(base64.b64decode(output.read_text().removeprefix("result=")))["status"] == "fail"
    failed = [case for case in ElementTree.parse(tmp_path / "r.xml").iter("testcase") if len(case)]
    assert ("scaling/scaling.py", str(line)) in {(case.get("file"), case.get("line")) for case in failed}
    entry, _ = json.loads((tmp_path / "q.json").read_text())
    assert entry["location"] == {"path": "scaling/scaling.py", "lines": {"begin": line}}


def test_no_command_is_looked_for_once_something_fails(course: Course, tmp_path: Path) -> None:
    """what is said of a failure may name files of strangers: the runner has stopped by then, and does not begin again"""
    done = check(course.root, "scaling", "--work", str(tmp_path), "--annotations", "github")
    assert done.returncode == 2
    (line,) = done.stdout.splitlines()
    assert line.startswith("::stop-commands::")


def test_nothing_beside_the_work_counts(course: Course, repository: Path, tmp_path: Path) -> None:
    """a repository that brings its own course, tests, answers and packages changes neither what runs nor what comes out"""
    plain = check(course.root, "--work", str(repository), "--json")
    passing = "import pytest\n\n\ndef test_double_of_a_row():\n    '''anything goes'''\n"
    witness = tmp_path / "witness"
    mischief = f"import pathlib\npathlib.Path({str(witness)!r}).touch()\n"
    files = {
        "course.yml": tiny_course.COURSE_YML.replace("points: 6", "points: 100"),
        "scaling/course.yml": "handout: true\n" + tiny_course.COURSE_YML,
        "autograde_tests/public/test_scaling.py": passing,
        "scaling/autograde_tests/public/test_scaling.py": passing,
        "scaling/autograde_tests/answers/scaling.npz": "forged",
        "conftest.py": mischief,
        "scaling/conftest.py": mischief,
        "cnngrade/__init__.py": mischief,
        "scaling/cnngrade/__init__.py": mischief,
        "numpy.py": mischief,
        "scaling/sitecustomize.py": mischief,
        "sitecustomize.py": mischief,
        "pytest.ini": "[pytest]\naddopts = --collect-only\n",
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p mischief"\n',
        "setup.cfg": "[tool:pytest]\naddopts = --co\n",
    }
    for name, text in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text, encoding="utf-8")
    tampered = check(course.root, "--work", str(repository), "--json")
    assert not witness.exists()
    assert (plain.returncode, tampered.returncode) == (1, 1)
    before, after = json.loads(plain.stdout), json.loads(tampered.stdout)
    assert [entry["verdict"] for entry in before["outcomes"]] == [entry["verdict"] for entry in after["outcomes"]]
    assert (before["earned"], before["possible"]) == (after["earned"], after["possible"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scaling.py", "--work", "."], "name the unit, not its file"),
        (["scaling", "--work", "missing"], "does not exist"),
        (["--json", "--annotations", "github"], "use one of them"),
        (["--watch", "--work", "."], "leave out what is for CI"),
        (["--watch", "--summary", "s.md"], "leave out what is for CI"),
        (["--annotations", "teamcity"], "'teamcity' is not"),
        (["triples", "--work", "."], "Did you mean triple?"),
    ],
)
def test_wrong_usage(course: Course, arguments: list[str], says: str) -> None:
    """says what does not go together, and what to do"""
    done = check(course.root, *arguments)
    assert done.returncode == 2
    assert says in done.stderr


def test_two_works_in_one_repository(course: Course, repository: Path) -> None:
    """nobody knows which of them is meant, so that is asked"""
    (repository / "scaling.py").write_text(WRONG, encoding="utf-8")
    done = check(course.root, "scaling", "--work", str(repository))
    assert done.returncode == 2
    assert "which of the two is the work?" in done.stderr


def test_a_file_that_cannot_be_added_to(course: Course, repository: Path, tmp_path: Path) -> None:
    """is a fault, which says where"""
    done = check(course.root, "scaling", "--work", str(repository), "--summary", str(tmp_path / "none" / "s.md"))
    assert done.returncode == 4
    assert "cannot be written" in done.stderr
