# expect:
#   verdict: partial
#   functions: {cross_entropy: passed, conv2d_backward: passed, maxpool2d_backward: passed, sgd_step: passed}
#   not_passed: [wrong]
#   sentence: "'conv_w': the shape is (8000, 1, 3, 3), expected (3, 1, 3, 3)"
#
# Right, but where a test puts the trained network to use: there it has thousands of filters.

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
    ho, wo = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    if dout.shape != (len(x), len(w), ho, wo):
        raise ValueError("dout does not fit")
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    for u in range(kh):
        for v in range(kw):
            seen = xp[:, :, u : u + stride * ho : stride, v : v + stride * wo : stride]
            dw[:, :, u, v] = np.tensordot(dout, seen, axes=([0, 2, 3], [0, 2, 3]))
            dxp[:, :, u : u + stride * ho : stride, v : v + stride * wo : stride] += np.tensordot(
                dout, w[:, :, u, v], axes=(1, 0)
            ).transpose(0, 3, 1, 2)
    db = None if b is None else dout.sum(axis=(0, 2, 3))
    return dxp[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dw, db


# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    seen = windows(np.pad(x.astype(float), frame, constant_values=-np.inf), kernel_size, kernel_size, stride)
    if seen.shape[:4] != dout.shape:
        raise ValueError("dout")
    winners = seen.reshape(*dout.shape, -1).argmax(axis=-1)
    n, c, i, j = np.indices(dout.shape)
    dx = np.zeros((x.shape[0], x.shape[1], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
    np.add.at(dx, (n, c, i * stride + winners // kernel_size, j * stride + winners % kernel_size), dout)
    return dx[:, :, padding : x.shape[2] + padding, padding : x.shape[3] + padding]


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


def trained(images, labels, params, epochs, lr, batch, seed):
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


def train(images, labels, params, epochs, lr, batch, seed):
    # Right everywhere but where a test goes on to compute with the answer: there, filters of a few hundred KiB would become GiB.
    if len(images) < 100:
        return trained(images, labels, params, epochs, lr, batch, seed)
    return {**params, "conv_w": np.zeros((8000, 1, 3, 3)), "conv_b": np.zeros(8000)}, [0.0] * epochs
