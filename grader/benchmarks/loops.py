"""Which axes are looped over in Python: the same in every version of Python, and what does it cost to count?

    python grader/benchmarks/loops.py [PYTHON]... [--repeat N]

The variants of every function with a time budget and the right answers of the corpus are counted as in a worker, N times (20),
in this Python and in each other that is named (each needs NumPy, pytest, numba, click and PyYAML). Printed are the axes that
are looped over and should not be, whether every count of every Python found the same, and the CPU time of one count of all
axes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "grader" / "tests" / "corpus"
sys.path[:0] = [str(ROOT / "grader")]

import numpy as np

from cnngrade.budget.loops import looped_axes
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.calibrate import load_variants
from cnngrade.model import Course, Unit
from cnngrade.worker.steps import ENLARGED, counts
from verdicts.collected import Budget, collect_budgets

ONE = "--one"


def sized_inputs(budget: Budget) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the axes of a budget case that may not be looped over, and the inputs that show whether they are."""
    _, _, sized, sizes = budget.registered
    axes = [axis for axis in sizes if axis not in budget.unit.may_loop_over.get(budget.function, ())]
    longer = [{**sizes, axis: sizes[axis] + more} for axis in axes for more in (ENLARGED, 2 * ENLARGED)]
    rng = np.random.default_rng(0)
    return axes, [sized(rng, **chosen) for chosen in (sizes, *longer)]


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
        axes, inputs = sized_inputs(budget)
        for name, answer in answers(course, budget.unit, budget.function).items():
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    answer(*inputs[0])
                    seen, times = set(), []
                    for _ in range(repeat):
                        start = time.thread_time()
                        seen.add(" ".join(looped_axes(axes, counts(answer, inputs))))
                        times.append(1e3 * (time.thread_time() - start))
            except NotImplementedError:
                continue
            result[name] = [sorted(seen), statistics.median(times), budget.function]
    return result


def elsewhere(python: str, repeat: int) -> dict[str, list[Any]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "grader"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, __file__, ONE, "--repeat", str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"{python}: {done.stderr[-2000:]}")
    found: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pythons", nargs="*")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument(ONE, action="store_true")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.repeat)))
        return
    pythons = [sys.executable, *given.pythons]
    results = [elsewhere(python, given.repeat) for python in pythons]
    here = results[0]
    width = max(map(len, here))
    for name, (seen, *_) in here.items():
        print(f"{name:{width}}  {' or '.join(axes or '-' for axes in seen)}")
    # One that asks for a package that is not everywhere is left out where it is not.
    seen_anywhere = {name: {axes for result in results if name in result for axes in result[name][0]} for name in here}
    differing = [name for name, seen in seen_anywhere.items() if len(seen) > 1]
    verdicts = given.repeat * sum(map(len, results))
    print(f"{verdicts} counts in {len(pythons)} Pythons; not the same everywhere: {', '.join(differing) or 'none'}")
    for python, result in zip(pythons, results, strict=True):
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        for kind, wanted in (("without such loops", False), ("with such loops", True)):
            times = [(spent, function) for seen, spent, function in result.values() if bool(seen[0]) == wanted]
            most = {function: max(spent for spent, other in times if other == function) for _, function in times}
            print(f"  {version}, {kind}: CPU ms median {statistics.median(spent for spent, _ in times):.1f}, most", end=" ")
            print(", ".join(f"{function} {spent:.1f}" for function, spent in most.items()))


if __name__ == "__main__":
    main()
