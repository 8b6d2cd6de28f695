"""The functions of a submission, as its code has them: their signatures, and the names that they use."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import CodeType, FunctionType, ModuleType

from cnngrade.findings.signature import FunctionNode, Signature, signature_of_node, signature_of_object
from cnngrade.submission.ipython import syntax_tree
from cnngrade.worker.cells import Cell


@dataclass(frozen=True, slots=True)
class WrittenFunction:
    """A function of a submission: its signature, and the global names that it uses, in order of their first use."""

    signature: Signature
    uses: tuple[str, ...]


def functions_in_cells(cells: Iterable[Cell]) -> dict[str, WrittenFunction]:
    """Return the functions, and the names bound to other expressions, that the cells' code binds at its top level.

    Where a name is bound more than once the last counts. A cell that is no Python binds nothing.
    """
    found: dict[str, WrittenFunction] = {}
    for cell in cells:
        tree = syntax_tree(cell.source)
        if tree is None:
            continue
        try:
            for name, value in _bindings(tree.body):
                found[name] = _written(value)
        except RecursionError:
            continue
    return found


def _bindings(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that statements bind to functions, classes and expressions, also inside of `if`, `try` and `with`."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign):
            yield from ((target.id, statement.value) for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
            yield statement.target.id, statement.value
        elif isinstance(statement, ast.If | ast.For | ast.While | ast.With | ast.Try):
            parts = [getattr(statement, part, []) for part in ("body", "handlers", "orelse", "finalbody")]
            for part in parts:
                for inner in part:
                    yield from _bindings(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _written(value: ast.AST) -> WrittenFunction:
    return WrittenFunction(_signature(value), tuple(dict.fromkeys(global_names(value))))


def _signature(value: ast.AST) -> Signature:
    """Return the signature of a function; of a class that of what makes its objects, without the object itself."""
    if isinstance(value, FunctionNode):
        return signature_of_node(value)
    methods = [part for part in value.body if isinstance(part, ast.FunctionDef)] if isinstance(value, ast.ClassDef) else []
    made = next((signature_of_node(method) for method in methods if method.name == "__init__"), Signature())
    return replace(made, positional=made.positional[1:])


def global_names(value: ast.AST) -> Iterator[str]:
    """Yield the names that code reads and does not bind itself, in order: parameters and local variables are its own."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(value, frozenset())]
    while waiting:
        node, own = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id not in own:
                yield node.id
            continue
        if isinstance(node, FunctionNode):
            # Defaults and decorators are computed where the function is defined.
            outside = [node.args, *getattr(node, "decorator_list", [])]
            inside = [node.body] if isinstance(node, ast.Lambda) else node.body
            below = own.union(_own_names(node))
            waiting += [(part, below) for part in reversed(inside)]
            waiting += [(part, own) for part in reversed(outside)]
        else:
            waiting += [(part, own) for part in reversed([*ast.iter_child_nodes(node)])]


def _own_names(function: FunctionNode) -> Iterator[str]:
    """Yield the names of a function's parameters and of what it binds, without what functions inside of it bind."""
    arguments = function.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    yield from (argument.arg for argument in every if argument is not None)
    if isinstance(function, ast.Lambda):
        return
    not_own: set[str] = set()
    found: list[str] = []
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(node.name)
            continue
        if isinstance(node, ast.Global):
            not_own.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
        elif isinstance(node, ast.alias):
            found.append(node.asname or node.name.split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.append(node.name)
        elif isinstance(node, ast.Lambda):
            continue
        waiting += ast.iter_child_nodes(node)
    yield from (name for name in found if name not in not_own)


def functions_in_module(module: ModuleType) -> dict[str, WrittenFunction]:
    """Return the functions that a running notebook has defined: its own, not those that it has imported."""
    return {
        name: WrittenFunction(signature_of_object(value), tuple(dict.fromkeys(_names_in(value.__code__))))
        for name, value in list(vars(module).items())
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }


def _names_in(code: CodeType) -> Iterator[str]:
    """Yield the global names that a function's code, and functions inside it, read; attributes are none."""
    yield from (str(step.argval) for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
