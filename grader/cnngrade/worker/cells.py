"""Run a file's code as one module under one name.

`load_module` imports a trusted file of the course (a solution, the known mistakes). `run_cells` makes a module of a
submission's code cells: each cell is run on its own, so that one that fails costs nothing else.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a submission's code.

    `filename` is what a traceback shows ("NAME.py", or "NAME.ipynb cell 5"), `first_line` the line of that file at which the
    cell begins (counted from 1).
    """

    source: str
    filename: str
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class CellFailure:
    """A cell that did not run to its end; `text` says what happened where."""

    cell: int
    text: str


_MAGIC_LINE = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


def _without_magics(source: str) -> str:
    """Blank IPython's `%magic` and `!shell` lines, keeping every other line where it is."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not re.match(r"%%(time|timeit|capture)\b", first):
        return ""
    return _MAGIC_LINE.sub(r"\1pass", source)


def _compile(cell: Cell) -> types.CodeType:
    try:
        tree = ast.parse(cell.source, cell.filename)
    except SyntaxError:
        tree = ast.parse(_without_magics(cell.source), cell.filename)
    ast.increment_lineno(tree, cell.first_line - 1)
    return compile(tree, cell.filename, "exec", dont_inherit=True)


def _failure_text(error: BaseException, cell: Cell) -> str:
    line: int | None
    if isinstance(error, SyntaxError):
        line = (error.lineno or 1) + cell.first_line - 1
    else:
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == cell.filename:
                line = trace.tb_lineno
            trace = trace.tb_next
    where = cell.filename if line is None else f"{cell.filename}, line {line}"
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{where}: {type(error).__name__}: {message}"[:500]


def assembled(cells: Iterable[Cell], path: str) -> str:
    """Return the text of the file that the cells were cut from, as far as they hold it, each at its own line."""
    lines: list[str] = []
    for cell in cells:
        # The cells of a notebook have names of their own, and no place in a file: they follow one another.
        if cell.filename == path:
            lines.extend([""] * (cell.first_line - 1 - len(lines)))
        lines.extend(cell.source.split("\n"))
    return "\n".join(lines) + "\n"


def run_cells(cells: Iterable[Cell], name: str, path: str) -> tuple[types.ModuleType, list[CellFailure]]:
    """Run the cells in order in a new module called `name` and return it with the cells that failed."""
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    failures = []
    texts: dict[str, list[str]] = {}
    for index, cell in enumerate(cells):
        lines = texts.setdefault(cell.filename, [])
        lines.extend([""] * (cell.first_line - 1 - len(lines)))
        lines.extend(cell.source.split("\n"))
        # inspect.getsource and tracebacks read a module's lines from here: the text need not be on the disk of a sandbox.
        linecache.cache[cell.filename] = (0, None, [line + "\n" for line in lines], cell.filename)
        try:
            exec(_compile(cell), module.__dict__)
        except BaseException as error:
            # A submission may raise anything at import, SystemExit too; the other cells still count.
            failures.append(CellFailure(index, _failure_text(error, cell)))
    return module, failures
