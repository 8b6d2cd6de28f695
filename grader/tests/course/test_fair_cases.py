"""What a student can lose points for is visible: every kind of input that counts is among the public cases."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from cnngrade.answers.answer_key import live_answer_key
from cnngrade.answers.knowledge import LiveKnowledge
from cnngrade.answers.mistakes import KnownMistake
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.errors import Verdict
from cnngrade.judge.judging import gates_of, judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Submission
from cnngrade.student.candidate import Candidate, OpenedWork
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Inline
from support.places import ROOT
from support.sweeps import sweep

COURSE = load_course(ROOT)
FUNCTIONS = [(unit.name, function) for unit in COURSE.units for function in unit.functions]

# Gradients are floats: of the unit `learning`, each stub says which of its arguments may be whole numbers.
FORWARD = [(unit, function) for unit, function in FUNCTIONS if unit != "learning"]

Kinds = dict[str, set[str]]

# What is shown of NaN, and which digit it is, nobody has said; where a matrix moves an image, NaN is everywhere; and what ReLU
# makes of NaN is asked once, of `relu`.
NO_NAN = {"to_display", "classify", "shift", "lenet"}

# Images come as bytes; filters, weights and logits do not.
NO_BYTES = {"softmax"}


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Yield the arrays among the arguments, those in lists, tuples and dicts too."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from arrays_in(entry)
    elif isinstance(value, dict):
        yield from arrays_in(list(value.values()))


def kinds_of_array(array: np.ndarray) -> Iterator[str]:
    """Yield what is particular about an array's numbers."""
    if array.dtype == np.uint8:
        yield "bytes"
    elif array.dtype.kind in "iu":
        yield "whole numbers"
    elif array.dtype == np.float32:
        yield "float32"
    if array.dtype.kind == "f":
        yield from (kind for kind, found in (("NaN", np.isnan(array)), ("infinity", np.isinf(array))) if found.any())
    if not array.flags.writeable:
        yield "read-only"


def kinds_of(name: str, value: Any) -> Iterator[str]:
    """Yield what is particular about one argument: kinds of numbers, axes of length 1, pairs, and signs."""
    found = list(arrays_in(value))
    for array in found:
        yield from (kind if kind in ("NaN", "infinity", "read-only") else f"{name}: {kind}" for kind in kinds_of_array(array))
    if isinstance(value, np.ndarray):
        yield f"{name}: an array"
        yield from (f"{name}: axis {axis} of length 1" for axis, size in enumerate(value.shape) if size == 1)
    elif isinstance(value, tuple) and not found:
        yield f"{name}: a pair"
    elif isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
        yield f"{name}: {'0' if value == 0 else 'negative'}"


def kinds_of_call(code: Callable[..., Any], call: Call) -> set[str]:
    """Return what is particular about a call; if the solution refuses it, that is its sentence without the numbers."""
    if call.failure is not None:
        return {re.sub(r"[-\d(][-\d(), x]*", "_", str(call.failure).splitlines()[0])}
    args, kwargs = call.arguments()
    bound = inspect.signature(code).bind(*args, **kwargs).arguments
    return {kind for name, value in bound.items() for kind in kinds_of(name, value)}


def agrees(knowledge: LiveKnowledge, call: Call, known: KnownMistake) -> bool:
    """Say whether a mistake answers a call as the solution does."""
    return knowledge.mistaken(call, known).agrees(knowledge.right_answer(call))


@cache
def calls_of_the_solution(unit_name: str) -> tuple[list[Call], set[str]]:
    """Return every call that the cases of a unit make of its solution, and the names of the cases that are gates."""
    unit = COURSE.unit(unit_name)
    student = Student(Inline(load_module(paths.solution_file(COURSE, unit_name), ROOT)), COURSE.policy)
    suite = Suite(COURSE, unit, hidden=True, answer_key=live_answer_key(COURSE, unit))
    report = judge_one(suite, Candidate(Submission("", unit_name, ROOT, ""), OpenedWork(student)))
    assert {outcome.verdict for outcome in report.outcomes} <= {Verdict.PASSED, Verdict.SLOW}
    return student.calls, {gate.case.id for gate in gates_of(suite)}


@cache
def kinds_asked_for(unit_name: str) -> tuple[Kinds, Kinds]:
    """Return the kinds of inputs of each function: those among the public cases that are no gates, and all of them."""
    unit = COURSE.unit(unit_name)
    solution = load_module(paths.solution_file(COURSE, unit_name), ROOT)
    calls, gates = calls_of_the_solution(unit_name)
    shown: Kinds = {function: set() for function in unit.functions}
    asked: Kinds = {function: set() for function in unit.functions}
    for call in calls:
        found = kinds_of_call(getattr(solution, call.function), call)
        asked[call.function] |= found
        # A gate may overlook what it does not ask for.
        if not call.hidden and call.case not in gates:
            shown[call.function] |= found
    return shown, asked


@pytest.mark.parametrize("unit", sweep([unit.name for unit in COURSE.units], ["pixels", "padding", "pooling"]))
def test_a_mistake_refuses_what_the_solution_refuses(unit: str) -> None:
    """or else refusing is all that it is about: whoever makes another mistake may well have checked the arguments"""
    solution = load_module(paths.solution_file(COURSE, unit), ROOT)
    knowledge = LiveKnowledge(COURSE, COURSE.unit(unit), solution)
    calls, _ = calls_of_the_solution(unit)
    refused = [call for call in calls if call.failure is not None]
    assert refused
    other = []
    for function in COURSE.unit(unit).functions:
        mine = [call for call in calls if call.function == function and call.failure is None]
        for known in knowledge.mistakes(function):
            differs = [call for call in refused if call.function == function and not agrees(knowledge, call, known)]
            if differs and not all(agrees(knowledge, call, known) for call in mine):
                other.append(known.name)
    assert other == []


@pytest.mark.parametrize(("unit", "function"), FUNCTIONS)
def test_no_kind_of_input_is_hidden(unit: str, function: str) -> None:
    """types, NaN, infinity, read-only arrays, axes of length 1, pairs, signs, refusals: none in hidden cases alone"""
    shown, asked = kinds_asked_for(unit)
    assert sorted(asked[function] - shown[function]) == []


@pytest.mark.parametrize(("unit", "function"), FORWARD)
def test_every_kind_of_number_is_looked_at(unit: str, function: str) -> None:
    """public cases give each array as whole numbers and as float32, images as bytes as well, and NaN in one of them"""
    shown, asked = kinds_asked_for(unit)
    solution = load_module(paths.solution_file(COURSE, unit), ROOT)
    names = [
        name for name in inspect.signature(getattr(solution, function)).parameters if f"{name}: an array" in asked[function]
    ]
    missing = {f"{name}: {kind}" for name in names for kind in ("whole numbers", "float32")} - shown[function]
    if names and function not in NO_BYTES:
        missing |= {f"{names[0]}: bytes"} - shown[function]
    if names and function not in NO_NAN:
        missing |= {"NaN"} - shown[function]
    assert sorted(missing) == []
