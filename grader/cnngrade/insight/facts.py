"""What was gathered about a class before it is summed up, and the summing up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cnngrade.alike import folded
from cnngrade.insight.budgets import budget_figures
from cnngrade.insight.cases import case_figures, function_figures
from cnngrade.insight.causes import input_figures, mistake_figures, nameless_figures
from cnngrade.insight.class_report import Attendance, ClassReport, GroupFigures, ScoreFigures, ScoreSource, people
from cnngrade.insight.exceptions import exception_figures
from cnngrade.insight.scores import score_figures
from cnngrade.insight.times import time_figures
from cnngrade.insight.topics import topics
from cnngrade.insight.unnamed import UnnamedGroup
from cnngrade.model import Report, Unit


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What is known of a class in one unit.

    `reports` are those that can be read, one a student. `members` is the class: the roster (then `has_roster`), or whom the
    gradebook knows; others may have handed in, too. `scores` are the gradebook's, in points of `possible`; None without it. Of
    `waiting` something waits for a person, None where nobody can know. `hours_before` says how long before its due date
    somebody's work came, negative where it was late; who has no time is `untimed`.
    """

    unit: Unit
    reports: tuple[Report, ...]
    members: tuple[str, ...]
    has_roster: bool
    handed_in: tuple[str, ...]
    scores: Mapping[str, float] | None = None
    possible: float = 0.0
    waiting: tuple[str, ...] | None = None
    hours_before: Mapping[str, float] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    untimed: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    groups: tuple[UnnamedGroup, ...] = ()
    notes: tuple[str, ...] = ()


def class_report_of(facts: ClassFacts) -> ClassReport:
    """Sum up what is known of a class."""
    reports = sorted(facts.reports, key=lambda report: report.submission.student)
    mistakes, exceptions, budgets = mistake_figures(reports), exception_figures(reports), budget_figures(reports)
    functions, groups = function_figures(reports), tuple(map(_group, facts.groups))
    inputs = input_figures(reports)
    return ClassReport(
        unit=facts.unit.name,
        title=facts.unit.title,
        due=facts.unit.due,
        class_size=len({folded(name) for name in (*facts.members, *facts.handed_in)}),
        has_roster=facts.has_roster,
        handed_in=len(facts.handed_in),
        graded=len(reports),
        scores=_scores(facts, reports),
        topics=topics(len(reports), mistakes, groups, inputs, exceptions, budgets, functions),
        functions=functions,
        cases=case_figures(reports),
        mistakes=mistakes,
        groups=groups,
        nameless=nameless_figures(reports),
        inputs=inputs,
        exceptions=exceptions,
        budgets=budgets,
        attendance=_attendance(facts),
        times=time_figures(reports, facts.hours_before, facts.late, len(facts.untimed)),
        notes=facts.notes,
    )


def _scores(facts: ClassFacts, reports: Sequence[Report]) -> ScoreFigures:
    """Return the figures of the scores in the gradebook, or of those in the reports where it has none."""
    if facts.scores is not None:
        return score_figures(list(facts.scores.values()), facts.possible, ScoreSource.GRADEBOOK)
    earned = [report.earned for report in reports if report.earned is not None]
    possible = max((report.possible for report in reports), default=0.0)
    return score_figures(earned, possible, ScoreSource.REPORTS)


def _attendance(facts: ClassFacts) -> Attendance:
    judged = {report.submission.student for report in facts.reports}
    there = {*facts.handed_in, *judged}
    return Attendance(
        missing=people(_others(facts.members, there)),
        unjudged=people(there - judged - set(facts.damaged)),
        waiting=None if facts.waiting is None else people(facts.waiting),
        outdated=people(facts.outdated),
        damaged=people(facts.damaged),
        strangers=people(_others(judged, facts.members) if facts.has_roster else ()),
    )


def _others(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names that are not known; a folder that somebody made by hand may have another case than the roster."""
    alike = {folded(name) for name in known}
    return [name for name in names if folded(name) not in alike]


def _group(group: UnnamedGroup) -> GroupFigures:
    example = group.example
    return GroupFigures(
        function=group.function,
        name=group.name,
        people=people(group.students),
        source=example.source,
        call=example.call,
        answered=example.answered,
        expected=example.expected,
        command=f"cnngrade new mistake {group.unit} {group.name}" if group.can_be_named else "",
    )
