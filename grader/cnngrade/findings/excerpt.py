"""A function of a submission with what it needs of the code around it, and without what only its author needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from cnngrade.findings.written import global_names
from cnngrade.submission.ipython import syntax_tree
from cnngrade.submission.read import Work
from cnngrade.worker.cells import Cell

_MOST_SOURCE = 20_000

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def excerpt(work: Work, function: str) -> str:
    """Return the statements of a submission that define a function and all that it uses, without comments and docstrings.

    "" where the code does not define it at its top level, it needs a module of the student's own under that module's name, or
    it is more than anybody would read.
    """
    own = {module.name for module in work.modules}
    cells = [*(Cell(module.source, module.filename) for module in work.modules), *work.cells]
    try:
        statements = [statement for cell in cells for statement in _statements(cell, own)]
        needed = _needed(statements, function)
        if any(_imports_one_of(own, statement) for statement in needed):
            return ""
        kept = map(_without_docstrings, needed)
        text = "\n\n".join(ast.unparse(statement) for statement in kept)
    except (RecursionError, ValueError):
        # Python writes out no whole number of thousands of digits, and older versions no backslash in an f-string.
        return ""
    return text + "\n" if text and len(text) <= _MOST_SOURCE else ""


def _statements(cell: Cell, own: set[str]) -> Iterator[ast.stmt]:
    """Yield the statements of a cell; where it imports from the student's own modules, these are there already."""
    tree = syntax_tree(cell.source)
    for statement in tree.body if tree else ():
        if not (isinstance(statement, ast.ImportFrom) and _is_put_in_place(statement, own)):
            yield statement
            continue
        for name in statement.names:
            if name.asname and name.asname != name.name:
                yield ast.Assign([ast.Name(name.asname, ast.Store())], ast.Name(name.name, ast.Load()), lineno=0)


def _is_put_in_place(statement: ast.ImportFrom, own: set[str]) -> bool:
    """Say whether all that is imported is defined in a module of the student's own, and none of it is a module."""
    return (
        not statement.level
        and statement.module in own
        and not any(f"{statement.module}.{name.name}" in own for name in statement.names)
    )


def _imports_one_of(own: set[str], statement: ast.stmt) -> bool:
    """Say whether a statement imports the student's own modules: an excerpt is one text, and has none beside it."""
    packages = {name.partition(".")[0] for name in own}
    for node in ast.walk(statement):
        if isinstance(node, ast.Import) and any(name.name.partition(".")[0] in packages for name in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] in packages):
            return True
    return False


def _needed(statements: Sequence[ast.stmt], function: str) -> list[ast.stmt]:
    """Return what defines the function and, on and on, what that uses, in order; [] where nothing defines the function."""
    bound, read = [set(_bound(statement)) for statement in statements], [set(global_names(part)) for part in statements]
    last = {name: index for index, names in enumerate(bound) for name in names}
    wanted, waiting, chosen = {function}, [function], set[int]()
    while waiting:
        name = waiting.pop()
        for index in range(len(statements)):
            if index in chosen or name not in bound[index]:
                continue
            # Of a function that is written twice the first is of no use, unless something is made of it in between.
            is_replaced = index < last[name] and all(isinstance(statements[at], _DEFINITIONS) for at in (index, last[name]))
            if is_replaced and not any(name in names for names in read[index + 1 : last[name]]):
                continue
            chosen.add(index)
            new = read[index] - wanted
            wanted |= new
            waiting += new
    if function not in last:
        return []
    imports = (statement for statement in statements if isinstance(statement, ast.ImportFrom))
    future = [statement for statement in imports if statement.module == "__future__"]
    # Nobody can see which of the names that are used a star brings.
    chosen |= {index for index, statement in enumerate(statements) if _brings_anything(statement)}
    return [*future, *(statements[index] for index in sorted(chosen) if statements[index] not in future)]


def _brings_anything(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(statement))


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement gives a value to at the top level, or whose value it changes."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            yield node.name
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            # `seen.append(...)`; of a module's functions, too, which costs no more than a line.
            yield from _root(node.value.func)
        waiting += ast.iter_child_nodes(node)


def _root(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _without_docstrings(statement: ast.stmt) -> ast.stmt:
    for node in ast.walk(statement):
        if isinstance(node, _DEFINITIONS) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return statement
