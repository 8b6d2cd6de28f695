"""The failing call as one would type it: its options, the shapes, and the numbers where they are few and may be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade.findings.call_text import LINES, WIDTH, call_text
from cnngrade.findings.signature import Signature
from cnngrade.student.proxy import Call
from cnngrade.worker import wire

SIGNATURE = Signature(("x", "w", "b", "step", "ring"), {"b": None, "step": 1, "ring": 0})


def called(*args: Any, signature: Signature = SIGNATURE, with_numbers: bool = True, **kwargs: Any) -> str:
    return call_text(Call("public/test_f", False, "f", wire.pack({"args": args, "kwargs": kwargs})), signature, with_numbers)


SMALL = np.array([[1.0, -2.0], [0.5, 1 / 3]])
LARGE = np.zeros((2, 3, 7, 10), np.uint8)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (called(SMALL, LARGE), "f(x, w)\n  x = [[1, -2], [0.5, 0.3333]] float64   w (2, 3, 7, 10) uint8"),
        (called(LARGE, LARGE, step=2), "f(x, w, step=2)\n  x (2, 3, 7, 10) uint8   w (2, 3, 7, 10) uint8"),
        (called(LARGE, LARGE, None, 2, 0), "f(x, w, step=2)\n  x (2, 3, 7, 10) uint8   w (2, 3, 7, 10) uint8"),
        (called(LARGE, 3, step=(1, 2)), "f(x, 3, step=(1, 2))\n  x (2, 3, 7, 10) uint8"),
        (called(28, 5), "f(28, 5)"),
        (called(-2.5, "same", b=True), "f(-2.5, 'same', b=True)"),
        (called([(1, 2), (3, 4)], [0.5]), "f([(1, 2), (3, 4)], [0.5])"),
        (called([1.5] * 30, ()), "f(x, w)\n  x (a list of 30)   w (a tuple of 0)"),
        (called({"a": SMALL}, [SMALL, SMALL]), "f(x, w)\n  x (a dict of 1)   w (a list of 2)"),
        (called(1, 2, 3, 4, 5, 6), "f(1, 2, b=3, step=4, ring=5, 6)"),
        (called(1, other=2), "f(1, other=2)"),
        (called(), "f()"),
        (called((SMALL, SMALL), signature=Signature(("x",), {"x": (1, 2)})), "f(x)\n  x (a tuple of 2)"),
        (called((1, 2), signature=Signature(("x",), {"x": (1, 2)})), "f()"),
        (called(LARGE, signature=Signature()), "f(argument 1)\n  argument 1 (2, 3, 7, 10) uint8"),
    ],
    ids=range(15),
)
def test_calls_as_one_would_type_them(text: str, told: str) -> None:
    """defaults are left out, options are named, arrays stand below with their numbers or their shapes"""
    assert text == told


def test_numbers_that_are_not_the_students_are_left_out() -> None:
    """on inputs that a student does not have neither an array's number nor an argument's is told"""
    text = called(SMALL, [3, 4], np.array([7.0]), step=2, ring=(1, 3), with_numbers=False)
    assert text == "f(x, w, b, step=..., ring=...)\n  x (2, 2) float64   b (1,) float64"
    assert called(28, 5, with_numbers=False) == "f(x, w)"


def test_an_array_may_take_two_lines() -> None:
    """where all arrays are told with their numbers a line may end between two rows, and nowhere else"""
    text = called(np.arange(20.0).reshape(4, 5) * 1.25)
    first, *lines = text.split("\n")
    assert first == "f(x)"
    assert [line[-3:] for line in lines] == ["5],", "t64"]


ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.int8, np.bool_, np.float16, np.uint64]), hnp.array_shapes(min_dims=0, max_side=9)
)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text() | ARRAYS


@given(st.lists(PLAIN | st.lists(PLAIN, max_size=4) | st.dictionaries(st.text(), PLAIN, max_size=3), max_size=6), st.booleans())
def test_any_call_fits(args: list[Any], with_numbers: bool) -> None:
    """whatever the arguments are, the call takes no more lines and columns than it may, and shows nothing unprintable"""
    signature = Signature(("x", "w", "b"), {"x": (1, 2), "w": 0, "b": "text"})
    lines = called(*args, signature=signature, with_numbers=with_numbers).split("\n")
    assert len(lines) <= LINES
    assert all(len(line) <= WIDTH and line.isprintable() for line in lines)
