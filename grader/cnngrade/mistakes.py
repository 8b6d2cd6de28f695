"""Known mistakes: wrong answers that are common enough to have a sentence of their own.

    solution = solution_for(__file__)

    @mistake("The kernel is turned by 180 degrees. Slide it as it stands.")
    def f_turned(x, w): return solution.f(x, w[::-1, ::-1])

A mistake is of the unit's function whose name its own name begins with. A student's function is diagnosed by its answers: the
mistake that answers every call of it as the student did, right ones and wrong ones, is the mistake that was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

from cnngrade import layout
from cnngrade.course import find_course
from cnngrade.errors import CourseError, StudentFailure
from cnngrade.fingerprint import Fingerprint, fingerprint
from cnngrade.loading import load_afresh, load_module
from cnngrade.model import Course, Policy, Unit
from cnngrade.student import Call, Inline, Student

_MARK = "__cnngrade_mistake__"
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """One known mistake of `function`. `name` is for the staff, `sentence` for the student."""

    name: str
    function: str
    sentence: str


def mistake(sentence: str) -> Callable[[_Function], _Function]:
    """Mark a function of a course's mistakes file as a known mistake and give the sentence that explains it."""

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, sentence)
        return function

    return mark


def solution_for(file: str) -> ModuleType:
    """Return the module solutions/NAME.py that belongs to the mistakes file `file` (its `__file__`)."""
    path = Path(file).resolve()
    root = find_course(path.parent).parent
    return load_module(root / "solutions" / path.name, root)


def function_of(name: str, functions: Sequence[str]) -> str | None:
    """Return the longest of `functions` that `name` begins with, as a whole word of its underscores; None if there is none."""
    fitting = [function for function in functions if name == function or name.startswith(function + "_")]
    return max(fitting, key=len, default=None)


def load_mistakes(course: Course, unit: Unit) -> dict[KnownMistake, Callable[..., Any]]:
    """Return the unit's known mistakes with their code, loaded afresh; raises CourseError."""
    path = layout.mistakes_file(course, unit.name)
    module = load_afresh(path, course.root)
    found: dict[KnownMistake, Callable[..., Any]] = {}
    for name, value in vars(module).items():
        sentence = getattr(value, _MARK, None)
        if sentence is None:
            continue
        function = function_of(name, unit.functions)
        if function is None:
            raise CourseError(
                f"{path}: the mistake {name} belongs to no function of {unit.name}. "
                f"Begin its name with one of {', '.join(unit.functions)}."
            )
        found[KnownMistake(name, function, sentence)] = value
    return found


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is known about one call: the right answer's fingerprint, and each mistake's."""

    truth: Fingerprint
    mistakes: dict[KnownMistake, Fingerprint]


class Knowledge(Protocol):
    """Where the fingerprints come from: computed on the spot, or recorded at release."""

    def expectation(self, call: Call) -> Expectation | None:
        """Return what is known about the call, None if nothing is."""


def answer_of(module_or_functions: ModuleType, call: Call) -> Any:
    """Return what trusted code answers to `call`, or the StudentFailure that it raises."""
    args, kwargs = call.arguments()
    student = Student(Inline(module_or_functions), Policy())
    try:
        return getattr(student.functions, call.function)(*args, **kwargs)
    except StudentFailure as failure:
        return failure


class LiveKnowledge:
    """Asks the solution and the mistakes themselves. Equal calls are asked once."""

    def __init__(self, course: Course, unit: Unit, solution: ModuleType) -> None:
        self._solution = solution
        self._mistakes = load_mistakes(course, unit)
        self._seen: dict[tuple[str, bytes], Expectation] = {}

    def expectation(self, call: Call) -> Expectation:
        """Return what the solution and every mistake of the call's function answer to it."""
        key = (call.function, call.packed)
        if key not in self._seen:
            if len(self._seen) > 2_000:
                self._seen.clear()
            answers = {}
            for known, function in self._mistakes.items():
                if known.function == call.function:
                    stand_in = ModuleType(known.name)
                    setattr(stand_in, call.function, function)
                    answers[known] = fingerprint(answer_of(stand_in, call))
            self._seen[key] = Expectation(fingerprint(answer_of(self._solution, call)), answers)
        return self._seen[key]


def diagnose(calls: Iterable[Call], knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """Return, for every case with a wrong answer that is known, {function: sentence}: {case: {function: sentence}}.

    A mistake that explains all calls of a function is preferred; failing that, one that explains all wrong answers of a case.
    Where two mistakes explain the same, nothing is claimed unless their sentences are one.
    """
    wrong: dict[str, dict[str, list[set[KnownMistake]]]] = {}
    everywhere: dict[str, set[KnownMistake]] = {}
    for call in calls:
        expected = knowledge.expectation(call)
        if expected is None or (call.failure is not None and call.failure.verdict not in ("RAISED", "WRONG")):
            continue
        seen = fingerprint(call.failure if call.failure is not None else call.value)
        fitting = {known for known, answer in expected.mistakes.items() if answer.agrees(seen)}
        everywhere[call.function] = everywhere.get(call.function, fitting) & fitting
        if not seen.agrees(expected.truth):
            wrong.setdefault(call.case, {}).setdefault(call.function, []).append(fitting)
    found: dict[str, dict[str, str]] = {}
    for case, functions in wrong.items():
        for function, candidates in functions.items():
            named = everywhere[function] or set.intersection(*candidates)
            sentences = {known.sentence for known in named}
            if len(sentences) == 1:
                found.setdefault(case, {})[function] = sentences.pop()
    return found
