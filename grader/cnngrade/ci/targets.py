"""The targets of `cnngrade ci`; each is a module of this room, which is loaded when it is asked for."""

from __future__ import annotations

import importlib
from types import ModuleType

from cnngrade.alike import nearest
from cnngrade.ci.grading_place import GradingPlace
from cnngrade.ci.target import CiTarget
from cnngrade.errors import UsageError

_HOMES = {
    "gradescope": "gradescope",
    "prairielearn": "prairielearn",
    "github": "github",
    "gitlab": "gitlab",
    "classroom50": "classroom50",
    "docker": "docker",
}
"""The targets in the order in which they are listed, each with its module: its `TARGET`, and its `PLACE` if it grades."""

NAMES = tuple(_HOMES)


def _module(name: str) -> ModuleType:
    """Return a target's module; raises UsageError with the nearest name."""
    if name not in _HOMES:
        near = nearest(name, NAMES)
        meant = f"Did you mean {near}?" if near else f"There are: {', '.join(NAMES)}."
        raise UsageError(f"There is no target {name}. {meant}")
    return importlib.import_module(f"cnngrade.ci.{_HOMES[name]}")


def ci_target(name: str) -> CiTarget:
    """Return the target of a name; raises UsageError with the nearest one."""
    found: CiTarget = _module(name).TARGET
    return found


def grading_place(name: str) -> GradingPlace:
    """Return where the target of a name keeps what one grading there is about; raises UsageError where it grades nothing."""
    found: GradingPlace | None = getattr(_module(name), "PLACE", None)
    if found is None:
        raise UsageError(f"Nothing is graded by {name} itself.")
    return found
