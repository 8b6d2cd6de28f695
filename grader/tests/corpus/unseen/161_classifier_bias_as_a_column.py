import numpy as np


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


def linear(x, w, b):
    N, D = x.shape
    M = w.shape[0]
    if w.shape[1] != D or b.shape != (M,):
        raise ValueError("linear: shapes do not fit")
    product = np.dot(x.astype(np.float64), w.T.astype(np.float64))
    return product + b[:, None]


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True).astype(float))
    return e / e.sum(axis=axis, keepdims=True)


def lenet(images, params):
    p = params
    h = maxpool2d(relu(conv2d(images, p["conv1_w"], p["conv1_b"])))
    h = maxpool2d(relu(conv2d(h, p["conv2_w"], p["conv2_b"])))
    h = h.reshape(len(h), -1)
    h = relu(linear(h, p["fc1_w"], p["fc1_b"]))
    h = relu(linear(h, p["fc2_w"], p["fc2_b"]))
    return linear(h, p["fc3_w"], p["fc3_b"])


def classify(images, params):
    scaled = images.astype(float) / 16.0
    return np.argmax(lenet(enlarge(scaled), params), axis=-1)
