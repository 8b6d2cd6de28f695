# expect:
#   verdict: passed
#   earned: all
#
# Images and labels are put in the epoch's order as a whole, and batches are cut off them.

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
    if params.keys() ^ grads.keys():
        raise ValueError(f"only in one of the two: {params.keys() ^ grads.keys()}")
    return dict((key, np.subtract(value, np.multiply(lr, grads[key]))) for key, value in params.items())

# %%
def train(images, labels, params, epochs, lr, batch, seed):
    rng = np.random.default_rng(seed)
    conv_w, conv_b, fc_w, fc_b = params["conv_w"], params["conv_b"], params["fc_w"], params["fc_b"]
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(images))
        shuffled_images, shuffled_labels = images[order], labels[order]
        summed = 0.0
        for start in range(0, len(images), batch):
            x, y = shuffled_images[start : start + batch], shuffled_labels[start : start + batch]
            maps = conv2d(x, conv_w, conv_b, 1, 1)
            clipped = relu(maps)
            pooled = maxpool2d(clipped, 2, 2)
            flat = pooled.reshape(x.shape[0], -1)
            loss, dlogits = cross_entropy(flat @ fc_w.T + fc_b, y)
            summed += loss * x.shape[0]
            mask = np.zeros(maps.shape)
            counts = 0
            rows, columns = pooled.shape[2:]
            for u, v in ((0, 0), (0, 1), (1, 0), (1, 1)):
                winners = clipped[:, :, u : 2 * rows : 2, v : 2 * columns : 2] == pooled
                mask[:, :, u : 2 * rows : 2, v : 2 * columns : 2] = winners
                counts = counts + winners
            share = (dlogits @ fc_w).reshape(pooled.shape) / counts
            mask[:, :, : 2 * rows, : 2 * columns] *= np.kron(share, np.ones((2, 2)))
            mask *= maps > 0
            _, dconv_w, dconv_b = conv2d_backward(mask, x, conv_w, conv_b, 1, 1)
            new = sgd_step(
                {"conv_w": conv_w, "conv_b": conv_b, "fc_w": fc_w, "fc_b": fc_b},
                {"conv_w": dconv_w, "conv_b": dconv_b, "fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)},
                lr,
            )
            conv_w, conv_b, fc_w, fc_b = new["conv_w"], new["conv_b"], new["fc_w"], new["fc_b"]
        losses.append(summed / len(images))
    return {"conv_w": conv_w, "conv_b": conv_b, "fc_w": fc_w, "fc_b": fc_b}, losses
