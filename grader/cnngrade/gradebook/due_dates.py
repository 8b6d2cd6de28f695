"""The gradebook's due dates are those of course.yml, whenever somebody asks it who is late."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import parse_utc

from cnngrade.classroom.collected import not_later_than_told
from cnngrade.course import paths
from cnngrade.course.dates import is_plausible
from cnngrade.errors import UsageError
from cnngrade.gradebook.preprocessor import CoursePreprocessor, Found
from cnngrade.gradebook.session import open_gradebook
from cnngrade.model import Course, Unit
from cnngrade.submission.platforms.moments import read_moment


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


def time_of_submission(path: Path) -> datetime | None:
    """Return when the work was handed in, in UTC as the gradebook holds it; None without a file; raises UsageError."""
    try:
        text = path.read_text(encoding="utf-8").strip()
        # nbgrader takes an offset such as -0500 for seconds; it reads forms besides that nobody hands out.
        told = read_moment(text, UTC)
        moment: datetime | None = told.replace(tzinfo=None) if told else parse_utc(text) if text else None
        if moment is not None and not is_plausible(moment):
            # In the gradebook it would be everybody's: pages show all times in the course's zone.
            raise ValueError(text)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except (ValueError, OverflowError, TypeError) as error:
        raise UsageError(f"{path} holds no time. Write one like 2026-03-01 12:00:00 UTC into it.") from error
    return moment


def _complete(gradebook: Gradebook, found: Found) -> None:
    """Give a submission that was entered for its extension alone the rows that nbgrader expects of one that came in.

    nbgrader leaves the time of the work before where the new one has none, and that may be a late one; and it misreads offsets.
    """
    unit, student = found.unit.name, found.student
    submission = gradebook.find_submission(unit, student)
    moment = time_of_submission(found.folder / paths.TIMESTAMP)
    if submission.timestamp != moment:
        submission.timestamp = moment
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
