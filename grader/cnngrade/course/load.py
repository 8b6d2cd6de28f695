"""Read course.yml: a Course, or an error that says which line is wrong and what to do about it.

Its form is checked in `schema`, its sense (names that repeat, points that do not add up, dates, files that must be there) here.
"""

from __future__ import annotations

import keyword
import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from cnngrade.alike import nearest
from cnngrade.course import dates, paths
from cnngrade.course.document import read_document
from cnngrade.course.naming import names_a_class
from cnngrade.course.schema import form_problems
from cnngrade.course.yaml_lines import FILE, Document, NodePath, Problem, did_you_mean
from cnngrade.errors import CourseError
from cnngrade.model import Course, Policy, Unit

_PROBLEMS_SHOWN = 10


_MAX_NAME = 100


_WHOLE = ("memory_mib", "output_bytes")


_READ_DATE = {"release": dates.release_moment, "due": dates.due_moment}


def find_course(start: Path) -> Path:
    """Return the course.yml of the folder `start` or of the nearest folder above it; raises CourseError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    # Only the error needs it.
    from cnngrade.course.nearby import where_else

    raise CourseError(f"There is no {FILE} in {start} or in a folder above it. {where_else(start)}")


def _zone(data: dict[str, Any]) -> tzinfo | None:
    """Return the zone that course.yml names; None if it names none, or one that `_sense_problems` finds fault with."""
    if "timezone" not in data or dates.zone_problem(data["timezone"]):
        return None
    # A course without a zone, and every handout, needs no database of zones.
    from zoneinfo import ZoneInfo

    return ZoneInfo(data["timezone"])


def _moment(entry: dict[str, Any], key: str, zone: tzinfo | None) -> datetime | None:
    """Return what a unit's date means, in the course's zone if it has one; raises ValueError, OverflowError."""
    if key not in entry:
        return None
    moment = _READ_DATE[key](entry[key], zone or UTC)
    return moment.astimezone(zone) if zone else moment


def _unit(data: dict[str, Any], zone: tzinfo | None) -> Unit:
    return Unit(
        name=data["name"],
        title=data["title"],
        points=float(data["points"]),
        prose_points=float(data.get("prose", 0)),
        functions=tuple(data["functions"]),
        budgets={name: float(line) for name, line in data.get("budgets", {}).items()},
        may_loop_over={name: tuple(axes) for name, axes in data.get("may_loop_over", {}).items()},
        loops_cost_beyond={name: float(ratio) for name, ratio in data.get("loops_cost_beyond", {}).items()},
        release=_moment(data, "release", zone),
        due=_moment(data, "due", zone),
        public_points=float(data["public"]) if "public" in data else None,
    )


def short_name(title: str) -> str:
    """Return the short name of a course that has a title alone."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "course"


def _course(data: dict[str, Any], root: Path) -> Course:
    # YAML's 2048.0 is a whole number to the schema, but not an int.
    policy: dict[str, Any] = {key: int(value) if key in _WHOLE else value for key, value in data.get("policy", {}).items()}
    # A package that is named twice is one, and NumPy need not be named.
    policy["packages"] = tuple(dict.fromkeys([*Policy().packages, *policy.get("packages", ())]))
    zone = _zone(data)
    return Course(
        name=data.get("name") or short_name(data["title"]),
        title=data["title"],
        root=root,
        units=tuple(_unit(entry, zone) for entry in data["units"]),
        policy=Policy(**policy),
        handout=bool(data.get("handout", False)),
        classroom=Path(data.get("classroom", "classroom")),
        overview=bool(data.get("overview", False)),
        stub_digests={name: tuple(found) for name, found in data.get("stub_digests", {}).items()},
        text_digests={name: tuple(found) for name, found in data.get("text_digests", {}).items()},
        timezone=data.get("timezone", "UTC"),
    )


def _repeated(names: list[str]) -> Iterator[tuple[int, str]]:
    counts = Counter(names)
    for index, name in enumerate(names):
        if counts[name] > 1 and names.index(name) != index:
            yield index, name


def _date_problems(entry: dict[str, Any], where: NodePath, zone: tzinfo | None) -> Iterator[tuple[NodePath, str]]:
    moments: dict[str, datetime | None] = {}
    for key in _READ_DATE:
        try:
            moments[key] = _moment(entry, key, zone)
        except (ValueError, OverflowError) as error:
            yield (*where, key), f'"{key}" is not a date: {entry[key]} ({error}). Write it like {dates.EXAMPLES}.'
    due, released = moments.get("due"), moments.get("release")
    # By UTC: moments of one zone are compared as clocks show them, which is not always their order.
    between = None if due is None or released is None else due.astimezone(UTC) - released.astimezone(UTC)
    if between is not None and between <= timedelta():
        when = "before" if between else "at the moment when"
        text = f"the unit is due ({entry['due']}) {when} it is released ({entry['release']}). Change one of the dates."
        yield (*where, "due"), text


def _name_problems(entry: dict[str, Any], where: NodePath) -> Iterator[tuple[NodePath, str]]:
    """Find names that Python cannot take: a unit is a module, and a function is a function."""
    yield from _unusable(entry["name"], (*where, "name"))
    for index, function in enumerate(entry["functions"]):
        yield from _unusable(function, (*where, "functions", index))


def _unusable(name: str, where: NodePath) -> Iterator[tuple[NodePath, str]]:
    if keyword.iskeyword(name):
        yield where, f'"{name}" is a word of Python\'s own and cannot be a name. Call it {name}_1, or something that says more.'
    elif not name.isidentifier():
        yield where, f"{name!r} cannot be a name in Python. Use letters, digits and _ only."
    elif len(name) > _MAX_NAME:
        yield where, f"{name[:20]}... is longer than {_MAX_NAME} characters, and files are named after it. Shorten it."


def _unit_problems(entry: dict[str, Any], where: NodePath, zone: tzinfo | None) -> Iterator[tuple[NodePath, str]]:
    name, functions = entry["name"], entry["functions"]
    yield from _name_problems(entry, where)
    for index, function in _repeated(functions):
        yield (*where, "functions", index), f'{name} names the function "{function}" twice. Keep one.'
    for function in entry.get("budgets", {}):
        if function not in functions:
            text = f'there is a budget for "{function}", which is not a function of {name}.{did_you_mean(function, functions)}'
            yield (*where, "budgets", function), text
        elif names_a_class(function):
            text = f'there is a budget for "{function}", which is a class. Give one to a function that uses it.'
            yield (*where, "budgets", function), text
    yield from _loop_problems(entry, where)
    if entry.get("prose", 0) > entry["points"]:
        text = f"{name}: the prose ({entry['prose']:g}) is worth more than the whole unit ({entry['points']:g}). Lower it."
        yield (*where, "prose"), text
    yield from _date_problems(entry, where, zone)


def _loop_problems(entry: dict[str, Any], where: NodePath) -> Iterator[tuple[NodePath, str]]:
    """Find what is said of loops in functions whose loops nobody counts, and limits of loops that no time reaches."""
    budgets = entry.get("budgets", {})
    for key in ("may_loop_over", "loops_cost_beyond"):
        for function in entry.get(key, {}):
            if function in budgets:
                continue
            if function in entry["functions"]:
                text = f'"{function}" has no time budget, so nothing is counted in it. Give it one, or remove this line.'
            else:
                near = did_you_mean(function, budgets) if budgets else " Remove this line."
                text = f'"{function}" is not a function of {entry["name"]} with a time budget: nothing is counted in it.{near}'
            yield (*where, key, function), text
    for function, ratio in entry.get("loops_cost_beyond", {}).items():
        if ratio > budgets.get(function, math.inf):
            text = (
                f'"loops_cost_beyond": {ratio:g} is above the budget of {function} ({budgets[function]:g}), beyond which any '
                f"code costs points. Write {budgets[function]:g} or less, or remove this line: then loops always cost points."
            )
            yield (*where, "loops_cost_beyond", function), text


def _classroom_problem(name: str, root: Path) -> str:
    if "\0" in name:
        return '"classroom" holds a character that no folder may have. Write it again.'
    place = (root / name).resolve()
    if root not in place.parents:
        return f'"{name}" is not inside the course\'s folder. Name a folder inside it.'
    if place.relative_to(root).parts[0] in paths.COURSE_FOLDERS:
        return f'"{name}" is part of the course\'s own files. Name another folder, such as classroom.'
    return ""


def _sense_problems(document: Document, root: Path) -> list[Problem]:
    data = document.data
    found: list[tuple[NodePath, str]] = []
    for index, name in _repeated([entry["name"] for entry in data["units"]]):
        found.append((("units", index, "name"), f'there are two units called "{name}". Rename or remove one.'))
    zone = _zone(data)
    if zone is None and "timezone" in data:
        found.append((("timezone",), f'"timezone": {dates.zone_problem(data["timezone"])}'))
    for index, entry in enumerate(data["units"]):
        found.extend(_unit_problems(entry, ("units", index), zone))
    total = sum(entry["points"] for entry in data["units"])
    if data["units"] and "points" in data and abs(total - data["points"]) > 1e-9:
        text = f"the units add up to {total:g} points, not to {data['points']:g}. Change this number or a unit's points."
        found.append((("points",), text))
    if data.get("name", "").endswith("\n"):
        # The schema's pattern allows a line end at the end, and folders and random numbers are named after the course.
        found.append((("name",), '"name" ends with an empty line. Write it on one line.'))
    if "classroom" in data and (text := _classroom_problem(data["classroom"], root)):
        found.append((("classroom",), text))
    return [Problem(document.line(path), text) for path, text in found]


def _needed_files(course: Course, unit: str) -> list[Path]:
    if course.overview:
        # A unit's folder may come later, and says for itself what it lacks.
        return []
    if course.handout:
        return [paths.public_tests(course, unit), paths.answers_file(course, unit)]
    places = (paths.exercise_file, paths.solution_file, paths.public_tests, paths.hidden_tests, paths.mistakes_file)
    return [place(course, unit) for place in places]


def _file_problems(course: Course, document: Document) -> list[Problem]:
    problems = []
    for index, unit in enumerate(course.units):
        for path in _needed_files(course, unit.name):
            if path.is_file():
                continue
            present = [other.stem.removeprefix("test_") for other in path.parent.glob(f"*{path.suffix}")]
            near = nearest(unit.name, present, 0.5)
            remedy = f"Write it, or have all that are missing written: cnngrade new {unit.name}"
            remedy = f"Did you mean {near}? If not: {remedy[0].lower()}{remedy[1:]}" if near else remedy
            remedy = "Get the unit's folder again." if course.handout else remedy
            text = f'unit "{unit.name}" has no file {path.relative_to(course.root).as_posix()}. {remedy}'
            problems.append(Problem(document.line(("units", index, "name")), text))
    return problems


def _raise(problems: list[Problem]) -> None:
    if problems:
        ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        lines = [f"{FILE}, line {problem.line}: {problem.text}" for problem in ordered[:_PROBLEMS_SHOWN]]
        if len(ordered) > _PROBLEMS_SHOWN:
            lines.append(f"(and {len(ordered) - _PROBLEMS_SHOWN} more)")
        raise CourseError("\n".join(lines))


def _no_units(document: Document) -> list[Problem]:
    text = "the course has no unit yet. Make the first one, with all its files: cnngrade new NAME"
    return [] if document.data["units"] else [Problem(document.line(("units",)), text)]


def load_course(where: Path, *, unfinished: bool = False) -> Course:
    """Read the course.yml `where`, or that of the folder `where`; raises CourseError, naming up to ten problems by line.

    An `unfinished` course may have no units, and units whose files are still to be written.
    """
    path = (where / FILE if where.is_dir() else where).resolve()
    document, root = read_document(path), path.parent
    _raise(document.problems)
    _raise(form_problems(document))
    _raise(_sense_problems(document, root))
    course = _course(document.data, root)
    if not unfinished:
        _raise(_no_units(document))
        _raise(_file_problems(course, document))
    return course
