"""One student's part of what was handed in: which attempt, which file, what time, and whether it replaces what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any

from cnngrade.classroom.collected import (
    Origin,
    check_place,
    digest_of_files,
    is_same_work,
    least_late,
    read_origin,
    read_timestamp,
    remember,
    write_timestamp,
    write_work,
)
from cnngrade.classroom.log import Event, EventKind, note
from cnngrade.course import paths
from cnngrade.course.dates import shown_time
from cnngrade.errors import Fault
from cnngrade.files import digest, how_to_share, is_disk_full, restore_folder
from cnngrade.jobs.collect_lines import Collected, Fate
from cnngrade.jobs.collect_tables import TimesTold
from cnngrade.model import Course, Unit
from cnngrade.submission.archive import NO_TIME, File
from cnngrade.submission.no_links import Refused
from cnngrade.submission.platforms.handed import Claim
from cnngrade.submission.the_work import Chosen, NoWork, WhichWork, WorkFinder, is_called


@dataclass(frozen=True, slots=True)
class Handed:
    """A file and whose it is; `top` is the name in the source under which its owner's work stands."""

    file: File
    claim: Claim
    top: str


class _TimeFrom(Enum):
    """What a time of submission rests on: a person's word, the platform's or a file's time, or a platform's `late` alone."""

    TOLD = "told"
    KNOWN = "known"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class _Submission:
    """What a student handed in at one time, as it is to be written."""

    chosen: Chosen
    attempt: tuple[int, ...]
    moment: datetime | None
    source: _TimeFrom
    is_late: bool


class StudentCollector:
    """Collects the work of one student after the other from one source.

    `platform` is the recogniser's name, "" without one. `times_tell` says that times of files are those at which students saved
    them, and `told` what a person says of times. With `force` older work replaces newer; a `rehearsal` writes nothing.
    """

    def __init__(
        self, course: Course, unit: Unit, source: str, platform: str, times_tell: bool, told: TimesTold, force: bool,
        rehearsal: bool,
    ) -> None:  # fmt: skip
        self._course, self._unit = course, unit
        self._source, self._platform = source, platform
        self._times_tell, self._told = times_tell, told
        self._force, self._rehearsal = force, rehearsal
        self._finder = WorkFinder(course, unit, times_tell)

    def take(self, student: str, handed: Sequence[Handed], wanted: str = "") -> Collected:
        """Collect what a student handed in; `wanted` is the file that a person says is the work. What is refused is said.

        Raises Fault where the disk is full: no other student's work would fit either.
        """
        found = handed[0].top
        name = next((person.name for each in handed for person in each.claim.people if person.name), "")
        try:
            return self._taken(student, found, name, self._submission(student, handed, wanted))
        except WhichWork as error:
            return Collected(found, student, Fate.REFUSED, str(error), name=name, asks_which=True)
        except Refused as error:
            reason = str(error)
        except OSError as error:
            if is_disk_full(error):
                raise self._no_room() from error
            classroom = paths.classroom(self._course)
            is_closed = isinstance(error, PermissionError) and Path(error.filename or "").is_relative_to(classroom)
            why = how_to_share(Path(error.filename), classroom) if is_closed else error.strerror or error
            reason = f"it cannot be written: {why}"
        except Fault as error:
            if is_disk_full(error.__cause__):
                raise self._no_room() from error
            reason = str(error)
        return Collected(found, student, Fate.REFUSED, reason, name=name)

    def _no_room(self) -> Fault:
        room = paths.classroom(self._course)
        return Fault(
            f"There is no room left on the disk of {room}. Make room, then run the same command again: what was collected is "
            "kept."
        )

    def _submission(self, student: str, handed: Sequence[Handed], wanted: str) -> _Submission:
        """Return the last attempt that holds work; raises Refused."""
        first: NoWork | None = None
        attempts = list(_attempts(handed))
        for attempt, files in [each for each in attempts if wanted and _holds(each[1], wanted)] or attempts:
            try:
                chosen = self._finder.chosen(_by_name(files, wanted), wanted)
            except NoWork as error:
                first = first or error
                continue
            if first is not None:
                earlier = "the last attempt holds no work, and the one before counts"
                chosen = replace(chosen, note="; ".join(part for part in (chosen.note, earlier) if part))
            moment, source = self._moment(student, files, chosen)
            return _Submission(chosen, attempt, moment, source, any(each.claim.late for each in files))
        raise first or NoWork("there are no files")

    def _moment(self, student: str, handed: Sequence[Handed], chosen: Chosen) -> tuple[datetime | None, _TimeFrom]:
        """Return when the work was handed in, None where nothing tells it, and what tells it."""
        if (told := self._told.of(student)) is not None:
            return told, _TimeFrom.TOLD
        submitted = [each.claim.submitted for each in handed if each.claim.submitted is not None]
        if submitted:
            return max(submitted), _TimeFrom.KNOWN
        if any(each.claim.late for each in handed) and self._unit.due is not None:
            return least_late(self._unit.due), _TimeFrom.LATE
        work = [chosen.files[name] for name in self._work_files(chosen)]
        # What is in a student's own zip was handed in with the zip, whatever times it has in there.
        zips = [each.file for each in handed if any(file.path.startswith(f"{each.file.path}/") for file in work)]
        saved = [file.moment for file in (*work, *zips)]
        known = [moment for moment in saved if moment != NO_TIME]
        return (max(known) if known and self._times_tell else None), _TimeFrom.KNOWN

    def _work_files(self, chosen: Chosen) -> list[str]:
        return [name for name in (f"{self._unit.name}.ipynb", f"{self._unit.name}.py") if name in chosen.files]

    def _taken(self, student: str, found: str, name: str, new: _Submission) -> Collected:
        course, unit = self._course, self._unit.name
        target = check_place(course, unit, student)
        if not self._rehearsal:
            restore_folder(target)
        digest = digest_of_files(new.chosen.files)
        origin = Origin(self._source, self._platform, found, new.chosen.work, new.chosen.note, new.attempt, digest, _late(new))
        former = read_timestamp(target)
        if target.exists():
            if not self._force and is_same_work(course, unit, student, digest):
                return self._same(student, name, origin, new, former)
            if not self._force and (reason := self._why_older(student, new, former)):
                return Collected(found, student, Fate.KEPT, reason, name=name)
        if not self._rehearsal:
            replaced = read_origin(course, unit, student) if target.exists() else None
            write_work(course, unit, student, new.chosen.files, new.moment, digest)
            remember(course, unit, student, origin)
            # A class is one line after the other: what is lost with the machine's power is collected again, or is there.
            note(course, self._event(student, origin, replaced, new), wait=False)
        late = "late by the platform's word" if new.is_late else ""
        untouched = "no code is written in it" if new.chosen.is_untouched else ""
        said = "; ".join(part for part in (new.chosen.note, untouched, late, self._lost_time(new, former)) if part)
        moment = self._in_zone(new.moment)
        return Collected(found, student, Fate.COLLECTED, "", tuple(new.chosen.files), name, said, moment, new.is_late)

    def _lost_time(self, new: _Submission, former: datetime | None) -> str:
        """Say when the work that is replaced was handed in where that of the new is not known: it may be the older one."""
        if former is None or new.moment is not None:
            return ""
        return f"it replaces work of {shown_time(former.astimezone(self._course.zone))}, and has no time itself"

    def _event(self, student: str, origin: Origin, replaced: Origin | None, new: _Submission) -> Event:
        """Return the log's line on work that was collected, and on what it replaced where that is known."""
        moment, files = new.moment, new.chosen.files
        details: dict[str, Any] = {
            "source": origin.source,
            "found": origin.found,
            "files": list(origin.work),
            "work": [digest(files[name].read()) for name in self._work_files(new.chosen)],
            "submitted": None if moment is None else moment.astimezone(self._course.zone).isoformat(timespec="seconds"),
            "content": origin.digest,
            "replaced": replaced and replaced.digest,
        }
        return Event(EventKind.COLLECTED, self._unit.name, student, details)

    def _same(self, student: str, name: str, origin: Origin, new: _Submission, former: datetime | None) -> Collected:
        """Keep work that is there already; a time that was not known, or that a person says, is written beside it."""
        reason = "the same work was collected before"
        word = self._by_word(student, former)
        is_known = former is not None and not word and new.source is not _TimeFrom.TOLD
        if is_known or new.moment is None:
            origin = replace(origin, late=word)
        if new.moment is not None and new.moment != former and not is_known:
            reason = f"{reason}; its time is now {shown_time(new.moment.astimezone(self._course.zone))}"
            if not self._rehearsal:
                write_timestamp(check_place(self._course, self._unit.name, student), new.moment)
        if not self._rehearsal:
            remember(self._course, self._unit.name, student, origin)
        return Collected(origin.found, student, Fate.KEPT, reason, name=name)

    def _by_word(self, student: str, former: datetime | None) -> str:
        """Return the time of the present work if it rests on a platform's word alone, "" otherwise."""
        origin = read_origin(self._course, self._unit.name, student)
        return former.isoformat() if origin and former and origin.late == former.isoformat() else ""

    def _why_older(self, student: str, new: _Submission, former: datetime | None) -> str:
        """Return why other work than the present one does not replace it, "" where it does."""
        both_by_word = new.source is _TimeFrom.LATE and self._by_word(student, former)
        if new.moment is not None and former is not None and new.moment != former and not both_by_word:
            return "what was collected before is newer" if new.moment < former else ""
        origin = read_origin(self._course, self._unit.name, student)
        if origin is not None and origin.platform == self._platform and () < new.attempt < origin.attempt:
            return "what was collected before is a later attempt"
        return ""

    def _in_zone(self, moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(self._course.zone)


def _late(new: _Submission) -> str:
    """Return the time that stands for a platform's word that the work was late, "" where more is known."""
    return new.moment.isoformat() if new.moment is not None and new.source is _TimeFrom.LATE else ""


def _attempts(handed: Sequence[Handed]) -> Iterator[tuple[tuple[int, ...], list[Handed]]]:
    """Yield the attempts of one student, the last one first; what belongs to none of its own belongs to each."""

    def order(each: Handed) -> tuple[tuple[int, ...], float]:
        moment = each.claim.submitted
        return each.claim.attempt, moment.timestamp() if moment else 0.0

    marked = sorted({order(each) for each in handed if order(each) != ((), 0.0)}, reverse=True)
    for mark in marked or [((), 0.0)]:
        yield mark[0], [each for each in handed if order(each) in (mark, ((), 0.0))]


def _holds(handed: Sequence[Handed], wanted: str) -> bool:
    return any(is_called(wanted, each.claim.inside, each.file) for each in handed)


def _by_name(handed: Sequence[Handed], wanted: str) -> Mapping[str, File]:
    """Return files by their paths below the student's folder; raises Refused where two of one name may both be the work.

    A person may have said by its name in the source which of them is `wanted`.
    """
    named: dict[str, File] = {}
    first = {each.claim.path for each in handed if wanted and is_called(wanted, "", each.file)}
    for each in sorted(handed, key=lambda each: (each.claim.path not in first, each.claim.path)):
        inside, path = each.claim.inside, PurePosixPath(each.claim.inside)
        if inside in named and not first and path.suffix.casefold() in (".ipynb", ".py"):
            if digest_of_files({inside: each.file}) != digest_of_files({inside: named[inside]}):
                names = " and ".join(sorted(PurePosixPath(file.path).name for file in (each.file, named[inside])))
                raise WhichWork(f"two files are called {inside}, and are not the same ({names})")
            continue
        number = 2
        while inside in named:
            inside = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
            number += 1
        named[inside] = each.file
    return named
