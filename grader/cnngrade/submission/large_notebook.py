"""Makes the text of a large notebook cheap to parse: what nobody here reads is taken out, and what takes too much is refused.

Two bytes of JSON (`{}`) become seventy of Python's. A notebook of tens of MiB is an honest one, too, for the pictures and plots
in its outputs, of which nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnngrade.errors import SubmissionError

# What a text of this size may become is no more than anybody has.
_SMALL = 1 << 20


# Bytes, estimated, of what is parsed together with its text.
_MOST = 176 << 20


# Finding the end of what is left out takes time for each.
_MOST_BRACKETS, _MOST_QUOTES = 1_500_000, 8_000_000


# What Python takes for each at most: a dict of some keys, a list, half a string (there are two quotes to each), a number.
_DICT, _LIST, _QUOTE, _NUMBER = 240, 96, 30, 45


# In JSON such a word between quotes is a key if a brace or a comma comes before it.
_NOT_READ = re.compile(rb'"(?:outputs|widgets)"\s*:\s*[\[{]')


_LONGEST_SPACE = 200


_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


_FLAT = rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+"


# Most of a plot are lists without lists in them, and those are passed in one go.
_NEXT_BRACKET = re.compile(
    rb'(?:[^"\[\]{}]++|' + _STRING + rb"|\[" + _FLAT + rb"\]|\{" + _FLAT + rb"\})*+([\[\]{}])", re.DOTALL
)


def lightened(data: bytes, name: str) -> bytes:
    """Return the text of a notebook without its outputs and the state of its widgets, if it is large.

    Each line keeps its number. Raises SubmissionError for a text that would take too much even so; what is no JSON is returned
    as it is.
    """
    if len(data) <= _SMALL:
        return data
    if data.count(b"[") + data.count(b"{") > _MOST_BRACKETS or data.count(b'"') > _MOST_QUOTES:
        raise _too_much(name)
    found = b"".join(_parts_that_are_read(data))
    if _weight(found) > _MOST:
        raise _too_much(name)
    return found


def _too_much(name: str) -> SubmissionError:
    return SubmissionError(
        f"{name} holds more data than is read. Clear the notebook's outputs and the state of its widgets, take data out of its "
        "cells, and hand it in again."
    )


def _parts_that_are_read(data: bytes) -> Iterator[bytes | memoryview]:
    view, start = memoryview(data), 0
    while match := _NOT_READ.search(data, start):
        before = data[max(match.start() - _LONGEST_SPACE, start) : match.start()].rstrip()
        opening = match.end() - 1
        if not before.endswith((b"{", b",")):
            yield view[start : match.end()]
            start = match.end()
            continue
        end = _end_of(data, opening)
        if not end:
            # No JSON, whatever comes.
            break
        yield view[start : opening + 1]
        yield b"\n" * data.count(b"\n", opening, end)
        start = end - 1
    yield view[start:]


def _end_of(data: bytes, opening: int) -> int:
    """Return where the list or the object ends that begins there, 0 if it does not."""
    # The filler may not take the whole list for one of those in it.
    depth, place = 1, opening + 1
    while match := _NEXT_BRACKET.match(data, place):
        place = match.end()
        depth += 1 if match[1] in b"[{" else -1
        if not depth:
            return place
    return 0


def _weight(data: bytes) -> int:
    """Return about how many bytes a text and what `json` makes of it take at most."""
    # Python keeps a text with as many bytes for each character as its largest takes.
    width = 4 if re.search(rb"[\xf0-\xff]", data) else 2 if re.search(rb"[\xc4-\xef]", data) else 1
    parts = data.count(b"{") * _DICT + data.count(b"[") * _LIST + data.count(b'"') * _QUOTE + data.count(b",") * _NUMBER
    return parts + 2 * width * len(data)
