"""Which lines a student is told of, out of the edits that would make a function right."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnngrade.model import Finding, FindingKind, SourceLine
from cnngrade.safe_text import visible_line
from cnngrade.worker.cells import Cell
from cnngrade.worker.edits import Edit

_MOST_PLACES = 2


_NOT_ALL = "A change there puts some of the wrong calls right, and not all of them."


# What stands before the number of a cell.
_NUMBERED = re.compile(r"^.* (?=cell \S+$)")


# Of a line's text.
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Solution:
    """Edits that make a function right together, or (`is_partial`) some of its calls that were wrong, whole cases of them."""

    edits: tuple[Edit, ...]
    is_partial: bool = False

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """Where they are: (cell, line) pairs."""
        return frozenset((edit.cell, edit.line) for edit in self.edits)

    @property
    def removes(self) -> bool:
        """Whether the function is right only because work is left out."""
        return all(edit.removes for edit in self.edits)


def checks(cell: Cell) -> dict[int, int]:
    """Return {line of a `raise`: line of the `if` that does nothing else}: they are one place."""
    try:
        nodes = list(ast.walk(ast.parse(cell.source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    before = cell.first_line - 1
    checks = (node for node in nodes if isinstance(node, ast.If) and len(node.body) == 1)
    return {check.body[0].lineno + before: check.lineno + before for check in checks if isinstance(check.body[0], ast.Raise)}


def _as_checks(solutions: Sequence[Solution], cells: Sequence[Cell]) -> list[Solution]:
    """Return the solutions with edits of a check's `raise` at the line of the check."""
    lines = {number: checks(cells[number]) for number in {edit.cell for solution in solutions for edit in solution.edits}}
    return [
        replace(solution, edits=tuple(replace(e, line=lines[e.cell].get(e.line, e.line)) for e in solution.edits))
        for solution in solutions
    ]


def told_places(solutions: Sequence[Solution]) -> list[tuple[int, int]]:
    """Return the (cell, line) pairs to tell of, in order; none where the solutions do not agree on where the mistake is."""
    working = [solution for solution in solutions if not solution.removes]
    if not working:
        return []
    everywhere = frozenset[tuple[int, int]]().union(*(solution.places for solution in working))
    if len(everywhere) <= _MOST_PLACES:
        return sorted(everywhere)
    # Whatever else it takes, each of them is needed.
    common = everywhere.intersection(*(solution.places for solution in working))
    return sorted(common) if len(common) <= _MOST_PLACES else []


def finding(function: str, solutions: Sequence[Solution], cells: Sequence[Cell]) -> Finding | None:
    """Return what is told of the solutions; None where nothing is."""
    solutions = _as_checks(solutions, cells)
    places = told_places(solutions)
    is_partial = any(solution.is_partial for solution in solutions)
    if not places or (is_partial and len(places) > 1):
        return None
    fewest = min((solution for solution in solutions if not solution.removes), key=lambda solution: len(solution.places))
    several = len(places) > 1
    is_choice = several and len(fewest.places) == 1
    parts = [_sentence(solutions, place, cells, with_file=not cells[place[0]].filename.endswith(".py")) for place in places]
    if is_partial:
        text = f"{parts[0]}\n{_NOT_ALL}"
    elif not several:
        text = parts[0]
    elif is_choice:
        text = "Look at one of two places.\n" + "\n".join(parts)
    else:
        text = "Look at two places.\n" + "\n".join(parts)
    return Finding(function, FindingKind.PLACE, text, tuple(SourceLine(cells[cell].filename, line) for cell, line in places))


def _sentence(solutions: Sequence[Solution], place: tuple[int, int], cells: Sequence[Cell], with_file: bool) -> str:
    cell, line = place
    whats = dict.fromkeys(edit.what for solution in solutions for edit in solution.edits if (edit.cell, edit.line) == place)
    # All cells are of the same notebook, which is named elsewhere.
    name = _NUMBERED.sub("", cells[cell].filename)
    where = f"{name[:1].upper()}{name[1:]}, line {line}" if with_file else f"Line {line}"
    what = next(iter(whats))
    return f"{where}: look at {what}.\n    {_text_of(cells[cell], line)}"


def _text_of(cell: Cell, line: int) -> str:
    lines = cell.source.split("\n")
    index = line - cell.first_line
    text = visible_line(lines[index]) if 0 <= index < len(lines) else ""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
