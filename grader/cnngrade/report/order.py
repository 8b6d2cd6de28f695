"""What to work on first: the order in which a tutor would take up what did not pass.

Code that does not run comes before code that is wrong, since nothing else is known of it. Then come functions that were
attempted and are wrong or raise: first the one that is nearest to done, by its share of points. Then comes what is right and
slow, then what is still to be written, as in the unit, and last what fails because it calls another function that does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from cnngrade.errors import Verdict
from cnngrade.model import FindingKind, Outcome, Report
from cnngrade.scoring import part_of

_ASKS_NOTHING = (Verdict.PASSED, Verdict.SKIPPED, Verdict.STOPPED)


_NOT_WRITTEN = (Verdict.UNFINISHED, Verdict.SKIPPED, Verdict.STOPPED)


# How it is said that a cell of a notebook has to be run.
_UNRUN = re.compile(r'^(?:T(he cell ".+?")(?:, which defines [^"]+?,)? was not run in this kernel\. Run it|.*\. Run) (.+)\.$')


# How it is said that a function is written, and yet not there.
_ELSEWHERE = re.compile(r"\bThere is a \w+ in (.+?), but ")


_OVERWRITTEN = re.compile(r"\bis no function any more: .*?(?: in ([^()]+, line \d+)|)\. Give ")


class Task(IntEnum):
    """What there is to do about a case, the first thing first."""

    RUN = 0
    CORRECT = 1
    RENAME = 2
    MOVE = 3
    FIX = 4
    HASTEN = 5
    WRITE = 6
    WAIT = 7


@dataclass(frozen=True, slots=True)
class Step:
    """A case to work on, and what there is to do.

    `about` is which cells have to be run, what keeps the code from running, or where the code is that has to be renamed or
    moved, if that is known.
    """

    outcome: Outcome
    task: Task
    about: str = ""


@dataclass(frozen=True, slots=True)
class _Function:
    """Where a function stands: its place in the unit, its share of the points, and what is known of it."""

    number: int
    share: float
    is_written: bool
    only_calls: bool


def never_ran(report: Report) -> bool:
    """Say whether one thing kept every case from running: the file cannot be read, or fails before a function is called."""
    asked = [outcome for outcome in report.outcomes if outcome.verdict is not Verdict.SKIPPED]
    if len(report.outcomes) < 2 or len({outcome.verdict for outcome in asked}) != 1:
        return False
    texts = {outcome.for_student for outcome in asked} - {""}
    if len(texts) != 1 or asked[0].verdict in (Verdict.PASSED, Verdict.UNFINISHED, Verdict.SLOW, Verdict.STOPPED):
        return False
    # What is said of several functions in the same words is about none of them.
    about = {outcome.case.function for outcome in asked if outcome.for_student}
    return len(about) > 1 or texts <= set(report.problems)


def steps(report: Report) -> list[Step]:
    """Return the cases to work on, in order; one that waits for another needs no work of its own."""
    functions = _functions(report)
    found = [
        _step(outcome, functions[outcome.case.function], report.problems)
        for outcome in report.outcomes
        if outcome.verdict not in _ASKS_NOTHING
    ]
    return sorted(found, key=lambda step: _urgency(step, functions))


def _urgency(step: Step, functions: Mapping[str, _Function]) -> tuple[float, ...]:
    function = functions[step.outcome.case.function]
    return (step.task, -function.share if step.task is Task.FIX else 0.0, function.number)


def _functions(report: Report) -> dict[str, _Function]:
    calling = {finding.function for finding in report.findings if finding.kind is FindingKind.CALLS}
    found: dict[str, _Function] = {}
    for name in dict.fromkeys(outcome.case.function for outcome in report.outcomes):
        part = part_of(report, name)
        is_written = any(outcome.verdict not in _NOT_WRITTEN for outcome in part.outcomes)
        earned = sum(outcome.earned for outcome in part.outcomes)
        found[name] = _Function(len(found), earned / part.possible if part.possible else 0.0, is_written, name in calling)
    return found


def _step(outcome: Outcome, function: _Function, problems: tuple[str, ...]) -> Step:
    fact = outcome.for_student
    if problem := next((problem for problem in problems if problem and problem in fact), ""):
        if unrun := _UNRUN.search(problem):
            return Step(outcome, Task.RUN, " ".join(filter(None, [unrun[1] and f"t{unrun[1]}", unrun[2]])))
        return Step(outcome, Task.CORRECT, problem)
    if outcome.verdict is Verdict.UNFINISHED:
        if found := _OVERWRITTEN.search(fact):
            return Step(outcome, Task.RENAME, found[1] or "")
        if found := _ELSEWHERE.search(fact):
            return Step(outcome, Task.MOVE, found[1])
    if outcome.verdict is Verdict.SLOW:
        return Step(outcome, Task.HASTEN)
    if function.only_calls:
        return Step(outcome, Task.WAIT)
    return Step(outcome, Task.FIX if function.is_written else Task.WRITE)
