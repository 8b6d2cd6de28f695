"""Pixels: images flattened, in grey, and moved, and the parameters of both kinds of layer."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


def assert_count(actual, expected):
    """Compare a number of parameters, exactly."""
    assert isinstance(actual, int | np.integer), f"a number of parameters is an int, not {type(actual).__name__}."
    assert actual == expected, f"there are {expected:,} parameters; you count {actual:,}."


@gate
@points(0.5)
def test_flatten_two_channels(student, rng):
    """one image of two channels: its first channel row by row, then its second"""
    numbers = rng.permutation(8) + 1.5
    assert_close(student.flatten(numbers.reshape(1, 2, 2, 2)), numbers.reshape(1, 8))


@points(0.5)
def test_flatten_a_batch(student, reference, rng):
    """five images: five rows"""
    images = rng.normal(size=(5, 3, 4, 2))
    assert_close(student.flatten(images), reference.flatten(images))


@gate
@points(0.5)
def test_to_grayscale_of_pure_colours(student, rng):
    """red, green, blue and white pixels: green looks brightest"""
    red, green, blue, white = rng.uniform(1, 4, size=4)
    image = np.array([[[[red, 0.0], [0.0, white]], [[0.0, green], [0.0, white]], [[0.0, 0.0], [blue, white]]]])
    assert_close(student.to_grayscale(image), np.array([[[[0.299 * red, 0.587 * green], [0.114 * blue, white]]]]))


@points(0.25)
def test_to_grayscale_of_photographs(student, reference, rng, photographs):
    """parts of three photographs, as bytes"""
    top, left = rng.integers(76), rng.integers(117)
    parts = [photographs[name][0, :, top : top + 9, left : left + 11] for name in sorted(photographs)]
    images = (255 * np.stack(parts)).round().astype(np.uint8)
    assert_close(student.to_grayscale(images), reference.to_grayscale(images), scale=255.0)


@points(0.5)
def test_count_dense_parameters_of_real_images(student, rng):
    """a digit of 28x28 with ten units, a video frame with one, a small colour image with some"""
    assert_count(student.count_dense_parameters((1, 28, 28), 10), 7_850)
    assert_count(student.count_dense_parameters((3, 1080, 1920), 1), 6_220_801)
    rows, columns, units = rng.integers(4, 20, size=3).tolist()
    assert_count(student.count_dense_parameters((3, rows, columns), units), (3 * rows * columns + 1) * units)


@points(0.5)
def test_count_conv_parameters_of_real_layers(student, rng):
    """kernels that are not square, LeNet's first two layers, and AlexNet's first"""
    channels, filters, rows = rng.integers(3, 20, size=3).tolist()
    assert_count(student.count_conv_parameters(channels, filters, (rows, 2)), (channels * rows * 2 + 1) * filters)
    assert_count(student.count_conv_parameters(1, 6, 5), 156)
    assert_count(student.count_conv_parameters(6, 16, 5), 2_416)
    assert_count(student.count_conv_parameters(3, 96, 11), 34_944)


@points(0.25)
def test_count_conv_parameters_without_bias(student, rng):
    """without biases only the weights are left"""
    assert_count(student.count_conv_parameters(3, 64, 7, bias=False), 9_408)
    channels, filters, kernel = rng.integers(2, 20, size=3).tolist()
    assert_count(student.count_conv_parameters(channels, filters, kernel, bias=False), channels * filters * kernel**2)


@gate
@points(0.5)
def test_shift_down_and_right(student, rng):
    """one row down and two columns to the right: zeros come in above and on the left, the rest is lost"""
    image = rng.permutation(np.arange(1.0, 17.0)).reshape(1, 1, 4, 4)
    moved = np.zeros((1, 1, 4, 4))
    moved[0, 0, 1:, 2:] = image[0, 0, :3, :2]
    assert_close(student.shift(image, 1, 2), moved)


@points(0.5)
def test_shift_in_every_direction(student, reference, rng):
    """down, up, left, right and diagonally, a batch of colour images; by 0 nothing moves"""
    images = rng.normal(size=(2, 3, 5, 7))
    for dy, dx in [(1, 0), (-2, 0), (0, -3), (2, 3), (-1, 4), (0, 0)]:
        assert_close(student.shift(images, dy, dx), reference.shift(images, dy, dx))


@points(0.25)
def test_flatten_of_what_cannot_be(student, rng):
    """a single image without the batch axis raises ValueError"""
    assert_raises(ValueError, student.flatten, rng.normal(size=(3, 4, 5)))


@points(0.25)
def test_flatten_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """bytes, whole numbers, float32, read-only images, NaN and a single pixel: the answer holds floats"""
    hole = rng.normal(size=(2, 1, 3, 2))
    hole[1, 0, 2, 0] = np.nan
    for images in (*kinds_of_numbers(2, 3, 2, 4), hole, np.full((1, 1, 1, 1), 7)):
        assert_close(student.flatten(images), reference.flatten(images))


@points(0.25)
def test_to_grayscale_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """whole numbers, float32 and read-only images give fractions; NaN in one pixel stays in this pixel"""
    hole = rng.normal(size=(2, 3, 4, 5))
    hole[0, 1, 2, 3] = np.nan
    for images in (*kinds_of_numbers(1, 3, 4, 2), hole):
        scale = np.nanmax(np.abs(images.astype(float)))
        assert_close(student.to_grayscale(images), reference.to_grayscale(images), scale=scale)


@points(0.25)
def test_to_grayscale_of_what_cannot_be(student, rng):
    """images of one channel or of four raise ValueError"""
    assert_raises(ValueError, student.to_grayscale, rng.normal(size=(2, 1, 4, 5)))
    assert_raises(ValueError, student.to_grayscale, rng.normal(size=(2, 4, 4, 5)))


@points(0.25)
def test_count_dense_parameters_of_what_cannot_be(student, rng):
    """no unit, no channel or an image without rows raise ValueError"""
    rows, columns, units = rng.integers(2, 50, size=3).tolist()
    assert_raises(ValueError, student.count_dense_parameters, (1, rows, columns), 0)
    for shape in [(0, rows, columns), (1, 0, columns), (1, rows, -1)]:
        assert_raises(ValueError, student.count_dense_parameters, shape, units)


@points(0.25)
def test_count_conv_parameters_of_what_cannot_be(student, rng):
    """no channel, no filter or a kernel without rows raise ValueError"""
    channels, filters, size = rng.integers(2, 50, size=3).tolist()
    assert_raises(ValueError, student.count_conv_parameters, 0, filters, size)
    assert_raises(ValueError, student.count_conv_parameters, channels, 0, size)
    for kernel in (0, (0, size), (size, -1)):
        assert_raises(ValueError, student.count_conv_parameters, channels, filters, kernel)


@points(0.25)
def test_shift_kinds_of_numbers(student, reference, kinds_of_numbers):
    """bytes, whole numbers, float32 and read-only images move alike: the answer holds floats"""
    for images in kinds_of_numbers(1, 1, 4, 5):
        assert_close(student.shift(images, 1, -1), reference.shift(images, 1, -1))


@points(0.25)
def test_shift_of_what_cannot_be(student, rng):
    """a single image without the batch axis raises ValueError"""
    assert_raises(ValueError, student.shift, rng.normal(size=(4, 5, 6)), 1, 1)
