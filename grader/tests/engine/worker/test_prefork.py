"""Workers that are forked before the command loads the judge: as clean as one whose interpreter is its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnngrade.jobs.release import write_handout
from cnngrade.model import Course
from support import tiny_course
from support.places import GRADER
from support.sweeps import sweep

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")

# The value is the usual one, and no worker that is started in an interpreter of its own is given it.
SPAWNING = {"PYTHONHASHSEED": "random"}

LOOKING = """
import gc, json, os, random, resource, signal, sys, threading

def _look():
    here = "/proc/self/fd"
    opened = [os.readlink(f"{here}/{n}") for n in os.listdir(here) if os.path.exists(f"{here}/{n}")]
    streams = [(str(s), s.mode, s.errors, s.line_buffering, s.fileno()) for s in (sys.stdin, sys.stdout, sys.stderr)]
    modules, threads = sorted(sys.modules), len(os.listdir("/proc/self/task"))
    return {
        "modules": modules,
        "path": sys.path,
        "argv": sys.argv,
        "folder": os.getcwd(),
        "environment": sorted((k, v) for k, v in os.environ.items() if k != "CNNGRADE_WORKER"),
        "shown": open("/proc/self/environ", "rb").read().count(os.environ["CNNGRADE_WORKER"].encode()),
        "secret": os.environ.get("SECRET") or b"open sesame" in open("/proc/self/environ", "rb").read(),
        "opened": sorted(place.partition(":")[0] for place in opened),
        "threads": [threads, threading.active_count()],
        "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "streams": streams,
        "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM)],
        "limits": [resource.getrlimit(n) for n in (resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
        "collects": [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count() > 0],
        "bytecode": sys.dont_write_bytecode,
        "main": [hasattr(sys.modules["__main__"], name) for name in ("__file__", "__builtins__")],
        "warnings": [sys.warnoptions, len(__import__("warnings").filters)],
        "held": sorted({type(o).__module__ for o in gc.get_objects()} & {"_pytest", "click.core", "cnngrade.model"}),
        "random": [random.random(), float(np.random.random())],
        "forked": b"cnngrade.worker.serve" not in open("/proc/self/cmdline", "rb").read(),
    }

with open("seen.json", "a") as seen:
    print(json.dumps(_look()), file=seen)
"""
"""What a submission can find out about its worker, added to a file beside it each time that it is loaded."""


@pytest.fixture
def handout(course: Course, tmp_path: Path) -> Path:
    """A released folder, with a right answer that looks around."""
    folder = tmp_path / "handout"
    folder.mkdir()
    write_handout(course, course.units[0], folder)
    write(folder, **tiny_course.RIGHT)
    return folder


def write(handout: Path, looking: str = LOOKING, **functions: str) -> None:
    text = tiny_course.script(**functions)
    (handout / "scaling.py").write_text(
        text.replace("import numpy as np\n", f"import numpy as np\n{looking}", 1), encoding="utf-8"
    )


def environment(**variables: str) -> dict[str, str]:
    """Return one in which Python is started as usual."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return plain | {"PYTHONPATH": str(GRADER), "SECRET": "open sesame"} | variables


def check(handout: Path, *options: str, before: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *before, "-m", "cnngrade", "check", *options]
    return subprocess.run(
        command, cwd=handout, env=environment(**variables), capture_output=True, text=True, check=False, timeout=120
    )


def seen(handout: Path) -> list[dict[str, Any]]:
    """Return what was found since the last time, one for each worker."""
    path = handout / "seen.json"
    found = [json.loads(line) for line in path.read_text().splitlines()]
    path.unlink()
    return found


def processes(mark: str = "open sesame") -> list[int]:
    """Return the processes that were started with this in their environment."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                if mark.encode() in (place / "environ").read_bytes():
                    found.append(int(place.name))
            except OSError:
                continue
    return found


def without_times(report: Any) -> Any:
    """Return a report without how long things took."""
    if isinstance(report, dict):
        return {key: without_times(value) for key, value in report.items() if key != "seconds"}
    return [without_times(value) for value in report] if isinstance(report, list) else report


def test_a_forked_worker_is_as_a_fresh_one(handout: Path) -> None:
    """the same report, and nothing that a submission finds around it differs, but for two modules of ours and Python's"""
    assert check(handout).returncode == 0
    (forked,) = seen(handout)
    report = check(handout, "--json")
    (again,) = seen(handout)
    spawned = check(handout, "--json", **SPAWNING)
    (fresh,) = seen(handout)
    assert [each.pop("forked") for each in (forked, again, fresh)] == [True, True, False]
    assert without_times(json.loads(report.stdout)) == without_times(json.loads(spawned.stdout))
    # No two draw the same numbers.
    drawn = [each.pop("random") for each in (forked, again, fresh)]
    assert len({number for pair in drawn for number in pair}) == 6
    more = set(forked.pop("modules")) - set(fresh.pop("modules"))
    again.pop("modules")
    ours = {name for name in more if name.partition(".")[0] not in sys.stdlib_module_names}
    assert ours <= {"cnngrade.cli", "cnngrade.cli.start", "cnngrade.worker.prefork"}
    for each in (forked, again, fresh):
        # Python lists a folder once that both a variable and an installation name; what comes first decides.
        each["path"] = list(dict.fromkeys(each["path"]))
    assert forked == again == fresh
    assert (forked["held"], forked["secret"], forked["shown"]) == ([], False, 1)


# What the worker does after a call, it does in our code.
ONCE_FLUSHED = "import sys; sys.stdout = type('Once', (), {'flush': lambda _: setattr(sys, 'stdout', sys.__stdout__)"

# What ends a worker, or has to be ended, in a call.
ENDS = {
    "exit": "import os; os._exit(3)",
    "crash": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "closed": "import os; [os.close(n) for n in range(3, 20)]",
    "all closed": "import os; os.closerange(0, 20)",
    "left": f"{ONCE_FLUSHED} or sys.exit(5)}})()",
    "interrupted": f"{ONCE_FLUSHED} or sys.modules['_signal'].raise_signal(2)}})()",
}


@pytest.mark.parametrize("ending", sweep(ENDS, {"crash"}))
def test_the_next_worker_is_fresh_again(handout: Path, ending: str) -> None:
    """a call that ends its worker costs what it costs in an interpreter of its own, with the same words and the same output,
    and the next worker knows nothing of it
    """
    body = f"def double(x):\n    np.kept = 1\n    {ENDS[ending]}\n    return 2 * np.asarray(x)"
    write(handout, f"{LOOKING}\nassert not hasattr(np, 'kept')\n", **tiny_course.RIGHT | {"double": body})
    reports = []
    for variables in ({}, SPAWNING):
        reports.append(without_times(json.loads(check(handout, "--json", **variables).stdout)))
        workers = seen(handout)
        assert [each["forked"] for each in workers] == [variables is not SPAWNING] * 2
        assert workers[0]["random"] != workers[1]["random"]
    forked, spawned = reports
    assert forked["earned"] == 2
    assert forked == spawned


@pytest.mark.parametrize("how", ["SIGKILL", pytest.param("SIGSTOP", marks=pytest.mark.slow)])
def test_without_its_server_it_goes_on(handout: Path, how: str) -> None:
    """where that is killed or stopped, its worker ends, the next one has an interpreter of its own, and nothing is left"""
    kill = (
        f"import os, signal, time; os.kill(os.getppid(), signal.{how}); os._exit(3) if {how != 'SIGKILL'} else time.sleep(60)"
    )
    is_forked = "b'worker.serve' not in open('/proc/self/cmdline', 'rb').read()"
    body = f"def double(x):\n    if {is_forked}:\n        {kill}\n    return 2 * np.asarray(x)"
    write(handout, **tiny_course.RIGHT | {"double": body})
    report = json.loads(check(handout, "--json").stdout)
    assert [each["forked"] for each in seen(handout)] == [True, False]
    assert report["earned"] == 2
    assert processes() == []


# How Python may be started so that a forked worker would not be as a fresh one, or could not be forked at all.
OTHERWISE: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "without asserts": (("-O",), {}),
    "warnings are errors": (("-W", "error::UserWarning"), {}),
    "in development": (("-X", "dev"), {}),
    "another seed": ((), {"PYTHONHASHSEED": "0"}),
    "a variable": ((), {"PYTHONOPTIMIZE": "2"}),
    "another encoding": ((), {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "a path into the installation": ((), {"PYTHONPATH": os.pathsep.join((str(GRADER), f"{sys.prefix}/lib"))}),
}


@pytest.mark.parametrize("way", sweep(OTHERWISE, {"without asserts", "another encoding"}))
def test_python_started_otherwise(handout: Path, way: str) -> None:
    """each worker then has an interpreter of its own"""
    options, variables = OTHERWISE[way]
    done = check(handout, before=options, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = seen(handout)
    assert not found["forked"]


def test_what_is_to_run_in_every_interpreter_is_not_the_workers(handout: Path) -> None:
    """where it comes from a folder that is named to the command alone, for instance that of the work itself"""
    (handout / "sitecustomize.py").write_text("import builtins\nbuiltins.customised = True\n")
    write(handout, f"{LOOKING}\nimport builtins\nassert not hasattr(builtins, 'customised')\n", **tiny_course.RIGHT)
    done = check(handout, PYTHONPATH=os.pathsep.join((str(GRADER), str(handout))))
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = seen(handout)
    assert not found["forked"]


def test_where_the_system_tells_nothing_of_processes(handout: Path) -> None:
    """the command says so in a report, as it says whatever else is missing"""
    hide = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    try:
        subprocess.run([*hide, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be hidden from a process here")
    done = subprocess.run(
        [*hide, sys.executable, "-m", "cnngrade", "check", "--json"],
        cwd=handout, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["submission"]["unit"] == "scaling"


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}, {"PYTHONUTF8": "1", "PYTHONIOENCODING": "latin-1:strict"}],
)
def test_what_containers_set_is_no_hindrance(handout: Path, variables: dict[str, str]) -> None:
    """nor does a worker see it"""
    assert check(handout, **variables).returncode == 0
    (found,) = seen(handout)
    assert found["forked"]
    assert not any(name in dict(found["environment"]) for name in variables if name != "PYTHONDONTWRITEBYTECODE")


def test_modules_beside_the_work_are_not_the_commands(handout: Path) -> None:
    """a file named as one of Python's modules or packages is not loaded by what workers are forked from"""
    for name in ("socket", "json", "ctypes", "numpy"):
        (handout / f"{name}.py").write_text("raise SystemExit('loaded beside the work')\n")
    forked = subprocess.run(
        [sys.executable, "-P", "-m", "cnngrade", "check", "--json"],
        cwd=handout, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "loaded beside the work" not in forked.stderr
    assert forked.returncode == 0, forked.stderr
    (found,) = seen(handout)
    assert found["forked"]
    assert str(handout) not in found["path"]


@pytest.fixture
def endless(handout: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A check whose submission runs for ever, and has started a process that does."""
    forks = "import os, time\n    if os.fork() == 0:\n        os.setsid()\n    open('begun', 'a').close()\n    time.sleep(600)"
    write(handout, "", **tiny_course.RIGHT | {"double": f"def double(x):\n    {forks}"})
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listening}\nimport sys; sys.argv = ['cnngrade', 'check']\nfrom cnngrade.cli.start import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=handout, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (handout / "begun").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    yield handout, process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left(endless: tuple[Path, subprocess.Popen[str]], how: signal.Signals) -> None:
    """whether Ctrl-C ends the check, with a sentence, or somebody kills it"""
    handout, process = endless
    assert (handout / "begun").exists()
    process.send_signal(how)
    _, said = process.communicate(timeout=30)
    assert process.returncode == (130 if how is signal.SIGINT else -how)
    assert "Traceback" not in said
    deadline = time.monotonic() + 10
    while left := [pid for pid in processes(str(handout)) + processes() if pid != os.getpid()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
