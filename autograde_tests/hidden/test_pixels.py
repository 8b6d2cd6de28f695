"""What only the instructor sees of the unit `pixels`."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


@points(0.5)
def test_flatten_of_other_numbers(student, reference, rng):
    """bytes, float32, whole numbers below 0, a single pixel, read-only images"""
    read_only = rng.normal(size=(2, 1, 3, 2))
    read_only.flags.writeable = False
    for images in (
        rng.integers(0, 256, size=(2, 3, 2, 4), dtype=np.uint8),
        rng.normal(size=(1, 2, 4, 3)).astype(np.float32),
        rng.integers(-9, 9, size=(3, 1, 2, 2)),
        rng.normal(size=(1, 1, 1, 1)),
        read_only,
    ):
        assert_close(student.flatten(images), reference.flatten(images))


@points(0.5)
def test_to_grayscale_of_other_numbers(student, reference, rng):
    """float32, numbers below 0, NaN in one pixel; grey and four-channel images raise ValueError"""
    images = rng.normal(size=(2, 3, 4, 5))
    images[1, 2, 3, 0] = np.nan
    for given in (images, images.astype(np.float32), rng.integers(-50, 50, size=(1, 3, 2, 6))):
        assert_close(student.to_grayscale(given), reference.to_grayscale(given), scale=np.nanmax(np.abs(given.astype(float))))
    assert_raises(ValueError, student.to_grayscale, rng.normal(size=(2, 1, 4, 5)))
    assert_raises(ValueError, student.to_grayscale, rng.normal(size=(2, 4, 4, 5)))


@points(0.25)
def test_count_dense_parameters_of_what_cannot_be(student):
    """no unit, no channel or an image without rows raise ValueError"""
    for shape, units in [((1, 28, 28), 0), ((0, 28, 28), 3), ((1, 0, 28), 3), ((1, 28, -1), 3)]:
        assert_raises(ValueError, student.count_dense_parameters, shape, units)


@points(0.25)
def test_count_conv_parameters_of_what_cannot_be(student):
    """no channel, no filter or a kernel without rows raise ValueError"""
    for arguments in [(0, 6, 5), (1, 0, 5), (1, 6, 0), (1, 6, (0, 3)), (1, 6, (3, -1))]:
        assert_raises(ValueError, student.count_conv_parameters, *arguments)


@points(0.5)
def test_shift_beyond_the_image(student, reference, rng):
    """a move by the image's size or more leaves nothing; by one less, a single row or column"""
    images = rng.normal(size=(2, 1, 4, 6))
    for dy, dx in [(4, 0), (-4, 0), (0, 6), (0, -6), (9, -8), (3, 0), (-3, 5), (0, -5)]:
        assert_close(student.shift(images, dy, dx), reference.shift(images, dy, dx))


@points(0.5)
def test_shift_of_other_numbers(student, reference, rng):
    """bytes, float32, read-only images; three axes raise ValueError"""
    pixels = rng.integers(0, 256, size=(1, 3, 4, 5), dtype=np.uint8)
    pixels.flags.writeable = False
    for images in (pixels, rng.normal(size=(3, 2, 2, 4)).astype(np.float32)):
        assert_close(student.shift(images, 1, -1), reference.shift(images, 1, -1))
    assert_raises(ValueError, student.shift, rng.normal(size=(4, 5, 6)), 1, 1)
