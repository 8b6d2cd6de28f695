"""A case that takes a function's time: which inputs it is called on, how its answers are checked, and what is measured.

Where the reference is at hand, every timed call has an input that no submission has seen, and its answer is checked: there is
nothing to remember. Where only a recording is at hand, the answers to a few inputs are known, and the time is taken on these.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.reference import Reference
from cnngrade.budget.baseline import Baseline
from cnngrade.budget.measure import ENOUGH_SAMPLES, MOST_SAMPLES, Audit, Measurement, one_call
from cnngrade.judge.compare import Mismatch
from cnngrade.model import Cost
from cnngrade.scoring import deciding_limit
from cnngrade.student.failures import wrong_while_timed
from cnngrade.student.timing import Timing
from cnngrade.worker.wire import size_of

INPUT_SETS = 3


# What an audit of the usual length carries at most, if that is more than one input: carrying costs both sides time, and cannot
# be seen apart.
_AUDIT_BYTES = 1 << 18


MakeInputs = Callable[[np.random.Generator], tuple[Any, ...]]


MakeSized = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """What a function must keep to in a case: the published limit of its time, and what is known of its loops.

    `looped` are the axes over which it loops and should not, None where no loops are counted. Those that are there cost points
    beyond `loops_cost_beyond`, and always if that is None.
    """

    limit: float
    looped: tuple[str, ...] | None = None
    loops_cost_beyond: float | None = None

    @property
    def deciding(self) -> tuple[float, ...]:
        """The ratios at which the verdict on such a function changes."""
        limits = (self.limit, self.loops_cost_beyond) if self.looped else (self.limit,)
        return tuple(deciding_limit(limit) for limit in limits if limit is not None)


@dataclass(slots=True)
class RegisteredBudget:
    """A budget that a case asks for: what will be timed, against what, and what it must keep to."""

    case: str
    measurement: Measurement
    baseline: Baseline
    terms: BudgetTerms

    @property
    def ratio(self) -> float:
        """How many times the reference's time the student's function takes, as measured so far."""
        return self.measurement.ratio / self.baseline.unit

    @property
    def cost(self) -> Cost:
        """What was measured so far, and what was counted."""
        terms = self.terms
        return Cost(self.ratio, terms.limit, self.baseline.estimated, terms.looped or (), terms.loops_cost_beyond)


@dataclass(frozen=True, slots=True)
class TimedFunction:
    """What a budget case asks for: the time of `function` on inputs that `make` draws."""

    case: str
    function: str
    make: MakeInputs


class BudgetTiming(Protocol):
    """How the time of one submission's function is taken.

    `baseline_call` is what a call of the baseline takes, if known; `audit` is how the time is seen from outside, if it can be.
    """

    baseline: Baseline
    baseline_call: float | None
    audit: Audit | None

    def check(self) -> None:
        """Call the function before it is timed; raises Mismatch for a wrong answer, and StudentFailure."""

    def timed(self, calls: int, before: int) -> float:
        """Return the CPU seconds of so many calls, with `before` untimed ones before them; raises StudentFailure."""


def registered(timing: BudgetTiming, case: str, terms: BudgetTerms) -> RegisteredBudget:
    """Return what is to be measured once all other cases have run."""
    baseline = timing.baseline
    most_samples = ENOUGH_SAMPLES if baseline.estimated else MOST_SAMPLES
    limits = tuple(limit * baseline.unit for limit in terms.deciding)
    measurement = Measurement(timing.timed, baseline.timed, limits, timing.baseline_call, most_samples, timing.audit)
    return RegisteredBudget(case, measurement, baseline, terms)


def agrees(answer: Any, right: Fingerprint) -> bool:
    """Say whether an answer is right. Whether several values come in a tuple or a list is for the other cases to judge."""
    if fingerprint(answer).agrees(right):
        return True
    if type(answer) is tuple:
        return fingerprint(list(answer)).agrees(right)
    return type(answer) is list and fingerprint(tuple(answer)).agrees(right)


def _all_agree(answers: Sequence[Any], right: Sequence[Fingerprint]) -> bool:
    return all(map(agrees, answers, right))


def _check(student: Timing, asked: TimedFunction, inputs: Sequence[tuple[Any, ...]], right: Sequence[Fingerprint]) -> None:
    student.stage(asked.case, inputs)
    if not _all_agree(student.answers(asked.function, asked.case), right):
        text = f"The answer is wrong on this input, so its time does not count. Fix {asked.function} first."
        raise Mismatch(text, text)


class UnseenInputs:
    """Inputs for the timed calls of one case, drawn when they are first needed and shared by all submissions of a session.

    Nobody can know them beforehand: their seed is the operating system's.
    """

    def __init__(self) -> None:
        self._rng = np.random.default_rng()
        self._drawn: list[tuple[tuple[Any, ...], Fingerprint]] = []
        self._baseline: tuple[Baseline, float] | None = None

    def draw(self, index: int, asked: TimedFunction, reference: Reference) -> tuple[tuple[Any, ...], Fingerprint]:
        """Return the input of this number and the fingerprint of the right answer to it."""
        while len(self._drawn) <= index:
            args = asked.make(self._rng)
            (right,) = reference.right_answers(asked.case, asked.function, [args])
            self._drawn.append((args, right))
        return self._drawn[index]

    def baseline(self, asked: TimedFunction, reference: Reference) -> tuple[Baseline, float]:
        """Return what every submission is measured against, and about how long one call of it takes."""
        if self._baseline is None:
            inputs = [self.draw(index, asked, reference)[0] for index in range(INPUT_SETS)]
            baseline = reference.baseline(asked.case, asked.function, inputs)
            self._baseline = baseline, one_call(baseline.timed)
        return self._baseline


class TimedOnUnseen:
    """The time with the reference at hand: each input is used once, and each answer is checked."""

    def __init__(self, asked: TimedFunction, student: Timing, reference: Reference, unseen: UnseenInputs) -> None:
        self._asked, self._student, self._reference, self._unseen = asked, student, reference, unseen
        self._numbers = itertools.count()
        self.baseline: Baseline
        self.baseline_call: float | None
        self.baseline, self.baseline_call = unseen.baseline(asked, reference)
        self.audit: Audit | None = None
        # Where nothing is seen from outside, the code is trusted, or in no sandbox either.
        if student.is_seen_from_outside:
            self.audit = self._audit
            self.baseline = replace(self.baseline, timed=student.beside(self.baseline.timed))

    def _drawn(self, count: int) -> tuple[list[tuple[Any, ...]], list[Fingerprint]]:
        drawn = [self._unseen.draw(next(self._numbers), self._asked, self._reference) for _ in range(count)]
        return [args for args, _ in drawn], [right for _, right in drawn]

    def check(self) -> None:
        """Call the function on one input, to warm up on as well: what is timed is checked too. Raises as its protocol says."""
        _check(self._student, self._asked, *self._drawn(1))

    def timed(self, calls: int, before: int) -> float:
        """Return the CPU seconds of calls on inputs that the submission has not seen; raises StudentFailure."""
        (inputs, right), asked = self._drawn(calls), self._asked
        seconds, answers = self._student.timed_on(asked.function, asked.case, inputs, before)
        if not _all_agree(answers, right):
            raise wrong_while_timed(asked.function)
        return seconds

    def _audit(self, calls: int, longer: int) -> tuple[float, float]:
        """Return the CPU seconds of a call on such inputs, as stated, and the least that it took; raises StudentFailure."""
        asked = self._asked
        inputs, right = self._drawn(1)
        carried = max(1, min(calls, _AUDIT_BYTES // max(1, size_of(inputs[0]))))
        more, right_too = self._drawn(longer * carried - 1)
        inputs, right = inputs + more, right + right_too
        audited = self._student.audited(asked.function, asked.case, inputs)
        if not _all_agree(audited.answers, right):
            raise wrong_while_timed(asked.function)
        return audited.said / len(inputs), audited.least / len(inputs)


class TimedFromRecording:
    """The time where the reference is not at hand: the few inputs whose right answers were recorded, again and again."""

    def __init__(self, asked: TimedFunction, student: Timing, reference: Reference, rng: np.random.Generator) -> None:
        self._asked, self._student = asked, student
        self._inputs = [asked.make(rng) for _ in range(INPUT_SETS)]
        self._right = reference.right_answers(asked.case, asked.function, self._inputs)
        self.baseline = reference.baseline(asked.case, asked.function, self._inputs)
        self.baseline_call: float | None = None
        self.audit: Audit | None = None

    def check(self) -> None:
        """Call the function on all inputs; raises as its protocol says."""
        _check(self._student, self._asked, self._inputs, self._right)

    def timed(self, calls: int, before: int) -> float:
        """Return the CPU seconds of calls on the same inputs; raises StudentFailure."""
        return self._student.timed(self._asked.function, self._asked.case, calls, before)
