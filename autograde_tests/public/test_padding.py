"""Padding: a frame around the picture, and the arithmetic of windows."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


@gate
@points(0.5)
def test_pad2d_one_ring(student, rng):
    """one ring of zeros around a picture of 3x3"""
    x = rng.permutation(np.arange(1.0, 10.0)).reshape(1, 1, 3, 3)
    framed = np.zeros((1, 1, 5, 5))
    framed[0, 0, 1:4, 1:4] = x[0, 0]
    assert_close(student.pad2d(x, 1), framed)


@points(0.5)
def test_pad2d_every_picture(student, reference, rng):
    """every channel of every image gets its frame, and the numbers of images and channels stay the same"""
    x = rng.normal(size=(2, 3, 4, 5))
    assert_close(student.pad2d(x, 2), reference.pad2d(x, 2))


@points(0.5)
def test_pad2d_rows_and_columns(student, reference, rng):
    """(1, 3) is one row above and below, and three columns left and right"""
    x = rng.normal(size=(3, 2, 5, 4))
    assert_close(student.pad2d(x, (1, 3)), reference.pad2d(x, (1, 3)))


@points(0.25)
def test_pad2d_a_new_array(student, reference, rng):
    """with a padding of 0 nothing changes, and still the answer is an array of its own"""
    x = rng.normal(size=(2, 3, 4, 3))
    assert_close(student.pad2d.fresh(x, 0), reference.pad2d(x, 0))


@points(0.25)
def test_pad2d_value(student, reference, rng):
    """the frame is made of the given value"""
    x = rng.normal(size=(2, 1, 3, 4))
    assert_close(student.pad2d(x, 1, -2.5), reference.pad2d(x, 1, -2.5))


@points(1)
def test_pad2d_within_its_budget(budget):
    """an image of 4 channels and 96x96 pixels, a frame of two"""

    def images(rng, N, C, H, W, p):
        return rng.normal(size=(N, C, H, W)), p

    budget("pad2d", lambda rng: images(rng, 1, 4, 96, 96, 2), images, N=1, C=1, H=2, W=2, p=1)


@gate
@points(0.5)
def test_output_size_without_padding(student, rng):
    """a window of 5 stops at 24 places of 28, and of any other size at 4 fewer than there are"""
    assert_close(student.output_size(28, 5), 24)
    size = int(rng.integers(30, 1000))
    assert_close(student.output_size(size, 5), size - 4)


@points(0.5)
def test_output_size_with_stride_and_padding(student, reference, rng):
    """a jump that does not fit completely is not made, and padding counts on both sides"""
    drawn = (int(rng.integers(20, 1000)), 7, 4, 2)
    for size, kernel, stride, padding in ((224, 7, 2, 3), (8, 3, 2, 0), (9, 4, 3, 1), (10, 4, 3, 2), (5, 5, 4, 0), drawn):
        answer = student.output_size(size, kernel, stride=stride, padding=padding)
        assert_close(answer, reference.output_size(size, kernel, stride=stride, padding=padding))


@points(0.5)
def test_same_padding_of_odd_kernels(student, reference, rng):
    """odd kernels keep the size with the padding that reaches from their middle to their edge"""
    for kernel in (5, 3, 1, 2 * int(rng.integers(5, 500)) + 1):
        assert_close(student.same_padding(kernel), reference.same_padding(kernel))


@points(0.5)
def test_output_size_of_what_cannot_be(student, rng):
    """a kernel larger than the padded axis, stride 0 and negative padding raise ValueError"""
    size = int(rng.integers(4, 1000))
    assert_raises(ValueError, student.output_size, size, size + 3, padding=1)
    assert_raises(ValueError, student.output_size, size, 3, stride=0)
    assert_raises(ValueError, student.output_size, size, 3, padding=-1)


@points(0.25)
def test_pad2d_of_other_numbers(student, reference, rng, kinds_of_numbers):
    """bytes, whole numbers, float32, NaN and infinity keep their numbers, and the frame may be a fraction"""
    holes = rng.normal(size=(2, 1, 3, 4))
    holes[0, 0, 1, 2], holes[1, 0, 0, 3] = np.nan, -np.inf
    for x in (*kinds_of_numbers(1, 3, 2, 4), holes):
        assert_close(student.pad2d(x, 1, 0.5), reference.pad2d(x, 1, 0.5))


@points(0.25)
def test_pad2d_of_one_row(student, reference, rng):
    """a picture of a single row, framed above and below only; negative padding raises ValueError"""
    x = rng.normal(size=(2, 3, 1, 4))
    assert_close(student.pad2d(x, (2, 0)), reference.pad2d(x, (2, 0)))
    assert_raises(ValueError, student.pad2d, x, -1)


@points(0.25)
def test_same_padding_of_even_kernels(student, rng):
    """an even kernel, and one of 0 or less, raises ValueError"""
    for kernel in (2, 2 * int(rng.integers(2, 1000)), 0, -3):
        assert_raises(ValueError, student.same_padding, kernel)
