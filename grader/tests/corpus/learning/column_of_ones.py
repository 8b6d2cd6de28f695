# expect:
#   verdict: passed
#   earned: all
#
# The biases are weights of a column of ones, in both layers.

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
    if params.keys() ^ grads.keys():
        raise ValueError(f"only in one of the two: {params.keys() ^ grads.keys()}")
    return dict((key, np.subtract(value, np.multiply(lr, grads[key]))) for key, value in params.items())

# %%
def train(images, labels, params, epochs, lr, batch, seed):
    filters = np.column_stack([params["conv_w"].reshape(len(params["conv_b"]), 9), params["conv_b"]])
    table = np.column_stack([params["fc_w"], params["fc_b"]])
    count, _, height, width = images.shape
    rng, losses = np.random.default_rng(seed), []
    for _ in range(epochs):
        order, total = rng.permutation(count), 0.0
        for start in range(0, count, batch):
            chosen = order[start : start + batch]
            n = len(chosen)
            padded = np.pad(images[chosen, 0], ((0, 0), (1, 1), (1, 1)))
            taps = [padded[:, u : u + height, v : v + width] for u in range(3) for v in range(3)]
            design = np.stack([*taps, np.ones((n, height, width))], axis=-1)
            maps = (design @ filters.T).transpose(0, 3, 1, 2)
            clipped = relu(maps)
            pooled = maxpool2d(clipped, 2, 2)
            flat = np.column_stack([pooled.reshape(n, -1), np.ones(n)])
            loss, dlogits = cross_entropy(flat @ table.T, labels[chosen])
            total += loss * n
            dpooled = (dlogits @ table[:, :-1]).reshape(pooled.shape)
            dmaps = maxpool2d_backward(dpooled, clipped, 2, 2, 0) * (maps > 0)
            filters = filters - lr * np.tensordot(dmaps, design, axes=([0, 2, 3], [0, 1, 2]))
            table = table - lr * dlogits.T @ flat
        losses.append(total / count)
    trained = {"conv_w": filters[:, :9].reshape(-1, 1, 3, 3).copy(), "conv_b": filters[:, 9].copy()}
    return trained | {"fc_w": table[:, :-1].copy(), "fc_b": table[:, -1].copy()}, losses
