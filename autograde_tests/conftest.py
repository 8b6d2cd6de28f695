"""What the course's tests have in common: real pictures to look at and filters to look with. Travels to students."""

import functools

import numpy as np
import pytest

from cnngrade import assert_close, assert_raises

pytest_plugins = ("cnngrade.judge.plugin",)


@functools.cache
def stored(path):
    """Return the arrays of a data file by name, read once. They are read-only."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in sorted(file.files)}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


@pytest.fixture
def assert_all_close():
    """`assert_all_close([(answer, expected), (answer, expected, scale), ...])`: compare answers that have all been asked for.

    The first wrong answer ends a case. A mistake is told by several, so a case asks for all of its answers before it compares
    one of them.
    """

    def compare(answers):
        for answer, expected, *scale in answers:
            assert_close(answer, expected, scale=scale[0] if scale else None)

    return compare


@pytest.fixture
def assert_all_raise():
    """`assert_all_raise(ValueError, student.f, (x, 0), (x, -1))`: all of these calls are made, and each has to raise."""

    def ask(kind, function, *calls):
        wrong = []
        for arguments in calls:
            try:
                assert_raises(kind, function, *arguments)
            except AssertionError as error:
                wrong.append(error)
        if wrong:
            raise wrong[0]

    return ask


@pytest.fixture
def forgive_axes():
    """`forgive_axes(answer, expected)`: the answer, in the expected shape if only axes of length 1 are missing or elsewhere.

    For gates: whether a single image keeps its axis is asked for in a case of its own.
    """

    def forgive(answer, expected):
        if not isinstance(answer, np.ndarray):
            return answer
        found, wanted = ([n for n in array.shape if n != 1] for array in (answer, expected))
        return answer.reshape(expected.shape) if found == wanted else answer

    return forgive


@pytest.fixture
def kinds_of_numbers(rng):
    """`kinds_of_numbers(2, 3)`: arrays of that shape: bytes, whole numbers of both signs, float32, and some that are read-only.

    Products of two of the whole numbers are too large for 32 bits.
    """

    def kinds(*shape):
        read_only = rng.normal(size=shape)
        read_only.flags.writeable = False
        pixels = rng.integers(0, 256, size=shape, dtype=np.uint8)
        whole = rng.integers(-90_000, 90_000, size=shape, dtype=np.int32)
        return [pixels, whole, rng.normal(size=shape).astype(np.float32), read_only]

    return kinds


@pytest.fixture
def digits(data):
    """Handwritten digits, (N, 1, 8, 8), float64 from 0 (paper) to 1 (ink)."""
    return stored(data / "digits.npz")["images"][:, None] / 16.0


@pytest.fixture
def digit_labels(data):
    """What the digits say, (N,), in the order of `digits`."""
    return stored(data / "digits.npz")["labels"].copy()


@pytest.fixture
def photographs(data):
    """Photographs by name, each (1, 3, H, W), float64 from 0 to 1."""
    return {name: pixels[None] / 255.0 for name, pixels in stored(data / "photographs.npz").items()}


@pytest.fixture
def filters():
    """Four classical filters, (4, 1, 3, 3): box blur, sharpen, emboss, and vertical edges (Prewitt)."""
    blur = np.full((3, 3), 1 / 9)
    sharpen = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    emboss = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
    upright_edges = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
    return np.array([blur, sharpen, emboss, upright_edges], dtype=np.float64)[:, None]


@pytest.fixture
def held_back(data):
    """The indices of the digits that the network of `lenet_params` has never seen, (360,)."""
    return stored(data / "lenet.npz")["held_back"].astype(int)


@pytest.fixture
def lenet_params(data):
    """LeNet's trained weights, a dict of float64 arrays."""
    arrays = stored(data / "lenet.npz")
    return {name: array.astype(np.float64) for name, array in arrays.items() if name != "held_back"}
