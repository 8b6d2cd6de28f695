"""The pages on pooling, hierarchy, classifier and learning, moved in a real browser; the numbers are those of the solutions."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, expect

from solutions import classifier, convolution, hierarchy, pixels, pooling
from support.browser import chromium, needs_a_browser
from support.explore_pages import built, drag, grid, numbers_in, opened, overflowing, point, slide
from support.places import ROOT

pytestmark = needs_a_browser

DATA = ROOT / "exercises" / "data"
Array = NDArray[Any]
Stroke = list[tuple[float, float]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def digits() -> Array:
    with np.load(DATA / "digits.npz") as file:
        return file["images"]


@pytest.fixture(scope="module")
def labels() -> Array:
    with np.load(DATA / "digits.npz") as file:
        return file["labels"].astype(int)


@pytest.fixture(scope="module")
def trained() -> dict[str, Array]:
    with np.load(DATA / "lenet.npz") as file:
        return {name: file[name] if name == "held_back" else file[name].astype(float) for name in file.files}


def lines(page: Page) -> list[str]:
    """Return what the page tells a screen reader, line by line."""
    return page.locator("p[role=status]").all_inner_texts()


def move_with_mouse(page: Page, canvas: Locator, points: Stroke, size: float) -> None:
    """Press the mouse at the first point of a canvas of `size` cells, and move it to the others."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"] / size, box["y"] + y * box["height"] / size) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def touch(page: Page, canvas: Locator, points: Stroke, size: float) -> None:
    """Do the same with a finger."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    places = [{"x": box["x"] + x * box["width"] / size, "y": box["y"] + y * box["height"] / size} for x, y in points]
    devtools = page.context.new_cdp_session(page)
    for kind, place in [("touchStart", places[0]), *(("touchMove", other) for other in places[1:])]:
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


# --- pooling ----------------------------------------------------------------------------------------------------------


SOBEL = np.array([[[[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]]])


def sheets(digits: Array) -> Array:
    return np.pad(digits.astype(float), ((0, 0), (4, 4), (4, 4)))[:, None]


def edges_of(images: Array) -> Array:
    return np.maximum(convolution.conv2d(images, SOBEL, None, 1, 1), 0)


def changes(before: Array, after: Array, window: int) -> list[Array]:
    """Return by how much images differ: as they are, by the maxima and by the means of their windows; one number an image."""
    shares = []
    for pool in (lambda x, _: x, pooling.maxpool2d, pooling.avgpool2d):
        one, other = pool(before, window), pool(after, window)
        shares.append(np.abs(one - other).sum(axis=(1, 2, 3)) / (np.abs(one) + np.abs(other)).sum(axis=(1, 2, 3)))
    return shares


def percents(shares: list[Array]) -> list[float]:
    return [float(np.floor(100 * share.mean() + 0.5)) for share in shares]


def told_changes(page: Page) -> list[float]:
    return numbers_in(lines(page)[0].split(":")[1])


def test_a_digit_is_dragged_and_pooled(browser: Browser, tmp_path: Path, digits: Array) -> None:
    """the page on pooling shows the reference's changes, whatever is dragged where, and for whatever is pooled"""
    with opened(browser, built("pooling", tmp_path)) as page:
        canvas = grid(page, "The digit")
        sheet = sheets(digits[:1])

        def expected(down: int, right: int, image: Array = sheet, window: int = 2, edges: bool = False) -> list[float]:
            pair = [image, pixels.shift(image, down, right)]
            before, after = [edges_of(one) for one in pair] if edges else pair
            return percents(changes(before, after, window))

        assert told_changes(page) == expected(0, 1)
        for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
            canvas.press(key)
        assert lines(page)[0].startswith("Moved 1 down, 1 left:")
        assert told_changes(page) == expected(1, -1)
        page.get_by_role("button", name="Back to the middle").click()
        assert told_changes(page) == [0, 0, 0]
        cell = canvas.evaluate("canvas => canvas.getBoundingClientRect().width / 16")
        drag(page, canvas, 3 * cell, -2 * cell)
        assert lines(page)[0].startswith("Moved 2 up, 3 right:")
        assert told_changes(page) == expected(-2, 3)
        drag(page, canvas, 9 * cell, 0)
        assert lines(page)[0].startswith("Moved 2 up, 4 right:")
        page.get_by_label("Window", exact=True).select_option("4")
        assert told_changes(page) == expected(-2, 4, window=4)
        page.get_by_label("What is pooled", exact=True).select_option(label="a feature map: left edges of strokes")
        page.get_by_label("Digit", exact=True).select_option("7")
        assert told_changes(page) == expected(-2, 4, sheets(digits[7:8]), 4, True)
        canvas.press("Home")
        assert told_changes(page) == [0, 0, 0]


@pytest.mark.slow
def test_the_lines_of_pooling_are_means_over_digits(browser: Browser, tmp_path: Path, digits: Array) -> None:
    """the table under the chart holds the mean changes of 200 digits, moved to four sides"""
    images = sheets(digits[:200])
    with opened(browser, built("pooling", tmp_path)) as page:
        page.get_by_text("The numbers of the lines").click()
        for window in (2, 8):
            page.get_by_label("Window", exact=True).select_option(str(window))
            rows = page.get_by_role("row").all()[1:]
            told = [numbers_in(" ".join(row.get_by_role("cell").all_inner_texts())) for row in rows]
            means = []
            for far in range(5):
                sides = [(0, far), (far, 0), (0, -far), (-far, 0)]
                changed = [changes(images, pixels.shift(images, *side), window) for side in sides]
                means.append(percents([np.mean(way, axis=0) for way in zip(*changed, strict=True)]))
            assert told == np.array(means).T.tolist()


@pytest.mark.slow
def test_a_window_of_a_pooled_map_is_pointed_at(browser: Browser, tmp_path: Path, digits: Array) -> None:
    """a number of a pooled map tells its window, its maximum and its mean: with the mouse, the keys and a finger"""
    sheet = pixels.shift(sheets(digits[:1]), 0, 1)

    def told(page: Page, i: int, j: int) -> None:
        text = lines(page)[1]
        window = sheet[0, 0, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        assert text.startswith(f"Window {i}, {j}:")
        largest, total, size, mean = numbers_in(text.split("Max")[1])
        assert (largest, total, size) == (window.max(), window.sum(), 4)
        assert mean == pytest.approx(window.mean(), abs=0.005)

    path = built("pooling", tmp_path)
    with opened(browser, path) as page:
        maxima, means = grid(page, "The maxima"), grid(page, "The means")
        point(maxima, (8, 8), 2, 3)
        told(page, 2, 3)
        maxima.press("ArrowDown")
        maxima.press("ArrowRight")
        told(page, 3, 4)
        point(means, (8, 8), 5, 5)
        told(page, 5, 5)
        assert overflowing(page) == []
    with opened(browser, path, has_touch=True, viewport={"width": 360, "height": 740}) as page:
        touch(page, grid(page, "The maxima"), [(3.5, 4.5)], 8)
        told(page, 4, 3)
        touch(page, grid(page, "The digit"), [(8.5, 8.5), (9.5, 9.5), (10.5, 10.5)], 16)
        assert lines(page)[0].startswith("Moved 2 down, 3 right:")


# --- hierarchy ----------------------------------------------------------------------------------------------------------


def lenet_blocks(images: Array, trained: dict[str, Array]) -> list[Array]:
    """Return LeNet's blocks for digits (N, 8, 8): the image, two blocks, and 120 numbers as maps of one."""
    large = (images / 16.0).repeat(4, axis=1).repeat(4, axis=2)[:, None]
    layers = [(trained[f"conv{n}_w"], trained[f"conv{n}_b"], 0, 2) for n in (1, 2)]
    layers.append((trained["fc1_w"].reshape(120, 16, 5, 5), trained["fc1_b"], 0, 1))
    return hierarchy.feature_hierarchy(large, layers)


def told_place(text: str) -> tuple[list[int], float, list[int]]:
    """Return what is told of a number: [block, map, row, column], its value, and [side, side, rows, columns] that it sees."""
    numbers = numbers_in(text)
    return [int(number) for number in numbers[:4]], numbers[4], [int(number) for number in numbers[5:]]


def test_a_number_shows_what_it_sees(browser: Browser, tmp_path: Path, digits: Array, trained: dict[str, Array]) -> None:
    """a number that is clicked is the reference's, and sees the pixels that its receptive field says"""
    blocks = lenet_blocks(digits[:10], trained)
    fields, steps = hierarchy.receptive_field([(5, 2), (5, 2), (5, 1)]), (1, 2, 4, 4)
    with opened(browser, built("hierarchy", tmp_path)) as page:
        assert overflowing(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})

        def check(block: int, index: int, row: int, column: int, digit: int = 0) -> None:
            place, value, seen = told_place(lines(page)[0])
            assert place == [block, index, row, column]
            assert value == pytest.approx(blocks[block][digit, index, row, column], abs=0.005)
            side, top, left = fields[block], row * steps[block], column * steps[block]
            assert seen == [side, side, top, top + side - 1, left, left + side - 1]

        check(2, 4, 1, 1)
        shapes = {1: (2 * 14, 3 * 14), 2: (4 * 5, 4 * 5), 3: (10, 12)}
        for block, row, column, place in [
            (1, 14 + 3, 28 + 9, (5, 3, 9)), (1, 0, 0, (0, 0, 0)), (1, 13, 41, (2, 13, 13)),
            (2, 19, 7, (13, 4, 2)), (3, 4, 3, (51, 0, 0)),
        ]:  # fmt: skip
            canvas = grid(page, f"Maps of block {block}")
            box = canvas.bounding_box()
            assert box is not None
            rows, columns = shapes[block]
            canvas.click(position={"x": (column + 0.5) * box["width"] / columns, "y": (row + 0.5) * box["height"] / rows})
            check(block, *place)
        page.get_by_label("Digit", exact=True).select_option("9")
        check(3, 51, 0, 0, 9)
        canvas = grid(page, "Maps of block 1")
        canvas.press("Home")
        check(1, 0, 13, 0, 9)
        canvas.press("ArrowDown")
        canvas.press("ArrowRight")
        check(1, 3, 0, 1, 9)


@pytest.mark.slow
def test_the_strongest_patches_of_all_digits(
    browser: Browser, tmp_path: Path, digits: Array, labels: Array, trained: dict[str, Array]
) -> None:
    """the patches that excite a map most are those of the reference, over all 1,797 digits"""
    blocks = lenet_blocks(digits, trained)
    with opened(browser, built("hierarchy", tmp_path)) as page:
        page.get_by_role("progressbar").wait_for(state="hidden", timeout=120_000)

        def check(block: int, index: int) -> None:
            strongest = blocks[block][:, index].max(axis=(1, 2))
            order = np.argsort(-strongest, kind="stable")[:12]
            heading, said = page.get_by_role("heading", level=2).first.inner_text(), lines(page)[1]
            assert heading == f"What excites block {block}, map {index} most"
            count, of, high, low, *counts = numbers_in(said)
            assert (count, of) == (12, 1797)
            assert [high, low] == pytest.approx([strongest[order[0]], strongest[order[-1]]], abs=0.005)
            assert dict(zip(counts[1::2], counts[::2], strict=True)) == Counter(labels[order].tolist())

        check(2, 4)
        grid(page, "Maps of block 1").press("Home")
        check(1, 0)
        block3 = grid(page, "Maps of block 3")
        block3.press("ArrowDown")
        block3.press("ArrowRight")
        check(3, 13)
        silent = int(np.flatnonzero((blocks[3] <= 0).all(axis=(0, 2, 3)))[0])
        box = block3.bounding_box()
        assert box is not None
        block3.click(position={"x": (silent % 12 + 0.5) * box["width"] / 12, "y": (silent // 12 + 0.5) * box["height"] / 10})
        assert "No digit gives a number above 0" in lines(page)[1]


@pytest.mark.slow
def test_the_network_set_by_hand_finds_squares(browser: Browser, tmp_path: Path) -> None:
    """the square lights up one number, which moves by one as it moves by four pixels; a rectangle that is too large does not"""
    with opened(browser, built("hierarchy", tmp_path)) as page:
        page.get_by_label("Network", exact=True).select_option("wired")

        def value() -> float:
            return told_place(re.sub(r", squares,", ", 0,", lines(page)[0]))[1]

        image, last = grid(page, "The image"), grid(page, "Maps of block 3")
        assert value() == 1
        # A number of block 3 sees 18 pixels a side, and its frames of zeros reach 7 pixels beyond the image.
        assert numbers_in(lines(page)[0])[-6:] == [18, 18, 5, 22, 5, 22]
        for _ in range(4):
            image.press("ArrowDown")
        assert value() == 0
        last.press("Home")
        for key in ("ArrowDown",) * 4 + ("ArrowRight",) * 3:
            last.press(key)
        assert "row 4, column 3: 1." in lines(page)[0]
        cell = image.evaluate("canvas => canvas.getBoundingClientRect().width / 24")
        drag(page, image, -4 * cell, -4 * cell)
        assert value() == 0
        last.press("ArrowUp")
        last.press("ArrowLeft")
        assert "row 3, column 2: 1." in lines(page)[0]
        slide(page, "Width", 11)
        assert value() == 0
        slide(page, "Width", 7)
        assert value() == 1
        last.press("Home")
        assert lines(page)[0].endswith("rows 5 to 22, columns 0 to 10, as far as they are in the image.")


# --- classifier ---------------------------------------------------------------------------------------------------------


def shares_of(digit: Array, trained: dict[str, Array]) -> Array:
    """Return LeNet's ten probabilities for a digit (8, 8), in per cent."""
    large = (digit / 16.0).repeat(4, axis=0).repeat(4, axis=1)[None, None]
    return 100 * classifier.softmax(classifier.lenet(large, trained))[0]


def bars(page: Page) -> list[float]:
    """Return the ten percentages that are drawn as bars."""
    items = page.get_by_role("list", name="What LeNet makes of it").get_by_role("listitem").all_inner_texts()
    return [numbers_in(item)[1] for item in items]


SEVEN: list[Stroke] = [[(8, 6), (24, 6), (13, 28)], [(11, 17), (21, 17)]]
FOUR: list[Stroke] = [[(18, 5), (8, 20), (24, 20)], [(18, 12), (18, 28)]]


@pytest.mark.slow
def test_digits_that_lenet_misreads(
    browser: Browser, tmp_path: Path, digits: Array, labels: Array, trained: dict[str, Array]
) -> None:
    """the bars of digits held back are the reference's probabilities, and those misread are the reference's five"""
    held = trained["held_back"]
    names = classifier.classify(digits[held], trained)
    wrong = [int(index) for index, name in zip(held, names, strict=True) if name != labels[index]]
    with opened(browser, built("classifier", tmp_path)) as page:
        assert overflowing(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        expect(page.get_by_role("heading", name=f"The {len(wrong)} of {len(held)} that LeNet misreads")).to_be_visible()
        buttons = page.get_by_role("button", name=re.compile(r"^\d, read as \d$"))
        assert buttons.count() == len(wrong)
        for number, index in enumerate(wrong):
            buttons.nth(number).click() if number % 2 else buttons.nth(number).press("Enter")
            shares = shares_of(digits[index], trained)
            assert bars(page) == pytest.approx(shares.tolist(), abs=0.0501)
            told = lines(page)[0]
            assert told.startswith(f"Number {index} of the data, ")
            assert numbers_in(told)[1:3] == [labels[index], shares.argmax()]
        right = next(int(index) for index, name in zip(held[5:], names[5:], strict=True) if name == labels[index])
        page.get_by_label("Or one that it reads correctly").select_option(str(right))
        assert bars(page) == pytest.approx(shares_of(digits[right], trained).tolist(), abs=0.0501)


def test_a_map_on_the_way_is_pointed_at(browser: Browser, tmp_path: Path, digits: Array, trained: dict[str, Array]) -> None:
    """each map tells its largest number and where it is, as the reference has them"""
    with opened(browser, built("classifier", tmp_path)) as page:
        page.get_by_role("button", name="6, read as 5").click()
        index = int(numbers_in(lines(page)[0])[0])
        _, block1, block2, _ = lenet_blocks(digits[index : index + 1], trained)
        large = (digits[index] / 16.0).repeat(4, axis=0).repeat(4, axis=1)[None, None]
        maps = {
            "First convolution": (np.maximum(convolution.conv2d(large, trained["conv1_w"], trained["conv1_b"]), 0), (2, 3)),
            "Max pooling: 6 maps": (block1, (2, 3)),
            "Second convolution": (np.maximum(convolution.conv2d(block1, trained["conv2_w"], trained["conv2_b"]), 0), (4, 4)),
            "Max pooling: 16 maps": (block2, (4, 4)),
        }
        for name, (layer, shape) in maps.items():
            canvas = grid(page, name)
            point(canvas, shape, 1, 1)
            for key, place in ((None, shape[1] + 1), ("ArrowRight", shape[1] + 2), ("ArrowUp", 2)):
                if key:
                    canvas.press(key)
                one, told = layer[0, place], numbers_in(lines(page)[1])
                assert told[0] == place
                if one.max() > 0:
                    assert told[1] == pytest.approx(one.max(), abs=0.005)
                    assert tuple(told[2:]) == np.unravel_index(one.argmax(), one.shape)


def test_drawn_digits_are_read(browser: Browser, tmp_path: Path) -> None:
    """what is drawn with the mouse is read; a stroke can be taken back, and the sheet cleared; bars are kept to compare"""
    with opened(browser, built("classifier", tmp_path)) as page:
        sheet = grid(page, "Sheet to draw on")
        move_with_mouse(page, sheet, SEVEN[0], 32)
        without_bar = bars(page)[7]
        move_with_mouse(page, sheet, SEVEN[1], 32)
        assert "reads a 7" in lines(page)[0]
        assert bars(page)[7] > without_bar + 20
        page.get_by_role("button", name="Keep these bars").click()
        expect(page.get_by_text("The small marks are kept from: LeNet reads a 7")).to_be_visible()
        page.get_by_role("button", name="Clear the sheet").click()
        assert "The sheet is empty" in lines(page)[0]
        for stroke in FOUR:
            move_with_mouse(page, sheet, [(x / 2, y / 2) for x, y in stroke], 32)
        assert "reads a 4" in lines(page)[0]
        fitted = bars(page)
        page.get_by_label(re.compile("^Fit my drawing")).press("Space")
        assert bars(page) != fitted
        page.get_by_label(re.compile("^Fit my drawing")).click()
        assert bars(page) == fitted
        page.get_by_role("button", name="Take back a stroke").click()
        assert bars(page) != fitted
        page.get_by_role("button", name="Take back a stroke").press("Enter")
        assert "The sheet is empty" in lines(page)[0]


@pytest.mark.slow
def test_digits_drawn_with_keys_and_with_a_finger(browser: Browser, tmp_path: Path) -> None:
    """arrow keys and the space bar draw a one, a finger a seven"""
    path = built("classifier", tmp_path)
    with opened(browser, path) as page:
        sheet = grid(page, "Sheet to draw on")
        sheet.focus()
        for key in (" ",) + ("ArrowDown", "Control+ArrowLeft") * 9 + (" ",):
            page.keyboard.press(key)
        assert "reads a 1" in lines(page)[0]
        page.get_by_role("button", name="Clear the sheet").click()
        to_the_corner = ("ArrowUp",) * 9 + ("ArrowLeft",) * 4
        slanting = ("ArrowDown", "ArrowDown", "ArrowLeft") * 5
        sheet.focus()
        for key in (*to_the_corner, " ", *(("ArrowRight",) * 8), *slanting, " "):
            page.keyboard.press(key)
        assert "reads a 7" in lines(page)[0]
        expect(sheet).to_have_attribute("aria-label", re.compile("Pen up, row 26, column 14"))
    with opened(browser, path, has_touch=True, viewport={"width": 360, "height": 740}, device_scale_factor=2) as page:
        sheet = grid(page, "Sheet to draw on")
        for stroke in SEVEN:
            touch(page, sheet, stroke, 32)
        assert "reads a 7" in lines(page)[0]


# --- learning -----------------------------------------------------------------------------------------------------------


def test_a_recorded_training_is_gone_through(browser: Browser, tmp_path: Path) -> None:
    """each moment tells the recorded steps, loss, accuracy and filters: by slider, buttons, keys and by playing"""
    with np.load(DATA / "training.npz") as file:
        steps, filters, loss, accuracy = (file[name] for name in ("steps", "filters", "loss", "accuracy"))
    with opened(browser, built("learning", tmp_path)) as page:
        assert overflowing(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})

        def check(moment: int, index: int = 0) -> None:
            told, of_filter = lines(page)[:2]
            done, _, wrong, right, _ = numbers_in(told)
            assert done == steps[moment]
            assert wrong == pytest.approx(float(loss[moment]), abs=0.0005)
            assert right == pytest.approx(100 * float(accuracy[moment]), abs=0.0501)
            now, begun = filters[moment, index].astype(float).ravel(), filters[0, index].astype(float).ravel()
            assert numbers_in(of_filter)[0] == index
            assert numbers_in(of_filter)[1:] == pytest.approx([np.abs(now).max(), np.corrcoef(now, begun)[0, 1]], abs=0.0051)

        check(0)
        page.get_by_role("button", name="Step", exact=True).click()
        check(1)
        slider = page.get_by_role("slider", name="Moment")
        slider.press("End")
        check(len(steps) - 1)
        page.get_by_role("button", name="Step back").press("Enter")
        check(len(steps) - 2)
        page.get_by_role("button", name="Play").click()
        expect(slider).to_have_value(str(len(steps) - 1))
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        slide(page, "Moment", 12)
        check(12)
        canvas = grid(page, "The filters at this moment")
        point(canvas, (2, 4), 1, 2)
        check(12, 6)
        canvas.press("ArrowUp")
        check(12, 2)
        before = lines(page)
        page.get_by_label("Colours").select_option("common")
        page.get_by_label("Digit", exact=True).select_option("5")
        assert lines(page) == before


@pytest.mark.slow
def test_a_training_of_ones_own(browser: Browser, tmp_path: Path) -> None:
    """filters are trained in the page, seen moment by moment, and a training can be stopped"""
    with opened(browser, built("learning", tmp_path)) as page:
        page.get_by_label("Training", exact=True).select_option("own")
        expect(page.get_by_text("There is none of your own yet: press Train.")).to_be_visible()
        expect(page.get_by_label("Training", exact=True)).to_have_value("recorded")
        page.get_by_label("Filters", exact=True).select_option("2")
        page.get_by_label("Learning rate").select_option("0.3")
        slide(page, "Epochs", 0)
        slide(page, "Seed of the random numbers", 4)
        page.get_by_role("button", name="Train").click()
        done = page.get_by_text(re.compile(r"^Done: 90 batches"))
        done.wait_for(timeout=120_000)
        _, loss, right = numbers_in(done.inner_text())
        assert loss < 1.2
        assert right > 60
        assert numbers_in(lines(page)[0])[:1] == [90]
        page.get_by_role("slider", name="Moment").press("Home")
        begun = numbers_in(lines(page)[0])
        assert begun[0] == 0
        assert begun[2] == pytest.approx(np.log(10), abs=0.1)
        assert begun[3] < 35
        page.get_by_label("Filters", exact=True).select_option("12")
        slide(page, "Epochs", 11)
        page.get_by_role("button", name="Train").press("Enter")
        expect(page.get_by_text("Training.", exact=True)).to_be_visible()
        slider = page.get_by_role("slider", name="Moment")
        expect(slider).not_to_have_value("0", timeout=60_000)
        slider.press("Home")
        moments = str(slider.get_attribute("max"))
        expect(slider).not_to_have_attribute("max", moments, timeout=60_000)
        expect(slider).to_have_value("0")
        assert numbers_in(lines(page)[0])[0] == 0
        page.get_by_role("button", name="Stop").click()
        stopped = page.get_by_text(re.compile(r"^Stopped after \d+ batches"))
        expect(stopped).to_be_visible()
        assert numbers_in(stopped.inner_text())[0] < 1080
        moments = str(slider.get_attribute("max"))
        page.wait_for_timeout(500)
        expect(slider).to_have_attribute("max", moments)
        page.get_by_label("Training", exact=True).select_option("recorded")
        assert numbers_in(lines(page)[1])[0] == 0


# --- what the pages say -------------------------------------------------------------------------------------------------


def test_what_is_said_of_pooling_is_so(digits: Array) -> None:
    """maxima forget a move by a pixel better than means do, and with a window of 8 nearly wholly; two pixels move the map"""
    images = sheets(digits[:200])
    moved = pixels.shift(images, 0, 1)
    for window in (2, 4, 8):
        raw, largest, mean = (share.mean() for share in changes(images, moved, window))
        assert largest < mean < raw
    assert largest < 0.05
    assert pooling.maxpool2d(images, 8).shape[2:] == (2, 2)
    assert (pooling.maxpool2d(pixels.shift(images, 0, 2), 2)[..., 1:] == pooling.maxpool2d(images, 2)[..., :-1]).all()


def test_what_is_said_of_the_hierarchy_is_so(digits: Array, labels: Array, trained: dict[str, Array]) -> None:
    """most numbers of block 3 answer to two digits at most; rectangles that are not squares are taken for some"""
    block3 = lenet_blocks(digits, trained)[3][:, :, 0, 0]
    sure = 0
    for answers in block3.T:
        strongest = labels[np.argsort(-answers)[:12]]
        sure += sum(count for _, count in Counter(strongest.tolist()).most_common(2)) >= 11
    assert sure > 0.75 * block3.shape[1]
    lesson = runpy.run_path(str(ROOT / "exercises" / "hierarchy.py"))
    for width, shares in ((8, 1), (9, 3 / 4), (10, 2 / 4)):
        images = [lesson["rectangle"](top, left, 8, width) for top in range(4, 8) for left in range(4, 8)]
        found = [hierarchy.feature_hierarchy(image, lesson["hand_wired"]())[-1].max() == 1 for image in images]
        assert np.mean(found) == shares


def test_what_is_said_of_the_data_is_so(digits: Array, labels: Array) -> None:
    """most sevens have ink across the middle, most ones to the left of their upper end"""
    assert (digits[labels == 7][:, 4, 2:6].min(axis=1) >= 4).mean() > 0.6
    assert ((digits[labels == 1][:, 2:5, :3] >= 4).any(axis=(1, 2))).mean() > 0.6


@pytest.mark.slow
def test_what_is_said_of_learning_is_so() -> None:
    """forms, loss and reading come in the first epoch; after the second the forms stay, and the beginning is forgotten"""
    with np.load(DATA / "training.npz") as file:
        steps, filters, loss, accuracy = (file[name] for name in ("steps", "filters", "loss", "accuracy"))
    first, second = np.searchsorted(steps, 90), np.searchsorted(steps, 180)
    assert loss[0] > 2.2
    assert loss[first] < 0.7
    assert accuracy[first] > 0.75

    def like(moment: int, other: int) -> list[float]:
        pairs = zip(filters[moment].astype(float), filters[other].astype(float), strict=True)
        return [float(np.corrcoef(one.ravel(), two.ravel())[0, 1]) for one, two in pairs]

    assert min(like(int(second), -1)) > 0.9
    assert np.median(like(-1, 0)) < 0.25
