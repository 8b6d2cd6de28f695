"""A report as other people's platforms show it to the student: cases with their points and a text each, and one text above.

Of a hidden case neither the title nor what happened in it is told, only whose case it is and its points.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from cnngrade.errors import Verdict
from cnngrade.model import Report, Unit
from cnngrade.report import words
from cnngrade.report.audience import as_students_see
from cnngrade.safe_text import shortened, visible_line
from cnngrade.scoring import rounded

# Of a whole report platforms take 1 MB; a character may be four bytes, and names and what is above are not counted.
_CHARACTERS = 150_000


_LONGEST = 6_000


_ABOVE = (300, 15_000)


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as a platform shows it: its name and text are visible to a student where it is not `hidden`."""

    name: str
    text: str
    earned: float
    points: float
    passed: bool
    hidden: bool


def shown_cases(report: Report) -> list[ShownCase]:
    """Return the cases of a report in their order, as its student may see them."""
    shown = as_students_see(report)
    found = words.findings_at(shown)
    longest = min(_LONGEST, _CHARACTERS // max(len(shown.outcomes), 1))
    cases, numbers = [], itertools.count(1)
    for outcome in shown.outcomes:
        case = outcome.case
        function = visible_line(case.function)
        name = f"{function}: hidden case {next(numbers)}" if case.hidden else f"{function}: {visible_line(case.title)}"
        told = [] if outcome.verdict is Verdict.PASSED and outcome.cost is None else list(words.facts(outcome))
        text = "\n".join([*told, *found.get(case.id, ())])
        passed = outcome.verdict is Verdict.PASSED
        cases.append(ShownCase(name, shortened(text, 200, longest)[0], outcome.earned, case.points, passed, case.hidden))
    return cases


def text_above(report: Report, unit: Unit) -> str:
    """Return what a platform shows above the cases: notes about the file, public points, what is open, and what comes next.

    It says nothing from which the points of hidden cases could be told.
    """
    shown = as_students_see(report)
    outcomes = tuple(outcome for outcome in shown.outcomes if not outcome.case.hidden)
    possible = rounded(sum(outcome.case.points for outcome in outcomes))
    hidden = rounded(max(shown.possible - possible, 0.0))
    earned = rounded(sum(outcome.earned for outcome in outcomes))
    public = replace(shown, outcomes=outcomes, earned=earned, possible=possible)
    lines = [words.block(problem) for problem in public.problems]
    lines.append(f"Public cases: {words.points_text(earned)} of {words.points_in_words(possible)}.")
    if hidden:
        lines.append(f"Hidden cases are worth {words.points_in_words(hidden)}.")
    if unit.prose_points:
        lines.append(f"A person gives the {words.points_in_words(unit.prose_points)} for the question in prose.")
    lines += [words.inputs_note(public), _next(public, bool(hidden))]
    return shortened("\n\n".join(line for line in lines if line), *_ABOVE)[0]


def _next(public: Report, has_hidden: bool) -> str:
    if not public.outcomes:
        return ""
    if has_hidden and all(outcome.verdict is Verdict.PASSED for outcome in public.outcomes):
        # What the hidden ones did is not to be told.
        return "Every public case passed."
    return f"Next: {words.next_step(public)}"
