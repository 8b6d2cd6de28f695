# expect:
#   verdict: passed
#   earned: all
#
# The work is done by a class.

# %%
import numpy as np
from dataclasses import dataclass

# %%
@dataclass
class Convolution:
    weights: np.ndarray
    bias: np.ndarray | None = None
    stride: int = 1
    padding: int = 0

    def __post_init__(self):
        if self.stride < 1 or self.padding < 0:
            raise ValueError("impossible stride or padding")
        if self.bias is not None and self.bias.shape != (len(self.weights),):
            raise ValueError("one bias per filter, please")

    @property
    def kernel_size(self):
        return self.weights.shape[2:]

    def windows(self, x):
        p = self.padding
        x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        # sliding_window_view raises ValueError by itself when the kernel does not fit.
        return np.lib.stride_tricks.sliding_window_view(x, self.kernel_size, axis=(2, 3))[:, :, :: self.stride, :: self.stride]

    def __call__(self, x):
        if x.shape[1] != self.weights.shape[1]:
            raise ValueError("channels differ")
        out = np.einsum("ncijuv,kcuv->nkij", self.windows(x), self.weights.astype(float), optimize="greedy")
        return out if self.bias is None else out + self.bias[:, None, None]

# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    return Convolution(w, b, stride, padding)(x)

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
