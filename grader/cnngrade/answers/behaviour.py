"""How a function that is wrong without a name behaves: what it answers to calls that are the same for the whole class.

In grading each student's public cases have inputs of their own, so that reports cannot be compared with one another. These
answers can: two functions with one fault give the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cnngrade.answers.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class FunctionBehaviour:
    """What a student's `function` answered to the fixed calls, of which `asked` is a digest; those with small arguments first.

    answers: a fingerprint for each call, None for a right answer; none for calls after one that ended the worker
    is_cut: the time ran out before all calls were made, so that what the others would have brought is not known
    source: the function and what it needs of the code around it, without comments; "" if that is not known
    call, answered, expected: the first wrong call as one would type it, what came and what should have come
    """

    function: str
    asked: str
    answers: tuple[Fingerprint | None, ...]
    is_cut: bool
    source: str
    call: str
    answered: str
    expected: str


def behaviour_to_json(behaviour: Iterable[FunctionBehaviour]) -> list[dict[str, Any]]:
    """Return the behaviour of a submission's functions as plain JSON."""
    return [
        {
            "function": entry.function,
            "asked": entry.asked,
            "answers": [answer and answer.as_list() for answer in entry.answers],
            "is_cut": entry.is_cut,
            "source": entry.source,
            "call": entry.call,
            "answered": entry.answered,
            "expected": entry.expected,
        }
        for entry in behaviour
    ]


def behaviour_from_json(document: Any) -> tuple[FunctionBehaviour, ...]:
    """Return what `behaviour_to_json` was given; raises ValueError, TypeError or KeyError for anything else."""
    return tuple(
        FunctionBehaviour(
            str(entry["function"]),
            str(entry["asked"]),
            tuple(answer and _fingerprint(answer) for answer in entry["answers"]),
            bool(entry["is_cut"]),
            *(str(entry[field]) for field in ("source", "call", "answered", "expected")),
        )
        for entry in document
    )


def _fingerprint(parts: Any) -> Fingerprint:
    found = Fingerprint.from_list(parts)
    if not isinstance(found.form, str) or len(found.numbers) != len(found.sizes):
        raise ValueError("not a fingerprint")
    return Fingerprint(found.form, tuple(map(float, found.numbers)), tuple(map(float, found.sizes)), found.reason)
