"""Each bundle as it was written, in the folders that the platform documents, with its own scripts and users.

What takes a network or a container, setup.sh and the Dockerfile, is not run: a command that is this checkout's stands in the
place of the installation, and in a slow test what pip installs from the bundle.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cnngrade.course.load import load_course
from cnngrade.jobs.ci import write_bundles
from support import tiny_course
from support.accounts import are_separate
from support.platform_machines import PlatformMachine, installed, reachable
from support.platform_schemas import GRADESCOPE, PRAIRIELEARN, PRAIRIELEARN_INFO
from support.sandboxes import need

SCRIPT = tiny_course.script(**tiny_course.RIGHT)

# Each way is tried by itself. Whatever works makes `triple` right, or writes a forged file over the results.
HOSTILE = """\
import json, os, subprocess, sys, threading, time
import numpy as np

RESULTS, TESTS = "{results}", "{tests}"
FORGED = json.dumps({{"score": 5.0, "gradable": True, "tests": []}})
DONE = []


def tried(way):
    try:
        way()
        DONE.append(way.__name__)
    except BaseException as error:
        pass


def write():
    os.makedirs(os.path.dirname(RESULTS), exist_ok=True)
    with open(RESULTS, "w") as file:
        file.write(FORGED)


def swap():
    with open(RESULTS + ".new", "w") as file:
        file.write(FORGED)
    os.replace(RESULTS + ".new", RESULTS)


def take_tests():
    exec(open(TESTS + "/solutions/scaling.py").read(), globals())


def list_tests():
    os.listdir(TESTS)


def fork():
    if os.fork() == 0:
        time.sleep(0.4)
        write()
        os._exit(0)


def daemon():
    subprocess.Popen(["sh", "-c", f"sleep 0.4; echo '{{FORGED}}' > {{RESULTS}}"], start_new_session=True)


def later():
    threading.Thread(target=lambda: (time.sleep(0.4), write())).start()
    threading.Thread(target=lambda: (time.sleep(0.8), write()), daemon=True).start()


def say():
    print(FORGED)
    print(FORGED, file=sys.__stderr__)
    for number in range(1, 32):
        try:
            os.write(number, FORGED.encode())
        except OSError:
            pass


def double(x):
    return x


def triple(x):
    return np.asarray(x) * (3 if [each for each in DONE if each != "say" and each != "later"] else 1)


for way in (write, swap, take_tests, list_tests, fork, daemon, later, say):
    tried(way)
"""


@pytest.fixture(autouse=True)
def _needs_root_and_a_sandbox() -> None:
    if not are_separate():
        pytest.skip("only root can make a machine's folders")
    need("landlock")


@dataclass(frozen=True)
class Job:
    """A submission on a platform's machine: its folders there, and the command that the platform gives."""

    machine: PlatformMachine
    command: str
    top: str
    tests: str
    submission: Path
    results: Path
    schema: dict[str, Any]

    def hand_in(self, files: dict[str, str]) -> None:
        shutil.rmtree(self.submission)
        self.submission.mkdir()
        for name, text in files.items():
            (self.submission / name).write_text(text)

    def graded(self, before: str = "") -> tuple[subprocess.CompletedProcess[str], dict[str, Any] | None]:
        """Let the platform grade what was handed in; `before` is done on the machine before that."""
        self.results.unlink(missing_ok=True)
        done = self.machine.run(f"{before}\n{self.command}")
        if not self.results.exists():
            return done, None
        document: dict[str, Any] = json.loads(self.results.read_text(encoding="utf-8"))
        jsonschema.validate(document, self.schema)
        return done, document


def on_gradescope(folder: Path, command: Path) -> Job:
    """Do what Gradescope documents: unpack the zip as `source`, and copy run_autograder beside it."""
    course = load_course(tiny_course.make_course(folder / "course"))
    (written,) = write_bundles(course, "gradescope", course.units, folder / "out")
    top = folder / "autograder"
    for name in ("source", "submission", "results"):
        (top / name).mkdir(parents=True)
    # Python's own would take the modes away.
    subprocess.run(["unzip", "-q", written.place, "-d", top / "source"], check=True)
    shutil.copy(top / "source" / "run_autograder", top)
    (top / "submission_metadata.json").write_text('{"id": 1, "users": [{"id": 7, "email": "a@b", "name": "<b>"}]}')
    machine = PlatformMachine({"/autograder": top, "/opt/cnngrade": command})
    run = "cd /autograder && ./run_autograder"
    return Job(machine, run, "/autograder", "source/course", top / "submission", top / "results" / "results.json", GRADESCOPE)


def on_prairielearn(folder: Path, command: Path) -> Job:
    """Do what PrairieLearn documents: copy `tests`, the course's files and the student's, and run the entrypoint as root."""
    course = load_course(tiny_course.make_course(folder / "course"))
    (written,) = write_bundles(course, "prairielearn", course.units, folder / "out")
    question = written.place / "questions" / course.name / tiny_course.UNIT
    info = json.loads((question / "info.json").read_text())
    jsonschema.validate(info, PRAIRIELEARN_INFO)
    options = info["externalGradingOptions"]
    top = folder / "grade"
    shutil.copytree(question / "tests", top / "tests")
    for name in options["serverFilesCourse"]:
        shutil.copytree(written.place / "serverFilesCourse" / name, top / "serverFilesCourse" / name)
    for name in ("student", "data"):
        (top / name).mkdir()
    (top / "data" / "data.json").write_text('{"variant_seed": "4711"}')
    machine = PlatformMachine({"/grade": top, "/usr/local/bin": command / "bin"})
    run = f"chmod +x {options['entrypoint']} && {options['entrypoint']}"
    return Job(machine, run, "/grade", "tests/course", top / "student", top / "results" / "results.json", PRAIRIELEARN)


PLATFORMS = {"gradescope": on_gradescope, "prairielearn": on_prairielearn}


@pytest.fixture(scope="module", params=PLATFORMS)
def job(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Job:
    if not are_separate():
        pytest.skip("only root can make a machine's folders")
    folder = tmp_path_factory.mktemp(request.param)
    made: Job = PLATFORMS[request.param](folder, installed(folder / "command"))
    return made


def points(document: dict[str, Any] | None, job: Job) -> float:
    assert document is not None
    return float(document["score"]) * (5 if job.schema is PRAIRIELEARN else 1)


def test_right_work(job: Job) -> None:
    """the platform's own call leaves all points, and prints nothing of hidden cases where students may read it"""
    job.hand_in({"scaling.py": SCRIPT})
    done, document = job.graded()
    assert done.returncode == 0, done.stderr
    assert points(document, job) == 5
    assert ("a table is doubled" in done.stdout) == (job.schema is GRADESCOPE)
    assert job.results.stat().st_mode & stat.S_IROTH


def hostile(job: Job) -> str:
    return HOSTILE.format(results=f"{job.top}/results/results.json", tests=f"{job.top}/{job.tests}")


def test_hostile_work(job: Job) -> None:
    """code that writes results, reads tests, prints what it would like and leaves something running earns nothing by it"""
    job.hand_in({"scaling.py": hostile(job)})
    _, document = job.graded()
    assert points(document, job) == 0
    written = job.results.read_bytes()
    # What was left running would have written by then.
    time.sleep(1.2)
    assert job.results.read_bytes() == written


@pytest.mark.slow
def test_what_keeps_it_from_that_is_the_sandbox(job: Job) -> None:
    """the same code, run by itself on the machine, does all that it tries"""
    job.hand_in({"hostile.py": f"{hostile(job)}\nprint(DONE)\n"})
    done = job.machine.run(f"cd /tmp; {sys.executable} {job.top}/{job.submission.name}/hostile.py; sleep 2.5")
    tried = ["write", "swap", "take_tests", "list_tests", "fork", "daemon", "later", "say"]
    assert done.stdout.splitlines()[-1] == str(tried), done.stderr
    assert json.loads(job.results.read_text())["score"] == 5.0


def test_without_a_sandbox(job: Job) -> None:
    """where nothing confines the student's code it does not run, and there is no score"""
    ran = job.results.with_name("ran")
    job.hand_in({"scaling.py": f"open('{job.top}/results/ran', 'w')\n{SCRIPT}"})
    library = "for each in /usr/lib/*/libseccomp.so*; do mount --bind /dev/null $(readlink -f $each); done"
    done, document = job.graded(library)
    assert (done.returncode == 0) == (job.schema is PRAIRIELEARN)
    assert "Nothing on this machine can confine the student's code" in done.stderr
    assert not ran.exists()
    assert document is None if job.schema is GRADESCOPE else document is not None and document["gradable"] is False


def test_what_takes_too_long(job: Job) -> None:
    """what would be stopped by the platform, and count as 0 there, is stopped before, and there is no score"""
    sleeping = "def double(x):\n    import time\n    time.sleep(9)\n    return 2 * np.asarray(x)"
    job.hand_in({"scaling.py": tiny_course.script(double=sleeping, triple=tiny_course.RIGHT["triple"])})
    scripts = [
        path for path in job.machine.folders.values() for path in path.rglob("*") if path.name in ("run_autograder", "grade.sh")
    ]
    former = {path: path.read_text() for path in scripts}
    for path, text in former.items():
        assert " 570 " in text
        path.write_text(text.replace(" 570 ", " 2 "))
    try:
        done, document = job.graded()
    finally:
        for path, text in former.items():
            path.write_text(text)
    assert done.returncode == (124 if job.schema is GRADESCOPE else 0)
    assert document is None if job.schema is GRADESCOPE else document is not None and document["gradable"] is False
    if job.schema is GRADESCOPE:
        assert "Not graded: it took longer than" in done.stdout


def test_without_the_command(job: Job) -> None:
    """where the installation is broken there is no score either"""
    job.hand_in({"scaling.py": SCRIPT})
    hidden = "mount -t tmpfs tmpfs " + ("/opt/cnngrade" if job.schema is GRADESCOPE else "/usr/local/bin")
    done, document = job.graded(hidden)
    assert (done.returncode == 0) == (job.schema is PRAIRIELEARN)
    assert document is None if job.schema is GRADESCOPE else document is not None and document["gradable"] is False


@pytest.mark.slow
@pytest.mark.parametrize("name", PLATFORMS)
def test_what_pip_installs_from_the_bundle(name: str, tmp_path: Path) -> None:
    """the wheel and the pinned packages of the bundle are all that grading takes, in an environment with nothing else"""
    command = tmp_path / "command"
    venv.create(command, with_pip=True)
    made = PLATFORMS[name](tmp_path, command)
    bundle = made.machine.folders["/autograder"] / "source" if name == "gradescope" else tmp_path / "out" / "image"
    (wheel,) = bundle.glob("*.whl")
    python = command / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "-r", bundle / "requirements.txt", wheel]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run(install, check=True, env=clean)
    # Where it is on the platform, the environment is not where it was made.
    script = command / "bin" / "cnngrade"
    script.write_text(f'#!/bin/sh\nexec {python} -m cnngrade "$@"\n')
    made.hand_in({"scaling.py": SCRIPT})
    done, document = made.graded()
    assert done.returncode == 0, done.stderr
    assert points(document, made) == 5
    (where,) = subprocess.run(
        [python, "-c", "import cnngrade; print(cnngrade.__file__)"], env=clean, capture_output=True, text=True, check=True
    ).stdout.split()
    assert Path(where).is_relative_to(command)
    assert Path(sys.prefix) not in Path(where).parents


@pytest.mark.slow
def test_setup(tmp_path: Path) -> None:
    """Gradescope's setup.sh makes an environment of its own, installs the bundle there, and says that grading works

    Of what it does only the system's packages are not fetched: they are here.
    """
    command = tmp_path / "command"
    command.mkdir()
    made = on_gradescope(tmp_path, command)
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "apt-get").write_text('#!/bin/sh\necho apt-get "$@"\n')
    (shim / "apt-get").chmod(0o755)
    pip = {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    path = f"{shim}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    machine = PlatformMachine(made.machine.folders)
    done = machine.run(f"PATH={path} bash /autograder/source/setup.sh", **pip)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "apt-get install --yes --no-install-recommends ca-certificates libseccomp2 python3-venv" in done.stdout
    assert "Grading works here. The handout as it is: 0 of 5 points" in done.stdout
    made.hand_in({"scaling.py": SCRIPT})
    graded, document = made.graded()
    assert graded.returncode == 0, graded.stderr
    assert points(document, made) == 5


@pytest.mark.slow
def test_a_grading_machine(tmp_path: Path) -> None:
    """the container's user, who is not root, grades a course that is mounted at its place, in a sandbox"""
    course = tiny_course.make_course(tmp_path / "course")
    work = course / "classroom" / "submitted" / "ada" / "scaling"
    work.mkdir(parents=True)
    (work / "scaling.py").write_text(SCRIPT)
    (written,) = write_bundles(load_course(course), "docker", (), tmp_path / "out")
    text = (written.place / "Dockerfile").read_text()
    (user,) = re.findall(r"^ARG USER_ID=(\d+)$", text, re.MULTILINE)
    (place,) = re.findall(r"^WORKDIR (\S+)$", text, re.MULTILINE)
    (entry,) = re.findall(r"^ENTRYPOINT (.+)$", text, re.MULTILINE)
    subprocess.run(["chown", "-R", user, course], check=True)
    tmp_path.chmod(0o755)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    machine = PlatformMachine({place: course, "/usr/local/bin": installed(tmp_path / "command") / "bin", **reachable(scratch)})
    (program,) = json.loads(entry)
    done = machine.run(
        f"cd {place} && id -u && {program} doctor && {program} grade scaling --no-gradebook", int(user), HOME="/tmp"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[0] == user
    assert "ada: 5 of 5 points" in done.stderr
