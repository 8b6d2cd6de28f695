"""Padding: kinds of numbers, single rows and columns, and impossible arguments."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


@points(0.25)
def test_pad2d_kinds_of_numbers(student, reference, rng):
    """uint8 and float32 pictures keep every number, NaN and infinity too"""
    photo = rng.integers(0, 256, size=(1, 3, 2, 4), dtype=np.uint8)
    assert_close(student.pad2d(photo, 1, 0.5), reference.pad2d(photo, 1, 0.5))
    x = rng.normal(size=(2, 1, 3, 5)).astype(np.float32)
    x[0, 0, 1, 1], x[1, 0, 2, 3] = np.nan, np.inf
    x.flags.writeable = False
    assert_close(student.pad2d(x, 2), reference.pad2d(x, 2))


@points(0.25)
def test_pad2d_edges_of_the_arguments(student, reference, rng):
    """no padding at all, on one axis only, wider than the picture; negative padding raises ValueError"""
    x = rng.normal(size=(1, 2, 1, 3))
    for padding in (0, (2, 0), (0, 4), (3, 1)):
        assert_close(student.pad2d(x, padding), reference.pad2d(x, padding))
    assert_raises(ValueError, student.pad2d, x, -1)
    assert_raises(ValueError, student.pad2d, x, (1, -2))


@points(0.5)
def test_output_size_on_every_small_case(student, reference):
    """all sizes up to 7 with all kernels, strides and paddings that fit"""
    for size in range(1, 8):
        for kernel, stride, padding in ((1, 1, 0), (2, 2, 1), (3, 1, 1), (3, 2, 2), (5, 3, 2)):
            if kernel <= size + 2 * padding:
                answer = student.output_size(size, kernel, stride, padding)
                assert_close(answer, reference.output_size(size, kernel, stride, padding))


@points(0.25)
def test_same_padding_of_other_even_kernels(student):
    """any even kernel, and one below 0, raises ValueError"""
    for kernel in (6, 10, -1, -4):
        assert_raises(ValueError, student.same_padding, kernel)
