# expect:
#   verdict: passed
#   earned: all
#
# Columns of patches and matrix products; the winner is the last in the order of a stable sort.

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
    k, p = kernel_size, padding
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    view = np.lib.stride_tricks.sliding_window_view(xp, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    if view.shape[:4] != dout.shape:
        raise ValueError("dout has the wrong shape")
    winner = view.reshape(*dout.shape, k * k).argmax(axis=-1)
    n, c, i, j = np.indices(dout.shape)
    dxp = np.zeros(xp.shape)
    np.add.at(dxp, (n, c, i * stride + winner // k, j * stride + winner % k), dout)
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
def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    W = params["conv_w"].reshape(len(params["conv_w"]), -1).copy()
    b, V, c = params["conv_b"].copy(), params["fc_w"].copy(), params["fc_b"].copy()
    N, _, rows, columns = images.shape
    h, w = rows // 2, columns // 2
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    # Image after image, pixel after pixel, nine numbers each: they never change, so once is enough.
    patches = np.lib.stride_tricks.sliding_window_view(padded[:, 0], (3, 3), axis=(1, 2)).reshape(N, rows * columns, 9)
    losses = []
    for _ in range(epochs):
        order, total = rng.permutation(N), 0.0
        for start in range(0, N, batch):
            chosen = order[start : start + batch]
            n, P = len(chosen), patches[chosen]
            Z = P @ W.T + b
            A = np.maximum(Z, 0).reshape(n, rows, columns, -1)[:, : 2 * h, : 2 * w]
            blocks = A.reshape(n, h, 2, w, 2, -1).transpose(0, 5, 1, 3, 2, 4).reshape(n, -1, 4)
            winner = np.argsort(blocks, axis=-1, kind="stable")[..., -1:]
            F = np.take_along_axis(blocks, winner, axis=-1)[..., 0]
            loss, D = cross_entropy(F @ V.T + c, labels[chosen])
            total += n * loss
            dblocks = np.zeros(blocks.shape)
            np.put_along_axis(dblocks, winner, (D @ V)[..., None], axis=-1)
            dA = np.zeros((n, rows, columns, len(W)))
            back = dblocks.reshape(n, -1, h, w, 2, 2).transpose(0, 2, 4, 3, 5, 1)
            dA[:, : 2 * h, : 2 * w] = back.reshape(n, 2 * h, 2 * w, -1)
            dZ = dA.reshape(Z.shape) * (Z > 0)
            W = W - lr * np.tensordot(dZ, P, axes=([0, 1], [0, 1]))
            b = b - lr * dZ.sum(axis=(0, 1))
            V, c = V - lr * D.T @ F, c - lr * D.sum(axis=0)
        losses.append(total / N)
    return {"conv_w": W.reshape(params["conv_w"].shape), "conv_b": b, "fc_w": V, "fc_b": c}, losses
