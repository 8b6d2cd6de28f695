"""The folder of a course around the place where somebody works, by which units are known by name.

An instructor's course is one folder with one course.yml. Students get a folder with a course.yml that lists the units, and in
it a folder for each, which is complete without the others. Both are asked here for a unit, and answer with the course.yml that
its work is judged by.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from cnngrade.course.load import find_course, load_course
from cnngrade.course.yaml_lines import FILE
from cnngrade.errors import CourseError, UsageError
from cnngrade.model import Course, Unit


class CourseFolder:
    """What is around a folder: `here`, the nearest course.yml, which is a unit's own or that of the whole course."""

    def __init__(self, here: Course) -> None:
        self.here = here

    @cached_property
    def course(self) -> Course:
        """The course that lists the units. Where somebody names none, nobody needs it, and it is not read."""
        above = self.here.root.parent
        if not self.here.handout or self.here.overview or not (above / FILE).is_file():
            return self.here
        try:
            whole = load_course(above)
        except CourseError:
            # A unit's folder is complete, whatever it was put into.
            return self.here
        return whole if whole.overview and whole.name == self.here.name else self.here

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units in the order in which they are taught, handed out or not."""
        listed = {unit.name for unit in self.course.units}
        return (*self.course.units, *(unit for unit in self.here.units if unit.name not in listed))

    @property
    def units_here(self) -> tuple[Unit, ...]:
        """The units that somebody means who names none: those of the nearest course.yml, as far as they are handed out."""
        return tuple(unit for unit in self.here.units if self.is_there(unit))

    def is_there(self, unit: Unit) -> bool:
        """Say whether the unit's folder is there, or all units are in one course."""
        return self._is_here(unit) or not self.course.overview or (self._folder(unit) / FILE).is_file()

    def own(self, unit: Unit) -> tuple[Course, Unit]:
        """Return the course by which the unit's work is judged, and the unit as that course has it.

        Raises UsageError where its folder is missing or holds another unit, CourseError.
        """
        course = self._course_of(unit)
        try:
            return course, course.unit(unit.name)
        except KeyError:
            lacks = f"The folder {course.root} does not hold the unit {unit.name}."
            raise UsageError(f"{lacks} Get the unit's folder again.") from None

    def _course_of(self, unit: Unit) -> Course:
        if self._is_here(unit):
            return self.here
        if not self.course.overview:
            return self.course
        if not self.is_there(unit):
            raise UsageError(
                f"The unit {unit.name} has no folder in {self.course.root}. "
                "Put it there if you have it elsewhere; it may be handed out later."
            )
        return load_course(self._folder(unit))

    def _is_here(self, unit: Unit) -> bool:
        return not self.here.overview and any(unit.name == own.name for own in self.here.units)

    def _folder(self, unit: Unit) -> Path:
        return self.course.root / unit.name


def course_folder(where: Path) -> CourseFolder:
    """Return the course around the folder `where`; raises CourseError where there is none."""
    return CourseFolder(load_course(find_course(where)))
