import numpy as np


def flatten(images):
    if images.ndim != 4:
        raise ValueError("four axes, please")
    return images.reshape(images.shape[0], -1).astype(float)


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
        raise ValueError("wrong number of axes")
    result = np.roll(images, (dy, dx), axis=(2, 3))
    # what came in on the other side must go
    if dy > 0:
        result[:, :, :dy, :] = 0
    if dy < 0:
        result[:, :, dy:, :] = 0
    if dx > 0:
        result[:, :, :dx, :] = 0
    if dx < 0:
        result[:, :, :, dx:] = 0
    return result
