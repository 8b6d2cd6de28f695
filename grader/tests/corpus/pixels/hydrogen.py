# expect:
#   verdict: passed
#   earned: all
#
# Cells with IPython's lines in them, as Hydrogen and Visual Studio Code run them.

# %%
%load_ext autoreload
%autoreload 2
import numpy as np

# %%
np.moveaxis?
def flatten(images):
    n, c, height, width = images.shape
    return np.ascontiguousarray(images, dtype=np.float64).reshape(n, c * height * width)


# %% [markdown]
# grey

# %%
%%time
def to_grayscale(images):
    red, green, blue = np.moveaxis(np.asarray(images, dtype=np.float64), 1, 0)
    return (0.299 * red + 0.587 * green + 0.114 * blue)[:, np.newaxis]


# %%
files = !ls
def count_dense_parameters(image_shape, units):
    channels, height, width = image_shape
    if channels < 1 or height < 1 or width < 1 or units < 1:
        raise ValueError("below 1")
    return (channels * height * width + 1) * units


# %%
def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    if min(in_channels, out_channels, kh, kw) < 1:
        raise ValueError("below 1")
    return out_channels * (in_channels * kh * kw + (1 if bias else 0))


# %%
if True:
    %precision 3
def shift(images, dy, dx):
    n, c, height, width = images.shape
    moved = np.zeros((n, c, height, width))
    for i in range(height):
        if 0 <= i - dy < height:
            kept = slice(max(dx, 0), max(min(width, width + dx), 0))
            moved[:, :, i, kept] = images[:, :, i - dy, max(-dx, 0) : max(-dx, 0) + max(kept.stop - kept.start, 0)]
    return moved
