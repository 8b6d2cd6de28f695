"""How often does a verdict on a time budget flip under load, and what would other ways of measuring have said?

    python grader/benchmarks/budget_verdicts.py [VERDICTS] [--seconds S] [--seed N]

The right answers of the corpus for the functions with a budget, in confined workers, on inputs they have not seen: as in
grading, each verdict in a worker of its own. What an answer truly costs is taken first, on the idle machine. Then come VERDICTS
(10,000) verdicts whose decision line lies at a known multiple of that cost, so that each says by itself whether it flipped.
Conditions take turns in short blocks, and one round of blocks judges the same answers at the same lines in each of them.

On the same answers, lines and loads, in the grader's own process as most graders call a function: an absolute limit of wall
time (one call after an untimed one) and a single pair of wall times (one call of the answer, one of the reference). Each is
held against the middle of what itself finds on the idle machine, which is more than anybody who uses it would know.

For trying out, 200 verdicts do. Ctrl-C, or S seconds, ends it with what there is by then.
"""

from __future__ import annotations

import os

# The judge computes in one thread, as its workers do; NumPy asks when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import contextlib
import ctypes
import gc
import itertools
import math
import multiprocessing
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "grader" / "tests" / "corpus"
sys.path[:0] = [str(ROOT / "grader")]

import numpy as np
import pytest

import cnngrade
from cnngrade import cells, layout
from cnngrade.answers import LiveReference, Recording, RecordingReference, Reference, ReplayReference, save_answers
from cnngrade.budget import Timed, measure
from cnngrade.course import load_course
from cnngrade.grade import confined
from cnngrade.loading import load_module
from cnngrade.model import Course, Unit
from cnngrade.plugin import DESKS, BudgetWork, Desk, UnseenInputs, unit_of
from cnngrade.student import Student
from cnngrade.transport import Inline, Remote
from cnngrade.warm import Warm

SHARES = (10, 20, 50, 67, 80, 85, 90, 95, 98, 102, 105, 110, 115, 120, 125, 150, 200, 1000)
"""What an answer truly costs, in percent of the decision line."""
IDLE, BUSY, MEMORY, BURSTS, QUOTA, FOUR = CONDITIONS = (
    "idle", "4 busy loops a core", "memory streams", "bursts", "50 % quota", "4 graders",
)  # fmt: skip
OURS, LIMIT, PAIR = METHODS = ("ours", "wall limit", "wall pair")
CLOSE = (1.25, 1.5, 2.0, 3.0)
SLOWEST = 0.030
BLOCK, GRADERS = 12, 4
ROUNDS, ROUNDS_AFTER, RECORDINGS, WALLS = 5, 2, 3, 5

CORES = len(os.sched_getaffinity(0))
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Taken:
    """One verdict: `measured` is in units of the decision line, `share` the true cost in percent of it."""

    method: str
    condition: str
    answer: str
    share: int
    measured: float
    pairs: int = 1

    @property
    def flipped(self) -> bool:
        return (self.measured > 1) != (self.share > 100)

    @property
    def error(self) -> float:
        """What was measured over what is true."""
        return self.measured * 100 / self.share


def flips(verdicts: Iterable[Taken]) -> dict[str, tuple[int, int]]:
    """Return (flipped, all) of the verdicts, by how far the true cost lies from the decision line."""
    verdicts = list(verdicts)
    groups: dict[str, Callable[[int], bool]] = {
        "15 % or more": lambda share: abs(share - 100) >= 15,
        "5 to 15 %": lambda share: 5 < abs(share - 100) < 15,
        "within 5 %": lambda share: abs(share - 100) <= 5,
        "at most 0.95": lambda share: share <= 95,
    }
    chosen = {name: [taken for taken in verdicts if belongs(taken.share)] for name, belongs in groups.items()}
    return {name: (sum(taken.flipped for taken in group), len(group)) for name, group in chosen.items()}


def standing(estimate: float, line: float, close: float) -> str:
    """Return what a student is told of an estimate, where "close" reaches that factor to both sides of the published line."""
    return "over" if estimate > line * close else "close" if estimate > line / close else "within"


@dataclass(frozen=True, slots=True)
class Budget:
    """A case that registers a budget: `registered` is what it says to the desk."""

    unit: Unit
    function: str
    registered: tuple[Any, ...]
    reference: LiveReference

    def inputs(self) -> tuple[Any, ...]:
        _, _, make, *_ = self.registered
        inputs: tuple[Any, ...] = make(np.random.default_rng(0))
        return inputs


@dataclass(slots=True)
class Answer:
    """A right answer of the corpus. `true` is what it costs, by each method: CPU ratio, wall seconds, wall ratio."""

    budget: Budget
    path: Path
    work: cells.Work
    true: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.budget.function} {self.path.stem}"


@dataclass(frozen=True, slots=True)
class Observed:
    """What was found of an answer. `estimate` is by the neutral workload, `leeway` is the decision over the published line."""

    found: dict[str, list[float]]
    seconds: float
    pairs: int
    leeway: float
    estimate: float | None = None


class Collected:
    """Stands where a judge's desks stand, and keeps what the budget cases register."""

    measure_at_once = False

    def __init__(self, course: Course) -> None:
        self.course, self.budgets = course, list[Budget]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[DESKS] = self

    def desk(self, item: pytest.Item) -> Collected:
        self.unit = unit_of(item, self.course)
        return self

    def begin(self, case: str) -> None:
        pass

    def register(self, case: str, function: str, *more: Any) -> None:
        solution = load_module(layout.solution_file(self.course, self.unit.name), self.course.root)
        self.budgets.append(Budget(self.unit, function, (case, function, *more), LiveReference(solution)))

    def close(self) -> None:
        pass


def collect_budgets(course: Course) -> list[Budget]:
    files = [str(layout.public_tests(course, unit.name)) for unit in course.units if unit.budgets]
    collected = Collected(course)
    settings = ["-c", str(Path(cnngrade.__file__).with_name("pytest.ini")), "--import-mode=importlib", "-p", "cnngrade.plugin"]
    settings += [f"--rootdir={ROOT}", f"--confcutdir={ROOT / 'autograde_tests'}", "--disable-plugin-autoload"]
    settings += ["-k", "in_good_time", "-p", "no:terminal", "-p", "no:cacheprovider"]
    if pytest.main([*files, *settings], plugins=[collected]) or not collected.budgets:
        sys.exit("The budget cases of the course could not be collected.")
    return collected.budgets


class Grader:
    """What a judge is to the time budgets: submissions in confined workers, one after the other."""

    def __init__(self, course: Course, answers: Sequence[Answer], scratch: Path) -> None:
        self.course, self.answers, self.scratch = course, answers, scratch
        data = layout.data_folder(course)
        self.sources = [Warm(course.policy, course.policy.sandbox, data) for _ in range(GRADERS)]
        self.unseen: dict[str, UnseenInputs] = {}
        self._inline: dict[str, tuple[Timed, Timed]] = {}
        self._recordings: dict[Path, Recording] = {}
        gc.freeze()

    def close(self) -> None:
        for source in self.sources:
            source.close()

    def _registered(self, student: Student, budget: Budget, reference: Reference) -> BudgetWork:
        desk = Desk(self.course, budget.unit, student, reference, unseen=self.unseen)
        desk.register(*budget.registered)
        return desk.budgets[0]

    def _in_this_process(self, answer: Answer) -> tuple[Timed, Timed]:
        """Return the answer and the reference as functions of this process, on the same input."""
        if answer.name not in self._inline:
            budget = answer.budget
            loaded = LiveReference(load_module(answer.path, CORPUS.parent))
            sides = [side.yardstick("", budget.function, [budget.inputs()]).timed for side in (loaded, budget.reference)]
            self._inline[answer.name] = sides[0], sides[1]
        return self._inline[answer.name]

    def observe(self, index: int, line: float, walls: int = 1, recording: Path | None = None) -> Observed | str:
        """Measure an answer by every method, ours with this decision line. Returns a text if there was nothing to measure."""
        answer = self.answers[index]
        found: dict[str, list[float]] = {method: [] for method in METHODS}
        try:
            for _ in range(walls):
                mine, theirs = (_wall(timed) for timed in self._in_this_process(answer))
                found[LIMIT].append(mine)
                found[PAIR].append(mine / theirs)
            with closing(Student(Remote(self.sources[0]), self.course.policy, answer.work)) as student:
                entry = self._registered(student, answer.budget, answer.budget.reference)
                leeway = entry.work.line / entry.line
                entry.work.line = line
                ratio = _measured(entry)
                found[OURS].append(ratio)
                seconds, pairs = min(entry.work.student_times), len(entry.work.student_times)
                estimate = None
                if recording:
                    known = self._recordings.setdefault(recording, Recording(recording))
                    entry = self._registered(student, answer.budget, ReplayReference(known))
                    entry.work.line = line * entry.yardstick.unit
                    estimate = _measured(entry)
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}".splitlines()[0]
        return Observed(found, seconds, pairs, leeway, estimate)

    def record(self, index: int, name: str) -> Path:
        """Record the budget of an answer as a release does."""
        budget = self.answers[index].budget
        solution = load_module(layout.solution_file(self.course, budget.unit.name), ROOT)
        reference = RecordingReference(solution)
        self._registered(Student(Inline(solution), self.course.policy), budget, reference)
        path = self.scratch / f"{name}.npz"
        save_answers(path, reference, [], None)  # type: ignore[arg-type]  # of no calls there is nothing to know
        return path

    def cost(self, indices: Sequence[int]) -> tuple[float, float]:
        """Return the CPU and wall seconds of measuring several answers at once at the lines of the course."""
        with contextlib.ExitStack() as stack:
            transports, entries = [], []
            for source, index in zip(self.sources, indices, strict=True):
                answer = self.answers[index]
                transports.append(Remote(source))
                student = stack.enter_context(closing(Student(transports[-1], self.course.policy, answer.work)))
                entries.append(self._registered(student, answer.budget, answer.budget.reference))

            def used() -> float:
                return time.process_time() + sum(transport.cpu_seconds() for transport in transports)

            cpu, start = used(), time.perf_counter()
            measure([entry.work for entry in entries])
            wall = time.perf_counter() - start
            return used() - cpu, wall


def _measured(entry: BudgetWork) -> float:
    measure([entry.work])
    if entry.work.failure:
        raise entry.work.failure
    return entry.work.ratio / entry.yardstick.unit


def _wall(timed: Timed) -> float:
    timed(1, 0)
    start = time.perf_counter()
    timed(1, 0)
    return time.perf_counter() - start


class Child:
    """A process of ours, which ends with this one, however that ends."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self.process = _FORK.Process(target=self._run, args=(work, *arguments), daemon=True)
        self.process.start()

    @staticmethod
    def _run(work: Callable[..., None], *arguments: Any) -> None:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work(*arguments)

    def end(self, grace: float = 0.0) -> None:
        self.process.join(grace)
        self.process.kill()
        self.process.join()


class Remotely:
    """A grader in a process of its own; `group` is the control group that it and its workers are in."""

    def __init__(self, *setting: Any, group: Path | None = None) -> None:
        self._pipe, theirs = _FORK.Pipe()
        self.child = Child(self._serve, theirs, setting, group)

    @staticmethod
    def _serve(pipe: Any, setting: tuple[Any, ...], group: Path | None) -> None:
        if group:
            (group / "cgroup.procs").write_text(str(os.getpid()))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where answers print that are called in this process
        with closing(Grader(*setting)) as grader:
            while (asked := pipe.recv()) is not None:
                name, arguments = asked
                pipe.send([getattr(grader, name)(*each) for each in arguments])

    def ask(self, name: str, arguments: Iterable[tuple[Any, ...]]) -> None:
        self._pipe.send((name, list(arguments)))

    def answers(self) -> list[Any]:
        answers: list[Any] = self._pipe.recv()
        return answers

    def call(self, name: str, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
        self.ask(name, arguments)
        return self.answers()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        self.child.end(grace=10.0)


def _spin(_seed: int) -> None:
    while True:
        pass


def _stream(_seed: int) -> None:
    source, target = np.ones(16 << 20), np.ones(16 << 20)
    while True:
        np.copyto(target, source)


def _burst(seed: int) -> None:
    rng = random.Random(seed)
    while True:
        until = time.perf_counter() + rng.uniform(0.05, 0.3)
        while time.perf_counter() < until:
            pass
        time.sleep(rng.uniform(0.05, 0.3))


class Load:
    """Processes that run while it is entered and are stopped otherwise."""

    def __init__(self, work: Callable[[int], None], count: int) -> None:
        self._children = [Child(self._stopped, work, number) for number in range(count)]

    @staticmethod
    def _stopped(work: Callable[[int], None], number: int) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)
        work(number)

    def _send(self, number: signal.Signals) -> None:
        for child in self._children:
            os.kill(child.process.pid, number)

    def __enter__(self) -> None:
        self._send(signal.SIGCONT)
        time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self._send(signal.SIGSTOP)

    def close(self) -> None:
        for child in self._children:
            child.end()


def half_a_core() -> Path | None:
    """Make a control group whose processes get half a core together; None where this user may not."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, place = line.split(":", 2)
        first = {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000"} if controllers else {"cpu.max": "50000 100000"}
        folder = Path(f"/sys/fs/cgroup/{controllers}{place}") / f"cnngrade-benchmark-{os.getpid()}"
        if controllers and "cpu" not in controllers.split(","):
            continue
        with contextlib.suppress(OSError):
            folder.mkdir()
            try:
                for name, value in first.items():
                    with (folder / name).open("r+") as file:
                        file.write(value)
                return folder
            except OSError:
                folder.rmdir()
    return None


class Stuttering:
    """Stops a process and its descendants half of the time, 5 of every 10 ms, while it is entered."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over = pid, threading.Event()

    def _tree(self, pid: int) -> Iterator[int]:
        yield pid
        with contextlib.suppress(OSError):
            for tasks in Path(f"/proc/{pid}/task").iterdir():
                for child in (tasks / "children").read_text().split():
                    yield from self._tree(int(child))

    def _send(self, number: signal.Signals) -> None:
        for pid in self._tree(self._pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _stutter(self) -> None:
        while not self._over.is_set():
            self._send(signal.SIGSTOP)
            time.sleep(0.005)
            self._send(signal.SIGCONT)
            time.sleep(0.005)

    def __enter__(self) -> None:
        self._over.clear()
        self._thread = threading.Thread(target=self._stutter)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


class Run:
    """One run: what takes part in it, and what was found so far."""

    def __init__(self, seed: int, stack: contextlib.ExitStack) -> None:
        self.rng = random.Random(seed)
        self.loads = {
            BUSY: Load(_spin, 4 * CORES), MEMORY: Load(_stream, CORES), BURSTS: Load(_burst, 2 * CORES)
        }  # fmt: skip
        for load in self.loads.values():
            stack.callback(load.close)
        course = confined(load_course(ROOT))
        self.sandbox = course.policy.sandbox
        self.budgets = collect_budgets(course)
        self.answers = [
            Answer(budget, path, cells.read_work(path, budget.unit.name))
            for budget in self.budgets
            for path in sorted((CORPUS / budget.unit.name).glob("*.py"))
            if not path.name.startswith("wrong")
        ]
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.group = half_a_core()
        if self.group:
            stack.callback(self.group.rmdir)
        setting = course, self.answers, scratch
        self.graders = [stack.enter_context(closing(Remotely(*setting))) for _ in range(GRADERS)]
        self.held = stack.enter_context(closing(Remotely(*setting, group=self.group)))
        self.taken: list[Taken] = []
        self.estimates: list[tuple[float, float, float]] = []
        self.costs: dict[str, list[tuple[float, float]]] = {IDLE: [], BUSY: []}
        self.recordings: dict[str, list[Path]] = {}
        self.left_out: dict[str, str] = {}
        self.failures: Counter[str] = Counter()
        self.drift: list[float] = []

    def _look(self, indices: Sequence[int], line: float, walls: int = 1) -> Iterator[tuple[Answer, Observed | str]]:
        found = self.graders[0].call("observe", [(index, line, walls) for index in indices])
        return zip((self.answers[index] for index in indices), found, strict=True)

    def take_true_costs(self) -> None:
        for index, answer in enumerate(self.answers):
            # A line of nothing is out of reach: two calls show what one takes.
            ((_, found),) = self._look([index], 0.0)
            if isinstance(found, str):
                self.left_out[answer.name] = found
            elif found.seconds > SLOWEST:
                self.left_out[answer.name] = f"takes {1e3 * found.seconds:.0f} ms a call"
        self.chosen = [index for index, answer in enumerate(self.answers) if answer.name not in self.left_out]
        for index, costs in self._true_costs(ROUNDS).items():
            self.answers[index].true = costs
        for budget in self.budgets:
            some = next(index for index in self.chosen if self.answers[index].budget is budget)
            names = [(some, f"{budget.function}-{number}") for number in range(RECORDINGS)]
            self.recordings[budget.function] = self.graders[0].call("record", names)

    def _true_costs(self, rounds: int) -> dict[int, dict[str, float]]:
        """Measure every answer in that many sessions. No ratio is far from a line that is no number: all pairs are taken."""
        found: dict[int, dict[str, list[float]]] = {index: {method: [] for method in METHODS} for index in self.chosen}
        for number in range(rounds):
            order = self.rng.sample(self.chosen, len(self.chosen))
            for index, (_, seen) in zip(order, self._look(order, math.nan, WALLS), strict=True):
                if isinstance(seen, str):
                    sys.exit(f"{self.answers[index].name} was measured before and is not now: {seen}")
                for method in METHODS:
                    found[index][method] += seen.found[method]
            say(f"true costs, session {number + 1} of {rounds}")
        return {index: {method: statistics.median(values) for method, values in of.items()} for index, of in found.items()}

    def _surroundings(self, condition: str) -> contextlib.AbstractContextManager[None]:
        if condition == QUOTA and not self.group:
            return Stuttering(self.held.child.process.pid)
        return self.loads.get(condition, contextlib.nullcontext())

    def take_round(self, cases: Sequence[tuple[int, int]]) -> None:
        """Judge the same cases (an answer, a share) in each condition."""
        asked = []
        for number, (index, share) in enumerate(cases):
            answer = self.answers[index]
            recording = None if number % 3 else self.rng.choice(self.recordings[answer.budget.function])
            asked.append((index, answer.true[OURS] * 100 / share, 1, recording))
        four = [self.rng.choice([index for index in self.chosen if self.answers[index].budget is budget]) for budget in
                self.rng.sample(self.budgets, GRADERS)]  # fmt: skip
        for condition in self.rng.sample(CONDITIONS, len(CONDITIONS)):
            graders = {QUOTA: [self.held], FOUR: self.graders}.get(condition, self.graders[:1])
            with self._surroundings(condition):
                for number, grader in enumerate(graders):
                    grader.ask("observe", asked[number :: len(graders)])
                for number, grader in enumerate(graders):
                    for case, found in zip(cases[number :: len(graders)], grader.answers(), strict=True):
                        self._keep(condition, *case, found)
                if condition in self.costs:
                    self.costs[condition] += graders[0].call("cost", [(four,)])

    def _keep(self, condition: str, index: int, share: int, found: Observed | str) -> None:
        answer = self.answers[index]
        if isinstance(found, str):
            self.failures[f"{condition}: {found}"] += 1
            return
        for method in METHODS:
            measured = found.found[method][0] / answer.true[method] * share / 100
            self.taken.append(Taken(method, condition, answer.name, share, measured, found.pairs))
        if found.estimate is not None:
            line = answer.true[OURS] * 100 / share
            self.estimates.append((found.estimate / line * found.leeway, found.found[OURS][0] / line, found.leeway))

    def take(self, count: int, until: float) -> None:
        deck: Iterator[tuple[int, int]] = itertools.chain.from_iterable(
            self.rng.sample(pairs, len(pairs)) for pairs in itertools.repeat(list(itertools.product(self.chosen, SHARES)))
        )
        start, done = time.monotonic(), 0
        while done < count and time.monotonic() < until:
            each = min(BLOCK, math.ceil((count - done) / len(CONDITIONS)))
            self.take_round(list(itertools.islice(deck, each)))
            done += each * len(CONDITIONS)
            rate = done / (time.monotonic() - start)
            say(f"{done} of {count} verdicts, {rate:.1f} a second, {max(0, count - done) / rate:.0f} s left")

    def take_drift(self) -> None:
        after = self._true_costs(ROUNDS_AFTER)
        self.drift = [after[index][OURS] / self.answers[index].true[OURS] for index in self.chosen]

    def report(self) -> None:
        answers = Counter(self.answers[index].budget.function for index in self.chosen)
        print(f"Answers, in {self.sandbox}, on {CORES} cores: {', '.join(f'{name} {n}' for name, n in answers.items())}.")
        for name, why in self.left_out.items():
            print(f"  left out: {name}: {why}")
        how = "a control group" if self.group else "stopping the grader and its workers for 5 of every 10 ms"
        print(f"The quota is kept by {how}.\n")
        names = list(flips([]))
        print(f"{'wrong, by distance from the line':42}" + "".join(f"{name:>17}" for name in names) + "   measured over true")
        for method in METHODS:
            for condition in (*CONDITIONS, "all"):
                taken = [one for one in self.taken if one.method == method and condition in (one.condition, "all")]
                row = "".join(f"{f'{wrong} of {of}':>17}" for wrong, of in flips(taken).values())
                print(f"{method:11}{condition:22}{len(taken):8} {row}   {_spread([one.error for one in taken])}")
        for one in self.taken:
            if one.method == OURS and one.flipped and abs(one.share - 100) >= 15:
                costs = f"true {one.share / 100:g}, measured {one.measured:.3f}"
                print(f"  {one.condition}: {one.answer}, {costs} in {one.pairs} pairs")
        for text, number in self.failures.items():
            print(f"  no verdict, {number} times: {text}")
        self._report_estimates()
        print("\nmeasuring four functions at once       number   CPU s, median   wall s: median      99 %       most")
        for condition, costs in self.costs.items():
            if costs:
                cpu, wall = np.array(costs).T
                print(f"  {condition:36}{len(costs):7}{np.median(cpu):16.3f}{np.median(wall):17.3f}"
                      f"{np.quantile(wall, 0.99, method='higher'):10.3f}{wall.max():11.3f}")  # fmt: skip
        if self.drift:
            print(f"\ntrue costs after the run over those before: {_spread(self.drift)}")

    def _report_estimates(self) -> None:
        if not self.estimates:
            return
        print(f"\n{len(self.estimates)} estimates as on a student's machine, over what grading found beside them: ", end="")
        print(_spread([estimate / leeway / graded for estimate, graded, leeway in self.estimates]))
        print("  close up to    within, graded slow    over, graded passed    close")
        for close in CLOSE:
            said = Counter((standing(estimate, 1.0, close), graded > 1) for estimate, graded, _ in self.estimates)
            within, over = said["within", True] + said["within", False], said["over", True] + said["over", False]
            print(f"  {close:<13}{said['within', True]:8} of {within:<10}{said['over', False]:12} of {over:<8}"
                  f"{said['close', True] + said['close', False]:8}")  # fmt: skip


def _spread(values: Sequence[float]) -> str:
    if not values:
        return ""
    low, one, middle, most, high = np.quantile(values, (0, 0.01, 0.5, 0.99, 1))
    return f"{middle:.3f} (1 % {one:.3f}, 99 % {most:.3f}; {low:.3f} to {high:.3f})"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _interrupted(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("verdicts", nargs="?", type=int, default=10_000, help="how many verdicts to take")
    parser.add_argument("--seconds", type=float, default=math.inf, help="take no more once so many have passed")
    parser.add_argument("--seed", type=int, default=0, help="another choice of answers and lines, in another order")
    options = parser.parse_args()
    until = time.monotonic() + options.seconds
    signal.signal(signal.SIGTERM, _interrupted)
    with contextlib.ExitStack() as stack:
        run = Run(options.seed, stack)
        try:
            run.take_true_costs()
            run.take(options.verdicts, until)
            run.take_drift()
        except KeyboardInterrupt:
            say("interrupted; this is what there is")
        if run.taken:
            run.report()


if __name__ == "__main__":
    main()
