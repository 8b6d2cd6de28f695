"""Pictures in a terminal: the student's, the expected ones and the difference side by side, in characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnngrade.pictures.compare import Comparison, Image, Pair, Scale
from cnngrade.pictures.ink import Ink, characters_of, legend, meaning
from cnngrade.safe_text import visible_block, visible_line

_GAP = 3


_MOST_ROWS = 18


# Lines and characters of what there is to say of a picture: it may be an exception with its lines.
REMARK = (8, 1_000)


_WIDEST = 40


_NARROWEST = 10


_NARROW_TERMINAL = 40


def _shrunk(image: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Return the means of rows x columns equal parts of the image; where it has fewer numbers, each is repeated."""
    for axis, parts in ((-2, rows), (-1, columns)):
        size = image.shape[axis]
        edges = np.linspace(0, size, parts + 1)
        starts = np.minimum(edges[:-1].astype(int), size - 1)
        stops = np.maximum(np.ceil(edges[1:]).astype(int), starts + 1)
        means = [image.take(range(a, b), axis).mean(axis) for a, b in zip(starts, stops, strict=True)]
        image = np.stack(means, axis)
    return image


def _size(image: Image, widest: int) -> tuple[int, int]:
    """Return rows and columns of characters for an image; a character is about twice as high as wide."""
    height, width = image.shape[-2:]
    columns = min(widest, max(2 * width, 2))
    rows = max(round(columns * height / width / 2), 1)
    if rows > _MOST_ROWS:
        columns, rows = max(round(columns * _MOST_ROWS / rows), 1), _MOST_ROWS
    return rows, columns


def _characters(image: Image, scale: Scale, rows: int, columns: int, ink: Ink) -> list[str]:
    """Return the lines of an image, each of them with `columns` characters to see."""
    return characters_of(_shrunk(scale.share(image), 2 * rows if ink.is_coloured else rows, columns), scale.signed, ink)


def _block(head: str, body: Sequence[str], size: tuple[int, int], columns: int) -> list[str]:
    """Return a block of `columns` characters: its head and as many lines as the size has rows."""
    rows, drawn = size
    # A line may hold colours, so its length says nothing.
    lines = [line + " " * (columns - drawn) for line in body] + [" " * columns] * (rows - len(body))
    return [head.ljust(columns), *lines]


def _words(text: str, size: tuple[int, int]) -> list[str]:
    rows, columns = size
    return [line.ljust(columns) for line in textwrap.wrap(text, columns, max_lines=rows, placeholder="...")]


def _pair_lines(pair: Pair, width: int, only_expected: bool, ink: Ink) -> Iterator[str]:
    assert pair.expected.image is not None
    said = "" if only_expected or pair.same else f": {visible_line(pair.remark)}"
    meant = meaning(pair.scale, ink)
    yield from textwrap.wrap(f"{visible_line(pair.expected.label)}{said}" + (f" ({meant})" if meant else ""), width)
    size = _size(pair.expected.image, min((width - 2 - 2 * _GAP) // 3, _WIDEST))
    columns = max(size[1], _NARROWEST)
    blocks = [_block("expected", _characters(pair.expected.image, pair.scale, *size, ink), size, columns)]
    if not only_expected:
        mine = pair.mine.image if pair.mine else None
        room = (size[0], columns)
        if mine is None:
            blocks.insert(0, _block("yours", _words(visible_line(pair.remark), room), room, columns))
        else:
            blocks.insert(0, _block("yours", _characters(mine, pair.scale, *size, ink), size, columns))
        if (drawn := pair.drawn_difference()) is not None:
            blocks.append(_block("difference", _characters(*drawn, *size, ink), size, columns))
    for line in zip(*blocks, strict=True):
        yield "  " + (" " * _GAP).join(line).rstrip()


def remark_as_text(comparison: Comparison, width: int = 100) -> str:
    """Return what there is to see on a picture, and what is to be said about it, without the picture."""
    width = max(width, _NARROW_TERMINAL)
    head = textwrap.wrap(f"{comparison.function}: {visible_line(comparison.caption)}", width)
    remark = visible_block(comparison.remark(), *REMARK).split("\n")
    if not comparison.problem:
        # An exception has lines of code, which stay as they are.
        remark = textwrap.wrap(" ".join(remark), width - 2)
    return "\n".join([*head, *(f"  {line}" for line in remark)])


def comparison_as_text(comparison: Comparison, width: int = 100, ink: Ink = Ink.ASCII) -> str:
    """Return a picture as lines of at most `width` columns: panel by panel, yours, expected, and where they differ."""
    return "\n".join([remark_as_text(comparison, width), *_panels(comparison, width, ink)])


def panels_as_text(comparison: Comparison, width: int = 100, ink: Ink = Ink.ASCII) -> str:
    """Return the panels of a picture alone, below what its characters mean."""
    return "\n".join([_legend(width, ink), *_panels(comparison, width, ink)])


def _legend(width: int, ink: Ink) -> str:
    return textwrap.fill(legend(ink), max(width, _NARROW_TERMINAL))


def _panels(comparison: Comparison, width: int, ink: Ink) -> Iterator[str]:
    only_expected = comparison.unfinished or bool(comparison.problem)
    for pair in comparison.pairs:
        yield ""
        yield from (f"  {line}" for line in _pair_lines(pair, max(width, _NARROW_TERMINAL) - 2, only_expected, ink))


def comparisons_as_text(comparisons: Sequence[Comparison], width: int = 100, ink: Ink = Ink.ASCII) -> str:
    """Return several pictures, one below the other, and above them what their characters mean; nothing where there is none."""
    if not comparisons:
        return ""
    return "\n\n".join([_legend(width, ink), *(comparison_as_text(comparison, width, ink) for comparison in comparisons)])
