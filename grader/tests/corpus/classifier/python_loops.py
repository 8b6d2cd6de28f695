# expect:
#   verdict: passed
#   earned: all
#
# Every dot product in Python, names in a list.

# %%
import numpy as np

# %%
def conv2d(x, w, b):
    """Slide every filter over every image: x (N, C, H, W), w (K, C, kh, kw), b (K,) -> (N, K, H - kh + 1, W - kw + 1)."""
    if x.ndim != 4 or x.shape[1] != w.shape[1] or x.shape[2] < w.shape[2] or x.shape[3] < w.shape[3]:
        raise ValueError(f"filters of shape {w.shape} do not fit images of shape {x.shape}")
    patches = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.tensordot(patches, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + b[:, None, None]


def relu(x):
    """Set negative numbers to 0."""
    return np.maximum(x, 0)


def maxpool2d(x):
    """Keep the largest number of each 2x2 window; an odd last row or column is dropped."""
    x = x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
    return np.maximum(np.maximum(x[:, :, ::2, ::2], x[:, :, 1::2, ::2]), np.maximum(x[:, :, ::2, 1::2], x[:, :, 1::2, 1::2]))


def enlarge(images):
    """Make 4x4 pixels of each pixel and add the axis of channels: (N, H, W) -> (N, 1, 4*H, 4*W)."""
    return np.repeat(np.repeat(images, 4, axis=1), 4, axis=2)[:, None]


# %%
def linear(x, w, b):
    if len(b) != len(w) or any(len(row) != x.shape[1] for row in w):
        raise ValueError("sizes")
    out = np.zeros((len(x), len(w)))
    for n in range(len(x)):
        for m in range(len(w)):
            out[n, m] = b[m] + sum(float(p) * float(q) for p, q in zip(x[n], w[m]))
    return out


# %%
def softmax(x, axis=-1):
    def of_row(row):
        high = max(row) if not np.isnan(row).any() else np.nan
        e = [np.exp(v - high) for v in row]
        return np.array(e) / sum(e)

    return np.apply_along_axis(of_row, axis, np.asarray(x, float))


# %%
def lenet(images, params):
    x = relu(conv2d(images, params["conv1_w"], params["conv1_b"]))
    x = relu(conv2d(maxpool2d(x), params["conv2_w"], params["conv2_b"]))
    x = np.array([image.ravel() for image in maxpool2d(x)])
    hidden = relu(x @ params["fc1_w"].T + params["fc1_b"])
    hidden = relu(hidden @ params["fc2_w"].T + params["fc2_b"])
    return hidden @ params["fc3_w"].T + params["fc3_b"]


# %%
def classify(images, params):
    names = []
    for logits in lenet(enlarge(np.asarray(images, float) / 16), params):
        best = 0
        for label, value in enumerate(logits):
            if value > logits[best]:
                best = label
        names.append(best)
    return np.array(names)
