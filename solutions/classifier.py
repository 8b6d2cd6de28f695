"""The reference of the unit `classifier`: the pipeline from a raw image to its name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from solutions.arrays import float_type, ready
from solutions.hierarchy import last_maps
from solutions.kernels import compiled


@compiled(fastmath={"contract"})
def _dense(x, w, b, out):
    """Fill `out` with one dot product for each image and unit, summed in float64."""
    for n in range(x.shape[0]):
        for m in range(w.shape[0]):
            total = float(b[m])
            for d in range(x.shape[1]):
                total += float(x[n, d]) * float(w[m, d])
            out[n, m] = total


def linear(x: NDArray, w: NDArray, b: NDArray | None) -> NDArray:
    """Return x w^T + b: one dot product for each image and unit.

    x: (N, D)   w: (M, D)   b: (M,) or None
    returns (N, M), float32 if all are float32 and otherwise float64. Raises ValueError if the sizes differ.
    """
    x, w = np.asarray(x), np.asarray(w)
    # One of a narrower dtype than any answer's makes no answer wider.
    b = np.zeros(len(w) if w.ndim else 0, np.float32) if b is None else np.asarray(b)
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] != w.shape[1] or b.shape != w.shape[:1]:
        raise ValueError(f"x (N, D), w (M, D) and b (M,) are needed, not {x.shape}, {w.shape} and {b.shape}")
    dtype = float_type(x, w, b)
    out = np.empty((len(x), len(w)), dtype)
    _dense(ready(x, dtype), ready(w, dtype), ready(b, dtype), out)
    return out


def softmax(x: NDArray, axis: int = -1) -> NDArray:
    """Return exp(x) / sum(exp(x)) along `axis`, for numbers of any size: float32 if x is float32 and otherwise float64."""
    x = np.asarray(x)
    wide = x.astype(np.float64)
    exponentials = np.exp(wide - wide.max(axis=axis, keepdims=True, initial=-np.inf))
    return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(float_type(x))


def lenet(images: NDArray, params: Mapping[str, NDArray]) -> NDArray:
    """Return the logits of a network of LeNet-5's shape.

    images: (N, C, H, W)   params: conv1_w, conv1_b, conv2_w, conv2_b, fc1_w, fc1_b, fc2_w, fc2_b, fc3_w, fc3_b
    returns (N, M). Raises ValueError where a layer does not fit its input, or one is missing.
    """
    missing = [f"{layer}_{kind}" for layer in ("conv1", "conv2", "fc1", "fc2", "fc3") for kind in "wb"]
    missing = [name for name in missing if name not in params]
    if missing:
        raise ValueError(f"the parameters lack {', '.join(missing)}")
    x = np.asarray(images)
    # One dtype from the first layer on: precision that an early float32 layer loses would not come back.
    dtype = float_type(x, *(np.asarray(value) for value in params.values()))
    x, p = x.astype(dtype), {name: np.asarray(value, dtype) for name, value in params.items()}
    x = last_maps(x, [(p["conv1_w"], p["conv1_b"], 0, 2), (p["conv2_w"], p["conv2_b"], 0, 2)])
    x = x.reshape(len(x), -1)
    x = np.maximum(linear(x, p["fc1_w"], p["fc1_b"]), 0)
    x = np.maximum(linear(x, p["fc2_w"], p["fc2_b"]), 0)
    return linear(x, p["fc3_w"], p["fc3_b"])


def classify(images: NDArray, params: Mapping[str, NDArray]) -> NDArray:
    """Name digits as they come from the file: scale to 0..1, enlarge fourfold, network, largest logit.

    images: (N, H, W), whole numbers from 0 (paper) to 16 (ink)
    returns (N,) int64. Raises ValueError unless the images have three axes.
    """
    images = np.asarray(images)
    if images.ndim != 3:
        raise ValueError(f"images are (N, H, W), not {images.shape}")
    enlarged = (images / 16.0).repeat(4, axis=1).repeat(4, axis=2)[:, None]
    return lenet(enlarged, params).argmax(axis=1)
