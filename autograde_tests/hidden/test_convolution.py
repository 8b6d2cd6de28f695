"""Convolution at its edges: equal and single sizes, the largest and the smallest kernel, what it preserves, what it refuses."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


def some(rng, x_shape, w_shape):
    """Return random images, filters and one bias per filter."""
    return rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


def assert_right(student, reference, x, w, b, **options):
    """Compare one call, measuring rounding errors by the largest sum of absolute products."""
    scale = reference.conv2d(np.abs(x), np.abs(w), np.abs(b), **options).max()
    assert_close(student.conv2d(x, w, b, **options), reference.conv2d(x, w, b, **options), scale=scale)


@points(0.25)
def test_correlate2d_other_numbers(student, reference, rng):
    """a uint8 image and a float32 image are correlated as exactly as their numbers allow"""
    kernel = rng.normal(size=(3, 2))
    image = rng.integers(0, 256, size=(5, 8), dtype=np.uint8)
    scale = reference.correlate2d(image, np.abs(kernel)).max()
    assert_close(student.correlate2d(image, kernel), reference.correlate2d(image, kernel), scale=scale)
    image, kernel = rng.normal(size=(8, 5)).astype(np.float32), kernel.astype(np.float32)
    scale = reference.correlate2d(np.abs(image), np.abs(kernel)).max()
    assert_close(student.correlate2d(image, kernel), reference.correlate2d(image, kernel), scale=scale)


@points(0.25)
def test_correlate2d_extreme_kernels(student, reference, rng):
    """kernels of one number, one row, one column and of the whole image"""
    image = rng.normal(size=(4, 6))
    for shape in [(1, 1), (1, 5), (3, 1), (4, 6)]:
        kernel = rng.normal(size=shape)
        scale = reference.correlate2d(np.abs(image), np.abs(kernel)).max()
        assert_close(student.correlate2d(image, kernel), reference.correlate2d(image, kernel), scale=scale)


@points(0.25)
def test_correlate2d_too_large(student, rng):
    """a kernel taller or wider than the image raises ValueError"""
    image = rng.normal(size=(4, 6))
    assert_raises(ValueError, student.correlate2d, image, rng.normal(size=(5, 2)))
    assert_raises(ValueError, student.correlate2d, image, rng.normal(size=(2, 7)))


@points(0.5)
def test_conv2d_equal_sizes(student, reference, rng):
    """equal numbers of images, channels and filters, and still no two axes are mixed up"""
    assert_right(student, reference, *some(rng, (3, 3, 6, 8), (3, 3, 3, 3)), padding=1)


@points(0.25)
def test_conv2d_single_sizes(student, reference, rng):
    """one image, one channel, one filter, one place: all four axes stay"""
    assert_right(student, reference, *some(rng, (1, 1, 4, 5), (1, 1, 2, 3)))
    assert_right(student, reference, *some(rng, (1, 3, 4, 5), (1, 3, 3, 4)), stride=3)


@points(0.5)
def test_conv2d_one_pixel_kernel(student, reference, rng):
    """a 1x1 kernel mixes the channels of each pixel and leaves its neighbours alone"""
    assert_right(student, reference, *some(rng, (2, 4, 3, 5), (6, 4, 1, 1)))
    assert_right(student, reference, *some(rng, (2, 4, 6, 5), (3, 4, 1, 1)), stride=2)


@points(0.5)
def test_conv2d_whole_image_kernel(student, reference, rng):
    """a kernel may be larger than the image and as large as the padded one"""
    assert_right(student, reference, *some(rng, (3, 2, 4, 5), (5, 2, 4, 5)))
    assert_right(student, reference, *some(rng, (3, 2, 4, 3), (4, 2, 6, 5)), padding=1)


@points(0.25)
def test_conv2d_row_and_column_kernels(student, reference, rng):
    """kernels of one row and of one column, fewer filters than channels"""
    assert_right(student, reference, *some(rng, (2, 5, 6, 8), (3, 5, 1, 4)), stride=2)
    assert_right(student, reference, *some(rng, (2, 5, 8, 6), (3, 5, 4, 1)), padding=1)


@points(0.5)
def test_conv2d_stride_beyond_kernel(student, reference, rng):
    """a stride larger than the kernel leaves pixels out between the windows"""
    assert_right(student, reference, *some(rng, (2, 3, 11, 14), (4, 3, 2, 3)), stride=4, padding=2)


@points(0.5)
def test_conv2d_linear(student, reference, rng):
    """without a bias the feature map is linear in the image and in the filter"""
    x, other_x = rng.normal(size=(2, 2, 3, 5, 7))
    w, other_w = rng.normal(size=(2, 4, 3, 2, 3))
    scale = reference.conv2d(2 * np.abs(x) + 3 * np.abs(other_x), 2 * np.abs(w) + 3 * np.abs(other_w)).max()
    expected = 2 * reference.conv2d(x, w) - 3 * reference.conv2d(other_x, w)
    assert_close(student.conv2d(2 * x - 3 * other_x, w), expected, scale=scale)
    expected = 2 * reference.conv2d(x, w) - 3 * reference.conv2d(x, other_w)
    assert_close(student.conv2d(x, 2 * w - 3 * other_w), expected, scale=scale)


@points(0.5)
def test_conv2d_shift(student, reference, rng):
    """a pattern one row lower and two columns further right gives the same map, moved as far"""
    x, w, _ = some(rng, (2, 3, 9, 11), (4, 3, 3, 2))
    x[:, :, :3], x[:, :, 6:], x[:, :, :, :3], x[:, :, :, 7:] = 0, 0, 0, 0
    there = np.roll(reference.conv2d(x, w), (1, 2), axis=(2, 3))
    assert_close(student.conv2d(np.roll(x, (1, 2), axis=(2, 3)), w), there, scale=reference.conv2d(np.abs(x), np.abs(w)).max())


@points(0.25)
def test_conv2d_float32(student, reference, rng):
    """float32 images and filters are convolved to the accuracy of float32"""
    x, w, b = (array.astype(np.float32) for array in some(rng, (2, 3, 6, 9), (4, 3, 3, 2)))
    assert_right(student, reference, x, w, b, stride=2, padding=1)


@points(0.25)
def test_conv2d_not_a_number(student, reference, rng):
    """NaN, and infinities that cancel, show in every window that holds them, and in no other image"""
    x, w = rng.normal(size=(3, 2, 4, 5)), 0.5 + rng.random(size=(4, 2, 3, 3))
    # Every window holds the pixels (1, 2) and (2, 2), so an answer by Fourier transform, which spreads them, is right too.
    x[0, 1, 1, 2] = np.nan
    x[2, 0, 1, 2], x[2, 0, 2, 2] = np.inf, -np.inf
    assert_close(student.conv2d(x, w), reference.conv2d(x, w), scale=reference.conv2d(np.abs(x[1:2]), w).max())


@points(0.25)
def test_conv2d_arguments_that_do_not_fit(student, rng):
    """a kernel larger than the padded image, other channels, a bias too short or too long raise ValueError"""
    x, w, b = some(rng, (2, 3, 5, 6), (4, 3, 2, 3))
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 3, 8, 3)), b, padding=1)
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 3, 2, 9)), b, padding=1)
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 2, 2, 3)), b)
    assert_raises(ValueError, student.conv2d, x, rng.normal(size=(4, 5, 2, 3)), b)
    assert_raises(ValueError, student.conv2d, x, w, b[:3])
    assert_raises(ValueError, student.conv2d, x, w, np.append(b, 1.0))
