"""The pictures of the unit `pixels`: a photograph taken apart, in grey, flattened, and moved."""

import numpy as np

from cnngrade import picture, play


def photograph(data, name):
    """Return a photograph in colour, (1, 3, H, W), from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return file[name][None] / 255.0


@picture
def to_grayscale_of_a_photograph(functions, data):
    """A colour photograph, its three channels, and the grey that looks as bright."""
    coffee = photograph(data, "coffee")
    grey = np.asarray(functions.to_grayscale(coffee))
    return {
        "the photograph": coffee[0],
        "red": coffee[0, 0],
        "green": coffee[0, 1],
        "blue": coffee[0, 2],
        "grey": grey[0, 0],
    }


@picture
def flatten_a_digit(functions, data):
    """Four threes as you see them, and as a dense network does: each one is a row of 64 numbers."""
    with np.load(data / "digits.npz") as file:
        threes = file["images"][file["labels"] == 3][:4, None] / 16.0
    rows = np.asarray(functions.flatten(threes))
    return {"four threes": np.hstack(threes[:, 0]), "as rows of numbers": np.repeat(rows, 4, axis=0)}


@picture
def shift_a_photograph(functions, data):
    """The rocket, moved down and to the right; and what a move by one pixel changes: the numbers at every edge."""
    rocket = photograph(data, "rocket")
    moved = np.asarray(functions.shift(rocket, 6, 15))
    one_step = np.asarray(functions.shift(rocket, 0, 1))
    return {
        "the photograph": rocket[0],
        "6 down, 15 to the right": moved[0],
        "difference after a move by 1": (rocket - one_step)[0].mean(axis=0),
    }


@picture
def shift_and_what_stays_alike(functions, data):
    """A three, moved to the right. You see the same three; as rows of numbers, the two soon have nothing in common."""
    with np.load(data / "digits.npz") as file:
        three = np.pad(file["images"][3] / 16.0, ((1, 1), (1, 3)))[None, None]
    panels = {"a three": three[0, 0]}
    for step in (1, 2, 3):
        moved = np.asarray(functions.shift(three, 0, step))
        alike = np.corrcoef(three.ravel(), moved.ravel())[0, 1]
        panels[f"moved by {step}: correlation {alike:.2f}"] = moved[0, 0]
    return panels


@play
def flatten_two_colour_images(data):
    """Two tiny images with three channels, each put into one row: red first, then green, then blue."""
    return {"images": np.arange(1.0, 37.0).reshape(2, 3, 2, 3)}


@play
def to_grayscale_of_a_corner(data):
    """A corner of a colour photograph, in grey."""
    return {"images": np.round(100 * photograph(data, "coffee")[:, :, 30:37, 40:49])}


@play
def shift_a_digit(data):
    """A digit, moved 2 rows down and 1 column to the left."""
    with np.load(data / "digits.npz") as file:
        return {"images": file["images"][3][None, None].astype(float), "dy": 2, "dx": -1}
