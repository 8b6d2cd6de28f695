# expect:
#   verdict: passed
#   earned: all
#
# In train equal numbers share the gradient.

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
    N, C, H, W = x.shape
    Ho = (H + 2 * padding - kernel_size) // stride + 1
    Wo = (W + 2 * padding - kernel_size) // stride + 1
    if dout.shape != (N, C, Ho, Wo):
        raise ValueError("dout does not have the shape of the pooled maps")
    xp = np.full((N, C, H + 2 * padding, W + 2 * padding), -np.inf)
    xp[:, :, padding : padding + H, padding : padding + W] = x
    dxp = np.zeros(xp.shape)
    for n in range(N):
        for c in range(C):
            for i in range(Ho):
                for j in range(Wo):
                    a, b = i * stride, j * stride
                    window = xp[n, c, a : a + kernel_size, b : b + kernel_size]
                    u, v = np.unravel_index(np.argmax(window), window.shape)
                    dxp[n, c, a + u, b + v] += dout[n, c, i, j]
    return dxp[:, :, padding : padding + H, padding : padding + W]

# %%
def sgd_step(params, grads, lr):
    if set(params) != set(grads):
        raise ValueError("params and grads need the same names")
    return {name: params[name] - lr * grads[name] for name in params}

# %%
def forward(x, p):
    z = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    a = relu(z)
    m = maxpool2d(a, 2, 2)
    f = m.reshape(len(x), -1)
    return z, a, m, f, f @ p["fc_w"].T + p["fc_b"]


def backward(dlogits, x, p, cache):
    z, a, m, f, _ = cache
    dm = (dlogits @ p["fc_w"]).reshape(m.shape)
    rows, columns = 2 * m.shape[2], 2 * m.shape[3]
    blocks = a[:, :, :rows, :columns].reshape(*m.shape[:3], 2, m.shape[3], 2)
    equal = blocks == m[:, :, :, None, :, None]
    shares = equal / equal.sum(axis=(3, 5), keepdims=True) * dm[:, :, :, None, :, None]
    da = np.zeros(a.shape)
    da[:, :, :rows, :columns] = shares.reshape(*m.shape[:2], rows, columns)
    dz = np.where(z > 0, da, 0.0)
    _, dw, db = conv2d_backward(dz, x, p["conv_w"], p["conv_b"], 1, 1)
    return dict(conv_w=dw, conv_b=db, fc_w=dlogits.T @ f, fc_b=dlogits.sum(axis=0))


def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(images))
        sums = []
        while len(order):
            now, order = order[:batch], order[batch:]
            cache = forward(images[now], params)
            loss, dlogits = cross_entropy(cache[-1], labels[now])
            sums.append(loss * len(now))
            params = sgd_step(params, backward(dlogits, images[now], params, cache), lr)
        losses.append(sum(sums) / len(images))
    return dict(params), losses
