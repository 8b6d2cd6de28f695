"""The pictures of the unit `pooling`: smaller photographs, the strongest and the mean, and what a small move changes."""

import numpy as np

from cnngrade import picture, play


def grey(data, name):
    """Return a grey photograph, (1, 1, H, W), from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return file[name].mean(axis=0)[None, None] / 255.0


def beginnings(data):
    """Return where the ink of an eight begins, row by row, as ones: (1, 1, 40, 44)."""
    with np.load(data / "digits.npz") as file:
        ink = np.kron(file["images"][8] / 16.0, np.ones((4, 4)))
    for _ in range(2):
        ink = np.lib.stride_tricks.sliding_window_view(np.pad(ink, 2), (5, 5)).mean(axis=(2, 3))
    ink = np.pad(ink > 0.5, ((4, 4), (4, 8)))
    return (np.diff(ink.astype(float), axis=1, prepend=0) > 0)[None, None].astype(float)


def kept(before, after):
    """Return how many of the marked numbers are marked again, as `3 of 40`."""
    return f"{int(((before > 0) & (after > 0)).sum())} of {int((before > 0).sum())}"


@picture
def maxpool2d_of_a_photograph(functions, data):
    """The cat at a half, a quarter and an eighth of its size: bright things grow, since the strongest of each window stays."""
    cat = grey(data, "cat")
    return {"the photograph": cat[0, 0]} | {f"windows of {k}": functions.maxpool2d(cat, k)[0, 0] for k in (2, 4, 8)}


@picture
def maxpool2d_after_a_small_move(functions, data):
    """Marks where the ink of an eight begins. After a move by one pixel no mark is where one was before; in the maps pooled
    by 4, most are. After a move by 4, the width of a window, pooling does not help.
    """
    marks = beginnings(data)
    panels = {"marks": marks[0, 0]}
    moved = {step: np.roll(marks, step, axis=3) for step in (1, 4)}
    for step, image in moved.items():
        panels[f"moved by {step}: {kept(marks, image)} stay"] = image[0, 0]
    pooled = np.asarray(functions.maxpool2d(marks, 4))
    panels["pooled by 4"] = pooled[0, 0]
    for step, image in moved.items():
        again = np.asarray(functions.maxpool2d(image, 4))
        panels[f"moved by {step}, pooled: {kept(pooled, again)} stay"] = again[0, 0]
    return panels


@picture
def avgpool2d_of_a_photograph(functions, data):
    """The cat at the same sizes, made of means: it stays as bright as it was, and small things fade."""
    cat = grey(data, "cat")
    return {"the photograph": cat[0, 0]} | {f"windows of {k}": functions.avgpool2d(cat, k)[0, 0] for k in (2, 4, 8)}


@picture
def global_avgpool2d_of_photographs(functions, data):
    """Three photographs, and what is left of each: three numbers that say how red, how green and how blue it is."""
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
    """The largest number of each 2x2 window of a digit."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][4][None, None].astype(float), "kernel_size": 2}


@play
def maxpool2d_of_negative_numbers(data):
    """Windows of 3x2 that overlap, on negative numbers with a frame: the frame must never win."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][6][None, None] - 17.0, "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 1)}


@play
def avgpool2d_with_a_frame(data):
    """The mean of each 3x3 window at every second place, zeros of the frame included."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][4][None, None].astype(float), "kernel_size": 3, "stride": 2, "padding": 1}
