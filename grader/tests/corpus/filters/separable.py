# expect:
#   verdict: passed
#   earned: all
#
# Outer products; differences of slices instead of a kernel.

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
    if size % 2 != 1 or size < 0 or sigma <= 0:
        raise ValueError(f"no bell of size {size} and width {sigma}")
    half = size // 2
    row = np.exp(-0.5 * (np.linspace(-half, half, size) / sigma) ** 2)
    row /= row.sum()
    return row[:, None] * row


# %%
def sobel():
    across, along = np.array([1.0, 2.0, 1.0]), np.array([-1.0, 0.0, 1.0])
    return np.stack((np.outer(across, along), np.outer(along, across)))


# %%
def laplacian():
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


# %%
def edge_strength(images):
    if min(images.shape[2:]) < 3:
        raise ValueError("no place for a kernel")
    x = images.astype(float)
    soft_rows = x[:, :, :-2] + 2 * x[:, :, 1:-1] + x[:, :, 2:]
    soft_columns = x[..., :-2] + 2 * x[..., 1:-1] + x[..., 2:]
    gx = soft_rows[..., 2:] - soft_rows[..., :-2]
    gy = soft_columns[:, :, 2:] - soft_columns[:, :, :-2]
    return np.hypot(gx, gy)


# %%
def feature_maps(images, bank):
    if images.ndim != 4 or images.shape[1] != 1:
        raise ValueError("grey images only")
    if bank.ndim != 3 or bank.shape[1] % 2 == 0 or bank.shape[2] % 2 == 0:
        raise ValueError("kernels need a middle")
    return conv2d(images, bank, (bank.shape[1] // 2, bank.shape[2] // 2))


# %%
def to_display(maps):
    maps = maps.astype(float)
    low, high = maps.min(axis=(2, 3), keepdims=True), maps.max(axis=(2, 3), keepdims=True)
    return (maps - low) / np.where(high > low, high - low, 1)
