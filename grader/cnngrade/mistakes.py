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
from cnngrade.student import Call, Student
from cnngrade.transport import Inline

FIRST_ANSWER_KEPT = (
    "Every call brings the answer of the first one: something is kept between calls. Compute each answer anew, from its "
    "arguments."
)

_MARK = "__cnngrade_mistake__"
_REMEMBERED = 50_000
_HELD_BYTES = 64 << 20
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


class Knowledge(Protocol):
    """What is known about a call: computed on the spot, or recorded at release."""

    def truth(self, call: Call) -> Fingerprint | None:
        """Return the right answer's fingerprint, None if nothing is known about the call."""

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the fingerprint of what a mistake answers to a call whose truth is known."""


def answer_of(module_or_functions: ModuleType, call: Call) -> Any:
    """Return what trusted code answers to `call`, or the StudentFailure that it raises."""
    args, kwargs = call.arguments()
    student = Student(Inline(module_or_functions), Policy())
    try:
        function = getattr(student.functions, call.function)
        return (function.fresh if call.fresh else function)(*args, **kwargs)
    except StudentFailure as failure:
        return failure


class LiveKnowledge:
    """Asks the solution and the mistakes themselves. What was asked once is remembered."""

    def __init__(self, course: Course, unit: Unit, solution: ModuleType) -> None:
        self._solution = solution
        self._mistakes: dict[KnownMistake, ModuleType] = {}
        for known, code in load_mistakes(course, unit).items():
            self._mistakes[known] = ModuleType(known.name)
            setattr(self._mistakes[known], known.function, code)
        self._seen: dict[tuple[str, str, bytes, bool], Fingerprint] = {}
        self._held = 0

    def _answer(self, name: str, module: ModuleType, call: Call) -> Fingerprint:
        key = (name, call.function, call.packed, call.fresh)
        if key not in self._seen:
            # The solution is asked first about every call, whose arguments are held once for all that is remembered of it.
            self._held += len(call.packed) if not name else 0
            if len(self._seen) >= _REMEMBERED or self._held > _HELD_BYTES:
                self._seen.clear()
                self._held = 0
            self._seen[key] = fingerprint(answer_of(module, call))
        return self._seen[key]

    def truth(self, call: Call) -> Fingerprint:
        """Return the fingerprint of the solution's answer."""
        return self._answer("", self._solution, call)

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""
        return [known for known in self._mistakes if known.function == function]

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the fingerprint of the mistake's answer."""
        return self._answer(known.name, self._mistakes[known], call)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A call with what was answered and what is right."""

    call: Call
    answer: Fingerprint
    truth: Fingerprint

    @property
    def wrong(self) -> bool:
        return not self.answer.agrees(self.truth)


def _fitting(seen: Iterable[_Seen], candidates: list[KnownMistake], knowledge: Knowledge) -> list[KnownMistake]:
    """Return the candidates that answer every one of the calls as the student did."""
    for entry in seen:
        if not candidates:
            break
        candidates = [known for known in candidates if knowledge.mistaken(entry.call, known).agrees(entry.answer)]
    return candidates


def _sentence(named: Iterable[KnownMistake]) -> str | None:
    """Return the one sentence of the mistakes; where they have several, nothing is claimed."""
    sentences = {known.sentence for known in named}
    return sentences.pop() if len(sentences) == 1 else None


def _keeps_its_first_answer(seen: Sequence[_Seen]) -> bool:
    """Say whether all answers are the first one, which was right, although others were asked for."""
    answered = [entry for entry in seen if not entry.answer.form.startswith(("raises", "no answer"))]
    if len(answered) < 3 or answered[0].wrong:
        return False
    return any(entry.wrong for entry in answered) and all(entry.answer.agrees(answered[0].answer) for entry in answered)


def _name_function(seen: list[_Seen], function: str, knowledge: Knowledge) -> dict[str, str]:
    """Return {case: sentence} for the cases in which the function answered wrongly, as far as the mistake is known."""
    wrong: dict[str, list[_Seen]] = {}
    for entry in seen:
        if entry.wrong:
            wrong.setdefault(entry.call.case, []).append(entry)
    if not wrong:
        return {}
    every = knowledge.mistakes(function)
    everywhere = _sentence(_fitting(sorted(seen, key=lambda entry: not entry.wrong), every, knowledge))
    if everywhere:
        return dict.fromkeys(wrong, everywhere)
    if _keeps_its_first_answer(seen):
        return dict.fromkeys(wrong, FIRST_ANSWER_KEPT)
    # Two mistakes at once, or one of several ways through the code: then each case by itself. Hidden cases have inputs of their
    # own for each student, so there only what the public ones brought to light is tried.
    named: dict[str, str] = {}
    shown: list[KnownMistake] = []
    for case in sorted(wrong, key=lambda case: case.startswith("hidden/")):
        fitting = _fitting(wrong[case], shown if case.startswith("hidden/") else every, knowledge)
        sentence = _sentence(fitting)
        if sentence:
            named[case] = sentence
            shown += [known for known in fitting if known not in shown]
    return named


def diagnose(calls: Iterable[Call], knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """Return {case: {function: sentence}} for the cases with wrong answers whose mistake is known.

    A mistake that explains all answers of a function, right and wrong, is preferred; failing that, one that explains the wrong
    ones of a case. Where several explain the same, nothing is claimed unless they share a sentence.
    """
    by_function: dict[str, list[_Seen]] = {}
    for call in calls:
        if call.failure is not None and call.failure.verdict not in ("RAISED", "WRONG"):
            continue
        truth = knowledge.truth(call)
        if truth is not None:
            answer = fingerprint(call.failure if call.failure is not None else call.value)
            by_function.setdefault(call.function, []).append(_Seen(call, answer, truth))
    found: dict[str, dict[str, str]] = {}
    for function, seen in by_function.items():
        for case, sentence in _name_function(seen, function, knowledge).items():
            found.setdefault(case, {})[function] = sentence
    return found
