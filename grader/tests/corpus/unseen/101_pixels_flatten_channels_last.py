import numpy as np


def flatten(images):
    """one row for each picture"""
    if images.ndim != 4:
        raise ValueError("I need N, C, H, W")
    n = images.shape[0]
    hwc = np.transpose(images, (0, 2, 3, 1)).astype(float)
    return np.reshape(hwc, (n, -1))


def to_grayscale(images):
    if len(images.shape) != 4 or images.shape[1] != 3:
        raise ValueError("expected three channels")
    out = np.zeros((images.shape[0], 1) + images.shape[2:])
    for channel, weight in enumerate([0.299, 0.587, 0.114]):
        out[:, 0] += weight * images[:, channel].astype(np.float64)
    return out


def count_dense_parameters(image_shape, units):
    inputs = 1
    for size in image_shape:
        if size < 1:
            raise ValueError("bad image shape")
        inputs *= size
    if units < 1:
        raise ValueError("bad number of units")
    return (inputs + 1) * units


def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    if in_channels < 1 or out_channels < 1 or kh < 1 or kw < 1:
        raise ValueError("sizes must be positive")
    weights = out_channels * in_channels * kh * kw
    return weights + out_channels if bias else weights


def shift(images, dy, dx):
    if images.ndim != 4:
        raise ValueError("four axes, please")
    h, w = images.shape[2:]
    out = np.zeros(images.shape)
    for i in range(h):
        for j in range(w):
            if 0 <= i - dy < h and 0 <= j - dx < w:
                out[:, :, i, j] = images[:, :, i - dy, j - dx]
    return out
