"""Tell from a file's name whose work on which unit it is, and whether the name can be trusted to be written to a disk."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from cnngrade.course import paths
from cnngrade.files import digest

MAX_STUDENT = 128


MAX_ID_BYTES = 200
"""Of a student's id in UTF-8: a name in a folder has at most 255, and reports and drafts add to it."""


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


# Written within names beside letters: middle dots, the dots between syllables of Tibetan, the marks of Hebrew and Armenian.
_WITHIN_NAMES = "\u00b7\u2027\u30fb\u0f0b\u0f0c\u05f3\u05f4\u055a\u0e2f"


_APOSTROPHE = "\u2019"


_AS_APOSTROPHES = "'`\u00b4\u2018\u201b\u2032\uff07"


# Between the parts of a displayed name, as in `Doe, John (guest)`.
_BETWEEN_NAMES = ',;:()[]"/&\u3001\uff08\uff09\u201c\u201d\u201e\u00ab\u00bb\u2013\u2014'


_HYPHENS = "\u2010\u2011\u05be\u30a0"


# Letters and marks that show nothing: two names that differ in them look the same.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _is_of_a_name(letter: str) -> bool:
    """Say whether people's names hold such a character: letters with their marks in any script, digits, signs within."""
    if letter in _WITHIN_NAMES + _APOSTROPHE + _HYPHENS:
        return True
    return unicodedata.category(letter)[0] in "LMN" and not _INVISIBLE.match(letter)


def bad_student(student: str) -> str:
    """Return why a string cannot be a student's id, "" if it can.

    Letters of any script with their marks, digits, apostrophes, middle dots and . _ - @ can, none of . - @ or a mark first.
    Gradebooks are opened as tables, and there a cell that begins with one of = + - @ is a formula.
    """
    if not student or len(student) > MAX_STUDENT or len(student.encode("utf-8", "surrogatepass")) > MAX_ID_BYTES:
        return f"a student's id has 1 to {MAX_STUDENT} characters, and at most {MAX_ID_BYTES} bytes"
    is_begun = student[0] not in ".-@" + _HYPHENS and not unicodedata.category(student[0]).startswith("M")
    if not is_begun or student[-1] == "." or not all(letter in "._-@'" or _is_of_a_name(letter) for letter in student):
        return f'"{student}" is not a student id: letters, digits and . _ - @ \' only, none of . - @ first, and no dot last'
    if _RESERVED.match(student):
        return f'"{student}" is not a student id: a folder of this name is not allowed on every system'
    return ""


def _cut(text: str, length: int, size: int) -> str:
    """Return the beginning of a text that has at most that many characters and bytes; no letter loses its marks."""
    kept = text[:length].encode("utf-8")[:size].decode("utf-8", "ignore")
    end = len(kept)
    while 0 < end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end -= 1
    return kept[:end]


def plain_name(name: str) -> str:
    """Return a displayed name as an id: `Anita Rao` is `Anita-Rao`, and `Doe, John (guest)` is `Doe_John_guest`.

    Each letter has one spelling, and what cannot be seen is left out. Where more is left out than what stands between
    names, as of `C++` or of a name that is too long, a digest of the name follows: what two people are called stays two ids.
    """
    whole = unicodedata.normalize("NFC", name)
    text, is_lossy = "", False
    for letter in whole:
        kind = unicodedata.category(letter)
        if letter in _AS_APOSTROPHES:
            text += _APOSTROPHE
        elif letter in "._-@" or _is_of_a_name(letter):
            text += letter
        elif letter.isspace() or kind[0] == "P":
            text += " " if letter.isspace() else ","
            is_lossy = is_lossy or not (letter.isspace() or letter in _BETWEEN_NAMES)
        elif kind != "Cf" and not _INVISIBLE.match(letter):
            is_lossy = True
    # `Anna Lena Rao` and `Anna-Lena Rao` are two names.
    space = "_" if "-" in text else "-"
    text = re.sub(r"[ ,]+", lambda gap: "_" if "," in gap[0] else space, text.strip(" ,")).rstrip(".")
    begun = next((at for at, letter in enumerate(text) if not bad_student(letter)), len(text))
    is_lossy = is_lossy or begun > 0 or not text or len(text) > MAX_STUDENT or len(text.encode()) > MAX_ID_BYTES
    text = text[begun:]
    if _RESERVED.match(text):
        text = f"_{text}"
    if not is_lossy:
        return text
    mark = digest(whole.encode("utf-8", "surrogatepass"))[:8]
    return f"{_cut(text, MAX_STUDENT - 9, MAX_ID_BYTES - 9) or 'person'}-{mark}"


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
