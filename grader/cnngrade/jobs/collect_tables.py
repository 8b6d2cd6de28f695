"""What a person says about a source that its names do not: whose a file is, and when work was handed in."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path

from cnngrade.classroom.csv_table import CsvTable, read_csv
from cnngrade.course.dates import is_plausible, release_moment
from cnngrade.errors import UsageError
from cnngrade.safe_text import visible_name
from cnngrade.submission.platforms.moments import read_moment
from cnngrade.submission.whose import spelled_alike

_STUDENT = ("student", "id", "student_id", "login", "username")


_TIME = ("time", "submitted", "submitted_at", "submitted at", "timestamp", "date")


_WEEKDAY = re.compile(r"[^\W\d_]+, ")


_FOUND = ("found", "name", "path")


_FILE = ("file", "work")


@dataclass(frozen=True, slots=True)
class Told:
    """What a map says of one thing that was `found`: whose it is, and which `file` is the work ("" where that can be told).

    Several `students` handed it in together, each in a line of their own; without any it is nobody's, and left aside. `line` is
    the first.
    """

    line: int
    found: str
    students: tuple[str, ...]
    file: str = ""


def told_of(path: str, told: Mapping[str, Told]) -> tuple[Told, str] | None:
    """Return the line of a map that means a path in the source, and what of the path is below what was found.

    The map's lines go by what was found: the path itself or a folder around it, perhaps with escapes, as it was shown, and
    without the spaces around it, as in any table.
    """
    folders = path.split("/")
    for count in range(1, len(folders) + 1):
        outer = "/".join(folders[:count])
        line = told.get(outer.strip()) or told.get(visible_name(outer).strip())
        if line is not None:
            return line, "/".join(folders[count:])
    return None


@dataclass(frozen=True, slots=True)
class TimesTold:
    """When work was handed in: by student (spelled alike), and for everybody else (None where nothing is said)."""

    by_student: Mapping[str, datetime] = field(default_factory=dict)
    everybody: datetime | None = None

    def of(self, student: str) -> datetime | None:
        """Return the time that is said of a student, None if none is."""
        return self.by_student.get(spelled_alike(student), self.everybody)


def _column(table: CsvTable, names: tuple[str, ...], needed: bool = True) -> str:
    """Return the column that has one of these names, in any case; "" for none that need not be there."""
    found = [column for column in table.columns if column.strip().casefold() in names]
    if not found and needed:
        columns = ", ".join(table.columns)
        raise UsageError(
            f"{table.path} has no column {names[0]} (found: {visible_name(columns)}). Name one so in its first line."
        )
    return found[0] if found else ""


def read_map(path: Path) -> tuple[Told, ...]:
    """Read a CSV file with the columns `found`, `student` and perhaps `file`; raises UsageError."""
    table = read_csv(path)
    found, student, file = _column(table, _FOUND), _column(table, _STUDENT), _column(table, _FILE, needed=False)
    told: dict[str, Told] = {}
    for line, cells in table.lines:
        name, whose, which = cells.get(found, "").rstrip("/"), cells.get(student, ""), cells.get(file, "")
        if not name:
            raise UsageError(f"{path}, line {line}: column {found} is empty. It says what in the source is meant.")
        before = told.get(name, Told(line, name, (), which))
        if name in told and (which != before.file or not whose or whose in before.students or not before.students):
            raise UsageError(
                f"{path}, line {line}: {visible_name(name)} stands in line {before.line}, too. Where several people handed "
                "it in together, each line names another of them, and the same file."
            )
        told[name] = replace(before, students=(*before.students, *([whose] if whose else [])))
    return tuple(told.values())


def _moment(text: str, zone: tzinfo, where: str) -> datetime:
    """Read a time as a platform's table has it, or as course.yml has it; raises UsageError."""
    moment = read_moment(_WEEKDAY.sub("", text.strip()), zone)
    if moment is None and ":" in text:
        with contextlib.suppress(ValueError, OverflowError):
            moment = release_moment(text, zone)
    if moment is None or not is_plausible(moment):
        raise UsageError(f"{where}: {visible_name(text)} is not a time. Write 2026-03-09 18:00, or 2026-03-09 18:00+01:00.")
    return moment


def read_times(said: str, zone: tzinfo) -> TimesTold:
    """Read a time for everybody, or a CSV file with the columns `id` and `time`; raises UsageError.

    Times that say no zone are in `zone`.
    """
    if not said:
        return TimesTold()
    path = Path(said)
    if not path.is_file():
        return TimesTold(everybody=_moment(said, zone, "--submitted-at is neither a file nor a time"))
    table = read_csv(path)
    student, time = _column(table, _STUDENT), _column(table, _TIME)
    times: dict[str, datetime] = {}
    for line, cells in table.lines:
        name, where = spelled_alike(cells.get(student, "")), f"{path}, line {line}"
        if name in times:
            raise UsageError(f"{where}: {visible_name(cells[student])} stands there twice.")
        if name and cells.get(time, ""):
            times[name] = _moment(cells[time], zone, where)
    return TimesTold(times)
