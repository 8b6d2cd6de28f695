"""One submission as it is compared: its texts, what it defines, and its fingerprints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cnngrade.similarity.canonical import Statement
from cnngrade.similarity.definitions import Definition, definitions
from cnngrade.similarity.fingerprints import in_a_row, of_statement
from cnngrade.similarity.source import SourceText
from cnngrade.worker.cells import Cell

MOST_NODES = 20_000
"""So large may the trees of one submission be: ten times what a long unit takes. Whatever is beyond is not compared."""

MOST_CHARACTERS = 100_000
"""So much of the texts of one submission is read."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A submission among others: whose it is, its texts, and its definitions.

    `fingerprints` are all of them, `own` those of each definition, in their order. `cut` says that not all of it was read.
    """

    student: str
    sources: tuple[SourceText, ...]
    definitions: tuple[Definition, ...]
    own: tuple[frozenset[str], ...]
    cut: bool = False

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of all definitions."""
        return frozenset[str]().union(*self.own)


def comparable(student: str, cells: Iterable[Cell], functions: Sequence[str]) -> Compared:
    """Return a submission to be compared, of its cells; nothing of it is run.

    `functions` are the unit's. What is beyond MOST_CHARACTERS is left aside, and what is nested more deeply than people write.
    """
    sources: list[SourceText] = []
    left, cut = MOST_CHARACTERS, False
    for cell in cells:
        plain = cell.source.replace("\r\n", "\n").replace("\r", "\n")
        cut = cut or len(plain) > left
        if left > 0:
            sources.append(SourceText(len(sources), cell.filename, plain[:left], cell.first_line))
        left -= len(plain)
    found = definitions(sources, functions)
    kept, size = [], 0
    for one in found:
        size += sum(statement.tree.size for statement in one.statements)
        # Trees take much more memory than their text, and those of a whole class are held at once.
        kept.append(one if size <= MOST_NODES else replace(one, statements=()))
    own = tuple(_fingerprints(one.statements) for one in kept)
    return Compared(student, tuple(sources), tuple(kept), own, cut or size > MOST_NODES)


def _fingerprints(statements: Sequence[Statement]) -> frozenset[str]:
    parts = {text for statement in statements for text, _ in of_statement(statement)}
    return frozenset(parts.union(in_a_row(statements)))
