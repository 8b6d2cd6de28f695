# expect:
#   verdict: passed
#   earned: all
#
# A list of layers with forward and backward; the pooling layer shares ties.

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
class Convolution:
    def __init__(self, w, b):
        self.w, self.b = w.copy(), b.copy()

    def forward(self, x):
        self.x = x
        return conv2d(x, self.w, self.b, 1, 1)

    def backward(self, d):
        dx, self.dw, self.db = conv2d_backward(d, self.x, self.w, self.b, 1, 1)
        return dx


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, d):
        return d * self.mask


class MaxPool:
    def forward(self, x):
        self.shape = x.shape
        n, k, h, w = x.shape
        self.h, self.w = h // 2, w // 2
        blocks = x[:, :, : 2 * self.h, : 2 * self.w].reshape(n, k, self.h, 2, self.w, 2)
        out = blocks.max(axis=(3, 5))
        self.mask = (blocks == out[:, :, :, None, :, None]).astype(float)
        self.mask /= self.mask.sum(axis=(3, 5), keepdims=True)
        return out

    def backward(self, d):
        n, k = self.shape[:2]
        dx = np.zeros(self.shape)
        spread = self.mask * d[:, :, :, None, :, None]
        dx[:, :, : 2 * self.h, : 2 * self.w] = spread.reshape(n, k, 2 * self.h, 2 * self.w)
        return dx


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d):
        return d.reshape(self.shape)


class Linear:
    def __init__(self, w, b):
        self.w, self.b = w.copy(), b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w.T + self.b

    def backward(self, d):
        self.dw, self.db = d.T @ self.x, d.sum(axis=0)
        return d @ self.w


def train(images, labels, params, epochs, lr, batch, seed):
    conv, fc = Convolution(params["conv_w"], params["conv_b"]), Linear(params["fc_w"], params["fc_b"])
    layers = [conv, ReLU(), MaxPool(), Flatten(), fc]
    rng, losses = np.random.default_rng(seed), []
    for _ in range(epochs):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            out = images[chosen]
            for layer in layers:
                out = layer.forward(out)
            loss, d = cross_entropy(out, labels[chosen])
            total += loss * len(chosen)
            for layer in reversed(layers):
                d = layer.backward(d)
            for layer in (conv, fc):
                layer.w = layer.w - lr * layer.dw
                layer.b = layer.b - lr * layer.db
        losses.append(total / len(images))
    return {"conv_w": conv.w, "conv_b": conv.b, "fc_w": fc.w, "fc_b": fc.b}, losses
