"""How long the lines of mistakes may be looked for, and who is told that it takes a while."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[str], None]


def nobody(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Seconds of CPU time for all functions of a submission, that of the worker included, and the most that pass by the clock.

    Where a worker's CPU time cannot be read, `seconds` are by the clock. `tell` gets the name of each function before its lines
    are looked at.
    """

    seconds: float = 0.0
    by_clock: float = math.inf
    tell: Tell = nobody


NONE = Allowance()
"""Nobody looks."""
