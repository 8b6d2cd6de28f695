"""Blackboard: `Unit_user_attempt_YYYY-MM-DD-HH-MM-SS_name`, with a receipt beside."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_blackboard(source: Source) -> Reading | None:
    """Return what Blackboard's names say, None for another layout."""
    return None


BLACKBOARD = Platform("blackboard", "Blackboard", read_blackboard)
