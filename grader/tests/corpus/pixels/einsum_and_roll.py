# expect:
#   verdict: passed
#   earned: all
#
# einsum for grey; roll, then zeros where something came round.

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
        raise ValueError("not a batch of colour images")
    return np.einsum("nchw,c->nhw", images, [0.299, 0.587, 0.114])[:, np.newaxis]


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
    if images.ndim != 4:
        raise ValueError("four axes")
    out = np.roll(images, (dy, dx), axis=(2, 3)).astype(float)
    if dy > 0:
        out[:, :, :dy] = 0
    elif dy < 0:
        out[:, :, dy:] = 0
    if dx > 0:
        out[:, :, :, :dx] = 0
    elif dx < 0:
        out[:, :, :, dx:] = 0
    return out
