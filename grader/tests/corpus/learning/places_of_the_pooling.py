# expect:
#   verdict: passed
#   earned: all
#   sentence: Your code loops over H and W in Python, and is quick enough
#
# In train loops over the places of the pooled map, all images and filters at once.

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
    kh, kw = w.shape[2:]
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    expected = (len(x), len(w), (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1)
    if dout.shape != expected:
        raise ValueError("dout and the maps differ in shape")
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    for i in range(expected[2]):
        for j in range(expected[3]):
            r, c = i * stride, j * stride
            d = dout[:, :, i, j]
            dw += np.tensordot(d, xp[:, :, r : r + kh, c : c + kw], axes=(0, 0))
            dxp[:, :, r : r + kh, c : c + kw] += np.tensordot(d, w, axes=(1, 0))
    dx = dxp[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, (dout.sum((0, 2, 3)) if b is not None else None)

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
def loss_and_gradients(x, y, p):
    n, k = len(x), len(p["conv_w"])
    z = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    a = relu(z)
    h, w = z.shape[2] // 2, z.shape[3] // 2
    m, who = np.empty((n, k, h, w)), np.empty((n, k, h, w), dtype=int)
    for i in range(h):
        for j in range(w):
            four = a[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(n, k, 4)
            who[:, :, i, j], m[:, :, i, j] = four.argmax(axis=2), four.max(axis=2)
    f = m.reshape(n, -1)
    loss, d = cross_entropy(f @ p["fc_w"].T + p["fc_b"], y)
    dm, dz = (d @ p["fc_w"]).reshape(m.shape), np.zeros(z.shape)
    image, channel = np.arange(n)[:, None], np.arange(k)[None]
    for i in range(h):
        for j in range(w):
            dz[image, channel, 2 * i + who[:, :, i, j] // 2, 2 * j + who[:, :, i, j] % 2] = dm[:, :, i, j]
    dz[z <= 0] = 0
    _, dw, db = conv2d_backward(dz, x, p["conv_w"], p["conv_b"], 1, 1)
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
