"""Microsoft Teams: a folder for each member, with a folder for each version."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_teams(source: Source) -> Reading | None:
    """Return what Teams's names say, None for another layout."""
    return None


TEAMS = Platform("teams", "Teams", read_teams)
