"""The line of the student's code that a case which did not pass is about, for those who show a report beside the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cnngrade.errors import Verdict
from cnngrade.model import Finding, FindingKind, Outcome, SourceLine
from cnngrade.submission.read import Work
from cnngrade.worker.cells import lines_that_bind

# What a fault or a wait is about is not in the student's code.
_NOT_ABOUT_CODE = (Verdict.PASSED, Verdict.FAULT, Verdict.SKIPPED, Verdict.STOPPED)


def with_places(outcomes: Iterable[Outcome], findings: Sequence[Finding], work: Work | None) -> list[Outcome]:
    """Return the outcomes with the line to look at first: where it raised, what was found out, or where the function begins.

    The same for hidden cases as for public ones: who reads a report decides what of it is shown. Without `work` a line is told
    only where the failure or a finding has one.
    """
    found = {
        finding.function: finding.places[0] for finding in findings if finding.kind is FindingKind.PLACE and finding.places
    }
    begins: dict[str, SourceLine | None] = {}
    placed = []
    for outcome in outcomes:
        if outcome.place is None and outcome.verdict not in _NOT_ABOUT_CODE:
            function = outcome.case.function
            if function not in begins:
                begins[function] = _beginning(function, work) if work else None
            told = _told_line(outcome.for_student, work) if work else None
            outcome = replace(outcome, place=told or found.get(function) or begins[function])
        placed.append(outcome)
    return placed


def _beginning(function: str, work: Work) -> SourceLine | None:
    """Return the last line that binds a function's name, None where there is none."""
    lines = [SourceLine(cell.filename, line) for cell in work.cells for line in lines_that_bind(function, cell)]
    return lines[-1] if lines else None


def _told_line(text: str, work: Work) -> SourceLine | None:
    """Return the first line of the work that a text names, as the failure of a cell does: "NAME.py, line 3"."""
    sizes: dict[str, int] = {}
    for cell in work.cells:
        sizes[cell.filename] = max(sizes.get(cell.filename, 0), cell.first_line + cell.source.count("\n"))
    if not sizes:
        return None
    names = "|".join(map(re.escape, sizes))
    for name, number in re.findall(rf"(?<![\w.-])({names}), line (\d{{1,7}})\b", text):
        if 1 <= int(number) <= sizes[name]:
            return SourceLine(name, int(number))
    return None
