"""Make a unit's answers file: run its public tests on the solution and write down what they ask for."""

from __future__ import annotations

from pathlib import Path

from cnngrade import layout
from cnngrade.answers import RecordingReference, save_answers
from cnngrade.candidates import Candidate
from cnngrade.errors import CourseError
from cnngrade.judge import judge
from cnngrade.loading import load_module
from cnngrade.mistakes import LiveKnowledge
from cnngrade.model import Course, Report, Submission, Unit, Verdict
from cnngrade.student import Student
from cnngrade.transport import Inline
from cnngrade.truth import Truth


def record_answers(course: Course, unit: Unit, path: Path) -> None:
    """Write the answers file of `unit` to `path`; raises CourseError when the solution does not pass its public tests."""
    solution = load_module(layout.solution_file(course, unit.name), course.root)
    reference = RecordingReference(solution)
    knowledge = LiveKnowledge(course, unit, solution)
    student = Student(Inline(solution), course.policy)
    submission = Submission("", unit.name, layout.solution_file(course, unit.name), "")
    reports: list[Report] = []
    truth = Truth(lambda: reference, lambda: knowledge)
    judge(course, unit, [Candidate(submission, lambda: student)], reports.append, hidden=False, truth=truth)
    for outcome in reports[0].outcomes:
        if outcome.verdict is not Verdict.PASSED:
            raise CourseError(
                f"The solution of {unit.name} does not pass {outcome.case.id}: {outcome.for_student} {outcome.for_staff}\n"
                f"Run `cnngrade verify {unit.name}`."
            )
    save_answers(path, reference, student.calls, knowledge)
