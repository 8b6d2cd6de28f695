"""Convolution: what one filter does at one place, then everywhere, then with channels, filters, stride and padding."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


def some(rng, x_shape, w_shape):
    """Return random images, filters and one bias per filter."""
    return rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


def largest_sum(reference, x, w, b=None, **options):
    """Return the largest sum of absolute products: rounding errors are measured by it."""
    return reference.conv2d(np.abs(x), np.abs(w), None if b is None else np.abs(b), **options).max()


@gate
@points(0.5)
def test_correlate2d_first_patch(student, rng):
    """a 2x2 kernel on a 3x3 image gives four dot products"""
    image = rng.permutation(np.arange(1.0, 10.0)).reshape(3, 3)
    kernel = np.array([[1.0, 10.0], [100.0, 1000.0]])
    # Each sum shows the four numbers of its patch as digits.
    expected = image[:2, :2] + 10 * image[:2, 1:] + 100 * image[1:, :2] + 1000 * image[1:, 1:]
    assert_close(student.correlate2d(image, kernel), expected)


@points(1)
def test_correlate2d_every_place(student, reference, rng):
    """the kernel visits every place where it fits, in rows and in columns"""
    image, kernel = rng.normal(size=(7, 10)), rng.normal(size=(3, 4))
    scale = reference.correlate2d(np.abs(image), np.abs(kernel)).max()
    assert_close(student.correlate2d(image, kernel), reference.correlate2d(image, kernel), scale=scale)


@points(0.5)
def test_correlate2d_as_it_stands(student, rng):
    """a kernel with a single 1 in its upper right corner copies the image from there: it is not flipped"""
    image = rng.normal(size=(5, 7))
    kernel = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    assert_close(student.correlate2d(image, kernel), image[:4, 2:])


@points(0.5)
def test_correlate2d_on_a_digit(student, reference, rng, digits, filters):
    """blur, sharpen, emboss and edges of a handwritten digit"""
    digit = np.ascontiguousarray(rng.choice(digits)[0])
    for kernel in filters[:, 0]:
        scale = reference.correlate2d(digit, np.abs(kernel)).max()
        assert_close(student.correlate2d(digit, kernel), reference.correlate2d(digit, kernel), scale=scale)


@gate
@points(0.5)
def test_conv2d_one_filter(student, reference, rng, forgive_axes):
    """one filter of 3x3 on one image of one channel is correlate2d with two more axes"""
    x = rng.permutation(np.arange(25.0)).reshape(1, 1, 5, 5)
    w = np.array([[[[1.0, 0.0, 2.0], [0.5, -1.0, 3.0], [0.0, -4.0, -2.5]]]])
    expected = reference.conv2d(x, w)
    assert_close(forgive_axes(student.conv2d(x, w), expected), expected)


@points(1)
def test_conv2d_every_channel(student, reference, rng):
    """each filter sums over all input channels, and each filter makes a map of its own"""
    x, w, _ = some(rng, (2, 3, 7, 10), (5, 3, 3, 4))
    assert_close(student.conv2d(x, w), reference.conv2d(x, w), scale=largest_sum(reference, x, w))


@points(0.5)
def test_conv2d_bias(student, reference, rng):
    """each filter adds its own bias, once to each number of its map"""
    x, w, b = some(rng, (3, 2, 5, 6), (4, 2, 2, 3))
    assert_close(student.conv2d(x, w, b), reference.conv2d(x, w, b), scale=largest_sum(reference, x, w, b))


@points(0.5)
def test_conv2d_stride(student, reference, rng):
    """a stride of 2 takes every other place, and an incomplete last step is left out"""
    x, w, b = some(rng, (2, 4, 6, 7), (2, 4, 2, 2))
    expected = reference.conv2d(x, w, b, stride=2)
    assert_close(student.conv2d(x, w, b, stride=2), expected, scale=largest_sum(reference, x, w, b, stride=2))


@points(0.5)
def test_conv2d_padding(student, reference, rng):
    """padding puts rings of zeros around each image, on all four sides"""
    x, w, b = some(rng, (2, 2, 5, 6), (3, 2, 3, 2))
    expected = reference.conv2d(x, w, b, padding=2)
    assert_close(student.conv2d(x, w, b, padding=2), expected, scale=largest_sum(reference, x, w, b, padding=2))


@points(1)
def test_conv2d_all_together(student, reference, rng):
    """images, channels, filters, bias, stride and padding at once, none of them of the same size"""
    x, w, b = some(rng, (2, 3, 7, 10), (5, 3, 3, 4))
    expected = reference.conv2d(x, w, b, 2, 1)
    assert_close(student.conv2d(x, w, b, 2, 1), expected, scale=largest_sum(reference, x, w, b, stride=2, padding=1))


@points(0.25)
def test_conv2d_bytes(student, reference, rng):
    """images as they come from a file (uint8) give feature maps with fractions and signs"""
    x = rng.integers(0, 256, size=(2, 3, 8, 9), dtype=np.uint8)
    w, b = rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
    expected = reference.conv2d(x, w, b, stride=3, padding=1)
    scale = largest_sum(reference, x, w, b, stride=3, padding=1)
    assert_close(student.conv2d(x, w, b, stride=3, padding=1), expected, scale=scale)


@points(0.5)
def test_conv2d_photograph(student, reference, rng, photographs, filters):
    """blur, sharpen, emboss and edges of a colour photograph, all channels together"""
    photograph = next(iter(photographs.values()))
    top, left = rng.integers(photograph.shape[2] - 12), rng.integers(photograph.shape[3] - 17)
    x = np.ascontiguousarray(photograph[:, :, top : top + 12, left : left + 17])
    w = np.repeat(filters / 3, 3, axis=1)
    expected = reference.conv2d(x, w, padding=1)
    assert_close(student.conv2d(x, w, padding=1), expected, scale=largest_sum(reference, x, w, padding=1))


@points(0.5)
def test_conv2d_impossible_steps(student, rng):
    """stride 0 and negative padding raise ValueError"""
    x, w, b = some(rng, (2, 3, 6, 7), (4, 3, 2, 3))
    assert_raises(ValueError, student.conv2d, x, w, b, stride=0)
    assert_raises(ValueError, student.conv2d, x, w, b, padding=-1)


@points(4)
def test_conv2d_within_its_budget(budget):
    """two images of four channels and 40x40 pixels, eight filters of 5x5"""

    def images_and_filters(rng, N, C, H, W, K, kh, kw):
        return rng.normal(size=(N, C, H + kh - 1, W + kw - 1)), rng.normal(size=(K, C, kh, kw))

    sizes = {"N": 1, "C": 1, "H": 2, "W": 2, "K": 1, "kh": 2, "kw": 1}
    budget("conv2d", lambda rng: images_and_filters(rng, 2, 4, 36, 36, 8, 5, 5), images_and_filters, **sizes)


def assert_correlated(student, reference, image, kernel):
    """Compare one call, measuring rounding errors by the largest sum of absolute products."""
    scale = reference.correlate2d(np.abs(image.astype(float)), np.abs(kernel.astype(float))).max()
    assert_close(student.correlate2d(image, kernel), reference.correlate2d(image, kernel), scale=scale)


@points(0.25)
def test_correlate2d_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """images of bytes and of whole numbers, kernels of whole numbers, float32, read-only arrays; NaN shows where it is seen"""
    (pixels, whole, single, fixed), kernel = kinds_of_numbers(5, 8), rng.normal(size=(3, 2))
    _, whole_kernel, single_kernel, _ = kinds_of_numbers(3, 2)
    for image, used in ((pixels, kernel), (whole, kernel), (fixed, whole_kernel), (single, single_kernel)):
        assert_correlated(student, reference, image, used)
    # Every patch holds this pixel, so an answer by Fourier transform, which spreads it, is right too.
    image = rng.normal(size=(3, 4))
    image[1, 2] = np.nan
    assert_close(student.correlate2d(image, rng.normal(size=(2, 3))), np.full((2, 2), np.nan))


@points(0.25)
def test_correlate2d_narrow_kernels(student, reference, rng):
    """kernels of one number, of one row and of one column"""
    image = rng.normal(size=(6, 5))
    for shape in [(1, 1), (1, 3), (4, 1)]:
        assert_correlated(student, reference, image, rng.normal(size=shape))


@points(0.25)
def test_correlate2d_of_what_cannot_be(student, rng):
    """a kernel taller or wider than the image raises ValueError"""
    image = rng.normal(size=(5, 4))
    assert_raises(ValueError, student.correlate2d, image, rng.normal(size=(6, 3)))
    assert_raises(ValueError, student.correlate2d, image, rng.normal(size=(3, 5)))


def assert_convolved(student, reference, x, w, b, **options):
    """Compare one call, measuring rounding errors by the largest sum of absolute products."""
    scale = largest_sum(reference, x.astype(float), w.astype(float), b.astype(float), **options)
    assert_close(student.conv2d(x, w, b, **options), reference.conv2d(x, w, b, **options), scale=scale)


@points(0.25)
def test_conv2d_whole_numbers(student, reference, rng, kinds_of_numbers):
    """images of whole numbers, or filters and biases of whole numbers, give fractions and signs all the same"""
    _, w, b = some(rng, (2, 3, 5, 6), (4, 3, 2, 3))
    _, whole, _, fixed = kinds_of_numbers(2, 3, 5, 6)
    assert_convolved(student, reference, whole, w, b, padding=1)
    assert_convolved(student, reference, fixed, kinds_of_numbers(4, 3, 2, 3)[1], kinds_of_numbers(4)[1], padding=1)


@points(0.25)
def test_conv2d_of_float32(student, reference, rng):
    """float32 images, filters and biases are convolved to the accuracy of float32"""
    x, w, b = (array.astype(np.float32) for array in some(rng, (3, 2, 7, 5), (4, 2, 2, 3)))
    assert_convolved(student, reference, x, w, b, padding=1)


@points(0.25)
def test_conv2d_carries_nan(student, reference, rng):
    """NaN, and infinities that cancel, show in every window that holds them, and in no other image"""
    x, w = rng.normal(size=(3, 2, 3, 4)), 0.5 + rng.random(size=(4, 2, 2, 3))
    # Every window holds these pixels, so an answer by Fourier transform, which spreads them, is right too.
    x[0, 1, 1, 1] = np.nan
    x[2, 0, 1, 1], x[2, 0, 1, 2] = np.inf, -np.inf
    assert_close(student.conv2d(x, w), reference.conv2d(x, w), scale=reference.conv2d(np.abs(x[1:2]), w).max())


@points(0.25)
def test_conv2d_of_one_each(student, reference, rng):
    """one image, one channel, one filter: all four axes stay"""
    assert_convolved(student, reference, *some(rng, (1, 1, 4, 6), (1, 1, 3, 2)))


@points(0.25)
def test_conv2d_narrow_kernels(student, reference, rng):
    """kernels of one row and of one column"""
    assert_convolved(student, reference, *some(rng, (2, 3, 5, 6), (4, 3, 1, 3)))
    assert_convolved(student, reference, *some(rng, (2, 3, 6, 5), (4, 3, 3, 1)))


@points(0.25)
def test_conv2d_of_what_does_not_fit(student, rng):
    """a kernel larger than the padded image, filters for other channels and a bias of another length raise ValueError"""
    x, w, b = some(rng, (2, 3, 4, 5), (4, 3, 2, 3))
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 3, 7, 3)), b, padding=1)
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 3, 2, 8)), b, padding=1)
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 2, 2, 3)), b)
    assert_raises(ValueError, student.conv2d, x, w, b[:2])
