"""What a student's command is about: the unit and the file that its arguments name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course import paths
from cnngrade.course.load import find_course, load_course
from cnngrade.errors import UsageError
from cnngrade.model import Course, Unit
from cnngrade.submission.choose import choose_file


@dataclass(frozen=True, slots=True)
class Target:
    """What one check is about: a unit and the file that is judged."""

    course: Course
    unit: Unit
    path: Path
    note: str = ""


def lesson_headings(target: Target) -> dict[str, str]:
    """Return {function: heading of the lesson above its stub}, read from the unit's script; empty where that cannot be read."""
    script = paths.submission_folder(target.course) / f"{target.unit.name}.py"
    try:
        text = script.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    headings, heading = {}, ""
    for line in text.splitlines():
        if title := re.match(r"# #+ (.+)", line):
            heading = title.group(1).strip()
        elif (stub := re.match(r"def (\w+)\(", line)) and heading:
            headings[stub.group(1)] = heading
    return headings


def _nearest(name: str, course: Course) -> str:
    import difflib  # only an error needs it

    near = difflib.get_close_matches(name, [unit.name for unit in course.units], 1)
    return f" Did you mean {near[0]}?" if near else f" There are: {', '.join(unit.name for unit in course.units)}."


def find_unit(course: Course, name: str) -> Unit:
    """Return the unit called `name`; raises UsageError with the nearest name."""
    try:
        return course.unit(name)
    except KeyError:
        raise UsageError(f"{course.title} has no unit {name}.{_nearest(name, course)}") from None


def _file_target(path: Path) -> Target:
    if path.suffix not in (".py", ".ipynb"):
        raise UsageError(f"{path} is neither a script (.py) nor a notebook (.ipynb).")
    try:
        course = load_course(find_course(path.resolve().parent))
    except Exception:
        course = load_course(find_course(Path.cwd()))
    fitting = [unit for unit in course.units if unit.name in path.stem]
    if not fitting:
        raise UsageError(f"{path.name} does not say which unit it is.{_nearest(path.stem, course)}")
    return Target(course, max(fitting, key=lambda unit: len(unit.name)), path)


def targets(names: tuple[str, ...], where: Path) -> list[Target]:
    """Return what `cnngrade check NAMES` in the folder `where` is about; raises UsageError, CourseError."""
    found: list[Target] = []
    files = [name for name in names if Path(name).suffix in (".py", ".ipynb") or Path(name).is_file()]
    for name in files:
        if not Path(name).is_file():
            raise UsageError(f"There is no file {name}.")
        found.append(_file_target(Path(name)))
    if files and len(files) == len(names):
        return found
    course = load_course(find_course(where))
    wanted = [find_unit(course, name) for name in names if name not in files] or list(course.units)
    folder = paths.submission_folder(course)
    for unit in wanted:
        path, note = choose_file(course, unit, folder)
        found.append(Target(course, unit, path, note))
    return found
