"""Wrong answers that nobody has named, in groups of those that behave alike."""

from __future__ import annotations

from cnngrade.insight.unnamed import UnnamedGroup
from cnngrade.model import Course, Unit


def unnamed_groups(course: Course, unit: Unit) -> tuple[UnnamedGroup, ...]:
    """Return the groups of wrong answers without a name in the class's reports on a unit, the largest first."""
    return ()
