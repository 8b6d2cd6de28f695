"""The Python that a cell stands for: `name?`, `!command`, `%magic` and the like as the calls that a kernel makes of them.

The text is IPython's to read, and nothing of it runs here. Only a cell that is not plain Python is given to it: a plain script
needs no IPython.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Any

from cnngrade.worker.cells import BODY_IS_PYTHON

_CELL_MAGIC = re.compile(r"%%(\S*)[ \t]*(.*)")


# In characters, of all cells of a submission. IPython reads a cell again for each of its lines that is no Python.
_MOST_WORK = 1 << 20


# What IPython reads and Python does not: its own lines, prompts that were copied with the code, a cell that is indented.
_IPYTHONS = re.compile(r"^[ \t]*(?:[%!?;,/]|>>>|In ?\[)|\?[ \t;]*$|=[ \t]*[%!]|\A\s*^[ \t]", re.MULTILINE)


_WITHOUT_IPYTHON = (
    'raise ImportError("this cell has lines that IPython reads, which is not installed here: pip install ipython")'
)


_ASKS_FOR_HELP = re.compile(r"\?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A cell as Python, line by line where the cell has it. `left_out` names the cell magic for which it is not run at all."""

    python: str
    left_out: str = ""


def syntax_tree(source: str) -> ast.Module | None:
    """Return the syntax tree of a text, None if it is no Python."""
    try:
        with warnings.catch_warnings():
            # Of a backslash that means nothing: said when the cell runs, to whom it belongs.
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_python(source: str) -> bool:
    """Say whether a text is Python as it stands."""
    return syntax_tree(source) is not None


def _converted_magic(tree: ast.Module) -> tuple[int, str, str, str] | None:
    """Return (line, name, rest of the line, body) of a cell magic as converters write it, None for any other cell."""
    call = tree.body[0].value if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run_cell_magic"):
        return None
    texts = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return (call.lineno, texts[0], texts[1], texts[2]) if len(texts) == len(call.args) == 3 else None


class Reader:
    """Reads the cells of one submission; what its reading may cost is bounded over all of them."""

    def __init__(self) -> None:
        self._work_left = _MOST_WORK

    def meaning(self, source: str) -> Meaning:
        """Return what a cell means. One that is neither Python nor IPython's is returned as it is, and fails when it runs."""
        lines = source.split("\n")
        first = next((index for index, line in enumerate(lines) if line.strip()), None)
        found = _CELL_MAGIC.match(lines[first]) if first is not None else None
        if first is not None and found:
            meant = self._of_magic(found[1], found[2], "\n".join(lines[first + 1 :]))
            return Meaning("\n" * first + meant.python, meant.left_out)
        tree = syntax_tree(source)
        if tree is None:
            return Meaning(self._as_ipython_reads(source))
        converted = _converted_magic(tree)
        if converted is None:
            return Meaning(source)
        meant = self._of_magic(*converted[1:])
        return Meaning("\n" * (converted[0] - 1) + meant.python, meant.left_out)

    def _of_magic(self, name: str, line: str, body: str) -> Meaning:
        """Return what a cell magic means; the line that names it becomes a line of its own."""
        if name not in BODY_IS_PYTHON:
            return Meaning("", f"%%{name}"[:60])
        meant = self.meaning(body)
        # `%%capture out` binds the name.
        first = line.split()[0] if line.split() else ""
        bound = f"{first} = get_ipython()" if name == "capture" and first.isidentifier() else ""
        return Meaning(f"{bound}\n{meant.python}", meant.left_out)

    def _as_ipython_reads(self, source: str) -> str:
        if not _IPYTHONS.search(source):
            return source
        try:
            return self._transformed(source)
        except ImportError:
            return _WITHOUT_IPYTHON
        except Exception:
            # The text is too much for it: the cell is no Python then.
            return source

    def _transformed(self, source: str) -> str:
        from IPython.core.inputtransformer2 import TransformerManager  # takes as long as importing NumPy, and few need it

        manager: Any = TransformerManager()  # type: ignore[no-untyped-call]
        empty = len(source) - len(source.lstrip("\n"))
        lines = (source.strip("\n") + "\n").splitlines(keepends=True)
        for transform in manager.cleanup_transforms:
            lines = transform(lines)
        changed = True
        while changed:
            # The pattern for `name?` takes the square of a line.
            asked = _ASKS_FOR_HELP.search("".join(lines))
            self._work_left -= sum(len(line) ** 2 // 10 if asked else len(line) for line in lines)
            if self._work_left < 0:
                return source
            before = lines
            changed, lines = manager.do_one_token_transform(lines)
            # A statement over several lines became one: what follows it stays at its own.
            missing = len(before) - len(lines)
            if missing > 0:
                place = next(
                    (at for at, (old, new) in enumerate(zip(before, lines, strict=False)) if old != new), len(lines) - 1
                )
                lines = [*lines[: place + 1], *["\n"] * missing, *lines[place + 1 :]]
        return "\n" * empty + "".join(lines).rstrip("\n")
