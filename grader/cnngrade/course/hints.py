"""A unit's hints: three per function (a nudge, an approach, a plan), in autograde_tests/hints/NAME.yml.

unit:            three about the unit as a whole
functions:
  f: [three]
budgets:         for a function that is right but too slow
  f: [three]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from cnngrade.course import paths
from cnngrade.errors import CourseError, Fault, is_shortage
from cnngrade.model import Course, Unit

EACH = 3


@dataclass(frozen=True, slots=True)
class Hints:
    """A unit's hints: about the unit, about each function, and about each function's budget."""

    unit: tuple[str, ...]
    functions: dict[str, tuple[str, ...]]
    budgets: dict[str, tuple[str, ...]]


def _three(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, list) or len(value) != EACH or not all(isinstance(text, str) and text.strip() for text in value):
        yield f"{where}: there must be {EACH} hints, each a string."


def _group_problems(data: dict[str, Any], group: str, expected: tuple[str, ...]) -> Iterator[str]:
    entries = data.get(group, {})
    if not isinstance(entries, dict):
        yield f'"{group}" must map the names of functions to their hints.'
        return
    for name in expected:
        if name not in entries:
            yield f'"{group}" has no hints for {name}.'
    for name, value in entries.items():
        if name not in expected:
            yield f'"{group}" has hints for {name}, which the unit does not ask for.'
        else:
            yield from _three(value, f"{group}, {name}")


def _problems(data: Any, unit: Unit) -> Iterator[str]:
    if not isinstance(data, dict):
        yield 'the file must have the keys "unit", "functions" and, with budgets, "budgets".'
        return
    for key in data:
        if key not in ("unit", "functions", "budgets"):
            yield f'"{key}" is not one of "unit", "functions", "budgets".'
    yield from _three(data.get("unit"), "unit")
    yield from _group_problems(data, "functions", unit.functions)
    yield from _group_problems(data, "budgets", tuple(unit.budgets))


def _flowing(texts: list[str]) -> tuple[str, ...]:
    return tuple(" ".join(text.split()) for text in texts)


def load_hints(course: Course, unit: Unit) -> Hints | None:
    """Return the unit's hints, None if it has no file of hints; raises CourseError that names everything wrong in it."""
    path = paths.hints_file(course, unit.name)
    if not path.is_file():
        return None
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except Exception as error:
        # Besides its own errors, PyYAML raises Python's on nesting, escapes and tags that make no sense.
        kind = Fault if is_shortage(error) else CourseError
        raise kind(f"{path} cannot be read: {error}") from error
    problems = list(_problems(data, unit))
    if problems:
        raise CourseError("\n".join(f"{path}: {problem}" for problem in problems))
    return Hints(
        _flowing(data["unit"]),
        {name: _flowing(texts) for name, texts in data["functions"].items()},
        {name: _flowing(texts) for name, texts in data.get("budgets", {}).items()},
    )
