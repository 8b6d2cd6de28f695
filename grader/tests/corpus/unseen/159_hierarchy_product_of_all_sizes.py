import numpy as np


def float_type(*arrays):
    """Return float32 if all arrays are float32, else float64. None means that there is no such array."""
    return np.float32 if all(a.dtype == np.float32 for a in arrays if a is not None) else np.float64


def conv2d(x, w, b=None, padding=0):
    """Slide every filter over every image: x (N, C, H, W), w (K, C, kh, kw), b (K,) or None -> (N, K, Ho, Wo)."""
    dtype = float_type(x, w, b)
    if padding < 0:
        raise ValueError(f"padding must be 0 or more, not {padding}")
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"the filters expect {w.shape[1]} channels, but x has {x.shape[1]}")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if x.shape[2] < w.shape[2] or x.shape[3] < w.shape[3]:
        raise ValueError(f"a kernel of {w.shape[2]}x{w.shape[3]} is larger than the padded image of {x.shape[2]}x{x.shape[3]}")
    patches = np.lib.stride_tricks.sliding_window_view(x.astype(dtype), w.shape[2:], axis=(2, 3))
    out = np.tensordot(w.astype(dtype), patches, axes=([1, 2, 3], [1, 4, 5])).swapaxes(0, 1)
    return out if b is None else out + b.astype(dtype)[:, None, None]


def maxpool2d(x, pool):
    """Keep the largest number of each pool x pool window; rows and columns that fill no window are dropped."""
    if pool < 1:
        raise ValueError(f"pool must be 1 or more, not {pool}")
    rows, columns = x.shape[2] // pool, x.shape[3] // pool
    if rows == 0 or columns == 0:
        raise ValueError(f"a pooling window of {pool}x{pool} is larger than the map of {x.shape[2]}x{x.shape[3]}")
    x = x[:, :, : rows * pool, : columns * pool]
    out = x[:, :, ::pool, ::pool]
    for i in range(pool):
        for j in range(pool):
            out = np.maximum(out, x[:, :, i::pool, j::pool])
    return out


def relu(x):
    return np.where(x < 0, 0.0, x).astype(np.float64)


def conv_block(x, w, b=None, padding=0, pool=1):
    z = conv2d(x, w, b=b, padding=padding)
    a = relu(z)
    return maxpool2d(a, pool)


def feature_hierarchy(x, layers):
    maps = [x]
    for w, b, padding, pool in layers:
        maps.append(conv_block(maps[-1], w, b, padding, pool))
    return maps


def receptive_field(layers):
    if any(kernel < 1 or pool < 1 for kernel, pool in layers):
        raise ValueError("below 1")
    answer = [1]
    for kernel, pool in layers:
        answer.append(answer[-1] * kernel * pool)
    return answer
