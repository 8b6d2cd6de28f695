"""All that can be found out about the functions of a submission that did not pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnngrade.errors import Verdict
from cnngrade.findings.cascade import Cascade, cascades, may_explain
from cnngrade.findings.evidence import Evidence
from cnngrade.findings.inputs import rule_of, tally_of
from cnngrade.model import Finding, FindingKind


def what_waits(evidence: Evidence) -> dict[str, Cascade]:
    """Return the functions that fail because they call another one that fails: no mistake of their own is looked for."""
    unfinished = evidence.failing(Verdict.UNFINISHED)
    failing = (*evidence.failing(), *unfinished)
    if len(set(failing)) < 2:
        return {}
    uses = {name: function.uses for name, function in evidence.functions.items()}
    found = cascades(uses, failing, evidence.unit.functions)
    return {
        outer: cascade
        for outer, cascade in found.items()
        if cascade.inner in unfinished or may_explain(evidence.seen(cascade.inner), evidence.seen(outer))
    }


def find(evidence: Evidence, waiting: Mapping[str, Cascade]) -> tuple[Finding, ...]:
    """Return what was found out, function by function, in the order in which it is told.

    waiting: the functions that wait for another one (see `what_waits`), of which nothing else is said
    """
    unfinished = evidence.failing(Verdict.UNFINISHED)
    found: list[Finding] = []
    for function in evidence.unit.functions:
        if cascade := waiting.get(function):
            found.append(Finding(function, FindingKind.CALLS, cascade.text(cascade.inner in unfinished)))
        elif function in evidence.failing() and not _is_named(evidence, function):
            found += _about_inputs(evidence, function)
    return tuple(found)


def _is_named(evidence: Evidence, function: str) -> bool:
    """Say whether each failed case of a function has a known mistake."""
    failed = [outcome for outcome in evidence.outcomes if outcome.case.function == function and not outcome.case.hidden]
    return all(outcome.cause for outcome in failed if outcome.verdict in (Verdict.WRONG, Verdict.RAISED))


def _about_inputs(evidence: Evidence, function: str) -> Iterator[Finding]:
    seen = evidence.seen(function)
    text = rule_of(seen, evidence.signature(function))
    if not text and any(outcome.case.function == function for outcome in evidence.aside):
        text = tally_of(seen)
    if text:
        yield Finding(function, FindingKind.INPUTS, text)
