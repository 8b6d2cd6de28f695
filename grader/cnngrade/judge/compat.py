"""What the judge needs of pytest that pytest does not offer: each private name is here and nowhere else.

`pyproject.toml` bounds pytest's versions. A test looks every name up and says of a missing one what it was needed for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

PYTEST = "_pytest."
"""How the names of pytest's own modules begin."""


OF_A_PARAMETER = "get_direct_param_fixture_func"
"""The name of the function that pytest puts where a fixture's would be, for a parameter of the test."""


def run_by_pytest(item: pytest.Item) -> list[pytest.TestReport]:
    """Run a test with all hooks and fixtures, as pytest does, and return the reports that its public hook would print."""
    # Loaded only when it is called.
    from _pytest.runner import runtestprotocol

    # Torn down completely each time: which test comes next depends on how this one ends.
    return runtestprotocol(item, log=False, nextitem=None)


def fixtures_of(item: pytest.Function) -> Mapping[str, Sequence[pytest.FixtureDef[Any]]] | None:
    """Return the fixtures that a test asks for, directly or not, by name; None where pytest keeps them differently."""
    return getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", None)
