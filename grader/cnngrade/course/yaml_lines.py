"""course.yml as plain data whose every part knows its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from cnngrade.alike import nearest

FILE = "course.yml"


NodePath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line."""

    line: int
    text: str


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name what was probably meant by `word`, or else what there is: a sentence with a space before it."""
    known = list(known)
    near = nearest(word, known, 0.5)
    return f" Did you mean {near}?" if near else f" Known here: {', '.join(known)}."


class Document(Protocol):
    """The parsed file: plain data, and the line of every part of it. Dates stay strings, so that errors can quote them.

    `problems` is what YAML allows and we do not.
    """

    data: Any
    problems: list[Problem]

    def line(self, path: NodePath) -> int:
        """Return the line of the nearest part that is there."""
