"""Which lines of a function the names on one of its lines come from."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from cnngrade.worker.cells import Cell

_HOPS = 2


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement without those of the statements inside it."""
    left: list[ast.AST] = [statement]
    while left:
        node = left.pop()
        yield node
        left += [part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.stmt)]


def _names(statement: ast.stmt, stored: bool) -> set[str]:
    """Return the names that a statement binds, or that it reads; what is put into an array binds the array's."""
    parts = list(_own_parts(statement))
    found = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) is stored}
    if stored:
        filled = (part.value for part in parts if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store))
        found |= {array.id for array in filled if isinstance(array, ast.Name)}
    return found


def lines_behind(cells: Sequence[Cell], cell: int, line: int) -> dict[int, int]:
    """Return {line: steps} for the lines of that cell from which what stands on `line` takes its values, itself at 0 steps.

    Lines are counted as in the cell's file. Nothing is returned for a line that is in no function, or code that cannot be read.
    """
    try:
        tree = ast.parse(cells[cell].source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return {}
    ast.increment_lineno(tree, cells[cell].first_line - 1)
    functions = [node for node in _statements(tree) if isinstance(node, ast.FunctionDef) and _spans(node, line)]
    if not functions:
        return {}
    statements = [node for node in _statements(functions[-1]) if node is not functions[-1]]
    at = [node for node in statements if _spans(node, line) and not any(_spans(part, line) for part in _inside(node))]
    found = {line: 0}
    wanted = {name for node in at for name in _names(node, stored=False)}
    for steps in range(1, _HOPS + 1):
        binding = [node for node in statements if _names(node, stored=True) & wanted]
        for node in binding:
            found.setdefault(node.lineno, steps)
        wanted = {name for node in binding for name in _names(node, stored=False)}
    return found


def _inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    return (node for node in _statements(statement) if node is not statement)


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
