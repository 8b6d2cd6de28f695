"""What one case did with objects, as one call: the steps are its arguments, and what came of each is its answer.

An object has a past, so that no step of it can be asked again alone. All steps together can: of the solution, or of a known
mistake, and from a recording. Objects are numbered in the order in which they came up, whatever numbers a worker gave them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cnngrade.errors import StudentFailure, StudentRaised
from cnngrade.worker import wire

HistoryStep = tuple[str, str, tuple[Any, ...], dict[str, Any], tuple[int, ...]]
"""An operation, what it is called, its arguments with tokens in the place of objects, and the numbers of these."""


_MOST_OBJECTS = 10_000


LOST = {("lost",): None}
"""What came of a step whose object was none."""


def object_number(answer: Any) -> int | None:
    """Return the number of the object that an answer of a history stands for; None where it is another answer."""
    key = next(iter(answer), None) if isinstance(answer, dict) and len(answer) == 1 else None
    return key[1] if isinstance(key, tuple) and key[:1] == ("object",) else None


@dataclass(slots=True)
class History:
    """The steps of a case so far. `failure` is what ended it from outside, if anything did: no step's own doing."""

    function: str
    steps: list[tuple[str, str, bytes]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    failure: StudentFailure | None = None

    def note(self, operation: str, function: str, packed: bytes, came: Any) -> None:
        """Write down a step: `came` is its answer, or the StudentFailure that came instead.

        After what ends it, and after more objects than any case needs, nothing is written down any more.
        """
        if self.failure is not None or len(self.numbers) > _MOST_OBJECTS:
            return
        self.steps.append((operation, function, packed))
        if isinstance(came, StudentRaised):
            self.answers.append({("raised", *came.kinds[:1]): None})
        elif isinstance(came, StudentFailure):
            self.answers.append({("failed", came.reason.value): None})
            self.failure = came
        else:
            self.answers.append(self._numbered(came))

    def packed(self) -> bytes:
        """Return the steps as the arguments of one call; raises WireError where they are too many."""
        return wire.pack({"args": ([self._step(*step) for step in self.steps],), "kwargs": {}})

    def _numbered(self, value: Any) -> Any:
        if isinstance(value, wire.Token):
            return {("object", self.numbers.setdefault(value.number, len(self.numbers))): None}
        if isinstance(value, tuple | list):
            return type(value)(map(self._numbered, value))
        return {key: self._numbered(part) for key, part in value.items()} if isinstance(value, dict) else value

    def _step(self, operation: str, function: str, packed: bytes) -> HistoryStep:
        message, used = wire.unpack(packed), list[int]()

        def own(token: wire.Token) -> wire.Token:
            used.append(self.numbers.setdefault(token.number, len(self.numbers)))
            return wire.Token(used[-1], "")

        return (
            operation,
            function,
            wire.with_tokens(message["args"], own),
            wire.with_tokens(message["kwargs"], own),
            tuple(used),
        )

    def actual(self, value: Any) -> Any:
        """Return arguments of a step with the tokens that objects have here; raises KeyError for one that is not there."""
        known = {number: token for token, number in self.numbers.items()}
        return wire.with_tokens(value, lambda token: wire.Token(known[token.number], ""))


def prefixes(packed: bytes, answers: list[Any]) -> list[tuple[bytes, list[Any]]]:
    """Return a history cut off after each of its steps: where a case ends early, that is what it did."""
    (steps,) = wire.unpack(packed)["args"]
    cut = (steps[: count + 1] for count in range(len(steps)))
    return [(wire.pack({"args": (first,), "kwargs": {}}), answers[: len(first)]) for first in cut]
