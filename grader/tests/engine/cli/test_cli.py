"""The command as its users meet it: a process, its output, and its exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnngrade.model import Course
from support import tiny_course
from support.places import GRADER
from support.sweeps import sweep

RIGHT = tiny_course.script(**tiny_course.RIGHT)
ENDLESS = tiny_course.script(double="def double(x):\n    while True:\n        pass")


def cnngrade(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cnngrade", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(GRADER)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def root(course: Course) -> Path:
    return course.root


def hand_in(root: Path, **works: str) -> None:
    for student, text in works.items():
        folder = root / "classroom" / "submitted" / student / "scaling"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scaling.py").write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_check_in_the_repository(root: Path) -> None:
    """in the course's own folder the exercises are checked, against the live solution"""
    done = cnngrade("check", folder=root)
    assert done.returncode == 1
    assert "double is yours to write" in done.stdout
    (root / "exercises" / "scaling.py").write_text(RIGHT)
    assert cnngrade("check", "scaling", folder=root / "exercises").returncode == 0


def test_check_writes_what_it_is_asked_for(root: Path, tmp_path: Path) -> None:
    """--junit and --html write files, --json prints one document, and no file is written unasked"""
    before = {path for path in root.rglob("*") if "__pycache__" not in path.parts}
    done = cnngrade("check", "--json", "--junit", str(tmp_path / "r.xml"), "--html", str(tmp_path / "r.html"), folder=root)
    assert json.loads(done.stdout)["earned"] == 0
    assert len(ElementTree.parse(tmp_path / "r.xml").findall(".//testcase")) == 3
    assert "<script" not in (tmp_path / "r.html").read_text()
    assert {path for path in root.rglob("*") if "__pycache__" not in path.parts} == before


# One of each kind: a name that is another's, a place, an option, a command.
MISUSES = {
    "Did you mean scaling?",
    'no sandbox "moon"',
    "--jobs",
    "exists already",
    "No such command: nonsense. There are: check, hint, show",
}
WRONG_USAGE = [
    (["check", "scalign"], 2, "Did you mean scaling?"),
    (["check", "no.py"], 2, "There is no file no.py"),
    (["check", "course.yml"], 2, "neither a script"),
    (["verify", "other"], 2, "There are: scaling"),
    (["grade", "scaling"], 2, "cnngrade collect scaling --from"),
    (["grade", "scaling", "--sandbox", "moon"], 2, 'no sandbox "moon"'),
    (["grade", "scaling", "--jobs", "0"], 2, "--jobs"),
    (["feedback", "scaling", "--student", "zoe"], 2, "Run `cnngrade release UNIT` first"),
    (["new", "Bad Name"], 2, "cannot be a unit's name"),
    (["new", "scaling"], 2, "exists already"),
    (["demo", "--to", "."], 2, "class.yml"),
    (["collect", "scaling", "--from", "course.yml"], 2, "not a zip archive"),
    (["nonsense"], 2, "No such command: nonsense. There are: check, hint, show"),
    (["chekc", "scaling"], 2, "Did you mean check?"),
    (["Explor"], 2, "Did you mean explore?"),
    (["--nonsense"], 2, "No such option"),
]


@pytest.mark.parametrize(("arguments", "status", "says"), sweep(WRONG_USAGE, MISUSES, [says for *_, says in WRONG_USAGE]))
def test_wrong_usage_has_a_sentence(root: Path, arguments: list[str], status: int, says: str) -> None:
    """an error says what is wrong and what next, with its exit status and without a traceback"""
    done = cnngrade(*arguments, folder=root)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert says in done.stderr


def test_outside_of_a_course(tmp_path: Path) -> None:
    """without a course.yml the error says where was looked"""
    done = cnngrade("check", folder=tmp_path)
    assert done.returncode == 3
    assert "There is no course.yml" in done.stderr


def test_an_unsound_unit_is_not_released(root: Path) -> None:
    """verify and release end with 3 and name what is unsound; nothing is released"""
    solution = root / "solutions" / "scaling.py"
    solution.write_text(solution.read_text().replace("3 * np", "4 * np"))
    done = cnngrade("verify", folder=root)
    assert done.returncode == 3
    assert "NOT SOUND" in done.stdout
    assert "an example of triple does not hold" in done.stdout
    done = cnngrade("release", "scaling", folder=root)
    assert done.returncode == 3
    assert "was not released" in done.stderr
    assert not (root / "classroom" / "release").exists()


def test_unsoundness_of_every_kind_is_found(root: Path) -> None:
    """a mistake that is not caught, other arguments, points that do not add up, a stub that earns: each is named"""

    def edit(name: str, old: str, new: str) -> None:
        path = root / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    edit("autograde_tests/mistakes/scaling.py", "return solution.double(x) ** 2 / 4", "return solution.double(x)")
    edit("solutions/scaling.py", "def triple(x)", "def triple(x, y=1)")
    edit("autograde_tests/public/test_scaling.py", "@points(2)", "@points(1.5)")
    edit("exercises/scaling.py", 'raise NotImplementedError("triple is yours to write")', "return 3 * np.asarray(x)")
    findings = json.loads(cnngrade("verify", "--json", folder=root).stdout)[0]["findings"]
    said = "\n".join(f"{finding['step']}: {finding['text']}" for finding in findings)
    for part in (
        "mistakes: no case catches double_squared",
        "functions: triple takes (x) in",
        "points: the cases (4.5) and the prose (1) add up to 5.5 points, course.yml says 6.",
        "stub: the untouched stub gets passed",
    ):
        assert part in said


@pytest.mark.slow
def test_a_new_unit_is_sound(root: Path) -> None:
    """what `new` writes is proved by `verify`, and course.yml keeps its other lines"""
    done = cnngrade("new", "sums", "--title", "Sums: adding up", "--points", "5", folder=root)
    assert done.returncode == 0, done.stderr
    assert cnngrade("verify", "sums", folder=root).returncode == 0
    text = (root / "course.yml").read_text()
    assert 'title: "Sums: adding up"' in text
    assert all(line in text for line in tiny_course.COURSE_YML.splitlines())


def test_grade_prints_json_and_nothing_else(root: Path) -> None:
    """--json gives the reports on standard output; progress goes to standard error, and a zero is no failure"""
    hand_in(root, ada=RIGHT, ben=tiny_course.EXERCISE)
    done = cnngrade("grade", "scaling", "--no-gradebook", "--json", folder=root)
    assert done.returncode == 0
    assert [report["earned"] for report in json.loads(done.stdout)] == [5.0, 0.0]
    assert re.search(r"^\[[12]/2\] ada: 5 of 5 points", done.stderr, re.MULTILINE)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_keeps_what_is_done(root: Path) -> None:
    """an interrupted grading ends with 130, leaves no process behind, and goes on where it stopped"""
    hand_in(root, ada=RIGHT, ben=ENDLESS)
    # Started from a background job, a process inherits that Ctrl-C is ignored; a terminal's does not.
    listening = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\nfrom cnngrade.cli.main import main; main()"
    )
    command = [sys.executable, "-c", listening, "grade", "scaling", "--no-gradebook", "--jobs", "1"]
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    process = subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)
    report = root / "classroom" / "reports" / "scaling" / "ada.json"
    deadline = time.monotonic() + 60
    while not report.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "run the same command again" in stderr
    assert "Traceback" not in stderr
    hand_in(root, ben=tiny_course.EXERCISE)
    done = cnngrade("grade", "scaling", "--no-gradebook", folder=root)
    assert "ada: 5 of 5 points: 4 ok (kept)" in done.stderr


def test_a_released_folder_is_only_checked(root: Path, tmp_path: Path) -> None:
    """instructors' commands say that they are not for a handout"""
    folder = tmp_path / "handout"
    for name in ("autograde_tests/public/test_scaling.py", "autograde_tests/answers/scaling.npz"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"")
    (folder / "course.yml").write_text((root / "course.yml").read_text() + "handout: true\n")
    done = cnngrade("verify", folder=folder)
    assert done.returncode == 2
    assert "is a released folder" in done.stderr


@pytest.mark.slow
def test_doctor_looks_around(root: Path) -> None:
    """the doctor starts a worker, names the course, and says so as JSON too"""
    done = cnngrade("doctor", folder=root)
    assert done.returncode == 0, done.stdout
    assert "starts and answers" in done.stdout
    findings = json.loads(cnngrade("doctor", "--json", folder=root).stdout)
    subjects = {finding["subject"] for finding in findings}
    assert {"Python", "numpy", "worker", "sandbox landlock", "sandbox bubblewrap", "seccomp", "course"} <= subjects


def test_the_shell_can_complete(root: Path) -> None:
    """the shells' completion scripts can be printed"""
    source = subprocess.run(
        [sys.executable, "-c", "from cnngrade.cli.main import main; main(prog_name='cnngrade')"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(GRADER), "_CNNGRADE_COMPLETE": "bash_source"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "complete -o nosort -F _cnngrade_completion cnngrade" in source.stdout


def test_an_accident_is_a_sentence(root: Path) -> None:
    """an error that nobody foresaw ends with 4, and with a traceback only when asked for"""
    code = (
        "import sys, cnngrade.cli.author as author, cnngrade.cli.main as cli\n"
        "author.instructors_course = lambda: 1 / 0\n"
        "sys.argv = ['cnngrade', *{flags}, 'verify']\ncli.main()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(GRADER)}
    for flags, traceback in (([], False), (["--debug"], True)):
        command = [sys.executable, "-c", code.replace("{flags}", repr(flags))]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert ("Traceback" in done.stderr) is traceback
        assert "ZeroDivisionError" in done.stderr
        assert traceback or done.returncode == 4


def test_a_reader_that_stops_is_not_a_fault(root: Path) -> None:
    """what is piped into `head` ends quietly when nobody reads on"""
    command = [sys.executable, "-m", "cnngrade", "show", "scaling", "--text"]
    environment = os.environ | {"PYTHONPATH": str(GRADER), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert said == ""


@pytest.mark.slow
def test_a_unit_need_not_be_named_where_there_is_one(root: Path) -> None:
    """hint and show take the only unit; where there are several they say which"""
    assert "hint 1 of 3" in cnngrade("hint", folder=root).stdout
    assert "Not written yet" in cnngrade("show", "--text", folder=root).stdout
    assert cnngrade("new", "sums", folder=root).returncode == 0
    done = cnngrade("hint", folder=root)
    assert done.returncode == 2
    assert "Say which unit: scaling, sums." in done.stderr


@pytest.mark.slow
def test_a_unit_whose_parts_cannot_be_used_is_unsound(course: Course) -> None:
    """a solution or a mistakes file that does not load is reported once, by the step that needed it first"""

    def findings() -> list[dict[str, str]]:
        done = cnngrade("verify", "--json", folder=course.root)
        assert done.returncode == 3
        found: list[dict[str, str]] = json.loads(done.stdout)[0]["findings"]
        return found

    mistakes = course.root / "autograde_tests" / "mistakes" / "scaling.py"
    whole = mistakes.read_text()
    mistakes.write_text("import no_such_module\n" + whole)
    (finding,) = findings()
    assert (finding["step"], "no_such_module" in finding["text"]) == ("mistakes", True)
    mistakes.write_text(whole)
    solution = course.root / "solutions" / "scaling.py"
    solution.write_text("import no_such_module\n" + solution.read_text())
    (finding,) = findings()
    assert (finding["step"], "no_such_module" in finding["text"]) == ("functions", True)


@pytest.mark.slow
def test_steps_have_a_line_each(course: Course) -> None:
    """where nobody watches a terminal, each step of a proof is a line of standard error, in the order of the story"""
    done = cnngrade("verify", folder=course.root)
    steps = ["functions", "examples", "solution", "stub", "points", "mistakes", "gates", "inputs", "handout", "page", "extras"]
    assert done.stderr.splitlines() == [f"scaling: {step}" for step in steps]
