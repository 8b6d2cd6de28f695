"""What judging costs besides the student's own code, and whether a long class takes more memory than a short one.

    python grader/benchmarks/judging.py [--count N] [--long N] [--write-docs]

Two figures, both of submissions in the strongest sandbox that this machine has:

    a   one judge, 40 (--count) submissions of the unit `convolution`, right and wrong ones in turn: wall time of each, and of
        that the CPU time of its worker. The rest is ours: tests, comparison, reference, diagnosis, sandbox.
    b   `cnngrade grade` on a class of a tiny course, 200 and 2000 (--long) submissions: the most memory that one of its
        processes took, and seconds per submission, gradebook and notebooks included.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from figures.arguments import positive
from figures.programs import ROOT, cpu_of_children, environment
from figures.quartiles import quartiles
from figures.section import Section, add_writing, at_most

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.course.load import load_course
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.sandbox.backends import AUTO, choose
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.connection import Connection
from cnngrade.student.candidate import Candidate, candidate
from support import tiny_course
from support.graded_class import Class, release

UNIT = "convolution"
ANSWERS = ("taps_loop", "wrong_stride_ignored", "einsum_windows", "wrong_flipped", "tensordot_pixels", "wrong_without_bias")
DIFFERENCE, AIM = "the difference: tests, comparison, the reference, diagnosis, sandbox", 50
_MOST = "import resource as r, subprocess, sys; subprocess.run(sys.argv[1:]); print(r.getrusage(r.RUSAGE_CHILDREN).ru_maxrss)"


def judge_alone(count: int, section: Section) -> None:
    course, sandbox = load_course(ROOT), choose(AUTO)
    unit = course.unit(UNIT)
    used: list[float] = []
    close = Connection.close

    def counted(self: Connection) -> None:
        used[-1] += self.cpu_seconds()
        close(self)

    Connection.close = counted  # type: ignore[method-assign]  # the worker's clock is gone once it has ended
    walls: list[float] = []
    own: list[float] = []
    with tempfile.TemporaryDirectory() as place, closing(Warm(course.policy, sandbox)) as source:

        def candidates() -> Iterator[Candidate]:
            for number in range(count + len(ANSWERS)):
                text = (ROOT / "grader" / "tests" / "corpus" / UNIT / f"{ANSWERS[number % len(ANSWERS)]}.py").read_text()
                path = Path(place) / str(number) / f"{UNIT}.py"
                path.parent.mkdir()
                path.write_text(text)
                used.append(0.0)
                started, spent = time.perf_counter(), time.process_time()
                yield candidate(course, path, unit, f"s{number}", source)
                walls.append(time.perf_counter() - started)
                own.append(time.process_time() - spent)

        judge_many(Suite(course, unit, hidden=True, secret="bench"), candidates(), lambda report: None)
    # The first of each answer warms caches: imports, compiled code, the pool of inputs.
    walls, used, own = (found[len(ANSWERS) :] for found in (walls, used, own))
    ours = [wall - theirs for wall, theirs in zip(walls, used, strict=True)]
    times = {"wall time": walls, "CPU time of its worker": used, DIFFERENCE: ours, "CPU time of the judge": own}
    rows = [[name, quartiles(1e3 * seconds for seconds in found).text(".0f")] for name, found in times.items()]
    section.table([f"milliseconds a submission, {count} of {UNIT} in {sandbox}", "median (quartiles)"], rows)
    section.aim(at_most(f"milliseconds: {DIFFERENCE}", AIM, quartiles(1e3 * seconds for seconds in ours), ".0f"))


def long_class(counts: tuple[int, ...], section: Section) -> None:
    rows = []
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
            command = [sys.executable, "-c", _MOST, sys.executable, "-m", "cnngrade", "grade", "scaling", "--jobs", "2"]
            before, start = cpu_of_children(), time.perf_counter()
            done = subprocess.run(command, cwd=course.root, env=environment(), capture_output=True, text=True, check=True)
            wall, cpu = (time.perf_counter() - start) / count, (cpu_of_children() - before) / count
            if len(class_.rows()["submission"]) != count:
                sys.exit(f"{len(class_.rows()['submission'])} of {count} are in the gradebook:\n{done.stderr[-2000:]}")
            rows.append([f"{count:,}", f"{int(done.stdout.split()[-1]) >> 10} MiB", f"{cpu:.3f}", f"{wall:.3f}"])
    head = ["submissions", "most memory of one process", "CPU seconds for each", "wall seconds for each"]
    section.table(head, rows, "`cnngrade grade --jobs 2`, a tiny course")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=positive, default=40, metavar="N")
    parser.add_argument("--long", type=positive, default=2000, metavar="N")
    add_writing(parser)
    asked = parser.parse_args()
    section = Section("judging")
    judge_alone(asked.count, section)
    long_class((200, asked.long), section)
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
