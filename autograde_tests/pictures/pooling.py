"""The pictures of the unit `pooling`: smaller photographs, the strongest and the mean, and what a small move changes."""

import numpy as np

from cnngrade import picture, play


def grey(data, name):
    """Return a grey photograph, (1, 1, H, W), from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return file[name].mean(axis=0)[None, None] / 255.0


@picture
def maxpool2d_of_a_photograph(functions, data):
    """The cat at a half, a quarter and an eighth of its size: bright things grow, since the strongest of each window stays."""
    cat = grey(data, "cat")
    return {"the photograph": cat[0, 0]} | {f"windows of {k}": functions.maxpool2d(cat, k)[0, 0] for k in (2, 4, 8)}


@picture
def maxpool2d_after_a_small_move(functions, data):
    """Where a digit has vertical strokes, and the same after moving it by a pixel: pooled by 4, hardly anything changes."""
    with np.load(data / "digits.npz") as file:
        digit = np.pad(file["images"][4] / 16.0, ((4, 4), (3, 5)))
    strokes = np.abs(np.diff(digit, axis=1, prepend=0))[None, None]
    moved = np.roll(strokes, 1, axis=3)
    return {
        "strokes": strokes[0, 0],
        "moved by 1": moved[0, 0],
        "strokes, pooled": functions.maxpool2d(strokes, 4)[0, 0],
        "moved, pooled": functions.maxpool2d(moved, 4)[0, 0],
    }


@picture
def avgpool2d_of_a_photograph(functions, data):
    """The same with means: the mean blurs, the maximum sharpens."""
    cat = grey(data, "cat")
    return {"the photograph": cat[0, 0]} | {f"windows of {k}": functions.avgpool2d(cat, k)[0, 0] for k in (2, 4, 8)}


@picture
def global_avgpool2d_of_photographs(functions, data):
    """Three photographs, each left with three numbers: how red, how green, how blue it is."""
    with np.load(data / "photographs.npz") as file:
        images = np.stack([file[name] / 255.0 for name in ("cat", "coffee", "rocket")])
    means = np.asarray(functions.global_avgpool2d(images))
    panels = {}
    for name, image, mean in zip(("cat", "coffee", "rocket"), images, means, strict=True):
        panels[f"the {name}"] = image
        panels[f"{name}: what is left"] = np.broadcast_to(mean[:, None, None], (3, 8, 12))
    return panels


@play
def maxpool2d_of_a_digit(data):
    """The largest of each window of 2x2 in a digit."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][4][None, None].astype(float), "kernel_size": 2}


@play
def maxpool2d_of_negative_numbers(data):
    """Windows of 3x2 that overlap, on negative numbers with a frame: the frame must never win."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][6][None, None] - 17.0, "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 1)}


@play
def avgpool2d_with_a_frame(data):
    """The mean of each window of 3x3, every second place, zeros of the frame included."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][4][None, None].astype(float), "kernel_size": 3, "stride": 2, "padding": 1}
