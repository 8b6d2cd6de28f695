# expect:
#   verdict: passed
#   earned: all
#
# The maximum of four strided views; in train whichever equals it gets the gradient.

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
def quarters(a):
    """The four places of all 2x2 windows."""
    h, w = a.shape[2] // 2 * 2, a.shape[3] // 2 * 2
    return a[:, :, 0:h:2, 0:w:2], a[:, :, 0:h:2, 1:w:2], a[:, :, 1:h:2, 0:w:2], a[:, :, 1:h:2, 1:w:2]


def loss_and_gradients(x, y, p):
    z = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    a = relu(z)
    q = quarters(a)
    m = np.maximum(np.maximum(q[0], q[1]), np.maximum(q[2], q[3]))
    flat = m.reshape(len(x), -1)
    loss, d = cross_entropy(flat @ p["fc_w"].T + p["fc_b"], y)
    dm = (d @ p["fc_w"]).reshape(m.shape)
    da = np.zeros(a.shape)
    for place, before in zip(quarters(da), q):
        place += dm * (before == m)
    _, dw, db = conv2d_backward(da * np.sign(a), x, p["conv_w"], p["conv_b"], 1, 1)
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
