"""All that can be found out about the functions of a submission that did not pass."""

from __future__ import annotations

from dataclasses import dataclass

from cnngrade.answers.knowledge import Knowledge
from cnngrade.model import Finding, Outcome, Unit
from cnngrade.student.proxy import Student


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is there to find things out from, while the submission's worker is still at hand.

    `outcomes` are those of all cases, with the names of known mistakes; `aside` are those of public cases that wait for a gate
    and were run all the same. `student.calls` holds every call of both. What is told comes of public cases alone.
    """

    unit: Unit
    student: Student
    knowledge: Knowledge
    outcomes: tuple[Outcome, ...]
    aside: tuple[Outcome, ...]


def find(evidence: Evidence) -> tuple[Finding, ...]:  # noqa: ARG001
    """Return what was found out, function by function, in the order in which it is told."""
    return ()
