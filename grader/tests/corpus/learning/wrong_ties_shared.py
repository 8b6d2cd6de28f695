# expect:
#   verdict: partial
#   not_passed: [wrong, slow]
#   functions: {maxpool2d_backward: partial, conv2d_backward: passed}
#   causes: [Equal numbers share]
#
# Equal numbers share the gradient: wrong in its own case, and no matter in train.

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
    if padding:
        xp = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    else:
        xp = x
    n, c, h, ww = xp.shape
    k, _, kh, kw = w.shape
    ho, wo = (h - kh) // stride + 1, (ww - kw) // stride + 1
    if dout.shape != (n, k, ho, wo):
        raise ValueError("dout must look like the output of conv2d")
    sn, sc, sh, sw = xp.strides
    shape, strides = (n, c, ho, wo, kh, kw), (sn, sc, sh * stride, sw * stride, sh, sw)
    patches = np.lib.stride_tricks.as_strided(xp, shape, strides, writeable=False)
    dw = np.tensordot(dout, patches, axes=([0, 2, 3], [0, 2, 3]))
    dpatches = np.tensordot(dout, w, axes=(1, 0)).transpose(0, 3, 1, 2, 4, 5)
    dxp = np.zeros(xp.shape, dtype=float)
    for i in range(ho):
        for j in range(wo):
            dxp[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += dpatches[:, :, i, j]
    dx = dxp[:, :, padding:-padding, padding:-padding] if padding else dxp
    return dx, dw, None if b is None else dout.sum(axis=3).sum(axis=2).sum(axis=0)

# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    k, p = kernel_size, padding
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    if dout.shape != (*x.shape[:2], (xp.shape[2] - k) // stride + 1, (xp.shape[3] - k) // stride + 1):
        raise ValueError("dout")
    dxp = np.zeros(xp.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            part = np.s_[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            mask = xp[part] == xp[part].max(axis=(2, 3), keepdims=True)
            mask = mask / mask.sum(axis=(2, 3), keepdims=True)
            dxp[part] += mask * dout[:, :, i : i + 1, j : j + 1]
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
    m = maxpool2d(a, 2, 2)
    f = m.reshape(len(x), -1)
    loss, d = cross_entropy(f @ p["fc_w"].T + p["fc_b"], y)
    da = maxpool2d_backward((d @ p["fc_w"]).reshape(m.shape), a, 2, 2, 0)
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
