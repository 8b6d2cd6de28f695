"""Which axes a function loops over in Python, judged by how its count of steps grows."""

from __future__ import annotations

from collections.abc import Sequence

from cnngrade.worker.steps import GROWTH


def looped_axes(axes: Sequence[str], found: Sequence[int]) -> tuple[str, ...]:
    """Return the axes that are looped over, given their `counts`: the steps grow from the tiny input on, and grow on.

    Growth that stops is a branch that short axes do not take; a tiny input that is cut short shows no axis. Raises ValueError
    if the counts are not as many as the axes need.
    """
    if len(found) != 2 * len(axes) + 1:
        raise ValueError(f"{len(axes)} axes have {2 * len(axes) + 1} counts, not {len(found)}")
    tiny, pairs = found[0], zip(found[1::2], found[2::2], strict=True)
    return tuple(
        axis for axis, (long, longer) in zip(axes, pairs, strict=True) if long >= tiny + GROWTH and longer >= long + GROWTH
    )
