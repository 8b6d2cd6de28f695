"""Filters: kernels from formulas, edge strength, a bank of filters on photographs, and maps to look at."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


def maps_scale(reference, images, bank):
    """Return the largest sum of absolute products: rounding errors are measured by it."""
    return reference.feature_maps(np.abs(images.astype(float)), np.abs(bank)).max()


@gate
@points(0.25)
def test_gaussian_of_three(student, reference):
    """size 3, sigma 1: the middle weighs most, the corners least, and all sum to 1"""
    assert_close(student.gaussian(3, 1.0), reference.gaussian(3, 1.0))


@points(0.75)
def test_gaussian_of_other_widths(student, reference, rng):
    """other sizes and widths, a narrow one and a wide one"""
    for size, sigma in [(5, rng.uniform(0.6, 0.9)), (7, rng.uniform(2, 3)), (1, 1.0)]:
        assert_close(student.gaussian(size, sigma), reference.gaussian(size, sigma))


@points(0.5)
def test_sobel_both_directions(student, reference):
    """two kernels: brighter to the right, then brighter downwards"""
    assert_close(student.sobel(), reference.sobel())


@points(0.25)
def test_laplacian_of_four_neighbours(student, reference):
    """the four neighbours minus four times the middle"""
    assert_close(student.laplacian(), reference.laplacian())


@gate
@points(0.5)
def test_edge_strength_of_simple_edges(student, rng, forgive_axes):
    """a corner, a vertical edge and a horizontal edge"""
    brightness = rng.uniform(1, 4)
    for rows, columns, strengths in (
        (slice(2), slice(2, 4), [[10**0.5, 18**0.5], [2**0.5, 10**0.5]]),
        (slice(4), slice(2, 4), [[4.0, 4.0], [4.0, 4.0]]),
        (slice(2, 4), slice(4), [[4.0, 4.0], [4.0, 4.0]]),
    ):
        image = np.zeros((1, 1, 4, 4))
        image[0, 0, rows, columns] = brightness
        expected = brightness * np.array([[strengths]])
        assert_close(forgive_axes(student.edge_strength(image), expected), expected)


@points(0.25)
def test_edge_strength_of_a_photograph(student, reference, rng, photographs):
    """part of a colour photograph, as bytes, each channel by itself"""
    top, left = rng.integers(20, 50), rng.integers(20, 80)
    photograph = np.rint(255 * photographs["coffee"][:, :, top : top + 11, left : left + 13]).astype(np.uint8)
    assert_close(student.edge_strength(photograph), reference.edge_strength(photograph), scale=8.0 * 255)


@gate
@points(0.5)
def test_feature_maps_keep_the_size(student, reference, rng, forgive_axes):
    """one image, one kernel: a map of the image's size, with zeros around the image and nothing flipped"""
    image = rng.permutation(np.arange(1.0, 17.0)).reshape(1, 1, 4, 4)
    bank = np.array([[[1.0, 2.0, 3.0], [0.0, 0.5, 0.0], [-1.0, -9.0, 7.0]]])
    expected = reference.feature_maps(image, bank)
    assert_close(forgive_axes(student.feature_maps(image, bank), expected), expected, scale=maps_scale(reference, image, bank))


@points(1)
def test_feature_maps_of_a_batch(student, reference, rng):
    """three images, four kernels taller than wide: every kernel on every image"""
    images, bank = rng.normal(size=(3, 1, 8, 9)), rng.normal(size=(4, 7, 5))
    assert_close(
        student.feature_maps(images, bank), reference.feature_maps(images, bank), scale=maps_scale(reference, images, bank)
    )


@points(0.5)
def test_feature_maps_of_photographs(student, reference, rng, photographs, filters):
    """blur, sharpen, emboss and edges of three photographs, as bytes"""
    top, left = rng.integers(75), rng.integers(115)
    grey = np.stack([photographs[name][0].mean(axis=0, keepdims=True) for name in sorted(photographs)])
    images = np.rint(255 * grey[:, :, top : top + 10, left : left + 13]).astype(np.uint8)
    bank = np.ascontiguousarray(filters[:, 0])
    assert_close(
        student.feature_maps(images, bank), reference.feature_maps(images, bank), scale=maps_scale(reference, images, bank)
    )


@gate
@points(0.5)
def test_to_display_one_map(student, rng):
    """the smallest number becomes 0, the largest 1, the others something in between"""
    # For display, a millionth does not matter. Where that much is added to the divisor, the faint map below shows it.
    middle = rng.uniform(-1, 5)
    shown = student.to_display(np.array([[[[-2.0, 0.0], [middle, 6.0]]]]))
    assert_close(shown, np.array([[[[0.0, 0.25], [(middle + 2) / 8, 1.0]]]]), scale=1e8)


@points(0.5)
def test_to_display_each_map_by_itself(student, reference, rng):
    """maps of very different ranges in two images, one very faint and one constant"""
    maps = rng.normal(size=(2, 3, 4, 5)) * np.array([1.0, 50.0, 0.01])[:, None, None] + np.array([[[[5.0]]], [[[-70.0]]]])
    maps[0, 1] = 1e-30 * rng.normal(size=(4, 5))
    maps[1, 2] = -3.5
    # The subtracted number is much larger than the rest: the small map keeps fewer digits.
    assert_close(student.to_display(maps), reference.to_display(maps), scale=1e5)


@points(0.5)
def test_feature_maps_of_what_cannot_be(student, rng):
    """colour images and kernels without a middle raise ValueError"""
    assert_raises(ValueError, student.feature_maps, rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 3)))
    assert_raises(ValueError, student.feature_maps, rng.normal(size=(2, 1, 6, 7)), rng.normal(size=(4, 2, 3)))
    assert_raises(ValueError, student.feature_maps, rng.normal(size=(2, 1, 6, 7)), rng.normal(size=(4, 3, 4)))


@points(0.25)
def test_gaussian_of_what_cannot_be(student, rng):
    """even sizes and widths that are not positive raise ValueError"""
    width = rng.uniform(0.5, 2)
    for size, sigma in [(2, width), (-1, width), (3, 0.0), (3, -width)]:
        assert_raises(ValueError, student.gaussian, size, sigma)


@points(0.25)
def test_edge_strength_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """whole numbers do not overflow, float32 and read-only images are fine, and NaN stays in its image"""
    for images in kinds_of_numbers(2, 3, 5, 4):
        scale = 8.0 * np.abs(images.astype(float)).max()
        assert_close(student.edge_strength(images), reference.edge_strength(images), scale=scale)
    # Every window of the second image reads a NaN, so it does not matter how the sums are taken.
    holes = rng.normal(size=(2, 1, 5, 4))
    holes[1, 0, 2, 1:3] = np.nan
    assert_close(student.edge_strength(holes), reference.edge_strength(holes), scale=8.0 * np.nanmax(np.abs(holes)))


@points(0.25)
def test_edge_strength_of_what_cannot_be(student, rng):
    """too few rows or columns raise ValueError"""
    assert_raises(ValueError, student.edge_strength, rng.normal(size=(1, 1, 2, 5)))
    assert_raises(ValueError, student.edge_strength, rng.normal(size=(1, 1, 5, 2)))


@points(0.25)
def test_feature_maps_kinds_of_numbers(student, reference, rng, kinds_of_numbers):
    """images or kernels of whole numbers, float32 and read-only arrays are fine, and NaN stays in its image"""
    (pixels, whole, single, fixed), bank = kinds_of_numbers(2, 1, 5, 6), rng.normal(size=(3, 3, 5))
    _, whole_bank, single_bank, _ = kinds_of_numbers(3, 3, 5)
    for images, used in ((pixels, bank), (whole, bank), (fixed, whole_bank), (single, single_bank)):
        scale = maps_scale(reference, images, used.astype(float))
        assert_close(student.feature_maps(images, used), reference.feature_maps(images, used), scale=scale)
    # Every window holds this pixel, so an answer by Fourier transform, which spreads it, is right too.
    holes, bank = rng.normal(size=(2, 1, 2, 2)), rng.normal(size=(4, 3, 3))
    holes[0, 0, 1, 0] = np.nan
    scale = maps_scale(reference, holes[1:], bank)
    assert_close(student.feature_maps(holes, bank), reference.feature_maps(holes, bank), scale=scale)


@points(0.25)
def test_feature_maps_of_narrow_kernels(student, reference, rng):
    """kernels of one number, of one row, of one column; one image and one kernel keep all four axes"""
    for image, kernel in [
        ((2, 1, 4, 5), (3, 1, 1)),
        ((2, 1, 5, 4), (3, 1, 3)),
        ((2, 1, 4, 6), (4, 3, 1)),
        ((1, 1, 4, 5), (1, 3, 3)),
    ]:
        images, bank = rng.normal(size=image), rng.normal(size=kernel)
        scale = maps_scale(reference, images, bank)
        assert_close(student.feature_maps(images, bank), reference.feature_maps(images, bank), scale=scale)


@points(0.25)
def test_to_display_kinds_of_numbers(student, reference, kinds_of_numbers):
    """bytes, whole numbers, float32 and read-only maps; a map of one number is constant"""
    for maps in (*kinds_of_numbers(2, 3, 4, 5), *kinds_of_numbers(1, 1, 1, 1)):
        # For display, a millionth does not matter.
        assert_close(student.to_display(maps), reference.to_display(maps), scale=16.0 if maps.dtype == np.float32 else 1e8)
