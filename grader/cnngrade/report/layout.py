"""Text in lines of a given width: sentences are broken, and what points to its place in code still points to it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

# Below a line of code: where on it something is.
_CARETS = re.compile(r" *[~^]+ *")


_DEEPEST = 8


def wrapped(text: str, width: int, indent: int) -> Iterator[str]:
    """Yield the lines of `text`, each broken where it is too wide; its own indentation is kept, and `indent` added.

    A line of code with carets below it is not broken but cut, so that they still point to their place in it.
    """
    lines = [*text.split("\n"), ""]
    number = 0
    while number < len(lines) - 1:
        line, below = lines[number], lines[number + 1]
        if line.strip() and _CARETS.fullmatch(below):
            yield from _pointed(line, below, width, indent)
            number += 2
        else:
            yield from _broken(line, width, indent)
            number += 1


def _broken(line: str, width: int, indent: int) -> Iterator[str]:
    margin = " " * indent
    own = line[: len(line) - len(line.lstrip())][:_DEEPEST]
    yield from textwrap.wrap(line, width, initial_indent=margin, subsequent_indent=margin + own, break_on_hyphens=False) or [""]


def _pointed(line: str, pointer: str, width: int, indent: int) -> Iterator[str]:
    """Yield a line and the carets below it, of both the part that the carets are in."""
    room = width - indent
    start = 0
    if len(line) > room:
        first = len(pointer) - len(pointer.lstrip())
        start = max(0, min(first - room // 2, len(line) - room))
        line = ("..." if start else line[:3]) + line[start + 3 :]
        line = line[:room] if len(line) <= room else line[: room - 3] + "..."
    yield f"{'':{indent}}{line}"
    yield f"{'':{indent}}{pointer[start : start + room].rstrip()}"
