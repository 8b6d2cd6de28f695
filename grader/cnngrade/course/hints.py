"""A unit's hints: three per function (a nudge, an approach, a plan), in autograde_tests/hints/NAME.yml.

unit:            three about the unit as a whole
functions:
  f: [three]
budgets:         for a function that is right but too slow
  f: [three]
mistakes:        for a known mistake, by its name: one to three, which come before those of the function
  f_turned: [one to three]
cases:           for a public case, by its name or its title: the same
  test_f_stride: [one to three]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from cnngrade.course import paths
from cnngrade.errors import CourseError, Fault, is_shortage
from cnngrade.model import Case, Course, Unit

EACH = 3


_GROUPS = ("functions", "budgets")


_KEYED = ("mistakes", "cases")


@dataclass(frozen=True, slots=True)
class Hints:
    """A unit's hints: about the unit, each function and its budget, and about some known mistakes and cases of functions."""

    unit: tuple[str, ...]
    functions: dict[str, tuple[str, ...]]
    budgets: dict[str, tuple[str, ...]]
    mistakes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cases: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def about_case(self, case: Case) -> tuple[str, ...]:
        """Return the hints about a case, by its name without its folder or by its title; none if there are none."""
        return next((self.cases[key] for key in _names(case) if key in self.cases), ())

    def strangers(self, mistakes: Iterable[str], cases: Iterable[Case]) -> Iterator[str]:
        """Yield a sentence for each mistake and each case that hints are about and that is none of these."""
        known = set(mistakes)
        titles = {key for case in cases for key in _names(case)}
        for name in self.mistakes:
            if name not in known:
                yield f'"mistakes" has hints for {name}, which is no known mistake of the unit.'
        for name in self.cases:
            if name not in titles:
                yield f'"cases" has hints for "{name}", which is neither the name nor the title of a public case.'


def _names(case: Case) -> tuple[str, str]:
    return case.id.rpartition("/")[2], case.title


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)


def _three(value: Any, where: str) -> Iterator[str]:
    if not _are_texts(value) or len(value) != EACH:
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


def _keyed_problems(data: dict[str, Any], group: str) -> Iterator[str]:
    entries = data.get(group, {})
    if not isinstance(entries, dict) or not all(isinstance(name, str) for name in entries):
        yield f'"{group}" must map names of {group} to their hints.'
        return
    for name, value in entries.items():
        if not _are_texts(value) or not 1 <= len(value) <= EACH:
            yield f"{group}, {name}: there must be one to {EACH} hints, each a string."


def _problems(data: Any, unit: Unit) -> Iterator[str]:
    if not isinstance(data, dict):
        yield 'the file must have the keys "unit", "functions" and, with budgets, "budgets".'
        return
    known, separator = ("unit", *_GROUPS, *_KEYED), '", "'
    for key in data:
        if key not in known:
            yield f'"{key}" is not one of "{separator.join(known)}".'
    yield from _three(data.get("unit"), "unit")
    yield from _group_problems(data, "functions", unit.functions)
    yield from _group_problems(data, "budgets", tuple(unit.budgets))
    for group in _KEYED:
        yield from _keyed_problems(data, group)


def _flowing(texts: list[str]) -> tuple[str, ...]:
    return tuple(" ".join(text.split()) for text in texts)


def _all_flowing(entries: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: _flowing(texts) for name, texts in entries.items()}


def load_hints(course: Course, unit: Unit) -> Hints | None:
    """Return the unit's hints, None if it has no file of hints; raises CourseError that names everything wrong in it.

    Whether there are such mistakes and cases as it has hints for is not known here (see `Hints.strangers`).
    """
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
    groups = {group: _all_flowing(data.get(group, {})) for group in (*_GROUPS, *_KEYED)}
    return Hints(_flowing(data["unit"]), **groups)
