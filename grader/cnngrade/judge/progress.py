"""What the judge tells while it works, for whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What is done: the solution tries the cases, the work goes through them, times are taken, a line is looked for."""

    REFERENCE = "reference"
    CASES = "cases"
    TIMES = "times"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class JudgeStep:
    """Something begins: a phase of the judge's work, in it case `number` of `of`, both from 1, about `function`."""

    phase: Phase
    function: str = ""
    number: int = 0
    of: int = 0


TellStep = Callable[[JudgeStep], None]


def tell_nobody(_: JudgeStep) -> None:
    """Tell nobody."""
