"""What a late submission costs: the course's fraction of the score for each day begun after the due date."""

from __future__ import annotations

import math
from pathlib import Path

from nbgrader.plugins import BasePlugin
from traitlets import Unicode

from cnngrade.course.load import load_course

_SECONDS_A_DAY = 86_400


def penalty(score: float, seconds_late: float, per_day: float) -> float:
    """Return the points that `seconds_late` cost: `per_day` of the score for each day begun, never more than the score."""
    days = math.ceil(max(seconds_late, 0) / _SECONDS_A_DAY)
    return round(score * min(days * per_day, 1.0), 2)


class LatePlugin(BasePlugin):  # type: ignore[misc]  # nbgrader ships no types
    """nbgrader's late penalty, by the policy in course.yml."""

    course = Unicode(help="The folder that holds course.yml.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Return the points to take off; nbgrader calls this once for each late notebook."""
        policy = load_course(Path(self.course)).policy
        return penalty(score, total_seconds_late, policy.late_penalty_per_day)
