# expect:
#   verdict: passed
#   earned: all
#
# einsum forward and back; a window's maxima are found by comparison.

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
    labels = np.asarray(labels).astype(int)
    N, M = logits.shape
    if labels.shape != (N,) or not ((0 <= labels) & (labels < M)).all():
        raise ValueError("labels do not fit the logits")
    normaliser = np.logaddexp.reduce(np.asarray(logits, dtype=np.float64), axis=1)
    loss = (normaliser - logits[np.arange(N), labels]).mean()
    probabilities = np.exp(logits - normaliser[:, None])
    return float(loss), (probabilities - np.eye(M)[labels]) / N

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
    if params.keys() ^ grads.keys():
        raise ValueError(f"only in one of the two: {params.keys() ^ grads.keys()}")
    return dict((key, np.subtract(value, np.multiply(lr, grads[key]))) for key, value in params.items())

# %%
def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    w, b, v, c = params["conv_w"], params["conv_b"], params["fc_w"], params["fc_b"]
    K, H, W = len(w), images.shape[2] // 2, images.shape[3] // 2
    losses = []
    for _ in range(epochs):
        order, losses_of_images = rng.permutation(len(images)), np.zeros(len(images))
        for start in range(0, len(images), batch):
            chosen = order[start : start + batch]
            padded = np.pad(images[chosen], ((0, 0), (0, 0), (1, 1), (1, 1)))
            patches = windows(padded, 3, 3, 1)
            z = np.einsum("ncijuv,kcuv->nkij", patches, w) + b[:, None, None]
            blocks = windows(np.maximum(z, 0), 2, 2, 2)
            m = np.einsum("nkijuv->nkij", blocks * 0) + blocks.max(axis=(4, 5))
            weights = v.reshape(-1, K, H, W)
            loss, d = cross_entropy(np.einsum("nkij,mkij->nm", m, weights) + c, labels[chosen])
            losses_of_images[start : start + batch] = loss
            share = np.einsum("nm,mkij->nkij", d, weights)
            first = (blocks == m[..., None, None]).reshape(*m.shape, 4)
            first = first & (np.cumsum(first, axis=-1) == 1)
            dz = np.zeros(z.shape)
            for u in range(2):
                for t in range(2):
                    dz[:, :, u : 2 * H : 2, t : 2 * W : 2] = share * first[..., 2 * u + t]
            dz = dz * (z > 0)
            w = w - lr * np.einsum("nkij,ncijuv->kcuv", dz, patches)
            b = b - lr * np.einsum("nkij->k", dz)
            v = v - lr * np.einsum("nm,nkij->mkij", d, m).reshape(v.shape)
            c = c - lr * np.einsum("nm->m", d)
        losses.append(float(losses_of_images.mean()))
    return {"conv_w": w + 0, "conv_b": b + 0, "fc_w": v + 0, "fc_b": c + 0}, losses
