"""roster.csv: one line a participant, with a column for each platform that knows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from cnngrade.alike import folded
from cnngrade.classroom.csv_table import CsvTable, csv_text, read_csv
from cnngrade.classroom.roster import PLATFORMS, Participant, Roster, platform_key
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.files import write_atomically
from cnngrade.model import Course
from cnngrade.safe_text import visible_name
from cnngrade.submission.filenames import bad_student

_FIELDS = ("id", "first_name", "last_name", "email")


_SYNONYMS = {
    "id": ("id", "studentid", "login", "username", "netid"),
    "first_name": ("firstname", "givenname", "givennames", "forename", "first", "vorname"),
    "last_name": ("lastname", "surname", "familyname", "last", "nachname"),
    "email": ("email", "emailaddress", "emailadresse", "mail"),
}


_AFTER_A_PLATFORM = ("", "id", "ids", "user", "userid", "username", "login", "number", "name", "names", "eid", "sid")


_MOST_TOLD = 10


_WITH_SPACES = ("teams", "gradescope")
"""Teams has names for ids, and Gradescope whatever was entered as a number."""


def column_key(name: str) -> str:
    """Return by what the name of a column is compared: `First name`, `first_name` and `FirstName` are one."""
    return re.sub(r"[\W_]+", "", folded(name))


def on_one_line(cell: str) -> str:
    """Return what a cell says with one spelling of each letter, and single spaces."""
    return " ".join(unicodedata.normalize("NFC", cell).split())


def known_columns(table: CsvTable) -> dict[str, str]:
    """Return, by our names, the columns of a table that are known; raises UsageError where two stand for one."""
    meanings = {synonym: field for field, synonyms in _SYNONYMS.items() for synonym in synonyms}
    meanings |= {f"{platform}{end}": platform for platform in PLATFORMS for end in _AFTER_A_PLATFORM}
    columns: dict[str, str] = {}
    for name in sorted(table.columns, key=lambda name: column_key(name) not in (*_FIELDS, *PLATFORMS)):
        meaning = meanings.get(column_key(name))
        if meaning == "id" and "id" in columns and column_key(name) != "id":
            # Beside a column that is called id, a login is one more thing to keep.
            continue
        if meaning and meaning in columns:
            raise UsageError(f"{table.path}: the columns {columns[meaning]} and {name} are both {meaning}. Rename one of them.")
        if meaning:
            columns[meaning] = name
    return columns


def split_ids(platform: str, cell: str) -> tuple[str, ...]:
    """Return the ids in a cell, which spaces or semicolons separate; where ids hold spaces, only semicolons do."""
    parts = re.split(";" if platform in _WITH_SPACES else r"[;\s]+", cell)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def participant_of(cells: Mapping[str, str], columns: Mapping[str, str]) -> Participant:
    """Return the participant in a line; `columns` are those of its table, as `known_columns` returns them."""
    fields = {field: on_one_line(cells.get(columns.get(field, ""), "")) for field in _FIELDS}
    ids = {
        platform: found
        for platform in PLATFORMS
        if platform in columns and (found := split_ids(platform, cells.get(columns[platform], "")))
    }
    known = set(columns.values())
    return Participant(**fields, ids=ids, more={name: cell for name, cell in cells.items() if cell and name not in known})


def _problems(lines: list[tuple[int, Participant]], columns: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the lines of a roster, each with its line and column."""
    problems: list[str] = []
    held: dict[tuple[str, str], tuple[int, Participant]] = {}
    for line, each in lines:
        where = f"line {line}, column {columns['id']}"
        if problem := bad_student(each.id):
            problems.append(f"{where}: {problem}" if each.id else f"{where}: there is no id")
            continue
        marks = [("id", each.id), *([("email", each.email)] if each.email else [])]
        marks += [(platform, given) for platform, ids in each.ids.items() for given in ids]
        for column, given in marks:
            key = (column, platform_key(column, given))
            first, other = held.setdefault(key, (line, each))
            if other is not each:
                whose = "" if column == "id" else f" ({other.id})"
                problems.append(f"line {line}, column {columns[column]}: {given} is that of line {first}{whose}, too")
    return problems


def read_roster(path: Path) -> Roster:
    """Read roster.csv; raises UsageError that names line and column of all that is wrong with it."""
    table = read_csv(path)
    columns = known_columns(table)
    if "id" not in columns:
        raise UsageError(
            f"{path} has no column id; it has {visible_name(', '.join(table.columns[:8]))}. "
            "Take in a platform's own list with `cnngrade roster import`."
        )
    lines = [(line, participant_of(cells, columns)) for line, cells in table.lines]
    if problems := _problems(lines, columns):
        more = f"\n  and {len(problems) - _MOST_TOLD} more" if len(problems) > _MOST_TOLD else ""
        told = "\n  ".join(visible_name(problem) for problem in problems[:_MOST_TOLD])
        raise UsageError(f"{path} cannot be used:\n  {told}{more}")
    others = tuple(name for name in table.columns if name not in columns.values())
    return Roster(tuple(each for _, each in lines), others)


def roster_text(roster: Roster) -> str:
    """Return a roster as it is written; a platform that knows nobody has no column."""
    platforms = [platform for platform in PLATFORMS if any(each.ids.get(platform) for each in roster.participants)]
    rows = [
        [
            *(each.id, each.first_name, each.last_name, each.email),
            *("; ".join(each.ids.get(platform, ())) for platform in platforms),
            *(each.more.get(name, "") for name in roster.columns),
        ]
        for each in roster.participants
    ]
    return csv_text([*_FIELDS, *platforms, *roster.columns], rows)


def course_roster(course: Course) -> Roster | None:
    """Return the roster that the course keeps, None if it has none; raises UsageError if it cannot be used."""
    path = paths.roster(course)
    return read_roster(path) if path.exists() else None


def write_roster(path: Path, roster: Roster) -> None:
    """Write roster.csv, whole or not at all, for nobody else to read unless the classroom is a group's; raises Fault."""
    write_atomically(path, roster_text(roster))
