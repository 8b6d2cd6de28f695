"""What a function of the course says about itself, also where Python was told to forget it (`python -OO`)."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def docstring_of(function: Callable[..., Any]) -> str:
    """Return a function's docstring without its indentation, from its source if need be; "" if it has none."""
    if (text := inspect.getdoc(function)) is not None:
        return text
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return ""
    definition = tree.body[0] if tree.body else None
    return (ast.get_docstring(definition) or "") if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef) else ""
