# expect:
#   verdict: passed
#   earned: all
#
# Python loops everywhere.

# %%
import numpy as np

# %%
def conv2d(x, w, padding=(0, 0)):
    """Slide every kernel over every grey image: x (N, 1, H, W), w (K, kh, kw), padding (ph, pw) -> (N, K, Ho, Wo)."""
    ph, pw = padding
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = np.lib.stride_tricks.sliding_window_view(x[:, 0], w.shape[1:], axis=(1, 2))
    return np.tensordot(patches, w, axes=([3, 4], [1, 2])).transpose(0, 3, 1, 2)


# %%
import math


def gaussian(size, sigma):
    if size < 1 or size % 2 == 0:
        raise ValueError("size")
    if not sigma > 0:
        raise ValueError("sigma")
    out = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            out[i, j] = math.exp(-((i - size // 2) ** 2 + (j - size // 2) ** 2) / (2 * sigma * sigma))
    return out / out.sum()


# %%
def sobel():
    right = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    return np.array([right, right.T])


# %%
def laplacian():
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


# %%
def edge_strength(images):
    if images.shape[2] < 3 or images.shape[3] < 3:
        raise ValueError("at least 3x3")
    kernels = sobel()
    out = np.zeros((images.shape[0], images.shape[1], images.shape[2] - 2, images.shape[3] - 2))
    for place in np.ndindex(*out.shape):
        n, c, i, j = place
        gx = gy = 0.0
        for u in range(3):
            for v in range(3):
                pixel = float(images[n, c, i + u, j + v])
                gx += pixel * kernels[0, u, v]
                gy += pixel * kernels[1, u, v]
        out[place] = math.hypot(gx, gy)
    return out


# %%
def feature_maps(images, bank):
    n, c, height, width = images.shape
    k, kh, kw = bank.shape
    if c != 1 or kh % 2 != 1 or kw % 2 != 1:
        raise ValueError("grey images, odd kernels")
    out = np.zeros((n, k, height, width))
    for image in range(n):
        for kernel in range(k):
            for i in range(height):
                for j in range(width):
                    total = 0.0
                    for u in range(kh):
                        for v in range(kw):
                            row, column = i + u - kh // 2, j + v - kw // 2
                            if 0 <= row < height and 0 <= column < width:
                                total += float(images[image, 0, row, column]) * float(bank[kernel, u, v])
                    out[image, kernel, i, j] = total
    return out


# %%
def to_display(maps):
    out = np.zeros(maps.shape)
    for n in range(maps.shape[0]):
        for k in range(maps.shape[1]):
            low, high = float(maps[n, k].min()), float(maps[n, k].max())
            if high > low:
                out[n, k] = (maps[n, k].astype(float) - low) / (high - low)
    return out
