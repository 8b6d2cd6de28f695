"""A text that was handed in, and where in it a syntax tree's nodes stand."""

from __future__ import annotations

import ast
import bisect
import itertools
from collections.abc import Sequence

from cnngrade.similarity.tree import Span

_PLACED = ast.stmt | ast.expr | ast.arg | ast.keyword


class SourceText:
    """One cell or module: its `number` among the texts of a submission, its file or cell, the line at which it begins there."""

    def __init__(self, number: int, title: str, text: str, first_line: int = 1) -> None:
        self.number, self.title, self.text, self._first_line = number, title, text, first_line
        self._lines = text.split("\n")
        self._starts = [0, *itertools.accumulate(len(line) + 1 for line in self._lines)]
        self._is_ascii = text.isascii()

    def offset(self, line: int, column: int) -> int:
        """Return the place in the text of a syntax tree's line (from 1) and column, which it counts in bytes of UTF-8."""
        at = min(max(line - 1, 0), len(self._lines) - 1)
        if not self._is_ascii:
            column = len(self._lines[at].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))
        return self._starts[at] + min(column, len(self._lines[at]))

    def span(self, place: ast.AST | Sequence[ast.AST] | None) -> Span | None:
        """Return where a node stands, or several from the first to the last of them; None for those that stand nowhere."""
        nodes = [place] if isinstance(place, ast.AST) else place or ()
        ends = [
            (self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno or 1, node.end_col_offset or 0))
            for node in nodes
            if isinstance(node, _PLACED)
        ]
        return (self.number, min(begin for begin, _ in ends), max(end for _, end in ends)) if ends else None

    def line(self, offset: int) -> int:
        """Return the line of the file, or of the cell, in which a place of the text is, from 1."""
        return self._first_line + bisect.bisect_right(self._starts, offset) - 1
