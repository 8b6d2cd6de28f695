"""Brightspace: `NUMBER-NUMBER - First Last - Mon D, YYYY HMM PM/`."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_brightspace(source: Source) -> Reading | None:
    """Return what Brightspace's names say, None for another layout."""
    return None


BRIGHTSPACE = Platform("brightspace", "Brightspace", read_brightspace)
