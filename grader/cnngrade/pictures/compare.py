"""Pictures as values: panels of one drawing, and two drawings side by side.

What is drawn is decided here, once for every form: which scale a panel has, what the difference is, and what is said about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


# Expected panels travel in half precision, which is good to a thousandth of a panel's largest number.
_SAME = 4e-3


# A photograph is drawn from 0 to 1, so that a dim one looks dim. Of what stays below this, too little would be seen.
_DIM = 0.4


@dataclass(frozen=True, slots=True)
class Panel:
    """One image (H, W), or (3, H, W) for colours from 0 to 1, or None with a sentence on why there is none."""

    label: str
    image: Image | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The panels of one picture, or the sentence that came instead."""

    panels: tuple[Panel, ...]
    problem: str = ""
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """What the darkest and the brightest of a panel mean; `signed` has 0 in its middle."""

    low: float
    high: float
    signed: bool

    @property
    def usual(self) -> bool:
        """Whether it is that of a photograph, from 0 to 1, of which nothing need be said."""
        return not self.signed and (self.low, self.high) == (0.0, 1.0)

    def share(self, image: Image) -> NDArray[np.float64]:
        """Return the image's numbers as shares of the scale: 0 to 1, or -1 to 1 where it is signed; NaN stays."""
        wide = image.astype(np.float64)
        shares = wide / self.high if self.signed else (wide - self.low) / (self.high - self.low)
        clipped: NDArray[np.float64] = np.clip(shares, -1.0 if self.signed else 0.0, 1.0)
        return clipped


@dataclass(frozen=True, slots=True)
class Pair:
    """A panel of the student's beside the expected one. `difference` is None where the two cannot be subtracted."""

    mine: Panel | None
    expected: Panel
    scale: Scale
    difference: Image | None
    same: bool
    remark: str

    def drawn_difference(self) -> tuple[Image, Scale] | None:
        """Return the difference as it is drawn, (H, W), with its scale; None where there is nothing to see."""
        if self.same or self.difference is None or not np.any(self.difference):
            return None
        # Of colours the mean: what matters is where something differs.
        flat = self.difference.mean(axis=0) if self.difference.ndim == 3 else self.difference
        largest = max(float(np.abs(flat[np.isfinite(flat)]).max(initial=0.0)), 1e-12)
        return flat, Scale(-largest, largest, signed=True)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole picture: the student's beside the expected one.

    `problem` says why there is none of the student's, and `told` that a picture before this one said the same. `unseen` is what
    the tests of the function find wrong although the picture is as expected.
    """

    name: str
    function: str
    caption: str
    pairs: tuple[Pair, ...]
    problem: str = ""
    unfinished: bool = False
    told: bool = False
    unseen: str = ""

    @property
    def same(self) -> bool:
        """Whether every panel is as expected."""
        return not self.problem and all(pair.same for pair in self.pairs)

    @property
    def right(self) -> bool:
        """Whether every panel is as expected, and nothing is known to be wrong that they do not show."""
        return self.same and not self.unseen

    def remark(self) -> str:
        """Return what is to be said about the whole picture, in one sentence."""
        if self.unfinished:
            return "Not written yet: this is what to expect."
        if self.problem:
            return "The same error as above." if self.told else self.problem
        wrong = [pair for pair in self.pairs if not pair.same]
        if not wrong and self.unseen:
            found = f'cnngrade check finds {self.function} wrong where this picture does not look: "{self.unseen}"'
            return f"As expected here. But {found}."
        if not wrong:
            return "As expected."
        return f"{len(wrong)} of {len(self.pairs)} panels differ. {wrong[0].expected.label}: {wrong[0].remark}."


def scale_of(image: Image) -> Scale:
    """Return the scale on which an expected panel is drawn."""
    finite = image[np.isfinite(image)].astype(np.float64)
    if image.ndim == 3 or not finite.size:
        return Scale(0.0, 1.0, signed=False)
    low, high = float(finite.min()), float(finite.max())
    if low < 0:
        return Scale(-max(-low, high), max(-low, high), signed=True)
    # A grey of three colours may be rounded to a little above 1.
    if high <= 0 or _DIM <= high < 1 + _SAME:
        return Scale(0.0, 1.0, signed=False)
    return Scale(0.0, high, signed=False)


def _pair(mine: Panel | None, expected: Panel) -> Pair:
    assert expected.image is not None
    scale = scale_of(expected.image)
    if mine is None:
        return Pair(None, expected, scale, None, False, "missing")
    if mine.image is None:
        return Pair(mine, expected, scale, None, False, mine.problem)
    if mine.image.shape != expected.image.shape:
        shapes = f"yours is {_size(mine.image)}, expected is {_size(expected.image)}"
        return Pair(mine, expected, scale, None, False, shapes)
    blank = np.isnan(mine.image) & np.isnan(expected.image)
    with np.errstate(invalid="ignore"):
        difference: Any = np.where(blank, 0.0, mine.image.astype(np.float64) - expected.image)
    if not np.isfinite(difference).all():
        return Pair(mine, expected, scale, difference.astype(np.float32), False, "NaN or infinity where a number is expected")
    largest = float(np.abs(difference).max())
    reach = max(abs(scale.low), abs(scale.high))
    if largest <= _SAME * reach:
        if mine.label != expected.label:
            return Pair(mine, expected, scale, np.zeros_like(expected.image), False, f"yours says: {mine.label}")
        return Pair(mine, expected, scale, np.zeros_like(expected.image), True, "no difference")
    return Pair(mine, expected, scale, difference.astype(np.float32), False, f"differs by up to {largest:.3g}")


def _size(image: Image) -> str:
    return "x".join(map(str, image.shape))


def compare_drawings(name: str, function: str, caption: str, mine: Drawing | None, expected: Drawing) -> Comparison:
    """Compare the student's drawing (None: there is none) with the expected one."""
    problem = mine.problem if mine else ""
    panels = mine.panels if mine else ()
    pairs = tuple(_pair(own, right) for own, right in _paired(panels, expected.panels))
    return Comparison(name, function, caption, pairs, problem, bool(mine and mine.unfinished))


def told_once(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """Return the pictures, those marked as told whose problem a picture of the same function before them has said.

    It is the same one if it has the same lines of code, whatever values stand below these.
    """
    seen: set[tuple[str, ...]] = set()
    found = []
    for comparison in comparisons:
        said = comparison.function, *(line for line in comparison.problem.splitlines() if not line.startswith(" "))
        found.append(replace(comparison, told=bool(comparison.problem) and said in seen))
        seen.add(said)
    return found


def _paired(mine: tuple[Panel, ...], expected: tuple[Panel, ...]) -> Iterator[tuple[Panel | None, Panel]]:
    for own, right in zip_longest(mine, expected):
        if right is not None:
            yield own, right
