"""What of a report its student may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cnngrade.model import Outcome, Report


def _as_students_see(outcome: Outcome, number: int, named: Mapping[str, set[str]]) -> Outcome:
    if not outcome.case.hidden:
        return replace(outcome, for_staff="")
    # A parametrised test carries its inputs in its name.
    case = replace(outcome.case, id=f"hidden/{number}")
    # Code that has seen hidden inputs could tell them by the mistakes that it imitates, and by how long it takes.
    cause = outcome.cause if named.get(outcome.case.function) == {outcome.cause} else None
    return replace(outcome, case=case, for_student="", for_staff="", cause=cause, cost=None, call="", seconds=0.0, place=None)


def as_students_see(report: Report) -> Report:
    """Return `report` without what is for the staff alone.

    A hidden case keeps its title, verdict and points, with a number in place of its name, and its known mistake if that is the
    one mistake which the public cases of its function show. What the code printed and how long it took is left out when there
    are hidden cases: both may tell of their inputs. Of an absolute path, which tells how the staff's machine is laid out, the
    file's name is left.
    """
    named: dict[str, set[str]] = {}
    for outcome in report.outcomes:
        if outcome.cause and not outcome.case.hidden:
            named.setdefault(outcome.case.function, set()).add(outcome.cause)
    outcomes = tuple(_as_students_see(outcome, number, named) for number, outcome in enumerate(report.outcomes, start=1))
    path = report.submission.path
    submission = replace(report.submission, path=Path(path.name) if path.is_absolute() else path)
    shown = replace(report, submission=submission, outcomes=outcomes, layers=(), staff_notes=())
    return replace(shown, output="", seconds=0.0) if any(outcome.case.hidden for outcome in outcomes) else shown
