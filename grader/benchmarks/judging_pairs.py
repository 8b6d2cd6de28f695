"""What a submission costs in this version and in another one: CPU seconds, in turn, so that both have the same machine.

    python grader/benchmarks/judging_pairs.py CHECKOUT [--pairs N] [--sandbox NAME] [--write-docs]

CHECKOUT is a working tree of the other version. In each of N (6) turns either version judges, in one session, the same
right and wrong answers to three units; the CPU time of the judge and of the workers counts from the second submission of each
answer on. Prints the ratio of this version to the other, by unit: of the least that each took, since noise only ever adds
time, and in brackets of the pairs: median and quartiles.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from figures.arguments import other_checkout, positive
from figures.programs import ROOT, environment, said_of
from figures.quartiles import ratios
from figures.section import Section, add_writing

ANSWERS = {
    "convolution": ("taps_loop", "wrong_stride_ignored", "einsum_windows", "wrong_flipped", "tensordot_pixels"),
    "pooling": ("sliding_windows", "taps", "wrong_starts_at_zero", "separable"),
    "padding": ("full_and_slice", "numpy_pad", "wrong_edge_repeated", "index_arithmetic"),
}
TIMES = 4

ONE_UNIT = """
import json, sys, tempfile, time
from contextlib import closing
from pathlib import Path
root, unit_name, sandbox, times, files = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), json.loads(sys.argv[5])
from cnngrade.course.load import load_course
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.sandbox.backends import choose
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.connection import Connection
from cnngrade.student.candidate import candidate

sandbox = choose(sandbox)
used, own, close = [], [], Connection.close

def counted(self):
    used[-1] += self.cpu_seconds_so_far()
    close(self)

Connection.close = counted
course = load_course(root)
unit = course.unit(unit_name)
with tempfile.TemporaryDirectory() as place, closing(Warm(course.policy, sandbox)) as source:
    def candidates():
        for number in range(times * len(files)):
            path = Path(place) / str(number) / f"{unit_name}.py"
            path.parent.mkdir()
            path.write_text(Path(files[number % len(files)]).read_text())
            used.append(0.0)
            own.append(time.process_time())
            yield candidate(course, path, unit, f"s{number}", source)

    judge_many(Suite(course, unit, hidden=True, secret="bench"), candidates(), lambda report: None)
    own.append(time.process_time())
ends = [after - before for before, after in zip(own, own[1:])]
print(json.dumps([sum(ends[len(files):]), sum(used[len(files):])]))
"""


def cpu_seconds(checkout: Path, unit: str, sandbox: str) -> float:
    """Return the CPU seconds of judge and workers for the answers to a unit, as that version judges them."""
    files = [str(ROOT / "grader" / "tests" / "corpus" / unit / f"{name}.py") for name in ANSWERS[unit]]
    command = [sys.executable, "-c", ONE_UNIT, str(checkout), unit, sandbox, str(TIMES), json.dumps(files)]
    done = subprocess.run(command, env=environment(checkout), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{checkout}: {done.stderr[-2000:]}")
    return float(sum(json.loads(done.stdout)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=other_checkout, metavar="CHECKOUT")
    parser.add_argument("--pairs", type=positive, default=6, metavar="N")
    parser.add_argument("--sandbox", default="auto", metavar="NAME")
    add_writing(parser)
    asked = parser.parse_args()
    section, rows = Section("pairs"), []
    for unit in ANSWERS:
        took: dict[Path, list[float]] = {ROOT: [], asked.other: []}
        for turn in range(asked.pairs):
            for checkout in (ROOT, asked.other) if turn % 2 else (asked.other, ROOT):
                took[checkout].append(cpu_seconds(checkout, unit, asked.sandbox))
        mine, theirs = took.values()
        rows.append([unit, f"{min(mine) / min(theirs):.2f}", ratios(mine, theirs).text()])
        print(f"{unit}: {rows[-1][1]}", file=sys.stderr, flush=True)
    section.table(["CPU time over the other checkout's", "of the least", "of pairs: median (quartiles)"], rows)
    section.sentence(said_of(asked.other))
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
