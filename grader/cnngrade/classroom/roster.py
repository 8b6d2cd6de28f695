"""Who takes part in a course, and under which id each platform knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Participant:
    """One line of roster.csv. `ids` are, by a platform's name, all ids that it has given this person."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who takes part, in the order of roster.csv."""

    participants: tuple[Participant, ...] = ()
