"""What the lessons claim in passing, measured: with the solutions, the data, and the networks that they speak of."""

from __future__ import annotations

import itertools
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.calibrate import placements
from support.places import ROOT

COURSE = load_course(ROOT)
DATA = ROOT / "exercises" / "data"

Array = np.ndarray[Any, Any]


def solution(unit: str) -> ModuleType:
    return load_module(paths.solution_file(COURSE, unit), ROOT)


def lesson(unit: str) -> str:
    """Return a lesson as one line of words."""
    return " ".join(paths.exercise_file(COURSE, unit).read_text(encoding="utf-8").replace("\n#", " ").split())


@pytest.fixture(scope="module")
def digits() -> tuple[Array, Array]:
    """All digits (N, 1, 8, 8) from 0 to 1, and their labels."""
    with np.load(DATA / "digits.npz") as file:
        return file["images"][:, None] / 16.0, file["labels"].astype(int)


@pytest.fixture(scope="module")
def lenet() -> tuple[dict[str, Array], Array]:
    """The trained weights, and which digits were held back."""
    with np.load(DATA / "lenet.npz") as file:
        return {name: file[name].astype(float) for name in file.files if name != "held_back"}, file["held_back"]


def test_a_moved_digit_is_less_alike_than_another_hand(digits: tuple[Array, Array]) -> None:
    """pixels: a row of numbers that is moved by one pixel looks less like itself than like another person's three"""
    images, labels = digits
    flatten, shift = solution("pixels").flatten, solution("pixels").shift
    three, other = images[labels == 3][:2, None]
    moved, by_another = (np.corrcoef(flatten(three)[0], flatten(x)[0])[0, 1] for x in (shift(three, 0, 1), other))
    assert moved < by_another


def test_a_dense_layer_has_the_stated_parameters() -> None:
    """pixels, convolution, classifier: every count of weights that a lesson names"""
    dense, conv = solution("pixels").count_dense_parameters, solution("pixels").count_conv_parameters
    assert dense((3, 1080, 1920), 1) - 1 == 6_220_800
    assert [dense(shape, 1000) for shape in ((1, 28, 28), (3, 224, 224))] == [785_000, 150_529_000]
    layers = conv(1, 6, 5), conv(6, 16, 5), dense((16, 5, 5), 120), dense((120, 1, 1), 84), dense((84, 1, 1), 10)
    assert layers == (156, 2_416, 48_120, 10_164, 850)
    assert round(100 * sum(layers[:2]) / sum(layers)) == 4
    assert round(sum(layers), -3) == 62_000
    assert round(dense((1, 32, 32), 6 * 28 * 28) / 1e6, 1) == 4.8
    assert (conv(1, 8, 3), dense((8, 4, 4), 10)) == (80, 1_290)


def test_unet_reads_more_than_it_answers_for() -> None:
    """padding: 572 pixels through U-Net's layers without padding, down four times and up again, leave 388"""
    size = solution("padding").output_size

    def two_convolutions(side: int) -> int:
        return size(size(side, 3), 3)

    side = 572
    for _ in range(4):
        side = size(two_convolutions(side), 2, stride=2)
    side = two_convolutions(side)
    for _ in range(4):
        side = two_convolutions(2 * side)
    assert side == 388


def test_a_move_stays_in_its_window_every_other_time() -> None:
    """pooling: of a single bright pixel's moves by one, half leave the map pooled by 2 as it was"""
    row = np.zeros((8, 1, 1, 10))
    row[np.arange(8), 0, 0, np.arange(8)] = 1
    pooled = [solution("pooling").maxpool2d(x, (1, 2)) for x in (row, np.roll(row, 1, axis=3))]
    assert (pooled[0] == pooled[1]).all(axis=(1, 2, 3)).mean() == 0.5


def test_a_square_lights_one_number_wherever_it_is() -> None:
    """hierarchy: at every place with a dark pixel around it, the square lights exactly one number of the last map, with a 1"""
    given, chain = load_module(ROOT / "exercises" / "hierarchy.py", ROOT), solution("hierarchy").feature_hierarchy
    places = [(top, left) for top in range(1, 16) for left in range(1, 16)]
    last = chain(np.concatenate([given.rectangle(*place) for place in places]), given.hand_wired())[-1]
    assert ((last != 0).sum(axis=(1, 2, 3)) == 1).all()
    assert (last.max(axis=(1, 2, 3)) == 1).all()
    rows = [int(last[places.index((top, 5))].sum(axis=(0, 2)).argmax()) for top in (1, 5, 9, 13)]
    assert np.diff(rows).tolist() == [1, 1, 1]


def test_lenet_names_most_digits_moved_a_little(digits: tuple[Array, Array], lenet: tuple[dict[str, Array], Array]) -> None:
    """classifier: moved by two of 32 pixels nearly all digits keep their names, moved by twelve hardly any does"""
    params, held_back = lenet
    images, labels = digits[0][held_back].repeat(4, axis=2).repeat(4, axis=3), digits[1][held_back]
    right = {}
    for steps in (2, 12):
        moved = np.zeros_like(images)
        moved[..., steps:] = images[..., :-steps]
        right[steps] = (solution("classifier").lenet(moved, params).argmax(axis=1) == labels).mean()
    assert right[2] > 0.95
    assert right[12] < 0.2


def test_strong_filters_stay_what_they_were(digits: tuple[Array, Array]) -> None:
    """learning: as the lesson begins, each filter is like its beginning; begun ten times weaker, most end unlike theirs"""
    given, train = load_module(ROOT / "exercises" / "learning.py", ROOT), solution("learning").train
    images, labels = digits
    shown = np.random.default_rng(0).permutation(len(images))[360:]
    alike = {}
    for strength in (1.0, 0.1):
        start = given.begin(8, 1)
        start["conv_w"] *= strength
        trained, _ = train(images[shown], labels[shown], start, 8, 0.3, 16, 3)
        pairs = zip(start["conv_w"], trained["conv_w"], strict=True)
        alike[strength] = np.array([np.corrcoef(before.ravel(), after.ravel())[0, 1] for before, after in pairs])
        assert np.ptp(trained["conv_w"]) > np.ptp(start["conv_w"])
    assert (alike[1.0] > 0.7).all()
    assert (alike[0.1] < 0.5).sum() > 4


def test_the_recorded_training_forgets_its_noise() -> None:
    """learning: the page's filters end unlike their beginning, and most of their form is there after one epoch"""
    with np.load(DATA / "training.npz") as file:
        steps, filters = file["steps"], file["filters"].astype(float).reshape(len(file["steps"]), 8, -1)
    after_one = int(np.searchsorted(steps, 90))

    def alike(one: Array, other: Array) -> Array:
        return np.array([np.corrcoef(x, y)[0, 1] for x, y in zip(one, other, strict=True)])

    assert filters.shape[2] == 49
    assert (np.abs(alike(filters[0], filters[-1])) < 0.5).all()
    assert np.median(alike(filters[after_one], filters[-1])) > 0.7


TIMES = {
    "padding": {
        "that is as fast as a compiled reference": ("pad2d_slice", 1),
        "`np.pad` channel by channel takes 5 times": ("pad2d_image_by_image", 5),
        "a Python loop over the pixels 400 times": ("pad2d_number_by_number", 400),
    },
    "convolution": {
        "| all windows cut out, one matrix product | 1 |": ("conv2d_im2col", 1),
        "| loop over the taps, matrix product over channels | 1 |": ("conv2d_taps_matmul", 1),
        "| all windows cut out, plain `np.einsum` | 10 |": ("conv2d_einsum", 10),
        "| loop over output pixels, matrix product for each | 12 |": ("conv2d_place_by_place", 12),
        "| loop over filters, channels and taps | 15 |": ("conv2d_channel_by_channel", 15),
        "| loop over images, filters and output pixels | 280 |": ("conv2d_number_by_number", 280),
        "| seven loops | 2,200 |": ("conv2d_seven_loops", 2_200),
    },
    "pooling": {
        "| loop over the places of a window | 3 |": ("maxpool2d_taps", 3),
        "| all windows cut out (`sliding_window_view`), `max` | 11 |": ("maxpool2d_windows", 11),
        "| loop over the places of the map, all else in NumPy | 95 |": ("maxpool2d_place_by_place", 95),
        "| loop over every window | 340 |": ("maxpool2d_window_by_window", 340),
    },
    "learning": {
        "| all windows at once in `np.tensordot`, winners by `argmax` | 1.3 |": ("train_tensordot", 1.3),
        "| loops over the places of kernel and window, matrix products | 3 |": ("train_taps", 3),
        "| a Python loop over the windows of the pooling, all else in NumPy | 18 |": ("train_winner_by_winner", 18),
        "| Python loops over all windows, NumPy inside | 26 |": ("train_window_by_window", 26),
        "| seven loops | 300 |": ("train_number_by_number", 300),
    },
}


def timed_rows(unit: str) -> list[str]:
    """Return the rows of a lesson's table of times, each as one line of words."""
    lines = [" ".join(line.split()) for line in paths.exercise_file(COURSE, unit).read_text(encoding="utf-8").splitlines()]
    heads = [number for number, line in enumerate(lines) if line.endswith("times the reference |")]
    return [line[2:] for head in heads for line in itertools.takewhile(lambda line: line.startswith("# |"), lines[head + 2 :])]


@pytest.mark.parametrize("unit", TIMES)
def test_times_in_a_lesson_are_known(unit: str) -> None:
    """each way that is timed in a lesson has its variant, by which the next test measures it"""
    assert [words for words in TIMES[unit] if words not in lesson(unit)] == []
    assert [row for row in timed_rows(unit) if row not in TIMES[unit]] == []
    assert bool(timed_rows(unit)) == (unit != "padding")


@pytest.mark.slow
@pytest.mark.parametrize("unit", TIMES)
def test_times_in_a_lesson_are_those_of_the_variants(unit: str) -> None:
    """measured here, each way to write a function takes what the lesson says, within a factor of 2"""
    found = {
        entry.variant.name: entry.ratio
        for placement in placements(COURSE, COURSE.unit(unit), lambda variant: None)
        for entry in placement.measured
    }
    assert {name: (found[name], told) for name, told in TIMES[unit].values() if not told / 2 < found[name] < told * 2} == {}
