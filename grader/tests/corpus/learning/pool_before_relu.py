# expect:
#   verdict: passed
#   earned: all
#
# Pooling first, ReLU on the few numbers that are left: the same network.

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
    p = padding
    if dout.shape != (N, K, 1 + (H + 2 * p - kh) // stride, 1 + (W + 2 * p - kw) // stride):
        raise ValueError("shape of dout")
    # Put the numbers of dout as far apart as the windows are, and fill up on the right and below.
    spread = np.zeros((N, K, H + 2 * p - kh + 1, W + 2 * p - kw + 1))
    spread[:, :, ::stride, ::stride] = dout
    framed = np.pad(spread, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    view = np.lib.stride_tricks.sliding_window_view
    dxp = np.einsum("nkijuv,kcuv->ncij", view(framed, (kh, kw), axis=(2, 3)), w[:, :, ::-1, ::-1])
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dw = np.einsum("ncuvij,nkij->kcuv", view(xp, spread.shape[2:], axis=(2, 3)), spread)
    return dxp[:, :, p : p + H, p : p + W], dw, dout.sum(axis=(0, 2, 3)) if b is not None else None

# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    p = padding
    xp = np.pad(np.asarray(x, float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    ho, wo = ((side - kernel_size) // stride + 1 for side in xp.shape[2:])
    if dout.shape != (*x.shape[:2], ho, wo):
        raise ValueError("dout has another shape than the pooled maps")

    def place(u, v):
        return np.s_[:, :, u : u + (ho - 1) * stride + 1 : stride, v : v + (wo - 1) * stride + 1 : stride]

    places = [place(u, v) for u in range(kernel_size) for v in range(kernel_size)]
    best = np.max([xp[at] for at in places], axis=0)
    open_windows, dxp = np.ones(dout.shape, bool), np.zeros(xp.shape)
    for at in places:
        wins = open_windows & (xp[at] == best)
        dxp[at] += np.where(wins, dout, 0)
        open_windows &= ~wins
    return dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]

# %%
def sgd_step(params, grads, lr):
    if set(params) != set(grads):
        raise ValueError("params and grads need the same names")
    return {name: params[name] - lr * grads[name] for name in params}

# %%
def loss_and_gradients(x, y, p):
    z = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    m = maxpool2d(z, 2, 2)
    flat = relu(m).reshape(len(x), -1)
    loss, d = cross_entropy(flat @ p["fc_w"].T + p["fc_b"], y)
    dm = (d @ p["fc_w"]).reshape(m.shape) * (m > 0)
    dz = maxpool2d_backward(dm, z, 2, 2, 0)
    _, dw, db = conv2d_backward(dz, x, p["conv_w"], p["conv_b"], 1, 1)
    return loss, {"conv_w": dw, "conv_b": db, "fc_w": d.T @ flat, "fc_b": d.sum(axis=0)}


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
