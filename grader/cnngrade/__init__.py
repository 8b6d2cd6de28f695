"""Exercises that say which mistake it is: releases, checks and grades the units of a course.

A test of a course needs `assert_close`, `assert_raises`, `points` and `gate`; a file of known mistakes needs `mistake` and
`solution_for`, one of styles `style`, one of pictures `picture`; a notebook needs `check` and `show`. They are loaded when
first used, so that the command starts quickly.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnngrade.checking import check_here as check
    from cnngrade.compare import assert_close, assert_raises
    from cnngrade.marks import gate, points
    from cnngrade.mistakes import mistake, solution_for
    from cnngrade.pictures import picture
    from cnngrade.showing import show_here as show
    from cnngrade.styles import style

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "assert_close",
    "assert_raises",
    "check",
    "gate",
    "mistake",
    "picture",
    "points",
    "show",
    "solution_for",
    "style",
]

_HOMES = {
    "assert_close": ("cnngrade.compare", "assert_close"),
    "assert_raises": ("cnngrade.compare", "assert_raises"),
    "check": ("cnngrade.checking", "check_here"),
    "gate": ("cnngrade.marks", "gate"),
    "mistake": ("cnngrade.mistakes", "mistake"),
    "picture": ("cnngrade.pictures", "picture"),
    "points": ("cnngrade.marks", "points"),
    "show": ("cnngrade.showing", "show_here"),
    "solution_for": ("cnngrade.mistakes", "solution_for"),
    "style": ("cnngrade.styles", "style"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cnngrade' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)
