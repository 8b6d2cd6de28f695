# expect:
#   verdict: passed
#   earned: all
#
# In train a tie is broken by lot, with a generator that has nothing to do with the order of images.

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
lots = np.random.default_rng()


def pool_back(dpooled, x):
    ho, wo = dpooled.shape[2:]
    blocks = windows(x, 2, 2, 2)[:, :, :ho, :wo].reshape(*dpooled.shape, 4)
    equal = blocks == blocks.max(axis=-1, keepdims=True)
    drawn = np.where(equal, lots.random(size=equal.shape), -1.0).argmax(axis=-1)
    dx = np.zeros(x.shape)
    for place in range(4):
        u, v = divmod(place, 2)
        dx[:, :, u : 2 * ho : 2, v : 2 * wo : 2] = dpooled * (drawn == place)
    return dx


def loss_and_gradients(x, y, p):
    z = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    a = relu(z)
    m = maxpool2d(a, 2, 2)
    f = m.reshape(len(x), -1)
    loss, d = cross_entropy(f @ p["fc_w"].T + p["fc_b"], y)
    da = pool_back((d @ p["fc_w"]).reshape(m.shape), a)
    _, dw, db = conv2d_backward(da * (a > 0), x, p["conv_w"], p["conv_b"], 1, 1)
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
