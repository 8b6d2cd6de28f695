"""Where right answers and known mistakes come from: the solution itself, or what was recorded at release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnngrade.answers.knowledge import Knowledge, LiveKnowledge
from cnngrade.answers.reference import LiveReference, Reference
from cnngrade.answers.replay import RecordedKnowledge, Recording, ReplayReference
from cnngrade.course import paths
from cnngrade.course.modules import load_module
from cnngrade.model import Course, Unit
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline


@dataclass(frozen=True, slots=True)
class Truth:
    """Where right answers and known mistakes come from. `knowledge` is only asked for once something was wrong."""

    reference: Callable[[], Reference]
    knowledge: Callable[[], Knowledge]
    preflight: Callable[[], Student] | None = None


def live_truth(course: Course, unit: Unit) -> Truth:
    """Return the solution and the mistakes themselves; raises CourseError when they do not load."""
    solution = load_module(paths.solution_file(course, unit.name), course.root)
    return Truth(
        lambda: LiveReference(solution),
        lambda: LiveKnowledge(course, unit, solution),
        lambda: Student(Inline(solution), course.policy),
    )


def recorded_truth(answers: Path) -> Truth:
    """Return what `release` recorded in the file `answers`; raises Fault when it is damaged."""
    recording = Recording(answers)
    return Truth(lambda: ReplayReference(recording), lambda: RecordedKnowledge(recording))
