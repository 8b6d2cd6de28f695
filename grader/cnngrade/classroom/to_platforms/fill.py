"""Put the marks of a unit into a platform's table, and say of everybody what became of theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from cnngrade.alike import folded
from cnngrade.classroom.roster import Participant
from cnngrade.classroom.to_platforms.carried_table import CarriedTable
from cnngrade.classroom.to_platforms.mark_column import MarkColumn
from cnngrade.classroom.to_platforms.unit_mark import (
    Counted,
    MarkState,
    Rounding,
    UnitColumn,
    UnitMark,
    decimal_sign,
    number_in,
)
from cnngrade.classroom.to_platforms.whose_line import OwnedLine
from cnngrade.errors import UsageError
from cnngrade.model import Unit
from cnngrade.safe_text import visible_name

_PLAIN = Rounding(4)
# Blackboard writes `Needs Grading(3.00)` where a new attempt waits beside points of a former one.
_SO_FAR = re.compile(r"(?P<word>[^()]*[^()\s])\s*\((?P<points>[^()]*)\)")


def _word_alone(former: str) -> str:
    """Return the word that stands in a cell, folded and without points in brackets."""
    so_far = _SO_FAR.fullmatch(former)
    return folded(so_far["word"] if so_far and number_in(so_far["points"]) is not None else former)


def _former_points(former: str) -> Decimal | None:
    so_far = _SO_FAR.fullmatch(former)
    return number_in(so_far["points"] if so_far else former)


@dataclass(frozen=True, slots=True)
class GoneOut:
    """A mark that goes out: whose it is, what stood in its place, and what stands there now."""

    participant: Participant
    mark: UnitMark
    former: str
    now: str

    @property
    def is_new(self) -> bool:
        """Whether there was no number in its place."""
        return _former_points(self.former) is None

    @property
    def is_changed(self) -> bool:
        """Whether there was another number in its place."""
        return not self.is_new and _former_points(self.former) != number_in(self.now)


@dataclass(frozen=True, slots=True)
class UnitGoneOut:
    """What became of the marks of a unit.

    `possible` are its points in the gradebook, `there` those on the platform (None if its table does not say); where they
    differ, marks were scaled. `kept` are people whose cell stays as it is, by what their mark waits for; `words` those of whom
    the platform has a word that is no mark, with that word; `locked` are people whose mark the platform would pass over.
    """

    unit: Unit
    column: str
    possible: Decimal
    there: Decimal | None
    gone: tuple[GoneOut, ...] = ()
    kept: Mapping[MarkState, tuple[Participant, ...]] = field(default_factory=dict)
    words: tuple[tuple[Participant, str], ...] = ()
    locked: tuple[Participant, ...] = ()

    @property
    def above(self) -> tuple[Participant, ...]:
        """Who has more points than there are on the platform."""
        if self.there is None:
            return ()
        return tuple(each.participant for each in self.gone if (number_in(each.now) or 0) > self.there)


@dataclass(frozen=True, slots=True)
class Filling:
    """How marks are put into a table: which count, how they are written, and what may be written over.

    `title` is what people call the platform, and `blanks` are the words, folded, that stand for no mark there. With `scale`
    marks are multiplied where the platform has other points; with `overrule` a word in place of a mark gives way, too.
    """

    title: str
    blanks: frozenset[str]
    counted: Counted
    decimals: int
    scale: bool = False
    overrule: bool = False

    def factor(self, column: MarkColumn, unit: Unit, possible: Decimal) -> Fraction:
        """Return by what marks are multiplied; raises UsageError where the points differ and nobody said what to do."""
        there = column.possible
        if there is None or there == possible:
            return Fraction(1)
        if there > 0 and possible > 0 and self.scale:
            return Fraction(there) / Fraction(possible)
        ours, theirs = _PLAIN.text(possible), _PLAIN.text(there)
        scaling = f", or give --scale: then every mark is multiplied by {theirs}/{ours}" if there > 0 and possible > 0 else ""
        raise UsageError(
            f'{unit.name} has {ours} points, and "{visible_name(column.header)}" has {theirs} in {self.title}. '
            f"Change that in {self.title} and download the file again{scaling}."
        )


def fill_unit(
    table: CarriedTable, owned: Sequence[OwnedLine], column: MarkColumn, unit: UnitColumn, filling: Filling
) -> tuple[UnitGoneOut, dict[tuple[int, int], str]]:
    """Return what becomes of a unit's marks, and the cells that are written; raises UsageError where its points differ."""
    factor = filling.factor(column, unit.unit, unit.possible)
    lines = {line.number: line for line in table.lines}
    texts = (column.points, *(cell.text for line in table.lines for cell in line.cells))
    rounding = Rounding(filling.decimals, decimal_sign(texts))
    gone: list[GoneOut] = []
    kept: dict[MarkState, tuple[Participant, ...]] = {}
    words: list[tuple[Participant, str]] = []
    locked: list[Participant] = []
    cells: dict[tuple[int, int], str] = {}
    for each in owned:
        if each.participant is None:
            continue
        mark = unit.mark(each.participant)
        former, points = lines[each.listed.line].text(column.place), filling.counted.points(mark)
        now = "" if points is None else rounding.text(points, factor)
        if points is None:
            kept[mark.state] = (*kept.get(mark.state, ()), each.participant)
        elif each.listed.line in column.locked and number_in(former) != number_in(now):
            locked.append(each.participant)
        elif not filling.overrule and number_in(former) is None and _word_alone(former) not in filling.blanks:
            words.append((each.participant, former))
        else:
            cells[each.listed.line, column.place] = now
            gone.append(GoneOut(each.participant, mark, former, now))
    done = UnitGoneOut(unit.unit, column.header, unit.possible, column.possible, tuple(gone), kept, tuple(words), tuple(locked))
    return done, cells
