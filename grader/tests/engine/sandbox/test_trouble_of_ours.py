"""What the machine denies the judge or a worker that has not begun is a fault: no score now, and a score once it is over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrade.sandbox.backends import LANDLOCK
from support import tiny_course
from support.places import GRADER, TESTS
from support.sandboxes import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")

_SCRIPT = """
import contextlib, json, os, resource, subprocess, sys, tempfile
from pathlib import Path
from cnngrade.course.load import load_course
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import candidate
from support import tiny_course

root, disk = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,nr_inodes=400", "none", str(disk)], check=True)
tempfile.tempdir = str(disk)
course = load_course(root)
unit, policy = course.units[0], course.policy
RIGHT = tiny_course.script(**tiny_course.RIGHT)
MORE_ROOM = ["mount", "-o", "remount,rw,size=8m", str(disk)]

def full():
    with contextlib.suppress(OSError), open(disk / "filler", "wb", buffering=0) as filler:
        while filler.write(bytes(4096)): pass
    return (disk / "filler").unlink

def no_files_left():
    made = []
    with contextlib.suppress(OSError):
        for number in range(1000):
            made.append(disk / f"file{number}")
            made[-1].touch()
    return lambda: [path.unlink(missing_ok=True) for path in made]

def read_only():
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    return lambda: subprocess.run(MORE_ROOM, check=True)

def lowered(kind, value):
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (value, before[1]))
    return lambda: resource.setrlimit(kind, before)

resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))

def few_descriptors(more):
    undo, taken = lowered(resource.RLIMIT_NOFILE, max(map(int, os.listdir("/proc/self/fd"))) + 1), []
    with contextlib.suppress(OSError):
        while True: taken.append(os.open("/dev/null", os.O_RDONLY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[0] + more, 4096))
    return lambda: (undo(), [os.close(one) for one in taken])

class Troubled:
    '''Workers of a source, the one of this number in trouble.'''

    layers = ()

    def __init__(self, source, trouble, number): self.source, self.trouble, self.left, self.undo = source, trouble, number, None

    def start(self):
        self.left -= 1
        if not self.left: self.undo = self.trouble()
        return self.source.start()

    def over(self):
        if self.undo: self.undo()

def judged(source, text, trouble=None, number=1):
    source = Troubled(source, trouble, number) if trouble else source
    path = root.parent / "scaling.py"
    path.write_text(text)
    def entries():
        yield candidate(course, path, unit, "x", source)
        if trouble: source.over()
    reports = []
    judge_many(Suite(course, unit, hidden=True, secret="k"), entries(), reports.append)
    return [reports[0].earned, reports[0].problems[:1], sorted({end.verdict.value for end in reports[0].outcomes})]

ENDS = tiny_course.script(double="def double(x):\\n    import os\\n    os._exit(0)", triple=tiny_course.RIGHT["triple"])
TROUBLES = {
    "a full disk": full, "a disk without room for another file": no_files_left, "a disk that is read-only": read_only,
    "no descriptor": lambda: few_descriptors(0), "too few descriptors": lambda: few_descriptors(4),
}
with contextlib.closing(Warm(policy, "landlock")) as warm:
    for name, trouble in TROUBLES.items():
        warm.start().close()
        first = judged(warm, RIGHT, trouble)
        second = judged(warm, RIGHT)
        again = judged(warm, ENDS, trouble, number=2)
        print(json.dumps([name, first, second, again]), flush=True)
for name in ("no descriptor", "too few descriptors"):
    fresh = Fresh(policy, root.parent)
    found = [judged(fresh, RIGHT, TROUBLES[name]), judged(fresh, RIGHT), judged(fresh, ENDS, TROUBLES[name], number=2)]
    print(json.dumps([f"{name}, without a sandbox", *found]), flush=True)
with contextlib.closing(Warm(policy, "landlock")) as cold:
    # Here the fork server itself cannot be started.
    for name, trouble in TROUBLES.items():
        cold.close()
        found = [judged(cold, RIGHT, trouble), judged(cold, RIGHT), None]
        print(json.dumps([f"{name}, and no fork server yet", *found]), flush=True)
"""


def test_trouble_of_ours(tmp_path: Path) -> None:
    """whatever is missing for a worker, the first of a submission or a later one, there is no score; afterwards there is"""
    need(LANDLOCK)  # bubblewrap has a disk of its own
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    disk, root = tmp_path / "disk", tiny_course.make_course(tmp_path / "course")
    disk.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(GRADER), str(TESTS)])}
    command = [*inside, sys.executable, "-c", _SCRIPT, str(root), str(disk)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 12
    for name, first, second, again in found:
        for troubled in (first, again):
            if troubled is not None:
                earned, problems, verdicts = troubled
                assert (earned, verdicts) == (None, ["fault"]), (name, troubled)
                assert problems, name
        assert second[0] == 5.0, (name, second)
