"""Which tests of a unit are run, and what answers are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnngrade.answers.answer_key import AnswerKey, live_answer_key, recorded_answer_key
from cnngrade.course import paths
from cnngrade.errors import CourseError
from cnngrade.findings.allowance import NONE as NO_SEARCH
from cnngrade.findings.allowance import Allowance
from cnngrade.judge.case_run import CaseRun
from cnngrade.judge.progress import TellStep, tell_nobody
from cnngrade.model import Course, Unit


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of a unit that are run, and the answers that a student's are compared with.

    `hidden` adds the hidden tests. `functions` narrows the cases to those of some of the unit's functions. Without an
    `answer_key` it is the course's own: the solution, or in a handout what was recorded of it. With a `secret` the cases are
    graded: it goes into their random numbers with the student's name, and without one they are the handout's. With `open_gates`
    every case runs, and none waits for a gate. `search` is how long the lines of mistakes without a name may be looked for.
    With `names_alone` mistakes are named, and nothing else is found out about what did not pass.
    `ask_seconds` is how much CPU time each function that is wrong without a name may take for calls that are the same for the
    whole class; with 0 nobody asks.
    `tell` hears of each step of the judge's before it is taken.
    """

    course: Course
    unit: Unit
    hidden: bool = False
    functions: tuple[str, ...] = ()
    answer_key: AnswerKey | None = None
    secret: str = ""
    open_gates: bool = False
    search: Allowance = NO_SEARCH
    names_alone: bool = False
    ask_seconds: float = 0.0
    tell: TellStep = tell_nobody

    def files(self) -> list[Path]:
        """Return the test files."""
        files = [paths.public_tests(self.course, self.unit.name)]
        return [*files, paths.hidden_tests(self.course, self.unit.name)] if self.hidden else files

    def answers(self) -> AnswerKey:
        """Return where the right answers come from; raises CourseError and Fault."""
        if self.answer_key is not None:
            return self.answer_key
        if self.course.handout:
            return recorded_answer_key(paths.answers_file(self.course, self.unit.name))
        return live_answer_key(self.course, self.unit)

    def chosen(self, cases: Iterable[CaseRun], what: str) -> list[CaseRun]:
        """Return those of the cases that are about the functions; raises CourseError if there is no `what` about them."""
        functions = self.functions or self.unit.functions
        found = [entry for entry in cases if entry.case.function in functions]
        if not found:
            raise CourseError(f"{self.unit.name} has no {what} of {', '.join(functions)}.")
        return found
