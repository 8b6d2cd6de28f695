"""Variants of a student's function put on trial: the worker runs them, and what they answer is compared here.

Whatever the worker says can only make a line be told to the student who wrote the code that said it.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.errors import Fault, Reason, StudentFailure, WireError
from cnngrade.findings.goals import Goal
from cnngrade.student.lifecycle import Lifecycle
from cnngrade.worker import wire
from cnngrade.worker.variants import CUT, LARGE, NO_CODE, UNSENDABLE, End

Choice = tuple[int, ...]
"""Numbers of the edits that are made together."""


_MOST_STEPS = 100_000


# How a variant ends that can be told from no other one.
_NO_ANSWER = frozenset({CUT, LARGE, UNSENDABLE, NO_CODE, "MemoryError", "NotImplementedError"})


_TRIES = 3


# Times as many steps and seconds for a variant that is right as far as is known.
_MORE_TIME = 8


_BATCH = 256


_BATCH_BYTES = 16 << 20


# The worker itself ends in time, unless a variant does not let it.
_GRACE = 0.1


# Short enough to see in time that the budget is used up.
_BATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a variant: its answer, whether it is right, how near it is (more is nearer), and where it raised, if so."""

    answer: Fingerprint | None
    is_right: bool
    nearness: tuple[float, ...]
    raised_at: tuple[int, int] | None = None


NOTHING = Trial(None, is_right=False, nearness=(-1.0,))
"""What came of a variant that gave no answer in time, or none that could be sent."""


class Budget:
    """The seconds that are left of those that may be taken, by `clock`, and until when at the latest by `time.monotonic`."""

    def __init__(self, clock: Callable[[], float], seconds: float, latest: float) -> None:
        self._clock, self._end, self._latest = clock, clock() + seconds, latest

    def left(self) -> float:
        """Return how many seconds are left, 0 if none."""
        return max(min(self._end - self._clock(), self._latest - time.monotonic()), 0.0)

    def share(self, parts: int) -> Budget:
        """Return the budget of the first of so many that are still to come, which may take as long as each other."""
        now = time.monotonic()
        return Budget(self._clock, (self._end - self._clock()) / parts, now + (self._latest - now) / parts)


class Trials:
    """Runs variants of one function in the submission's worker, until the budget is used up or the worker gives up."""

    def __init__(self, lifecycle: Lifecycle, function: str, others: Collection[str], budget: Budget) -> None:
        self._lifecycle, self._function, self._others, self._budget = lifecycle, function, sorted(others), budget
        self.ended = False
        self.tried = 0

    @property
    def can_go_on(self) -> bool:
        """Whether there is time left, and a worker."""
        return not self.ended and self._budget.left() > 0

    def lines_executed(self, goal: Goal) -> frozenset[tuple[int, int]]:
        """Return the (cell, line) pairs that the function as it stands goes through in a call, as the worker says."""
        answer = self._ask({"op": "covered"}, goal)
        return frozenset((cell, line) for cell, line in answer["lines"]) if answer else frozenset()

    def unedited(self, goal: Goal) -> Trial | None:
        """Return what comes of the function as it stands; None where it gives no answer, a busy machine considered."""
        for _ in range(_TRIES):
            for trial in self.run(goal, [()]):
                if trial.answer is not None:
                    return trial
        return None

    @staticmethod
    def batch_size(goal: Goal) -> int:
        """Return how many variants are sent at once: their answers come back together."""
        return max(min(_BATCH, _BATCH_BYTES // goal.most_bytes), 8)

    def run(self, goal: Goal, choices: Sequence[Choice]) -> list[Trial]:
        """Return what came of the variants in one call, in their order: of as many as there was time for."""
        found: list[Trial] = []
        size = self.batch_size(goal)
        while len(found) < len(choices) and self.can_go_on:
            batch = choices[len(found) : len(found) + size]
            trials = self._batch(goal, batch)
            found += trials
            if not trials:
                self.ended = True
        return found

    def confirm(self, goal: Goal, choices: Sequence[Choice]) -> list[Trial]:
        """Return what comes of variants that were right in another call, as `run` does; one that takes longer has more time."""
        trials = self.run(goal, choices)
        for index, choice in enumerate(choices[: len(trials)]):
            if trials[index] is NOTHING and self.can_go_on:
                trials[index : index + 1] = self._batch(goal, [choice], _MORE_TIME) or [NOTHING]
        return trials

    def _batch(self, goal: Goal, batch: Sequence[Choice], more: int = 1) -> list[Trial]:
        asked = {
            "op": "variants",
            "others": self._others,
            "choices": [list(choice) for choice in batch],
            "most_steps": _MOST_STEPS * more,
            "most_bytes": _BATCH_BYTES,
            "seconds": min(self._budget.left(), _BATCH_SECONDS * more),
        }
        answer = self._ask(asked, goal)
        # To compare more than was asked for, or one large answer again and again, would take longer than the search may.
        if answer is None or wire.size_of(answer["value"]) > _BATCH_BYTES:
            return []
        answers, which = answer["value"], answer["which"][: len(batch)]

        @functools.cache
        def compared(number: int) -> Trial:
            return _compared(goal, answers[number - 1]) if 0 < number <= len(answers) else NOTHING

        judged = [_trial(goal, end, compared) for end in answer["ends"][: len(batch)]]
        self.tried += len(which)
        return [judged[index] if index < len(judged) else NOTHING for index in which]

    def _ask(self, message: dict[str, Any], goal: Goal) -> dict[str, Any] | None:
        """Return the worker's answer; None, and no more after that, where it gives none."""
        args, kwargs = goal.call.arguments()
        asked = message | {"function": self._function, "args": args, "kwargs": kwargs}
        try:
            return self._lifecycle.ask(self._function, wire.parcel(asked), self._budget.left() + _GRACE)
        except (StudentFailure, Fault, WireError):
            self.ended = True
            return None


def _trial(goal: Goal, end: End, compared: Callable[[int], Trial]) -> Trial:
    """Return what came of a variant that ended so; `compared` says it of one whose answer has this number."""
    number, changed, shared, how, cell, line = end
    if how in _NO_ANSWER:
        return NOTHING
    if how:
        answer = Fingerprint(how, reason=Reason.RAISED)
        return Trial(answer, goal.is_met_by(answer), nearness=(0.0, line), raised_at=(cell, line))
    if number and (changed or (shared and goal.call.fresh)):
        answer = Fingerprint("", reason=Reason.CHANGED_ARGUMENT if changed else Reason.SHARES_ARGUMENT)
        is_right = goal.is_met_by(answer)
        return Trial(answer, is_right, nearness=(4.0,) if is_right else (1.0, 0.0))
    return compared(number)


def _compared(goal: Goal, value: Any) -> Trial:
    answer = fingerprint(value)
    if goal.is_met_by(answer):
        return Trial(answer, is_right=True, nearness=(4.0,))
    return Trial(answer, is_right=False, nearness=_nearness(goal, answer, value))


def _nearness(goal: Goal, answer: Fingerprint, value: Any) -> tuple[float, ...]:
    """Return how near a wrong answer is: of the right form or not, and the share of its numbers that are right."""
    right = goal.accepted[0]
    if answer.form != right.form:
        return (1.0, _share_of_form(answer.form, right.form))
    return (2.0, _share_right(value, goal.value) if goal.value is not None else 0.0)


def _share_of_form(mine: str, right: str) -> float:
    """Return how much of the description of a value's form is right, word by word."""
    mine_words, right_words = mine.split(), right.split()
    same = sum(a == b for a, b in zip(mine_words, right_words, strict=False))
    return same / max(len(mine_words), len(right_words))


def _share_right(mine: Any, right: Any) -> float:
    """Return the share of the numbers of two values of one form that are equal, up to rounding."""
    if isinstance(right, tuple | list):
        parts = [_share_right(a, b) for a, b in zip(mine, right, strict=False)]
        return sum(parts) / max(len(parts), 1)
    if not isinstance(right, np.ndarray):
        return 0.0
    with np.errstate(all="ignore"):
        close = np.isclose(mine, right, rtol=1e-4, atol=1e-7, equal_nan=True)
    return float(close.mean()) if close.size else 0.0
