# expect:
#   verdict: passed
#   earned: all
#
# Copies of the parameters are moved in place; transposed matrices throughout.

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
    if labels.ndim != 1 or len(labels) != len(logits):
        raise ValueError("wrong number of labels")
    if labels.min() < 0 or labels.max() > logits.shape[1] - 1:
        raise ValueError("wrong label")
    column = labels.astype(np.int64)[:, None]
    z = logits.astype(np.float64)
    z = z - z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    s = e.sum(axis=-1, keepdims=True)
    loss = np.mean(np.log(s) - np.take_along_axis(z, column, axis=1))
    grad = e / s
    np.put_along_axis(grad, column, np.take_along_axis(grad, column, axis=1) - 1, axis=1)
    return loss.item(), grad / len(labels)

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
    new = {key: np.array(params[key], dtype=float) for key in params}
    rng = np.random.default_rng(seed)
    N, h, w = len(images), images.shape[2] // 2, images.shape[3] // 2
    losses = []
    for _ in range(epochs):
        order = rng.permutation(N)
        loss_sum, i = 0.0, 0
        while i < N:
            x, y = images[order[i : i + batch]], labels[order[i : i + batch]]
            z = conv2d(x, new["conv_w"], new["conv_b"], 1, 1)
            a = z.copy()
            a[a < 0] = 0
            cut = a[:, :, : 2 * h, : 2 * w]
            m = cut.reshape(len(x), -1, h, 2, w, 2).max(axis=5).max(axis=3)
            f = m.reshape(len(x), -1).T
            scores = new["fc_w"] @ f + new["fc_b"][:, None]
            loss, d = cross_entropy(scores.T, y)
            d = d.T
            back = (new["fc_w"].T @ d).T.reshape(m.shape)
            mask = cut == np.repeat(np.repeat(m, 2, axis=2), 2, axis=3)
            da = np.zeros(a.shape)
            da[:, :, : 2 * h, : 2 * w] = np.repeat(np.repeat(back, 2, axis=2), 2, axis=3)
            da[:, :, : 2 * h, : 2 * w] *= mask
            _, dw, db = conv2d_backward(da * (z > 0), x, new["conv_w"], new["conv_b"], 1, 1)
            new["conv_w"] -= lr * dw
            new["conv_b"] -= lr * db
            new["fc_w"] -= lr * (d @ f.T)
            new["fc_b"] -= lr * d.sum(axis=1)
            loss_sum += loss * len(x)
            i += batch
        losses.append(loss_sum / N)
    return new, losses
