"""A known mistake that is a file, as a submission: a worker has its function, and the unit's other functions are right."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from cnngrade.answers.mistake_files import MistakeFile
from cnngrade.answers.mistake_workers import mistake_policy, open_mistake
from cnngrade.course.naming import names_a_class
from cnngrade.model import Course
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline
from cnngrade.worker import wire
from cnngrade.worker.operations import PREFIX


@dataclass(frozen=True, slots=True)
class MistakeFileWork:
    """A file among the right functions of `solution`, which are called in this process."""

    course: Course
    file: MistakeFile
    solution: ModuleType

    def open(self) -> Student:
        """Start a worker; raises SubmissionError and Fault."""
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True))
            student, source = open_mistake(self.course, self.file, Path(folder))
            stack.callback(source.close)
            stack.callback(student.close)
            among = _AmongRightFunctions(self.solution, student, self.file.known.function, stack.pop_all())
        return Student(among, mistake_policy(self.course.policy))


class _AmongRightFunctions(Inline):
    """Hands on what is asked of one function to the student's side that has it, and answers the rest from a module."""

    def __init__(self, module: ModuleType, student: Student, function: str, opened: contextlib.ExitStack) -> None:
        super().__init__(module)
        self._student, self._function, self._opened = student, function, opened

    def request(self, message: wire.Parcel, seconds: float, wall_seconds: float) -> dict[str, Any]:
        """Handle one message; raises StudentFailure where the function gives no answer, and Fault."""
        if self._is_for_the_file(message):
            return self._student.lifecycle.ask(self._function, message, seconds)
        return super().request(message, seconds, wall_seconds)

    def _is_for_the_file(self, message: wire.Parcel) -> bool:
        if message.operation.startswith(PREFIX) or message.operation == "forget":
            return names_a_class(self._function)
        asked = wire.unpack(message.frame())
        return message.operation != "call" or asked["function"].partition(".")[0] == self._function

    def close(self) -> None:
        """End the worker."""
        self._opened.close()
