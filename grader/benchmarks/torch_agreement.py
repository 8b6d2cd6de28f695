"""Does the reference agree with torch? Thousands of random configurations of every function that torch has too.

    python grader/benchmarks/torch_agreement.py [CONFIGURATIONS] [--write-docs]

The functions of `solutions/` against `torch.nn.functional`, and their backward passes against torch's automatic gradients, in
float32 and float64, with random shapes, kernels, strides and paddings, bias or none. The truth is torch in float64; an error is
counted in units of eps * (sum of absolute products) of the dtype of the answer. Bound: 50, and 500 for whole networks, in which
the errors of many layers meet. Padding, maxima and relu must be equal to the bit; shape and dtype count as well. Exit status 1
if one configuration disagrees; a missing torch is reported, with status 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from figures.arguments import positive
from figures.section import Section, add_writing

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from solutions.classifier import lenet, linear, softmax
from solutions.convolution import conv2d, correlate2d
from solutions.hierarchy import feature_hierarchy, relu
from solutions.learning import conv2d_backward, cross_entropy, maxpool2d_backward, train
from solutions.padding import pad2d
from solutions.pooling import avgpool2d, global_avgpool2d, maxpool2d

BOUND = 50.0
NETWORKS = 500.0
Errors = Callable[[np.random.Generator, Any, type], float]


def tensors(torch: Any, *arrays: np.ndarray) -> list[Any]:
    return [torch.from_numpy(array.astype(np.float64)) for array in arrays]


def images(rng: np.random.Generator, dtype: type, channels: int) -> np.ndarray:
    n, h, w = rng.integers(1, 4), rng.integers(1, 13), rng.integers(1, 13)
    return (rng.normal(size=(n, channels, h, w)) * 10 ** rng.uniform(-2, 2)).astype(dtype)


def window(rng: np.random.Generator, size: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Draw a kernel that fits into a padded image of this size, with stride and a padding of at most half the kernel."""
    kernel = tuple(int(rng.integers(1, min(side, 6) + 1)) for side in size)
    stride = tuple(int(step) for step in rng.integers(1, 4, 2))
    padding = tuple(int(rng.integers(0, side // 2 + 1)) for side in kernel)
    return kernel, stride, padding


def step(rng: np.random.Generator, least: int, most: int) -> int | tuple[int, int]:
    """Draw a stride or a padding below `most`: one number, or one for rows and one for columns."""
    rows, columns = (int(n) for n in rng.integers(least, most, 2))
    return rows if rng.random() < 0.5 else (rows, columns)


def room(size: tuple[int, ...], padding: int | tuple[int, int]) -> tuple[int, int]:
    """Return the size of an image in its frame."""
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    return size[0] + 2 * ph, size[1] + 2 * pw


def convolution(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    channels, filters = (int(n) for n in rng.integers(1, [6, 7]))
    x, stride, padding = images(rng, dtype, channels), step(rng, 1, 4), step(rng, 0, 4)
    kh, kw = (int(rng.integers(1, min(side, 6) + 1)) for side in room(x.shape[2:], padding))
    w = rng.normal(size=(filters, channels, kh, kw)).astype(dtype)
    b = rng.normal(size=filters).astype(dtype) if rng.random() < 0.5 else None
    function = torch.nn.functional.conv2d
    bias = [None, None] if b is None else tensors(torch, b, np.abs(b))
    truth = function(*tensors(torch, x, w), bias[0], stride, padding).numpy()
    scale = function(*tensors(torch, np.abs(x), np.abs(w)), bias[1], stride, padding).numpy()
    return relative(conv2d(x, w, b, stride, padding), truth, scale, dtype)


def relative(ours: np.ndarray, truth: np.ndarray, scale: np.ndarray, dtype: type) -> float:
    if ours.shape != truth.shape or ours.dtype != dtype:
        return float("inf")
    return float((np.abs(ours - truth) / (np.finfo(ours.dtype).eps * np.maximum(scale, 1e-300))).max(initial=0.0))


def equal(ours: np.ndarray, truth: np.ndarray, dtype: type) -> float:
    return 0.0 if ours.dtype == dtype and np.array_equal(ours, truth) else float("inf")


def averages(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    kernel, stride, padding = window(rng, x.shape[2:])
    function = torch.nn.functional.avg_pool2d
    truth, scale = (function(tensor, kernel, stride, padding).numpy() for tensor in tensors(torch, x, np.abs(x)))
    return relative(avgpool2d(x, kernel, stride, padding), truth, scale, dtype)


def maxima(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    kernel, stride, padding = window(rng, x.shape[2:])
    truth = torch.nn.functional.max_pool2d(*tensors(torch, x), kernel, stride, padding).numpy()
    return equal(maxpool2d(x, kernel, stride, padding), truth, dtype)


def frames(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    (ph, pw), value = (int(n) for n in rng.integers(0, 5, 2)), float(dtype(rng.normal()))
    truth = torch.nn.functional.pad(*tensors(torch, x), (pw, pw, ph, ph), value=value).numpy()
    return equal(pad2d(x, (ph, pw), value), truth, dtype)


def positives(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    return equal(relu(x), torch.nn.functional.relu(*tensors(torch, x)).numpy(), dtype)


def correlation(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    image = rng.normal(size=rng.integers(1, 13, 2)).astype(dtype)
    kernel = rng.normal(size=[rng.integers(1, side + 1) for side in image.shape]).astype(dtype)
    function = torch.nn.functional.conv2d
    truth, scale = (
        function(*(tensor[None, None] for tensor in tensors(torch, *pair))).numpy()[0, 0]
        for pair in ((image, kernel), (np.abs(image), np.abs(kernel)))
    )
    return relative(correlate2d(image, kernel), truth, scale, dtype)


def global_averages(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    function = torch.nn.functional.adaptive_avg_pool2d
    truth, scale = (function(tensor, 1).numpy()[:, :, 0, 0] for tensor in tensors(torch, x, np.abs(x)))
    return relative(global_avgpool2d(x), truth, scale, dtype)


def dense(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    n, d, m = rng.integers(1, [6, 60, 12])
    x, w, b = (rng.normal(size=shape).astype(dtype) for shape in ((n, d), (m, d), (m,)))
    function = torch.nn.functional.linear
    given = (x, w, b) if rng.random() < 0.7 else (x, w)
    truth, scale = (function(*tensors(torch, *a)).numpy() for a in (given, map(np.abs, given)))
    return relative(linear(x, w, b if len(given) == 3 else None), truth, scale, dtype)


def probabilities(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = (rng.normal(size=rng.integers(0, 7, int(rng.integers(1, 4)))) * 10 ** rng.uniform(-1, 3)).astype(dtype)
    axis = int(rng.integers(-x.ndim, x.ndim))
    truth = torch.nn.functional.softmax(*tensors(torch, x), axis).numpy()
    return relative(softmax(x, axis), truth, 1 + np.abs(x).max(initial=0) * np.ones(x.shape), dtype)


def gradients_of(value: Any, leaves: list[Any]) -> list[np.ndarray]:
    """Return the gradients of the number `value` with respect to `leaves`."""
    value.backward()
    return [leaf.grad.numpy() for leaf in leaves]


def leaves_of(torch: Any, *arrays: np.ndarray) -> list[Any]:
    return [tensor.requires_grad_() for tensor in tensors(torch, *arrays)]


def losses(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    n, m = rng.integers(1, [9, 12])
    logits, labels = (rng.normal(size=(n, m)) * 10 ** rng.uniform(-1, 3)).astype(dtype), rng.integers(0, m, n)
    leaves = leaves_of(torch, logits)
    value = torch.nn.functional.cross_entropy(leaves[0], torch.from_numpy(labels))
    truth = float(value.detach())
    (gradient,) = gradients_of(value, leaves)
    loss, dlogits = cross_entropy(logits, labels)
    size = 1 + np.abs(logits).max()
    off = abs(loss - truth) / (np.finfo(dtype).eps * size)
    return max(off, relative(dlogits, gradient, size * np.ones(logits.shape), dtype))


def convolution_back(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    channels, filters = (int(n) for n in rng.integers(1, [5, 6]))
    x, stride, padding = images(rng, dtype, channels), step(rng, 1, 4), step(rng, 0, 4)
    kh, kw = (int(rng.integers(1, min(side, 6) + 1)) for side in room(x.shape[2:], padding))
    w, b = rng.normal(size=(filters, channels, kh, kw)).astype(dtype), rng.normal(size=filters).astype(dtype)
    dout = rng.normal(size=conv2d(x, w, b, stride, padding).shape).astype(dtype)
    sums = []
    for sign in (lambda array: array, np.abs):
        leaves = leaves_of(torch, *(sign(array) for array in (x, w, b)))
        maps = torch.nn.functional.conv2d(*leaves, stride, padding)
        sums.append(gradients_of((maps * tensors(torch, sign(dout))[0]).sum(), leaves))
    ours = conv2d_backward(dout, x, w, b, stride, padding)
    return max(relative(mine, truth, scale, dtype) for mine, truth, scale in zip(ours, *sums, strict=True))


def maxima_back(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    if rng.random() < 0.5:
        # Few different numbers, and so many ties: the first one gets the gradient.
        x = np.round(x / np.abs(x).max() * 2).astype(dtype)
    kernel, drawn, padding = window(rng, x.shape[2:])
    stride = None if rng.random() < 0.3 else drawn
    leaves = leaves_of(torch, x)
    out = torch.nn.functional.max_pool2d(leaves[0], kernel, stride, padding)
    dout = rng.normal(size=tuple(out.shape)).astype(dtype)
    (truth,) = gradients_of((out * tensors(torch, dout)[0]).sum(), leaves)
    (scale,) = np.abs(truth).max() * np.ones((1, *x.shape))
    return relative(maxpool2d_backward(dout, x, kernel, stride, padding), truth, scale, dtype)


def hierarchies(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x, layers, size = images(rng, dtype, int(rng.integers(1, 4))), [], 0
    out = tensors(torch, x)[0]
    channels, size = x.shape[1], min(x.shape[2:])
    truth = [out]
    while size >= 3 and len(layers) < 3:
        filters, padding, pool = (int(n) for n in rng.integers([1, 0, 1], [5, 2, 3]))
        w, b = rng.normal(size=(filters, channels, 2, 2)).astype(dtype), rng.normal(size=filters).astype(dtype)
        layers.append((w, b, padding, pool))
        maps = torch.relu(torch.nn.functional.conv2d(truth[-1], *tensors(torch, w, b), padding=padding))
        truth.append(torch.nn.functional.max_pool2d(maps, pool))
        channels, size = filters, min(truth[-1].shape[2:])
    absolute = [(np.abs(w), np.abs(b), padding, pool) for w, b, padding, pool in layers]
    scales = feature_hierarchy(np.abs(x), absolute)
    ours = feature_hierarchy(x, layers)
    return max(
        relative(mine, right.numpy(), scale.max() * np.ones(scale.shape), dtype)
        for mine, right, scale in zip(ours, truth, scales, strict=True)
    )


def network(rng: np.random.Generator, dtype: type) -> dict[str, np.ndarray]:
    """Return random weights of a small network of LeNet's shape, for images of 12x12."""
    k1, k2, f1, f2, m = (int(n) for n in rng.integers(1, [5, 6, 12, 9, 11]))
    shapes = {"conv1": (k1, 1, 3, 3), "conv2": (k2, k1, 2, 2), "fc1": (f1, 4 * k2), "fc2": (f2, f1), "fc3": (m, f2)}
    params = {f"{name}_w": rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    return params | {f"{name}_b": rng.normal(size=shape[0]).astype(dtype) for name, shape in shapes.items()}


def networks(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    params, x = network(rng, dtype), rng.normal(size=(int(rng.integers(1, 4)), 1, 12, 12)).astype(dtype)
    f, out = torch.nn.functional, tensors(torch, x)[0]
    for layer in ("conv1", "conv2"):
        out = f.max_pool2d(f.relu(f.conv2d(out, *tensors(torch, params[f"{layer}_w"], params[f"{layer}_b"]))), 2)
    out = out.flatten(1)
    for layer in ("fc1", "fc2", "fc3"):
        out = f.linear(out, *tensors(torch, params[f"{layer}_w"], params[f"{layer}_b"]))
        out = f.relu(out) if layer != "fc3" else out
    scale = lenet(np.abs(x), {name: np.abs(value) for name, value in params.items()})
    return relative(lenet(x, params), out.numpy(), scale, dtype)


def training(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    """One step of training, by automatic gradients and plain descent."""
    filters, classes, n = (int(size) for size in rng.integers([1, 2, 1], [5, 8, 7]))
    params = {
        "conv_w": rng.normal(size=(filters, 1, 3, 3)), "conv_b": rng.normal(size=filters),
        "fc_w": rng.normal(size=(classes, filters * 9)), "fc_b": rng.normal(size=classes),
    }  # fmt: skip
    params = {name: value.astype(dtype) for name, value in params.items()}
    x, labels, lr = rng.normal(size=(n, 1, 6, 6)).astype(dtype), rng.integers(0, classes, n), 0.1
    leaves, f = dict(zip(params, leaves_of(torch, *params.values()), strict=True)), torch.nn.functional
    maps = f.conv2d(tensors(torch, x)[0], leaves["conv_w"], leaves["conv_b"], padding=1)
    logits = f.linear(f.max_pool2d(f.relu(maps), 2).flatten(1), leaves["fc_w"], leaves["fc_b"])
    value = f.cross_entropy(logits, torch.from_numpy(labels))
    truth = float(value.detach())
    optimiser = torch.optim.SGD(list(leaves.values()), lr=lr)
    value.backward()
    optimiser.step()
    trained, found = train(x, labels, params, 1, lr, n, 0)
    size = 1 + float(logits.detach().abs().max()) * float(np.abs(params["fc_w"]).max()) * max(1.0, float(np.abs(x).max()))
    errors = [relative(trained[name], leaf.detach().numpy(), np.full(leaf.shape, size), dtype) for name, leaf in leaves.items()]
    return max(*errors, abs(found[0] - truth) / (np.finfo(dtype).eps * size))


FUNCTIONS: dict[str, tuple[Errors, float]] = {
    "correlate2d": (correlation, BOUND),
    "conv2d": (convolution, BOUND),
    "avgpool2d": (averages, BOUND),
    "maxpool2d": (maxima, BOUND),
    "global_avgpool2d": (global_averages, BOUND),
    "pad2d": (frames, BOUND),
    "relu": (positives, BOUND),
    "linear": (dense, BOUND),
    "softmax": (probabilities, BOUND),
    "cross_entropy and its gradient": (losses, BOUND),
    "conv2d_backward (dx, dw, db)": (convolution_back, BOUND),
    "maxpool2d_backward": (maxima_back, BOUND),
    "feature_hierarchy": (hierarchies, NETWORKS),
    "lenet": (networks, NETWORKS),
    "train, one step": (training, NETWORKS),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configurations", nargs="?", type=positive, default=5000)
    add_writing(parser)
    asked = parser.parse_args()
    count = asked.configurations
    try:
        import torch
    except ImportError:
        print("torch is not installed: nothing was compared. `make bench` installs it.")
        return 2
    rows, failed = [], 0
    for name, (errors, bound) in FUNCTIONS.items():
        rng = np.random.default_rng(20261123)
        found = np.array([errors(rng, torch, (np.float32, np.float64)[index % 2]) for index in range(count)])
        agree = int((found <= bound).sum())
        failed += count - agree
        largest = f"{found.max():.2f}" if found.any() else "equal to the bit"
        rows.append([name, f"{agree:,} of {count:,}", largest, f"{bound:g}"])
        print(f"{name}: {agree} of {count} agree", file=sys.stderr, flush=True)
    section = Section("torch", ("torch",))
    section.table(["function", "agree", "largest error, in eps", "bound"], rows)
    section.end(None if failed else asked.write_docs)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
