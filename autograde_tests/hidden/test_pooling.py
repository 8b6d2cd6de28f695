"""Pooling: other kinds of numbers, single rows and columns, NaN, and impossible arguments."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


@points(0.25)
def test_maxpool2d_kinds_of_numbers(student, reference, rng):
    """uint8 and float32 images; NaN and infinity show in their windows; nothing is written into the image"""
    photo = rng.integers(0, 256, size=(2, 3, 5, 6), dtype=np.uint8)
    assert_close(student.maxpool2d(photo, 2), reference.maxpool2d(photo, 2))
    x = rng.normal(size=(1, 2, 6, 7)).astype(np.float32)
    x[0, 0, 1, 1], x[0, 1, 4, 5], x[0, 1, 0, 0] = np.nan, np.inf, -np.inf
    x.flags.writeable = False
    assert_close(student.maxpool2d(x, 2, stride=1, padding=1), reference.maxpool2d(x, 2, stride=1, padding=1))


@points(0.5)
def test_maxpool2d_single_rows_and_columns(student, reference, rng):
    """windows of one number, of one row, of one column and of the whole map, given as pairs"""
    x = rng.normal(size=(3, 1, 4, 5))
    for kernel, stride in ((1, None), ((1, 3), 2), ((3, 1), (1, 2)), ((4, 5), None)):
        assert_close(student.maxpool2d(x, kernel, stride), reference.maxpool2d(x, kernel, stride))


@points(0.25)
def test_avgpool2d_kinds_of_numbers(student, reference, rng):
    """the mean of whole numbers has a fraction; float32 keeps its accuracy"""
    photo = rng.integers(0, 256, size=(1, 2, 6, 5), dtype=np.uint8)
    assert_close(student.avgpool2d(photo, 3, 2), reference.avgpool2d(photo, 3, 2))
    x = rng.normal(size=(2, 3, 5, 8)).astype(np.float32)
    scale = reference.avgpool2d(np.abs(x), 3, 1, 1).max()
    assert_close(student.avgpool2d(x, 3, 1, 1), reference.avgpool2d(x, 3, 1, 1), scale=scale)


@points(0.25)
def test_avgpool2d_linear(student, reference, rng):
    """linear in the image; negative padding, stride 0 and padding of more than half the kernel raise ValueError"""
    x, y = rng.normal(size=(2, 1, 2, 6, 7))
    expected = 2 * reference.avgpool2d(x, 2) - reference.avgpool2d(y, 2)
    assert_close(student.avgpool2d(2 * x - y, 2), expected, scale=reference.avgpool2d(2 * np.abs(x) + np.abs(y), 2))
    assert_raises(ValueError, student.avgpool2d, x, 3, padding=-1)
    assert_raises(ValueError, student.avgpool2d, x, 3, stride=0)
    assert_raises(ValueError, student.avgpool2d, x, 3, padding=2)


@points(0.25)
def test_avgpool2d_with_one_axis_padded(student, reference, rng):
    """a frame above and below only, and windows that overlap in one direction only"""
    x = rng.normal(size=(2, 1, 5, 6))
    assert_close(student.avgpool2d(x, (4, 2), (1, 2), (2, 0)), reference.avgpool2d(x, (4, 2), (1, 2), (2, 0)), scale=4.0)


@points(0.25)
def test_global_avgpool2d_kinds_of_numbers(student, reference, rng):
    """maps of one number, uint8 and float32 maps"""
    for x in (
        rng.normal(size=(2, 3, 1, 1)),
        rng.integers(0, 256, size=(1, 2, 3, 5), dtype=np.uint8),
        rng.normal(size=(3, 2, 5, 4)).astype(np.float32),
    ):
        assert_close(student.global_avgpool2d(x), reference.global_avgpool2d(x), scale=np.abs(x).max())


@points(0.5)
def test_global_avgpool2d_same_wherever(student, reference, rng):
    """a pattern moved within its map leaves the mean as it was"""
    x = np.zeros((2, 3, 7, 8))
    x[:, :, 1:4, 2:5] = rng.normal(size=(2, 3, 3, 3))
    moved = np.roll(x, (2, 1), axis=(2, 3))
    assert_close(student.global_avgpool2d(moved), reference.global_avgpool2d(x), scale=np.abs(x).mean(axis=(2, 3)))
