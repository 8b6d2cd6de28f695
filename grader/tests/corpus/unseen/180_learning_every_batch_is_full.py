import numpy as np


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


def cross_entropy(logits, labels):
    n, m = logits.shape
    if labels.shape != (n,) or labels.min() < 0 or labels.max() >= m:
        raise ValueError("labels")
    z = logits - logits.max(axis=1, keepdims=True).astype(float)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    grad = np.exp(logp)
    grad[np.arange(n), labels] -= 1
    return -logp[np.arange(n), labels].mean(), grad / n


def conv2d_backward(dout, x, w, b, stride, padding):
    kh, kw = w.shape[2:]
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    win = windows(xp, kh, kw, stride)
    if dout.shape != (len(x), len(w)) + win.shape[2:4]:
        raise ValueError("shape of dout")
    dxp = np.zeros(xp.shape)
    for u in range(kh):
        for v in range(kw):
            part = np.tensordot(dout.astype(float), w[:, :, u, v], axes=(1, 0)).transpose(0, 3, 1, 2)
            dxp[:, :, u:u + stride * dout.shape[2]:stride, v:v + stride * dout.shape[3]:stride] += part
    dw = np.tensordot(dout.astype(float), win, axes=([0, 2, 3], [0, 2, 3]))
    db = None if b is None else dout.astype(float).sum(axis=(0, 2, 3))
    return dxp[:, :, padding:padding + x.shape[2], padding:padding + x.shape[3]], dw, db


def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    N, C, H, W = x.shape
    k = kernel_size
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    if dout.shape != windows(xp, k, k, stride).shape[:4]:
        raise ValueError("shape of dout")
    at = windows(xp, k, k, stride).reshape(dout.shape + (k * k,)).argmax(axis=4)
    n, c, i, j = np.indices(dout.shape, sparse=True)
    dxp = np.zeros(xp.shape)
    np.add.at(dxp, (n, c, i * stride + at // k, j * stride + at % k), dout)
    return dxp[:, :, padding:padding + H, padding:padding + W]


def sgd_step(params, grads, lr):
    if params.keys() != grads.keys():
        raise ValueError("names differ")
    return {name: params[name] - lr * grads[name] for name in params}


def train(images, labels, params, epochs, lr, batch, seed):
    N = images.shape[0]
    rng = np.random.default_rng(seed)
    losses = []
    for e in range(epochs):
        perm = rng.permutation(N)
        loss_sum = 0
        for s in range(0, N, batch):
            X = images[perm[s:s + batch]]
            y = labels[perm[s:s + batch]]
            conv = conv2d(X, params["conv_w"], params["conv_b"], padding=1)
            act = relu(conv)
            pooled = maxpool2d(act, 2, 2)
            features = pooled.reshape(batch, -1)
            scores = features.dot(params["fc_w"].T) + params["fc_b"]
            loss, dscores = cross_entropy(scores, y)
            loss_sum += loss * X.shape[0]
            grads = {"fc_w": dscores.T.dot(features), "fc_b": dscores.sum(axis=0)}
            dpooled = dscores.dot(params["fc_w"]).reshape(pooled.shape)
            dconv = maxpool2d_backward(dpooled, act, 2, 2, 0) * (conv > 0)
            dx, grads["conv_w"], grads["conv_b"] = conv2d_backward(dconv, X, params["conv_w"], params["conv_b"], 1, 1)
            params = sgd_step(params, grads, lr)
        losses.append(loss_sum / N)
    return params, losses
