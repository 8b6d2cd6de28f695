"""The same work by everything that can do it: our kernels, plain numba, and the libraries that a user would pick."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from peers.map_gradients import avgpool2x2_backward, pad2d_backward
from peers.works import Array, Work
from solutions import hierarchy, kernels, learning, padding, pooling
from solutions.convolution import baseline_conv2d

Contenders = dict[str, Callable[[], Any]]
NAMES = ("kernels", "torch", "onnxruntime", "cv2", "scipy", "einsum", "im2col", "tensordot", "plain numba")
MODULES = ("torch", "onnxruntime", "cv2", "scipy")


def installed() -> dict[str, Any]:
    """Return the libraries that are here, held to one thread."""
    found: dict[str, Any] = {}
    for name in MODULES:
        try:
            found[name] = importlib.import_module(name if name != "scipy" else "scipy.signal")
        except ImportError:
            continue
    if "torch" in found:
        found["torch"].set_num_threads(1)
        found["torch"].set_grad_enabled(False)
        # Until a block of this size was freed once, the C library gives memory back after each call, and torch, which asks
        # for it again, would be measured faulting pages in.
        block = np.ones(31 << 20, np.uint8)
        del block
    if "cv2" in found:
        found["cv2"].setNumThreads(1)
    return found


def _onnx_session(
    ort: Any, x: Array, layers: list[tuple[Array, Array]], stride: int, pad: int, fused: bool
) -> Callable[[], Any]:
    onnx = importlib.import_module("onnx")
    helper, numpy_helper = importlib.import_module("onnx.helper"), importlib.import_module("onnx.numpy_helper")
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    nodes, weights, name = [], [], "x"
    for index, (w, b) in enumerate(layers):
        weights += [numpy_helper.from_array(w, f"w{index}"), numpy_helper.from_array(b, f"b{index}")]
        inputs = [name, f"w{index}", f"b{index}"]
        nodes.append(helper.make_node("Conv", inputs, [f"c{index}"], strides=[stride] * 2, pads=[pad] * 4))
        name = f"c{index}"
        if fused:
            nodes.append(helper.make_node("Relu", [name], [f"r{index}"]))
            nodes.append(helper.make_node("MaxPool", [f"r{index}"], [f"p{index}"], kernel_shape=[2, 2], strides=[2, 2]))
            name = f"p{index}"
    outputs = [helper.make_tensor_value_info(name, kind, [None] * 4)]
    graph = helper.make_graph(nodes, "work", [helper.make_tensor_value_info("x", kind, x.shape)], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": x})[0]


def _framed(x: Array, pad: int) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))) if pad else x


def _windows(x: Array, w: Array, stride: int, pad: int) -> Array:
    return sliding_window_view(_framed(x, pad), w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]


def _im2col(x: Array, w: Array, b: Array, stride: int, pad: int) -> Array:
    windows = _windows(x, w, stride, pad)
    n, _, ho, wo = windows.shape[:4]
    columns = np.ascontiguousarray(windows.transpose(0, 1, 4, 5, 2, 3)).reshape(n, w[0].size, ho * wo)
    maps: Array = (w.reshape(len(w), -1) @ columns).reshape(n, len(w), ho, wo)
    return maps + b[:, None, None]


def _opencv(cv2: Any, x: Array, w: Array, b: Array) -> Array:
    """Filter channel by channel and cut out the positions whose window is within the image."""
    (n, channels, height, width), (filters, _, kh, kw) = x.shape, w.shape
    out = np.empty((n, filters, height - kh + 1, width - kw + 1), x.dtype)
    for i in range(n):
        for k in range(filters):
            total = cv2.filter2D(x[i, 0], -1, w[k, 0], delta=float(b[k]), borderType=cv2.BORDER_CONSTANT)
            for c in range(1, channels):
                total = cv2.add(total, cv2.filter2D(x[i, c], -1, w[k, c], borderType=cv2.BORDER_CONSTANT))
            out[i, k] = total[kh // 2 : kh // 2 + out.shape[2], kw // 2 : kw // 2 + out.shape[3]]
    return out


def _scipy(signal: Any, x: Array, w: Array, b: Array) -> Array:
    return np.stack([[signal.correlate(image, kernel, "valid")[0] for kernel in w] for image in x]) + b[:, None, None]


def _convolutions(work: Work, x: Array, w: Array, b: Array, libraries: dict[str, Any]) -> Contenders:
    stride, pad = work.stride, work.padding
    found: Contenders = {"kernels": lambda: kernels.conv2d(x, w, b, stride, pad)}
    if "torch" in libraries:
        torch = libraries["torch"]
        tensors = [torch.from_numpy(array) for array in (x, w, b)]
        found["torch"] = lambda: torch.nn.functional.conv2d(*tensors, stride, pad)
    # It convolves in single precision only.
    if "onnxruntime" in libraries and x.dtype == np.float32:
        found["onnxruntime"] = _onnx_session(libraries["onnxruntime"], x, [(w, b)], stride, pad, fused=False)
    # These two have no notion of a batch, a bank or a stride: where there are many of those, they would take minutes.
    if stride == 1 and pad == 0 and len(x) == 1 and x.shape[1] <= 3:
        if "cv2" in libraries:
            found["cv2"] = lambda: _opencv(libraries["cv2"], x, w, b)
        if "scipy" in libraries and x.size < 1e6:
            found["scipy"] = lambda: _scipy(libraries["scipy"], x, w, b)
    column = b[:, None, None]
    found["einsum"] = lambda: np.einsum("nchwij,kcij->nkhw", _windows(x, w, stride, pad), w, optimize=True) + column
    found["im2col"] = lambda: _im2col(x, w, b, stride, pad)
    found["tensordot"] = lambda: (
        np.tensordot(_windows(x, w, stride, pad), w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + column
    )
    found["plain numba"] = lambda: baseline_conv2d(x, w, b, stride, pad)
    return found


def _hierarchies(work: Work, x: Array, rng: np.random.Generator, libraries: dict[str, Any]) -> Contenders:
    shapes = work.filters
    weights = [(rng.normal(size=s) / np.sqrt(np.prod(s[1:]))).astype(x.dtype) for s in shapes]
    biases = [rng.normal(size=s[0]).astype(x.dtype) for s in shapes]
    layers = [(w, b, 0, 2) for w, b in zip(weights, biases, strict=True)]
    found: Contenders = {"kernels": lambda: kernels.hierarchy(x, layers)}
    if "torch" in libraries:
        torch = libraries["torch"]
        f, image = torch.nn.functional, torch.from_numpy(x)
        pairs = [(torch.from_numpy(w), torch.from_numpy(b)) for w, b, _, _ in layers]

        def eager() -> Any:
            maps = image
            for w, b in pairs:
                maps = f.max_pool2d(f.relu(f.conv2d(maps, w, b)), 2)
            return maps

        found["torch"] = eager
    if "onnxruntime" in libraries and x.dtype == np.float32:
        found["onnxruntime"] = _onnx_session(libraries["onnxruntime"], x, [layer[:2] for layer in layers], 1, 0, fused=True)
    found["plain numba"] = lambda: hierarchy.baseline_feature_hierarchy(x, layers)[-1]
    return found


def _gradients(work: Work, x: Array, w: Array, dout: Array, libraries: dict[str, Any]) -> Contenders:
    stride, pad = work.stride, work.padding
    found: Contenders = {"kernels": lambda: kernels.conv2d_backward(dout, x, w, stride, pad)}
    if "torch" in libraries:
        torch = libraries["torch"]
        tensors = [torch.from_numpy(array) for array in (dout, x, w)]
        options = [len(w)], [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], 1, [True, True, True]
        found["torch"] = lambda: torch.ops.aten.convolution_backward(*tensors, *options)
    b = np.zeros(len(w), x.dtype)
    found["plain numba"] = lambda: learning._conv2d_backward(dout, x, w, b, stride, pad, plain=True)
    return found


def _maps(work: Work, x: Array, rng: np.random.Generator, libraries: dict[str, Any]) -> Contenders:
    height, width = x.shape[2:]
    shape = {"pad back": (height + 2, width + 2), "relu back": (height, width)}.get(work.kind, (height // 2, width // 2))
    dout = rng.normal(size=(*x.shape[:2], *shape)).astype(x.dtype)
    ours: Contenders = {
        "relu": lambda: kernels.relu(x), "pad": lambda: kernels.pad2d(x, 1, 1),
        "maxpool": lambda: kernels.maxpool2x2(x), "avgpool": lambda: kernels.avgpool2x2(x),
        "relu back": lambda: kernels.relu_backward(dout, x), "pad back": lambda: pad2d_backward(dout, 1),
        "maxpool back": lambda: kernels.maxpool2x2_backward(dout, x),
        "avgpool back": lambda: avgpool2x2_backward(dout, height, width),
    }  # fmt: skip
    plain: Contenders = {
        "relu": lambda: np.maximum(x, 0), "pad": lambda: padding.baseline_pad2d(x, 1),
        "maxpool": lambda: pooling.baseline_maxpool2d(x, 2),
        "maxpool back": lambda: learning._maxpool2d_backward(dout, x, 2, 2, 0, plain=True),
    }  # fmt: skip
    found = {"kernels": ours[work.kind]}
    if "torch" in libraries:
        torch = libraries["torch"]
        f, aten, image, gradient = torch.nn.functional, torch.ops.aten, torch.from_numpy(x), torch.from_numpy(dout)
        places = f.max_pool2d(image, 2, return_indices=True)[1]
        window = [2, 2], [2, 2], [0, 0]
        theirs: Contenders = {
            "relu": lambda: f.relu(image), "pad": lambda: f.pad(image, (1, 1, 1, 1)),
            "maxpool": lambda: f.max_pool2d(image, 2), "avgpool": lambda: f.avg_pool2d(image, 2),
            "relu back": lambda: aten.threshold_backward(gradient, image, 0),
            "pad back": lambda: f.pad(gradient, (-1, -1, -1, -1)),
            "maxpool back": lambda: aten.max_pool2d_with_indices_backward(gradient, image, *window, [1, 1], False, places),
            "avgpool back": lambda: aten.avg_pool2d_backward(gradient, image, *window, False, True, None),
        }  # fmt: skip
        found["torch"] = theirs[work.kind]
    if work.kind in plain:
        found["plain numba"] = plain[work.kind]
    return found


def contenders(work: Work, dtype: type, libraries: dict[str, Any], only: str = "") -> Contenders:
    """Return everybody who does this work, our kernels first, or the one named `only`.

    All have answered alike. Raises ValueError if one did not.
    """
    rng = np.random.default_rng(20261124)
    x: Array = rng.normal(size=work.x).astype(dtype)
    if work.w:
        w = (rng.normal(size=work.w) / np.sqrt(np.prod(work.w[1:]))).astype(dtype)
        if work.kind == "conv2d":
            found = _convolutions(work, x, w, rng.normal(size=work.w[0]).astype(dtype), libraries)
        else:
            found = _gradients(work, x, w, rng.normal(size=work.maps()).astype(dtype), libraries)
    elif work.kind == "hierarchy":
        found = _hierarchies(work, x, rng, libraries)
    else:
        found = _maps(work, x, rng, libraries)
    if only:
        return {only: found[only]}
    ours = parts_of(found["kernels"]())
    for name, run in found.items():
        compare(ours, parts_of(run()), f"{work.name}, {np.dtype(dtype)}: {name}")
    return found


def parts_of(answer: Any) -> list[Array]:
    """Return an answer as a list of arrays, whatever library gave it."""
    return [np.asarray(part) for part in (answer if isinstance(answer, tuple | list) else (answer,))]


def compare(ours: list[Array], theirs: list[Array], who: str) -> None:
    """Raise ValueError if the answers of `who` are others than those of the kernels."""
    for mine, other in zip(ours, theirs, strict=True):
        # Sums of normal numbers in another order; a wrong answer is off by the size of the numbers.
        if mine.shape != other.shape or not np.abs(mine - other).max() <= 1e-3 * max(1.0, float(np.abs(other).max())):
            raise ValueError(f"{who} answers otherwise than the kernels")
