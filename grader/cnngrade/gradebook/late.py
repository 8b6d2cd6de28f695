"""What a late submission costs: the course's fraction of the score for each day begun after the due date."""

from __future__ import annotations

import math
from datetime import UTC
from pathlib import Path

from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Unicode

from cnngrade.course.lateness import Lateness
from cnngrade.course.load import load_course

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
