"""A case that takes a function's time: its unseen inputs, and what is registered for measuring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.reference import Reference
from cnngrade.budget.baseline import Baseline
from cnngrade.budget.measure import Work

INPUT_SETS = 3


MakeInputs = Callable[[np.random.Generator], tuple[Any, ...]]


MakeSized = Callable[..., tuple[Any, ...]]


@dataclass(slots=True)
class BudgetWork:
    """A registered budget: what will be timed, against what, and up to which ratio it is in time."""

    case: str
    work: Work
    baseline: Baseline
    limit: float
    looped: tuple[str, ...] = ()


def _all_agree(answers: Sequence[Any], right: Sequence[Fingerprint]) -> bool:
    return all(fingerprint(mine).agrees(expected) for mine, expected in zip(answers, right, strict=True))


class UnseenInputs:
    """Inputs for the timed calls of one case, drawn when they are first needed and shared by all submissions of a session.

    Nobody can know them beforehand: their seed is the operating system's. `carrying` notes what it cost here to carry some,
    `baseline` what a submission is measured against and what one call of that takes.
    """

    def __init__(self) -> None:
        self._rng = np.random.default_rng()
        self._drawn: list[tuple[tuple[Any, ...], Fingerprint]] = []
        self.carrying: dict[int, list[float]] = {}
        self.baseline: tuple[Baseline, float] | None = None

    def draw(
        self, index: int, case: str, function: str, make: MakeInputs, reference: Reference
    ) -> tuple[tuple[Any, ...], Fingerprint]:
        """Return the input of this number and the fingerprint of the right answer to it."""
        while len(self._drawn) <= index:
            args = make(self._rng)
            (right,) = reference.right_answers(case, function, [args])
            self._drawn.append((args, right))
        return self._drawn[index]
