"""Functions that fail because they call another one that fails."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from cnngrade.findings.cascade import Cascade, cascades, may_explain
from cnngrade.findings.seen_calls import SeenCall

ASKED = ("linear", "network", "classify", "read")


def found(uses: dict[str, tuple[str, ...]], *failing: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {outer: (each.inner, each.via) for outer, each in cascades(uses, failing, ASKED).items()}


def test_a_function_waits_for_the_one_that_it_calls() -> None:
    """the one at the bottom is named, by way of those between, and waits for none itself"""
    uses = {"network": ("np", "linear"), "classify": ("network",)}
    for failing in permutations(["linear", "network", "classify"]):
        assert found(uses, *failing) == {"network": ("linear", ()), "classify": ("linear", ("network",))}


def test_own_helpers_are_looked_through() -> None:
    """what a helper calls the function calls; a helper that calls itself is no end"""
    uses = {"network": ("layers",), "layers": ("layers", "one_layer"), "one_layer": ("np", "linear")}
    assert found(uses, "network", "linear") == {"network": ("linear", ())}


def test_what_passes_is_no_cause() -> None:
    """what a function that passes calls does not excuse its caller; neither does a function that does not fail"""
    uses = {"network": ("linear",), "classify": ("network",)}
    assert found(uses, "linear", "classify") == {}
    assert found(uses, "classify") == {}
    assert found({"classify": ("network", "linear"), "network": ("linear",)}, "linear", "classify") == {
        "classify": ("linear", ())
    }


def test_functions_that_call_each_other_excuse_nothing() -> None:
    """in a circle nobody waits for anybody in it, and neither does who calls it; whoever it calls comes first"""
    circle = {"network": ("classify",), "classify": ("network",), "read": ("classify",)}
    assert found(circle, "network", "classify", "read") == {}
    assert found({"network": ("network",)}, "network") == {}
    assert found(circle | {"classify": ("network", "linear")}, "network", "classify", "linear") == {
        "network": ("linear", ("classify",)),
        "classify": ("linear", ()),
    }


@pytest.mark.parametrize(
    ("cascade", "is_unfinished", "text"),
    [
        (Cascade("f", "g"), False, "f calls g, which is wrong as well: put g right first."),
        (Cascade("f", "g", ("h",)), False, "f calls g by way of h, and g is wrong as well: put g right first."),
        (Cascade("f", "g"), True, "f calls g, which is still to do: write g first."),
        (Cascade("f", "g", ("h",)), True, "f calls g by way of h, and g is still to do: write g first."),
    ],
)
def test_what_is_said(cascade: Cascade, is_unfinished: bool, text: str) -> None:
    """the sentence says whom to put right first, and how the one comes to call the other"""
    assert cascade.text(is_unfinished) == text


FLOATS, WHOLE = {"x": np.ones(2)}, {"x": np.ones(2, int)}
RIGHT, WRONG, REFUSED, LET_IN = SeenCall({}, True), SeenCall({}, False), SeenCall({}, True, "E"), SeenCall({}, False, "E")


@pytest.mark.parametrize(
    ("inner", "outer", "explains"),
    [
        ([WRONG], [WRONG], True),
        ([RIGHT, WRONG], [RIGHT, WRONG], True),
        ([RIGHT, WRONG], [WRONG, WRONG], True),
        ([RIGHT, RIGHT, WRONG], [WRONG, WRONG], False),
        ([RIGHT, RIGHT, WRONG], [RIGHT, WRONG], True),
        ([RIGHT, LET_IN], [WRONG], False),
        ([RIGHT, LET_IN], [RIGHT, LET_IN], True),
        ([RIGHT, WRONG], [RIGHT, LET_IN], True),
        ([], [WRONG], True),
        ([SeenCall(FLOATS, True), SeenCall(WHOLE, False)], [SeenCall(FLOATS, False), SeenCall(FLOATS, True)], False),
        ([SeenCall(FLOATS, True), SeenCall(WHOLE, False)], [SeenCall(FLOATS, True), SeenCall(WHOLE, False)], True),
        ([SeenCall(WHOLE, True), SeenCall(WHOLE, False)], [SeenCall(FLOATS, False), SeenCall(FLOATS, True)], True),
    ],
    ids=range(12),
)
def test_one_fault_may_be_why_another_function_fails(inner: list[SeenCall], outer: list[SeenCall], explains: bool) -> None:
    """a function that is right in most calls is not why another one is wrong in all of them"""
    assert may_explain(inner, outer) is explains
