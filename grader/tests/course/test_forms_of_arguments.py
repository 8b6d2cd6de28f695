"""The reference takes its arguments in the forms that torch.nn.functional does, and refuses the others with a ValueError."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from cnngrade.course.modules import load_module
from support.places import ROOT

CLASSIFIER, CONVOLUTION, FILTERS, HIERARCHY, LEARNING, PADDING, POOLING = (
    load_module(ROOT / "solutions" / f"{name}.py", ROOT)
    for name in ("classifier", "convolution", "filters", "hierarchy", "learning", "padding", "pooling")
)
Array = np.ndarray[Any, Any]
RNG = np.random.default_rng(8)
X, W, B = RNG.normal(size=(2, 3, 9, 11)), RNG.normal(size=(4, 3, 3, 2)), RNG.normal(size=4)


def slid(x: Array, w: Array, stride: tuple[int, int], padding: tuple[int, int]) -> Array:
    """The formula of a convolution, place by place."""
    (sh, sw), (ph, pw), (kh, kw) = stride, padding, w.shape[2:]
    padded = np.zeros((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw))
    padded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]] = x
    out = np.empty((len(x), len(w), (padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1))
    for i, j in itertools.product(*map(range, out.shape[2:])):
        out[:, :, i, j] = np.einsum("ncuv,kcuv->nk", padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw], w)
    return out


@pytest.mark.parametrize("stride", [(1, 2), (3, 1), (2, 2), (4, 5)])
@pytest.mark.parametrize("padding", [(0, 1), (2, 0), (1, 1), (0, 3)])
def test_rows_and_columns_have_strides_and_paddings_of_their_own(stride: tuple[int, int], padding: tuple[int, int]) -> None:
    """conv2d and its way back, by the formula: each gradient is what its sum grows by"""
    maps = CONVOLUTION.conv2d(X, W, None, stride, padding)
    assert np.allclose(maps, slid(X, W, stride, padding))
    dout = RNG.normal(size=maps.shape)
    dx, dw, db = LEARNING.conv2d_backward(dout, X, W, B, stride, padding)
    # The sum of dout * conv2d is linear in x and in w: along any direction it grows as the gradient says.
    for _ in range(3):
        a, b = RNG.normal(size=X.shape), RNG.normal(size=W.shape)
        assert np.isclose((dout * slid(a, W, stride, padding)).sum(), (dx * a).sum())
        assert np.isclose((dout * slid(X, b, stride, padding)).sum(), (dw * b).sum())
    assert np.allclose(db, dout.sum(axis=(0, 2, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_work_with_a_frame_of_its_own_kind(dtype: type) -> None:
    """an uneven frame is the fast kernels', uneven strides are the plain ones', and both are right"""
    x, w = RNG.normal(size=(20, 6, 30, 31)).astype(dtype), RNG.normal(size=(16, 6, 3, 5)).astype(dtype)
    for stride, padding in ((1, (1, 2)), ((2, 2), (0, 3)), ((1, 2), (2, 0))):
        ours = CONVOLUTION.conv2d(x, w, None, stride, padding)
        right = slid(x.astype(float), w.astype(float), *(tuple(np.broadcast_to(n, 2)) for n in (stride, padding)))
        assert ours.dtype == dtype
        assert np.abs(ours - right).max() <= 50 * np.finfo(dtype).eps * slid(abs(x), abs(w), (1, 1), (2, 3)).max()


def test_one_number_in_any_form() -> None:
    """a number, NumPy's own, a tuple of one, a list and an array say the same"""
    right = CONVOLUTION.conv2d(X, W, B, 2, 1)
    for two, one in ((np.int64(2), np.uint8(1)), ((2,), [1]), ([2, 2], (1, 1)), (np.array([2, 2]), np.array(1))):
        assert np.array_equal(CONVOLUTION.conv2d(X.tolist(), W.tolist(), B.tolist(), two, one), right)
        assert np.array_equal(POOLING.avgpool2d(X, two, two, one), POOLING.avgpool2d(X, 2, 2, 1))
        assert np.array_equal(PADDING.pad2d(X, one), PADDING.pad2d(X, 1))


def test_windows_on_the_way_back_of_the_maximum() -> None:
    """its stride is the kernel where it is None, and rows and columns have numbers of their own"""
    x = RNG.permutation(2.0 * np.arange(X.size)).reshape(X.shape)
    for kernel, stride, padding in ((2, None, 0), ((2, 3), None, (1, 0)), ((3, 2), (1, 4), (0, 1))):
        maps = POOLING.maxpool2d(x, kernel, stride, padding)
        dout = RNG.normal(size=maps.shape)
        dx = LEARNING.maxpool2d_backward(dout, x, kernel, stride, padding)
        # All numbers are two apart, so that a window's largest stays the largest when each grows by less.
        growth = RNG.random(X.shape)
        assert np.isclose((dout * (POOLING.maxpool2d(x + growth, kernel, stride, padding) - maps)).sum(), (dx * growth).sum())


def test_what_may_be_missing() -> None:
    """linear without a bias keeps its dtype, and the softmax of an empty batch is empty"""
    for dtype in (np.float32, np.float64, np.int64):
        x, w = (RNG.normal(size=(3, 5)) * 9).astype(dtype), (RNG.normal(size=(4, 5)) * 9).astype(dtype)
        ours = CLASSIFIER.linear(x, w, None)
        assert ours.dtype == (np.float32 if dtype is np.float32 else np.float64)
        assert np.allclose(ours, x @ w.T)
    for shape, axis in (((0, 10), -1), ((0, 10), 0), ((5, 0), 1), ((0,), 0)):
        assert CLASSIFIER.softmax(np.zeros(shape, np.float32), axis).shape == shape
    assert CLASSIFIER.linear(np.zeros((0, 5)), np.zeros((4, 5)), None).shape == (0, 4)


@pytest.mark.parametrize("images", [1, 40])
def test_a_chain_of_blocks_takes_paddings_as_its_blocks_do(images: int) -> None:
    """the last maps of large work are those of the blocks one by one, however a padding is written"""
    x, b = RNG.normal(size=(images, 1, 80, 40)).astype(np.float32), np.zeros(8, np.float32)
    first, second = (RNG.normal(size=(8, c, 5, 5)).astype(np.float32) for c in (1, 8))
    for padding in (np.int64(1), (1, 1), [1], (1, 2)):
        layers = [(first, b, padding, 2), (second, b, padding, 2)]
        maps = HIERARCHY.feature_hierarchy(x, layers)[-1]
        assert np.allclose(HIERARCHY.last_maps(x, layers), maps, rtol=1e-4, atol=1e-3)


def test_a_bank_without_filters() -> None:
    """no filters make no maps, and no gradients but zeros for the images"""
    maps = CONVOLUTION.conv2d(X, W[:0])
    dx, dw, db = LEARNING.conv2d_backward(maps, X, W[:0], B[:0], 1, 0)
    assert np.array_equal(dx, np.zeros(X.shape))
    assert (maps.size, dw.shape, db.shape) == (0, (0, *W.shape[1:]), (0,))


def test_kernels_of_a_bank_need_not_be_square() -> None:
    """feature_maps keeps the size of the image under kernels that are wider than high"""
    bank = RNG.normal(size=(2, 1, 5))
    assert np.allclose(FILTERS.feature_maps(X[:, :1], bank), slid(X[:, :1], bank[:, None], (1, 1), (0, 2)))


@pytest.mark.parametrize("wrong", [(1, 2, 3), (), 1.5, (1, 1.5), "1", None, [[1, 2]], -1, (1, -1), np.array([1.0, 2.0])])
def test_forms_that_nobody_takes(wrong: Any) -> None:
    """whatever is not one or two whole numbers is refused, and so are negative ones"""
    dout = np.zeros(CONVOLUTION.conv2d(X, W).shape)
    for call in (
        lambda: CONVOLUTION.conv2d(X, W, None, wrong),
        lambda: CONVOLUTION.conv2d(X, W, None, 1, wrong),
        lambda: LEARNING.conv2d_backward(dout, X, W, None, wrong, 0),
        lambda: LEARNING.maxpool2d_backward(dout, X, 2, 2, wrong),
        lambda: POOLING.maxpool2d(X, wrong),
        lambda: PADDING.pad2d(X, wrong),
    ):
        with pytest.raises(ValueError, match=r"number|must be"):
            call()
