"""What a benchmark has found: printed for whoever runs it, and written into its section of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .machine import machine
from .page import PAGE, write_section
from .programs import ROOT
from .quartiles import Quartiles

REACHED, MISSED, AIM = "reached", "missed", "aim: "
WRITE = "--write-docs"


@dataclass(frozen=True)
class Table:
    """Rows of cells below a head; what stands in the first column is text, the rest are figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows):
            raise ValueError(f"a row of the table {list(self.head)} has another number of cells")
        if any("\n" in cell for row in (self.head, *self.rows) for cell in row):
            raise ValueError(f"a cell of the table {list(self.head)} has more than one line")

    def as_text(self) -> str:
        lines = [list(self.head), *map(list, self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
        return f"{self.title}\n\n{text}" if self.title else text

    def as_markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        text = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        return f"**{self.title}**\n\n{text}" if self.title else text


@dataclass(frozen=True)
class Aim:
    """What is wanted of a figure, and what it is."""

    what: str
    wanted: str
    found: str
    is_reached: bool

    @property
    def verdict(self) -> str:
        return REACHED if self.is_reached else MISSED

    def line(self) -> str:
        """Return this as a line that `make bench` knows again."""
        return f"{AIM}{self.what}: {self.wanted}; {self.found}: {self.verdict}"


def at_most(what: str, bound: float, found: Quartiles | float, form: str = ".2f") -> Aim:
    """Return the aim that a figure, or the median of one, is no more than `bound`."""
    return _aim(what, f"at most {bound:g}", found, form, lambda number: number <= bound)


def at_least(what: str, bound: float, found: Quartiles | float, form: str = ".2f") -> Aim:
    """Return the aim that a figure, or the median of one, is no less than `bound`."""
    return _aim(what, f"at least {bound:g}", found, form, lambda number: number >= bound)


def _aim(what: str, wanted: str, found: Quartiles | float, form: str, holds: Callable[[float], bool]) -> Aim:
    if isinstance(found, Quartiles):
        return Aim(what, wanted, found.text(form), holds(found.median))
    return Aim(what, wanted, f"{found:{form}}", holds(found))


@dataclass
class Section:
    """The tables, sentences and aims of a benchmark, in the order in which they are added.

    name: of the marks in the page   packages: whose versions belong to the figures, besides NumPy and numba
    """

    name: str
    packages: Sequence[str] = ()
    _parts: list[str] = field(default_factory=list)
    _aims: list[Aim] = field(default_factory=list)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
        """Add a table, and print it."""
        added = Table(head, list(rows), title)
        print(f"\n{added.as_text()}", flush=True)
        self._parts.append(added.as_markdown())

    def sentence(self, text: str) -> None:
        """Add a sentence, and print it."""
        print(f"\n{text}", flush=True)
        self._parts.append(text)

    def aim(self, aim: Aim) -> None:
        """Add an aim; aims stand in a table of their own at the end."""
        self._aims.append(aim)

    def end(self, page: Path | None) -> None:
        """Print the aims, and put everything into the page if there is one."""
        print()
        for aim in self._aims:
            print(aim.line())
        sys.stdout.flush()
        if page:
            write_section(page, self.name, self._markdown())

    def _markdown(self) -> str:
        parts = [f"`{command()}` on {machine(self.packages)}.", *self._parts]
        if self._aims:
            rows = [[aim.what, aim.wanted, aim.found, aim.verdict] for aim in self._aims]
            parts.append(Table(["aim", "", "found", ""], rows).as_markdown())
        return "\n\n".join(parts)


def command(words: Sequence[str] | None = None) -> str:
    """Return how the running program was called, but for the page, and with no folder of this machine."""
    program, *given = sys.argv if words is None else words
    shown = [_without_folder(word) for word in given if word != WRITE]
    path = Path(program).resolve()
    return " ".join(["python", path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name, *shown])


def _without_folder(word: str) -> str:
    if os.sep not in word:
        return word
    option, equals, value = word.rpartition("=")
    return f"{option}{equals}{'CHECKOUT' if Path(value).is_dir() else Path(value).name}"


def add_writing(parser: argparse.ArgumentParser) -> None:
    """Add the option with which a benchmark writes its section; asked.write_docs is then the page, or None."""
    where = PAGE.relative_to(ROOT).as_posix()
    parser.add_argument(WRITE, action="store_const", const=PAGE, help=f"write the figures into {where}")
