"""The rows of nbgrader's gradebook that grading writes, for many students at once.

They are the rows that nbgrader's own Autograde writes through its `Gradebook`, one commit for each cell of each student; here a
group of students costs a handful of statements and one commit. What a person entered (scores, extra credit, comments) is never
written; a cell in which a person gave points waits for another look if it holds something else than it did then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy import text as statement

from cnngrade.course.lateness import Lateness, lateness
from cnngrade.gradebook.contents import CellContent, Content, Seen, is_marked, read_seen, settle_marks
from cnngrade.gradebook.due_dates import from_gradebook

Penalty = Callable[[str, float, Lateness], float | None]
"""Returns what a late submission costs: `penalty(student, score, late)`, None for nothing."""


_TURN = 0x636E6E67
"""The number by which those who write in one PostgreSQL database wait for each other."""


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
    """What grading says about one student, by the names of the cells: scores, automatic comments, and what the cells hold.

    A score of None waits for a person. `timestamp` is when the work was handed in, None where that is not known.
    """

    student: str
    timestamp: datetime | None
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    contents: Mapping[str, Content] = field(default_factory=dict)

    def content(self, name: str) -> Content:
        """Return what a graded cell holds, with the points that it has."""
        return replace(self.contents.get(name, Content("")), points=self.scores.get(name))


@dataclass(slots=True)
class Standing:
    """What the gradebook holds of one student's submission; `notebook` is "" where it holds an extension and no work.

    Grades and comments go by the ids of their cells, what is remembered of the cells' contents by the ids of the grades.
    """

    submission: str
    timestamp: datetime | None
    extension: timedelta | None
    notebook: str = ""
    late_penalty: float | None = None
    score: float = 0.0
    grades: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)

    def late(self, cells: Cells) -> Lateness | None:
        """Return how late the work is, None if it is in time."""
        return lateness(from_gradebook(cells.due), from_gradebook(self.timestamp), self.extension)


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


def notebooks_of(cells: Cells, students: Sequence[str]) -> Select[tuple[str]]:
    """Return the query for the ids of these students' submitted notebooks."""
    handed_in = select(SubmittedAssignment.id).where(
        SubmittedAssignment.assignment_id == cells.assignment, SubmittedAssignment.student_id.in_(students)
    )
    return select(SubmittedNotebook.id).where(
        SubmittedNotebook.notebook_id == cells.notebook, SubmittedNotebook.assignment_id.in_(handed_in)
    )


def read_standings(
    gradebook: Gradebook, cells: Cells, students: Sequence[str], *, to_write: bool = False
) -> dict[str, Standing]:
    """Read what the gradebook holds of these students' submissions; those of whom it holds none are left out.

    `to_write` keeps the grades from being changed by others until this transaction ends.
    """
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
        *(Grade.id, Grade.notebook_id, Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit),
        Grade.needs_manual_grade,
    ).where(Grade.notebook_id.in_(by_notebook))
    for row in db.execute(grades.with_for_update() if to_write else grades):
        by_notebook[row.notebook_id].grades[row.cell_id] = row
    comments = select(Comment.id, Comment.notebook_id, Comment.cell_id, Comment.auto_comment).where(
        Comment.notebook_id.in_(by_notebook)
    )
    for row in db.execute(comments):
        by_notebook[row.notebook_id].comments[row.cell_id] = row
    for notebook, score in _scores(gradebook, list(by_notebook)).items():
        by_notebook[notebook].score = score
    seen = read_seen(gradebook, list(by_notebook))
    for standing in found.values():
        standing.seen = {row.id: seen[row.id] for row in standing.grades.values() if row.id in seen}
    return found


def _scores(gradebook: Gradebook, notebooks: Sequence[str]) -> dict[str, float]:
    """Return the scores of submitted notebooks as nbgrader adds them up: in the database, where a person's score wins."""
    total = select(Grade.notebook_id, func.sum(Grade.score)).where(Grade.notebook_id.in_(notebooks))
    return {row[0]: row[1] for row in gradebook.db.execute(total.group_by(Grade.notebook_id))}


def is_entered(cells: Cells, entry: Entry, standing: Standing | None, penalty: Penalty) -> bool:
    """Say whether the gradebook holds what entering would write.

    A cell that a person has scored may be marked for another look or not: only work that changed is to be looked at again.
    """
    if standing is None or not standing.notebook or entry.timestamp != standing.timestamp:
        return False
    for name, score in entry.scores.items():
        grade = standing.grades.get(cells.graded[name].id) if name in cells.graded else None
        if grade is None or grade.auto_score != score or standing.seen.get(grade.id, Seen()).shown != entry.content(name):
            return False
        if not is_marked(grade) and grade.needs_manual_grade != (score is None):
            return False
    for name, text in entry.comments.items():
        comment = standing.comments.get(cells.commented.get(name, ""))
        if comment is None or comment.auto_comment != text:
            return False
    late = standing.late(cells)
    return standing.late_penalty == (penalty(entry.student, standing.score, late) if late else None)


@dataclass(slots=True)
class _Writing:
    """The statements that enter one group: rows to insert and to update, and who is late."""

    inserts: dict[Any, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            Student: [],
            SubmittedAssignment: [],
            SubmittedNotebook: [],
            Grade: [],
            CellContent: [],
            Comment: [],
        }
    )
    times: list[dict[str, Any]] = field(default_factory=list)
    grades: list[dict[str, Any]] = field(default_factory=list)
    contents: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    late: dict[str, tuple[str, Lateness]] = field(default_factory=dict)
    penalties: dict[str, float | None] = field(default_factory=dict)

    def _submission(self, cells: Cells, entry: Entry, standing: Standing | None) -> Standing:
        if standing is None:
            standing = Standing(new_uuid(), entry.timestamp, None)
            row = {"id": standing.submission, "assignment_id": cells.assignment, "student_id": entry.student}
            self.inserts[SubmittedAssignment].append(row | {"timestamp": entry.timestamp})
        elif entry.timestamp != standing.timestamp:
            # Work of which nobody knows when it came has no time either: its predecessor's may be a late one.
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
                self.inserts[CellContent].append({"grade_id": row["id"], "shown": entry.content(name).as_text()})
            elif name in entry.scores:
                self.regrade(known, score, entry.content(name), standing)
        for name, cell_id in cells.commented.items():
            text, known = entry.comments.get(name), standing.comments.get(cell_id)
            if known is None:
                row = {"id": new_uuid(), "cell_id": cell_id, "notebook_id": standing.notebook, "auto_comment": text}
                self.inserts[Comment].append(row)
            elif name in entry.comments:
                self.comments.append({"id": known.id, "auto_comment": text})
        self.penalties[standing.notebook] = None
        if late := standing.late(cells):
            self.late[standing.notebook] = (entry.student, late)

    def regrade(self, known: Any, score: float | None, content: Content, standing: Standing) -> None:
        """Take up a cell that has been graded before; what a person gave for it stays."""
        waits = score is None and known.manual_score is None
        if is_marked(known):
            waits = waits or content.is_other_than(standing.seen.get(known.id, Seen()).marked)
        self.grades.append({"id": known.id, "auto_score": score, "needs_manual_grade": waits})
        row = {"grade_id": known.id, "shown": content.as_text()}
        (self.contents if known.id in standing.seen else self.inserts[CellContent]).append(row)

    def write_grades(self, gradebook: Gradebook) -> None:
        """Write new rows, and the scores of cells that have been graded before."""
        db = gradebook.db
        for model, rows in self.inserts.items():
            if rows:
                db.execute(insert(model), rows)
        if self.grades:
            db.execute(update(Grade), self.grades)
        if self.contents:
            db.execute(update(CellContent), self.contents)

    def execute(self, gradebook: Gradebook, penalty: Penalty) -> None:
        db = gradebook.db
        if self.times:
            db.execute(update(SubmittedAssignment), self.times)
        self.write_grades(gradebook)
        if self.comments:
            db.execute(update(Comment), self.comments)
        # Of the score that has just been written, and of what a person gave.
        scores = _scores(gradebook, list(self.late))
        for notebook, (student, late) in self.late.items():
            self.penalties[notebook] = penalty(student, scores.get(notebook, 0.0), late)
        rows = [{"id": notebook, "late_submission_penalty": cost} for notebook, cost in self.penalties.items()]
        db.execute(update(SubmittedNotebook), rows)


def _take_turn(gradebook: Gradebook) -> None:
    """Wait until nobody else writes, and keep others from it until the end of the transaction.

    A person may be marking in formgrader right now, and another may be grading on another machine.
    """
    db = gradebook.db
    kind = db.get_bind().dialect.name
    if kind == "sqlite":
        db.execute(statement("BEGIN IMMEDIATE"))
    elif kind == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_TURN)))


def enter(gradebook: Gradebook, cells: Cells, entries: Sequence[Entry], penalty: Penalty) -> None:
    """Write the rows of these students, all or none of them, and commit."""
    db = gradebook.db
    names = [entry.student for entry in entries]
    try:
        _take_turn(gradebook)
        settle_marks(gradebook, notebooks_of(cells, names))
        standings = read_standings(gradebook, cells, names, to_write=True)
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


def review_marks(gradebook: Gradebook, cells: Cells, entry: Entry) -> None:
    """Put right which cells wait for a person, after nbgrader has entered the scores of one student, and commit."""
    standing = read_standings(gradebook, cells, [entry.student], to_write=True)[entry.student]
    writing = _Writing()
    for name, cell in cells.graded.items():
        known = standing.grades.get(cell.id)
        if known is not None:
            scored = replace(entry, scores={name: known.auto_score})
            writing.regrade(known, known.auto_score, scored.content(name), standing)
    writing.write_grades(gradebook)
    gradebook.db.commit()
