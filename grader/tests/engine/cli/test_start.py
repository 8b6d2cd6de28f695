"""How the command begins and ends: what it loads, and what it leaves out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.cli import start
from cnngrade.jobs.release import write_handout
from cnngrade.model import Course
from support import tiny_course
from support.places import GRADER

# What a check of right work has no use for: what looks for mistakes, other sandboxes, pictures, PyYAML.
UNUSED = (
    "cnngrade.answers.diagnosis", "cnngrade.answers.knowledge", "cnngrade.answers.mistake_workers", "cnngrade.findings.find",
    "cnngrade.gradebook", "cnngrade.judge.explain", "cnngrade.judge.fixed_calls", "cnngrade.pages", "cnngrade.pictures",
    "cnngrade.sandbox.backends", "cnngrade.sandbox.confined", "cnngrade.worker.edits", "cnngrade.worker.forkserver",
    "cnngrade.worker.variants", "hypothesis", "IPython", "jsonschema", "matplotlib", "nbformat", "numba", "numpy.ma",
    "numpy.testing", "scipy", "yaml",
)  # fmt: skip


@pytest.fixture
def handout(course: Course, tmp_path: Path) -> Path:
    """A released folder with a right answer."""
    folder = tmp_path / "handout"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    (folder / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT), encoding="utf-8")
    return folder


def run(folder: Path, before: str = "", *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command's own beginning, after some other lines of Python."""
    program = f"import sys\nsys.argv = ['cnngrade', *{list(arguments or ['check'])!r}]\n{before}\n"
    return subprocess.run(
        [sys.executable, "-c", f"{program}from cnngrade.cli.start import main\nmain()"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PYTHONPATH": str(GRADER)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_right_work_loads_little(handout: Path) -> None:
    """nothing that looks for mistakes, no other sandbox, no YAML; what is to happen at the end happens"""
    telling = "import atexit, json\natexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))"
    done = run(handout, telling)
    assert done.returncode == 0, done.stdout + done.stderr
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "cnngrade.judge.session" in loaded
    assert sorted(loaded.intersection(UNUSED)) == []
    (handout / "scaling.py").write_text(tiny_course.script(**tiny_course.RIGHT | {"double": "def double(x): return 3 * x"}))
    wrong = set(json.loads(run(handout, telling).stderr.splitlines()[-1]))
    # The names above are those of modules.
    assert {"cnngrade.judge.explain", "cnngrade.answers.diagnosis", "cnngrade.findings.find"} <= wrong


# What may want the interpreter's own end, and what has to be there then.
AT_THE_END = "import atexit; atexit.register(print, 'at the end')"
LISTENERS = {
    "an exit function": AT_THE_END,
    "a profiler": f"import cProfile; profile = cProfile.Profile(); profile.enable()\n{AT_THE_END}",
    "a tracer": f"sys.settrace(lambda *_: None)\n{AT_THE_END}",
    "a thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(3), print('at the end'))).start()",
}


@pytest.mark.parametrize("who", LISTENERS)
def test_who_waits_for_the_end_is_not_forgotten(handout: Path, who: str) -> None:
    """it is not left out, and the report and the exit status are what they are"""
    done = run(handout, LISTENERS[who])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 points" in done.stdout
    assert done.stdout.count("at the end") == 1


def test_exit_status_and_output_are_those_of_the_command(handout: Path, tmp_path: Path) -> None:
    """whatever the command ends with: passed, not passed, wrong usage, help, no course, a reader that has left"""
    assert run(handout).returncode == 0
    assert run(handout, "", "check", "nonsense").returncode == 2
    assert "Exit codes" in run(handout, "", "--help").stdout
    assert run(handout, "", "check", "--help").returncode == 0
    assert run(tmp_path).returncode == 3
    assert json.loads(run(handout, "", "check", "--json").stdout)["verdict"] == "passed"
    (handout / "scaling.py").write_text(tiny_course.EXERCISE)
    assert run(handout).returncode == 1
    closed = run(handout, "import os\nreader, writer = os.pipe()\nos.close(reader)\nos.dup2(writer, 1)")
    assert closed.returncode not in (0, 4)
    assert "Traceback" not in closed.stderr


@pytest.mark.parametrize(
    ("line", "forks"),
    [
        ("check", True), ("check pixels --json", True), ("--debug check", True), ("hint", True), ("show x --text", True),
        ("check --as-graded", False), ("check --help", False), ("check -h", False), ("grade", False), ("verify check", False),
        ("", False), ("--version", False), ("explore check", False),
    ],
)  # fmt: skip
def test_which_commands_fork(line: str, forks: bool) -> None:
    """those that run a student's code in a worker, and do something"""
    assert start.needs_workers(line.split()) is forks
