"""Which cell has to be run for a name that a notebook's kernel lacks: one that was given, and that nobody has run yet."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from types import ModuleType

from cnngrade.jobs.lesson_cells import LessonCell, lesson_cells
from cnngrade.jobs.running_kernel import binding_in, runs_of, saved_notebook, shell_of
from cnngrade.model import Course, Unit
from cnngrade.submission.choose import stub_digests
from cnngrade.submission.ipython import syntax_tree
from cnngrade.submission.stubs import written
from cnngrade.worker.cells import Cell

NOTHING_RUN = "Nothing of yours is defined in this kernel, as after a restart. Run the cells above first, then this one again."


class UnrunCells:
    """Looks for the cell of a missing name in the lesson. `known` are sentences on functions of which more is known already."""

    def __init__(self, course: Course, unit: Unit, module: ModuleType, known: Mapping[str, str]) -> None:
        self._course, self._unit, self._module, self._known = course, unit, module, known

    def about(self, name: str) -> str:
        """Return a sentence about the cell that has to be run, or that did not run to its end; "" where none is known."""
        shell = shell_of(self._module)
        if shell is None or name in vars(self._module):
            return ""
        if name in self._known:
            return self._known[name]
        if self._is_empty():
            return NOTHING_RUN
        runs = [number for number, source in runs_of(shell) if binding_in(source, name) and not _deletes(source, name)]
        if runs:
            # It may have stopped with an error, or the name was removed since: the kernel does not remember which.
            cell = f"cell [{runs[-1]}]"
            return f"{name} is not there, although {cell} defines it. Run {cell} again, see what it says, then this one again."
        given = next((cell for cell in self._cells if name in cell.names), None)
        if given is None or self._is_stub(name, given):
            return ""
        return f"{given.title} was not run in this kernel. Run it and the cells above it, then this one again."

    def _is_stub(self, name: str, cell: LessonCell) -> bool:
        """Say whether a cell is a function's as it was handed out: running it would bring nothing."""
        if name not in self._unit.functions:
            return False
        cells, released = [Cell(cell.source, "")], stub_digests(self._course, self._unit)
        return not written(cells, self._unit.name, (name,), released).functions

    def _is_empty(self) -> bool:
        """Say whether the kernel holds nothing that a cell of the lesson binds."""
        names = {name for cell in self._cells for name in cell.names} | {*self._unit.functions}
        return not any(name in vars(self._module) for name in names)

    @functools.cached_property
    def _cells(self) -> list[LessonCell]:
        return lesson_cells(self._course, self._unit, saved_notebook(self._course, self._unit, shell_of(self._module)))


def _deletes(source: str, name: str) -> bool:
    tree = syntax_tree(source)
    deleted = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)) if tree else ()
    return any(node.id == name for node in deleted)
