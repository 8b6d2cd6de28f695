"""Is the function that a notebook's kernel holds the one that its cells show?

A kernel keeps a function until another takes its place: a cell that no longer runs, or that was changed and not run again,
leaves the old one there. What was run, the kernel remembers; what was saved, the notebook's file holds.
"""

from __future__ import annotations

import ast
import functools
import inspect
import math
import os
import re
import sqlite3
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError
from cnngrade.model import Course, Unit
from cnngrade.submission.choose import stub_digests
from cnngrade.submission.ipython import Reader
from cnngrade.submission.read import cell_source, decoded, parse_notebook, read_bytes
from cnngrade.submission.stubs import written
from cnngrade.worker.cells import Cell

_CLEARS = re.compile(r"^[ \t]*%reset\b(?! +(?:-\w +)*(?:in|out|dhist)\b)", re.MULTILINE)


_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Binding:
    """What a cell does to a name: `form` is the function that it defines, `problem` why it cannot run; both may be ""."""

    form: str = ""
    problem: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Saved:
    """What the cell of a saved notebook defines, and the number under which it was run last, if it says so."""

    binding: Binding
    number: int | None


def _binds(statement: ast.stmt, name: str) -> ast.stmt | None:
    """Return the definition of `name` in a statement of a module, or the statement if it does something else to the name."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement if statement.name == name else None
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return node
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return statement
        if isinstance(node, ast.alias) and (node.asname or node.name) in (name, "*"):
            return statement
    return None


def binding_in(source: str, name: str) -> Binding | None:
    """Return what a cell does to `name`, None if nothing."""
    if name not in source:
        return None
    try:
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        statements = compile(Reader().meaning(source).python, "<cell>", "exec", flags, dont_inherit=True).body
    except _UNPARSABLE as error:
        if not re.search(rf"^((async[ \t]+)?def|class)[ \t]+{re.escape(name)}\b", source, re.MULTILINE):
            return None
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        said = error.msg if isinstance(error, SyntaxError) else error
        return Binding("", f"{type(error).__name__}{line}: {said}", source)
    for statement in reversed(statements):
        if found := _binds(statement, name):
            defines = isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)
            return Binding(ast.dump(found) if defines else "", "", source)
    return None


def _form_in(module: ModuleType, name: str) -> str:
    """Return the form of the function that the kernel holds, "" where it does not come from a cell."""
    value = vars(module).get(name)
    # numba's functions keep the one that they were made of.
    value = inspect.unwrap(getattr(value, "py_func", value)) if callable(value) else value
    try:
        # A file that is there is a script, unless a debugger has written a cell out.
        file = Path(inspect.getfile(value))  # type: ignore[arg-type]  # hence TypeError
        if file.is_file() and not file.parent.name.startswith("ipykernel_"):
            return ""
        binding = binding_in(textwrap.dedent(inspect.getsource(value)), name)  # type: ignore[arg-type]
    except (OSError, TypeError, ValueError):
        return ""
    return binding.form if binding else ""


class _Clock:
    """Notes when each cell is run, which the kernel does not, from the first check on."""

    def __init__(self, shell: Any) -> None:
        self._shell, self._times = shell, dict[int, float]()
        shell.events.register("pre_run_cell", self._begin)

    def _begin(self, *_: object) -> None:
        # Its text is kept a moment later. The shell's own count is one ahead in some versions.
        self._times[len(self._shell.history_manager.input_hist_raw)] = time.time()

    def ran(self, number: int) -> float | None:
        """Return when a cell was run, None for one from before the first check."""
        return self._times.get(number)

    def started(self) -> float | None:
        """Return when the kernel was started, None where it does not say."""
        try:
            return float(self._shell.history_manager.get_session_info()[1].timestamp())
        except (AttributeError, TypeError, ValueError, IndexError, sqlite3.Error):
            return None


_clock = functools.lru_cache(maxsize=1)(_Clock)


def named_notebooks(shell: Any) -> list[Path]:
    """Return the running notebook's file as VS Code and Jupyter name it; it may have been moved since."""
    named = [shell.user_ns.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")]
    return [Path(name) for name in named if isinstance(name, str) and name.endswith(".ipynb")]


def saved_notebook(course: Course, unit: Unit, shell: Any) -> Path | None:
    """Return the file of the running notebook; where nobody names it, the unit's."""
    places = [*named_notebooks(shell), paths.submission_folder(course) / f"{unit.name}.ipynb"]
    return next((place for place in places if place.is_file()), None)


def _saved(path: Path, function: str) -> _Saved | None:
    """Return what the last cell of a notebook's file that is about `function` does; None where there is none."""
    try:
        cells = parse_notebook(decoded(read_bytes(path), path.name), path.name)["cells"]
    except (SubmissionError, Fault):
        return None
    for cell in reversed(cells):
        if cell.get("cell_type") == "code" and (binding := binding_in(cell_source(cell), function)):
            number = cell.get("execution_count")
            return _Saved(binding, number if isinstance(number, int) else None)
    return None


def _about_runs(function: str, runs: Sequence[Binding], held: str, present: bool) -> str:
    """Say whether the cell that was run last came to its end."""
    last = runs[-1]
    judged = f"What was checked is {function} as an earlier run defined it." if present else f"There is no {function} to judge."
    if last.problem:
        return f"The cell of {function}, as it was run last, is not valid Python ({last.problem}). {judged}"
    earlier = any(run.form == held for run in runs[:-1])
    if last.form and last.form != held and (not present or (held and earlier)):
        return f"The cell of {function}, as it was run last, stopped with an error before it defined {function}. {judged}"
    return ""


def _alike(one: Binding, other: Binding) -> bool:
    """Say whether two cells define the same function or, where one is not valid Python, have the same text."""
    return one.form == other.form if one.form else one.source.strip() == other.source.strip()


def _is_newer(saved: _Saved, time_saved: float, runs: Sequence[tuple[int, Binding]], held: str, clock: _Clock) -> bool:
    """Say whether a cell that was saved then was changed after it was run last."""
    if not (saved.binding.form or saved.binding.problem) or saved.binding.form == held:
        return False
    last, _ = runs[-1]
    if (ran := clock.ran(last)) is not None:
        return time_saved > ran
    # Without its time: what was run before is what was saved before; a cell with an earlier number was run again since.
    earlier = any(_alike(saved.binding, run) for _, run in runs)
    return time_saved > (clock.started() or math.inf) and not earlier and (saved.number is None or saved.number >= last)


def shell_of(module: ModuleType) -> Any:
    """Return the shell of the kernel whose names a module holds, and that remembers what was run; None where there is none."""
    # Only a kernel has loaded it.
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    return None if shell is None or shell.history_manager is None or shell.user_ns is not vars(module) else shell


def runs_of(shell: Any) -> list[tuple[int, str]]:
    """Return (number, text) of each cell that was run in a kernel, in order, since its names were last cleared."""
    runs = [(number, source) for number, source in enumerate(shell.history_manager.input_hist_raw) if source.strip()]
    cleared = [index for index, (_, source) in enumerate(runs) if _CLEARS.search(source)]
    return runs[cleared[-1] + 1 :] if cleared else runs


def what_is_judged(course: Course, unit: Unit, function: str, module: ModuleType) -> str:
    """Say what is judged where the kernel's `function` is not the one that the notebook's cells show; "" where it is."""
    shell = shell_of(module)
    if shell is None:
        return ""
    clock = _clock(shell)
    runs = [(number, binding) for number, source in runs_of(shell) if (binding := binding_in(source, function))]
    held, present = _form_in(module, function), function in vars(module)
    if runs and (said := _about_runs(function, [run for _, run in runs], held, present)):
        return said
    path = saved_notebook(course, unit, shell)
    saved = _saved(path, function) if path and held and runs else None
    if path is None or saved is None or not _is_newer(saved, path.stat().st_mtime, runs, held, clock):
        return ""
    # While a function is not begun yet, its stub may well be saved and never run.
    if not written([Cell(saved.binding.source, path.name)], unit.name, (function,), stub_digests(course, unit)).functions:
        return ""
    judged = f"What was checked is {function} as it was run last. Run its cell, then this one again."
    return f"{path.name} was saved with another {function}, which has not been run. {judged}"
