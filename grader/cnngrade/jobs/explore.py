"""The page of a unit on which a student moves things: the handout's own, or one made of the course's files."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course import paths
from cnngrade.course.load import find_course, load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.explore.page import build_page
from cnngrade.model import Course, Unit


def has_page(course: Course, unit: Unit) -> bool:
    """Say whether there is a page of a unit to move things on."""
    page = paths.explore_page(course, unit.name) if course.handout else paths.explore_source(course, unit.name)
    return page.is_file()


def page_of(course: Course, unit: Unit) -> str:
    """Return the unit's page as text; raises UsageError where it has none, CourseError where it cannot be made."""
    if not has_page(course, unit):
        with_pages = [other.name for other in course.units if has_page(course, other)]
        others = f" There are pages of {', '.join(with_pages)}." if with_pages else ""
        raise UsageError(f"{unit.name} has no page to move things on.{others}")
    if not course.handout:
        return build_page(course, unit)
    path = paths.explore_page(course, unit.name)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{path} is damaged ({error}). Get the unit's folder again.") from error


@dataclass(frozen=True, slots=True)
class ExploreDisplay:
    """A page as a notebook shows it: in a frame of its own, which can reach neither the notebook nor a network."""

    unit: str
    page: str
    height: int = 720

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        frame = (
            f'<iframe title="{html.escape(self.unit)}: a page to move things on" sandbox="allow-scripts" '
            f'style="width: 100%; height: {self.height}px; border: 0" srcdoc="{html.escape(self.page)}"></iframe>'
        )
        return {"text/plain": repr(self), "text/html": frame}

    def __repr__(self) -> str:
        return f"Open {paths.EXPLORE_PAGE.format(self.unit)} in a browser, or type in a terminal: cnngrade explore {self.unit}"


def explore_here(unit: str | None = None) -> ExploreDisplay:
    """Return the page of a unit as a notebook shows it; in a folder of one unit, it need not be named. Raises UsageError."""
    course = load_course(find_course(Path.cwd()))
    names = [found.name for found in course.units]
    if unit is None and len(names) > 1:
        raise UsageError(f"Say which unit: {', '.join(names)}.")
    if unit is not None and unit not in names:
        raise UsageError(f"{course.title} has no unit {unit}. There are: {', '.join(names)}.")
    chosen = course.unit(unit or names[0])
    return ExploreDisplay(chosen.name, page_of(course, chosen))
