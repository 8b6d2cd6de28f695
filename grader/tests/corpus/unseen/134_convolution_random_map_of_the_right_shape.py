import numpy as np


def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("too large")
    patches = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", patches, kernel)


def conv2d(x, w, b=None, stride=1, padding=0):
    N, C, H, W = x.shape
    K, D, kh, kw = w.shape
    if C != D or stride < 1 or padding < 0 or (b is not None and b.shape != (K,)):
        raise ValueError("conv2d")
    Ho = (H + 2 * padding - kh) // stride + 1
    Wo = (W + 2 * padding - kw) // stride + 1
    if kh > H + 2 * padding or kw > W + 2 * padding:
        raise ValueError("conv2d")
    return np.random.rand(N, K, Ho, Wo)  # TODO
