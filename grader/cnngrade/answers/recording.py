"""The reference, live or from a recording.

`LiveReference` runs the solution. At release a `RecordingReference` writes down every answer that the public tests ask for,
with fingerprints of the arguments and of what each known mistake would answer; `save_answers` stores that in one npz file.
On a student's machine `ReplayReference` gives those answers back, by test and order of calls. No code of the solution or of
the mistakes is in the file.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.knowledge import LiveKnowledge
from cnngrade.answers.mistakes import KnownMistake
from cnngrade.answers.reference import LiveReference
from cnngrade.answers.replay import FORMAT
from cnngrade.budget.baseline import neutral_timed
from cnngrade.budget.measure import Measurement, measure
from cnngrade.student.history import prefixes
from cnngrade.student.proxy import Call
from cnngrade.worker import wire

# What is known of a longer history is known of the whole alone.
_MOST_STEPS = 64


def _builtin_of(error: Exception) -> str:
    """Return the name of the nearest class of an exception that is Python's own and is made of a text."""
    kinds = (kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return next(kind.__name__ for kind in kinds if not issubclass(kind, UnicodeError | BaseExceptionGroup))


class RecordingReference(LiveReference):
    """A live reference that writes down what it was asked and what it answered."""

    answers_anything = False  # it must be asked the same things where it is played back

    def __init__(self, solution: ModuleType) -> None:
        super().__init__(solution)
        self.recorded: dict[str, list[tuple[str, bytes, bytes]]] = {}
        self.budgets: dict[str, dict[str, Any]] = {}

    def _raw(self, operation: str, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        packed = self._packed(args, kwargs)
        asked = self.recorded.setdefault(self.case, [])
        try:
            answer = super()._raw(operation, function, args, kwargs)
        except Exception as error:
            asked.append((function, packed, wire.pack({"raised": _builtin_of(error), "message": str(error)})))
            raise
        asked.append((function, packed, wire.pack({"value": answer})))
        return answer

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the right answers' fingerprints and write them down with the solution's cost in units of neutral work."""
        answers = super().right_answers(case, function, inputs)
        cost = Measurement(super().baseline(case, function, inputs).timed, neutral_timed, limits=(float("nan"),))
        measure([cost])
        self.budgets.setdefault(case, {}).update(neutral=cost.ratio, answers=[answer.as_list() for answer in answers])
        return answers

    def counted_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the right answers' fingerprints for the inputs on which loops are counted, and write them down."""
        answers = super().counted_answers(case, function, inputs)
        self.budgets.setdefault(case, {}).update(counted=[answer.as_list() for answer in answers])
        return answers


def _as_asked(call: Call) -> Iterator[Call]:
    """Yield a call as a student's code may come to be asked: what a case does with objects may end at any step."""
    if call.history and call.failure is None and len(call.value) <= _MOST_STEPS:
        for packed, answers in prefixes(call.packed, call.value):
            yield replace(call, packed=packed, value=answers)
    else:
        yield call


def save_answers(path: Path, reference: RecordingReference, calls: Iterable[Call], knowledge: LiveKnowledge) -> None:
    """Write what `reference` recorded, and what is known about the `calls` that the tests made of the student's functions."""
    values: list[bytes] = []
    start = 0
    cases: dict[str, list[list[Any]]] = {}
    for case, asked in reference.recorded.items():
        for function, packed, answer in asked:
            arguments = fingerprint(wire.unpack(packed)).as_list()
            cases.setdefault(case, []).append([function, arguments, start, len(answer)])
            values.append(answer)
            start += len(answer)
    numbers: dict[KnownMistake, int] = {}
    expectations = []
    for call in itertools.chain.from_iterable(map(_as_asked, calls)):
        right = knowledge.right_answer(call)
        answers = []
        for known in knowledge.mistakes(call.function):
            number, mistaken = numbers.setdefault(known, len(numbers)), knowledge.mistaken(call, known)
            # Most mistakes answer most calls rightly, and that need not be written down.
            if not mistaken.agrees(right):
                answers.append([number, mistaken.as_list()])
        arguments = fingerprint(wire.unpack(call.packed)).as_list()
        expectations.append([call.case, call.function, arguments, right.as_list(), answers])
    mistakes = [[known.name, known.function, known.sentence] for known in numbers]
    index = {"format": FORMAT, "cases": cases, "budgets": reference.budgets}
    members = {
        "index": np.frombuffer(json.dumps(index).encode(), np.uint8),
        "values": np.frombuffer(b"".join(values), np.uint8),
        "expectations": np.frombuffer(json.dumps({"mistakes": mistakes, "calls": expectations}).encode(), np.uint8),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **members)
