# expect:
#   verdict: passed
#   earned: all
#
# The maps come from a product of spectra; what should be equal differs by rounding, so chance breaks ties.

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
    if set(params) != set(grads):
        raise ValueError("params and grads need the same names")
    return {name: params[name] - lr * grads[name] for name in params}

# %%
def spectral(x, w, b):
    """conv2d with kernels of 3x3 and padding 1, by the convolution theorem."""
    h, v = x.shape[2] + 2, x.shape[3] + 2
    fx = np.fft.rfft2(x, s=(h, v))
    fw = np.fft.rfft2(w[:, :, ::-1, ::-1], s=(h, v))
    full = np.fft.irfft2(np.einsum("ncij,kcij->nkij", fx, fw), s=(h, v))
    return full[:, :, 1:-1, 1:-1] + b[:, None, None]


def loss_and_gradients(x, y, p):
    z = spectral(x, p["conv_w"], p["conv_b"])
    a = relu(z)
    m = maxpool2d(a, 2, 2)
    f = m.reshape(len(x), -1)
    loss, d = cross_entropy(f @ p["fc_w"].T + p["fc_b"], y)
    dz = maxpool2d_backward((d @ p["fc_w"]).reshape(m.shape), a, 2, 2, 0)
    dz[z <= 0] = 0
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    dw = np.tensordot(dz, windows(xp, *z.shape[2:], 1), axes=([0, 2, 3], [0, 4, 5]))
    return loss, {"conv_w": dw, "conv_b": dz.sum(axis=(0, 2, 3)), "fc_w": d.T @ f, "fc_b": d.sum(axis=0)}


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
