"""How fast is the reference, beside every library that a user would pick and beside what the machine can do at most?

    python grader/benchmarks/speed.py [--quick] [--only TEXT] [--against CHECKOUT] [--write-docs]

The kernels of `solutions/kernels/` against torch, ONNX Runtime, OpenCV, SciPy, three ways in NumPy and plain numba, on the
workloads of the course, one thread each. Everybody's answer is compared with ours first. Then all take turns: a sample is as
many calls as make a millisecond, in CPU time of the thread, after one call that does not count; what is printed is the median
of the ratios of neighbouring samples, and beside torch's and another checkout's the quartiles. The aim is a ratio to torch: 1,
or 0.95 where memory sets the speed of both. What the machine can multiply and add at most takes its turn among them: the share
of the peak is such a ratio, too, and no aim. Everybody allocates its answers afresh.

--quick takes a fifth of the samples, --only the workloads whose name holds TEXT; --against lets the kernels of another checkout
take their turns as `before`, in a process of their own; --write-docs puts the tables and the roofline into docs/. Exit status 1
if an answer differs; an aim that is missed is reported, and is not a failure of the program.
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
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from figures.programs import ROOT

sys.path[:0] = [str(ROOT)]

from figures.machine import machine as described_machine
from figures.page import PAGE, write_section
from figures.quartiles import quartiles
from figures.section import Aim, Table, command
from peers.checkout import Checkout
from peers.contenders import MODULES, NAMES, compare, contenders, installed, parts_of
from peers.machine import Machine, peak_work
from peers.turns import Contender, Here
from peers.works import CONVOLUTIONS, GRADIENTS, HIERARCHIES, MAPS, Work
from solutions import kernels
from solutions.kernels.simd.target import TARGET

ROUNDS = 25
PEAK, BEFORE = "peak", "before"
SECONDS = 2.0
"""A peer is asked for no more samples than fit into this many seconds, but for three in any case."""


@dataclass(frozen=True)
class Row:
    """What came out for one workload: seconds of each contender, and how many times as long as the kernels each one took.

    spread: the quartiles of those ratios   share: of the operations that the core could do in the time of the kernels, those of
    the work   aim: the ratio to torch that is wanted
    """

    work: Work
    dtype: str
    seconds: dict[str, float]
    ratios: dict[str, float]
    spread: dict[str, tuple[float, float]]
    share: float
    aim: float

    def rate(self, name: str = "kernels") -> float:
        """Return operations a second."""
        return self.work.flops() / self.seconds[name] if name in self.seconds else 0.0

    def bandwidth(self) -> float:
        """Return bytes a second that the kernels move at least."""
        return self.work.moved(np.dtype(self.dtype).itemsize) / self.seconds["kernels"]

    def verdict(self) -> str:
        """Say whether the aim is reached, or that it was not measured."""
        if "torch" not in self.ratios:
            return "torch missing"
        return "yes" if self.ratios["torch"] >= self.aim else "no"


def measured(work: Work, dtype: str, everybody: dict[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Let everybody do the work in turn. Return the seconds of a call in each of their samples."""
    samples: dict[str, list[float]] = {name: [] for name in everybody}
    spent = dict.fromkeys(everybody, 0.0)
    for _ in range(rounds):
        for name, contender in everybody.items():
            # Those that everybody is compared with go on to the end: an old sample of theirs would be of another moment.
            if name not in ("kernels", BEFORE, PEAK) and spent[name] > SECONDS and len(samples[name]) >= 3:
                continue
            seconds = contender.sample()
            spent[name] += seconds * (contender.calls + 1)
            samples[name].append(seconds)
    return samples


def row_of(work: Work, dtype: str, libraries: dict[str, Any], machine: Machine, rounds: int, before: Checkout | None) -> Row:
    """Measure one workload. Raises ValueError if somebody answers otherwise than the kernels."""
    runs = contenders(work, np.dtype(dtype).type, libraries)
    everybody: dict[str, Contender] = {name: Here(run) for name, run in runs.items()}
    if before is not None:
        compare(parts_of(runs["kernels"]()), before.begin(work, dtype), f"{work.name}, {dtype}: {before.root}")
        everybody[BEFORE] = before
    peak, operations = peak_work(dtype)
    everybody[PEAK] = Here(peak)
    machine.look_again()
    samples = measured(work, dtype, everybody, rounds)
    ratios = {name: np.divide(found, samples["kernels"][: len(found)]) for name, found in samples.items()}
    quartiles = {name: (float(np.quantile(found, 0.25)), float(np.quantile(found, 0.75))) for name, found in ratios.items()}
    middle = {name: float(np.median(found)) for name, found in ratios.items()}
    seconds = {name: statistics.median(found) for name, found in samples.items()}
    share = middle.pop(PEAK) * work.flops() / operations
    return Row(work, dtype, seconds, middle, quartiles, share, work.aim(dtype, machine))


def table(rows: list[Row], title: str) -> Table:
    """Return a table of workloads."""
    names = [name for name in (*NAMES[1:], BEFORE) if any(name in row.ratios for row in rows)]
    memory = not any(row.work.flops() for row in rows)
    head = ["workload", "us", *(["GB/s"] if memory else ["GF/s", "of peak"]), *names, "aim", "reached"]
    cells = []
    for row in rows:
        if memory:
            how_fast = [f"{row.bandwidth() / 1e9:.1f}"]
        else:
            how_fast = [f"{row.rate() / 1e9:.1f}", f"{row.share:.0%}"]
        ratios = []
        for name in names:
            cell = f"x{row.ratios[name]:.3g}" if name in row.ratios else ""
            if cell and name in ("torch", BEFORE):
                low, high = row.spread[name]
                cell += f" ({low:.3g} to {high:.3g})"
            ratios.append(cell)
        cells.append([row.work.name, f"{row.seconds['kernels'] * 1e6:.1f}", *how_fast, *ratios, f"x{row.aim:g}", row.verdict()])
    return Table(head, cells, title)


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


def compilation() -> Table:
    """Return what the first call of each entry takes, in a process that finds nothing compiled and in the next one."""
    with tempfile.TemporaryDirectory() as cache:
        command, env = [sys.executable, "-c", COMPILED, str(ROOT)], os.environ | {"NUMBA_CACHE_DIR": cache}
        outputs = [subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    first, second = ([line.split(": ") for line in output.splitlines()] for output in outputs)
    cells = [[name, cold, warm] for (name, cold), (_, warm) in zip(first, second, strict=True)]
    return Table(["first call, float32", "seconds, compiled", "seconds, loaded"], cells)


def threads() -> Table:
    """Return what a second thread gives, in wall time, and what the machine gave it: two at once that only multiply and add."""
    rng, two = np.random.default_rng(0), ThreadPoolExecutor(2)
    idle = []
    for _ in range(9):
        works = [peak_work("float32", 2_000_000)[0] for _ in range(2)]
        begin = time.perf_counter()
        works[0]()
        middle = time.perf_counter()
        list(two.map(lambda work: work(), works))
        idle.append(2 * (middle - begin) / (time.perf_counter() - middle))
    cells = [["the two cores themselves", f"x{quartiles(idle).text()}"]]
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
        cells.append([work.name, f"x{quartiles(ratios).text()}"])
    return Table(["workload", "speed of two threads over one"], cells)


DTYPES = ("float32", "float64")
DISTRIBUTIONS = ("torch", "onnxruntime", "opencv-python-headless", "scipy")
GROUPS = (
    ("Convolution", CONVOLUTIONS), ("Convolution, ReLU and pooling, fused", HIERARCHIES),
    ("What is done to maps", MAPS), ("Gradients", GRADIENTS),
)  # fmt: skip


def measured_groups(
    options: argparse.Namespace, libraries: dict[str, Any], machine: Machine, before: Checkout | None
) -> Iterator[tuple[str, list[Row]]]:
    """Measure group after group, and yield the title and the rows of each."""
    rounds = ROUNDS // 5 if options.quick else ROUNDS
    for dtype in DTYPES:
        for title, works in GROUPS:
            found = []
            for work in works:
                if options.only in work.name:
                    found.append(row_of(work, dtype, libraries, machine, rounds, before))
                    print(".", end="", flush=True, file=sys.stderr)
            if found:
                print(file=sys.stderr)
                yield f"{title}, {dtype}", found


def summary_of(rows: list[Row], machine: Machine) -> str:
    """Say what the machine can do at most, and how many workloads reach their aims."""
    reached = [row for row in rows if row.verdict() == "yes"]
    peaks = ", ".join(f"{flops / 1e9:.0f} GF/s in {dtype}" for dtype, flops in machine.flops.items())
    copying = f"{machine.copied / 1e9:.1f} GB/s, {machine.cached / 1e9:.0f} within the cache"
    bound = f"FMA peak of one core: {peaks}. Copying, read and written: {copying}."
    return f"{bound} {len(reached)} of {len(rows)} workloads reach their aims."


def sections(rows: list[Row]) -> list[str]:
    """Return the tables of all groups for the guides, the picture before them."""
    found = ["![Roofline](kernels-roofline.svg)"]
    for dtype in DTYPES:
        for title, works in GROUPS:
            shown = table([row for row in rows if row.dtype == dtype and row.work in works], f"{title}, {dtype}")
            found.append(shown.as_markdown())
    return found


def write_docs(texts: list[str], rows: list[Row], machine: Machine) -> None:
    """Put tables and picture where the guides show them."""
    from peers.roofline import Point, draw

    shown = [row for row in rows if row.dtype == "float32" and row.work.kind in ("conv2d", "hierarchy")]
    points = [
        Point(row.work.name, row.work.flops() / row.work.moved(4), row.rate() / 1e9, row.rate("torch") / 1e9) for row in shown
    ]
    draw(points, machine, ROOT / "docs" / "kernels-roofline.svg")
    source = f"`{command()}` on {described_machine(DISTRIBUTIONS)}."
    write_section(PAGE, "kernels", "\n\n".join([source, *texts]))


def tell_aims(rows: list[Row]) -> None:
    """Print an aim for each group of workloads: that all of them reach theirs."""
    for dtype in DTYPES:
        for title, works in GROUPS:
            verdicts = [row.verdict() for row in rows if row.dtype == dtype and row.work in works]
            if verdicts:
                reached = verdicts.count("yes")
                what = f"{title}, {dtype}: workloads that reach their aims"
                print(Aim(what, f"all {len(verdicts)}", str(reached), reached == len(verdicts)).line())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a fifth of the samples")
    parser.add_argument("--only", default="", metavar="TEXT", help="workloads whose name holds TEXT")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="also the kernels of another checkout, in turn")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md and the roofline")
    options = parser.parse_args()
    if options.write_docs and options.only:
        parser.error("--write-docs needs all workloads; leave out --only")

    libraries, machine, rows = installed(), Machine(), []
    missing = [name for name in MODULES if name not in libraries]
    print(f"{TARGET.name}, NumPy {np.__version__}; not installed: {', '.join(missing) or 'none of the peers'}", flush=True)
    with ExitStack() as stack:
        try:
            before = stack.enter_context(Checkout(options.against)) if options.against else None
            for title, found in measured_groups(options, libraries, machine, before):
                print("\n" + table(found, f"{title}; times of each contender over the kernels'").as_text(), flush=True)
                rows += found
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
    summary = summary_of(rows, machine)
    print(f"\n{summary}")
    if not options.only:
        others = [compilation(), threads()]
        print("\n" + "\n\n".join(other.as_text() for other in others))
        if options.write_docs:
            texts = [f"{summary} Instruction set: {TARGET.name}.", *sections(rows), *(other.as_markdown() for other in others)]
            write_docs(texts, rows, machine)
    tell_aims(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
