"""Why cases did not pass: known mistakes by name, and what all of a function's wrong calls show together.

Verdicts and points stand before any of this begins, and whatever fails here leaves them as they are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from cnngrade.answers.diagnosis import cases_with_repeated_answers, diagnose
from cnngrade.answers.knowledge import Knowledge, NothingKnown
from cnngrade.errors import CnngradeError, Verdict
from cnngrade.findings.cascade import cascades
from cnngrade.findings.evidence import Evidence
from cnngrade.findings.failed_call import with_calls
from cnngrade.findings.find import find, what_waits
from cnngrade.findings.locate import Locator
from cnngrade.judge.case_limits import BYTES
from cnngrade.judge.outcomes import Explained, can_be_named, ended_without_answers, with_cause
from cnngrade.judge.suite import Suite
from cnngrade.model import Finding, Outcome
from cnngrade.own_limits import OverTime, limited
from cnngrade.student.proxy import Student
from cnngrade.submission.choose import stub_digests

_SECONDS = 60.0


def explain(
    suite: Suite, student: Student, knowledge: Callable[[], Knowledge], outcomes: list[Outcome], aside: Sequence[Outcome]
) -> Explained:
    """Return what can be said of the cases that did not pass; `aside` are those that were run although they wait for a gate.

    Raises CourseError where a known mistake cannot be read, and Fault where a recording cannot.
    """
    failed = {outcome.case.id for outcome in (*outcomes, *aside) if can_be_named(outcome)}
    limits = limited(_SECONDS, BYTES) if student.is_elsewhere else contextlib.nullcontext()
    found = Explained(outcomes)
    try:
        with limits:
            known = knowledge() if failed else NothingKnown()
            evidence = Evidence(suite.unit, student, known, tuple(outcomes), tuple(aside))
            waiting = what_waits(evidence)
            named = _named(evidence, failed, waiting)
            evidence = replace(evidence, outcomes=tuple(named))
            if suite.names_alone:
                return Explained(named)
            found = Explained(named, unnamed=_unnamed(evidence, waiting))
            found = replace(found, findings=find(evidence, waiting))
            found = replace(found, findings=(*found.findings, *_located(suite, evidence, waiting)))
    except (OverTime, MemoryError):
        # Known mistakes, too, are computed from what the student's code returned where a test hands that on.
        pass
    except CnngradeError:
        raise
    except Exception as error:
        kind = type(error).__name__
        problem = f"cnngrade failed ({kind}) while it looked for what is wrong. Verdicts and points stand all the same."
        return replace(found, problem=problem, for_staff=f"What is wrong could not be looked for: {kind}: {error}")
    return found


def _named(evidence: Evidence, failed: Collection[str], waiting: Collection[str]) -> list[Outcome]:
    """Return the outcomes with their calls and the names of their mistakes, those of functions that wait without."""
    causes = diagnose(evidence.student.calls, evidence.knowledge, failed, excused=waiting)
    has_causes = any(outcome.cause for outcome in evidence.outcomes)
    repeated = cases_with_repeated_answers(evidence.student.calls) if has_causes else ()
    return [
        replace(outcome, cause=None)
        if outcome.case.function in waiting
        else with_cause(outcome, causes, by_chance=outcome.case.id in repeated)
        for outcome in with_calls(evidence, waiting)
    ]


def _unnamed(evidence: Evidence, waiting: Collection[str]) -> tuple[str, ...]:
    """Return the functions that lost points with no name for any of it, and not because another function is wrong."""
    lost = [outcome for outcome in evidence.outcomes if can_be_named(outcome) or ended_without_answers(outcome)]
    named = {outcome.case.function for outcome in lost if outcome.cause}
    failing = {outcome.case.function for outcome in lost}
    # Of those that fail in hidden cases alone, or come to no end, `waiting` does not tell.
    untold = failing - set(evidence.failing())
    uses = {name: function.uses for name, function in evidence.functions.items()}
    by_others = cascades(uses, failing.union(evidence.failing(Verdict.UNFINISHED)), evidence.unit.functions) if untold else {}
    left_out = named.union(waiting, (function for function in by_others if function in untold))
    return tuple(function for function in evidence.unit.functions if function in failing - left_out)


def _located(suite: Suite, evidence: Evidence, waiting: Collection[str]) -> tuple[Finding, ...]:
    """Return the lines at which mistakes are that have no name, as far as they can be found in time."""
    course, unit, allowance = suite.course, suite.unit, suite.search
    if not course.policy.locate_seconds or not allowance.seconds or evidence.student.lifecycle.waits_for_cells:
        return ()
    return Locator(evidence, set(stub_digests(course, unit)), allowance).findings(waiting)
