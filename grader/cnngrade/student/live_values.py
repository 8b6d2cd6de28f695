"""What a worker tells of the values that a function held, and what expressions of its source come to with them.

Nothing of a value is here but its form: an array is a dtype and a shape. So an expression is computed as far as its form goes,
`x[:, 0].T @ w` to a shape, sizes and indices to numbers; what needs the numbers of an array comes to nothing.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

_MOST_COPIED = 1 << 20


_MOST_WHOLE = 1 << 62


_MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Number:
    """A bool, int or float, NumPy's included; `kind` is its type's name, and all that is shown of one that is not `told`."""

    kind: str
    value: float
    told: bool = True

    @property
    def is_float(self) -> bool:
        """Whether it is of a type that cannot be a size or an index."""
        return type(self.value) is float

    def __str__(self) -> str:
        """Return the number as code shows it; of what comes out of an array, and is no size therefore, its type."""
        if not self.told:
            return f"a {self.kind}"
        if type(self.value) is float and self.value % 1:
            return f"{self.value:.6g}" if self.kind == "float" else f"a {self.kind}"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Array:
    """An array of NumPy's, by its dtype and shape."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it holds integers."""
        return self.dtype.startswith(("int", "uint"))

    def __str__(self) -> str:
        """Return the shape as NumPy shows it."""
        return str(self.shape)


@dataclass(frozen=True, slots=True)
class TupleOrList:
    """A tuple or a list of so many values; `parts` are the first of them."""

    kind: str
    length: int
    parts: tuple[Value, ...]

    def __str__(self) -> str:
        """Return its parts if they are few and plain, else its length."""
        if self.length <= _MOST_SHOWN and all(isinstance(part, Number | Nothing) for part in self.parts):
            inner = ", ".join(map(str, self.parts)) + ("," if self.kind == "tuple" and self.length == 1 else "")
            return f"({inner})" if self.kind == "tuple" else f"[{inner}]"
        return f"a {self.kind} of {self.length}"


@dataclass(frozen=True, slots=True)
class Table:
    """A dict of so many items; `parts` are the first of those whose keys are strings."""

    length: int
    parts: Mapping[str, Value]

    def __str__(self) -> str:
        """Return how many items there are."""
        return f"a dict of {self.length}"


@dataclass(frozen=True, slots=True)
class Nothing:
    """None."""

    def __str__(self) -> str:
        """Return its name."""
        return "None"


@dataclass(frozen=True, slots=True)
class Other:
    """Any other value, by the name of its type."""

    kind: str

    def __str__(self) -> str:
        """Return what it is."""
        return f"a {self.kind}"


Value = Number | Array | TupleOrList | Table | Nothing | Other


Values = Mapping[str, Value]


def value_of(form: tuple[Any, ...], with_floats: bool = True) -> Value:
    """Return the value that has a form as `worker.frames.form_of` makes it, once its own form was checked.

    with_floats: whether floats, and what is computed from them, may be told
    """
    match form:
        case "number", kind, value:
            return Number(kind, value, told=with_floats or type(value) is not float)
        case "array", dtype, shape:
            return Array(dtype, shape)
        case "row", kind, length, parts:
            known = tuple(value_of(part, with_floats) for part in parts)
            return TupleOrList("list" if kind == "list" else "tuple", length, known)
        case "table", length, parts:
            return Table(length, {key: value_of(part, with_floats) for key, part in parts})
        case ("none",):
            return Nothing()
    return Other(form[1])


def type_name(value: Value) -> str:
    """Return the name of a value's type."""
    match value:
        case Array():
            return "numpy.ndarray"
        case Table():
            return "dict"
        case Nothing():
            return "NoneType"
    return value.kind


def computed(node: ast.expr, values: Values) -> Value | None:
    """Return what an expression comes to with these values; None where that cannot be told."""
    try:
        return _computed(node, values)
    except (ArithmeticError, IndexError, KeyError, TypeError, ValueError, RecursionError, MemoryError):
        return None


def _computed(node: ast.expr, values: Values) -> Value | None:
    match node:
        case ast.Name():
            return values.get(node.id)
        case ast.Constant():
            return _constant(node.value)
        case ast.Tuple() | ast.List():
            parts = [_computed(part, values) for part in node.elts]
            return _row(type(node).__name__.lower(), parts)
        case ast.Attribute():
            return _attribute(_computed(node.value, values), node.attr)
        case ast.Subscript():
            return _subscript(_computed(node.value, values), node.slice, values)
        case ast.UnaryOp():
            return _unary(node.op, _computed(node.operand, values))
        case ast.BinOp():
            return _binary(node.op, _computed(node.left, values), _computed(node.right, values))
        case ast.Call():
            return _call(node, values)
    return None


def _constant(value: object) -> Value | None:
    if value is None:
        return Nothing()
    return Number(type(value).__name__, value) if type(value) in (bool, int, float) else Other(type(value).__name__)  # type: ignore[arg-type]


def _row(kind: str, parts: Iterable[Value | None]) -> TupleOrList | None:
    known = tuple(parts)
    return None if None in known else TupleOrList(kind, len(known), tuple(part for part in known if part is not None))


def _shape(shape: Iterable[int]) -> TupleOrList:
    sizes = tuple(Number("int", size) for size in shape)
    return TupleOrList("tuple", len(sizes), sizes)


def _attribute(value: Value | None, name: str) -> Value | None:
    if not isinstance(value, Array):
        return None
    match name:
        case "shape":
            return _shape(value.shape)
        case "ndim":
            return Number("int", len(value.shape))
        case "size":
            return Number("int", math.prod(value.shape))
        case "T":
            return Array(value.dtype, value.shape[::-1])
    return None


def _subscript(value: Value | None, index: ast.expr, values: Values) -> Value | None:
    if isinstance(value, Table):
        return value.parts.get(index.value) if isinstance(index, ast.Constant) and isinstance(index.value, str) else None
    if isinstance(value, Array):
        return _part(value, index, values)
    if not isinstance(value, TupleOrList):
        return None
    if isinstance(index, ast.Slice):
        chosen = range(value.length)[_slice(index, values)]
        return TupleOrList(value.kind, len(chosen), tuple(value.parts[place] for place in chosen))
    place = _whole(_computed(index, values))
    return value.parts[range(value.length)[place]]


def _whole(value: Value | None) -> int:
    if isinstance(value, Number) and type(value.value) is int:
        return value.value
    raise TypeError


def _slice(node: ast.Slice, values: Values) -> slice:
    ends = (None if end is None else _computed(end, values) for end in (node.lower, node.upper, node.step))
    return slice(*(None if end is None or isinstance(end, Nothing) else _whole(end) for end in ends))


def _no_numbers(shape: tuple[int, ...], dtype: type = np.int8) -> np.ndarray[Any, Any]:
    """Return an array of this shape that takes no memory."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def _part(array: Array, index: ast.expr, values: Values) -> Value | None:
    """Return what an index takes of an array."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    places = [_place(part, values) for part in parts]
    copied = [place for place in places if isinstance(place, np.ndarray)]
    if copied and math.prod(array.shape) * math.prod(place.size for place in copied) > _MOST_COPIED:
        return None
    taken = _no_numbers(array.shape)[tuple(places)]
    return Array(array.dtype, taken.shape) if taken.ndim or copied else Other(array.dtype)


def _place(node: ast.expr, values: Values) -> Any:
    """Return one part of an index, for an array whose numbers do not count; raises what `computed` catches."""
    if isinstance(node, ast.Slice):
        return _slice(node, values)
    if isinstance(node, ast.Constant) and node.value is ...:
        return ...
    value = _computed(node, values)
    if isinstance(node, ast.Attribute) and node.attr == "newaxis":
        return None
    if isinstance(value, Nothing):
        return None
    if isinstance(value, Array) and value.is_whole:
        return _no_numbers(value.shape, np.int64)
    return _whole(value)


def _unary(operator: ast.unaryop, value: Value | None) -> Value | None:
    if isinstance(value, Array):
        return value
    if isinstance(value, Number) and isinstance(operator, ast.USub):
        return Number(value.kind, -value.value, value.told)
    return value if isinstance(value, Number) and isinstance(operator, ast.UAdd) else None


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: lambda left, right: left % right,
}


def _binary(operator: ast.operator, left: Value | None, right: Value | None) -> Value | None:
    if isinstance(left, Array) or isinstance(right, Array):
        shapes = [_shape_of(side) for side in (left, right)]
        if isinstance(operator, ast.MatMult):
            return Array("", _product(*shapes))
        return Array("", np.broadcast_shapes(*shapes))
    if (
        isinstance(left, TupleOrList)
        and isinstance(right, TupleOrList)
        and isinstance(operator, ast.Add)
        and left.kind == right.kind
    ):
        return (
            TupleOrList(left.kind, left.length + right.length, left.parts + right.parts)
            if left.length == len(left.parts)
            else None
        )
    if isinstance(left, TupleOrList) and isinstance(operator, ast.Mult) and 0 <= _whole(right) * left.length <= 10:
        return TupleOrList(left.kind, left.length * _whole(right), left.parts * _whole(right))
    if not (isinstance(left, Number) and isinstance(right, Number)) or type(operator) not in _ARITHMETIC:
        return None
    result = _ARITHMETIC[type(operator)](left.value, right.value)
    is_one = abs(result) < _MOST_WHOLE or math.isinf(result)
    return Number(type(result).__name__, result, left.told and right.told) if is_one else None


def _shape_of(value: Value | None) -> tuple[int, ...]:
    if isinstance(value, Array):
        return value.shape
    if isinstance(value, Number):
        return ()
    raise TypeError


def _product(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a matrix product; raises ValueError where there is none."""
    if not (left and right) or left[-1] != right[-2 if len(right) > 1 else 0]:
        raise ValueError
    if len(left) == 1 or len(right) == 1:
        return left[:-1] + (right[:-2] + right[-1:] if len(right) > 1 else ())
    return (*np.broadcast_shapes(left[:-2], right[:-2]), left[-2], right[-1])


def _call(node: ast.Call, values: Values) -> Value | None:
    """Return what a call comes to that only asks for a form: `len(x)`, `x.reshape(n, -1)`, `x.copy()`, `int(n)`."""
    arguments = [_computed(part, values) for part in node.args]
    if isinstance(node.func, ast.Name):
        return _named_call(node.func.id, arguments, values) if not node.keywords else None
    if not isinstance(node.func, ast.Attribute):
        return None
    value = _computed(node.func.value, values)
    if not isinstance(value, Array) or node.keywords:
        return None
    match node.func.attr:
        case "copy":
            return value
        case "ravel" | "flatten":
            return Array(value.dtype, (math.prod(value.shape),))
        case "transpose":
            axes = [_whole(part) for part in _flat(arguments)] or list(range(len(value.shape)))[::-1]
            turned = tuple(value.shape[axis] for axis in axes)
            return Array(value.dtype, turned) if len(set(axes)) == len(axes) == len(value.shape) else None
        case "reshape":
            return Array(value.dtype, _reshaped(math.prod(value.shape), [_whole(part) for part in _flat(arguments)]))
    return None


def _reshaped(size: int, sizes: list[int]) -> tuple[int, ...]:
    """Return the shape that so many numbers get; raises ValueError where they do not fit."""
    known = math.prod(part for part in sizes if part != -1)
    if sizes.count(-1) == 1 and known > 0 and size % known == 0:
        sizes[sizes.index(-1)] = size // known
    if min(sizes, default=0) < 0 or math.prod(sizes) != size:
        raise ValueError
    return tuple(sizes)


def _flat(arguments: list[Value | None]) -> list[Value | None]:
    return list(arguments[0].parts) if len(arguments) == 1 and isinstance(arguments[0], TupleOrList) else arguments


def _named_call(name: str, arguments: list[Value | None], values: Values) -> Value | None:
    if name in values or len(arguments) != 1:
        return None  # a name of the student's own
    value = arguments[0]
    if name == "len" and isinstance(value, TupleOrList | Table):
        return Number("int", value.length)
    if name == "len" and isinstance(value, Array) and value.shape:
        return Number("int", value.shape[0])
    if name in ("int", "float") and isinstance(value, Number):
        return Number(name, int(value.value) if name == "int" else float(value.value), value.told)
    return None
