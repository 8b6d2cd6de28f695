"""The right answers from a recording: an answers file as a student's machine has it, read and played back."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.mistakes import KnownMistake
from cnngrade.answers.reference import ReferenceObjects, read_only
from cnngrade.budget.baseline import Baseline, neutral_timed
from cnngrade.errors import Fault
from cnngrade.student.proxy import Call
from cnngrade.worker import wire

FORMAT = 7


class Recording:
    """An answers file, read as far as it is needed; raises Fault when it is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.index = self._json("index")
        if self.index.get("format") != FORMAT:
            raise Fault(f"{path} was made by another version of cnngrade. Get the unit's folder again.")
        self.values = self._member("values").tobytes()

    def _member(self, name: str) -> np.ndarray[Any, Any]:
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                member: np.ndarray[Any, Any] = archive[name]
                # What is in an archive and is not an array comes as bytes.
                if not isinstance(member, np.ndarray):
                    raise ValueError(f"{name} is not an array")
                return member
        except Exception as error:
            # zipfile, zlib and numpy each fail in ways of their own on damaged data.
            raise Fault(f"{self._path} is missing or damaged ({error}). Get the unit's folder again.") from error

    def _json(self, name: str) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = json.loads(self._member(name).tobytes())
            if not isinstance(parsed, dict):
                raise ValueError(f"{name} is not a table")
        except (ValueError, RecursionError) as error:
            raise Fault(f"{self._path} is damaged ({error}). Get the unit's folder again.") from error
        return parsed

    def expectations(self) -> dict[str, Any]:
        """Return what was recorded about the tests' calls of the student's functions."""
        return self._json("expectations")


class ReplayReference(ReferenceObjects):
    """Gives back recorded answers, by case and order of calls."""

    answers_anything = False

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self._recording = recording

    def _raw(self, operation: str, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        recorded = self._recording.index["cases"].get(self.case, [])
        order = self._asked
        self._asked += 1
        arguments = fingerprint(wire.unpack(self._packed(args, kwargs)))
        if order >= len(recorded) or recorded[order][0] != function:
            raise Fault(f"{self.case} asks for an answer that was not recorded. Get the unit's folder again.")
        _, expected, start, length = recorded[order]
        if not Fingerprint.from_list(expected).agrees(arguments):
            raise Fault(
                f"{self.case} makes other inputs on this machine than where it was released (NumPy {np.__version__}). "
                "Tell the course staff; the graded run is not affected."
            )
        answer = wire.unpack(self._recording.values[start : start + length])
        if "raised" in answer:
            raise getattr(builtins, answer["raised"])(answer["message"])
        return read_only(answer["value"])

    def _budget(self, case: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._recording.index["budgets"][case]
        except KeyError:
            raise Fault(f"{case} was not recorded. Get the unit's folder again.") from None
        return found

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the recorded fingerprints."""
        return [Fingerprint.from_list(parts) for parts in self._budget(case)["answers"]]

    def counted_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the recorded fingerprints for the inputs on which loops are counted."""
        return [Fingerprint.from_list(parts) for parts in self._budget(case)["counted"]]

    def baseline(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Baseline:
        """Return the neutral workload with its recorded cost."""
        return Baseline(neutral_timed, float(self._budget(case)["neutral"]), estimated=True)


class RecordedKnowledge:
    """What was recorded about the known mistakes, looked up by case, function and arguments."""

    def __init__(self, recording: Recording) -> None:
        recorded = recording.expectations()
        self._recording = recording
        self._numbers = {KnownMistake(*parts): number for number, parts in enumerate(recorded["mistakes"])}
        self._calls: dict[tuple[str, str], list[list[Any]]] = {}
        for case, function, *rest in recorded["calls"]:
            self._calls.setdefault((case, function), []).append(rest)
        # The right answer, and what the mistakes answer that answer something else, by their numbers.
        self._found: dict[tuple[str, str, bytes], tuple[Fingerprint, dict[int, list[Any]]] | None] = {}

    def _recorded(self, call: Call) -> tuple[Fingerprint, dict[int, list[Any]]] | None:
        key = (call.case, call.function, call.packed)
        if key not in self._found:
            arguments = fingerprint(wire.unpack(call.packed))
            entries = self._calls.get((call.case, call.function), [])
            entry = next((entry for entry in entries if Fingerprint.from_list(entry[0]).agrees(arguments)), None)
            self._found[key] = (Fingerprint.from_list(entry[1]), dict(entry[2])) if entry else None
        return self._found[key]

    def remembers(self, call: Call) -> bool:
        """Yes: all that is known was recorded."""
        return True

    def right_answer(self, call: Call) -> Fingerprint | None:
        """Return the recorded fingerprint of the right answer; None if no call with these arguments was recorded."""
        entry = self._recorded(call)
        return entry[0] if entry else None

    def right_value(self, call: Call) -> Any:
        """Return what the case asked of the solution with the same arguments; None where it did not ask."""
        right = self.right_answer(call)
        if right is None or right.reason is not None or call.history:
            return None
        arguments = fingerprint(wire.unpack(call.packed))
        for function, asked, start, length in self._recording.index["cases"].get(call.case, []):
            if function == call.function and Fingerprint.from_list(asked).agrees(arguments):
                value = wire.unpack(self._recording.values[start : start + length])["value"]
                # What was recorded under the same numbers is the answer only if its own numbers are those of the right one.
                return value if fingerprint(value).agrees(right) else None
        return None

    def close(self) -> None:
        """Do nothing: nothing was started."""

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""
        return [known for known in self._numbers if known.function == function]

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the recorded fingerprint of the mistake's answer."""
        entry = self._recorded(call)
        assert entry is not None
        right, others = entry
        answer = others.get(self._numbers[known])
        return right if answer is None else Fingerprint.from_list(answer)
