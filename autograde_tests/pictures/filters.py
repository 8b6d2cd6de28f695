"""The pictures of the unit `filters`: kernels, a photograph under each of them, and where its brightness changes."""

import numpy as np

from cnngrade import picture, play


def photograph(data, name):
    """Return a photograph in colour, (1, 3, H, W), from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return file[name][None] / 255.0


def row(*weights):
    """Return numbers as an array of floats."""
    return np.array(weights, dtype=float)


# A bank of 3x3 kernels whose names say what they look for.
BANK = {
    "blur": np.full((3, 3), 1 / 9),
    "brighter to the right": np.outer(row(1, 2, 1), row(-1, 0, 1)),
    "brighter downwards": np.outer(row(-1, 0, 1), row(1, 2, 1)),
    "rising slant": np.array([[-2.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 2.0]]),
    "dark spots": np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]),
    "sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
    "emboss": np.array([[-2.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]),
}


# Those whose numbers sum to 1: they change the picture, the others find something in it.
CHANGING = ("blur", "sharpen", "emboss")


@picture
def gaussian_from_narrow_to_wide(functions, data):
    """Gauss's bell on 15x15 numbers, in three widths, the largest number of each in white; and their middle rows, to one
    scale.
    """
    panels, heights = {}, []
    for sigma in (0.8, 1.5, 3.0):
        bell = np.asarray(functions.gaussian(15, sigma))
        panels[f"sigma {sigma}"] = bell
        heights.append(bell[len(bell) // 2])
    bars = np.zeros((45, 60))
    for place, height in enumerate(np.concatenate(heights)[:60]):
        bars[45 - round(float(np.clip(np.nan_to_num(height), 0, 0.25)) * 180) :, place] = 1
    return panels | {"their middle rows": bars[:, :45]}


@picture
def sobel_and_what_it_looks_for(functions, data):
    """The two kernels: red where they want it bright, blue where they want it dark."""
    right, down = np.asarray(functions.sobel())
    return {"brighter to the right": right, "brighter downwards": down}


@picture
def edge_strength_of_photographs(functions, data):
    """Three photographs, and where their brightness changes steeply, whatever the direction."""
    panels = {}
    for name in ("cat", "coffee", "rocket"):
        image = photograph(data, name)
        panels[f"the {name}"] = image[0]
        panels[f"edges of the {name}"] = np.asarray(functions.edge_strength(image.mean(axis=1, keepdims=True)))[0, 0]
    return panels


@picture
def feature_maps_of_the_cat(functions, data):
    """One photograph under seven kernels. Three change the picture, in grey; in the maps of the others red means yes, blue
    the opposite.
    """
    grey = photograph(data, "cat").mean(axis=1, keepdims=True)
    # Minus its mean, so that the frame of zeros is not an edge. Kernels that sum to 0 do not see the difference.
    maps = np.asarray(functions.feature_maps(grey - grey.mean(), np.stack(list(BANK.values()))))
    panels = {"the photograph": grey[0, 0]}
    for name, seen in zip(BANK, maps[0], strict=True):
        panels[name] = np.clip(seen + grey.mean(), 0, 1) if name in CHANGING else seen
    return panels


@picture
def feature_maps_of_a_wide_blur(functions, data):
    """The rocket under blurs of 3, 7 and 15 pixels: small things vanish first. The frame of zeros darkens the border."""
    grey = photograph(data, "rocket").mean(axis=1, keepdims=True)
    panels = {"the photograph": grey[0, 0]}
    for size in (3, 7, 15):
        panels[f"{size}x{size}"] = np.asarray(functions.feature_maps(grey, np.full((1, size, size), 1 / size**2)))[0, 0]
    return panels


@picture
def to_display_of_a_bank(functions, data):
    """The coffee under the seven kernels, each map stretched from black to white, however faint it is. Which grey is zero is
    lost.
    """
    grey = photograph(data, "coffee").mean(axis=1)[0]
    patches = np.lib.stride_tricks.sliding_window_view(grey, (3, 3))
    maps = np.einsum("ijuv,kuv->kij", patches, np.stack(list(BANK.values())))
    factors = 10.0 ** np.arange(-len(maps), 0)
    shown = np.asarray(functions.to_display((factors[:, None, None] * maps)[None]))
    return {"the photograph": grey} | dict(zip(BANK, shown[0], strict=True))


@play
def edge_strength_of_a_digit(data):
    """Where the brightness of a digit changes, whatever the direction."""
    with np.load(data / "digits.npz") as file:
        return {"images": file["images"][7][None, None].astype(float)}


@play
def feature_maps_of_a_digit(data):
    """A digit under two kernels of 3x3, each with a map as large as the digit."""
    with np.load(data / "digits.npz") as file:
        digit = file["images"][2][None, None].astype(float)
    return {"images": digit, "bank": np.stack([BANK["brighter to the right"], BANK["dark spots"]])}


@play
def to_display_of_two_maps(data):
    """Two maps, a faint and a strong one, each stretched to 0..1."""
    faint = np.array([[-2.0, 0.0, 1.0, 2.0], [0.0, -1.0, 2.0, 1.0], [1.0, 0.0, 0.0, -2.0]])
    return {"maps": np.stack([faint, 10.0 + 25.0 * faint[::-1]])[None]}
