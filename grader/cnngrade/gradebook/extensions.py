"""Extensions in nbgrader's gradebook: who has more time for a unit, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from sqlalchemy import select

from cnngrade.alike import nearest
from cnngrade.classroom.handed_in import who_handed_in
from cnngrade.classroom.log import Event, EventKind, note
from cnngrade.classroom.roster import Participant, Roster
from cnngrade.classroom.roster_file import course_roster
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.due_dates import keep_due_date
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name


def _assignment(gradebook: Gradebook, unit: Unit) -> Assignment:
    """Return the unit's row, up to date; raises UsageError if it has none."""
    try:
        keep_due_date(gradebook, unit)
        return gradebook.find_assignment(unit.name)
    except MissingEntry as error:
        raise UsageError(f'Unit "{unit.name}" is not in the gradebook. Run `cnngrade release {unit.name}` first.') from error


def _unknown(course: Course, student: str, known: Iterable[str]) -> str:
    """Return what to say of a name that is nobody's."""
    near = nearest(student, known, 0.5)
    meant = f"Did you mean {visible_name(near)}?" if near else "`cnngrade roster import` takes in who takes part."
    looked = f"the gradebook, {paths.roster(course).name} and {paths.submitted(course)}"
    return f'No student is called "{visible_name(student)}": looked in {looked}. {meant}'


def _student(gradebook: Gradebook, name: str, roster: Mapping[str, Participant]) -> Student:
    """Return the row of a student who is known, made of what the roster says where the gradebook has none."""
    try:
        return gradebook.find_student(name)
    except MissingEntry:
        known = roster.get(name, Participant(name))
        facts = {"first_name": known.first_name, "last_name": known.last_name, "email": known.email}
        return Student(id=name, **{key: value for key, value in facts.items() if value})


def grant_extensions(course: Course, unit: Unit, extensions: Mapping[str, timedelta]) -> None:
    """Give students more time, instead of any earlier extension; none at all takes it back. All get it, or nobody.

    They need not have handed anything in yet. The late penalty of work that is graded already changes when it is graded again.
    Raises UsageError, and changes nothing, if the unit is not in the gradebook or somebody is not known.
    """
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        assignment = _assignment(gradebook, unit)
        roster = {each.id: each for each in (course_roster(course) or Roster()).participants}
        known = {*gradebook.db.scalars(select(Student.id)), *roster, *who_handed_in(course)}
        for student in extensions:
            if student not in known:
                raise UsageError(_unknown(course, student, known))
        rows = {row.student_id: row for row in _submissions(gradebook, assignment)}
        before = {student: row.extension for student, row in rows.items() if row.extension}
        for student, extension in extensions.items():
            row = rows.get(student)
            if row is not None and (extension or row.notebooks):
                row.extension = extension or None
            elif row is not None:
                # It was there for the extension alone.
                gradebook.db.delete(row)
            elif extension:
                # Without a notebook it counts nowhere as work that came in.
                person = _student(gradebook, student, roster)
                gradebook.db.add(SubmittedAssignment(assignment=assignment, student=person, extension=extension))
        gradebook.db.commit()
    note(course, *(_event(unit, student, before.get(student), extension) for student, extension in extensions.items()))


def _event(unit: Unit, student: str, before: timedelta | None, now: timedelta) -> Event:
    """Return the log's line on an extension, before and now in hours."""
    hours = [(extension or timedelta()) / timedelta(hours=1) for extension in (before, now)]
    return Event(EventKind.EXTENSION, unit.name, student, {"hours": hours})


def _submissions(gradebook: Gradebook, assignment: Assignment) -> Sequence[SubmittedAssignment]:
    query = select(SubmittedAssignment).where(SubmittedAssignment.assignment_id == assignment.id)
    found: Sequence[SubmittedAssignment] = gradebook.db.scalars(query).all()
    return found


def extensions_in(course: Course, unit: Unit) -> dict[str, timedelta]:
    """Return who has more time for a unit, and how much, by student; raises UsageError if the unit is not in the gradebook."""
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        rows = _submissions(gradebook, _assignment(gradebook, unit))
        return {row.student_id: row.extension for row in sorted(rows, key=lambda row: str(row.student_id)) if row.extension}
