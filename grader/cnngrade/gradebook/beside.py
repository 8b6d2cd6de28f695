"""What a student handed in beside the judged file: any of it may hold the answer in prose."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError
from cnngrade.gradebook.student_cells import StudentCell, student_cells

_MOST_FILES = 200
"""Files of one student that are looked at; one with more than that has unpacked something."""


_MOST_READ = 10


_MOST_COMPARED = 1 << 20


_TEXTS = frozenset({
    ".txt", ".text", ".md", ".markdown", ".rst", ".tex", ".rtf", ".pdf", ".html", ".htm", ".doc", ".docx", ".odt", ".adoc",
})  # fmt: skip


_ANSWER = re.compile(
    r"(?:\w*[\W_])?(?:answers?|antwort|r[eé]ponse|respuesta|resposta|risposta|ответ|cevap)(?![a-z])|.*(?:答案|回答)",
    re.IGNORECASE,
)


_NOT_LOOKED_INTO = frozenset({"autograde_tests", "data", "__pycache__"})


_NO_TEXT = frozenset({"requirements.txt"})


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A notebook, a script or a module that is not judged; its prose counts all the same."""

    name: str
    cells: tuple[StudentCell, ...]
    is_module: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Files with cells, and the names of those that a person has to open."""

    files: tuple[OtherFile, ...] = ()
    unread: tuple[str, ...] = ()


NOTHING = Beside()


def _regular_files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it that are not empty; links are not followed."""
    for around, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_LOOKED_INTO)
        for name in sorted(names):
            path = Path(around, name)
            facts = path.lstat()
            if stat.S_ISREG(facts.st_mode) and facts.st_size and not name.startswith("."):
                yield path


def _content(path: Path) -> list[bytes] | None:
    """Return a file's content without what an editor does to the ends of lines; None for a large one, or none at all."""
    try:
        facts = path.lstat()
        is_small = stat.S_ISREG(facts.st_mode) and facts.st_size <= _MOST_COMPARED
        return path.read_bytes().split() if is_small else None
    except OSError:
        return None


def _holds_text(path: Path, handed_out: Path | None) -> bool:
    """Say whether a file may hold a text of the student's, which a file that was handed out or is blank does not."""
    is_text = path.suffix.lower() in _TEXTS and path.name not in _NO_TEXT
    if not is_text and not _ANSWER.match(path.stem):
        return False
    content = _content(path)
    return content is None or bool(content and (handed_out is None or content != _content(handed_out)))


def _other_file(path: Path, name: str, stem: str) -> OtherFile | None:
    """Read a notebook or a script; None if it cannot be read."""
    try:
        cells = student_cells(path)
    except (SubmissionError, Fault, OSError):
        return None
    is_module = path.suffix == ".py" and path.stem != stem and all(cell.kind == "code" for cell in cells)
    return OtherFile(name, cells, is_module)


def beside(judged: Path, folder: Path | None, handed_out: Path | None) -> Beside:
    """Return what was handed in beside the `judged` file: of its name, and anything else in the student's `folder`.

    `handed_out` is the folder of the release: what is in it as well is nobody's answer.
    """
    found = [path for path in (judged.with_suffix(".ipynb"), judged.with_suffix(".py")) if path != judged and path.is_file()]
    if folder is not None:
        of_nbgrader = [folder / name for name in (paths.TIMESTAMP, paths.SUBMISSION_SECRET)]
        known = [judged, *of_nbgrader, *found]
        found += [path for path in islice(_regular_files(folder), _MOST_FILES) if path not in known]
    files: list[OtherFile] = []
    unread: list[str] = []
    left = _MOST_READ
    for path in found:
        name = path.name if folder is None or not path.is_relative_to(folder) else path.relative_to(folder).as_posix()
        is_work = path.suffix in (".ipynb", ".py")
        if is_work and left > 0:
            left -= 1
            other = _other_file(path, name, judged.stem)
            if other is not None:
                files.append(other)
            elif path.lstat().st_size:
                unread.append(name)
        elif is_work or _holds_text(path, handed_out and handed_out / name):
            unread.append(name)
    return Beside(tuple(files), tuple(unread))
