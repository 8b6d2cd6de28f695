"""Whether a unit's question in prose has an answer, as far as its student's own files show.

In grading a person reads what is there, wherever it stands (see `gradebook.prose_answer`). Here it is enough to know whether
anything was written at the question: a text cell there that was not handed out, or comments and strings in a cell of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError
from cnngrade.files import digest
from cnngrade.model import Course, Unit
from cnngrade.submission.borders import MARKER, borders
from cnngrade.submission.prose import bare, text_in_code, words
from cnngrade.submission.read import cell_source, decoded, parse_notebook, read_bytes

_DIGITS = 16


# What marks the question in a script and in a notebook, and the cell for its answer.
_MARKS = frozenset({"prose", "question", "answer"})


_TAG = re.compile(r"[\w-]+")


_TEXT = re.compile(r"\[(?:markdown|md)\]")


@dataclass(frozen=True, slots=True)
class _Passage:
    """A cell: what it says in words ("" for code), the tags and names that it has, and whether it is a text cell."""

    text: str
    marks: frozenset[str]
    is_text: bool


def _of_script(text: str) -> Iterator[_Passage]:
    lines = text.splitlines()
    starts = [0, *borders(lines)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        marker = MARKER.match(lines[start]) if lines else None
        header = (marker["header"] or "") if marker else ""
        source = "\n".join(lines[start + 1 if marker else start : end])
        is_text = _TEXT.search(header) is not None
        _, _, tags = header.partition("tags=")
        said = _without_signs(source) if is_text else text_in_code(source) or ""
        yield _Passage(said, frozenset(_TAG.findall(tags)), is_text)


def _without_signs(source: str) -> str:
    """Return a script's text cell as text: without the signs that make it a comment or a string."""
    return re.sub(r'^#+ ?|^r?"""|"""$', "", source, flags=re.MULTILINE)


def _of_notebook(cells: Sequence[dict[str, Any]]) -> Iterator[_Passage]:
    for cell in cells:
        source = cell_source(cell)
        metadata = cell.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        tags, given = metadata.get("tags"), metadata.get("nbgrader")
        name = given.get("grade_id") if isinstance(given, dict) else None
        marks = [*tags, name] if isinstance(tags, list) else [name]
        is_text = cell.get("cell_type") != "code"
        said = source if is_text else text_in_code(source) or ""
        yield _Passage(said, frozenset(mark for mark in marks if isinstance(mark, str)), is_text)


def _cells(path: Path) -> list[_Passage]:
    """Return the cells of a notebook or a script; raises SubmissionError and Fault for one that cannot be read."""
    text = decoded(read_bytes(path), path.name)
    return list(_of_notebook(parse_notebook(text, path.name)["cells"]) if path.suffix == ".ipynb" else _of_script(text))


def _readable_cells(path: Path) -> list[_Passage]:
    try:
        return _cells(path)
    except (SubmissionError, Fault):
        return []


def _digest(text: str) -> str:
    # The same cell has the same digest in a notebook and in a script.
    return digest(bare(text).encode("utf-8", "surrogatepass"))[:_DIGITS]


def text_digests(course: Course, unit: Unit) -> tuple[str, ...]:
    """Return a digest of every text cell of a unit as it was handed out."""
    if unit.name in course.text_digests:
        return course.text_digests[unit.name]
    return tuple(_digest(cell.text) for cell in _cells(paths.exercise_file(course, unit.name)) if cell.text)


def _has_answer(cells: Sequence[_Passage], released: Collection[str]) -> bool:
    asked = next((index for index, cell in enumerate(cells) if cell.marks & _MARKS), None)
    # Where nothing tells the question, comments may be about anything: a script of one's own begins with some.
    places = cells[asked:] if asked is not None else [cell for cell in cells if cell.is_text]
    # Most were handed out, and words take longer to be found.
    return any(cell.text and _digest(cell.text) not in released and words(cell.text) for cell in places)


def is_answered(course: Course, unit: Unit, files: Iterable[Path]) -> bool:
    """Say whether one of the student's files holds an answer to the unit's question; True where it has none.

    A file that cannot be read holds none that anybody could see. Where it is not known what was handed out, nobody is told that
    something is open.
    """
    if not unit.prose_points:
        return True
    try:
        released = frozenset(text_digests(course, unit))
    except (SubmissionError, Fault):
        return True
    return any(_has_answer(cells, released) for cells in map(_readable_cells, files))
