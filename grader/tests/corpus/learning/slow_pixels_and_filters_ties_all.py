# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {cross_entropy: passed, conv2d_backward: passed, maxpool2d_backward: passed, sgd_step: passed, train: partial}
#   sentence: the reference's time
#   call_seconds: 2.5
#
# Loops over images, filters and pixels with NumPy inside; in train all equal numbers of a window count.

# %%
import numpy as np

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
    n_images, n_filters, rows, columns = dout.shape
    kh, kw = w.shape[2], w.shape[3]
    height, width = x.shape[2], x.shape[3]
    if n_images != x.shape[0] or n_filters != w.shape[0]:
        raise ValueError("dout has the wrong shape")
    if rows != (height + 2 * padding - kh) // stride + 1 or columns != (width + 2 * padding - kw) // stride + 1:
        raise ValueError("dout has the wrong shape")
    x_padded = np.zeros((x.shape[0], x.shape[1], height + 2 * padding, width + 2 * padding))
    x_padded[:, :, padding : padding + height, padding : padding + width] = x
    dx_padded = np.zeros_like(x_padded)
    dw = np.zeros(w.shape)
    for n in range(n_images):
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                patch = x_padded[n, :, top : top + kh, left : left + kw]
                for k in range(n_filters):
                    dw[k] += dout[n, k, i, j] * patch
                    dx_padded[n, :, top : top + kh, left : left + kw] += dout[n, k, i, j] * w[k]
    dx = dx_padded[:, :, padding : padding + height, padding : padding + width]
    return dx, dw, None if b is None else np.sum(dout, axis=(0, 2, 3))

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
def conv_forward(x, w, b):
    N, C, H, W = x.shape
    K = w.shape[0]
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="constant")
    out = np.zeros((N, K, H, W))
    for n in range(N):
        for k in range(K):
            for i in range(H):
                for j in range(W):
                    out[n, k, i, j] = (padded[n, :, i : i + 3, j : j + 3] * w[k]).sum() + b[k]
    return out


def pool_forward(x):
    N, K, H, W = x.shape
    out = np.zeros((N, K, H // 2, W // 2))
    for n in range(N):
        for k in range(K):
            for i in range(H // 2):
                for j in range(W // 2):
                    out[n, k, i, j] = x[n, k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return out


def pool_backward(dout, x, out):
    dx = np.zeros(x.shape)
    for n, k, i, j in np.ndindex(dout.shape):
        window = x[n, k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        dx[n, k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += (window == out[n, k, i, j]) * dout[n, k, i, j]
    return dx


def loss_and_gradients(x, y, p):
    z = conv_forward(x, p["conv_w"], p["conv_b"])
    a = np.maximum(0, z)
    m = pool_forward(a)
    f = m.reshape(len(x), -1)
    loss, d = cross_entropy(f @ p["fc_w"].T + p["fc_b"], y)
    da = pool_backward((d @ p["fc_w"]).reshape(m.shape), a, m)
    da[z <= 0] = 0
    _, dw, db = conv2d_backward(da, x, p["conv_w"], p["conv_b"], 1, 1)
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
