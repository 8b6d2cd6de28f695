"""The call with which each public case failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from cnngrade.answers.fingerprint import fingerprint
from cnngrade.answers.knowledge import Knowledge
from cnngrade.errors import Verdict
from cnngrade.findings.call_text import call_text
from cnngrade.findings.evidence import Evidence
from cnngrade.findings.history_text import history_text
from cnngrade.model import Outcome
from cnngrade.student.proxy import Call


def with_calls(evidence: Evidence, waiting: Collection[str]) -> list[Outcome]:
    """Return the outcomes with the calls that were wrong, as one would type them: those of public cases that failed.

    waiting: functions of which nothing is told but that they wait for another one
    """
    return [
        outcome if outcome.case.hidden or outcome.case.function in waiting else _with_call(outcome, evidence)
        for outcome in evidence.outcomes
    ]


def _with_call(outcome: Outcome, evidence: Evidence) -> Outcome:
    if outcome.verdict not in (Verdict.WRONG, Verdict.RAISED):
        return outcome
    call = _failed_call([call for call in evidence.student.calls if call.case == outcome.case.id], outcome, evidence.knowledge)
    if call is None:
        return outcome
    if call.history:
        return replace(outcome, call=history_text(call, with_numbers=not outcome.own_inputs))
    return replace(outcome, call=call_text(call, evidence.signature(call.function), with_numbers=not outcome.own_inputs))


def _failed_call(calls: Sequence[Call], outcome: Outcome, knowledge: Knowledge) -> Call | None:
    """Return the call that ended a case: its first wrong one as far as that is known, or else the last that it made."""
    own = [call for call in calls if call.function == outcome.case.function] or calls
    for call in own[:-1]:
        right = knowledge.right_answer(call)
        if right is not None and not fingerprint(call.failure if call.failure is not None else call.value).agrees(right):
            return call
    return own[-1] if own else None
