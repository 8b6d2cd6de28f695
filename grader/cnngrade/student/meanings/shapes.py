"""Shapes that do not fit: in arithmetic, assignments, products, reshape, and functions that put arrays together."""

from __future__ import annotations

import ast
import math
import re

from cnngrade.student.live_values import Array, Value
from cnngrade.student.own_code import FrameSpot
from cnngrade.student.raised import Explanation, Raised, counted, is_of_library, rule, unparsed

Shape = tuple[int, ...]


def _shapes(text: str) -> list[Shape]:
    """Return the shapes that a message of NumPy's lists, such as "(2,3) (4,)"."""
    return [tuple(map(int, re.findall(r"\d+", found))) for found in re.findall(r"\(([\d, ]*)\)", text)]


def _shown(shape: Shape) -> str:
    return str(tuple(shape))


def _clash(left: Shape, right: Shape) -> tuple[int, int, int] | None:
    """Return the last axis, counted from the end, at which two shapes do not fit, and both lengths."""
    for place in range(1, min(len(left), len(right)) + 1):
        one, other = left[-place], right[-place]
        if one != other and 1 not in (one, other):
            return place, one, other
    return None


_ORDER = "The last axes are lined up first, and two lengths fit where they are equal or one of them is 1"


def _broadcast(raised: Raised, found: re.Match[str]) -> Explanation | str:
    shapes = _shapes(found[1])
    pairs = [(left, right) for index, left in enumerate(shapes) for right in shapes[index + 1 :] if _clash(left, right)]
    if not pairs:
        return f"{_ORDER}."
    left, right = pairs[0]
    clash = _clash(left, right)
    assert clash
    places = {1: "the last axes are", 2: "the last but one axes are"}.get(clash[0], f"axes {-clash[0]} are")
    sentence = f"{_ORDER}: here {places} {clash[1]} and {clash[2]} long."
    if 1 in (len(left), len(right)) and len(left) != len(right):
        short, long = sorted((left, right), key=len)
        if long.count(short[0]) == 1:
            axis = long.index(short[0])
            sentence += f" The {short[0]} numbers would fit along axis {axis} of {_shown(long)}"
            sentence += f" as an array of shape {_shown((short[0], *(1,) * (len(long) - axis - 1)))}."
    if uneven := _uneven_slices(raised, clash[0], {clash[1], clash[2]}):
        return Explanation(f"{sentence} {uneven[0]}", before=(uneven[1],))
    return sentence


def _uneven_slices(raised: Raised, place: int, lengths: set[int]) -> tuple[str, FrameSpot] | None:
    """Return a sentence about an array that was cut out with a step along one axis and without along the one that does not fit.

    `place` counts that axis from the end, and its length is one of `lengths`.
    """
    for name in raised.names():
        there, value = raised.made(name), raised.stop.values.get(name)
        if there is None or not isinstance(there.value, ast.Subscript) or not isinstance(there.value.slice, ast.Tuple):
            continue
        parts = there.value.slice.elts
        fits = isinstance(value, Array) and len(value.shape) == len(parts) and value.shape[-place] in lengths
        steps = [isinstance(part, ast.Slice) and part.step is not None for part in parts]
        plain = parts[-place] if fits else None
        if isinstance(plain, ast.Slice) and plain.step is None and plain.upper is not None and any(steps):
            spot, stepped = raised.at(there.statement), unparsed(parts[steps.index(True)])
            where = raised.on(spot).capitalize()
            return f"{where} `{stepped}` has a step; `{unparsed(plain)}`, the axis that does not fit, has none.", spot
    return None


def _into(_raised: Raised, found: re.Match[str]) -> str:
    given, place = _shapes(found[1])[0], _shapes(found[2])[0]
    sentence = f"What is put in has the shape {_shown(given)}, and its place {_shown(place)}."
    if math.prod(given) == math.prod(place):
        sentence += " They hold as many numbers, in another layout."
    elif len(given) > len(place):
        sentence += f" It has {counted(len(given) - len(place), 'axis')} too many."
    return sentence


def _in_place(_raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    target, result = _shapes(found[1])[0], _shapes(found[2])[0]
    return f"The array on the left keeps its shape {_shown(target)} in place, and the result has the shape {_shown(result)}."


def _reshape(_raised: Raised, found: re.Match[str]) -> str:
    size, sizes = int(found[1]), [-1 if part == "newaxis" else int(part) for part in re.findall(r"newaxis|-?\d+", found[2])]
    keeps = f"reshape keeps every number, and neither drops nor adds any: there are {size}"
    known = math.prod(part for part in sizes if part != -1)
    if -1 in sizes:
        return f"{keeps}, which cannot be divided by {known} for the axis that is -1."
    return f"{keeps}, and the new shape takes {known}." + (" Cut off before what is not to be kept." if known < size else "")


def _axis(_raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    axis, axes = int(found[1]), int(found[2])
    if axes == 0:
        return "It is a single number there, without any axis."
    if axes == 1:
        return f"Axes are counted from 0: an array of one axis has axis 0 alone, and no axis {axis}."
    return f"Axes are counted from 0: {axes} axes are 0 to {axes - 1}, or -{axes} to -1 from the end. There is no axis {axis}."


def _concatenate(_raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    axis, first, one, second, other = found.groups()
    return (
        f"Arrays put together along one axis must be equally long along all others: along axis {axis} array {first} has "
        f"{one} and array {second} has {other}."
    )


def _pad_width(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for call in raised.calls():
        if not is_of_library(call.func, "pad") or not call.args:
            continue
        array = raised.value(call.args[0])
        if isinstance(array, Array):
            has = f"`{unparsed(call.args[0])}` has {counted(len(array.shape), 'axis')}"
            return f"np.pad needs a pair (before, after) for each axis, and {has}: (0, 0) for those that stay as they are."
        return "np.pad needs a pair (before, after) for each axis of the array: (0, 0) for those that stay as they are."
    return None


def _window(_raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    return "The window is longer than the array along one of its axes."


def _squeeze(_raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    return "squeeze drops axes of length 1, and this one is longer."


def _first(values: list[Value | None]) -> Array | None:
    return next((value for value in values if isinstance(value, Array)), None)


def _transpose(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for call in raised.calls():
        if is_of_library(call.func, "transpose"):
            array = _first([raised.value(node) for node in (*call.args[:1], getattr(call.func, "value", call))])
            if array:
                return (
                    f"transpose needs each axis once: the array has {counted(len(array.shape), 'axis')} here, of shape {array}."
                )
    return "transpose needs each axis of the array once."


RULES = (
    rule("ValueError", r"remapped shapes \[original->remapped\]: .* and requested shape", _pad_width),
    rule("ValueError", r"^operands could not be broadcast together with shapes (.*)", _broadcast),
    rule("ValueError", r"^could not broadcast input array from shape (\([\d,]*\)) into shape (\([\d,]*\))", _into),
    rule(
        "ValueError",
        r"^non-broadcastable output operand with shape (\([\d,]*\)) doesn't match the broadcast shape (\([\d,]*\))",
        _in_place,
    ),
    rule("ValueError", r"^cannot reshape array of size (\d+) into shape \((.*)\)", _reshape),
    rule("AxisError", r"axis (-?\d+) is out of bounds for array of dimension (\d+)", _axis),
    rule("ValueError", r"^axes don't match array|^repeated axis in transpose", _transpose),
    rule(
        "ValueError",
        r"except for the concatenation axis must match exactly, but along dimension (\d+), "
        r"the array at index (\d+) has size (\d+) and the array at index (\d+) has size (\d+)",
        _concatenate,
    ),
    rule(
        "ValueError",
        r"^all the input arrays must have same number of dimensions",
        "Arrays put together need the same number of axes; x[None] adds one in front, x[:, None] one behind the first.",
    ),
    rule(
        "ValueError",
        r"^all input arrays must have the same shape",
        "np.stack puts arrays of one and the same shape on top of each other.",
    ),
    rule("ValueError", r"^need at least one array to (?:concatenate|stack)", "The list of arrays to put together is empty."),
    rule("ValueError", r"^window shape cannot be larger than input array shape", _window),
    rule(
        "ValueError",
        r"^Since axis is .?None.?, must provide window_shape for all dimensions|^Must provide matching length window_shape",
        "sliding_window_view needs a length for each axis that the window moves along: window_shape and axis are equally long.",
    ),
    rule("ValueError", r"^cannot select an axis to squeeze out which has size not equal to one", _squeeze),
)
