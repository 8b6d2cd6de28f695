# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {cross_entropy: passed, conv2d_backward: passed, maxpool2d_backward: passed, sgd_step: passed, train: partial}
#   sentence: the reference's time
#   call_seconds: 2.5
#
# Loops over images and pixels with NumPy inside, forward and back.

# %%
import numpy as np

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
    params = {name: value.copy() for name, value in params.items()}
    N, _, H, W = images.shape
    K = params["conv_w"].shape[0]
    losses = []
    for epoch in range(epochs):
        order = rng.permutation(N)
        epoch_loss = 0.0
        for start in range(0, N, batch):
            index = order[start : start + batch]
            x, y = images[index], labels[index]
            n = len(index)
            padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
            conv = np.zeros((n, K, H, W))
            for m in range(n):
                for i in range(H):
                    for j in range(W):
                        patch = padded[m, :, i : i + 3, j : j + 3]
                        conv[m, :, i, j] = np.sum(params["conv_w"] * patch, axis=(1, 2, 3)) + params["conv_b"]
            active = np.maximum(conv, 0)
            pooled = np.zeros((n, K, H // 2, W // 2))
            for m in range(n):
                for k in range(K):
                    for i in range(H // 2):
                        for j in range(W // 2):
                            pooled[m, k, i, j] = np.max(active[m, k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
            flat = pooled.reshape(n, -1)
            loss, dlogits = cross_entropy(flat @ params["fc_w"].T + params["fc_b"], y)
            epoch_loss += loss * n
            dpooled = (dlogits @ params["fc_w"]).reshape(pooled.shape)
            dactive = maxpool2d_backward(dpooled, active, 2, 2, 0)
            dconv = dactive * (conv > 0)
            dx, dw, db = conv2d_backward(dconv, x, params["conv_w"], params["conv_b"], 1, 1)
            grads = {"conv_w": dw, "conv_b": db, "fc_w": dlogits.T @ flat, "fc_b": np.sum(dlogits, axis=0)}
            params = sgd_step(params, grads, lr)
        losses.append(epoch_loss / N)
    return params, losses
