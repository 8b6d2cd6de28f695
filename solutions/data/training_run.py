"""Train eight 7x7 filters and write exercises/data/training.npz: `python solutions/data/training_run.py` (a few seconds).

The network is the unit's own, convolution -> ReLU -> max pooling by 2 -> one linear layer, but it sees the digits enlarged to
16x16, through filters of 7x7 without padding: large enough for the eye to see what becomes of them. The filters begin as noise
some twenty times weaker than what they end as. The file holds SNAPSHOTS moments, close together at the beginning:

    steps     (S,)          how many batches had been learned from
    filters   (S, 8, 7, 7)  float16
    loss      (S,)          the mean loss over the digits that are trained on
    accuracy  (S,)          the share of the 360 digits held back that are named rightly

Everything random comes from one seed: the same machine and the same NumPy give the same file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Sums that several threads share may be rounded in a different order each time.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from solutions.convolution import conv2d
from solutions.learning import conv2d_backward, cross_entropy, maxpool2d_backward, sgd_step
from solutions.pooling import maxpool2d

SEED = 2
FILTERS, SIZE = 8, 7
EPOCHS, BATCH, RATE = 12, 16, 0.1
SNAPSHOTS = 72

Params = dict[str, NDArray[np.float64]]


def enlarged(digits: NDArray) -> NDArray:
    """Return digits (N, 8, 8) of 0 to 16 as images (N, 1, 16, 16) of 0 to 1: each pixel fourfold, then the mean of 3x3."""
    large = np.pad(np.kron(digits / 16.0, np.ones((2, 2))), ((0, 0), (1, 1), (1, 1)))
    return np.lib.stride_tricks.sliding_window_view(large, (3, 3), axis=(1, 2)).mean(axis=(3, 4))[:, None]


def begin(rng: np.random.Generator) -> Params:
    """Return weak random filters, each with a small positive bias, so that none is silent at first."""
    features = FILTERS * ((16 - SIZE + 1) // 2) ** 2
    return {
        "conv_w": rng.normal(size=(FILTERS, 1, SIZE, SIZE)) * 0.01,
        "conv_b": np.full(FILTERS, 0.1),
        "fc_w": rng.normal(size=(10, features)) * 0.05,
        "fc_b": np.zeros(10),
    }


def forward(images: NDArray, p: Params) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Return the logits, and what the backward pass needs: the maps, after ReLU, after pooling."""
    maps = conv2d(images, p["conv_w"], p["conv_b"])
    on = np.maximum(maps, 0)
    pooled = maxpool2d(on, 2)
    return pooled.reshape(len(images), -1) @ p["fc_w"].T + p["fc_b"], maps, on, pooled


def step(images: NDArray, labels: NDArray, p: Params) -> Params:
    """Return the parameters after learning from one batch."""
    logits, maps, on, pooled = forward(images, p)
    _, d = cross_entropy(logits, labels)
    grads = {"fc_w": d.T @ pooled.reshape(len(images), -1), "fc_b": d.sum(axis=0)}
    d = maxpool2d_backward((d @ p["fc_w"]).reshape(pooled.shape), on, 2, 2, 0) * (maps > 0)
    _, grads["conv_w"], grads["conv_b"] = conv2d_backward(d, images, p["conv_w"], p["conv_b"], 1, 0)
    return sgd_step(p, grads, RATE)


def batches(order: NDArray) -> list[NDArray]:
    """Return the digits of an epoch, batch by batch."""
    return [order[start : start + BATCH] for start in range(0, len(order), BATCH)]


def training() -> dict[str, NDArray]:
    """Return the arrays of the file."""
    with np.load(ROOT / "exercises" / "data" / "digits.npz") as file:
        images, labels = enlarged(file["images"]), file["labels"].astype(int)
    with np.load(ROOT / "exercises" / "data" / "lenet.npz") as file:
        held_back = file["held_back"]
    shown = np.setdiff1d(np.arange(len(images)), held_back)
    params, rng = begin(np.random.default_rng(SEED)), np.random.default_rng(SEED + 1)
    planned = [batch for _ in range(EPOCHS) for batch in batches(rng.permutation(shown))]
    # Squares, since most happens at the beginning; there each step counts.
    moments = {max(number, round(len(planned) * (number / (SNAPSHOTS - 1)) ** 2)) for number in range(SNAPSHOTS)}
    filters, losses, accuracies = [], [], []
    for done in range(len(planned) + 1):
        if done in moments:
            read = forward(images[held_back], params)[0].argmax(axis=1)
            filters.append(params["conv_w"][:, 0].astype(np.float16))
            losses.append(cross_entropy(forward(images[shown], params)[0], labels[shown])[0])
            accuracies.append((read == labels[held_back]).mean())
        if done < len(planned):
            params = step(images[planned[done]], labels[planned[done]], params)
    return {
        "steps": np.array(sorted(moments), np.uint16),
        "filters": np.array(filters),
        "loss": np.array(losses, np.float32),
        "accuracy": np.array(accuracies, np.float32),
    }


def main() -> None:
    path, made = ROOT / "exercises" / "data" / "training.npz", training()
    np.savez_compressed(path, allow_pickle=False, **made)
    loss, accuracy = made["loss"], made["accuracy"]
    print(f"{len(made['steps'])} snapshots of {made['steps'][-1]} steps, {path.stat().st_size >> 10} KiB")
    print(f"loss {loss[0]:.2f} -> {loss[-1]:.3f}, held back: {accuracy[0]:.1%} -> {accuracy[-1]:.1%}")


if __name__ == "__main__":
    main()
