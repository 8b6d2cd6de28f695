# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: unfinished}
#   sentence: conv2d
#
# The second stub was deleted.

# %%
import numpy as np

# %%
def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel.astype(float))
