"""Each case and each function in the whole class: who passed, and whether passing goes with doing well."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnngrade.errors import Verdict
from cnngrade.insight.class_report import CaseFigures, FunctionFigures, people
from cnngrade.model import Case, Outcome, Report
from cnngrade.scoring import part_of

FEWEST_STUDENTS = 20
"""With fewer a correlation says more about chance than about the case."""


FEWEST_ALIKE = 3
"""So many have to pass a case, and so many have to fail it."""


# Ours, or nobody's: they say nothing about the student's work.
_SAYS_NOTHING = (Verdict.FAULT, Verdict.STOPPED)


_NOT_WRITTEN = (Verdict.UNFINISHED, Verdict.SKIPPED)


def _cases(reports: Iterable[Report]) -> dict[str, Case]:
    """Return every case by its id, in the order of the longest report, then what others have besides."""
    found: dict[str, Case] = {}
    for report in sorted(reports, key=lambda report: -len(report.outcomes)):
        for outcome in report.outcomes:
            found.setdefault(outcome.case.id, outcome.case)
    return found


def discrimination(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """Return the correlation of passing a case with the points of all other cases, a student an entry in each.

    This is the corrected point-biserial correlation (Henrysson, 1963): the case's own points are not among the rest, with which
    they would go in any case. None where it would say nothing: the class is too small, nearly all pass or fail, or all have the
    same rest.
    """
    alike = min(sum(passed), len(passed) - sum(passed))
    if len(passed) < FEWEST_STUDENTS or alike < FEWEST_ALIKE or max(rest) - min(rest) < 1e-9:
        return None
    return round(statistics.correlation([float(entry) for entry in passed], rest), 2) + 0.0


def case_figures(reports: Sequence[Report]) -> tuple[CaseFigures, ...]:
    """Return the figures of every case that the reports have, in the order of the tests."""
    ended = [{outcome.case.id: outcome for outcome in report.outcomes} for report in reports]
    totals = [sum(outcome.earned for outcome in report.outcomes) for report in reports]
    return tuple(_of_case(case, ended, totals) for case in _cases(reports).values())


def _of_case(case: Case, ended: Sequence[Mapping[str, Outcome]], totals: Sequence[float]) -> CaseFigures:
    found = [(outcomes[case.id], total) for outcomes, total in zip(ended, totals, strict=True) if case.id in outcomes]
    told = [(outcome, total) for outcome, total in found if outcome.verdict not in _SAYS_NOTHING]
    # What waited for another case, or was not written, would only tell that again.
    ran = [(outcome, total) for outcome, total in told if outcome.verdict not in _NOT_WRITTEN]
    passed = [outcome.verdict is Verdict.PASSED for outcome, _ in ran]
    correlation = discrimination(passed, [total - outcome.earned for outcome, total in ran])
    counts = Counter(outcome.verdict for outcome, _ in told)
    ordered = {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}
    return CaseFigures(case.id, case.title, case.function, case.hidden, case.points, ordered, correlation)


def function_figures(reports: Sequence[Report]) -> tuple[FunctionFigures, ...]:
    """Return how far the class is with every function that the reports are about."""
    functions = dict.fromkeys(case.function for case in _cases(reports).values())
    return tuple(_of_function(function, reports) for function in functions)


def _of_function(function: str, reports: Sequence[Report]) -> FunctionFigures:
    parts = list(_judged_parts(function, reports))
    right = sum(all(outcome.verdict is Verdict.PASSED for outcome in part.outcomes) for part in parts)
    unwritten = people(part.submission.student for part in parts if is_unwritten(part))
    mean = statistics.fmean(sum(outcome.earned for outcome in part.outcomes) for part in parts) if parts else 0.0
    possible = max((part.possible for part in parts), default=0.0)
    return FunctionFigures(function, possible, mean, right, len(parts) - unwritten.count, unwritten)


def _judged_parts(function: str, reports: Iterable[Report]) -> Iterator[Report]:
    for report in reports:
        part = part_of(report, function)
        if part.outcomes and not any(outcome.verdict in _SAYS_NOTHING for outcome in part.outcomes):
            yield part


def is_unwritten(part: Report) -> bool:
    """Say whether, of all cases of a function, none found anything to run."""
    return all(outcome.verdict in _NOT_WRITTEN for outcome in part.outcomes)
