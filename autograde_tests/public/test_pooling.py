"""Pooling: the strongest and the mean of windows, and of whole maps."""

import numpy as np

from cnngrade import gate, points

# Sides of maps and of the windows in them.
SQUARES = [(4, 2), (6, 3), (8, 2), (9, 3)]


@gate
@points(0.5)
def test_maxpool2d_four_windows(student, rng, forgive_axes, assert_all_close):
    """a map of 4x4 has four windows of 2x2, a larger one has more, or larger ones"""
    maps = [(rng.permutation(np.arange(10.0, 10.0 + side**2)).reshape(1, 1, side, side), k) for side, k in SQUARES]
    expected = [x.reshape(1, 1, len(x[0, 0]) // k, k, -1, k).max(axis=(3, 5)) for x, k in maps]
    answers = [student.maxpool2d(*asked) for asked in maps]
    assert_all_close([(forgive_axes(mine, right), right) for mine, right in zip(answers, expected, strict=True)])


@points(0.5)
def test_maxpool2d_every_map(student, reference, rng, assert_all_close):
    """every image and every channel is pooled on its own, and what fills no window is left out"""
    # Some windows hold nothing but negative numbers.
    maps = [(rng.normal(-1, size=shape), size) for shape, size in [((2, 3, 7, 10), 3), ((3, 2, 9, 5), 2), ((1, 2, 4, 11), 3)]]
    assert_all_close([(student.maxpool2d(*asked), reference.maxpool2d(*asked)) for asked in maps])


@points(0.5)
def test_maxpool2d_overlapping(student, reference, rng, assert_all_close):
    """windows of 4 that move by 3 overlap, and so do windows of 3 that move by 2"""
    maps = [(rng.normal(-1, size=(2, 3, 10, 8)), 4, 3), (rng.normal(-1, size=(3, 2, 8, 11)), 3, 2)]
    assert_all_close(
        [(student.maxpool2d(x, size, stride=step), reference.maxpool2d(x, size, stride=step)) for x, size, step in maps]
    )


@points(0.5)
def test_maxpool2d_frame_never_wins(student, reference, rng, assert_all_close):
    """negative numbers only, with padding: no window's maximum is 0"""
    maps = [(-1.0 - rng.random(size=(2, 3, 5, 7)), 3, 2, 1), (-1.0 - rng.random(size=(3, 2, 6, 4)), 4, 2, 2)]
    assert_all_close(
        [
            (student.maxpool2d(x, size, stride=step, padding=frame), reference.maxpool2d(x, size, stride=step, padding=frame))
            for x, size, step, frame in maps
        ]
    )


@points(0.5)
def test_maxpool2d_rows_and_columns(student, reference, rng, assert_all_close):
    """kernel, stride and padding may differ for rows and columns"""
    ways = [
        ((1, 3, 8, 11), (5, 4), (1, 2), (2, 1)),
        ((3, 2, 7, 10), (3, 2), (2, 3), (0, 1)),
        ((2, 1, 9, 8), (2, 4), (3, 1), (1, 2)),
    ]
    maps = [(rng.normal(size=shape), *way) for shape, *way in ways]
    answers = [student.maxpool2d(x, size, stride=step, padding=frame) for x, size, step, frame in maps]
    assert_all_close(zip(answers, [reference.maxpool2d(*asked) for asked in maps], strict=True))


@points(0.25)
def test_maxpool2d_on_a_photograph(student, reference, rng, photographs, assert_all_close):
    """parts of a photograph at half their size"""
    top, left = rng.integers(55), rng.integers(86)
    sizes = [(24, 16), (30, 42)]
    parts = [np.ascontiguousarray(photographs["cat"][:, :, top : top + rows, left : left + columns]) for rows, columns in sizes]
    assert_all_close([(student.maxpool2d(x, 2), reference.maxpool2d(x, 2)) for x in parts])


@points(2)
def test_maxpool2d_within_its_budget(budget):
    """a colour image of 64x64 pixels to half its size"""

    def images(rng, N, C, H, W, k):
        return rng.normal(size=(N, C, k * H, k * W)), k

    budget("maxpool2d", lambda rng: images(rng, 1, 3, 32, 32, 2), images, N=1, C=1, H=2, W=2, k=2)


@gate
@points(0.5)
def test_avgpool2d_four_windows(student, rng, forgive_axes, assert_all_close):
    """a map of 4x4 has four windows of 2x2, each with its mean, a larger one has more, or larger ones"""
    maps = [(rng.permutation(np.arange(float(side**2))).reshape(1, 1, side, side) ** 2, k) for side, k in SQUARES]
    expected = [x.reshape(1, 1, len(x[0, 0]) // k, k, -1, k).mean(axis=(3, 5)) for x, k in maps]
    answers = [student.avgpool2d(*asked) for asked in maps]
    assert_all_close([(forgive_axes(mine, right), right) for mine, right in zip(answers, expected, strict=True)])


def averaged(student, reference, x, *way):
    """Return the student's answer, the right one, and the largest mean of absolute numbers: rounding is measured by it."""
    return student.avgpool2d(x, *way), reference.avgpool2d(x, *way), reference.avgpool2d(np.abs(x), *way).max()


@points(0.5)
def test_avgpool2d_overlapping(student, reference, rng, assert_all_close):
    """every map of every image, in windows of 3 rows and 2 columns that move by 2 rows and 3 columns, and of 2 and 4 by 1"""
    maps = [(rng.normal(size=(2, 3, 7, 10)), (3, 2), (2, 3)), (rng.normal(size=(3, 2, 5, 8)), (2, 4), 1)]
    assert_all_close([averaged(student, reference, *asked) for asked in maps])


@points(0.5)
def test_avgpool2d_frame_counts(student, reference, rng, assert_all_close):
    """the zeros of the frame count: every sum is divided by the size of the whole window"""
    maps = [(1.0 + rng.random(size=(1, 2, 5, 8)), 3, 2, 1), (1.0 + rng.random(size=(2, 3, 6, 5)), 4, 3, 2)]
    assert_all_close([averaged(student, reference, *asked) for asked in maps])


@points(0.5)
def test_global_avgpool2d_every_map(student, reference, rng, assert_all_close):
    """one number per map: its mean"""
    batches = [rng.normal(size=shape) for shape in [(4, 3, 5, 7), (2, 5, 4, 3), (3, 3, 6, 6)]]
    assert_all_close(
        [
            (student.global_avgpool2d(x), reference.global_avgpool2d(x), reference.global_avgpool2d(np.abs(x)).max())
            for x in batches
        ]
    )


@points(0.5)
def test_maxpool2d_of_what_cannot_be(student, rng, assert_all_raise):
    """stride 0, padding of more than half the kernel and a kernel larger than the image raise ValueError"""
    x, wide = rng.normal(size=(1, 2, 5, 6)), rng.normal(size=(2, 3, 4, 7))
    assert_all_raise(ValueError, student.maxpool2d, (x, 2, 0), (x, 2, 2, 2), (wide, 3, 1, 2), (x, 6))


@points(0.25)
def test_maxpool2d_of_other_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """bytes, whole numbers, float32 and read-only images; a window with NaN gives NaN, and infinity is a number like others"""
    holes, other = rng.normal(size=(2, 1, 4, 6)), rng.normal(size=(1, 3, 6, 4))
    holes[0, 0, 1, 4], holes[1, 0, 0, 1], holes[1, 0, 2, 2] = np.nan, np.inf, -np.inf
    # In one window it is the first number, in the other the last one.
    other[0, 0, 0, 2] = other[0, 2, 3, 1] = np.nan
    maps = (*kinds_of_numbers(2, 3, 4, 6), *kinds_of_numbers(1, 2, 6, 6)[:2], holes, other)
    assert_all_close([(student.maxpool2d(x, 2), reference.maxpool2d(x, 2)) for x in maps])


@points(0.25)
def test_maxpool2d_wide_windows(student, reference, rng, assert_all_close):
    """windows of 3 rows and 2 columns, and of 2 rows and 3 columns, that move by 2 in both directions"""
    maps = [(rng.normal(-1, size=(3, 1, 9, 8)), (3, 2)), (rng.normal(-1, size=(2, 3, 6, 9)), (2, 3))]
    assert_all_close([(student.maxpool2d(x, size, stride=2), reference.maxpool2d(x, size, stride=2)) for x, size in maps])


@points(0.25)
def test_avgpool2d_of_other_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """bytes and whole numbers have means with fractions, float32 and read-only images are fine, a window with NaN gives NaN"""
    maps = (*kinds_of_numbers(2, 3, 4, 6), *kinds_of_numbers(1, 2, 6, 6)[:2])
    answers = [(student.avgpool2d(x, 2), reference.avgpool2d(x, 2), np.abs(x.astype(float)).max()) for x in maps]
    # Every window of an image holds these pixels, so it does not matter how the sums are taken.
    holes, other = rng.normal(size=(3, 1, 3, 4)), rng.normal(size=(2, 2, 3, 4))
    holes[0, 0, 1, 1], holes[2, 0, 1, 2], other[1, 1, 1, 2] = np.nan, np.inf, np.nan
    for x, size in ((holes, (2, 3)), (other, (2, 2))):
        answers.append((student.avgpool2d(x, size, 1), reference.avgpool2d(x, size, 1), np.nanmax(np.abs(x[np.isfinite(x)]))))
    assert_all_close(answers)


@points(0.25)
def test_avgpool2d_rows_and_columns(student, reference, rng, assert_all_close):
    """windows of 4 rows and 3 columns that move by 2 in both directions, with a frame on the left and right only, and others"""
    ways = [((2, 3, 8, 7), (4, 3), 2, (0, 1)), ((3, 2, 7, 9), (2, 5), (3, 2), (1, 2))]
    assert_all_close([averaged(student, reference, rng.normal(size=shape), *way) for shape, *way in ways])


@points(0.25)
def test_avgpool2d_of_what_cannot_be(student, rng, assert_all_raise):
    """stride 0, padding of more than half the kernel and a kernel larger than the image raise ValueError"""
    x, wide = rng.normal(size=(1, 2, 5, 6)), rng.normal(size=(2, 3, 4, 7))
    assert_all_raise(ValueError, student.avgpool2d, (x, 2, 0), (x, 2, 2, 2), (wide, 3, 1, 2), (x, 6))


@points(0.25)
def test_global_avgpool2d_of_other_numbers(student, reference, rng, kinds_of_numbers, assert_all_close):
    """bytes and whole numbers have means with fractions, float32 and read-only maps are fine, NaN stays in its map"""
    holes, other = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(3, 2, 5, 4))
    holes[1, 2, 3, 0] = other[0, 1, 2, 2] = np.nan
    ones = rng.normal(size=(1, 1, 2, 3)), rng.normal(size=(2, 3, 1, 1))
    maps = (*kinds_of_numbers(2, 3, 4, 5), *kinds_of_numbers(3, 2, 6, 4)[:2], holes, other, *ones)
    assert_all_close(
        [(student.global_avgpool2d(x), reference.global_avgpool2d(x), np.nanmax(np.abs(x.astype(float)))) for x in maps]
    )
