"""Blackboard: the Grade Center's download (Last Name, First Name, Username, Student ID, then the columns) is uploaded again.

A column is called `Title [Total Pts: 20 Score] |1234567`: Blackboard finds it by the number after the bar, and makes a new one
of a header without it. What is calculated says `up to` before its points. A student is found by Username. The file is UTF-16
with tabs, called .xls, or UTF-8 with commas; the words in brackets are in the language of whoever downloads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnngrade.classroom.exports import Listed, read_listing
from cnngrade.classroom.to_platforms.carried_table import CarriedTable
from cnngrade.classroom.to_platforms.mark_column import MarkColumn, MarkTable

_COLUMN = re.compile(r"(?P<title>.*\S)\s*\[(?P<said>[^\[\]]*)\]\s*\|(?P<number>\d+)", re.DOTALL)
_POINTS = re.compile(r"[^:\uff1a]*[:\uff1a]\s*(?P<points>[0-9][0-9.,]*)\s*(?P<shown>.*)", re.DOTALL)
_NOT_POINTS = ("percent", "prozent", "pour", "porc", "letter", "text", "complete")


def _is_one(table: CarriedTable) -> bool:
    return any(_COLUMN.fullmatch(name) for name in table.columns)


def _people(table: CarriedTable) -> Sequence[Listed]:
    person = [place for place, name in enumerate(table.columns) if not _COLUMN.fullmatch(name)]
    return read_listing(table.as_csv_table(person), "plain").people


def _columns(table: CarriedTable) -> Iterator[MarkColumn]:
    for place, header in enumerate(table.columns):
        column = _COLUMN.fullmatch(header)
        if column is None:
            continue
        said = _POINTS.fullmatch(column["said"])
        if said is None:
            refusal = "is calculated by Blackboard: nothing can be uploaded into it."
        elif said["shown"].casefold().startswith(_NOT_POINTS):
            refusal = f"shows {said['shown']} in Blackboard, not points. Make Score its primary display, and download it again."
        else:
            refusal = ""
        yield MarkColumn(place, header, column["title"], column["number"], said["points"] if said else "", refusal)


BLACKBOARD = MarkTable(
    name="blackboard",
    title="Blackboard",
    wanted="the Grade Center: Work Offline, Download (in Ultra: Gradebook, Download Grades)",
    is_one=_is_one,
    people=_people,
    columns=lambda table: tuple(_columns(table)),
    blanks=frozenset({"", "-", "--", "needs grading", "in progress"}),
    encodings=frozenset({"utf-8", "utf-16-le", "utf-16-be"}),
)
