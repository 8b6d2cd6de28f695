"""Comparing answers: what is right passes however it was computed, and what is wrong is shown by its smallest fact."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade import assert_close, assert_raises, shaped_like
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
        ("a", 24, "a string came back"),
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


@pytest.mark.parametrize(
    ("actual", "expected", "scale"),
    [
        (np.full(6, 40.0), np.linspace(-2, 3, 6), 1e8),
        (40.0, 3.7, 1e8),
        (np.zeros(6), np.linspace(1e-9, 1e-8, 6), 1.0),
        (np.zeros(6), np.array([0.0, 0.0, 0.0, 0.0, 1e-9, 1e-8]), 1.0),
        (np.full(6, 1e-8), np.zeros(6), None),
        (np.linspace(1, 2, 6) * 1.0001, np.linspace(1, 2, 6), 1e6),
        (np.array([1.0, 1e-9, 1e-9, 1e-9]), np.array([1.0, 3e-9, 2e-9, 5e-9]), 1.0),
    ],
)
def test_near_to_the_scale_alone_is_not_nearly_right(actual: Any, expected: Any, scale: float | None) -> None:
    """what is small beside a large scale, and far from the expected numbers themselves, has lost more than digits"""
    with pytest.raises(Mismatch) as raised:
        assert_close(actual, expected, scale=scale)
    assert raised.value.cause == ""


def test_a_sum_that_cancels_has_lost_digits_too() -> None:
    """most sums of 75 products in float32 are near to themselves, and the few that nearly cancel are no objection"""
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=(40, 75)), rng.normal(size=(75, 9))
    with pytest.raises(Mismatch) as raised:
        assert_close((x.astype(np.float32) @ w.astype(np.float32)).astype(float), x @ w, scale=np.abs(x) @ np.abs(w))
    assert raised.value.cause == SEVEN_DIGITS


def test_a_number_too_long_to_write_is_judged() -> None:
    """an integer that Python will not write out is shown by its length"""
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
    """an object that would influence its own comparison is refused unseen"""
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


EPS = np.finfo(np.float64).eps
EPS_SINGLE = np.finfo(np.float32).eps


@pytest.mark.parametrize(
    ("expected", "step", "options"),
    [
        (np.array([1.0]), EPS, {}),
        (np.array([1.0, 0.25]), EPS, {}),
        (np.array([EPS]), EPS * EPS, {}),
        (np.array([1.0, 0.25]), EPS / 4, {"scale": np.array([1.0, 0.25])}),
        (np.array([[1.0, 2.0], [1.0, 2.0]]), EPS, {"scale": np.array([2.0, -1.0])}),
        (np.array([0.0, 0.0]), EPS, {}),
        (np.array([np.inf, 1.0]), EPS, {}),
        (np.array([1.0], np.float32), EPS_SINGLE, {}),
        (np.array([1.0], np.complex64), EPS_SINGLE, {}),
        (np.array([1.0j]), EPS, {}),
        (1.0, EPS, {}),
    ],
)
def test_fifty_roundings_are_forgiven(expected: Any, step: float, options: dict[str, Any]) -> None:
    """50 eps times the scale is rounding, 51 is not; the scale is the largest expected number where none is given"""
    last = np.zeros(np.shape(expected))
    last.flat[-1] = step
    assert_close(expected + 50 * last, expected, **options)
    assert "differ" in fact(expected + 51 * last, expected, **options)


def test_the_tolerance_can_be_given() -> None:
    """`c` is the number of roundings that are forgiven"""
    assert_close(1.0 + 4 * EPS, 1.0, c=4)
    assert "differs" in fact(1.0 + 5 * EPS, 1.0, c=4)


def test_each_part_has_its_scale() -> None:
    """the scale of a tuple, list or dict is one for all parts, or has the same parts"""
    for actual, scale in (((1e-9, 1e-9), (1e8, 1.0)), ([1e-9, 1e-9], [1e8, 1.0])):
        expected = type(actual)([0.0, 0.0])
        assert "item 1: the number differs" in fact(actual, expected, scale=scale)
        assert_close(actual, expected, scale=1e8)
    table = {"a": 1e-9, "b": 1e-9}
    assert "'b': the number differs" in fact(table, dict.fromkeys(table, 0.0), scale={"b": 1.0, "a": 1e8})
    assert_close(table, dict.fromkeys(table, 0.0), scale=1e8)


def test_a_scale_without_a_size_forgives_nothing() -> None:
    """where the scale is infinite, NaN or zero, the expected number is right, and no other"""
    for scale in (np.inf, np.nan, 0.0):
        assert_close(np.ones(2), np.ones(2), scale=np.array([scale, 1.0]))
        assert "first [0]" in fact(np.array([1.0 + EPS, 1.0]), np.ones(2), scale=np.array([scale, 1.0]))
    # What is too small to have all its digits is a zero.
    assert_close(np.array([1e-308]), np.zeros(1), scale=np.zeros(1))
    assert "differs" in fact(np.array([1e-307]), np.zeros(1), scale=np.zeros(1))


@pytest.mark.parametrize(
    ("actual", "expected", "shown"),
    [
        (0.123456, 0.124456, "yours 0.123, expected 0.124"),
        (0.123156, 0.123356, "yours 0.1232, expected 0.1234"),
        (0.12345678, 0.12345978, "yours 0.123457, expected 0.12346"),
        (0.12345678912, 0.12345679312, "yours 0.123456789, expected 0.123456793"),
        (0.1 + 1e-13, 0.1, "yours 0.10000000000010001, expected 0.10000000000000001"),
        (1 + 2j, 1 + 2.5j, "yours 1+2j, expected 1+2.5j"),
        (np.float32(0.5), np.float32(0.25), "yours 0.5, expected 0.25"),
    ],
)
def test_as_many_digits_as_it_takes(actual: Any, expected: Any, shown: str) -> None:
    """numbers are shown to 3 digits, and to 4, 6, 9 or 17 where fewer do not show the difference"""
    assert fact(np.array([actual]), np.array([expected])) == f"the number differs: first [0]: {shown}"


@pytest.mark.parametrize(
    ("actual", "expected", "told"),
    [
        ((2, 3), (3, 2), " The axes are in another order."),
        ((3, 4), (1, 3, 4), " Axes of length 1 must stay: nothing may be squeezed away."),
        ((0, 4), (1, 0, 4), " Axes of length 1 must stay: nothing may be squeezed away."),
        ((3, 1, 4), (1, 3, 4), " The axes are in another order."),
        ((3, 4, 1, 1), (1, 3, 4), " There is an axis of length 1 too many or too few."),
        ((6,), (2, 3), " It has 1 axis instead of 2."),
        ((1, 6, 5), (2, 3), " It has 3 axes instead of 2."),
        ((), (2, 3), " It has 0 axes instead of 2."),
        ((2, 7, 4), (2, 3, 4), " Axis 1 is 7 long instead of 3."),
        ((7, 9), (2, 3), ""),
    ],
)
def test_the_shape_is_explained(actual: tuple[int, ...], expected: tuple[int, ...], told: str) -> None:
    """of shapes that differ, the likely cause is told where there is one"""
    assert fact(np.zeros(actual), np.zeros(expected)) == f"the shape is {actual}, expected {expected}.{told}"


@pytest.mark.parametrize(
    ("actual", "expected", "told"),
    [
        ("a", np.zeros(2), "a string came back, an array of shape (2,) was expected."),
        (1.0, np.zeros(()), "the number differs: yours 1, expected 0"),
        ("a", np.zeros(()), "a string came back, an array of shape () was expected."),
        ([1.0], 1.0, "a list came back, the number 1.0 was expected."),
        (np.ones(2), 1.0, "an array of shape (2,) came back, the number 1.0 was expected."),
        ((1.0,), np.zeros(1), "a tuple came back, an array of shape (1,) was expected. Make an array of it: np.array(...)."),
        (None, 1.0, "None came back, the number 1.0 was expected. Did you forget `return`?"),
        ("a", "b", "yours is 'a', expected 'b'."),
        (np.array([2, 1]), np.array([True, False]), "True and False were expected, the answer is int64."),
        (np.array([1.0]), np.array([1]), "whole numbers (int64) were expected, the answer is float64."),
        (np.array([1], np.float16), np.array([1]), "whole numbers (int64) were expected, the answer is float16."),
        (np.array([1j]), np.array([1]), "whole numbers (int64) were expected, the answer is complex128."),
        (np.array([1j]), np.array([True]), "True and False were expected, the answer is complex128."),
        (np.array([True, False]), np.array([True, True]), "1 of 2 answers differ; first [1]: yours False, expected True"),
        (np.float64(np.nan), 1.0, "1 of 1 numbers are NaN; first the only one."),
        (1.0, np.float64(np.nan), "where the input has NaN values the answer must show it; here it does not."),
        (np.array([np.nan] * 3), np.array([np.nan, 1.0, 1.0]), "2 of 3 numbers are NaN; first [1]."),
        (np.array([[1.0, np.inf]]), np.array([[1.0, 2.0]]), "1 of 2 numbers are infinite; first [0, 1]."),
        (
            np.array([np.nan, 1.0, 1.0]),
            np.array([np.nan] * 3),
            "where the input has NaN values the answer must show it; [1] it does not.",
        ),
        (
            np.array([np.inf, -np.inf, 2.0]),
            np.array([np.inf, np.inf, 2.0]),
            "1 of 3 numbers differ; first [1]: yours -inf, expected inf",
        ),
        (
            np.float16(1),
            np.array(1.0, np.float32),
            "the answer is float16, which keeps only three digits; float32 was expected.",
        ),
        (((1.0,), 2.0), ((3.0,), 2.0), "item 0, item 0: the number differs: yours 1, expected 3"),
        (3.5, 3, "the number must be whole (an int); yours is 3.5, expected 3."),
    ],
)
def test_the_whole_fact(actual: Any, expected: Any, told: str) -> None:
    """what is said is this and no more: no hint where none is known to fit"""
    assert fact(actual, expected) == told


def test_special_numbers_and_half_precision_that_are_expected_pass() -> None:
    """NaN and infinities are right where they are expected, and so is float16; rounding beside them is forgiven"""
    assert_close(np.array([np.nan, np.inf, -np.inf, 1 + EPS]), np.array([np.nan, np.inf, -np.inf, 1.0]))
    assert_close(np.ones(2, np.float16), np.ones(2, np.float16))
    assert_close(np.ones(2), np.ones(2, complex))
    assert_close(np.ones(2, np.uint8), np.ones(2, int))


def test_lost_digits_are_named_beside_what_is_not_finite() -> None:
    """an answer that has been float32 is known by its other numbers; off by more than 5e-7 of the scale it is just wrong"""
    x = np.linspace(1, 2, 10)
    short = x.astype(np.float32).astype(float)
    short[3] = x[3] = np.nan
    causes = []
    for actual in (short, x + 0.9e-6, x + 1.1e-6):
        with pytest.raises(Mismatch) as raised:
            assert_close(actual, x)
        causes.append(raised.value.cause)
    assert causes == [SEVEN_DIGITS, NEARLY_RIGHT, ""]
    with pytest.raises(Mismatch) as raised:
        assert_close(np.float32(1.001), np.float32(1.0))
    assert raised.value.cause == ""


def test_an_exception_has_a_name_or_none() -> None:
    """the student's exception is told by its own class; one that has no name is something else"""

    def student(kinds: tuple[str, ...]) -> None:
        raise StudentRaised("no", kinds, "the message")

    for kinds, came in (((), "something else"), (("MyError", "Exception"), "MyError")):
        with pytest.raises(Mismatch, match=f"should raise KeyError; it raised {came}: the message"):
            assert_raises(KeyError, student, kinds)


NETWORK = {"w": np.zeros((3, 1, 2, 2)), "b": np.zeros(3), "n": 4, "name": "net", "parts": (1.5, [np.zeros(2, int), None])}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"w": np.zeros((8, 1, 2, 2))}, "'w': the shape is (8, 1, 2, 2), expected (3, 1, 2, 2). Axis 0 is 8 long"),
        ({"w": np.zeros((3, 1, 2, 2), complex)}, "'w': the answer is complex (complex128); take its real part."),
        ({"w": np.zeros((3, 1, 2, 2), int)}, "'w': the answer has whole numbers (int64), fractions are lost"),
        ({"w": [[1.0]]}, "'w': a list came back, an array of shape (3, 1, 2, 2) was expected."),
        ({"w": np.zeros((3, 1, 2, 2), object)}, "'w': an array of shape (3, 1, 2, 2) that holds no numbers"),
        ({"b": 1.0}, "'b': the number 1.0 came back, an array of shape (3,) was expected."),
        ({"n": 4.5}, "'n': the number must be whole (an int); yours is 4.5"),
        ({"n": np.zeros(3)}, "'n': an array of shape (3,) came back, the number 4 was expected."),
        ({"name": None}, "'name': None came back, a string was expected. Did you forget `return`?"),
        ({"parts": (1.5,)}, "'parts': 1 values came back, 2 were expected."),
        ({"parts": (1.5, [np.zeros(2), None])}, "'parts', item 1, item 0: whole numbers (int64) were expected"),
        ({"parts": (1.5, [np.zeros(2, int), 0])}, "'parts', item 1, item 1: the number 0 came back, None was expected."),
        ({"more": 1}, "the keys are ['b', 'more', 'n', 'name', 'parts', 'w'], expected ['b', 'n', 'name', 'parts', 'w']."),
    ],
)  # fmt: skip
def test_the_form_alone(changed: dict[str, Any], told: str) -> None:
    """types, shapes and kinds of dtype are compared part for part, and say what is wrong as a whole comparison does"""
    with pytest.raises(Mismatch) as caught:
        shaped_like(NETWORK | changed, NETWORK)
    assert str(caught.value).startswith(told)
    with pytest.raises(Mismatch) as caught:
        assert_close(NETWORK | changed, NETWORK)
    assert str(caught.value).startswith(told)


def test_the_form_says_nothing_about_numbers() -> None:
    """an answer of the right form comes back as it is, whatever its numbers, NaN among them"""
    answer = {
        "w": np.full((3, 1, 2, 2), np.nan, np.float32), "b": np.full(3, np.inf), "n": 7, "name": "other",
        "parts": (2, [np.ones(2, np.uint8), None]),
    }  # fmt: skip
    assert shaped_like(answer, NETWORK) is answer


def huge(dtype: type) -> np.ndarray:
    """Return an array of 2**28 numbers that takes no memory."""
    return np.lib.stride_tricks.as_strided(np.zeros(1, dtype), (1 << 14, 1 << 14), (0, 0))


@pytest.mark.parametrize(
    "answer",
    [
        huge(float), huge(np.int8), huge(complex), huge(np.longdouble), huge(bool), np.zeros((1 << 40, 0)),
        np.zeros((0, 1 << 40)), np.full(3, None, object), [0.0] * 100_000, (huge(float),) * 3, {"a": huge(float)},
        {n: n for n in range(100_000)}, np.full(1 << 16, np.nan), [[[[0]]]] * 1_000, {1: {2: {3: {}}}},
    ],
    ids=lambda answer: type(answer).__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "expected", [np.zeros((2, 3)), np.zeros(()), 1.5, 3, "word", (1.0, np.zeros(2)), {"a": np.zeros(2)}, [1]]
)
@pytest.mark.parametrize("compare", [assert_close, shaped_like])
def test_nothing_is_computed_with_what_has_another_form(compare: Any, answer: Any, expected: Any) -> None:
    """whatever comes in place of a small value is refused without memory of its size, and in a short sentence"""
    tracemalloc.start()
    try:
        with pytest.raises(Mismatch) as caught:
            compare(answer, expected)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) < 2_000


@pytest.mark.parametrize(
    "answer",
    [10**4_299, 1 << 1_000_000, -(1 << 1_000_000), "x" * 1_000_000, "\ud83d" * 100_000],
    ids=["long", "longer", "negative", "string", "surrogates"],
)
@pytest.mark.parametrize("expected", [np.zeros((2, 3)), np.zeros(()), 1.5, 3, False, "word", None, (1.0, np.zeros(2)), [1]])
def test_long_numbers_and_strings_are_refused_shortly(answer: Any, expected: Any) -> None:
    """of a number or a string that is too long to be looked at a part is shown"""
    with pytest.raises(Mismatch) as caught:
        assert_close(answer, expected)
    assert len(str(caught.value)) < 500


# Every number of these is one of four that no count, shape or dtype can be.
A, B = 7731, 8842
ROW = np.array([A + 0.5, B + 0.5, A + 0.25])
SUMMED = "Is the `return` inside the loop, or was everything summed up?"
FORMS: dict[str, tuple[Any, Any, str]] = {
    "nothing": (None, ROW, "None came back, an array of shape (3,) was expected. Did you forget `return`?"),
    "one number": (B, ROW, f"a number came back, an array of shape (3,) was expected. {SUMMED}"),
    "a number for a tuple": (B, (A, B), "a number came back, a tuple was expected."),
    "a string for a number": ("8842", A, "a string came back, a number was expected."),
    "a truth for a string": (True, "7731", "True or False came back, a string was expected."),
    "a list": (ROW.tolist(), ROW, "a list came back, an array of shape (3,) was expected. Make an array of it: np.array(...)."),
    "shape": (ROW[:2], ROW, "the shape is (2,), expected (3,). Axis 0 is 2 long instead of 3."),
    "whole": (
        ROW.astype(int),
        ROW,
        "the answer has whole numbers (int64), fractions are lost; float64 was expected. Make the output with a float dtype.",
    ),
    "values": (ROW + 1, ROW, "3 of 3 numbers differ."),
    "some values": (ROW * [1, 2, 1], ROW, "1 of 3 numbers differ."),
    "one value": (float(B), float(A), "the number differs."),
    "truths": (np.array([True, True]), np.array([True, False]), "1 of 2 answers differ."),
    "nan": (ROW * [1, np.nan, np.nan], ROW, "2 of 3 numbers are NaN."),
    "infinite": (ROW * np.inf, ROW, "3 of 3 numbers are infinite."),
    "no nan": (ROW, ROW * [1, np.nan, 1], "where the input has NaN values the answer must show it."),
    "other infinity": (ROW * [1, -np.inf, 1], ROW * [1, np.inf, 1], "1 of 3 numbers differ."),
    "an int": (B, A, "the number differs."),
    "a huge int": (10**5000 + B, float(A), "the number differs."),
    "a fraction": (B + 0.5, A, "the number must be whole (an int)."),
    "a float that is whole": (float(A), A, "the number must be whole (an int). Use // instead of /."),
    "no truth": (B, True, "True or False was expected, a number came back."),
    "strings": ("8842", "7731", "the string differs."),
    "length": ((A,), (A, B), "1 values came back, 2 were expected."),
    "an item": ((A, ROW + 1), (A, ROW), "item 1: 3 of 3 numbers differ."),
    "names": ({"w": B}, {"b": A}, "the keys are ['w'], expected ['b']."),
    "below a name": ({"w": ROW + 1}, {"w": ROW}, "'w': 3 of 3 numbers differ."),
    "numbers as keys": ({B: 1}, {A: 1}, "other keys were expected."),
    "below a number": ({"w": [{A: ROW + 1}]}, {"w": [{A: ROW}]}, "'w', item 0: what stands at a key is wrong."),
    "below a number and a name": ({A: {"w": B}}, {A: {"w": A}}, "what stands at a key is wrong."),
}


@pytest.mark.parametrize(("actual", "expected", "form"), FORMS.values(), ids=FORMS)
def test_the_form_of_a_mistake_names_no_number(actual: Any, expected: Any, form: str) -> None:
    """what a student reads of a comparison on numbers that he does not have: types, dtypes, shapes and counts, and no value"""
    with pytest.raises(Mismatch) as caught:
        assert_close(actual, expected)
    assert caught.value.form == form
    assert not any(str(number) in form for number in (A, B))


def test_the_form_of_a_missing_exception_names_no_number() -> None:
    """neither what the function was given nor what it returned or said is in it"""

    def said(*_: int, **__: int) -> None:
        raise StudentRaised("", ("IndexError", "LookupError"), f"no row {B}")

    for function, end in ((lambda *_, **__: B, "it returned a number."), (said, "it raised IndexError.")):
        function.__name__ = "pool"
        with pytest.raises(Mismatch) as caught:
            assert_raises(KeyError, function, A, size=A)
        assert str(A) in str(caught.value)
        assert caught.value.form == f"pool should raise KeyError here; {end}"
