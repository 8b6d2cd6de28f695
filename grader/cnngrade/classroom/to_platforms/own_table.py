"""Tables of marks that need no download: one for people to read, and one as Gradescope writes its own.

Names and ids are written so that no spreadsheet takes them for formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cnngrade.classroom.csv_table import csv_text
from cnngrade.classroom.roster import Participant
from cnngrade.classroom.to_platforms.unit_mark import Counted, MarkState, Rounding, UnitColumn, UnitMark


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table of our own: `text` makes it of the class, the units, which marks count, and how they are rounded."""

    name: str
    title: str
    text: Callable[[Sequence[Participant], Sequence[UnitColumn], Counted, Rounding], str]


def _number(mark: UnitMark, counted: Counted, rounding: Rounding) -> str:
    points = counted.points(mark)
    return "" if points is None else rounding.text(points)


def _plain(class_: Sequence[Participant], units: Sequence[UnitColumn], counted: Counted, rounding: Rounding) -> str:
    """One line a person: for each unit the mark, out of how many points, what a late one cost, and why there is none."""
    columns = ["id", "last_name", "first_name", "email"]
    for each in units:
        columns += [f"{each.unit.name}{end}" for end in ("", " possible", " late penalty", " state")]
    rows = []
    for person in class_:
        row = [person.id, person.last_name, person.first_name, person.email]
        for each in units:
            mark = each.mark(person)
            penalty = rounding.text(mark.penalty) if mark.penalty else ""
            state = "" if mark.state is MarkState.GIVEN else mark.state.value
            row += [_number(mark, counted, rounding), rounding.text(each.possible), penalty, state]
        rows.append(row)
    return csv_text(columns, rows)


def _lateness(late: timedelta | None) -> str:
    minutes, seconds = divmod(max(int(late.total_seconds()), 0) if late else 0, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _gradescope(class_: Sequence[Participant], units: Sequence[UnitColumn], counted: Counted, rounding: Rounding) -> str:
    """The table of a course's grades, as Gradescope has it downloaded: other programs take it in, Gradescope does not."""
    columns = ["First Name", "Last Name", "SID", "Email"]
    for each in units:
        columns += [f"{each.unit.title}{end}" for end in ("", " - Max Points", " - Submission Time", " - Lateness (H:M:S)")]
    rows = []
    for person in class_:
        number = next((given for given in person.ids.get("gradescope", ()) if "@" not in given), person.id)
        row = [person.first_name, person.last_name, number, person.email]
        for each in units:
            mark = each.mark(person)
            submitted = mark.submitted.strftime("%Y-%m-%d %H:%M:%S %z") if mark.submitted else ""
            late = _lateness(mark.late) if mark.submitted else ""
            row += [_number(mark, counted, rounding), rounding.text(each.possible), submitted, late]
        rows.append(row)
    return csv_text(columns, rows)


PLAIN = OwnTable("csv", "a plain table", _plain)
GRADESCOPE = OwnTable("gradescope", "a table as Gradescope writes it", _gradescope)
