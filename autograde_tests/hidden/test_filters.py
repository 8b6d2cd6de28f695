"""What only the instructor sees of the unit `filters`."""

import numpy as np

from cnngrade import assert_close, assert_raises, points


@points(0.25)
def test_gaussian_of_other_sizes(student, reference):
    """even sizes, sizes below 1 and widths that are not positive raise ValueError; very narrow and very wide ones are fine"""
    for size, sigma in [(4, 1.0), (0, 1.0), (-3, 1.0), (5, 0.0), (5, -1.0)]:
        assert_raises(ValueError, student.gaussian, size, sigma)
    for size, sigma in [(9, 0.3), (11, 40.0)]:
        assert_close(student.gaussian(size, sigma), reference.gaussian(size, sigma))


@points(0.25)
def test_edge_strength_of_other_numbers(student, reference, rng):
    """bytes, float32, a single place, read-only images, and NaN in one of two images"""
    for images in (
        rng.integers(0, 256, size=(2, 3, 5, 7), dtype=np.uint8),
        rng.normal(size=(1, 2, 6, 4)).astype(np.float32),
        rng.normal(size=(4, 1, 3, 3)),
    ):
        scale = 8.0 * np.abs(images.astype(float)).max()
        assert_close(student.edge_strength(images), reference.edge_strength(images), scale=scale)
    # Every window of the first image reads a NaN, so it does not matter how the sums are taken.
    read_only = rng.normal(size=(2, 1, 4, 5))
    read_only[0, 0, 1:3, 2] = np.nan
    read_only.flags.writeable = False
    assert_close(student.edge_strength(read_only), reference.edge_strength(read_only), scale=8.0 * np.nanmax(np.abs(read_only)))


@points(0.25)
def test_feature_maps_of_rare_shapes(student, reference, rng):
    """kernels of one number, of one row, of one column, larger than the image; one image and one kernel; float32, read-only"""
    for image, kernel in [
        ((2, 1, 4, 6), (3, 1, 1)),
        ((1, 1, 5, 4), (2, 1, 3)),
        ((3, 1, 4, 5), (1, 5, 1)),
        ((1, 1, 2, 3), (1, 5, 7)),
    ]:
        images, bank = rng.normal(size=image), rng.normal(size=kernel)
        scale = reference.feature_maps(np.abs(images), np.abs(bank)).max()
        assert_close(student.feature_maps(images, bank), reference.feature_maps(images, bank), scale=scale)
    images, bank = rng.normal(size=(2, 1, 5, 6)).astype(np.float32), rng.normal(size=(3, 3, 5)).astype(np.float32)
    images.flags.writeable = bank.flags.writeable = False
    scale = reference.feature_maps(np.abs(images), np.abs(bank)).max()
    assert_close(student.feature_maps(images, bank), reference.feature_maps(images, bank), scale=scale)


@points(0.5)
def test_feature_maps_are_blind_to_brightness(student, rng):
    """a kernel that sums to 0 gives the same map, away from the border, however bright the image is"""
    image, kernel = rng.random(size=(1, 1, 7, 8)), rng.normal(size=(1, 3, 3))
    kernel -= kernel.mean()
    darker, brighter = student.feature_maps(image, kernel), student.feature_maps(image + 5, kernel)
    for maps in (darker, brighter):
        assert np.shape(maps) == (1, 1, 7, 8), f"a map has its image's size: (1, 1, 7, 8), not {np.shape(maps)}."
    assert_close(np.array(brighter)[:, :, 1:-1, 1:-1], np.array(darker)[:, :, 1:-1, 1:-1], scale=6 * np.abs(kernel).sum())


@points(0.25)
def test_to_display_of_other_numbers(student, reference, rng):
    """bytes, float32, whole numbers below 0, one number per map"""
    for maps in (
        rng.integers(0, 256, size=(2, 3, 4, 5), dtype=np.uint8),
        rng.normal(size=(1, 2, 3, 4)).astype(np.float32),
        rng.integers(-9, -1, size=(3, 1, 5, 2)),
        rng.normal(size=(2, 3, 1, 1)),
    ):
        maps.flags.writeable = False
        # As among the public cases: a millionth does not matter for display.
        assert_close(student.to_display(maps), reference.to_display(maps), scale=16.0 if maps.dtype == np.float32 else 1e8)
