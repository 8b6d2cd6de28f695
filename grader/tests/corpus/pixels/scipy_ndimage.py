# expect:
#   verdict: passed
#   earned: all
#   packages: [scipy]
#
# scipy moves the images.

# %%
import numpy as np

# %%
def flatten(images):
    if images.ndim != 4:
        raise ValueError("four axes")
    return images.astype(float).reshape(len(images), -1)


# %%
def to_grayscale(images):
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError("three channels")
    return 0.299 * images[:, :1] + 0.587 * images[:, 1:2] + 0.114 * images[:, 2:]


# %%
def count_dense_parameters(image_shape, units):
    if min(*image_shape, units) < 1:
        raise ValueError("too small")
    c, h, w = image_shape
    return c * h * w * units + units


# %%
def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    if min(in_channels, out_channels, kh, kw) < 1:
        raise ValueError("too small")
    weights = in_channels * out_channels * kh * kw
    return weights + out_channels if bias else weights


# %%
from scipy import ndimage


def shift(images, dy, dx):
    if images.ndim != 4:
        raise ValueError("four axes")
    return ndimage.shift(images.astype(float), (0, 0, dy, dx), order=0, mode="constant", cval=0.0, prefilter=False)
