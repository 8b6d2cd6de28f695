# expect:
#   verdict: passed
#   earned: all
#
# By Fourier transform: right to its accuracy.

# %%
import numpy as np

# %%
def check_arguments(x, w, b, stride, padding):
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if padding < 0:
        raise ValueError("padding must not be negative")
    if x.shape[1] != w.shape[1]:
        raise ValueError("x and w have different numbers of channels")
    if b is not None and len(b) != len(w):
        raise ValueError("there must be one bias per filter")
    if w.shape[2] > x.shape[2] + 2 * padding or w.shape[3] > x.shape[3] + 2 * padding:
        raise ValueError("the kernel is larger than the padded image")

# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(np.float64)
    size = xp.shape[2:]
    # Correlation is multiplication by the complex conjugate.
    fx = np.fft.rfft2(xp)
    fw = np.conj(np.fft.rfft2(w.astype(np.float64), s=size))
    full = np.fft.irfft2(np.einsum("nchw,kchw->nkhw", fx, fw, optimize=True), s=size)
    ho, wo = size[0] - w.shape[2] + 1, size[1] - w.shape[3] + 1
    out = full[:, :, :ho:stride, :wo:stride]
    if b is not None:
        out = out + b[:, None, None]
    return out

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
