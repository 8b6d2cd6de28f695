# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {cross_entropy: passed, conv2d_backward: passed, maxpool2d_backward: passed, sgd_step: passed, train: partial}
#   sentence: the reference's time
#   call_seconds: 2.5
#
# The backward passes in loops of plain Python numbers.

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
    if len(logits) != len(labels):
        raise ValueError("as many labels as rows, please")
    loss, dlogits = 0.0, np.zeros(logits.shape)
    for n in range(len(logits)):
        y = int(labels[n])
        if not 0 <= y < logits.shape[1]:
            raise ValueError(f"label {y} is not a class")
        row = logits[n].astype(float)
        m = row.max()
        exps = np.exp(row - m)
        total = exps.sum()
        loss += m + np.log(total) - row[y]
        dlogits[n] = exps / total
        dlogits[n, y] -= 1
    return loss / len(logits), dlogits / len(logits)

# %%
def conv2d_backward(dout, x, w, b, stride, padding):
    N, C, H, W = x.shape
    K, _, kh, kw = w.shape
    Ho = (H + 2 * padding - kh) // stride + 1
    Wo = (W + 2 * padding - kw) // stride + 1
    if tuple(dout.shape) != (N, K, Ho, Wo):
        raise ValueError("dout has the wrong shape")
    dx = np.zeros((N, C, H, W))
    dw = np.zeros((K, C, kh, kw))
    for n in range(N):
        for k in range(K):
            for i in range(Ho):
                for j in range(Wo):
                    g = float(dout[n, k, i, j])
                    for c in range(C):
                        for u in range(kh):
                            r = i * stride + u - padding
                            if r < 0 or r >= H:
                                continue
                            for v in range(kw):
                                s = j * stride + v - padding
                                if 0 <= s < W:
                                    dw[k, c, u, v] += g * x[n, c, r, s]
                                    dx[n, c, r, s] += g * w[k, c, u, v]
    db = None if b is None else np.array([dout[:, k].sum() for k in range(K)])
    return dx, dw, db

# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    N, C, H, W = x.shape
    Ho = (H + 2 * padding - kernel_size) // stride + 1
    Wo = (W + 2 * padding - kernel_size) // stride + 1
    if dout.shape != (N, C, Ho, Wo):
        raise ValueError("dout")
    dx = np.zeros((N, C, H, W))
    for n in range(N):
        for c in range(C):
            for i in range(Ho):
                for j in range(Wo):
                    best, at = None, None
                    for r in range(max(0, i * stride - padding), min(H, i * stride - padding + kernel_size)):
                        for s in range(max(0, j * stride - padding), min(W, j * stride - padding + kernel_size)):
                            if best is None or x[n, c, r, s] > best:
                                best, at = x[n, c, r, s], (r, s)
                    dx[n, c, at[0], at[1]] += dout[n, c, i, j]
    return dx

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
def loss_and_gradients(x, y, p):
    maps = conv2d(x, p["conv_w"], p["conv_b"], 1, 1)
    clipped = relu(maps)
    pooled = maxpool2d(clipped, 2, 2)
    flat = pooled.reshape(len(x), -1)
    loss, d = cross_entropy(flat @ p["fc_w"].T + p["fc_b"], y)
    back = maxpool2d_backward((d @ p["fc_w"]).reshape(pooled.shape), clipped, 2, 2, 0)
    _, dw, db = conv2d_backward(back * (maps > 0), x, p["conv_w"], p["conv_b"], 1, 1)
    return loss, {"conv_w": dw, "conv_b": db, "fc_w": d.T @ flat, "fc_b": d.sum(axis=0)}


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
