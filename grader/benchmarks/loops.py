"""Which axes are looped over in Python: the same in every version of Python, and what does it cost to count?

    python grader/benchmarks/loops.py [PYTHON]... [--repeat N]

The styles of every function with a time budget and the right answers of the corpus are counted as in a worker, N times (20), in
this Python and in each other that is named (each needs NumPy, pytest, numba, click and PyYAML). Printed are the axes that are
looped over and should not be, whether every count of every Python found the same, and the CPU time of one count of all axes.
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
import pytest

import cnngrade
from cnngrade import layout
from cnngrade.calibrate import load_styles
from cnngrade.counting import ENLARGED, counts, looped_axes
from cnngrade.course import load_course
from cnngrade.loading import load_module
from cnngrade.model import Course, Unit
from cnngrade.plugin import DESKS, unit_of

ONE = "--one"


class Collected:
    """Stands where a judge's desks stand, and keeps the inputs of the budget cases: (unit, function, axes, inputs)."""

    measure_at_once = False

    def __init__(self, course: Course) -> None:
        self.course, self.found = course, list[tuple[Unit, str, list[str], list[tuple[Any, ...]]]]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[DESKS] = self  # type: ignore[misc]  # it does what the budget fixture asks for

    def desk(self, item: pytest.Item) -> Collected:
        self.unit = unit_of(item, self.course)
        return self

    def begin(self, case: str) -> None:
        pass

    def register(self, _case: str, function: str, _make: Any, sized: Any, sizes: dict[str, int]) -> None:
        axes = [axis for axis in sizes if axis not in self.unit.may_loop_over.get(function, ())]
        longer = [{**sizes, axis: sizes[axis] + more} for axis in axes for more in (ENLARGED, 2 * ENLARGED)]
        rng = np.random.default_rng(0)
        self.found.append((self.unit, function, axes, [sized(rng, **chosen) for chosen in (sizes, *longer)]))

    def close(self) -> None:
        pass


def collect(course: Course) -> Collected:
    collected = Collected(course)
    files = [str(layout.public_tests(course, unit.name)) for unit in course.units if unit.budgets]
    settings = ["-c", str(Path(cnngrade.__file__).with_name("pytest.ini")), "--import-mode=importlib", "-p", "cnngrade.plugin"]
    settings += [f"--rootdir={ROOT}", f"--confcutdir={ROOT / 'autograde_tests'}", "--disable-plugin-autoload"]
    settings += ["-k", "in_good_time", "-p", "no:terminal", "-p", "no:cacheprovider"]
    if pytest.main([*files, *settings], plugins=[collected]) or not collected.found:
        sys.exit("The budget cases of the course could not be collected.")
    return collected


def answers(course: Course, unit: Unit, function: str) -> dict[str, Any]:
    """Return the styles and the corpus's right answers by name."""
    styles = load_module(layout.styles_file(course, unit.name), ROOT)
    found = {entry.name: getattr(styles, entry.name) for entry in load_styles(course, unit) if entry.function == function}
    for path in sorted((CORPUS / unit.name).glob("*.py")):
        if path.stem.startswith("wrong"):
            continue
        with contextlib.suppress(BaseException):  # some leave, or lack the function, on purpose
            found[f"{function}, {path.stem}"] = getattr(load_module(path, ROOT), function)
    return found


def measure(repeat: int) -> dict[str, list[Any]]:
    """Return for each answer the sets of axes that its counts found and the median of their CPU milliseconds."""
    course = load_course(ROOT)
    result = {}
    for unit, function, axes, inputs in collect(course).found:
        for name, answer in answers(course, unit, function).items():
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
            result[name] = [sorted(seen), statistics.median(times)]
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
    for name, (seen, _) in here.items():
        print(f"{name:{width}}  {' or '.join(axes or '-' for axes in seen)}")
    # One that asks for a package that is not everywhere is left out where it is not.
    seen_anywhere = {name: {axes for result in results if name in result for axes in result[name][0]} for name in here}
    differing = [name for name, seen in seen_anywhere.items() if len(seen) > 1]
    verdicts = given.repeat * sum(map(len, results))
    print(f"{verdicts} counts in {len(pythons)} Pythons; not the same everywhere: {', '.join(differing) or 'none'}")
    for python, result in zip(pythons, results, strict=True):
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        for kind, wanted in (("without such loops", False), ("with such loops", True)):
            times = [spent for seen, spent in result.values() if bool(seen[0]) == wanted]
            print(f"  {version}, {kind}: CPU ms median {statistics.median(times):.1f}, most {max(times):.1f}")


if __name__ == "__main__":
    main()
