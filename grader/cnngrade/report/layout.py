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


# Between entries that stand side by side: names with their shapes or numbers.
_BETWEEN = re.compile(r"(?<=\S) {3}(?=\S)")


def _broken(line: str, width: int, indent: int) -> Iterator[str]:
    margin = " " * indent
    own = margin + line[: len(line) - len(line.lstrip())][:_DEEPEST]
    for number, part in enumerate(_side_by_side(line, width - indent, len(own) - indent)):
        first = own if number else margin
        yield from textwrap.wrap(part, width, initial_indent=first, subsequent_indent=own, break_on_hyphens=False) or [""]


def _side_by_side(line: str, room: int, further: int) -> list[str]:
    """Return a line in parts, with as many of its entries in each as fit; all parts but the first have `further` less room."""
    first, *entries = _BETWEEN.split(line)
    parts = [first]
    for entry in entries:
        together = f"{parts[-1]}   {entry}"
        if len(together) <= room - (further if len(parts) > 1 else 0):
            parts[-1] = together
        else:
            parts.append(entry)
    return parts


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
