"""Pooling: the strongest and the mean of windows, and of whole maps."""

import numpy as np

from cnngrade import assert_close, assert_raises, gate, points


@gate
@points(0.5)
def test_maxpool2d_four_windows(student, rng, forgive_axes):
    """a map of 4x4 has four windows of 2x2"""
    tens = np.array([[[[1.0, 3.0, 2.0, 0.0], [4.0, 2.0, 1.0, 1.0], [0.0, 0.0, 5.0, 6.0], [0.0, 1.0, 7.0, 8.0]]]])
    x = 10 * tens + rng.integers(10, size=tens.shape)
    expected = np.array([[[[x[..., :2, :2].max(), x[..., :2, 2:].max()], [x[..., 2:, :2].max(), x[..., 2:, 2:].max()]]]])
    assert_close(forgive_axes(student.maxpool2d(x, 2), expected), expected)


@points(0.5)
def test_maxpool2d_every_map(student, reference, rng):
    """every image and every channel is pooled on its own, and what fills no window is left out"""
    # Some windows hold nothing but negative numbers.
    x = rng.normal(-1, size=(2, 3, 7, 10))
    assert_close(student.maxpool2d(x, 3), reference.maxpool2d(x, 3))


@points(0.5)
def test_maxpool2d_overlapping(student, reference, rng):
    """windows of 3 that move by 2 overlap"""
    x = rng.normal(-1, size=(3, 2, 8, 11))
    assert_close(student.maxpool2d(x, 3, stride=2), reference.maxpool2d(x, 3, stride=2))


@points(0.5)
def test_maxpool2d_frame_never_wins(student, reference, rng):
    """negative numbers only, with padding: no window's maximum is 0"""
    x = -1.0 - rng.random(size=(2, 3, 5, 7))
    assert_close(student.maxpool2d(x, 3, stride=2, padding=1), reference.maxpool2d(x, 3, stride=2, padding=1))


@points(0.5)
def test_maxpool2d_rows_and_columns(student, reference, rng):
    """kernel, stride and padding may differ for rows and columns"""
    x = rng.normal(size=(2, 1, 9, 8))
    answer = student.maxpool2d(x, (2, 4), stride=(3, 1), padding=(1, 2))
    assert_close(answer, reference.maxpool2d(x, (2, 4), stride=(3, 1), padding=(1, 2)))


@points(0.25)
def test_maxpool2d_on_a_photograph(student, reference, rng, photographs):
    """a part of a photograph at half its size"""
    top, left = rng.integers(55), rng.integers(86)
    x = np.ascontiguousarray(photographs["cat"][:, :, top : top + 30, left : left + 42])
    assert_close(student.maxpool2d(x, 2), reference.maxpool2d(x, 2))


@points(2)
def test_maxpool2d_within_its_budget(budget):
    """a colour image of 64x64 pixels to half its size"""

    def images(rng, N, C, H, W, k):
        return rng.normal(size=(N, C, k * H, k * W)), k

    budget("maxpool2d", lambda rng: images(rng, 1, 3, 32, 32, 2), images, N=1, C=1, H=2, W=2, k=2)


@gate
@points(0.5)
def test_avgpool2d_four_windows(student, rng, forgive_axes):
    """a map of 4x4 has four windows of 2x2, each with its mean"""
    x = rng.permutation(np.arange(16.0)).reshape(1, 1, 4, 4) ** 2
    expected = np.array([[[[x[..., :2, :2].mean(), x[..., :2, 2:].mean()], [x[..., 2:, :2].mean(), x[..., 2:, 2:].mean()]]]])
    assert_close(forgive_axes(student.avgpool2d(x, 2), expected), expected)


@points(0.5)
def test_avgpool2d_overlapping(student, reference, rng):
    """every map of every image, in windows of 3 rows and 2 columns that move by 2 rows and 3 columns"""
    x = rng.normal(size=(2, 3, 7, 10))
    scale = reference.avgpool2d(np.abs(x), (3, 2), stride=(2, 3)).max()
    assert_close(student.avgpool2d(x, (3, 2), stride=(2, 3)), reference.avgpool2d(x, (3, 2), stride=(2, 3)), scale=scale)


@points(0.5)
def test_avgpool2d_frame_counts(student, reference, rng):
    """the zeros of the frame count: every sum is divided by the size of the whole window"""
    x = 1.0 + rng.random(size=(1, 2, 5, 8))
    assert_close(student.avgpool2d(x, 3, stride=2, padding=1), reference.avgpool2d(x, 3, stride=2, padding=1))


@points(0.5)
def test_global_avgpool2d_every_map(student, reference, rng):
    """one number per map: its mean"""
    x = rng.normal(size=(4, 3, 5, 7))
    scale = reference.global_avgpool2d(np.abs(x)).max()
    assert_close(student.global_avgpool2d(x), reference.global_avgpool2d(x), scale=scale)


@points(0.5)
def test_maxpool2d_of_what_cannot_be(student, rng):
    """stride 0, padding of more than half the kernel and a kernel larger than the image raise ValueError"""
    x = rng.normal(size=(1, 2, 5, 6))
    assert_raises(ValueError, student.maxpool2d, x, 2, stride=0)
    assert_raises(ValueError, student.maxpool2d, x, 2, padding=2)
    assert_raises(ValueError, student.maxpool2d, x, 6)


@points(0.25)
def test_maxpool2d_of_other_numbers(student, reference, rng, kinds_of_numbers):
    """bytes, whole numbers, float32 and read-only images; a window with NaN gives NaN, and infinity is a number like others"""
    holes = rng.normal(size=(2, 1, 4, 6))
    holes[0, 0, 1, 4], holes[1, 0, 0, 1], holes[1, 0, 2, 2] = np.nan, np.inf, -np.inf
    for x in (*kinds_of_numbers(2, 3, 4, 6), holes):
        assert_close(student.maxpool2d(x, 2), reference.maxpool2d(x, 2))


@points(0.25)
def test_maxpool2d_wide_windows(student, reference, rng):
    """windows of 2 rows and 3 columns that move by 2 in both directions"""
    x = rng.normal(-1, size=(2, 3, 6, 9))
    assert_close(student.maxpool2d(x, (2, 3), stride=2), reference.maxpool2d(x, (2, 3), stride=2))


@points(0.25)
def test_avgpool2d_of_other_numbers(student, reference, rng, kinds_of_numbers):
    """bytes and whole numbers have means with fractions, float32 and read-only images are fine, a window with NaN gives NaN"""
    for x in kinds_of_numbers(2, 3, 4, 6):
        assert_close(student.avgpool2d(x, 2), reference.avgpool2d(x, 2), scale=np.abs(x.astype(float)).max())
    # Every window of an image holds these pixels, so it does not matter how the sums are taken.
    holes = rng.normal(size=(3, 1, 3, 4))
    holes[0, 0, 1, 1], holes[2, 0, 1, 2] = np.nan, np.inf
    assert_close(student.avgpool2d(holes, (2, 3), 1), reference.avgpool2d(holes, (2, 3), 1), scale=np.abs(holes[1]).max())


@points(0.25)
def test_avgpool2d_rows_and_columns(student, reference, rng):
    """windows of 4 rows and 3 columns that move by 2 in both directions, with a frame on the left and right only"""
    x = rng.normal(size=(2, 3, 8, 7))
    scale = reference.avgpool2d(np.abs(x), (4, 3), 2, (0, 1)).max()
    assert_close(student.avgpool2d(x, (4, 3), 2, (0, 1)), reference.avgpool2d(x, (4, 3), 2, (0, 1)), scale=scale)


@points(0.25)
def test_avgpool2d_of_what_cannot_be(student, rng):
    """stride 0, padding of more than half the kernel and a kernel larger than the image raise ValueError"""
    x = rng.normal(size=(1, 2, 5, 6))
    assert_raises(ValueError, student.avgpool2d, x, 2, stride=0)
    assert_raises(ValueError, student.avgpool2d, x, 2, padding=2)
    assert_raises(ValueError, student.avgpool2d, x, 6)


@points(0.25)
def test_global_avgpool2d_of_other_numbers(student, reference, rng, kinds_of_numbers):
    """bytes and whole numbers have means with fractions, float32 and read-only maps are fine, NaN stays in its map"""
    holes = rng.normal(size=(2, 3, 4, 5))
    holes[1, 2, 3, 0] = np.nan
    for x in (*kinds_of_numbers(2, 3, 4, 5), holes, rng.normal(size=(1, 1, 2, 3)), rng.normal(size=(2, 3, 1, 1))):
        assert_close(student.global_avgpool2d(x), reference.global_avgpool2d(x), scale=np.nanmax(np.abs(x.astype(float))))
