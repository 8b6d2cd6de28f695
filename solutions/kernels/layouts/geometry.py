"""What the layouts tell their parts: which window slides, over which rows, with which bank of filters."""

from __future__ import annotations

from typing import Any, NamedTuple


class Window(NamedTuple):
    """How positions lie: (i, j) of the map looks at row i*stride - top of the image and column j*stride - left.

    It sees zeros where the image has ended. pool: 2 where the largest of each 2x2 positions is kept, and else 1.
    """

    stride: Any
    top: Any
    left: Any
    pool: Any


class Rows(NamedTuple):
    """Rows of numbers that lie one after the other: the first number, and how many numbers each takes."""

    first: Any
    pitch: Any


class Bank(NamedTuple):
    """A bank of filters as the tiles take it.

    packed: the weights in the order of use, `taps` of each of so many `filters`   table: where each tap finds its numbers
    bias: the biases   low: what is smaller becomes `low`; minus infinity leaves all as it is
    """

    packed: Any
    filters: Any
    taps: Any
    table: Any
    bias: Any
    low: Any
