"""What do loops cost that are hard to see? A convolution by rows or places in one way after the other, against the baseline.

    python grader/benchmarks/hidden_loops.py [--repeat N] [--write-docs]

Each way takes turns with conv2d's baseline on the input of its time budget, N times (9); printed are medians of the ratios of
CPU time, with quartiles. Which of them are counted, the author's guide says and a test holds true.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from figures.arguments import positive
from figures.programs import ROOT
from figures.quartiles import quartiles
from figures.section import Section, add_writing

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests"), str(ROOT)]

from solutions.convolution import baseline_conv2d
from support.hidden_loops import WAYS

_BASELINES = 5
"""Calls of the baseline in a turn: it takes a millisecond."""


def cpu_seconds(call: Callable[..., Any], args: tuple[Any, ...], times: int) -> float:
    """Return the CPU seconds of one of so many calls, all threads together."""
    start = time.process_time()
    for _ in range(times):
        call(*args)
    return (time.process_time() - start) / times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=positive, default=9, metavar="N")
    add_writing(parser)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    args = rng.normal(size=(2, 4, 40, 40)), rng.normal(size=(8, 4, 5, 5))
    ratios: dict[str, list[float]] = {name: [] for name in WAYS}
    for way in WAYS.values():
        np.testing.assert_allclose(way(*args), baseline_conv2d(*args))
    for _ in range(given.repeat):
        for name, way in WAYS.items():
            ratios[name].append(cpu_seconds(way, args, 1) / cpu_seconds(baseline_conv2d, args, _BASELINES))
    section = Section("hidden-loops")
    rows = [[name, quartiles(measured).text(".1f")] for name, measured in ratios.items()]
    section.table(["a convolution", "CPU time over the baseline's: median (quartiles)"], rows)
    section.end(given.write_docs)


if __name__ == "__main__":
    main()
