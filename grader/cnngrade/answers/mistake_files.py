"""Known mistakes that are files: a student's wrong function, kept as it was written, with the sentence that explains it.

    autograde_tests/mistakes/UNIT/FUNCTION_NAME.py

    # sentence: Write here what a student who made this mistake is told. Further lines
    #   begin with at least two spaces.
    # about: one word, where it is not the function's plain idea

A student wrote the code below that head. So the head is read as text, and the code runs where students' code runs: in a worker,
never in a process that knows answers or writes verdicts. A file whose sentence is still empty names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnngrade.answers.mistakes import KnownMistake
from cnngrade.course import paths
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError
from cnngrade.model import Course, Unit

_MOST_BYTES = 1 << 18

_KEY = re.compile(r"# ?(sentence|about):(.*)")

_MORE = re.compile(r"#[ \t]{2,}(\S.*)")


@dataclass(frozen=True, slots=True)
class MistakeFile:
    """One file: where it is, the mistake that it is, and the line (from 1) on which its sentence stands or should."""

    path: Path
    known: KnownMistake
    line: int

    @property
    def is_finished(self) -> bool:
        """Whether its sentence is written."""
        return bool(self.known.sentence)

    def problem(self) -> str:
        """Return what is to be done about a file that is not finished."""
        return (
            f'{self.path}, line {self.line}: the sentence is empty. Write after "# sentence:" what a student who made this '
            "mistake is told, or delete the file."
        )


def mistake_files(course: Course, unit: Unit) -> list[MistakeFile]:
    """Return the unit's known mistakes that are files, by their names, unfinished ones among them; raises CourseError."""
    folder = paths.mistakes_folder(course, unit.name)
    try:
        found = sorted(folder.glob("*.py")) if folder.is_dir() else []
    except OSError as error:
        raise CourseError(f"{folder} cannot be read: {error.strerror or error}.") from error
    return [_read(path, unit) for path in found if not path.name.startswith((".", "_"))]


def finished(files: Iterable[MistakeFile]) -> list[MistakeFile]:
    """Return the files whose sentence is written."""
    return [file for file in files if file.is_finished]


def _read(path: Path, unit: Unit) -> MistakeFile:
    function = function_of(path.stem, unit.functions)
    if function is None or function == path.stem:
        raise CourseError(
            f"{path}: the file of a known mistake is called FUNCTION_NAME.py, with one of {', '.join(unit.functions)}. "
            "Rename it."
        )
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CourseError(f"{path} is larger than {_MOST_BYTES >> 10} KiB. Keep the function that makes the mistake alone.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}. It has to be a text file in UTF-8.") from error
    head, line = _head(text)
    return MistakeFile(path, KnownMistake(path.stem, function, head.get("sentence", ""), head.get("about", "")), line)


def _head(text: str) -> tuple[dict[str, str], int]:
    """Return what the comments at the top of a file say, and the line of the sentence; 1 where there is none."""
    said: dict[str, list[str]] = {}
    at, key = 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            break
        if found := _KEY.match(line):
            key = found[1]
            at = number if key == "sentence" else at
            said.setdefault(key, []).append(found[2].strip())
        elif key and (more := _MORE.match(line)):
            said[key].append(more[1].strip())
        else:
            key = ""
    return {name: " ".join(filter(None, parts)) for name, parts in said.items()}, at
