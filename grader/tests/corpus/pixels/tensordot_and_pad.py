# expect:
#   verdict: passed
#   earned: all
#
# tensordot for grey, padding and cutting for the shift.

# %%
import numpy as np

# %%
def flatten(images):
    n, c, h, w = images.shape
    return np.reshape(images, (n, c * h * w)).astype(np.float64)


# %%
def to_grayscale(images):
    if images.shape[1:2] != (3,):
        raise ValueError(f"{images.shape[1]} channels")
    return np.tensordot(images.astype(float), np.array([0.299, 0.587, 0.114]), axes=(1, 0))[:, None]


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
def shift(images, dy, dx):
    n, c, height, width = images.shape
    y, x = min(abs(dy), height), min(abs(dx), width)
    framed = np.pad(images.astype(float), ((0, 0), (0, 0), (y, y), (x, x)))
    top, left = y - max(-height, min(height, dy)), x - max(-width, min(width, dx))
    return framed[:, :, top : top + height, left : left + width]
