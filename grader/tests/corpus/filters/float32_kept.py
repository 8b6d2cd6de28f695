# expect:
#   verdict: passed
#   earned: all
#
# float32 where it came in; taps instead of windows.

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
def gaussian(size, sigma):
    if size < 1 or size % 2 == 0 or sigma <= 0:
        raise ValueError("size is odd, sigma positive")
    d = np.arange(size) - size // 2
    g = np.exp(-(d[:, None] ** 2 + d**2) / (2 * sigma**2))
    return g / g.sum()


# %%
def sobel():
    right = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    return np.array([right, right.T])


# %%
def laplacian():
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


# %%
def kind_of(*arrays):
    return np.float32 if all(a.dtype == np.float32 for a in arrays) else np.float64


def edge_strength(images):
    n, c, height, width = images.shape
    if height < 3 or width < 3:
        raise ValueError("small")
    x = images.astype(kind_of(images))
    gx = np.zeros((n, c, height - 2, width - 2), x.dtype)
    gy = np.zeros_like(gx)
    right, down = sobel()
    for u in range(3):
        for v in range(3):
            part = x[:, :, u : u + height - 2, v : v + width - 2]
            gx += x.dtype.type(right[u, v]) * part
            gy += x.dtype.type(down[u, v]) * part
    return np.sqrt(gx * gx + gy * gy)


# %%
def feature_maps(images, bank):
    if images.shape[1] != 1 or bank.shape[1] % 2 == 0 or bank.shape[2] % 2 == 0:
        raise ValueError("grey and odd")
    kind = kind_of(images, bank)
    kh, kw = bank.shape[1:]
    x = np.pad(images[:, 0].astype(kind), ((0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2)))
    out = np.zeros((len(images), len(bank), *images.shape[2:]), kind)
    for u in range(kh):
        for v in range(kw):
            seen = x[:, None, u : u + images.shape[2], v : v + images.shape[3]]
            out += bank[:, u, v].astype(kind)[:, None, None] * seen
    return out


# %%
def to_display(maps):
    maps = maps.astype(float)
    low, high = maps.min(axis=(2, 3), keepdims=True), maps.max(axis=(2, 3), keepdims=True)
    return (maps - low) / np.where(high > low, high - low, 1)
