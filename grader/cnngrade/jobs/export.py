"""Marks for elsewhere: from the gradebook into the file that a platform takes in, or into a table of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cnngrade.classroom.exports import Listed
from cnngrade.classroom.log import Event, EventKind, note
from cnngrade.classroom.roster import Participant
from cnngrade.classroom.to_platforms.blackboard import BLACKBOARD
from cnngrade.classroom.to_platforms.brightspace import BRIGHTSPACE
from cnngrade.classroom.to_platforms.canvas import CANVAS
from cnngrade.classroom.to_platforms.carried_table import CarriedTable, read_carried
from cnngrade.classroom.to_platforms.fill import Filling, GoneOut, UnitGoneOut, fill_unit
from cnngrade.classroom.to_platforms.mark_column import MarkColumn, MarkTable, column_of
from cnngrade.classroom.to_platforms.moodle import MOODLE
from cnngrade.classroom.to_platforms.own_table import GRADESCOPE, PLAIN, OwnTable
from cnngrade.classroom.to_platforms.unit_mark import Counted, Rounding, UnitColumn
from cnngrade.classroom.to_platforms.whose_line import OwnedLine, owned_lines
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.files import digest, write_bytes_atomically
from cnngrade.jobs.export_class import ExportedClass, exported_class, unit_column
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name

INTO_TABLES = {each.name: each for each in (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE)}
"""The platforms that take marks in by a table of their own, which a person downloads first."""


OWN_TABLES = {each.name: each for each in (GRADESCOPE, PLAIN)}
"""The tables that are made of nothing but the class."""


_MOST_UNITS_IN_NAME = 3


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What a person asks for.

    `into` is the platform's own download, `columns` the columns that a person names, by unit. `output` is where the file goes,
    None for classroom/exports. `force` lets it take the place of another file.
    """

    to: str
    into: Path | None = None
    output: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    counted: Counted = field(default_factory=Counted)
    decimals: int = 2
    scale: bool = False
    overrule: bool = False
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported: to what (`title`), where the file is, and what became of each unit's marks.

    `absent` are people of the class who are not in the platform's table, `strangers` those in it who are not in the class, and
    `doubts` lines of which nobody can say whose they are, and `renamed` those of people who are called otherwise there. `lost`
    are the absent who have a mark. `left_out` are units that were never released. `is_resaved` says that a spreadsheet
    has saved the download, in an encoding or with separators that are not the platform's.
    """

    title: str
    path: Path
    units: tuple[UnitGoneOut, ...]
    absent: tuple[Participant, ...] = ()
    strangers: tuple[Listed, ...] = ()
    doubts: tuple[OwnedLine, ...] = ()
    renamed: tuple[OwnedLine, ...] = ()
    left_out: tuple[Unit, ...] = ()
    lost: tuple[Participant, ...] = ()
    is_resaved: bool = False

    @property
    def misses_somebody(self) -> bool:
        """Whether a person has to look: at a line that may be somebody's, or at somebody whose mark went nowhere."""
        return bool(self.doubts or self.lost or any(unit.locked for unit in self.units))


@dataclass(frozen=True, slots=True)
class _ReadyFile:
    """A file that is ready to be written, and what there is to say of it."""

    data: bytes
    suffix: str
    exported: Exported


def export_marks(course: Course, units: Sequence[Unit], wish: ExportWish, *, skip_unreleased: bool = False) -> Exported:
    """Write the marks of some units into a file for a platform, and note in the log that they went out.

    With `skip_unreleased` units that were never released are left out. Raises UsageError for a file that is not the platform's,
    where column or points are not clear, and where another file would be lost; and Fault where the gradebook cannot be read or
    the file cannot be written. Then nothing is written.
    """
    class_ = exported_class(course)
    columns, left_out = _unit_columns(course, units, class_, skip_unreleased)
    if wish.to in INTO_TABLES:
        made = _into_table(INTO_TABLES[wish.to], course, columns, class_, wish)
    else:
        made = _own_table(OWN_TABLES[wish.to], columns, class_, wish)
    path = wish.output or _usual_path(course, columns, wish.to, made.suffix)
    _check_place(path, wish)
    if not wish.dry_run:
        _write(course, [each.unit for each in columns], path, made, wish)
    return replace(made.exported, path=path, left_out=left_out)


def _write(course: Course, units: Sequence[Unit], path: Path, made: _ReadyFile, wish: ExportWish) -> None:
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.marks import note_marks_of

    note_marks_of(course, units)
    write_bytes_atomically(path, made.data)
    note(course, *_events(made, path, wish))


def _unit_columns(
    course: Course, units: Sequence[Unit], class_: ExportedClass, skip_unreleased: bool
) -> tuple[list[UnitColumn], tuple[Unit, ...]]:
    now = datetime.now(course.zone)
    found: list[UnitColumn] = []
    left_out: list[Unit] = []
    for unit in units:
        try:
            found.append(unit_column(course, unit, class_, now))
        except UsageError:
            if not skip_unreleased:
                raise
            left_out.append(unit)
    if not found:
        raise UsageError("No unit is in the gradebook yet. Run `cnngrade release UNIT` first.")
    return found, tuple(left_out)


def _into_table(
    form: MarkTable, course: Course, units: Sequence[UnitColumn], class_: ExportedClass, wish: ExportWish
) -> _ReadyFile:
    if wish.into is None:
        raise UsageError(f"{form.title} takes marks in by a file of its own. Download {form.wanted}. Then give it: --into FILE")
    table = read_carried(wish.into)
    if not form.is_one(table):
        raise UsageError(_not_of(form, table))
    owned = owned_lines(_people(form, table), class_.people, form.name, has_roster=class_.has_roster)
    places = _places(form, table, course, units, wish)
    filling = Filling(form.title, form.blanks, wish.counted, wish.decimals, wish.scale, wish.overrule)
    cells: dict[tuple[int, int], str] = {}
    done: list[UnitGoneOut] = []
    for each, column in zip(units, places, strict=True):
        gone, filled = fill_unit(table, owned, column, each, filling)
        done.append(gone)
        cells |= filled
    data = table.filled(cells, form.kept(table, places) if form.kept else None)
    there = {each.participant.id for each in owned if each.participant}
    absent = tuple(each for each in class_.people.participants if each.id not in there)
    exported = Exported(
        form.title,
        wish.into,
        tuple(done),
        absent,
        tuple(each.listed for each in owned if each.participant is None and not each.doubt),
        tuple(each for each in owned if each.doubt),
        tuple(each for each in owned if each.is_renamed),
        lost=tuple(each for each in absent if any(wish.counted.points(unit.mark(each)) is not None for unit in units)),
        is_resaved=table.encoding not in form.encodings or table.separator not in form.separators,
    )
    return _ReadyFile(data, wish.into.suffix or ".csv", exported)


def _people(form: MarkTable, table: CarriedTable) -> Sequence[Listed]:
    try:
        return form.people(table)
    except UsageError as error:
        has = visible_name(", ".join(table.columns[:8]))
        raise UsageError(
            f"{table.path} does not say who people are in a language that is known here. It has: {has}. "
            f"Set {form.title} to English, and download {form.wanted} once more."
        ) from error


def _not_of(form: MarkTable, table: CarriedTable) -> str:
    others = [other for other in INTO_TABLES.values() if other is not form and other.is_one(table)]
    meant = f" It looks like one of {others[0].title}'s: --to {others[0].name}." if len(others) == 1 else ""
    has = visible_name(", ".join(table.columns[:8]))
    return f"{table.path} is no table of marks as {form.title} hands it out. It has: {has}.{meant} Download {form.wanted}."


def _places(
    form: MarkTable, table: CarriedTable, course: Course, units: Sequence[UnitColumn], wish: ExportWish
) -> list[MarkColumn]:
    columns = form.columns(table)
    found: list[MarkColumn] = []
    for each in units:
        others = [unit for unit in course.units if unit is not each.unit]
        column = column_of(table, columns, each.unit, wish.columns.get(each.unit.name, ""), others)
        if column.place in [other.place for other in found]:
            header = visible_name(column.header)
            raise UsageError(f'{table.path}: "{header}" would hold the marks of two units. Export them one by one.')
        found.append(column)
    return found


def _own_table(form: OwnTable, units: Sequence[UnitColumn], class_: ExportedClass, wish: ExportWish) -> _ReadyFile:
    if wish.into or wish.columns or wish.scale or wish.overrule:
        raise UsageError(f"--to {form.name} makes a table of its own: leave out --into, --column, --scale and --overrule.")
    people, rounding = class_.people.participants, Rounding(wish.decimals)
    done = []
    for each in units:
        marks = [(person, mark, wish.counted.points(mark)) for person in people for mark in (each.mark(person),)]
        gone = tuple(GoneOut(person, mark, "", rounding.text(points)) for person, mark, points in marks if points is not None)
        kept = {
            state: tuple(person for person, mark, points in marks if points is None and mark.state is state)
            for state in dict.fromkeys(mark.state for _, mark, points in marks if points is None)
        }
        done.append(UnitGoneOut(each.unit, each.unit.name, each.possible, None, gone, kept))
    text = form.text(people, units, wish.counted, rounding)
    return _ReadyFile(text.encode("utf-8"), ".csv", Exported(form.title, Path(), tuple(done)))


def _usual_path(course: Course, units: Sequence[UnitColumn], to: str, suffix: str) -> Path:
    names = [each.unit.name for each in units]
    name = "-".join(names) if len(names) <= _MOST_UNITS_IN_NAME else f"{len(names)}-units"
    return paths.exports(course) / (f"{name}{suffix}" if to == PLAIN.name else f"{name}-{to}{suffix}")


def _check_place(path: Path, wish: ExportWish) -> None:
    """Raise UsageError where the export would take the place of the download, or of a file that a person named."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file: -o {path / 'marks.csv'}")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no file that can be written over. Name another one with -o.")
    if wish.force or not path.exists():
        return
    if wish.into is not None and path.samefile(wish.into):
        raise UsageError(f"{path} is the download itself. Name another file with -o, or write over it with --force.")
    if wish.output is not None:
        raise UsageError(f"{path} is there already. Name another file with -o, or write over it with --force.")


def _events(made: _ReadyFile, path: Path, wish: ExportWish) -> list[Event]:
    """Return the log's lines: one a unit, with how many marks went where, and what the file's digest is."""
    content = digest(made.data)
    return [
        Event(
            EventKind.EXPORTED,
            each.unit.name,
            "",
            {
                "to": wish.to,
                "file": str(path.absolute()),
                "content": content,
                "marks": len(each.gone),
                "provisional": wish.counted.provisional,
                "missing_zero": wish.counted.missing_zero,
                "scaled": [str(each.possible), str(each.there)] if each.there not in (None, each.possible) else None,
            },
        )
        for each in made.exported.units
    ]
