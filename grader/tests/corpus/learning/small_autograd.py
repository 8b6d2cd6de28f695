# expect:
#   verdict: passed
#   earned: all
#
# A little machine for gradients: every operation leaves behind how to undo it.

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
    if set(params) != set(grads):
        raise ValueError("params and grads need the same names")
    return {name: params[name] - lr * grads[name] for name in params}

# %%
class Value:
    """An array that knows what it was made of."""

    def __init__(self, data, parents=(), back=None):
        self.data, self.parents, self.back = data, parents, back
        self.grad = np.zeros(np.shape(data))

    def backward(self, grad):
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = grad
        for value in reversed(order):
            if value.back is not None:
                for parent, part in zip(value.parents, value.back(value.grad)):
                    parent.grad = parent.grad + part


def convolved(x, w, b):
    return Value(
        conv2d(x.data, w.data, b.data, 1, 1), (x, w, b), lambda d: conv2d_backward(d, x.data, w.data, b.data, 1, 1)
    )


def rectified(x):
    return Value(relu(x.data), (x,), lambda d: (d * (x.data > 0),))


def pooled(x):
    return Value(maxpool2d(x.data, 2, 2), (x,), lambda d: (maxpool2d_backward(d, x.data, 2, 2, 0),))


def flattened(x):
    return Value(x.data.reshape(len(x.data), -1), (x,), lambda d: (d.reshape(x.data.shape),))


def affine(x, w, b):
    return Value(x.data @ w.data.T + b.data, (x, w, b), lambda d: (d @ w.data, d.T @ x.data, d.sum(axis=0)))


def train(images, labels, params, epochs, lr, batch, seed):
    rng, losses = np.random.default_rng(seed), []
    params = dict(params)
    for _ in range(epochs):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            p = {name: Value(array) for name, array in params.items()}
            hidden = flattened(pooled(rectified(convolved(Value(images[chosen]), p["conv_w"], p["conv_b"]))))
            logits = affine(hidden, p["fc_w"], p["fc_b"])
            loss, dlogits = cross_entropy(logits.data, labels[chosen])
            logits.backward(dlogits)
            params = sgd_step(params, {name: value.grad for name, value in p.items()}, lr)
            total += loss * len(chosen)
        losses.append(total / len(images))
    return params, losses
