"""The page of a unit on which a student moves things: the handout's own, or one made of the course's files."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.jobs.targets import place_of, several_units, unit_of_name
from cnngrade.model import Course, Unit
from cnngrade.pages.page import build_page
from cnngrade.report.html import fragment, with_code
from cnngrade.safe_text import visible_line


def has_page(course: Course, unit: Unit) -> bool:
    """Say whether there is an interactive page of a unit."""
    page = paths.explore_page(course, unit.name) if course.handout else paths.explore_source(course, unit.name)
    return page.is_file()


def page_of(course: Course, unit: Unit) -> str:
    """Return the unit's page as text; raises UsageError where it has none, CourseError where it cannot be made."""
    if not has_page(course, unit):
        with_pages = [other.name for other in course.units if has_page(course, other)]
        others = f" There are pages of {', '.join(with_pages)}." if with_pages else ""
        raise UsageError(f"{unit.name} has no interactive page.{others}")
    if not course.handout:
        return build_page(course, unit)
    path = paths.explore_page(course, unit.name)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{path} is damaged ({error}). Get the unit's folder again.") from error


_LEFT_AWAY = "Run this cell again to see the page here."


@dataclass(frozen=True, slots=True)
class ExploreDisplay:
    """A page as a notebook shows it: in a frame of its own, which can reach neither the notebook nor a network.

    `told` is what there is to read where nothing but text is shown, `notes` are lines above the frame. A program that does not
    trust what was saved in a notebook leaves the frame away and keeps the line in it.
    """

    unit: str
    page: str
    told: str = ""
    notes: tuple[str, ...] = ()
    height: int = 720

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        noted = fragment(f"<div>{with_code(visible_line(note))}</div>" for note in self.notes) if self.notes else ""
        frame = (
            f'<iframe title="{html.escape(self.unit)}: an interactive page" sandbox="allow-scripts" '
            f'style="width: 100%; height: {self.height}px; border: 0" srcdoc="{html.escape(self.page)}">{_LEFT_AWAY}</iframe>'
        )
        return {"text/plain": repr(self), "text/html": noted + frame}

    def __repr__(self) -> str:
        page = paths.EXPLORE_PAGE.format(self.unit)
        told = self.told or f"Open {page} in a browser, or type in a terminal: cnngrade explore {self.unit}"
        return "\n".join([*self.notes, told])


def unit_named(name: str | None, where: Path) -> tuple[Course, Unit, tuple[str, ...]]:
    """Return the course around a folder and the unit that `name` stands for, with the function if it names one.

    A unit is named by itself, by one of its functions, by its script, notebook or page, which need not be there, or by its
    folder; the only unit of a course by nothing. Raises UsageError, CourseError.
    """
    place = place_of(() if name is None else (name,), where)
    if name is not None:
        return unit_of_name(name, place, where)
    units = place.units_here
    if len(units) != 1:
        raise several_units(units or place.units)
    return (*place.own(units[0]), ())
