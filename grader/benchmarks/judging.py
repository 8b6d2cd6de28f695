"""What judging costs besides the student's own code, and whether a long class takes more memory than a short one.

    python grader/benchmarks/judging.py [SUBMISSIONS] [LONG]

Two figures, both of submissions in the strongest sandbox that this machine has:

    a   one judge, SUBMISSIONS (40) of the unit `convolution`, right and wrong ones in turn: wall seconds of each, and of that
        the CPU time of its worker. The rest is ours: tests, comparison, reference, diagnosis, sandbox.
    b   `cnngrade grade` on a class of a tiny course, 200 and LONG (2000) submissions: the most memory that one of its processes
        took, and seconds per submission, gradebook and notebooks included.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.course.load import load_course
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.sandbox.backends import AUTO, choose
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.connection import Connection
from cnngrade.student.candidate import candidate
from support import tiny_course
from support.graded_class import Class, release

UNIT = "convolution"
ANSWERS = ("taps_loop", "wrong_stride_ignored", "einsum_windows", "wrong_flipped", "tensordot_pixels", "wrong_without_bias")
_MOST = "import resource as r, subprocess, sys; subprocess.run(sys.argv[1:]); print(r.getrusage(r.RUSAGE_CHILDREN).ru_maxrss)"


def judge_alone(count: int) -> None:
    course, sandbox = load_course(ROOT), choose(AUTO)
    unit = course.unit(UNIT)
    used: list[float] = []
    close = Connection.close

    def counted(self: Connection) -> None:
        used[-1] += self.cpu_seconds()
        close(self)

    Connection.close = counted  # type: ignore[method-assign]  # the worker's clock is gone once it has ended
    walls: list[float] = []
    with tempfile.TemporaryDirectory() as place, closing(Warm(course.policy, sandbox)) as source:

        def candidates():
            for number in range(count + len(ANSWERS)):
                text = (ROOT / "grader" / "tests" / "corpus" / UNIT / f"{ANSWERS[number % len(ANSWERS)]}.py").read_text()
                path = Path(place) / str(number) / f"{UNIT}.py"
                path.parent.mkdir()
                path.write_text(text)
                used.append(0.0)
                started = time.perf_counter()
                yield candidate(course, path, unit, f"s{number}", source)
                walls.append(time.perf_counter() - started)

        cpu = [0.0]

        def take(report: Report) -> None:
            if report.submission.student == f"s{len(ANSWERS) - 1}":
                cpu[0] = time.process_time()

        judge_many(Suite(course, unit, hidden=True, secret="bench"), candidates(), take)
        own = (time.process_time() - cpu[0]) / count
    # The first of each answer warms caches: imports, compiled code, the pool of inputs.
    walls, used = walls[len(ANSWERS) :], used[len(ANSWERS) :]
    ours = [wall - theirs for wall, theirs in zip(walls, used, strict=True)]
    print(f"{count} submissions of {UNIT} in {sandbox}, milliseconds a submission: median (minimum to maximum)")
    for name, times in (("wall", walls), ("worker's CPU", used), ("ours: the difference", ours)):
        row = [1e3 * figure for figure in (statistics.median(times), min(times), max(times))]
        print(f"  {name:22} {row[0]:6.0f} ({row[1]:.0f} to {row[2]:.0f})")
    print(f"  {'CPU of the judge':22} {1e3 * own:6.0f}")


def long_class(counts: tuple[int, ...]) -> None:
    print("`cnngrade grade --jobs 2` on a class of a tiny course")
    for count in counts:
        with tempfile.TemporaryDirectory() as place:
            course = load_course(tiny_course.make_course(Path(place) / "course"))
            class_ = Class(course, course.units[0])
            release(course, class_.unit, Path(place) / "handout")
            works = [
                ("scaling.py", tiny_course.script(**tiny_course.RIGHT)),
                ("scaling.ipynb", class_.notebook(**tiny_course.RIGHT)),
                ("scaling.py", tiny_course.script(double="def double(x):\n    return np.asarray(x) ** 2")),
            ]
            for number in range(count):
                class_.hand_in(f"s{number:05}", *works[number % len(works)])
            environment = os.environ | {"PYTHONPATH": str(ROOT / "grader")}
            command = [sys.executable, "-c", _MOST, sys.executable, "-m", "cnngrade", "grade", "scaling", "--jobs", "2"]
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=True)
            wall = (time.perf_counter() - start) / count
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / count
            if len(class_.rows()["submission"]) != count:
                sys.exit(f"{len(class_.rows()['submission'])} of {count} are in the gradebook:\n{done.stderr[-2000:]}")
            most = int(done.stdout.split()[-1]) >> 10
            print(f"  {count:6} submissions: at most {most} MiB in one process; each CPU {cpu:.3f} s, wall {wall:.3f} s")


def main() -> None:
    judge_alone(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    long_class((200, int(sys.argv[2]) if len(sys.argv) > 2 else 2000))


if __name__ == "__main__":
    main()
