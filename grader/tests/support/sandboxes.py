"""Which sandboxes this machine has: asked when a test wants one, since one may be installed while others run."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import pytest

from cnngrade.sandbox import backends, confined, unconfined
from cnngrade.sandbox.backends import BACKENDS, NONE, available
from cnngrade.worker import confinement

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


@contextlib.contextmanager
def without_landlock() -> Iterator[None]:
    """Let this process, and the fork servers that it starts, see a kernel that has no Landlock."""
    blind = "import cnngrade.worker.confinement as confinement; confinement.landlock_version = lambda: 0; "

    def interpreter(module: str, *arguments: str) -> list[str]:
        return [part.replace("from cnngrade", f"{blind}from cnngrade") for part in unconfined.interpreter(module, *arguments)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confined, "interpreter", interpreter)
        for module in (backends, confined, confinement):
            patch.setattr(module, "landlock_version", lambda: 0)
        yield
