"""Tell from a file's name whose work on which unit it is, and whether the name can be trusted to be written to a disk."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from cnngrade.course import paths

MAX_STUDENT = 128


MAX_PATH = 240


_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", ".ipynb_checkpoints", "__pycache__", ".git", paths.TIMESTAMP)


_MOODLE = re.compile(r"^(?P<student>.+?)_(?P<person>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)$")


_CANVAS = re.compile(r"^(?P<student>[^_]+)(_LATE)?_(?P<person>\d+)_\d+_(?P<rest>.+)$")


_COPY_NUMBER = r"(?:[ _-]?\(\d+\)|-\d+)?"


_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says: the student, the path below the student's folder, and the name at the source's top.

    `person` is a learning platform's own number for the student ("" without one). `problem` says why no student can be told.
    """

    student: str
    inside: str
    top: str
    person: str = ""
    problem: str = ""


def bad_path(path: str) -> str:
    """Return why a path from an archive or a stranger's folder may not be used, "" if it may."""
    if not path or "\\" in path or re.match(r"^([A-Za-z]:|/)", path):
        return "its path is not a relative one"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in path):
        return "its name has control characters"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "its path leads out of its folder"
    if any(_RESERVED.match(part) or part.endswith((" ", ".")) or set(part) & set('<>:"|?*') for part in parts):
        return "its name is not allowed on every system"
    if len(path) > MAX_PATH:
        return f"its path is longer than {MAX_PATH} characters"
    return ""


def bad_student(student: str) -> str:
    """Return why a string cannot be a student's id, "" if it can: letters, digits and . _ - @ only, and neither . - @ first.

    Gradebooks are opened as tables, and there a cell that begins with one of = + - @ is a formula.
    """
    if not student or len(student) > MAX_STUDENT:
        return f"a student's id has 1 to {MAX_STUDENT} characters"
    if not all(letter.isalnum() or letter in "._-@" for letter in student) or student[0] in ".-@" or student[-1] == ".":
        return f'"{student}" is not a student id: letters, digits and . _ - @ only, none of . - @ first, and no dot last'
    if _RESERVED.match(student):
        return f'"{student}" is not a student id: a folder of this name is not allowed on every system'
    return ""


def plain_name(name: str) -> str:
    """Return a platform's display name as an id: one spelling of each letter, and no spaces."""
    return re.sub(r"\s+", "-", unicodedata.normalize("NFC", name).strip())


def unit_file(name: str, unit: str) -> str | None:
    """Return UNIT.py or UNIT.ipynb for a name that is one of them, perhaps with a copy's number in it."""
    match = re.match(rf"^{re.escape(unit)}{_COPY_NUMBER}(\.py|\.ipynb)$", name)
    return unit + match.group(1) if match else None


def _top_file(name: str, unit: str) -> Named:
    """Read the name of a file that is not in a student's folder."""
    stem, dot, suffix = name.rpartition(".")
    if dot + suffix not in (".py", ".ipynb"):
        return Named("", name, name, problem="it is not a script, a notebook or a student's folder")
    if unit_file(name, unit):
        return Named("", name, name, problem="it does not say whose work it is: put it in a folder named after the student")
    for pattern in (_MOODLE, _CANVAS):
        match = pattern.match(name)
        if match and (inside := unit_file(match["rest"], unit)):
            return Named(plain_name(match["student"]), inside, name, match["person"])
    match = re.match(rf"^(?P<student>.+)[_\-. ]{re.escape(unit)}{_COPY_NUMBER}$", stem)
    student = match["student"] if match else stem
    return Named(unicodedata.normalize("NFC", student), unit + dot + suffix, name)


def is_junk(path: str) -> bool:
    """Say whether a file is an editor's or a system's own, or one that only nbgrader may write."""
    return any(part in _JUNK or part.startswith("._") for part in path.split("/"))


def read_name(path: str, unit: str) -> Named:
    """Read the path of one file in a source."""
    parts = path.split("/")
    if len(parts) == 1:
        return _top_file(path, unit)
    top, inside = parts[0], parts[1:]
    match = _MOODLE.match(top)
    student, person = (plain_name(match["student"]), match["person"]) if match else (unicodedata.normalize("NFC", top), "")
    if inside[0] == unit and len(inside) > 1:
        # The layout of nbgrader's own submitted/: STUDENT/UNIT/file.
        inside = inside[1:]
    if len(inside) == 1:
        inside = [unit_file(inside[0], unit) or inside[0]]
    return Named(student, "/".join(inside), top, person)
