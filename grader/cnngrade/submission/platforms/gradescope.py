"""Gradescope: `submission_NUMBER/`, and submission_metadata.yml, which says whose each is."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_gradescope(source: Source) -> Reading | None:
    """Return what Gradescope's names say, None for another layout."""
    return None


GRADESCOPE = Platform("gradescope", "Gradescope", read_gradescope)
