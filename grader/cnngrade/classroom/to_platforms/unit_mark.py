"""A student's mark on a unit: what the gradebook says, which of it goes out, and how it is written as a number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from cnngrade.classroom.roster import Participant
from cnngrade.model import Unit

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")


class MarkState(Enum):
    """Whether there is a mark, and if not, why, in words that are said of its student."""

    GIVEN = "marked"
    WAITS = "waiting for a person"
    CHANGED = "handed in again since the grading"
    WITHOUT = "handed in, and without a score"
    NOTHING = "handed in nothing"


@dataclass(frozen=True, slots=True)
class UnitMark:
    """What the gradebook says of one student's work on a unit.

    `points` are exact, after the late `penalty` (0 without one), and with what persons gave; None where there are none. Of a
    mark that waits they are the points so far. `submitted` is when the work came (aware), None where nobody knows; `late` is
    how late it came. `has_time` says that the student may still hand in.
    """

    state: MarkState
    points: Decimal | None = None
    penalty: Decimal = Decimal(0)
    submitted: datetime | None = None
    late: timedelta | None = None
    has_time: bool = False


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """The marks of a unit, by the participants' ids, and the points that it is worth in the gradebook."""

    unit: Unit
    possible: Decimal
    marks: Mapping[str, UnitMark]

    def mark(self, participant: Participant) -> UnitMark:
        """Return somebody's mark."""
        return self.marks.get(participant.id, UnitMark(MarkState.NOTHING))


@dataclass(frozen=True, slots=True)
class Counted:
    """Which marks go out besides those that are given: points so far, and 0 for who handed in nothing and has no time left."""

    provisional: bool = False
    missing_zero: bool = False

    def points(self, mark: UnitMark) -> Decimal | None:
        """Return the points that go out, None where there are none."""
        if mark.state is MarkState.GIVEN or (self.provisional and mark.state in (MarkState.WAITS, MarkState.CHANGED)):
            return mark.points
        if mark.state is MarkState.NOTHING and self.missing_zero and not mark.has_time:
            return Decimal(0)
        return None


@dataclass(frozen=True, slots=True)
class Rounding:
    """How many decimals a mark has at most (halves go up), and what stands before them."""

    decimals: int = 2
    sign: str = "."

    def text(self, points: Decimal, factor: Fraction = Fraction(1)) -> str:
        """Return points, times a factor, as a number; what is rounded is the exact product.

        >>> Rounding(1).text(Decimal("2.25"))
        '2.3'
        """
        # In whole numbers nothing is lost on the way, as it is in floats: 2.675 is less than two and 27 fortieths there.
        whole = math.floor(Fraction(points) * factor * 10**self.decimals + Fraction(1, 2))
        text = f"{Decimal(whole).scaleb(-self.decimals):f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", self.sign)


def exact_points(parts: Iterable[float], penalty: float = 0.0) -> Decimal:
    """Return the sum of points as people read them, less a penalty, and never less than 0."""
    total = sum((Decimal(str(part)) for part in parts), Decimal(0)) - Decimal(str(penalty))
    return max(total, Decimal(0))


def number_in(text: str) -> Decimal | None:
    """Return the number that a cell holds, with a point or a comma before its decimals; None where it holds none.

    What stands on several lines is a list, and no number.
    """
    if len(text.strip().splitlines()) > 1:
        return None
    plain = "".join(text.split())
    return Decimal(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def points_in(text: str) -> Decimal | None:
    """Return the points that a platform says something is worth; None where it says none. In `1,000` the comma parts thousands.

    >>> points_in("1,000"), points_in("12,5")
    (Decimal('1000'), Decimal('12.5'))
    """
    return number_in(text.replace(",", "") if _THOUSANDS.fullmatch(text.strip()) else text)


def decimal_sign(texts: Iterable[str]) -> str:
    """Return what stands before the decimals of most numbers among some cells: a point or a comma, a point if none has any."""
    signs = [sign for text in texts for sign in ",." if sign in text and number_in(text) is not None]
    return "," if signs.count(",") > signs.count(".") else "."
