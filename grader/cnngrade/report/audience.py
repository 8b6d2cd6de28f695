"""What of a report its student may see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnngrade.model import Outcome, Report


def _as_students_see(outcome: Outcome, number: int) -> Outcome:
    if not outcome.case.hidden:
        return replace(outcome, for_staff="")
    # A parametrised test carries its inputs in its name.
    case = replace(outcome.case, id=f"hidden/{number}")
    return replace(outcome, case=case, for_student="", for_staff="")


def as_students_see(report: Report) -> Report:
    """Return `report` without what is for the staff alone.

    A hidden case keeps its title, verdict, points and known mistake, with a number in place of its name. What the code
    printed is left out when there are hidden cases: it may have printed their inputs. Of an absolute path, which tells how the
    staff's machine is laid out, the file's name is left.
    """
    outcomes = tuple(_as_students_see(outcome, number) for number, outcome in enumerate(report.outcomes, start=1))
    hidden = any(outcome.case.hidden for outcome in outcomes)
    path = report.submission.path
    submission = replace(report.submission, path=Path(path.name) if path.is_absolute() else path)
    return replace(report, submission=submission, outcomes=outcomes, output="" if hidden else report.output, layers=())
