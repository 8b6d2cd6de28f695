"""What a caption says is true of its picture: each claim that can be measured is."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.show import show, show_expected
from cnngrade.jobs.targets import Target
from cnngrade.pictures.compare import Comparison, scale_of
from support.places import ROOT
from support.sweeps import sweep

COURSE = load_course(ROOT)
DATA = ROOT / "exercises" / "data"


@functools.cache
def unit_pictures(unit: str) -> dict[str, Comparison]:
    return {one.name: one for one in show_expected(COURSE, COURSE.unit(unit))}


def panels(unit: str, name: str) -> dict[str, NDArray[np.float64]]:
    """Return the expected panels of a picture by their labels, in their order."""
    pairs = unit_pictures(unit)[name].pairs
    return {pair.expected.label: np.asarray(pair.expected.image, np.float64) for pair in pairs}


def images(unit: str, name: str) -> list[NDArray[np.float64]]:
    return list(panels(unit, name).values())


def alike(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the correlation of two images."""
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@functools.cache
def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    with np.load(DATA / "digits.npz") as file:
        return file["images"] / 16.0, file["labels"].astype(np.int64)


# pixels


def test_the_grey_looks_as_bright() -> None:
    """the grey is the luma of the three channels beside it"""
    photograph, red, green, blue, grey = images("pixels", "to_grayscale_of_a_photograph")
    np.testing.assert_allclose(np.stack([red, green, blue]), photograph)
    np.testing.assert_allclose(grey, 0.299 * red + 0.587 * green + 0.114 * blue, atol=1e-6)


def test_threes_become_rows() -> None:
    """each row holds the 64 numbers of one three, and no two are the same"""
    threes, rows = images("pixels", "flatten_a_digit")
    for number in range(4):
        for row in rows[4 * number : 4 * number + 4]:
            np.testing.assert_array_equal(row, threes[:, 8 * number : 8 * number + 8].ravel())
    assert len(np.unique(rows, axis=0)) == 4


def test_edges_are_what_changes() -> None:
    """what differs clearly after a move by a pixel are edges, and all of these"""
    photograph, moved, difference = images("pixels", "shift_a_photograph")
    np.testing.assert_array_equal(moved[:, 6:, 15:], photograph[:, :-6, :-15])
    assert not moved[:, :6].any()
    assert not moved[:, :, :15].any()
    edges = np.abs(np.diff(photograph.mean(axis=0), axis=1)) > 0.1
    np.testing.assert_array_equal(np.abs(difference[:, 1:]) > 0.1, edges)
    assert 0.02 < edges.mean() < 0.2


def test_a_moved_three_has_nothing_in_common_with_itself() -> None:
    """to the eye it is the same three; the correlations stated are those of the panels, near 0 from the second step on"""
    shown = panels("pixels", "shift_and_what_stays_alike")
    three, *moved = shown.values()
    stated = [float(label.split()[-1]) for label in list(shown)[1:]]
    for step, image, correlation in zip((1, 2, 3), moved, stated, strict=True):
        np.testing.assert_array_equal(image, np.roll(three, step, axis=1))
        assert abs(alike(three, image) - correlation) < 0.006
    assert stated[0] < 0.6
    assert max(map(abs, stated[1:])) < 0.15


# padding


def test_frames_surround_what_stays() -> None:
    """the digit is in the middle of each panel, and everything around it is the value"""
    digit, *framed = images("padding", "pad2d_around_a_digit")
    for image, (rows, columns), value in zip(framed, ((1, 1), (0, 4), (3, 3)), (0, 0, 0.5), strict=True):
        np.testing.assert_array_equal(image, np.pad(digit, ((rows, rows), (columns, columns)), constant_values=value))


def test_zeros_are_black_in_every_channel() -> None:
    """the frame of the photograph is 0 in all three"""
    photograph, framed = images("padding", "pad2d_around_a_photograph")
    np.testing.assert_array_equal(framed, np.pad(photograph, ((0, 0), (10, 10), (20, 20))))


def test_white_is_where_a_window_begins() -> None:
    """there are as many white places as are stated, a stride apart, and the last window still fits"""
    for stride, (label, image) in enumerate(panels("padding", "output_size_by_stride").items(), 1):
        places = np.flatnonzero(image[0, ::3] == 1)
        assert label == f"stride {stride}: {len(places)} places"
        assert set(np.diff(places)) == {stride}
        assert places[0] == 0
        assert places[-1] + 5 <= 32 < places[-1] + stride + 5


# convolution


def test_red_answers_yes() -> None:
    """a kernel's answer is red where its edge is, blue where the opposite is"""
    shown = panels("convolution", "correlate2d_of_a_photograph")
    cat = shown["the photograph"]
    across, down = cat[:, 2:] - cat[:, :-2], cat[2:] - cat[:-2]
    assert alike(shown["vertical edges"], across[1:-1]) > 0.8
    assert alike(shown["horizontal edges"], down[:, 1:-1]) > 0.8
    inner = cat[1:-1, 1:-1]
    around = sum(cat[1 + r : 84 + r, 1 + c : 127 + c] for r in (-1, 0, 1) for c in (-1, 0, 1)) / 9
    assert alike(shown["spots"], inner - around) > 0.99
    assert np.abs(np.diff(shown["blur"], axis=1)).mean() < 0.6 * np.abs(np.diff(cat, axis=1)).mean()


def test_filters_see_colours() -> None:
    """what is red and not blue, what is bright, where red begins: each map is alike to just that"""
    photograph, redness, bright, begins = images("convolution", "conv2d_of_colours")
    np.testing.assert_allclose(redness, photograph[0] - photograph[2], atol=1e-6)
    assert alike(bright, photograph.mean(axis=0)) > 0.9
    assert alike(begins[1:-1, 1:-1], (photograph[0, :, 2:] - photograph[0, :, :-2])[1:-1]) > 0.8


def test_strides_make_coarser_maps_of_the_same() -> None:
    """each map holds every second number of the one before: a quarter of the numbers"""
    _, first, second, fourth = images("convolution", "conv2d_with_stride")
    np.testing.assert_allclose(second, first[::2, ::2], atol=1e-6)
    np.testing.assert_allclose(fourth, second[::2, ::2], atol=1e-6)
    assert second.size / first.size == pytest.approx(1 / 4, rel=0.05)


def test_the_map_moves_along() -> None:
    """two pixels further right, and otherwise the same"""
    _, before, _, after = images("convolution", "conv2d_follows_a_shift")
    np.testing.assert_allclose(after[:, 2:], before[:, :-2], atol=1e-6)
    assert np.abs(before).max() > 1


# filters


def test_each_bell_is_as_bright_as_can_be() -> None:
    """the middle of each is white as drawn, and the bars are as high as the bells, compared with each other"""
    *bells, rows = images("filters", "gaussian_from_narrow_to_wide")
    for bell in bells:
        assert scale_of(bell.astype(np.float32)).share(bell.astype(np.float32)).max() == 1
    heights = [rows[:, 15 * number : 15 * number + 15].sum(axis=0).max() for number in range(3)]
    np.testing.assert_allclose(heights / heights[0], [bell.max() / bells[0].max() for bell in bells], atol=0.02)


def test_sobel_wants_it_bright_where_it_is_red() -> None:
    """the right and the lower side are above 0, the others below"""
    right, down = images("filters", "sobel_and_what_it_looks_for")
    assert (right[:, 2] > 0).all()
    assert (right[:, 0] < 0).all()
    np.testing.assert_array_equal(down, right.T)


def test_edges_are_steep_in_any_direction() -> None:
    """strength is alike to the length of the gradient of the photograph"""
    shown = images("filters", "edge_strength_of_photographs")
    for photograph, edges in zip(shown[::2], shown[1::2], strict=True):
        grey = photograph.mean(axis=0)
        steep = np.hypot(*np.gradient(grey))
        rows = (edges.shape[0] - 85) // -2, (edges.shape[1] - 128) // -2
        inside = steep[rows[0] : 85 - rows[0], rows[1] : 128 - rows[1]]
        assert alike(edges[2:-2, 2:-2], inside[2:-2, 2:-2]) > 0.9


def test_grey_kernels_change_and_the_others_find() -> None:
    """blur, sharpen and emboss are drawn in grey and alike to the photograph, the rest in red and blue and not alike"""
    shown = panels("filters", "feature_maps_of_the_cat")
    cat = shown.pop("the photograph")
    for name, image in shown.items():
        is_grey = not scale_of(image.astype(np.float32)).signed
        assert is_grey == (name in ("blur", "sharpen", "emboss"))
        assert (alike(image, cat) > 0.3) == is_grey, name


def test_small_things_go_first() -> None:
    """wider blurs leave less of what is small, and of the border: zeros came in there"""
    photograph, *blurred = images("filters", "feature_maps_of_a_wide_blur")
    fine = [np.abs(np.diff(image, axis=1)).mean() for image in (photograph, *blurred)]
    assert fine == sorted(fine, reverse=True)
    assert fine[0] > 3 * fine[-1]
    ratio = blurred[-1] / photograph
    assert np.median(ratio[0]) < 0.7 * np.median(ratio[20:-20, 20:-20])


def test_every_map_goes_from_black_to_white() -> None:
    """each map is stretched, although each is ten times as strong as the one before"""
    for image in images("filters", "to_display_of_a_bank")[1:]:
        assert image.min() == pytest.approx(0, abs=1e-6)
        assert image.max() == pytest.approx(1, abs=1e-6)


# pooling


def test_bright_things_grow() -> None:
    """the larger the windows, the brighter with the maximum; with the mean it stays as bright, and what is small fades"""
    largest = [image.mean() for image in images("pooling", "maxpool2d_of_a_photograph")]
    assert largest == sorted(largest)
    assert largest[-1] > 1.15 * largest[0]
    averaged = images("pooling", "avgpool2d_of_a_photograph")
    np.testing.assert_allclose([image.mean() for image in averaged], averaged[0].mean(), rtol=0.02)
    spreads = [image.std() for image in averaged]
    assert spreads == sorted(spreads, reverse=True)


def test_pooling_keeps_marks_after_a_small_move() -> None:
    """the numbers stated are those of the panels: by a pixel none stays, pooled most do, and by 4 hardly any either way"""
    shown = panels("pooling", "maxpool2d_after_a_small_move")
    marks, pooled = shown["marks"], shown["pooled by 4"]
    stays = {}
    for label, image in shown.items():
        if stated := re.fullmatch(r"moved by (\d)(, pooled)?: (\d+) of (\d+) stay", label):
            before = pooled if stated[2] else marks
            assert (int(stated[3]), int(stated[4])) == (int((before * image > 0).sum()), int((before > 0).sum()))
            stays[stated[1], bool(stated[2])] = int(stated[3]) / int(stated[4])
    assert stays["1", False] == 0
    assert stays["1", True] > 0.6
    assert max(stays["4", False], stays["4", True]) < 0.3


def test_what_is_left_is_the_colour() -> None:
    """each plain panel has the mean colour of the photograph before it"""
    shown = images("pooling", "global_avgpool2d_of_photographs")
    for photograph, plain in zip(shown[::2], shown[1::2], strict=True):
        np.testing.assert_allclose(plain, np.broadcast_to(photograph.mean(axis=(1, 2))[:, None, None], plain.shape), atol=1e-6)


# hierarchy


def test_not_here_is_forgotten() -> None:
    """after ReLU the falls are 0 and the rises as they were, and these can be seen"""
    _, rises, kept = images("hierarchy", "relu_of_an_edge_map")
    np.testing.assert_array_equal(kept, np.maximum(rises, 0))
    assert scale_of(kept.astype(np.float32)).high == kept.max() < 0.5


def test_edges_are_found_on_the_rocket() -> None:
    """each map is half the size, alike to the rises and falls it is named for, and drawn as bright as can be"""
    photograph, *maps = images("hierarchy", "conv_block_on_a_photograph")
    padded = np.pad(photograph, 1)
    rises = [
        padded[1:-1, 1:-1] - padded[1:-1, :-2],
        padded[1:-1, :-2] - padded[1:-1, 1:-1],
        padded[1:-1, 1:-1] - padded[:-2, 1:-1],
        padded[:-2, 1:-1] - padded[1:-1, 1:-1],
    ]
    for image, rise in zip(maps, rises, strict=True):
        halved = np.maximum(rise, 0)[:84, :128].reshape(42, 2, 64, 2).max(axis=(1, 3))
        np.testing.assert_allclose(image, halved, atol=1e-6)
        assert scale_of(image.astype(np.float32)).high == image.max()


def test_maps_get_smaller() -> None:
    """each block of the coffee has a quarter of the numbers of the one before"""
    sizes = [image.size for image in images("hierarchy", "feature_hierarchy_block_by_block")]
    assert sizes == sorted(sizes, reverse=True)
    np.testing.assert_allclose([sizes[1] / sizes[0], sizes[3] / sizes[1], sizes[5] / sizes[3]], 1 / 4, rtol=0.08)


def test_the_last_map_finds_the_squares() -> None:
    """two numbers of it are lit, each within one of the two squares of 8x8, and the larger square lights none"""
    image, *_, found = images("hierarchy", "feature_hierarchy_finds_a_square")
    factor = image.shape[0] // found.shape[0]
    places = np.argwhere(found > 0) * factor + factor // 2
    assert [[3 <= r < 11 and 4 <= c < 12, 20 <= r < 28 and 14 <= c < 22] for r, c in places] == [[True, False], [False, True]]


def test_a_box_is_as_wide_as_stated() -> None:
    """each red box has as many pixels as its label says, and they grow"""
    sides = []
    for label, image in panels("hierarchy", "receptive_field_on_a_photograph").items():
        red = np.argwhere((image[0] == 1) & (image[1] == 0) & (image[2] == 0))
        high, wide = red.max(axis=0) - red.min(axis=0) + 1
        assert high == wide
        sides.append(int(high))
        assert label == (f"block {len(sides) - 1}: {high} pixels" if len(sides) > 1 else "a pixel of the image")
    assert sides == [1, 4, 14, 34, 82]


def cells(image: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the images of a panel that shows several, (rows, columns, size, size): a line of grey follows each."""
    rows, columns = (length // (size + 1) for length in image.shape)
    assert image.shape == (rows * (size + 1), columns * (size + 1))
    return image.reshape(rows, size + 1, columns, size + 1).transpose(0, 2, 1, 3)[:, :, :size, :size]


def test_lenet_has_six_maps_and_sixteen() -> None:
    """the panels hold six maps of 14x14 and sixteen of 5x5; each that answers at all is as bright as can be"""
    _, first, second = images("hierarchy", "feature_hierarchy_of_a_digit")
    for panel, size, count in ((first, 14, 6), (second, 5, 16)):
        maps = cells(panel, size).reshape(-1, size, size)
        brightest = maps.max(axis=(1, 2))
        assert len(maps) == count
        assert set(brightest.round(5)) <= {0.0, 1.0}
        assert (brightest > 0).sum() > 0.6 * count


def test_what_excites_a_map_is_alike() -> None:
    """the patches of a row are much more alike than those of different rows, in each block"""
    edges, pieces, others, _ = images("hierarchy", "feature_hierarchy_most_exciting")
    for panel, size in ((edges, 6), (pieces, 16), (others, 16)):
        rows = cells(panel, size)
        flat = rows.reshape(len(rows), 6, -1) + np.linspace(0, 1e-9, size * size)
        within = [alike(row[a], row[b]) for row in flat for a in range(6) for b in range(a)]
        across = [alike(flat[a, n], flat[b, n]) for a in range(len(flat)) for b in range(a) for n in range(6)]
        assert np.mean(within) > np.mean(across) + 0.35


def test_what_excites_an_answer_is_its_digit() -> None:
    """all sixty digits that excite the ten answers most are labelled so"""
    panel = images("hierarchy", "feature_hierarchy_most_exciting")[-1]
    known, labels = digits()
    for label, row in enumerate(cells(panel, 8)):
        assert [int(labels[np.abs(known - shown).sum(axis=(1, 2)).argmin()]) for shown in row] == [label] * 6


# classifier


def test_misread_digits_are_what_is_said() -> None:
    """each label states what the digit is, and another name for it"""
    with np.load(DATA / "lenet.npz") as file:
        known, labels = (part[file["held_back"]] for part in digits())
    shown = panels("classifier", "classify_the_digits_misread")
    assert len(shown) == 5
    for label, image in shown.items():
        place, is_, read = map(int, re.fullmatch(r"(\d+): a (\d) read as (\d)", label).groups())
        np.testing.assert_array_equal(image, known[place].astype(np.float32))
        assert (labels[place], read) != (labels[place], is_)
        assert labels[place] == is_


def test_the_larger_the_surer() -> None:
    """the highest bar grows with the logits, and stays the same one"""
    bars = [image[:, ::4].sum(axis=0) for image in images("classifier", "softmax_as_bars")]
    assert [int(bar.argmax()) for bar in bars] == [3, 3, 3]
    assert [bar.max() for bar in bars] == sorted({bar.max() for bar in bars})


def test_the_reddest_names_the_digit() -> None:
    """in the row of each of the digits 0 to 9 its own logit is the largest"""
    _, logits = images("classifier", "lenet_of_a_digit")
    assert logits.argmax(axis=1).tolist() == list(range(10))


def test_red_is_like_the_mean() -> None:
    """answers rise with how alike a digit is to a template"""
    twelve, templates, answers = images("classifier", "linear_as_a_template")
    known = twelve.reshape(2, 8, 6, 8).transpose(0, 2, 1, 3).reshape(12, 64)
    means = templates.reshape(2, 8, 5, 8).transpose(0, 2, 1, 3).reshape(10, 64)
    np.testing.assert_allclose(answers, known @ means.T, atol=1e-5)
    likeness = np.array([[alike(digit, mean) for mean in means] for digit in known])
    assert alike(likeness, answers) > 0.9


# learning


def test_dx_is_the_filter_and_dw_the_patch() -> None:
    """dx holds the filter where the one number looked, dw the pixels that it saw there"""
    digit, kernel, dout, dx, dw = images("learning", "conv2d_backward_of_one_place")
    ((row, column),) = np.argwhere(dout)
    np.testing.assert_array_equal(dx[row - 1 : row + 2, column - 1 : column + 2], kernel)
    assert np.count_nonzero(dx) == np.count_nonzero(kernel)
    np.testing.assert_allclose(dw, digit[row - 1 : row + 2, column - 1 : column + 2], atol=1e-6)


def test_the_brightest_gets_the_gradient() -> None:
    """in each window of 2x2 it is one number, the brightest"""
    digit, gradient = (
        image.reshape(4, 2, 4, 2).transpose(0, 2, 1, 3) for image in images("learning", "maxpool2d_backward_of_a_digit")
    )
    windows = gradient.reshape(16, 4)
    assert (windows.sum(axis=1) == 1).all()
    assert (windows.argmax(axis=1) == digit.reshape(16, 4).argmax(axis=1)).all()


def neighbours_alike(kernel: NDArray[np.float64]) -> float:
    """Return how alike neighbours in a kernel are: near 1 where it is smooth, near 0 or below for noise."""
    centred = kernel - kernel.mean()
    pairs = (centred[1:] * centred[:-1]).mean() + (centred[:, 1:] * centred[:, :-1]).mean()
    return float(pairs / 2 / (centred**2).mean())


def sidedness(kernel: NDArray[np.float64]) -> float:
    """Return how alike a kernel is to a slope in the direction that fits it best."""
    rows, columns = np.indices(kernel.shape) - (len(kernel) - 1) / 2
    return max(abs(alike(kernel, np.cos(angle) * columns + np.sin(angle) * rows)) for angle in np.linspace(0, np.pi, 36))


def test_noise_becomes_edges() -> None:
    """of eight filters most are unlike their beginning; they are smooth now, and most of them a slope"""
    before, after, exciting = (cells(image, 3).reshape(8, 3, 3) for image in images("learning", "train_the_filters"))
    assert sum(abs(alike(one, other)) < 0.5 for one, other in zip(before, after, strict=True)) >= 7
    assert np.mean([neighbours_alike(kernel) for kernel in before]) < 0
    assert np.mean([neighbours_alike(kernel) for kernel in after]) > 0.2
    assert sum(sidedness(kernel) > 0.6 for kernel in after) >= 7
    assert sum(sidedness(kernel) > 0.6 for kernel in before) <= 3
    assert np.mean([alike(kernel, patch) for kernel, patch in zip(after, exciting, strict=True)]) > 0.7


def test_the_loss_falls_steeply_and_then_slower() -> None:
    """the first bars become lower, each than the one before, and by more than all the later ones together"""
    (bars,) = images("learning", "train_the_loss")
    heights = bars[:, ::5].sum(axis=0)
    assert (np.diff(heights[:5]) < 0).all()
    assert heights[0] - heights[4] > 3 * (heights[4] - heights[-1])


def test_the_recorded_training_learns() -> None:
    """steps rise, the loss falls to a fortieth, nearly all digits are read, and noise becomes smooth filters unlike it"""
    with np.load(DATA / "training.npz") as file:
        run = {name: file[name].astype(np.float64) for name in file.files}
    assert sorted(run) == ["accuracy", "filters", "loss", "steps"]
    assert {len(part) for part in run.values()} == {72}
    assert run["steps"][0] == 0
    assert (np.diff(run["steps"]) > 0).all()
    assert run["loss"][0] == pytest.approx(np.log(10), abs=0.02)
    assert run["loss"][-1] < run["loss"][0] / 40
    assert run["accuracy"][0] < 0.2
    assert run["accuracy"][-1] > 0.97
    first, last = run["filters"][[0, -1]]
    assert max(abs(neighbours_alike(kernel)) for kernel in first) < 0.3
    assert min(neighbours_alike(kernel) for kernel in last) > 0.7
    assert max(abs(alike(one, other)) for one, other in zip(first, last, strict=True)) < 0.5
    assert (DATA / "training.npz").stat().st_size < 60_000


@pytest.mark.slow
def test_the_training_can_be_recorded_again() -> None:
    """the script records the training that the file holds, to what another machine rounds differently"""
    made = load_module(Path(ROOT, "solutions", "data", "training_run.py"), ROOT).training()
    with np.load(DATA / "training.npz") as kept:
        np.testing.assert_array_equal(made["steps"], kept["steps"])
        np.testing.assert_allclose(made["filters"][:30], kept["filters"][:30], atol=0.02)
        assert abs(made["accuracy"][-1] - kept["accuracy"][-1]) < 0.02


@pytest.mark.parametrize(
    "work",
    sweep(
        [
            "learning/ties_all_maximum_of_four",
            "learning/fourier_in_train",
            "hierarchy/recursive",
            "filters/fourier",
            "pooling/taps",
        ],
        ["pooling/taps"],
    ),
)
def test_right_answers_draw_the_same(work: str, tmp_path: Path) -> None:
    """however it is written and rounded, and whichever of equal numbers wins, right work draws the expected pictures"""
    unit = work.partition("/")[0]
    path = Path(shutil.copy(ROOT / "grader" / "tests" / "corpus" / f"{work}.py", tmp_path / f"{unit}.py"))
    found = show(Target(COURSE, COURSE.unit(unit), path))
    assert {one.name: one.remark() for one in found if not one.right} == {}
