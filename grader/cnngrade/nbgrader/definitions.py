"""Find which functions a piece of a student's code defines, without running it, and cut it up between them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from cnngrade.cells import MAX_CODE_BYTES

_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def _body(source: str) -> list[ast.stmt]:
    if len(source) > MAX_CODE_BYTES:
        # A tree takes a hundred times the memory of its text.
        raise ValueError("the code is too long")
    return ast.parse(source).body


def defined(source: str, functions: Sequence[str]) -> list[str]:
    """Return those of `functions` that the code defines at its top level, also when it does not parse."""
    try:
        body = _body(source)
    except _UNPARSABLE:
        return [name for name in functions if re.search(rf"^(async +)?def +{re.escape(name)}\b", source, re.MULTILINE)]
    names = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [name for name in functions if name in names]


def split(source: str, functions: Sequence[str]) -> list[str]:
    """Cut code that defines several of `functions`, so that each definition can stand in a cell of its own.

    The comment lines right above a definition go with it, and so does what follows up to the next one. Code that does not parse
    is left whole.
    """
    if len(defined(source, functions)) < 2:
        return [source]
    try:
        body = _body(source)
    except _UNPARSABLE:
        return [source]
    lines = source.splitlines()
    starts = [0]
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
            while start > 0 and lines[start - 1].startswith("#"):
                start -= 1
            starts.append(start)
    pieces = ["\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return [piece for piece in pieces if piece.strip()]
