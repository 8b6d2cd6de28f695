"""nbgrader's own steps of autograding, one notebook after the other, without its files and without a gradebook for each.

The steps are those that nbgrader_config.py names. Those of nbgrader that ask the gradebook get their answers from what was read
once, and what they would write is kept for `gradebook.rows` to write.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.config import Config

from cnngrade.course.lateness import Lateness
from cnngrade.gradebook.compat import autograding_steps, bounded_penalty
from cnngrade.gradebook.due_dates import KeepDueDate
from cnngrade.gradebook.grade_cells import Judge
from cnngrade.gradebook.late import LatePlugin, penalty
from cnngrade.gradebook.merge import LayStudentWork
from cnngrade.gradebook.notebook_text import notebook_text
from cnngrade.gradebook.rows import Cells
from cnngrade.gradebook.session import quiet_log
from cnngrade.model import Course, Unit


@dataclass(frozen=True, slots=True)
class Graded:
    """A graded notebook as text, and what goes into the gradebook, by the names of the cells."""

    text: str
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


class _Memory:
    """Answers what nbgrader's steps ask a `Gradebook` about the cells of one submitted notebook, and keeps what they note."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.grades: dict[str, Any] = {}
        self.comments: dict[str, Any] = {}
        self.db = SimpleNamespace(commit=lambda: None)

    def _check(self, name: str, known: Mapping[str, Any]) -> None:
        if name not in known:
            raise MissingEntry(f'The cell "{name}" is not in the gradebook.')

    def find_source_cell(self, name: str, *_: str) -> Any:
        self._check(name, self._cells.sources)
        return self._cells.sources[name]

    def find_graded_cell(self, name: str, *_: str) -> Any:
        self._check(name, self._cells.graded)
        return self._cells.graded[name]

    def find_grade(self, name: str, *_: str) -> Any:
        self._check(name, self._cells.graded)
        return self.grades.setdefault(name, SimpleNamespace(auto_score=None, manual_score=None))

    def find_comment(self, name: str, *_: str) -> Any:
        self._check(name, self._cells.commented)
        return self.comments.setdefault(name, SimpleNamespace(auto_comment=None))


class Steps:
    """The steps from a student's merged notebook to the graded one, made once for a class."""

    def __init__(self, course: Course, unit: Unit, coursedir: CourseDirectory, config: Config, cells: Cells) -> None:
        self._course, self._unit, self._cells = course, unit, cells
        self._converter = Autograde(coursedir=coursedir, config=config, log=quiet_log(logging.NullHandler()))
        self._steps = autograding_steps(self._converter)
        self._late = next((step for step in self._steps if isinstance(step, AssignLatePenalties)), None)
        if self._late is not None:
            self._late.init_plugin()
        self._resources = {"notebook": unit.name, "assignment": unit.name, "db_url": coursedir.db_url}

    @property
    def permissions(self) -> int:
        """What nbgrader gives to the files of a graded submission."""
        return int(str(self._converter.permissions), 8)

    @property
    def may_create_students(self) -> bool:
        """Whether a student whom the gradebook does not know is entered into it."""
        return bool(self._converter.create_student)

    def check(self, released: NotebookNode) -> None:
        """Raise what nbgrader raises if the released cells' metadata is damaged; every merged notebook has the same."""
        for step in self._steps:
            if isinstance(step, CheckCellMetadata):
                step(released, {})

    def late_penalty(self, student: str, score: float, late: Lateness) -> float | None:
        """Return what a late submission costs, as nbgrader's step finds it."""
        if self._late is None:
            return None
        if isinstance(self._late.plugin_inst, LatePlugin):
            # The plugin would read course.yml for each student.
            cost: float | None = penalty(score, late.days(self._course.zone), self._course.policy.late_penalty_per_day)
        else:
            cost = self._late.plugin_inst.late_submission_penalty(student, score, late.seconds)
        return None if cost is None else bounded_penalty(self._late, score, cost)

    def grade(self, merged: NotebookNode, student: str, judge: Callable[[NotebookNode], None]) -> Graded:
        """Take the merged notebook, which is changed, through the steps; `judge` fills its grade cells."""
        nb, memory = merged, _Memory(self._cells)
        resources: dict[str, Any] = {"nbgrader": {**self._resources, "student": student}, "unique_key": self._unit.name}
        for step in self._steps:
            # The gradebook has the due date; the merged notebook is what the second step makes; marks were checked on the
            # released one; the database waits.
            if isinstance(step, KeepDueDate | LayStudentWork | CheckCellMetadata | AssignLatePenalties):
                continue
            if isinstance(step, Judge):
                judge(nb)
            elif isinstance(step, OverwriteKernelspec):
                if self._cells.kernelspec and (kernelspec := json.loads(self._cells.kernelspec)):
                    nb.metadata["kernelspec"] = nbformat.from_dict(kernelspec)
            elif isinstance(step, OverwriteCells | SaveAutoGrades):
                step.gradebook, step.student_id = memory, student
                step.notebook_id = step.assignment_id = self._unit.name
                # What these two do themselves, apart from the cells, is to open the gradebook.
                nb, resources = NbGraderPreprocessor.preprocess(step, nb, resources)
            else:
                nb, resources = step(nb, resources)
        return Graded(
            text=notebook_text(nb, self._converter.exporter.nbformat_version).rstrip("\n") + "\n",
            scores={name: grade.auto_score for name, grade in memory.grades.items()},
            comments={name: comment.auto_comment for name, comment in memory.comments.items()},
        )
