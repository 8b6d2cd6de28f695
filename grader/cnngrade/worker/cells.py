"""Run a submission's code cells as one module under one name: each cell on its own, so that one that fails costs nothing else.

Where an import failed, that is the cause of later failures for lack of a name that this import would have bound.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace


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
    """A cell that did not run to its end: what was raised, and where.

    Where an import failed, `unbound` are the names that the rest of the cell would have bound: whatever needs one of them fails
    for the same cause.
    """

    cell: int
    where: str
    kinds: tuple[str, ...]
    message: str
    unbound: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """What happened where."""
        return f"{self.where}: {self.kinds[0]}: {self.message}"[:500]


Say = Callable[[BaseException], str]


_MAGIC_LINE = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


def _without_magics(source: str) -> str:
    """Blank IPython's `%magic` and `!shell` lines, keeping every other line where it is."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not re.match(r"%%(time|timeit|capture)\b", first):
        return ""
    return _MAGIC_LINE.sub(r"\1pass", source)


def _parse(cell: Cell) -> ast.Module:
    try:
        tree = ast.parse(cell.source, cell.filename)
    except SyntaxError:
        tree = ast.parse(_without_magics(cell.source), cell.filename)
    ast.increment_lineno(tree, cell.first_line - 1)
    return tree


def _line_of(error: BaseException, cell: Cell) -> int | None:
    """Return the line of the cell at which an exception came out of it."""
    line: int | None
    if isinstance(error, SyntaxError):
        line = (error.lineno or 1) + cell.first_line - 1
    else:
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == cell.filename:
                line = trace.tb_lineno
            trace = trace.tb_next
    return line


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module binds there."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _unbound(cell: Cell, line: int | None) -> frozenset[str]:
    """Return the names that a cell would have bound from the line at which it stopped."""
    rest = [statement for statement in _parse(cell).body if (statement.end_lineno or 0) >= (line or 0)]
    return frozenset(name for statement in rest for name in _bound_by(statement))


def kinds_of(error: BaseException) -> tuple[str, ...]:
    """Return the names of an exception's class and of its bases, nearest first."""
    return tuple(base.__name__[:80] for base in type(error).__mro__[:-1])[:10]


def waits_for(error: BaseException, failures: Iterable[CellFailure]) -> CellFailure | None:
    """Return the failed import that an exception follows from: the name that is not defined would have come from there."""
    if type(error) is not NameError or type(error.name) is not str:
        return None
    # `import *` would have bound nobody knows what: it is the cause where no other import is.
    known = list(failures)
    return next((failure for name in (error.name, "*") for failure in known if name in failure.unbound), None)


def _failure(index: int, cell: Cell, error: BaseException, before: list[CellFailure], say: Say) -> CellFailure:
    line = _line_of(error, cell)
    cause = waits_for(error, before)
    if cause is not None:
        return replace(cause, cell=index, unbound=_unbound(cell, line))
    where = cell.filename if line is None else f"{cell.filename}, line {line}"
    message = (error.msg or "") if isinstance(error, SyntaxError) else say(error)
    unbound = _unbound(cell, line) if isinstance(error, ImportError) else frozenset[str]()
    return CellFailure(index, where, kinds_of(error), message[:500], unbound)


def assembled(cells: Iterable[Cell], path: str) -> str:
    """Return the text of the file that the cells were cut from, as far as they hold it, each at its own line."""
    lines: list[str] = []
    for cell in cells:
        # The cells of a notebook have names of their own, and no place in a file: they follow one another.
        if cell.filename == path:
            lines.extend([""] * (cell.first_line - 1 - len(lines)))
        lines.extend(cell.source.split("\n"))
    return "\n".join(lines) + "\n"


def run_cells(cells: Iterable[Cell], name: str, path: str, say: Say = str) -> tuple[types.ModuleType, list[CellFailure]]:
    """Run the cells in order in a new module called `name` and return it with the cells that failed.

    `say` returns what an exception says.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    failures: list[CellFailure] = []
    texts: dict[str, list[str]] = {}
    for index, cell in enumerate(cells):
        lines = texts.setdefault(cell.filename, [])
        lines.extend([""] * (cell.first_line - 1 - len(lines)))
        lines.extend(cell.source.split("\n"))
        # inspect.getsource and tracebacks read a module's lines from here: the text need not be on the disk of a sandbox.
        linecache.cache[cell.filename] = (0, None, [line + "\n" for line in lines], cell.filename)
        try:
            exec(compile(_parse(cell), cell.filename, "exec", dont_inherit=True), module.__dict__)
        except BaseException as error:
            # A submission may raise anything at import, SystemExit too; the other cells still count.
            failures.append(_failure(index, cell, error, failures, say))
    return module, failures
