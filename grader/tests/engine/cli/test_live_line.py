"""What a terminal shows while somebody waits, and what it never shows; colours, by the variables that people set."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

from cnngrade.cli.console import wants_colour
from cnngrade.model import Course
from support import tiny_course
from support.places import ENVIRONMENT
from support.terminal import Terminal, in_terminal, without_escapes

COMMAND = (sys.executable, "-m", "cnngrade")
COLOURS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")
WAITING = "def double(x):\n    import time\n    time.sleep({seconds})\n    return 2 * np.asarray(x)"


def hand_in(course: Course, seconds: float) -> Path:
    work = course.root / "exercises" / "scaling.py"
    work.write_text(tiny_course.script(double=WAITING.format(seconds=seconds)))
    return work


def piped(command: str, course: Course, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command whose output is read by another one, with these variables about colours and no others."""
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in COLOURS} | dict(variables)
    arguments = [*COMMAND, *command.split()]
    return subprocess.run(arguments, cwd=course.root, env=environment, capture_output=True, text=True, check=False)


def drawn(terminal: Terminal) -> list[str]:
    """Return what was written on the line, one after the other, without the report."""
    return [text.partition("\x1b[K")[0] for text in terminal.said.split("\r") if "\x1b[K" in text]


def test_the_line_says_what_runs(course: Course) -> None:
    """unit, function and number of the test, with seconds where it takes long; nothing of it is left"""
    hand_in(course, 4)
    with in_terminal([*COMMAND, "check"], course.root) as terminal:
        terminal.wait_for("scaling: double, test 1 of 3 [.]{3} 3 s")
        assert terminal.end() == 1
    assert {"scaling: double, test 1 of 3 ...", "scaling: double, test 2 of 3 ..."} <= set(drawn(terminal))
    left = without_escapes(terminal.said)
    assert left.startswith("Numbers, twice and three times   2 of 4 points\n")
    assert "test 1" not in left


def test_nothing_is_left_at_ctrl_c(course: Course) -> None:
    """who stops a check sees a sentence below the prompt, and no half line"""
    hand_in(course, 60)
    with in_terminal([*COMMAND, "check"], course.root) as terminal:
        terminal.wait_for("test 1 of 3")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert without_escapes(terminal.said) == "Stopped. What was finished is kept; run the same command again to go on.\n"


@pytest.mark.parametrize("columns", [12, 2])
def test_the_line_is_one_line(course: Course, columns: int) -> None:
    """on a narrow terminal it is cut, since what goes on to a second line cannot be cleared"""
    hand_in(course, 1)
    with in_terminal([*COMMAND, "check"], course.root, size=(24, columns)) as terminal:
        terminal.end()
    assert 0 < max(map(len, drawn(terminal))) < columns


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("hint", "test 1 of 3"),
        ("show", "drawing its pictures"),
        pytest.param("verify", "scaling: solution", marks=pytest.mark.slow),
    ],
)
def test_every_command_that_takes_time(course: Course, command: str, says: str) -> None:
    """hint, show and verify have the line, too, and the report goes where standard output goes"""
    hand_in(course, 0.8)
    with in_terminal(["sh", "-c", f"'{sys.executable}' -m cnngrade {command} > said"], course.root) as terminal:
        terminal.end()
    assert any(says in text for text in drawn(terminal))
    lines = without_escapes(terminal.said).split("\n")
    assert [line for line in lines if line and not line.startswith("Written: ")] == []
    assert (course.root / "said").read_text().strip()


def test_no_line_where_nobody_reads_it(course: Course) -> None:
    """not in a pipe, and not on a terminal that cannot write over a line"""
    hand_in(course, 0.5)
    done = piped("check", course, {})
    assert (done.returncode, done.stderr) == (1, "")
    assert "\x1b" not in done.stdout
    with in_terminal([*COMMAND, "check"], course.root, {"TERM": "dumb"}) as terminal:
        assert terminal.end() == 1
    assert terminal.said.replace("\r\n", "\n") == done.stdout


class Screen(io.StringIO):
    """A standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("is_terminal", [True, False])
def test_who_decides_about_colours(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    """NO_COLOR before FORCE_COLOR and CLICOLOR_FORCE, these before TERM=dumb, and only then the terminal; "" says nothing"""
    monkeypatch.setattr(sys, "stdout", Screen() if is_terminal else io.StringIO())
    values = {"NO_COLOR": (None, "", "1"), "FORCE_COLOR": (None, "", "1"), "CLICOLOR_FORCE": (None, "", "0", "1")}
    for term, *chosen in itertools.product(("xterm", "dumb", ""), *values.values()):
        monkeypatch.setenv("TERM", term)
        for name, value in zip(values, chosen, strict=True):
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        no, force, clicolor = chosen
        expected = not no and (force == "1" or clicolor == "1" or (is_terminal and term != "dumb"))
        assert wants_colour() is expected, (term, chosen)


@pytest.mark.parametrize(
    ("command", "variables", "is_coloured"),
    [
        ("check", {"FORCE_COLOR": "1"}, True),
        ("check", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("check --json", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_in_a_pipe(course: Course, command: str, variables: dict[str, str], is_coloured: bool) -> None:
    """a report has colours where they are asked for, and JSON never has any"""
    done = piped(command, course, variables)
    assert ("\x1b[36mto do\x1b[0m" in done.stdout) is is_coloured
    assert "double is yours to write" in done.stdout
    assert done.stderr == ""
