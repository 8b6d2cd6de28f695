"""What was found alike in a class, as every rendering of it takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnngrade.safe_text import visible_line, visible_name
from cnngrade.similarity.common import HeldByMany
from cnngrade.similarity.likeness import AlikeGroup, Likeness, Rarity
from cnngrade.similarity.submitted import Compared

NOT_A_VERDICT = (
    "A hint to read both texts, not a verdict. Code can be alike although nobody copied: people learn from the same book, are "
    "helped by the same person, or work together as they may, and there are few ways to write some functions. It says nothing "
    "of who wrote it first. No points, no report and no feedback depend on it."
)
"""What stands above every list of submissions that are alike."""


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Whose work was not compared with the others', and why, as a sentence."""

    student: str
    why: str


@dataclass(frozen=True, slots=True)
class AlikeClass:
    """The submissions of a class for a unit, and those that are alike in `groups`, the most alike first.

    `hints` are sentences about a pair, by its two numbers: what else the two have in common. `common` is what too many have to
    count. `with_former` is how many of the submissions are somebody else's, given for comparison, and `in_all` how many groups
    there are, those that are not among `groups` included.
    """

    unit: str
    title: str
    threshold: float
    submissions: Sequence[Compared]
    rarity: Rarity
    groups: Sequence[AlikeGroup]
    hints: Mapping[tuple[int, int], Sequence[str]]
    not_compared: Sequence[NotCompared] = ()
    common: Sequence[HeldByMany] = ()
    with_former: int = 0
    in_all: int = 0

    @property
    def not_shown(self) -> int:
        """How many groups are less alike than those that are shown."""
        return self.in_all - len(self.groups)

    def two(self, link: Likeness) -> tuple[Compared, Compared]:
        """Return the two submissions of a pair."""
        return self.submissions[link.one], self.submissions[link.other]

    def hints_on(self, link: Likeness) -> Sequence[str]:
        """Return what else the two of a pair have in common."""
        return self.hints.get((link.one, link.other), ())


_MOST_NAMES = 30


MOST_LINKS = 10
"""So many pairs of a group are shown side by side."""


def common_text(held: HeldByMany, found: AlikeClass) -> str:
    """Return what is said of a definition that many have, up to the names of those who have it."""
    own = len(found.submissions) - found.with_former
    return f"{len(held.students)} of {own} have the same {visible_line(held.name)}, which is common here and counts little"


def names_text(names: Sequence[str]) -> str:
    """Return the names of people, made visible, the first thirty of them."""
    shown = ", ".join(map(visible_name, names[:_MOST_NAMES]))
    return f"{shown} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else shown


def in_percent(share: float) -> str:
    """Return a share as it is told: whole percents, never more than there are."""
    return f"{int(share * 100 + 1e-9)} %"
