"""Comparing answers: what is right passes however it was computed, and what is wrong is told by its smallest fact."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade import assert_close, assert_raises
from cnngrade.errors import Reason, StudentFailure, StudentRaised
from cnngrade.judge.compare import NEARLY_RIGHT, SEVEN_DIGITS, Mismatch
from cnngrade.worker.wire import Token
from support.failing import failing

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
        (np.array([[1.0], None], dtype=object), np.zeros(2), "holds no numbers (dtype object)"),
        (np.array(["a", "b"]), np.zeros(2), "holds no numbers"),
        (np.zeros(2, "m8[s]"), np.zeros(2), "holds no numbers"),
        (np.array([complex(0, np.inf)]), np.array([complex(0, -np.inf)]), "the number differs: first [0]"),
        (10**30, 3, f"yours is {10**30}, expected 3"),
        (10**400, 1.0, "..., expected 1.0"),
        (3, 10**30, "yours is 3"),
        (np.inf, 10**30, "must be whole"),
        (1.5, 1, "must be whole (an int); yours is 1.5, expected 1."),
        (1, True, "True or False was expected, yours is 1"),
        (False, True, "the answer differs: yours False, expected True"),
        ({1: 1}, {"1": 1}, "the keys are [1], expected ['1']"),
        ([(1, {"a": np.zeros(2)})], [(1, {"a": np.ones(2)})], "item 0, item 1, 'a': 2 of 2 numbers differ"),
        ("x" * 10_000, "y", "expected 'y'"),
        (np.full(3, 1 / 3, np.float32), np.full(3, 1 / 3), "3 of 3 numbers differ"),
    ],
)
def test_the_fact_shows_the_mistake(actual: Any, expected: Any, says: str) -> None:
    """each kind of mistake has its own sentence"""
    told = fact(actual, expected)
    assert says in told
    assert len(told) < 300


def test_lost_digits_are_named() -> None:
    """float32 on the way and an epsilon in a divisor are told apart; what is further off, or right, has no such cause"""
    x = np.linspace(1, 2, 10)
    short = x.astype(np.float32)
    found = [(short, SEVEN_DIGITS), (short.astype(float), SEVEN_DIGITS), (x + 1e-8, NEARLY_RIGHT), (x + 1e-4, "")]
    for actual, cause in found:
        with pytest.raises(Mismatch) as raised:
            assert_close(actual, x / 1.0)
        assert raised.value.cause == cause
    assert_close(short, short)


def test_a_number_too_long_to_write_is_judged() -> None:
    """an integer that Python will not write out is told by its length"""
    assert "yours is about 2**16609, expected 1.0" in fact(10**5000, 1.0)
    assert "yours is about 2**16609" in fact((10**5000,), (2,))


def test_numbers_of_numpy_are_numbers() -> None:
    """NumPy's own integers and floats, and arrays without dimensions, pass for Python's"""
    assert_close(np.int64(24), 24)
    assert_close(np.float32(0.5), 0.5)
    assert_close(np.array(3), 3)
    assert_close(3, 3.0)
    assert_close(3, np.array(3.0))
    assert_close(10**30, 1e30)
    assert_close(10**30, 10**30)
    assert_close(np.ones(3, np.float32), np.ones(3))
    assert_close({np.int64(0): (1, True)}, {0: (1, True)})
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


class Kin(type):
    """A class of classes that claims to be every other class."""

    def __eq__(cls, other: object) -> bool:
        raise SystemError("called")

    def __hash__(cls) -> int:
        raise SystemError("called")

    @property
    def __name__(cls) -> str:
        raise SystemError("called")


class Related(metaclass=Kin):
    """An object whose class is equal to every class."""


class Pretender:
    """An object that says it is an array."""

    @property
    def __class__(self) -> Any:
        raise SystemError("called")


class Key(str):
    """A key that is equal to every key."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise SystemError("called")

    __hash__ = str.__hash__


class Half(np.float64):
    """A number with its own idea of itself."""

    __module__ = "numpy"

    def __float__(self) -> float:
        raise SystemError("called")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise SystemError("called")


def boxed(value: Any) -> np.ndarray:
    box = np.empty(2, object)
    box.fill(value)
    return box


HOSTILE = [
    np.zeros(2).view(Always), Agreeable(), [Agreeable()], {"a": Agreeable()}, Related(), [Related()], Pretender(),
    {Key("b"): 1.0}, Half(1.0), (Half(1.0),), {"a": Half(1.0)}, boxed(Related()), [boxed(Related())],
]  # fmt: skip


# By number, because pytest would ask the answers themselves for a name.
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_foreign_method_is_called(number: int) -> None:
    """an object that would have a say in its own comparison is refused unseen"""
    for expected in (np.zeros(2), 1.0, [1.0], {"a": 1.0}, (1.0,)):
        with pytest.raises(Mismatch):
            assert_close(HOSTILE[number], expected)


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
        raise StudentFailure(Reason.UNFINISHED, "yours to write")

    for kind in (NotImplementedError, Exception):
        with failing(Reason.UNFINISHED):
            assert_raises(kind, stub)


def test_what_was_asked_is_shown_short() -> None:
    """arrays are shown as their shapes, inside of tuples and lists too"""

    def student(*_: Any, **__: Any) -> None: ...

    told = r"student\(<2x3>, \(1, -2\), \[<2>\], value=0\.5, mode='same'\) should raise ValueError; it returned None\."
    with pytest.raises(Mismatch, match=told):
        assert_raises(ValueError, student, np.zeros((2, 3)), (1, -2), [np.zeros(2)], value=np.float64(0.5), mode="same")


DTYPES = ["f8", "f4", "f2", "i8", "u1", "?", "c16", "O", "U1"]
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=3)
    | hnp.arrays(st.sampled_from(DTYPES), hnp.array_shapes(min_dims=0, max_side=2)),
    lambda part: st.lists(part, max_size=2) | st.tuples(part, part) | st.dictionaries(st.integers(0, 1), part),
    max_leaves=4,
)  # fmt: skip


@given(PLAIN, PLAIN)
def test_any_answer_is_judged(answer: Any, expected: Any) -> None:
    """whatever comes back, the comparison ends in yes or in a fact; only what cannot be expected is an error of ours"""
    try:
        assert_close(expected, expected)
    except TypeError:
        return
    with suppress(Mismatch):
        assert_close(answer, expected)
