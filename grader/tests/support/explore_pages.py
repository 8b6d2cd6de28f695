"""The course's interactive pages, in a real browser: opened from the disk, and moved as people do."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from cnngrade.course.load import load_course
from cnngrade.pages.page import build_page
from support.places import ROOT

WIDTHS = (320, 360, 768, 1280)
"""Of windows, in pixels: a small telephone, one of today, a tablet, a screen."""

_MINUS = "\u2212"
_NUMBER = re.compile(rf"[-{_MINUS}]?\d[\d,]*(?:\.\d+)?")


def built(unit: str, folder: Path) -> Path:
    """Build the page of a unit into a file; its name has a blank and a letter that addresses escape."""
    course = load_course(ROOT)
    path = folder / f"{unit} \u00fc.explore.html"
    path.write_text(build_page(course, course.unit(unit)), encoding="utf-8")
    return path


@contextlib.contextmanager
def opened(browser: Browser, path: Path, **options: Any) -> Iterator[Page]:
    """Open a page from the disk; in the end, its console has to be empty, and it has asked for nothing."""
    context = browser.new_context(**{"viewport": {"width": 1000, "height": 600}, **options})
    context.set_default_timeout(20_000)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    yield page
    assert said == []
    assert asked == [path.as_uri()]
    context.close()


def overflowing(page: Page) -> list[int]:
    """Return the widths of a window at which a page has to be scrolled to the side."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


def grid(within: Page | Locator, label: str) -> Locator:
    """Return what can be pointed at, by how its label begins."""
    return within.get_by_role("application", name=re.compile("^" + re.escape(label)))


def cell_of(canvas: Locator, shape: tuple[int, ...], row: int, column: int) -> dict[str, float]:
    """Return the middle of a cell, counted from the corner of a canvas of so many rows and columns."""
    box = canvas.bounding_box()
    assert box is not None
    return {"x": (column + 0.5) * box["width"] / shape[1], "y": (row + 0.5) * box["height"] / shape[0]}


def point(canvas: Locator, shape: tuple[int, ...], row: int, column: int) -> None:
    """Move the mouse to a cell of a canvas of so many rows and columns."""
    canvas.hover(position=cell_of(canvas, shape, row, column))  # type: ignore[arg-type]


def drag(page: Page, canvas: Locator, right: float, down: float) -> None:
    """Pull what is in the middle of a canvas by so many pixels, with the mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)
    page.mouse.up()


def slide(within: Page | Locator, label: str, place: int) -> None:
    """Move a slider to a place, counted from its left end, with the keyboard."""
    slider = within.get_by_role("slider", name=label, exact=True)
    if place == 0:
        slider.press("Home")
    else:
        # Nobody hears of the place before; then a key moves it as it would have done each time.
        slider.evaluate("(slider, place) => { slider.value = Number(slider.min) + place * Number(slider.step); }", place - 1)
        slider.press("ArrowRight")


def numbers_in(text: str) -> list[float]:
    """Return the numbers in a text, with either minus."""
    return [float(found.replace(_MINUS, "-").replace(",", "")) for found in _NUMBER.findall(text)]


def said(within: Page | Locator, begins: str) -> str:
    """Return the line that a screen reader reads, by how it begins."""
    lines = within.locator("[role=status]").all_text_contents()
    found = [line for line in lines if line.startswith(begins)]
    assert len(found) == 1, f"{begins!r} is said {len(found)} times: {lines}"
    return found[0]


def opaque(canvas: Locator, shape: tuple[int, int]) -> list[bool]:
    """Return for each cell of a canvas, row by row, whether anything is drawn in its middle."""
    # Read from a copy: a canvas that is read itself complains in the console.
    found = canvas.evaluate(
        """(canvas, [rows, columns]) => {
            const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            return Array.from({ length: rows * columns }, (_, index) => {
                const x = ((index % columns) + 0.5) * canvas.width / columns;
                const y = (Math.floor(index / columns) + 0.5) * canvas.height / rows;
                return context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data[3] === 255;
            });
        }""",
        list(shape),
    )
    return [bool(drawn) for drawn in found]


def pixel(canvas: Locator, shape: tuple[int, ...], row: int, column: int) -> list[int]:
    """Return the colour that is drawn in the middle of a cell: red, green, blue, and how opaque it is, from 0 to 255."""
    # Read from a copy: a canvas that is read itself complains in the console.
    found = canvas.evaluate(
        """(canvas, [rows, columns, row, column]) => {
            const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
            const [x, y] = [(column + 0.5) * canvas.width / columns, (row + 0.5) * canvas.height / rows].map(Math.floor);
            context.drawImage(canvas, -x, -y);
            return Array.from(context.getImageData(0, 0, 1, 1).data);
        }""",
        [int(number) for number in (*shape, row, column)],
    )
    return [int(part) for part in found]
