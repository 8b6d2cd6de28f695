"""Make a unit's answers file: run its public tests on the solution and write down what they ask for."""

from __future__ import annotations

from pathlib import Path

from cnngrade.answers.answer_key import AnswerKey
from cnngrade.answers.knowledge import LiveKnowledge
from cnngrade.answers.recording import RecordingReference, save_answers
from cnngrade.course import paths
from cnngrade.course.modules import load_module
from cnngrade.errors import CourseError
from cnngrade.judge.session import judge
from cnngrade.model import Course, Report, Submission, Unit, Verdict
from cnngrade.student.candidate import Candidate
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline


def record_answers(course: Course, unit: Unit, path: Path) -> None:
    """Write the answers file of `unit` to `path`; raises CourseError when the solution does not pass its public tests."""
    solution = load_module(paths.solution_file(course, unit.name), course.root)
    reference = RecordingReference(solution)
    knowledge = LiveKnowledge(course, unit, solution)
    student = Student(Inline(solution), course.policy)
    submission = Submission("", unit.name, paths.solution_file(course, unit.name), "")
    reports: list[Report] = []
    answer_key = AnswerKey(lambda: reference, lambda: knowledge)
    judge(course, unit, [Candidate(submission, lambda: student)], reports.append, hidden=False, answer_key=answer_key)
    for outcome in reports[0].outcomes:
        if outcome.verdict is not Verdict.PASSED:
            raise CourseError(
                f"The solution of {unit.name} does not pass {outcome.case.id}: {outcome.for_student} {outcome.for_staff}\n"
                f"Run `cnngrade verify {unit.name}`."
            )
    save_answers(path, reference, student.calls, knowledge)
