import numpy as np


def flatten(images):
    if np.ndim(images) != 4:
        raise ValueError("images must be (N, C, H, W)")
    return np.array([np.asarray(img, dtype=np.float64).ravel() for img in images])


def to_grayscale(images):
    weights = np.array([0.299, 0.587, 0.114])
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError("images must have 3 channels")
    grey = np.dot(images, weights)
    return grey.reshape(images.shape[0], 1, images.shape[2], images.shape[3])


def count_dense_parameters(image_shape, units):
    if min(image_shape) < 1 or units < 1:
        raise ValueError("sizes must be positive")
    c, h, w = image_shape
    return c * h * w * units + units


def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    if in_channels < 1 or out_channels < 1 or kh < 1 or kw < 1:
        raise ValueError("sizes must be positive")
    weights = out_channels * in_channels * kh * kw
    return weights + out_channels if bias else weights


def shift(images, dy, dx):
    if images.ndim != 4:
        raise ValueError("not a batch")
    n, c, h, w = images.shape
    moved = np.zeros((n, c, h, w), dtype=float)
    if abs(dy) < h and abs(dx) < w:
        moved[:, :, max(dy, 0):h + min(dy, 0), max(dx, 0):w + min(dx, 0)] = images[
            :, :, max(-dy, 0):h + min(-dy, 0), max(-dx, 0):w + min(-dx, 0)]
    return moved
