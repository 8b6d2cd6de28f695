"""What a late submission costs, and what its student reads of it: a fraction of the score for each day begun."""

from __future__ import annotations

import math
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Unicode

from cnngrade.course.dates import shown_time
from cnngrade.course.lateness import Lateness, late_text, lateness
from cnngrade.course.load import load_course
from cnngrade.gradebook.due_dates import from_gradebook
from cnngrade.gradebook.preprocessor import CoursePreprocessor
from cnngrade.gradebook.session import open_gradebook
from cnngrade.report.words import points_in_words

_SECONDS_A_DAY = 86_400


def penalty(score: float, days: int, per_day: float) -> float:
    """Return the points that `days` begun cost: `per_day` of the score for each, never more than the score."""
    return round(score * min(days * per_day, 1.0), 2)


class LatePlugin(BasePlugin):  # type: ignore[misc]  # nbgrader ships no types
    """nbgrader's late penalty, by the policy in course.yml."""

    course = Unicode(help="The folder that holds course.yml.").tag(config=True)

    def _lateness(self, student: str) -> Lateness | None:
        """Return how late the work is that nbgrader's step is at; None where something else asks."""
        step = self.parent
        if not isinstance(step, AssignLatePenalties):
            return None
        submission = step.gradebook.find_submission(step.assignment_id, student)
        return Lateness(submission.duedate.replace(tzinfo=UTC), submission.timestamp.replace(tzinfo=UTC))

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Return the points to take off; nbgrader calls this once for each late notebook."""
        course = load_course(Path(self.course))
        late = self._lateness(student_id)
        # Seconds do not say on which days they were, and not all days have as many.
        days = math.ceil(total_seconds_late / _SECONDS_A_DAY) if late is None else late.days(course.zone)
        return penalty(score, days, course.policy.late_penalty_per_day)


class TellLateness(CoursePreprocessor):
    """A step of nbgrader's feedback: at the top of a late student's page stands when it was due, and how late it came.

    nbgrader's own page says what was taken off, and not why.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Put a text cell before all others, if the work was late; nbgrader has told the points already."""
        found = self.find(resources)
        if found is None:
            return nb, resources
        with open_gradebook(self._coursedir()) as gradebook:
            submission = gradebook.find_submission(found.unit.name, found.student)
            due, submitted = from_gradebook(submission.duedate), from_gradebook(submission.timestamp)
        late = lateness(due, submitted)
        if late is not None:
            text = _told(late, resources["nbgrader"]["late_penalty"], found.course.zone)
            nb.cells.insert(0, new_markdown_cell(text, id="late"))
        return nb, resources


def _told(late: Lateness, cost: float, zone: tzinfo) -> str:
    due, submitted = (shown_time(moment.astimezone(zone)) for moment in (late.due, late.submitted))
    points = f"This costs {points_in_words(cost)}." if cost else "This costs nothing."
    return f"**Late.** Due {due}, handed in {submitted}: {late_text(late, zone)}. {points}"
