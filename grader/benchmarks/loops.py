"""Which axes are looped over in Python: the same in every version of Python, and what does it cost to count?

    python grader/benchmarks/loops.py [PYTHON]... [--repeat N] [--write-docs]

The variants of every function with a time budget and the right answers of the corpus are counted as in a worker, N times (20),
in this Python and in each other that is named (each needs NumPy, pytest, numba, click and PyYAML). Printed are the axes that
are looped over and should not be, whether every count of every Python found the same, and the CPU time of all that counting
takes, the calls that are made before included.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from figures.arguments import positive
from figures.programs import ROOT, environment
from figures.quartiles import quartiles
from figures.section import Section, add_writing, at_most

CORPUS = ROOT / "grader" / "tests" / "corpus"
sys.path[:0] = [str(ROOT / "grader")]

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.calibrate import load_variants
from cnngrade.judge.budget_case import TimedFunction
from cnngrade.judge.compare import Mismatch
from cnngrade.judge.counted_loops import CountedLoops
from cnngrade.model import Course, Unit
from cnngrade.worker.steps import counts
from verdicts.collected import Budget, collect_budgets

ONE = "--one"
TRAINING = "train"
"""A whole program, whose counts are told of by themselves."""


class Here:
    """Stands where a submission's worker is asked to be called and counted: all is done in this process."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer, self._inputs = answer, list[tuple[Any, ...]]()

    def stage(self, name: str, inputs: Sequence[tuple[Any, ...]]) -> None:
        self._inputs = list(inputs)

    def answers(self, function: str, name: str) -> list[Any]:
        return [self._answer(*args) for args in self._inputs]

    def counts(self, function: str, name: str) -> list[int]:
        return counts(self._answer, self._inputs)


def counted_loops(budget: Budget) -> tuple[TimedFunction, CountedLoops]:
    """Return what a budget case asks for, and the inputs on which loops are counted."""
    function, make, sized, sizes = budget.registered
    axes = [axis for axis in sizes if axis not in budget.unit.may_loop_over.get(function, ())]
    asked = TimedFunction(budget.case.id, function, make)
    return asked, CountedLoops.of(asked, sized, sizes, axes, budget.reference)


def answers(course: Course, unit: Unit, function: str) -> dict[str, Any]:
    """Return the variants and the corpus's right answers by name."""
    variants = load_module(paths.variants_file(course, unit.name), ROOT)
    found = {entry.name: getattr(variants, entry.name) for entry in load_variants(course, unit) if entry.function == function}
    for path in sorted((CORPUS / unit.name).glob("*.py")):
        if path.stem.startswith("wrong"):
            continue
        with contextlib.suppress(BaseException):  # some leave, or lack the function, on purpose
            found[f"{function}, {path.stem}"] = getattr(load_module(path, ROOT), function)
    return found


def measure(repeat: int) -> dict[str, list[Any]]:
    """Return for each answer the sets of axes that its counts found, the median of their CPU milliseconds, and its function."""
    course = load_course(ROOT)
    result = {}
    for budget in collect_budgets(course):
        asked, loops = counted_loops(budget)
        for name, answer in answers(course, budget.unit, budget.function).items():
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    loops.looped_axes(Here(answer), asked)
                    seen, times = set(), []
                    for _ in range(repeat):
                        start = time.thread_time()
                        seen.add(" ".join(loops.looped_axes(Here(answer), asked)))
                        times.append(1e3 * (time.thread_time() - start))
            except (NotImplementedError, Mismatch):
                continue
            result[name] = [sorted(seen), statistics.median(times), budget.function]
    return result


def elsewhere(python: str, repeat: int) -> dict[str, list[Any]]:
    command = [python, __file__, ONE, "--repeat", str(repeat)]
    variables = environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    if done.returncode:
        sys.exit(f"{python}: {done.stderr[-2000:]}")
    found: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows_of(version: str, result: dict[str, list[Any]], section: Section) -> Iterator[list[str]]:
    """Yield what a count costs in one Python, of code with loops and without, and note the aims."""
    for kind, wanted, most in (("without such loops", False, 6.0), ("with such loops", True, 10.0)):
        for training in (False, True):
            of = [entry for entry in result.values() if (entry[2] == TRAINING) == training]
            times = [spent for seen, spent, _ in of if bool(seen[0]) == wanted]
            if not times:
                continue
            what = f"{TRAINING if training else 'functions'}, {kind}"
            yield [version, what, str(len(times)), quartiles(times).text(".1f"), f"{max(times):.1f}"]
            section.aim(at_most(f"milliseconds of counting, {what}, {version}, the most", most, max(times), ".1f"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", metavar="PYTHON")
    parser.add_argument("--repeat", type=positive, default=20, metavar="N")
    parser.add_argument(ONE, action="store_true", help=argparse.SUPPRESS)
    add_writing(parser)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.repeat)))
        return
    section = Section("loops")
    rows: list[list[str]] = []
    results: dict[str, dict[str, list[Any]]] = {}
    for python in [sys.executable, *given.pythons]:
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        results[version] = elsewhere(python, given.repeat)
        print(f"{version}: {len(results[version])} answers", file=sys.stderr, flush=True)
        rows += rows_of(version, results[version], section)
    here = next(iter(results.values()))
    for name, (seen, *_) in here.items():
        print(f"{name}: {' or '.join(axes or '-' for axes in seen)}", file=sys.stderr)
    # One that asks for a package that is not everywhere is left out where it is not.
    seen_anywhere = {name: {axes for found in results.values() if name in found for axes in found[name][0]} for name in here}
    differing = [name for name, seen in seen_anywhere.items() if len(seen) > 1]
    counted = given.repeat * sum(map(len, results.values()))
    section.sentence(f"{counted:,} counts; answers of which not all found the same axes: {', '.join(differing) or 'none'}.")
    section.table(["", "", "answers", "CPU milliseconds of counting: median (quartiles)", "most"], rows)
    section.end(given.write_docs)


if __name__ == "__main__":
    main()
