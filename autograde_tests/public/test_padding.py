"""Padding: a frame around the picture, and the arithmetic of windows."""

import numpy as np

from cnngrade import assert_close, gate, points


@gate
@points(0.5)
def test_pad2d_one_ring(student, rng, assert_all_close):
    """one ring of zeros around a picture of 3x3 and around one of 4x4"""
    pictures = [rng.permutation(np.arange(1.0, side**2 + 1)).reshape(1, 1, side, side) for side in (3, 4)]
    framed = [np.zeros((1, 1, side + 2, side + 2)) for side in (3, 4)]
    for x, frame in zip(pictures, framed, strict=True):
        frame[0, 0, 1:-1, 1:-1] = x[0, 0]
    assert_all_close([(student.pad2d(x, 1), frame) for x, frame in zip(pictures, framed, strict=True)])


@points(0.5)
def test_pad2d_every_picture(student, reference, rng, assert_all_close):
    """every channel of every image gets its frame, and the numbers of images and channels stay the same"""
    pictures = [rng.normal(size=shape) for shape in [(2, 3, 4, 5), (3, 2, 6, 4)]]
    assert_all_close([(student.pad2d(x, 2), reference.pad2d(x, 2)) for x in pictures])


@points(0.5)
def test_pad2d_rows_and_columns(student, reference, rng, assert_all_close):
    """(1, 3) is one row above and below, and three columns left and right; (2, 1) the other way round"""
    pictures = [(rng.normal(size=(3, 2, 5, 4)), (1, 3)), (rng.normal(size=(2, 3, 4, 6)), (2, 1))]
    assert_all_close([(student.pad2d(*picture), reference.pad2d(*picture)) for picture in pictures])


@points(0.25)
def test_pad2d_a_new_array(student, reference, rng):
    """with a padding of 0 nothing changes, and still the answer is an array of its own"""
    x = rng.normal(size=(2, 3, 4, 3))
    assert_close(student.pad2d.fresh(x, 0), reference.pad2d(x, 0))


@points(0.25)
def test_pad2d_value(student, reference, rng, assert_all_close):
    """the frame is made of the given value, which may be a fraction"""
    pictures = [(rng.normal(size=(2, 1, 3, 4)), 1, -2.5), (rng.normal(size=(1, 3, 4, 2)), 1, 7.0)]
    assert_all_close([(student.pad2d(*picture), reference.pad2d(*picture)) for picture in pictures])


@points(1)
def test_pad2d_within_its_budget(budget):
    """an image of 4 channels and 96x96 pixels, a frame of two"""

    def images(rng, N, C, H, W, p):
        return rng.normal(size=(N, C, H, W)), p

    budget("pad2d", lambda rng: images(rng, 1, 4, 96, 96, 2), images, N=1, C=1, H=2, W=2, p=1)


@gate
@points(0.5)
def test_output_size_without_padding(student, rng, assert_all_close):
    """a window of 5 stops at 24 places of 28, and of any other size at 4 fewer than there are"""
    sizes = (28, *rng.integers(30, 1000, size=2).tolist(), int(rng.integers(2000, 4000)))
    assert_all_close([(student.output_size(size, 5), size - 4) for size in sizes])


@points(0.5)
def test_output_size_with_stride_and_padding(student, reference, rng, assert_all_close):
    """a jump that does not fit completely is not made, and padding counts on both sides"""
    drawn, large = (int(rng.integers(20, 1000)), 7, 4, 2), (int(rng.integers(5000, 9000)), 6, 2, 3)
    known = (224, 7, 2, 3), (8, 3, 2, 0), (5, 5, 4, 0), (39, 4, 3, 1), (30, 4, 3, 2), (65, 5, 4, 0), (47, 4, 5, 0)
    ways = [
        ((size, kernel), {"stride": stride, "padding": padding}) for size, kernel, stride, padding in (*known, drawn, large)
    ]
    assert_all_close([(student.output_size(*way, **rest), reference.output_size(*way, **rest)) for way, rest in ways])


@points(0.5)
def test_same_padding_of_odd_kernels(student, reference, rng, assert_all_close):
    """odd kernels keep the size with the padding that reaches from their middle to their edge"""
    kernels = (5, 3, 1, 9, 2 * int(rng.integers(5, 500)) + 1)
    assert_all_close([(student.same_padding(kernel), reference.same_padding(kernel)) for kernel in kernels])


@points(0.5)
def test_output_size_of_what_cannot_be(student, rng, assert_all_raise):
    """a kernel larger than the padded axis, stride 0 and negative padding raise ValueError"""
    size, other = rng.integers(2000, 4000, size=2).tolist()
    too_large, negative = [(size, size + 3, 1, 1), (size, size + 20)], [(size, 3, 1, -1), (other, 7, 2, -2)]
    assert_all_raise(ValueError, student.output_size, *too_large, (size, 3, 0), *negative)


@points(0.25)
def test_pad2d_of_other_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """bytes, whole numbers, float32, NaN and infinity keep their numbers, and the answer holds floats"""
    holes = rng.normal(size=(2, 1, 3, 4))
    holes[0, 0, 1, 2], holes[1, 0, 0, 3] = np.nan, -np.inf
    pictures = (*kinds_of_numbers(1, 3, 2, 4), *kinds_of_numbers(2, 1, 3, 3)[:2], holes)
    assert_all_close([(student.pad2d(x, 1), reference.pad2d(x, 1)) for x in pictures])


@points(0.25)
def test_pad2d_of_one_row(student, reference, rng, assert_all_close, assert_all_raise):
    """a picture of a single row, framed above and below only; negative padding raises ValueError"""
    x, other = rng.normal(size=(2, 3, 1, 4)), rng.normal(size=(1, 2, 3, 3))
    assert_all_close([(student.pad2d(x, (2, 0)), reference.pad2d(x, (2, 0)))])
    assert_all_raise(ValueError, student.pad2d, (x, -1), (x, (-1, 2)), (other, (1, -2)))


@points(0.25)
def test_same_padding_of_even_kernels(student, rng, assert_all_raise):
    """an even kernel, and one of 0 or less, raises ValueError"""
    half = int(rng.integers(4, 1000))
    assert_all_raise(ValueError, student.same_padding, *((kernel,) for kernel in (2, 6, 2 * half, 0, -3, -5, -2 * half - 1)))
