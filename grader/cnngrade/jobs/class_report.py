"""The class at a glance: gather what a grading left, and sum it up. No code of students runs, and nothing is judged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cnngrade.classroom import report_store
from cnngrade.classroom.collected import not_later_than_told, read_timestamp
from cnngrade.classroom.handed_in import HandedIn, as_it_lies
from cnngrade.classroom.roster_file import course_roster
from cnngrade.course import paths
from cnngrade.course.lateness import lateness
from cnngrade.errors import CnngradeError, Fault, UsageError
from cnngrade.files import USUAL, how_to_share, write_atomically
from cnngrade.insight.class_page import course_report_as_page
from cnngrade.insight.class_report import CourseReport, UngradedUnit
from cnngrade.insight.class_text import topic_lines
from cnngrade.insight.facts import ClassFacts, class_report_of
from cnngrade.insight.groups import unnamed_groups
from cnngrade.insight.naming import Naming, as_named
from cnngrade.insight.unnamed import UnnamedGroup
from cnngrade.model import Course, Report, Unit
from cnngrade.safe_text import visible_name
from cnngrade.sandbox.backends import AUTO, NONE

if TYPE_CHECKING:
    from cnngrade.gradebook.class_table import ClassRow


@dataclass(frozen=True, slots=True)
class _Stored:
    """The reports of a unit that can be read, with their keys, and whose report cannot be."""

    reports: Mapping[str, tuple[Report, str]]
    damaged: tuple[str, ...]


@dataclass(slots=True)
class _ClassReader:
    """What is read of the class of a unit, and sentences about what cannot be."""

    course: Course
    unit: Unit
    notes: list[str] = field(default_factory=list)

    def note(self, what: str, error: CnngradeError) -> None:
        self.notes.append(f"{what}: {error}")

    def works(self) -> list[HandedIn] | None:
        """Return what was handed in, None where that cannot be seen."""
        try:
            return as_it_lies(self.course, self.unit)
        except Fault as error:
            self.note("Who handed in cannot be seen, and whoever has no report counts as missing", error)
            return None

    def roster(self) -> tuple[str, ...] | None:
        try:
            roster = course_roster(self.course)
        except UsageError as error:
            self.note("The roster is left out", error)
            return None
        return tuple(each.id for each in roster.participants) if roster and roster.participants else None

    def rows(self) -> tuple[ClassRow, ...] | None:
        """Return the gradebook's table of the unit, None where there is none or it cannot be read."""
        if not paths.nbgrader_config(self.course).is_file():
            return None
        # nbgrader takes seconds to load.
        from cnngrade.gradebook.class_table import class_table
        from cnngrade.gradebook.presence import has_gradebook

        try:
            return class_table(self.course, self.unit) if has_gradebook(self.course) else None
        except CnngradeError as error:
            self.note("The gradebook is left out", error)
            return None

    def scores(self, rows: Iterable[ClassRow] | None, graded: int) -> dict[str, float] | None:
        """Return the scores in the gradebook, None where it has none."""
        found = {row.student: row.score for row in rows or () if row.score is not None}
        if rows is not None and len(found) < graded:
            run = f"Run `cnngrade grade {self.unit.name}`"
            self.notes.append(f"Of {graded} who are graded the gradebook has scores of {len(found)}. {run} to enter them all.")
        return found or None

    def groups(self) -> tuple[UnnamedGroup, ...]:
        try:
            return unnamed_groups(self.course, self.unit)
        except CnngradeError as error:
            self.note("Wrong answers are not grouped", error)
            return ()

    def outdated(self, works: Iterable[HandedIn] | None, stored: _Stored) -> tuple[str, ...]:
        """Return whose stored report is not on the work, or by the tests, that there are now; nobody's where works are None."""
        if works is None:
            return ()
        there = {work.student: work for work in works}
        if not paths.secret_file(self.course).exists():
            # With another secret everybody is judged again; to look must not make one.
            return tuple(stored.reports)
        try:
            judging = report_store.judging_digest(self.course, self.unit)
            return tuple(
                student
                for student, (_, key) in stored.reports.items()
                if student not in there or key not in self._keys(there[student], judging)
            )
        except OSError as error:
            self.notes.append(f"Whether work or tests have changed since cannot be seen: {error}.")
        except CnngradeError as error:
            self.note("Whether work or tests have changed since cannot be seen", error)
        return ()

    def _keys(self, work: HandedIn, judging: str) -> set[str]:
        """Return the keys that a report on this work may have: judged in a sandbox, or without one."""
        return {report_store.report_key(self.course, self.unit, work, judging, sandbox) for sandbox in (AUTO, NONE)}


def _stored(course: Course, unit: Unit) -> _Stored:
    """Return the stored reports of a unit; raises Fault where nobody can look for them."""
    folder = paths.reports(course, unit.name)
    try:
        with os.scandir(folder) as entries:
            names = sorted(Path(entry.name).stem for entry in entries if entry.name.endswith(".json") and entry.name[0] != ".")
    except (FileNotFoundError, NotADirectoryError):
        return _Stored({}, ())
    except PermissionError as error:
        raise Fault(f"The reports cannot be read: {how_to_share(folder, folder.parent)}.") from error
    except OSError as error:
        raise Fault(f"{folder} cannot be read: {error.strerror or error}.") from error
    found = {name: report_store.load_with_key(course, unit, name) for name in names}
    # A file that somebody copied says whose it is.
    readable = {
        name: each
        for name, each in found.items()
        if each is not None and (each[0].submission.student, each[0].submission.unit) == (name, unit.name)
    }
    return _Stored(readable, tuple(name for name in names if name not in readable))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """When somebody's work came: hours before it was due (None where one of the two is not known), and whether it was late."""

    hours_before: float | None
    late: bool


def _arrival(due: datetime | None, submitted: datetime | None, extension: float) -> _Arrival:
    if due is None or submitted is None:
        return _Arrival(None, False)
    more = timedelta(hours=extension)
    hours = (due + more - submitted).total_seconds() / 3600
    return _Arrival(hours, lateness(due, submitted, more) is not None)


def _arrivals(reader: _ClassReader, works: Iterable[HandedIn], rows: Iterable[ClassRow]) -> dict[str, _Arrival]:
    """Return when each work came: as the gradebook says, with extensions, or else as the work itself does."""
    course, unit = reader.course, reader.unit
    entered = {row.student: row for row in rows}
    found = {}
    for work in works:
        row = entered.get(work.student)
        if row is not None and row.submitted is not None:
            found[work.student] = _arrival(unit.due, row.submitted, row.extension)
        else:
            moment = read_timestamp(work.folder)
            told = moment and not_later_than_told(course, unit, work.student, moment)
            found[work.student] = _arrival(unit.due, told, row.extension if row else 0.0)
    return found


def _facts(course: Course, unit: Unit, stored: _Stored) -> ClassFacts:
    reader = _ClassReader(course, unit)
    works, roster, rows = reader.works(), reader.roster(), reader.rows()
    arrivals = _arrivals(reader, works or (), rows or ())
    hours = {student: each.hours_before for student, each in arrivals.items() if each.hours_before is not None}
    reports = tuple(report for report, _ in stored.reports.values())
    return ClassFacts(
        unit=unit,
        reports=reports,
        members=roster if roster is not None else tuple(row.student for row in rows or ()),
        has_roster=roster is not None,
        handed_in=tuple(sorted({*(work.student for work in works or ()), *stored.reports})),
        scores=reader.scores(rows, len(reports)),
        possible=max((row.possible for row in rows or ()), default=0.0),
        waiting=None if rows is None else tuple(row.student for row in rows if row.needs_manual_grade),
        hours_before=hours,
        late=tuple(student for student, each in arrivals.items() if each.late),
        untimed=tuple(student for student in arrivals if student not in hours) if unit.due is not None else (),
        outdated=reader.outdated(works, stored),
        damaged=stored.damaged,
        groups=reader.groups(),
        notes=tuple(reader.notes),
    )


def _ungraded(course: Course, unit: Unit, stored: _Stored) -> UsageError:
    count = len(as_it_lies(course, unit))
    if stored.damaged:
        names = ", ".join(map(visible_name, stored.damaged[:5]))
        return UsageError(f"No report of {unit.name} can be read ({names}). Run `cnngrade grade {unit.name}` again.")
    if count:
        return UsageError(f"Nothing of {unit.name} is graded yet, of {count} who handed in. Run `cnngrade grade {unit.name}`.")
    return UsageError(
        f"Nothing of {unit.name} is graded yet, and nobody handed in. Collect first: cnngrade collect {unit.name} --from FOLDER"
    )


def course_report(
    course: Course, units: Sequence[Unit], *, naming: Naming = Naming.ATTENTION, graded_only: bool = False
) -> CourseReport:
    """Return the class at a glance in these units, from what their grading left: reports, roster, gradebook.

    With `graded_only` a unit of which nothing is graded is listed and no more. What cannot be read is noted in the report.
    Raises UsageError where a unit, or with `graded_only` every unit, has no report that can be read, and Fault where nobody can
    look for reports.
    """
    found, ungraded = [], []
    for unit in units:
        stored = _stored(course, unit)
        if stored.reports:
            found.append(as_named(class_report_of(_facts(course, unit, stored)), naming))
        elif graded_only:
            ungraded.append(UngradedUnit(unit.name, unit.title, len(as_it_lies(course, unit))))
        else:
            raise _ungraded(course, unit, stored)
    if not found:
        raise UsageError(f"Nothing of {course.title} is graded yet. Run `cnngrade grade UNIT` first.")
    made = datetime.now(course.zone)
    return CourseReport(course.name, course.title, made, tuple(found), tuple(ungraded))


def class_at_a_glance(course: Course, unit: Unit, page: Path, naming: Naming = Naming.ATTENTION) -> Iterator[str]:
    """Write the page about a unit's class, and return the lines that tell the most of it; raises what `course_report` does."""
    report = course_report(course, [unit], naming=naming)
    write_atomically(page, course_report_as_page(report), mode=USUAL)
    return topic_lines(report.units[0])
