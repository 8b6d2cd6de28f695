"""Where right answers and known mistakes come from: the solution itself, or what was recorded at release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnngrade.answers.reference import LiveReference, Reference
from cnngrade.answers.replay import RecordedKnowledge, Recording, ReplayReference
from cnngrade.course import paths
from cnngrade.course.modules import load_module
from cnngrade.model import Course, Unit
from cnngrade.student.candidate import InlineWork

if TYPE_CHECKING:
    from cnngrade.answers.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Where right answers and known mistakes come from. `knowledge` is only asked for once something was wrong.

    `solution`, where it is at hand, is judged before any submission: a case that it does not pass is unsound.
    """

    reference: Callable[[], Reference]
    knowledge: Callable[[], Knowledge]
    solution: InlineWork | None = None


def live_answer_key(course: Course, unit: Unit) -> AnswerKey:
    """Return the solution and the mistakes themselves; raises CourseError when they do not load."""
    from cnngrade.answers.knowledge import LiveKnowledge  # a handout has a recording, and needs nothing of all that

    solution = load_module(paths.solution_file(course, unit.name), course.root)
    return AnswerKey(
        lambda: LiveReference(solution),
        lambda: LiveKnowledge(course, unit, solution),
        InlineWork(course.policy, solution),
    )


def recorded_answer_key(answers: Path) -> AnswerKey:
    """Return what `release` recorded in the file `answers`; raises Fault when it is damaged."""
    recording = Recording(answers)
    return AnswerKey(lambda: ReplayReference(recording), lambda: RecordedKnowledge(recording))
