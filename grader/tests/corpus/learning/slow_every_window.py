# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {cross_entropy: passed, conv2d_backward: passed, maxpool2d_backward: passed, sgd_step: passed}
#   sentence: the reference's time
#   call_seconds: 2.5
#
# A Python loop over every window: right and slow.

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
    if logits.ndim != 2 or labels.shape != (logits.shape[0],):
        raise ValueError("one label a row")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError("a label is out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1)
    rows = np.arange(len(labels))
    loss = np.mean(np.log(total) - z[rows, labels])
    d = e / total[:, None]
    d[rows, labels] -= 1
    return float(loss), d / len(labels)


# %%
def conv2d_backward(dout, x, w, b, stride, padding):
    kh, kw = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if ((xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1) != dout.shape[2:]:
        raise ValueError("dout does not fit")
    dxp, dw, db = np.zeros(xp.shape), np.zeros(w.shape), np.zeros(len(w))
    for n in range(len(x)):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows, columns = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
                d = dout[n, :, i, j]
                db += d
                dw += d[:, None, None, None] * xp[n, :, rows, columns]
                dxp[n, :, rows, columns] += np.tensordot(d, w, axes=1)
    return dxp[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dw, None if b is None else db


# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    p = padding
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    if dout.shape[2:] != tuple((side - kernel_size) // stride + 1 for side in xp.shape[2:]):
        raise ValueError("dout does not fit")
    dxp = np.zeros(xp.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = xp[n, c, i * stride : i * stride + kernel_size, j * stride : j * stride + kernel_size]
        u, v = divmod(int(window.argmax()), kernel_size)
        dxp[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
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
