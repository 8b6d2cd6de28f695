"""Whose what was found is: by the roster or a platform's own id, or by what a person says in a map."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from cnngrade.classroom.roster import Roster, default_id
from cnngrade.jobs.collect_lines import Collected, may_be_work, refusal
from cnngrade.jobs.collect_student import Handed
from cnngrade.jobs.collect_tables import Told, told_of
from cnngrade.model import Unit
from cnngrade.safe_text import visible_name
from cnngrade.submission.archive import File
from cnngrade.submission.filenames import bad_path, bad_source_path, bad_student, is_displayed_name, read_name
from cnngrade.submission.layouts import Sorted
from cnngrade.submission.no_links import Refused
from cnngrade.submission.platforms.handed import Claim, Person
from cnngrade.submission.whose import other_in


@dataclass(slots=True)
class FoundWork:
    """What is found of one student: the files, the persons whose they are, and the file that a map names as the work.

    `by_names` says that names of folders and files tell whose it is.
    """

    handed: list[Handed] = field(default_factory=list)
    persons: set[str] = field(default_factory=set)
    by_names: bool = False
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Owned:
    """What was found, by student; lines on what is `refused`, and `notes` on lines of the map that mean nothing here.

    `unmapped` are the names of what may be work, and of which nothing says whose it is; `unknown` counts people who are named
    and of whom no id can be told.
    """

    students: Mapping[str, FoundWork]
    refused: Sequence[Collected]
    notes: Sequence[str]
    unmapped: tuple[str, ...]
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose something is, as an id, or why that cannot be told."""

    student: str
    problem: str = ""


def _owner(roster: Roster | None, person: Person, platform: str) -> _Owner:
    """Return whose id a person is."""
    if roster is not None:
        match = roster.find(person, platform)
        return _Owner(match.id, "" if match.id else match.reason)
    # What people call a folder is an id as it stands, or somebody's name; platforms have checked theirs.
    student = default_id(person) if platform or is_displayed_name(person.id) else person.id
    return _Owner(student, bad_student(student))


def _told_owner(roster: Roster | None, student: str) -> _Owner:
    """Return whose id the map names."""
    if roster is None:
        return _Owner(student, bad_student(student))
    known = roster.known(student)
    return _Owner(known, "" if known else f"the map gives it to {student}, who is not in the roster")


def _owners(roster: Roster | None, claim: Claim, told: Told | None, platform: str) -> Iterator[tuple[Person, _Owner]]:
    """Yield whose a file is: several people may have handed it in together."""
    if told is not None:
        name = claim.people[0].name if len(claim.people) == 1 and len(told.students) == 1 else ""
        for student in told.students:
            yield Person(student, name), _told_owner(roster, student)
        return
    for person in claim.people:
        yield person, _owner(roster, person, platform)


def _mapped(found: Sorted, files: Collection[str], told: Sequence[Told]) -> tuple[Sorted, dict[str, Told], list[str]]:
    """Return whose each file is with what the map says, by which of its lines, and what there is to say of the others."""
    claims, refused, by_map = dict(found.claims), dict(found.refused), dict[str, Told]()
    lines = {line.found: line for line in told}
    used: set[int] = set()
    for path in files if lines else ():
        below = path.removeprefix(found.prefix)
        meant = told_of(path, lines) or told_of(below, lines)
        if meant is None:
            continue
        line, rest = meant
        used.add(line.line)
        if rest and path not in claims and path not in refused:
            # What a platform has put into a student's folder, or a student handed in for another assignment.
            continue
        refused.pop(path, None)
        claim = claims.pop(path, None)
        if line.students:
            by_map[path] = line
            claims[path] = claim or Claim(below, (), rest or PurePosixPath(below).name)
    unused = [line for line in told if line.line not in used]
    notes = [f"line {line.line}: nothing here is called {visible_name(line.found)}." for line in unused]
    return replace(found, claims=claims, refused=refused), by_map, notes


def _shared(found: Sorted) -> str:
    """Return the folder, with a slash, that a platform has put around everybody's work below the prefix, "" for none."""
    tops = {path.removeprefix(found.prefix).partition("/")[:2] for path in found.claims}
    people = {claim.people for claim in found.claims.values()}
    if found.platform is None or len(tops) != 1 or len(people) == 1:
        return ""
    return "".join(*tops) if ("/" in next(iter(tops))) else ""


def _by_folder(found: Sorted, around: str) -> dict[tuple[str, str], bool]:
    """Return what is refused with the reasons, in a platform's layout folders, and whether it may be somebody's work."""
    refused: dict[tuple[str, str], bool] = {}
    for path, reason in found.refused.items():
        top = path.removeprefix(around).partition("/")[0]
        in_folder = found.platform is not None and path.startswith(around)
        key = (f"{around}{top}" if in_folder else path, reason)
        refused[key] = refused.get(key, False) or may_be_work(path)
    return refused


def find_owners(found: Sorted, files: Mapping[str, File], roster: Roster | None, told: Sequence[Told]) -> Owned:
    """Return the files by student; who cannot be told, and what cannot be written, is refused.

    `files` go by the paths in the source. Without a roster a platform's id is the student's; `told` are the lines of a map.
    """
    found, by_map, notes = _mapped(found, files, told)
    shared = _shared(found)
    by_folder = _by_folder(found, found.prefix + shared)
    refused = [refusal(path, reason, is_work=is_work) for (path, reason), is_work in by_folder.items()]
    unmapped = [line.found for line in refused if line.is_work and not bad_source_path(line.found)]
    platform = found.platform.name if found.platform else ""
    students: dict[str, FoundWork] = {}
    unknown: dict[tuple[str, str], Collected] = {}
    for path, claim in found.claims.items():
        below = path.removeprefix(found.prefix)
        top = shared + below.removeprefix(shared).partition("/")[0]
        if problem := bad_path(claim.inside):
            refused.append(refusal(path, problem))
            continue
        line = by_map.get(path)
        for person, owner in _owners(roster, claim, line, platform):
            if owner.problem:
                refused_one = refusal(top, owner.problem, name=person.name, is_work=True)
                if person.trial:
                    reason = "that is a teacher's own work, handed in as the platform's test student"
                    refused_one = replace(refused_one, reason=reason, is_work=False)
                unknown.setdefault((top, person.id or person.name), refused_one)
                continue
            work = students.setdefault(owner.student, FoundWork())
            work.handed.append(Handed(files[path], replace(claim, path=below, people=(person,)), top))
            if line is None:
                work.persons.add(person.id or person.name)
                work.by_names = work.by_names or found.platform is None
            elif line.file:
                work.wanted = line.file
    without_id = [line.found for line in unknown.values() if line.is_work]
    unmapped = list(dict.fromkeys([*unmapped, *without_id]))
    # Somebody's files at the top of a download have a line each.
    people = {who for (_, who), line in unknown.items() if line.is_work}
    return Owned(students, [*refused, *unknown.values()], notes, tuple(unmapped), len(people))


def check_whose(work: FoundWork, unit: Unit, people: Collection[str]) -> None:
    """Raise Refused where the files may be several people's; `people` are all who are known, spelled alike."""
    if work.by_names:
        _check_names(work, unit, people)
    elif len(work.persons) > 1:
        persons = ", ".join(sorted(work.persons)[:5])
        raise Refused(f"{len(work.persons)} people are read as this student ({persons}): which of them is it?")
    else:
        for handed in work.handed:
            for folder in handed.claim.inside.split("/")[:-1]:
                if read_name(f"{folder}/{unit.name}.py", unit.name).person:
                    raise Refused(f"{handed.claim.path} is in a folder that bears another person's name: whose work is it?")


def _check_names(work: FoundWork, unit: Unit, people: Collection[str]) -> None:
    """Raise Refused where names of folders and files say that not all of it is one person's."""
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
