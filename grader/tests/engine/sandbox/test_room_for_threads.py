"""Threads that a submission cannot start because others have used up the machine's room are no verdict."""

from __future__ import annotations

import json
import os
import sys
import tempfile

import pytest

from cnngrade.sandbox.backends import LANDLOCK
from cnngrade.sandbox.room import short_of_threads
from support.ordinary import NOBODY, as_ordinary_user
from support.places import TESTS
from support.sandboxes import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")

_SCRIPT = """
import contextlib, json, resource, subprocess, sys, time
from dataclasses import replace
from pathlib import Path
from cnngrade.course.load import load_course
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.room import short_of_threads
from cnngrade.student.candidate import candidate
from support import tiny_course

HOLD = '''
import sys, threading, time
threading.stack_size(65536)
for _ in range(int(sys.argv[1])): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print(1, flush=True)
sys.stdin.read()
'''
POOL = "from concurrent.futures import ThreadPoolExecutor\\nimport threading, time\\n"
POOL += "def pool():\\n    with ThreadPoolExecutor(8) as them: list(them.map(time.sleep, [0.02] * 8))\\n"
RIGHT = tiny_course.script(**tiny_course.RIGHT)
EVERY = RIGHT.replace("def double(x):\\n", "def double(x):\\n    pool()\\n")
assert EVERY != RIGHT
OR = "try: pool()\\n    except RuntimeError: "
TEXTS = {
    "threads in a call": POOL + EVERY,
    "threads at import": POOL + "pool()\\n" + RIGHT,
    "threads whose lack ends it": POOL + EVERY.replace("pool()", OR + "__import__('os')._exit(1)"),
    "threads whose lack makes it wait": POOL + EVERY.replace("pool()", OR + "time.sleep(99)"),
    "no threads": RIGHT,
    "claimed": "def double(x): raise RuntimeError(\\"can't start new thread\\")\\ntriple = double",
    "its own threads": "import threading, time\\nthreading.stack_size(65536)\\n"
    "def double(x):\\n    for _ in range(300): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\\n"
    "    raise RuntimeError(\\"can't start new thread\\")\\ntriple = double",
    "its own threads, and then an end": "import os, threading, time\\nthreading.stack_size(65536)\\n"
    "def double(x):\\n    try:\\n"
    "        for _ in range(230): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\\n"
    "    finally: os._exit(1)\\ntriple = double",
}

root, names = Path(sys.argv[1]), sys.argv[2:]
course = load_course(tiny_course.make_course(root / "course"))
course = replace(course, policy=replace(course.policy, call_seconds=0.6, submission_seconds=6.0))
def judged(source, name):
    path = root / "scaling.py"
    path.write_text(TEXTS[name])
    reports, unit = [], course.units[0]
    entry = candidate(course, path, unit, "x", source)
    judge_many(Suite(course, unit, hidden=True, secret="k"), [entry], reports.append)
    return [reports[0].earned, reports[0].problems[:1]]

resource.setrlimit(resource.RLIMIT_NPROC, (400, 400))
with contextlib.closing(Warm(course.policy, "landlock")) as source:
    judged(source, "no threads")
    holder = subprocess.Popen([sys.executable, "-c", HOLD, "391"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"1\\n"
    found = {name: [judged(source, name)] for name in names}
    holder.communicate()
    for name in names: found[name].append(judged(source, name))
print(json.dumps(found))
"""


@pytest.mark.parametrize(
    "names",
    [
        ["threads in a call", "claimed"],
        pytest.param(
            ["threads at import", "threads whose lack ends it", "threads whose lack makes it wait"], marks=pytest.mark.slow
        ),
        pytest.param(["no threads", "its own threads", "its own threads, and then an end"], marks=pytest.mark.slow),
    ],
)
def test_threads_that_others_have(names: list[str]) -> None:
    """a pool of eight costs nobody a point where somebody else has all threads; a submission's own threads are its own doing"""
    need(LANDLOCK)
    with tempfile.TemporaryDirectory(prefix="cnngrade-nobody-") as folder:
        os.chown(folder, NOBODY, NOBODY)
        path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
        done = as_ordinary_user(["-c", _SCRIPT, folder, *names], {"HOME": folder, "TMPDIR": folder, "PYTHONPATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    honest = {name: runs for name, runs in found.items() if "own" not in name and name != "claimed"}
    for name, (meanwhile, after) in found.items():
        score = 5.0 if name in honest else 0.0
        assert after[0] == score, (name, after)
        if name == "no threads":
            assert meanwhile[0] == 5.0, meanwhile
        else:
            assert meanwhile[0] is None, (name, meanwhile)
            assert "ulimit -u) is 400" in meanwhile[1][0], (name, meanwhile)


def test_this_machine_has_room() -> None:
    """for no thread at all there is room everywhere, and for more than any machine can have there is none"""
    assert short_of_threads(0) == ""
    assert "kernel." in short_of_threads(1 << 40)
