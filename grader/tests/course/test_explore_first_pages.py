"""The pages on pixels, padding, convolution and filters in a real browser: what they show is what the solutions compute."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from solutions import convolution, filters, padding, pixels
from support.browser import chromium, needs_a_browser
from support.explore_pages import built, cell_of, drag, grid, numbers_in, opaque, opened, overflowing, pixel, point, said, slide
from support.places import ROOT
from support.sweeps import sweep

pytestmark = needs_a_browser

DATA = ROOT / "exercises" / "data"
UNITS = ["pixels", "padding", "convolution", "filters"]
IDENTITY = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
RIGHT = np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])
SWIPE = [("touchStart", 0), ("touchMove", 1), ("touchMove", 2), ("touchEnd", 2)]

Open = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def digits() -> NDArray[np.uint8]:
    with np.load(DATA / "digits.npz") as file:
        return np.array(file["images"][:200])


@pytest.fixture(scope="module")
def labels() -> NDArray[np.uint8]:
    with np.load(DATA / "digits.npz") as file:
        return np.array(file["labels"][:200])


@pytest.fixture(scope="module")
def photographs() -> dict[str, NDArray[np.uint8]]:
    with np.load(DATA / "photographs.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def open_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Open:
    folder = tmp_path_factory.mktemp("pages to move")
    pages = {unit: built(unit, folder) for unit in UNITS}
    return lambda unit, **options: opened(browser, pages[unit], **options)


def choose(page: Page | Locator, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).select_option(label=text)


def last(page: Page | Locator, begins: str) -> float:
    """Return the last number of such a line: what its sum comes to."""
    return numbers_in(said(page, begins))[-1]


def grey(photograph: NDArray[Any]) -> NDArray[np.float64]:
    return pixels.to_grayscale(photograph[None])[0, 0]


def _make_wide(page: Page, unit: str) -> None:
    """Choose what takes most room."""
    if unit == "convolution":
        choose(page, "Kernel", "a sum of 25, 5x5")
        slide(page, "Padding", 2)
    elif unit == "pixels":
        choose(page, "Image", "a phone\u2019s photograph, 3000x4000, colour")
        slide(page, "Neurons, or filters", 16)
        grid(page, "The same digit").press("ArrowDown")
    elif unit == "padding":
        _set(page, 32, 11, 1, 5)
        slide(page, "Columns left and right", 4)
        slide(page, "Image", 6)
    else:
        _read(page, _png(np.zeros((40, 2000, 3), np.uint8)))
        expect(page.get_by_text("Your picture is read: 3x128 pixels")).to_be_visible()
        slide(page, "Size", 10)


@pytest.mark.parametrize("unit", sweep(UNITS, ["convolution"]))
def test_pages_fit_every_window_and_every_reader(open_page: Open, unit: str) -> None:
    """no page is wider than a window; all that takes the focus has a name; an answer is hidden until it is asked for"""
    with open_page(unit) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.querySelector('button, select, input')")
        assert page.locator("button, select, input, canvas[tabindex], svg[tabindex], summary").count() > 10
        nameless = page.evaluate(
            """() => Array.from(document.querySelectorAll("button, select, input, [tabindex], summary")).filter((control) => {
                const label = control.id && document.querySelector(`label[for="${control.id}"]`);
                return !(control.getAttribute("aria-label") || label?.textContent || control.textContent).trim();
            }).map((control) => control.outerHTML)"""
        )
        assert nameless == []
        asked = page.locator("details")
        for index, ask in enumerate([lambda summary: summary.click(), lambda summary: summary.press("Enter")]):
            expect(asked.nth(index).locator("p")).not_to_be_visible()
            ask(asked.nth(index).locator("summary"))
            expect(asked.nth(index).locator("p")).to_be_visible()
        assert overflowing(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        _make_wide(page, unit)
        assert overflowing(page) == []


def test_keys_of_the_browser_stay_its_own(open_page: Open) -> None:
    """with Control, Alt or Meta an arrow moves nothing: it may go back to the last page, or to the next desktop"""
    with open_page("pixels") as page:
        for label in ("The digit as numbers", "The same digit"):
            canvas = grid(page, label)
            canvas.press("ArrowDown")
            before = canvas.get_attribute("aria-label")
            for key in ("Control+ArrowDown", "Alt+ArrowUp", "Meta+ArrowDown", "Control+Home"):
                canvas.press(key)
            assert canvas.get_attribute("aria-label") == before
            canvas.press("ArrowDown")
            assert canvas.get_attribute("aria-label") != before


def test_bars_and_choices_are_seen_in_colours_of_ones_own(open_page: Open) -> None:
    """where a reader forces colours on all pages, a bar still differs from its track, and the chosen button from the others"""
    colour = "(one) => getComputedStyle(one).backgroundColor"
    with open_page("padding", forced_colors="active") as page:
        track = page.locator(".lengths .track").first
        assert track.evaluate(colour) != track.locator(".bar").evaluate(colour)
    with open_page("filters", forced_colors="active") as page:
        chosen, other = (page.get_by_role("button", name=name, exact=True) for name in ("cat", "coffee"))
        assert chosen.evaluate(colour) != other.evaluate(colour)


# Convolution: the window that slides.


def test_the_window_slides_by_mouse_and_by_keyboard(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """every number of the map, pointed at with arrow keys, and some with the mouse, is the sum that the solution computes"""
    expected = convolution.correlate2d(digits[3], RIGHT)
    with open_page("convolution") as page:
        field = grid(page, "The feature map")
        field.focus()
        page.keyboard.press("Home")
        for i, j in itertools.product(range(6), range(6)):
            assert last(page, f"Number ({i}, {j}) of the map") == expected[i, j]
            for key in ["ArrowRight"] if j < 5 else ["Home", "ArrowDown"]:
                page.keyboard.press(key)
        for i, j in [(0, 0), (4, 1), (2, 5)]:
            point(field, expected.shape, i, j)
            assert last(page, f"Number ({i}, {j}) of the map") == expected[i, j]
        point(grid(page, "The image"), (8, 8), 4, 3)
        assert last(page, "Number (3, 2) of the map") == expected[3, 2]
        for key, place in [("ArrowDown", (4, 2)), ("ArrowLeft", (4, 1)), ("ArrowUp", (3, 1)), ("ArrowRight", (3, 2))]:
            grid(page, "The image").press(key)
            assert last(page, f"Number {place} of the map") == expected[place]
        slide(page, "Stride", 2)
        said(page, "Number (1, 1) of the map")
        for key, place in [("ArrowUp", (0, 1)), ("Home", (0, 0)), ("ArrowDown", (1, 0)), ("End", (1, 1))]:
            grid(page, "The image").press(key)
            assert last(page, f"Number {place} of the map") == expected[::3, ::3][place]


def test_the_products_stand_in_the_sum(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """the line spells out the nine pixels with their weights, and where the window starts"""
    with open_page("convolution") as page:
        point(grid(page, "The feature map"), (6, 6), 2, 4)
        patch = digits[3, 2:5, 4:7]
        terms = " + ".join(
            f"{pixel}\u00b7{weight:.0f}" if weight >= 0 else f"{pixel}\u00b7(\u2212{-weight:.0f})"
            for pixel, weight in zip(patch.flat, RIGHT.flat, strict=True)
        )
        line = said(page, "Number (2, 4) of the map; the window starts in row 2, column 4 of the image")
        assert f": {terms} = " in line


def test_steps_fill_the_map_one_by_one(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """a step fills one number, a step back leaves it, and the whole map can be filled and emptied; nothing moves by itself"""
    with open_page("convolution") as page:
        field = grid(page, "The feature map")
        page.wait_for_timeout(300)
        assert opaque(field, (6, 6)) == [True] + 35 * [False]
        step, back = (page.get_by_role("button", name=name, exact=True) for name in ("Step", "Step back"))
        for _ in range(7):
            step.click()
        assert last(page, "Number (1, 1)") == convolution.correlate2d(digits[3], RIGHT)[1, 1]
        back.press("Enter")
        said(page, "Number (1, 0)")
        assert opaque(field, (6, 6)) == 8 * [True] + 28 * [False]
        page.get_by_role("button", name="Fill the map").click()
        assert all(opaque(field, (6, 6)))
        page.get_by_role("button", name="Empty the map").press("Space")
        assert opaque(field, (6, 6)) == [True] + 35 * [False]
        slide(page, "Place", 35)
        said(page, "Number (5, 5)")


@pytest.mark.parametrize(("wish", "milliseconds"), sweep([("no-preference", 80), ("reduce", 1000)], [("reduce", 1000)]))
def test_it_plays_to_the_end_at_the_pace_that_is_wished(open_page: Open, wish: str, milliseconds: int) -> None:
    """play takes its steps, pauses, and ends; who wants little motion gets a step a second at most"""
    with open_page("convolution", reduced_motion=wish) as page:
        page.clock.install()
        page.clock.pause_at(page.evaluate("Date.now()") + 1000)
        choose(page, "Speed", "fast")
        page.get_by_role("button", name="Play").click()
        line = page.get_by_role("status").filter(has_text="of the map; the window")
        expect(line).to_have_attribute("aria-live", "off")
        page.clock.run_for(3 * milliseconds + 5)
        assert page.get_by_role("slider", name="Place").input_value() == "3"
        page.get_by_role("button", name="Pause").click()
        page.clock.run_for(3 * milliseconds)
        assert page.get_by_role("slider", name="Place").input_value() == "3"
        expect(line).to_have_attribute("aria-live", "polite")
        page.get_by_role("button", name="Play").press("Enter")
        page.clock.run_for(40 * milliseconds)
        said(page, "Number (5, 5)")
        page.get_by_role("button", name="Play").click()
        assert opaque(grid(page, "The feature map"), (6, 6)) == [True] + 35 * [False]


LESSONS = np.array([[1.0, 2, 3, 4], [0, 5, 1, 0], [2, 1, 0, 3]])
CHOSEN = [
    ("the digit 7", "brighter downwards, 3x3", RIGHT.T, 2, 1),
    ("the digit 0", "a sum of 25, 5x5", np.ones((5, 5)), 1, 2),
    ("the digit 9", "the mean, 3x3", np.full((3, 3), 1 / 9), 3, 2),
    ("the lesson\u2019s, 3x4", "the lesson's, 2x2", np.array([[1.0, -1], [1, 0]]), 1, 0),
    ("the digit 4", "a row of three, 1x3", np.array([[-1.0, 0, 1]]), 2, 0),
    ("the digit 5", "darker than its neighbours, 3x3", filters.laplacian(), 1, 1),
    ("the digit 2", "the pixel to the right, 3x3", np.eye(3)[[0, 2, 0]] * [[0], [1], [0]], 1, 0),
    ("the digit 1", "a slanted stroke, 3x3", 3 * np.eye(3)[::-1] - 1, 2, 2),
    ("the digit 6", "times two, 1x1", np.array([[2.0]]), 3, 0),
    ("the digit 8", "the pixel itself, 3x3", IDENTITY, 1, 0),
]


@pytest.mark.slow
def test_images_kernels_strides_and_paddings(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """whatever is chosen, the map has the solution's shape and numbers"""
    with open_page("convolution") as page:
        field = grid(page, "The feature map")
        for image, kernel, weights, stride, frame in CHOSEN:
            x = digits[int(image[-1])].astype(float) if image.startswith("the digit") else LESSONS
            expected = convolution.conv2d(x[None, None], weights[None, None], None, stride, frame)[0, 0]
            slide(page, "Padding", frame)
            choose(page, "Image", image)
            choose(page, "Kernel", kernel)
            slide(page, "Stride", stride - 1)
            sizes = said(page, "The map\u2019s rows: ")
            assert f"= {expected.shape[0]}. Its columns: " in sizes
            assert sizes.endswith(f"= {expected.shape[1]}.")
            for i, j in {(expected.shape[0] - 1, expected.shape[1] - 1), (expected.shape[0] // 2, 1)}:
                point(field, expected.shape, i, j)
                line = said(page, f"Number ({i}, {j}) of the map; the window starts in row ")
                assert numbers_in(line)[-1] == pytest.approx(expected[i, j], abs=0.00501)
                spelled = numbers_in(line.split("of the image: ")[1])[:-1]
                patch = np.pad(x, frame)[i * stride :, j * stride :][: weights.shape[0], : weights.shape[1]]
                assert spelled[::2] == patch.ravel().tolist()
                assert spelled[1::2] == pytest.approx(weights.ravel(), abs=0.00501)


@pytest.mark.slow
def test_the_window_stays_where_it_is(open_page: Open) -> None:
    """padding and stride leave the window at its pixels, or next to them, and a full map full"""
    with open_page("convolution") as page:
        field = grid(page, "The feature map")
        point(field, (6, 6), 2, 3)
        slide(page, "Padding", 1)
        said(page, "Number (3, 4) of the map; the window starts in row 2, column 3 of")
        assert opaque(field, (8, 8)) == 29 * [True] + 35 * [False]
        slide(page, "Stride", 1)
        said(page, "Number (2, 2) of the map; the window starts in row 3, column 3 of")
        page.get_by_role("button", name="Fill the map").click()
        grid(page, "The feature map").press("Home")
        slide(page, "Stride", 0)
        said(page, "Number (4, 0) of the map; the window starts in row 3, column \u22121 of")
        slide(page, "Place", 0)
        page.get_by_label("The kernel, row 1, column 1").fill("2")
        assert all(opaque(field, (8, 8)))


def test_a_kernel_is_edited_and_stays_when_all_else_changes(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """typed numbers count at once, an empty field is 0, and another image keeps kernel, place and map"""
    weights = np.array([[0.5, -2, 0], [7, 0, 1.25], [0, -0.125, 3]])
    with open_page("convolution") as page:
        table = page.get_by_role("group", name="The kernel", exact=True)
        for index, weight in enumerate(weights.flat):
            table.get_by_role("spinbutton").nth(index).fill(str(weight) if weight else "")
        point(grid(page, "The feature map"), (6, 6), 3, 2)
        assert last(page, "Number (3, 2)") == pytest.approx(convolution.correlate2d(digits[3], weights)[3, 2], abs=0.00501)
        choose(page, "Image", "the digit 8")
        assert last(page, "Number (3, 2)") == pytest.approx(convolution.correlate2d(digits[8], weights)[3, 2], abs=0.00501)
        slide(page, "Stride", 1)
        expected = convolution.conv2d(digits[8][None, None], weights[None, None], None, 2)[0, 0]
        point(grid(page, "The feature map"), expected.shape, 1, 2)
        assert last(page, "Number (1, 2)") == pytest.approx(expected[1, 2], abs=0.00501)
        field = table.get_by_label("The kernel, row 2, column 2")
        field.press("ArrowUp")
        weights[2, 2] += 1
        expected = convolution.conv2d(digits[8][None, None], weights[None, None], None, 2)[0, 0]
        assert last(page, "Number (1, 2)") == pytest.approx(expected[1, 2], abs=0.00501)


def test_a_kernel_that_does_not_fit_is_said_in_words(open_page: Open) -> None:
    """a kernel larger than the image has no place, until there is padding"""
    with open_page("convolution") as page:
        choose(page, "Kernel", "a sum of 25, 5x5")
        choose(page, "Image", "the lesson\u2019s, 3x4")
        said(page, "A kernel of 5x5 does not fit into 3x4")
        grid(page, "The image").press("ArrowDown")
        page.get_by_role("button", name="Step", exact=True).click()
        page.get_by_role("button", name="Fill the map").click()
        slide(page, "Padding", 1)
        assert said(page, "The map\u2019s rows: (3 + 2*1 - 5)//1 + 1 = 1.").endswith("= 2.")
        assert last(page, "Number (0, 1) of the map") == LESSONS.sum()


def test_a_finger_points_at_the_map(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """a tap on a telephone's screen, whose pixels are finer than the page's, is as good as the mouse"""
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "device_scale_factor": 3}
    with open_page("convolution", **phone) as page:
        field = grid(page, "The feature map")
        field.tap(position=cell_of(field, (6, 6), 4, 3))
        assert last(page, "Number (4, 3)") == convolution.correlate2d(digits[3], RIGHT)[4, 3]
        assert pixel(field, (6, 6), 4, 0)[3] == 255
        assert pixel(field, (6, 6), 4, 4)[3] == 0


SLICES = {
    "an edge, in all three colours": [RIGHT, RIGHT, RIGHT],
    "red on the left of green": [-RIGHT, RIGHT, 0 * RIGHT],
    "more red than blue": [IDENTITY, 0 * RIGHT, -IDENTITY],
    "as bright as it looks (grey)": [0.299 * IDENTITY, 0.587 * IDENTITY, 0.114 * IDENTITY],
    "the red channel alone": [IDENTITY, 0 * RIGHT, 0 * RIGHT],
}


def test_three_channels_add_up(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """for each filter, the slices' answers and their sum with the bias are the solution's, on the patch that is pointed at"""
    top, left, bias = 37, 57, 30.0
    with open_page("convolution") as page:
        section = page.locator("#channels")
        point(grid(section, "The photograph"), (85, 128), top + 3, left + 3)
        slide(section, "Bias", 33)
        for (name, slices), photograph in zip(SLICES.items(), ["cat", "coffee", "rocket", "cat", "coffee"], strict=True):
            choose(section, "Photograph", photograph)
            choose(section, "Filter", name)
            x, w = photographs[photograph].astype(float), np.array(slices)
            for label, (i, j) in [("The sum of the three", (1, 3)), ("The map of the green slice", (4, 0))]:
                point(grid(section, label), (5, 5), i, j)
                patch = x[:, top + i : top + i + 3, left + j : left + j + 3]
                parts = [float((patch[c] * w[c]).sum()) for c in range(3)]
                expected = convolution.conv2d(x[None], w[None], np.array([bias]))[0, 0, top + i, left + j]
                line = said(section, f"Number ({i}, {j}):")
                assert numbers_in(line)[-1] == pytest.approx(expected, abs=0.0501)
                shown = numbers_in(line.replace("+ ", "").replace("\u2212 ", "\u2212"))[2:6]
                assert shown == pytest.approx([*parts, bias], abs=0.0501)


def test_what_the_page_says_of_red_and_blue_is_so(photographs: dict[str, NDArray[np.uint8]]) -> None:
    """the rocket's sky has more blue than red, and nearly all of the coffee more red than blue"""
    more_red = {name: (x[0].astype(int) > x[2]).mean() for name, x in photographs.items()}
    assert more_red["rocket"] < 0.2
    assert more_red["coffee"] > 0.95


@pytest.mark.slow
def test_the_patch_moves_by_keyboard_and_slices_are_edited(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """arrow keys move the patch pixel by pixel, as far as the photograph goes; a slice's number counts at once"""
    x = photographs["coffee"].astype(float)
    with open_page("convolution") as page:
        section = page.locator("#channels")
        point(grid(section, "The photograph"), x.shape[1:], 20, 60)
        grid(section, "The photograph").press("ArrowRight")
        grid(section, "The photograph").press("ArrowDown")
        section.get_by_label("The blue slice, row 0, column 1").fill("-3.5")
        w = np.array([RIGHT, RIGHT, RIGHT])
        w[2, 0, 1] = -3.5
        point(grid(section, "The sum of the three"), (5, 5), 0, 0)
        maps = convolution.conv2d(x[None], w[None])[0, 0]
        assert last(section, "Number (0, 0):") == pytest.approx(maps[18, 58], abs=0.0501)
        grid(section, "The photograph").press("Home")
        grid(section, "The sum of the three").press("ArrowRight")
        assert last(section, "Number (0, 1):") == pytest.approx(maps[18, 1], abs=0.0501)


# Pixels: digits that move, colours, and parameters.


def _moved(digits: NDArray[np.uint8], down: int, right: int) -> tuple[int, int, float]:
    """Return what a digit and its moved self have in common: equal numbers, those that are 0, the correlation."""
    one = pixels.flatten(digits[3][None, None])[0]
    other = pixels.flatten(pixels.shift(digits[3][None, None], down, right))[0]
    return int((one == other).sum()), int(((one == other) & (one == 0)).sum()), float(np.corrcoef(one, other)[0, 1])


def _assert_moved(page: Page, digits: NDArray[np.uint8], down: int, right: int) -> None:
    equal, paper, alike = _moved(digits, down, right)
    line = said(page, "The digit is ")
    assert f"{equal} of 64 numbers" in line
    assert f"and {paper} of these" in line
    assert numbers_in(line)[-1] == pytest.approx(alike, abs=0.00501)
    for name, number in [("row", down), ("column", right)]:
        assert (f"{abs(number)} {name}" in line) == bool(number)
    for name, number in [("down", down), ("up", -down), ("to the right", right), ("to the left", -right)]:
        assert (f" {name}" in line) == (number > 0)


def test_a_digit_is_moved_by_mouse_keyboard_and_buttons(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """dragged, pushed with arrow keys, put back: what the two rows have in common is what NumPy says"""
    with open_page("pixels") as page:
        moved = grid(page, "The same digit")
        _assert_moved(page, digits, 0, 1)
        cell = moved.bounding_box()["width"] / 8  # type: ignore[index]
        drag(page, moved, -3 * cell, 2 * cell)
        _assert_moved(page, digits, 2, -2)
        drag(page, moved, 20 * cell, -1.6 * cell)
        _assert_moved(page, digits, 0, 4)
        moved.press("Home")
        _assert_moved(page, digits, 0, 0)
        for key in ["ArrowUp", "ArrowUp", "ArrowLeft"]:
            moved.press(key)
        _assert_moved(page, digits, -2, -1)
        page.get_by_role("button", name="One down").click()
        page.get_by_role("button", name="One to the right").press("Enter")
        _assert_moved(page, digits, -1, 0)
        page.get_by_role("button", name="Put it back").click()
        _assert_moved(page, digits, 0, 0)


@pytest.mark.slow
def test_a_digit_is_moved_by_a_finger(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """a finger that pulls at the digit moves it, and not the page"""
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with open_page("pixels", **phone) as page:
        moved = grid(page, "The same digit")
        moved.scroll_into_view_if_needed()
        box = moved.bounding_box()
        assert box is not None
        scrolled = page.evaluate("scrollY")
        session = page.context.new_cdp_session(page)
        for kind, cells in SWIPE:
            at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2 + cells * box["width"] / 8}
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else [at]})
        _assert_moved(page, digits, 2, 1)
        assert page.evaluate("scrollY") == scrolled


@pytest.mark.slow
def test_a_pixel_has_a_place_in_the_row(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """pointing at picture or row, by mouse and by keyboard, says the place and both numbers"""
    shifted = pixels.shift(digits[3][None, None], 0, 1)[0, 0]
    with open_page("pixels") as page:
        picture, row = grid(page, "The digit as numbers"), grid(page, "The digit as a row")
        point(picture, (8, 8), 5, 6)
        assert numbers_in(said(page, "Row 5, column 6"))[-2:] == [digits[3, 5, 6], shifted[5, 6]]
        picture.press("ArrowUp")
        assert "is place 4*8 + 6 = 38" in said(page, "Row 4, column 6")
        point(row, (1, 64), 0, 19)
        assert numbers_in(said(page, "Row 2, column 3"))[-3:] == [19, digits[3, 2, 3], shifted[2, 3]]
        row.press("ArrowRight")
        assert numbers_in(said(page, "Row 2, column 4"))[-3:] == [20, digits[3, 2, 4], shifted[2, 4]]


@pytest.mark.slow
def test_a_moved_digit_is_compared_with_other_hands(
    open_page: Open, digits: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> None:
    """the three bars are correlations: with itself moved, with the same digit by others, with other digits"""
    alike = np.corrcoef(digits.reshape(200, -1))
    with open_page("pixels") as page:
        for index in (3, 17):
            slide(page, "Digit", index)
            row = pixels.flatten(pixels.shift(digits[index][None, None], 0, 1))[0]
            others = np.arange(200) != index
            same = alike[index][(labels == labels[index]) & others]
            different = alike[index][labels != labels[index]]
            expected = [np.corrcoef(digits[index].ravel(), row)[0, 1], same.mean(), different.mean()]
            bars = page.locator("#moved .lengths")
            shown = [numbers_in(text)[0] for text in bars.locator(".value").all_inner_texts()]
            assert shown == pytest.approx(expected, abs=0.00501)
            lengths = bars.locator(".bar").evaluate_all("bars => bars.map((bar) => parseFloat(bar.style.width))")
            assert lengths == pytest.approx([50 * abs(number) for number in expected], abs=0.3)
            assert f"by another hand, mean of {len(same)}" in bars.inner_text()


def test_what_the_page_says_of_all_digits_is_so(digits: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    """moved by a column, a digit is as like its old self as other digits are; by rows, it takes two"""
    rows = digits.reshape(200, -1)
    alike = np.corrcoef(rows)

    def with_itself(down: int, right: int) -> float:
        moved = pixels.flatten(pixels.shift(digits[:, None], down, right))
        return float(np.mean([np.corrcoef(one, other)[0, 1] for one, other in zip(rows, moved, strict=True)]))

    different = float(np.mean([alike[index][labels != labels[index]].mean() for index in range(200)]))
    text = (ROOT / "exercises" / "explore" / "pixels" / "moved.mjs").read_text()
    assert f"the correlation is then {with_itself(0, 1):.2f} on average over these 200 digits, and {different:.2f} with" in text
    assert with_itself(1, 0) > different > with_itself(2, 0)


@pytest.mark.slow
def test_colours_and_their_grey(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """pointing at a photograph reads its three numbers, the grey of the unit, and the mean; the pictures show them"""
    with open_page("pixels") as page:
        section = page.locator("#colours")
        field = grid(section, "The photograph")
        for name, x in photographs.items():
            choose(section, "Picture", name)
            point(field, x.shape[1:], 20, 90)
            for i, j, key in [(20, 90, "ArrowDown"), (21, 90, "ArrowLeft"), (21, 89, "ArrowLeft")]:
                line = said(section, f"Row {i}, column {j}:")
                assert [f"= {x[c, i, j]} ({colour})" in line for c, colour in enumerate(["red", "green", "blue"])] == 3 * [True]
                *_, shown, mean = numbers_in(line)
                assert shown == pytest.approx(grey(x)[i, j], abs=0.0501)
                assert mean == pytest.approx(x[:, i, j].mean(), abs=0.0501)
                field.press(key)
            for caption, picture in [("Grey as bright", grey(x)), ("The mean of", x.mean(axis=0))]:
                canvas = section.locator("figure", has_text=caption).locator("canvas")
                assert pixel(canvas, x.shape[1:], 10, 33)[:3] == pytest.approx(3 * [picture[10, 33]], abs=1)


@pytest.mark.slow
def test_pure_colours_are_told_apart_by_luma_alone(open_page: Open) -> None:
    """green, red and blue stripes are 150, 76 and 29 in grey, and 85 in the mean"""
    with open_page("pixels") as page:
        section = page.locator("#colours")
        choose(section, "Picture", "eight stripes")
        for stripe, expected in [(3, 149.7), (5, 76.2), (6, 29.1), (0, 255)]:
            point(grid(section, "The photograph"), (85, 128), 40, 16 * stripe + 8)
            shown, mean = numbers_in(said(section, "Row 40"))[-2:]
            assert (shown, mean) == (expected, 85 if stripe else 255)


def test_parameters_of_the_images_to_choose_from(open_page: Open) -> None:
    """784 numbers of a digit, 6,220,800 of a video frame, and what both kinds of layers learn for them"""
    shapes = {
        "a handwritten digit, 28x28, grey": (1, 28, 28),
        "this course\u2019s digits, 8x8, grey": (1, 8, 8),
        "a small photograph, 224x224, colour": (3, 224, 224),
        "a video frame (1080p), 1080x1920, colour": (3, 1080, 1920),
        "a phone\u2019s photograph, 3000x4000, colour": (3, 3000, 4000),
    }
    with open_page("pixels") as page:
        section = page.locator("#parameters")
        for name, shape in shapes.items():
            choose(section, "Image", name)
            assert last(section, "Numbers in") == np.prod(shape)
            dense, conv = pixels.count_dense_parameters(shape, 10), pixels.count_conv_parameters(shape[0], 10, 5)
            assert section.locator(".lengths .value").all_inner_texts() == [f"{dense:,}", f"{conv:,}"]
            lengths = section.locator(".lengths .bar").evaluate_all("bars => bars.map((bar) => parseFloat(bar.style.width))")
            assert lengths == pytest.approx(100 * np.log10([dense, conv]) / 12, abs=0.01)
            assert f" = {dense:,} parameters" in said(section, "Dense")
            assert f" = {conv:,}, " in said(section, "Dense")


@pytest.mark.slow
def test_parameters_by_sliders(open_page: Open) -> None:
    """height, width, channels, neurons and the filters' size, each moved, with the keyboard and with the mouse"""
    with open_page("pixels") as page:
        section = page.locator("#parameters")
        slide(section, "Height", 3)
        expect(section.get_by_label("Image", exact=True)).to_have_value("own")
        slide(section, "Width", 7)
        choose(section, "Channels", "3, colour")
        slide(section, "Neurons, or filters", 7)
        slide(section, "Filter size", 4)
        values = [section.get_by_text(text, exact=True).count() for text in ("32", "256", "64", "11x11")]
        assert values == [1, 1, 1, 1]
        dense, conv = pixels.count_dense_parameters((3, 32, 256), 64), pixels.count_conv_parameters(3, 64, 11)
        assert section.locator(".lengths .value").all_inner_texts() == [f"{dense:,}", f"{conv:,}"]
        slider = section.get_by_role("slider", name="Height", exact=True)
        slider.click(position={"x": slider.bounding_box()["width"] - 2, "y": 10})  # type: ignore[index]
        dense = pixels.count_dense_parameters((3, 4000, 256), 64)
        assert section.locator(".lengths .value").first.inner_text() == f"{dense:,}"


# Padding: places, frames and layers.


def _set(page: Page, size: int, kernel: int, stride: int, frame: int) -> None:
    section = page.locator("#places")
    for label, place in [("Size", size - 1), ("Kernel", kernel - 1), ("Stride", stride - 1), ("Padding", frame)]:
        slide(section, label, place)


def test_places_and_the_formula(open_page: Open) -> None:
    """for every setting, the formula has the solution's answer, or says that the kernel does not fit"""
    settings = [(7, 3, 2, 1), (6, 3, 2, 1), (8, 3, 2, 0), (12, 5, 1, 2), (9, 4, 5, 3)]
    settings += [(3, 5, 1, 0), (3, 5, 1, 1), (1, 1, 6, 0), (2, 11, 1, 4)]
    with open_page("padding") as page:
        section = page.locator("#places")
        for size, kernel, stride, frame in settings:
            _set(page, size, kernel, stride, frame)
            try:
                places = padding.output_size(size, kernel, stride, frame)
            except ValueError:
                said(section, f"A kernel of {kernel} does not fit into {size} + 2*{frame} = {size + 2 * frame}")
                assert section.locator("svg .place").count() == 0
                continue
            line = said(section, f"({size} + 2*{frame} - {kernel})//{stride} + 1 = {places} place")
            left = (size + 2 * frame - kernel) % stride
            assert (f"{left} left over" if left else "Nothing is left over") in line
            assert ("the size stays" in line) == (places == size)
            assert section.locator("svg .place").count() == places
            assert section.locator("svg .left").count() == left


@pytest.mark.slow
def test_pointing_at_a_place_and_playing_through_them(open_page: Open) -> None:
    """each place says where it starts, by mouse, arrow keys, steps and play"""
    with open_page("padding") as page:
        section = page.locator("#places")
        _set(page, 9, 4, 3, 2)
        places = padding.output_size(9, 4, 3, 2)
        field = grid(section, "The places")
        for place in range(places):
            point(field, (places, 1), place, 0)
            inside = [pixel for pixel in range(place * 3 - 2, place * 3 + 2) if 0 <= pixel < 9]
            assert said(section, f"Place {place} starts at {place}*3 - 2 = {place * 3 - 2} ").endswith(
                f"{len(inside)} pixel{'' if len(inside) == 1 else 's'} and {4 - len(inside)} of the padding."
            )
        field.press("ArrowUp")
        said(section, f"Place {places - 2} ")
        section.get_by_role("button", name="Step", exact=True).click()
        said(section, f"Place {places - 1} ")
        section.get_by_role("button", name="Step back").click()
        said(section, f"Place {places - 2} ")
        slide(section, "Place", 0)
        page.clock.install()
        section.get_by_role("button", name="Play").click()
        page.clock.run_for(400 * places)
        said(section, f"Place {places - 1} ")


@pytest.mark.slow
def test_the_same_size_and_the_examples(open_page: Open) -> None:
    """a button sets the padding that keeps the size, and says that an even kernel has none; an example sets all four"""
    with open_page("padding") as page:
        section = page.locator("#places")
        for kernel in (1, 5, 11):
            slide(section, "Kernel", kernel - 1)
            section.get_by_role("button", name="Same size").click()
            frame = padding.same_padding(kernel)
            assert "the size stays" in said(section, f"(7 + 2*{frame} - {kernel})//1 + 1 = 7 places")
        slide(section, "Kernel", 3)
        section.get_by_role("button", name="Same size").press("Enter")
        said(section, "A kernel of 4 is even")
        choose(section, "Example", "28 pixels under a window of 5")
        said(section, "(28 + 2*0 - 5)//1 + 1 = 24 places")
        slide(section, "Padding", 2)
        expect(section.get_by_label("Example")).to_have_value("5")
        slide(section, "Padding", 3)
        expect(section.get_by_label("Example")).to_have_value("own")


def _seen(rows: int, size: int, kernel: int, stride: int, frame: int) -> NDArray[np.int64]:
    """Return by how many windows each pixel is seen, counted window by window."""
    seen = np.zeros((rows + 2 * frame, size + 2 * frame), int)
    for i, j in itertools.product(*(range(padding.output_size(length, kernel, stride, frame)) for length in (rows, size))):
        seen[i * stride : i * stride + kernel, j * stride : j * stride + kernel] += 1
    return seen[frame : frame + rows, frame : frame + size]


@pytest.mark.slow
def test_windows_in_two_directions(open_page: Open) -> None:
    """the numbers in the pixels count the windows that see them; the map has the solution's shape"""
    with open_page("padding") as page:
        section = page.locator("#plane")
        for rows, size, kernel, stride, frame in [(5, 7, 3, 2, 1), (4, 9, 2, 3, 0), (11, 6, 5, 1, 2)]:
            high, wide = (padding.output_size(length, kernel, stride, frame) for length in (rows, size))
            seen = _seen(rows, size, kernel, stride, frame)
            _set(page, size, kernel, stride, frame)
            slide(section, "Rows of the image", rows - 1)
            line = said(section, f"An image of {rows}x{size} makes a map of {high}x{wide}.")
            assert f"is seen by {seen[0, 0]} window" in line
            drawn = section.get_by_role("img", name="The image").locator("text")
            assert [int(text) for text in drawn.all_text_contents()] == seen.ravel().tolist()
            field = grid(section, "The map")
            point(field, (high, wide), high - 1, 0)
            assert f"row {high - 1}*{stride} - {frame} = {(high - 1) * stride - frame}" in said(section, "Number (")
            field.press("ArrowRight")
            assert f"column 1*{stride} - {frame} = {stride - frame}" in said(section, f"Number ({high - 1}, 1)")
        slide(page.locator("#places"), "Kernel", 10)
        slide(section, "Rows of the image", 0)
        said(section, "A kernel of 11x11 does not fit")


@pytest.mark.slow
def test_a_frame_around_a_digit(open_page: Open, digits: NDArray[np.uint8]) -> None:
    """every number that is pointed at is the one of pad2d, from the digit or from the frame"""
    expected = padding.pad2d(digits[8][None, None], (2, 1), -3.0)[0, 0]
    with open_page("padding") as page:
        section = page.locator("#around")
        choose(section, "Digit", "8")
        slide(section, "Rows above and below", 2)
        slide(section, "Columns left and right", 1)
        slide(section, "Value", 13)
        assert said(section, "pad2d(x, (2, 1), -3)").endswith(f"{expected.shape[0]}x{expected.shape[1]}.")
        field = grid(section, "The digit with its frame")
        for i, j in [(0, 0), (2, 1), (6, 5), (9, 8), (11, 9), (5, 0)]:
            point(field, expected.shape, i, j)
            line = said(section, f"out[{i}, {j}] is ")
            assert last(section, f"out[{i}, {j}] is ") == expected[i, j]
            assert ("in the frame" in line) == (not (2 <= i < 10 and 1 <= j < 9))
        field.press("ArrowRight")
        assert last(section, "out[5, 1] is x[5 - 2, 1 - 1]") == digits[8, 3, 0]


def test_sizes_layer_after_layer(open_page: Open) -> None:
    """each bar is what output_size says of the one before; a layer without a place is said"""
    with open_page("padding") as page:
        section = page.locator("#layers")
        said(section, "Layer 4 has no place: a kernel of 3 does not fit into 2")
        for image, size in [(6, 224), (3, 32)]:
            slide(section, "Image", image)
            slide(section, "Layers", 2)
            slide(section, "Kernel of the layers", 6)
            slide(section, "Stride of the layers", 1)
            slide(section, "Padding of the layers", 3)
            sizes = [size]
            for _ in range(3):
                sizes.append(padding.output_size(sizes[-1], 7, 2, 3))
            assert section.locator(".value").all_inner_texts() == [f"{length}x{length}" for length in sizes]
            said(section, f"The last layer: ({sizes[2]} + 2*3 - 7)//2 + 1 = {sizes[3]}.")


# Filters: kernels on photographs, the reader's own among them.

KERNELS = {
    "Sobel, brighter to the right": filters.sobel()[0],
    "Sobel, brighter downwards": filters.sobel()[1],
    "Laplace: darker than its neighbours": filters.laplacian(),
    "Gauss, sigma 1: blur": filters.gaussian(3, 1.0),
    "mean of nine: blur": np.full((3, 3), 1 / 9),
    "sharpen: the pixel minus Laplace": IDENTITY - filters.laplacian(),
    "identity: the pixel itself": IDENTITY,
    "emboss: lit from the upper left": np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    "difference of two neighbours": np.array([[0.0, 0, 0], [0, -1, 1], [0, 0, 0]]),
    "a thin upright line": np.array([[-1.0, 2, -1], [-1, 2, -1], [-1, 2, -1]]),
    "negative: the pixel times \u22121": -IDENTITY,
}


def _map(image: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    return filters.feature_maps(image[None, None], kernel[None])[0, 0]


def _assert_map(section: Locator, image: NDArray[Any], kernel: NDArray[Any], places: list[tuple[int, int]]) -> None:
    expected = _map(image, kernel)
    for i, j in places:
        point(grid(section, "The map"), image.shape, i, j)
        assert last(section, f"Row {i}, column {j}:") == pytest.approx(expected[i, j], abs=0.0501)
    about = said(section, "The nine numbers sum to")
    assert numbers_in(about)[0] == pytest.approx(kernel.sum(), abs=0.00051)
    assert numbers_in(about)[-4:] == pytest.approx([expected.min(), expected.max(), expected.mean(), image.mean()], abs=0.0501)


@pytest.mark.slow
def test_every_known_kernel_on_a_photograph(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """the maps of all presets are the unit's feature maps: in the middle, at the border or in a corner"""
    cat = grey(photographs["cat"])
    with open_page("filters") as page:
        section = page.locator("#nine")
        for (name, kernel), place in zip(KERNELS.items(), itertools.cycle([(40, 30), (0, 64), (84, 127)]), strict=False):
            choose(section, "Kernel", name)
            _assert_map(section, cat, kernel, [place])
        options = section.get_by_label("Kernel", exact=True).locator("option").all_inner_texts()
        assert options == [*KERNELS, "your own"]


def test_photographs_by_mouse_and_keyboard_keep_the_kernel(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """nine typed numbers go with the reader from photograph to photograph, and their small maps follow"""
    kernel = np.array([[1.0, 0, -2], [0.5, 0, 0], [0, -1, 1.5]])
    with open_page("filters") as page:
        section = page.locator("#nine")
        small = section.get_by_role("button", name="rocket").locator("canvas")
        before = small.evaluate("canvas => canvas.toDataURL()")
        for index, weight in enumerate(kernel.flat):
            section.get_by_role("group", name="The kernel").get_by_role("spinbutton").nth(index).fill(str(weight))
        expect(section.get_by_label("Kernel", exact=True)).to_have_value("own")
        assert small.evaluate("canvas => canvas.toDataURL()") != before
        _assert_map(section, grey(photographs["cat"]), kernel, [(50, 50)])
        section.get_by_role("button", name="coffee").click()
        _assert_map(section, grey(photographs["coffee"]), kernel, [(50, 50), (12, 99)])
        section.get_by_role("button", name="rocket").press("Enter")
        _assert_map(section, grey(photographs["rocket"]), kernel, [(50, 50)])
        expect(section.get_by_role("button", name="rocket")).to_have_attribute("aria-pressed", "true")
        grid(section, "The map").press("ArrowLeft")
        expected = _map(grey(photographs["rocket"]), kernel)[50, 49]
        assert last(section, "Row 50, column 49:") == pytest.approx(expected, abs=0.0501)
        grid(section, "The photograph").press("ArrowUp")
        said(section, "Row 49, column 49:")


@pytest.mark.slow
def test_direction_blur_and_light(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """the direction turns Sobel's kernel; blur, gain and lamp change what the kernel gets"""
    cat = grey(photographs["cat"])
    with open_page("filters") as page:
        section = page.locator("#nine")
        slide(section, "Direction of the edge", 4)
        angle = np.deg2rad(60)
        kernel = np.tensordot([np.cos(angle), np.sin(angle)], filters.sobel(), 1)
        _assert_map(section, cat, kernel, [(33, 70)])
        slide(section, "Every pixel times", 4)
        slide(section, "and plus", 8)
        _assert_map(section, 1.5 * cat + 20, kernel, [(33, 70), (0, 0)])
        slide(section, "Blur before, sigma", 2)
        wide = np.pad(cat, 3, mode="edge")
        _assert_map(section, 1.5 * convolution.correlate2d(wide, filters.gaussian(7, 1.0)) + 20, kernel, [(33, 70), (60, 5)])


@pytest.mark.slow
def test_three_ways_to_show_a_map(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """stretched it is to_display; with signs, 0 is white; without, 0 is black"""
    cat = grey(photographs["cat"])
    expected = _map(cat, filters.sobel()[0])
    stretched = 255 * filters.to_display(expected[None, None])[0, 0]
    middle = expected[1:-1, 1:-1]
    rising, falling = (np.unravel_index(index, middle.shape) for index in (middle.argmax(), middle.argmin()))
    with open_page("filters") as page:
        section = page.locator("#nine")
        canvas = grid(section, "The map")
        point(canvas, cat.shape, 80, 3)
        red, _, blue, _ = pixel(canvas, cat.shape, rising[0] + 1, rising[1] + 1)
        assert red > blue + 60
        red, _, blue, _ = pixel(canvas, cat.shape, falling[0] + 1, falling[1] + 1)
        assert blue > red + 60
        choose(section, "The map is shown", "stretched from black to white (to_display)")
        for i, j in [(20, 20), (50, 90), (70, 12)]:
            assert pixel(canvas, cat.shape, i, j)[:3] == pytest.approx(3 * [stretched[i, j]], abs=1)
        choose(section, "The map is shown", "how large, whatever the sign")
        for i, j in [(20, 20), (50, 90), (70, 12)]:
            light = 255 * abs(expected[i, j]) / np.abs(middle).max()
            assert pixel(canvas, cat.shape, i, j)[:3] == pytest.approx(3 * [light], abs=1)


def _png(colours: NDArray[np.uint8]) -> bytes:
    """Return an image (H, W, 3) as a PNG."""
    height, width, _ = colours.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in colours)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _read(section: Page | Locator, data: bytes, name: str = "mine.png") -> None:
    payload: FilePayload = {"name": name, "mimeType": "image/png", "buffer": data}
    section.get_by_label("A picture of your own").set_input_files(payload)


def test_a_picture_of_ones_own_stays_on_the_page(open_page: Open) -> None:
    """a small picture is read number by number, a large one made smaller, and nothing is asked of anybody"""
    rng = np.random.default_rng(4)
    small = rng.integers(0, 256, (23, 31, 3)).astype(np.uint8)
    large = np.empty((300, 600, 3), np.uint8)
    large[:, :300], large[:, 300:] = (200, 40, 10), (20, 60, 250)
    with open_page("filters") as page:
        section = page.locator("#nine")
        choose(section, "Kernel", "Sobel, brighter downwards")
        _read(section, _png(small))
        expect(section.get_by_text("Your picture is read: 23x31 pixels")).to_be_visible()
        expect(section.get_by_role("button", name="your own", exact=True)).to_have_attribute("aria-pressed", "true")
        _assert_map(section, grey(small.transpose(2, 0, 1)), filters.sobel()[1], [(5, 5), (22, 0), (10, 30)])
        _read(section, _png(large), "large.png")
        expect(section.get_by_text("Your picture is read: 64x128 pixels")).to_be_visible()
        choose(section, "Kernel", "identity: the pixel itself")
        point(grid(section, "The map"), (64, 128), 30, 20)
        assert last(section, "Row 30, column 20:") == pytest.approx(0.299 * 200 + 0.587 * 40 + 0.114 * 10, abs=0.6)
        point(grid(section, "The map"), (64, 128), 30, 100)
        assert last(section, "Row 30, column 100:") == pytest.approx(0.299 * 20 + 0.587 * 60 + 0.114 * 250, abs=0.6)
        assert section.get_by_role("button", name="your own", exact=True).count() == 1
        section.get_by_role("button", name="cat").click()
        section.get_by_role("button", name="your own", exact=True).click()
        said(section, "Row 30, column 100:")


def test_what_is_no_picture_is_said_in_words(open_page: Open) -> None:
    """text, nothing, half a picture, and a picture of which too little is left: the page says so and stays as it is"""
    unreadable = [b"GIF89a but no picture", b"", _png(np.zeros((5, 20, 3), np.uint8))[:-30]]
    with open_page("filters") as page:
        section = page.locator("#nine")
        for index, data in enumerate(unreadable):
            _read(section, data, f"<b>{index}</b>.png")
            expect(section.get_by_text(f"<b>{index}</b>.png is not a picture that this browser can read")).to_be_visible()
        for shape, words in [
            ((2000, 20), "Made smaller until its long side has 128, it is too narrow for a window of 3x3."),
            ((1, 1), "has 1x1 pixels: a window of 3x3 does not fit."),
            ((40, 2), "has 40x2 pixels: a window of 3x3 does not fit."),
        ]:
            _read(section, _png(np.zeros((*shape, 3), np.uint8)), "small.png")
            expect(section.get_by_text(f"small.png has {shape[0]}x{shape[1]} pixels")).to_be_visible()
            expect(section.get_by_text(words)).to_be_visible()
        assert section.get_by_role("button", name="your own", exact=True).count() == 0
        _read(section, _png(np.full((8, 9, 3), 77, np.uint8)))
        expect(section.get_by_text("Your picture is read: 8x9 pixels")).to_be_visible()


@pytest.mark.slow
def test_how_steep_and_in_which_direction(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """both answers, their length and their direction, of the photograph that is chosen above"""
    coffee = grey(photographs["coffee"])
    right, down = (convolution.correlate2d(coffee, kernel) for kernel in filters.sobel())
    strength = filters.edge_strength(coffee[None, None])[0, 0]
    with open_page("filters") as page:
        page.locator("#nine").get_by_role("button", name="coffee").click()
        section = page.locator("#steepness")
        for label, (i, j) in [("gx", (30, 44)), ("gy", (60, 100)), ("The strength", (9, 75))]:
            point(grid(section, label), strength.shape, i, j)
            numbers = numbers_in(said(section, f"Row {i}, column {j}:"))
            assert numbers[2:4] == pytest.approx([right[i, j], down[i, j]], abs=0.0501)
            assert numbers[6] == pytest.approx(strength[i, j], abs=0.0501)
            degrees = np.rad2deg(np.arctan2(down[i, j], right[i, j])) % 360
            assert abs((numbers[7] - degrees + 180) % 360 - 180) <= 0.5
        grid(section, "The strength").press("ArrowRight")
        assert numbers_in(said(section, "Row 9, column 76:"))[6] == pytest.approx(strength[9, 76], abs=0.0501)


@pytest.mark.slow
def test_the_bell(open_page: Open, photographs: dict[str, NDArray[np.uint8]]) -> None:
    """weights of Gauss's bell by size and width, and the photograph under it"""
    cat = grey(photographs["cat"])
    with open_page("filters") as page:
        section = page.locator("#bells")
        for size, sigma in [(5, 1.0), (9, 2.5), (1, 0.5)]:
            slide(section, "Size", (size - 1) // 2)
            slide(section, "Sigma", round((sigma - 0.5) / 0.25))
            kernel = filters.gaussian(size, sigma)
            said(section, f"{size}x{size} = {size * size} weights that sum to 1;")
            point(grid(section, "The bell"), kernel.shape, size - 1, size // 2)
            assert last(section, f"dy = {size // 2}, dx = 0:") == pytest.approx(kernel[-1, size // 2], abs=0.000051)
            canvas = section.locator("figure", has_text="The photograph under it").locator("canvas")
            assert pixel(canvas, cat.shape, 40, 60)[:3] == pytest.approx(3 * [_map(cat, kernel)[40, 60]], abs=1)


def test_pages_are_small(tmp_path: Path) -> None:
    """each page leaves room below the limit, for the calls that it may hold"""
    for unit in UNITS:
        assert built(unit, tmp_path).stat().st_size < 300_000
