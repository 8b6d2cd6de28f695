"""Read a class from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import Grade, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cnngrade.course.lateness import Lateness, lateness
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.due_dates import from_gradebook
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.model import Course, Unit


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One student's line in the class table of a unit.

    `score` is what counts: points after the late penalty, None as long as there are none (nothing handed in, or not graded).
    `cells` maps a grade cell to its points, None where a person or the judge has yet to give them. `submitted` is the time
    of the submission, `extension` the hours granted after the due date, `late` says how late the work came if it did.
    """

    student: str
    score: float | None
    possible: float
    cells: Mapping[str, float | None]
    late_penalty: float = 0.0
    needs_manual_grade: bool = False
    submitted: datetime | None = None
    extension: float = 0.0
    late: Lateness | None = None


def _not_released(unit: Unit) -> UsageError:
    return UsageError(f'Unit "{unit.name}" is not in the gradebook. Run `cnngrade release {unit.name}` first.')


def _points(grade: Any) -> float | None:
    return None if grade.auto_score is None and grade.manual_score is None else float(grade.score)


def _row(submission: Any, possible: float) -> ClassRow:
    cells: dict[str, float | None] = {}
    penalty, waiting, scored = 0.0, False, False
    for notebook in submission.notebooks:
        penalty += float(notebook.late_submission_penalty or 0.0)
        for grade in notebook.grades:
            cells[grade.name] = _points(grade)
            waiting = waiting or bool(grade.needs_manual_grade)
            scored = scored or (grade.cell_type == "code" and cells[grade.name] is not None)
    total = sum(points for points in cells.values() if points is not None)
    moment = from_gradebook(submission.timestamp)
    return ClassRow(
        student=submission.student_id,
        score=max(round(total - penalty, 2), 0.0) if scored else None,
        possible=possible,
        cells=dict(sorted(cells.items())),
        late_penalty=penalty,
        needs_manual_grade=waiting,
        submitted=moment,
        extension=0.0 if submission.extension is None else submission.extension.total_seconds() / 3600,
        late=lateness(from_gradebook(submission.assignment.duedate), moment, submission.extension),
    )


def students(course: Course) -> tuple[str, ...]:
    """Return the ids of all students in the gradebook."""
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        return tuple(student.id for student in gradebook.students)


def class_table(course: Course, unit: Unit) -> tuple[ClassRow, ...]:
    """Return a row for every student the gradebook knows, sorted by student; raises UsageError if the unit is not in it."""
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        try:
            assignment = gradebook.find_assignment(unit.name)
        except MissingEntry as error:
            raise _not_released(unit) from error
        possible = float(assignment.max_score)
        # All of it in four questions to the database, not in some for each student.
        whole = selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades).joinedload(Grade.cell)
        query = select(SubmittedAssignment).where(SubmittedAssignment.assignment_id == assignment.id).options(whole)
        rows = {submission.student_id: _row(submission, possible) for submission in gradebook.db.scalars(query)}
        for student in gradebook.students:
            rows.setdefault(student.id, ClassRow(student.id, None, possible, {}))
    return tuple(rows[student] for student in sorted(rows))
