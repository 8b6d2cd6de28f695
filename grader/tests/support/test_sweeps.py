"""What is fast of a sweep is what was named."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

from support.sweeps import sweep


def fast(parameters: Iterable[ParameterSet]) -> list[tuple[object, ...]]:
    return [tuple(parameter.values) for parameter in parameters if not parameter.marks]


def test_what_is_named_is_fast() -> None:
    """by itself or by its id; a tuple is the values of several arguments"""
    assert fast(sweep(["a", "b", "c"], {"b"})) == [("b",)]
    assert fast(sweep([("a", 1), ("b", 2)], [("b", 2)])) == [("b", 2)]
    found = sweep([1, 2], {"two"}, ["one", "two"])
    assert [parameter.id for parameter in found] == ["one", "two"]
    assert fast(found) == [(2,)]


@pytest.mark.parametrize(("names", "said"), [({"gone"}, r"these names: \['gone'\]"), (set(), "no case is fast")])
def test_a_name_of_nothing_is_an_error(names: set[str], said: str) -> None:
    """nothing becomes slow because a case was renamed"""
    with pytest.raises(ValueError, match=said):
        sweep(["a", "b"], names)
