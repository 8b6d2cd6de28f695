"""The pictures of the unit `convolution`: a photograph under several kernels, and under filters that see colours."""

import numpy as np

from cnngrade import picture, play

BANK = {
    "blur": np.full((5, 5), 1 / 25),
    "vertical edges": np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]),
    "horizontal edges": np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),
    "spots": np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]]),
}


def photograph(data, name):
    """Return a photograph in colour, (1, 3, H, W), from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return file[name][None] / 255.0


@picture
def correlate2d_of_a_photograph(functions, data):
    """A grey cat under four kernels. Where there is colour, red means yes and blue the opposite."""
    cat = photograph(data, "cat")[0].mean(axis=0)
    return {"the photograph": cat} | {name: functions.correlate2d(cat, kernel) for name, kernel in BANK.items()}


@picture
def conv2d_of_colours(functions, data):
    """Three filters with a slice for each channel: one finds what is red and not blue, one what is bright, one where red
    begins.
    """
    coffee = photograph(data, "coffee")
    filters = np.zeros((3, 3, 3, 3))
    filters[0, :, 1, 1] = [1, 0, -1]
    filters[1] = 1 / 27
    filters[2, 0, :, 0], filters[2, 0, :, 2] = -1 / 3, 1 / 3
    maps = functions.conv2d(coffee, filters, padding=1)[0]
    return {"the photograph": coffee[0], "red, not blue": maps[0], "bright, blurred": maps[1], "red begins": maps[2]}


@picture
def conv2d_with_stride(functions, data):
    """The same filter with strides of 1, 2 and 4: each map is coarser than the one before and costs a quarter of its work."""
    rocket = photograph(data, "rocket")
    edges = np.repeat(BANK["vertical edges"][None, None] / 3, 3, axis=1)
    panels = {"the photograph": rocket[0]}
    for stride in (1, 2, 4):
        panels[f"stride {stride}"] = functions.conv2d(rocket, edges, None, stride, 1)[0, 0]
    return panels


@picture
def conv2d_follows_a_shift(functions, data):
    """A digit, and the same digit two pixels further right: the map moves along and otherwise stays the same."""
    with np.load(data / "digits.npz") as file:
        digit = np.pad(file["images"][3] / 16.0, ((2, 2), (2, 6)))[None, None]
    moved, kernel = np.roll(digit, 2, axis=3), BANK["vertical edges"][None, None]
    return {
        "the digit": digit[0, 0],
        "its map": functions.conv2d(digit, kernel)[0, 0],
        "two pixels to the right": moved[0, 0],
        "its map, too": functions.conv2d(moved, kernel)[0, 0],
    }


def digit(data, place=0):
    """Return a digit, (1, 1, 8, 8), from 0 to 16."""
    with np.load(data / "digits.npz") as file:
        return file["images"][place][None, None].astype(float)


@play
def correlate2d_of_a_digit(data):
    """A digit under one kernel, taller than it is wide, which finds where it gets brighter to the right."""
    return {"image": digit(data)[0, 0], "kernel": np.array([[-1.0, 1.0], [-2.0, 2.0], [-1.0, 1.0]])}


@play
def conv2d_with_stride_and_padding(data):
    """A digit with a frame of zeros under two filters with their biases, at every second place."""
    filters = np.stack([BANK["vertical edges"], BANK["spots"]])[:, None]
    return {"x": digit(data, 7), "w": filters, "b": np.array([10.0, -5.0]), "stride": 2, "padding": 1}


@play
def conv2d_of_three_channels(data):
    """A corner of a colour photograph under one filter, which has a slice for red, one for green and one for blue."""
    corner = np.round(10 * photograph(data, "coffee")[:, :, 30:37, 40:49])
    filters = np.array([1.0, 0.0, -1.0])[None, :, None, None] * np.array([[0.0, 1.0], [1.0, 2.0]])
    return {"x": corner, "w": filters, "b": None}
