"""Take what students handed in, from a folder or a zip archive, into classroom/submitted.

Names and sizes in an archive are written by strangers: each is checked before anything is written, what cannot be taken is
refused by name, and one student's refusal costs no other.
"""

from __future__ import annotations

import codecs
import re
import shlex
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from cnngrade.classroom.roster import NEW_IDS_EACH_TIME, Roster, default_id
from cnngrade.classroom.roster_file import read_roster
from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.files import how_to_share, make_folder
from cnngrade.jobs.collect_lines import Collected, CollectedClass, Fate
from cnngrade.jobs.collect_student import Handed, StudentCollector
from cnngrade.jobs.collect_tables import TimesTold, Told, read_map, read_times, told_of
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line, visible_name
from cnngrade.submission.archive import MAX_FILE_BYTES, NO_TIME, File, NotRead, folder_files, zip_files
from cnngrade.submission.filenames import bad_path, bad_source_path, bad_student, is_junk, read_name, tells_of_repository
from cnngrade.submission.layouts import Layouts, Sorted
from cnngrade.submission.no_links import FolderWithoutLinks, Refused
from cnngrade.submission.platforms.handed import Claim, Person
from cnngrade.submission.the_work import MAX_STUDENT_BYTES, MAX_STUDENT_FILES
from cnngrade.submission.whose import other_in, spelled_alike

MAX_TOTAL_BYTES = 16 << 30


MAX_FILES = 50_000


MAX_ENTRIES = 1_000_000


MAX_SHOWN = 40


# Files of several students whose times are closer were downloaded, unpacked or checked out, not saved.
_AT_ONCE = timedelta(minutes=2)


# What may hold somebody's work; without an ending it may be a folder.
_MAY_BE_WORK = re.compile(r"(?i:\.(ipynb|py|zip|rar|7z|tar|tgz|gz)(\.txt|\.json)?)$|^[^.]*$")


# A person's name as it is displayed, of two words or more: `Doe, John (guest)`.
_DISPLAYED = re.compile(r"[^\W\d_][^\W\d_.,'()\u2019-]*[ ,][\w .,'()\u2019-]*")


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
        options = ["--from", str(self.source), "--inside", inside, *(["--force"] if self.force else [])]
        return shlex.join(["cnngrade", "collect", self.unit.name, *options])

    def refuse(self, found: str, reason: str, student: str = "", name: str = "") -> None:
        is_work = bool(student) or _MAY_BE_WORK.search(PurePosixPath(found).name) is not None
        self.lines.append(Collected(found, student, Fate.REFUSED, reason, name=name, is_work=is_work))


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose something is, as an id, or why that cannot be told."""

    student: str
    problem: str = ""


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


def _owner(run: _Collecting, person: Person, platform: str) -> _Owner:
    """Return whose id a person is."""
    if run.roster is not None:
        match = run.roster.find(person, platform)
        return _Owner(match.id, "" if match.id else match.reason)
    # What people call a folder is an id as it stands, or somebody's name; platforms have checked theirs.
    student = default_id(person) if platform or _DISPLAYED.fullmatch(person.id) else person.id
    return _Owner(student, bad_student(student))


def _told_owner(run: _Collecting, student: str) -> _Owner:
    """Return whose id the map names."""
    if run.roster is None:
        return _Owner(student, bad_student(student))
    known = run.roster.known(student)
    return _Owner(known, "" if known else f"the map gives it to {student}, who is not in the roster")


def _mapped(run: _Collecting, found: Sorted, files: Iterable[str]) -> tuple[Sorted, dict[str, Told]]:
    """Return whose each file is with what the map says, and which of its lines each path is owned by."""
    claims, refused, by_map = dict(found.claims), dict(found.refused), dict[str, Told]()
    lines = {told.found: told for told in run.told}
    used: set[int] = set()
    for path in files if lines else ():
        below = path.removeprefix(found.prefix)
        meant = told_of(path, lines) or told_of(below, lines)
        if meant is None:
            continue
        told, rest = meant
        used.add(told.line)
        refused.pop(path, None)
        claim = claims.pop(path, None)
        if told.student:
            by_map[path] = told
            claims[path] = claim or Claim(below, (Person(told.student),), rest or PurePosixPath(below).name)
    for told in run.told:
        if told.line not in used:
            run.notes.append(f"{run.said.map}, line {told.line}: nothing here is called {visible_name(told.found)}.")
    return replace(found, claims=claims, refused=refused), by_map


def _owners(run: _Collecting, claim: Claim, told: Told | None, platform: str) -> Iterator[tuple[Person, _Owner]]:
    """Yield whose a file is: several people may have handed it in together."""
    if told is not None:
        name = claim.people[0].name if len(claim.people) == 1 else ""
        yield Person(told.student, name), _told_owner(run, told.student)
        return
    for person in claim.people:
        yield person, _owner(run, person, platform)


def _shared(found: Sorted) -> str:
    """Return the folder, with a slash, that a platform has put around everybody's work below the prefix, "" for none."""
    tops = {path.removeprefix(found.prefix).partition("/")[:2] for path in found.claims}
    people = {claim.people for claim in found.claims.values()}
    if found.platform is None or len(tops) != 1 or len(people) == 1:
        return ""
    return "".join(*tops) if ("/" in next(iter(tops))) else ""


def _by_folder(found: Sorted, around: str) -> list[tuple[str, str]]:
    """Return what is refused with the reasons: in a platform's layout folders, each reason once."""
    refused: dict[tuple[str, str], None] = {}
    for path, reason in found.refused.items():
        top = path.removeprefix(around).partition("/")[0]
        in_folder = found.platform is not None and path.startswith(around)
        refused[f"{around}{top}" if in_folder else path, reason] = None
    return list(refused)


@dataclass(slots=True)
class _Work:
    """What is found of one student: the files, the persons of whom it is, and the file that the map names as the work.

    `by_names` says that names of folders and files tell whose it is.
    """

    handed: list[Handed] = field(default_factory=list)
    persons: set[str] = field(default_factory=set)
    by_names: bool = False
    wanted: str = ""


def _by_student(run: _Collecting, found: Sorted, files: Mapping[str, File]) -> dict[str, _Work]:
    """Return the files by student; who cannot be told, and what cannot be written, is refused."""
    found, by_map = _mapped(run, found, files)
    shared = _shared(found)
    for path, reason in _by_folder(found, found.prefix + shared):
        run.refuse(path, reason)
        if found.platform or not bad_source_path(path):
            run.unmapped.append(path)
    platform = found.platform.name if found.platform else ""
    students: dict[str, _Work] = {}
    unknown: dict[tuple[str, str], tuple[str, str]] = {}
    for path, claim in found.claims.items():
        below = path.removeprefix(found.prefix)
        top = shared + below.removeprefix(shared).partition("/")[0]
        if problem := bad_path(claim.inside):
            run.refuse(path, problem)
            continue
        told = by_map.get(path)
        for person, owner in _owners(run, claim, told, platform):
            if owner.problem:
                unknown.setdefault((top, person.id or person.name), (owner.problem, person.name))
                continue
            work = students.setdefault(owner.student, _Work())
            work.handed.append(Handed(files[path], replace(claim, path=below, people=(person,)), top))
            if told is None:
                work.persons.add(person.id or person.name)
                work.by_names = work.by_names or found.platform is None
            elif told.file:
                work.wanted = told.file
    for (top, _), (problem, name) in unknown.items():
        run.refuse(top, problem, name=name)
        run.unmapped.append(top)
    return students


def _check_whose(work: _Work, unit: Unit, people: Collection[str]) -> None:
    """Raise Refused where the files may be several people's; `people` are all who are known, spelled alike."""
    if not work.by_names:
        if len(work.persons) > 1:
            raise Refused(f"{len(work.persons)} people are read as this student ({', '.join(sorted(work.persons)[:5])})")
        for handed in work.handed:
            for folder in handed.claim.inside.split("/")[:-1]:
                if read_name(f"{folder}/{unit.name}.py", unit.name).person:
                    raise Refused(f"{handed.claim.path} is in a folder that bears another person's name: whose work is it?")
        return
    named = {each.claim.path: read_name(each.claim.path, unit.name) for each in work.handed}
    persons = sorted({each.person for each in named.values() if each.person})
    if len(persons) > 1:
        raise Refused(f"{len(persons)} people go by this name ({', '.join(persons[:5])}): rename one of them")
    tops = sorted({each.top for each in named.values()})
    if len(tops) > 1 and any("/" in path for path in named) and not all(each.person for each in named.values()):
        raise Refused(f"{' and '.join(tops[:5])} are all read as this student's: leave one, or rename the others")
    for path, each in named.items():
        below = path.removeprefix(f"{each.top}/") if path != each.top else ""
        if below and (name := other_in(below, each, unit.name, people)):
            raise Refused(
                f"{path} bears another student's name ({name}) and the unit's: whose work is it? Rename {name}, or take "
                "it out (unpack an archive first, and collect from the folder)"
            )


def _too_many(students: Mapping[str, _Work]) -> str:
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
            run.refuse(item.path, item.reason)
        elif item.size > MAX_FILE_BYTES:
            run.refuse(item.path, f"it is larger than {MAX_FILE_BYTES >> 20} MiB")
        elif item.path in files:
            twice.add(item.path)
        elif item.path.startswith(prefix):
            files[item.path] = item
    for path in twice:
        del files[path]
        run.refuse(path, "two files are read as this one: separators of Windows stand in the name of one of them")
    if run.inside and not files and not run.lines:
        held = _some(sorted(top for top in tops if not bad_path(top)))
        raise UsageError(f"There is no folder {visible_name(run.inside)} in {run.source}: it holds {held}.")
    return files


def _all_at_once(students: Mapping[str, _Work]) -> bool:
    """Say whether the files of several students carry one time: that of a download, an unpacking or a checkout."""
    last: list[datetime] = []
    for work in students.values():
        moments = [each.file.moment for each in work.handed if each.file.moment != NO_TIME]
        last += [max(moments)] if moments else []
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


def _present(submitted: Path) -> list[str]:
    """Return the students whose work is there; raises Fault where that cannot be seen."""
    try:
        return [path.name for path in submitted.iterdir() if not path.name.startswith(".")] if submitted.is_dir() else []
    except PermissionError as error:
        raise Fault(f"What was handed in before cannot be read: {how_to_share(submitted, submitted.parent)}.") from error


def _make(submitted: Path) -> None:
    try:
        make_folder(submitted)
    except PermissionError as error:
        raise Fault(f"Nothing can be collected: {how_to_share(submitted, submitted.parent)}.") from error


def _all_from(items: Iterable[File | NotRead], run: _Collecting) -> CollectedClass:
    files = _listed(items, run)
    submitted = paths.submitted(run.course)
    present = _present(submitted)
    enrolled = [each.id for each in run.roster.participants] if run.roster else []
    # What a map gives to a student is nobody else's folder.
    known = {spelled_alike(student) for student in (*present, *enrolled, *(told.found for told in run.told))}
    found = Layouts(files, run.unit.name, run.course.zone, known, run.source.name).sorted_out(run.inside)
    if found.is_unclear or (found.folder and _in_gradebook(run.course, found.folder.rpartition("/")[2])):
        asked = Collected(found.folder, "", Fate.REFUSED, _question(found, run))
        return CollectedClass((asked, *run.lines), unmapped=(found.folder,))
    run.notes += found.notes
    if found.aside:
        run.notes.append(f"Work on other assignments is left aside ({_some(found.aside)}).")
    students = _by_student(run, found, files)
    if problem := _too_many(students):
        raise UsageError(problem)
    people: dict[str, list[str]] = {}
    for student in dict.fromkeys([*sorted(students), *sorted(present), *enrolled]):
        people.setdefault(spelled_alike(student), []).append(student)
    times_tell = found.saved_times and not _all_at_once(students)
    platform = found.platform.name if found.platform else ""
    collector = StudentCollector(
        run.course, run.unit, run.source.name, platform, times_tell, run.times, run.force, run.rehearsal
    )
    if not run.rehearsal:
        _make(submitted)
    for student, work in sorted(students.items()):
        try:
            if others := [other for other in people[spelled_alike(student)] if other != student]:
                raise Refused(
                    f"there is a student {others[0]}, too: the names differ only in upper and lower case or in spelling"
                )
            _check_whose(work, run.unit, people)
        except Refused as error:
            run.refuse(work.handed[0].top, str(error), student)
            continue
        run.lines.append(collector.take(student, work.handed, work.wanted))
    _say_times(run, found)
    if found.platform is not None and found.platform.name != "nbgrader" and run.roster is None:
        run.notes.append(_without_roster(found.platform.name, found.platform.title))
    lines = tuple(sorted(run.lines, key=lambda line: (line.student, line.found)))
    return CollectedClass(lines, tuple(run.notes), tuple(dict.fromkeys(run.unmapped)), found.own)


def _without_roster(platform: str, title: str) -> str:
    """Say what students are called without a roster."""
    each_time = " Those numbers are others in each assignment." if platform in NEW_IDS_EACH_TIME else ""
    return (
        f"There is no roster, so students are called as {title} numbers or names them.{each_time} "
        "`cnngrade roster import` makes one."
    )


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
    read as neither or holds no such folder, and where what is `said` of it cannot be read.
    """
    said = said or SaidOfSource()
    roster_file = said.roster or paths.roster(course)
    run = _Collecting(
        course, unit, source, said, inside.strip("/"), force, rehearsal,
        read_roster(roster_file) if said.roster or roster_file.is_file() else None,
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
