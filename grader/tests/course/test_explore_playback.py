"""A student's own run on the course's pages, in a real browser: marked, stepped through, and explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from cnngrade.course.load import load_course
from cnngrade.jobs.play import page_with, play_back
from cnngrade.jobs.targets import Target
from cnngrade.pages.plays import plays_of
from solutions import pooling
from support.browser import chromium, needs_a_browser
from support.explore_pages import built, grid, opened, overflowing, pixel, point
from support.places import ROOT

pytestmark = needs_a_browser
COURSE = load_course(ROOT)

STRIDE_IGNORED = """\
import numpy as np


def correlate2d(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)


def conv2d(x, w, b=None, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = (x.shape[2] - w.shape[2]) // stride + 1, (x.shape[3] - w.shape[3]) // stride + 1
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::stride, :columns][:, :, :rows]
    maps = np.einsum("ncijuv,kcuv->nkij", windows, w)
    return maps if b is None else maps + b[:, None, None]
"""

WRITTEN = {
    "convolution": STRIDE_IGNORED,
    "pooling": """\
import numpy as np


def maxpool2d(x, kernel_size, stride=None, padding=0):
    return x[:, :, ::2]


def avgpool2d(x, kernel_size, stride=None, padding=0):
    wanted = {}
    return wanted["size" * 40]


def global_avgpool2d(x):
    raise NotImplementedError
""",
    "pixels": """\
import numpy as np


def flatten(images):
    return np.arange(18000.0).reshape(9000, 2)


def to_grayscale(images):
    return np.full((1, 1, *images.shape[2:]), np.nan)


def shift(images, dy, dx):
    moved = np.zeros(images.shape)
    moved[0, 0, 0, 1] = -np.inf
    return moved
""",
    "learning": """\
import numpy as np


def conv2d_backward(dout, x, w, b, stride, padding):
    dw = np.zeros(w.shape)
    dx = np.zeros(x.shape)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    return None
""",
    "hierarchy": """\
import numpy as np


def relu(x):
    return np.maximum(x, 0) * (1 + 1e-7)
""",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def page_of_work(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what makes a unit's page with a student's work in it, run by a worker; each is made once."""
    folder, made = tmp_path_factory.mktemp("plays"), dict[str, Path]()

    def make(name: str) -> Path:
        if name not in made:
            work = folder / f"{name}.py"
            work.write_text(WRITTEN[name], encoding="utf-8")
            target = Target(COURSE, COURSE.unit(name), work)
            made[name] = folder / f"{name} \u00fc.play.html"
            made[name].write_text(page_with(COURSE, target.unit, work.name, play_back(target)), encoding="utf-8")
        return made[name]

    return make


def told(page: Page) -> str:
    return str(page.locator(".playback p[role=status]").text_content())


def choose(page: Page, label: str, number: int) -> None:
    page.locator(".playback").get_by_label(label, exact=True).select_option(str(number))


def press(page: Page, name: str) -> None:
    page.locator(".playback").get_by_role("button", name=name, exact=True).click()


def framed(page: Page) -> list[str]:
    """Return what is said of the arguments' pictures."""
    return [str(one.get_attribute("aria-label")) for one in page.locator(".playback").get_by_role("img").all()]


def of_convolution() -> tuple[np.ndarray, np.ndarray]:
    """Return the maps that are expected of the second call of the unit, and the student's."""
    call = plays_of(COURSE, COURSE.unit("convolution"))[1]
    student: dict[str, Any] = {}
    exec(STRIDE_IGNORED, student)
    return call.expected, student["conv2d"](*call.arguments.values())


def short(number: float) -> str:
    return f"{number:g}".replace("-", "\u2212")


def test_the_first_wrong_number_is_found(browser, page_of_work):
    """the page opens at the first wrong call and number, says both numbers, and how the expected one comes about"""
    expected, mine = of_convolution()
    wrong = [tuple(map(int, place)) for place in np.argwhere(~np.isclose(mine, expected))]
    with opened(browser, page_of_work("convolution")) as page:
        section = page.locator(".playback")
        expect(section.get_by_role("heading", name="Your functions at work")).to_be_visible()
        expect(section).to_contain_text("What the functions in convolution.py answered")
        options = section.get_by_label("Call", exact=True).locator("option").all_text_contents()
        assert options[0] == "1. correlate2d: as expected"
        assert options[1] == f"2. conv2d: {len(wrong)} of 32 numbers differ"
        assert section.get_by_label("Call", exact=True).input_value() == "1"
        for place in [*wrong, wrong[0]]:
            assert told(page) == f"{list(place)}: yours {short(mine[place])}, expected {short(expected[place])}."
            how = section.locator(".formula").last.text_content()
            assert how.startswith("How the expected number comes about: ")
            assert how.endswith(f" = {short(expected[place])}; the last number is the bias.")
            _, k, i, j = place
            top, left = 2 * i - 1, 2 * j - 1
            assert framed(page) == [
                f"The argument x[0, 0]; framed: rows {top} to {top + 2}, columns {left} to {left + 2}",
                f"The argument w[{k}, 0]; framed: rows 0 to 2, columns 0 to 2",
            ]
            press(page, "Next wrong number")
        press(page, "First wrong number")
        assert told(page).startswith(f"{list(wrong[0])}: yours")


def test_numbers_are_drawn_where_they_are(browser, page_of_work):
    """yours and the expected ones have their own colours, and what differs has a red frame on your side alone"""
    expected, mine = of_convolution()
    assert mine[0, 0, 0, 3] > 0 > expected[0, 0, 0, 3]
    assert mine[0, 0, 2, 0] == expected[0, 0, 2, 0]
    with opened(browser, page_of_work("convolution")) as page:
        canvases = [grid(page.locator(".playback"), label) for label in ("Your numbers", "The expected numbers")]
        # Above the digits, and on the edge of a cell.
        (yours, right), (framed_side, plain_side) = (
            [pixel(canvas, (size, size), *place) for canvas in canvases] for size, place in ((40, (2, 35)), (160, (0, 140)))
        )
        assert yours[0] > yours[2]
        assert right[0] < right[2]
        assert framed_side[:3] == [0xC4, 0x32, 0x0A]
        assert plain_side[:3] == right[:3]
        edges = [pixel(canvas, (160, 160), 80, 20) for canvas in canvases]
        assert edges[0] == edges[1]


@pytest.mark.slow
def test_every_number_can_be_looked_at(browser, page_of_work):
    """by mouse, by keys, by the slider, by steps and by maps one gets to a number, and what is right is said to be"""
    expected, mine = of_convolution()

    def says(page: Page, place: tuple[int, ...]) -> None:
        same = np.isclose(mine[place], expected[place])
        rest = (
            f"{short(expected[place])}, as expected"
            if same
            else f"yours {short(mine[place])}, expected {short(expected[place])}"
        )
        assert told(page) == f"{list(place)}: {rest}."

    with opened(browser, page_of_work("convolution")) as page:
        section = page.locator(".playback")
        choose(page, "Map", 1)
        says(page, (0, 1, 0, 0))
        for label in ("Your numbers", "The expected numbers"):
            point(grid(section, label), (4, 4), 3, 2)
            says(page, (0, 1, 3, 2))
            point(grid(section, label), (4, 4), 1, 0)
            says(page, (0, 1, 1, 0))
        grid(section, "Your numbers").press("ArrowRight")
        says(page, (0, 1, 1, 1))
        assert told(page) in grid(section, "Your numbers").get_attribute("aria-label")
        grid(section, "The expected numbers").press("End")
        says(page, (0, 1, 1, 3))
        press(page, "Step")
        says(page, (0, 1, 2, 0))
        press(page, "Step back")
        says(page, (0, 1, 1, 3))
        section.get_by_role("slider", name="Number").press("Home")
        says(page, (0, 0, 0, 0))
        assert section.get_by_label("Map", exact=True).input_value() == "0"
        press(page, "Play")
        # What is told in between is gone before it is looked for.
        expect(section.locator("p[role=status]")).not_to_contain_text("[0, 0, 0, ", timeout=20_000)
        press(page, "Pause")
        choose(page, "Call", 2)
        expect(section).to_contain_text("Every number is as expected.")
        expect(section).to_contain_text("This is one call. cnngrade check makes many more")
        expect(section).not_to_contain_text("mistake")
        assert len([text for text in framed(page) if text.startswith("The argument x[0, ")]) == 3


def test_answers_that_cannot_be_compared(browser, page_of_work):
    """another shape is said and shown, an exception told with its line, and what is missing explained from the expected side"""
    with opened(browser, page_of_work("pooling")) as page:
        section = page.locator(".playback")
        expect(section).to_contain_text("the shape is (1, 1, 4, 8), expected (1, 1, 4, 4). Axis 3 is 8 long instead of 4.")
        expect(section).to_contain_text("Yours, of shape (1, 1, 4, 8).")
        assert re.fullmatch(r"\[0, 0, 0, 0\]: expected \S+\.", told(page))
        assert section.get_by_role("button", name="Next wrong number").count() == 0
        options = section.get_by_label("Call", exact=True).locator("option").all_text_contents()
        assert options == ["1. maxpool2d: differs", "2. maxpool2d: differs", "3. avgpool2d: no answer"]
        choose(page, "Call", 2)
        expect(section.locator("pre")).to_contain_text("KeyError")
        expect(section.locator("pre")).to_contain_text("line 10")
        with np.load(ROOT / "exercises" / "data" / "digits.npz") as file:
            mean = pooling.avgpool2d(file["images"][4][None, None] / 1.0, 3, 2, 1)[0, 0, 0, 1]
        press(page, "Step")
        assert told(page) == f"[0, 0, 0, 1]: expected {mean:.6g}."
        expect(section).to_contain_text("cnngrade check says which mistake it is")


@pytest.mark.slow
def test_parts_of_an_answer_are_chosen(browser, page_of_work):
    """a tuple is looked at part by part; the first wrong part comes first"""
    expected = plays_of(COURSE, COURSE.unit("learning"))[1].expected
    with opened(browser, page_of_work("learning")) as page:
        section = page.locator(".playback")
        options = section.get_by_label("Call", exact=True).locator("option").all_text_contents()
        wrong = np.count_nonzero(expected[0]) + np.count_nonzero(expected[1])
        assert [text.split(": ")[1] for text in options] == [
            "not written yet", f"{wrong} of 84 numbers differ", "differs", "not written yet",
        ]  # fmt: skip
        choose(page, "Call", 1)
        parts = section.get_by_label("Part of the answer", exact=True)
        assert parts.locator("option").all_text_contents() == ["dx: differs", "dw: differs", "db"]
        choose(page, "Part of the answer", 2)
        assert told(page).startswith("db[0]: ")
        assert told(page).endswith(", as expected.")
        choose(page, "Call", 2)
        expect(section).to_contain_text("Did you forget `return`?")
        choose(page, "Call", 0)
        expect(section).to_contain_text("Not written yet.")


def test_before_anything_is_written(browser, page_of_work):
    """a stub's page goes through what is expected, block by block"""
    with opened(browser, page_of_work("hierarchy")) as page:
        section = page.locator(".playback")
        choose(page, "Call", 1)
        expect(section).to_contain_text("Not written yet. Step through what is expected")
        choose(page, "Part of the answer", 3)
        last = section.get_by_role("slider", name="Number")
        last.press("End")
        assert told(page).startswith("[3][0, 0, ")
        expect(section.locator(".formula").last).to_contain_text("pixels of the image.")


def test_numbers_that_are_nearly_right(browser, page_of_work):
    """what differs in its eighth digit is written with as many digits"""
    with opened(browser, page_of_work("hierarchy")) as page:
        assert page.locator(".playback").get_by_label("Call", exact=True).input_value() == "2"
        assert told(page) == "[0, 1]: yours 0.50000005, expected 0.5."
        press(page, "Step")
        assert told(page) == "[0, 2]: 0, as expected."


@pytest.mark.slow
def test_answers_that_are_no_numbers_or_far_too_large(browser, page_of_work):
    """nan and inf are written as Python writes them; of a table of 9,000 rows the first ones are shown"""
    with opened(browser, page_of_work("pixels")) as page:
        section = page.locator(".playback")
        expect(section).to_contain_text("Yours, of shape (9000, 2): rows 0 to 59, columns 0 to 1.")
        assert section.get_by_role("img", name="Your numbers, of shape (9000, 2)").bounding_box()["height"] < 2000
        choose(page, "Call", 1)
        assert re.fullmatch(r"\[0, 0, 0, 0\]: yours nan, expected \d+\.\d+\.", told(page))
        choose(page, "Call", 2)
        assert told(page) == "[0, 0, 0, 1]: yours \u2212inf, expected 0."


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ("convolution", "learning") else pytest.mark.slow) for name in WRITTEN]
)
def test_a_page_with_a_run_fits_every_window(browser, page_of_work, name):
    """at no width has the page to be scrolled to the side, whichever call is looked at"""
    with opened(browser, page_of_work(name)) as page:
        for number in range(page.locator(".playback").get_by_label("Call", exact=True).locator("option").count()):
            choose(page, "Call", number)
            assert overflowing(page) == [], number


@pytest.mark.slow
def test_by_touch(browser, page_of_work):
    """a finger points at a number as a mouse does"""
    expected, mine = of_convolution()
    telephone = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}
    with opened(browser, page_of_work("convolution"), **telephone) as page:
        canvas = grid(page.locator(".playback"), "Your numbers")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] * 0.625, box["y"] + box["height"] * 0.875)
        assert told(page) == f"[0, 0, 3, 2]: yours {short(mine[0, 0, 3, 2])}, expected {short(expected[0, 0, 3, 2])}."


@pytest.mark.slow
def test_a_page_without_a_run_says_nothing_of_it(browser, tmp_path):
    """the page as it is handed out has no section for a run"""
    with opened(browser, built("convolution", tmp_path)) as page:
        assert page.locator(".playback").count() == 0
