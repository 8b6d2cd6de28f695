"""The reference, live or from a recording.

`LiveReference` runs the solution. At release a `RecordingReference` writes down every answer that the public tests ask for,
with fingerprints of the arguments and of what each known mistake would answer; `save_answers` stores that in one npz file.
On a student's machine `ReplayReference` gives those answers back, by test and order of calls. No code of the solution or of
the mistakes is in the file.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from cnngrade import wire
from cnngrade.budget import Timed, Work, measure, neutral_work
from cnngrade.errors import CourseError, Fault
from cnngrade.fingerprint import Fingerprint, fingerprint
from cnngrade.mistakes import KnownMistake, LiveKnowledge
from cnngrade.student import Call, Functions

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a budget is measured against: work with a known cost, `unit` of which are one call of the reference."""

    timed: Timed
    unit: float
    estimated: bool


class Reference(Protocol):
    """What the judge asks of a reference. `case` is the case that runs now; `answers_anything` sets it apart
    from a recording.
    """

    case: str
    answers_anything: bool
    functions: Functions

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the fingerprint of the right answer to each input of a budget case."""

    def yardstick(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Yardstick:
        """Return what the budget case is measured against."""


def _frozen(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, dict):
        for part in value.values():
            _frozen(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _frozen(part)
    return value


class LiveReference:
    """The solution itself, called in this process. Its array results are read-only."""

    answers_anything = True

    def __init__(self, solution: ModuleType) -> None:
        self._solution = solution
        self.case = ""
        self.functions = Functions(self._call)

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return _frozen(getattr(self._solution, function)(*args, **kwargs))

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the fingerprint of the solution's answer to each input."""
        return [fingerprint(getattr(self._solution, function)(*args)) for args in inputs]

    def _yardstick(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Callable[..., Any]:
        """Return what the solution names `yardstick_FUNCTION`, or the function itself."""
        name = f"yardstick_{function}"
        measured: Callable[..., Any] = getattr(self._solution, name, getattr(self._solution, function))
        right = LiveReference.right_answers(self, case, function, inputs)
        if not all(fingerprint(measured(*args)).agrees(answer) for args, answer in zip(inputs, right, strict=True)):
            raise CourseError(
                f"{self._solution.__file__}: {name} answers otherwise than {function}. Let it do the same, at its own pace."
            )
        return measured

    def yardstick(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Yardstick:
        """Return the solution's yardstick of the function on the same inputs; raises CourseError if it answers otherwise.

        Each sample is taken on another input: how fast code is that moves memory also depends on where in memory its input
        lies, and the quickest sample shall not depend on that.
        """
        solve, in_turn = self._yardstick(case, function, inputs), itertools.cycle(inputs)

        def timed(calls: int, before: int) -> float:
            args = next(in_turn)
            for _ in range(before):
                solve(*args)
            start = time.thread_time()
            for _ in range(calls):
                solve(*args)
            return time.thread_time() - start

        return Yardstick(timed, 1.0, estimated=False)


def neutral_timed(calls: int, before: int) -> float:
    """Time the neutral workload."""
    neutral_work(before)
    start = time.thread_time()
    neutral_work(calls)
    return time.thread_time() - start


class RecordingReference(LiveReference):
    """A live reference that writes down what it was asked and what it answered."""

    answers_anything = False  # what it is asked has to be the same where it is played back

    def __init__(self, solution: ModuleType) -> None:
        super().__init__(solution)
        self.recorded: dict[str, list[tuple[str, bytes, bytes]]] = {}
        self.budgets: dict[str, dict[str, Any]] = {}

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        packed = wire.pack({"args": args, "kwargs": kwargs})
        answer = super()._call(function, args, kwargs)
        self.recorded.setdefault(self.case, []).append((function, packed, wire.pack({"value": answer})))
        return answer

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the right answers' fingerprints and write them down with the solution's cost in units of neutral work."""
        answers = super().right_answers(case, function, inputs)
        work = Work(super().yardstick(case, function, inputs).timed, neutral_timed, line=float("nan"))
        measure([work])
        self.budgets[case] = {"neutral": work.ratio, "answers": [answer.as_list() for answer in answers]}
        return answers


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
    for call in calls:
        answers = [
            [numbers.setdefault(known, len(numbers)), knowledge.mistaken(call, known).as_list()]
            for known in knowledge.mistakes(call.function)
        ]
        arguments = fingerprint(wire.unpack(call.packed)).as_list()
        expectations.append([call.case, call.function, arguments, knowledge.truth(call).as_list(), answers])
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
                # What is in an archive and is no array comes as bytes.
                if not isinstance(member, np.ndarray):
                    raise ValueError(f"{name} is no array")
                return member
        except Exception as error:
            # zipfile, zlib and numpy each fail in ways of their own on damaged data.
            raise Fault(f"{self._path} is missing or damaged ({error}). Get the unit's folder again.") from error

    def _json(self, name: str) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = json.loads(self._member(name).tobytes())
            if not isinstance(parsed, dict):
                raise ValueError(f"{name} is no table")
        except (ValueError, RecursionError) as error:
            raise Fault(f"{self._path} is damaged ({error}). Get the unit's folder again.") from error
        return parsed

    def expectations(self) -> dict[str, Any]:
        """Return what was recorded about the tests' calls of the student's functions."""
        return self._json("expectations")


class ReplayReference:
    """Gives back recorded answers, by case and order of calls."""

    answers_anything = False

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._asked: dict[str, int] = {}
        self._case = ""
        self.functions = Functions(self._call)

    @property
    def case(self) -> str:
        """The case that runs now; setting it starts its calls anew."""
        return self._case

    @case.setter
    def case(self, case: str) -> None:
        self._case = case
        self._asked[case] = 0

    def _call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        recorded = self._recording.index["cases"].get(self._case, [])
        order = self._asked.get(self._case, 0)
        self._asked[self._case] = order + 1
        arguments = fingerprint({"args": args, "kwargs": kwargs})
        if order >= len(recorded) or recorded[order][0] != function:
            raise Fault(f"{self._case} asks for an answer that was not recorded. Get the unit's folder again.")
        _, expected, start, length = recorded[order]
        if not Fingerprint.from_list(expected).agrees(arguments):
            raise Fault(
                f"{self._case} makes other inputs on this machine than where it was released (NumPy {np.__version__}). "
                "Tell the course staff; the graded run is not affected."
            )
        return _frozen(wire.unpack(self._recording.values[start : start + length])["value"])

    def _budget(self, case: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._recording.index["budgets"][case]
        except KeyError:
            raise Fault(f"{case} was not recorded. Get the unit's folder again.") from None
        return found

    def right_answers(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> list[Fingerprint]:
        """Return the recorded fingerprints."""
        return [Fingerprint.from_list(parts) for parts in self._budget(case)["answers"]]

    def yardstick(self, case: str, function: str, inputs: list[tuple[Any, ...]]) -> Yardstick:
        """Return the neutral workload with its recorded cost."""
        return Yardstick(neutral_timed, float(self._budget(case)["neutral"]), estimated=True)


class RecordedKnowledge:
    """What was recorded about the known mistakes, looked up by case, function and arguments."""

    def __init__(self, recording: Recording) -> None:
        recorded = recording.expectations()
        self._known = [KnownMistake(*parts) for parts in recorded["mistakes"]]
        self._calls: dict[tuple[str, str], list[list[Any]]] = {}
        for case, function, *rest in recorded["calls"]:
            self._calls.setdefault((case, function), []).append(rest)
        self._found: dict[tuple[str, str, bytes], list[Any] | None] = {}

    def _recorded(self, call: Call) -> list[Any] | None:
        key = (call.case, call.function, call.packed)
        if key not in self._found:
            arguments = fingerprint(wire.unpack(call.packed))
            entries = self._calls.get((call.case, call.function), [])
            self._found[key] = next((entry for entry in entries if Fingerprint.from_list(entry[0]).agrees(arguments)), None)
        return self._found[key]

    def truth(self, call: Call) -> Fingerprint | None:
        """Return the recorded fingerprint of the right answer; None if no call with these arguments was recorded."""
        entry = self._recorded(call)
        return Fingerprint.from_list(entry[1]) if entry else None

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""
        return [known for known in self._known if known.function == function]

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the recorded fingerprint of the mistake's answer."""
        entry = self._recorded(call)
        assert entry is not None
        return Fingerprint.from_list(dict(entry[2])[self._known.index(known)])
