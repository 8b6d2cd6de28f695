"""Draw a unit's pictures: the student's beside the expected ones.

`show` is what the command draws, with the work in a worker of its own; `show_here` is what a cell of a notebook shows, with the
functions as they stand in the running kernel.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade import layout
from cnngrade.candidates import candidate
from cnngrade.checking import Target
from cnngrade.course import find_course, load_course
from cnngrade.errors import Fault, SubmissionError, UsageError
from cnngrade.model import Course, Unit
from cnngrade.pictures import Picture, draw, draw_expected, load_pictures, recorded_drawings
from cnngrade.render.drawn import comparisons_as_text
from cnngrade.render.figure import can_draw, comparison_as_html, comparison_as_png, comparisons_as_page
from cnngrade.render.panels import Comparison, Drawing, compare_drawings
from cnngrade.store import write_atomically, write_bytes_atomically
from cnngrade.student import Student
from cnngrade.transport import Inline


def _expected(course: Course, unit: Unit) -> Callable[[Picture], Drawing]:
    """Return where a picture's expected panels come from: the recording of a handout, or the solution."""
    if not course.handout:
        return lambda entry: draw_expected(course, unit, entry)
    path = layout.drawings_file(course, unit.name)
    recorded = recorded_drawings(path)

    def look_up(entry: Picture) -> Drawing:
        if entry.name not in recorded:
            raise Fault(f"{path} lacks the picture {entry.name}. Get the unit's folder again.")
        return recorded[entry.name]

    return look_up


def _chosen(course: Course, unit: Unit, functions: Sequence[str]) -> list[Picture]:
    pictures = load_pictures(course, unit)
    unknown = [name for name in functions if name not in unit.functions]
    if unknown:
        raise UsageError(f"{unit.name} has no function {unknown[0]}. There are: {', '.join(unit.functions)}.")
    return [entry for entry in pictures if not functions or entry.function in functions]


def _compared(
    course: Course, unit: Unit, pictures: Iterable[Picture], student: Student | None, problem: str
) -> list[Comparison]:
    pictures = list(pictures)
    if not pictures:
        return []
    expected, data = _expected(course, unit), layout.data_folder(course)
    found = []
    for entry in pictures:
        mine = Drawing((), problem)
        if student is not None:
            student.case = f"picture/{entry.name}"
            mine = draw(entry, student.functions, data)
            student.calls.clear()
        found.append(compare_drawings(entry.name, entry.function, entry.caption, mine, expected(entry)))
    return found


def show(target: Target, functions: Sequence[str] = ()) -> list[Comparison]:
    """Return the unit's pictures (those of some `functions`), drawn by the work in a worker. Raises UsageError, CourseError."""
    course, unit = target.course, target.unit
    pictures = _chosen(course, unit, functions)
    try:
        student = candidate(course, target.path, unit, "").open()
    except SubmissionError as error:
        return _compared(course, unit, pictures, None, str(error))
    try:
        return _compared(course, unit, pictures, student, "")
    finally:
        student.close()


def show_expected(course: Course, unit: Unit) -> list[Comparison]:
    """Return the unit's pictures as they are to be, with nobody's work beside them."""
    expected = _expected(course, unit)
    return [
        compare_drawings(entry.name, entry.function, entry.caption, Drawing((), unfinished=True), expected(entry))
        for entry in load_pictures(course, unit)
    ]


def write_pictures(title: str, unit: Unit, comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """Write NAME.html and one PNG a picture into `folder` and return their paths; without matplotlib the page alone."""
    written = []
    if can_draw():
        for comparison in comparisons:
            path = folder / f"{unit.name}-{comparison.name}.png"
            write_bytes_atomically(path, comparison_as_png(comparison))
            written.append(path)
    page = folder / f"{unit.name}.html"
    write_atomically(page, comparisons_as_page(title, comparisons))
    return [page, *written]


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures as a notebook shows them."""

    comparisons: tuple[Comparison, ...]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/html": "\n".join(map(comparison_as_html, self.comparisons)) or "There is no picture of it.",
        }

    def __repr__(self) -> str:
        return comparisons_as_text(self.comparisons) or "There is no picture of it."


def show_here(function: str) -> Shown | None:
    """Draw the pictures of one function with what the running notebook or script has defined so far.

    Returns something that a notebook shows as pictures; None inside a worker.
    """
    if os.environ.get("CNNGRADE_WORKER"):
        return None
    course = load_course(find_course(Path.cwd()))
    units = [unit for unit in course.units if function in unit.functions]
    if not units:
        raise UsageError(f"{course.title} has no function {function}.")
    pictures = _chosen(course, units[0], (function,))
    student = Student(Inline(sys.modules["__main__"]), course.policy)
    return Shown(tuple(_compared(course, units[0], pictures, student, "")))
