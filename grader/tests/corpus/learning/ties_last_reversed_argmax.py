# expect:
#   verdict: passed
#   earned: all
#
# In train the last of equal numbers wins: argmax from behind.

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
    n, m = logits.shape
    if len(labels) != n or labels.min() < 0 or labels.max() >= m:
        raise ValueError("each row needs a label from 0 to M - 1")
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -logp[np.arange(n), labels].mean()
    dlogits = np.exp(logp)
    dlogits[np.arange(n), labels] -= 1
    return float(loss), dlogits / n

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
    if set(params) != set(grads):
        raise ValueError("params and grads need the same names")
    return {name: params[name] - lr * grads[name] for name in params}

# %%
def pool_back(dpooled, x):
    """The winner of each 2x2 block, counted from its end."""
    n, c, ho, wo = dpooled.shape
    blocks = x[:, :, : 2 * ho, : 2 * wo].reshape(n, c, ho, 2, wo, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, ho, wo, 4)
    last = 3 - blocks[..., ::-1].argmax(axis=-1)
    spread = (np.arange(4) == last[..., None]) * dpooled[..., None]
    dx = np.zeros(x.shape)
    dx[:, :, : 2 * ho, : 2 * wo] = spread.reshape(n, c, ho, wo, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * ho, 2 * wo)
    return dx


def loss_and_gradients(images, labels, p):
    maps = conv2d(images, p["conv_w"], p["conv_b"], padding=1)
    active = relu(maps)
    pooled = maxpool2d(active, 2, 2)
    flat = pooled.reshape(len(images), -1)
    loss, dlogits = cross_entropy(flat @ p["fc_w"].T + p["fc_b"], labels)
    dactive = pool_back((dlogits @ p["fc_w"]).reshape(pooled.shape), active)
    _, dw, db = conv2d_backward(dactive * (maps > 0), images, p["conv_w"], p["conv_b"], 1, 1)
    return loss, {"conv_w": dw, "conv_b": db, "fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)}


def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(images))
        total = 0.0
        for start in range(0, len(images), batch):
            chosen = order[start : start + batch]
            loss, grads = loss_and_gradients(images[chosen], labels[chosen], params)
            params = sgd_step(params, grads, lr)
            total += loss * len(chosen)
        losses.append(total / len(images))
    return {name: np.array(value) for name, value in params.items()}, losses
