"""Plays: calls of a unit's functions on real data, whose answers a page shows number by number.

    @play
    def f_of_a_photograph(data):
        \"\"\"The caption: what is computed.\"\"\"
        return {"x": photograph, "times": 2}

A play is one call of the unit's function whose name its own name begins with; it returns the arguments by name, in the
function's order, and they are passed by position. `@play("mean", "spread")` names the parts of an answer that is a tuple. Plays
stand in the file of the unit's pictures. A handout holds the arguments and the solution's answer, so nothing is computed anew.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngrade.course import paths
from cnngrade.course.docstrings import docstring_of
from cnngrade.course.modules import load_module
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError, Fault, StudentFailure
from cnngrade.model import Course, Unit
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline
from cnngrade.worker import wire

MOST_NUMBERS = 20_000
"""How many numbers an answer may have that a page goes through, and an argument that a page shows."""


_MARK = "__cnngrade_play__"


_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Play:
    """One call of `function`: `arguments` by name and in order, and what the solution answers.

    `labels` name the parts of an answer that is a tuple, or are empty.
    """

    name: str
    function: str
    caption: str
    labels: tuple[str, ...]
    arguments: Mapping[str, Any]
    expected: Any


def play(*labels: Any) -> Any:
    """Mark a function of a course's pictures file as a play; its docstring is the caption, `labels` name an answer's parts."""
    if len(labels) == 1 and callable(labels[0]):
        return play()(labels[0])

    def marked(code: Callable[..., Any]) -> Callable[..., Any]:
        setattr(code, _MARK, tuple(map(str, labels)))
        return code

    return marked


def leaves(answer: Any) -> list[Any]:
    """Return what an answer of tuples, lists and dicts is made of; a list of numbers is one of its parts."""
    if isinstance(answer, dict):
        return [leaf for part in answer.values() for leaf in leaves(part)]
    if isinstance(answer, tuple | list) and not is_row(answer):
        return [leaf for part in answer for leaf in leaves(part)]
    return [answer]


def is_row(value: Any) -> bool:
    """Say whether a value is a list or tuple of numbers, and of nothing else."""
    return isinstance(value, tuple | list) and bool(value) and all(map(_is_number, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | np.number | np.bool_) and not isinstance(value, np.complexfloating)


def _is_shown(leaf: Any) -> bool:
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "biuf" and 0 < leaf.size <= MOST_NUMBERS
    return _is_number(leaf) or (is_row(leaf) and len(leaf) <= MOST_NUMBERS)


def _answered(path: Path, name: str, function: str, arguments: Mapping[str, Any], student: Student) -> Any:
    """Return the solution's answer; raises CourseError where it is not one that can be shown."""
    try:
        answer = getattr(student.functions, function)(*arguments.values())
    except StudentFailure as failure:
        raise CourseError(f"{path}: the solution fails in the play {name}: {failure}") from failure
    if not all(map(_is_shown, leaves(answer))):
        raise CourseError(
            f"{path}: the play {name} cannot be shown: an answer is made of real numbers and of arrays with 1 to "
            f"{MOST_NUMBERS:,} of them."
        )
    return answer


def _arguments(path: Path, name: str, code: Callable[..., Any], data: Path, parameters: Sequence[str]) -> Mapping[str, Any]:
    """Return what the play's code says that the function is called with; raises CourseError."""
    try:
        given = code(data)
    except Exception as error:
        raise CourseError(f"{path}: the play {name} cannot be made: {type(error).__name__}: {error}") from error
    if not isinstance(given, dict) or not given or list(given) != list(parameters)[: len(given)]:
        raise CourseError(
            f"{path}: the play {name} must return the arguments of its function by name and in order, "
            f"as in {{{', '.join(f'{parameter!r}: ...' for parameter in parameters)}}}."
        )
    return given


def declared_plays(course: Course, unit: Unit) -> list[Play]:
    """Return the unit's plays with the solution's answers, none if it has no file of pictures; raises CourseError."""
    path = paths.pictures_file(course, unit.name)
    if not path.is_file():
        return []
    marked = [(name, code) for name, code in vars(load_module(path, course.root)).items() if hasattr(code, _MARK)]
    if not marked:
        return []
    solution = load_module(paths.solution_file(course, unit.name), course.root)
    student = Student(Inline(solution), course.policy)
    found = []
    for name, code in marked:
        function, caption = function_of(name, unit.functions), docstring_of(code)
        if function is None:
            raise CourseError(
                f"{path}: the play {name} belongs to no function of {unit.name}. "
                f"Begin its name with one of {', '.join(unit.functions)}."
            )
        if not caption:
            raise CourseError(f"{path}: the docstring of the play {name} is its caption, and it has none.")
        parameters = list(inspect.signature(getattr(solution, function)).parameters)
        given = _arguments(path, name, code, paths.data_folder(course), parameters)
        expected = _answered(path, name, function, given, student)
        labels = getattr(code, _MARK)
        if labels and not (isinstance(expected, tuple | list) and len(expected) == len(labels)):
            raise CourseError(f"{path}: the play {name} names {len(labels)} parts, and the answer does not have as many.")
        found.append(Play(name, function, " ".join(caption.split("\n\n")[0].split()), labels, given, expected))
    return found


def record_plays(course: Course, unit: Unit, path: Path) -> None:
    """Write the unit's plays with the solution's answers; nothing where there are none. Raises CourseError."""
    plays = declared_plays(course, unit)
    if not plays:
        return
    members: dict[str, NDArray[Any]] = {}
    index = []
    for number, entry in enumerate(plays):
        index.append([entry.name, entry.function, entry.caption, list(entry.labels)])
        packed = wire.pack({"arguments": dict(entry.arguments), "expected": entry.expected})
        members[str(number)] = np.frombuffer(packed, np.uint8)
    members["index"] = np.frombuffer(json.dumps({"format": _FORMAT, "plays": index}).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **members)


def recorded_plays(path: Path) -> list[Play]:
    """Return the plays that `record_plays` wrote, none where there is no file; raises Fault for a damaged one."""
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            index = json.loads(archive["index"].tobytes())
            if index["format"] != _FORMAT:
                raise ValueError("made by another version of cnngrade")
            found = []
            for number, (name, function, caption, labels) in enumerate(index["plays"]):
                values = wire.unpack(archive[str(number)].tobytes())
                found.append(Play(name, function, caption, tuple(labels), values["arguments"], values["expected"]))
            return found
    except Exception as error:
        # zipfile, zlib, json, numpy and the wire each fail in ways of their own on damaged data.
        raise Fault(f"{path} is damaged ({error}). Get the unit's folder again.") from error


def plays_of(course: Course, unit: Unit) -> list[Play]:
    """Return the plays of a unit: those recorded in a handout, or those that the course declares. Raises CourseError, Fault."""
    return recorded_plays(paths.plays_file(course, unit.name)) if course.handout else declared_plays(course, unit)
