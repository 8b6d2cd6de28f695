"""Brightspace: the grades' export with OrgDefinedId or Username, columns `Title Points Grade`, and an end-of-line sign.

In the export, a header goes on with `<Numeric MaxPoints:20 Weight:10 Category:Units>`, and ids begin with `#`, so that no
spreadsheet changes them. What is imported may hold the two ids, marks and `End-of-Line Indicator`, and nothing else: names,
addresses and final grades are left out, as Brightspace asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnngrade.classroom.exports import Listed, read_listing
from cnngrade.classroom.roster_file import column_key
from cnngrade.classroom.to_platforms.carried_table import CarriedTable
from cnngrade.classroom.to_platforms.mark_column import MarkColumn, MarkTable

_COLUMN = re.compile(r"(?P<title>.*\S)\s+Points Grade\b\s*(?:<(?P<said>.*)>)?", re.DOTALL)
_MOST_POINTS = re.compile(r"MaxPoints:\s*([0-9.,]+)")
# Such items are worked out by Brightspace, or take in a symbol or a text under another header.
_NOT_POINTS = ("calculated", "formula", "selectbox", "text")
_KEYS = ("orgdefinedid", "username")
_END = "endoflineindicator"


def _is_one(table: CarriedTable) -> bool:
    names = {column_key(name) for name in table.columns}
    return bool(names.intersection(_KEYS)) and any(_COLUMN.fullmatch(name) for name in table.columns)


def _people(table: CarriedTable) -> Sequence[Listed]:
    person = [place for place, name in enumerate(table.columns) if not _COLUMN.fullmatch(name) and column_key(name) != _END]
    return read_listing(table.as_csv_table(person), "plain").people


def _columns(table: CarriedTable) -> Iterator[MarkColumn]:
    for place, header in enumerate(table.columns):
        column = _COLUMN.fullmatch(header)
        if column is not None:
            said = column["said"] or ""
            points = _MOST_POINTS.search(said)
            is_other = said.casefold().startswith(_NOT_POINTS)
            refusal = f"is {said.split()[0]} in Brightspace: points cannot be imported into it." if is_other else ""
            yield MarkColumn(place, header, column["title"], "", points[1] if points else "", refusal)


def _kept(table: CarriedTable, marks: Sequence[MarkColumn]) -> tuple[int, ...]:
    ours = {each.place for each in marks}
    names = [column_key(name) for name in table.columns]
    if _END not in names:
        # Without the sign the file has been changed already: as it is, whoever did it knows better than we do.
        return tuple(range(len(names)))
    return tuple(place for place, name in enumerate(names) if place in ours or name in _KEYS or name == _END)


BRIGHTSPACE = MarkTable(
    name="brightspace",
    title="Brightspace",
    wanted="the grades: Grades, Enter Grades, Export, with Both as key field and Points grade",
    is_one=_is_one,
    people=_people,
    columns=lambda table: tuple(_columns(table)),
    kept=_kept,
)
