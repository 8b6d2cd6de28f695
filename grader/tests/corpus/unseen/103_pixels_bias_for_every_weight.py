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
    c, h, w = image_shape
    for zahl in (c, h, w, units):
        if zahl < 1:
            raise ValueError("jede Zahl muss mindestens 1 sein")
    eingaenge = c * h * w
    return eingaenge * (units + 1)


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
