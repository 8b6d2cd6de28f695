"""What a grading comes to: how many have a score, mean and median, who was late, who is missing, and what comes next."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngrade.classroom.handed_in import handed_in
from cnngrade.classroom.roster_file import read_roster
from cnngrade.course import paths
from cnngrade.course.dates import shown_time
from cnngrade.course.lateness import Lateness, late_text
from cnngrade.jobs.grade import GradedClass
from cnngrade.model import Course, Unit
from cnngrade.report.words import points_in_words, points_text
from cnngrade.safe_text import visible_name

_MOST_NAMES = 12


_MOST_LATE = 40


@dataclass(frozen=True, slots=True)
class LateWork:
    """Whose work was late, how late, and the points that it cost."""

    student: str
    late: Lateness
    cost: float


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """What became of those who were graded, and of the class.

    `scores` are those of all who have one, after penalties and with what persons gave so far; `possible` is what can be earned.
    `without_score` are students whom a fault left without one. Of `waiting` the answer in prose, or a cell, waits for a person.
    `untimed` is how many handed in at a time that nobody knows. `missing` are those of the class who handed in nothing; it is
    empty where only some students were graded. Without the gradebook, nothing is known of late work and prose.
    """

    scores: tuple[float, ...]
    possible: float
    without_score: tuple[str, ...]
    in_gradebook: bool
    waiting: int = 0
    late: tuple[LateWork, ...] = ()
    untimed: int = 0
    missing: tuple[str, ...] = ()


def _class(course: Course, entered: Sequence[str]) -> Sequence[str]:
    """Return everybody who takes part: the roster, or else who is in the gradebook."""
    roster = paths.roster(course)
    return [each.id for each in read_roster(roster).participants] if roster.is_file() else entered


def summary_of(course: Course, unit: Unit, graded: GradedClass, in_gradebook: bool = True, only: bool = False) -> ClassSummary:
    """Sum up a grading; `only` says that it was one of some students. Raises UsageError for a roster that cannot be read."""
    by_student = {report.submission.student: report for report in graded.reports}
    failed = {entry.student for entry in graded.missing} | {name for name, each in by_student.items() if each.earned is None}
    if not in_gradebook:
        known = [report for name, report in by_student.items() if name not in failed]
        scores = tuple(report.earned for report in known if report.earned is not None)
        possible = max(report.possible for report in graded.reports)
        return ClassSummary(scores, possible, tuple(sorted(failed)), False, missing=_missing(course, unit, only, ()))
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.class_table import class_table

    table = class_table(course, unit)
    rows = [row for row in table if row.student in by_student and row.student not in failed]
    late = [LateWork(row.student, row.late, row.late_penalty) for row in rows if row.late is not None]
    return ClassSummary(
        scores=tuple(row.score for row in rows if row.score is not None),
        possible=max((row.possible for row in table), default=unit.points),
        without_score=tuple(sorted(failed)),
        in_gradebook=True,
        waiting=sum(row.needs_manual_grade for row in rows),
        late=tuple(late),
        untimed=sum(row.submitted is None for row in rows),
        missing=_missing(course, unit, only, [row.student for row in table]),
    )


def _missing(course: Course, unit: Unit, only: bool, entered: Sequence[str]) -> tuple[str, ...]:
    if only:
        return ()
    there = {work.student for work in handed_in(course, unit)}
    return tuple(student for student in sorted(_class(course, entered)) if student not in there)


def summary_lines(course: Course, unit: Unit, summary: ClassSummary) -> Iterator[str]:
    """Yield what an instructor reads at the end of a grading."""
    scores = summary.scores
    total = len(scores) + len(summary.without_score)
    middle = ""
    if scores:
        mean, median = points_text(statistics.fmean(scores)), points_text(statistics.median(scores))
        middle = f", mean {mean}, median {median} of {points_in_words(summary.possible)}"
    yield f"{unit.name}: {len(scores)} of {total} graded{middle}"
    yield f"  {', '.join(_counts(unit, summary))}"
    if summary.without_score:
        yield f"  without a score: {_names(summary.without_score)}"
    if unit.due is not None and summary.late:
        yield f"  late, due {shown_time(unit.due)}:"
        yield from _late_lines(course, summary.late)
    if summary.missing:
        yield f"  handed in nothing: {_names(summary.missing)}"
    if scores:
        yield f"What went wrong, and why: cnngrade report {unit.name}"
    yield f"Next: {_next(course, unit, summary)}"


def _counts(unit: Unit, summary: ClassSummary) -> Iterator[str]:
    """Yield what is counted, also where it is none: whoever looks for a number finds it in its place."""
    if summary.in_gradebook:
        yield f"{summary.waiting} wait{'s' if summary.waiting == 1 else ''} for a person"
    faults = len(summary.without_score)
    yield f"{faults} fault{'' if faults == 1 else 's'}"
    if summary.in_gradebook and unit.due is not None:
        yield f"{len(summary.late)} late"
        if summary.untimed:
            yield f"{summary.untimed} without a time of submission (not late)"
    if summary.missing:
        yield f"{len(summary.missing)} handed in nothing"


def _late_lines(course: Course, late: Sequence[LateWork]) -> Iterator[str]:
    for work in late[:_MOST_LATE]:
        cost = f"-{points_in_words(work.cost)}" if work.cost else "costs nothing"
        yield f"    {visible_name(work.student)}: {late_text(work.late, course.zone)}: {cost}"
    if len(late) > _MOST_LATE:
        yield f"    and {len(late) - _MOST_LATE} more"


def _names(students: Sequence[str]) -> str:
    more = f" and {len(students) - _MOST_NAMES} more" if len(students) > _MOST_NAMES else ""
    return ", ".join(map(visible_name, students[:_MOST_NAMES])) + more


def _next(course: Course, unit: Unit, summary: ClassSummary) -> str:
    if summary.without_score:
        return f"see above what failed, and run `cnngrade grade {unit.name}` again: what is done is kept"
    if not summary.in_gradebook:
        return f"cnngrade grade {unit.name}, which enters the points into the gradebook"
    if summary.waiting:
        room = visible_name(str(paths.classroom(course)))
        return f"mark what waits in formgrader (jupyter lab in {room}), then cnngrade feedback {unit.name}"
    return f"cnngrade feedback {unit.name}"
