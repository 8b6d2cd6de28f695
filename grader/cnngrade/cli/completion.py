"""What a shell completes: units, functions, files and students of the course around the current folder.

A shell asks anew at each press of the key, so this loads neither NumPy nor the judge. What goes wrong is not said: nobody reads
an error in the middle of a line that is being typed.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line

_Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_SUFFIXES = (".py", ".ipynb")


# The shells put a name into the line as it is, so one that has to be quoted is left to them.
_TO_BE_QUOTED = re.compile(r"""[\s"'\\$`&|;<>()*?\[\]{}!#~,:]""")


def _quietly(complete: Callable[[Course, click.Context], Iterable[CompletionItem]]) -> _Complete:
    """Return what completes a parameter with those of the items that begin as what is typed, or with nothing where that fails.

    A path is left to the shell, which knows more about it.
    """

    @functools.wraps(complete)
    def run(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
        if "/" in typed or os.sep in typed:
            return [CompletionItem(typed, type="file")]
        try:
            from cnngrade.course.folder import course_folder  # of no use to a command that runs

            # In a unit's folder the units beside it can be named as well, as far as they are handed out.
            place = course_folder(Path.cwd())
            course = replace(place.course, units=tuple(unit for unit in place.units if place.is_there(unit)))
            return [item for item in complete(course, context) if item.value.startswith(typed)]
        except Exception:
            return []

    return run


def _units(course: Course, but: Iterable[str] = ()) -> Iterator[CompletionItem]:
    for unit in course.units:
        if unit.name not in but:
            yield CompletionItem(unit.name, help=visible_line(unit.title))


def _functions(units: Iterable[Unit], but: Iterable[str] = ()) -> Iterator[CompletionItem]:
    told = set(but)
    for unit in units:
        for function in unit.functions:
            if function not in told:
                told.add(function)
                yield CompletionItem(function, help=f"function of {unit.name}")


def _files(course: Course, but: Iterable[str] = ()) -> Iterator[CompletionItem]:
    """Yield the scripts and notebooks of this folder that say by their names which unit they are, then those beside it."""
    told = set(but)
    own = [course.root / unit.name / f"{unit.name}{suffix}" for unit in course.units for suffix in _SUFFIXES]
    for path in [*sorted(Path.cwd().iterdir()), *own]:
        name = path.name
        unit = next((unit.name for unit in course.units if unit.name in path.stem), None)
        if unit and name not in told and _is_usual(name) and path.suffix in _SUFFIXES and path.is_file():
            told.add(name)
            yield CompletionItem(name, help=f"file of {unit}")


def _is_usual(name: str) -> bool:
    return name.isprintable() and not name.startswith((".", "-")) and not _TO_BE_QUOTED.search(name)


def _given(context: click.Context) -> tuple[str, ...]:
    """Return what was typed before, of which nobody wants a second."""
    found = context.params.get("what") or context.params.get("units") or ()
    return (found,) if isinstance(found, str) else tuple(found)


@_quietly
def work(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete what a student's command is about: a unit, a function, or a file."""
    given = _given(context)
    yield from _units(course, but=given)
    yield from _functions(course.units, but=given)
    yield from _files(course, but=given)


@_quietly
def functions(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete a function of the unit or file that was named before."""
    named = Path(str(context.params.get("what") or "")).stem
    if any(named in unit.functions for unit in course.units):
        return
    fitting = sorted((unit for unit in course.units if unit.name in named), key=lambda unit: -len(unit.name))
    yield from _functions(fitting[:1], but=context.params.get("functions") or ())


@_quietly
def units(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete a unit."""
    yield from _units(course, but=_given(context))


@_quietly
def unit_of_a_mistake(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete the words of a new mistake but the group: to find groups takes NumPy."""
    words = context.params.get("words") or ()
    if not words:
        yield CompletionItem("mistake", help="from wrong answers that nobody has named")
    elif words == ("mistake",):
        yield from _units(course)


@_quietly
def budgeted_units(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete a unit in which something has a time budget."""
    without = [unit.name for unit in course.units if not unit.budgets]
    yield from _units(course, but=[*without, *_given(context)])


def _students(course: Course, but: Iterable[str] = ()) -> Iterator[CompletionItem]:
    from cnngrade.classroom.handed_in import who_handed_in  # as above

    yield from (CompletionItem(name) for name in sorted(who_handed_in(course)) if name not in but and _is_usual(name))


@_quietly
def students(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete a student who handed something in."""
    yield from _students(course, but=context.params.get("students") or ())


@_quietly
def students_and_units(course: Course, context: click.Context) -> Iterator[CompletionItem]:
    """Complete a unit, or a student who handed something in."""
    given = context.params.get("words") or ()
    yield from _units(course, but=given)
    yield from _students(course, but=given)
