"""Fingerprints: what each statement, each larger part of one, and each two statements in a row look like, whatever the names.

Statements are compared one by one, and not as one long text that is winnowed (Schleimer, Wilkerson and Aiken, "Winnowing",
SIGMOD 2003): in functions of ten lines, one that moved takes every window around it along. docs/benchmarks.md has the figures.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from cnngrade.similarity.canonical import Statement
from cnngrade.similarity.tree import Node, form, walk

# In nodes of a tree. Smaller parts (`x + 1`) are in everybody's code; what is larger is its parts.
_SMALLEST, _LARGEST = 4, 60


def of_statement(statement: Statement) -> Iterator[tuple[str, Node]]:
    """Yield the fingerprints of a statement and of its parts, each with the tree that it is of, the whole first."""
    for node in walk(statement.tree):
        if _SMALLEST <= node.size <= _LARGEST:
            yield form(node), node


def in_a_row(statements: Sequence[Statement]) -> Iterator[str]:
    """Yield a fingerprint for each two statements that follow one another: it tells which names they share.

    Small ones (`i = 0`, `return out`) are passed over.
    """
    large = (statement for statement in statements if statement.tree.size >= _SMALLEST)
    for one, two in itertools.pairwise(large):
        if one.tree.size + two.tree.size <= _LARGEST:
            yield form(Node("then", [one.tree, two.tree]))
