"""Play back somebody's run: the answers of a student's functions on the unit's page, beside the expected ones.

The command has the work run in a worker of its own; a notebook has those of its kernel answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngrade.course import paths
from cnngrade.errors import Reason, StudentFailure, SubmissionError, UsageError
from cnngrade.jobs.explore import has_page, page_of
from cnngrade.jobs.targets import Target
from cnngrade.judge.compare import Mismatch, assert_close, shaped_like
from cnngrade.judge.plain_values import is_key, is_number
from cnngrade.model import Course, Unit
from cnngrade.pages.page import with_run
from cnngrade.pages.played import Played, PlayedPart, State, run_as_json
from cnngrade.pages.plays import MOST_NUMBERS, Play, is_row, plays_of
from cnngrade.student.candidate import candidate
from cnngrade.student.proxy import Student

# Two numbers are the same up to that share of the largest expected one: a play is for looking at, and the tests know better
# what rounding may do. An answer in single precision is told from one in double.
_SAME, _SAME_IN_SINGLE = 1e-9, 1e-4


LARGEST_WITH_RUN = 1_200_000
"""Bytes of a page that plays calls: as much again as one without."""


_NOTHING = object()


def _numbers(value: Any) -> NDArray[Any] | None:
    """Return what of an answer can be shown as numbers; None where there is nothing."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in "biuf" and 0 < value.size <= MOST_NUMBERS else None
    if (is_number(value) and not isinstance(value, complex | np.complexfloating)) or is_row(value):
        try:
            array = np.asarray(value)
        except (ValueError, OverflowError):
            return None
        return array if array.dtype.kind in "biuf" and array.size <= MOST_NUMBERS else None
    return None


def _wrong(mine: NDArray[Any], expected: NDArray[Any], tolerance: float) -> NDArray[np.bool_]:
    """Mark the numbers that differ, of two arrays of one shape."""
    if expected.dtype.kind != "f":
        return np.asarray(mine != expected)
    with np.errstate(all="ignore"):
        right = expected.astype(np.float64)
        size = np.abs(right[np.isfinite(right)]).max(initial=0.0) or 1.0
        apart = np.abs(mine.astype(np.float64) - right) > tolerance * size
        either = ~(np.isfinite(mine) & np.isfinite(right))
        special = (mine != right) & ~(np.isnan(mine) & np.isnan(right))
        return np.asarray(np.where(either, special, apart))


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _part(label: str, mine: Any, expected: Any) -> PlayedPart:
    right = np.asarray(expected)
    single = right.dtype == np.float32
    tolerance = _SAME_IN_SINGLE if single else _SAME
    numbers = None if mine is _NOTHING else _numbers(mine)
    problem, wrong = "", None
    if mine is not _NOTHING:
        try:
            assert_close(mine, expected, c=tolerance / float(np.finfo(np.float32 if single else np.float64).eps))
        except Mismatch as mismatch:
            problem = " ".join(map(_as_sentence, filter(None, (str(mismatch), mismatch.cause))))
    if numbers is not None and numbers.shape == right.shape:
        wrong = _wrong(numbers, right, tolerance)
    return PlayedPart(label, right, numbers, wrong, problem)


def _parts(mine: Any, expected: Any, labels: Sequence[str], label: str = "") -> Iterator[PlayedPart]:
    """Yield the arrays of an answer beside the expected ones; where its form is another, nothing stands beside them."""
    if isinstance(expected, tuple | list) and not is_row(expected):
        alike = type(mine) is type(expected) and len(mine) == len(expected)
        for index, right in enumerate(expected):
            name = labels[index] if labels else f"{label}[{index}]"
            yield from _parts(mine[index] if alike else _NOTHING, right, (), name)
    elif isinstance(expected, dict):
        alike = type(mine) is dict and all(map(is_key, mine)) and mine.keys() == expected.keys()
        for key, right in expected.items():
            yield from _parts(mine[key] if alike else _NOTHING, right, (), f"{label}[{key!r}]")
    else:
        yield _part(label, mine, expected)


def _expected_alone(play: Play, state: State, problem: str = "") -> Played:
    return Played(play, state, tuple(_parts(_NOTHING, play.expected, play.labels)), problem)


def _played(play: Play, student: Student) -> Played:
    try:
        mine = getattr(student.functions, play.function)(*play.arguments.values())
    except StudentFailure as failure:
        if failure.reason is Reason.UNFINISHED:
            return _expected_alone(play, State.UNFINISHED)
        return _expected_alone(play, State.FAILED, str(failure))
    finally:
        student.calls.clear()
    problem = ""
    try:
        shaped_like(mine, play.expected)
    except Mismatch as mismatch:
        problem = _as_sentence(str(mismatch))
    parts = tuple(_parts(mine, play.expected, play.labels))
    different = problem or any(part.problem for part in parts)
    # What is said of a part need not be said of the whole.
    whole = problem if not any(part.problem for part in parts) else ""
    return Played(play, State.DIFFERENT if different else State.SAME, parts, whole)


def chosen_plays(course: Course, unit: Unit, functions: Sequence[str]) -> list[Play]:
    """Return the unit's plays of some `functions`, all if none is named; raises UsageError, CourseError, Fault."""
    if unknown := [name for name in functions if name not in unit.functions]:
        raise UsageError(f"{unit.name} has no function {unknown[0]}. There are: {', '.join(unit.functions)}.")
    plays = plays_of(course, unit)
    found = [entry for entry in plays if not functions or entry.function in functions]
    if not found:
        named = f" of {' and '.join(functions)}" if functions else ""
        there = list(dict.fromkeys(entry.function for entry in plays))
        others = f" There are calls of {' and '.join(there)}." if there else ""
        raise UsageError(f"{unit.name} has no calls{named} to play back.{others}")
    return found


def played(plays: Sequence[Play], student: Student | None, problem: str = "") -> list[Played]:
    """Return each play with the answer of the student's function; without a student, `problem` says why there is none."""
    if student is None:
        return [_expected_alone(entry, State.FAILED, problem) for entry in plays]
    return [_played(entry, student) for entry in plays]


def play_back(target: Target, functions: Sequence[str] = ()) -> list[Played]:
    """Return the unit's plays with the answers of the work, which runs in a worker.

    Where `functions` are named, here or by the target, it is their plays. Raises UsageError, CourseError and Fault.
    """
    plays = chosen_plays(target.course, target.unit, (*target.functions, *functions))
    try:
        student = candidate(target.course, target.path, target.unit, "").work.open()
    except SubmissionError as error:
        return played(plays, None, str(error))
    try:
        return played(plays, student)
    finally:
        student.close()


def page_with(course: Course, unit: Unit, work: str, found: Sequence[Played]) -> str:
    """Return the unit's page with a run in it; raises UsageError where the unit has no page, CourseError, Fault."""
    return with_run(page_of(course, unit), run_as_json(unit.name, work, found))


def prove_page(course: Course, unit: Unit, solution: Student, stub: Student) -> Iterator[str]:
    """Yield what is wrong with a unit's page and its plays; raises CourseError where one of them cannot be made."""
    plays = plays_of(course, unit)
    if not has_page(course, unit):
        if plays:
            yield f"the call {plays[0].name} is there to be played, and {paths.explore_source(course, unit.name)} is not."
        return
    page = page_of(course, unit)
    right = played(plays, solution)
    yield from (f"the play {entry.play.name} has two answers: {entry.remark()}" for entry in right if not entry.is_same)
    yield from (
        f"the play {entry.play.name} does not find the stub of {entry.play.function} unfinished."
        for entry in played(plays, stub)
        if entry.state is not State.UNFINISHED
    )
    filled = len(with_run(page, run_as_json(unit.name, "", right)).encode())
    if filled > LARGEST_WITH_RUN:
        yield f"with its plays the page has {filled:,} bytes, and may have {LARGEST_WITH_RUN:,}. Play smaller calls."
