# expect:
#   verdict: passed
#   earned: all
#
# In train every number that equals the maximum gets the gradient: the pooled maps are blown up and compared.

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
def indices(x_shape, kh, kw, stride, padding):
    """Return which pixel (c, row, column) of a padded image stands where in the matrix of columns."""
    _, C, H, W = x_shape
    ho, wo = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    c, u, v = np.indices((C, kh, kw)).reshape(3, -1, 1)
    i, j = np.indices((ho, wo)).reshape(2, 1, -1)
    return c, u + stride * i, v + stride * j


def conv2d_backward(dout, x, w, b, stride, padding):
    N, C, H, W = x.shape
    K, _, kh, kw = w.shape
    if dout.shape != (N, K, (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1):
        raise ValueError("dout has another shape than the output")
    where = indices(x.shape, kh, kw, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    columns = xp[(slice(None), *where)]
    d = dout.reshape(N, K, -1)
    dw = sum(d[n] @ columns[n].T for n in range(N)).reshape(w.shape)
    dxp = np.zeros(xp.shape)
    for n in range(N):
        np.add.at(dxp[n], where, w.reshape(K, -1).T @ d[n])
    return dxp[:, :, padding : H + padding, padding : W + padding], dw, None if b is None else d.sum(axis=(0, 2))

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
    if sorted(params.keys()) != sorted(grads.keys()):
        raise ValueError("names differ")
    new = {}
    for key in params:
        new[key] = params[key].copy()
        new[key] -= lr * grads[key]
    return new

# %%
def grow(small):
    return small.repeat(2, axis=2).repeat(2, axis=3)


def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    p = {key: value.copy() for key, value in params.items()}
    N, _, H, W = images.shape
    h, w = H // 2 * 2, W // 2 * 2
    history = []
    for epoch in range(epochs):
        order = rng.permutation(N)
        running = 0
        for at in range(0, N, batch):
            idx = order[at : at + batch]
            X, y = images[idx], labels[idx]
            # forward
            Z = conv2d(X, p["conv_w"], p["conv_b"], 1, 1)
            A = relu(Z)
            P = maxpool2d(A, 2, 2)
            F = P.reshape(P.shape[0], -1)
            logits = F.dot(p["fc_w"].T) + p["fc_b"]
            loss, dlogits = cross_entropy(logits, y)
            running += loss * len(idx)
            # backward
            grads = {"fc_w": dlogits.T.dot(F), "fc_b": dlogits.sum(0)}
            dP = dlogits.dot(p["fc_w"]).reshape(P.shape)
            dA = np.zeros_like(A)
            dA[:, :, :h, :w] = (A[:, :, :h, :w] == grow(P)) * grow(dP)
            dA[Z <= 0] = 0
            _, grads["conv_w"], grads["conv_b"] = conv2d_backward(dA, X, p["conv_w"], p["conv_b"], 1, 1)
            p = sgd_step(p, grads, lr)
        history.append(running / N)
    return p, history
