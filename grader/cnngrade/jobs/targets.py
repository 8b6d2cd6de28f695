"""What a student's command is about: the units, functions and files that its arguments name, from wherever in the course.

A name is a unit's, or else a function's, or else a folder's; what ends in .py or .ipynb is a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.alike import nearest
from cnngrade.course import paths
from cnngrade.course.folder import CourseFolder, course_folder
from cnngrade.course.yaml_lines import FILE
from cnngrade.errors import CourseError, UsageError
from cnngrade.model import Course, Unit
from cnngrade.submission.choose import choose_file, files_of


@dataclass(frozen=True, slots=True)
class Target:
    """What one check is about: a unit, the file that is judged, and the functions that were asked for; none means all."""

    course: Course
    unit: Unit
    path: Path
    note: str = ""
    functions: tuple[str, ...] = ()


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


_SUFFIXES = (".py", ".ipynb")


def _did_you_mean(name: str, known: Sequence[str], otherwise: Iterable[str]) -> str:
    """Return a sentence, with a space before it, that names the nearest of the `known` names, or else some others."""
    near = nearest(name, known)
    return f" Did you mean {near}?" if near else f" There are: {', '.join(otherwise)}."


def find_unit(course: Course, name: str) -> Unit:
    """Return the unit called `name`; raises UsageError with the nearest name."""
    try:
        return course.unit(name)
    except KeyError:
        names = [unit.name for unit in course.units]
        raise UsageError(f"{course.title} has no unit {name}.{_did_you_mean(name, names, names)}") from None


@dataclass(frozen=True, slots=True)
class _Named:
    """What one argument names: a unit, and perhaps a file of it or a function."""

    course: Course
    unit: Unit
    path: Path | None = None
    function: str = ""


def _files_of(place: CourseFolder) -> list[str]:
    return [unit.name + suffix for unit in place.units for suffix in _SUFFIXES]


def _unknown(name: str, what: str, place: CourseFolder) -> UsageError:
    units = [unit.name for unit in place.units]
    functions = [function for unit in place.units for function in unit.functions]
    meant = _did_you_mean(name, [*units, *functions, *_files_of(place)], units)
    return UsageError(f"{what}.{meant}")


def _place_of_file(path: Path, place: CourseFolder) -> CourseFolder:
    """Return the course around a file; that around this folder where the file lies elsewhere."""
    try:
        return course_folder(path.resolve().parent)
    except CourseError:
        return place


def _named_file(name: str, where: Path, place: CourseFolder) -> _Named:
    path = where / name
    if not path.is_file():
        # A unit's own file is known by name from any folder of the course.
        unit = next((unit for unit in place.units if name in (f"{unit.name}{suffix}" for suffix in _SUFFIXES)), None)
        if unit is None or not place.is_there(unit):
            raise _unknown(name, f"There is no file {name}", place)
        course, unit = place.own(unit)
        path = paths.submission_folder(course) / name
        if not path.is_file():
            raise UsageError(f"There is no file {name} in {path.parent}.")
        return _Named(course, unit, path)
    if path.suffix not in _SUFFIXES:
        raise UsageError(f"{name} is neither a script (.py) nor a notebook (.ipynb).")
    around = _place_of_file(path, place)
    fitting = [unit for unit in around.units if unit.name in path.stem]
    if not fitting:
        raise _unknown(path.stem, f"{path.name} does not say which unit it is", around)
    course, unit = around.own(max(fitting, key=lambda unit: len(unit.name)))
    return _Named(course, unit, Path(name) if where == Path.cwd() else path)


def _named_function(name: str, place: CourseFolder) -> _Named | None:
    """Return the function of the course that has this name, None if there is none; raises UsageError for one of two units."""
    units = [unit for unit in place.units if name in unit.functions]
    if not units:
        return None
    near = [unit for unit in place.units_here if name in unit.functions] if not place.here.overview else []
    near = near or [unit for unit in units if place.is_there(unit)] or units
    if len(near) > 1:
        listed = " and ".join(unit.name for unit in near)
        raise UsageError(f"{name} is a function of {listed}. Say which unit you mean: {near[0].name}, for example.")
    return _Named(*place.own(near[0]), function=name)


def _named(name: str, where: Path, place: CourseFolder) -> Iterator[_Named]:
    if Path(name).suffix in _SUFFIXES or (where / name).is_file():
        yield _named_file(name, where, place)
        return
    # A shell that completes the name of a unit's folder ends it with a slash.
    plain = name.rstrip("/\\")
    if unit := next((unit for unit in place.units if unit.name == plain), None):
        yield _Named(*place.own(unit))
    elif function := _named_function(plain, place):
        yield function
    elif (where / name / FILE).is_file():
        other = course_folder(where / name)
        yield from (_Named(*other.own(unit)) for unit in other.units_here)
    else:
        raise _unknown(plain, f"{place.course.title} has no unit, function or file called {name}", place)


def several_units(units: Iterable[Unit]) -> UsageError:
    """Return the error for a call that is about one unit, where there are several."""
    return UsageError(f"Say which unit: {', '.join(unit.name for unit in units)}.")


def _stem(name: str) -> str:
    """Return what the name of a unit's script, notebook or page says before its ending; any other name as it is."""
    endings = (paths.EXPLORE_PAGE.format(""), *_SUFFIXES)
    return next((Path(name).name.removesuffix(end) for end in endings if name.endswith(end)), name)


def unit_of_name(name: str, place: CourseFolder, where: Path) -> tuple[Course, Unit, tuple[str, ...]]:
    """Return the unit that is named by itself, by a function, a file or a folder, and the function if it is one.

    Files and folders are found from the folder `where`; a unit's own file need not be there. Raises UsageError, CourseError.
    """
    plain = name.rstrip("/\\")
    stem = _stem(plain)
    if unit := next((unit for unit in place.units if unit.name == stem), None):
        return (*place.own(unit), ())
    if function := _named_function(plain, place):
        return function.course, function.unit, (function.function,)
    if (where / name / FILE).is_file():
        other = course_folder(where / name)
        if len(other.units_here) == 1:
            return (*other.own(other.units_here[0]), ())
        raise several_units(other.units_here)
    raise _unknown(plain, f"{place.course.title} has no unit, function or file called {name}", place)


def _target(course: Course, unit: Unit, functions: tuple[str, ...] = (), work: Path | None = None) -> Target:
    folder = paths.submission_folder(course) if work is None else _folder_of_work(unit, work)
    path, note = choose_file(course, unit, folder)
    return Target(course, unit, path, note, functions)


def _folder_of_work(unit: Unit, work: Path) -> Path:
    """Return the folder that holds the unit's file: `work`, or the folder in it that is called as the unit is."""
    inside = work / unit.name
    holding = [folder for folder in (inside, work) if files_of(unit, folder)]
    if len(holding) > 1:
        raise UsageError(f"{unit.name} is in {work} and in {inside}: which of the two is the work? Delete the other one.")
    return holding[0] if holding else work


def _together(named: Sequence[_Named], work: Path | None) -> Iterator[Target]:
    """Yield a target for what was named of one unit: for each of its files, or for the one that is chosen."""
    course, unit = named[0].course, named[0].unit
    functions = tuple(dict.fromkeys(entry.function for entry in named if entry.function))
    files = dict.fromkeys(entry.path for entry in named if entry.path is not None)
    if files:
        yield from (Target(course, unit, path, functions=functions) for path in files)
    else:
        is_whole = any(not entry.function for entry in named)
        yield _target(course, unit, () if is_whole else functions, work)


def unit_target(place: CourseFolder, unit: Unit, work: Path | None = None) -> Target:
    """Return the target of a whole unit; raises UsageError where its folder or its file is missing, CourseError, Fault."""
    return _target(*place.own(unit), work=work)


def place_of(names: Sequence[str], where: Path) -> CourseFolder:
    """Return the course around a folder, or else that of the files and units' folders that are named from there.

    Raises CourseError where there is none.
    """
    try:
        return course_folder(where)
    except CourseError:
        named = [where / name for name in names]
        if not named or not all(path.is_file() or (path / FILE).is_file() for path in named):
            raise
        first = named[0].resolve()
        return course_folder(first if first.is_dir() else first.parent)


def targets(names: Sequence[str], where: Path, place: CourseFolder | None = None, work: Path | None = None) -> list[Target]:
    """Return what `cnngrade check NAMES` in the folder `where` is about; raises UsageError, CourseError.

    A name is that of a unit, of a function, of a file, or of a unit's folder. Without one it is every unit that is here.
    `place` is the course around the folder, if it was read before. From the folder `work`, if there is one, the file of each
    unit is taken, and nothing else is read there but what that file imports: then no file is named.
    """
    if work is not None and any(Path(name).suffix in _SUFFIXES for name in names):
        raise UsageError("--work says in which folder the work is: name the unit, not its file.")
    place = place or place_of(names, where)
    if not names:
        if not place.units_here:
            raise UsageError(f"There is no unit in {place.course.root} yet. Put the folder of one into it.")
        return [unit_target(place, unit, work) for unit in place.units_here]
    groups: dict[tuple[Path, str], list[_Named]] = {}
    for entry in (entry for name in names for entry in _named(name, where, place)):
        groups.setdefault((entry.course.root, entry.unit.name), []).append(entry)
    return [target for group in groups.values() for target in _together(group, work)]
