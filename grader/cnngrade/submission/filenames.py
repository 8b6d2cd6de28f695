"""Tell from a file's name whose work on which unit it is, and whether the name can be trusted to be written to a disk."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from cnngrade.files import digest

MAX_STUDENT = 128


MAX_ID_BYTES = 200
"""Of a student's id in UTF-8: a name in a folder has at most 255, and reports and drafts add to it."""


MAX_PATH = 240


# What systems, editors and tools put beside people's files, in lower case.
_JUNK = frozenset({
    "$recycle.bin", ".directory", ".ds_store", ".fseventsd", ".git", ".idea", ".ipynb_checkpoints", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".spotlight-v100", ".trashes", ".venv", ".vscode", "__macosx", "__pycache__",
    "desktop.ini", "ehthumbs.db", "icon\r", "system volume information", "thumbs.db",
})  # fmt: skip


# AppleDouble files, and the locks of Word and LibreOffice on open files.
_JUNK_BEGINS = ("._", "~$", ".~lock.")


# Windows marks what was downloaded; other systems keep the mark as a file, some with another sign for the colon.
_JUNK_ENDS = (":zone.identifier", "\uf03azone.identifier")


_MOODLE = re.compile(r"^(?P<student>.+?)_(?P<person>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)$")


_CANVAS = re.compile(r"^(?P<student>[^_]+)(_LATE)?_(?P<person>\d+)_\d+_(?P<rest>.+)$")


# As browsers, platforms, Jupyter, Windows and macOS number what has the name of another file.
_COPY_NUMBER = r"(?:[ _-]*\(\d+\)|[ _-]\d+|[ _-]+(?i:copy|kopie|copie|copia)[ _-]?\d*(?: ?\(\d+\))?)?"


# Endings of a notebook or a script, also those that a mail program or a browser adds, and that of an archive of them.
_ENDING = re.compile(r"(?i:\.(?P<kind>ipynb|py)(?:\.txt|\.json)?|\.zip)$")


# Names of archives that are nobody's.
_NOBODYS = frozenset({"all", "archive", "everybody", "everyone", "handed-in", "handin", "submissions"})


_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)


_CONTROL = ("Cc", "Cf", "Cs", "Zl", "Zp")


# What writers of Persian, Arabic, Hebrew and Indian languages put into names, to join letters or to tell the direction.
_IN_NAMES = frozenset("\u200c\u200d\u200e\u200f\u061c")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says: the student, the path below the student's folder, and the name at the source's top.

    `person` is a learning platform's own number for the student ("" without one). `problem` says why no student can be told.
    `called` is the path below the student's folder as the student wrote it, where `inside` has the unit's own name for it.
    """

    student: str
    inside: str
    top: str
    person: str = ""
    problem: str = ""
    called: str = ""


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in _CONTROL


def bad_source_path(path: str) -> str:
    """Return why nothing is taken from a path in an archive or a stranger's folder, "" if something may be."""
    if not path or "\\" in path or re.match(r"^([A-Za-z]:|/)", path):
        return "its path is not a relative one"
    # What is printable has none, and is known at once.
    if not path.isprintable() and any(_is_control(letter) and letter not in _IN_NAMES for letter in path):
        return "its name has control characters"
    if any(part in ("", ".", "..") for part in path.split("/")):
        return "its path leads out of its folder"
    if len(path) > MAX_PATH:
        return f"its path is longer than {MAX_PATH} characters"
    return ""


def bad_path(path: str) -> str:
    """Return why a path that a stranger chose is not written to a disk, "" if it may be."""
    if problem := bad_source_path(path):
        return problem
    if not path.isprintable() and any(map(_is_control, path)):
        return "its name has control characters"
    parts = path.split("/")
    if any(_RESERVED.match(part) or part.endswith((" ", ".")) or set(part) & set('<>:"|?*') for part in parts):
        return "its name is not allowed on every system"
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


def is_displayed_name(text: str) -> bool:
    """Say whether a text that is no id is plainly somebody's name, as in `Doe, John (guest)` or `Anita Rao`."""
    begun = text.lstrip(f"'{_APOSTROPHE}")[:1]
    is_of_names = all(letter in " .,'()-" or letter in _IN_NAMES or _is_of_a_name(letter) for letter in text)
    has_parts = any(letter in " ," or letter in _IN_NAMES for letter in text)
    return is_of_names and has_parts and begun != "" and unicodedata.category(begun)[0] == "L"


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


def is_last_in(name: str, unit: str) -> bool:
    """Say whether a file's name ends with a unit's, alone or after a student's, perhaps with a copy's number."""
    ending = _ENDING.search(name)
    if ending is None:
        return False
    return re.search(rf"(?:^|[_\-. ])(?i:{re.escape(unit)}){_COPY_NUMBER}$", name[: ending.start()]) is not None


def _top_file(name: str, unit: str) -> Named:
    """Read the name of a file that is not in a student's folder."""
    ending = _ENDING.search(name)
    if not ending:
        return Named("", name, name, problem="it is not a script, a notebook or a student's folder")
    stem, kind = name[: ending.start()], (ending["kind"] or "zip").lower()
    if re.match(rf"^(?i:{re.escape(unit)}){_COPY_NUMBER}$", stem):
        return Named("", name, name, problem="it does not say whose work it is: put it in a folder named after the student")
    if kind == "zip" and plain_name(stem).casefold() in _NOBODYS:
        return Named("", name, name, problem="it is an archive in another: unpack it, and collect from the folder")
    for pattern in (_MOODLE, _CANVAS):
        match = pattern.match(name)
        if match and (inside := unit_file(match["rest"], unit)):
            return Named(plain_name(match["student"]), inside, name, match["person"], called=match["rest"])
    match = re.match(rf"^(?P<student>.+)[_\-. ](?P<rest>(?i:{re.escape(unit)}){_COPY_NUMBER})$", stem)
    student, called = (match["student"], match["rest"]) if match else (stem, unit)
    inside = f"{unit}.{kind}"
    return Named(unicodedata.normalize("NFC", student), inside, name, called=called + name[ending.start() :])


def is_junk(path: str) -> bool:
    """Say whether a file is an editor's or a system's own."""
    parts = path.casefold().split("/")
    return parts[-1].endswith(_JUNK_ENDS) or any(part in _JUNK or part.startswith(_JUNK_BEGINS) for part in parts)


def tells_of_repository(path: str) -> bool:
    """Say whether a file is the one of git's own that shows which folder is a repository: junk, but a platform's sign."""
    return path.endswith("/.git/HEAD")


def read_name(path: str, unit: str) -> Named:
    """Read the path of one file in a source."""
    parts = path.split("/")
    if len(parts) == 1:
        return _top_file(path, unit)
    top, inside = parts[0], parts[1:]
    called = "/".join(inside)
    match = _MOODLE.match(top)
    student, person = (plain_name(match["student"]), match["person"]) if match else (unicodedata.normalize("NFC", top), "")
    if inside[0] == unit and len(inside) > 1:
        # The layout of nbgrader's own submitted/: STUDENT/UNIT/file.
        inside = inside[1:]
    if len(inside) == 1:
        inside = [unit_file(inside[0], unit) or inside[0]]
    return Named(student, "/".join(inside), top, person, called=called)
