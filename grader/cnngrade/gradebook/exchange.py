"""nbgrader's own `collect`, in a classroom of several teachers. nbgrader_config.py names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from cnngrade.files import is_shared, share, share_all


class Collect(ExchangeCollect):  # type: ignore[misc]  # nbgrader ships no types
    """nbgrader's `collect`, after which another teacher of the group can collect and grade the same student.

    nbgrader makes the student's folder as the umask has it, and shares only what is in it.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission into its place."""
        super().do_copy(src, dest, log)
        submission = Path(dest)
        students = submission.parents[1]
        if self.coursedir.groupshared or is_shared(students.parent):
            share(students)
            share(submission.parent)
            share_all(submission)
