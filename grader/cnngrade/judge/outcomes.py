"""How many points a case earns: from the exception that ended it, or the time that it took, to its Outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cnngrade.errors import CnngradeError, StudentFailure, StudentRaised, Verdict, WireError
from cnngrade.judge.budget_case import RegisteredBudget
from cnngrade.judge.compare import Mismatch
from cnngrade.judge.fast_path import Ended
from cnngrade.model import Case, Finding, Outcome, SourceLine
from cnngrade.scoring import points_for_cost, verdict_for_cost

_PLACED = re.compile(r"<function ([^\s<>]+) at 0x[0-9A-Fa-f]+>")


_UNWORKABLE = "The test could not work with the answer"


NOT_JUDGED = "This case could not be judged. It costs you nothing."


@dataclass(frozen=True, slots=True)
class Explained:
    """The outcomes with the names of known mistakes and the calls that were wrong, and what else was found out.

    `problem` says to the student that the looking failed, `for_staff` how; both are "" where it did not. `unnamed` are the
    functions that are wrong by themselves and have no name for any of it.
    """

    outcomes: list[Outcome]
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    for_staff: str = ""
    unnamed: tuple[str, ...] = ()


def outcome_of(case: Case, ended: Ended, answered: bool) -> Outcome:
    """Return the outcome of a case that has run; `answered` says whether the student's code was asked for anything in it.

    The solution passes every case that is judged. So whatever else ends one, wherever it surfaces, comes of what the student's
    code answered; it is ours where that was not asked, and where the system denied the judge something.
    """
    error = ended.error
    if error is None:
        return Outcome(case, Verdict.PASSED, case.points)
    if isinstance(error, StudentFailure):
        return _failed(case, error)
    if isinstance(error, Mismatch):
        return Outcome(case, Verdict.WRONG, 0.0, str(error), cause=error.cause or None)
    if isinstance(error, KeyboardInterrupt):
        raise error
    # Where in memory a function is differs from run to run, and is nobody's business.
    said = _PLACED.sub(r"\1", str(error))
    staff = f"{type(error).__name__}: {said}"
    if not (answered or (isinstance(error, AssertionError) and ended.phase == "call")) or _is_ours(error):
        return Outcome(case, Verdict.FAULT, 0.0, NOT_JUDGED, staff)
    if isinstance(error, AssertionError):
        return Outcome(case, Verdict.WRONG, 0.0, _own_message(said), staff)
    return Outcome(case, Verdict.WRONG, 0.0, f"{_UNWORKABLE}: {staff}", staff)


def on_own_inputs(outcome: Outcome, ended: Ended, said_by_code: bool) -> Outcome:
    """Return the outcome of a public case whose inputs are not those of the handout.

    The numbers of the inputs and of the right answer are for the staff: the student can look up neither. The form of the answer
    stays, and so does what the code itself said, such as an exception with its line, but for the floats that it held there.
    """
    if isinstance(ended.error, StudentRaised):
        return replace(outcome, own_inputs=True, for_student=ended.error.without_floats)
    if said_by_code:
        return replace(outcome, own_inputs=True)
    told = _form_of(ended.error) if outcome.verdict is Verdict.WRONG else ""
    staff = outcome.for_staff or ("" if told == outcome.for_student else outcome.for_student)
    return replace(outcome, own_inputs=True, for_student=told, for_staff=staff)


def _form_of(error: BaseException | None) -> str:
    if isinstance(error, Mismatch):
        return error.form
    # A test's own message may hold any number.
    return "" if isinstance(error, AssertionError) else f"{_UNWORKABLE}."


def _is_ours(error: BaseException) -> bool:
    """Say whether no answer can be the reason for an exception. What is too large to compute with has been found before."""
    if isinstance(error, WireError):
        return False  # what cannot be sent may hold an answer, nested once too often
    return isinstance(error, OSError | MemoryError | CnngradeError)


def unsound(case: Case, why: str) -> Outcome:
    """Return the outcome of a case that the solution itself does not pass."""
    return Outcome(case, Verdict.FAULT, 0.0, NOT_JUDGED, f"The solution does not pass this case: {why}")


def stop_at(case: Case, where: str = "") -> Outcome:
    """Return the outcome of a case at which the check was stopped, or after that; `where` says at what it was."""
    return Outcome(case, Verdict.STOPPED, 0.0, where or "The check was stopped before this case was done.")


def was_stopped(outcomes: Iterable[Outcome]) -> bool:
    """Say whether somebody stopped the check."""
    return any(outcome.verdict is Verdict.STOPPED for outcome in outcomes)


def timed_outcome(outcome: Outcome, budget: RegisteredBudget) -> Outcome:
    """Return the outcome of a case that passed, once the time of its function has been taken."""
    failure, points = budget.measurement.failure, outcome.case.points
    if isinstance(failure, StudentFailure):
        return replace(_failed(outcome.case, failure), seconds=outcome.seconds)
    if failure is not None:
        text = "The time could not be measured. It costs you nothing."
        staff = f"{type(failure).__name__}: {failure}"
        return Outcome(outcome.case, Verdict.FAULT, 0.0, text, staff, seconds=outcome.seconds)
    cost = budget.cost
    return replace(outcome, verdict=verdict_for_cost(cost), earned=points_for_cost(points, cost), cost=cost)


def can_be_named(outcome: Outcome) -> bool:
    """Say whether a known mistake may have ended the case."""
    return outcome.verdict in (Verdict.WRONG, Verdict.RAISED)


def ended_without_answers(outcome: Outcome) -> bool:
    """Say whether a case ended because the code came to no end, or had no room: by itself that has no name."""
    return outcome.verdict in (Verdict.OVER_TIME, Verdict.OVER_MEMORY)


def with_cause(outcome: Outcome, causes: Mapping[str, Mapping[str, str]], by_chance: bool = False) -> Outcome:
    """Return the outcome with the sentence of its mistake, if {case: {function: sentence}} has one for it.

    Without one, what the numbers alone suggest stays, unless they are near the right ones `by_chance`.
    """
    if not can_be_named(outcome):
        return outcome
    named = causes.get(outcome.case.id, {})
    cause = named.get(outcome.case.function) or next(iter(named.values()), None)
    return replace(outcome, cause=cause or (None if by_chance else outcome.cause))


def _failed(case: Case, failure: StudentFailure) -> Outcome:
    places = failure.places if isinstance(failure, StudentRaised) else ()
    place = SourceLine(*places[0]) if places else None
    return Outcome(case, failure.reason.verdict, 0.0, str(failure), failure.for_staff, place=place)


def _own_message(text: str) -> str:
    """Return an assertion's own message; what pytest adds below it compares internals."""
    return text.split("\nassert ")[0][:1000]
