"""Comparing answers: what is right passes however it was computed, and what is wrong is told by its smallest fact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade import assert_close, assert_raises
from cnngrade.compare import Mismatch
from cnngrade.errors import StudentRaised, StudentUnfinished
from cnngrade.wire import Token

FLOATS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e3, 1e3))


def fact(actual: Any, expected: Any, **options: Any) -> str:
    with pytest.raises(Mismatch) as caught:
        assert_close(actual, expected, **options)
    return str(caught.value)


@given(FLOATS)
def test_an_answer_equals_itself(x: np.ndarray) -> None:
    """an array passes against itself, in float32 as well, and as float64 against float32"""
    assert_close(x.copy(), x)
    single = x.astype(np.float32)
    assert_close(single.astype(np.float64), single)


@given(FLOATS.filter(lambda x: np.abs(x).max() > 1), st.integers(0, 10_000))
def test_a_difference_beyond_rounding_is_found(x: np.ndarray, place: int) -> None:
    """a change of a thousandth of the largest number in any one place is found"""
    y = x.copy()
    y.flat[place % y.size] += 1e-3 * np.abs(x).max()
    assert "differ" in fact(y, x)


@given(FLOATS.filter(lambda x: np.abs(x).max() > 1))
def test_rounding_is_forgiven(x: np.ndarray) -> None:
    """a few units in the last place of the largest number are rounding"""
    assert_close(x + 10 * np.finfo(np.float64).eps * np.abs(x).max(), x)


def test_the_scale_is_what_was_added_up() -> None:
    """where large terms cancel, the tolerance follows the terms and not the small result"""
    expected = np.array([1e-8])
    assert "differs" in fact(expected + 1e-12, expected)
    assert_close(expected + 1e-12, expected, scale=np.array([1e3]))


def test_zeros_forgive_rounding() -> None:
    """where only zeros are expected, what cancelled to nearly zero is right, and a small number is not"""
    assert_close(np.array([1e-17, 0.0]), np.zeros(2))
    assert "differ" in fact(np.array([1e-9, 0.0]), np.zeros(2))


@pytest.mark.parametrize(
    ("actual", "expected", "says"),
    [
        (None, np.zeros(3), "Did you forget `return`?"),
        ([1.0, 2.0], np.zeros(2), "np.array(...)"),
        (1.0, np.zeros(2), "inside the loop"),
        (np.zeros((3, 2)), np.zeros((2, 3)), "another order"),
        (np.zeros(3), np.zeros((1, 3)), "squeezed"),
        (np.zeros((2, 4)), np.zeros((2, 3)), "Axis 1 is 4 long instead of 3"),
        (np.zeros(2, int), np.zeros(2), "whole numbers"),
        (np.zeros(2, np.float16), np.zeros(2), "three digits"),
        (np.zeros(2, complex), np.zeros(2), "real part"),
        (np.array([1.0, np.nan]), np.ones(2), "1 of 2 numbers are NaN; first [1]"),
        (np.ones(2), np.array([1.0, np.nan]), "must show it; [1]"),
        (np.array([-np.inf]), np.array([np.inf]), "yours -inf, expected inf"),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), "1 of 2 numbers differ; first [1]: yours 2, expected 3"),
        (np.array([1.0000001]), np.array([1.0]), "yours 1.0000001, expected 1"),
        (np.array([1, 2]), np.array([1, 3]), "yours 2, expected 3"),
        (24.0, 24, "Use // instead of /"),
        (23, 24, "yours is 23, expected 24"),
        ("a", 24, "a text came back"),
        ((np.ones(2),), (np.ones(2), np.ones(2)), "1 values came back, 2 were expected"),
        ((np.ones(2), np.zeros(2)), (np.ones(2), np.ones(2)), "item 1: 2 of 2 numbers differ"),
        ({"a": 1}, {"b": 1}, "the keys are ['a'], expected ['b']"),
        ([np.ones(1)], (np.ones(1),), "a list came back, a tuple was expected"),
        (Token(0, "set"), np.ones(1), "an object of type set"),
        (np.array([True]), np.array([1]), "whole numbers"),
    ],
)
def test_the_fact_shows_the_mistake(actual: Any, expected: Any, says: str) -> None:
    """each kind of mistake has its own sentence"""
    assert says in fact(actual, expected)


def test_numbers_of_numpy_are_numbers() -> None:
    """NumPy's own integers and floats, and arrays without dimensions, pass for Python's"""
    assert_close(np.int64(24), 24)
    assert_close(np.float32(0.5), 0.5)
    assert_close(np.array(3), 3)
    assert_close(3, 3.0)
    assert_close(np.zeros((0, 3)), np.zeros((0, 3)))


class Always(np.ndarray):
    """An array that takes part in every comparison and wins it."""

    def __array_function__(self, *_: Any, **__: Any) -> Any:
        raise SystemError("called")

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        raise SystemError("called")

    def __eq__(self, other: object) -> Any:
        raise SystemError("called")

    __hash__ = None  # type: ignore[assignment]


class Agreeable:
    """An object that is equal to everything."""

    def __eq__(self, other: object) -> bool:
        raise SystemError("called")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise SystemError("called")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("answer", [np.zeros(2).view(Always), Agreeable(), [Agreeable()], {"a": Agreeable()}])
def test_no_foreign_method_is_called(answer: Any) -> None:
    """an object that would have a say in its own comparison is refused unseen"""
    for expected in (np.zeros(2), 1.0, [1.0], {"a": 1.0}, (1.0,)):
        with pytest.raises(Mismatch):
            assert_close(answer, expected)


def test_raising_is_an_answer() -> None:
    """the asked-for exception passes, of the student's or of a plain function; another one and none do not"""

    def student(x: Any, padding: int = 0) -> Any:
        if padding < 0:
            raise StudentRaised("no", ("MyError", "ValueError", "Exception"), "no")
        return x

    def plain() -> None:
        raise IndexError

    assert_raises(ValueError, student, np.zeros((2, 3)), padding=-1)
    assert_raises(LookupError, plain)
    with pytest.raises(Mismatch, match=r"student\(<2x3>, padding=-1\) should raise KeyError; it raised MyError"):
        assert_raises(KeyError, student, np.zeros((2, 3)), padding=-1)
    with pytest.raises(Mismatch, match=r"it returned an array of shape \(2, 3\)"):
        assert_raises(ValueError, student, np.zeros((2, 3)))


def test_an_unfinished_stub_stays_unfinished() -> None:
    """a stub that raises because it is a stub has not rejected anything"""

    def stub() -> Any:
        raise StudentUnfinished("yours to write")

    with pytest.raises(StudentUnfinished):
        assert_raises(NotImplementedError, stub)
