"""Styles: right ways to write a function that has a time budget, good ones and slow ones, between which its line lies.

    @style("good", "The array is added to itself.")
    def f_added(x): return x + x

    @style("slow", "A loop over the numbers.")
    def f_by_number(x): return np.array([2 * number for number in x])

A style is of the unit's function whose name its own name begins with. It is measured as a submission is, in a worker of its
own, with the solution's functions for what the file does not define.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from cnngrade import layout
from cnngrade.candidates import Candidate, remote
from cnngrade.cells import Work
from cnngrade.errors import CourseError
from cnngrade.fresh import Fresh
from cnngrade.loading import Cell, load_afresh
from cnngrade.mistakes import function_of
from cnngrade.model import Course, Submission, Unit

_MARK = "__cnngrade_style__"
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Kind(Enum):
    """What a style is to earn: all points, less than all, or either.

    A good style is at or below the line, a slow one above it. One in between is measured and shown, and no line is held
    against it: keep it for code of which nobody can say what it should earn.
    """

    GOOD = "good"
    BETWEEN = "between"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Style:
    """One way to write `function`. `sentence` says in a line how it works."""

    name: str
    function: str
    kind: Kind
    sentence: str

    @property
    def short(self) -> str:
        """The name without that of the function."""
        return self.name.removeprefix(self.function).strip("_") or self.name


def style(kind: str, sentence: str) -> Callable[[_Function], _Function]:
    """Mark a function of a course's styles file as a style: "good", "between" or "slow", and how it works in one line."""
    if kind not in (known.value for known in Kind):
        raise ValueError(f'a style is "good", "between" or "slow", not {kind!r}')

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, (Kind(kind), sentence))
        return function

    return mark


def load_styles(course: Course, unit: Unit) -> list[Style]:
    """Return the unit's styles in the order of the file, none if there is no file; raises CourseError."""
    path = layout.styles_file(course, unit.name)
    if not path.is_file():
        return []
    found = []
    for name, value in vars(load_afresh(path, course.root)).items():
        marked = getattr(value, _MARK, None)
        if marked is None:
            continue
        function = function_of(name, unit.functions)
        if function is None or function not in unit.budgets:
            raise CourseError(
                f"{path}: the style {name} belongs to no function of {unit.name} with a time budget. "
                f"Begin its name with one of those ({', '.join(unit.budgets) or 'there are none'}), or remove it."
            )
        found.append(Style(name, function, *marked))
    return found


# A function is looked for when it is called: most styles need nothing of the solution, which takes long to import.
_FROM_SOLUTION = """\
def {name}(*args, **kwargs):
    from cnngrade.mistakes import solution_for
    return solution_for(__file__).{name}(*args, **kwargs)
"""


def styled(course: Course, unit: Unit, entry: Style) -> Candidate:
    """Return a style as a submission, named after it, in a worker that is trusted as far as the course is."""
    path = layout.styles_file(course, unit.name)
    cells = (
        Cell("\n".join(_FROM_SOLUTION.format(name=name) for name in unit.functions), "the solution's functions"),
        Cell(path.read_text(encoding="utf-8"), path.name),
        Cell(f"{entry.function} = {entry.name}\n", entry.name),
    )
    work = Work(Submission(entry.name, unit.name, path, ""), cells)
    return remote(course, work, Fresh(course.policy, path.parent, course.root))
