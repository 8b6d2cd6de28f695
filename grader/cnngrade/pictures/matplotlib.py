"""Pictures as PNG and as a page.

matplotlib draws, where it is installed; a page made without it holds the characters of a terminal.
"""

from __future__ import annotations

import base64
import html
import importlib.util
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnngrade.pictures.compare import Comparison, Image, Pair, Scale
from cnngrade.pictures.terminal import REMARK, panels_as_text
from cnngrade.safe_text import visible_block, visible_line

_ACROSS = 6


_INCHES = 1.7


_DPI = 100


_BLANK = "#f3f3f3"


def can_draw() -> bool:
    """Say whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def _aspect(pair: Pair) -> float:
    """Return how high the expected panel is for its width, within what a page can hold."""
    assert pair.expected.image is not None
    height, width = pair.expected.image.shape[-2:]
    return float(min(max(height / width, 0.25), 2.5))


def _show(axes: Any, image: Image, scale: Scale) -> None:
    if image.ndim == 3:
        axes.imshow(np.nan_to_num(np.clip(image.transpose(1, 2, 0), 0, 1)), interpolation="nearest", aspect="auto")
    else:
        colours = "RdBu_r" if scale.signed else "gray"
        axes.imshow(image, cmap=colours, vmin=scale.low, vmax=scale.high, interpolation="nearest", aspect="auto")


def _difference(axes: Any, pair: Pair) -> None:
    if pair.difference is None:
        return
    # Colours are summed: what matters is where something differs.
    flat = pair.difference.mean(axis=0) if pair.difference.ndim == 3 else pair.difference
    finite = np.abs(flat[np.isfinite(flat)])
    largest = max(float(finite.max(initial=0.0)), 1e-12)
    axes.imshow(flat, cmap="RdBu_r", vmin=-largest, vmax=largest, interpolation="nearest", aspect="auto")


def _say(axes: Any, text: str) -> None:
    import textwrap

    lines = textwrap.wrap(visible_line(text), 22)[:7]
    axes.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", fontsize=7, parse_math=False, transform=axes.transAxes)


def comparison_as_png(comparison: Comparison, rows_named: bool = True) -> bytes:
    """Return the picture as a PNG: a column per panel, with yours, the expected one and the difference below one another.

    Without the student's, only the expected one is drawn. `rows_named` says at the left which row is which.
    """
    # matplotlib takes half a second to load, and it is not always there.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = ["yours", "expected", "difference"]
    if comparison.same:
        rows = rows[:2]
    elif comparison.unfinished or comparison.problem:
        rows = rows[1:2]
    pairs = comparison.pairs
    tallest = max(map(_aspect, pairs), default=1.0)
    bands = -(-len(pairs) // _ACROSS)
    across = min(len(pairs), _ACROSS)
    figure = Figure(figsize=(across * _INCHES + 0.7, bands * len(rows) * (_INCHES * tallest + 0.3) + 0.6), dpi=_DPI)
    FigureCanvasAgg(figure)
    title = f"{comparison.function}: {visible_line(comparison.caption)}"
    figure.suptitle(_wrapped(title, across * 30), fontsize=9, parse_math=False)
    grid = figure.subplots(bands * len(rows), across, squeeze=False)
    for axes in grid.ravel():
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_facecolor(_BLANK)
        for spine in axes.spines.values():
            spine.set_visible(False)
    for number, pair in enumerate(pairs):
        band, column = divmod(number, _ACROSS)
        for row, kind in enumerate(rows):
            axes = grid[band * len(rows) + row][column]
            axes.set_box_aspect(_aspect(pair))
            if column == 0 and rows_named:
                axes.set_ylabel(kind, fontsize=8)
            _fill(axes, pair, kind)
            if row == 0:
                own = pair.mine.label if pair.mine and kind == "yours" else pair.expected.label
                axes.set_title(_wrapped(own, 26), fontsize=7.5, parse_math=False)
    for axes in grid.ravel():
        if not axes.images and not axes.texts:
            axes.set_visible(False)
    figure.tight_layout()
    stream = io.BytesIO()
    # Without the version of matplotlib in it, the same picture gives the same bytes.
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(visible_line(text), max(width, 16))[:3])


def _fill(axes: Any, pair: Pair, kind: str) -> None:
    if kind == "expected":
        assert pair.expected.image is not None
        _show(axes, pair.expected.image, pair.scale)
    elif kind == "yours":
        if pair.mine is not None and pair.mine.image is not None:
            _show(axes, pair.mine.image, pair.scale)
        else:
            _say(axes, pair.remark)
    elif pair.same or pair.difference is None or not np.any(pair.difference):
        _say(axes, pair.remark)
    else:
        _difference(axes, pair)
        axes.set_xlabel(_wrapped(pair.remark, 28), fontsize=6.5, parse_math=False)


def comparison_as_html(comparison: Comparison) -> str:
    """Return the picture as self-contained HTML: an image where matplotlib is there, characters where not."""
    head = f"<code>{html.escape(visible_line(comparison.function))}</code>: {html.escape(visible_line(comparison.caption))}"
    remark = html.escape(visible_block(comparison.remark(), *REMARK))
    if can_draw():
        data = base64.b64encode(comparison_as_png(comparison)).decode("ascii")
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
