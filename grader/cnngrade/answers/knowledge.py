"""What is known about a call: the right answer, and what each known mistake would answer."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Protocol

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.errors import StudentFailure
from cnngrade.model import Course, Policy, Unit
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Inline

_REMEMBERED = 50_000


_HELD_BYTES = 64 << 20


class Knowledge(Protocol):
    """What is known about a call: computed on the spot, or recorded at release."""

    def right_answer(self, call: Call) -> Fingerprint | None:
        """Return the right answer's fingerprint, None if nothing is known about the call."""

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the fingerprint of what a mistake answers to a call whose right answer is known."""


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

    def right_answer(self, call: Call) -> Fingerprint:
        """Return the fingerprint of the solution's answer."""
        return self._answer("", self._solution, call)

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""
        return [known for known in self._mistakes if known.function == function]

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the fingerprint of the mistake's answer."""
        return self._answer(known.name, self._mistakes[known], call)
