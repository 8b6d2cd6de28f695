"""Exercises that say which mistake it is: releases, checks and grades the units of a course.

A test of a course needs `assert_close`, `assert_raises`, `shaped_like`, `points` and `gate`; a file of known mistakes needs
`mistake` and `solution_for`, one of variants `variant`, one of pictures `picture` and `play`; a notebook needs `check`, `hint`,
`show` and `explore`. They are loaded when first used, so that the command starts quickly.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnngrade.answers.mistakes import mistake, solution_for
    from cnngrade.budget.variants import variant
    from cnngrade.jobs.notebook import check_here as check
    from cnngrade.jobs.notebook import explore_here as explore
    from cnngrade.jobs.notebook import hint_here as hint
    from cnngrade.jobs.notebook import show_here as show
    from cnngrade.judge.compare import assert_close, assert_raises, shaped_like
    from cnngrade.judge.marks import gate, points
    from cnngrade.pages.plays import play
    from cnngrade.pictures.draw import picture

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "assert_close",
    "assert_raises",
    "check",
    "explore",
    "gate",
    "hint",
    "mistake",
    "picture",
    "play",
    "points",
    "shaped_like",
    "show",
    "solution_for",
    "variant",
]

_HOMES = {
    "assert_close": ("cnngrade.judge.compare", "assert_close"),
    "assert_raises": ("cnngrade.judge.compare", "assert_raises"),
    "check": ("cnngrade.jobs.notebook", "check_here"),
    "explore": ("cnngrade.jobs.notebook", "explore_here"),
    "gate": ("cnngrade.judge.marks", "gate"),
    "hint": ("cnngrade.jobs.notebook", "hint_here"),
    "mistake": ("cnngrade.answers.mistakes", "mistake"),
    "picture": ("cnngrade.pictures.draw", "picture"),
    "play": ("cnngrade.pages.plays", "play"),
    "points": ("cnngrade.judge.marks", "points"),
    "shaped_like": ("cnngrade.judge.compare", "shaped_like"),
    "show": ("cnngrade.jobs.notebook", "show_here"),
    "solution_for": ("cnngrade.answers.mistakes", "solution_for"),
    "variant": ("cnngrade.budget.variants", "variant"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cnngrade' has no attribute {name!r}")
    if name in ("check", "explore", "hint", "show") and os.environ.get("CNNGRADE_WORKER"):
        # Inside a worker a submission's own checks are ignored: what they would need is missing there.
        return lambda *functions, **options: None
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)
