"""Which known mistakes a class made, how many made each, and whose wrong answers have no name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cnngrade.errors import Verdict
from cnngrade.insight.class_report import InputFigures, MistakeFigures, NamelessFigures, people
from cnngrade.model import FindingKind, Outcome, Report
from cnngrade.scoring import rounded

# How many calls there are follows from the tests that ran, not from the mistake.
_ALL = re.compile(r"\ball \d+(?= )")


# What says how many calls are right, and not which.
_TALLY = re.compile(r"Right in \d+ of \d+ calls\.")


def mistake_figures(reports: Sequence[Report]) -> tuple[MistakeFigures, ...]:
    """Return the known mistakes, the one that most students made first; whoever made one counts once, however often it shows.

    A mistake goes by its sentence, and is told with the function in whose cases it shows most. What it costs are the points of
    its cases, and of those that wait for one of them.
    """
    lost: dict[str, dict[str, float]] = {}
    functions: dict[str, Counter[str]] = {}
    for report in reports:
        student = report.submission.student
        for sentence, outcome in _explained(report):
            by_student = lost.setdefault(sentence, {})
            by_student[student] = by_student.get(student, 0.0) + max(outcome.case.points - outcome.earned, 0.0)
            functions.setdefault(sentence, Counter())[outcome.case.function] += bool(outcome.cause)
    found = [
        MistakeFigures(
            functions[sentence].most_common(1)[0][0],
            sentence,
            people(by_student),
            rounded(sum(by_student.values()) / len(by_student)),
        )
        for sentence, by_student in lost.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.people.count, -each.cost, each.sentence)))


def _explained(report: Report) -> Iterator[tuple[str, Outcome]]:
    """Yield (mistake, outcome) of the cases that a known mistake did not let pass, or closed to the student."""
    last: dict[str, Outcome] = {}
    for outcome in report.outcomes:
        function = outcome.case.function
        if outcome.verdict is not Verdict.SKIPPED:
            last[function] = outcome
        # What waits comes after the case that it waits for: once that has failed no other one of its function runs.
        gate = last.get(function)
        if gate is not None and gate.cause:
            yield gate.cause, outcome


def nameless_figures(reports: Sequence[Report]) -> tuple[NamelessFigures, ...]:
    """Return, by functions, who has wrong answers that no known mistake explains; the function with most of them first."""
    found: dict[str, set[str]] = {}
    for report in reports:
        for outcome in report.outcomes:
            if outcome.verdict is Verdict.WRONG and not outcome.cause:
                found.setdefault(outcome.case.function, set()).add(report.submission.student)
    figures = [NamelessFigures(function, people(students)) for function, students in found.items()]
    return tuple(sorted(figures, key=lambda each: (-each.people.count, each.function)))


def input_figures(reports: Sequence[Report]) -> tuple[InputFigures, ...]:
    """Return with which inputs functions fail, where reports say it, that which is so for most students first."""
    found: dict[tuple[str, str], set[str]] = {}
    for report in reports:
        for finding in report.findings:
            text = finding.text.partition("\n")[0]
            if finding.kind is FindingKind.INPUTS and not _TALLY.fullmatch(text):
                found.setdefault((finding.function, _ALL.sub("all", text)), set()).add(report.submission.student)
    figures = [InputFigures(function, text, people(students)) for (function, text), students in found.items()]
    return tuple(sorted(figures, key=lambda each: (-each.people.count, each.function, each.text)))
