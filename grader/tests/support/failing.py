"""What a test expects of a call that gives no answer: the reason, and a part of the sentence."""

from __future__ import annotations

import pytest

from cnngrade.errors import Reason, StudentFailure


def failing(reason: Reason, match: str | None = None) -> pytest.RaisesExc[StudentFailure]:
    """Return a context in which a StudentFailure for this reason must be raised."""
    return pytest.raises(StudentFailure, match=match, check=lambda failure: failure.reason is reason)
