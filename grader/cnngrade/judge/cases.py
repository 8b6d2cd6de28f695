"""A collected test as a case: what it tests, what it is worth, what it is called."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cnngrade.course.docstrings import docstring_of
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError
from cnngrade.model import Case, Course, Unit


@dataclass(frozen=True, slots=True)
class Gate:
    """A case that the later cases of its function wait for. `about` is what it asks for beyond the function's plain idea."""

    case: Case
    about: tuple[str, ...]


def unit_of(item: pytest.Item, course: Course) -> Unit:
    """Return the unit that the item's file test_NAME.py belongs to; raises CourseError."""
    name = item.path.stem.removeprefix("test_")
    try:
        return course.unit(name)
    except KeyError:
        raise CourseError(f"{item.path}: course.yml has no unit {name}. Add it there, or rename the file.") from None


def case_of(item: pytest.Function, unit: Unit) -> Case:
    """Return the case of a collected test; raises CourseError when it does not say what it tests or what it is worth."""
    name = item.originalname.removeprefix("test_")
    where = f"{item.path}, {item.originalname}"
    function = function_of(name, unit.functions)
    if function is None:
        raise CourseError(f"{where}: the name must begin with test_ and one of {', '.join(unit.functions)}.")
    mark = item.get_closest_marker("points")
    if mark is None or len(mark.args) != 1 or not isinstance(mark.args[0], int | float) or not mark.args[0] > 0:
        raise CourseError(f"{where}: say what the case is worth, as in @points(2).")
    title = next((line.strip() for line in docstring_of(item.function).splitlines() if line.strip()), "")
    if not title:
        raise CourseError(f"{where}: its docstring is the title that a student reads, and it has none.")
    parameter = f" [{item.callspec.id}]" if hasattr(item, "callspec") else ""
    folder = item.path.parent.name
    return Case(f"{folder}/{item.name}", title + parameter, float(mark.args[0]), folder == "hidden", function)
