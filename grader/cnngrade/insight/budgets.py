"""Time budgets in the whole class: where everybody is against the limit, who is beyond it, and whose loops cost points."""

from __future__ import annotations

from collections.abc import Sequence

from cnngrade.insight.class_report import BudgetFigures, LoopFigures, people
from cnngrade.model import Case, Cost, Report
from cnngrade.scoring import deciding_limit, loops_cost_points


def budget_figures(reports: Sequence[Report]) -> tuple[BudgetFigures, ...]:
    """Return the figures of every case with a time budget that was measured for anybody."""
    measured: dict[str, list[tuple[str, Case, Cost]]] = {}
    for report in reports:
        for outcome in report.outcomes:
            if outcome.cost is not None:
                measured.setdefault(outcome.case.id, []).append((report.submission.student, outcome.case, outcome.cost))
    return tuple(_of_case(found) for found in measured.values())


def _of_case(found: Sequence[tuple[str, Case, Cost]]) -> BudgetFigures:
    _, case, last = found[-1]
    loops: dict[tuple[str, ...], list[str]] = {}
    for student, _, cost in found:
        if loops_cost_points(cost):
            loops.setdefault(cost.looped, []).append(student)
    ranked = [LoopFigures(axes, people(students)) for axes, students in loops.items()]
    return BudgetFigures(
        case=case.id,
        title=case.title,
        function=case.function,
        limit=last.limit,
        ratios=tuple(sorted(cost.ratio for _, _, cost in found)),
        beyond=people(student for student, _, cost in found if cost.ratio > deciding_limit(cost.limit)),
        loops=tuple(sorted(ranked, key=lambda each: (-each.people.count, each.axes))),
        quick_loops=people(student for student, _, cost in found if cost.looped and not loops_cost_points(cost)),
    )
