"""Marks that people gave: where they are in the gradebook, and how they come into the classroom's log.

formgrader runs in a server of its own, and anybody may write into the gradebook. What formgrader saves is noted as it is saved,
with who was there; whatever else is found to differ from the log is noted as seen, by whoever came across it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import or_, select

from cnngrade.classroom.log import Event, EventKind, events, note
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name

Mark: TypeAlias = tuple[float | None, float | None]
"""Points and extra credit, None where none were given."""


NO_MARK: Mark = (None, None)


def marks_in(gradebook: Gradebook, unit: str) -> dict[tuple[str, str], Mark]:
    """Return what people gave for a unit, by student and cell."""
    rows = (
        select(SubmittedAssignment.student_id, BaseCell.name, Grade.manual_score, Grade.extra_credit)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Assignment.name == unit, or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None)))
    )
    return {(student, cell): (points, extra) for student, cell, points, extra in gradebook.db.execute(rows)}


def mark_event(unit: str, student: str, cell: str, before: Mark, now: Mark, *, seen: bool, by: str = "") -> Event:
    """Return the log's line on a mark that changed; `seen` says that it was found so."""
    details: dict[str, Any] = {"cell": cell, "points": [before[0], now[0]], "extra": [before[1], now[1]], "seen": seen}
    return Event(EventKind.MARK, unit, student, details, by)


def _logged(course: Course, unit: str) -> Mapping[tuple[str, str], Mark]:
    """Return the marks on a unit as the log has them. A line that somebody has edited, and is none any more, is passed over."""
    found: dict[tuple[str, str], Mark] = {}
    for line in events(course, EventKind.MARK):
        with contextlib.suppress(KeyError, IndexError, TypeError):
            if line["unit"] == unit:
                found[str(line["student"]), str(line["cell"])] = (line["points"][1], line["extra"][1])
    return found


def note_marks(course: Course, unit: str, gradebook: Gradebook) -> None:
    """Add to the log which marks on a unit are others than the log has; raises Fault."""
    marks, logged = marks_in(gradebook, unit), _logged(course, unit)
    changed = [where for where in sorted({*marks, *logged}) if marks.get(where, NO_MARK) != logged.get(where, NO_MARK)]
    pairs = ((where, logged.get(where, NO_MARK), marks.get(where, NO_MARK)) for where in changed)
    note(course, *(mark_event(unit, *where, before, now, seen=True) for where, before, now in pairs))


def note_marks_of(course: Course, units: Sequence[Unit]) -> None:
    """Add to the log which marks on some units are others than the log has; raises Fault."""
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        for unit in units:
            note_marks(course, unit.name, gradebook)


def give_mark(course: Course, unit: Unit, student: str, cell: str, points: float) -> None:
    """Give points for a cell, as formgrader does, and note it; raises UsageError where that student has no such cell."""
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        before = marks_in(gradebook, unit.name).get((student, cell), NO_MARK)
        try:
            row = gradebook.find_grade(cell, unit.name, unit.name, student)
        except MissingEntry as error:
            who = visible_name(student)
            raise UsageError(f'{who} has no cell "{cell}" in {unit.name} to be marked. Grade the work first.') from error
        row.manual_score, row.needs_manual_grade = points, False
        gradebook.db.commit()
    note(course, mark_event(unit.name, student, cell, before, (points, before[1]), seen=False))
