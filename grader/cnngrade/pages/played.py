"""Somebody's answers to a unit's plays beside the solution's, and how a page gets them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngrade.pages.arrays import array_as_json
from cnngrade.pages.plays import MOST_NUMBERS, Play
from cnngrade.safe_text import visible_block

_MOST_LINES = 40


_MOST_CHARACTERS = 4_000


class State(Enum):
    """What became of a play."""

    SAME = "same"
    DIFFERENT = "different"
    FAILED = "failed"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class PlayedPart:
    """One array of an answer. `mine` is None where there is none that can be shown; `problem` says what is not as expected.

    `wrong` marks the numbers that differ; it is None where the two cannot be compared number by number.
    """

    label: str
    expected: NDArray[Any]
    mine: NDArray[Any] | None
    wrong: NDArray[np.bool_] | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """A play with somebody's answer to it. `problem` says why there is none, or why it is not of the form that was expected."""

    play: Play
    state: State
    parts: tuple[PlayedPart, ...]
    problem: str = ""

    @property
    def is_same(self) -> bool:
        """Whether the answer is the solution's."""
        return self.state is State.SAME

    def remark(self) -> str:
        """Return what is to be said about it, in one sentence or the text of what went wrong."""
        if self.state is State.UNFINISHED:
            return "Not written yet: this is what to expect."
        if self.state is State.SAME:
            return f"All {sum(part.expected.size for part in self.parts):,} numbers are as expected."
        return self.problem or next(part.problem for part in self.parts if part.problem)


def value_as_json(value: Any) -> Any:
    """Return an argument as a page's scripts read it.

    Arrays as `array_as_json` has them, numbers, truth values, None and strings as JSON has them, lists and tuples as lists;
    {"table": ...} is a dict, {"left_out": shape} an array that is too large to be shown.
    """
    if isinstance(value, np.ndarray):
        small = value.size <= MOST_NUMBERS and value.dtype.kind in "biuf"
        return array_as_json(value) if small else {"left_out": str(value.shape)}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {"table": {str(key): value_as_json(part) for key, part in value.items()}}
    if isinstance(value, tuple | list):
        return [value_as_json(part) for part in value]
    if value is None or isinstance(value, bool | str) or (isinstance(value, int | float) and math.isfinite(value)):
        return value
    return str(value)


def _part_as_json(part: PlayedPart) -> dict[str, Any]:
    return {
        "label": part.label,
        "expected": array_as_json(part.expected),
        "yours": None if part.mine is None else array_as_json(part.mine),
        "wrong": None if part.wrong is None else array_as_json(part.wrong.astype(np.uint8)),
        "problem": visible_block(part.problem, _MOST_LINES, _MOST_CHARACTERS),
    }


def run_as_json(unit: str, work: str, played: Sequence[Played]) -> dict[str, Any]:
    """Return the plays of a unit as a page plays them; `work` says what the functions were read from."""
    return {
        "unit": unit,
        "work": work,
        "plays": [
            {
                "name": entry.play.name,
                "function": entry.play.function,
                "caption": entry.play.caption,
                "state": entry.state.value,
                "problem": visible_block(entry.problem, _MOST_LINES, _MOST_CHARACTERS),
                "arguments": [{"name": name, "value": value_as_json(value)} for name, value in entry.play.arguments.items()],
                "parts": [_part_as_json(part) for part in entry.parts],
            }
            for entry in played
        ],
    }
