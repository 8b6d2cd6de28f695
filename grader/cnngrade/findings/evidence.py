"""What there is to find things out from about one submission, and the plain views of it that several findings need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cnngrade.answers.knowledge import Knowledge
from cnngrade.errors import Verdict
from cnngrade.findings.seen_calls import SeenCall, seen_calls
from cnngrade.findings.signature import Signature
from cnngrade.findings.written import WrittenFunction, functions_in_cells, functions_in_module
from cnngrade.model import Outcome, Unit
from cnngrade.student.proxy import Student
from cnngrade.worker.cells import Cell

# A case that ended otherwise shows nothing of what the function computes.
_FAILED = (Verdict.WRONG, Verdict.RAISED)


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
    _functions: dict[str, WrittenFunction] = field(default_factory=dict, repr=False)
    _seen: dict[str, tuple[SeenCall, ...]] = field(default_factory=dict, repr=False)

    @property
    def public(self) -> tuple[Outcome, ...]:
        """The outcomes of public cases, those that were run aside in place of the ones that wait."""
        aside = {outcome.case.id: outcome for outcome in self.aside}
        return tuple(aside.get(outcome.case.id, outcome) for outcome in self.outcomes if not outcome.case.hidden)

    @property
    def functions(self) -> Mapping[str, WrittenFunction]:
        """The functions of the submission, those of its own modules included."""
        if not self._functions:
            self._functions.update(_written(self.student))
        return self._functions

    def signature(self, function: str) -> Signature:
        """Return the signature of a function of the submission; one without parameters if its code shows none."""
        return self.functions[function].signature if function in self.functions else Signature()

    @property
    def failed_cases(self) -> frozenset[str]:
        """The public cases in which an answer was wrong or an exception was raised."""
        return frozenset(outcome.case.id for outcome in self.public if outcome.verdict in _FAILED)

    def failing(self, *verdicts: Verdict) -> tuple[str, ...]:
        """Return the unit's functions of which a public case ended in one of the verdicts (else: wrong or raised), in order."""
        chosen = verdicts or _FAILED
        found = {outcome.case.function for outcome in self.public if outcome.verdict in chosen}
        return tuple(function for function in self.unit.functions if function in found)

    def seen(self, function: str) -> tuple[SeenCall, ...]:
        """Return the public calls of a function, as far as it is known whether they went right."""
        if function not in self._seen:
            calls = (call for call in self.student.calls if call.function == function)
            self._seen[function] = seen_calls(calls, self.failed_cases, self.knowledge, self.signature(function))
        return self._seen[function]


def _written(student: Student) -> dict[str, WrittenFunction]:
    if student.work is None:
        return {} if student.module is None else functions_in_module(student.module)
    modules = [Cell(own.source, own.filename) for own in student.work.modules]
    return functions_in_cells([*modules, *student.work.cells])
