# expect:
#   verdict: passed
#   earned: all
#
# Each step of the forward pass returns its own way back; >= lets the last of a tie win.

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
def indices(x_shape, kh, kw, stride, padding):
    """Return which pixel (c, row, column) of a padded image stands where in the matrix of columns."""
    _, C, H, W = x_shape
    ho, wo = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    c, u, v = np.indices((C, kh, kw)).reshape(3, -1, 1)
    i, j = np.indices((ho, wo)).reshape(2, 1, -1)
    return c, u + stride * i, v + stride * j


def conv2d_backward(dout, x, w, b, stride, padding):
    N, C, H, W = x.shape
    K, _, kh, kw = w.shape
    if dout.shape != (N, K, (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1):
        raise ValueError("dout has another shape than the output")
    where = indices(x.shape, kh, kw, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    columns = xp[(slice(None), *where)]
    d = dout.reshape(N, K, -1)
    dw = sum(d[n] @ columns[n].T for n in range(N)).reshape(w.shape)
    dxp = np.zeros(xp.shape)
    for n in range(N):
        np.add.at(dxp[n], where, w.reshape(K, -1).T @ d[n])
    return dxp[:, :, padding : H + padding, padding : W + padding], dw, None if b is None else d.sum(axis=(0, 2))

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
def convolution(x, w, b):
    def back(d):
        return conv2d_backward(d, x, w, b, 1, 1)[1:]

    return conv2d(x, w, b, 1, 1), back


def rectifier(x):
    return relu(x), lambda d: np.where(x > 0, d, 0)


def pooling(x):
    ho, wo = x.shape[2] // 2, x.shape[3] // 2
    best, who = x[:, :, 0 : 2 * ho : 2, 0 : 2 * wo : 2].copy(), np.zeros((*x.shape[:2], ho, wo), int)
    for place, (u, v) in enumerate([(0, 1), (1, 0), (1, 1)], start=1):
        here = x[:, :, u : 2 * ho : 2, v : 2 * wo : 2]
        who[here >= best] = place
        best = np.maximum(best, here)

    def back(d):
        dx = np.zeros(x.shape)
        for place, (u, v) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
            dx[:, :, u : 2 * ho : 2, v : 2 * wo : 2] = d * (who == place)
        return dx

    return best, back


def loss_and_gradients(x, y, p):
    z, back_conv = convolution(x, p["conv_w"], p["conv_b"])
    a, back_relu = rectifier(z)
    m, back_pool = pooling(a)
    flat = m.reshape(len(m), -1)
    loss, d = cross_entropy(flat @ p["fc_w"].T + p["fc_b"], y)
    dw, db = back_conv(back_relu(back_pool((d @ p["fc_w"]).reshape(m.shape))))
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
