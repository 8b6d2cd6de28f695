"""What of a unit's stubs is written in a file: told statement by statement, from the code alone.

What a stub says about itself (docstring, signature, decorators, comments) is not work, and neither are cells around it. A
handout does not hold the stubs as they were released, only a digest of each of their statements.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from cnngrade.files import digest
from cnngrade.worker.cells import Cell

_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


_DIGITS = 16


_DEFINED = re.compile(r"(?:(?:async\s+)?def|class)\s+(\w+)")


_Function = ast.FunctionDef | ast.AsyncFunctionDef


_Definition = _Function | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Written:
    """What a file's code holds of the student's: the functions that are written, and whether any code differs at all.

    `imported` are the functions that it takes from a module of the unit's name: a notebook may use the script beside it.
    """

    functions: frozenset[str] = frozenset()
    differs: bool = False
    imported: frozenset[str] = frozenset()


def _form(value: object) -> str:
    """Return a tree as text that is the same in every version of Python, and whatever the layout of its source."""
    if isinstance(value, ast.AST):
        # Newer versions have fields that older ones lack; where they are not used they are empty.
        parts = [f"{name}={_form(part)}" for name, part in ast.iter_fields(value) if part is not None and part != []]
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, list):
        return f"[{','.join(map(_form, value))}]"
    return repr(value)


def _body(node: _Definition) -> list[ast.stmt]:
    """Return what a function does, or what a class holds: its statements without the docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _is_blank(statement: ast.stmt) -> bool:
    """Say whether a statement stands for code that is still to be written: `pass`, `...`, or raising NotImplementedError."""
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    if isinstance(statement, _Definition):
        # What a class inherits it has without a line of its own.
        return not getattr(statement, "bases", []) and all(map(_is_blank, _body(statement)))
    ellipsis = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and statement.value.value is ...
    return ellipsis or isinstance(statement, ast.Pass)


def _what(statement: ast.stmt) -> str:
    """Return what a statement does as text: of definitions, those in a class included, without what they say of themselves."""
    if isinstance(statement, ast.ClassDef):
        return f"class {statement.name} {_form(statement.bases)} [{','.join(map(_what, _body(statement)))}]"
    return f"def {statement.name} {_form(_body(statement))}" if isinstance(statement, _Function) else _form(statement)


def _digest(statement: ast.stmt) -> str:
    try:
        name = _what(statement)
    except RecursionError:
        # Nested more deeply than any stub.
        return ""
    return digest(name.encode("utf-8", "surrogatepass"))[:_DIGITS]


def _definition_texts(source: str) -> Iterator[str]:
    """Yield the definitions of code that does not parse as a whole: each from its first line to the next one at the margin."""
    for found in re.finditer(r"^(?:(?:async[ \t]+)?def|class)[ \t].*(?:\n(?:[ \t)\]}#].*|[ \t]*))*", source, re.MULTILINE):
        yield found.group()


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except _UNPARSABLE:
        return None


def _statements(cells: Iterable[Cell]) -> Iterator[ast.stmt | str]:
    """Yield the statements of the cells; of a cell that does not parse its definitions, as text if they do not parse either."""
    for cell in cells:
        whole = _parsed(cell.source)
        if whole is not None:
            yield from whole
            continue
        for text in _definition_texts(cell.source):
            parsed = _parsed(text)
            yield from [text] if parsed is None else parsed


def _flat(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements and those inside `if`, `try`, `with` and loops, all of which bind names of the module."""
    # Not by recursion: a long chain of `elif` is nested as deeply.
    left: list[ast.AST] = list(statements)
    while left:
        node = left.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, _Definition):
            inside = ast.iter_child_nodes(node)
            left += [part for part in inside if isinstance(part, ast.stmt | ast.ExceptHandler | ast.match_case)]


def _other_file(statements: Iterable[ast.stmt], unit: str) -> frozenset[str]:
    """Return the names under which the unit's own file is imported: the notebook may use the script."""
    imports = [alias for node in statements if isinstance(node, ast.Import) for alias in node.names]
    return frozenset(alias.asname or alias.name for alias in imports if alias.name == unit)


def _assigned(statement: ast.Assign | ast.AnnAssign, other_file: Collection[str]) -> Iterator[str]:
    """Yield the names to which something is assigned that may be a function written here."""
    value = statement.value
    if value is None or isinstance(value, ast.Constant):
        return
    used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for node in (node for target in targets for node in ast.walk(target)):
        # `f = jit(f)` wraps what is written elsewhere, and `f = module.f` takes it from there.
        if isinstance(node, ast.Name) and node.id not in used and not used & set(other_file):
            yield node.id


def _bound(statement: ast.stmt, unit: str, other_file: Collection[str], released: Collection[str]) -> Iterator[str]:
    """Yield the names that a statement binds to something that the student wrote."""
    if isinstance(statement, _Definition):
        if not _is_blank(statement) and _digest(statement) not in released:
            yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        yield from _assigned(statement, other_file)
    elif isinstance(statement, ast.ImportFrom) and statement.module != unit:
        yield from (alias.asname or alias.name for alias in statement.names)


def _imported(statement: ast.stmt, unit: str, other_file: Collection[str], functions: Collection[str]) -> Iterator[str]:
    """Yield the names that a statement takes from the unit's own file."""
    if isinstance(statement, ast.ImportFrom) and statement.module == unit:
        for alias in statement.names:
            yield from functions if alias.name == "*" else [alias.asname or alias.name]
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Attribute):
        taken_from = statement.value.value
        for target in statement.targets:
            if isinstance(taken_from, ast.Name) and taken_from.id in other_file and isinstance(target, ast.Name):
                yield target.id


def statement_digests(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Return a digest of each statement of a stub, in their order: for `written`, in a handout that does not hold the stub."""
    return tuple(_digest(statement) for statement in _statements(cells) if isinstance(statement, ast.stmt))


def untouched(cells: Iterable[Cell], released: Collection[str]) -> frozenset[str]:
    """Return the names of the definitions in the cells that are as they were `released`; see `statement_digests`."""
    definitions = (statement for statement in _statements(cells) if isinstance(statement, _Definition))
    return frozenset(statement.name for statement in definitions if _digest(statement) in released)


def written(cells: Iterable[Cell], unit: str, functions: Collection[str], released: Collection[str]) -> Written:
    """Return which of the unit's `functions` the cells write, compared with the `statement_digests` of what was `released`.

    A function or class counts once any definition of it does more than the stub. One that is imported from the unit's own file
    counts there and not here. Cells that do not parse are read function by function.
    """
    cells = list(cells)
    found = list(_statements(cells))
    parsed = [statement for statement in found if isinstance(statement, ast.stmt)]
    differs = len(parsed) < len(found) or any(_parsed(cell.source) is None for cell in cells)
    differs = differs or any(_digest(statement) not in released for statement in parsed)
    names = {match.group(1) for text in found if isinstance(text, str) and (match := _DEFINED.match(text))}
    flat = list(_flat(parsed))
    other_file = _other_file(flat, unit)
    for statement in flat:
        names.update(_bound(statement, unit, other_file, released))
    imported = {name for statement in flat for name in _imported(statement, unit, other_file, functions)}
    return Written(frozenset(names & set(functions)), differs, frozenset(imported & set(functions)))


def is_released(statement: ast.stmt, released: Collection[str]) -> bool:
    """Say whether a statement stands as it was `released` (digests as of `statement_digests`) and does something."""
    is_stub = isinstance(statement, _Definition) and _is_blank(statement)
    return bool(released) and not is_stub and _digest(statement) in released
