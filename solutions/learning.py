"""The reference of the unit `learning`: the loss, the backward passes, and the training of a small network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.arrays import Pair, as_pair, float_type, ready
from solutions.convolution import baseline_conv2d, conv2d, framed, maps_shape
from solutions.kernels import compiled
from solutions.pooling import HALVES, baseline_maxpool2d, maxpool2d, pooled_shape, windows_of


def cross_entropy(logits: NDArray, labels: NDArray) -> tuple[float, NDArray]:
    """Return the mean of -log softmax(logits)[n, labels[n]] and its gradient (softmax - one-hot)/N.

    logits: (N, M)   labels: (N,), whole numbers from 0 to M - 1
    returns (float, (N, M)), float32 if the logits are float32 and otherwise float64.
    Raises ValueError for an empty batch, labels of another length or kind, or labels outside 0 to M - 1.
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or labels.dtype.kind not in "iu" or not logits.size:
        raise ValueError(f"logits (N, M) need N whole numbers as labels, not {logits.shape} and {labels.dtype} {labels.shape}")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(f"labels must lie between 0 and {logits.shape[1] - 1}, not {labels.min()} to {labels.max()}")
    places = np.arange(len(labels)), labels.astype(np.intp)
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = (np.log(sums[:, 0]) - shifted[places]).mean()
    gradient = exponentials / sums
    gradient[places] -= 1
    return float(loss), (gradient / len(labels)).astype(float_type(logits))


@compiled()
def _spread(dout, padded, w, sh, sw, dpadded, dw):
    """Send each number of `dout` back along every product that it was summed from. Fills dpadded and dw, which begin at 0."""
    images, filters, height, width = dout.shape
    channels, kh, kw = w.shape[1:]
    for n in range(images):
        for k in range(filters):
            for c in range(channels):
                for u in range(kh):
                    for v in range(kw):
                        weight, total = w[k, c, u, v], 0.0
                        for i in range(height):
                            row, drow = padded[n, c, i * sh + u], dpadded[n, c, i * sh + u]
                            if sw == 1:
                                for j in range(width):
                                    total += dout[n, k, i, j] * row[v + j]
                                    drow[v + j] += weight * dout[n, k, i, j]
                            else:
                                for j in range(width):
                                    total += dout[n, k, i, j] * row[v + j * sw]
                                    drow[v + j * sw] += weight * dout[n, k, i, j]
                        dw[k, c, u, v] += total


Gradients = tuple[NDArray, NDArray, NDArray | None]


def _conv2d_backward(
    dout: NDArray, x: NDArray, w: NDArray, b: NDArray | None, stride: Pair, padding: Pair, *, plain: bool
) -> Gradients:
    """Do what `conv2d_backward` does; large arguments go to the fast kernels unless the `plain` one is asked for."""
    x, w, dout = np.asarray(x), np.asarray(w), np.asarray(dout)
    b = None if b is None else np.asarray(b)
    (sh, sw), (ph, pw) = as_pair(stride), as_pair(padding)
    shape = maps_shape(x.shape, w, b, stride, padding)
    if dout.shape != shape:
        raise ValueError(f"dout must have the shape of the maps, {shape}, not {dout.shape}")
    dtype = float_type(dout, x, w) if b is None else float_type(dout, x, w, b)
    if not plain and sh == sw and ph == pw:
        fast = ready(dout, dtype), ready(x, dtype), ready(w, dtype)
        if kernels.serve_gradients(*fast):
            dx, dw, db = kernels.conv2d_backward(*fast, sh, ph)
            return dx, dw, None if b is None else db
    padded = framed(x, padding, np.float64)
    back = ready(dout, np.float64)
    dpadded, dw = np.zeros_like(padded), np.zeros(w.shape)
    _spread(back, padded, ready(w, np.float64), sh, sw, dpadded, dw)
    dx = dpadded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]
    db = back.sum(axis=(0, 2, 3)).astype(dtype)
    return np.ascontiguousarray(dx, dtype=dtype), dw.astype(dtype), None if b is None else db


def conv2d_backward(dout: NDArray, x: NDArray, w: NDArray, b: NDArray | None, stride: Pair, padding: Pair) -> Gradients:
    """Return the gradients dx, dw, db of a loss whose gradient with respect to conv2d(x, w, b, stride, padding) is `dout`.

    dout: (N, K, Ho, Wo)   x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None, then db is None
    Raises ValueError for arguments that conv2d would not take, or a dout whose shape is not that of its output.
    """
    return _conv2d_backward(dout, x, w, b, stride, padding, plain=False)


@compiled()
def _to_the_largest(dout, x, kh, kw, sh, sw, ph, pw, dx):
    """Add each number of `dout` to the place of its window's largest number, the first one where several are equal."""
    images, channels, height, width = x.shape
    for n in range(images):
        for c in range(channels):
            for i in range(dout.shape[2]):
                top, bottom = max(i * sh - ph, 0), min(i * sh - ph + kh, height)
                for j in range(dout.shape[3]):
                    left, right = max(j * sw - pw, 0), min(j * sw - pw + kw, width)
                    row, column = top, left
                    for r in range(top, bottom):
                        for s in range(left, right):
                            number, best = x[n, c, r, s], x[n, c, row, column]
                            # A NaN is larger than everything, and the first one stays.
                            if number > best or (number != number and best == best):
                                row, column = r, s
                    dx[n, c, row, column] += dout[n, c, i, j]


def _maxpool2d_backward(
    dout: NDArray, x: NDArray, kernel_size: Pair, stride: Pair | None, padding: Pair, *, plain: bool
) -> NDArray:
    """Do what `maxpool2d_backward` does; large maps go to the fast kernel unless the `plain` one is asked for."""
    x, dout = np.asarray(x), np.asarray(dout)
    windows = windows_of(kernel_size, stride, padding)
    shape = pooled_shape(x.shape, windows)
    if dout.shape != shape:
        raise ValueError(f"dout must have the shape of the pooled maps, {shape}, not {dout.shape}")
    dtype = float_type(dout, x)
    if not plain and windows == HALVES:
        fast = ready(dout, dtype), ready(x, dtype)
        # Where a maximum is NaN, the fast kernel does not say which of several it was.
        if kernels.serve_windows("_maxpool_backward", fast[1]) and not np.isnan(x).any():
            return kernels.maxpool2x2_backward(*fast)
    dx = np.zeros(x.shape)
    _to_the_largest(ready(dout, np.float64), ready(x, np.float64), *windows, dx)
    return dx.astype(dtype)


def maxpool2d_backward(dout: NDArray, x: NDArray, kernel_size: Pair, stride: Pair | None, padding: Pair) -> NDArray:
    """Return the gradient dx of a loss whose gradient with respect to maxpool2d(x, kernel_size, stride, padding) is `dout`.

    Each number of dout goes to the place of its window's maximum, the first in row order where several are equal.
    dout: (N, C, Ho, Wo)   x: (N, C, H, W)
    Raises ValueError for arguments that maxpool2d would not take, or a dout whose shape is not that of its output.
    """
    return _maxpool2d_backward(dout, x, kernel_size, stride, padding, plain=False)


def _plain_relu_backward(dout: NDArray, x: NDArray) -> NDArray:
    """Do what `_relu_backward` does, always in NumPy."""
    return dout * (x > 0)


def _relu_backward(dout: NDArray, x: NDArray) -> NDArray:
    """Return the gradient of a loss with respect to x, whose gradient with respect to max(x, 0) is `dout`."""
    # The kernel sets to 0 what is not let through, infinity and NaN as well; a product with 0 would be NaN.
    if kernels.is_large_map(x) and dout.dtype == x.dtype and np.isfinite(dout).all():
        return kernels.relu_backward(ready(dout, float_type(dout)), ready(x, float_type(x)))
    return _plain_relu_backward(dout, x)


def sgd_step(params: Mapping[str, NDArray], grads: Mapping[str, NDArray], lr: float) -> dict[str, NDArray]:
    """Return new parameters, each params[name] - lr * grads[name]. Raises ValueError if the names differ."""
    if set(params) != set(grads):
        raise ValueError(f"parameters {sorted(params)} and gradients {sorted(grads)} must have the same names")
    stepped = {}
    for name, value in params.items():
        if np.shape(value) != np.shape(grads[name]):
            raise ValueError(f"{name} has shape {np.shape(value)}, its gradient {np.shape(grads[name])}")
        dtype = float_type(np.asarray(value), np.asarray(grads[name]))
        stepped[name] = (np.asarray(value, np.float64) - float(lr) * np.asarray(grads[name], np.float64)).astype(dtype)
    return stepped


class _Layers(NamedTuple):
    """The functions that training is made of."""

    conv2d: Callable[..., NDArray]
    maxpool2d: Callable[..., NDArray]
    conv2d_backward: Callable[..., Gradients]
    maxpool2d_backward: Callable[..., NDArray]
    relu_backward: Callable[[NDArray, NDArray], NDArray]


_LAYERS = _Layers(conv2d, maxpool2d, conv2d_backward, maxpool2d_backward, _relu_backward)
_PLAIN_LAYERS = _Layers(
    baseline_conv2d,
    baseline_maxpool2d,
    partial(_conv2d_backward, plain=True),
    partial(_maxpool2d_backward, plain=True),
    _plain_relu_backward,
)


def _loss_and_gradients(
    images: NDArray, labels: NDArray, params: Mapping[str, NDArray], layers: _Layers
) -> tuple[float, dict[str, NDArray]]:
    """Send a batch through the network and back."""
    maps = layers.conv2d(images, params["conv_w"], params["conv_b"], 1, 1)
    clipped = np.maximum(maps, 0)
    pooled = layers.maxpool2d(clipped, 2)
    flat = pooled.reshape(len(images), -1)
    loss, dlogits = cross_entropy(flat @ params["fc_w"].T + params["fc_b"], labels)
    dpooled = (dlogits @ params["fc_w"]).reshape(pooled.shape)
    dmaps = layers.relu_backward(layers.maxpool2d_backward(dpooled, clipped, 2, 2, 0), maps)
    _, dconv_w, dconv_b = layers.conv2d_backward(dmaps, images, params["conv_w"], params["conv_b"], 1, 1)
    assert dconv_b is not None
    return loss, {"conv_w": dconv_w, "conv_b": dconv_b, "fc_w": dlogits.T @ flat, "fc_b": dlogits.sum(axis=0)}


def _train(
    images: NDArray, labels: NDArray, params: Mapping[str, NDArray], epochs: int, lr: float, batch: int, seed: int,
    layers: _Layers,
) -> tuple[dict[str, NDArray], list[float]]:  # fmt: skip
    """Do what `train` does, with these layers."""
    if len(images) != len(labels) or not len(images):
        raise ValueError(f"there must be a label for each image, not {len(labels)} for {len(images)}")
    if epochs < 0 or batch < 1:
        raise ValueError(f"epochs must be 0 or more and a batch 1 or more, not {epochs} and {batch}")
    rng, losses = np.random.default_rng(seed), []
    trained = {name: np.array(value) for name, value in params.items()}
    for _ in range(epochs):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss, grads = _loss_and_gradients(images[chosen], labels[chosen], trained, layers)
            trained = sgd_step(trained, grads, lr)
            total += loss * len(chosen)
        losses.append(total / len(order))
    return trained, losses


def train(
    images: NDArray, labels: NDArray, params: Mapping[str, NDArray], epochs: int, lr: float, batch: int, seed: int
) -> tuple[dict[str, NDArray], list[float]]:
    """Train conv 3x3 (padding 1) -> relu -> maxpool 2 -> linear by gradient descent; return the parameters and the losses.

    images: (N, 1, H, W)   labels: (N,)   params: conv_w (K, 1, 3, 3), conv_b (K,), fc_w (M, K*(H//2)*(W//2)), fc_b (M,)
    Each epoch visits the images in the order rng.permutation(N), rng being np.random.default_rng(seed), in batches of `batch`.
    There is one loss per epoch: the mean over its images, each taken before the step of its batch.
    Raises ValueError if there are no images, their number differs from that of the labels, or epochs < 0 or batch < 1.
    """
    return _train(images, labels, params, epochs, lr, batch, seed, _LAYERS)


def baseline_train(
    images: NDArray, labels: NDArray, params: Mapping[str, NDArray], epochs: int, lr: float, batch: int, seed: int
) -> tuple[dict[str, NDArray], list[float]]:
    """Do what `train` does, always with the plain kernels: what time budgets are measured against on every machine."""
    return _train(images, labels, params, epochs, lr, batch, seed, _PLAIN_LAYERS)
