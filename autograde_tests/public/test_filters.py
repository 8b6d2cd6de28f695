"""Filters: kernels from formulas, edge strength, a bank of filters on photographs, and maps to look at."""

import numpy as np

from cnngrade import assert_close, gate, points


def maps_scale(reference, images, bank):
    """Return the largest sum of absolute products: rounding errors are measured by it."""
    return reference.feature_maps(np.abs(images.astype(float)), np.abs(bank)).max()


def mapped(student, reference, images, bank):
    """Return the student's answer, the right one, and the largest sum of absolute products: rounding is measured by it."""
    scale = maps_scale(reference, images, bank.astype(float))
    return student.feature_maps(images, bank), reference.feature_maps(images, bank), scale


@gate
@points(0.25)
def test_gaussian_of_three(student, reference, assert_all_close):
    """size 3, sigma 1: the middle weighs most, the corners least, and all sum to 1; sizes 5 and 7 as well"""
    assert_all_close([(student.gaussian(size, 1.0), reference.gaussian(size, 1.0)) for size in (3, 5, 7)])


@points(0.75)
def test_gaussian_of_other_widths(student, reference, rng, assert_all_close):
    """other sizes and widths, a narrow one and a wide one"""
    kinds = [(5, rng.uniform(0.6, 0.9)), (7, rng.uniform(2, 3)), (9, rng.uniform(1.2, 1.8)), (1, 1.0)]
    assert_all_close([(student.gaussian(*kind), reference.gaussian(*kind)) for kind in kinds])


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
def test_edge_strength_of_simple_edges(student, reference, rng, forgive_axes, assert_all_close):
    """a corner, a vertical edge and a horizontal edge; a corner in a larger image"""
    brightness = rng.uniform(1, 4)
    images, upper, right = [], slice(2), slice(2, 4)
    for side, rows, columns in [(4, upper, right), (4, slice(4), right), (4, right, slice(4)), (5, slice(2, 5), slice(3))]:
        images.append(np.zeros((1, 1, side, side)))
        images[-1][0, 0, rows, columns] = brightness
    answers, expected = [student.edge_strength(image) for image in images], [reference.edge_strength(image) for image in images]
    assert_all_close([(forgive_axes(mine, right), right) for mine, right in zip(answers, expected, strict=True)])


@points(0.25)
def test_edge_strength_of_a_photograph(student, reference, rng, photographs, assert_all_close):
    """parts of a colour photograph, as bytes, each channel by itself"""
    top, left = rng.integers(20, 50), rng.integers(20, 80)
    photograph = np.rint(255 * photographs["coffee"][:, :, top : top + 11, left : left + 13]).astype(np.uint8)
    parts = (np.ascontiguousarray(photograph[..., :7]), photograph)
    assert_all_close([(student.edge_strength(part), reference.edge_strength(part), 8.0 * 255) for part in parts])


@gate
@points(0.5)
def test_feature_maps_keep_the_size(student, reference, rng, forgive_axes, assert_all_close):
    """one image, one kernel: a map of the image's size, with zeros around the image and nothing flipped"""
    images = [rng.permutation(np.arange(1.0, side**2 + 1)).reshape(1, 1, side, side) for side in (4, 5)]
    bank = np.array([[[1.0, 2.0, 3.0], [0.0, 0.5, 0.0], [-1.0, -9.0, 7.0]]])
    answers = [mapped(student, reference, image, bank) for image in images]
    assert_all_close([(forgive_axes(mine, right), right, scale) for mine, right, scale in answers])


@points(1)
def test_feature_maps_of_a_batch(student, reference, rng, assert_all_close):
    """a few images, a few kernels taller than wide or wider than tall: every kernel on every image"""
    shapes = [((3, 1, 8, 9), (4, 7, 5)), ((2, 1, 9, 6), (3, 3, 5)), ((4, 1, 7, 7), (2, 5, 5))]
    assert_all_close([mapped(student, reference, rng.normal(size=images), rng.normal(size=bank)) for images, bank in shapes])


@points(0.5)
def test_feature_maps_of_photographs(student, reference, rng, photographs, filters, assert_all_close):
    """blur, sharpen, emboss and edges of three photographs, as bytes"""
    top, left = rng.integers(75), rng.integers(115)
    grey = np.stack([photographs[name][0].mean(axis=0, keepdims=True) for name in sorted(photographs)])
    images = np.rint(255 * grey[:, :, top : top + 10, left : left + 13]).astype(np.uint8)
    bank = np.ascontiguousarray(filters[:, 0])
    assert_all_close([mapped(student, reference, part, bank) for part in (images, np.ascontiguousarray(images[:2, :, :, :8]))])


@gate
@points(0.5)
def test_to_display_one_map(student, rng, assert_all_close):
    """the smallest number becomes 0, the largest 1, the others something in between"""
    # For display, a millionth does not matter. Where that much is added to the divisor, the faint map below shows it.
    middle, *others = rng.uniform(-1, 5, size=6)
    larger = [[0.0, others[0], 6.0], others[1:4], [others[4], -2.0, 3.0]]
    maps = [np.array([[shown]]) for shown in ([[-2.0, 0.0], [middle, 6.0]], larger)]
    assert_all_close([(student.to_display(shown), (shown + 2) / 8, 1e8) for shown in maps])


@points(0.5)
def test_to_display_each_map_by_itself(student, reference, rng, assert_all_close):
    """maps of very different ranges in two images, some very faint and some constant"""
    batches = []
    for rows, columns in [(4, 5), (6, 3)]:
        spread, middle = np.array([1.0, 50.0, 0.01])[:, None, None], np.array([[[[5.0]]], [[[-70.0]]]])
        maps = rng.normal(size=(2, 3, rows, columns)) * spread + middle
        maps[0, 1] = 1e-30 * rng.normal(size=(rows, columns))
        maps[1, 2] = -3.5
        batches.append(maps)
    # The subtracted number is much larger than the rest: the small map keeps fewer digits.
    assert_all_close([(student.to_display(maps), reference.to_display(maps), 1e5) for maps in batches])


@points(0.5)
def test_feature_maps_of_what_cannot_be(student, rng, assert_all_raise):
    """colour images and kernels without a middle raise ValueError"""
    shapes = [((2, 3, 6, 7), (4, 3, 3)), ((2, 1, 6, 7), (4, 2, 3)), ((1, 1, 7, 6), (3, 3, 4))]
    assert_all_raise(
        ValueError, student.feature_maps, *((rng.normal(size=one), rng.normal(size=other)) for one, other in shapes)
    )


@points(0.25)
def test_gaussian_of_what_cannot_be(student, rng, assert_all_raise):
    """even sizes and widths that are not positive raise ValueError"""
    width = rng.uniform(0.5, 2)
    assert_all_raise(ValueError, student.gaussian, (2, width), (4, width), (-1, width), (3, 0.0), (3, -width), (5, -width))


@points(0.25)
def test_edge_strength_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """whole numbers do not overflow, float32 and read-only images are fine, and NaN stays in its image"""
    batches = [*kinds_of_numbers(2, 3, 5, 4), *kinds_of_numbers(1, 2, 4, 6)[:2]]
    # Every window of the second image reads a NaN, so it does not matter how the sums are taken.
    for shape in [(2, 1, 5, 4), (2, 3, 4, 4)]:
        holes = rng.normal(size=shape)
        holes[1, :, 1 : shape[2] - 1, 1 : shape[3] - 1] = np.nan
        batches.append(holes)
    scales = [8.0 * np.nanmax(np.abs(images.astype(float))) for images in batches]
    answers = [(student.edge_strength(images), reference.edge_strength(images)) for images in batches]
    assert_all_close([(*answer, scale) for answer, scale in zip(answers, scales, strict=True)])


@points(0.25)
def test_edge_strength_of_what_cannot_be(student, rng, assert_all_raise):
    """too few rows or columns raise ValueError"""
    images = [(rng.normal(size=shape),) for shape in [(1, 1, 2, 5), (1, 1, 5, 2)]]
    assert_all_raise(ValueError, student.edge_strength, *images)


@points(0.25)
def test_feature_maps_kinds_of_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """images or kernels of whole numbers, float32 and read-only arrays are fine, and NaN stays in its image"""
    (pixels, whole, single, fixed), bank = kinds_of_numbers(2, 1, 5, 6), rng.normal(size=(3, 3, 5))
    _, whole_bank, single_bank, _ = kinds_of_numbers(3, 3, 5)
    more_pixels, more_whole, _, more_fixed = kinds_of_numbers(1, 1, 6, 4)
    asked = [(pixels, bank), (whole, bank), (fixed, whole_bank), (single, single_bank)]
    asked += [(more_pixels, bank), (more_whole, bank), (more_fixed, whole_bank)]
    answers = [mapped(student, reference, *each) for each in asked]
    # Every window holds this pixel, so an answer by Fourier transform, which spreads it, is right too.
    for shape, size in [((2, 1, 2, 2), (4, 3, 3)), ((3, 1, 2, 3), (2, 3, 5))]:
        holes, bank = rng.normal(size=shape), rng.normal(size=size)
        holes[0, 0, 1, shape[3] // 2] = np.nan
        scale = maps_scale(reference, holes[1:], bank)
        answers.append((student.feature_maps(holes, bank), reference.feature_maps(holes, bank), scale))
    assert_all_close(answers)


@points(0.25)
def test_feature_maps_of_narrow_kernels(student, reference, rng, assert_all_close):
    """kernels of one number, of one row, of one column; one image and one kernel keep all four axes"""
    shapes = [
        ((2, 1, 4, 5), (3, 1, 1)),
        ((2, 1, 5, 4), (3, 1, 3)),
        ((2, 1, 4, 6), (4, 3, 1)),
        ((1, 1, 4, 5), (1, 3, 3)),
        ((1, 1, 6, 3), (2, 3, 5)),
    ]
    assert_all_close([mapped(student, reference, rng.normal(size=images), rng.normal(size=bank)) for images, bank in shapes])


@points(0.25)
def test_to_display_kinds_of_numbers(student, reference, kinds_of_numbers, assert_all_close):
    """bytes, whole numbers, float32 and read-only maps; a map of one number is constant"""
    kinds = (*kinds_of_numbers(2, 3, 4, 5), *kinds_of_numbers(1, 2, 5, 3)[:2], *kinds_of_numbers(1, 1, 1, 1))
    # For display, a millionth does not matter.
    scales = [16.0 if maps.dtype == np.float32 else 1e8 for maps in kinds]
    answers = [(student.to_display(maps), reference.to_display(maps)) for maps in kinds]
    assert_all_close([(*answer, scale) for answer, scale in zip(answers, scales, strict=True)])
