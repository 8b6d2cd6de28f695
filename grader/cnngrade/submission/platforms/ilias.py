"""ILIAS: a folder for each member, named after name and login."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_ilias(source: Source) -> Reading | None:
    """Return what ILIAS's names say, None for another layout."""
    return None


ILIAS = Platform("ilias", "ILIAS", read_ilias)
