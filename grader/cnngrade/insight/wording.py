"""The words about a class that its text and its page share."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from cnngrade.budget.ratio import ratio_text
from cnngrade.course.dates import shown_time
from cnngrade.insight.class_report import (
    BudgetFigures,
    CaseFigures,
    ClassReport,
    ExceptionFigures,
    GroupFigures,
    People,
    ScoreBin,
    ScoreSource,
    TimeFigures,
)
from cnngrade.report.words import points_in_words, points_text
from cnngrade.scoring import deciding_limit

SOURCES = {
    ScoreSource.GRADEBOOK: "as in the gradebook: after late penalties, with the points that persons gave so far",
    ScoreSource.REPORTS: "of the tests alone: before late penalties, without points for prose",
}
"""What the scores are."""


_AGAINST = -0.2
"""A discrimination above it is nothing to point out, however large the class."""


def joined(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def student_count(count: int) -> str:
    """Return a number of students with their word."""
    return f"{count} student{'' if count == 1 else 's'}"


def group_text(group: GroupFigures) -> str:
    """Return how many are in a group."""
    return f"{student_count(group.people.count)} alike" if group.people.count > 1 else "1 student, like nobody else"


def percent(part: int, whole: int) -> str:
    """Return a part of a whole as a percentage; what is not all and not nothing never looks so."""
    if not whole:
        return "-"
    share = 100 * part / whole
    return f"{min(max(round(share), 1), 99) if 0 < part < whole else round(share)} %"


def said(exception: ExceptionFigures) -> str:
    """Return an exception with what it says, or how else calls ended."""
    return ": ".join(filter(None, [exception.kind, exception.text]))


def about(function: str) -> str:
    """Return what something is about: a function, or files that do not run at all."""
    return function or "the whole file"


def nothing_to_talk_about(report: ClassReport) -> str:
    """Return why there is nothing to talk about."""
    if all(function.right == report.graded for function in report.functions):
        return "Nothing went wrong: everybody passed every case."
    return "Nothing that went wrong concerns two students or more."


def whole_text(report: ClassReport) -> str:
    """Return what a class is that is counted: the roster, or more than that where others are graded, too."""
    return "the roster" if report.has_roster and not report.attendance.strangers.count else "the class"


def graded_text(report: ClassReport) -> str:
    """Return how many of the class are graded."""
    return f"{report.graded} of {report.class_size} in {whole_text(report)} graded"


def middle_text(report: ClassReport) -> str:
    """Return the middle of the scores and their quartiles, "" where there are none."""
    scores = report.scores
    if scores.mean is None or scores.median is None or scores.lower is None or scores.upper is None:
        return ""
    middle = f"mean {points_text(scores.mean)}, median {points_text(scores.median)}"
    quartiles = f"the middle half from {points_text(scores.lower)} to {points_text(scores.upper)}"
    return f"{middle}, {quartiles} of {points_in_words(scores.possible)}"


def bin_text(entry: ScoreBin, is_last: bool) -> str:
    """Return what points a bin is about."""
    low, high = points_text(entry.low), points_text(entry.high)
    return f"{low} to {high}" if is_last else f"{low} to under {high}"


def discrimination_text(case: CaseFigures) -> str:
    """Return a case's discrimination, "-" where there is none."""
    return "-" if case.discrimination is None else f"{case.discrimination:.2f}"


def odd_case(case: CaseFigures) -> str:
    """Return what is odd about a case that goes against all others by more than chance, "" for any other."""
    ran = case.judged - case.not_tried
    if case.discrimination is None or case.discrimination > min(_AGAINST, -2 / math.sqrt(ran)):
        return ""
    return "Those who do better elsewhere fail it more often: look at this case."


def budget_text(budget: BudgetFigures) -> str:
    """Return how a class stands to a time budget."""
    measured = len(budget.ratios)
    middle = statistics.median(budget.ratios)
    within = measured - budget.beyond.count
    quick = budget.quick_loops.count
    loops = f"; {quick} {'loops' if quick == 1 else 'loop'} over an axis in Python, quick enough" if quick else ""
    # Loops may cost points below this limit.
    whose = "without loops, " if budget.loops else ""
    return (
        f"{within} of {measured} measured are within {ratio_text(budget.limit)} the reference's time "
        f"({whose}up to {ratio_text(deciding_limit(budget.limit))} costs nothing); the median needs {ratio_text(middle)}{loops}"
    )


def attention(report: ClassReport) -> Iterator[tuple[str, str, People]]:
    """Yield (what, what to do about it, who) of all who need somebody's attention, if anybody does."""
    who, unit = report.attendance, report.unit
    due = f", due {shown_time(report.due)}" if report.due else ""
    found = (
        ("handed in nothing", "", who.missing),
        ("handed in, without a report", f"cnngrade grade {unit}", who.unjudged),
        ("with a report that cannot be read", f"cnngrade grade {unit}", who.damaged),
        (
            "graded on other work or other tests than there are now",
            f"cnngrade grade {unit}",
            who.outdated,
        ),
        ("waiting for a person's points", "formgrader", who.waiting or People(0)),
        (f"late{due}", "", report.times.late),
        ("graded, and not in the roster", "cnngrade roster show", who.strangers),
    )
    return (entry for entry in found if entry[2].count)


def seconds_text(seconds: float) -> str:
    """Return a time as a person says it."""
    if seconds >= 5400:
        return f"{seconds / 3600:.1f} h"
    if seconds >= 100:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def judging_text(times: TimeFigures) -> str:
    """Return how long the judging took."""
    return (
        f"judging took {seconds_text(times.median_seconds)} for the median submission, "
        f"{seconds_text(times.longest_seconds)} for the longest and {seconds_text(times.all_seconds)} in all"
    )


def due_text(times: TimeFigures) -> str:
    """Return when the median came in, "" where nobody knows."""
    if times.median_hours is None:
        return ""
    hours = abs(times.median_hours)
    span = f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
    return f"the median came in {span} {'before it was due' if times.median_hours >= 0 else 'late'}"


def sentence(text: str) -> str:
    """Return a text as a sentence: with a capital letter, and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def hardest(cases: Sequence[CaseFigures]) -> list[CaseFigures]:
    """Return the cases by how few pass, the hardest first."""
    return sorted(cases, key=lambda each: each.passed / each.judged if each.judged else 1.0)
