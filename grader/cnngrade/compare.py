"""Compare an answer with what is expected, and say the smallest fact that shows the mistake.

Only plain values are compared: numbers, texts, plain NumPy arrays, and tuples, lists and dicts of these. Anything else is
refused before one of its methods could be called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnngrade.errors import StudentRaised
from cnngrade.wire import Token

_Array = np.ndarray[Any, np.dtype[Any]]
_EXACT = (bool, int, str, type(None))


class Mismatch(AssertionError):
    """An answer that is not the expected one. Its text is the fact that a student reads."""


def _is_plain(value: Any) -> bool:
    if isinstance(value, np.generic):
        return type(value).__module__ == "numpy" and value.dtype.kind in "biufc"
    return type(value) in (bool, int, float, complex, str, tuple, list, dict, np.ndarray) or value is None


def _name(value: Any) -> str:
    """Name the type of a value as a student knows it."""
    if value is None:
        return "None"
    if isinstance(value, Token):
        return f"an object of type {value.kind}"
    kind = type(value)
    if kind is np.ndarray:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.generic) or kind in (int, float, complex):
        return f"the number {value}"
    if kind is bool:
        return str(value)
    names: dict[type, str] = {tuple: "a tuple", list: "a list", dict: "a dict", str: "a text"}
    return names.get(kind, f"an object of type {kind.__name__}")


def _is_number(value: Any) -> bool:
    return isinstance(value, np.generic) or type(value) in (int, float, complex, bool)


def _where(path: str) -> str:
    return f"{path}: " if path else ""


def _wrong_type(actual: Any, expected: Any, path: str) -> Mismatch:
    text = f"{_where(path)}{_name(actual)} came back, {_name(expected)} was expected."
    if actual is None:
        text += " Did you forget `return`?"
    elif type(actual) in (list, tuple) and type(expected) is np.ndarray:
        text += " Make an array of it: np.array(...)."
    elif type(expected) is np.ndarray and _is_number(actual) and expected.ndim:
        text += " Is the `return` inside the loop, or was everything summed up?"
    return Mismatch(text)


def _shape_hint(actual: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if sorted(actual) == sorted(expected) and len(actual) == len(expected):
        return " The axes are in another order."
    without = tuple(size for size in expected if size != 1)
    if actual == without:
        return " Axes of length 1 must stay: nothing may be squeezed away."
    if tuple(size for size in actual if size != 1) == without:
        return " There is an axis of length 1 too many or too few."
    if len(actual) != len(expected):
        return f" It has {len(actual)} {'axis' if len(actual) == 1 else 'axes'} instead of {len(expected)}."
    axes = [axis for axis, (mine, right) in enumerate(zip(actual, expected, strict=True)) if mine != right]
    return f" Axis {axes[0]} is {actual[axes[0]]} long instead of {expected[axes[0]]}." if len(axes) == 1 else ""


def _check_dtype(actual: _Array, expected: _Array, path: str) -> None:
    got, right = actual.dtype, expected.dtype
    if right.kind == "f" and got.kind in "iub":
        raise Mismatch(
            f"{_where(path)}the answer has whole numbers ({got}), fractions are lost; {right} was expected. "
            "Make the output with a float dtype."
        )
    if right.kind == "f" and got.kind == "f" and got.itemsize < min(4, right.itemsize):
        raise Mismatch(f"{_where(path)}the answer is {got}, which keeps only three digits; {right} was expected.")
    if right.kind == "f" and got.kind == "c":
        raise Mismatch(f"{_where(path)}the answer is complex ({got}); take its real part.")
    if right.kind in "iu" and got.kind not in "iu":
        raise Mismatch(f"{_where(path)}whole numbers ({right}) were expected, the answer is {got}.")
    if right.kind == "b" and got.kind != "b":
        raise Mismatch(f"{_where(path)}True and False were expected, the answer is {got}.")


def _two(actual: Any, expected: Any) -> tuple[str, str]:
    """Write both numbers with as many digits as it takes to see the difference."""
    if not isinstance(actual, float | np.floating | complex | np.complexfloating):
        return str(actual), str(expected)
    for digits in (3, 4, 6, 9, 17):
        mine, right = f"{actual:.{digits}g}", f"{expected:.{digits}g}"
        if mine != right:
            break
    return mine, right


def _index(flat: int, shape: tuple[int, ...]) -> str:
    return "[" + ", ".join(str(int(part)) for part in np.unravel_index(flat, shape)) + "]" if shape else ""


def _values_differ(actual: _Array, expected: _Array, wrong: _Array, path: str, hint: str = "") -> Mismatch:
    first = int(np.flatnonzero(wrong.ravel())[0])
    mine, right = _two(actual.ravel()[first], expected.ravel()[first])
    where = f" first {_index(first, expected.shape)}:" if expected.shape else ""
    count = f"{int(wrong.sum())} of {expected.size} numbers differ;" if expected.size > 1 else "the number differs:"
    return Mismatch(f"{_where(path)}{count}{where} yours {mine}, expected {right}{hint}")


def _check_exact(actual: _Array, expected: _Array, path: str) -> None:
    wrong = np.asarray(actual != expected)
    if wrong.any():
        raise _values_differ(actual, expected, wrong, path)


def _check_special(actual: _Array, expected: _Array, path: str) -> None:
    """Check that NaN and infinities stand where they are expected, and nowhere else."""
    for name, test in (("NaN", np.isnan), ("infinite", np.isinf)):
        mine, right = test(actual), test(expected)
        if (mine & ~right).any():
            at = _index(int(np.flatnonzero((mine & ~right).ravel())[0]), expected.shape)
            count = f"{int((mine & ~right).sum())} of {expected.size} numbers are {name}"
            raise Mismatch(f"{_where(path)}{count}; first {at or 'the only one'}.")
        if (right & ~mine).any():
            at = _index(int(np.flatnonzero((right & ~mine).ravel())[0]), expected.shape)
            raise Mismatch(
                f"{_where(path)}where the input has {name} values the answer must show it; {at or 'here'} it does not."
            )


def _check_floats(actual: _Array, expected: _Array, scale: Any, c: float, path: str) -> None:
    _check_special(actual, expected, path)
    infinite = np.isinf(expected)
    wrong_sign = infinite & (np.sign(actual.real) != np.sign(expected.real))
    if wrong_sign.any():
        raise _values_differ(actual, expected, wrong_sign, path)
    finite = np.isfinite(expected)
    if scale is None:
        # Where nothing but zeros is expected, their size says nothing about what was added up: take 1.
        size = np.abs(expected[finite]).max(initial=0.0) or 1.0
    else:
        magnitudes = np.abs(np.asarray(scale, dtype=np.float64))
        size = np.broadcast_to(np.where(np.isfinite(magnitudes), magnitudes, 0.0), expected.shape)
    single = expected.dtype in (np.dtype(np.float32), np.dtype(np.complex64))
    eps = np.finfo(np.float32 if single else np.float64).eps
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.where(
            finite, np.abs(actual.astype(np.complex128 if actual.dtype.kind == "c" else np.float64) - expected), 0.0
        )
    # Where all terms are zero there is still the rounding of the smallest numbers.
    wrong = distance > c * eps * size + np.finfo(np.float64).tiny
    if not wrong.any():
        return
    hint = ""
    if actual.dtype == np.float32 and expected.dtype == np.float64 and not (distance > c * 6e-8 * size + 1e-37).any():
        hint = "\nThe answer is float32, which keeps 7 digits; these inputs are float64, so keep their dtype."
    raise _values_differ(actual, expected, wrong, path, hint)


def _check_array(actual: _Array, expected: _Array, scale: Any, c: float, path: str) -> None:
    if actual.shape != expected.shape:
        hint = _shape_hint(actual.shape, expected.shape)
        raise Mismatch(f"{_where(path)}the shape is {actual.shape}, expected {expected.shape}.{hint}")
    _check_dtype(actual, expected, path)
    if expected.dtype.kind in "fc":
        _check_floats(actual, expected, scale, c, path)
    else:
        _check_exact(actual, expected, path)


def _part(path: str, name: str) -> str:
    return f"{path}, {name}" if path else name


def _compare(actual: Any, expected: Any, scale: Any, c: float, path: str) -> None:
    if isinstance(actual, Token):
        raise Mismatch(f"{_where(path)}an object of type {actual.kind} came back, {_name(expected)} was expected.")
    if not _is_plain(actual):
        raise Mismatch(f"{_where(path)}an object of type {type(actual).__name__} came back, {_name(expected)} was expected.")
    if not _is_plain(expected):
        raise TypeError(f"the expected value is an object of type {type(expected).__name__}, which cannot be compared")
    if type(expected) is np.ndarray:
        if type(actual) is not np.ndarray and not (expected.ndim == 0 and _is_number(actual)):
            raise _wrong_type(actual, expected, path)
        _check_array(np.asarray(actual), expected, scale, c, path)
    elif type(expected) in (tuple, list):
        if type(actual) is not type(expected):
            raise _wrong_type(actual, expected, path)
        if len(actual) != len(expected):
            raise Mismatch(f"{_where(path)}{len(actual)} values came back, {len(expected)} were expected.")
        for index, (mine, right) in enumerate(zip(actual, expected, strict=True)):
            part = scale[index] if type(scale) in (tuple, list) else scale
            _compare(mine, right, part, c, _part(path, f"item {index}"))
    elif type(expected) is dict:
        if type(actual) is not dict:
            raise _wrong_type(actual, expected, path)
        if list(actual) != list(expected) and set(map(str, actual)) != set(map(str, expected)):
            raise Mismatch(f"{_where(path)}the keys are {sorted(map(str, actual))}, expected {sorted(map(str, expected))}.")
        for key, right in expected.items():
            _compare(actual[key], right, scale[key] if type(scale) is dict else scale, c, _part(path, f"{key!r}"))
    else:
        _compare_scalar(actual, expected, scale, c, path)


def _compare_scalar(actual: Any, expected: Any, scale: Any, c: float, path: str) -> None:
    if type(actual) is np.ndarray and actual.ndim == 0:
        actual = actual[()]
    if type(expected) in (str, type(None)):
        if type(actual) is not type(expected):
            raise _wrong_type(actual, expected, path)
        if actual != expected:
            raise Mismatch(f"{_where(path)}yours is {actual!r}, expected {expected!r}.")
        return
    if not _is_number(actual):
        raise _wrong_type(actual, expected, path)
    right = np.asarray(expected)
    mine = np.asarray(actual)
    if right.dtype.kind in "iu" and mine.dtype.kind == "f":
        text = f"{_where(path)}the number must be whole (an int); yours is {actual!r}, expected {expected!r}."
        raise Mismatch(text + " Use // instead of /." if float(actual) == float(expected) else text)
    if right.dtype.kind in "iu" and mine.dtype.kind in "iu":
        if int(actual) != int(expected):
            raise Mismatch(f"{_where(path)}yours is {int(actual)}, expected {int(expected)}.")
        return
    if right.dtype.kind == "f" and mine.dtype.kind in "iu":
        mine = mine.astype(np.float64)
    _check_array(mine, right, scale, c, path)


def assert_close(actual: Any, expected: Any, scale: Any = None, c: float = 50) -> None:
    """Raise Mismatch unless `actual` is `expected` up to rounding.

    Types, shapes and kinds of dtype must be the same (a float64 answer to a float32 question is right). Floats may differ by
    c * eps * scale, where eps is that of the expected dtype and `scale` the size of what was added up, such as sum|x||w|: an
    array that broadcasts to `expected`, or None for the largest expected number (1 if all are zero). NaN and infinity must stand
    where expected.
    """
    _compare(actual, expected, scale, c, "")


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"<{'x'.join(map(str, value.shape)) or 'number'}>"
    text = repr(value) if _is_plain(value) and type(value) not in (list, dict, tuple) else _name(value)
    return text if len(text) < 40 else text[:37] + "..."


def assert_raises(kind: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Raise Mismatch unless the call raises `kind` (or a subclass of it). An unfinished stub stays unfinished."""
    name = getattr(function, "__name__", "the function")
    shown = ", ".join([*map(_shown, args), *(f"{key}={_shown(value)}" for key, value in kwargs.items())])
    try:
        value = function(*args, **kwargs)
    except StudentRaised as error:
        if kind.__name__ in error.kinds:
            return
        came = f"it raised {error.kinds[0] if error.kinds else 'something else'}: {error.message}"
        raise Mismatch(f"{name}({shown}) should raise {kind.__name__}; {came}") from None
    except kind:
        return
    raise Mismatch(f"{name}({shown}) should raise {kind.__name__}; it returned {_name(value)}.")
