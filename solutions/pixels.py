"""The reference of the unit `pixels`: images as rows of numbers, in grey, and moved; and what a layer costs."""

from __future__ import annotations

import operator
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solutions.arrays import Pair, as_pair, float_type

LUMA = np.array([0.299, 0.587, 0.114])


def _images(images: NDArray) -> tuple[NDArray, type[np.floating[Any]]]:
    """Return the images as an array of four axes, and the dtype of an answer made of them."""
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(f"images are (N, C, H, W), not {images.shape}")
    return images, float_type(images)


def flatten(images: NDArray) -> NDArray:
    """Return each image as one row of numbers, in the order channels, rows, columns: (N, C, H, W) -> (N, C*H*W).

    float32 if the images are float32 and otherwise float64. Raises ValueError unless there are four axes.
    """
    images, dtype = _images(images)
    return np.array(images, dtype, order="C").reshape(len(images), prod(images.shape[1:]))


def to_grayscale(images: NDArray) -> NDArray:
    """Return 0.299 R + 0.587 G + 0.114 B (the luma of ITU-R BT.601): (N, 3, H, W) -> (N, 1, H, W).

    float32 if the images are float32 and otherwise float64. Raises ValueError unless there are three channels.
    """
    images, dtype = _images(images)
    if images.shape[1] != 3:
        raise ValueError(f"grey is made of red, green and blue, and these images have {images.shape[1]} channels")
    return np.einsum("nchw,c->nhw", images.astype(np.float64), LUMA)[:, None].astype(dtype)


def _positive(**numbers: int) -> None:
    for name, number in numbers.items():
        if operator.index(number) < 1:
            raise ValueError(f"{name} must be 1 or more, not {number}")


def count_dense_parameters(image_shape: tuple[int, int, int], units: int) -> int:
    """Return C*H*W*units weights and units biases, for images (C, H, W). Raises ValueError for numbers below 1."""
    channels, height, width = image_shape
    _positive(channels=channels, height=height, width=width, units=units)
    return (channels * height * width + 1) * units


def count_conv_parameters(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    """Return out_channels*in_channels*kh*kw weights, and out_channels biases if there are any. Raises ValueError below 1."""
    kh, kw = as_pair(kernel_size)
    _positive(in_channels=in_channels, out_channels=out_channels, kh=kh, kw=kw)
    return (in_channels * kh * kw + bool(bias)) * out_channels


def shift(images: NDArray, dy: int, dx: int) -> NDArray:
    """Return the images moved down by dy rows and right by dx columns; zeros come in, and what leaves is lost.

    images: (N, C, H, W)   dy, dx: negative numbers move up and left
    returns (N, C, H, W), float32 if the images are float32 and otherwise float64. Raises ValueError unless there are four axes.
    """
    images, dtype = _images(images)
    dy, dx = operator.index(dy), operator.index(dx)
    out = np.zeros(images.shape, dtype)
    height, width = images.shape[2:]
    rows, columns = max(height - abs(dy), 0), max(width - abs(dx), 0)
    top, left = max(dy, 0), max(dx, 0)
    seen = images[:, :, max(-dy, 0) : max(-dy, 0) + rows, max(-dx, 0) : max(-dx, 0) + columns]
    out[:, :, top : top + rows, left : left + columns] = seen
    return out
