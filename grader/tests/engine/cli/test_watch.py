"""`check --watch` at a real terminal: what is typed, what is saved, what is shown, and the terminal afterwards."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

from cnngrade.model import Course
from support import tiny_course
from support.course_folders import copy_of, hand_out_two
from support.places import ENVIRONMENT
from support.terminal import Terminal, in_terminal, without_escapes

COMMAND = (sys.executable, "-m", "cnngrade", "check")
ASKED = r"\[q\] quit"
# Waits for keys, and is stopped in the moment before it first looks for one.
STOPPED_BEFORE_IT_LOOKS = """
import os, select, signal
from cnngrade.cli import keys

class Select:
    def select(self, *asked):
        if not self.was_stopped:
            self.was_stopped = True
            os.kill(os.getpid(), signal.SIGTSTP)
        return select.select(*asked)

Select.was_stopped = False
keys.select = Select()
with keys.keyboard() as typed:
    while (key := typed.key(0.2)) != "q":
        print(end=f"<{key}>" if key else "", flush=True)
"""
RIGHT = tiny_course.script(**tiny_course.RIGHT)
HALF = tiny_course.script(double=tiny_course.RIGHT["double"])
SQUARED = tiny_course.script(**tiny_course.RIGHT | {"double": "def double(x):\n    return np.asarray(x) ** 2"})


@pytest.fixture
def work(course: Course) -> Path:
    return course.root / "exercises" / "scaling.py"


@pytest.fixture
def watch(course: Course) -> Iterator[Terminal]:
    """A watch of the stub, after its first report."""
    with in_terminal([*COMMAND, "--watch"], course.root) as terminal:
        terminal.wait_for(ASKED)
        yield terminal


def shown(terminal: Terminal) -> str:
    """Return what comes up to the next line with the keys, as it is read."""
    return without_escapes(terminal.wait_for(ASKED))


def press(terminal: Terminal, key: str) -> str:
    terminal.type(key)
    return shown(terminal)


def test_what_changed_is_told(watch: Terminal, work: Path) -> None:
    """after each save the report comes, then what changed since the last one, with times of day"""
    work.write_text(HALF)
    text = shown(watch)
    assert re.search(r"2 of 4 points[^$]*\nSince \d\d:\d\d:\d\d: 2 points more\n  \+ double: 2 more tests pass\n", text)
    assert re.search(r"\n\d\d:\d\d:\d\d scaling\.py, \d+\.\d s   \[r\] again", text)
    work.write_text(SQUARED)
    text = shown(watch)
    assert "\n  + triple: 1 more test passes\n" in text
    assert '\n  - double: 2 tests that passed no longer do (wrong, waits): "a single number is doubled" and 1 more\n' in text
    assert "as many points" in text
    assert "nothing changed." in press(watch, "r")


def test_the_keys(watch: Terminal, work: Path) -> None:
    """h gives a hint, s draws, n says that there is no other unit, r checks again, other keys do nothing, q ends"""
    assert "double   (hint 1 of 3)" not in press(watch, "h")
    assert "(hint 1 of 3)" in watch.said
    assert "(hint 2 of 3)" in press(watch, "h")
    text = press(watch, "s")
    assert "double: A ramp" in text
    assert "triple" not in text
    assert "scaling is the last unit here." in press(watch, "n")
    # F2, F3, F4 and Alt-Q, the arrow in two parts, and what stands for nothing.
    for typed in ("\x1bOQ\x1bOR\x1bOS\x1bq", "\x1b", "[A", "xZ?\r\n \t\x7f\u00e9"):
        watch.type(typed)
        time.sleep(0.02)
    assert "Since" in press(watch, "R")
    work.write_text(RIGHT)
    assert "4 of 4 points" in shown(watch)
    assert "Nothing failed, so there is no hint to give." in press(watch, "h")
    text = press(watch, "s")
    assert "double: A ramp" in text
    assert "triple: Three colours" in text
    watch.type("q")
    assert watch.end() == 0
    assert watch.said.endswith("\r\x1b[K")


@pytest.mark.slow
def test_q_tells_how_it_stands(watch: Terminal) -> None:
    """the exit status is that of the last reports; Ctrl-D is q"""
    watch.type("\x04")
    assert watch.end() == 1


@pytest.mark.parametrize(
    ("end", "status"),
    [
        pytest.param(lambda terminal: terminal.type("q"), 1, id="q"),
        pytest.param(lambda terminal: terminal.type("\x03"), 130, id="ctrl-c"),
        pytest.param(lambda terminal: terminal.type("\x1c"), -signal.SIGQUIT, id="ctrl-backslash", marks=pytest.mark.slow),
        pytest.param(
            lambda terminal: terminal.process.send_signal(signal.SIGTERM),
            -signal.SIGTERM,
            id="terminated",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda terminal: terminal.process.send_signal(signal.SIGHUP), -signal.SIGHUP, id="hung up", marks=pytest.mark.slow
        ),
    ],
)
def test_the_terminal_is_given_back(course: Course, end: Callable[[Terminal], None], status: int) -> None:
    """however it ends, lines and echo are as they were"""
    with in_terminal([*COMMAND, "--watch"], course.root) as terminal:
        before = terminal.settings()
        terminal.wait_for(ASKED)
        assert terminal.settings() != before
        end(terminal)
        assert terminal.end() == status
        assert terminal.settings() == before
        assert "Traceback" not in terminal.said


def test_ctrl_z_stops_and_goes_on(course: Course) -> None:
    """a shell that stops it has its terminal as it was, in the background nothing is read, and in front keys work again"""
    with in_terminal(["bash", "--norc", "-i"], course.root, {"PS1": "$ "}) as shell:

        def settings() -> str:
            shell.type("echo [$(stty -g)]\n")
            return shell.wait_for(r"\n[^\n]*\[[0-9a-f:]+\]").rpartition("[")[2]

        before = settings()
        shell.type(f"{' '.join(COMMAND)} --watch\n")
        for command in ("fg\n", "bg\nfg\n"):
            shell.wait_for(ASKED)
            shell.type("\x1a")
            shell.wait_for("Stopped")
            assert settings() == before
            shell.type(command)
            shell.wait_for(r"--watch\r?\n")
            shell.type("r")
            shell.wait_for("Since")
        shell.wait_for(ASKED)
        shell.type("q")
        shell.wait_for(r"\$ ")
        assert settings() == before


def test_no_key_is_waited_for_in_the_background(tmp_path: Path) -> None:
    """stopped as it begins to wait and sent to the background, it leaves the shell its lines, and takes keys in front again"""
    program = tmp_path / "program.py"
    program.write_text(STOPPED_BEFORE_IT_LOOKS)
    with in_terminal(["bash", "--norc", "-i"], tmp_path, {"PS1": "$ "}) as shell:
        shell.type(f"{shlex.join([sys.executable, program.name])}\n")
        shell.wait_for("Stopped")
        shell.type("bg; sleep 0.4; read line; echo [$line]; fg\nthe shell's\n")
        shell.wait_for(r"\n\[the shell's\]")
        shell.wait_for(r"program\.py\r?\n")
        shell.type("r")
        shell.wait_for("<r>")
        shell.type("q")
        shell.wait_for(r"\$ ")


def put_in_place(path: Path, text: str) -> None:
    """As JupyterLab and many editors do."""
    beside = path.with_name(f".~{path.name}")
    beside.write_text(text)
    beside.replace(path)


def move_away_and_write(path: Path, text: str) -> None:
    """As vim does with a backup."""
    backup = path.with_name(f"{path.name}~")
    path.replace(backup)
    time.sleep(0.3)
    path.write_text(text)
    backup.unlink()


def write_in_parts(path: Path, text: str) -> None:
    """As an editor on a slow disk."""
    with path.open("w") as file:
        for start in range(0, len(text), len(text) // 8):
            file.write(text[start : start + len(text) // 8])
            file.flush()
            time.sleep(0.05)


def empty_first(path: Path, text: str) -> None:
    """As Jupyter does on a busy machine."""
    with path.open("w") as file:
        time.sleep(1.0)
        file.write(text)


def keep_the_time(path: Path, text: str) -> None:
    """As `cp -p` of an older file."""
    path.write_text(text)
    os.utime(path, (1_000_000_000, 1_000_000_000))


@pytest.mark.slow
def test_every_way_to_save(watch: Terminal, work: Path) -> None:
    """a file that is replaced, moved away and written, written bit by bit, or made older is checked, once, and whole"""
    ways = [(put_in_place, RIGHT, 4), (move_away_and_write, HALF, 2), (write_in_parts, RIGHT, 4), (empty_first, HALF, 2)]
    ways += [(keep_the_time, RIGHT, 4)]
    for save, text, points in ways:
        save(work, text)
        assert f"{points} of 4 points" in shown(watch), save.__name__
    assert not watch.read(1.0), watch.said


@pytest.mark.slow
def test_who_empties_a_file_means_it(watch: Terminal, work: Path) -> None:
    """a file with nothing in it is checked after a while, since it may be about to be written"""
    work.write_text("")
    assert not watch.read(1.0), watch.said
    assert "scaling.py is empty." in shown(watch)


def test_what_an_editor_leaves_beside_is_no_work(watch: Terminal, work: Path) -> None:
    """lock files, copies and checkpoints are not waited for, and a file that is removed is waited for"""
    (work.parent / ".#scaling.py").symlink_to("nobody@nowhere.123")
    (work.parent / ".scaling.py.swp").write_text("x")
    (work.parent / ".ipynb_checkpoints").mkdir()
    (work.parent / ".ipynb_checkpoints" / "scaling-checkpoint.py").write_text("x")
    assert not watch.read(1.0), watch.said
    work.unlink()
    assert not watch.read(1.0), watch.said
    work.write_text(RIGHT)
    assert "4 of 4 points" in shown(watch)


def notebook(**functions: str) -> str:
    cells = [{"cell_type": "code", "source": "import numpy as np", "metadata": {}, "outputs": [], "execution_count": None}]
    cells += [cells[0] | {"source": source} for source in functions.values()]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def test_who_goes_on_in_the_notebook(watch: Terminal, work: Path) -> None:
    """the notebook is checked as soon as it is the one with work in it, and its modules with it, in folders too"""
    (work.parent / "lib").mkdir()
    helper = work.parent / "lib" / "helper.py"
    helper.write_text("TWO = 3\n")
    using = "import sys\nsys.path.insert(0, 'lib')\nfrom helper import TWO\ndef double(x): return TWO * np.asarray(x)"
    text = notebook(**tiny_course.RIGHT | {"double": using})
    with work.with_suffix(".ipynb").open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        time.sleep(1.0)
        file.write(text[len(text) // 2 :])
    text = shown(watch)
    assert "2 of 4 points" in text
    assert "scaling.ipynb," in text
    assert not watch.read(1.0), watch.said
    helper.write_text("TWO = 2\n")
    assert "4 of 4 points" in shown(watch)


def test_what_cannot_be_checked_is_said_and_waited_for(watch: Terminal, course: Course, work: Path) -> None:
    """a course.yml that is broken meanwhile ends nothing"""
    book = course.root / "course.yml"
    whole = book.read_text()
    book.write_text(whole.replace("units:", "unist:"))
    work.write_text(RIGHT)
    assert "Error: " in shown(watch)
    book.write_text(whole)
    assert "4 of 4 points" in press(watch, "r")


def test_the_unit_that_is_saved_is_looked_at(course: Course, work: Path) -> None:
    """among several units it is the one saved last; n goes on to the one after it"""
    done = subprocess.run([*COMMAND[:3], "new", "sums"], cwd=course.root, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == 0
    os.utime(work, (2_000_000_000, 2_000_000_000))
    with in_terminal([*COMMAND, "--watch"], course.root) as terminal:
        assert "scaling.py," in shown(terminal)
        assert "sums.py," in press(terminal, "n")
        assert "sums is the last unit here." in press(terminal, "n")
        work.write_text(HALF)
        os.utime(work, (2_000_000_009, 2_000_000_009))
        assert "+ double: 2 more tests pass" in shown(terminal)
        terminal.type("q")
        assert terminal.end() == 1
    with in_terminal([*COMMAND, "scaling", "--watch"], course.root) as terminal:
        shown(terminal)
        (course.root / "exercises" / "sums.py").touch()
        assert not terminal.read(1.0), terminal.said
        assert "sums.py," in press(terminal, "n")


@pytest.mark.slow
def test_a_course_folder(tmp_path: Path) -> None:
    """functions are watched by name from a sibling's folder; n goes on to the next function, and then to the next unit"""
    top = copy_of(hand_out_two(tmp_path / "instructor"), tmp_path)
    work = top / "scaling" / "scaling.py"
    with in_terminal([*COMMAND, "double", "--watch"], top / tiny_course.OTHER_UNIT) as terminal:
        text = shown(terminal)
        assert "0 of 2 points" in text
        assert "scaling.py double," in text
        work.write_text(HALF)
        assert "+ double: 2 more tests pass" in shown(terminal)
        text = press(terminal, "n")
        assert "scaling.py triple," in text
        assert "triple: Three colours" in press(terminal, "s")
        assert f"{tiny_course.OTHER_UNIT}.py," in press(terminal, "n")
        assert f"{tiny_course.OTHER_UNIT} is the last unit here." in press(terminal, "n")
    with in_terminal([*COMMAND, "--watch"], top) as terminal:
        assert "scaling.py," in shown(terminal)
        other = top / tiny_course.OTHER_UNIT / f"{tiny_course.OTHER_UNIT}.py"
        other.write_text(tiny_course.other_script(**tiny_course.RIGHT))
        assert "4 of 4 points" in shown(terminal)
        terminal.type("q")
        assert terminal.end() == 1
    (top / "scaling" / "my_scaling.py").write_text(HALF)
    with in_terminal([*COMMAND, "scaling.py", "my_scaling.py", "--watch"], top / "scaling") as terminal:
        assert terminal.end() == 2
        assert "--watch takes one file of a unit, and there are two of scaling." in " ".join(terminal.said.split())


@pytest.mark.slow
def test_a_dumb_terminal_is_not_cleared(course: Course, work: Path) -> None:
    """with TERM=dumb no escape is written, and keys work"""
    with in_terminal([*COMMAND, "--watch"], course.root, {"TERM": "dumb"}) as terminal:
        terminal.wait_for(ASKED)
        work.write_text(HALF)
        terminal.wait_for(ASKED)
        terminal.type("q")
        assert terminal.end() == 1
        assert "\x1b" not in terminal.said
        assert "0 of 4 points" in terminal.said
        assert "2 more tests pass" in terminal.said


def test_without_a_keyboard(course: Course, work: Path) -> None:
    """where input is no terminal there are no keys, and the line says what ends it; files are written after each check"""
    page, ends = course.root / "report.html", r"\n\d\d:\d\d:\d\d scaling\.py, \d+\.\d s\. .*Ctrl-C ends this\.\r\n"
    command = shlex.join([*COMMAND, "--watch", "--html", "report.html"])
    with in_terminal(["sh", "-c", f"exec {command} < /dev/null"], course.root) as terminal:
        terminal.wait_for(ends)
        assert "0 of 4 points" in page.read_text()
        work.write_text(RIGHT)
        assert "2 more tests pass" in terminal.wait_for(ends)
        assert "4 of 4 points" in page.read_text()
        terminal.type("q\n\x03")
        assert terminal.end() == 130


def test_watch_is_for_people(course: Course) -> None:
    """--json has no place in it"""
    command = [*COMMAND, "--watch", "--json"]
    done = subprocess.run(command, cwd=course.root, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "leave out --json" in done.stderr
