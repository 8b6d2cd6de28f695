# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {cross_entropy: passed, conv2d_backward: passed, maxpool2d_backward: passed, sgd_step: passed, train: partial}
#   sentence: the reference's time
#   call_seconds: 2.5
#
# Each image goes through alone; the gradients of a batch are added up and divided at the end.

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
    if params.keys() ^ grads.keys():
        raise ValueError(f"only in one of the two: {params.keys() ^ grads.keys()}")
    return dict((key, np.subtract(value, np.multiply(lr, grads[key]))) for key, value in params.items())

# %%
def of_one(image, label, p):
    """Return the loss and the gradients of one image, (1, 1, H, W)."""
    z = conv2d(image, p["conv_w"], p["conv_b"], 1, 1)
    a = relu(z)
    m = maxpool2d(a, 2, 2)
    v = m.ravel()
    loss, d = cross_entropy((p["fc_w"] @ v + p["fc_b"])[None], np.array([label]))
    d = d[0]
    dz = maxpool2d_backward((p["fc_w"].T @ d).reshape(m.shape), a, 2, 2, 0) * (z > 0)
    _, dw, db = conv2d_backward(dz, image, p["conv_w"], p["conv_b"], 1, 1)
    return loss, {"conv_w": dw, "conv_b": db, "fc_w": np.outer(d, v), "fc_b": d}


def train(images, labels, params, epochs, lr, batch, seed):
    rng, losses = np.random.default_rng(seed), []
    params = params.copy()
    for _ in range(epochs):
        order = rng.permutation(len(images))
        all_losses = []
        for start in range(0, len(order), batch):
            sums = {name: np.zeros(value.shape) for name, value in params.items()}
            chosen = order[start : start + batch]
            for n in chosen:
                loss, grads = of_one(images[n : n + 1], labels[n], params)
                all_losses.append(loss)
                for name in sums:
                    sums[name] += grads[name]
            params = sgd_step(params, {name: total / len(chosen) for name, total in sums.items()}, lr)
        losses.append(float(np.mean(all_losses)))
    return params, losses
