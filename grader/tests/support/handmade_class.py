"""A class made by hand, for the tests of what is said about classes: reports in a classroom's store, and nothing judged."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cnngrade.classroom import report_store
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.course import paths
from cnngrade.errors import Verdict
from cnngrade.insight.facts import ClassFacts
from cnngrade.insight.unnamed import Example, UnnamedGroup
from cnngrade.model import Cost, Course, Finding, FindingKind, Outcome, Report, Submission, Unit
from cnngrade.sandbox.backends import AUTO
from cnngrade.scoring import report_of, verdict_for_cost
from support.handmade_reports import HOSTILE, LONG, outcome

UNIT = Unit("scaling", "Numbers, twice and three times", 6.0, 1.0, ("double", "triple"))


def report(student: str, *outcomes: Outcome, unit: str = UNIT.name, **facts: object) -> Report:
    """Return a report on a student's work; without outcomes everything is right."""
    cases = outcomes or (outcome("a row", function="double"), outcome("a row", points=2, function="triple"))
    submission = Submission(student, unit, Path(f"/srv/{student}/scaling.py"), "ab" * 32)
    return replace(report_of(submission, UNIT.title, cases), **facts)  # type: ignore[arg-type]


def wrong(student: str, cause: str | None = None, times: int = 1) -> Report:
    """Return a report with so many wrong cases of `double`, all of one known mistake or without a name."""
    cases = [outcome(f"row {number}", Verdict.WRONG, function="double", cause=cause) for number in range(times)]
    return report(student, *cases, outcome("a row", points=2, function="triple"))


def raised(student: str, text: str, verdict: Verdict = Verdict.RAISED, cause: str | None = None) -> Report:
    """Return a report in which `double` ended with this text instead of an answer."""
    return report(
        student, outcome("a row", verdict, function="double", text=text, cause=cause), outcome("b", function="triple")
    )


def timed(student: str, ratio: float, *looped: str, loops_cost_beyond: float | None = None) -> Report:
    """Return a report with one measured case."""
    cost = Cost(ratio, 50.0, looped=looped, loops_cost_beyond=loops_cost_beyond)
    return report(student, outcome("quick", verdict_for_cost(cost), function="double", cost=cost))


def group(*students: str, source: str = "def double(x):\n    return x") -> UnnamedGroup:
    """Return a group of wrong answers without a name."""
    return UnnamedGroup(
        UNIT.name, "double", "double_1f3a", students, Example(students[0], source, "double([1.0])", "1.0", "2.0")
    )


def facts(*reports: Report, **more: object) -> ClassFacts:
    """Return what is known of a class with these reports and nothing else."""
    there = tuple(each.submission.student for each in reports)
    known: dict[str, object] = {"members": there, "has_roster": True, "handed_in": there} | more
    return ClassFacts(UNIT, reports, **known)  # type: ignore[arg-type]


KINDS = 24
"""So many kinds of mistakes does the large class make."""


def large_class(students: int = 300) -> Iterator[Report]:
    """Yield the reports of a large class with `KINDS` mistakes, exceptions, loops and slow code, and hostile texts in them."""
    chance = random.Random(23)
    for number in range(students):
        kind = min(int(chance.paretovariate(0.6)), KINDS + 12)
        name = f"s{number:03}"
        if kind > KINDS:
            yield report(name, *_passed(chance))
        elif kind % 9 == 7:
            text = f"double raised ValueError: {HOSTILE}\nline 3, in double:  return <b>{number % 3}</b> + x"
            yield raised(name, text)
        else:
            cause = f"Mistake {kind}: `x[{kind}]` is left out, as with <i>= in place of +=. {HOSTILE if kind == 3 else ''}"
            wrong_ones = [outcome(f"row {n}", Verdict.WRONG, function="double", cause=cause) for n in range(kind % 4 + 1)]
            rule = Finding(
                "double", FindingKind.INPUTS, "Right in all 9 calls where `n` is 1; wrong in all 3 where it is more."
            )
            yield replace(report(name, *wrong_ones, *_passed(chance)), findings=(rule,) if kind % 2 else ())


def _passed(chance: random.Random) -> list[Outcome]:
    ratio = math.inf if chance.random() < 0.01 else chance.lognormvariate(2.2, 1.2)
    cost = Cost(ratio, 50.0, looped=("H", "W") if chance.random() < 0.2 else (), loops_cost_beyond=20.0)
    verdict = verdict_for_cost(cost)
    right = [outcome(f"shape {number}", points=0.5, function="triple") for number in range(chance.randrange(3, 9))]
    late = [outcome(f"shape {number}", Verdict.SKIPPED, 0.5, function="triple") for number in range(len(right), 9)]
    return [*right, *late, outcome("a batch", verdict, 2, 1.0, function="triple", cost=cost, hidden=True)]


def large_facts() -> ClassFacts:
    """Return the large class with everything that can be known of one, names in many scripts and groups among it."""
    reports = tuple(large_class())
    names = [each.submission.student for each in reports]
    strange = ("zo\u00eb", "\u5f20\u4f1f", "O'Brien", "\u05d0\u05d1\u05d2", "<b>bold</b>", "x\x1b[2J", "=1+1", "e\u202eve")
    hours = {name: 40.0 - index / 5 for index, name in enumerate(names)}
    return facts(
        *reports,
        members=(*names, *strange),
        scores={name: float(index % 7) for index, name in enumerate(names)},
        possible=6.0,
        waiting=tuple(names[:17]),
        hours_before=hours,
        late=tuple(name for name, each in hours.items() if each < 0),
        outdated=tuple(names[3:7]),
        damaged=("broken",),
        groups=(group(*names[40:60], source=f"def double(x):\n    return {HOSTILE!r}\n{LONG}"), group(*names[60:64])),
        notes=("The roster is left out: <script>alert(1)</script> \x1b[2J",),
    )


def store(course: Course, *reports: Report) -> None:
    """Hand in something for each of these students, on time, and keep the reports as a grading would."""
    unit = course.units[0]
    judging = report_store.judging_digest(course, unit)
    for each in reports:
        student = each.submission.student
        folder = paths.submission(course, unit.name, student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{unit.name}.py").write_text(f"# {student}\n", encoding="utf-8")
        if unit.due is not None:
            moment = unit.due - timedelta(hours=2)
            (folder / paths.TIMESTAMP).write_text(f"{moment:%Y-%m-%d %H:%M:%S} UTC\n")
        key = report_store.report_key(course, unit, HandedIn(student, folder), judging, AUTO)
        report_store.save(course, unit, key, each)
