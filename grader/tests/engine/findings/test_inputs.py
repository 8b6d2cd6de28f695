"""Which inputs fail: the rules that are told, and those that are not, because too little stands behind them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.findings.inputs import rule_of, tally_of
from cnngrade.findings.seen_calls import SeenCall
from cnngrade.findings.signature import Signature

SIGNATURE = Signature(
    ("x", "w", "b", "step", "ring"),
    {"b": None, "step": 1, "ring": 0},
    {"x": ("N", "C", "H", "W"), "w": ("K", "C", "kh", "kw"), "b": ("K",)},
)
UNNAMED = Signature(SIGNATURE.positional, SIGNATURE.defaults)
RNG = np.random.default_rng(5)


def arguments(x: Any, w: Any, **others: Any) -> dict[str, Any]:
    """Return the arguments of a call with random arrays of the shapes."""
    arrays = [RNG.normal(size=shape) if isinstance(shape, tuple) else shape for shape in (x, w)]
    return SIGNATURE.bound(arrays, others)


# As the public cases of a course ask: sizes that differ, options alone and together.
ASKED = [
    arguments((1, 1, 5, 5), (1, 1, 3, 3)),
    arguments((2, 3, 7, 10), (5, 3, 3, 4)),
    arguments((3, 2, 5, 6), (4, 2, 2, 3), b=RNG.normal(size=4)),
    arguments((2, 4, 6, 7), (2, 4, 2, 2), b=RNG.normal(size=2), step=2),
    arguments((2, 2, 5, 6), (3, 2, 3, 2), b=RNG.normal(size=3), ring=2),
    arguments((2, 3, 7, 10), (5, 3, 3, 4), b=RNG.normal(size=5), step=2, ring=1),
    arguments(RNG.integers(0, 256, (2, 3, 8, 9), np.uint8), (4, 3, 3, 3), b=RNG.normal(size=4), step=3, ring=1),
    arguments((1, 3, 12, 17), (4, 3, 3, 3), ring=1),
    arguments(RNG.integers(-9, 9, (2, 3, 5, 6)), (4, 3, 2, 3), b=RNG.normal(size=4), ring=1),
    arguments((1, 1, 4, 6), (1, 1, 3, 2), b=RNG.normal(size=1)),
    arguments((2, 3, 5, 6), (4, 3, 1, 3), b=RNG.normal(size=4)),
    arguments((2, 3, 6, 6), (4, 3, 3, 1), b=RNG.normal(size=4)),
]


def judged(is_right: Callable[[dict[str, Any]], bool], calls: list[dict[str, Any]] = ASKED) -> list[SeenCall]:
    return [SeenCall(call, bool(is_right(call))) for call in calls]


def divides(call: dict[str, Any]) -> bool:
    return all((call["x"].shape[axis] - call["w"].shape[axis]) % call["step"] == 0 for axis in (2, 3))


@pytest.mark.parametrize(
    ("is_right", "rule"),
    [
        (
            lambda call: call["step"] == 1,
            "Right in all 9 calls where `step` is 1; wrong in all 3 where it is more than 1.",
        ),
        (
            lambda call: call["ring"] > 0,
            "Right in all 5 calls where `ring` is more than 0; wrong in all 7 where it is 0.",
        ),
        (
            lambda call: call["b"] is None,
            "Right in all 3 calls where `b` is None; wrong in all 9 where it is given.",
        ),
        (
            lambda call: call["x"].dtype.kind == "f",
            "Right in all 10 calls where `x` holds floats; wrong in both where it holds whole numbers.",
        ),
        (
            lambda call: call["b"] is None or call["b"].size == 1,
            "Right in all 4 calls where `b` is None or holds one number; wrong in all 8 where it holds more than one number.",
        ),
        (
            lambda call: call["x"].shape[0] == 1,
            "Right in all 3 calls where N of `x` is 1; wrong in all 9 where it is more than 1.",
        ),
        (
            lambda call: call["w"].shape[2] != call["w"].shape[3],
            "Right in all 8 calls where kh and kw of `w` differ; wrong in all 4 where they are equal.",
        ),
        (
            divides,
            "Right in all 10 calls where `step` divides H - kh and W - kw; wrong in both where it does not.",
        ),
        (
            lambda call: not (call["step"] > 1 and call["ring"] > 0),
            "Wrong in both calls where `step` is more than 1 and `ring` is more than 0; right in all 10 others.",
        ),
    ],
    ids=["an option", "without it", "None", "dtype", "one or none", "one of them", "square", "divides", "both"],
)
def test_the_plainest_rule_is_told(is_right: Callable[[dict[str, Any]], bool], rule: str) -> None:
    """a fault that shows with some inputs only is told by these inputs, with the number of calls on either side"""
    assert rule_of(judged(is_right), SIGNATURE) == rule


def test_one_length_that_is_more_than_another() -> None:
    """how two lengths compare is told where nothing plainer tells the calls apart, and no other two compare alike"""
    few = judged(lambda call: call["w"].shape[0] <= call["w"].shape[1])
    assert rule_of(few, SIGNATURE) == "", "K and N, or K and kw, compare in the same way"
    shapes = [((3, c, 9, 8), (k, c, 3, 2)) for c, k in ((2, 3), (4, 3), (3, 5), (6, 5), (7, 8), (9, 8))]
    many = judged(lambda call: call["w"].shape[0] <= call["w"].shape[1], [arguments(*pair) for pair in shapes])
    assert rule_of(many, SIGNATURE) == (
        "Right in all 3 calls where C of `x` is more than K of `w`; wrong in all 3 where it is no more than K of `w`."
    )


def test_without_names_the_axes_are_counted() -> None:
    """where no docstring names the axes they are told by number"""
    told = rule_of(judged(lambda call: call["x"].shape[0] == 1), UNNAMED)
    assert told == "Right in all 3 calls where axis 0 of `x` has length 1; wrong in all 9 where it is longer."
    told = rule_of(judged(divides), UNNAMED)
    assert told == (
        "Right in all 10 calls where `step` divides the lengths of the last two axes of `x` less the last two axes of `w`; "
        "wrong in both where it does not."
    )


@pytest.mark.parametrize("is_right", [lambda _: True, lambda _: False], ids=["all right", "all wrong"])
def test_no_rule_without_two_sides(is_right: Callable[[dict[str, Any]], bool]) -> None:
    """where all calls end alike there is nothing to tell apart"""
    assert rule_of(judged(is_right), SIGNATURE) == ""
    assert tally_of(judged(is_right)) == ""


@given(st.lists(st.booleans(), min_size=len(ASKED), max_size=len(ASKED)))
def test_every_rule_is_true_of_all_calls(outcomes: list[bool]) -> None:
    """whichever calls are wrong: the numbers in what is told are those of the calls, and both sides are spoken of"""
    told = rule_of([SeenCall(call, right) for call, right in zip(ASKED, outcomes, strict=True)], SIGNATURE)
    if told:
        numbers = {"the one": 1, "both": 2} | {f"all {count}": count for count in range(3, len(ASKED))}
        counts = sorted(number for words, number in numbers.items() if f"in {words} " in told)
        right = sum(outcomes)
        assert counts == sorted({right, len(ASKED) - right})


def test_chance_is_no_rule() -> None:
    """of all ways in which two of the twelve calls may be wrong, hardly any gets a rule that is about more than one argument"""
    told = []
    for wrong in itertools.combinations(range(len(ASKED)), 2):
        seen = [SeenCall(call, at not in wrong) for at, call in enumerate(ASKED)]
        told.append(rule_of(seen, SIGNATURE))
    assert len([rule for rule in told if rule]) <= len(told) // 6


def test_two_arguments_of_which_either_fails() -> None:
    """a fault with negative numbers of either of two arguments is told of both; four calls are enough"""
    signature = Signature(("image", "dy", "dx"))
    image = RNG.normal(size=(2, 3, 5, 7))
    moves = {(1, 2): True, (1, 0): True, (-2, 0): False, (1, -1): False}
    seen = [SeenCall({"image": image, "dy": dy, "dx": dx}, right) for (dy, dx), right in moves.items()]
    assert rule_of(seen, signature) == (
        "Right in both calls where `dy` and `dx` are not negative; wrong in both where `dy` or `dx` is negative."
    )


def test_two_features_that_go_together_are_no_rule_of_one() -> None:
    """where two options were never asked for apart, and few calls stand behind it, neither is blamed"""
    signature = Signature(("x", "step", "ring"), {"step": 1, "ring": 0})
    seen = [SeenCall({"x": RNG.normal(size=(n, 3)), "step": step, "ring": ring}, step == 1)
            for n, step, ring in ((2, 1, 0), (3, 1, 0), (4, 2, 1), (5, 3, 2))]  # fmt: skip
    assert rule_of(seen, signature) == ""
    assert tally_of(seen) == "Right in 2 of 4 calls."


def test_one_call_that_is_right_among_wrong_ones_shows_nothing() -> None:
    """a single right call is right by chance as likely as by its shape; a single wrong one has its reason in its inputs"""
    signature = Signature(("logits", "labels"), {}, {"logits": ("N", "M"), "labels": ("N",)})
    sizes = [(1, 3), (5, 4), (4, 3), (3, 4), (6, 4)]
    calls = [{"logits": -np.abs(RNG.normal(size=size)), "labels": np.arange(size[0])} for size in sizes]
    assert rule_of([SeenCall(call, at == 0) for at, call in enumerate(calls)], signature) == ""
    assert rule_of([SeenCall(call, at != 0) for at, call in enumerate(calls)], signature) == (
        "Right in all 4 calls where N of `logits` is more than 1; wrong in the one where it is 1."
    )


def test_a_default_is_told_by_its_value() -> None:
    """an argument whose default is neither 0 nor 1 is told by its default"""
    signature = Signature(("x", "axis"), {"axis": -1})
    seen = [
        SeenCall({"x": RNG.normal(size=(n, 4)), "axis": axis}, axis == -1) for n, axis in enumerate([-1, -1, 0, -1, -1, 0], 2)
    ]
    assert rule_of(seen, signature) == "Right in all 4 calls where `axis` is -1; wrong in both where it is not."


def test_large_numbers_and_nan() -> None:
    """numbers that overflow and NaN are told by what the array holds"""
    signature = Signature(("x",))
    ordinary = [{"x": RNG.normal(size=(n, 4))} for n in range(2, 6)]
    large = [{"x": 1000 * RNG.normal(size=(n, 4))} for n in range(2, 4)]
    broken = [{"x": np.where(RNG.random((n, 4)) < 0.5, np.nan, 1.0)} for n in range(2, 4)]
    seen = [SeenCall(call, right) for calls, right in ((ordinary, True), (large, False)) for call in calls]
    assert "no large numbers; wrong in both where it holds large numbers (above 100 or below -100)" in rule_of(seen, signature)
    broken[0]["x"][0, 0], broken[1]["x"][0, 0] = np.nan, -np.inf
    ordinary[0]["x"][0] = -1.0
    for call in broken:
        call["x"][1, 1:3] = -1.0, 1.0
    seen = [SeenCall(call, right) for calls, right in ((ordinary, True), (broken, False)) for call in calls]
    assert "wrong in both where it holds NaN or infinite numbers" in rule_of(seen, signature)


def test_calls_that_should_raise_are_told_apart() -> None:
    """what should have been refused is a matter of its own, beside the rule of the calls that answer"""
    due = [SeenCall(ASKED[3], right, "ValueError") for right in (True, True, False)]
    answered = judged(lambda _: True)
    assert rule_of([*answered, *due], SIGNATURE) == (
        "Right in all 12 calls that should answer; wrong in 1 of the 3 that should raise ValueError."
    )
    faulty = judged(lambda call: call["ring"] == 0)
    assert rule_of([*faulty, *due], SIGNATURE) == (
        "Right in all 7 calls where `ring` is 0; wrong in all 5 where it is more than 0. "
        "Wrong as well in 1 of the 3 that should raise ValueError."
    )
    other = SeenCall(ASKED[4], False, "TypeError")
    assert rule_of([*answered, *due, other], SIGNATURE).endswith("wrong in 2 of the 4 that should raise an exception.")
    assert rule_of([*judged(lambda _: False), *due], SIGNATURE) == ""


@pytest.mark.parametrize(
    "value",
    [
        "text", b"bytes", True, None, 1j, 10**400, np.nan, [], {}, {"a": [1, {}]}, [(1, 2), "x"], (), np.array("text"),
        np.zeros((0, 3)), np.array(3.5), np.zeros(3, complex), np.array([-128], np.int8), np.array([2**64 - 1], np.uint64),
        np.array([np.nan, np.inf], np.float16), np.zeros((2,) * 12), object(),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_any_argument_can_be_read(value: Any) -> None:
    """no value that may be an argument, nor a mixture of two kinds, ends the search"""
    signature = Signature(("x", "y"), {"y": 7})
    others = [np.arange(3), 2, None, "a", (1, 2)]
    for other in others:
        seen = [
            SeenCall({"x": x, "y": y}, right) for x, y, right in ((value, 1, True), (other, 2, False), (value, other, False))
        ]
        rule_of([*seen, *seen], signature)


def test_a_call_that_says_what_is_wrong_needs_no_rule() -> None:
    """where calls fail because they changed an argument, nothing is said of which"""
    is_right = [call["step"] == 1 for call in ASKED]
    calls = [SeenCall(call, right) for call, right in zip(ASKED, is_right, strict=True)]
    changing = [SeenCall(call, right, says_why=not right) for call, right in zip(ASKED, is_right, strict=True)]
    assert rule_of(calls, SIGNATURE)
    assert not rule_of(changing, SIGNATURE)


SHAPED = Signature(("x", "seed", "rows"), {}, {})


def shaped(shape: tuple[int, ...], seed: int = 0, rows: Any = (1, 2), **kinds: Any) -> dict[str, Any]:
    array = np.abs(RNG.normal(size=shape)) * kinds.get("sign", 1)
    return SHAPED.bound([array.astype(kinds.get("dtype", float)), seed, rows], {})


def test_what_a_seed_holds_is_chance() -> None:
    """a seed is no rule, even where nothing else is"""
    calls = [shaped((2, size), seed=seed) for size in (2, 3, 4) for seed in (0, 1)]
    assert rule_of([SeenCall(call, call["seed"] == 0) for call in calls], SHAPED) == ""


def test_lengths_come_before_signs() -> None:
    """arrays of one column that hold no negative numbers: the column is told, the sign is not"""
    calls = [shaped((size, width), sign=1 if width == 1 else -1) for size in (2, 3, 4) for width in (1, 3)]
    rule = "Right in all 3 calls where axis 1 of `x` has length 1; wrong in all 3 where it is longer."
    assert rule_of([SeenCall(call, call["x"].shape[1] == 1) for call in calls], SHAPED) == rule


def test_a_sign_and_a_dtype_alone() -> None:
    """each is told where nothing else tells the calls apart"""
    signs = [shaped((size, 3), sign=sign) for size in (2, 3, 4) for sign in (1, -1)]
    assert "`x` holds negative numbers" in rule_of([SeenCall(call, call["x"].min() < 0) for call in signs], SHAPED)
    dtypes = [shaped((size, 3), dtype=dtype) for size in (2, 3, 4) for dtype in (float, np.float32)]
    assert "`x` is float64" in rule_of([SeenCall(call, call["x"].dtype == float) for call in dtypes], SHAPED)


def test_a_dtype_that_goes_with_a_length_is_no_rule() -> None:
    """the length may be the cause and so may the dtype: nothing is told"""
    calls = [shaped((size, width), dtype=float if width == 1 else np.float32) for size in (2, 3, 4) for width in (1, 3)]
    assert rule_of([SeenCall(call, call["x"].shape[1] == 1) for call in calls], SHAPED) == ""


def test_lengths_that_are_equal_because_both_are_one() -> None:
    """that both are 1 is told, not that they are equal"""
    sizes = [(1, 1), (1, 1), (1, 3), (3, 1), (2, 3), (4, 2)]
    calls = [shaped((*size, length)) for size in sizes for length in (2, 5)]
    rule = (
        "Right in all 4 calls where axis 0 of `x` and axis 1 of `x` have length 1; "
        "wrong in all 8 where axis 0 of `x` or axis 1 of `x` is longer."
    )
    assert rule_of([SeenCall(call, call["x"].shape[:2] == (1, 1)) for call in calls], SHAPED) == rule


@pytest.mark.parametrize(("others", "told"), [(["ab", "abc"], "it has more."), (["ab", ""], "it has more or none.")])
def test_only_what_was_seen_is_said_of_the_others(others: list[str], told: str) -> None:
    """a row without items is spoken of where there was one"""
    calls = [shaped((size, 3), rows=rows) for size in (2, 3, 4) for rows in map(tuple, ("a", *others))]
    assert rule_of([SeenCall(call, len(call["rows"]) == 1) for call in calls], SHAPED).endswith(told)


def test_an_array_with_fewer_axes_is_not_said_to_have_more() -> None:
    """of the others only what was seen is said"""
    calls = [shaped(shape) for shape in ((2, 3), (3, 4), (4, 2, 1), (2,), (3,), (4,))]
    rule = "Right in all 3 calls where `x` has 1 axis; wrong in all 3 where it has more."
    assert rule_of([SeenCall(call, call["x"].ndim == 1) for call in calls], SHAPED) == rule
