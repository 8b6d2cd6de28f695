"""Pictures in a terminal: the student's, the expected ones and the difference side by side, in plain characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnngrade.pictures.compare import Comparison, Image, Pair, Scale
from cnngrade.safe_text import visible_block, visible_line

_RAMP = " .:-=+*#%@"


_BELOW = " 'coaxwXM"


_GAP = 3


_MOST_ROWS = 18


# Lines and characters of what there is to say of a picture: it may be an exception with its lines.
REMARK = (8, 1_000)


_WIDEST = 40


_LUMA = np.array([0.299, 0.587, 0.114])


def _shrunk(grey: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Return the means of rows x columns equal parts of the image; where it has fewer numbers, each is repeated."""
    for axis, parts in ((0, rows), (1, columns)):
        size = grey.shape[axis]
        edges = np.linspace(0, size, parts + 1)
        starts = np.minimum(edges[:-1].astype(int), size - 1)
        stops = np.maximum(np.ceil(edges[1:]).astype(int), starts + 1)
        grey = np.stack([grey.take(range(a, b), axis).mean(axis) for a, b in zip(starts, stops, strict=True)], axis)
    return grey


def _size(image: Image, widest: int) -> tuple[int, int]:
    """Return rows and columns of characters for an image; a character is about twice as high as wide."""
    height, width = image.shape[-2:]
    columns = min(widest, max(2 * width, 2))
    rows = max(round(columns * height / width / 2), 1)
    if rows > _MOST_ROWS:
        columns, rows = max(round(columns * _MOST_ROWS / rows), 1), _MOST_ROWS
    return rows, columns


def _characters(image: Image, scale: Scale, rows: int, columns: int) -> list[str]:
    shares = scale.share(image)
    grey = np.tensordot(_LUMA, shares, axes=1) if shares.ndim == 3 else shares
    # Parts are means, and means of what has both signs are small: faint answers must show, too.
    power = 0.6 if scale.signed else 1.0
    lines = []
    for line in _shrunk(grey, rows, columns):
        text = ""
        for share in line.tolist():
            if share != share:
                text += "?"
            elif share >= 0:
                text += _RAMP[round(share**power * (len(_RAMP) - 1))]
            else:
                text += _BELOW[round((-share) ** power * (len(_BELOW) - 1))]
        lines.append(text)
    return lines


def _block(head: str, image: Image | None, scale: Scale, rows: int, columns: int, instead: str) -> list[str]:
    if image is None:
        words, lines = instead.split(), [""]
        for word in words:
            if len(lines[-1]) + len(word) + 1 > columns:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()[:columns]
        body = lines[:rows]
    else:
        body = _characters(image, scale, rows, columns)
    body += [""] * (rows - len(body))
    return [line.ljust(columns) for line in (head[:columns], *body)]


def _pair_lines(pair: Pair, width: int, only_expected: bool) -> Iterator[str]:
    assert pair.expected.image is not None
    yield visible_line(pair.expected.label) + ("" if only_expected or pair.same else f": {visible_line(pair.remark)}")
    rows, columns = _size(pair.expected.image, min((width - 2 - 2 * _GAP) // 3, _WIDEST))
    columns = max(columns, 10)
    right = _block("expected", pair.expected.image, pair.scale, rows, columns, "")
    blocks = [right]
    if not only_expected:
        mine = pair.mine.image if pair.mine else None
        blocks.insert(0, _block("yours", mine, pair.scale, rows, columns, visible_line(pair.remark)))
        if not pair.same and pair.difference is not None:
            largest = float(np.nanmax(np.abs(pair.difference[np.isfinite(pair.difference)]), initial=1e-12))
            blocks.append(_block("difference", pair.difference, Scale(-largest, largest, True), rows, columns, ""))
    for line in zip(*blocks, strict=True):
        yield "  " + (" " * _GAP).join(line)


def comparison_as_text(comparison: Comparison, width: int = 100) -> str:
    """Return a picture as lines of at most `width` columns: panel by panel, yours, expected, and where they differ.

    Brighter is denser; where numbers are negative, letters show those below 0 and signs those above.
    """
    remark = visible_block(comparison.remark(), *REMARK).split("\n")
    lines = [f"{comparison.function}: {visible_line(comparison.caption)}", *(f"  {line}" for line in remark)]
    return "\n".join([*lines, *_panels(comparison, width)])


def panels_as_text(comparison: Comparison, width: int = 100) -> str:
    """Return the panels of a picture alone."""
    return "\n".join(_panels(comparison, width)).strip("\n")


def _panels(comparison: Comparison, width: int) -> Iterator[str]:
    only_expected = comparison.unfinished or bool(comparison.problem)
    for pair in comparison.pairs:
        yield ""
        yield from (f"  {line}"[: max(width, 40)].rstrip() for line in _pair_lines(pair, width - 2, only_expected))


def comparisons_as_text(comparisons: Sequence[Comparison], width: int = 100) -> str:
    """Return several pictures, one below the other."""
    return "\n\n".join(comparison_as_text(comparison, width) for comparison in comparisons)
