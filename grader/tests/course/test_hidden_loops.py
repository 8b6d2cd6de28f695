"""The author's guide says which loops are counted and which are left to the clock: held against code of each kind."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from cnngrade.worker.steps import GROWTH, counts
from solutions import convolution
from support.hidden_loops import WAYS
from support.places import ROOT


@functools.cache
def rows_of_the_guide() -> dict[str, str]:
    """Return what the guide says of each way: whether it is counted."""
    _, _, below = (ROOT / "docs" / "author.md").read_text(encoding="utf-8").partition("| a convolution by | counted |")
    rows = [line.split("|")[1:3] for line in below.partition("\n\n")[0].splitlines()[2:]]
    return {name.strip(): counted.strip() for name, counted in rows}


def test_the_guide_names_every_way() -> None:
    """each way that is tried has its row, and no row is about another"""
    assert list(rows_of_the_guide()) == list(WAYS)


@pytest.mark.parametrize("name", WAYS)
def test_a_way_is_counted_or_not(name: str) -> None:
    """what the guide says of a way to loop is so, on a small input, a longer and a large one"""
    rng, way = np.random.default_rng(0), WAYS[name]
    inputs = [(rng.normal(size=(1, 1, side + 1, side)), rng.normal(size=(1, 1, 2, 1))) for side in (2, 8, 64)]
    for args in inputs:
        np.testing.assert_allclose(way(*args), convolution.conv2d(*args))
    smallest, longer, large = counts(way, inputs)
    assert max(longer, large) >= smallest + GROWTH if rows_of_the_guide()[name] == "yes" else large < smallest + GROWTH
