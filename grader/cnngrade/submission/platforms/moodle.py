"""Moodle: `First Last_NUMBER_assignsubmission_file/`, and `Participant_NUMBER_...` where marking is blind."""

from __future__ import annotations

from cnngrade.submission.platforms.handed import Platform, Reading, Source


def read_moodle(source: Source) -> Reading | None:
    """Return what Moodle's names say, None for another layout."""
    return None


MOODLE = Platform("moodle", "Moodle", read_moodle)
