"""What a function has to answer to the public calls that were made of it."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.knowledge import Knowledge
from cnngrade.errors import Reason
from cnngrade.student.proxy import Call
from cnngrade.worker import wire

# A call with longer arguments is not made a thousand times.
_LONGEST_ARGUMENTS = 1 << 20


_WHOLE = re.compile(r"\bint (-?\d{1,18})\b")


# What calls that ended so would do again and again.
_NOT_AGAIN = frozenset(
    {
        Reason.UNFINISHED,
        Reason.TOO_LARGE,
        Reason.TOO_MANY_ANSWERS,
        Reason.CELL_FAILED,
        Reason.ENDED_PROCESS,
        Reason.EXCESS,
        Reason.OVER_TIME,
        Reason.OVER_MEMORY,
    }
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A call, the answer that it gave (`mine`), and those that count as right; `is_wrong` says that the given one does not.

    `value` is the right answer itself, where it is known.
    """

    call: Call
    mine: Fingerprint
    accepted: tuple[Fingerprint, ...]
    is_wrong: bool
    value: Any = None

    def is_met_by(self, answer: Fingerprint) -> bool:
        """Say whether an answer counts as right."""
        return any(answer.agrees(right) for right in self.accepted)

    @property
    def raises(self) -> bool:
        """Whether the right answer is an exception."""
        return self.accepted[0].reason is not None

    @property
    def digits(self) -> float:
        """About how many bits an answer would have to guess to be right by chance."""
        right = self.accepted[0]
        if right.reason is not None:
            return 1.0
        if self.value is not None:
            return _bits(self.value)
        if right.numbers:
            return 24.0
        # The whole numbers of a recorded answer stand in its form.
        return max(sum(_bits(int(number)) for number in _WHOLE.findall(right.form)), 1.0)

    @property
    def most_bytes(self) -> int:
        """The size of an answer that may still be right."""
        return 4 * wire.size_of(self.value) + 4096 if self.value is not None else 1 << 18


def _bits(value: Any) -> float:
    """Return about how many bits of information a right answer holds: few numbers that differ are enough to prove it."""
    if isinstance(value, np.ndarray):
        different = len(np.unique(value.ravel()[:4096]))
        if different <= 2:
            # Zeros and ones, or one number everywhere.
            return min(value.size / 2, 12.0) if different == 2 else math.log2(value.size + 1) / 2
        return min(different, 8) * (8.0 if value.dtype.kind in "fc" else 3.0)
    if isinstance(value, tuple | list):
        return min(sum(map(_bits, value)), 64.0)
    if isinstance(value, float | np.floating):
        return 16.0
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        # Small ones are sizes and counts, of which there are few.
        return min(max(math.log2(abs(int(value)) + 1), 4.0), 10.0)
    return 1.0 if isinstance(value, bool | np.bool_ | str) else 4.0


def goals_of(calls: Iterable[Call], knowledge: Knowledge, failed: Collection[str]) -> list[Goal]:
    """Return what one function has to answer to its public calls, in their order; `failed` are the cases that did not pass.

    What a case forgave counts as right there, beside the right answer. Calls of which nothing is known are left out.
    """
    found: list[Goal] = []
    for call in calls:
        if call.hidden or call.history or len(call.packed) > _LONGEST_ARGUMENTS:
            continue
        right = knowledge.right_answer(call)
        if right is None or _holds_token(call):
            continue
        mine = fingerprint(call.failure if call.failure is not None else call.value)
        is_wrong = call.case in failed and not mine.agrees(right)
        accepted = (right,) if call.case in failed or mine.agrees(right) else (right, mine)
        found.append(Goal(call, mine, accepted, is_wrong, knowledge.right_value(call)))
    return found


def _holds_token(call: Call) -> bool:
    return b'"token"' in call.packed


def can_be_searched(goals: Sequence[Goal]) -> bool:
    """Say whether the wrong answers are such that the code may be run again, many times."""
    failures = [goal.call.failure for goal in goals if goal.call.failure is not None]
    return any(goal.is_wrong for goal in goals) and not any(failure.reason in _NOT_AGAIN for failure in failures)
