"""What is fast of a sweep is what was named."""

from __future__ import annotations

import pytest

from support.sweeps import sweep


def fast(parameters):
    return [parameter.values for parameter in parameters if not parameter.marks]


def test_what_is_named_is_fast():
    """by itself or by its id; a tuple is the values of several arguments"""
    assert fast(sweep(["a", "b", "c"], {"b"})) == [("b",)]
    assert fast(sweep([("a", 1), ("b", 2)], [("b", 2)])) == [("b", 2)]
    found = sweep([lambda: 1, lambda: 2], {"two"}, ["one", "two"])
    assert [parameter.id for parameter in found] == ["one", "two"]
    assert [values[0]() for values in fast(found)] == [2]


@pytest.mark.parametrize(("names", "said"), [({"gone"}, r"these names: \['gone'\]"), (set(), "no case is fast")])
def test_a_name_of_nothing_is_an_error(names, said):
    """nothing becomes slow because a case was renamed"""
    with pytest.raises(ValueError, match=said):
        sweep(["a", "b"], names)
