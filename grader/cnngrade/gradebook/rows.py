"""The rows of nbgrader's gradebook that grading writes, for many students at once.

They are the rows that nbgrader's own Autograde writes through its `Gradebook`, one commit for each cell of each student; here a
group of students costs a handful of statements and one commit. What a person entered (scores, extra credit, comments) is never
written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from sqlalchemy import bindparam, func, insert, or_, select, update

Penalty = Callable[[str, float, float], float | None]
"""Returns what a late submission costs: `penalty(student, score, seconds_late)`, None for nothing."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A released unit as the gradebook knows it. Cells go by their names; those graded have points, those commented a text."""

    assignment: str
    due: datetime | None
    notebook: str
    kernelspec: str | None
    sources: Mapping[str, Any]
    graded: Mapping[str, Any]
    commented: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What grading says about one student: scores (None waits for a person) and automatic comments, by the names of the cells.

    `timestamp` is when the work was handed in, None where that is not known.
    """

    student: str
    timestamp: datetime | None
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


@dataclass(slots=True)
class Standing:
    """What the gradebook holds of one student's submission; `notebook` is "" where it holds the submission and no more."""

    submission: str
    timestamp: datetime | None
    extension: timedelta | None
    notebook: str = ""
    late_penalty: float | None = None
    score: float = 0.0
    grades: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, Any] = field(default_factory=dict)


def read_cells(gradebook: Gradebook, unit: str) -> Cells:
    """Read what the gradebook knows of a unit; raises MissingEntry if it was not released."""
    notebook = gradebook.find_notebook(unit, unit)
    key, due = notebook.assignment.id, notebook.assignment.duedate
    db = gradebook.db

    def rows(model: Any, *columns: Any) -> dict[str, Any]:
        return {row.name: row for row in db.execute(select(model.name, *columns).where(model.notebook_id == notebook.id))}

    columns = (SourceCell.cell_type, SourceCell.locked, SourceCell.source, SourceCell.checksum)
    tasks = rows(TaskCell, TaskCell.id, TaskCell.max_score)
    solutions = rows(SolutionCell, SolutionCell.id)
    return Cells(
        assignment=key,
        due=due,
        notebook=notebook.id,
        kernelspec=notebook.kernelspec,
        sources=rows(SourceCell, *columns),
        graded=tasks | rows(GradeCell, GradeCell.id, GradeCell.max_score),
        commented={name: row.id for name, row in (tasks | solutions).items()},
    )


def read_standings(gradebook: Gradebook, cells: Cells, students: Sequence[str]) -> dict[str, Standing]:
    """Read what the gradebook holds of these students' submissions; those of whom it holds none are left out."""
    db = gradebook.db
    columns = (SubmittedAssignment.student_id, SubmittedAssignment.id, SubmittedAssignment.timestamp)
    submissions = select(*columns, SubmittedAssignment.extension).where(
        SubmittedAssignment.assignment_id == cells.assignment, SubmittedAssignment.student_id.in_(students)
    )
    found = {row.student_id: Standing(row.id, row.timestamp, row.extension) for row in db.execute(submissions)}
    by_submission = {standing.submission: standing for standing in found.values()}
    notebooks = select(SubmittedNotebook.id, SubmittedNotebook.assignment_id, SubmittedNotebook.late_submission_penalty).where(
        SubmittedNotebook.notebook_id == cells.notebook, SubmittedNotebook.assignment_id.in_(by_submission)
    )
    by_notebook = {}
    for row in db.execute(notebooks):
        standing = by_notebook[row.id] = by_submission[row.assignment_id]
        standing.notebook, standing.late_penalty = row.id, row.late_submission_penalty
    grades = select(
        Grade.id, Grade.notebook_id, Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade
    ).where(Grade.notebook_id.in_(by_notebook))
    for row in db.execute(grades):
        by_notebook[row.notebook_id].grades[row.cell_id] = row
    comments = select(Comment.id, Comment.notebook_id, Comment.cell_id, Comment.auto_comment).where(
        Comment.notebook_id.in_(by_notebook)
    )
    for row in db.execute(comments):
        by_notebook[row.notebook_id].comments[row.cell_id] = row
    for notebook, score in _scores(gradebook, list(by_notebook)).items():
        by_notebook[notebook].score = score
    return found


def _scores(gradebook: Gradebook, notebooks: Sequence[str]) -> dict[str, float]:
    """Return the scores of submitted notebooks as nbgrader adds them up: in the database, where a person's score wins."""
    total = select(Grade.notebook_id, func.sum(Grade.score)).where(Grade.notebook_id.in_(notebooks))
    return {row[0]: row[1] for row in gradebook.db.execute(total.group_by(Grade.notebook_id))}


def _seconds_late(timestamp: datetime | None, extension: timedelta | None, due: datetime | None) -> float:
    if timestamp is None or due is None:
        return 0.0
    return max(0.0, (timestamp - due - (extension or timedelta())).total_seconds())


def is_entered(cells: Cells, entry: Entry, standing: Standing | None, penalty: Penalty) -> bool:
    """Say whether the gradebook holds what entering would write.

    A cell that a person has scored may be marked for another look or not: only work that changed is to be looked at again.
    """
    if standing is None or not standing.notebook or entry.timestamp not in (None, standing.timestamp):
        return False
    for name, score in entry.scores.items():
        grade = standing.grades.get(cells.graded[name].id) if name in cells.graded else None
        if grade is None or grade.auto_score != score:
            return False
        if grade.manual_score is None and grade.needs_manual_grade != (score is None):
            return False
    for name, text in entry.comments.items():
        comment = standing.comments.get(cells.commented.get(name, ""))
        if comment is None or comment.auto_comment != text:
            return False
    late = _seconds_late(standing.timestamp, standing.extension, cells.due)
    return standing.late_penalty == (penalty(entry.student, standing.score, late) if late > 0 else None)


@dataclass(slots=True)
class _Writing:
    """The statements that enter one group: rows to insert and to update, and who is late."""

    inserts: dict[Any, list[dict[str, Any]]] = field(
        default_factory=lambda: {Student: [], SubmittedAssignment: [], SubmittedNotebook: [], Grade: [], Comment: []}
    )
    times: list[dict[str, Any]] = field(default_factory=list)
    grades: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    late: dict[str, tuple[str, float]] = field(default_factory=dict)
    penalties: dict[str, float | None] = field(default_factory=dict)

    def _submission(self, cells: Cells, entry: Entry, standing: Standing | None) -> Standing:
        if standing is None:
            standing = Standing(new_uuid(), entry.timestamp, None)
            row = {"id": standing.submission, "assignment_id": cells.assignment, "student_id": entry.student}
            self.inserts[SubmittedAssignment].append(row | {"timestamp": entry.timestamp})
        elif entry.timestamp is not None:
            standing.timestamp = entry.timestamp
            self.times.append({"id": standing.submission, "timestamp": entry.timestamp})
        if not standing.notebook:
            standing.notebook = new_uuid()
            row = {"id": standing.notebook, "notebook_id": cells.notebook, "assignment_id": standing.submission}
            self.inserts[SubmittedNotebook].append(row)
        return standing

    def add(self, cells: Cells, entry: Entry, standing: Standing | None) -> None:
        """Take up one student. Every row is inserted explicitly: nothing follows from a relationship."""
        standing = self._submission(cells, entry, standing)
        for name, cell in cells.graded.items():
            score, known = entry.scores.get(name), standing.grades.get(cell.id)
            if known is None:
                row = {"id": new_uuid(), "cell_id": cell.id, "notebook_id": standing.notebook}
                self.inserts[Grade].append(row | {"auto_score": score, "needs_manual_grade": score is None})
            elif name in entry.scores:
                self.grades.append({"key": known.id, "points": score, "waits": score is None})
        for name, cell_id in cells.commented.items():
            text, known = entry.comments.get(name), standing.comments.get(cell_id)
            if known is None:
                row = {"id": new_uuid(), "cell_id": cell_id, "notebook_id": standing.notebook, "auto_comment": text}
                self.inserts[Comment].append(row)
            elif name in entry.comments:
                self.comments.append({"id": known.id, "auto_comment": text})
        self.penalties[standing.notebook] = None
        late = _seconds_late(standing.timestamp, standing.extension, cells.due)
        if late > 0:
            self.late[standing.notebook] = (entry.student, late)

    def execute(self, gradebook: Gradebook, penalty: Penalty) -> None:
        db = gradebook.db
        for model, rows in self.inserts.items():
            if rows:
                db.execute(insert(model), rows)
        if self.times:
            db.execute(update(SubmittedAssignment), self.times)
        if self.grades:
            # A person may be scoring in formgrader right now: the database, not what was read before, says whether one has.
            table = Grade.__table__
            waits = or_(table.c.manual_score.is_not(None), bindparam("waits"))
            change = update(table).where(table.c.id == bindparam("key"))
            db.connection().execute(change.values(auto_score=bindparam("points"), needs_manual_grade=waits), self.grades)
        if self.comments:
            db.execute(update(Comment), self.comments)
        # Of the score that has just been written, and of what a person gave.
        scores = _scores(gradebook, list(self.late))
        for notebook, (student, late) in self.late.items():
            self.penalties[notebook] = penalty(student, scores.get(notebook, 0.0), late)
        rows = [{"id": notebook, "late_submission_penalty": cost} for notebook, cost in self.penalties.items()]
        db.execute(update(SubmittedNotebook), rows)


def enter(gradebook: Gradebook, cells: Cells, entries: Sequence[Entry], penalty: Penalty) -> None:
    """Write the rows of these students, all or none of them, and commit."""
    db = gradebook.db
    names = [entry.student for entry in entries]
    try:
        standings = read_standings(gradebook, cells, names)
        known = set(db.scalars(select(Student.id).where(Student.id.in_(names))))
        writing = _Writing()
        writing.inserts[Student] += [{"id": name} for name in names if name not in known]
        for entry in entries:
            writing.add(cells, entry, standings.get(entry.student))
        writing.execute(gradebook, penalty)
        db.commit()
    except BaseException:
        db.rollback()
        raise
