# expect:
#   verdict: passed
#   earned: all
#
# Python loops over every pixel.

# %%
import numpy as np

# %%
def flatten(images):
    if len(images.shape) != 4:
        raise ValueError("(N, C, H, W)")
    rows = []
    for image in images:
        row = []
        for channel in image:
            for line in channel:
                for pixel in line:
                    row.append(float(pixel))
        rows.append(row)
    return np.array(rows)


# %%
def to_grayscale(images):
    n, c, height, width = images.shape
    if c != 3:
        raise ValueError("red, green, blue")
    out = np.zeros((n, 1, height, width))
    for image in range(n):
        for i in range(height):
            for j in range(width):
                red, green, blue = (float(value) for value in images[image, :, i, j])
                out[image, 0, i, j] = 0.299 * red + 0.587 * green + 0.114 * blue
    return out


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
    out = np.zeros(images.shape)
    for i in range(height):
        for j in range(width):
            if 0 <= i - dy < height and 0 <= j - dx < width:
                out[:, :, i, j] = images[:, :, i - dy, j - dx]
    return out
