"""What the course's tests have in common: real pictures to look at and filters to look with. Travels to students."""

import numpy as np
import pytest

pytest_plugins = ("cnngrade.plugin",)


@pytest.fixture
def digits(data):
    """Handwritten digits, (N, 1, 8, 8), float64 from 0 (paper) to 1 (ink)."""
    with np.load(data / "digits.npz") as file:
        return file["images"][:, None] / 16.0


@pytest.fixture
def digit_labels(data):
    """What the digits say, (N,), in the order of `digits`."""
    with np.load(data / "digits.npz") as file:
        return file["labels"]


@pytest.fixture
def photographs(data):
    """Photographs by name, each (1, 3, H, W), float64 from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return {name: file[name][None] / 255.0 for name in sorted(file.files)}


@pytest.fixture
def filters():
    """Four classical filters, (4, 1, 3, 3): box blur, sharpen, emboss, and upright edges (Prewitt)."""
    blur = np.full((3, 3), 1 / 9)
    sharpen = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    emboss = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
    upright_edges = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
    return np.array([blur, sharpen, emboss, upright_edges], dtype=np.float64)[:, None]


@pytest.fixture
def held_back(data):
    """The indices of the digits that the network of `lenet_params` has never seen, (360,)."""
    with np.load(data / "lenet.npz") as file:
        return file["held_back"].astype(int)


@pytest.fixture
def lenet_params(data):
    """LeNet's trained weights, a dict of float64 arrays."""
    with np.load(data / "lenet.npz") as file:
        return {name: file[name].astype(np.float64) for name in sorted(file.files) if name != "held_back"}
