"""Canvas: the gradebook as it is exported (Student, ID, SIS Login ID, Section, then the assignments) is imported again.

Canvas finds an assignment by the number in its header, `Title (4314282)`, and a student by ID. The line `Points Possible` says
what an assignment is worth, and which columns are read only; a line above it may say which are posted by hand. Numbers may have
a point or a comma. An empty cell takes a mark away, and `EX` excuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnngrade.classroom.csv_table import CsvTable
from cnngrade.classroom.exports import Listed, read_listing
from cnngrade.classroom.to_platforms.carried_table import CarriedLine, CarriedTable
from cnngrade.classroom.to_platforms.mark_column import MarkColumn, MarkTable

_ASSIGNMENT = re.compile(r"(?P<title>.*\S)\s*\((?P<number>\d+)\)", re.DOTALL)
_TOTAL = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
"""What Canvas takes for a column of its own, wherever it stands in a header."""

_READ_ONLY = "(read only)"


def _is_one(table: CarriedTable) -> bool:
    names = table.columns
    return ("Student" in names or "LastName" in names) and "ID" in names and "Section" in names


def _people(table: CarriedTable) -> Sequence[Listed]:
    person = table.as_csv_table(range(table.columns.index("Section") + 1))
    return (*read_listing(person, "canvas").people, *_without_number(person))


def _without_number(person: CsvTable) -> Iterator[Listed]:
    """Yield people whom a line names without Canvas's number, as Canvas itself takes them, too: by login or SIS id."""
    for line, cells in person.lines:
        logins = tuple(login for name in ("SIS Login ID", "SIS User ID") if (login := cells.get(name, "")))
        if logins and not cells.get("ID"):
            yield Listed(line, cells.get("Student", ""), logins=logins)


def _points_line(table: CarriedTable) -> CarriedLine | None:
    return next((line for line in table.lines if "Points Possible" in line.text(0)), None)


def _columns(table: CarriedTable) -> Iterator[MarkColumn]:
    points = _points_line(table)
    for place, header in enumerate(table.columns):
        assignment = _ASSIGNMENT.fullmatch(header)
        if assignment is None or place <= table.columns.index("Section"):
            continue
        said = points.text(place) if points else ""
        refusal = ""
        if said.strip().casefold() == _READ_ONLY:
            refusal = "is read only in Canvas: nothing can be imported into it."
        elif total := _TOTAL.search(header):
            refusal = f'is passed over by Canvas, whose own totals are called "{total[0]}". Give the assignment another name.'
        yield MarkColumn(place, header, assignment["title"], assignment["number"], said, refusal)


CANVAS = MarkTable(
    name="canvas",
    title="Canvas",
    wanted="the gradebook: Grades, Export, Export Entire Gradebook",
    is_one=_is_one,
    people=_people,
    columns=lambda table: tuple(_columns(table)),
    separators=",;",
)
