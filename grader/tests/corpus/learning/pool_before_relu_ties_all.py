# expect:
#   verdict: passed
#   earned: all
#
# Pooling first, and every number that equals its maximum counts.

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
def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(logits, labels):
    if labels.shape[0] != logits.shape[0]:
        raise ValueError("there must be one label per row")
    if np.any(labels < 0) or np.any(labels >= logits.shape[1]):
        raise ValueError("a label is out of range")
    onehot = np.zeros(logits.shape)
    onehot[np.arange(len(labels)), labels] = 1.0
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.sum(onehot * log_probabilities) / len(labels)
    return float(loss), (softmax(logits) - onehot) / len(labels)

# %%
def conv2d_backward(dout, x, w, b, stride, padding):
    N, C, H, W = x.shape
    K, _, kh, kw = w.shape
    Ho, Wo = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    if dout.shape != (N, K, Ho, Wo):
        raise ValueError(f"dout should be {(N, K, Ho, Wo)}")
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    for u in range(kh):
        for v in range(kw):
            here = np.s_[:, :, u : u + stride * Ho : stride, v : v + stride * Wo : stride]
            dw[:, :, u, v] = np.einsum("nkij,ncij->kc", dout, xp[here])
            dxp[here] += np.einsum("nkij,kc->ncij", dout, w[:, :, u, v])
    db = None if b is None else dout.sum(axis=(0, 2, 3))
    return dxp[:, :, padding : padding + H, padding : padding + W], dw, db

# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    k, p = kernel_size, padding
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    view = np.lib.stride_tricks.sliding_window_view(xp, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    if view.shape[:4] != dout.shape:
        raise ValueError("dout has the wrong shape")
    winner = view.reshape(*dout.shape, k * k).argmax(axis=-1)
    n, c, i, j = np.indices(dout.shape)
    dxp = np.zeros(xp.shape)
    np.add.at(dxp, (n, c, i * stride + winner // k, j * stride + winner % k), dout)
    return dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]

# %%
def sgd_step(params, grads, lr):
    if sorted(params.keys()) != sorted(grads.keys()):
        raise ValueError("names differ")
    new = {}
    for key in params:
        new[key] = params[key].copy()
        new[key] -= lr * grads[key]
    return new

# %%
def train(images, labels, params, epochs, lr, batch, seed):
    w, b, fw, fb = (np.array(params[name]) for name in ("conv_w", "conv_b", "fc_w", "fc_b"))
    rng, losses, n_images = np.random.default_rng(seed), [], images.shape[0]
    ho, wo = images.shape[2] // 2, images.shape[3] // 2
    for _ in range(epochs):
        order, epoch_loss = rng.permutation(n_images), 0.0
        for i in range(0, n_images, batch):
            x, y = images[order[i : i + batch]], labels[order[i : i + batch]]
            z = conv2d(x, w, b, 1, 1)
            blocks = z[:, :, : 2 * ho, : 2 * wo].reshape(len(x), len(w), ho, 2, wo, 2)
            m = blocks.max(axis=(3, 5), keepdims=True)
            r = np.maximum(m, 0).reshape(len(x), -1)
            loss, d = cross_entropy(r @ fw.T + fb, y)
            epoch_loss += loss * len(x)
            dm = (d @ fw).reshape(m.shape) * (m > 0)
            dz = np.zeros(z.shape)
            dz[:, :, : 2 * ho, : 2 * wo] = ((blocks == m) * dm).reshape(len(x), len(w), 2 * ho, 2 * wo)
            _, dw, db = conv2d_backward(dz, x, w, b, 1, 1)
            w, b, fw, fb = w - lr * dw, b - lr * db, fw - lr * d.T @ r, fb - lr * d.sum(axis=0)
        losses.append(epoch_loss / n_images)
    return {"conv_w": w, "conv_b": b, "fc_w": fw, "fc_b": fb}, losses
