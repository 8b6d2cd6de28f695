# expect:
#   verdict: passed
#   earned: all
#
# Whole numbers become fractions before they are added up or subtracted.

# %%
import numpy as np


# %%
def windows(x, kh, kw, stride):
    """Return every window of the images, (N, C, Ho, Wo, kh, kw), without copying them."""
    return np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]


def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide every filter over every image: x (N, C, H, W), w (K, C, kh, kw), b (K,) or None -> (N, K, Ho, Wo)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.tensordot(windows(padded, *w.shape[2:], stride), w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    return out if b is None else out + b[:, None, None]


def relu(x):
    """Set negative numbers to 0."""
    return np.maximum(x, 0)


def maxpool2d(x, kernel_size, stride, padding=0):
    """Keep the largest number of each window; a frame of minus infinity never wins."""
    border = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return windows(np.pad(x.astype(float), border, constant_values=-np.inf), kernel_size, kernel_size, stride).max(axis=(4, 5))


# %%
def cross_entropy(logits, labels):
    logits, labels = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    n, m = logits.shape
    if labels.shape != (n,) or not all(0 <= label < m for label in labels):
        raise ValueError("labels that do not fit")
    onehot = np.eye(m)[labels]
    shifted = logits - logits.max(axis=1, keepdims=True)
    logarithm = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    p = np.exp(shifted - logarithm)
    return float(((logarithm - shifted) * onehot).sum() / n), (p - onehot) / n


# %%
def conv2d_backward(dout, x, w, b, stride, padding):
    dout, x, w = (np.asarray(array, dtype=np.float64) for array in (dout, x, w))
    kh, kw = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    ho, wo = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    if dout.shape != (len(x), len(w), ho, wo):
        raise ValueError("dout does not fit")
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    for u in range(kh):
        for v in range(kw):
            seen = xp[:, :, u : u + stride * ho : stride, v : v + stride * wo : stride]
            dw[:, :, u, v] = np.tensordot(dout, seen, axes=([0, 2, 3], [0, 2, 3]))
            dxp[:, :, u : u + stride * ho : stride, v : v + stride * wo : stride] += np.tensordot(
                dout, w[:, :, u, v], axes=(1, 0)
            ).transpose(0, 3, 1, 2)
    db = None if b is None else dout.sum(axis=(0, 2, 3))
    return dxp[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dw, db


# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    dout = np.asarray(dout, dtype=np.float64)
    k, s, p = kernel_size, stride, padding
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    ho, wo = (xp.shape[2] - k) // s + 1, (xp.shape[3] - k) // s + 1
    if dout.shape != (*x.shape[:2], ho, wo):
        raise ValueError("dout does not fit")
    best = maxpool2d(x, k, s, p)
    open_windows = np.ones(dout.shape, bool)
    dxp = np.zeros(xp.shape)
    for u in range(k):
        for v in range(k):
            place = (slice(None), slice(None), slice(u, u + s * ho, s), slice(v, v + s * wo, s))
            wins = open_windows & (xp[place] == best)
            dxp[place] += wins * dout
            open_windows &= ~wins
    return dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]


# %%
def sgd_step(params, grads, lr):
    if params.keys() != grads.keys():
        raise ValueError("the names differ")
    return {name: params[name] - lr * grads[name] for name in params}


# %%
def one_batch(images, labels, p):
    maps = conv2d(images, p["conv_w"], p["conv_b"], 1, 1)
    clipped = relu(maps)
    pooled = maxpool2d(clipped, 2, 2)
    flat = pooled.reshape(len(images), -1)
    loss, dlogits = cross_entropy(flat @ p["fc_w"].T + p["fc_b"], labels)
    dclipped = maxpool2d_backward((dlogits @ p["fc_w"]).reshape(pooled.shape), clipped, 2, 2, 0)
    _, dw, db = conv2d_backward(dclipped * (maps > 0), images, p["conv_w"], p["conv_b"], 1, 1)
    return loss, {"conv_w": dw, "conv_b": db, "fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)}


def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    losses = []
    params = dict(params)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        total = 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss, grads = one_batch(images[chosen], labels[chosen], params)
            params = sgd_step(params, grads, lr)
            total += loss * len(chosen)
        losses.append(total / len(order))
    return params, losses
