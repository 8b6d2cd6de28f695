"""Where a platform keeps what its grading of one submission is about, and what it wants to read of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.errors import CnngradeError
from cnngrade.model import Report, Unit


@dataclass(frozen=True, slots=True)
class GradingPlace:
    """The folders and files of one grading on a platform.

    `course` is the folder that `course_part` made, of one unit; `submission` holds what was handed in, and `results` is the
    file that the platform reads. `student` says who is graded, in whatever words: they go into the random numbers of the tests.
    `results_of` makes the document of a report that has a score, and `refusal_of` that of an error, None where the platform
    shall find no results: a fault must never be shown as a score of 0. `shows_staff` says that nobody but the staff reads what
    the grading prints.
    """

    course: Path
    submission: Path
    results: Path
    student: Callable[[], str]
    results_of: Callable[[Report, Unit], dict[str, Any]]
    refusal_of: Callable[[CnngradeError], dict[str, Any] | None]
    shows_staff: bool


OURS = "Not graded: the grader failed, not your work. It costs you nothing. Tell your instructor."
"""What a student reads where it was not his work that failed."""
