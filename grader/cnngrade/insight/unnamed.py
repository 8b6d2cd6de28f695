"""The values of wrong answers that nobody has named, in groups of those that behave alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """The smallest example of a group: whose, the `source` of the function, and the smallest call that it answers wrongly.

    `call` is the call as one would type it, `answered` and `expected` say in a few words what came and what should have come.
    """

    student: str
    source: str
    call: str
    answered: str
    expected: str


@dataclass(frozen=True, slots=True)
class UnnamedGroup:
    """Students whose `function` answers every call of the tests alike, wrongly, and has no name for it yet.

    `name` tells the group from others of its unit and stays the same as long as the tests do; `cnngrade new mistake` takes it.
    `has_proof` says whether any of its answers could prove a mistake, as those of a group that only raises exceptions never do.
    """

    unit: str
    function: str
    name: str
    students: tuple[str, ...]
    example: Example
    has_proof: bool = True

    @property
    def can_be_named(self) -> bool:
        """Whether `cnngrade new mistake` can make a known mistake of it: there is code to take, and answers that prove it."""
        return self.has_proof and bool(self.example.source)
