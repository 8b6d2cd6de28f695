# expect:
#   verdict: passed
#   earned: all
#   packages: [numba]
#
# The loops of the definitions, compiled and kept by numba.

import numba
import numpy as np


@numba.njit(cache=True)
def weigh(images, weights, out):
    for n in range(images.shape[0]):
        for i in range(images.shape[2]):
            for j in range(images.shape[3]):
                total = 0.0
                for c in range(3):
                    total += weights[c] * images[n, c, i, j]
                out[n, 0, i, j] = total


@numba.njit(cache=True)
def move(images, dy, dx, out):
    height, width = images.shape[2:]
    for n in range(images.shape[0]):
        for c in range(images.shape[1]):
            for i in range(max(dy, 0), min(height, height + dy)):
                for j in range(max(dx, 0), min(width, width + dx)):
                    out[n, c, i, j] = images[n, c, i - dy, j - dx]


def four_axes(images):
    if np.ndim(images) != 4:
        raise ValueError("images have four axes")
    return np.array(images, dtype=np.float64)


def flatten(images):
    images = four_axes(images)
    return images.reshape(len(images), -1)


def to_grayscale(images):
    images = four_axes(images)
    if images.shape[1] != 3:
        raise ValueError("three channels, please")
    out = np.empty((len(images), 1, *images.shape[2:]))
    weigh(images, np.array([0.299, 0.587, 0.114]), out)
    return out


def count_dense_parameters(image_shape, units):
    if min(image_shape) < 1 or units < 1:
        raise ValueError("below 1")
    return units * (image_shape[0] * image_shape[1] * image_shape[2]) + units


def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    sides = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 2
    if min(in_channels, out_channels, *sides) < 1:
        raise ValueError("below 1")
    return out_channels * in_channels * sides[0] * sides[1] + out_channels * bool(bias)


def shift(images, dy, dx):
    images = four_axes(images)
    out = np.zeros(images.shape)
    move(images, dy, dx, out)
    return out
