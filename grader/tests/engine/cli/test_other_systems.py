"""What a student runs, without what Windows and macOS lack of Python. It is no test on those systems, which are not here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import elsewhere, tiny_course
from support.course_folders import copy_of, hand_out_two
from support.places import GRADER, TESTS
from support.sweeps import sweep

RAISING = tiny_course.script(
    double="def double(x):\n    y = np.asarray(x)\n    return y[y.size + 7] + y", triple="def triple(x):\n    return 2 * x"
)
COMMANDS = (
    ["check", "scaling", "--junit", "report.xml", "--html", "report.html"],
    ["check"],
    ["hint", "scaling"],
    ["show", "scaling", "--text"],
    ["doctor"],
)
_RUN = """
import json, sys
from support import elsewhere
elsewhere.be(sys.argv[1])
from click.testing import CliRunner
from cnngrade.cli.main import main

found = []
for command in json.loads(sys.argv[2]):
    done = CliRunner().invoke(main, command)
    found.append([done.exit_code, done.output, repr(done.exception)])
asked = {}
for text in ("import os; os.fork", "import fcntl", "import os; os.pidfd_open", "import sys; assert sys.platform == 'linux'"):
    try:
        exec(text, {"__name__": "cnngrade.trial"})
        asked[text] = "there"
    except Exception as error:
        asked[text] = type(error).__name__
print(json.dumps([found, asked]))
"""


def ran_as_on(system: str, folder: Path) -> tuple[list[list[Any]], dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, system, json.dumps(COMMANDS)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{GRADER}{os.pathsep}{TESTS}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found, asked = json.loads(done.stdout)
    return found, asked


@pytest.mark.parametrize("system", sweep(["win32", "darwin"], ["win32"]))
def test_the_students_path(system: str, tmp_path: Path) -> None:
    """checks, hints and pictures come out as they do here; only what is said of the machine differs"""
    folder = copy_of(hand_out_two(tmp_path / "root"), tmp_path)
    (folder / "scaling" / "scaling.py").write_text(RAISING, encoding="utf-8")
    found, asked = ran_as_on(system, folder)
    assert asked.pop("import os; os.fork") == ("AttributeError" if system == "win32" else "there")
    assert asked.pop("import fcntl") == ("ModuleNotFoundError" if system == "win32" else "there")
    assert set(asked.values()) == {"AttributeError", "AssertionError"}
    checked, overview, hint, show, doctor = found
    assert checked[0] == overview[0] == hint[0] == show[0] == 1, found
    assert "IndexError: index" in checked[1]
    assert (folder / "report.xml").read_text(encoding="utf-8").count('line="') == 2
    assert "cnngrade itself failed" not in "".join(entry[1] for entry in found)
    assert doctor[0] == 0
    assert "All that a check needs is here." in doctor[1]


def test_what_is_taken_away_is_what_typeshed_says() -> None:
    """some names that are known to be on one system and not on another"""
    assert {"fork", "geteuid", "killpg", "O_CLOEXEC", "pread"} <= elsewhere.missing_names("os", "win32")
    assert {"SIGKILL", "setitimer", "SIGALRM"} <= elsewhere.missing_names("signal", "win32")
    assert not {"fork", "replace", "open"} & elsewhere.missing_names("os", "darwin")
    assert {"pidfd_open", "sched_getaffinity"} <= elsewhere.missing_names("os", "darwin")
    assert elsewhere.missing_names("termios", "win32") == {"termios"}
    assert elsewhere.missing_names("termios", "darwin") != {"termios"}
