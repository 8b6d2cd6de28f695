"""What the machine denies the judge or a worker that has not begun is a fault: no score now, and a score once it is over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

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
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m,nr_inodes=1000", "none", str(disk)], check=True)
tempfile.tempdir = str(disk)
course = load_course(root)
unit, policy = course.units[0], course.policy
RIGHT = tiny_course.script(**tiny_course.RIGHT)
MORE_ROOM = ["mount", "-o", "remount,rw,size=300m", str(disk)]

def sized(size):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)

def full():
    sized("1m")  # filled sooner
    with contextlib.suppress(OSError), open(disk / "filler", "wb", buffering=0) as filler:
        while filler.write(bytes(4096)): pass
    return lambda: ((disk / "filler").unlink(), sized("300m"))

def no_files_left():
    made = []
    with contextlib.suppress(OSError):
        for number in range(2000):
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
    '''Workers of a source, the one of this number in trouble: before it starts, or `late`, once it runs.'''

    layers = ()

    def __init__(self, source, trouble, number, late=False):
        self.source, self.trouble, self.left, self.late, self.undo = source, trouble, number, late, None

    def start(self):
        self.left -= 1
        if self.left: return self.source.start()
        if self.late:
            started = self.source.start()
            self.undo = self.trouble()
            return started
        self.undo = self.trouble()
        return self.source.start()

    def over(self):
        if self.undo: self.undo()

def judged(source, text, trouble=None, number=1, late=False):
    source = Troubled(source, trouble, number, late) if trouble else source
    path = root.parent / "scaling.py"
    path.write_text(text)
    def entries():
        yield candidate(course, path, unit, "x", source)
        if trouble: source.over()
    reports = []
    judge_many(Suite(course, unit, hidden=True, secret="k"), entries(), reports.append)
    return [reports[0].earned, reports[0].problems[:1], sorted({end.verdict.value for end in reports[0].outcomes})]

"""


_WHILE_WORKERS_START = """
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


_WHILE_A_WORKER_RUNS = r"""
def little_room():
    sized("1m")
    return lambda: sized("300m")

def few_files_left():
    undo = no_files_left()
    for path in sorted(disk.glob("file*"))[:3]: path.unlink()
    return undo

def double(*lines, more=""):
    return tiny_course.script(double="\n    ".join(["def double(x):", *lines]), triple=tiny_course.RIGHT["triple"] + more)

RETURN = "return 2 * np.asarray(x)"
SAVES = "np.save('cache.npy', np.zeros(1 << 18))"
WORKS = {
    "an array is saved": double(SAVES, RETURN),
    "an array is mapped": double("m = np.memmap('a', np.uint8, 'w+', shape=1 << 21)", "m[:] = 1", RETURN),
    "a temporary file is written": double("import tempfile", "tempfile.TemporaryFile().write(bytes(1 << 21))", RETURN),
    "small files are written": double("for k in range(40): open(f'f{k}', 'wb').write(bytes(1 << 16))", RETURN),
    "the failure is caught": double(f"try: {SAVES}", "except OSError: return x", RETURN),
    "the failure is told as another": double(f"try: {SAVES}", "except OSError: raise ValueError('no') from None", RETURN),
    "the failure ends the process": double("import os", f"try: {SAVES}", "except OSError: os._exit(3)", RETURN),
    "it is written while the file loads": double(RETURN, more="\n" + SAVES),
    "the own file is written": double("with open(__file__, 'r+b') as f: f.write(bytes(1 << 21))", RETURN),
}
FULL = {"little room": little_room, "few files left": few_files_left}
TAKES = {
    "with a name": double("for k in range(30): open(f'f{k}', 'wb').write(bytes(4 << 20))", "return x"),
    "removed": double("for k in range(30):", "    kept.append(open('f', 'w+b', 0))", "    kept[-1].write(bytes(4 << 20))",
        "    os.remove('f')", "raise ValueError", more="\nimport os\nkept = []"),
    "mapped": double("for k in range(30):", "    with open('f', 'w+b', 0) as f:", "        f.write(bytes(4 << 20))",
        "        kept.append(mmap.mmap(f.fileno(), 0))", "    os.remove('f')", "os._exit(3)",
        more="\nimport mmap, os\nkept = []"),
}
with contextlib.closing(Warm(policy, "landlock")) as warm:
    for name, text in WORKS.items():
        for kind, trouble in FULL.items():
            if kind == "little room" or "temporary" in name or "small" in name:
                print(json.dumps([f"{name}, {kind}", judged(warm, text, trouble, late=True), judged(warm, text)]), flush=True)
    print(json.dumps(["nothing is written", judged(warm, RIGHT, little_room, late=True), judged(warm, RIGHT)]), flush=True)
    sized("273m")
    for name, text in TAKES.items():
        print(json.dumps([f"takes what it may, {name}", judged(warm, text), None]), flush=True)
"""


def _found(script: str, tmp_path: Path) -> list[Any]:
    """Return what a script prints on a small disk of its own."""
    need(LANDLOCK)  # bubblewrap has a disk of its own
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    disk, root = tmp_path / "disk", tiny_course.make_course(tmp_path / "course")
    disk.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(GRADER), str(TESTS)])}
    command = [*inside, sys.executable, "-c", _SCRIPT + script, str(root), str(disk)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_trouble_of_ours(tmp_path: Path) -> None:
    """whatever is missing for a worker, the first of a submission or a later one, there is no score; afterwards there is"""
    found = _found(_WHILE_WORKERS_START, tmp_path)
    assert len(found) == 12
    for name, first, second, again in found:
        for troubled in (first, again):
            if troubled is not None:
                earned, problems, verdicts = troubled
                assert (earned, verdicts) == (None, ["fault"]), (name, troubled)
                assert problems, name
        assert second[0] == 5.0, (name, second)


@pytest.mark.slow
def test_a_disk_that_gets_full_while_a_submission_runs(tmp_path: Path) -> None:
    """work that stumbles over a full disk, or gets round it, has no score, and one once there is room; other work has one

    Nobody avoids a score by taking what a submission may take, on a disk that holds no more.
    """
    found = {name: results for name, *results in _found(_WHILE_A_WORKER_RUNS, tmp_path)}
    assert len(found) == 11 + 1 + 3
    for name, (first, second) in found.items():
        if name.startswith("takes"):
            assert first[0] in (0.0, 2.0, 3.0), (name, first)
            assert "fault" not in first[2], (name, first)
            continue
        if name == "nothing is written":
            assert first[0] == 5.0
        else:
            assert first[0] is None, (name, first)
            assert "MiB and 64 files: make room there, or set TMPDIR" in first[1][0], (name, first)
        assert second[0] == 5.0, (name, second)
