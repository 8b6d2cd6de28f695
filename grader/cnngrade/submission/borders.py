"""Where the cells of a script begin: at the markers that editors and converters write, never inside a function or a string."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from cnngrade.submission.ipython import is_python, syntax_tree

# `# %%` (VS Code, Spyder, PyCharm, jupytext), `# In[3]:` (nbconvert), and what IPython's and Databricks' exports write.
MARKER = re.compile(
    r"^#[ \t]*%%(?P<header>.*)$|^# ?In ?\[[ \d*]*\]:?[ \t]*$|^# ?<(?:code|markdown)cell>[ \t]*$|^# COMMAND -{5,}[ \t]*$"
)
"""A line that begins a cell; `header` is what an editor wrote behind it."""


FROM_A_NOTEBOOK = re.compile(r"^# ?In ?\[[ \d*]*\]:?[ \t]*$|^# ?<codecell>[ \t]*$", re.MULTILINE)
"""The markers of a script that was a notebook: it is meant to run as one."""


def borders(lines: Sequence[str]) -> list[int]:
    """Return the indices of the lines at which cells begin, after the first."""
    marked = [index for index, line in enumerate(lines) if index and MARKER.match(line)]
    if not marked:
        return []
    tree = syntax_tree("\n".join(lines) + "\n")
    if tree is None:
        return _joined(lines, marked)
    inside = {line for statement in tree.body for line in range(_first_line(statement) - 1, statement.end_lineno or 0)}
    return [index for index in marked if index not in inside]


def _first_line(statement: ast.stmt) -> int:
    """Return the number of the line with which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _joined(lines: Sequence[str], marked: Sequence[int]) -> list[int]:
    """Return the borders of a text that is no Python as a whole: a marker is none where only both sides together are Python."""
    found: list[int] = []
    starts = [0, *marked]
    at = 0
    while at < len(starts):
        found += [starts[at]] if at else []
        at = _end_of_piece(lines, starts, at)
    return found


# A piece that is no Python is tried with so many that follow.
_MOST_JOINED = 8


def _end_of_piece(lines: Sequence[str], starts: Sequence[int], at: int) -> int:
    """Return the index of the border at which the piece that begins at border `at` ends."""
    ends = [*starts[1:], len(lines)]
    if is_python("\n".join(lines[starts[at] : ends[at]])):
        end = at + 1
        while end < len(starts) and _begins_indented(lines[starts[end] : ends[end]]):
            end += 1
        return end
    for last in range(at + 1, min(at + 1 + _MOST_JOINED, len(starts))):
        if is_python("\n".join(lines[starts[at] : ends[last]])):
            return last + 1
    return at + 1


def _begins_indented(lines: Sequence[str]) -> bool:
    code = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    return code[:1] in (" ", "\t")
