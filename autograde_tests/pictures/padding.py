"""The pictures of the unit `padding`: frames, and what they are made of."""

import numpy as np

from cnngrade import picture, play


@picture
def pad2d_around_a_digit(functions, data):
    """A digit with frames of several widths. The digit stays as it is; everything around it is added."""
    with np.load(data / "digits.npz") as file:
        digit = file["images"][5][None, None] / 16.0
    return {
        "the digit": digit[0, 0],
        "padding 1": functions.pad2d(digit, 1)[0, 0],
        "padding (0, 4)": functions.pad2d(digit, (0, 4))[0, 0],
        "padding 3, value 0.5": functions.pad2d(digit, 3, 0.5)[0, 0],
    }


@picture
def pad2d_around_a_photograph(functions, data):
    """A colour photograph with a wide frame: zeros are black, in every channel."""
    with np.load(data / "photographs.npz") as file:
        coffee = file["coffee"][None] / 255.0
    return {"the photograph": coffee[0], "padding (10, 20)": functions.pad2d(coffee, (10, 20))[0]}


@picture
def output_size_by_stride(functions, data):
    """A row of 28 pixels (grey) with 2 of padding on either side. A window of 5 begins at each white place, for strides from
    1 to 6.
    """
    panels = {}
    for stride in range(1, 7):
        row = np.zeros((32, 3))
        row[2:30, :2] = 0.4
        places = int(functions.output_size(28, 5, stride, 2))
        for place in range(min(places, 40)):
            row[min(place * stride, 31), :2] = 1
        panels[f"stride {stride}: {places} places"] = np.tile(row.ravel(), (8, 1))
    return panels


@play
def pad2d_around_two_channels(data):
    """Two channels with a frame of 1 row and 2 columns, filled with -1."""
    return {"x": np.arange(1.0, 25.0).reshape(1, 2, 3, 4), "padding": (1, 2), "value": -1.0}


@play
def pad2d_with_zeros(data):
    """A digit with a frame of zeros, 2 wide on each side."""
    with np.load(data / "digits.npz") as file:
        return {"x": file["images"][5][None, None].astype(float), "padding": 2}
