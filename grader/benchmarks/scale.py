"""How fast a class is judged by one process, by two, and by a cluster of two, in how much memory; and how fast it is entered.

    python grader/benchmarks/scale.py [--count N] [--rounds N] [--entered N] [--write-docs]

A class of 2000 (--count) submissions of the unit `convolution`, right and wrong ones in turn, is graded in turn:

    A   cnngrade grade --jobs 1
    B   cnngrade grade --jobs 2
    C   cnngrade grade --cluster, dask's scheduler and two workers of one thread, on this machine

each with --force and --no-gradebook, once (--rounds). Start-up is included: of the command, not of dask's scheduler and
workers, which are running before. CPU seconds are those of all processes; on the cluster those that run students' code are
not counted, since what started them does not end with the grading, and cores are worked out from the clock. Memory is the
most that a process held (resident), looked at four times a second: of the command, of a judge (on the cluster a process
beside dask's worker), of a worker of dask.
Bytes are what one submission takes on the network: out as a parcel, back as a report.

Then 2000 (--entered) reports of another course, a tiny one, are entered into nbgrader's gradebook (SQLite), which no cluster
makes faster: seconds for each, and the size of what was written.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psutil

from figures.arguments import positive
from figures.course import copy_course
from figures.programs import ROOT, cpu_of_children, environment
from figures.quartiles import quartiles
from figures.section import Section, add_writing

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.classroom.judge_class import judge_class
from cnngrade.classroom.parcels import folder_as_parcel
from cnngrade.course.load import load_course
from cnngrade.gradebook.record import record
from support import tiny_course
from support.dask_cluster import dask_cluster
from support.graded_class import Class, release

UNIT = "convolution"
ANSWERS = ("taps_loop", "wrong_stride_ignored", "einsum_windows", "wrong_flipped", "tensordot_pixels", "wrong_without_bias")
CLUSTER = "a cluster of two"
HOURLY = 100_000
WORKERS = 2
_LOOK_SECONDS = 0.25


def kind_of(command: list[str], number: int, grading: int) -> str:
    """Return which of the programs a process is; "" for those that are not looked at, such as what runs a student's code."""
    if number == grading:
        return "command"
    line = " ".join(command)
    if "judge_service" in line or "spawn_main" in line:
        return "judge"
    return "dask's worker" if "dask_worker" in line else "dask's scheduler" if "dask_scheduler" in line else ""


class Watch:
    """Looks at processes, and those that come from them, for the most memory (bytes) that one of each kind has."""

    def __init__(self, grading: int, others: list[int]) -> None:
        self._grading, self._tops = grading, [grading, *others]
        self.most: dict[str, int] = defaultdict(int)
        self.own_seconds = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again, daemon=True)
        self._thread.start()

    def _look_again_and_again(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            for top in self._tops:
                with contextlib.suppress(psutil.Error):
                    self._look(psutil.Process(top))

    def _look(self, top: psutil.Process) -> None:
        for process in [top, *top.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                kind = kind_of(process.cmdline(), process.pid, self._grading)
                self.most[kind] = max(self.most[kind], process.memory_info().rss)
                if kind == "command":
                    self.own_seconds = sum(process.cpu_times()[:2])

    def end(self) -> None:
        self._ended.set()
        self._thread.join()


def cpu_of(others: list[int]) -> float:
    """Return the CPU seconds of these processes and of this one's children, with those of all children that have ended."""
    for number in others:
        # The judges of the last command: their time is their parent's once they have ended.
        psutil.wait_procs(psutil.Process(number).children(recursive=True), timeout=30)
    times = [psutil.Process(number).cpu_times() for number in others]
    return cpu_of_children() + sum(sum(entry[:4]) for entry in times)


def class_of(place: Path, count: int) -> Path:
    """Make the course, with a class that has handed in."""
    root = copy_course(ROOT, place / "course")
    for number in range(count):
        folder = root / "classroom" / "submitted" / f"student{number:05}" / UNIT
        folder.mkdir(parents=True)
        shutil.copyfile(
            ROOT / "grader" / "tests" / "corpus" / UNIT / f"{ANSWERS[number % len(ANSWERS)]}.py", folder / f"{UNIT}.py"
        )
    return root


@dataclass(frozen=True)
class Run:
    """What grading a class took: seconds by the clock, of CPU in all, and of the command's own; bytes by kind of process."""

    wall: float
    cpu: float
    own: float
    most: dict[str, int]


def graded(root: Path, options: list[str], others: list[int], count: int) -> Run:
    command = [sys.executable, "-m", "cnngrade", "grade", UNIT, "--force", "--no-gradebook", *options]
    before, start = cpu_of(others), time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, cwd=root, env=environment(), stdout=printed, stderr=printed)
        watch = Watch(process.pid, others)
        code = process.wait()
        wall = time.perf_counter() - start
        watch.end()
        printed.seek(0)
        text = printed.read().decode(errors="replace")
    if code or text.count(": ") < count:
        sys.exit(f"{options} ended with {code}:\n{text[-3000:]}")
    return Run(wall, cpu_of(others) - before, watch.own_seconds, watch.most)


def judged(count: int, rounds: int, section: Section) -> tuple[Run, float, float]:
    """Return the median run on the cluster, and the bytes that a submission takes out and back."""
    with tempfile.TemporaryDirectory() as place, dask_cluster(Path(place) / "dask") as cluster:
        root = class_of(Path(place), count)
        for _ in range(WORKERS):
            cluster.worker()
        others = [process.pid for process in cluster.processes]
        ways: dict[str, tuple[list[str], list[int]]] = {
            "one process": (["--jobs", "1"], []),
            "two processes": (["--jobs", "2"], []),
            CLUSTER: (["--cluster", cluster.address], others),
        }
        found: dict[str, list[Run]] = {name: [] for name in ways}
        # What numba compiles, and each machine keeps, is compiled before.
        graded(root, ["--jobs", "1", "--student", "student00000"], [], 1)
        graded(root, ["--cluster", cluster.address, "--student", "student00000"], [], 1)
        for _ in range(rounds):
            for name, (options, pids) in ways.items():
                found[name].append(graded(root, options, pids, count))
                print(f"{name}: {count / found[name][-1].wall:.1f} a second", file=sys.stderr, flush=True)
        out = [len(folder_as_parcel(path) or b"") for path in (root / "classroom" / "submitted").glob(f"*/{UNIT}")]
        back = [path.stat().st_size for path in (root / "classroom" / "reports" / UNIT).glob("*.json")]
    rows = []
    for name, runs in found.items():
        runs.sort(key=lambda run: run.wall)
        most = runs[len(runs) // 2].most
        memory = ", ".join(f"{kind} {most[kind] >> 20} MiB" for kind in sorted(most) if kind)
        figures = zip(*((count / run.wall, 1e3 * run.cpu / count, 1e3 * run.own / count) for run in runs), strict=True)
        rows.append([name, *(quartiles(found).text(".1f") for found in figures), memory])
    head = [f"{count:,} submissions", "a second", "CPU ms for each", "the command's own CPU ms for each", "memory at most"]
    section.table(head, rows)
    return found[CLUSTER][rounds // 2], statistics.mean(out), statistics.mean(back)


def entered(count: int, section: Section) -> tuple[float, float]:
    """Return the seconds and the bytes on the disk that an entry in the gradebook takes."""
    with tempfile.TemporaryDirectory() as place:
        course = load_course(tiny_course.make_course(Path(place) / "course"))
        class_ = Class(course, course.units[0])
        release(course, class_.unit, Path(place) / "handout")
        for number in range(count):
            class_.hand_in(f"s{number:05}", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT))
        reports = judge_class(course, class_.unit, jobs=os.cpu_count() or 1)
        start = time.perf_counter()
        done = record(course, class_.unit, reports)
        wall = time.perf_counter() - start
        if not all(entry.done for entry in done):
            sys.exit("Not everybody is in the gradebook.")
        book = class_.room / "gradebook.db"
        written = sum(path.stat().st_size for path in (class_.room / "autograded").rglob("*") if path.is_file())
        each = [f"{1e3 * wall / count:.1f}", f"{book.stat().st_size / count:,.0f}", f"{written / count:,.0f}"]
        head = ["entered into nbgrader's gradebook", "ms for each", "bytes for each in SQLite", "in graded notebooks"]
        section.table(head, [[f"{count:,}", *each]])
        return wall / count, (book.stat().st_size + written) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=positive, default=2000, metavar="N")
    parser.add_argument("--rounds", type=positive, default=1, metavar="N")
    parser.add_argument("--entered", type=positive, default=2000, metavar="N")
    add_writing(parser)
    asked = parser.parse_args()
    section = Section("scale", ("distributed",))
    run, out, back = judged(asked.count, asked.rounds, section)
    seconds, written = entered(asked.entered, section)
    count = asked.count
    cores, judge = WORKERS * HOURLY * run.wall / count / 3600, sum(run.most[kind] for kind in ("judge", "dask's worker"))
    rows = [
        ["cores, besides what students' code takes", f"{cores:.1f}"],
        ["memory for each of them", f"{judge / 2**30:.2f} GiB"],
        ["network", f"{HOURLY * (out + back) / 3600 / 1e6:.2f} MB a second"],
        ["a core for the command that gives out and stores", f"{100 * HOURLY * run.own / count / 3600:.0f} %"],
        ["disk", f"{HOURLY * (back + written) / 1e9:.1f} GB"],
        ["time to enter them", f"{HOURLY * seconds / 3600:.2f} hours"],
    ]
    section.table([f"{HOURLY:,} an hour, by these figures", ""], rows)
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
