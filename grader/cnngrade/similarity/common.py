"""What so many of a class have that it counts as a common way of writing: a person may know where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnngrade.similarity.likeness import Rarity
from cnngrade.similarity.submitted import Compared

# In fingerprints: less than this everybody comes to write.
_SMALLEST = 15


# A tenth of a class, and at least so many.
_FEWEST = 5


_MOST = 10


@dataclass(frozen=True, slots=True)
class HeldByMany:
    """A definition that several `students` have with the same statements, as the first of them calls it."""

    name: str
    students: tuple[str, ...]


def held_by_many(submissions: Sequence[Compared], rarity: Rarity) -> list[HeldByMany]:
    """Return the definitions that a tenth of the class or more have alike and that nobody handed out, the most common first."""
    holders: dict[frozenset[str], dict[str, str]] = {}
    for submission in submissions:
        for definition, own in zip(submission.definitions, submission.own, strict=True):
            prints = rarity.unknown(own)
            if definition.name and len(prints) >= _SMALLEST:
                holders.setdefault(prints, {}).setdefault(submission.student, definition.name)
    fewest = max(_FEWEST, len(submissions) / 10)
    found = [HeldByMany(next(iter(names.values())), tuple(names)) for names in holders.values() if len(names) >= fewest]
    return sorted(found, key=lambda held: -len(held.students))[:_MOST]
