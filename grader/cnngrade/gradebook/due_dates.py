"""The gradebook's due dates are those of course.yml, whenever somebody asks it who is late."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook

from cnngrade.classroom.collected import not_later_than_told
from cnngrade.course import paths
from cnngrade.gradebook.preprocessor import CoursePreprocessor, Found
from cnngrade.gradebook.session import open_gradebook
from cnngrade.model import Course, Unit


def from_gradebook(moment: datetime | None) -> datetime | None:
    """Return a time that the gradebook holds, which is in UTC without saying so, as one that says so."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def keep_due_date(gradebook: Gradebook, unit: Unit) -> None:
    """Enter the unit's due date, or that it has none, where the gradebook holds another; raises MissingEntry."""
    assignment = gradebook.find_assignment(unit.name)
    # By UTC: a time that clocks show twice equals no time of another zone.
    due = None if unit.due is None else unit.due.astimezone(UTC).replace(tzinfo=None)
    if assignment.duedate != due:
        assignment.duedate = due
        gradebook.db.commit()


def _complete(gradebook: Gradebook, found: Found) -> None:
    """Give a submission that was entered for its extension alone the rows that nbgrader expects of one that came in.

    nbgrader leaves the time of the work before where the new one has none, and that may be a late one.
    """
    unit, student = found.unit.name, found.student
    submission = gradebook.find_submission(unit, student)
    if submission.timestamp is not None and not (found.folder / paths.TIMESTAMP).exists():
        submission.timestamp = None
        gradebook.db.commit()
    if not submission.notebooks:
        timestamp, extension = submission.timestamp, submission.extension
        gradebook.db.delete(submission)
        # Commits both, or neither.
        gradebook.add_submission(unit, student, timestamp=timestamp, extension=extension)


def _keep_lateness(gradebook: Gradebook, course: Course, unit: Unit, student: str) -> None:
    """Enter when work was handed in, where the platform says no more than that it was late."""
    submission = gradebook.find_submission(unit.name, student)
    moment = from_gradebook(submission.timestamp)
    if moment is not None:
        submission.timestamp = not_later_than_told(course, unit, student, moment).replace(tzinfo=None)
        gradebook.db.commit()


class KeepDueDate(CoursePreprocessor):
    """The first step of a plain `nbgrader autograde`: what `cnngrade grade` sees to before it enters anything."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Bring the gradebook up to date; the notebook stays as it is."""
        found = self.find(resources)
        if found is not None:
            with open_gradebook(self._coursedir()) as gradebook:
                keep_due_date(gradebook, found.unit)
                _complete(gradebook, found)
                _keep_lateness(gradebook, found.course, found.unit, found.student)
        return nb, resources
