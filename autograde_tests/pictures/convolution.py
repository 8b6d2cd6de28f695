"""The pictures of the unit `convolution`."""

import numpy as np

from cnngrade import picture

BANK = {
    "blur": np.full((5, 5), 1 / 25),
    "upright edges": np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]),
    "level edges": np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),
    "spots": np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]]),
}


@picture
def correlate2d_of_a_photograph(functions, data):
    """One kernel each on a grey cat: red answers yes, blue answers the opposite."""
    with np.load(data / "photographs.npz") as file:
        cat = file["cat"].mean(axis=0) / 255.0
    return {"the photograph": cat} | {name: functions.correlate2d(cat, kernel) for name, kernel in BANK.items()}
