"""Known mistakes: wrong answers that are common enough to have a sentence of their own.

    solution = solution_for(__file__)

    @mistake("The kernel is turned by 180 degrees. Slide it as it stands.")
    def f_turned(x, w): return solution.f(x, w[::-1, ::-1])

    @mistake("The bias is left out.", about="bias")
    def f_without_bias(x, w, b=None): return solution.f(x, w)

A mistake belongs to the unit's function whose name its own name begins with. A student's function is diagnosed by its answers:
the mistake that answers every call of it as the student did, right ones and wrong ones, is the mistake that was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from cnngrade.course import paths
from cnngrade.course.load import find_course
from cnngrade.course.modules import load_afresh, load_module
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError
from cnngrade.model import Course, Unit

_MARK = "__cnngrade_mistake__"


_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """One known mistake of `function`. `name` is for the staff, `sentence` for the student.

    `about` says in a word what it is about, where that is not the function's plain idea: no gate should ask for that.
    """

    name: str
    function: str
    sentence: str
    about: str = ""


def mistake(sentence: str, about: str = "") -> Callable[[_Function], _Function]:
    """Mark a function of a course's mistakes file as a known mistake and give the sentence that explains it.

    `about` is one word for what it is about, such as "padding", where that is not the function's plain idea: `verify` refuses
    a gate that such a mistake closes, unless the gate says that it asks for that.
    """

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, (sentence, about))
        return function

    return mark


def solution_for(file: str) -> ModuleType:
    """Return the module solutions/NAME.py that belongs to the mistakes file `file` (its `__file__`)."""
    path = Path(file).resolve()
    root = find_course(path.parent).parent
    return load_module(root / "solutions" / path.name, root)


def load_mistakes(course: Course, unit: Unit) -> dict[KnownMistake, Callable[..., Any]]:
    """Return the unit's known mistakes with their code, loaded afresh; raises CourseError."""
    path = paths.mistakes_file(course, unit.name)
    module = load_afresh(path, course.root)
    found: dict[KnownMistake, Callable[..., Any]] = {}
    for name, value in vars(module).items():
        # A class that is made of a marked one is not marked itself.
        said = vars(value).get(_MARK) if isinstance(value, type) else getattr(value, _MARK, None)
        if said is None:
            continue
        function = function_of(name, unit.functions)
        if function is None:
            raise CourseError(
                f"{path}: the mistake {name} belongs to no function of {unit.name}. "
                f"Begin its name with one of {', '.join(unit.functions)}."
            )
        found[KnownMistake(name, function, *said)] = value
    return found
