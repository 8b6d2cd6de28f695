"""Completion as shells ask for it: through their own protocol, and with the key pressed in a real shell."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.model import Course
from support import tiny_course
from support.course_folders import copy_of, hand_out_two
from support.places import ENVIRONMENT, ROOT
from support.terminal import in_terminal

# Neither is needed to complete a line, and both take longer to load than a person waits.
WITHOUT = "import sys\nsys.modules['numpy'] = sys.modules['pytest'] = None\n"
PROGRAM = WITHOUT + "from cnngrade.cli.main import main\nmain(prog_name='cnngrade')"
IN_ONE_PROCESS = (
    WITHOUT
    + """
import json
from click.shell_completion import ShellComplete
from cnngrade.cli.main import main
asked = ShellComplete(main, {}, "cnngrade", "_CNNGRADE_COMPLETE")
answers = [[item.value for item in asked.get_completions(words[:-1], words[-1])] for words in json.loads(sys.argv[1])]
print(json.dumps(answers))
"""
)


@pytest.fixture
def root(course: Course) -> Path:
    """The tiny course, in which `double` has a budget, with files beside the work and two students."""
    tiny_course.add_budget(course.root)
    folder = course.root / "exercises"
    for name in ("scaling.ipynb", "my scaling.py", "-scaling.py", "scaling$(ls).py", "scaling\n.py", "scaling.txt", "other.py"):
        (folder / name).write_text("")
    (folder / "scaling_folder.py").mkdir()
    for student in ("ada", "ben", "x y"):
        (course.root / "classroom" / "submitted" / student).mkdir(parents=True)
    return course.root


def answers(folder: Path, *asked: str) -> list[list[str]]:
    """Return what completes each line; the last word of it is the one that is being typed."""
    lines = json.dumps([line.split(" ")[1:] for line in asked])
    command = [sys.executable, "-c", IN_ONE_PROCESS, lines]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_what_is_completed(root: Path) -> None:
    """units, functions and files of the course, where each of them fits, and none that is named already"""
    expected = {
        "cnngrade check ": ["scaling", "double", "triple", "scaling.ipynb", "scaling.py"],
        "cnngrade check s": ["scaling", "scaling.ipynb", "scaling.py"],
        "cnngrade check scaling ": ["double", "triple", "scaling.ipynb", "scaling.py"],
        "cnngrade check scaling.py double ": ["scaling", "triple", "scaling.ipynb"],
        "cnngrade check --watch tr": ["triple"],
        "cnngrade hint scaling ": ["double", "triple"],
        "cnngrade hint scaling.ipynb d": ["double"],
        "cnngrade hint double ": [],
        "cnngrade show scaling double ": ["triple"],
        "cnngrade explore d": ["double"],
        "cnngrade verify ": ["scaling"],
        "cnngrade verify scaling ": [],
        "cnngrade calibrate ": ["scaling"],
        "cnngrade release sc": ["scaling"],
        "cnngrade collect ": ["scaling"],
        "cnngrade grade scaling --student ": ["ada", "ben"],
        "cnngrade grade --student ada --student ": ["ben"],
        "cnngrade feedback scaling --student b": ["ben"],
        "cnngrade similar ": ["scaling"],
        "cnngrade new ": ["mistake"],
        "cnngrade new mistake ": ["scaling"],
        "cnngrade new mistake scaling ": [],
        "cnngrade ver": ["verify"],
        "cnngrade check --as": ["--as-graded"],
    }
    found = answers(root / "exercises", *expected)
    assert dict(zip(expected, found, strict=True)) == expected


def test_where_there_is_nothing_to_complete(root: Path, tmp_path: Path) -> None:
    """outside of a course, in one that cannot be read, and for a path, nothing is said, and the shell goes on by itself"""
    assert answers(tmp_path, "cnngrade check s", "cnngrade grade --student ") == [[], []]
    assert answers(root, "cnngrade check exercises/sc") == [["exercises/sc"]]
    (root / "course.yml").write_text("units: [")
    assert answers(root, "cnngrade check s", "cnngrade grade --student ") == [[], []]


def test_a_course_folder(tmp_path: Path) -> None:
    """from the folder of a unit the others are completed, too, as far as they are there, and what two have is there once"""
    top = copy_of(hand_out_two(tmp_path / "instructor"), tmp_path)
    (found,) = answers(top / "scaling", "cnngrade check ")
    assert found[:2] == ["scaling", tiny_course.OTHER_UNIT]
    assert len(found) == len(set(found))
    assert {"double", "fourfold", "scaling.py", f"{tiny_course.OTHER_UNIT}.py"} <= set(found)
    assert answers(top, f"cnngrade hint {tiny_course.OTHER_UNIT} f", "cnngrade check scaling.p") == [
        ["fourfold"],
        ["scaling.py"],
    ]
    shutil.rmtree(top / tiny_course.OTHER_UNIT)
    assert answers(top, "cnngrade check f", "cnngrade check s") == [[], ["scaling", "scaling.py"]]


@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ("bash", "plain,scaling\nplain,scaling.ipynb\nplain,scaling.py\n"),
        ("zsh", "plain\nscaling\nNumbers, twice and three times\nplain\nscaling.ipynb\nfile of scaling\n"),
        ("fish", "plain,scaling\tNumbers, twice and three times\nplain,scaling.ipynb\tfile of scaling\n"),
    ],
)
def test_the_protocol_of_the_shells(root: Path, shell: str, said: str) -> None:
    """each shell sets its variables and reads lines; those that show what a name is are told so"""
    line = {"COMP_WORDS": "cnngrade check s", "COMP_CWORD": "s" if shell == "fish" else "2"}
    environment = ENVIRONMENT | line | {"_CNNGRADE_COMPLETE": f"{shell}_complete"}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=root / "exercises", env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(said)


def shown_for(shell: str) -> str:
    """Return the line that the students' page gives for a shell."""
    page = (ROOT / "docs" / "student.md").read_text(encoding="utf-8")
    (line,) = re.findall(rf"^.*_CNNGRADE_COMPLETE={shell}_source.*$", page, re.MULTILINE)
    return str(line)


SHELLS = {
    "bash": (["bash", "--norc", "-i"], {"PS1": "ready> ", "INPUTRC": "/dev/null"}, ""),
    "zsh": (["zsh", "-f", "-i"], {"PS1": "ready> "}, "autoload -Uz compinit && compinit -u -D"),
    "fish": (["fish", "--no-config", "-i"], {}, "function fish_prompt; echo -n 'ready> '; end"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
@pytest.mark.parametrize("shell", SHELLS)
def test_the_key_in_a_real_shell(root: Path, tmp_path: Path, shell: str) -> None:
    """with the line of the students' page, a name is completed by the key, and several are listed"""
    command, variables, first = SHELLS[shell]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{shell} is not installed")
    program = tmp_path / "bin" / "cnngrade"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom cnngrade.cli.main import main\nmain(prog_name='cnngrade')\n")
    program.chmod(0o755)
    variables = variables | {"PATH": f"{program.parent}:{ENVIRONMENT['PATH']}", "HOME": str(tmp_path)}
    with in_terminal(command, root / "exercises", variables) as terminal:
        if first:
            terminal.type(f"{first}\n")
        terminal.type(f"{shown_for(shell)}\necho is; echo set\n")
        terminal.wait_for(r"set\r?\n")
        terminal.wait_for("ready> ")
        terminal.type("cnngrade hint scaling dou\t")
        terminal.wait_for("dou(\x1b[^d]*)*ble")
        terminal.type("\x15cnngrade check scaling.\t\t")
        terminal.wait_for("scaling.ipynb[^$]*scaling.py")
        terminal.type("\x15exit\n")
        terminal.end()
