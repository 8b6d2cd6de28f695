"""Do submissions with one cause land in one group, and others in others?

    python grader/benchmarks/groups.py [UNIT ...] [--write-docs]
    python grader/benchmarks/groups.py --cost [PAIRS]

Every known mistake of the course is taken for one that nobody has named, and answers the calls that a class is asked: once as
it stands, and once with the roundings of another order of adding up. With them go the wrong answers of the corpus of which
somebody has read that they have one fault, which is one of these mistakes. Printed for each unit:

    groups            how many groups there are of how many mistakes; several codes with one sentence may behave otherwise
    roundings         mistakes whose two ways are in one group
    corpus            wrong answers that are in the group of their mistake, of those of which that is known
    two causes        groups in which two sentences meet, and the mistakes in them: no call of the tests tells these apart

With --cost: the CPU seconds of judge and workers for a submission as `grade` judges it, with and without asking, in turns:
right answers, and wrong ones without a name, of which no line is looked for.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

from figures.arguments import positive
from figures.programs import ROOT
from figures.section import Section, add_writing

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.answers.answer_key import live_answer_key
from cnngrade.course.load import load_course
from cnngrade.judge.fixed_calls import SECONDS
from cnngrade.judge.judging import judge_class_work
from cnngrade.judge.suite import Suite
from cnngrade.model import Course
from cnngrade.sandbox.backends import choose
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.connection import Connection
from cnngrade.student.candidate import Candidate, candidate
from support.asked_alike import Asked, corpus, fixed_calls, in_groups, mistakes
from support.places import CORPUS


def told(name: str, groups: list[list[Asked]], seconds: float) -> list[str]:
    """Return the row of a unit, and print what is not as it should be."""
    asked = [entry for group in groups for entry in group]
    at = {(entry.kind, entry.name): number for number, group in enumerate(groups) for entry in group}
    rounded = [entry.name for entry in asked if entry.kind == "mistake, rounded"]
    files = [entry for entry in asked if entry.kind == "corpus"]
    found = [
        entry
        for entry in files
        if any(other.kind == "mistake" and other.cause == entry.cause for other in groups[at["corpus", entry.name]])
    ]
    mixed = [group for group in groups if len({entry.cause for entry in group}) > 1]
    print(f"{name}: {seconds:.0f} s", file=sys.stderr)
    for entry in files:
        if entry not in found:
            print(f"    apart: {entry.name}", file=sys.stderr)
    for group in mixed:
        print(f"    together: {', '.join(dict.fromkeys(entry.name for entry in group))}", file=sys.stderr, flush=True)
    return [
        name,
        str(len({entry.name for entry in asked if entry.kind == "mistake"})),
        str(len(groups)),
        f"{sum(at['mistake', one] == at['mistake, rounded', one] for one in rounded)} of {len(rounded)}",
        f"{len(found)} of {len(files)}",
        str(len(mixed)),
    ]


RIGHT = ("taps_loop", "einsum_windows", "tensordot_pixels", "fourier", "im2col_by_index")
UNNAMED = ("wrong_stride_in_rows_only", "wrong_padding_with_edge", "wrong_objects", "wrong_relu_inside", "wrong_returns_list")


def seconds_of(course: Course, names: Sequence[str], asks: bool) -> list[float]:
    """Return the CPU seconds for each answer to the unit convolution but the first, known mistakes apart."""
    unit, used, close = course.unit("convolution"), [0.0], Connection.close
    live = live_answer_key(course, unit)
    nothing = live.knowledge()
    nothing.mistakes = lambda function: []  # type: ignore[method-assign]
    suite = Suite(course, unit, True, answer_key=replace(live, knowledge=lambda: nothing), secret="bench")
    marks: list[float] = []

    def counted(connection: Connection) -> None:
        used[0] += connection.cpu_seconds_so_far()
        close(connection)

    def entries(source: Warm) -> Iterator[Candidate]:
        for name in (names[0], *names):
            marks.append(time.process_time() + used[0])
            yield candidate(course, CORPUS / unit.name / f"{name}.py", unit, name, source)
        marks.append(time.process_time() + used[0])

    with mock.patch.object(Connection, "close", counted), contextlib.closing(Warm(course.policy, choose("auto"))) as source:
        judge_class_work(replace(suite, ask_seconds=SECONDS if asks else 0.0), entries(source), lambda judgement: None)
    return [after - before for before, after in itertools.pairwise(marks)][1:]


def cost(pairs: int) -> None:
    """Print what asking costs."""
    course = load_course(ROOT)
    for kind, names in {"right": RIGHT, "wrong, without a name": UNNAMED}.items():
        took: dict[bool, list[list[float]]] = {True: [], False: []}
        for turn in range(pairs):
            for asks in (True, False) if turn % 2 else (False, True):
                took[asks].append(seconds_of(course, names, asks))
        # Noise only ever adds time.
        least = {asks: statistics.mean(map(min, zip(*rows, strict=True))) for asks, rows in took.items()}
        print(f"{kind:22} without {least[False]:.3f} s, with {least[True]:.3f} s: {least[True] / least[False]:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("units", nargs="*", metavar="UNIT", help="all of the course if none is named")
    parser.add_argument("--cost", type=positive, metavar="PAIRS", nargs="?", const=5, help="only what asking costs")
    add_writing(parser)
    asked = parser.parse_args()
    if asked.write_docs and (asked.units or asked.cost):
        parser.error("--write-docs needs all units and no --cost")
    if asked.cost:
        cost(asked.cost)
        return
    course = load_course(ROOT)
    rows = []
    for unit in [course.unit(name) for name in asked.units] or course.units:
        start = time.monotonic()
        calls, solution = fixed_calls(course, unit)
        with tempfile.TemporaryDirectory() as folder:
            answers = [*mistakes(course, unit, calls, solution), *corpus(course, unit, calls, Path(folder))]
        rows.append(told(unit.name, in_groups(answers), time.monotonic() - start))
    section = Section("groups")
    head = ["unit", "mistakes", "groups", "with other roundings in the same group"]
    section.table([*head, "answers of the corpus in the group of their mistake", "groups of two causes"], rows)
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
