"""Everybody whose marks may go out, and what the gradebook says of each: what tables of platforms are filled with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cnngrade.alike import folded
from cnngrade.classroom import report_store
from cnngrade.classroom.handed_in import as_it_lies, who_handed_in
from cnngrade.classroom.roster import Participant, Roster
from cnngrade.classroom.roster_file import course_roster
from cnngrade.classroom.to_platforms.unit_mark import MarkState, UnitColumn, UnitMark, exact_points
from cnngrade.errors import Fault, SubmissionError, UsageError
from cnngrade.files import digest_of_file
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name
from cnngrade.submission.choose import files_of
from cnngrade.submission.read import read_work

if TYPE_CHECKING:
    from cnngrade.gradebook.class_table import ClassRow


@dataclass(frozen=True, slots=True)
class ExportedClass:
    """Everybody who takes part: the roster, and who is in the gradebook or handed in; and whether there is a roster."""

    people: Roster
    has_roster: bool


def exported_class(course: Course) -> ExportedClass:
    """Return whose marks may go out.

    Raises UsageError for a roster that cannot be used, where nothing was released, and where the gradebook has one person
    twice.
    """
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.students import people_in_gradebook

    entered = people_in_gradebook(course)
    first: dict[str, str] = {}
    for each in entered:
        other = first.setdefault(folded(each.id), each.id)
        if other != each.id:
            pair = visible_name(f"{other} and {each.id}")
            raise UsageError(
                f"The gradebook has {pair}, which is one id in two spellings. Remove one (nbgrader db student remove)."
            )
    roster = course_roster(course) or Roster()
    people = {folded(each.id): each for each in roster.participants}
    # Whom the grader failed may be in neither of the two.
    for each in (*entered, *map(Participant, sorted(who_handed_in(course)))):
        people.setdefault(folded(each.id), each)
    return ExportedClass(Roster(tuple(people.values()), roster.columns), bool(roster.participants))


def unit_column(course: Course, unit: Unit, class_: ExportedClass, now: datetime) -> UnitColumn:
    """Return the marks on a unit, by the ids of the class; `now` (aware) tells who may still hand in.

    Raises UsageError if the unit was not released, and Fault where the gradebook or what was handed in cannot be read.
    """
    # As above.
    from cnngrade.gradebook.class_table import class_table

    rows = {folded(row.student): row for row in class_table(course, unit)}
    folders = {folded(work.student): work.folder for work in as_it_lies(course, unit)}
    marks: dict[str, UnitMark] = {}
    for each in class_.people.participants:
        key = folded(each.id)
        marks[each.id] = _mark(course, unit, rows.get(key), folders.get(key), now)
    possible = next(iter(rows.values())).possible if rows else unit.points
    return UnitColumn(unit, exact_points([possible]), marks)


def _mark(course: Course, unit: Unit, row: ClassRow | None, folder: Path | None, now: datetime) -> UnitMark:
    if row is None or row.score is None:
        if folder is not None:
            return UnitMark(MarkState.WITHOUT)
        more = timedelta(hours=row.extension if row else 0.0)
        return UnitMark(MarkState.NOTHING, has_time=unit.due is not None and unit.due + more > now)
    points = exact_points((part for part in row.cells.values() if part is not None), row.late_penalty)
    late = timedelta(seconds=row.late.seconds) if row.late else None
    mark = UnitMark(MarkState.GIVEN, points, Decimal(str(row.late_penalty)), row.submitted, late)
    if folder is not None and _is_other_work(course, unit, row.student, folder):
        return replace(mark, state=MarkState.CHANGED)
    if row.needs_manual_grade or None in row.cells.values():
        return replace(mark, state=MarkState.WAITS)
    return mark


def _is_other_work(course: Course, unit: Unit, student: str, folder: Path) -> bool:
    """Say whether a student's folder holds other work than the stored report is about; without a report nobody knows."""
    report = report_store.load(course, unit, student)
    if report is None or not report.submission.digest:
        return False
    try:
        files = files_of(unit, folder)
        judged = report.submission.digest
        # Modules beside the work belong to its digest: only work that is not the same alone is read.
        return bool(files) and not (
            any(digest_of_file(path) == judged for path in files)
            or any(read_work(path, unit.name).submission.digest == judged for path in files)
        )
    except (OSError, SubmissionError, Fault):
        return True
