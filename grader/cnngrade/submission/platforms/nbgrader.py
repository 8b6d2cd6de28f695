"""nbgrader: the exchange's `USER+ASSIGNMENT+TIME+RANDOM/`, and `submitted/STUDENT/UNIT/`."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_nbgrader(source: Source) -> Reading | None:
    """Return what nbgrader's names say, None for another layout."""
    return None


NBGRADER = Platform("nbgrader", "nbgrader", read_nbgrader)
