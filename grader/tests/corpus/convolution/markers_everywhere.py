# expect:
#   verdict: passed
#   earned: all
#
# Marks of cells in a docstring, in a function and in a text are no borders.

# %%
import numpy as np

TEXT = """
# %%
this is not Python
# In[1]:
"""

# %% [markdown]
"""
A cell of text, in quotes.
"""

# %%
def check_arguments(x, w, b, stride, padding):
    if stride < 1 or padding < 0:
        raise ValueError("impossible stride or padding")
    if x.shape[1] != w.shape[1] or (b is not None and len(b) != len(w)):
        raise ValueError("channels or biases differ")
    if any(kernel > size + 2 * padding for kernel, size in zip(w.shape[2:], x.shape[2:])):
        raise ValueError("the kernel is larger than the padded image")


# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide.

# %% [markdown]
    how it works
    """
    check_arguments(x, w, b, stride, padding)
# %%
    padded = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    # %%
    maps = np.tensordot(windows[:, :, ::stride, ::stride], w.astype(float), axes=([1, 4, 5], [1, 2, 3]))
    maps = maps.transpose(0, 3, 1, 2)
    return maps if b is None else maps + b[None, :, None, None]


# %% the small one
def correlate2d(image, kernel):
    return conv2d(
        image[None, None],
# %% [raw]
        kernel[None, None],
    )[0, 0]
