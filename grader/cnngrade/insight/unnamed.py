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
    """

    unit: str
    function: str
    name: str
    students: tuple[str, ...]
    example: Example
