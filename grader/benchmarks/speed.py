"""How fast is the reference, beside every library that a user would pick and beside what the machine can do at most?

    python grader/benchmarks/speed.py [--quick] [--only TEXT] [--write-docs]

The kernels of `solutions/kernels/` against torch, ONNX Runtime, OpenCV, SciPy, three ways in NumPy and plain numba, on the
workloads of the course, one thread each. Everybody's answer is compared with ours first. Then all take turns: a sample is as
many calls as make a millisecond, in CPU time of the thread, after one call that does not count; what is printed is the median
of the ratios of neighbouring samples. What the machine can multiply and add at most takes its turn among them: the share of the
peak is such a ratio, too. Everybody allocates its answers afresh.

--quick takes a fifth of the samples, --only the workloads whose name holds TEXT; --write-docs puts the tables and the roofline
into docs/. Exit status 1 if an answer differs; an aim that is missed is reported, and is not a failure of the program.
"""

from __future__ import annotations

import os

# Read when NumPy, OpenCV and torch are loaded.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from peers.contenders import MODULES, NAMES, contenders, installed
from peers.machine import Machine, peak_work
from peers.works import CONVOLUTIONS, GRADIENTS, HIERARCHIES, MAPS, Work
from solutions import kernels
from solutions.kernels.simd.target import TARGET

SAMPLE = 1e-3
ROUNDS = 25
PEAK = "peak"
SECONDS = 2.0
"""A peer is asked for no more samples than fit into this many seconds, but for three in any case."""


@dataclass(frozen=True)
class Row:
    """What came out for one workload: seconds of each contender, and how many times as long as the kernels each one took.

    share: of the operations that the core could do in the time of the kernels, those of the work.
    """

    work: Work
    dtype: str
    seconds: dict[str, float]
    ratios: dict[str, float]
    spread: dict[str, tuple[float, float]]
    share: float

    def rate(self, name: str = "kernels") -> float:
        """Return operations a second."""
        return self.work.flops() / self.seconds[name] if name in self.seconds else 0.0

    def bandwidth(self) -> float:
        """Return bytes a second that the kernels move at least."""
        return self.work.moved(np.dtype(self.dtype).itemsize) / self.seconds["kernels"]

    def verdict(self) -> str:
        """Say whether all aims are reached, and if not, which; where a peer is missing, that it was not measured."""
        single = self.dtype == "float32"
        wanted = [("torch", self.work.torch32 if single else self.work.torch64), ("onnxruntime", self.work.onnx32 * single)]
        wanted = [(name, aim) for name, aim in wanted if aim]
        missed = [f"x{aim:g} of {name}" for name, aim in wanted if self.ratios.get(name, aim) < aim]
        missing = [name for name, _ in wanted if name not in self.ratios]
        if single and self.share < self.work.share32:
            missed.append(f"{self.work.share32:.0%} of peak")
        if missed:
            return "no: " + ", ".join(missed)
        return f"{', '.join(missing)} missing" if missing else "yes"


def calls_for(run: Callable[[], Any]) -> int:
    run()
    begin = time.thread_time()
    run()
    return max(1, int(SAMPLE / max(time.thread_time() - begin, 1e-7)))


def measured(work: Work, dtype: str, libraries: dict[str, Any], rounds: int) -> Row:
    """Let everybody do the work in turn."""
    runs = contenders(work, np.dtype(dtype).type, libraries)
    runs[PEAK], operations = peak_work(dtype)
    calls = {name: calls_for(run) for name, run in runs.items()}
    samples: dict[str, list[float]] = {name: [] for name in runs}
    ratios: dict[str, list[float]] = {name: [] for name in runs}
    spent = dict.fromkeys(runs, 0.0)
    for _ in range(rounds):
        for name, run in runs.items():
            # Those that everybody is compared with go on to the end: an old sample of theirs would be of another moment.
            if name not in ("kernels", PEAK) and spent[name] > SECONDS and len(samples[name]) >= 3:
                continue
            run()
            begin = time.thread_time()
            for _ in range(calls[name]):
                run()
            seconds = (time.thread_time() - begin) / calls[name]
            spent[name] += seconds * (calls[name] + 1)
            samples[name].append(seconds)
            ratios[name].append(seconds / samples["kernels"][-1])
    quartiles = {name: (float(np.quantile(found, 0.25)), float(np.quantile(found, 0.75))) for name, found in ratios.items()}
    middle = {name: statistics.median(found) for name, found in ratios.items()}
    seconds = {name: statistics.median(found) for name, found in samples.items()}
    return Row(work, dtype, seconds, middle, quartiles, middle.pop(PEAK) * work.flops() / operations)


def table(rows: list[Row], names: list[str]) -> list[list[str]]:
    """Return the cells of a table, the head first."""
    memory = not any(row.work.flops() for row in rows)
    rate = ["GB/s"] if memory else ["GF/s", "of peak"]
    cells = [["workload", "us", *rate, *names, "aim", "reached"]]
    for row in rows:
        if memory:
            how_fast = [f"{row.bandwidth() / 1e9:.1f}"]
        else:
            how_fast = [f"{row.rate() / 1e9:.1f}", f"{row.share:.0%}"]
        ratios = [f"x{row.ratios[name]:.3g}" if name in row.ratios else "" for name in names]
        if "torch" in row.ratios:
            low, high = row.spread["torch"]
            ratios[names.index("torch")] += f" ({low:.3g} to {high:.3g})"
        single = row.dtype == "float32"
        aims = [f"x{row.work.torch32 if single else row.work.torch64:g}"]
        aims += [f"x{row.work.onnx32:g} of ONNX Runtime"] * bool(single and row.work.onnx32)
        aims += [f"{row.work.share32:.0%}"] * bool(single and row.work.share32)
        cells.append([row.work.name, f"{row.seconds['kernels'] * 1e6:.1f}", *how_fast, *ratios, ", ".join(aims), row.verdict()])
    return cells


def as_text(cells: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def as_markdown(cells: list[list[str]]) -> str:
    lines = [cells[0], ["---"] * len(cells[0]), *cells[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


COMPILED = """
import sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np
from solutions import kernels, convolution
a = lambda *shape: np.ones(shape, np.float32)
entries = {
    "plain kernel": lambda: convolution.baseline_conv2d(a(1, 1, 8, 8), a(2, 1, 3, 3)),
    "positions in lanes": lambda: kernels.conv2d(a(1, 1, 40, 40), a(2, 1, 3, 3)),
    "images in lanes": lambda: kernels.conv2d(a(32, 1, 8, 8), a(2, 1, 3, 3)),
    "filters in lanes": lambda: kernels.conv2d(a(1, 1, 8, 8), a(32, 1, 3, 3)),
    "gradients": lambda: kernels.conv2d_backward(a(1, 2, 38, 38), a(1, 1, 40, 40), a(2, 1, 3, 3)),
    "maps, all six": lambda: (
        kernels.relu(a(1, 1, 4, 4)), kernels.relu_backward(a(1, 1, 4, 4), a(1, 1, 4, 4)), kernels.pad2d(a(1, 1, 4, 4), 1, 1),
        kernels.maxpool2x2(a(1, 1, 4, 4)), kernels.avgpool2x2(a(1, 1, 4, 4)),
        kernels.maxpool2x2_backward(a(1, 1, 2, 2), a(1, 1, 4, 4))),
}
for name, run in entries.items():
    begin = time.process_time()
    run()
    print(f"{name}: {time.process_time() - begin:.2f}")
"""


def compilation() -> list[list[str]]:
    """Return what the first call of each entry takes, in a process that finds nothing compiled and in the next one."""
    with tempfile.TemporaryDirectory() as cache:
        command, env = [sys.executable, "-c", COMPILED, str(ROOT)], os.environ | {"NUMBA_CACHE_DIR": cache}
        outputs = [subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    first, second = ([line.split(": ") for line in output.splitlines()] for output in outputs)
    cells = [["first call, float32", "seconds, compiled", "seconds, loaded"]]
    return cells + [[name, cold, warm] for (name, cold), (_, warm) in zip(first, second, strict=True)]


def threads() -> list[list[str]]:
    """Return what a second thread gives, in wall time, and what the machine gave it: two at once that only multiply and add."""
    cells = [["workload", "speed of two threads over one"]]
    rng, two = np.random.default_rng(0), ThreadPoolExecutor(2)
    idle = []
    for _ in range(9):
        works = [peak_work("float32", 2_000_000)[0] for _ in range(2)]
        begin = time.perf_counter()
        works[0]()
        middle = time.perf_counter()
        list(two.map(lambda work: work(), works))
        idle.append(2 * (middle - begin) / (time.perf_counter() - middle))
    cells.append(["the two cores themselves", f"x{statistics.median(idle):.2f} ({min(idle):.2f} to {max(idle):.2f})"])
    for work in (*CONVOLUTIONS[5:], *HIERARCHIES[2:]):
        x = rng.normal(size=work.x).astype(np.float32)
        layers = [(rng.normal(size=s).astype(np.float32), np.zeros(s[0], np.float32), 0, 2) for s in work.filters]
        w = rng.normal(size=work.w or (1, 1, 1, 1)).astype(np.float32)
        ratios = []
        for _ in range(9):
            taken = []
            for count in (1, 2):
                begin = time.perf_counter()
                if layers:
                    kernels.hierarchy(x, layers, threads=count)
                else:
                    kernels.conv2d(x, w, None, work.stride, work.padding, threads=count)
                taken.append(time.perf_counter() - begin)
            ratios.append(taken[0] / taken[1])
        cells.append([work.name, f"x{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"])
    return cells


BEGIN, END = "<!-- kernels: begin -->", "<!-- kernels: end -->"
GROUPS = (
    ("Convolution", CONVOLUTIONS), ("Convolution, ReLU and pooling, fused", HIERARCHIES),
    ("What is done to maps", MAPS), ("Gradients", GRADIENTS),
)  # fmt: skip


def write_docs(sections: list[str], rows: list[Row], machine: Machine) -> None:
    """Put tables and picture where the guides show them."""
    from peers.roofline import Point, draw

    shown = [row for row in rows if row.dtype == "float32" and row.work.kind in ("conv2d", "hierarchy")]
    points = [
        Point(row.work.name, row.work.flops() / row.work.moved(4), row.rate() / 1e9, row.rate("torch") / 1e9) for row in shown
    ]
    draw(points, machine, ROOT / "docs" / "kernels-roofline.svg")
    page = ROOT / "docs" / "benchmarks.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(before + BEGIN + "\n\n" + "\n\n".join(sections) + "\n\n" + END + after, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a fifth of the samples")
    parser.add_argument("--only", default="", metavar="TEXT", help="workloads whose name holds TEXT")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md and the roofline")
    options = parser.parse_args()
    if options.write_docs and options.only:
        parser.error("--write-docs needs all workloads; leave out --only")

    libraries, machine, rows, sections = installed(), Machine(), [], []
    missing = [name for name in MODULES if name not in libraries]
    print(f"{TARGET.name}, NumPy {np.__version__}; not installed: {', '.join(missing) or 'none of the peers'}", flush=True)
    for dtype in ("float32", "float64"):
        for title, works in GROUPS:
            found = []
            for work in works:
                if options.only in work.name:
                    machine.look_again()
                    try:
                        found.append(measured(work, dtype, libraries, ROUNDS // 5 if options.quick else ROUNDS))
                    except ValueError as error:
                        print(error, file=sys.stderr)
                        return 1
                    print(".", end="", flush=True, file=sys.stderr)
            if found:
                print(file=sys.stderr)
                names = [name for name in NAMES[1:] if any(name in row.ratios for row in found)]
                print(f"\n{title}, {dtype}; times of each library over the kernels'\n")
                print(as_text(table(found, names)), flush=True)
                rows += found
    reached = [row for row in rows if row.verdict() == "yes"]
    peaks = ", ".join(f"{flops / 1e9:.0f} GF/s in {dtype}" for dtype, flops in machine.flops.items())
    copying = f"{machine.copied / 1e9:.1f} GB/s, {machine.cached / 1e9:.0f} within the cache"
    bound = f"FMA peak of one core: {peaks}. Copying, read and written: {copying}."
    summary = f"{len(reached)} of {len(rows)} workloads reach all of their aims."
    print(f"\n{bound}\n{summary}")
    if not options.only:
        for dtype in ("float32", "float64"):
            for title, works in GROUPS:
                found = [row for row in rows if row.dtype == dtype and row.work in works]
                names = [name for name in NAMES[1:] if any(name in row.ratios for row in found)]
                sections.append(f"**{title}, {dtype}**\n\n{as_markdown(table(found, names))}")
        for cells in (compilation(), threads()):
            print("\n" + as_text(cells))
            sections.append(as_markdown(cells))
        sections[:0] = [f"{bound} Instruction set: {TARGET.name}. {summary}", "![Roofline](kernels-roofline.svg)"]
    if options.write_docs:
        write_docs(sections, rows, machine)
    return 0


if __name__ == "__main__":
    sys.exit(main())
