"""What only the instructor sees of the unit `pixels`."""

import numpy as np

from cnngrade import assert_close, points


@points(0.25)
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


@points(0.25)
def test_to_grayscale_of_other_numbers(student, reference, rng):
    """float32, numbers below 0, NaN in one pixel"""
    images = rng.normal(size=(2, 3, 4, 5))
    images[1, 2, 3, 0] = np.nan
    for given in (images, images.astype(np.float32), rng.integers(-50, 50, size=(1, 3, 2, 6))):
        assert_close(student.to_grayscale(given), reference.to_grayscale(given), scale=np.nanmax(np.abs(given.astype(float))))


@points(0.5)
def test_shift_beyond_the_image(student, reference, rng):
    """a move by the image's size or more leaves nothing; by one less, a single row or column; of bytes as well"""
    pixels = rng.integers(0, 256, size=(1, 3, 4, 5), dtype=np.uint8)
    assert_close(student.shift(pixels, 1, -1), reference.shift(pixels, 1, -1))
    images = rng.normal(size=(2, 1, 4, 6))
    for dy, dx in [(4, 0), (-4, 0), (0, 6), (0, -6), (9, -8), (3, 0), (-3, 5), (0, -5)]:
        assert_close(student.shift(images, dy, dx), reference.shift(images, dy, dx))
