"""Which sandboxes this machine has: asked when a test wants one, since one may be installed while others run."""

from __future__ import annotations

import functools

import pytest

from cnngrade.sandbox.backends import BACKENDS, NONE, available

SANDBOXES = tuple(name for name in BACKENDS if name != NONE)
"""Every sandbox that there is, the strongest first, whether or not this machine has it."""


def present() -> list[str]:
    """Return the sandboxes that this machine has now, the strongest first."""
    return [name for name, reason in available().items() if name != NONE and not reason]


# Asked for each test, this would take a second each.
sandboxes_here = functools.cache(present)


def need(name: str) -> None:
    """Skip the test where this machine does not have the sandbox."""
    if name != NONE and name not in sandboxes_here():
        pytest.skip(f"this machine has no {name}")
