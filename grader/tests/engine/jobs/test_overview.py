"""All units of a course at a glance, as a student meets it: in the course's folder, before, while and after working."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.course.folder import course_folder
from cnngrade.jobs.hand_out import HandedOut
from cnngrade.jobs.overview import overview
from cnngrade.judge.progress import TellStep, tell_nobody
from cnngrade.model import Unit
from cnngrade.report.overview import UnitProgress, UnitState, overview_as_text
from support import tiny_course
from support.course_folders import copy_of, hand_out_two
from support.places import GRADER

ANSWER = ("# *Write your answer here.*", "# Squaring depends on the number itself.")
WRITTEN = tiny_course.script(**tiny_course.RIGHT)
HALF = tiny_course.script(double=tiny_course.RIGHT["double"])
OTHER_STUB = tiny_course.other_script()
OTHER_WRITTEN = tiny_course.other_script(**tiny_course.RIGHT)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> HandedOut:
    return hand_out_two(tmp_path_factory.mktemp("course"))


@pytest.fixture
def top(handed_out: HandedOut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = copy_of(handed_out, tmp_path)
    monkeypatch.chdir(folder)
    return folder


def seen(top: Path) -> tuple[list[UnitProgress], list[str], str]:
    """Return how far the units are, which of them were checked, and the lines that a student reads, as one text."""
    checked: list[str] = []

    def teller(unit: Unit) -> TellStep:
        checked.append(unit.name)
        return tell_nobody

    units = list(overview(course_folder(top), teller))
    return units, checked, overview_as_text("A tiny course", units, colour=False)


def line_of(text: str, unit: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"  {unit}"))


def next_of(text: str) -> str:
    return " ".join(text[text.index("Next: ") :].split())


def test_before_anything_is_written(top: Path) -> None:
    """no unit is judged; each has its points, and the first to begin with is named with its files"""
    units, checked, text = seen(top)
    assert [entry.state for entry in units] == [UnitState.NOT_BEGUN, UnitState.NOT_BEGUN]
    assert checked == []
    assert re.fullmatch(r"  scaling  \u2591{12}  0/4  not begun", line_of(text, "scaling"))
    assert "0 of 8 public points. In all: 8 public + 2 hidden + 2 in prose = 12 points." in text
    assert next_of(text) == ("Next: scaling: write double in scaling/scaling.py, and check it with `cnngrade check scaling`.")


def test_an_answer_alone(top: Path) -> None:
    """a unit whose question alone is answered is not begun, and says so"""
    (top / "scaling" / "scaling.py").write_text(tiny_course.EXERCISE.replace(*ANSWER))
    _, checked, text = seen(top)
    assert checked == []
    assert line_of(text, "scaling").endswith("  not begun; the question has an answer")


def test_while_one_unit_is_begun(top: Path) -> None:
    """only that one is judged; its line says which functions are open, and the last line what to do about it, and where"""
    (top / "growing" / "growing.py").write_text(tiny_course.other_script(double=tiny_course.RIGHT["double"]))
    units, checked, text = seen(top)
    assert [entry.state for entry in units] == [UnitState.NOT_BEGUN, UnitState.BEGUN]
    assert checked == ["growing"]
    assert re.fullmatch(r"  growing  \u2588{6}\u2591{6}  2/4  open: triple; the question", line_of(text, "growing"))
    assert "2 of 8 public points." in text
    assert next_of(text) == (
        'Next: growing: read "Three times" in growing/growing.py, then write triple. `cnngrade check growing` says more.'
    )


def test_the_question_is_open(top: Path) -> None:
    """where all public cases passed, the unit is not done before the question has an answer; what is begun comes first"""
    (top / "scaling" / "scaling.py").write_text(WRITTEN)
    units, _, text = seen(top)
    assert units[0].state is UnitState.QUESTION_OPEN
    assert line_of(text, "scaling").endswith("4/4  all public cases passed; the question has no answer yet")
    assert next_of(text) == (
        "Next: scaling: answer the question in scaling/scaling.py, which is worth 1 point: no answer is there yet."
    )
    (top / "growing" / "growing.py").write_text(tiny_course.other_script(double=tiny_course.RIGHT["double"]))
    assert next_of(seen(top)[2]).startswith("Next: growing: ")
    (top / "growing" / "growing.py").write_text(OTHER_STUB)
    (top / "scaling" / "scaling.py").write_text(WRITTEN.replace(*ANSWER))
    units, _, text = seen(top)
    assert units[0].state is UnitState.DONE
    assert line_of(text, "scaling").endswith("4/4  all public cases passed, the question has an answer")
    assert next_of(text).startswith("Next: growing: write fourfold in growing/growing.py")


def test_when_nothing_is_left(top: Path) -> None:
    """that is said where every unit is done, and of the units that are here where one is not"""
    (top / "scaling" / "scaling.py").write_text(WRITTEN.replace(*ANSWER))
    (top / "growing" / "growing.py").write_text(OTHER_WRITTEN.replace(*ANSWER))
    _, _, text = seen(top)
    assert next_of(text) == "Next: nothing is left to fix. Hidden cases run when your work is graded."
    (top / "growing").rename(top.parent / "growing")
    units, _, text = seen(top)
    assert units[1].state is UnitState.NOT_THERE
    assert line_of(text, "growing").endswith("not handed out yet, or its folder is elsewhere")
    assert "4 of 4 public points. In all: 4 public + 1 hidden + 1 in prose = 6 points." in text
    assert (
        next_of(text) == "Next: nothing is left to fix of the units that are here. Hidden cases run when your work is graded."
    )
    (top / "scaling").rename(top.parent / "scaling")
    _, _, text = seen(top)
    assert "No unit is here yet." in text
    assert next_of(text) == "Next: put the folder of a unit into this one."


BROKEN = {
    "the unit's files are gone": lambda unit: (unit / "scaling.py").unlink(),
    "its course.yml is broken": lambda unit: (unit / "course.yml").write_text("units: ["),
    "its tests are gone": lambda unit: (unit / "autograde_tests" / "public" / "test_scaling.py").unlink(),
    "it is another unit's folder": lambda unit: shutil.copytree(unit.parent / "growing", unit, dirs_exist_ok=True),
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_a_unit_that_cannot_be_read(top: Path, damage: object) -> None:
    """it says so in its line, and stops no other"""
    assert callable(damage)
    damage(top / "scaling")
    (top / "growing" / "growing.py").write_text(OTHER_WRITTEN.replace(*ANSWER))
    units, checked, text = seen(top)
    assert [entry.state for entry in units] == [UnitState.NOT_READABLE, UnitState.DONE]
    assert checked == ["growing"]
    assert "scaling: " in next_of(text)


def test_work_that_does_not_run(top: Path) -> None:
    """of a file that is no Python the line says what is open, and the last one where"""
    (top / "scaling" / "scaling.py").write_text(HALF + "\n\n# %%\ndef triple(x:\n")
    units, _, text = seen(top)
    assert units[0].state is UnitState.BEGUN
    assert "open: triple" in line_of(text, "scaling")
    assert "scaling/scaling.py" in next_of(text)


def entry(name: str, state: UnitState = UnitState.NOT_BEGUN, problem: str = "") -> UnitProgress:
    unit = Unit(name, name, 10.0, 1.0, ("f",), public_points=5.0)
    return UnitProgress(unit, state, next_step=f"go on \x1b[2J{problem}", problem=problem)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_as_wide_as_the_terminal(width: int) -> None:
    """no line is wider, in colours or without, and what a console cannot show is of plain characters"""
    problem = "The folder is \x1b[31mred\x07 and \u65e5\u672c, " + 20 * "long "
    unread = entry("much_longer", state=UnitState.NOT_READABLE, problem=problem)
    units = [entry("short"), unread, entry("done", state=UnitState.DONE)]
    plain = overview_as_text("A course\x1b[2J", units, colour=False, width=width, encoding="ascii")
    assert plain.isascii()
    assert "\x1b" not in plain
    assert ".........." in plain
    assert max(map(len, plain.splitlines())) <= width
    coloured = overview_as_text("A course\x1b[2J", units, colour=True, width=width)
    assert "\x1b[2J" not in coloured
    assert "\x1b[32m" in coloured


def command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    program = [sys.executable, "-m", "cnngrade", *arguments]
    return subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_command_in_a_course_folder(top: Path) -> None:
    """exit 1 while something does not pass and 0 when all does; in a unit's folder it is the unit; --json is the list"""
    done = command("check", folder=top)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("A tiny course\n")
    alone = command("check", folder=top / "scaling")
    assert alone.stdout.startswith(
        "Numbers, twice and three times   0 of 4 points\n  4 public + 1 hidden + 1 in prose = 6 points\n"
    )
    (top / "scaling" / "scaling.py").write_text(WRITTEN)
    (top / "growing" / "growing.py").write_text(OTHER_WRITTEN)
    assert command("check", folder=top).returncode == 0
    documents = json.loads(command("check", "--json", folder=top).stdout)
    assert [document["earned"] for document in documents] == [4, 4]
    function = command("check", "fourfold", "--json", folder=top / "scaling")
    document = json.loads(function.stdout)
    assert (document["submission"]["unit"], document["functions"], document["possible"]) == ("growing", ["fourfold"], 2)


def test_what_is_said_when_a_part_passed(top: Path) -> None:
    """of a function that passes, that the unit goes on; of a unit, that the question is open; else that nothing is left"""
    (top / "scaling" / "scaling.py").write_text(WRITTEN)
    said = [" ".join(command("check", name, folder=top).stdout.split()) for name in ("double", "scaling")]
    assert "Next: go on: every public case of double passed. `cnngrade check scaling` checks the whole unit." in said[0]
    assert "Next: answer the question in scaling.py, which is worth 1 point: no answer is there yet." in said[1]
    assert not any("nothing is left" in text for text in said)
    (top / "scaling" / "scaling.py").write_text(WRITTEN.replace(*ANSWER))
    whole = " ".join(command("check", "scaling", folder=top).stdout.split())
    assert "Next: nothing is left to fix here. Every public case passed; hidden ones run when your work is graded." in whole
