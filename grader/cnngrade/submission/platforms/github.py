"""GitHub Classroom: `assignment-submissions/assignment-user/`, a repository each."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_github(source: Source) -> Reading | None:
    """Return what GitHub Classroom's names say, None for another layout."""
    return None


GITHUB = Platform("github", "GitHub Classroom", read_github)
