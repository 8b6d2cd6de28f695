import numpy as np


def flatten(images):
    if np.ndim(images) != 4:
        raise ValueError("images must be (N, C, H, W)")
    return np.array([np.asarray(img, dtype=np.float64).ravel() for img in images])


def to_grayscale(images):
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError("RGB images only")
    r, g, b = images[:, 0], images[:, 1], images[:, 2]
    grey = 0.299 * r + 0.587 * g + 0.114 * b
    return grey.astype(float)[:, None, :, :]


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
    if len(images.shape) != 4:
        raise ValueError("shift needs a batch of images")
    N, C, H, W = images.shape
    new = np.zeros(images.shape)
    for y in range(H):
        for x in range(W):
            old_y = y + dy
            old_x = x + dx
            if old_y >= 0 and old_x >= 0 and old_y < H and old_x < W:
                new[:, :, y, x] = images[:, :, old_y, old_x]
    return new
