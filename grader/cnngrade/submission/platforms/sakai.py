"""Sakai: `Last, First(id)/Submission attachment(s)/`."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_sakai(source: Source) -> Reading | None:
    """Return what Sakai's names say, None for another layout."""
    return None


SAKAI = Platform("sakai", "Sakai", read_sakai)
