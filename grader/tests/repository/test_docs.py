"""README and guides are true: their commands run, their Python runs, their links lead somewhere."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.jobs.verify import verify
from cnngrade.jobs.wheel import wheel_name
from support import other_course, tiny_course
from support.cli_reference import reference
from support.places import GRADER, ROOT

REFERENCE = ROOT / "docs" / "cli.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = [page for page in PAGES if page != REFERENCE]
UNIT = "convolution"  # the unit that the pages show; a small one stands in for it
PYTHON_ONLY = {"docs/author.md": "fragments of a unit's own files"}


@dataclass(frozen=True)
class Block:
    page: str
    kind: str
    text: str


def blocks() -> Iterator[Block]:
    for page in GUIDES:
        # A block in a longer fence may hold others.
        found = re.findall(r"^(`{3,})(\w+)\n(.*?)^\1$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for _, kind, text in found:
            yield Block(page.relative_to(ROOT).as_posix(), kind, text)


def shown(kind: str) -> list[str]:
    """Return every command that the pages show in blocks of this kind, once, without its comment."""
    lines = [line for block in blocks() if block.kind == kind for line in block.text.splitlines()]
    commands = [line.removeprefix("$ ").split("  #")[0].strip() for line in lines if kind != "console" or line.startswith("$ ")]
    return list(dict.fromkeys(command for command in commands if command))


def renamed(text: str) -> str:
    return text.replace(tiny_course.UNIT, UNIT)


ENVIRONMENT = os.environ | {"PYTHONPATH": str(GRADER), "PYTHONUNBUFFERED": "1"}


def program(command: str) -> list[str]:
    """Return the command as a process of this interpreter."""
    words = shlex.split(command)
    module = {"cnngrade": "cnngrade", "pytest": "pytest"}[words[0]]
    return [sys.executable, "-m", module, *words[1:]]


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


class Place:
    """A course whose one small unit has the name that the pages use, released, with a student's folder beside it.

    `budgeted` is the same course with a time budget.
    """

    def __init__(self, root: Path) -> None:
        self.course, self.budgeted, self.student = root / "course", root / "budgeted", root / "student"
        self.empty = root / "empty"
        self.empty.mkdir()
        tiny_course.make_course(self.course)
        tiny_course.add_page(self.course)
        tiny_course.add_budget(tiny_course.make_course(self.budgeted))
        for path in sorted([*self.course.rglob("*"), *self.budgeted.rglob("*")]):
            if path.is_file() and path.suffix != ".npz":
                path.write_text(renamed(path.read_text()).replace("    due: 2026-03-01 12:00\n", ""))
                path.rename(path.with_name(renamed(path.name)))
        with zipfile.ZipFile(self.course / "handed-in.zip", "w") as archive:
            archive.writestr(f"ada/{UNIT}.py", renamed(tiny_course.script(**tiny_course.RIGHT)))
            archive.writestr(f"ben/{UNIT}.py", renamed(tiny_course.EXERCISE))
        (self.course / "class.csv").write_text("id,first_name\nada,Ada\nben,Ben\n")
        (self.course / "grades.csv").write_text(
            "Student,ID,SIS Login ID,Section,Convolution (7)\n    Points Possible,,,,6.00\nAda,1,ada,A,\nBen,2,ben,A,\n"
        )
        demo = self.course / "grader" / "demo"
        demo.mkdir(parents=True)
        (demo / "class.yml").write_text(f"unit: {UNIT}\nstudents: {{ada: ada.py}}\n")
        (demo / "ada.py").write_text(renamed(tiny_course.script(**tiny_course.RIGHT)))
        done = self.run("cnngrade release convolution", self.course)
        assert done.returncode == 0, done.stderr
        shutil.copytree(self.course / "classroom" / "release" / UNIT, self.student)
        (self.student / f"{UNIT}.py").write_text(renamed(tiny_course.script(**tiny_course.RIGHT)))
        notebook = json.loads((self.student / f"{UNIT}.ipynb").read_text())
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = tiny_course.RIGHT.get(name, cell["source"])
        (self.student / f"{UNIT}.ipynb").write_text(json.dumps(notebook))

    def run(self, command: str, folder: Path) -> Done:
        """Give a command in a folder; ours runs in this process: to start one for each takes longer than what they do."""
        if not command.startswith("cnngrade "):
            done = subprocess.run(program(command), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
            return Done(done.returncode, done.stdout, done.stderr)
        with contextlib.chdir(folder):
            result = CliRunner(env={"PYTHONPATH": str(GRADER)}).invoke(main, shlex.split(command)[1:], catch_exceptions=False)
        return Done(result.exit_code, result.stdout, result.stderr)

    def watched(self, command: str) -> Generator[str, None, None]:
        """Yield what a command that never ends prints about the student's folder; it is ended when nobody asks for more."""
        command_line = program(command)
        with subprocess.Popen(command_line, cwd=self.student, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield from iter(process.stdout.readline, "")
            finally:
                process.kill()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("docs"))


WORK = {
    "author": ["new", "doctor", "verify", "calibrate"],
    "instructor": ["release", "roster", "collect", "extend", "grade", "feedback", "report", "similar", "export", "ci"],
    "student": ["check", "hint", "show", "explore"],
}
"""The commands by who gives them, in the order in which that person does."""


def test_docs_show_every_command() -> None:
    """the commands that the pages show are all that there are, the demonstration apart, which `make demo` gives"""
    assert {shlex.split(command)[1] for command in shown("console")} == {name for names in WORK.values() for name in names}


@pytest.mark.parametrize("who", WORK)
def test_docs_commands_run(place: Place, who: str) -> None:
    """every cnngrade command of the pages does its work, in the folder it is meant for, in the order in which it is shown"""
    commands = [command for command in shown("console") if shlex.split(command)[1] in WORK[who]]
    for command in sorted(commands, key=lambda command: WORK[who].index(shlex.split(command)[1])):
        command = command.replace(" conv2d", " double")
        if "--watch" in command:
            with contextlib.closing(place.watched(command)) as lines:
                assert any("4 of 4 points" in line for line in lines)
            continue
        folder = place.student if who == "student" else place.course
        folder = place.budgeted if shlex.split(command)[1] == "calibrate" else folder
        folder = place.empty if "--course" in command else folder
        done = place.run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def test_docs_python_runs(place: Place) -> None:
    """the Python of the instructor's page runs in a course and prints the class"""
    (script,) = [block.text for block in blocks() if block.kind == "python" and block.page not in PYTHON_ONLY]
    for command in ("cnngrade collect convolution --from handed-in.zip", "cnngrade grade convolution"):
        place.run(command, place.course)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=place.course, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["ada 5.0 6.0 0.0", "ben 0.0 6.0 0.0"], done.stderr


def test_docs_author_examples_are_a_unit(place: Place, tmp_path: Path) -> None:
    """what the author's page shows is a sound unit: predictions, tests, mistakes, hints, pictures, a page and calls to play"""
    pieces = [block for block in blocks() if block.page == "docs/author.md"]
    fragments = [block.text for block in pieces if block.kind == "python" and "Stack" not in block.text]
    test, variants, counted, known, drawn, played = fragments
    (page,) = [block.text for block in pieces if block.kind == "html"]
    _, budgets, loops, hints = [block.text for block in pieces if block.kind == "yaml"]
    (prediction,) = [block.text for block in pieces if block.kind == "markdown"]
    course = tmp_path / "course"
    shutil.copytree(place.course, course, ignore=shutil.ignore_patterns("classroom", "demo"))
    done = place.run('cnngrade new f --title "F"', course)
    assert done.returncode == 0, done.stderr
    (line,) = [found for block in GUIDES for found in re.findall(r"`budgets: {f: (\d+)}`", block.read_text())]
    budget = tiny_course.BUDGET.replace("double", "f").partition("    budget(")[0]
    (make,) = re.findall(r'`(budget\("f", .*?)`:', (ROOT / "docs" / "author.md").read_text())
    test, hints = f"{test}{budget}    {make}\n\n\n{counted}", hints + tiny_course.BUDGET_HINTS.replace("double", "f")
    texts = {"public/test_f.py": test, "mistakes/f.py": known, "pictures/f.py": drawn + played, "hints/f.yml": hints}
    texts["variants/f.py"] = variants
    (course / "autograde_tests" / "variants").mkdir()
    explored = course / "exercises" / "explore"
    (explored / "f.html").write_text(page)
    (explored / "f.mjs").write_text("".join(block.text for block in pieces if block.kind == "js"))
    (explored / "lib" / "numbers.mjs").write_text(tiny_course.PAGE_LIB)
    np.savez(course / "exercises" / "data" / "ramps.npz", ramp=np.zeros((9, 2)), labels=np.arange(9))
    for name, text in texts.items():
        (course / "autograde_tests" / name).write_text(text.replace("(0.5)", "(6)"))
    for name in ("exercises/f.py", "solutions/f.py", "autograde_tests/hidden/test_f.py"):
        path = course / name
        path.write_text(path.read_text().replace("f_first", "f"))
    lesson = course / "exercises" / "f.py"
    before, own, after = re.split(r"(?s)(# \*\*Predict\.\*\*.*?# </details>\n)", lesson.read_text())
    assert own.count("\n#\n") == prediction.count("\n\n")
    lesson.write_text(before + textwrap.indent(prediction, "# ", lambda line: True).replace("# \n", "#\n") + after)
    book = course / "course.yml"
    keys = textwrap.indent(budgets + loops, "    ")
    book.write_text(book.read_text().replace("functions: [f_first]", f"functions: [f]\n{keys}"))
    done = place.run("cnngrade verify f", course)
    assert done.returncode == 0, done.stdout
    assert "2 of 2 known mistakes caught" in done.stdout
    assert f"f: limit {line}x between added (" in done.stdout
    assert "loops cost points beyond 24x" in done.stdout
    done = place.run("cnngrade show f --text", course)
    assert "A ramp, and the same ramp twice as steep." in done.stdout
    done = place.run("cnngrade show f --play --no-browser", course)
    assert "Three rows of numbers, twice." in done.stdout, done.stderr
    assert '"state":"unfinished"' in (course / "pictures" / "f.play.html").read_text()
    assert "Begin with f." in place.run("cnngrade hint f", course).stdout


def test_docs_shell_commands_exist() -> None:
    """what a shell block names is a target of the Makefile, the wheel of a handout, or pytest on the tests that are there"""
    makefile = (ROOT / "Makefile").read_text()
    for command in shown("bash"):
        words = command.split("#")[0].split()
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), command
        elif words[0] == "pip":
            # The wheel lies in the folder that students get; nobody can install cnngrade by its name.
            assert fnmatch(f"./{wheel_name()}", words[-1]), command
        else:
            assert words[:2] == ["pytest", "autograde_tests"] or (ROOT / words[1]).exists(), command


def test_docs_pytest_by_hand(place: Place, tmp_path: Path) -> None:
    """plain pytest tests the solutions, and with --submission a student's file"""
    course = tmp_path / "course"
    shutil.copytree(place.course, course, ignore=shutil.ignore_patterns("classroom", "demo", "__pycache__"))
    (course / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n')
    (course / "autograde_tests" / "conftest.py").write_text('pytest_plugins = ("cnngrade.judge.plugin",)\n')
    done = place.run("pytest autograde_tests", course)
    assert "passed" in done.stdout, done.stdout
    assert done.returncode == 0
    done = place.run(f"pytest autograde_tests --submission exercises/{UNIT}.py -k {UNIT}", course)
    assert done.returncode == 1
    assert "yours to write" in done.stdout


def test_docs_sample_is_real() -> None:
    """the report that the README shows is what a student reads: its titles, mistake, points and limit are the course's"""
    (sample,) = [block.text for block in blocks() if block.page == "README.md" and block.kind == "text"]
    plain, unit = " ".join(sample.split()), load_course(ROOT).unit("convolution")
    # The points stand to the right of a title's first line.
    titles = re.findall(r"^  (?:ok|wrong)  +(.*?)  +[\d./]+\n         (.*)$", sample, re.MULTILINE)
    public = " ".join((ROOT / "autograde_tests" / "public" / "test_convolution.py").read_text().split())
    assert len(titles) == 3
    for first, second in titles:
        assert (first if second.startswith("within: ") else f"{first} {second}") in public
    (mistake,) = re.findall(r"Known mistake: (.*)", sample)
    assert mistake in (ROOT / "autograde_tests" / "mistakes" / "convolution.py").read_text()
    assert f"Next: fix conv2d in convolution.py: {mistake}" in plain
    assert sample.startswith(f"{unit.title} ")
    assert f"+ {unit.prose_points:g} in prose = {unit.points:g} points" in plain
    assert f"full points up to {unit.budgets['conv2d']:g}x." in plain


def test_docs_links_lead_somewhere() -> None:
    """every relative link is a file that is there"""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_docs_promises_have_tests() -> None:
    """every promise of the security page names tests that there are"""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| (.*::.*) \|$", text.partition("## What shows it")[2], re.MULTILINE)
    assert len(rows) > 20
    for promise, shown_by in rows:
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", shown_by)
        assert len(named) == shown_by.count("::") > 0, promise
        for file, test in named:
            assert f"def {test}(" in (ROOT / "grader" / "tests" / file).read_text(encoding="utf-8"), f"{file}::{test}"
        for attack in re.findall(r"`(\w+\.(?:py|ipynb))`", shown_by):
            assert (ROOT / "grader" / "tests" / "corpus" / "attacks" / attack).exists(), attack


def test_docs_reference_is_up_to_date() -> None:
    """docs/cli.md is what `python grader/tests/support/cli_reference.py` prints"""
    assert REFERENCE.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_docs_every_command_has_an_example(name: str) -> None:
    """a command's help shows how it is used"""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    text = command.help or ""
    assert f"cnngrade {name}" in text.partition("Example")[2]


def test_docs_author_shows_a_class(tmp_path: Path) -> None:
    """the class that the author's page shows is a sound unit, and its known mistake is named"""
    shown_there = [block.text for block in blocks() if block.page == "docs/author.md" and "Stack" in block.text]
    stub, tests, known = [text for text in shown_there if "name: stacks" not in text and "new --course" not in text]
    course = other_course.make_other_course(tmp_path)
    lesson = (course / "exercises" / "stacks.py").read_text(encoding="utf-8")
    head, foot = lesson[: lesson.index("class Stack:")], lesson[lesson.index("# %% [markdown]\n# ## Brackets") :]
    (course / "exercises" / "stacks.py").write_text(f"{head}{stub}\n\n{foot}", encoding="utf-8")
    public = course / "autograde_tests" / "public" / "test_stacks.py"
    others = public.read_text(encoding="utf-8").split("\n\n\n")
    kept = [part for part in others if "test_Stack" not in part]
    public.write_text("\n\n\n".join([*kept, tests.replace("@points(2)", "@points(3)")]), encoding="utf-8")
    mistakes = course / "autograde_tests" / "mistakes" / "stacks.py"
    rest = mistakes.read_text(encoding="utf-8").split("\n\n\n")
    mistakes.write_text("\n\n\n".join([known, *(part for part in rest[1:] if "class Stack" not in part)]), encoding="utf-8")
    found = load_course(course)
    (proof,) = verify(found, found.units[:1], lambda unit, step: None)
    assert not proof.findings, proof.findings
    assert {caught.mistake.name: caught.named for caught in proof.mistakes}["Stack_that_is_a_queue"]
