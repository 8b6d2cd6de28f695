"""Grading a class is finished by running it again, whatever came between: the gradebook is that of an undisturbed run."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnngrade.classroom import report_store
from cnngrade.classroom.log import account
from cnngrade.course.load import load_course
from support import tiny_course
from support.graded_class import Class, release
from support.places import GRADER, TESTS
from support.preloaded import Preloaded, Running, preloaded

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(GRADER), "COLUMNS": "100"}
COMMAND = ["grade", "scaling", "--jobs", "2"]
STUDENTS = 8
UNTIL_COMPARED = 3

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found and ended by way of /proc")


@dataclass(frozen=True)
class Undisturbed:
    """A class before it was graded, and what one run makes of it."""

    before: Class
    rows: dict[str, list[tuple[object, ...]]]
    files: dict[str, tuple[int, bytes]]
    seconds: float
    commands: Preloaded

    def grade(self, class_: Class, *options: str) -> subprocess.CompletedProcess[str]:
        return self.commands.run(class_.course.root, *COMMAND, *options)

    def begin(self, class_: Class) -> Running:
        return self.commands.begin(class_.course.root, *COMMAND)


@pytest.fixture(scope="module")
def commands() -> Iterator[Preloaded]:
    with preloaded(ENVIRONMENT) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, commands) -> Undisturbed:
    root = tmp_path_factory.mktemp("class")
    course = load_course(tiny_course.make_course(root / "course"))
    class_ = Class(course, course.units[0])
    release(course, class_.unit, root / "handout")
    slowly = "def double(x):\n    import time\n    time.sleep(0.02)\n    return 2 * np.asarray(x)"
    for number in range(STUDENTS):
        kind = number % 4
        if kind == 0:
            right = class_.notebook(**tiny_course.RIGHT, answer=f"Because of {number}.")
            class_.hand_in(f"s{number:02}", "scaling.ipynb", right)
        elif kind == 1:
            class_.hand_in(f"s{number:02}", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
        elif kind == 2:
            wrong = {"double": "def double(x):\n    return np.asarray(x) ** 2", "triple": tiny_course.RIGHT["triple"]}
            class_.hand_in(f"s{number:02}", "scaling.py", tiny_course.script(**wrong))
        else:
            class_.hand_in(f"s{number:02}", "scaling.py", tiny_course.script(double=slowly))
    report_store.secret(course)
    once = class_.copy(root / "once")
    start = time.monotonic()
    done = commands.run(once.course.root, *COMMAND)
    assert done.returncode == 0, done.stderr
    assert len(once.rows()["submission"]) == STUDENTS
    return Undisturbed(class_, once.rows(), once.files(), time.monotonic() - start, commands)


def assert_finished(class_: Class, undisturbed: Undisturbed, *options: str) -> None:
    """Run once more, and find what an undisturbed run would have made."""
    done = undisturbed.grade(class_, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert class_.rows() == undisturbed.rows
    assert class_.files() == undisturbed.files
    left = [path.name for path in (class_.room / "autograded").rglob(".*") if path.name != ".cnngrade-key"]
    left += [path.name for path in (class_.room / "reports").rglob(".*")]
    assert left == []


def tree(pid: int) -> list[int]:
    """Return a process and everything that comes from it."""
    parents: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(process.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_ended(pids: list[int], seconds: float = 20.0) -> list[int]:
    """Wait until none of the processes runs; returns those that still do."""
    until = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def kill_again_and_again(undisturbed: Undisturbed, folder: Path, times: int, seed: int) -> None:
    chance = random.Random(seed)
    class_, hit, longest, compared = undisturbed.before.copy(folder / "class"), 0, undisturbed.seconds, False
    while hit < times:
        process = undisturbed.begin(class_)
        time.sleep(chance.uniform(0.1, longest))
        processes = tree(process.pid)
        if victims := [pid for pid in processes if is_running(pid)]:
            # One that ended by itself in between is hit as well: what the others do next is the same.
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(victims), signal.SIGKILL)
            hit += 1
        else:
            # The machine has become faster than it was, or the run before had left little to do.
            longest = max(0.9 * longest, 0.5)
        process.communicate(timeout=300)
        assert all_ended(processes) == []
        compared = not victims or hit % UNTIL_COMPARED == 0
        if compared:
            assert_finished(class_, undisturbed)
            shutil.rmtree(class_.course.root)
            class_ = undisturbed.before.copy(folder / "class")
    if not compared:
        assert_finished(class_, undisturbed)


def test_killed_at_random(undisturbed, tmp_path):
    """any of our processes killed at any moment costs nothing that another run does not repair"""
    kill_again_and_again(undisturbed, tmp_path, 3, seed=1)


@pytest.mark.slow
def test_killed_at_a_hundred_random_moments(undisturbed, tmp_path):
    """a hundred times"""
    kill_again_and_again(undisturbed, tmp_path, 100, seed=2)


@pytest.mark.slow
def test_ctrl_c(undisturbed, tmp_path):
    """Ctrl-C ends everything, says that nothing is lost, and the next run goes on"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    # The last one's work does not end before Ctrl-C is there, however busy this machine is.
    last, name = class_.students[-1], "scaling.py"
    whole = (class_.room / "submitted" / last / "scaling" / name).read_text()
    class_.hand_in(last, name, tiny_course.script(double="def double(x):\n    while True:\n        pass"))
    process = undisturbed.begin(class_)
    for line in process.stdout:
        if "[" in line:
            break
    processes = tree(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "run the same command again" in said
    assert all_ended(processes) == []
    kept = len(list((class_.room / "reports").rglob("*.json")))
    assert 0 < kept < STUDENTS
    class_.hand_in(last, name, whole)
    assert_finished(class_, undisturbed)


@pytest.mark.slow
def test_two_at_once(undisturbed, tmp_path):
    """of two commands in one classroom the second is told to wait, and the gradebook is as it should be"""
    class_ = undisturbed.before.copy(tmp_path / "class")
    first = undisturbed.begin(class_)
    first.stdout.readline()
    # It is stopped, so that it is still grading when the second one comes, however busy this machine is.
    os.kill(first.pid, signal.SIGSTOP)
    second = undisturbed.grade(class_)
    os.kill(first.pid, signal.SIGCONT)
    assert second.returncode == 2
    assert f"Somebody is grading in {class_.room} already ({account()}, process {first.pid})" in second.stderr
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert class_.rows() == undisturbed.rows
    assert_finished(class_, undisturbed)


_ON_A_SMALL_DISK = """
import os, shutil, subprocess, sys
from pathlib import Path
from cnngrade.course.load import load_course
from support.graded_class import Class
from support.preloaded import preloaded

before, disk, recording = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "gradebook"
def size(kib): subprocess.run(["mount", "-o", f"remount,size={kib}k", str(disk)], check=True)
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=65536k", "none", str(disk)], check=True)
shutil.copytree(before, disk / "course")
command = disk / "course", "grade", "scaling", "--jobs", "2"
with preloaded(os.environ) as commands:
    if recording:
        commands.run(*command, "--no-gradebook")
    used = shutil.disk_usage(disk).used // 1024
    for room in (40, 160, 320):
        size(used + room)
        done = commands.run(*command)
        print(done.returncode, done.stderr.strip().splitlines()[-1], flush=True)
    size(65536)
    done = commands.run(*command)
    print(done.returncode)
class_ = Class(load_course(disk / "course"), load_course(disk / "course").units[0])
print(repr((class_.rows(), sorted(class_.files().items()))))
"""


@pytest.mark.slow
@pytest.mark.parametrize("part", ["reports", "gradebook"])
def test_full_disk(undisturbed, tmp_path, part):
    """a full disk is a clear error that says what to do; once there is room the gradebook is as it should be"""
    disk = tmp_path / "disk"
    disk.mkdir()
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    command = [*inside, sys.executable, "-c", _ON_A_SMALL_DISK, str(undisturbed.before.course.root), str(disk), part]
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([str(GRADER), str(TESTS)])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *full, last, held = done.stdout.splitlines()
    for line in full:
        status, text = line.split(" ", 1)
        assert status in ("0", "4")
        if status == "4":
            assert "room" in text, text
    assert full[0].startswith("4 ")
    assert last == "0"
    assert held == repr((undisturbed.rows, sorted(undisturbed.files.items())))
