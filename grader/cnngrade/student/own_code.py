"""The text of what raised: which statement a frame was at, which function it stands in, and where a name got its value."""

from __future__ import annotations

import ast
import functools
import itertools
import linecache
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from cnngrade.submission.read import Work
from cnngrade.submission.stubs import is_released

_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


Function = ast.FunctionDef | ast.AsyncFunctionDef


_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


Span = tuple[int, int, int, int]
"""The first and last line of an expression, and the columns at which it begins and ends; columns are 0 where not known."""


NOWHERE: Span = (0, 0, 0, 0)
"""No place in a line."""


# A longer cell is no lesson's, and to look for a line's origin in it would take long.
_MOST_CHARACTERS = 200_000


@functools.lru_cache(maxsize=64)
def _tree(source: str, first_line: int) -> ast.Module | None:
    if len(source) > _MOST_CHARACTERS:
        return None
    try:
        tree = ast.parse(source)
    except _UNPARSABLE:
        return None
    ast.increment_lineno(tree, first_line - 1)
    return tree


@dataclass(frozen=True, slots=True)
class FrameSpot:
    """Where a frame was: the statement, the innermost expression of it that was run (if known), and the statements around it.

    `around` begins with the outermost. `text` is the statement's first line.
    """

    filename: str
    line: int
    text: str
    statement: ast.stmt
    expression: ast.expr | None
    around: tuple[ast.stmt, ...]

    @property
    def function(self) -> Function | None:
        """The function that the statement stands in."""
        return next((outer for outer in reversed(self.around) if isinstance(outer, Function)), None)

    @property
    def run(self) -> ast.AST:
        """What was run: the expression if that is known, else what the statement itself is; that also where it puts a value."""
        puts = isinstance(getattr(self.expression, "ctx", None), ast.Store | ast.Del) or isinstance(
            self.statement, ast.AugAssign
        )
        return _own_part(self.statement) if puts or self.expression is None else self.expression


@dataclass(frozen=True, slots=True)
class Made:
    """Where a name got its value: the statement, and the expression that was given to it (None: a loop's next, a parameter).

    `value` is the expression for this name alone, `whole` the one that was taken apart if several names were given at once.
    """

    statement: ast.stmt
    value: ast.expr | None
    whole: ast.expr | None = None


class OwnCode:
    """The files that a frame may be in, and what of them was handed out.

    Without work it is the code of this process, a notebook's kernel. `released` returns the digests of the statements that were
    handed out; it is called when something has raised, since that takes reading a file. `unrun` returns, for a name that a
    kernel lacks, a sentence about the cell that has to be run for it, "" where there is none; `told` are those sentences.
    """

    def __init__(
        self,
        work: Work | None = None,
        released: Callable[[], Collection[str]] = tuple,
        unrun: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._work = work
        self._released = released
        self._unrun = unrun
        self.told: list[str] = []

    def unrun(self, name: str) -> str:
        """Return a sentence about the cell that has to be run for a name that a kernel lacks, "" where there is none."""
        sentence = self._unrun(name)
        if sentence and sentence not in self.told:
            self.told.append(sentence)
        return sentence

    @functools.cached_property
    def _digests(self) -> frozenset[str]:
        return frozenset(self._released())

    def _cell(self, filename: str, line: int) -> tuple[str, int] | None:
        """Return the text that holds a line of a file, and the number of its first line."""
        if self._work is None:
            return "".join(linecache.getlines(filename)), 1
        for cell in self._work.cells:
            if cell.filename == filename and 0 <= line - cell.first_line <= cell.source.count("\n"):
                return cell.source, cell.first_line
        return next(((own.source, 1) for own in self._work.modules if own.filename == filename), None)

    def line(self, filename: str, line: int) -> str:
        """Return the text of a line, without its indentation; "" where it is not there."""
        found = self._cell(filename, line)
        lines = found[0].split("\n") if found else []
        return lines[line - found[1]].strip()[:200] if found and 0 <= line - found[1] < len(lines) else ""

    def knows(self, filename: str) -> bool:
        """Say whether a file is one of the submission's."""
        if self._work is None:
            return True
        return filename in {cell.filename for cell in self._work.cells} | {own.filename for own in self._work.modules}

    def spot(self, filename: str, line: int, span: Span) -> FrameSpot | None:
        """Return where a frame was; None where its text is not there or no Python."""
        text = self._cell(filename, line)
        tree = _tree(*text) if text else None
        if tree is None:
            return None
        around = list(_around(tree, line))
        if not around:
            return None
        # What stands on one line with the head of a loop or a condition may be inside it, or that head.
        found = [(place, node) for place, outer in enumerate(around) if (node := _expression(outer, span))]
        whole = [(place, None) for place, outer in enumerate(around) if _span_of(outer) == span]
        place, expression = [*whole, *found, (len(around) - 1, None)][0]
        return FrameSpot(filename, line, self.line(filename, line), around[place], expression, tuple(around[:place]))

    def returns(self, name: str) -> list[FrameSpot]:
        """Return the spots of the return statements of the one function of this name; none where it is not one."""
        cells = self._work.cells if self._work else ()
        found = [
            (cell.filename, node)
            for cell in cells
            if (tree := _tree(cell.source, cell.first_line)) is not None
            for node in ast.walk(tree)
            if isinstance(node, Function) and node.name == name
        ]
        if len(found) != 1:
            return []
        filename, function = found[0]
        nodes = [node for statement in function.body for node in own_nodes(statement)]
        lines = [node.lineno for node in nodes if isinstance(node, ast.Return) and node.value is not None]
        spots = [self.spot(filename, line, NOWHERE) for line in lines]
        return [spot for spot in spots if spot is not None and isinstance(spot.statement, ast.Return)]

    def is_given(self, spot: FrameSpot) -> bool:
        """Say whether a frame was in a statement that was handed out as it stands."""
        outermost = spot.around[0] if spot.around else spot.statement
        return is_released(outermost, self._digests)

    def place(self, filename: str, line: int) -> str:
        """Return how to tell a line: "line 12", with the notebook's cell, or the file where the code is in several."""
        name = _in_kernel(filename) if self._work is None else self._short(filename)
        return f"{name}, line {line}" if name else f"line {line}"

    def _short(self, filename: str) -> str:
        assert self._work
        file = self._work.submission.path.name
        if filename == file and not self._work.modules:
            return ""
        return filename.removeprefix(f"{file} ") if filename != file else filename


def _in_kernel(filename: str) -> str:
    """Return what a notebook calls the cell whose code has this file's name; "" where it has none."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    name = getattr(getattr(shell, "compile", None), "format_code_name", lambda _: None)(filename)
    # IPython says ("Cell", "In[3]") of a cell that was run.
    return f"cell {name[1].removeprefix('In')}" if name else ""


def _around(tree: ast.AST, line: int) -> Iterator[ast.stmt]:
    """Yield the statements that hold a line, outermost first."""
    node: ast.AST | None = tree
    while node is not None:
        inner = [part for part in _statements(node) if _first_line(part) <= line <= (part.end_lineno or 0)]
        # Of two on one line the last, for want of anything better.
        node = inner[-1] if inner else None
        if node is not None:
            yield node


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(part.lineno for part in decorators)])


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements that stand directly in another one."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.stmt):
            yield part
        elif isinstance(part, ast.ExceptHandler | ast.match_case):
            yield from _statements(part)


def _own_part(statement: ast.stmt) -> ast.AST:
    """Return what a statement runs itself: of those that hold others only the head."""
    match statement:
        case ast.For() | ast.AsyncFor():
            return statement.iter
        case ast.While() | ast.If():
            return statement.test
        case ast.With() | ast.AsyncWith():
            return ast.Tuple([item.context_expr for item in statement.items], ast.Load())
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return ast.Tuple([*statement.decorator_list], ast.Load())
        case ast.Try():
            return ast.Pass()
    return statement


def _expression(statement: ast.stmt, span: Span) -> ast.expr | None:
    """Return the expression of a statement that stands exactly there."""
    if span[2:] == (0, 0):
        return None
    expressions = (node for node in ast.walk(_own_part(statement)) if isinstance(node, ast.expr) and hasattr(node, "lineno"))
    return next((node for node in expressions if _span_of(node) == span), None)


def _span_of(node: ast.expr | ast.stmt) -> Span:
    return node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all nodes inside it, but for those in functions and classes that it defines."""
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, _SCOPES):
            yield from own_nodes(part)


def names_in(node: ast.AST) -> list[str]:
    """Return the names that are read there, in their order and each once."""
    read = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    return list(dict.fromkeys(name.id for name in sorted(read, key=lambda name: (name.lineno, name.col_offset))))


def parameters(function: Function) -> list[str]:
    """Return the names of a function's parameters, in the order in which they are handed over by place."""
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def _all_parameters(function: Function) -> set[str]:
    named = {argument.arg for argument in function.args.kwonlyargs}
    stars = {argument.arg for argument in (function.args.vararg, function.args.kwarg) if argument}
    return {*parameters(function), *named, *stars}


def is_parameter(name: str, spot: FrameSpot) -> bool:
    """Say whether a name has, where a frame was, the value that was handed to the function."""
    function = spot.function
    if function is None or name not in _all_parameters(function) or name in names_of_comprehensions(spot.statement):
        return False
    return not any(_bindings(function, name))


def _bound(target: ast.expr, value: ast.expr | None, name: str) -> Iterator[tuple[ast.expr | None, ast.expr | None]]:
    """Yield (value, whole) for each time that an assignment to `target` gives a value to a name."""
    if isinstance(target, ast.Name) and target.id == name:
        yield value, None
    elif isinstance(target, ast.Tuple | ast.List):
        stars = any(isinstance(part, ast.Starred) for part in target.elts)
        apart = (
            value.elts
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) and not stars
            else [None] * len(target.elts)
        )
        for inner, part in zip(target.elts, apart, strict=True):
            inner = inner.value if isinstance(inner, ast.Starred) else inner
            for found, whole in _bound(inner, part, name):
                yield found, whole or (value if found is None else None)


@functools.lru_cache(maxsize=512)
def _bindings(function: Function, name: str) -> tuple[Made, ...]:
    """Return the statements of a function that give a value to one of its names."""
    return tuple(_found_bindings(function, name))


def _found_bindings(function: Function, name: str) -> Iterator[Made]:
    for node in (part for statement in function.body for part in own_nodes(statement)):
        match node:
            case ast.Assign():
                for target in node.targets:
                    yield from (Made(node, value, whole) for value, whole in _bound(target, node.value, name))
            case ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr()) if bound == name:
                yield Made(node, node.value)
            case ast.AugAssign(target=ast.Name(id=bound)) if bound == name:
                yield Made(node, node.value)
            case ast.For() | ast.AsyncFor():
                yield from (Made(node, None) for _ in _bound(node.target, None, name))
            case ast.With() | ast.AsyncWith():
                targets = [item.optional_vars for item in node.items if item.optional_vars]
                yield from (Made(node, None) for target in targets for _ in _bound(target, None, name))
            case ast.Import() | ast.ImportFrom():
                bound_names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
                yield from (Made(node, None) for bound in bound_names if bound == name)
            case ast.stmt() if any(_other_binding(part, name) for part in _heads(node)):
                yield Made(node, None)


def binding_statements(name: str, function: Function) -> list[ast.stmt]:
    """Return the statements of a function that give a value to one of its names, in the order of the text."""
    return sorted((found.statement for found in _bindings(function, name)), key=lambda statement: statement.lineno)


def _heads(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield what stands in a statement itself and not in the statements inside it."""
    for part in ast.iter_child_nodes(statement):
        if not isinstance(part, ast.stmt | _SCOPES):
            yield from own_nodes(part)


def _other_binding(node: ast.AST, name: str) -> bool:
    """Say whether a node binds a name in one of the rarer ways."""
    walrus = isinstance(node, ast.NamedExpr) and node.target.id == name
    return walrus or (isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name == name)


def made(name: str, spot: FrameSpot) -> Made | None:
    """Return the statement that gave a name the value which it had where a frame was; None where several may have."""
    function = spot.function
    if function is None or name in names_of_comprehensions(spot.statement):
        return None
    bindings = sorted(_bindings(function, name), key=lambda found: found.statement.lineno)
    before = [found for found in bindings if _comes_before(found.statement, spot)]
    if not before:
        return None
    last = before[-1]
    loops = [outer for outer in spot.around if isinstance(outer, ast.For | ast.AsyncFor | ast.While)]
    later = [found for found in bindings if found is not last and found.statement.lineno > last.statement.lineno]
    # In a later round of a loop what stands below came before, unless the name is given a value anew in each round.
    inner = [loop for loop in loops if last.statement is not loop and not _holds(loop, last.statement)]
    if any(_holds(loop, found.statement) for loop in inner for found in later):
        return None
    is_only = len(bindings) == 1 and name not in _all_parameters(function)
    return last if is_only or _is_certain(last.statement, spot) else None


def names_of_comprehensions(statement: ast.stmt) -> set[str]:
    """Return the names that the comprehensions of a statement have for themselves."""
    targets = [part.target for part in ast.walk(_own_part(statement)) if isinstance(part, ast.comprehension)]
    return {name for target in targets for name in names_in(target)}


def _comes_before(statement: ast.stmt, spot: FrameSpot) -> bool:
    if statement is spot.statement:
        # The head of a loop, whose name is that of the round before; any other statement was not done with.
        return False
    if isinstance(statement, ast.For | ast.AsyncFor) and statement in spot.around:
        return True
    return statement.lineno < spot.line and statement.lineno < spot.statement.lineno and statement not in spot.around


def _holds(outer: ast.AST, statement: ast.stmt) -> bool:
    return any(part is statement for part in ast.walk(outer))


def _is_certain(statement: ast.stmt, spot: FrameSpot) -> bool:
    """Say whether a statement was run whenever the frame's was: it stands beside that, or beside what is around it."""
    if statement in spot.around:
        return True
    function = spot.function
    path = [*spot.around[spot.around.index(function) :], spot.statement] if function else []
    for outer, inner in itertools.pairwise(path):
        for block in _blocks(outer):
            if any(part is inner for part in block) and any(part is statement for part in block):
                return True
    return False


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements inside one."""
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for part in (*getattr(statement, "handlers", []), *getattr(statement, "cases", [])):
        yield part.body
