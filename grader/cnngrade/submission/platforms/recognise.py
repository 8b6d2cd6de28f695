"""Which platform a source comes from."""

from __future__ import annotations

from collections.abc import Mapping

from cnngrade.submission.platforms.blackboard import BLACKBOARD
from cnngrade.submission.platforms.brightspace import BRIGHTSPACE
from cnngrade.submission.platforms.canvas import CANVAS
from cnngrade.submission.platforms.github import GITHUB
from cnngrade.submission.platforms.gradescope import GRADESCOPE
from cnngrade.submission.platforms.handed import Platform, Reading, Source
from cnngrade.submission.platforms.ilias import ILIAS
from cnngrade.submission.platforms.moodle import MOODLE
from cnngrade.submission.platforms.nbgrader import NBGRADER
from cnngrade.submission.platforms.sakai import SAKAI
from cnngrade.submission.platforms.teams import TEAMS

PLATFORMS: Mapping[str, Platform] = {
    platform.name: platform
    for platform in (
        CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE, SAKAI, ILIAS, TEAMS, GRADESCOPE, GITHUB, NBGRADER,
    )
}  # fmt: skip
"""The recognisers by name; of several that read a source, the one that claims most files, then the first, is right."""


def recognise(source: Source) -> tuple[Platform, Reading] | None:
    """Return the platform whose names most files of a source bear, and what it reads; None where no platform reads it."""
    found = [(platform, reading) for platform in PLATFORMS.values() if (reading := platform.read(source)) is not None]
    return max(found, key=lambda entry: len(entry[1].claims), default=None)
