"""The two marks of a course's tests.

@points(2)      what the case is worth (every case says so)
@gate           while this case does not pass, the later cases of the same function are skipped and say what they wait for
@gate("bias")   the same, for a gate that asks for more than the plain idea: mistakes about a bias may close it, too
"""

from __future__ import annotations

import pytest

points = pytest.mark.points


gate = pytest.mark.gate


DESCRIPTIONS = (
    "points(n): what the case is worth",
    "gate(*about): later cases of the same function wait for this one; what mistakes may be about that close it",
)
