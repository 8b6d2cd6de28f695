# expect:
#   verdict: passed
#   earned: all
#
# Moving as a product with shifted unit matrices; math.prod for the counting.

# %%
import numpy as np

# %%
import math


def flatten(images):
    if images.ndim != 4:
        raise ValueError("four axes")
    return np.array([image.flatten() for image in images], dtype=float)


# %%
def to_grayscale(images):
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError("three channels")
    return 0.299 * images[:, :1] + 0.587 * images[:, 1:2] + 0.114 * images[:, 2:]


# %%
def count_dense_parameters(image_shape, units):
    if any(number < 1 for number in (*image_shape, units)):
        raise ValueError("numbers of 1 or more")
    return (1 + math.prod(image_shape)) * units


# %%
def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    if min(in_channels, out_channels, kh, kw) < 1:
        raise ValueError("too small")
    weights = in_channels * out_channels * kh * kw
    return weights + out_channels if bias else weights


# %%
def shift(images, dy, dx):
    n, c, height, width = images.shape
    down, right = np.eye(height, k=-dy), np.eye(width, k=dx)
    return down @ images.astype(float) @ right
