"""Read a submission into code cells, without running any of it.

A submission is a script (py:percent, or any Python file) or a notebook, and the modules beside it that it imports. Grade cells,
cells tagged `playground`, cells in another language and cells that only call `cnngrade` are left out: what remains is the
student's module.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.errors import Fault, SubmissionError
from cnngrade.files import digest
from cnngrade.model import Submission
from cnngrade.submission.borders import FROM_A_NOTEBOOK, MARKER, borders
from cnngrade.submission.ipython import Reader, syntax_tree
from cnngrade.submission.large_notebook import lightened
from cnngrade.submission.no_links import FolderWithoutLinks, Refused
from cnngrade.submission.own_modules import ModulesBeside
from cnngrade.worker.cells import Cell, OwnModule, not_imported

MAX_BYTES = 64 << 20


MAX_SCRIPT_BYTES = 4 << 20


MAX_CODE_BYTES = 1 << 20


MAX_CELLS = 2_000


MAX_NOTEBOOK_CELLS = 10_000


# Where Python ends a line; str.splitlines also does at form feeds and at separators that text may hold.
_LINE_END = re.compile(r"\r\n?|\n")


_PLAYGROUND = re.compile(r"""tags=\[[^]]*["']playground["']""")


# Spaces and no line ends: from each of a million empty lines the search would else go on to the last of them.
_CALLS_US = re.compile(r"^[^\S\n]*cnngrade\.(check|explore|hint|show)\(", re.MULTILINE)


# A marker longer than this was not written by an editor, and searching it for tags takes the square of its length.
_MARKER_READ = 1_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell that is not run: where it stands, its text, and why it is not run, as the end of a sentence about it."""

    where: str
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Work:
    """A submission as it was read: its code cells, the cells that are not run, and the modules of the student's own.

    `as_notebook` says that it runs as in a kernel, where `__name__` is "__main__"; a script is imported.
    """

    submission: Submission
    cells: tuple[Cell, ...]
    left_out: tuple[LeftOut, ...] = ()
    modules: tuple[OwnModule, ...] = ()
    as_notebook: bool = False


def read_bytes(path: Path, below: Path | None = None) -> bytes:
    """Return the content of a regular file of sensible size; raises SubmissionError, and Fault where the system refuses it.

    No link is followed on the way down from the folder `below`, which is the file's own if it is left out.
    """
    folder = below or path.parent
    try:
        with FolderWithoutLinks(folder) as top, os.fdopen(top.open(path.relative_to(folder).parts), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise SubmissionError(
                    f"{path.name} is {size >> 20} MiB; at most {MAX_BYTES >> 20} MiB are read. "
                    "Clear the notebook's outputs and hand it in again."
                )
            # One that grows meanwhile is read as far as it was.
            return file.read(size)
    except Refused as error:
        raise SubmissionError(f"{path.name} is not a regular file. Hand in the file itself, not a link to it.") from error
    except FileNotFoundError as error:
        raise SubmissionError(f"{path.name} is not there.") from error
    except OSError as error:
        # What it holds is not known: that it is not for us to read, or on a failing disk, is not the student's doing.
        raise Fault(f"{path.name} cannot be read: {error.strerror or error}.") from error


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file: UTF-8, or what a script says that it is. Raises SubmissionError, for an empty one too.

    Of a large notebook it lacks the outputs, which nobody here reads.
    """
    if not data.strip():
        raise SubmissionError(f"{name} is empty.")
    if name.endswith(".ipynb"):
        data = lightened(data, name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not name.endswith(".ipynb"):
            try:
                return data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
            except (SyntaxError, UnicodeDecodeError, LookupError):
                pass
        line = data[: error.start].count(b"\n") + 1
        raise SubmissionError(f"{name}, line {line}: the file is not UTF-8. Save it again with the encoding UTF-8.") from error


def _is_call_of_us(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else [statement.module]
        return names == ["cnngrade"]
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and _is_us(value.func.value)


def _is_us(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id == "cnngrade"


def only_calls_us(source: str) -> bool:
    """Say whether a cell does nothing but call `cnngrade`. One that also imports or defines something is the student's work."""
    if not _CALLS_US.search(source):
        return False
    tree = syntax_tree(source)
    return tree is not None and all(map(_is_call_of_us, tree.body))


def _check_amount(sources: Sequence[str], name: str) -> None:
    """Raise SubmissionError for more code than anybody writes, before any of it is parsed: parsing takes a hundredfold."""
    if len(sources) > MAX_CELLS or sum(map(len, sources)) > MAX_CODE_BYTES:
        raise SubmissionError(f"{name} holds more code than is read ({MAX_CELLS} cells, {MAX_CODE_BYTES >> 20} MiB).")


def _sorted_out(code: Sequence[tuple[str, str, int]], left_out: list[LeftOut]) -> list[Cell]:
    """Return the cells that run, each as (text, name, first line), and add to `left_out` those that do not."""
    reader, found = Reader(), []
    for source, name, first in code:
        if only_calls_us(source):
            continue
        meaning = reader.meaning(source)
        if meaning.left_out:
            left_out.append(LeftOut(name, source, f"a cell with {meaning.left_out} is not run"))
        else:
            found.append(Cell(meaning.python, name, first))
    return found


def _script(text: str, name: str) -> tuple[list[Cell], list[LeftOut]]:
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    starts = [0, *borders(lines)]
    found: list[tuple[str, str, int]] = []
    left_out: list[LeftOut] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        marker = MARKER.match(lines[start]) if start < len(lines) else None
        header = ((marker["header"] or "") if marker else "")[:_MARKER_READ]
        source = "\n".join(lines[start:end])
        if "[markdown]" in header or "[md]" in header or "[raw]" in header:
            left_out.append(LeftOut(f"{name}, line {start + 1}", source, "that cell is text"))
        elif _PLAYGROUND.search(header):
            left_out.append(LeftOut(f"{name}, line {start + 1}", source, _TO_PLAY_IN))
        else:
            found.append((source, name, start + 1))
    _check_amount([source for source, _, _ in found], name)
    cells = _sorted_out(found, left_out)
    if not FROM_A_NOTEBOOK.search(text):
        why = "what a script does as a program is not run"
        left_out += [LeftOut(f"{name}, line {line}", source, why) for cell in cells for line, source in not_imported(cell)]
    return cells, left_out


def script_cells(text: str, name: str) -> list[Cell]:
    """Split a script at its markers; one without any is a single cell. Raises SubmissionError."""
    return _script(text, name)[0]


def _of_today(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a notebook of the format that had worksheets as Jupyter opens it; raises SubmissionError."""
    sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
    cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError(f"{name}: this is not a notebook (its cells are none). Save it again from Jupyter.")
    renamed = [{**cell, "source": cell.get("input", "")} if cell.get("cell_type") == "code" else cell for cell in cells]
    return {key: value for key, value in notebook.items() if key != "worksheets"} | {"cells": renamed}


def parse_notebook(text: str, name: str) -> dict[str, Any]:
    """Return the notebook's JSON once it has the shape of a notebook; raises SubmissionError."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SubmissionError(f"{name}{where}: this is not a notebook (not valid JSON). Save it again from Jupyter.") from error
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        notebook = _of_today(notebook, name)
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


_TO_PLAY_IN = "that is a cell to play in, and such cells are not judged"


def _why_not_judged(cell: dict[str, Any]) -> str:
    """Return why a cell is not run, "" for one that is."""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    tags = metadata.get("tags")
    tags = tags if isinstance(tags, list) else []
    if cell.get("cell_type") != "code":
        return "that cell is text"
    if "playground" in tags:
        return _TO_PLAY_IN
    return "that cell checks the work and is not part of it" if marks.get("grade") and not marks.get("solution") else ""


def _notebook(text: str, name: str) -> tuple[list[Cell], list[LeftOut]]:
    numbered = list(enumerate(parse_notebook(text, name)["cells"], 1))
    sources = [(f"{name} cell {number}", cell, cell_source(cell)) for number, cell in numbered]
    # Cells that are not judged count too: those who grade by hand see them, and for that they are parsed.
    _check_amount([source for _, cell, source in sources if cell.get("cell_type") == "code"], name)
    found: list[tuple[str, str, int]] = []
    left_out: list[LeftOut] = []
    for where, cell, source in sources:
        if why := _why_not_judged(cell):
            left_out.append(LeftOut(where, source, why))
        else:
            found.append((source, where, 1))
    return _sorted_out(found, left_out), left_out


def notebook_cells(text: str, name: str) -> list[Cell]:
    """Return the notebook's code cells in order; raises SubmissionError."""
    return _notebook(text, name)[0]


def _text_of_module(path: Path, below: Path) -> str:
    """Return the Python of a module beside the work; of a notebook, that of its cells. Raises SubmissionError."""
    data = read_bytes(path, below)
    if not data.strip():
        return ""
    text = decoded(data, path.name)
    if path.suffix == ".ipynb":
        return "\n".join(cell.source for cell in notebook_cells(text, path.name))
    return "\n".join(_LINE_END.split(text))


def read_work(path: Path, unit: str, student: str = "", alone: bool = False) -> Work:
    """Read one submission; raises SubmissionError with a sentence for the student, and Fault for a file that cannot be read.

    The modules beside it that it imports are read with it. Trusted code that finds them by itself is read `alone`.
    """
    data = read_bytes(path)
    is_notebook = path.suffix == ".ipynb"
    if not is_notebook and len(data) > MAX_SCRIPT_BYTES:
        # A notebook may be large for its pictures; a script that large is millions of lines.
        raise SubmissionError(
            f"{path.name} is {len(data) >> 20} MiB; at most {MAX_SCRIPT_BYTES >> 20} MiB of a script are read. "
            "Hand in the code, without data in it."
        )
    text = decoded(data, path.name)
    cells, left_out = _notebook(text, path.name) if is_notebook else _script(text, path.name)
    modules = (
        ()
        if alone
        else ModulesBeside(path, lambda module: _text_of_module(module, path.parent), MAX_CODE_BYTES).of(
            cell.source for cell in cells
        )
    )
    # The work is the same when these are: a submission of one file keeps the digest of that file.
    whole = b"".join([data, *(f"\0{module.name}\0{module.source}".encode("utf-8", "replace") for module in modules)])
    submission = Submission(student, unit, path, digest(whole))
    as_notebook = is_notebook or FROM_A_NOTEBOOK.search(text) is not None
    return Work(submission, tuple(cells), tuple(left_out), modules, as_notebook)
