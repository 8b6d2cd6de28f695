"""How often does a verdict on a time budget flip under load, and what would other ways of measuring have said?

    python grader/benchmarks/budget_verdicts.py [VERDICTS] [--seconds S] [--seed N] [--answers N]
        [--only CONDITION]... [--share CONDITION=PART]...

The right answers of the corpus for the functions with a budget, in confined workers, on inputs they have not seen: as in
grading, each verdict in a worker of its own. What an answer truly costs is taken first, on the idle machine. Then come VERDICTS
(10,000) verdicts whose deciding limit is at a known multiple of that cost, so that each says by itself whether it flipped.
Conditions take turns in short blocks, and one round of blocks judges the same answers at the same limits in each of them: all
of them in the conditions with the largest share, the first of them in the others. A condition is named by a word of its name.

On the same answers, limits and loads, in the grader's own process as most graders call a function: an absolute limit of wall
time (one call after an untimed one) and a single sample of wall times (one call of the answer, one of the reference). Each is
compared with the middle of what it finds itself on the idle machine, which is more than its users would know.

For a trial, 200 verdicts on 20 answers do. Ctrl-C, or S seconds, ends it with what there is by then. A sample of a quarter of
an hour, half of it under memory streams:

    python grader/benchmarks/budget_verdicts.py --share memory=0.5 --answers 30 --seconds 840
"""

from __future__ import annotations

import os

# The judge computes in one thread, as its workers do; NumPy asks when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import contextlib
import itertools
import math
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "grader" / "tests" / "corpus"
sys.path[:0] = [str(ROOT / "grader")]

import numpy as np

from cnngrade.course.load import load_course
from cnngrade.sandbox.backends import AUTO, choose
from cnngrade.submission import read
from verdicts.collected import collect_budgets
from verdicts.flips import SHARES, Taken, flips, spread, standing
from verdicts.graders import GRADERS, METHODS, OURS, Answer, Observed, Remotely
from verdicts.loads import CORES, Load, Stuttering, burst, half_a_core, spin, stream

IDLE, BUSY, MEMORY, BURSTS, QUOTA, FOUR = CONDITIONS = (
    "idle", "4 busy loops a core", "memory streams", "bursts", "50 % quota", "4 graders",
)  # fmt: skip
CLOSE = (1.25, 1.5, 2.0, 3.0)
SLOWEST = 0.030
BLOCK = 12
ROUNDS, ROUNDS_AFTER, RECORDINGS, WALLS = 3, 1, 3, 5


class Run:
    """One run: what takes part in it, and what was found so far."""

    def __init__(self, seed: int, shares: Mapping[str, float], most_answers: int, stack: contextlib.ExitStack) -> None:
        self.rng = random.Random(seed)
        self.shares, self.most_answers = shares, most_answers
        self.loads = {
            BUSY: Load(spin, 4 * CORES), MEMORY: Load(stream, CORES), BURSTS: Load(burst, 2 * CORES)
        }  # fmt: skip
        for load in self.loads.values():
            stack.callback(load.close)
        course, self.sandbox = load_course(ROOT), choose(AUTO)
        # Some right answers of the corpus use other packages than our course lets submissions use.
        course = replace(course, policy=replace(course.policy, packages=("numpy", "numba", "scipy")))
        self.budgets = collect_budgets(course)
        self.answers = [
            Answer(budget, path, read.read_work(path, budget.unit.name))
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

    def _look(self, indices: Sequence[int], limit: float, walls: int = 1) -> Iterator[tuple[Answer, Observed | str]]:
        found = self.graders[0].call("observe", [(index, limit, walls) for index in indices])
        return zip((self.answers[index] for index in indices), found, strict=True)

    def _in_turn(self) -> list[int]:
        """Return all answers in an order of chance's choice, one of each function after the other."""
        of = [[index for index, answer in enumerate(self.answers) if answer.budget is budget] for budget in self.budgets]
        turns = itertools.zip_longest(*(self.rng.sample(those, len(those)) for those in of))
        return [index for turn in turns for index in turn if index is not None]

    def _choose(self) -> None:
        """Choose as many answers as were asked for, one of each function at least, of those whose time can be taken."""
        self.chosen: list[int] = []
        for index in self._in_turn():
            functions = {self.answers[chosen].budget.function for chosen in self.chosen}
            if len(self.chosen) >= self.most_answers and len(functions) == len(self.budgets):
                break
            answer = self.answers[index]
            # A limit of zero is out of reach: few calls show what one takes.
            ((_, found),) = self._look([index], 0.0)
            if isinstance(found, str):
                self.left_out[answer.name] = found
            elif found.seconds > SLOWEST:
                self.left_out[answer.name] = f"takes {1e3 * found.seconds:.0f} ms a call"
            else:
                self.chosen.append(index)

    def take_true_costs(self) -> None:
        self._choose()
        for index, costs in self._true_costs(ROUNDS).items():
            self.answers[index].true = costs
        for budget in self.budgets:
            some = next(index for index in self.chosen if self.answers[index].budget is budget)
            names = [(some, f"{budget.function}-{number}") for number in range(RECORDINGS)]
            self.recordings[budget.function] = self.graders[0].call("record", names)

    def _true_costs(self, rounds: int) -> dict[int, dict[str, float]]:
        """Measure every answer in that many sessions. No ratio is far from a limit of NaN: all samples are taken."""
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
            return Stuttering(self.held.child.pid)
        return self.loads.get(condition, contextlib.nullcontext())

    def take_round(self, cases: Sequence[tuple[int, int]]) -> None:
        """Judge the same cases (an answer, a share) in each condition, so many of them as the condition's share says."""
        asked = []
        for number, (index, share) in enumerate(cases):
            answer = self.answers[index]
            recording = None if number % 3 else self.rng.choice(self.recordings[answer.budget.function])
            asked.append((index, answer.true[OURS] * 100 / share, 1, recording))
        four = [self.rng.choice([index for index in self.chosen if self.answers[index].budget is budget]) for budget in
                self.rng.sample(self.budgets, GRADERS)]  # fmt: skip
        for condition in self.rng.sample(list(self.shares), len(self.shares)):
            graders = {QUOTA: [self.held], FOUR: self.graders}.get(condition, self.graders[:1])
            of = self._of_block(condition, len(cases))
            with self._surroundings(condition):
                for number, grader in enumerate(graders):
                    grader.ask("observe", asked[number : of : len(graders)])
                for number, grader in enumerate(graders):
                    for case, found in zip(cases[number : of : len(graders)], grader.answers(), strict=True):
                        self._keep(condition, *case, found)
                if condition in self.costs:
                    self.costs[condition] += graders[0].call("cost", [(four,)])

    def _of_block(self, condition: str, block: int) -> int:
        """Return how many cases of a block a condition judges: all if its share is the largest, and one at least."""
        return max(1, round(block * self.shares[condition] / max(self.shares.values())))

    def _keep(self, condition: str, index: int, share: int, found: Observed | str) -> None:
        answer = self.answers[index]
        if isinstance(found, str):
            self.failures[f"{condition}: {found}"] += 1
            return
        for method in METHODS:
            measured = found.found[method][0] / answer.true[method] * share / 100
            self.taken.append(Taken(method, condition, answer.name, share, measured, found.samples))
        if found.estimate is not None:
            limit = answer.true[OURS] * 100 / share
            self.estimates.append((found.estimate / limit * found.leeway, found.found[OURS][0] / limit, found.leeway))

    def take(self, count: int, until: float) -> None:
        deck: Iterator[tuple[int, int]] = itertools.chain.from_iterable(
            self.rng.sample(samples, len(samples)) for samples in itertools.repeat(list(itertools.product(self.chosen, SHARES)))
        )
        start, done = time.monotonic(), 0
        while done < count and time.monotonic() < until:
            of_round = sum(self._of_block(condition, BLOCK) for condition in self.shares)
            each = min(BLOCK, math.ceil((count - done) * BLOCK / of_round))
            self.take_round(list(itertools.islice(deck, each)))
            done += sum(self._of_block(condition, each) for condition in self.shares)
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
        print(f"{'wrong, by distance from the limit':42}" + "".join(f"{name:>17}" for name in names) + "   measured over true")
        for method in METHODS:
            for condition in (*self.shares, "all"):
                taken = [one for one in self.taken if one.method == method and condition in (one.condition, "all")]
                row = "".join(f"{f'{wrong} of {of}':>17}" for wrong, of in flips(taken).values())
                print(f"{method:11}{condition:22}{len(taken):8} {row}   {spread([one.error for one in taken])}")
        for one in self.taken:
            if one.method == OURS and one.flipped and abs(one.share - 100) >= 15:
                ratios = f"true {one.share / 100:g}, measured {one.measured:.3f}"
                print(f"  {one.condition}: {one.answer}, {ratios} in {one.samples} samples")
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
            print(f"\ntrue costs after the run over those before: {spread(self.drift)}")

    def _report_estimates(self) -> None:
        if not self.estimates:
            return
        print(f"\n{len(self.estimates)} estimates as on a student's machine, over what grading found beside them: ", end="")
        print(spread([estimate / leeway / graded for estimate, graded, leeway in self.estimates]))
        print("  close up to    within, graded slow    over, graded passed    close")
        for close in CLOSE:
            said = Counter((standing(estimate, 1.0, close), graded > 1) for estimate, graded, _ in self.estimates)
            within, over = said["within", True] + said["within", False], said["over", True] + said["over", False]
            print(f"  {close:<13}{said['within', True]:8} of {within:<10}{said['over', False]:12} of {over:<8}"
                  f"{said['close', True] + said['close', False]:8}")  # fmt: skip


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def condition_named(text: str) -> str:
    """Return the condition whose name has this text in it; raises ArgumentTypeError if none or several have."""
    found = [condition for condition in CONDITIONS if text in condition]
    if len(found) != 1:
        there_are = ", ".join(CONDITIONS)
        raise argparse.ArgumentTypeError(f'"{text}" is in the name of {len(found)} conditions; there are: {there_are}')
    return found[0]


def share_given(text: str) -> tuple[str, float]:
    """Return the condition and its share that `NAME=PART` stands for; raises ArgumentTypeError."""
    name, _, part = text.rpartition("=")
    with contextlib.suppress(ValueError):
        if 0 < float(part) < 1:
            return condition_named(name), float(part)
    raise argparse.ArgumentTypeError(f'"{text}" is no share: it has the form "memory=0.5", with a part between 0 and 1')


def shares_of(only: Sequence[str], given: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each condition that takes part: those not `given` have equal parts of what is left.

    Raises ValueError if nothing is left for them, or a share is given to a condition that takes no part.
    """
    conditions = [condition for condition in CONDITIONS if condition in only or not only]
    others = [condition for condition in conditions if condition not in given]
    left = 1 - sum(given.values())
    if not given.keys() <= set(conditions) or (others and left <= 1e-9):
        raise ValueError(f"the shares of {', '.join(given)} leave nothing for others, or are not of conditions that take part")
    return {condition: given.get(condition, left / max(1, len(others))) for condition in conditions}


def _interrupted(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("verdicts", nargs="?", type=int, default=10_000, help="how many verdicts to take")
    parser.add_argument("--seconds", type=float, default=math.inf, help="take no more once so many have passed")
    parser.add_argument("--seed", type=int, default=0, help="another choice of answers and lines, in another order")
    parser.add_argument("--answers", type=int, default=sys.maxsize, help="so many answers at most, as many of each function")
    parser.add_argument("--only", type=condition_named, action="append", default=[], help="this condition, and others so named")
    parser.add_argument("--share", type=share_given, action="append", default=[], help="its part of the verdicts: memory=0.5")
    options = parser.parse_args()
    try:
        shares = shares_of(options.only, dict(options.share))
    except ValueError as error:
        parser.error(str(error))
    until = time.monotonic() + options.seconds
    signal.signal(signal.SIGTERM, _interrupted)
    with contextlib.ExitStack() as stack:
        run = Run(options.seed, shares, options.answers, stack)
        try:
            run.take_true_costs()
            run.take(options.verdicts, until)
            run.take_drift()
        except KeyboardInterrupt:
            say("interrupted; this is what there is")
        if run.taken:
            run.report()
        else:
            say("No verdict was taken: the true costs took all of the time. Give more --seconds, or fewer --answers.")


if __name__ == "__main__":
    main()
