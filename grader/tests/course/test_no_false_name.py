"""No function of the course gets a mistake's name for answers that only happen to be wrong, or for exceptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngrade.answers.answer_key import live_answer_key
from cnngrade.answers.diagnosis import diagnose
from cnngrade.answers.fingerprint import fingerprint
from cnngrade.answers.knowledge import Knowledge, answer_of
from cnngrade.answers.mistakes import load_mistakes
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import StudentFailure, StudentRaised
from cnngrade.judge.judging import judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import Submission
from cnngrade.student.candidate import Candidate, OpenedWork
from cnngrade.student.proxy import Call
from support.places import ROOT
from support.sweeps import sweep

COURSE = load_course(ROOT)
KINDS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
    ZeroDivisionError,
)


class Asked:
    """What the public tests of a unit ask, with the right answers, and what is known about it."""

    def __init__(self, unit: str) -> None:
        answer_key = live_answer_key(COURSE, COURSE.unit(unit))
        assert answer_key.solution is not None
        student = answer_key.solution.open()
        submission = Submission("", unit, paths.solution_file(COURSE, unit), "")
        suite = Suite(COURSE, COURSE.unit(unit), answer_key=answer_key)
        judge_untimed(suite, [Candidate(submission, OpenedWork(student))])
        self.knowledge: Knowledge = answer_key.knowledge()
        self.calls: dict[str, list[Call]] = {}
        for call in student.calls:
            self.calls.setdefault(call.function, []).append(call)
        self.mistakes = load_mistakes(COURSE, COURSE.unit(unit))

    def named(self, calls: list[Call]) -> dict[str, dict[str, str]]:
        """Return what is named if every case fails in which a call is not answered rightly."""
        failed = {
            call.case
            for call, right in zip(calls, self.calls[calls[0].function], strict=True)
            if call.value is not right.value or call.failure is not right.failure
        }
        return diagnose(calls, self.knowledge, failed)


@pytest.fixture(scope="module", params=sweep([unit.name for unit in COURSE.units], ["padding", "filters", "hierarchy"]))
def asked(request: pytest.FixtureRequest) -> Asked:
    return Asked(request.param)


Change = Callable[[np.ndarray], np.ndarray]


def changed(answer: Any, change: Change) -> Any:
    """Return an answer of the same form with other numbers in all its parts."""
    if isinstance(answer, tuple | list):
        return type(answer)(changed(part, change) for part in answer)
    if isinstance(answer, dict):
        return {key: changed(part, change) for key, part in answer.items()}
    if isinstance(answer, str) or answer is None:
        return answer
    other = change(np.asarray(answer))
    return other if isinstance(answer, np.ndarray) else type(answer)(other[()])


def random_numbers(x: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(x.size)
    return rng.integers(0, 100, x.shape).astype(x.dtype) if x.dtype.kind in "iub" else rng.normal(size=x.shape).astype(x.dtype)


def noisy(x: np.ndarray) -> np.ndarray:
    return x if x.dtype.kind in "iub" else x * (1 + 1e-3 * np.random.default_rng(x.size).normal(size=x.shape))


def without_last(x: np.ndarray) -> np.ndarray:
    return np.where(np.arange(x.size).reshape(x.shape) < x.size - 1, x, 0).astype(x.dtype)


CHANGES: dict[str, Change] = {
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "not a number": lambda x: np.full_like(x, np.nan) if x.dtype.kind == "f" else x,
    "a constant": lambda x: np.full_like(x, 40),
    "random": random_numbers,
    "nearly right": noisy,
    "the mean everywhere": lambda x: np.full_like(x, x.mean() if x.size else 0),
    "the last number missing": without_last,
    "a little of everything": lambda x: (x + x.size % 7 + 0.625).astype(x.dtype) if x.dtype.kind == "f" else x + 11,
}


def right_then(calls: list[Call], wrong: Callable[[int, Call], Call], start: int) -> list[Call]:
    """Return the calls of which those from `start` on are answered by `wrong`."""
    return [wrong(index, call) if index >= start else call for index, call in enumerate(calls)]


def raising(kind: type[Exception]) -> Callable[[int, Call], Call]:
    kinds = tuple(base.__name__ for base in kind.__mro__ if issubclass(base, Exception))
    return lambda _, call: replace(call, value=None, failure=StudentRaised("", kinds))


def answering(change: Change) -> Callable[[int, Call], Call]:
    return lambda _, call: call if call.failure else replace(call, value=changed(call.value, change))


def first_argument(_: int, call: Call) -> Call:
    args, kwargs = call.arguments()
    return replace(call, value=next(iter((*args, *kwargs.values())), None), failure=None)


@pytest.mark.parametrize("start", [0, 1, 3])
def test_exceptions_name_nothing(asked: Asked, start: int) -> None:
    """right at first, and from then on an exception of any kind: no name"""
    for function, calls in asked.calls.items():
        for kind in KINDS:
            assert asked.named(right_then(calls, raising(kind), start)) == {}, (function, kind)


@pytest.mark.parametrize("start", [0, 1, 3])
def test_answers_of_no_mistake_name_nothing(asked: Asked, start: int) -> None:
    """right at first, and from then on zeros, constants, arguments, random numbers and the like: no name"""
    for function, calls in asked.calls.items():
        wrong = {name: answering(change) for name, change in CHANGES.items()}
        wrong["the first argument"] = first_argument
        wrong["the answer before"] = lambda index, call, calls=calls: replace(call, value=calls[index - 1].value, failure=None)
        for name, answer in wrong.items():
            assert asked.named(right_then(calls, answer, start)) == {}, (function, name)


def with_answer(call: Call, answer: Any) -> Call:
    return replace(call, failure=answer) if isinstance(answer, StudentFailure) else replace(call, value=answer, failure=None)


def test_a_mistakes_answers_now_and_then_name_nothing(asked: Asked) -> None:
    """one answer just as a mistake gives it, then exceptions; or all of them but one, which is wrong in another way: no name"""
    for known, code in asked.mistakes.items():
        calls = [call for call in asked.calls[known.function] if call.failure is None and any(call.arguments())]
        module = ModuleType(known.name)
        setattr(module, known.function, code)
        mistaken = [with_answer(call, answer_of(module, call)) for call in calls]
        differs = [
            index
            for index, (call, right) in enumerate(zip(mistaken, calls, strict=True))
            if call.failure is None and not fingerprint(call.value).agrees(fingerprint(right.value))
        ]
        for index in differs[:1]:
            once = [*calls[:index], mistaken[index], *(raising(ValueError)(0, call) for call in calls[index + 1 :])]
            assert diagnose(once, asked.knowledge) == {}, known
            other = answering(random_numbers)(0, calls[index])
            rest = [*mistaken[:index], other, *mistaken[index + 1 :]]
            assert diagnose(rest, asked.knowledge) == {}, known
