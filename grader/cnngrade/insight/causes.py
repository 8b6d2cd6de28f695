"""Which known mistakes a class made, how many made each, and whose wrong answers have no name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cnngrade.errors import Verdict
from cnngrade.insight.class_report import InputFigures, MistakeFigures, NamelessFigures, people
from cnngrade.model import FindingKind, Report
from cnngrade.scoring import rounded

# How many calls there are follows from the tests that ran, not from the mistake.
_ALL = re.compile(r"\ball \d+(?= )")


# What says how many calls are right, and not which.
_TALLY = re.compile(r"Right in \d+ of \d+ calls\.")


def mistake_figures(reports: Sequence[Report]) -> tuple[MistakeFigures, ...]:
    """Return the known mistakes, the one that most students made first; whoever made one counts once, however often it shows.

    A mistake goes by its sentence, and is told with the function in whose cases it shows most.
    """
    lost: dict[str, dict[str, float]] = {}
    functions: dict[str, Counter[str]] = {}
    for report in reports:
        for outcome in report.outcomes:
            if outcome.cause:
                by_student = lost.setdefault(outcome.cause, {})
                student = report.submission.student
                by_student[student] = by_student.get(student, 0.0) + max(outcome.case.points - outcome.earned, 0.0)
                functions.setdefault(outcome.cause, Counter())[outcome.case.function] += 1
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
