"""Sakai: `Last, First(id)/Submission attachment(s)/`, with timestamp.txt beside that folder and grades.csv beside all."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from cnngrade.alike import one_spelling
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source
from cnngrade.submission.platforms.levels import MAX_NAME, Draft, folders_in, student_level
from cnngrade.submission.platforms.moments import read_digits, read_moment

_GRADES = "grades.csv"


# Sakai's own files in a student's folder, where the student writes nothing.
_OWN = frozenset({"timestamp.txt", "comments.txt", "feedbacktext.html", "members.txt"})


_TEXT = "_submissiontext.html"


# The folder of what the teacher gave back, in the languages that do not say "feedback".
_GIVEN_BACK = ("feedback", "retro", "коммент", "comment", "フィードバック", "コメント", "返却")


# Of several files that a student gave one name, all but one get a number.
_NUMBERED = re.compile(r"([^+]+)\+\d{1,6}(\.[^.+]*)?", re.ASCII | re.DOTALL)


_ANONYMOUS = re.compile(r"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Graded:
    """What grades.csv says of one submission."""

    submitted: datetime | None
    late: bool


_NOTHING = _Graded(None, False)


def _person(text: str) -> Person | None:
    """Read `Last, First(id)`; a name may hold parentheses, too."""
    name, opened, rest = unicodedata.normalize("NFC", text).strip().rpartition("(")
    last, comma, first = name.partition(",")
    user = rest.removesuffix(")").strip()
    if not (opened and comma and user and rest.endswith(")")):
        return None
    return Person(user, ", ".join(part.strip() for part in (last, first) if part.strip()))


def _people(text: str) -> tuple[Person, ...]:
    """Read `Last, First(id); Last, First(id)`, () where it is something else; an anonymous one is `NUMBER words`."""
    if anonymous := _ANONYMOUS.fullmatch(text):
        return (Person(anonymous[1], (anonymous[2] or "").strip(), anonymous=True),)
    people = tuple(_person(part) for part in text.strip().replace(");", ")\0").split("\0"))
    return tuple(person for person in people if person is not None) if None not in people else ()


def _grades(text: str, zone: tzinfo) -> Mapping[str, _Graded]:
    """Return the rows of grades.csv by the user's id; the columns are known by their places, as headings are translated."""
    found: dict[str, _Graded] = {}
    for delimiter in (",", ";"):
        try:
            for row in csv.reader(text.splitlines(), delimiter=delimiter):
                if len(row) >= 6 and row[1].strip():
                    late = (
                        len(row) > 6
                        and row[6].strip().casefold().startswith("late")
                        and row[0].strip().casefold() != "display id"
                    )
                    # An anonymous one's id is followed by words.
                    user = match[1] if (match := _ANONYMOUS.fullmatch(row[1].strip())) else row[1].strip()
                    found.setdefault(user, _Graded(_moment(row[5], zone), late))
        except csv.Error:
            continue
    return found


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """Read a time; its form in digits alone is one of UTC in every Sakai."""
    return read_digits(text, UTC) or read_moment(text, zone)


def _attachments(folders: Mapping[str, frozenset[str]], around: str, is_student: Callable[[str], bool]) -> frozenset[str]:
    """Return the names, in the language of the download, that the folder of what students attached may have."""
    students = [f"{around}{name}" for name in folders.get(around.removesuffix("/"), ()) if is_student(f"{around}{name}")]
    names = frozenset(name for student in students for name in folders.get(student, ()))
    names = frozenset(name for name in names if not one_spelling(name).startswith(_GIVEN_BACK))
    return frozenset(name for name in names if name.casefold().startswith("submission")) or names


def _same_names(claims: Iterable[Claim]) -> Iterator[Claim]:
    """Yield the claims, with the name that files had before Sakai numbered them; which of them is the last, it does not say."""
    claims = list(claims)
    names = {(claim.people, claim.inside) for claim in claims}
    for claim in claims:
        numbered = _NUMBERED.fullmatch(claim.inside)
        inside = f"{numbered[1]}{numbered[2] or ''}" if numbered else claim.inside
        yield replace(claim, inside=inside) if (claim.people, inside) in names else claim


def _read_flat(source: Source, grades: Mapping[str, _Graded]) -> Reading | None:
    """Read a download without folders for users: `Last, First(id)_Submission attachment(s)_name`."""
    draft, typed = Draft(), list[Person]()
    for path in source.paths:
        end = path.find(")_")
        people = _people(path[: end + 1]) if 0 < end <= MAX_NAME and "/" not in path else ()
        folder, mark, inside = path[end + 2 :].partition("_")
        typed += people
        if not people:
            draft.leave(path)
        elif (
            not (folder and mark and inside) or one_spelling(folder).startswith(_GIVEN_BACK) or path.casefold().endswith(_TEXT)
        ):
            draft.own.add(path)
        else:
            row = grades.get(people[0].id, _NOTHING)
            draft.claim(Claim(path, people, inside, submitted=row.submitted, late=row.late))
    draft.claims = {claim.path: claim for claim in _same_names(draft.claims.values())}
    draft.note_without_files(typed)
    return draft.reading() if len(draft.claims) > len(draft.refused) else None


def _graded(source: Source, folder: str, row: _Graded) -> _Graded:
    """Return what a user's own folder and the user's row say together: the folder knows the time better."""
    stamp = _moment(source.text(f"{folder}/timestamp.txt") or "", source.zone)
    return _Graded(stamp or row.submitted, row.late)


def _is_own(below: Sequence[str], attached: frozenset[str]) -> bool:
    """Say whether a file in a user's folder, by the parts of its path there, is Sakai's and not the user's."""
    name = below[0].casefold()
    return below[0] not in attached if len(below) > 1 else name in _OWN or name.endswith(_TEXT)


def read_sakai(source: Source) -> Reading | None:
    """Return what Sakai's names say, None for another layout."""
    groups = {path.rpartition("/")[0] for path in source.paths if path.endswith("/members.txt")}

    def people_of(folder: str) -> tuple[Person, ...]:
        people = _people(folder.rpartition("/")[2])
        return people or (_people(source.text(f"{folder}/members.txt") or "") if folder in groups else ())

    folders = folders_in(source.paths)
    around = student_level(folders, lambda folder: bool(people_of(folder)))
    grades = _grades(source.text(f"{around or ''}{_GRADES}") or "", source.zone)
    if around is None:
        return _read_flat(source, grades)
    draft = Draft()
    known: dict[str, tuple[tuple[Person, ...], _Graded]] = {}
    attached = _attachments(folders, around, lambda folder: bool(people_of(folder)))
    for path in source.paths:
        top, *rest = path.removeprefix(around).split("/")
        folder = f"{around}{top}"
        if not path.startswith(around) or not rest or len(top) > MAX_NAME:
            draft.leave(path)
            continue
        if folder not in known:
            people = people_of(folder)
            row = grades.get(people[0].id, _NOTHING) if people else _NOTHING
            known[folder] = people, _graded(source, folder, row)
        people, row = known[folder]
        if not people:
            draft.leave(path)
        elif _is_own(rest, attached):
            draft.own.add(path)
        elif len(rest) > 1 and len(attached) > 1:
            draft.refused[path] = f"of the folders {' and '.join(sorted(attached)[:3])} only one holds what students attached"
        else:
            draft.claim(Claim(path, people, "/".join(rest[1:] or rest), submitted=row.submitted, late=row.late))
    draft.claims = {claim.path: claim for claim in _same_names(draft.claims.values())}
    if not draft.refused:
        draft.note_without_files(person for people, _ in known.values() for person in people)
    return draft.reading() if draft.claims or draft.refused else None


SAKAI = Platform("sakai", "Sakai", read_sakai)
