"""Where right answers and known mistakes come from: the solution itself, or what was recorded at release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnngrade import layout
from cnngrade.answers import LiveReference, RecordedKnowledge, Recording, Reference, ReplayReference
from cnngrade.loading import load_module
from cnngrade.mistakes import Knowledge, LiveKnowledge
from cnngrade.model import Course, Unit
from cnngrade.student import Student
from cnngrade.transport import Inline


@dataclass(frozen=True, slots=True)
class Truth:
    """Where right answers and known mistakes come from. `knowledge` is only asked for once something was wrong."""

    reference: Callable[[], Reference]
    knowledge: Callable[[], Knowledge]
    preflight: Callable[[], Student] | None = None


def live_truth(course: Course, unit: Unit) -> Truth:
    """Return the solution and the mistakes themselves; raises CourseError when they do not load."""
    solution = load_module(layout.solution_file(course, unit.name), course.root)
    return Truth(
        lambda: LiveReference(solution),
        lambda: LiveKnowledge(course, unit, solution),
        lambda: Student(Inline(solution), course.policy),
    )


def recorded_truth(answers: Path) -> Truth:
    """Return what `release` recorded in the file `answers`; raises Fault when it is damaged."""
    recording = Recording(answers)
    return Truth(lambda: ReplayReference(recording), lambda: RecordedKnowledge(recording))
