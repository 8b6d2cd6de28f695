"""The doctor: what concerns a student in a student's folder, everything in the instructor's course, and remedies that work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import webbrowser
from pathlib import Path

import pytest

from cnngrade import __version__
from cnngrade.course.folder import course_folder
from cnngrade.course.load import load_course
from cnngrade.jobs import examined, grading_machine, student_machine
from cnngrade.jobs.doctor import examine
from cnngrade.jobs.examined import Examined, how_to_install
from cnngrade.model import Course
from support import tiny_course
from support.course_folders import copy_of, hand_out_two
from support.places import ENVIRONMENT

GRADERS = {"nbgrader", "numba", "disk", "sandbox landlock", "sandbox bubblewrap", "seccomp"}


@pytest.fixture
def handout(course: Course, tmp_path: Path) -> Path:
    """A student's folder of the tiny course, as far as a doctor looks at it."""
    folder = tmp_path / "handout" / "scaling"
    for name in ("autograde_tests/public/test_scaling.py", "autograde_tests/answers/scaling.npz"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"")
    released = "handout: true\nstub_digests: {scaling: []}\n"
    (folder / "course.yml").write_text((course.root / "course.yml").read_text() + released)
    (folder / "scaling.py").write_text(tiny_course.EXERCISE)
    return folder


def doctor(folder: Path, *options: str, before: str = "") -> tuple[int, str]:
    program = f"import sys\n{before}\nfrom cnngrade.cli.main import main\nmain(['doctor', *{options!r}])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def by_subject(findings: list[Examined]) -> dict[str, Examined]:
    return {finding.subject: finding for finding in findings}


def test_a_student_reads_what_concerns_students(handout: Path, tmp_path: Path) -> None:
    """a handout is not asked for what a grading needs; with --all any folder is"""
    for folder, options, is_everything in ((handout, (), False), (tmp_path, ("--all",), True)):
        status, said = doctor(folder, "--json", *options)
        assert status == 0
        subjects = {finding["subject"] for finding in json.loads(said)}
        assert GRADERS & subjects == (GRADERS if is_everything else set())
        assert {"Python", "worker", "notebooks", "browser", "terminal", "matplotlib", "course"} <= subjects
        assert ("--as-graded" in subjects) is not is_everything


def test_the_last_line_tells_whether_work_can_be_checked(handout: Path) -> None:
    """without what is needed the exit status is 1, the rest is looked at all the same, and remedies are true"""
    status, said = doctor(handout)
    assert (status, said.splitlines()[-1]) == (0, "All that a check needs is here.")
    status, said = doctor(handout, before="sys.modules['numpy'] = None")
    assert (status, said.splitlines()[-1]) == (1, "Missing: numpy. Nothing can be checked until that is there.")
    assert "-m pip install --force-reinstall numpy" in " ".join(said.split())
    assert "notebooks" in said
    assert "pip install cnngrade" not in said
    (handout / "course.yml").write_text("units: [")
    status, said = doctor(handout)
    assert (status, said.splitlines()[-1]) == (1, "Missing: course. Nothing can be checked until that is there.")


@pytest.mark.slow
def test_a_package_that_submissions_may_use(course: Course, handout: Path) -> None:
    """a check goes on without it, so a student reads how to get it as a note; a grading does not"""
    for path in (handout / "course.yml", course.root / "course.yml"):
        path.write_text(path.read_text().replace("policy:\n", "policy:\n  packages: [no_such_package]\n"))
    status, said = doctor(handout)
    assert (status, said.splitlines()[-1]) == (0, "All that a check needs is here.")
    told = " ".join(said.split())
    assert "note packages submissions may use" in told
    assert "Code that imports no_such_package fails here until you have it" in told
    assert told.count("-m pip install no_such_package") == 1
    for folder, options in ((handout, ("--all",)), (course.root, ())):
        status, said = doctor(folder, *options)
        assert (status, said.splitlines()[-1]) == (1, "Missing: packages. Nothing can be checked until that is there.")


def test_which_file_is_checked(handout: Path) -> None:
    """it is said for each unit, and so is which unit has none"""
    place = course_folder(handout)
    (finding,) = student_machine.unit_files(place)
    assert finding == Examined("scaling", True, "scaling.py is the file that is checked")
    work = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    (handout / "scaling.ipynb").write_text(json.dumps(work))
    (handout / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT))
    (finding,) = student_machine.unit_files(place)
    assert finding.good
    for name in ("scaling.py", "scaling.ipynb"):
        (handout / name).unlink()
    (finding,) = student_machine.unit_files(place)
    assert not finding.good
    assert "no scaling.py and no scaling.ipynb" in finding.text


def test_a_course_folder(tmp_path: Path) -> None:
    """in the folder around the units each has its line, with the file in its own folder, and one that is not there has none"""
    top = copy_of(hand_out_two(tmp_path / "instructor"), tmp_path)
    found = by_subject(examine(top))
    assert {"scaling", tiny_course.OTHER_UNIT} <= set(found), sorted(found)
    assert found["scaling"].text == "scaling.py is the file that is checked"
    assert "version" not in found
    shutil.rmtree(top / "scaling")
    assert "scaling" not in by_subject(list(student_machine.unit_files(course_folder(top))))


def test_another_version_than_the_folders(handout: Path) -> None:
    """a wheel in the folder, or in the one around it, of which no version is installed, is named with how to install it"""
    course = load_course(handout / "course.yml")
    assert student_machine.wheel_beside(course) is None
    wheel = handout.parent / "cnngrade-99.0-py3-none-any.whl"
    wheel.touch()
    finding = student_machine.wheel_beside(course)
    assert finding is not None
    assert "the course's folder holds 99.0" in finding.text
    assert finding.text.endswith(f"-m pip install {wheel}")
    (handout / f"cnngrade-{__version__}-py3-none-any.whl").touch()
    assert student_machine.wheel_beside(course) is None


def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """each package that is missing is installed by its own name, with the Python that lacks it"""
    for module in (student_machine, grading_machine):
        monkeypatch.setattr(module, "version", lambda package: "")
    found = by_subject(examine(tmp_path, everything=True))
    for subject, package in (("matplotlib", "matplotlib"), ("notebooks", "jupyterlab"), ("nbgrader", "nbgrader")):
        assert not found[subject].good
        assert f"{sys.executable} -m pip install {package}" in found[subject].text
    assert not any("install cnngrade" in finding.text for finding in found.values())


def test_a_python_that_the_system_keeps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """where pip would refuse, the remedy makes an environment first; names with spaces are quoted"""
    monkeypatch.setattr(sys, "executable", "/usr/bin/my python")
    assert how_to_install("./a wheel.whl") == "'/usr/bin/my python' -m pip install './a wheel.whl'"
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    told = how_to_install("numpy")
    assert told == "'/usr/bin/my python' -m venv .venv, and then .venv/bin/python -m pip install numpy"
    monkeypatch.setattr(examined, "WINDOWS", True)
    told = how_to_install("a b")
    assert told == r'"/usr/bin/my python" -m venv .venv, and then .venv\Scripts\python -m pip install "a b"'


@pytest.mark.parametrize(
    ("variables", "is_good"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"BROWSER": "w3m"}, False), ({"BROWSER": "firefox"}, True)],
)
def test_which_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], is_good: bool) -> None:
    """none without a screen, and none that only shows text"""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("firefox", "w3m"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    monkeypatch.setattr(webbrowser, "_browsers", {})
    assert student_machine.browser().good is is_good


def test_a_terminal_that_lacks_characters() -> None:
    """it is said how to get them"""
    program = "from cnngrade.jobs.student_machine import terminal; print(terminal().text)"
    environment = ENVIRONMENT | {"PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert "its encoding latin-1 lacks characters" in done.stdout.replace("iso8859-1", "latin-1")
    assert "PYTHONUTF8" in done.stdout


def test_a_folder_that_cannot_be_written_to(monkeypatch: pytest.MonkeyPatch, handout: Path) -> None:
    """work can be saved nowhere, and the doctor says so"""
    course = load_course(handout / "course.yml")
    assert student_machine.folder(course).good
    # Root, as which these tests may run, may write everywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path), mode) != (handout, os.W_OK))
    assert not student_machine.folder(course).good


def test_a_kernel_of_another_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """where Jupyter starts another Python for "Python 3", it is told how this one is offered as well"""
    pytest.importorskip("jupyter_client")
    assert by_subject(examine(tmp_path))["notebooks"].good
    other = tmp_path / "other" / "python"
    other.parent.mkdir()
    shutil.copy(sys.executable, other)
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {
        "argv": [str(other), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
    }
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    finding = student_machine.notebooks()
    assert not finding.good
    assert f'"Python 3" is {other}' in finding.text


def test_lines_are_as_wide_as_the_terminal() -> None:
    """a long finding goes on below its beginning, and characters that do something are seen"""
    text = Examined("course", False, "\x1b[2J" + "word " * 40).as_text(80)
    assert max(map(len, text.splitlines())) <= 80
    assert all(line.startswith(" " * 30) for line in text.splitlines()[1:])
    assert "\x1b" not in text
