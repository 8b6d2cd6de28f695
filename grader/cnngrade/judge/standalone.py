"""A course's tests run by hand, with pytest alone: on the solutions, or on one student's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.answers.reference import LiveReference
from cnngrade.course import paths
from cnngrade.course.load import find_course, load_course
from cnngrade.course.modules import load_module
from cnngrade.judge.case_context import CaseContext
from cnngrade.judge.cases import case_of, unit_of
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import InlineWork, RemoteWork
from cnngrade.submission.read import read_work


class StandaloneContexts:
    """One context a unit, with the solution or the file `submission` as the student."""

    def __init__(self, submission: Path | None) -> None:
        self._submission = submission
        self._contexts: dict[Path, CaseContext] = {}

    def context(self, item: pytest.Item) -> CaseContext:
        """Return the context of the item's unit, its case begun; raises CourseError and SubmissionError."""
        assert isinstance(item, pytest.Function)
        if item.path not in self._contexts:
            self._contexts[item.path] = self._make(item)
        context = self._contexts[item.path]
        context.begin(case_of(item, context.unit))
        return context

    def _make(self, item: pytest.Item) -> CaseContext:
        course = load_course(find_course(item.path.parent))
        unit = unit_of(item, course)
        solution = load_module(paths.solution_file(course, unit.name), course.root)
        work: InlineWork | RemoteWork = InlineWork(course.policy, solution)
        if self._submission is not None:
            source = Fresh(course.policy, self._submission.parent)
            work = RemoteWork(course.policy, read_work(self._submission, unit.name), source)
        return CaseContext(course, unit, work.open(), LiveReference(solution), measure_at_once=True)

    def close(self) -> None:
        """End the workers."""
        for context in self._contexts.values():
            context.student.close()
