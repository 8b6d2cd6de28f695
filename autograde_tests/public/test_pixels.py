"""Pixels: images flattened, in grey, and moved, and the parameters of both kinds of layer."""

import numpy as np

from cnngrade import gate, points


def assert_counts(*counts):
    """Compare numbers of parameters, each (actual, expected), exactly."""
    for actual, expected in counts:
        assert isinstance(actual, int | np.integer), f"a number of parameters is an int, not {type(actual).__name__}."
        assert actual == expected, f"there are {expected:,} parameters; you count {actual:,}."


@gate
@points(0.5)
def test_flatten_two_channels(student, rng, assert_all_close):
    """one image of two channels, 2x2 or 3x3: its first channel row by row, then its second"""
    small, large = rng.permutation(8) + 1.5, rng.permutation(18) + 1.5
    assert_all_close(
        [
            (student.flatten(small.reshape(1, 2, 2, 2)), small.reshape(1, 8)),
            (student.flatten(large.reshape(1, 2, 3, 3)), large.reshape(1, 18)),
        ]
    )


@points(0.5)
def test_flatten_a_batch(student, reference, rng, assert_all_close):
    """five images: five rows"""
    batches = [rng.normal(size=shape) for shape in [(5, 3, 4, 2), (2, 1, 3, 4)]]
    assert_all_close([(student.flatten(images), reference.flatten(images)) for images in batches])


@gate
@points(0.5)
def test_to_grayscale_of_pure_colours(student, rng, assert_all_close):
    """red, green, blue and white pixels: green looks brightest"""
    red, green, blue, white = rng.uniform(10, 40, size=4)
    image = np.array([[[[red, 0.0], [0.0, white]], [[0.0, green], [0.0, white]], [[0.0, 0.0], [blue, white]]]])
    grey = np.array([[[[0.299 * red, 0.587 * green], [0.114 * blue, white]]]])
    framed = (*np.pad([image], ((0, 0), (0, 0), (0, 0), (1, 1), (1, 1))), np.pad(grey, ((0, 0), (0, 0), (1, 1), (1, 1))))
    assert_all_close([(student.to_grayscale(colours), expected) for colours, expected in ((image, grey), framed)])


@points(0.25)
def test_to_grayscale_of_photographs(student, reference, rng, photographs, assert_all_close):
    """parts of three photographs, as bytes"""
    top, left = rng.integers(76), rng.integers(117)
    parts = [photographs[name][0, :, top : top + 9, left : left + 11] for name in sorted(photographs)]
    images = (255 * np.stack(parts)).round().astype(np.uint8)
    assert_all_close(
        [
            (student.to_grayscale(given), reference.to_grayscale(given), 255.0)
            for given in (images, np.ascontiguousarray(images[:2, :, :5]))
        ]
    )


@points(0.5)
def test_count_dense_parameters_of_real_images(student, rng):
    """a digit of 28x28 with ten units, a video frame and a photograph with one, small images with some"""
    rows, columns, units = rng.integers(4, 20, size=3).tolist()
    assert_counts(
        (student.count_dense_parameters((1, 28, 28), 10), 7_850),
        (student.count_dense_parameters((3, 1080, 1920), 1), 6_220_801),
        (student.count_dense_parameters((3, 480, 640), 1), 921_601),
        (student.count_dense_parameters((3, rows, columns), units), (3 * rows * columns + 1) * units),
        (student.count_dense_parameters((2, rows + 1, columns + 20), 7), (2 * (rows + 1) * (columns + 20) + 1) * 7),
    )


@points(0.5)
def test_count_conv_parameters_of_real_layers(student, rng):
    """kernels that are not square, LeNet's first two layers, and AlexNet's first"""
    channels, filters, rows = rng.integers(3, 20, size=3).tolist()
    assert_counts(
        (student.count_conv_parameters(channels, filters, (rows, 2)), (channels * rows * 2 + 1) * filters),
        (student.count_conv_parameters(filters, channels, (2, rows)), (filters * rows * 2 + 1) * channels),
        (student.count_conv_parameters(5, filters, (3, 7)), (5 * 3 * 7 + 1) * filters),
        (student.count_conv_parameters(1, 6, 5), 156),
        (student.count_conv_parameters(6, 16, 5), 2_416),
        (student.count_conv_parameters(3, 96, 11), 34_944),
    )


@points(0.25)
def test_count_conv_parameters_without_bias(student, rng):
    """without biases only the weights are left"""
    channels, filters, kernel = rng.integers(2, 20, size=3).tolist()
    assert_counts(
        (student.count_conv_parameters(3, 64, 7, bias=False), 9_408),
        (student.count_conv_parameters(channels, filters, kernel, bias=False), channels * filters * kernel**2),
        (student.count_conv_parameters(filters, 40, kernel, bias=False), filters * 40 * kernel**2),
        (student.count_conv_parameters(6, 16, 5, bias=False), 2_400),
    )


DIRECTIONS = [(1, 0), (-2, 0), (0, -3), (2, 3), (-1, 4), (0, 0)]


@gate
@points(0.5)
def test_shift_down_and_right(student, rng, assert_all_close):
    """one row down and two columns to the right: zeros come in above and on the left, the rest is lost"""
    images = [rng.permutation(np.arange(1.0, side**2 + 1)).reshape(1, 1, side, side) for side in (4, 5)]
    moved = [np.zeros(image.shape) for image in images]
    for image, place in zip(images, moved, strict=True):
        place[..., 1:, 2:] = image[..., :-1, :-2]
    assert_all_close([(student.shift(image, 1, 2), expected) for image, expected in zip(images, moved, strict=True)])


@points(0.5)
def test_shift_in_every_direction(student, reference, rng, assert_all_close):
    """down, up, left, right and diagonally, a batch of colour images; by 0 nothing moves"""
    batches = [(rng.normal(size=shape), dy, dx) for shape in [(2, 3, 5, 7), (3, 1, 6, 5)] for dy, dx in DIRECTIONS]
    assert_all_close([(student.shift(*batch), reference.shift(*batch)) for batch in batches])


@points(0.25)
def test_flatten_of_what_cannot_be(student, rng, assert_all_raise):
    """a single image without the batch axis raises ValueError"""
    assert_all_raise(ValueError, student.flatten, (rng.normal(size=(3, 4, 5)),), (rng.normal(size=(2, 3, 3)),))


@points(0.25)
def test_flatten_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """bytes, whole numbers, float32, read-only images, NaN and a single pixel: the answer holds floats"""
    hole = rng.normal(size=(2, 1, 3, 2))
    hole[1, 0, 2, 0] = np.nan
    batches = (*kinds_of_numbers(2, 3, 2, 4), *kinds_of_numbers(1, 2, 3, 3)[:2], hole, np.full((1, 1, 1, 1), 7))
    assert_all_close([(student.flatten(images), reference.flatten(images)) for images in batches])


@points(0.25)
def test_to_grayscale_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """whole numbers, float32 and read-only images give fractions; NaN in one pixel stays in this pixel"""
    hole = rng.normal(size=(2, 3, 4, 5))
    hole[0, 1, 2, 3] = np.nan
    batches = (*kinds_of_numbers(1, 3, 4, 2), *kinds_of_numbers(2, 3, 3, 3)[:2], hole)
    assert_all_close(
        [
            (student.to_grayscale(images), reference.to_grayscale(images), np.nanmax(np.abs(images.astype(float))))
            for images in batches
        ]
    )


@points(0.25)
def test_to_grayscale_of_what_cannot_be(student, rng, assert_all_raise):
    """images of one channel or of four raise ValueError"""
    images = [(rng.normal(size=shape),) for shape in [(2, 1, 4, 5), (2, 4, 4, 5)]]
    assert_all_raise(ValueError, student.to_grayscale, *images)


@points(0.25)
def test_count_dense_parameters_of_what_cannot_be(student, rng, assert_all_raise):
    """no unit, no channel, an image without rows, and numbers below 0 raise ValueError"""
    rows, columns, units = rng.integers(2, 50, size=3).tolist()
    none = [(shape, units) for shape in [(0, rows, columns), (1, 0, columns), (1, rows, -1), (-1, 50, columns), (7, -30, 70)]]
    assert_all_raise(ValueError, student.count_dense_parameters, ((1, rows, columns), 0), *none)


@points(0.25)
def test_count_conv_parameters_of_what_cannot_be(student, rng, assert_all_raise):
    """no channel, no filter, a kernel without rows, and numbers below 0 raise ValueError"""
    channels, filters, size = rng.integers(2, 50, size=3).tolist()
    none = [(channels, filters, kernel) for kernel in (0, (0, size), (size, -1), (-2, 60))] + [(-3, 50, size)]
    assert_all_raise(ValueError, student.count_conv_parameters, (0, filters, size), (channels, 0, size), *none)


@points(0.25)
def test_shift_kinds_of_numbers(student, reference, kinds_of_numbers, assert_all_close):
    """bytes, whole numbers, float32 and read-only images move alike: the answer holds floats"""
    batches = (*kinds_of_numbers(1, 1, 4, 5), *kinds_of_numbers(2, 1, 3, 4)[:2])
    assert_all_close([(student.shift(images, 1, -1), reference.shift(images, 1, -1)) for images in batches])


@points(0.25)
def test_shift_of_what_cannot_be(student, rng, assert_all_raise):
    """a single image without the batch axis raises ValueError"""
    assert_all_raise(ValueError, student.shift, (rng.normal(size=(4, 5, 6)), 1, 1), (rng.normal(size=(3, 5, 4)), 1, 1))
