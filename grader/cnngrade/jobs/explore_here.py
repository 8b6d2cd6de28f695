"""The page of a unit in a notebook: to move things on, or with the run of the kernel's functions in it."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course import paths
from cnngrade.jobs.explore import page_of, unit_named
from cnngrade.jobs.play import chosen_plays, page_with, played
from cnngrade.model import Course, Unit
from cnngrade.student.candidate import InlineWork


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


def play_here(course: Course, unit: Unit, functions: Sequence[str] = ()) -> ExploreDisplay:
    """Return the unit's page with the answers of the functions that the running notebook or script has defined so far.

    Raises UsageError where there is nothing to play, or no page.
    """
    plays = chosen_plays(course, unit, functions)
    student = InlineWork(course.policy, sys.modules["__main__"]).open()
    return ExploreDisplay(unit.name, page_with(course, unit, "this notebook", played(plays, student)))


def explore_here(unit: str | None = None, *, play: bool = False) -> ExploreDisplay:
    """Return the page of a unit as a notebook shows it; in a folder of one unit, it need not be named.

    With `play`, the page goes through the answers of your functions, beside the expected ones. The name of a function stands
    for its unit, and then only calls of that function are played. Raises UsageError.
    """
    course, chosen, functions = unit_named(unit, Path.cwd())
    if play:
        return play_here(course, chosen, functions)
    return ExploreDisplay(chosen.name, page_of(course, chosen))
