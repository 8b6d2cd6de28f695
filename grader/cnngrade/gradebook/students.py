"""The people of the roster as nbgrader's students, with their names and addresses."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import Gradebook, Student
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cnngrade.alike import folded
from cnngrade.classroom.roster import Participant, Roster
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.model import Course
from cnngrade.safe_text import visible_name


@dataclass(frozen=True, slots=True)
class EnteredStudents:
    """What entering a roster did: ids of who is new or has another name or address now, and of who is not in the roster.

    `spelled` are ids of the roster that the gradebook has in another case: these are left as they are.
    """

    changed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()


def _plainly(text: str) -> str:
    """Return a name as nbgrader can show it: on formgrader's pages it escapes nothing, and its tables are opened as tables."""
    return "".join(letter for letter in visible_name(text) if letter not in "<>").lstrip("=+-@ ")


def _facts(each: Participant) -> dict[str, str]:
    """Return what the gradebook keeps of a participant; what is not known is left as it is there."""
    facts = {
        "first_name": each.first_name,
        "last_name": each.last_name,
        "email": each.email,
        "lms_user_id": next(iter(each.ids.get("canvas", ())), ""),
    }
    return {name: plain for name, value in facts.items() if (plain := _plainly(value))}


def _enter(gradebook: Gradebook, roster: Roster) -> EnteredStudents:
    db = gradebook.db
    known = {student.id: student for student in db.scalars(select(Student))}
    in_another_case = {folded(student): student for student in known}
    changed: list[str] = []
    spelled: list[str] = []
    for each in roster.participants:
        facts, student = _facts(each), known.get(each.id)
        if student is None and folded(each.id) in in_another_case:
            spelled.append(each.id)
        elif student is None:
            db.add(Student(id=each.id, **facts))
            changed.append(each.id)
        elif any(getattr(student, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(student, name, value)
            changed.append(each.id)
    db.commit()
    others = tuple(sorted(student for student in known if not roster.known(student)))
    return EnteredStudents(tuple(changed), others, tuple(spelled))


def people_in_gradebook(course: Course) -> tuple[Participant, ...]:
    """Return everybody whom the gradebook knows, with what it knows of names, addresses and Canvas's ids.

    Raises UsageError where nothing was released, and Fault where the gradebook cannot be read.
    """
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        return tuple(
            Participant(
                each.id,
                each.first_name or "",
                each.last_name or "",
                each.email or "",
                {"canvas": (each.lms_user_id,)} if each.lms_user_id else {},
            )
            for each in gradebook.db.scalars(select(Student).order_by(Student.id))
        )


def enter_students(course: Course, roster: Roster) -> EnteredStudents:
    """Enter everybody of a roster into the gradebook, with names, address and Canvas's id; nobody is taken out of it.

    Raises Fault where the gradebook is locked or cannot be written.
    """
    if not roster.participants:
        return EnteredStudents()
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        try:
            return _enter(gradebook, roster)
        except IntegrityError:
            # Somebody else has entered one of them between our look and our commit.
            gradebook.db.rollback()
            return _enter(gradebook, roster)
