"""How much does a submission gain by lying about its own time?

    python grader/benchmarks/liars.py [ROUNDS] [--write-docs]

Honest answers of several speeds, and for each of them every lie of `grader/tests/corpus/attacks/liars`: the same answer in a
worker whose functions it has replaced. In each of ROUNDS (5) rounds each is measured once as in grading, in a confined worker
of its own, all in turn. Printed is the honest ratio, and for each lie the share of it that was found: 1 is no gain.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from figures.arguments import positive
from figures.programs import ROOT
from figures.quartiles import quartiles
from figures.section import Section, add_writing, at_least

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from cnngrade.budget.measure import ENOUGH_SAMPLES, measure
from cnngrade.course.load import load_course
from cnngrade.judge.budget_case import RegisteredBudget, UnseenInputs
from cnngrade.judge.case_context import CaseContext
from cnngrade.model import Course
from cnngrade.sandbox.backends import AUTO, choose
from cnngrade.sandbox.confined import Warm
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Remote
from cnngrade.submission import read
from support.liars import LIES, lying
from support.places import CORPUS
from verdicts.collected import Budget, collect_budgets

HONEST = (
    ("maxpool2d", "places_at_once"),
    ("maxpool2d", "sliding_windows"),
    ("conv2d", "tensordot_pixels"),
    ("conv2d", "einsum_windows"),
    ("pad2d", "every_pixel"),
)
ALLOWED = 0.75
"""The least share that a lie may leave."""


def measured(course: Course, source: Warm, budget: Budget, path: Path, unseen: UnseenInputs, exact: bool) -> RegisteredBudget:
    """Measure a submission as in grading, or as exactly as it can be: no ratio is far from a limit of NaN."""
    with closing(Student(Remote(source), course.policy, read.read_work(path, budget.unit.name))) as student:
        context = CaseContext(course, budget.unit, student, budget.reference, unseen={budget.case.id: unseen})
        context.begin(budget.case)
        context.register(*budget.registered)
        (entry,) = context.budgets
        if exact:
            entry.measurement.limits, entry.measurement.most_samples = (math.nan,), ENOUGH_SAMPLES
        measure([entry.measurement])
        if entry.measurement.failure:
            raise entry.measurement.failure
        return entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=positive, default=5)
    add_writing(parser)
    asked = parser.parse_args()
    rounds = asked.rounds
    course = load_course(ROOT)
    budgets = {budget.function: budget for budget in collect_budgets(course)}
    unseen: dict[str, UnseenInputs] = defaultdict(UnseenInputs)
    honest: dict[tuple[str, str], list[float]] = defaultdict(list)
    told: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    taken: list[int] = []
    with tempfile.TemporaryDirectory() as place, closing(Warm(course.policy, choose(AUTO))) as source:
        for _ in range(rounds):
            for function, answer in HONEST:
                budget = budgets[function]
                unit = budget.unit.name
                path = CORPUS / unit / f"{answer}.py"
                for lie in random.sample([None, *LIES], len(LIES) + 1):
                    text = path.read_text() if lie is None else lying(path, function, lie)
                    file = Path(place) / f"{unit}.py"
                    file.write_text(text)
                    entry = measured(course, source, budget, file, unseen[function], exact=lie is None)
                    if lie is None:
                        honest[function, answer].append(entry.measurement.stated_ratio)
                    else:
                        told[function, answer, lie.stem].append(entry.ratio)
                        taken.append(len(entry.measurement.student_times))
                print(f"{function} {answer}: {honest[function, answer][-1]:.3g}", file=sys.stderr, flush=True)
    section = Section("liars")
    true = {key: statistics.median(found) for key, found in honest.items()}
    rows = [["honest: the ratio itself", *(quartiles(honest[key]).text(".3g") for key in HONEST)]]
    medians = []
    for lie in LIES:
        shares = [quartiles(ratio / true[key] for ratio in told[*key, lie.stem]) for key in HONEST]
        medians += [share.median for share in shares]
        rows.append([lie.stem.removeprefix("time_").replace("_", " "), *(share.text() for share in shares)])
    section.table(["", *(f"{function}, {answer.replace('_', ' ')}" for function, answer in HONEST)], rows)
    gained = sum(share < ALLOWED for share in medians)
    mean = statistics.mean(taken)
    section.sentence(f"{gained} of {len(medians)} medians are below {ALLOWED:g}; {mean:.1f} samples in the mean.")
    section.aim(at_least("the least share in the median", ALLOWED, min(medians)))
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
