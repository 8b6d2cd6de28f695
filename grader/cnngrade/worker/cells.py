"""Run a submission's code cells as one module: each cell on its own, so that one that fails costs nothing else.

An import that fails costs only what needs it: the rest of its cell runs, and where a name is missing later that this import
would have bound, the import is the cause.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import inspect
import linecache
import re
import sys
import types
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    import asyncio

BODY_IS_PYTHON = frozenset(
    ("time", "timeit", "capture", "prun", "memit", "lprun", "debug", "heat", "pyinstrument", "scalene", "snakeviz", "notify")
)
"""Cell magics whose body is code of the notebook's own, run as any other cell."""


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
class OwnModule:
    """A module that a student wrote beside the work: the name that imports it, what tracebacks call its file, and its text."""

    name: str
    filename: str
    source: str
    is_package: bool = False


@dataclass(frozen=True, slots=True)
class CellFailure:
    """A cell that did not run to its end: what was raised, and where.

    Where an import failed, `unbound` are the names that the rest of the cell would have bound: whatever needs one of them fails
    for the same cause. `marked` is a line that is no Python, and below it a mark at the place.
    """

    cell: int
    where: str
    kinds: tuple[str, ...]
    message: str
    unbound: frozenset[str] = frozenset()
    marked: str = ""

    @property
    def text(self) -> str:
        """What happened where; a line that is no Python stands below, with a mark at the place."""
        return "\n".join(filter(None, [f"{self.where}: {self.kinds[0]}: {self.message}"[:500], self.marked]))


Say = Callable[[BaseException], str]


_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag


# Syntax of later versions of Python: (version, what the text of the line shows).
_NEWER = (
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(\[.*\])?\s*=|^\s*(async\s+)?(def|class)\s+\w+\s*\[")),
    ((3, 14), re.compile(r"^\s*except\s+[\w.]+\s*,|\bt(?P<quote>['\"]).*(?P=quote)")),
)


_LINE_IN_MESSAGE = re.compile(r"\b((?:on|at) line )(\d+)")


# Of a cell further down in its file the tree is cheaper moved than parsed below so many empty lines.
_MOST_LINES_ABOVE = 5_000


def _parse(cell: Cell) -> ast.Module:
    """Return a cell's tree, its lines counted in the cell's file as those of the errors that this raises."""
    above = cell.first_line - 1
    if 0 < above <= _MOST_LINES_ABOVE:
        with contextlib.suppress(SyntaxError, ValueError):
            # Moving the lines of a tree takes several times as long as parsing it does.
            return ast.parse("\n" * above + cell.source, cell.filename)
    try:
        tree = ast.parse(cell.source, cell.filename)
    except SyntaxError as error:
        error.lineno = (error.lineno or 1) + cell.first_line - 1
        # Some name a second line: "after 'if' statement on line 1".
        error.msg = _LINE_IN_MESSAGE.sub(lambda found: f"{found[1]}{int(found[2]) + cell.first_line - 1}", error.msg or "")
        raise
    return ast.increment_lineno(tree, above) if above else tree


def _is_of(error: BaseException, cell: Cell) -> TypeGuard[SyntaxError]:
    """Say whether an exception is about the cell's own syntax, and not about that of a text that it runs."""
    return isinstance(error, SyntaxError) and error.filename == cell.filename


def _line_of(error: BaseException, cell: Cell) -> int | None:
    """Return the line of the cell at which an exception came out of it."""
    line: int | None
    if _is_of(error, cell):
        line = error.lineno
    else:
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == cell.filename:
                line = trace.tb_lineno
            trace = trace.tb_next
    return line


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module binds there."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _spans(statement: ast.stmt, line: int | None) -> bool:
    return line is not None and statement.lineno <= line <= (statement.end_lineno or 0)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _unbound(cell: Cell, line: int | None) -> frozenset[str]:
    """Return the names that a cell would have bound from the line at which it stopped; after an import it goes on."""
    statements = _parse(cell).body
    stopped = [statement for statement in statements if _spans(statement, line)]
    rest = [statement for statement in statements if (statement.end_lineno or 0) >= (line or 0)]
    alone = bool(stopped) and _is_import(stopped[0])
    return frozenset(name for statement in (stopped if alone else rest) for name in bound_by(statement))


def lines_that_bind(name: str, cell: Cell) -> list[int]:
    """Return the lines of a cell whose statements bind a name at the top level."""
    try:
        statements = _parse(cell).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [statement.lineno for statement in statements if name in bound_by(statement)]


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


def _newer_python(error: SyntaxError) -> str:
    """Say which version of Python has the syntax that this one refuses; "" where none is known to."""
    line, told = error.text or "", error.msg or ""
    needed = next(
        (version for version, shows in _NEWER if shows.search(line)), (3, 12) if told.startswith("f-string") else None
    )
    if needed is None or sys.version_info[:2] >= needed:
        return ""
    here = "{}.{}".format(*sys.version_info[:2])
    return f" (this may be syntax of Python {needed[0]}.{needed[1]}; Python {here} runs it here)"


_MOST_OF_LINE = 80


def _marked(error: SyntaxError, cell: Cell) -> str:
    """Return the line that is no Python, indented, and below it a mark where Python stopped reading; "" if it is not known."""
    lines, number = cell.source.split("\n"), (error.lineno or 0) - cell.first_line
    if not 0 <= number < len(lines) or not error.offset or not lines[number].strip():
        return ""
    # A tab would be of another width below.
    line = lines[number].rstrip().replace("\t", " ")
    begin = min(max(error.offset - 1, 0), len(line))
    same_line = error.end_lineno is None or error.end_lineno == error.lineno or error.end_lineno == number + 1
    end = error.end_offset - 1 if same_line and error.end_offset and error.end_offset > 0 else begin + 1
    left = max(len(line) - len(line.lstrip()), begin - _MOST_OF_LINE // 2)
    left = min(left, begin)
    shown = line[left : left + _MOST_OF_LINE]
    width = max(1, min(end, len(line), left + _MOST_OF_LINE) - begin)
    return f"    {shown}\n    {' ' * (begin - left)}{'^' * width}"


def _failure(index: int, cell: Cell, error: BaseException, before: list[CellFailure], say: Say) -> CellFailure:
    line = _line_of(error, cell)
    cause = waits_for(error, before)
    if cause is not None:
        return replace(cause, cell=index, unbound=_unbound(cell, line))
    where = cell.filename if line is None else f"{cell.filename}, line {line}"
    message = (error.msg or "") + _newer_python(error) if _is_of(error, cell) else say(error)
    marked = _marked(error, cell) if _is_of(error, cell) else ""
    unbound = _unbound(cell, line) if isinstance(error, ImportError) else frozenset[str]()
    return CellFailure(index, where, kinds_of(error), message[:500], unbound, marked)


def assembled(cells: Iterable[Cell], path: str) -> str:
    """Return the text of the file that the cells were cut from, as far as they hold it, each at its own line."""
    lines: list[str] = []
    for cell in cells:
        # The cells of a notebook have names of their own, and no place in a file: they follow one another.
        if cell.filename == path:
            lines.extend([""] * (cell.first_line - 1 - len(lines)))
        lines.extend(cell.source.split("\n"))
    return "\n".join(lines) + "\n"


def remember_lines(filename: str, lines: Sequence[str]) -> None:
    """Keep a text's lines for inspect.getsource and for tracebacks: it need not be on the disk of a sandbox."""
    linecache.cache[filename] = (0, None, [line + "\n" for line in lines], filename)


# What works in a cell because a kernel runs it in an event loop.
_WANTS_A_LOOP = re.compile(r"\b(create_task|ensure_future|get_running_loop|current_task)\b")


async def _as_coroutine(code: types.CodeType, names: dict[str, object]) -> None:
    exec(code, names)


class _Runner:
    """Runs statements in a module as a kernel does: what a `from __future__ import` switches on stays on."""

    def __init__(self, module: types.ModuleType) -> None:
        self._names = module.__dict__
        self._flags = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, tree: ast.Module, cell: Cell) -> None:
        """Run a cell, or the rest of one; raises what it raises."""
        filename = cell.filename
        try:
            code = compile(tree, filename, "exec", self._flags, dont_inherit=True)
        except SyntaxError:
            # Only where a cell is no Python otherwise: in a kernel, too, `await` stands outside of functions.
            code = compile(tree, filename, "exec", self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        self._flags |= code.co_flags & _FUTURE
        if code.co_flags & inspect.CO_COROUTINE:
            self._in_loop(eval(code, self._names))
        elif _WANTS_A_LOOP.search(cell.source):
            self._in_loop(_as_coroutine(code, self._names))
        else:
            exec(code, self._names)

    def _in_loop(self, coroutine: Coroutine[object, object, object]) -> None:
        """Run a cell as a kernel runs all of them: in an event loop, in which tasks of one cell live on for the next."""
        import asyncio  # takes a third as long as NumPy, and hardly a cell awaits anything

        self._loop = self._loop or asyncio.new_event_loop()
        self._loop.run_until_complete(coroutine)


def _only_defines(statement: ast.stmt) -> bool:
    """Say whether a statement binds a name to what stands there, and does nothing else."""
    if isinstance(statement, ast.Assign):
        try:
            ast.literal_eval(statement.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return True
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def _asks_for_main(test: ast.expr) -> bool:
    """Say whether a condition is `__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [getattr(side, "id", getattr(side, "value", None)) for side in (test.left, test.comparators[0])]
    return "__name__" in sides and "__main__" in sides


def _as_imported(tree: ast.Module) -> ast.Module:
    """Return a script's statements as an import runs them, with what it defines where it is the program itself.

    What else it does there (reading arguments, training, drawing) is not for a grader to wait for.
    """
    body: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.If) and _asks_for_main(statement.test):
            body += [inner for inner in statement.body if _only_defines(inner)]
            body += statement.orelse
        else:
            body.append(statement)
    return ast.Module(body, [])


def not_imported(cell: Cell) -> list[tuple[int, str]]:
    """Return (line, text) of each statement of a script's cell that an import does not run."""
    if cell.source.isascii() and "__name__" not in cell.source:
        return []
    try:
        guards = [part for part in _parse(cell).body if isinstance(part, ast.If) and _asks_for_main(part.test)]
        left = [inner for guard in guards for inner in guard.body if not _only_defines(inner)]
        return [(inner.lineno, ast.unparse(inner)) for inner in left]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _after_import(tree: ast.Module, line: int | None) -> ast.Module | None:
    """Return what follows the import at that line of a cell; None where no import stands there."""
    at = next((index for index, statement in enumerate(tree.body) if _spans(statement, line)), None)
    if at is None or not _is_import(tree.body[at]):
        return None
    return ast.Module(tree.body[at + 1 :], [])


def run_cells(
    cells: Iterable[Cell], name: str, path: str, say: Say = str, begin: Callable[[types.ModuleType], None] = lambda _: None
) -> tuple[types.ModuleType, list[CellFailure]]:
    """Run the cells in order in a new module called `name` and return it with the cells that failed.

    `say` returns what an exception says; `begin` is called with the module before the first cell.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    begin(module)
    runner = _Runner(module)
    as_main = name == "__main__"
    failures: list[CellFailure] = []
    texts: dict[str, list[str]] = {}
    for index, cell in enumerate(cells):
        lines = texts.setdefault(cell.filename, [])
        lines.extend([""] * (cell.first_line - 1 - len(lines)))
        lines.extend(cell.source.split("\n"))
        remember_lines(cell.filename, lines)
        rest: ast.Module | None = None
        try:
            rest = _parse(cell) if as_main else _as_imported(_parse(cell))
        except BaseException as error:
            failures.append(_failure(index, cell, error, failures, say))
        while rest is not None:
            tree, rest = rest, None
            try:
                runner.run(tree, cell)
            except BaseException as error:
                # A submission may raise anything at import, SystemExit too; the other cells still count.
                failures.append(_failure(index, cell, error, failures, say))
                if isinstance(error, ImportError):
                    rest = _after_import(tree, _line_of(error, cell))
    return module, failures
