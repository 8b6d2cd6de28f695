"""The targets of `cnngrade ci`; each is a module of this room, which is loaded when it is asked for."""

from __future__ import annotations

import importlib

from cnngrade.alike import nearest
from cnngrade.ci.target import CiTarget
from cnngrade.errors import UsageError

_HOMES = {
    "docker": "docker",
}
"""The targets in the order in which they are listed, each with its module, which holds it as `TARGET`."""

NAMES = tuple(_HOMES)


def ci_target(name: str) -> CiTarget:
    """Return the target of a name; raises UsageError with the nearest one."""
    if name not in _HOMES:
        near = nearest(name, NAMES)
        meant = f"Did you mean {near}?" if near else f"There are: {', '.join(NAMES)}."
        raise UsageError(f"There is no target {name}. {meant}")
    found: CiTarget = importlib.import_module(f"cnngrade.ci.{_HOMES[name]}").TARGET
    return found
