"""Make a unit's answers file: run its public tests on the solution and write down what they ask for."""

from __future__ import annotations

import contextlib
from pathlib import Path

from cnngrade.answers.answer_key import AnswerKey
from cnngrade.answers.knowledge import LiveKnowledge
from cnngrade.answers.recording import RecordingReference, save_answers
from cnngrade.course import paths
from cnngrade.course.modules import load_module
from cnngrade.errors import CourseError, Verdict
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Submission, Unit
from cnngrade.student.candidate import Candidate, InlineWork, OpenedWork


def record_answers(course: Course, unit: Unit, path: Path) -> float:
    """Write the answers file of `unit` to `path`, and return what its public cases are worth.

    Raises CourseError when the solution does not pass them.
    """
    solution = load_module(paths.solution_file(course, unit.name), course.root)
    reference = RecordingReference(solution)
    knowledge = LiveKnowledge(course, unit, solution)
    opened = OpenedWork(InlineWork(course.policy, solution).open())
    submission = Submission("", unit.name, paths.solution_file(course, unit.name), "")
    answer_key = AnswerKey(lambda: reference, lambda: knowledge)
    report = judge_one(Suite(course, unit, answer_key=answer_key), Candidate(submission, opened))
    for outcome in report.outcomes:
        if outcome.verdict is not Verdict.PASSED:
            raise CourseError(
                f"The solution of {unit.name} does not pass {outcome.case.id}: {outcome.for_student} {outcome.for_staff}\n"
                f"Run `cnngrade verify {unit.name}`."
            )
    with contextlib.closing(knowledge):
        save_answers(path, reference, opened.student.calls, knowledge)
    return report.possible
