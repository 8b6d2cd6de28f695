"""What a target of `cnngrade ci` is: its name, what it needs of a course, and what is to be done with that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from cnngrade.model import Course, Unit

READABLE, RUNNABLE = 0o644, 0o755
"""The mode of a file in a bundle: one to be read, or one to be run."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """What a file of a bundle holds, and its mode on Unix, `READABLE` or `RUNNABLE`."""

    data: bytes
    mode: int = READABLE


Bundle = Mapping[str, BundleFile]
"""The files of a bundle by their paths in it, with slashes."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a bundle is made of: a course, its units that are meant, and cnngrade's own wheel with its file name.

    `image` is what the image of a container is called where it is fetched from, "" where nobody said.
    """

    course: Course
    units: tuple[Unit, ...]
    wheel_name: str
    wheel: bytes
    image: str = ""


class Packing(Enum):
    """In what form a target takes a bundle."""

    ZIP = "zip"
    FOLDER = "folder"


class About(Enum):
    """What one bundle is about: one unit, so that each has a bundle of its own; all units that are named; or no unit."""

    UNIT = "unit"
    UNITS = "units"
    COURSE = "course"


@dataclass(frozen=True, slots=True)
class CiTarget:
    """A platform that runs the engine, or a machine to do so.

    `bundle` makes what it needs; it raises UsageError where the course cannot run there, CourseError, and Fault. `notes`
    returns the lines that tell an instructor what to do with it. A `private` bundle holds tests and answers: nobody but its
    owner may read it. With `has_image` an instructor builds a container's image, and may say what that is called.
    """

    name: str
    title: str
    packing: Packing
    about: About
    bundle: Callable[[Contents], Bundle]
    notes: Callable[[Contents], tuple[str, ...]]
    private: bool = True
    has_image: bool = False
