"""Pictures as PNG and as a page.

matplotlib draws, where it is installed; a page made without it holds the characters of a terminal.
"""

from __future__ import annotations

import base64
import bisect
import html
import importlib.util
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnngrade.pictures.compare import Comparison, Image, Pair, Panel, Scale
from cnngrade.pictures.terminal import REMARK, panels_as_text
from cnngrade.safe_text import visible_block, visible_line

_DPI = 100


# Pixels of the PNG. A panel is about as wide as this, and each of its numbers a whole number of pixels.
_PANEL = 220


_WIDEST = 1180


_NARROWEST = 440


_GAP = 14


# A row or a column of numbers is drawn this thick at least.
_THINNEST = 12


_HIGHEST = 420


# A row whose name stands beside it is as high as that is long.
_NAMED = 64


# Lines in place of a panel.
_MOST_LINES = 12


# Points, and pixels from line to line.
_TITLE, _LABEL, _NOTE = (10, 17), (8, 14), (7, 12)


# Where a panel has no number. No scale has this colour.
_BLANK = "#e8c872"


Measure = Callable[[str, int], float]


def can_draw() -> bool:
    """Say whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def _measure(figure: Any) -> Measure:
    """Return what says how many pixels wide a text is in letters of so many points."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.font_manager import FontProperties

    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    return lambda text, points: float(renderer.get_text_width_height_descent(text, FontProperties(size=points), False)[0])


def _wrapped(text: str, width: float, points: int, measure: Measure) -> list[str]:
    """Return the text as lines that are no wider than `width` pixels; a longer word is broken."""
    lines = [""]
    for word in visible_line(text).split():
        if not lines[-1] or measure(f"{lines[-1]} {word}", points) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
        while len(lines[-1]) > 1 and measure(lines[-1], points) > width:
            word = lines[-1]
            fitting = bisect.bisect_right(range(1, len(word)), width, key=lambda n: measure(word[:n], points))
            lines[-1:] = [word[: max(fitting, 1)], word[max(fitting, 1) :]]
    return lines


def _size(image: Image) -> tuple[int, int]:
    """Return the width and height in pixels at which an image is drawn: each number a square of whole pixels."""
    height, width = image.shape[-2:]
    factor = max(min(round(_PANEL / width), _HIGHEST // height), 1)
    return max(factor * width, _THINNEST), max(factor * height, _THINNEST)


def _note(scale: Scale) -> str:
    """Say what the colours of a panel mean; nothing where they are those of a photograph."""
    if scale.usual:
        return ""
    return f"red {scale.high:.2g}, blue {scale.low:.2g}" if scale.signed else f"white {scale.high:.2g}"


def _drawn(kind: str, pair: Pair) -> tuple[Image | None, Scale]:
    """Return what is drawn of a pair in one row, None where there is nothing, and on which scale."""
    if kind == "difference":
        return pair.drawn_difference() or (None, pair.scale)
    own = pair.expected if kind == "expected" else pair.mine
    return (own.image if own else None), pair.scale


@dataclass(frozen=True, slots=True)
class _Cell:
    """One panel in its row: its image, or the lines that come instead, below its label and above its note."""

    image: Image | None
    scale: Scale
    label: tuple[str, ...]
    note: tuple[str, ...]
    instead: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        return (0, len(self.instead) * _NOTE[1]) if self.image is None else _size(self.image)


def _cell(kind: str, pair: Pair, labelled: bool, width: int, measure: Measure) -> _Cell:
    image, scale = _drawn(kind, pair)
    own: Panel = pair.mine if kind == "yours" and pair.mine else pair.expected
    noted = {"expected": _note(pair.scale), "difference": pair.remark}.get(kind, "") if image is not None else ""
    # Where there is nothing of the student's, his row says why.
    is_said = image is None and (kind == "yours" or _drawn("yours", pair)[0] is not None)
    return _Cell(
        image,
        scale,
        tuple(_wrapped(own.label, width, _LABEL[0], measure)) if labelled else (),
        tuple(_wrapped(noted, width, _NOTE[0], measure)) if noted else (),
        tuple(_wrapped(pair.remark, width, _NOTE[0], measure)[:_MOST_LINES]) if is_said else (),
    )


class _Sheet:
    """A figure that is filled from the top, in pixels."""

    def __init__(self, figure: Any, width: int, height: int) -> None:
        figure.set_size_inches(width / _DPI, height / _DPI)
        self.figure, self.width, self.height = figure, width, height

    def lines(self, lines: Sequence[str], x: float, y: float, font: tuple[int, int], **options: Any) -> None:
        """Write lines, one below the other, the first one with its top at `y`."""
        for number, line in enumerate(lines):
            place = (x / self.width, 1 - (y + number * font[1]) / self.height)
            self.figure.text(*place, line, fontsize=font[0], va="top", parse_math=False, **options)

    def image(self, image: Image, scale: Scale, x: int, y: int) -> None:
        """Draw an image with its upper left corner at (x, y)."""
        width, height = _size(image)
        box = (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(box, facecolor=_BLANK, xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        if image.ndim == 3:
            axes.imshow(np.nan_to_num(np.clip(image.transpose(1, 2, 0), 0, 1)), interpolation="nearest", aspect="auto")
        else:
            colours = "RdBu_r" if scale.signed else "gray"
            axes.imshow(image, cmap=colours, vmin=scale.low, vmax=scale.high, interpolation="nearest", aspect="auto")


def _rows(comparison: Comparison) -> list[str]:
    """Return which rows a picture has."""
    if comparison.same:
        return ["yours", "expected"]
    return ["expected"] if comparison.unfinished or comparison.problem else ["yours", "expected", "difference"]


def _height_of(cells: Sequence[_Cell], least: int) -> tuple[int, int, int]:
    """Return the heights of a row: of its labels, of its images, `least` at least, and of its notes."""
    labels, notes = (max(len(cell.label) for cell in cells), max(len(cell.note) for cell in cells))
    return labels * _LABEL[1], max(least, *(cell.size[1] for cell in cells)), notes * _NOTE[1]


def comparison_as_png(comparison: Comparison, rows_named: bool = True, titled: bool = True) -> bytes:
    """Return the picture as PNG: the expected panels, and above them the student's, below them the differences.

    `rows_named` writes beside each row which it is, `titled` the function and the caption above them all.
    """
    # matplotlib takes half a second to load, and it is not always there.
    from matplotlib.figure import Figure

    figure = Figure(dpi=_DPI)
    measure = _measure(figure)
    kinds, pairs = _rows(comparison), comparison.pairs
    width = max((_size(pair.expected.image)[0] for pair in pairs if pair.expected.image is not None), default=_PANEL)
    width = max(width, _PANEL // 2)
    bands = -(-len(pairs) * (width + _GAP) // _WIDEST)
    across = -(-len(pairs) // bands)
    left = _GAP + (_LABEL[1] if rows_named else 0)
    whole = max(left + across * (width + _GAP), _NARROWEST)
    rows = [
        [_cell(kind, pair, kind == kinds[0], width, measure) for pair in pairs[start : start + across]]
        for start in range(0, len(pairs), across)
        for kind in kinds
    ]
    head = _wrapped(f"{comparison.function}: {comparison.caption}", whole - 2 * _GAP, _TITLE[0], measure) if titled else []
    top = _GAP + len(head) * _TITLE[1]
    least = _NAMED if rows_named else 0
    sheet = _Sheet(figure, whole, top + sum(sum(_height_of(cells, least)) + _GAP for cells in rows) + _GAP)
    sheet.lines(head, whole / 2, _GAP / 2, _TITLE, ha="center")
    for number, cells in enumerate(rows):
        labels, images, notes = _height_of(cells, least)
        if rows_named:
            named = kinds[number % len(kinds)]
            place = (_GAP / whole, 1 - (top + labels + images / 2) / sheet.height)
            figure.text(*place, named, fontsize=_LABEL[0], rotation=90, ha="center", va="center", parse_math=False)
        for column, cell in enumerate(cells):
            x = left + column * (width + _GAP)
            sheet.lines(cell.label, x, top + labels - len(cell.label) * _LABEL[1], _LABEL)
            if cell.image is not None:
                sheet.image(cell.image, cell.scale, x, top + labels)
            sheet.lines(cell.instead, x, top + labels, _NOTE)
            sheet.lines(cell.note, x, top + labels + cell.size[1] + 2, _NOTE, color="#555555")
        top += labels + images + notes + _GAP
    stream = io.BytesIO()
    # Without the version of matplotlib in it, the same picture gives the same bytes.
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def comparison_as_html(comparison: Comparison) -> str:
    """Return the picture as self-contained HTML: an image where matplotlib is there, characters where not."""
    head = f"<code>{html.escape(visible_line(comparison.function))}</code>: {html.escape(visible_line(comparison.caption))}"
    remark = html.escape(visible_block(comparison.remark(), *REMARK))
    if can_draw():
        data = base64.b64encode(comparison_as_png(comparison, titled=False)).decode("ascii")
        alt = html.escape(visible_line(f"{comparison.function}: {comparison.caption} {comparison.remark()}"), quote=True)
        body = f'<img alt="{alt}" style="max-width:100%;height:auto;background:#fff" src="data:image/png;base64,{data}">'
    else:
        text = html.escape(panels_as_text(comparison))
        body = f'<pre style="line-height:1.1;overflow-x:auto">{text}</pre>'
    return (
        f'<figure style="margin:0.5em 0;font-family:system-ui,sans-serif;line-height:1.4">\n{body}\n'
        f'<figcaption>{head}<br><strong style="white-space:pre-wrap">{remark}</strong></figcaption>\n</figure>'
    )


def comparisons_as_page(title: str, comparisons: Sequence[Comparison]) -> str:
    """Return a whole page of pictures; nothing on it is fetched, and no script runs."""
    figures = "\n".join(comparison_as_html(comparison) for comparison in comparisons)
    name = html.escape(visible_line(title))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }}
h1 {{ font-size: 1.4rem; }}
figure {{ border-top: 1px solid #8886; padding-top: 1rem; }}
</style>
</head>
<body>
<main>
<h1>{name}</h1>
{figures}
</main>
</body>
</html>
"""
