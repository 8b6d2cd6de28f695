"""Take what students handed in, from a folder or a zip archive, into classroom/submitted.

Names and sizes in an archive are written by strangers: each is checked before anything is written, what cannot be taken is
refused by name, and one student's refusal costs no other.
"""

from __future__ import annotations

import codecs
import contextlib
import shlex
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cnngrade.classroom.handed_in import handed_in, who_handed_in
from cnngrade.classroom.lock import Exclusive, alone
from cnngrade.classroom.roster import NEW_IDS_EACH_TIME, Roster
from cnngrade.classroom.roster_file import course_roster, read_roster
from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.files import how_to_share, make_folder
from cnngrade.jobs.collect_lines import Collected, CollectedClass, Fate, refusal
from cnngrade.jobs.collect_people import FoundWork, check_whose, find_owners
from cnngrade.jobs.collect_student import StudentCollector
from cnngrade.jobs.collect_tables import TimesTold, Told, read_map, read_times
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line, visible_name
from cnngrade.submission.archive import MAX_FILE_BYTES, NO_TIME, File, NotRead, folder_files, zip_files
from cnngrade.submission.filenames import bad_path, is_junk, tells_of_repository
from cnngrade.submission.layouts import Layouts, Sorted
from cnngrade.submission.no_links import FolderWithoutLinks, Refused
from cnngrade.submission.platforms.handed import Person
from cnngrade.submission.the_work import MAX_STUDENT_BYTES, MAX_STUDENT_FILES
from cnngrade.submission.whose import spelled_alike

MAX_TOTAL_BYTES = 16 << 30


MAX_FILES = 50_000


MAX_ENTRIES = 1_000_000


MAX_SHOWN = 40


# Files of several students whose times are closer were downloaded, unpacked or checked out, not saved.
_AT_ONCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class SaidOfSource:
    """What a person says about a source besides its place.

    `roster` and `map` are files, and `submitted_at` is a file or a time. `encoding` is the code of an archive's names that do
    not say theirs.
    """

    roster: Path | None = None
    map: Path | None = None
    submitted_at: str = ""
    encoding: str = ""


@dataclass(slots=True)
class _Collecting:
    """One run: what is to be collected, what is known of people, and what has been told so far."""

    course: Course
    unit: Unit
    source: Path
    said: SaidOfSource
    inside: str
    force: bool
    rehearsal: bool
    roster: Roster | None
    told: tuple[Told, ...]
    times: TimesTold
    lines: list[Collected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)

    def again(self, inside: str) -> str:
        """Return the command that collects the same from the folder `inside` of the source."""
        said = {"--roster": self.said.roster, "--map": self.said.map, "--submitted-at": self.said.submitted_at,
                "--encoding": self.said.encoding}  # fmt: skip
        options = ["--from", str(self.source), "--inside", inside]
        options += [word for name, value in said.items() if value for word in (name, str(value))]
        switches = {"--force": self.force, "--dry-run": self.rehearsal}
        options += [name for name, is_on in switches.items() if is_on]
        return shlex.join(["cnngrade", "collect", self.unit.name, *options])


def _in_gradebook(course: Course, folder: str) -> bool:
    """Say whether a folder bears the name of a student whom the gradebook knows."""
    if not paths.nbgrader_config(course).is_file():
        return False
    # nbgrader takes a second to import, and is asked about few sources.
    from cnngrade.gradebook.class_table import students

    return spelled_alike(folder) in {spelled_alike(student) for student in students(course)}


def _some(names: Sequence[str]) -> str:
    """Return the first of some names from a source, in a few words."""
    shown = [name if len(name) <= MAX_SHOWN else f"{name[:MAX_SHOWN]}..." for name in names[:5]]
    return visible_name(", ".join(shown) + (" and more" if len(names) > len(shown) else "")) or "nothing"


def _question(found: Sorted, run: _Collecting) -> str:
    """Return what to ask a person about the only folder of a source, and how to go on with either answer."""
    return (
        f"it holds {_some(found.holds)}, and may be a student's folder or one around the work of many. If it is a student's, "
        "put the work straight into it, or name the student with --map. If it is around the work of many, go on with: "
        f"{run.again(found.folder)}"
    )


def _which_download(folder: str, run: _Collecting) -> Collected:
    """Return the line on one of several downloads beside one another: a person is asked which is of the unit."""
    reason = f"several downloads lie here, and nothing says which is of {run.unit.name}. If it is this one, go on with: "
    return refusal(folder, reason + run.again(folder), is_work=True)


def _too_many(students: Mapping[str, FoundWork]) -> str:
    """Say which limit all of it together exceeds, "" if none. One student's excess is refused for that student alone."""
    counts = [len(work.handed) for work in students.values() if len(work.handed) <= MAX_STUDENT_FILES]
    sizes = [min(sum(each.file.size for each in work.handed), MAX_STUDENT_BYTES) for work in students.values()]
    if sum(counts) <= MAX_FILES and sum(sizes) <= MAX_TOTAL_BYTES:
        return ""
    return (
        f"There are {sum(counts):,} files of {sum(sizes) >> 20} MiB. "
        f"At most {MAX_FILES:,} files of {MAX_TOTAL_BYTES >> 30} GiB are read: collect in parts."
    )


def _listed(items: Iterable[File | NotRead], run: _Collecting) -> dict[str, File]:
    """Return the files that may be read, by their paths in the source; others are refused. Raises UsageError for too many."""
    files: dict[str, File] = {}
    twice: set[str] = set()
    count = 0
    prefix = f"{run.inside}/" if run.inside else ""
    tops: dict[str, None] = {}
    for item in items:
        if is_junk(item.path) and not (isinstance(item, File) and tells_of_repository(item.path)):
            continue
        count += 1
        if count > MAX_ENTRIES:
            raise UsageError(f"There are more than {MAX_ENTRIES:,} files. Take away what nobody handed in.")
        tops[item.path.partition("/")[0]] = None
        if not f"{item.path}/".startswith(prefix):
            continue
        if isinstance(item, NotRead):
            run.lines.append(refusal(item.path, item.reason))
        elif item.size > MAX_FILE_BYTES:
            run.lines.append(refusal(item.path, f"it is larger than {MAX_FILE_BYTES >> 20} MiB"))
        elif item.path in files:
            twice.add(item.path)
        elif item.path.startswith(prefix):
            files[item.path] = item
    for path in twice:
        del files[path]
        run.lines.append(refusal(path, "two files are read as this one: the name of one holds separators of Windows"))
    if run.inside and not files and not run.lines:
        held = _some(sorted(top for top in tops if not bad_path(top)))
        raise UsageError(f"There is no folder {visible_name(run.inside)} in {run.source}: it holds {held}.")
    return files


def _all_at_once(students: Mapping[str, FoundWork], found: Sorted, files: Mapping[str, File]) -> bool:
    """Say whether the files of several people carry one time: that of a download, an unpacking or a checkout."""
    moments = [[each.file.moment for each in work.handed] for work in students.values()]
    if len(students) < 2:
        # Who is not in the roster tells it as well: nobody is late because the others are unknown.
        by_people: dict[tuple[Person, ...], list[datetime]] = {}
        for path, claim in found.claims.items():
            by_people.setdefault(claim.people, []).append(files[path].moment)
        moments = list(by_people.values())
    last = [max(known) for each in moments if (known := [moment for moment in each if moment != NO_TIME])]
    return len(last) > 1 and max(last) - min(last) <= _AT_ONCE


def _say_times(run: _Collecting, found: Sorted) -> None:
    """Say who has no time of submission, and what then decides who is late."""
    taken = [line for line in run.lines if line.fate is Fate.COLLECTED]
    without = [line.student for line in taken if line.submitted is None]
    if not without:
        return
    if len(without) < len(taken):
        whose = f"There is no time of submission for {_some(without)}"
    elif found.platform:
        whose = f"{found.platform.title}'s names and files hold no times of submission"
    else:
        whose = "The files carry no times of their own, but those of a download or a copy"
    run.notes.append(f"{whose}: who has none is not late. --submitted-at says when work was handed in.")
    if any(line.submitted is None and line.is_late for line in taken):
        run.notes.append(f"Some of it is late by the platform's word, but {run.unit.name} has no due date.")


def _say_who_is_absent(run: _Collecting, present: Sequence[str]) -> None:
    """Name those in the roster of whom there is no work, neither in the source nor from before."""
    if run.roster is None:
        return
    seen = {*map(spelled_alike, present), *(spelled_alike(line.student) for line in run.lines if line.student)}
    absent = [str(each) for each in run.roster.participants if spelled_alike(each.id) not in seen]
    if absent:
        people = len(run.roster.participants)
        run.notes.append(f"Nothing was collected of {len(absent)} of the {people} people in the roster: {_some(absent)}.")


def _make(submitted: Path) -> None:
    try:
        make_folder(submitted)
    except PermissionError as error:
        raise Fault(f"Nothing can be collected: {how_to_share(submitted, submitted.parent)}.") from error


def _sorted_out(files: Mapping[str, File], run: _Collecting) -> Sorted:
    """Return whose each file is by its name."""
    participants = run.roster.participants if run.roster else ()
    # What a map gives to a student is nobody else's folder.
    names = [*who_handed_in(run.course), *(told.found for told in run.told)]
    names += [name for each in participants for name in (each.id, each.name) if name]
    known = {spelled_alike(name) for name in names}
    others = [unit.name for unit in run.course.units if unit.name != run.unit.name]
    layouts = Layouts(files, run.unit.name, run.course.zone, known, run.source.name, run.roster is not None, others)
    return layouts.sorted_out(run.inside)


def _all_from(items: Iterable[File | NotRead], run: _Collecting) -> CollectedClass:
    files = _listed(items, run)
    found = _sorted_out(files, run)
    if found.downloads:
        return CollectedClass((*(_which_download(folder, run) for folder in found.downloads), *run.lines))
    if found.is_unclear or (found.folder and _in_gradebook(run.course, found.folder.rpartition("/")[2])):
        asked = Collected(found.folder, "", Fate.REFUSED, _question(found, run))
        return CollectedClass((asked, *run.lines), unmapped=(found.folder,))
    owned = find_owners(found, files, run.roster, run.told)
    if problem := _too_many(owned.students):
        raise UsageError(problem)
    present = [work.student for work in handed_in(run.course, run.unit)]
    # Where nothing is written nobody needs to wait.
    writes = owned.students and not run.rehearsal
    with alone(run.course, Exclusive.COLLECTING) if writes else contextlib.nullcontext():
        run.lines += [*owned.refused, *_taken(owned.students, found, files, run)]
    run.notes += [*found.notes, *(f"{run.said.map}, {note}" for note in owned.notes)]
    if found.aside:
        run.notes.append(f"Work on other assignments is left aside ({_some(found.aside)}).")
    if strangers := sorted(set(run.times.by_student) - {spelled_alike(student) for student in owned.students}):
        run.notes.append(f"{run.said.submitted_at} has times for {_some(strangers)}, of whom nothing is here.")
    _say_times(run, found)
    _say_who_is_absent(run, present)
    if run.roster is not None and owned.unknown:
        many = "One person is" if owned.unknown == 1 else f"{owned.unknown} people are"
        run.notes.append(f"{many} not found in the roster: `cnngrade roster import` takes in a platform's list.")
    if found.platform is not None and found.platform.name != "nbgrader" and run.roster is None:
        run.notes.append(_without_roster(found.platform.name, found.platform.title))
    lines = tuple(sorted(run.lines, key=lambda line: (line.student, line.found)))
    unmapped = tuple(dict.fromkeys([*owned.unmapped, *run.unmapped]))
    return CollectedClass(lines, tuple(run.notes), unmapped, found.own)


def _taken(
    students: Mapping[str, FoundWork], found: Sorted, files: Mapping[str, File], run: _Collecting
) -> Iterator[Collected]:
    """Collect the work of one student after the other, and yield what became of it."""
    enrolled = [each.id for each in run.roster.participants] if run.roster else []
    people: dict[str, list[str]] = {}
    for student in dict.fromkeys([*sorted(students), *sorted(who_handed_in(run.course)), *enrolled]):
        people.setdefault(spelled_alike(student), []).append(student)
    times_tell = found.saved_times and not _all_at_once(students, found, files)
    platform = found.platform.name if found.platform else ""
    collector = StudentCollector(
        run.course, run.unit, run.source.name, platform, times_tell, run.times, run.force, run.rehearsal
    )
    if not run.rehearsal:
        _make(paths.submitted(run.course))
    for student, work in sorted(students.items()):
        others = [other for other in people[spelled_alike(student)] if other != student]
        try:
            if others:
                raise Refused(
                    f"there is a student {others[0]}, too: the names differ only in upper and lower case or in spelling. "
                    "Say with --map whose it is, or rename it"
                )
            check_whose(work, run.unit, people)
        except Refused as error:
            if others or len(work.persons) > 1:
                run.unmapped += sorted({each.top for each in work.handed})
            yield refusal(work.handed[0].top, str(error), student)
            continue
        yield collector.take(student, work.handed, work.wanted)


def _without_roster(platform: str, title: str) -> str:
    """Say what students are called without a roster."""
    each_time = ", which are others in each assignment" if platform in NEW_IDS_EACH_TIME else ""
    return f"There is no roster, so the students' ids are those of {title}{each_time}. `cnngrade roster import` makes a roster."


def _checked_encoding(name: str) -> str:
    """Return a name of an encoding of text, "" for none; raises UsageError for another."""
    try:
        # Python has codecs that are no encodings of text, and says so only where there is something to decode.
        return codecs.lookup(name).name if name and b"a".decode(name) else ""
    except (LookupError, UnicodeError) as error:
        raise UsageError(f"{visible_name(name)} is no encoding of text. Name one such as cp932, cp850 or cp437.") from error


def collect(
    course: Course,
    unit: Unit,
    source: Path,
    force: bool = False,
    inside: str = "",
    said: SaidOfSource | None = None,
    rehearsal: bool = False,
) -> CollectedClass:
    """Collect the submissions of a unit from a folder or a zip archive, and say what became of each.

    Understood are the layouts of learning platforms and of nbgrader, one sub-folder a student, and files named
    STUDENT_UNIT.ipynb or STUDENT.py. What was collected before is replaced by later work, or with `force` by any other, and a
    copy of it is kept. Whoever is not in the roster is refused; without one a platform's own id is the student's. The
    students' folders are in the folder `inside` of the source; without it that is told from their names, and where they do
    not tell it, nothing is taken and a person is asked. A `rehearsal` writes nothing. Raises UsageError if `source` can be
    read as neither or holds no such folder, where what is `said` of it cannot be read, and while somebody else is collecting.
    """
    said = said or SaidOfSource()
    run = _Collecting(
        course, unit, source, said, inside.strip("/"), force, rehearsal,
        read_roster(said.roster) if said.roster else course_roster(course),
        read_map(said.map) if said.map else (),
        read_times(said.submitted_at, course.zone),
    )  # fmt: skip
    if source.is_dir():
        try:
            folder = FolderWithoutLinks(source)
        except OSError as error:
            raise UsageError(f"{source} cannot be read: {error.strerror}.") from error
        with folder:
            return _all_from(folder_files(folder), run)
    if not source.is_file():
        raise UsageError(f"There is no folder or zip archive {source}.")
    encoding = _checked_encoding(said.encoding)
    try:
        archive = zipfile.ZipFile(source)
    except Exception as error:
        # zipfile fails in ways of its own on a damaged directory.
        raise UsageError(
            f"{source} is not a zip archive ({visible_line(str(error))}). Give a folder or a .zip file."
        ) from error
    with archive:
        if len(archive.infolist()) > MAX_ENTRIES:
            raise UsageError(f"{source} holds {len(archive.infolist()):,} files; at most {MAX_ENTRIES:,} are read.")
        return _all_from(zip_files(archive, course.zone, encoding), run)
