# expect:
#   verdict: passed
#   earned: all
#
# A class that remembers what each layer took in.

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
    k, s, p = kernel_size, stride, padding
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    ho, wo = (xp.shape[2] - k) // s + 1, (xp.shape[3] - k) // s + 1
    if dout.shape != (*x.shape[:2], ho, wo):
        raise ValueError("dout does not fit")
    best = maxpool2d(x, k, s, p)
    open_windows = np.ones(dout.shape, bool)
    dxp = np.zeros(xp.shape)
    for u in range(k):
        for v in range(k):
            place = (slice(None), slice(None), slice(u, u + s * ho, s), slice(v, v + s * wo, s))
            wins = open_windows & (xp[place] == best)
            dxp[place] += wins * dout
            open_windows &= ~wins
    return dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]


# %%
def sgd_step(params, grads, lr):
    if params.keys() != grads.keys():
        raise ValueError("the names differ")
    return {name: params[name] - lr * grads[name] for name in params}


# %%
class Network:
    def __init__(self, params):
        self.params = {name: np.array(value, dtype=float) for name, value in params.items()}

    def forward(self, images):
        p = self.params
        self.images = images
        self.maps = conv2d(images, p["conv_w"], p["conv_b"], 1, 1)
        self.clipped = relu(self.maps)
        self.pooled = maxpool2d(self.clipped, 2, 2)
        self.flat = self.pooled.reshape(len(images), -1)
        return self.flat @ p["fc_w"].T + p["fc_b"]

    def backward(self, d):
        p = self.params
        dpooled = (d @ p["fc_w"]).reshape(self.pooled.shape)
        dmaps = np.where(self.maps > 0, maxpool2d_backward(dpooled, self.clipped, 2, 2, 0), 0.0)
        _, dw, db = conv2d_backward(dmaps, self.images, p["conv_w"], p["conv_b"], 1, 1)
        return dict(conv_w=dw, conv_b=db, fc_w=d.T @ self.flat, fc_b=d.sum(axis=0))


def train(images, labels, params, epochs, lr, batch, seed):
    network, rng, losses = Network(params), np.random.default_rng(seed), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(labels)), []
        for chosen in np.split(order, range(batch, len(order), batch)):
            loss, d = cross_entropy(network.forward(images[chosen]), labels[chosen])
            network.params = sgd_step(network.params, network.backward(d), lr)
            seen += [loss] * len(chosen)
        losses.append(float(np.mean(seen)))
    return network.params, losses
