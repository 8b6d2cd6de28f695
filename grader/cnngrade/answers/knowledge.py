"""What is known about a call: the right answer, and what each known mistake would answer."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.mistake_files import finished, mistake_files
from cnngrade.answers.mistake_workers import MistakeWorker
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.errors import CourseError, StudentFailure
from cnngrade.model import Course, Policy, Unit
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Inline
from cnngrade.worker import wire
from cnngrade.worker.serve import Workplace

_REMEMBERED = 50_000


_HELD_BYTES = 64 << 20


class Knowledge(Protocol):
    """What is known about a call: computed on the spot, or recorded at release."""

    def remembers(self, call: Call) -> bool:
        """Say whether the call has been asked about before: then what is known about it costs nothing."""

    def right_answer(self, call: Call) -> Fingerprint | None:
        """Return the right answer's fingerprint, None if nothing is known about the call."""

    def right_value(self, call: Call) -> Any:
        """Return the right answer itself, None if it is not known, or is none but an exception."""

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the fingerprint of what a mistake answers to a call whose right answer is known."""

    def close(self) -> None:
        """End what was started to answer questions; the next one starts it again."""


class NothingKnown:
    """What is known where nothing has to be: no call was wrong, so that no answers need be loaded."""

    def remembers(self, call: Call) -> bool:
        """Say yes: it costs nothing."""
        return True

    def right_answer(self, call: Call) -> None:
        """Return nothing."""

    def right_value(self, call: Call) -> None:
        """Return nothing."""

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return none."""
        return []

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Raise KeyError: there are no mistakes to ask about."""
        raise KeyError(known.name)

    def close(self) -> None:
        """Do nothing: nothing was started."""


def _arrives_as_it_is(value: Any) -> bool:
    """Say whether a value is the same after it has crossed the wire."""
    if type(value) is np.ndarray:
        return wire.is_plain_dtype(value.dtype)
    if type(value) in (tuple, list):
        return all(map(_arrives_as_it_is, value))
    return value is None or type(value) in (bool, float)


def _answer_as_a_student(module: ModuleType, call: Call) -> Any:
    """Return what trusted code answers to `call` by the way of a student's, or the StudentFailure that it raises."""
    args, kwargs = call.arguments()
    student = Student(Inline(module), Policy())
    if call.history:
        return student.answers_to(*args)
    try:
        function = getattr(student.functions, call.function)
        return (function.fresh if call.fresh else function)(*args, **kwargs)
    except StudentFailure as failure:
        return failure


def answer_of(module: ModuleType, call: Call) -> Any:
    """Return what trusted code answers to `call`, or the StudentFailure that it raises.

    A plain answer is taken as it is, which is half of the work. Whatever is not plain goes the way of a student's answer,
    and so does what is done with objects.
    """
    if call.history:
        return _answer_as_a_student(module, call)
    args, kwargs = call.arguments()
    place = Workplace()
    place.module = module
    try:
        with np.errstate(all="ignore"):
            answer = place.call(call.function, args, kwargs)
    except Exception:
        return _answer_as_a_student(module, call)
    is_failure = answer["changed"] or (call.fresh and answer["shared"])
    if is_failure or not _arrives_as_it_is(answer["value"]):
        return _answer_as_a_student(module, call)
    return answer["value"]


class LiveKnowledge:
    """Asks the solution and the mistakes themselves, those that are files in workers. What was asked once is remembered.

    Raises CourseError where known mistakes cannot be read.
    """

    def __init__(self, course: Course, unit: Unit, solution: ModuleType) -> None:
        self._solution = solution
        self._mistakes: dict[KnownMistake, ModuleType] = {}
        for known, code in load_mistakes(course, unit).items():
            self._mistakes[known] = ModuleType(known.name)
            # Objects may meet others of the unit.
            right = {name: getattr(solution, name) for name in unit.functions if hasattr(solution, name)}
            vars(self._mistakes[known]).update(right)
            setattr(self._mistakes[known], known.function, code)
        self._workers = {file.known: MistakeWorker(course, file) for file in finished(mistake_files(course, unit))}
        names = {known.name for known in self._mistakes}
        if twice := [known.name for known in self._workers if known.name in names]:
            raise CourseError(f"{unit.name} has two known mistakes that are called {twice[0]}. Rename the file {twice[0]}.py.")
        self._seen: dict[tuple[str, str, bytes, bool], Fingerprint] = {}
        self._held = 0

    def _answer(self, name: str, ask: Callable[[Call], Fingerprint], call: Call) -> Fingerprint:
        key = (name, call.function, call.packed, call.fresh)
        if key not in self._seen:
            # The solution is asked first about every call, whose arguments are held once for all that is remembered of it.
            self._held += len(call.packed) if not name else 0
            if len(self._seen) >= _REMEMBERED or self._held > _HELD_BYTES:
                self._seen.clear()
                self._held = 0
            self._seen[key] = ask(call)
        return self._seen[key]

    def remembers(self, call: Call) -> bool:
        """Say whether the solution has been asked before."""
        return ("", call.function, call.packed, call.fresh) in self._seen

    def right_answer(self, call: Call) -> Fingerprint:
        """Return the fingerprint of the solution's answer."""
        return self._answer("", lambda call: fingerprint(answer_of(self._solution, call)), call)

    def right_value(self, call: Call) -> Any:
        """Return the solution's answer."""
        answer = answer_of(self._solution, call)
        return None if isinstance(answer, StudentFailure) else answer

    def mistakes(self, function: str) -> list[KnownMistake]:
        """Return the known mistakes of a function."""
        return [known for known in (*self._mistakes, *self._workers) if known.function == function]

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        """Return the fingerprint of the mistake's answer."""
        if known in self._workers:
            return self._answer(known.name, self._workers[known].answer, call)
        return self._answer(known.name, lambda call: fingerprint(answer_of(self._mistakes[known], call)), call)

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers.values():
            worker.close()
