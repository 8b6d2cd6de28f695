"""How long the lines of mistakes may be looked for, and who is told that it takes a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[str], None]


def nobody(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Seconds for all functions of a submission: of CPU time, that of the worker included, or `by_clock`.

    `tell` gets the name of each function before its lines are looked at.
    """

    seconds: float = 0.0
    by_clock: bool = False
    tell: Tell = nobody


NONE = Allowance()
"""Nobody looks."""
