"""Train LeNet-5 on the digits and write exercises/data/lenet.npz: `python solutions/data/lenet_weights.py` (a minute or two).

The digits are enlarged fourfold to 32x32 and scaled to 0..1. A random fifth of them is held back and never trained on; its
indices are in the file, with the weights in half precision. Everything random comes from one seed: the same machine and the
same NumPy give the same file. Printed is the share of held-back digits that the weights as stored name rightly.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# Sums that several threads share may be rounded in a different order each time.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from solutions.convolution import conv2d
from solutions.learning import conv2d_backward, cross_entropy, maxpool2d_backward
from solutions.pooling import maxpool2d

SEED = 1998
HELD_BACK = 360
EPOCHS, BATCH = 24, 16
SHAPES = {
    "conv1_w": (6, 1, 5, 5), "conv2_w": (16, 6, 5, 5), "fc1_w": (120, 400), "fc2_w": (84, 120), "fc3_w": (10, 84),
}  # fmt: skip


def forward(images: NDArray, p: dict[str, NDArray]) -> tuple[NDArray, tuple[NDArray, ...]]:
    """Return the logits and what the backward pass needs."""
    map1 = conv2d(images, p["conv1_w"], p["conv1_b"])
    on1 = np.maximum(map1, 0)
    pool1 = maxpool2d(on1, 2)
    map2 = conv2d(pool1, p["conv2_w"], p["conv2_b"])
    on2 = np.maximum(map2, 0)
    pool2 = maxpool2d(on2, 2)
    flat = pool2.reshape(len(images), -1)
    hidden1 = np.maximum(flat @ p["fc1_w"].T + p["fc1_b"], 0)
    hidden2 = np.maximum(hidden1 @ p["fc2_w"].T + p["fc2_b"], 0)
    return hidden2 @ p["fc3_w"].T + p["fc3_b"], (map1, on1, pool1, map2, on2, pool2, flat, hidden1, hidden2)


def gradients(images: NDArray, labels: NDArray, p: dict[str, NDArray]) -> tuple[float, dict[str, Any]]:
    """Return the loss of a batch and the gradient of every parameter."""
    logits, (map1, on1, pool1, map2, on2, pool2, flat, hidden1, hidden2) = forward(images, p)
    loss, d = cross_entropy(logits, labels)
    grads: dict[str, Any] = {"fc3_w": d.T @ hidden2, "fc3_b": d.sum(0)}
    d = d @ p["fc3_w"] * (hidden2 > 0)
    grads |= {"fc2_w": d.T @ hidden1, "fc2_b": d.sum(0)}
    d = d @ p["fc2_w"] * (hidden1 > 0)
    grads |= {"fc1_w": d.T @ flat, "fc1_b": d.sum(0)}
    d = maxpool2d_backward((d @ p["fc1_w"]).reshape(pool2.shape), on2, 2, 2, 0) * (map2 > 0)
    d, grads["conv2_w"], grads["conv2_b"] = conv2d_backward(d, pool1, p["conv2_w"], p["conv2_b"], 1, 0)
    d = maxpool2d_backward(d, on1, 2, 2, 0) * (map1 > 0)
    _, grads["conv1_w"], grads["conv1_b"] = conv2d_backward(d, images, p["conv1_w"], p["conv1_b"], 1, 0)
    return loss, grads


def moved(images: NDArray, rng: np.random.Generator) -> NDArray:
    """Return the images, each shifted by up to two pixels in either direction: what a hand does anyway."""
    out = np.zeros_like(images)
    for image, target, (dy, dx) in zip(images, out, rng.integers(-2, 3, size=(len(images), 2)), strict=True):
        target[:] = np.roll(image, (dy, dx), axis=(1, 2))
        target[:, : max(dy, 0)] = target[:, 32 + min(dy, 0) :] = 0
        target[:, :, : max(dx, 0)] = target[:, :, 32 + min(dx, 0) :] = 0
    return out


def main() -> None:
    with np.load(ROOT / "exercises" / "data" / "digits.npz") as file:
        digits, labels = file["images"], file["labels"].astype(int)
    images = np.kron(digits / 16.0, np.ones((4, 4)))[:, None].astype(np.float32)
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(images))
    held_back, shown = np.sort(order[:HELD_BACK]), order[HELD_BACK:]
    params = {}
    for name, shape in SHAPES.items():
        params[name] = (rng.normal(size=shape) * np.sqrt(2 / np.prod(shape[1:]))).astype(np.float32)
        params[name.replace("_w", "_b")] = np.zeros(shape[0], np.float32)
    speed = {name: np.zeros_like(value) for name, value in params.items()}
    for epoch in range(EPOCHS):
        rate, total = 0.015 * 0.6 ** max(0, epoch - 12), 0.0
        visited = rng.permutation(shown)
        for start in range(0, len(visited), BATCH):
            chosen = visited[start : start + BATCH]
            loss, grads = gradients(moved(images[chosen], rng), labels[chosen], params)
            total += loss * len(chosen)
            for name in params:
                speed[name] = (0.9 * speed[name] - rate * grads[name]).astype(np.float32)
                params[name] = params[name] + speed[name]
        print(f"epoch {epoch + 1}: loss {total / len(visited):.3f}")
    halves = {name: value.astype(np.float16) for name, value in params.items()}
    stored = {name: value.astype(np.float64) for name, value in halves.items()}
    read = forward(images[held_back].astype(np.float64), stored)[0].argmax(axis=1)
    share = (read == labels[held_back]).mean()
    wrong = int((read != labels[held_back]).sum())
    print(f"held back: {share:.2%} of {HELD_BACK} named correctly, {wrong} misread")
    np.savez_compressed(ROOT / "exercises" / "data" / "lenet.npz", held_back=held_back.astype(np.uint16), **halves)


if __name__ == "__main__":
    main()
