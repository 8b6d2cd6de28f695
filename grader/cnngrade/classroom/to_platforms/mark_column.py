"""The column of a platform's table that holds the marks of a unit: by its title, or as a person says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cnngrade.classroom.exports import Listed
from cnngrade.classroom.roster_file import column_key
from cnngrade.classroom.to_platforms.carried_table import CarriedTable
from cnngrade.classroom.to_platforms.unit_mark import points_in
from cnngrade.errors import UsageError
from cnngrade.model import Unit
from cnngrade.safe_text import visible_name

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class MarkColumn:
    """A column that can hold marks: its `place` in the table, its `header` there, and what the platform says in it.

    `title` is the assignment's, "" where the whole table is about one. `number` is the platform's own for it, and `points`
    is what the table says that it is worth, "" if it does not. `refusal` says why marks cannot be written into it, "" if they
    can. On `locked` lines (by their numbers) the platform takes no mark in.
    """

    place: int
    header: str
    title: str
    number: str = ""
    points: str = ""
    refusal: str = ""
    locked: frozenset[int] = frozenset()

    @property
    def possible(self) -> Decimal | None:
        """The points on the platform, None where the table says no number."""
        return points_in(self.points)


@dataclass(frozen=True, slots=True)
class MarkTable:
    """How a platform takes marks in: the `wanted` download, in words, and how its people and columns are read.

    `blanks` are the words, folded, that stand in a cell as long as there is no mark. `kept` returns which columns are uploaded,
    given those with marks; None if all are. In other `encodings` and with other `separators` the platform writes nothing: a
    spreadsheet has.
    """

    name: str
    title: str
    wanted: str
    is_one: Callable[[CarriedTable], bool]
    people: Callable[[CarriedTable], Sequence[Listed]]
    columns: Callable[[CarriedTable], Sequence[MarkColumn]]
    blanks: frozenset[str] = frozenset({"", "-"})
    kept: Callable[[CarriedTable, Sequence[MarkColumn]], tuple[int, ...]] | None = None
    encodings: frozenset[str] = frozenset({"utf-8"})
    separators: str = ",\t"


def column_of(table: CarriedTable, columns: Sequence[MarkColumn], unit: Unit, said: str, others: Sequence[Unit]) -> MarkColumn:
    """Return the column of a unit: the one that a person named (`said`), or else the one that bears its name or its title.

    `others` are the other units of the course: a file that is named after one of them is not taken for this one's. Raises
    UsageError where it cannot be told which column it is, or nothing can be written into it.
    """
    fits = _said(columns, said) if said else _titled(table, columns, unit, others)
    # Nobody means one that takes nothing in, where another bears the same name.
    fits = [each for each in fits if not each.refusal] or fits
    if len(fits) == 1:
        if fits[0].refusal:
            raise UsageError(f'{table.path}: the column "{visible_name(fits[0].header)}" {fits[0].refusal}')
        return fits[0]
    raise UsageError(_which(table, fits or columns, unit, said, bool(fits)))


def _said(columns: Sequence[MarkColumn], said: str) -> list[MarkColumn]:
    """Return the columns that a person may mean, by the strictest of header, number and title that finds any."""
    key = column_key(said)
    for found in (
        [each for each in columns if each.header == said],
        [each for each in columns if each.number and each.number == said.strip()],
        [each for each in columns if key and key in (column_key(each.header), column_key(each.title))],
    ):
        if found:
            return found
    return []


def _titled(table: CarriedTable, columns: Sequence[MarkColumn], unit: Unit, others: Sequence[Unit]) -> list[MarkColumn]:
    keys = {column_key(unit.name), column_key(unit.title)} - {""}
    if len(columns) == 1 and not columns[0].title:
        # Such a table does not say what it is about, but its name does, after the course's, as long as nobody has changed it.
        name = column_key(table.path.stem)
        named = [(name.rfind(key) + len(key), len(key), key) for key in _keys([unit, *others]) if key in name]
        return list(columns) if not named or max(named)[2] in keys else []
    return [each for each in columns if column_key(each.title) in keys]


def _keys(units: Sequence[Unit]) -> set[str]:
    return {key for unit in units for name in (unit.name, unit.title) if (key := column_key(name))}


def _which(table: CarriedTable, columns: Sequence[MarkColumn], unit: Unit, said: str, is_unclear: bool) -> str:
    names = [f'"{visible_name(each.header)}"' for each in columns if is_unclear or not each.refusal] or ["none for marks"]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    listed = ", ".join(names[:_MOST_NAMED]) + more
    if len(columns) == 1 and not columns[0].title:
        return f"{table.path} is named after another unit than {unit.name}. If it is the right one: --column {names[0]}"
    if said:
        what = "several columns fit" if is_unclear else "there is no column"
        return f'{table.path}: {what} "{visible_name(said)}". The columns: {listed}.'
    title = f'"{visible_name(unit.title)}" or "{unit.name}"'
    what = f"several columns are called {title}" if is_unclear else f"no column is called {title}"
    near = next((name for name in names if any(key in column_key(name) for key in _keys([unit]))), "NAME")
    return f"{table.path}: {what}. Say which one is meant: --column {near}. The columns: {listed}."
