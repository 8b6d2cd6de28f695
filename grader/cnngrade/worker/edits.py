"""All small edits of a student's function: what is wrong in it is looked for by making one and calling the function again.

The judge enumerates the same edits from the same source as the worker, in the same order: it speaks of an edit by its number,
and knows its line without asking. No edit knows what the function is for.
"""

from __future__ import annotations

import ast
import collections
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

from cnngrade.worker.cells import Cell
from cnngrade.worker.edit_scope import (
    Scope,
)
from cnngrade.worker.edit_spots import (
    Definition,
    FoundEdit,
    Spot,
    spots,
)
from cnngrade.worker.edits_of_calls import edits_of_calls
from cnngrade.worker.edits_of_layout import edits_of_layout
from cnngrade.worker.edits_of_sizes import edits_of_sizes
from cnngrade.worker.edits_of_slices import edits_of_slices
from cnngrade.worker.edits_of_statements import edits_of_statements
from cnngrade.worker.edits_of_values import edits_of_values

MOST_EDITS = 30_000


MOST_NODES = 4_000
"""So many nodes may a function and its helpers have together; helpers beyond stay as they are."""


MOST_NODES_FOR_ALL = 1_500
"""In programs with more nodes the farthest edits are left out: there are too many for any search."""


_MOST_DEPTH = 100


MOST_SOURCE = 200_000
"""In a longer source, in characters, nothing is looked for: parsing it would take longer than a search may."""


_MOST_DEFINITIONS = 40


# What Python raises for sources that it cannot read, or that are nested too deeply for it.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Edit:
    """One small edit: where it is made, and the kind of thing on that line (never the change itself).

    `cell` is the cell's number and `line` a line of its file, from 1. `level` says how near it is to what people do, 0 being
    nearest. Edits with the same `twin` make the same change at like places; it is "" where an edit has no like. `removes` says
    that it leaves work out.
    """

    cell: int
    line: int
    what: str
    level: int
    twin: str
    removes: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A statement at the top of a cell that binds a name."""

    name: str
    cell: int
    statement: Definition
    nodes: int


class Program:
    """A function of a submission with the helpers of the file that it reaches by name, and all small edits of them.

    `others` are names that it does not follow. `edits` is empty where the source cannot be read, or binds no such name.
    """

    def __init__(self, cells: Sequence[Cell], function: str, others: Collection[str]) -> None:
        self._cells = cells
        self._steps = ""
        self._unedited: dict[int, CodeType] = {}
        trees = list(_trees(cells))
        bound = _bound(trees)
        self._parts = _reached(bound, function, others)
        functions = _functions(bound)
        numpy = _name_of_numpy(trees)
        found: list[tuple[FoundEdit, _Part]] = []
        wide = sum(part.nodes for part in self._parts) <= MOST_NODES_FOR_ALL
        for part in self._parts:
            others_than_it = {name: given for name, given in functions.items() if name != part.name}
            found += [
                (edit, part) for edit in _edits_of(part.statement, Scope(functions=others_than_it, numpy=numpy, wide=wide))
            ]
        found.sort(key=lambda pair: pair[0].level)
        self._found = found[:MOST_EDITS]
        self.edits: tuple[Edit, ...] = tuple(
            Edit(part.cell, edit.line, edit.what, edit.level, edit.twin, edit.removes) for edit, part in self._found
        )

    def names(self) -> frozenset[str]:
        """Return every name and attribute in what the program consists of, and the modules that it imports there."""
        found: set[str] = set()
        for node in (node for part in self._parts for node in ast.walk(part.statement)):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.alias):
                found.update(node.name.split("."))
            elif isinstance(node, ast.ImportFrom):
                found.update((node.module or "").split("."))
        return frozenset(found)

    def definitions(self, numbers: Sequence[int], steps: str) -> list[tuple[str, CodeType]]:
        """Return the names and the compiled definitions that a program with these edits consists of, in the order of the file.

        Each function calls `steps()` when it begins and at each turn of a loop. Values that the file binds are among them only
        where an edit is in one, or where one is made of what is defined here. Raises what Python raises for code that cannot
        be compiled, IndexError for a number that no edit has, and ValueError for edits that exclude each other.
        """
        if min(numbers, default=0) < 0:
            raise IndexError("no edit has a negative number")
        if self._steps != steps:
            self._instrument(steps)
        chosen = [self._found[number] for number in numbers]
        edited = {id(part) for _, part in chosen}
        undone = []
        try:
            for edit, _ in chosen:
                for change in edit.changes:
                    undone.append(change.apply())
            return [
                (part.name, self._compiled(part) if id(part) in edited else self._unedited[id(part)])
                for part in self._parts
                if id(part) in edited or id(part) in self._unedited
            ]
        finally:
            for undo in reversed(undone):
                undo()

    def _compiled(self, part: _Part) -> CodeType:
        with warnings.catch_warnings():
            # What the compiler thinks of an edit is nobody's concern.
            warnings.simplefilter("ignore")
            return compile(ast.Module([part.statement], []), self._cells[part.cell].filename, "exec", dont_inherit=True)

    def _instrument(self, steps: str) -> None:
        """Put the calls of `steps` into the tree, once; the edits are found before and leave them where they are."""
        self._steps = steps
        names = {part.name for part in self._parts}
        for part in self._parts:
            for node in list(ast.walk(part.statement)):
                _count_turns(node, steps)
                if isinstance(node, ast.FunctionDef):
                    node.decorator_list = [given for given in node.decorator_list if not _compiles(given)]
            if isinstance(part.statement, ast.Assign):
                used = {node.id for node in ast.walk(part.statement.value) if isinstance(node, ast.Name)}
                if not used & names:
                    continue
            self._unedited[id(part)] = self._compiled(part)


def _edits_of(statement: Definition, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a definition; the names of each method of a class are its own."""
    scope.learn(statement)
    own: dict[ast.AST, Scope] = {statement: scope}
    if isinstance(statement, ast.ClassDef):
        for inner in statement.body:
            if isinstance(inner, ast.FunctionDef):
                own[inner] = Scope(functions=scope.functions, numpy=scope.numpy, wide=scope.wide)
                own[inner].learn(inner)
                # What one method binds another one reads.
                own[inner].attributes = scope.attributes
    together: dict[ast.AST, list[Spot]] = {node: [] for node in own}
    current: ast.AST = statement
    for spot in spots(statement):
        if spot.node in own or spot.parent is statement:
            current = spot.node if spot.node in own else statement
        together[current].append(spot)
        # Expressions come after the statement that they are of, and before its body.
        if isinstance(spot.node, ast.stmt):
            own[current].here = spot.node.lineno
        yield from _edits_at(spot, own[current])
    for node, every in together.items():
        yield from edits_of_sizes(every, own[node])


def _edits_at(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    if spot.up is None:
        return
    yield from edits_of_statements(spot, scope)
    yield from edits_of_slices(spot, scope)
    yield from edits_of_calls(spot, scope)
    yield from edits_of_layout(spot, scope)
    yield from edits_of_values(spot, scope)


def _top(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module does, those in its conditions among them."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            for field in ("body", "handlers", "orelse", "finalbody"):
                for inner in getattr(statement, field, ()):
                    yield from _top(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _trees(cells: Sequence[Cell]) -> Iterator[tuple[int, ast.Module]]:
    """Yield the number and the tree of each cell that can be read, with the lines of its file."""
    if sum(len(cell.source) for cell in cells) > MOST_SOURCE:
        return
    for number, cell in enumerate(cells):
        try:
            with warnings.catch_warnings():
                # The student has been told once, when the file was run.
                warnings.simplefilter("ignore")
                tree = ast.parse(cell.source, cell.filename)
        except UNREADABLE:
            continue
        ast.increment_lineno(tree, cell.first_line - 1)
        yield number, tree


def _bound(trees: Sequence[tuple[int, ast.Module]]) -> dict[str, _Part]:
    """Return the last statement that binds each name at the top of a cell."""
    bound: dict[str, _Part] = {}
    for number, tree in trees:
        for statement in _top(tree.body):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = statement.name
            elif (
                isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
            ):
                name = statement.targets[0].id
            else:
                continue
            # In the order of the file, where a name is bound again.
            bound.pop(name, None)
            bound[name] = _Part(name, number, statement, _nodes(statement))
    return bound


def _nodes(statement: ast.stmt) -> int:
    """Return how many nodes a statement has; more than are looked at where it is nested too deeply to be walked through."""
    count, level = 0, [statement]
    for _ in range(_MOST_DEPTH):
        count += len(level)
        if not level or count > MOST_NODES:
            return count
        level = [child for node in level for child in ast.iter_child_nodes(node)]  # type: ignore[misc]
    return MOST_NODES + 1


def _reached(bound: dict[str, _Part], function: str, others: Collection[str]) -> list[_Part]:
    """Return the parts that a function reaches by name, itself among them, in the order of the file."""
    seen: dict[str, int] = {}
    todo = collections.deque([function])
    while todo and len(seen) < _MOST_DEFINITIONS:
        name = todo.popleft()
        if name in seen or name not in bound or sum(seen.values()) + bound[name].nodes > MOST_NODES:
            continue
        seen[name] = bound[name].nodes
        used = (node.id for node in ast.walk(bound[name].statement) if isinstance(node, ast.Name))
        todo += [other for other in used if other in bound and other not in others]
    return [part for name, part in bound.items() if name in seen] if function in seen else []


def _functions(bound: dict[str, _Part]) -> dict[str, list[str]]:
    """Return the parameters of each function of the file, of so many at most."""
    found: dict[str, list[str]] = {}
    for name, part in bound.items():
        if isinstance(part.statement, ast.FunctionDef) and len(found) < _MOST_DEFINITIONS:
            given = part.statement.args
            found[name] = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    return found


def _name_of_numpy(trees: Sequence[tuple[int, ast.Module]]) -> str:
    for _, tree in trees:
        for statement in tree.body:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.name == "numpy":
                        return alias.asname or "numpy"
    return "np"


def _compiles(decorator: ast.expr) -> bool:
    """Say whether a decorator is one of numba's: compiling takes longer than calling, and what is compiled counts no steps."""
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(decorator)}
    return not names.isdisjoint(("jit", "njit", "vectorize", "guvectorize"))


def _count_turns(node: ast.AST, steps: str) -> None:
    """Put a call of `steps` into a loop, a function or a comprehension."""
    match node:
        case ast.For() | ast.While() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.AsyncFor():
            call = ast.Expr(ast.Call(ast.Name(steps, ast.Load()), [], []))
            ast.fix_missing_locations(ast.copy_location(call, node))
            node.body = [call, *node.body]
        case ast.comprehension():
            turn = ast.Compare(ast.Call(ast.Name(steps, ast.Load()), [], []), [ast.Is()], [ast.Constant(None)])
            ast.fix_missing_locations(ast.copy_location(turn, node.target))
            node.ifs = [turn, *node.ifs]
