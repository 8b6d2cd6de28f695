"""At which line of a notebook's file a line of a cell stands: a file is all that many programs know of a notebook."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")


class NotebookLines:
    """The lines of the cells of one notebook, given its file's text, which need not be a notebook."""

    def __init__(self, text: str) -> None:
        self._text = text

    def line(self, cell: int, line: int) -> int | None:
        """Return the line of the file at which a line of a cell's source begins; cells and lines are counted from 1.

        None where the text is not a notebook of today's format, or the cell has no such line.
        """
        if not 1 <= cell <= len(self._sources):
            return None
        source = self._sources[cell - 1]
        begin = None if source is None else _place_of_line(self._text, source, line)
        return None if begin is None else self._text.count("\n", 0, begin) + 1

    @functools.cached_property
    def _sources(self) -> list[int | None]:
        """Where the source of each cell begins; None for a cell without one. Empty where the text is not a notebook."""
        try:
            cells = _entries(self._text, _member(self._text, _skip(self._text, 0), "cells"))
            return [_member(self._text, cell, "source") for cell in cells]
        except (ValueError, IndexError, RecursionError):
            return []


def _skip(text: str, place: int) -> int:
    """Return the place of the next character that is not white space; it is the text's end if there is none."""
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _entries(text: str, place: int | None) -> Iterator[int]:
    """Yield where each entry of the list at `place` begins; none where there is no list. Raises ValueError, IndexError."""
    if place is None or text[place] != "[":
        return
    place = _skip(text, place + 1)
    while text[place] != "]":
        yield place
        place = _after(text, place, "]")


def _member(text: str, place: int, name: str) -> int | None:
    """Return where the value of a member begins, the last one of this name; None where the value at `place` has none.

    Raises ValueError, IndexError.
    """
    if text[place] != "{":
        return None
    found, place = None, _skip(text, place + 1)
    while text[place] != "}":
        key, end = _DECODER.raw_decode(text, place)
        place = _skip(text, end)
        if text[place] != ":":
            raise ValueError("a member without a value")
        place = _skip(text, place + 1)
        found = place if key == name else found
        place = _after(text, place, "}")
    return found


def _after(text: str, place: int, closing: str) -> int:
    """Return where the next entry begins after the value at `place`, or where what closes them all is."""
    place = _skip(text, _DECODER.raw_decode(text, place)[1])
    if text[place] == ",":
        return _skip(text, place + 1)
    if text[place] != closing:
        raise ValueError("what follows a value is neither a comma nor the end")
    return place


def _place_of_line(text: str, source: int, line: int) -> int | None:
    """Return where the string begins that holds the beginning of a line of a source, which is a string or a list of them."""
    begun = 1  # the line to which the next character belongs
    for place in _entries(text, source) if text[source] == "[" else [source]:
        part = _DECODER.raw_decode(text, place)[0]
        if isinstance(part, str) and part:
            # What ends a line does not begin the next one: that is for the string that follows.
            if begun <= line <= begun + part.count("\n") - part.endswith("\n"):
                return place
            begun += part.count("\n")
    return None
