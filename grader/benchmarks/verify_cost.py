"""What `cnngrade verify` costs: whether all units are sound, and the CPU time that it takes to prove it.

    python grader/benchmarks/verify_cost.py [UNIT ...] [--rounds N] [--against CHECKOUT] [--write-docs]

Verifies the units, all if none is named, in one process with its workers, in a copy of the course, in N (1) rounds; with
--against, another working tree of this project in turn with it, each with its own course and engine. What numba compiles is
compiled before, by a round that does not count (of the units that compile most, if none is named). How many known mistakes
are caught and named comes from the proofs; exit status 1 if a unit is not sound.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from figures.arguments import other_checkout, positive
from figures.course import copy_course
from figures.programs import ROOT, Cost, cpu_of_children, environment, said_of, sides
from figures.quartiles import Quartiles, quartiles, ratios
from figures.section import Section, add_writing, at_most

AIM = 40.0
"""CPU seconds for all units."""
WARMING = ("convolution", "learning")
HERE, OTHER = "this version", "the other checkout"


def verified(course: Path, checkout: Path, units: Sequence[str]) -> tuple[list[dict[str, Any]], Cost]:
    """Verify units with a checkout's engine; return the proofs and what they cost."""
    command = [sys.executable, "-m", "cnngrade", "verify", "--json", *units]
    before, start = cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, cwd=course, env=environment(checkout), stdout=subprocess.PIPE, text=True, check=False)
    cost = Cost(cpu_of_children() - before, time.perf_counter() - start)
    if not done.stdout:
        sys.exit(f"{' '.join(command)} ended with {done.returncode} and proved nothing")
    proofs: list[dict[str, Any]] = json.loads(done.stdout)
    return proofs, cost


def row_of(name: str, proofs: Sequence[dict[str, Any]]) -> list[str]:
    """Return what was proved of some units."""
    mistakes = [mistake for proof in proofs for mistake in proof["mistakes"]]
    counts = (
        sum(bool(mistake["caught_by"]) for mistake in mistakes),
        sum(mistake["named_in_grading"] for mistake in mistakes),
        sum(mistake["named_on_student_machine"] for mistake in mistakes),
    )
    sound = "yes" if all(proof["sound"] for proof in proofs) else "NO"
    return [name, sound, str(len(mistakes)), *map(str, counts)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("units", nargs="*", metavar="UNIT")
    parser.add_argument("--rounds", type=positive, default=1, metavar="N")
    parser.add_argument("--against", type=other_checkout, metavar="CHECKOUT", help="a working tree of another version")
    add_writing(parser)
    asked = parser.parse_args()
    section = Section("verify")
    checkouts = {HERE: ROOT} | ({OTHER: asked.against} if asked.against else {})
    costs: dict[str, list[Cost]] = {name: [] for name in checkouts}
    proofs: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as place:
        courses = {name: copy_course(checkout, Path(place) / name) for name, checkout in checkouts.items()}
        for name, checkout in checkouts.items():
            verified(courses[name], checkout, asked.units or WARMING)
        for number in range(asked.rounds):
            for name in list(checkouts)[:: -1 if number % 2 else 1]:
                print(f"round {number + 1} of {asked.rounds}: {name}", file=sys.stderr, flush=True)
                proofs[name], cost = verified(courses[name], checkouts[name], asked.units)
                costs[name].append(cost)
    rows = [row_of(proof["unit"], [proof]) for proof in proofs[HERE]] + [row_of("all", proofs[HERE])]
    section.table(["unit", "sound", "known mistakes", "caught", "named in grading", "named for a student"], rows)
    rows = [[name, *(quartiles(side).text(".1f") for side in sides(found).values())] for name, found in costs.items()]
    section.table(["verifying them in one process", "CPU seconds", "wall seconds"], rows)
    if asked.against:
        section.sentence(f"CPU time over the other checkout's: {over(costs).text()}. {said_of(asked.against)}")
    if not asked.units:
        section.aim(at_most("CPU seconds to verify all units", AIM, quartiles(sides(costs[HERE])["CPU"]), ".1f"))
    sound = all(proof["sound"] for proof in proofs[HERE])
    section.end(asked.write_docs if sound else None)
    return 0 if sound else 1


def over(costs: dict[str, list[Cost]]) -> Quartiles:
    return ratios(*(sides(costs[name])["CPU"] for name in (HERE, OTHER)))


if __name__ == "__main__":
    sys.exit(main())
