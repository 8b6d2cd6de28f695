# expect:
#   verdict: passed
#   earned: all
#
# Two semi-finals and a final in every window.

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
    if set(params) != set(grads):
        raise ValueError("params and grads need the same names")
    return {name: params[name] - lr * grads[name] for name in params}

# %%
def loss_and_gradients(x, y, p):
    z = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    a = relu(z)
    h, w = a.shape[2] // 2 * 2, a.shape[3] // 2 * 2
    north_west, north_east = a[:, :, 0:h:2, 0:w:2], a[:, :, 0:h:2, 1:w:2]
    south_west, south_east = a[:, :, 1:h:2, 0:w:2], a[:, :, 1:h:2, 1:w:2]
    west_in_north, west_in_south = north_west >= north_east, south_west > south_east
    north, south = np.where(west_in_north, north_west, north_east), np.where(west_in_south, south_west, south_east)
    north_wins = north > south
    m = np.where(north_wins, north, south)
    f = m.reshape(len(x), -1)
    loss, d = cross_entropy(f @ p["fc_w"].T + p["fc_b"], y)
    dm = (d @ p["fc_w"]).reshape(m.shape)
    da = np.zeros(a.shape)
    da[:, :, 0:h:2, 0:w:2] = dm * (north_wins & west_in_north)
    da[:, :, 0:h:2, 1:w:2] = dm * (north_wins & ~west_in_north)
    da[:, :, 1:h:2, 0:w:2] = dm * (~north_wins & west_in_south)
    da[:, :, 1:h:2, 1:w:2] = dm * (~north_wins & ~west_in_south)
    _, dw, db = conv2d_backward(da * (z > 0), x, p["conv_w"], p["conv_b"], 1, 1)
    return loss, {"conv_w": dw, "conv_b": db, "fc_w": d.T @ f, "fc_b": d.sum(axis=0)}


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
