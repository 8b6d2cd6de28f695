"""The benchmarks: one run of all of them, and the sections of docs/benchmarks.md that they write."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import re
import shutil
import signal
import time
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

import pytest

from grader.benchmarks.figures.page import PAGE, sections, with_section, write_section
from grader.benchmarks.figures.parts import LEFT_OUT, PARTS, Part
from grader.benchmarks.figures.quartiles import quartiles, ratios
from grader.benchmarks.figures.section import Section, Table, at_least, at_most, command
from support.places import GRADER

BENCHMARKS = GRADER / "benchmarks"
OURS = """
import sys
from collections.abc import Generator
from pathlib import Path

sys.path[:0] = [{folder!r}]
from figures.section import Section, at_most

section = Section({name!r})
section.table(["what", "seconds"], [["nothing", "0.00"]])
section.aim(at_most("seconds", 1.0, 2.0))
section.end(Path({page!r}) if "--write-docs" in sys.argv else None)
"""


@pytest.fixture
def page(tmp_path):
    return Path(shutil.copy(PAGE, tmp_path))


@pytest.fixture
def runner(monkeypatch) -> Generator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield importlib.import_module("run_all")
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def program(tmp_path):
    """makes a part of a program's text; other parts may be made after it"""

    def make(text: str, name: str, minutes: float = 1.0) -> Part:
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        return Part(name, str(path), "a test", minutes=minutes)

    return make


def writes(name: str, page: Path) -> str:
    return OURS.format(folder=str(BENCHMARKS), name=name, page=str(page))


def test_each_section_of_the_page_is_a_part():
    """each part has a section in docs/benchmarks.md that holds a table, and there are no others"""
    found = sections(PAGE.read_text(encoding="utf-8"))
    assert set(found) == {part.name for part in PARTS}
    assert len(PARTS) == len(found)
    for name, body in found.items():
        assert re.search(r"^\| ?-+", body, re.MULTILINE), f"the section {name} has no table"


def test_each_program_is_a_part():
    """each program in the folder is a part, or is left out for a reason"""
    programs = {
        path.name for path in BENCHMARKS.glob("*.py") if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")
    }
    parts = [part.program for part in PARTS]
    assert programs == {*parts, *LEFT_OUT}
    assert len(set(parts)) == len(parts)
    assert not set(parts) & set(LEFT_OUT)
    assert all(LEFT_OUT.values())


def test_a_part_writes_its_section_alone(runner, program, page, capfd):
    """a part writes its own section, whatever came before, and all others stay as they were"""
    before = sections(page.read_text(encoding="utf-8"))
    parts = [program(writes("loops", page), "loops"), program("import sys; sys.exit(3)", "onnx")]
    assert runner.main(["--quick"], parts) == 1
    after = sections(page.read_text(encoding="utf-8"))
    assert {name for name in before if before[name] != after[name]} == {"loops"}
    assert "| nothing | 0.00 |" in after["loops"]
    assert "`python loops.py`" in after["loops"]
    assert "| seconds | at most 1 | 2.00 | missed |" in after["loops"]
    printed = capfd.readouterr().out
    assert "failed, status 3" in printed
    assert "0 of 1 aims reached" in printed
    assert printed.rstrip().endswith("aim: seconds: at most 1; 2.00: missed")


def test_a_missed_aim_is_no_failure(runner, program, page):
    """a run whose parts end well ends well, though an aim is missed; without the page it writes nothing"""
    before = page.read_bytes()
    assert runner.main(["--no-docs"], [program(writes("loops", page), "loops")]) == 0
    assert page.read_bytes() == before


def test_a_part_that_takes_too_long_is_ended(runner, program, page, capfd):
    """a part that takes too long is ended, and the next one runs"""
    parts = [program("import time; time.sleep(600)", "onnx", minutes=0.02), program(writes("loops", page), "loops")]
    assert runner.main([], parts) == 1
    assert "longer than 0.02 minutes" in capfd.readouterr().out
    assert "| nothing | 0.00 |" in sections(page.read_text(encoding="utf-8"))["loops"]


INTERRUPTS = """
import fcntl, os, signal, subprocess, sys, time

# The child takes no notice of the end, and at its own the part interrupts once more.
if sys.argv[1:2] == ["--hold"]:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    file = open({held!r}, "w")
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    time.sleep(600)
signal.signal(signal.SIGINT, lambda *_: os.kill(os.getppid(), signal.SIGINT))
with subprocess.Popen([sys.executable, __file__, "--hold"], stdout=subprocess.PIPE) as child:
    child.stdout.readline()
    os.kill(os.getppid(), getattr(signal, {signal!r}))
    while True:
        time.sleep(600)
"""


def comes_free(path: Path) -> bool:
    """Return whether a file is held by nobody before long: what is killed is dead only once the system has had time for it."""
    with path.open("r+") as file:
        for _ in range(600):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_ctrl_c_keeps_what_is_done(runner, program, page, tmp_path, capfd, number):
    """Ctrl-C ends the part that runs with what it has started; what is done is kept, and what has not run stays"""
    before = sections(page.read_text(encoding="utf-8"))
    held = tmp_path / "held"
    interrupts = program(INTERRUPTS.format(held=str(held), signal=number), "onnx")
    parts = [program(writes("loops", page), "loops"), interrupts, program(writes("naming", page), "naming")]
    assert runner.main([], parts) == 130
    after = sections(page.read_text(encoding="utf-8"))
    assert {name for name in before if before[name] != after[name]} == {"loops"}
    assert "interrupted" in capfd.readouterr().out
    assert comes_free(held)


def test_only_what_is_named_runs(runner, program, page, capfd):
    """--only runs the parts that it names, and knows which there are"""
    parts = [program("import sys; sys.exit(1)", "onnx"), program(writes("loops", page), "loops")]
    assert runner.main(["--only", "loops"], parts) == 0
    with pytest.raises(SystemExit):
        runner.main(["--only", "loop"], parts)
    assert "'loop' is not one of onnx, loops" in capfd.readouterr().err


def test_a_page_without_the_section(runner, program, capfd):
    """before anything is measured it is said that the page has no section for a part"""
    parts = [program("import sys; sys.exit(1)", "nowhere")]
    with pytest.raises(SystemExit):
        runner.main([], parts)
    assert "has no section for nowhere; its marks are" in capfd.readouterr().err
    assert runner.main(["--no-docs"], parts) == 1


def test_a_python_that_cannot_be_used(runner, program, tmp_path, capfd):
    """a Python that is not there, or lacks what the course needs, is refused before anything is measured"""
    parts = [program("", "loops")]
    (tmp_path / "bare").write_text("#!/bin/sh\necho 'No module named numba' >&2\nexit 1\n")
    (tmp_path / "bare").chmod(0o755)
    for name, said in (("python9.99", "there is no program"), (str(tmp_path / "bare"), "No module named numba")):
        with pytest.raises(SystemExit):
            runner.main(["--python", name], parts)
        assert said in capfd.readouterr().err


def test_a_comparison_needs_another_checkout(runner, program, capfd):
    """a part that compares with another checkout is left out where none is named, and that is no failure"""
    part = program("import sys; sys.exit(1)", "pairs")
    assert runner.main([], [Part("pairs", part.program, "a test", against="", needs_other=True)]) == 0
    assert "left out: no --against" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no marks", "has no section 'a'"),
        ("<!-- a: begin -->\n", "has to be there once"),
        ("<!-- a: end -->\n<!-- a: begin -->\n", "before another one ends"),
        ("<!-- a: begin -->\n<!-- a: begin -->\n<!-- a: end -->\n", "has to be there once"),
        ("<!-- a: begin -->\n<!-- b: begin -->\n<!-- a: end -->\n<!-- b: end -->\n", "before another one ends"),
        ("<!-- a: begin -->\n<!-- a: end -->\n<!-- b: end -->\n", "has not begun"),
    ],
)
def test_marks_out_of_order(tmp_path, text, said):
    """a page whose marks are not in order is named, and stays as it was"""
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(ValueError, match=said):
        write_section(page, "a", "| x |")
    assert page.read_text() == text


def test_a_mark_within_a_section():
    """a body that holds a mark is refused"""
    with pytest.raises(ValueError, match="would end it early"):
        with_section("<!-- a: begin -->\n<!-- a: end -->\n", "a", "<!-- a: end -->")


def test_spread():
    """figures are the median with the quartiles, and ratios are those of neighbours"""
    assert quartiles([4.0, 1.0, 3.0, 2.0, 5.0]).text(".1f") == "3.0 (2.0 to 4.0)"
    assert quartiles([1.5]).text() == "1.50"
    # The quotient of the medians would be 1.
    assert ratios([1.0, 2.0, 30.0], [2.0, 1.0, 10.0]).median == 2.0
    with pytest.raises(ValueError, match="nothing was measured"):
        quartiles([])
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


def test_aims():
    """an aim is reached at its bound, and of several measurements the median counts"""
    assert at_most("x", 2.0, 2.0).is_reached
    assert not at_most("x", 2.0, quartiles([1.0, 2.5, 3.0])).is_reached
    assert at_least("x", 2.0, quartiles([1.0, 2.5, 3.0])).is_reached
    assert not at_least("x", 2.0, 1.99).is_reached


def test_tables():
    """cells that hold a bar do not end; a row that lacks a cell, or has a line too many, is refused"""
    assert Table(["a", "b"], [["x|y", "1"]]).as_markdown().splitlines()[2] == "| x\\|y | 1 |"
    assert Table(["a", "b"], [["long", "1"]]).as_text() == "a     b\nlong  1"
    with pytest.raises(ValueError, match="another number of cells"):
        Section("x").table(["a", "b"], [["1"]])
    with pytest.raises(ValueError, match="more than one line"):
        Section("x").table(["a", "b"], [["1", "2\n3"]])


def test_the_command_names_no_folder(tmp_path):
    """what is written says how to repeat it, without the folders of this machine"""
    program = str(BENCHMARKS / "grading.py")
    words = [program, "--count", "5", "--against", str(tmp_path), "--write-docs"]
    assert command(words) == "python grader/benchmarks/grading.py --count 5 --against CHECKOUT"
    assert command([program, f"--against={tmp_path}", "/opt/bin/python3.12"]).endswith("--against=CHECKOUT python3.12")
