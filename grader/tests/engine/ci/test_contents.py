"""What is in the bundles besides scripts: packages, Dockerfiles, questions, and nothing that does not belong there."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement

from cnngrade.ci import course_part, requirements
from cnngrade.ci.requirements import RECORDING, pinned
from cnngrade.ci.target import RUNNABLE, Bundle, Contents
from cnngrade.ci.targets import NAMES, ci_target
from cnngrade.course.load import load_course
from cnngrade.model import Course
from support import tiny_course
from support.places import ROOT
from support.platform_schemas import PRAIRIELEARN_INFO


def bundle(name: str, course: Course, image: str = "") -> Bundle:
    return ci_target(name).bundle(Contents(course, course.units[:1], "cnngrade-1-py3-none-any.whl", b"wheel", image))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(tiny_course.add_unit(tiny_course.make_course(tmp_path_factory.mktemp("course"))))


def names(text: bytes) -> dict[str, Requirement]:
    return {found.name: found for found in map(Requirement, text.decode().splitlines())}


def test_packages_are_those_that_are_installed() -> None:
    """each is pinned to the version here, with what it needs in turn, once, and cnngrade itself is none of them"""
    found = names(pinned("instructor"))
    for name, requirement in found.items():
        if next(importlib.metadata.distributions(name=name), None) is not None:
            assert str(requirement.specifier) == f"=={importlib.metadata.version(name)}"
    assert {"nbgrader", "numpy", "pytest", "pluggy", "llvmlite", "pyseccomp", "sqlalchemy"} <= found.keys()
    assert not {"cnngrade", "ruff", "hypothesis", "playwright", "distributed"} & found.keys()


def test_judging_takes_no_gradebook() -> None:
    """what a platform installs to judge is without nbgrader and all that only it needs, and names of that are no slips"""
    lean, whole = names(pinned("instructor", but=RECORDING)), names(pinned("instructor"))
    assert set(RECORDING) <= whole.keys()
    assert not {*RECORDING, "jupyterlab", "sqlalchemy", "nbconvert"} & lean.keys()
    assert {"numba", "ipython", "pyseccomp", "filelock"} <= lean.keys()


def test_packages_of_the_course_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """what submissions may use is among them, an extra's packages as well, built elsewhere or not; for Linux, made anywhere"""
    monkeypatch.setattr(sys, "platform", "darwin")
    installed = importlib.metadata.version

    def version(name: str) -> str:
        if name == "pyseccomp":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.13.0+cpu" if name == "scipy" else installed(name)

    monkeypatch.setattr(requirements.importlib.metadata, "version", version)
    found = names(pinned("instructor", ["SciPy", "jsonschema[format-nongpl]"], RECORDING))
    assert str(found["scipy"].specifier) == "==1.13.0"
    assert "fqdn" in found or next(importlib.metadata.distributions(name="fqdn"), None) is None
    assert str(found["pyseccomp"].specifier) == ">=0.1.2"
    assert found.keys() >= {"jsonschema", "rpds-py", "webcolors"}
    # What is asked for plainly first is gone through once more for its extra.
    assert "webcolors" in names(pinned("instructor", ["jsonschema[format-nongpl]", "jsonschema"]))


@pytest.mark.parametrize("name", [name for name in NAMES if ci_target(name).private])
def test_what_travels(name: str, course: Course) -> None:
    """of the course there is what judges the unit: no other unit's tests, nobody's work, no marking scheme"""
    files = bundle(name, course)
    parts = [path for path in files if "/course/" in f"/{path}"]
    inside = {re.sub(r"^(.*/)?course/", "", path) for path in parts}
    assert {"course.yml", "autograde_tests/hidden/test_scaling.py", "solutions/scaling.py", "kept/.secret"} <= inside
    assert not any("growing" in path and not path.startswith("solutions/") for path in inside)
    assert not any(path.endswith((".md", ".pyc")) or "hints" in path or "submitted" in path for path in inside)


def test_the_real_course_travels() -> None:
    """of the project's own course, data and shared kernels are in it, and nothing that is hidden or compiled"""
    real = load_course(ROOT)
    with pytest.MonkeyPatch.context() as patch:
        # Its classroom is somebody's own.
        patch.setattr(course_part, "secret", lambda _: "00" * 16)
        files = bundle("gradescope", real)
    needed = {"exercises/data/digits.npz", "solutions/kernels/cache.py", "solutions/arrays.py", "autograde_tests/conftest.py"}
    assert {f"course/{path}" for path in needed} <= files.keys()
    assert not any("__pycache__" in path or path.endswith((".pyc", ".nbc", ".nbi")) for path in files)
    assert sum(len(file.data) for file in files.values()) < 20_000_000


class Tags(HTMLParser):
    """The tags of a page, and whether all that are opened are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_question(tmp_path: Path) -> None:
    """a title may hold what it likes: the question's page and its info.json keep their form, and the question its identity"""
    root = tiny_course.make_course(tmp_path)
    book = root / "course.yml"
    title = '{{#x}} </h2><script>alert(1)</script> & \\"quoted\\" \\u202e {{{y}}}'
    book.write_text(book.read_text().replace("title: Numbers, twice and three times", f'title: "{title}"'), encoding="utf-8")
    course = load_course(root)
    files = bundle("prairielearn", course, "registry.example/ada/grader:3")
    folder = "questions/a-tiny-course/scaling"
    info = json.loads(files[f"{folder}/info.json"].data)
    jsonschema.validate(info, PRAIRIELEARN_INFO)
    assert info["externalGradingOptions"]["image"] == "registry.example/ada/grader:3"
    assert info["uuid"] == json.loads(bundle("prairielearn", course)[f"{folder}/info.json"].data)["uuid"]
    page = files[f"{folder}/question.html"].data.decode()
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.seen
    assert {"pl-question-panel", "pl-file-upload", "pl-submission-panel", "pl-external-grader-results"} <= set(tags.seen)
    assert "{{" not in page


def instructions(text: str) -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


@pytest.mark.parametrize(("name", "path"), [("docker", "Dockerfile"), ("prairielearn", "image/Dockerfile")])
def test_a_dockerfile(name: str, path: str, course: Course, tmp_path: Path) -> None:
    """it is built from what lies beside it, on this Python; and the linter of Dockerfiles, where it is installed, is content"""
    files = bundle(name, course)
    text = files[path].data.decode()
    steps = instructions(text)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert steps[0] == ("FROM", f"python:{version}-slim-bookworm")
    (copied,) = [rest.split()[:-1] for word, rest in steps if word == "COPY"]
    beside = Path(path).parent
    assert {(beside / each).as_posix() for each in copied} <= files.keys()
    ignored = files[(beside / ".dockerignore").as_posix()].data.decode().split()
    assert ignored == ["*", *(f"!{each}" for each in copied)]
    if name == "docker":
        assert [rest for word, rest in steps if word == "USER"] == ["$USER_ID"]
    else:
        # The entrypoint that its questions name finds the command where pip puts it in this image.
        assert b"/usr/local/bin/cnngrade ci-grade" in files["serverFilesCourse/cnngrade/grade.sh"].data
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        pytest.skip("hadolint is not installed")
    (tmp_path / "Dockerfile").write_text(text)
    linted = subprocess.run([linter, tmp_path / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.parametrize("path", ["setup.sh", "run_autograder", "serverFilesCourse/cnngrade/grade.sh"])
def test_a_script(path: str, course: Course, tmp_path: Path) -> None:
    """it names the program that runs it, has Unix's line ends, may be run, and parses"""
    files = bundle("prairielearn" if "/" in path else "gradescope", course)
    assert files[path].mode == RUNNABLE
    assert files[path].data.startswith(b"#!/usr/bin/env bash\n")
    assert b"\r" not in files[path].data
    (tmp_path / "script").write_bytes(files[path].data)
    subprocess.run(["bash", "-n", tmp_path / "script"], check=True)
