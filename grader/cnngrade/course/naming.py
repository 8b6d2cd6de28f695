"""Which function of a unit a name belongs to, and which of them are classes."""

from __future__ import annotations

from collections.abc import Sequence


def function_of(name: str, functions: Sequence[str]) -> str | None:
    """Return the longest of `functions` that `name` begins with, as whole words between underscores; None if there is none."""
    fitting = [function for function in functions if name == function or name.startswith(function + "_")]
    return max(fitting, key=len, default=None)


def names_a_class(name: str) -> bool:
    """Say whether one of a unit's `functions` is a class, whose objects tests call: its name begins with a capital letter."""
    return name[:1].isupper()
