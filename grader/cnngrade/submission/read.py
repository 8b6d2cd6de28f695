"""Read a submission into code cells, without running any of it.

A submission is a script (py:percent, or any Python file) or a notebook. Grade cells, cells tagged `playground` and cells that
only call `cnngrade` are left out: what remains is the student's module.
"""

from __future__ import annotations

import ast
import json
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.errors import SubmissionError
from cnngrade.files import digest
from cnngrade.model import Submission
from cnngrade.worker.cells import Cell

MAX_BYTES = 64 << 20


MAX_SCRIPT_BYTES = 4 << 20


MAX_CODE_BYTES = 1 << 20


MAX_CELLS = 2_000


MAX_NOTEBOOK_CELLS = 10_000


# Where Python ends a line; str.splitlines also does at form feeds and at separators that text may hold.
_LINE_END = re.compile(r"\r\n?|\n")


_CELL_LINE = re.compile(r"^# ?%%(.*)$")


_PLAYGROUND = re.compile(r"""tags=\[[^]]*["']playground["']""")


# Spaces and no line ends: from each of a million empty lines the search would else go on to the last of them.
_CALLS_US = re.compile(r"^[^\S\n]*cnngrade\.(check|hint|show)\(", re.MULTILINE)


# A marker longer than this was not written by an editor, and searching it for tags takes the square of its length.
_MARKER_READ = 1_000


@dataclass(frozen=True, slots=True)
class Work:
    """A submission as it was read: its code cells."""

    submission: Submission
    cells: tuple[Cell, ...]


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file of sensible size; raises SubmissionError."""
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode):
            raise SubmissionError(f"{path.name} is not a regular file. Hand in the file itself, not a link to it.")
        if facts.st_size > MAX_BYTES:
            raise SubmissionError(
                f"{path.name} is {facts.st_size >> 20} MiB; at most {MAX_BYTES >> 20} MiB are read. "
                "Clear the notebook's outputs and hand it in again."
            )
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file; raises SubmissionError where it is empty or not UTF-8."""
    if not data.strip():
        raise SubmissionError(f"{name} is empty.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SubmissionError(f"{name}, line {line}: the file is not UTF-8. Save it again with the encoding UTF-8.") from error


def _only_calls_us(source: str) -> bool:
    """Say whether a cell does nothing but call `cnngrade`. One that also defines something is the student's work."""
    if not _CALLS_US.search(source):
        return False
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr) for statement in statements)


def _check_amount(sources: Sequence[str], name: str) -> None:
    """Raise SubmissionError for more code than anybody writes, before any of it is parsed: parsing takes a hundredfold."""
    if len(sources) > MAX_CELLS or sum(map(len, sources)) > MAX_CODE_BYTES:
        raise SubmissionError(f"{name} holds more code than is read ({MAX_CELLS} cells, {MAX_CODE_BYTES >> 20} MiB).")


def script_cells(text: str, name: str) -> list[Cell]:
    """Split a script at its `# %%` lines; one without any is a single cell. Raises SubmissionError."""
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    starts = [index for index, line in enumerate(lines) if _CELL_LINE.match(line)]
    found: list[tuple[int, str]] = []
    for start, end in zip([0, *starts], [*starts, len(lines)], strict=False):
        marker = _CELL_LINE.match(lines[start]) if start < len(lines) else None
        header = marker.group(1)[:_MARKER_READ] if marker else ""
        if "[markdown]" in header or "[md]" in header or "[raw]" in header or _PLAYGROUND.search(header):
            continue
        found.append((start + 1, "\n".join(lines[start:end])))
    _check_amount([source for _, source in found], name)
    return [Cell(source, name, first) for first, source in found if not _only_calls_us(source)]


def parse_notebook(text: str, name: str) -> dict[str, Any]:
    """Return the notebook's JSON once it has the shape of a notebook; raises SubmissionError."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SubmissionError(f"{name}{where}: this is not a notebook (not valid JSON). Save it again from Jupyter.") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError(f"{name}: this is not a notebook (it has no list of cells). Save it again from Jupyter.")
    if len(cells) > MAX_NOTEBOOK_CELLS:
        raise SubmissionError(
            f"{name} has {len(cells):,} cells; at most {MAX_NOTEBOOK_CELLS:,} are read. "
            "Hand in the notebook that you were given, with your work in it."
        )
    whole: dict[str, Any] = notebook
    return whole


def cell_source(cell: dict[str, Any]) -> str:
    """Return a notebook cell's text, which the format keeps as a string or as a list of strings."""
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _is_judged(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    tags = metadata.get("tags")
    tags = tags if isinstance(tags, list) else []
    if cell.get("cell_type") != "code" or "playground" in tags:
        return False
    return not (marks.get("grade") and not marks.get("solution"))


def notebook_cells(text: str, name: str) -> list[Cell]:
    """Return the notebook's code cells in order; raises SubmissionError."""
    numbered = list(enumerate(parse_notebook(text, name)["cells"], 1))
    code = [(number, cell, cell_source(cell)) for number, cell in numbered if cell.get("cell_type") == "code"]
    # Cells that are not judged count too: those who grade by hand see them, and for that they are parsed.
    _check_amount([source for _, _, source in code], name)
    return [
        Cell(source, f"{name} cell {number}")
        for number, cell, source in code
        if _is_judged(cell) and not _only_calls_us(source)
    ]


def code_digest(cells: list[Cell] | tuple[Cell, ...]) -> str:
    """Return a digest of what the cells do: equal for a script and the notebook made of it, whatever the comments."""
    parts = []
    for cell in cells:
        try:
            dump = ast.dump(ast.parse(cell.source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            dump = cell.source.strip()
        if dump != ast.dump(ast.Module([], [])):
            parts.append(dump)
    return digest("\n".join(parts).encode("utf-8", "surrogatepass"))


def read_work(path: Path, unit: str, student: str = "") -> Work:
    """Read one submission file; raises SubmissionError with a sentence for the student."""
    data = read_bytes(path)
    submission = Submission(student, unit, path, digest(data))
    if path.suffix != ".ipynb" and len(data) > MAX_SCRIPT_BYTES:
        # A notebook may be large for its pictures; a script that large is millions of lines.
        raise SubmissionError(
            f"{path.name} is {len(data) >> 20} MiB; at most {MAX_SCRIPT_BYTES >> 20} MiB of a script are read. "
            "Hand in the code, without data in it."
        )
    text = decoded(data, path.name)
    cells = notebook_cells(text, path.name) if path.suffix == ".ipynb" else script_cells(text, path.name)
    return Work(submission, tuple(cells))
