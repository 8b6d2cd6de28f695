"""Find which functions a piece of a student's code defines, without running it, and cut it up between them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cnngrade.submission.read import MAX_CODE_BYTES

_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


_REMEMBERED_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class _Definition:
    """A name that code defines at its top level; `line` is where it begins, from 0, for one that can be cut out."""

    name: str
    line: int | None = None


def _read(source: str) -> tuple[_Definition, ...] | None:
    """Return what the code defines, in its order; None when it does not parse."""
    try:
        # A tree takes a hundred times the memory of its text.
        body = ast.parse(source).body if len(source) <= MAX_CODE_BYTES else None
    except _UNPARSABLE:
        return None
    if body is None:
        return None
    found: list[_Definition] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(_Definition(node.name, min([node.lineno, *(part.lineno for part in node.decorator_list)]) - 1))
        elif isinstance(node, ast.AsyncFunctionDef):
            found.append(_Definition(node.name))
        elif isinstance(node, ast.Assign):
            found += [_Definition(target.id) for target in node.targets if isinstance(target, ast.Name)]
    return tuple(found)


# A class hands in the same cells again and again: those of the release, the stubs, and what most students write alike.
_remembered = functools.lru_cache(maxsize=256)(_read)


def _definitions(source: str) -> tuple[_Definition, ...] | None:
    return _remembered(source) if len(source) <= _REMEMBERED_BYTES else _read(source)


def defined(source: str, functions: Sequence[str]) -> list[str]:
    """Return those of `functions` that the code defines at its top level, also when it does not parse."""
    found = _definitions(source)
    if found is None:
        return [name for name in functions if re.search(rf"^((async +)?def|class) +{re.escape(name)}\b", source, re.MULTILINE)]
    names = {definition.name for definition in found}
    return [name for name in functions if name in names]


def split(source: str, functions: Sequence[str]) -> list[str]:
    """Cut code that defines several of `functions`, so that each definition gets a cell of its own.

    The comment lines right above a definition go with it, and so does what follows up to the next one. Code that does not parse
    is left whole.
    """
    if len(defined(source, functions)) < 2:
        return [source]
    found = _definitions(source)
    if found is None:
        return [source]
    lines = source.splitlines()
    starts = [0]
    for definition in found:
        if definition.line is not None and definition.name in functions:
            start = definition.line
            while start > 0 and lines[start - 1].startswith("#"):
                start -= 1
            starts.append(start)
    pieces = ["\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return [piece for piece in pieces if piece.strip()]
