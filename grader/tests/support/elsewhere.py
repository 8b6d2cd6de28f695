"""Lets the engine see Python as it is on Windows or macOS: without the modules and names that are not there.

Which they are is read from typeshed, which says of each name on what systems it is. Only what the engine itself asks for is
missing: Python's own library goes on as it is, since it is that of this system.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

_ENGINE = "cnngrade"


@functools.cache
def _stubs() -> Path:
    """Where typeshed is; mypy brings it. Without loading mypy, which is large."""
    found = importlib.util.find_spec("mypy")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "typeshed" / "stdlib"


def _holds(test: ast.expr, system: str) -> bool:
    """Say whether a condition of a stub holds on a system; one that is not about the system is taken to hold."""
    if isinstance(test, ast.BoolOp):
        parts = [_holds(value, system) for value in test.values]
        return all(parts) if isinstance(test.op, ast.And) else any(parts)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not _holds(test.operand, system)
    if isinstance(test, ast.Compare) and ast.unparse(test.left) == "sys.platform":
        is_same = ast.literal_eval(test.comparators[0]) == system
        return is_same if isinstance(test.ops[0], ast.Eq) else not is_same
    if isinstance(test, ast.Compare) and ast.unparse(test.left) == "sys.version_info":
        here: tuple[int, ...] = tuple(sys.version_info[:2])
        asked = tuple(ast.literal_eval(test.comparators[0]))
        return here >= asked if isinstance(test.ops[0], ast.GtE) else here < asked
    return True


def _names(statements: list[ast.stmt], system: str) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, ast.If):
            yield from _names(statement.body if _holds(statement.test, system) else statement.orelse, system)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        elif isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in statement.names)


def missing_names(module: str, system: str) -> frozenset[str]:
    """Return the names that a module of Python's library has on Linux and not on another system; a missing module's own name.

    `system` is what `sys.platform` is there.
    """
    place = _stubs() / module.replace(".", "/")
    stub = place / "__init__.pyi" if place.is_dir() else place.with_suffix(".pyi")
    tree = ast.parse(stub.read_text(encoding="utf-8")).body
    here, there = (frozenset(_names(tree, system)) for system in ("linux", system))
    # What is left of a module that is not there is what its stub has for itself.
    own = [name for name in _names([node for node in tree if not isinstance(node, ast.ImportFrom)], system) if name[0] != "_"]
    return frozenset({module}) if here and not own else here - there


def _asks_from_the_engine() -> bool:
    return str(sys._getframe(2).f_globals.get("__name__", "")).partition(".")[0] == _ENGINE


_GIVEN: dict[str, dict[str, dict[str, Any]]] = {
    "win32": {"sys": {"platform": "win32"}, "os": {"name": "nt", "supports_dir_fd": set(), "supports_fd": {os.stat}}},
    "darwin": {"sys": {"platform": "darwin"}},
}
"""What has another value there."""


def _watched(module: ModuleType, system: str) -> None:
    missing = missing_names(module.__name__, system)
    given = _GIVEN[system].get(module.__name__, {})

    class Elsewhere(ModuleType):
        def __getattribute__(self, name: str) -> Any:
            if (name in missing or name in given) and _asks_from_the_engine():
                if name in given:
                    return given[name]
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r} on {system}")
            return super().__getattribute__(name)

    module.__class__ = Elsewhere


WATCHED = ("os", "signal", "select", "socket", "time", "sys", "shutil", "stat", "errno", "threading", "subprocess", "asyncio")
MODULES = ("fcntl", "resource", "termios", "pwd", "grp", "pty", "tty", "syslog", "posix", "readline", "curses")


def be(system: str, has_workers: bool = True) -> None:
    """Let the engine, in this process and in the workers that it starts, see another system: "win32" or "darwin"."""
    gone = {name for name in MODULES if name in missing_names(name, system)}
    for name in WATCHED:
        _watched(importlib.import_module(name), system)
    original = builtins.__import__

    def imported(name: str, scope: Any = None, *others: Any, **more: Any) -> Any:
        asking = str((scope or {}).get("__name__", "")).partition(".")[0]
        if asking == _ENGINE and name.partition(".")[0] in gone:
            raise ModuleNotFoundError(f"No module named {name!r} on {system}", name=name)
        return original(name, scope, *others, **more)

    vars(builtins)["__import__"] = imported
    if has_workers:
        _lead_workers(system)


def _lead_workers(system: str) -> None:
    """Let each worker see the same before it loads anything of the engine."""
    from cnngrade.sandbox import unconfined

    made = unconfined.interpreter
    tests = str(Path(__file__).resolve().parents[1])

    def interpreter(module: str, *arguments: str, **options: Any) -> list[str]:
        command = made(module, *arguments, **options)
        ready = f"import sys; sys.path.insert(0, {tests!r}); from support import elsewhere; elsewhere.be({system!r}, False); "
        place = command.index("-c") + 1
        head, _, tail = command[place].partition(f"from {module}")
        command[place] = f"{head}{ready}from {module}{tail}"
        return command

    unconfined.interpreter = interpreter
