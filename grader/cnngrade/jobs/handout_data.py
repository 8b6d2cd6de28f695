"""Which of the course's data a unit's handout holds: what its files name, and what no unit's files name, such as licences.

A course has one folder of data, and each unit's handout has to be complete without the others. A file that another unit needs,
and this one does not, would be there once for every unit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cnngrade.course import paths
from cnngrade.model import Course


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _what_tests_share(course: Course) -> tuple[str, dict[str, str]]:
    """Return what the tests of all units have in common: {function: its text}, and the rest of it."""
    source = _text(paths.tests_in_common(course))
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    lines = source.splitlines()
    texts = {name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for name, node in functions.items()}
    within = {number for node in functions.values() for number in range(node.lineno - 1, node.end_lineno or node.lineno)}
    return "\n".join(line for number, line in enumerate(lines) if number not in within), texts


def _used_by(course: Course, unit: str) -> str:
    """Return the text of everything in the unit's handout that may name data, with the fixtures that its tests ask for."""
    rest, waiting = _what_tests_share(course)
    tests = _text(paths.public_tests(course, unit))
    texts = [_text(paths.exercise_file(course, unit)), _text(paths.pictures_file(course, unit)), rest, tests]
    # Only tests ask for what they share; in a lesson the name of a fixture is a word.
    new = [rest, tests]
    while new:
        words = {word for text in new for word in re.findall(r"\w+", text)}
        new = [waiting.pop(name) for name in words & waiting.keys()]
        texts += new
    return "\n".join(texts)


def _in_pages(course: Course, unit: str) -> str:
    """Return the texts of which pages are made that carry their data in them."""
    folder = paths.explore_source(course, unit).parent
    return "\n".join(_text(path) for path in sorted(folder.rglob("*"))) if folder.is_dir() else ""


def data_files(course: Course, unit: str) -> Iterator[Path]:
    """Yield the files of the course's data that belong into the unit's handout, by their paths in the data's folder."""
    folder = paths.data_folder(course)
    texts = {other.name: _used_by(course, other.name) for other in course.units}
    elsewhere = _in_pages(course, unit)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
            continue
        is_named = path.name in elsewhere or any(path.name in text for text in texts.values())
        if path.name in texts[unit] or not is_named:
            yield inside
