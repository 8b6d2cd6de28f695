"""Collecting straight from an exchange, and from a folder of clones: what their names and the disk say of whose work it is."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnngrade.classroom.collected import read_timestamp
from cnngrade.course import paths
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Fate
from cnngrade.model import Course

WORK = b"def conv2d(x):\n    return x\n"
CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": WORK.decode(), "outputs": [], "execution_count": None}
NOTEBOOK = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
FIRST, LAST = "2026-11-28 13:58:55.537930 UTC", "2026-11-29 13:58:55.537930 UTC"


def put(path: Path, data: bytes = WORK) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_an_exchange_is_collected_by_its_names(bare_course: Course, tmp_path: Path) -> None:
    """of several submissions the last counts, with the time in the folder's name, whatever timestamp.txt says"""
    inbound = tmp_path / "exchange" / "cnn" / "inbound"
    for moment, data in ((FIRST, WORK), (LAST, WORK + b"# again\n")):
        put(inbound / f"ada+convolution+{moment}+a1B2-_" / "convolution.py", data)
        put(inbound / f"ada+convolution+{moment}+a1B2-_" / "timestamp.txt", b"2020-01-01 00:00:00.0 UTC")
        put(inbound / f"ada+pooling+{moment}+a1B2-_" / "pooling.py", data)
    done = collect(bare_course, bare_course.units[0], inbound)
    assert [(line.student, line.fate) for line in done.lines] == [("ada", Fate.COLLECTED)]
    place = paths.submission(bare_course, "convolution", "ada")
    assert (place / "convolution.py").read_bytes() == WORK + b"# again\n"
    assert f"{read_timestamp(place):%Y-%m-%d %H:%M:%S.%f %Z}" == LAST
    assert any("pooling" in note for note in done.notes)
    assert any("another time" in note for note in done.notes)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser gives files to others")
def test_nobody_submits_under_anothers_name(bare_course: Course, tmp_path: Path) -> None:
    """in an exchange, a folder that bears one student's name and belongs to another on this disk is refused"""
    pwd = pytest.importorskip("pwd")
    ada, bob = (entry.pw_name for entry in pwd.getpwall() if entry.pw_uid and entry.pw_name in ("daemon", "bin"))
    inbound = tmp_path / "inbound"
    for user, moment, owner in ((ada, FIRST, ada), (bob, FIRST, bob), (ada, LAST, bob)):
        work = inbound / f"{user}+convolution+{moment}+x" / "convolution.py"
        put(work, WORK + f"# by {owner}\n".encode())
        os.chown(work, pwd.getpwnam(owner).pw_uid, -1)
    done = collect(bare_course, bare_course.units[0], inbound)
    refused = [line for line in done.lines if line.fate is Fate.REFUSED]
    assert [ada in line.reason and bob in line.reason for line in refused] == [True]
    for student in (ada, bob):
        text = (paths.submission(bare_course, "convolution", student) / "convolution.py").read_text()
        assert text.endswith(f"# by {student}\n")


def test_a_folder_of_clones_is_called_after_the_assignment(bare_course: Course, tmp_path: Path) -> None:
    """clones of an assignment with a name of its own are known by the name of the folder around them"""
    clones = tmp_path / "cnn-101-submissions"
    for login in ("ada", "jane-doe"):
        put(clones / f"cnn-101-{login}" / "convolution.py")
        put(clones / f"cnn-101-{login}" / ".git" / "HEAD", b"ref: refs/heads/main\n")
    done = collect(bare_course, bare_course.units[0], clones)
    assert {(line.student, line.fate) for line in done.lines} == {("ada", Fate.COLLECTED), ("jane-doe", Fate.COLLECTED)}


@pytest.mark.slow
def test_what_nbgrader_submits_is_collected(bare_course: Course, tmp_path: Path) -> None:
    """nbgrader's own command submits, in its own zone; collect finds user, time and work"""
    root, home = tmp_path / "exchange", tmp_path / "home"
    for folder in (root / "cnn" / "inbound", root / "cnn" / "outbound" / "convolution"):
        folder.mkdir(parents=True)
        folder.chmod(0o777)
    put(home / "convolution" / "convolution.ipynb", NOTEBOOK)
    put(root / "cnn" / "outbound" / "convolution" / "convolution.ipynb", NOTEBOOK)
    options = ["--course=cnn", f"--Exchange.root={root}", "--Exchange.timezone=Europe/Berlin", f"--CourseDirectory.root={home}"]
    command = [sys.executable, "-m", "nbgrader", "submit", "convolution", *options]
    before = datetime.now(UTC)
    subprocess.run(
        command, cwd=home, env={**os.environ, "HOME": str(home), "JUPYTER_DATA_DIR": str(home)}, check=True, timeout=120
    )
    done = collect(bare_course, bare_course.units[0], root / "cnn" / "inbound")
    (line,) = done.lines
    assert (line.student, line.fate) == (getpass.getuser(), Fate.COLLECTED)
    submitted = read_timestamp(paths.submission(bare_course, "convolution", line.student))
    assert submitted is not None
    assert before <= submitted <= datetime.now(UTC)
