"""Compare an answer with what is expected, and say the smallest fact that shows the mistake.

Only plain values are compared: numbers, strings, plain NumPy arrays, and tuples, lists and dicts of these. Anything else is
refused before one of its methods could be called.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from cnngrade.errors import StudentFailure, StudentRaised
from cnngrade.judge.plain_values import is_key, is_number, is_plain, kind_of, name_of, shown, type_of

_Array = np.ndarray[Any, np.dtype[Any]]


class Mismatch(AssertionError):
    """An answer that is not the expected one. Its text is the fact that a student reads.

    `form` is what of it may be read where no number of the inputs and of the expected answer may be told: it speaks of types,
    dtypes and shapes, and of how many numbers differ. It is "" where nothing of that kind is known. `cause` names the mistake
    where the numbers alone reveal it.
    """

    cause = ""

    def __init__(self, text: str, form: str = "") -> None:
        super().__init__(text)
        self.form = form


def _of_form(text: str) -> Mismatch:
    return Mismatch(text, text)


# A few roundings of float32.
_SINGLE = 5e-7


# What they may come to, relative to a number in which most of what was added up has cancelled.
_SINGLE_OF_ITSELF = 1e-5


SEVEN_DIGITS = (
    "The numbers are right to seven digits only: somewhere they have been float32, and these inputs are float64. "
    "Compute in float64 throughout."
)


NEARLY_RIGHT = (
    "The numbers are nearly right, and rounding does not explain the rest. Has a small number such as 1e-8 been added to a "
    "divisor or inside a logarithm?"
)


_MOST_KEYS = 20


def _where(path: str) -> str:
    return f"{path}: " if path else ""


def _wrong_type(actual: Any, expected: Any, path: str) -> Mismatch:
    advice = ""
    if actual is None:
        advice = " Did you forget `return`?"
    elif (type(actual) is list or type(actual) is tuple) and type(expected) is np.ndarray:
        advice = " Make an array of it: np.array(...)."
    elif type(expected) is np.ndarray and is_number(actual) and expected.ndim:
        advice = " Is the `return` inside the loop, or was everything summed up?"

    def text(name: Callable[[Any], str]) -> str:
        return f"{_where(path)}{name(actual)} came back, {name(expected)} was expected.{advice}"

    return Mismatch(text(name_of), text(type_of))


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
        raise _of_form(
            f"{_where(path)}the answer has whole numbers ({got}), fractions are lost; {right} was expected. "
            "Make the output with a float dtype."
        )
    if right.kind == "f" and got.kind == "f" and got.itemsize < min(4, right.itemsize):
        raise _of_form(f"{_where(path)}the answer is {got}, which keeps only three digits; {right} was expected.")
    if right.kind == "f" and got.kind == "c":
        raise _of_form(f"{_where(path)}the answer is complex ({got}); take its real part.")
    if right.kind in "iu" and got.kind not in "iu":
        raise _of_form(f"{_where(path)}whole numbers ({right}) were expected, the answer is {got}.")
    if right.kind == "b" and got.kind != "b":
        raise _of_form(f"{_where(path)}True and False were expected, the answer is {got}.")


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


def _values_differ(actual: _Array, expected: _Array, wrong: _Array, path: str) -> Mismatch:
    first = int(np.flatnonzero(wrong.ravel())[0])
    mine, right = _two(actual.ravel()[first], expected.ravel()[first])
    where = f" first {_index(first, expected.shape)}:" if expected.shape else ""
    what = "answer" if expected.dtype.kind == "b" else "number"
    many = expected.size > 1
    count = _where(path) + (f"{int(wrong.sum())} of {expected.size} {what}s differ" if many else f"the {what} differs")
    return Mismatch(f"{count}{';' if many else ':'}{where} yours {mine}, expected {right}", f"{count}.")


def _check_exact(actual: _Array, expected: _Array, path: str) -> None:
    wrong = np.asarray(actual != expected)
    if wrong.any():
        raise _values_differ(actual, expected, wrong, path)


def _check_special(actual: _Array, expected: _Array, path: str) -> None:
    """Check that NaN and infinities are where they are expected, and nowhere else."""
    for name, test in (("NaN", np.isnan), ("infinite", np.isinf)):
        mine, right = test(actual), test(expected)
        if (mine & ~right).any():
            at = _index(int(np.flatnonzero((mine & ~right).ravel())[0]), expected.shape)
            count = f"{_where(path)}{int((mine & ~right).sum())} of {expected.size} numbers are {name}"
            raise Mismatch(f"{count}; first {at or 'the only one'}.", f"{count}.")
        if (right & ~mine).any():
            at = _index(int(np.flatnonzero((right & ~mine).ravel())[0]), expected.shape)
            rule = f"{_where(path)}where the input has {name} values the answer must show it"
            raise Mismatch(f"{rule}; {at or 'here'} it does not.", f"{rule}.")


def _is_nearly_right(distance: _Array, expected: _Array, size: Any) -> bool:
    """Say whether lost digits explain the distances: all small beside what was added up, and most beside the number itself.

    A scale may be so large that beside it anything is small, and what is expected so small that zeros are near it.
    """
    counted = np.isfinite(expected) & (expected != 0)
    near = distance[counted] <= _SINGLE_OF_ITSELF * np.abs(expected[counted])
    return not (distance > _SINGLE * size + 1e-37).any() and 2 * int(near.sum()) > near.size


# Of double precision, and of single precision: float32 and complex64.
_EPS = np.finfo(np.float64).eps, np.finfo(np.float32).eps


_SINGLE_PRECISION = "fF"


_TINY = np.finfo(np.float64).tiny


def _check_floats(actual: _Array, expected: _Array, scale: Any, c: float, path: str) -> None:
    finite = np.isfinite(expected)
    all_finite = bool(finite.all())
    if not (all_finite and np.isfinite(actual).all()):
        _check_special(actual, expected, path)
        other_infinity = np.isinf(expected) & ~np.isnan(expected) & (actual != expected)
        if other_infinity.any():
            raise _values_differ(actual, expected, other_infinity, path)
    if scale is None:
        # Where nothing but zeros is expected, their size says nothing about what was added up: take 1.
        size = np.abs(expected if all_finite else expected[finite]).max(initial=0.0) or 1.0
    else:
        magnitudes = np.abs(np.asarray(scale, dtype=np.float64))
        if not np.isfinite(magnitudes).all():
            magnitudes = np.where(np.isfinite(magnitudes), magnitudes, 0.0)
        size = magnitudes if magnitudes.shape == expected.shape else np.broadcast_to(magnitudes, expected.shape)
    eps = _EPS[expected.dtype.char in _SINGLE_PRECISION]
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(actual.astype(np.complex128 if actual.dtype.kind == "c" else np.float64, copy=False) - expected)
    if not all_finite:
        distance = np.where(finite, distance, 0.0)
    # Where all terms are zero there is still the rounding of the smallest numbers.
    wrong = distance > c * eps * size + _TINY
    if not wrong.any():
        return
    mismatch = _values_differ(actual, expected, wrong, path)
    if expected.dtype == np.float64 and _is_nearly_right(distance, expected, size):
        with np.errstate(over="ignore"):
            single = np.array_equal(actual.astype(np.float32), actual, equal_nan=True)
        mismatch.cause = SEVEN_DIGITS if single else NEARLY_RIGHT
    raise mismatch


def _check_array(actual: _Array, expected: _Array, scale: Any, c: float | None, path: str) -> None:
    # Nothing is computed with an answer before it is known to be as small as what is expected.
    if actual.shape != expected.shape:
        hint = _shape_hint(actual.shape, expected.shape)
        raise _of_form(f"{_where(path)}the shape is {actual.shape}, expected {expected.shape}.{hint}")
    _check_dtype(actual, expected, path)
    if c is None:
        return
    if expected.dtype.kind in "fc":
        _check_floats(actual, expected, scale, c, path)
    else:
        _check_exact(actual, expected, path)


def _part(path: str, name: str) -> str:
    return f"{path}, {name}" if path else name


def _keys(table: dict[Any, Any]) -> str:
    some = sorted(shown(key) for key in islice(table, _MOST_KEYS))
    more = f", and {len(table) - _MOST_KEYS} more" if len(table) > _MOST_KEYS else ""
    return f"[{', '.join(some)}{more}]"


def _are_names(table: dict[Any, Any]) -> bool:
    """Say whether the keys are names for the parts of an answer. Any others may be numbers that the answer consists of."""
    return all(type(key) is str for key in table)


def _compare(actual: Any, expected: Any, scale: Any, c: float | None, path: str) -> None:
    """Compare a value, or (`c` is None) its form alone."""
    if not is_plain(expected):
        raise TypeError(f"the expected value is {name_of(expected)}, which cannot be compared")
    if not is_plain(actual):
        raise _wrong_type(actual, expected, path)
    if type(expected) is np.ndarray:
        if type(actual) is np.ndarray:
            _check_array(actual, expected, scale, c, path)
        elif expected.ndim == 0 and is_number(actual):
            _compare_scalar(actual, expected[()], scale, c, path)
        else:
            raise _wrong_type(actual, expected, path)
    elif type(expected) in (tuple, list):
        if type(actual) is not type(expected):
            raise _wrong_type(actual, expected, path)
        if len(actual) != len(expected):
            raise _of_form(f"{_where(path)}{len(actual)} values came back, {len(expected)} were expected.")
        for index, (mine, right) in enumerate(zip(actual, expected, strict=True)):
            part = scale[index] if type(scale) in (tuple, list) else scale
            _compare(mine, right, part, c, _part(path, f"item {index}"))
    elif type(expected) is dict:
        if type(actual) is not dict:
            raise _wrong_type(actual, expected, path)
        # Only then may keys be compared.
        if not all(map(is_key, actual)) or actual.keys() != expected.keys():
            text = f"{_where(path)}the keys are {_keys(actual)}, expected {_keys(expected)}."
            raise Mismatch(text, text if _are_names(expected) else f"{_where(path)}other keys were expected.")
        for key, right in expected.items():
            try:
                _compare(actual[key], right, scale[key] if type(scale) is dict else scale, c, _part(path, f"{key!r}"))
            except Mismatch as mismatch:
                # Its place is told by the keys.
                mismatch.form = mismatch.form if _are_names(expected) else f"{_where(path)}what stands at a key is wrong."
                raise
    else:
        _compare_scalar(actual, expected, scale, c, path)


def _compare_scalar(actual: Any, expected: Any, scale: Any, c: float | None, path: str) -> None:
    if type(actual) is np.ndarray and actual.ndim == 0:
        actual = actual[()]
    if type(expected) in (str, type(None)):
        if type(actual) is not type(expected):
            raise _wrong_type(actual, expected, path)
        if c is not None and actual != expected:
            text = f"{_where(path)}yours is {reprlib.repr(actual)}, expected {reprlib.repr(expected)}."
            raise Mismatch(text, f"{_where(path)}the string differs.")
        return
    if not is_number(actual):
        raise _wrong_type(actual, expected, path)
    kind, right = kind_of(actual), kind_of(expected)
    if right in "iu":
        if c is not None or kind not in "iu":
            _check_whole(actual, expected, path)
    elif right == "b" and kind != "b":
        asked = f"{_where(path)}True or False was expected"
        raise Mismatch(f"{asked}, yours is {shown(actual)}.", f"{asked}, {type_of(actual)} came back.")
    else:
        _check_array(
            np.asarray(_as_float(actual, expected, path) if kind in "iu" else actual), np.asarray(expected), scale, c, path
        )


def _check_whole(actual: Any, expected: Any, path: str) -> None:
    kind = kind_of(actual)
    if kind in "iu":
        if int(actual) != int(expected):
            raise _number_differs(actual, expected, path)
        return
    rule = f"{_where(path)}the number must be whole (an int)"
    # Python compares an int with a float exactly, however large.
    advice = " Use // instead of /." if kind == "f" and float(actual) == int(expected) else ""
    raise Mismatch(f"{rule}; yours is {shown(actual)}, expected {shown(expected)}.{advice}", f"{rule}.{advice}")


def _number_differs(actual: Any, expected: Any, path: str) -> Mismatch:
    text = f"{_where(path)}yours is {shown(actual)}, expected {shown(expected)}."
    return Mismatch(text, f"{_where(path)}the number differs.")


def _as_float(number: Any, expected: Any, path: str) -> float:
    try:
        return float(int(number))
    except OverflowError:
        raise _number_differs(number, expected, path) from None


def assert_close(actual: Any, expected: Any, scale: Any = None, c: float = 50) -> None:
    """Raise Mismatch unless `actual` is `expected` up to rounding.

    Types, shapes and kinds of dtype must be the same (a float64 answer to a float32 question is right). Floats may differ by
    c * eps * scale, where eps is that of the expected dtype and `scale` the size of what was added up, such as sum|x||w|: an
    array that broadcasts to `expected`, or None for the largest expected number (1 if all are zero). NaN and infinity must
    stand where expected.
    """
    _compare(actual, expected, scale, c, "")


def shaped_like(answer: Any, expected: Any) -> Any:
    """Return `answer` if it has the form of `expected`, else raise Mismatch: types, shapes and kinds of dtype, part for part.

    A test that goes on to compute with an answer asks for its form first: a stranger's code returned it, and what a product or
    an outer sum makes of a shape that nobody expected may be larger than all memory. `expected` may hold any numbers.
    """
    _compare(answer, expected, None, None, "")
    return answer


def assert_raises(kind: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Raise Mismatch unless the call raises `kind` (or a subclass of it). An unfinished stub stays unfinished."""
    name = getattr(function, "__name__", "the function")
    rule = f"should raise {kind.__name__}"

    def asked() -> str:
        given = [*map(shown, args), *(f"{key}={shown(value)}" for key, value in kwargs.items())]
        return f"{name}({', '.join(given)}) {rule}"

    try:
        value = function(*args, **kwargs)
    except StudentRaised as error:
        if kind.__name__ in error.kinds:
            return
        came = error.kinds[0] if error.kinds else "something else"
        raise Mismatch(f"{asked()}; it raised {came}: {error.message}", f"{name} {rule} here; it raised {came}.") from None
    except StudentFailure:
        raise
    except kind:
        return
    raise Mismatch(f"{asked()}; it returned {name_of(value)}.", f"{name} {rule} here; it returned {type_of(value)}.")
