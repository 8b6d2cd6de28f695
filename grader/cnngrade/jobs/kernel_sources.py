"""The source of functions that a notebook's kernel holds, with what they need, as work that a worker can run.

Variants of a function may do anything, so none of them runs in the kernel, whose memory is the student's whole session.
"""

from __future__ import annotations

import ast
import inspect
import math
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from cnngrade.model import Submission, Unit
from cnngrade.submission.read import Work
from cnngrade.worker.cells import Cell

_SYNTHETIC = "(what the notebook has imported)"


_MOST_NAMES = 200


def _names_in(source: str) -> Iterator[str]:
    """Yield the names in a text, those of default values and decorators among them."""
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (node.id for node in nodes if isinstance(node, ast.Name))


def _is_plain(value: Any) -> bool:
    if type(value) is tuple:
        return len(value) <= 100 and all(map(_is_plain, value))
    if type(value) is float:
        return math.isfinite(value)
    return value is None or type(value) in (bool, int) or (type(value) is str and len(value) <= 1000)


def _where(source: str) -> str:
    """Return what a person calls the cell that was run last with this text in it."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    ran = getattr(getattr(shell, "history_manager", None), "input_hist_raw", [])
    number = next((number for number in reversed(range(len(ran))) if source.strip() in ran[number]), None)
    return "the cell" if number is None else f"cell [{number}]"


def _definition(value: FunctionType) -> Cell | None:
    """Return the text of a function of the notebook as a cell; None where it is not known."""
    try:
        lines, first = inspect.getsourcelines(value)
    except (OSError, TypeError, ValueError, IndexError):
        return None
    source = "".join(lines)
    return Cell(textwrap.dedent(source).rstrip("\n"), _where(source), first or 1)


def _bound(name: str, value: Any, here: str) -> str:
    """Return a statement that binds a name to a value that is no function of the notebook; "" where none is known."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}" if name != value.__name__ else f"import {name}"
    module, of = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if isinstance(module, str) and isinstance(of, str) and module != here and of.isidentifier():
        return f"from {module} import {of} as {name}"
    return f"{name} = {value!r}" if _is_plain(value) else ""


def _parts(function: str, module: ModuleType) -> tuple[list[Cell], list[Cell]] | None:
    """Return what a function uses of other modules, and its text with that of the notebook's functions that it calls.

    None where the text of one is not known.
    """
    names, waiting = dict[str, None](), [function]
    bindings: list[Cell] = []
    definitions: list[Cell] = []
    while waiting:
        name = waiting.pop()
        if name in names or name not in vars(module) or len(names) > _MOST_NAMES:
            continue
        names[name] = None
        value: Any = vars(module)[name]
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            if (cell := _definition(value)) is None:
                return None
            definitions.append(cell)
            waiting += _names_in(cell.source)
        elif statement := _bound(name, value, module.__name__):
            bindings.append(Cell(statement, _SYNTHETIC))
    # What was met last is what the others use.
    return bindings, definitions[::-1]


def kernel_work(unit: Unit, functions: Iterable[str], module: ModuleType, path: Path) -> Work | None:
    """Return functions of the notebook, the notebook's functions that they call, and what all of these use of other modules.

    Left out is a function whose text, or that of one that it calls, is not known; None where that is all of them.
    """
    known = [parts for function in functions if (parts := _parts(function, module)) is not None]
    bindings = dict.fromkeys(cell for found, _ in known for cell in found)
    definitions = dict.fromkeys(cell for _, found in known for cell in found)
    if not definitions:
        return None
    return Work(Submission("", unit.name, path, ""), (*bindings, *definitions))
