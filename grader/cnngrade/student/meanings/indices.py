"""Indices past the end, too many of them, and what cannot be indexed at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from cnngrade.student.live_values import Array, Nothing, Number, Table, TupleOrList
from cnngrade.student.own_code import FrameSpot, Made, names_in, own_nodes
from cnngrade.student.raised import Explanation, Raised, counted, is_of_library, rule, unparsed

_MOST_NAMES = 6


def _axes(subscript: ast.Subscript, ndim: int) -> Iterator[tuple[int, ast.expr]]:
    """Yield (axis, index) for each part of an index that takes up one axis of an array of so many."""
    parts = list(subscript.slice.elts) if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
    parts = [part for part in parts if not _is_new_axis(part)]
    ellipses = [place for place, part in enumerate(parts) if isinstance(part, ast.Constant) and part.value is ...]
    if len(ellipses) > 1 or any(isinstance(part, ast.Starred) for part in parts):
        return
    for place, part in enumerate(parts):
        if ellipses and place == ellipses[0]:
            continue
        behind = bool(ellipses) and place > ellipses[0]
        yield (ndim - len(parts) + place if behind else place), part


def _is_new_axis(part: ast.expr) -> bool:
    return (isinstance(part, ast.Constant) and part.value is None) or is_of_library(part, "newaxis")


def _last(size: int) -> str:
    return f"{counted(size, 'entry')}, 0 to {size - 1}" if size > 1 else counted(size, "entry") if size else "no entries"


def _along(array: ast.expr, axis: int, shape: tuple[int, ...]) -> str:
    """Return "`x` has 3 entries along axis 1, 0 to 2"."""
    if len(shape) == 1:
        return f"`{unparsed(array)}` has {_last(shape[axis])}"
    range_ = f", 0 to {shape[axis] - 1}" if shape[axis] > 1 else ""
    return f"`{unparsed(array)}` has {counted(shape[axis], 'entry')} along axis {axis}{range_}"


def _past_the_end(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    index, axis, size = (int(number) for number in found.groups())
    for subscript in raised.subscripts():
        array = raised.value(subscript.value)
        if not isinstance(array, Array) or axis >= len(array.shape) or array.shape[axis] != size:
            continue
        for place, part in _axes(subscript, len(array.shape)):
            value = raised.value(part)
            is_it = isinstance(value, Number) and int(value.value) == index
            if place == axis and not isinstance(part, ast.Slice) and (is_it or isinstance(value, Array)):
                has = _along(subscript.value, axis, array.shape)
                if isinstance(value, Array):
                    return f"{has}, and `{unparsed(part)}` holds {index}: it is looked up along axis {axis}."
                return _index_of(raised, part, index, has)
    return _asked_for(raised, index, axis, size) or (
        f"Indices are counted from 0: the last one along this axis is {size - 1}." if size else "This axis has no entries."
    )


def _asked_for(raised: Raised, index: int, axis: int, size: int) -> Explanation | None:
    """Return which array has no such entry, where its index is known to be looked up along that axis and no more is."""
    found = [
        (subscript.value, array, part)
        for subscript in raised.subscripts()
        if isinstance(array := raised.value(subscript.value), Array) and array.shape[axis : axis + 1] == (size,)
        for place, part in _axes(subscript, len(array.shape))
        if place == axis and not isinstance(part, ast.Slice) and isinstance(raised.value(part), TupleOrList | None)
    ]
    if len(found) != 1 or any(raised.value(subscript.value) is None for subscript in raised.subscripts()):
        return None
    base, array, part = found[0]
    makers = [there for name in names_in(part)[:_MOST_NAMES] if (there := raised.made(name)) and there.value]
    asks = f"{_along(base, axis, array.shape)}, and `{unparsed(part)}` asks for entry {index}."
    return Explanation(asks, after=tuple(raised.at(there.statement) for there in makers))


def _index_of(raised: Raised, part: ast.expr, index: int, has: str) -> Explanation:
    """Return what an index past the end comes of: a loop that runs too far, a number made elsewhere, or the index itself."""
    comes_to = f"{has}, and {'the index' if isinstance(part, ast.Constant) else f'`{unparsed(part)}`'} is {index}"
    if isinstance(part, ast.Name) and (loop := _loop_of(raised, part.id)):
        where = raised.on(loop.spot)
        if isinstance(loop.spot.statement, ast.For) and loop.spot is not raised.spot:
            runs = f"{comes_to}: {where} it runs over `{unparsed(loop.spot.statement.iter)}`."
            return Explanation(runs, before=(loop.spot,)) if loop.is_to_blame else Explanation(runs, after=(loop.spot,))
    names = names_in(part)[:_MOST_NAMES]
    for name in names:
        there = raised.made(name)
        if there and (flat := _flat_place(raised, there)):
            sentence = (
                f"{comes_to}. `{unparsed(flat)}` counts through the whole array, row after row, and gives one number: "
                "np.unravel_index(number, shape) turns it into an index for each axis."
            )
            return Explanation(sentence, before=(raised.at(there.statement),))
    makers = [there for name in names if (there := raised.made(name))]
    others = [raised.at(there.statement) for there in makers if there.value or isinstance(there.statement, ast.For)]
    return Explanation(f"{comes_to}.", after=tuple(others[:3]))


class _Loop:
    """A loop whose variable is an index past the end; it is to blame where nothing that this indexes is long enough."""

    def __init__(self, spot: FrameSpot, is_to_blame: bool) -> None:
        self.spot, self.is_to_blame = spot, is_to_blame


def _loop_of(raised: Raised, name: str) -> _Loop | None:
    found = raised.made(name)
    if found is None or not isinstance(found.statement, ast.For):
        return None
    loop, index = found.statement, raised.stop.values.get(name)
    is_range = isinstance(loop.iter, ast.Call) and is_of_library(loop.iter.func, "range") and isinstance(loop.target, ast.Name)
    if not is_range or not isinstance(index, Number):
        return None
    lengths = list(_lengths(loop, name, raised))
    return _Loop(raised.at(loop), bool(lengths) and all(length <= index.value for length in lengths))


def _lengths(loop: ast.For, name: str, raised: Raised) -> Iterator[int]:
    """Yield how long each axis is that a name indexes inside a loop, as far as that is known."""
    for statement in loop.body:
        for node in own_nodes(statement):
            if not isinstance(node, ast.Subscript):
                continue
            base = raised.value(node.value)
            if isinstance(base, TupleOrList) and isinstance(node.slice, ast.Name) and node.slice.id == name:
                yield base.length
            if isinstance(base, Array):
                yield from (
                    base.shape[axis]
                    for axis, part in _axes(node, len(base.shape))
                    if isinstance(part, ast.Name) and part.id == name and axis < len(base.shape)
                )


def _flat_place(raised: Raised, there: Made) -> ast.Call | None:
    """Return the call of argmax or argmin that gave one number for a whole array, if that is what a name was made of."""
    value = there.value
    for node in ast.walk(value) if value else ():
        if not (isinstance(node, ast.Call) and is_of_library(node.func, "argmax", "argmin") and not node.keywords):
            continue
        is_method = not (isinstance(node.func, ast.Attribute) and unparsed(node.func.value) in ("np", "numpy"))
        array = node.func.value if isinstance(node.func, ast.Attribute) and is_method else node.args[0] if node.args else None
        known = raised.value(array) if array else None
        alone = len(node.args) == (0 if is_method else 1)
        if alone and isinstance(known, Array) and len(known.shape) > 1:
            return node
    return None


def _past_a_row(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for subscript in raised.subscripts():
        row, index = raised.value(subscript.value), raised.value(subscript.slice)
        if not isinstance(row, TupleOrList) or not isinstance(index, Number):
            continue
        if not -row.length <= index.value < row.length:
            has = f"`{unparsed(subscript.value)}` has {_last(row.length)}"
            return _index_of(raised, subscript.slice, int(index.value), has)
    return None


def _too_many(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    axes, indexed = int(found[1]), int(found[2])
    for subscript in raised.subscripts():
        array = raised.value(subscript.value)
        if isinstance(array, Array) and len(array.shape) == axes and len(list(_axes(subscript, axes))) == indexed:
            base = subscript.value
            has = (
                f"`{unparsed(base)}` has {counted(axes, 'axis')} here, of shape {array}"
                if axes
                else f"`{unparsed(base)}` is one number"
            )
            return _with_origin(raised, base, f"{has}, and {indexed} are indexed.")
    return f"The array has {counted(axes, 'axis')}, and {indexed} are indexed."


def _with_origin(raised: Raised, base: ast.expr, sentence: str) -> Explanation:
    """Return a sentence with the line that made an array, if the array is a plain name."""
    there = raised.made(base.id) if isinstance(base, ast.Name) else None
    return Explanation(sentence, after=(raised.at(there.statement),) if there and there.value else ())


def _not_an_index(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for subscript in raised.subscripts():
        parts = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
        for part in parts:
            value = raised.value(part)
            wrong = isinstance(value, Table) or (isinstance(value, Array) and not value.is_whole and value.dtype != "bool")
            if wrong and isinstance(value, Array):
                return f"`{unparsed(part)}` holds numbers of dtype {value.dtype}, and an index has to be whole: x.astype(int)."
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                return f"`{unparsed(subscript.value)}` is an array, not a dict: {part.value!r} is no index."
    return None


def _not_indexable(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    kind = found[1]
    for subscript in raised.subscripts():
        base = subscript.value
        if kind in ("builtin_function_or_method", "method", "function", "type"):
            if (isinstance(base, ast.Attribute | ast.Name) and raised.value(base) is None) or isinstance(base, ast.Attribute):
                name = unparsed(base)
                return f"`{name}` is a function, and square brackets take something out. A call has round ones: {name}(...)."
            continue
        value = raised.value(base)
        if isinstance(value, Nothing) and kind == "NoneType":
            return _with_origin(raised, base, f"`{unparsed(base)}` is None here, and has no parts to index.")
        if isinstance(value, Number) and value.kind == kind.rpartition(".")[2]:
            return _with_origin(raised, base, f"`{unparsed(base)}` is one number here, {value}, and has no parts to index.")
    return None


def _scalar(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for subscript in raised.subscripts():
        base = raised.value(subscript.value)
        if isinstance(base, Number):
            return _with_origin(
                raised, subscript.value, f"`{unparsed(subscript.value)}` is one number here, and has no parts to index."
            )
    return "One number of NumPy's is indexed here, and has no parts: a sum, mean or maximum without an axis gives one."


def _list_by_tuple(_raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    return (
        f"A {found[1]} has no axes: it takes one index, {found[1]}[i][j] where an array takes array[i, j]. "
        "np.asarray(...) makes an array of it."
    )


def _empty(raised: Raised, _: re.Match[str]) -> Explanation | str:
    for node in raised.nodes(ast.Subscript, ast.Name):
        value = raised.value(node)
        if isinstance(node, ast.expr) and isinstance(value, Array) and 0 in value.shape:
            is_now = f"`{unparsed(node)}` is empty here, of shape {value}: it has no largest or smallest number."
            return _with_origin(raised, node, is_now)
    return "An empty array has no largest or smallest number."


RULES = (
    rule("IndexError", r"^index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", _past_the_end),
    rule("IndexError", r"^(?:list|tuple)(?: assignment)? index out of range", _past_a_row),
    rule("IndexError", r"array is (\d+)-dimensional, but (\d+) were indexed", _too_many),
    rule("IndexError", r"^only integers, slices .* are valid indices", _not_an_index),
    rule("IndexError", r"^arrays used as indices must be of integer \(or boolean\) type", _not_an_index),
    rule("IndexError", r"^invalid index to scalar variable", _scalar),
    rule(
        "IndexError",
        r"^shape mismatch: indexing arrays could not be broadcast together",
        "Arrays that index together are taken in pairs, so they need the same length, or shapes that fit as in arithmetic.",
    ),
    rule(
        "IndexError",
        r"^boolean index did not match indexed array along (?:axis|dimension) (\d+); (?:size of axis|dimension) is (\d+) "
        r"(?:but size of corresponding boolean axis|but corresponding boolean dimension) is (\d+)",
        lambda raised, found: (
            f"A mask has a True or False for each entry: axis {found[1]} has {found[2]} entries, and the mask {found[3]}."
        ),
    ),
    rule("IndexError", r"cannot do a non-empty take from an empty axes", "An index is taken from an axis that has no entries."),
    rule("TypeError", r"^'([\w.]+)' object is not subscriptable", _not_indexable),
    rule("TypeError", r"^(list|tuple) indices must be integers or slices, not tuple", _list_by_tuple),
    rule("ValueError", r"zero-size array to reduction operation \w+ which has no identity", _empty),
    rule("ValueError", r"attempt to get arg(?:max|min) of an empty sequence", _empty),
)
