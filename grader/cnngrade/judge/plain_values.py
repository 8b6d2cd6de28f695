"""What a value is, found out without asking it: no method of a foreign object is called and no attribute of it is read.

Plain are None, bool, int, float, complex, str, NumPy's own numbers, arrays of numbers, and tuples, lists and dicts. A subclass
is not plain. Types are told apart by identity, since a metaclass may have its own idea of equality.
"""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from cnngrade.student.objects import link_of
from cnngrade.worker.wire import Token

_NUMPY = tuple(np.dtype(code).type for code in "?" + np.typecodes["AllInteger"] + np.typecodes["AllFloat"])


_NUMPY_IDS = frozenset(map(id, _NUMPY))


_NUMBER_IDS = frozenset(map(id, (bool, int, float, complex))) | _NUMPY_IDS


_KEY_IDS = frozenset(map(id, (bool, int, float, str, type(None)))) | _NUMPY_IDS


_PLAIN_IDS = _NUMBER_IDS | frozenset(map(id, (str, type(None), tuple, list, dict)))


_KINDS = {bool: "b", int: "i", float: "f", complex: "c"}


_WORDS: dict[Any, str] = {tuple: "a tuple", list: "a list", dict: "a dict", str: "a string"}


_ARRAY_KINDS = "biufc"


_LONG = 60


_type_name = type.__dict__["__name__"].__get__


def is_number(value: Any) -> bool:
    """Say whether `value` is one of Python's or NumPy's own numbers (True and False are)."""
    return id(type(value)) in _NUMBER_IDS


def is_plain(value: Any) -> bool:
    """Say whether `value` may be compared. The parts of a tuple, list or dict must still be checked."""
    if type(value) is np.ndarray:
        return value.dtype.kind in _ARRAY_KINDS
    return id(type(value)) in _PLAIN_IDS


def is_key(value: Any) -> bool:
    """Say whether `value` is a plain key of a dict."""
    return id(type(value)) in _KEY_IDS or (type(value) is tuple and all(is_key(part) for part in value))


def kind_of(number: Any) -> str:
    """Return NumPy's letter for the kind of a number: b, i, u, f or c."""
    kind: str = _KINDS.get(type(number)) or number.dtype.kind
    return kind


def name_of(value: Any) -> str:
    """Name what came back, or was expected, as a student knows it."""
    if value is None:
        return "None"
    link = link_of(value)
    if issubclass(type(value), Token) or link is not None:
        return f"an object of type {(link.token if link else value).kind}"
    if type(value) is np.ndarray:
        shape = f"an array of shape {value.shape}"
        return shape if is_plain(value) else f"{shape} that holds no numbers (dtype {value.dtype})"
    if type(value) is bool or type(value) is np.bool_:
        return str(value)
    if is_number(value):
        return f"the number {shown(value)}"
    return _WORDS[type(value)] if is_plain(value) else f"an object of type {_type_name(type(value))}"


def type_of(value: Any) -> str:
    """Name what came back, or was expected, like `name_of`, and give no number away."""
    if type(value) is bool or type(value) is np.bool_:
        return "True or False"
    return "a number" if is_number(value) else name_of(value)


def shown(value: Any) -> str:
    """Write a value short enough for a sentence: an array as its shape, a long value with its middle left out."""
    if type(value) is np.ndarray:
        return f"<{'x'.join(map(str, value.shape)) or 'number'}>"
    if type(value) is tuple or type(value) is list:
        parts = ", ".join(shown(part) for part in value[:6]) + (", ..." if len(value) > 6 else "")
        text = f"({parts}{',' if len(value) == 1 else ''})" if type(value) is tuple else f"[{parts}]"
    elif is_number(value):
        text = _digits(value)
    elif type(value) is str:
        return reprlib.repr(value)
    else:
        text = name_of(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def _digits(number: Any) -> str:
    try:
        return str(number)
    except ValueError:  # Python refuses to print an integer of more than 4300 digits.
        return f"about 2**{int(number).bit_length() - 1}"
