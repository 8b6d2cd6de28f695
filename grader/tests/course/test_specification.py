"""The solutions against the specification: every function of the course, on random configurations of all kinds.

Arguments are drawn with mistakes among them: whatever makes one side raise ValueError must make the other do so. Answers may
differ by 50 roundings of what was added up, as in the course's own tests, and must have the promised dtype.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from support import specification
from support.places import ROOT
from support.sweeps import sweep

COURSE = load_course(ROOT)
FUNCTIONS = {function: unit.name for unit in COURSE.units for function in unit.functions}

Draw = Callable[[st.SearchStrategy[Any]], Any]
Array = np.ndarray[Any, Any]
EPS = {np.dtype(np.float32): 1.2e-7, np.dtype(np.float64): 2.3e-16}


KINDS = [("float64",), ("float32",), ("float64", "float32"), ("uint8", "float64"), ("int64",)]


class Kit:
    """What the arguments of one call are made with: numbers, sizes, and arrays of one kind or of several."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.rng = np.random.default_rng(draw(st.integers(0, 2**32)))
        self.kinds = draw(st.sampled_from(KINDS))
        self.special = draw(st.booleans()) and draw(st.booleans())

    def size(self, most: int = 3, least: int = 1) -> int:
        return self.draw(st.integers(least, most))

    def seldom(self) -> bool:
        """Return True now and then: for what a function must refuse."""
        return bool(self.size(9) == 9)

    def array(self, *shape: int, special: bool = False, distinct: bool = False) -> Array:
        """Return random numbers of one of the kinds; stored in any layout, and read-only."""
        kind = self.draw(st.sampled_from(self.kinds))
        if distinct:
            numbers = self.rng.permutation(int(np.prod(shape))).reshape(shape) - 3
            made = np.maximum(numbers, 0).astype(kind) if kind == "uint8" else numbers.astype(kind)
        elif kind == "uint8":
            made = self.rng.integers(0, 256, size=shape, dtype=np.uint8)
        elif kind == "int64":
            made = self.rng.integers(-9, 10, size=shape)
        else:
            made = (self.rng.normal(size=shape) * 10.0 ** self.draw(st.integers(-2, 2))).astype(kind)
        if special and self.special and made.dtype.kind == "f" and made.size:
            made[tuple(self.rng.integers(0, side) for side in shape)] = self.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
        lie = self.draw(st.sampled_from(["C", "F", "gaps"]))
        if lie == "F":
            made = np.asfortranarray(made)
        elif lie == "gaps" and made.ndim:
            made = np.repeat(made, 2, axis=-1)[..., ::2]
        made.flags.writeable = False
        return made


def images(kit: Kit, least: int = 1, most: int = 6, **options: Any) -> Array:
    """Return images, now and then none at all."""
    count = kit.size(2) if not kit.seldom() else 0
    return kit.array(count, kit.size(3), kit.size(most, least), kit.size(most, least), **options)


def convolution(kit: Kit) -> list[Any]:
    x = images(kit, special=True)
    channels = x.shape[1] if kit.draw(st.integers(0, 9)) else x.shape[1] + 1
    w = kit.array(kit.size(3), channels, kit.size(4), kit.size(4))
    b = kit.array(len(w) + kit.seldom()) if kit.draw(st.booleans()) else None
    return [x, w, b, kit.size(3, 1 - kit.seldom()), kit.size(2, -kit.seldom())]


def pooling(kit: Kit) -> list[Any]:
    def one_or_two(low: int, high: int) -> Any:
        return kit.draw(st.one_of(st.integers(low, high), st.tuples(st.integers(low, high), st.integers(low, high))))

    stride = one_or_two(1 - kit.seldom(), 3) if kit.draw(st.booleans()) else None
    return [images(kit, special=True), one_or_two(1, 4), stride, one_or_two(0, 1)]


def layers(kit: Kit, channels: int) -> list[Any]:
    made = []
    for _ in range(kit.size(3, 0)):
        filters = kit.size(3)
        w = kit.array(filters, channels, kit.size(3), kit.size(3))
        made.append((w, kit.array(filters) if kit.draw(st.booleans()) else None, kit.size(1, 0), kit.size(2)))
        channels = filters
    return made


def hierarchy(kit: Kit) -> list[Any]:
    # Each block's maps have the dtype of what went into it; here all is of one kind.
    kit.kinds = kit.kinds[:1]
    x = images(kit, 3, 8)
    return [x, layers(kit, x.shape[1])]


def backward(kit: Kit) -> list[Any]:
    x, w, b, stride, padding = convolution(kit)
    x = np.nan_to_num(x, posinf=1.0, neginf=0.0)
    try:
        shape = specification.conv2d(x, w, b, stride, padding).shape
    except ValueError:
        shape = (1, 1, 1, 1)
    shape = shape if not kit.seldom() else (*shape[:3], shape[3] + 1)
    return [kit.array(*shape), x, w, b, stride, padding]


def pooling_backward(kit: Kit) -> list[Any]:
    x = images(kit, distinct=kit.draw(st.booleans()))
    kernel, stride, padding = kit.size(4), kit.size(3), kit.size(2, 0)
    try:
        shape = specification.maxpool2d(x, kernel, stride, padding).shape
    except ValueError:
        shape = (*x.shape[:2], 1, 1)
    return [kit.array(*shape), x, kernel, stride, padding]


def network(kit: Kit) -> list[Any]:
    sizes = {"conv1": (2, 1, 3, 2), "conv2": (3, 2, 2, 2), "fc1": (4, 12), "fc2": (3, 4), "fc3": (kit.size(4), 3)}
    params = {f"{name}_w": kit.array(*shape) for name, shape in sizes.items()}
    params |= {f"{name}_b": kit.array(shape[0]) for name, shape in sizes.items()}
    return [kit.array(kit.size(2), 1, 12, 11), params]


def digits(kit: Kit) -> list[Any]:
    sizes = {"conv1": (2, 1, 5, 5), "conv2": (2, 2, 5, 5), "fc1": (3, 50), "fc2": (4, 3), "fc3": (5, 4)}
    params = {f"{name}_w": kit.rng.normal(size=shape) for name, shape in sizes.items()}
    params |= {f"{name}_b": kit.rng.normal(size=shape[0]) for name, shape in sizes.items()}
    return [kit.rng.integers(0, 17, size=(1, 8, 8), dtype=np.uint8), params]


def training(kit: Kit) -> list[Any]:
    count, filters, classes, pixels = kit.size(5, 1), kit.size(2), kit.size(3, 2), kit.size(5, 4)
    params = {
        "conv_w": kit.rng.normal(size=(filters, 1, 3, 3)),
        "conv_b": kit.rng.normal(size=filters),
        "fc_w": kit.rng.normal(size=(classes, filters * (pixels // 2) ** 2)),
        "fc_b": kit.rng.normal(size=classes),
    }
    labels = kit.rng.integers(0, classes, size=count + kit.seldom())
    return [kit.rng.random(size=(count, 1, pixels, pixels)), labels, params, kit.size(2, 0), 0.1, kit.size(3), kit.size(99)]


def parameters(kit: Kit) -> list[Any]:
    # Each parameter has a dtype of its own; here all have the same one.
    kit.kinds = kit.kinds[:1]
    params, grads = ({name: kit.array(size) for name, size in (("a", 3), ("b", 2))} for _ in range(2))
    if kit.seldom():
        del grads["a"]
    return [params, grads, kit.draw(st.sampled_from([0.0, 0.5, 1e-3]))]


def number_or_pair(kit: Kit, low: int, high: int) -> Any:
    number = st.integers(low, high)
    return kit.draw(st.one_of(number, st.tuples(number, number)))


# How the arguments of each function are drawn. A function of the course that is missing here fails.
ARGUMENTS: dict[str, Callable[[Kit], list[Any]]] = {
    "flatten": lambda kit: [images(kit, special=True)],
    "to_grayscale": lambda kit: [kit.array(kit.size(2), 3 if kit.size(5) < 5 else kit.size(4), kit.size(4), kit.size(4))],
    "count_dense_parameters": lambda kit: [(kit.size(3, 0), kit.size(9, 0), kit.size(9, 0)), kit.size(5, 0)],
    "count_conv_parameters": lambda kit: [kit.size(4, 0), kit.size(4, 0), number_or_pair(kit, 0, 4), kit.draw(st.booleans())],
    "shift": lambda kit: [images(kit, special=True), kit.size(7, -7), kit.size(7, -7)],
    "pad2d": lambda kit: [images(kit, special=True), number_or_pair(kit, -1, 3), kit.draw(st.sampled_from([0.0, -2.5, 7]))],
    "output_size": lambda kit: [kit.size(12, 0), kit.size(7, 0), kit.size(4, 0), kit.size(3, -1)],
    "same_padding": lambda kit: [kit.size(15, -1)],
    "correlate2d": lambda kit: [kit.array(kit.size(7), kit.size(7), special=True), kit.array(kit.size(4), kit.size(4))],
    "conv2d": convolution,
    "gaussian": lambda kit: [kit.size(11, -1), kit.draw(st.sampled_from([0.0, -1.0, 0.3, 1.0, 2.5, 40.0]))],
    "sobel": lambda kit: [],
    "laplacian": lambda kit: [],
    "edge_strength": lambda kit: [images(kit, 2)],
    "feature_maps": lambda kit: [
        kit.array(kit.size(2), 1 if kit.size(5) < 5 else 2, kit.size(6), kit.size(6)),
        kit.array(kit.size(3), kit.size(5), 2 * kit.size(3) - 1),
    ],
    "to_display": lambda kit: [images(kit)],
    "maxpool2d": pooling,
    "avgpool2d": pooling,
    "global_avgpool2d": lambda kit: [images(kit, special=True)],
    "relu": lambda kit: [kit.array(*(kit.size(4) for _ in range(kit.size(4))), special=True)],
    "conv_block": lambda kit: [*convolution(kit)[:3], kit.size(2, 0), kit.size(3, 1 - kit.seldom())],
    "feature_hierarchy": hierarchy,
    "receptive_field": lambda kit: [[(kit.size(5, 1 - kit.seldom()), kit.size(3)) for _ in range(kit.size(4, 0))]],
    "linear": lambda kit: (
        lambda d, m: [kit.array(kit.size(3), d), kit.array(m, d + kit.seldom()), kit.array(m + kit.seldom())]
    )(kit.size(5), kit.size(4)),
    "softmax": lambda kit: (lambda x: [x, kit.draw(st.integers(-x.ndim, x.ndim - 1))])(
        kit.array(*(kit.size(4) for _ in range(kit.size(3))))
    ),
    "lenet": network,
    "classify": digits,
    "cross_entropy": lambda kit: (lambda z: [z, kit.rng.integers(-kit.seldom(), z.shape[1], size=len(z))])(
        kit.array(kit.size(4), kit.size(5))
    ),
    "conv2d_backward": backward,
    "maxpool2d_backward": pooling_backward,
    "sgd_step": parameters,
    "train": training,
}

# Where errors add up over many sums, how much larger than one of them the difference may be.
ROOM = {"feature_hierarchy": 20, "lenet": 50, "train": 1e5}


def absolute(value: Any) -> Any:
    """Return the arguments with every number without its sign, and none that is not finite."""
    if isinstance(value, np.ndarray):
        return np.abs(np.nan_to_num(value.astype(np.float64), posinf=0.0, neginf=0.0))
    if isinstance(value, dict):
        return {name: absolute(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(absolute(part) for part in value)
    return value


def arrays(value: Any) -> list[Array]:
    if isinstance(value, np.ndarray):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [array for part in parts for array in arrays(part)]


def size_of_sums(function: str, arguments: list[Any], expected: Any) -> float:
    """Return how large the numbers are that were added up on the way to the answer."""
    if function in ("conv2d", "correlate2d", "conv_block", "avgpool2d", "global_avgpool2d", "feature_maps", "linear", "lenet"):
        expected = getattr(specification, function)(*map(absolute, arguments))
    elif function in ("conv2d_backward", "maxpool2d_backward", "feature_hierarchy"):
        expected = getattr(specification, function)(*(part if isinstance(part, int) else absolute(part) for part in arguments))
    elif function == "edge_strength":
        return 8 * float(absolute(arguments[0]).max(initial=0.0))
    elif function in ("softmax", "cross_entropy", "to_display"):
        return 1 + float(absolute(arguments[0]).max(initial=0.0)) * (100 if function == "to_display" else 1)
    found = [np.abs(array[np.isfinite(array)]).max(initial=0.0) for array in arrays(expected)]
    return max(map(float, found), default=1.0) or 1.0


def assert_same(function: str, actual: Any, expected: Any, dtype: Any, scale: float) -> None:
    if isinstance(expected, np.ndarray):
        assert isinstance(actual, np.ndarray)
        assert actual.shape == expected.shape
        if expected.dtype.kind == "f":
            assert actual.dtype == dtype
        room = 50 * ROOM.get(function, 1) * EPS.get(np.dtype(dtype), 2.3e-16) * scale
        np.testing.assert_allclose(np.asarray(actual, float), np.asarray(expected, float), rtol=0, atol=room)
    elif isinstance(expected, list | tuple):
        assert type(actual) is type(expected)
        assert len(actual) == len(expected)
        for mine, right in zip(actual, expected, strict=True):
            assert_same(function, mine, right, dtype, scale)
    elif isinstance(expected, dict):
        assert actual.keys() == expected.keys()
        for name, right in expected.items():
            assert_same(function, actual[name], right, dtype, scale)
    elif isinstance(expected, float):
        assert isinstance(actual, float)
        room = 50 * ROOM.get(function, 1) * EPS.get(np.dtype(dtype), 2.3e-16) * scale
        assert abs(actual - expected) <= room
    else:
        assert type(actual) is type(expected)
        assert actual == expected


def outcome(function: Callable[..., Any], arguments: list[Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except ValueError:
        return ValueError


def test_every_function_is_specified() -> None:
    """no function of the course is without a specification or without arguments to try"""
    assert FUNCTIONS.keys() == ARGUMENTS.keys()
    assert all(hasattr(specification, function) for function in FUNCTIONS)


# One of each unit, and of the forms of an answer: an array, several, a number, a list of maps.
EACH_FORM = {
    "pad2d",
    "conv2d",
    "maxpool2d",
    "maxpool2d_backward",
    "sobel",
    "to_grayscale",
    "feature_hierarchy",
    "cross_entropy",
    "linear",
}


@pytest.mark.parametrize("function", sweep(sorted(ARGUMENTS), EACH_FORM))
def test_the_solution_is_as_specified(function: str) -> None:
    """values, shapes, dtypes and refusals on random arguments, which are left as they were"""
    solution = getattr(load_module(paths.solution_file(COURSE, FUNCTIONS[function]), ROOT), function)
    specified = getattr(specification, function)
    answered = []

    @settings(
        max_examples=20 if function in ("train", "lenet", "classify", "feature_hierarchy") else 60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        arguments = ARGUMENTS[function](Kit(data.draw))
        copies = [array.copy() for array in arrays(arguments)]
        expected, actual = outcome(specified, arguments), outcome(solution, arguments)
        if expected is ValueError or actual is ValueError:
            assert actual is expected
            return
        answered.append(True)
        counted = arrays(arguments[0]) if function == "cross_entropy" else arrays(arguments)
        single = bool(counted) and all(array.dtype == np.float32 for array in counted)
        if function == "feature_hierarchy":
            # The images come back as they are, and each map depends on what went before it.
            assert_same(function, [np.asarray(part, float) for part in actual], [np.asarray(part, float) for part in expected],
                        np.float64, size_of_sums(function, arguments, expected) * (1e9 if single else 1))  # fmt: skip
        else:
            dtype = np.float32 if single else np.float64
            assert_same(function, actual, expected, dtype, size_of_sums(function, arguments, expected))
        for array, copy in zip(arrays(arguments), copies, strict=True):
            np.testing.assert_array_equal(array, copy)

    hold()
    assert answered


@pytest.mark.parametrize("function", ["maxpool2d", "avgpool2d", "global_avgpool2d"])
@pytest.mark.parametrize("shape", [(1, 2, 0, 3), (2, 1, 4, 0), (0, 1, 0, 0)])
def test_images_without_pixels_are_refused(function: str, shape: tuple[int, ...]) -> None:
    """nothing has no largest and no mean: no number of some other memory may come out"""
    solution = load_module(paths.solution_file(COURSE, "pooling"), ROOT)
    with pytest.raises(ValueError, match="rows and columns"):
        getattr(solution, function)(np.ones(shape), *([] if function == "global_avgpool2d" else [2, 1, 1]))
