"""What every function of the course means: the formulas of the stubs as plain Python loops, slow and meant to be read.

Nothing here is taken from the solutions, and nothing is fast. Images come as arrays of any kind; numbers are added up one by
one as Python floats. Where a function must raise ValueError, so does its specification.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def require(condition: bool) -> None:
    if not condition:
        raise ValueError


def places(*sizes: int) -> Iterator[tuple[int, ...]]:
    return itertools.product(*map(range, sizes))


def pair(value: Any) -> tuple[int, int]:
    return (value[0], value[1]) if isinstance(value, tuple | list) else (value, value)


def largest(numbers: Sequence[float]) -> float:
    return math.nan if any(number != number for number in numbers) else max(numbers)


def pixel(x: Array, n: int, c: int, i: int, j: int, outside: float = 0.0) -> float:
    """Return one number of the images, or `outside` where there is none."""
    inside = 0 <= i < x.shape[2] and 0 <= j < x.shape[3]
    return float(x[n, c, i, j]) if inside else outside


# pixels


def flatten(images: Array) -> Array:
    require(images.ndim == 4)
    count, channels, height, width = images.shape
    out = np.zeros((count, channels * height * width))
    for n, c, i, j in places(*images.shape):
        out[n, (c * height + i) * width + j] = images[n, c, i, j]
    return out


def to_grayscale(images: Array) -> Array:
    require(images.ndim == 4 and images.shape[1] == 3)
    count, _, height, width = images.shape
    out = np.zeros((count, 1, height, width))
    for n, i, j in places(count, height, width):
        red, green, blue = (float(images[n, c, i, j]) for c in range(3))
        out[n, 0, i, j] = 0.299 * red + 0.587 * green + 0.114 * blue
    return out


def count_dense_parameters(image_shape: tuple[int, int, int], units: int) -> int:
    require(min(*image_shape, units) >= 1)
    return sum(1 for _ in places(*image_shape)) * units + units


def count_conv_parameters(in_channels: int, out_channels: int, kernel_size: Any, bias: bool = True) -> int:
    kh, kw = pair(kernel_size)
    require(min(in_channels, out_channels, kh, kw) >= 1)
    return sum(1 for _ in places(out_channels, in_channels, kh, kw)) + (out_channels if bias else 0)


def shift(images: Array, dy: int, dx: int) -> Array:
    require(images.ndim == 4)
    out = np.zeros(images.shape)
    for n, c, i, j in places(*images.shape):
        out[n, c, i, j] = pixel(images, n, c, i - dy, j - dx)
    return out


# padding


def pad2d(x: Array, padding: Any, value: float = 0.0) -> Array:
    ph, pw = pair(padding)
    require(min(ph, pw) >= 0)
    out = np.zeros((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw))
    for n, c, i, j in places(*out.shape):
        out[n, c, i, j] = pixel(x, n, c, i - ph, j - pw, value)
    return out


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    require(min(size, kernel, stride) >= 1 and padding >= 0 and kernel <= size + 2 * padding)
    return sum(1 for start in range(0, size + 2 * padding, stride) if start + kernel <= size + 2 * padding)


def same_padding(kernel: int) -> int:
    require(kernel >= 1 and kernel % 2 == 1)
    return next(padding for padding in range(kernel) if output_size(100, kernel, 1, padding) == 100)


# convolution


def correlate2d(image: Array, kernel: Array) -> Array:
    require(image.ndim == kernel.ndim == 2)
    require(kernel.shape[0] <= image.shape[0] and kernel.shape[1] <= image.shape[1])
    out = np.zeros((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1))
    for i, j in places(*out.shape):
        out[i, j] = math.fsum(float(image[i + u, j + v]) * float(kernel[u, v]) for u, v in places(*kernel.shape))
    return out


def conv2d(x: Array, w: Array, b: Array | None = None, stride: int = 1, padding: int = 0) -> Array:
    require(stride >= 1 and padding >= 0 and x.shape[1] == w.shape[1] and (b is None or b.shape == w.shape[:1]))
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    columns = output_size(x.shape[3], w.shape[3], stride, padding)
    out = np.zeros((len(x), len(w), rows, columns))
    for n, k, i, j in places(*out.shape):
        products = [
            pixel(x, n, c, i * stride + u - padding, j * stride + v - padding) * float(w[k, c, u, v])
            for c, u, v in places(*w.shape[1:])
        ]
        out[n, k, i, j] = math.fsum(products) + (0.0 if b is None else float(b[k]))
    return out


# filters


def gaussian(size: int, sigma: float) -> Array:
    require(size >= 1 and size % 2 == 1 and 0 < sigma < math.inf)
    out = np.zeros((size, size))
    for i, j in places(size, size):
        dy, dx = (i - size // 2) / sigma, (j - size // 2) / sigma
        out[i, j] = math.exp(-(dy * dy + dx * dx) / 2)
    return out / math.fsum(out.ravel())


def sobel() -> Array:
    out = np.zeros((2, 3, 3))
    for i, j in places(3, 3):
        soft = 2 if i == 1 else 1
        out[0, i, j] = out[1, j, i] = soft * (j - 1)
    return out


def laplacian() -> Array:
    out = np.zeros((3, 3))
    for i, j in places(3, 3):
        distance = abs(i - 1) + abs(j - 1)
        out[i, j] = {0: -4, 1: 1, 2: 0}[distance]
    return out


def edge_strength(images: Array) -> Array:
    require(images.ndim == 4 and min(images.shape[2:]) >= 3)
    out = np.zeros((*images.shape[:2], images.shape[2] - 2, images.shape[3] - 2))
    for n, c in places(*images.shape[:2]):
        gx, gy = (correlate2d(images[n, c], kernel) for kernel in sobel())
        for i, j in places(*out.shape[2:]):
            out[n, c, i, j] = math.sqrt(gx[i, j] ** 2 + gy[i, j] ** 2)
    return out


def feature_maps(images: Array, bank: Array) -> Array:
    require(images.ndim == 4 and images.shape[1] == 1)
    require(bank.ndim == 3 and bank.shape[1] % 2 == 1 and bank.shape[2] % 2 == 1)
    out = np.zeros((len(images), len(bank), *images.shape[2:]))
    for n, k, i, j in places(*out.shape):
        out[n, k, i, j] = math.fsum(
            pixel(images, n, 0, i + u - bank.shape[1] // 2, j + v - bank.shape[2] // 2) * float(bank[k, u, v])
            for u, v in places(*bank.shape[1:])
        )
    return out


def to_display(maps: Array) -> Array:
    require(maps.ndim == 4 and 0 not in maps.shape[2:])
    out = np.zeros(maps.shape)
    for n, k in places(*maps.shape[:2]):
        numbers = [float(number) for number in maps[n, k].ravel()]
        low, high = min(numbers), max(numbers)
        for i, j in places(*maps.shape[2:]):
            out[n, k, i, j] = (float(maps[n, k, i, j]) - low) / (high - low) if high > low else 0.0
    return out


# pooling


def _windows(x: Array, kernel_size: Any, stride: Any, padding: Any, outside: float) -> tuple[tuple[int, ...], Any]:
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    require(min(kh, kw, sh, sw) >= 1 and min(ph, pw) >= 0 and 2 * ph <= kh and 2 * pw <= kw)
    shape = (*x.shape[:2], output_size(x.shape[2], kh, sh, ph), output_size(x.shape[3], kw, sw, pw))

    def window(n: int, c: int, i: int, j: int) -> list[float]:
        return [pixel(x, n, c, i * sh + u - ph, j * sw + v - pw, outside) for u, v in places(kh, kw)]

    return shape, window


def maxpool2d(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Array:
    shape, window = _windows(x, kernel_size, stride, padding, -math.inf)
    out = np.zeros(shape)
    for place in places(*shape):
        out[place] = largest(window(*place))
    return out


def avgpool2d(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Array:
    shape, window = _windows(x, kernel_size, stride, padding, 0.0)
    out = np.zeros(shape)
    for place in places(*shape):
        numbers = window(*place)
        out[place] = math.fsum(numbers) / len(numbers)
    return out


def global_avgpool2d(x: Array) -> Array:
    require(x.ndim == 4 and 0 not in x.shape[2:])
    out = np.zeros(x.shape[:2])
    for n, c in places(*x.shape[:2]):
        out[n, c] = math.fsum(float(number) for number in x[n, c].ravel()) / x[n, c].size
    return out


# hierarchy


def relu(x: Array) -> Array:
    out = np.zeros(x.shape)
    for place in places(*x.shape):
        out[place] = largest([float(x[place]), 0.0])
    return out


def conv_block(x: Array, w: Array, b: Array | None = None, padding: int = 0, pool: int = 1) -> Array:
    require(pool >= 1)
    return maxpool2d(relu(conv2d(x, w, b, 1, padding)), pool)


def feature_hierarchy(x: Array, layers: Sequence[tuple[Any, ...]]) -> list[Array]:
    maps = [x]
    for w, b, padding, pool in layers:
        maps.append(conv_block(maps[-1], w, b, padding, pool))
    return maps


def receptive_field(layers: Sequence[tuple[int, int]]) -> list[int]:
    require(all(kernel >= 1 and pool >= 1 for kernel, pool in layers))
    fields = []
    for depth in range(len(layers) + 1):
        # From one number of this depth back to the image: how many places of the layer below one needs, again and again.
        needed = 1
        for kernel, pool in reversed(layers[:depth]):
            needed = (needed - 1) * pool + pool
            needed += kernel - 1
        fields.append(needed)
    return fields


# classifier


def linear(x: Array, w: Array, b: Array) -> Array:
    require(x.ndim == w.ndim == 2 and x.shape[1] == w.shape[1] and b.shape == w.shape[:1])
    out = np.zeros((len(x), len(w)))
    for n, m in places(*out.shape):
        out[n, m] = math.fsum(float(x[n, d]) * float(w[m, d]) for d in range(x.shape[1])) + float(b[m])
    return out


def softmax(x: Array, axis: int = -1) -> Array:
    out = np.zeros(x.shape)
    axis %= x.ndim
    for place in places(*x.shape):
        line = [float(x[(*place[:axis], other, *place[axis + 1 :])]) for other in range(x.shape[axis])]
        # One over the sum of what the others are for each of it: no exponential of anything but differences.
        with np.errstate(over="ignore"):
            out[place] = 1 / float(np.sum([np.exp(other - float(x[place])) for other in line]))
    return out


def lenet(images: Array, params: Mapping[str, Array]) -> Array:
    x = images
    for layer in ("conv1", "conv2"):
        x = maxpool2d(relu(conv2d(x, params[f"{layer}_w"], params[f"{layer}_b"])), 2)
    x = flatten(x)
    for layer in ("fc1", "fc2"):
        x = relu(linear(x, params[f"{layer}_w"], params[f"{layer}_b"]))
    return linear(x, params["fc3_w"], params["fc3_b"])


def classify(images: Array, params: Mapping[str, Array]) -> Array:
    require(images.ndim == 3)
    enlarged = np.zeros((len(images), 1, 4 * images.shape[1], 4 * images.shape[2]))
    for n, _, i, j in places(*enlarged.shape):
        enlarged[n, 0, i, j] = float(images[n, i // 4, j // 4]) / 16
    return np.array([max(range(len(row)), key=row.__getitem__) for row in lenet(enlarged, params)])


# learning


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    require(logits.ndim == 2 and labels.shape == logits.shape[:1] and len(logits) > 0)
    require(all(0 <= int(label) < logits.shape[1] for label in labels))
    losses, gradient = [], np.zeros(logits.shape)
    for n, label in enumerate(labels):
        row = [float(number) for number in logits[n]]
        high = max(row)
        total = math.fsum(math.exp(number - high) for number in row)
        losses.append(math.log(total) + high - row[label])
        for m, number in enumerate(row):
            gradient[n, m] = (math.exp(number - high) / total - (1 if m == label else 0)) / len(labels)
    return math.fsum(losses) / len(losses), gradient


def conv2d_backward(
    dout: Array, x: Array, w: Array, b: Array | None, stride: int, padding: int
) -> tuple[Array, Array, Array | None]:
    require(stride >= 1 and padding >= 0 and x.shape[1] == w.shape[1] and (b is None or b.shape == w.shape[:1]))
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    columns = output_size(x.shape[3], w.shape[3], stride, padding)
    require(dout.shape == (len(x), len(w), rows, columns))
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
    for n, k, i, j in places(*dout.shape):
        gradient = float(dout[n, k, i, j])
        db[k] += gradient
        for c, u, v in places(*w.shape[1:]):
            row, column = i * stride + u - padding, j * stride + v - padding
            dw[k, c, u, v] += gradient * pixel(x, n, c, row, column)
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                dx[n, c, row, column] += gradient * float(w[k, c, u, v])
    return dx, dw, None if b is None else db


def maxpool2d_backward(dout: Array, x: Array, kernel_size: int, stride: int, padding: int) -> Array:
    shape, window = _windows(x, kernel_size, stride, padding, -math.inf)
    require(dout.shape == shape)
    dx = np.zeros(x.shape)
    for n, c, i, j in places(*shape):
        numbers = window(n, c, i, j)
        high = largest(numbers)
        # The first of the largest, NaN being larger than everything; never one of the frame.
        for where, (u, v) in enumerate(places(kernel_size, kernel_size)):
            row, column = i * stride + u - padding, j * stride + v - padding
            inside = 0 <= row < x.shape[2] and 0 <= column < x.shape[3]
            if inside and (numbers[where] == high or (high != high and numbers[where] != numbers[where])):
                dx[n, c, row, column] += float(dout[n, c, i, j])
                break
    return dx


def sgd_step(params: Mapping[str, Array], grads: Mapping[str, Array], lr: float) -> dict[str, Array]:
    require(set(params) == set(grads))
    return {name: params[name].astype(float) - lr * grads[name].astype(float) for name in params}


def train(
    images: Array, labels: Array, params: Mapping[str, Array], epochs: int, lr: float, batch: int, seed: int
) -> tuple[dict[str, Array], list[float]]:
    require(len(images) == len(labels) > 0 and epochs >= 0 and batch >= 1)
    rng, losses = np.random.default_rng(seed), []
    now = {name: np.array(value, dtype=float) for name, value in params.items()}
    for _ in range(epochs):
        order, total = list(rng.permutation(len(images))), 0.0
        while order:
            chosen, order = order[:batch], order[batch:]
            x, y = images[chosen], labels[chosen]
            maps = conv2d(x, now["conv_w"], now["conv_b"], 1, 1)
            pooled = maxpool2d(relu(maps), 2)
            flat = flatten(pooled)
            loss, dlogits = cross_entropy(linear(flat, now["fc_w"], now["fc_b"]), y)
            dflat = linear(dlogits, now["fc_w"].T, np.zeros(flat.shape[1]))
            dmaps = maxpool2d_backward(dflat.reshape(pooled.shape), relu(maps), 2, 2, 0)
            dmaps = np.where(maps > 0, dmaps, 0.0)
            _, dconv_w, dconv_b = conv2d_backward(dmaps, x, now["conv_w"], now["conv_b"], 1, 1)
            assert dconv_b is not None
            dfc_w = linear(dlogits.T, flat.T, np.zeros(flat.shape[1]))
            dfc_b = np.array([math.fsum(column) for column in dlogits.T])
            now = sgd_step(now, {"conv_w": dconv_w, "conv_b": dconv_b, "fc_w": dfc_w, "fc_b": dfc_b}, lr)
            total += loss * len(chosen)
        losses.append(total / len(images))
    return now, losses
