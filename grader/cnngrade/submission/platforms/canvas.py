"""Canvas: `lastfirst_USERID_ATTACHMENTID_name.ext`, with `_LATE_` after the name of what came late."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_canvas(source: Source) -> Reading | None:
    """Return what Canvas's names say, None for another layout."""
    return None


CANVAS = Platform("canvas", "Canvas", read_canvas)
