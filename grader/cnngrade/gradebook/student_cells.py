"""Every cell of a submission, text and code, whatever a student's editor has done to it.

`submission.read` reads the code that is judged; this one is for a person, so nothing is left out and nothing is trusted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnngrade.gradebook.attachments import Pictures, attached
from cnngrade.submission import read as reading

# Many times what any unit's script has. jupytext takes the square of a long line's length, and nobody reads more of it.
_MOST_CUT_UP = 1 << 18


@dataclass(frozen=True, slots=True)
class StudentCell:
    """A cell as it was handed in.

    `grade_id` and `id` are what it says of itself and may be wrong. `untouched` means that it still has the text with which it
    was released, `edited` that it has not; where neither is true, nothing tells. `pictures` are those attached to it.
    """

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    tags: tuple[str, ...] = ()
    graded: bool = False
    untouched: bool = False
    edited: bool = False
    pictures: Pictures = field(default_factory=dict)


def _text(value: object) -> str:
    """Return a string that UTF-8 can hold; JSON may carry halves of surrogate pairs."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_untouched(source: str, kind: str, marks: dict[str, Any]) -> bool:
    """Say whether a locked cell still has the text it was released with, by the checksum that nbgrader gave it."""
    digest = hashlib.md5(usedforsecurity=False)
    parts = [source, kind, str(bool(marks.get("grade"))), str(bool(marks.get("solution"))), str(bool(marks.get("locked")))]
    for part in [*parts, _text(marks.get("grade_id"))]:
        digest.update(part.encode())
    return digest.hexdigest() == marks.get("checksum")


def _student_cell(cell: dict[str, Any]) -> StudentCell:
    metadata = _table(cell.get("metadata"))
    marks = _table(metadata.get("nbgrader"))
    tags = metadata.get("tags")
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    source = _text(reading.cell_source(cell))
    untouched = _is_untouched(source, kind, marks)
    return StudentCell(
        kind=kind,
        source=source,
        id=_text(cell.get("id")),
        grade_id=_text(marks.get("grade_id")),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        graded=bool(marks.get("grade")) and not marks.get("solution"),
        untouched=untouched,
        edited=not untouched and bool(_text(marks.get("checksum"))),
        pictures=attached(cell),
    )


def _script_cells(text: str) -> list[dict[str, Any]]:
    if len(text) > _MOST_CUT_UP:
        return [{"cell_type": "code", "source": text}]
    import jupytext  # takes as long as NumPy, and a class that hands in notebooks needs none of it

    try:
        return list(jupytext.reads(text, fmt="py:percent").cells)
    except Exception:
        # jupytext reads headers and options that a student may have edited, and fails in many ways on odd ones.
        return [{"cell_type": "code", "source": text}]


def student_cells(path: Path) -> tuple[StudentCell, ...]:
    """Return all cells of a notebook or a script (py:percent); raises SubmissionError if the judge could not read it either."""
    # The modules beside it are no reason why it could not be read.
    reading.read_work(path, path.stem, alone=True)
    text = reading.decoded(reading.read_bytes(path), path.name)
    raw = reading.parse_notebook(text, path.name)["cells"] if path.suffix == ".ipynb" else _script_cells(text)
    return tuple(_student_cell(cell) for cell in raw)
