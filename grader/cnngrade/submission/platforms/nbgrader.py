"""nbgrader: the exchange's `USER+ASSIGNMENT+TIME+RANDOM/`, and `submitted/STUDENT/UNIT/` with timestamp.txt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from cnngrade.course import paths
from cnngrade.safe_text import visible_name
from cnngrade.submission.filenames import is_junk
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source
from cnngrade.submission.platforms.levels import MAX_NAME, Draft, folders_in, student_level
from cnngrade.submission.platforms.moments import order_of, read_moment

# nbgrader forbids the mark in an assignment's name; a user's may hold it, and so does a zone's offset.
_INBOUND = re.compile(
    r"(?P<user>.+)\+(?P<assignment>[^+]+)"
    r"\+(?P<time>\d{4}-\d\d-\d\d[T _]\d\d\D?\d\d\D?\d\d(?:[.,]\d+)?(?: ?(?:[+-]\d\d:?\d\d|[^+]+))?)"
    r"(?:\+(?P<random>[^+]*))?",
    re.ASCII | re.DOTALL,
)


# What lies beside the inbound folder of an exchange, and beside submitted/ in an instructor's course.
_BESIDE_INBOUND = frozenset({"outbound", "feedback"})


_SUBMITTED = "submitted"


_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Exchanged:
    """What the name of a folder in the exchange says; `order` is greater for a later one."""

    user: str
    assignment: str
    submitted: datetime | None
    order: int


def _inbound_folder(name: str, zone: tzinfo) -> _Exchanged | None:
    match = _INBOUND.fullmatch(name) if len(name) <= MAX_NAME else None
    if match is None:
        return None
    submitted = read_moment(match["time"], zone)
    # Of a zone that nobody knows the clock still says which of a student's submissions is the last.
    clock = submitted or read_moment(match["time"][:19], zone)
    return _Exchanged(match["user"], match["assignment"], submitted, order_of(clock) if clock is not None else 0)


def _read_inbound(source: Source, around: str) -> Reading:
    """Read an exchange. nbgrader writes timestamp.txt as the student: what counts is the time in the folder's name."""
    draft = Draft()
    known: dict[str, _Exchanged | None] = {}
    for path in source.paths:
        top, slash, inside = path.removeprefix(around).partition("/")
        if not path.startswith(around) or not slash:
            is_beside = around and path.partition("/")[0] in _BESIDE_INBOUND
            draft.own.add(path) if is_beside else draft.leave(path)
            continue
        if top not in known:
            known[top] = _inbound_folder(top, source.zone)
        folder = known[top]
        if folder is None:
            draft.leave(path)
        elif folder.assignment != source.unit:
            draft.put_aside(path, folder.assignment)
        elif inside == paths.TIMESTAMP:
            draft.own.add(path)
        else:
            draft.claim(Claim(path, (Person(folder.user),), inside, (folder.order,), folder.submitted))
    folders = {top: folder for top, folder in known.items() if folder is not None}
    _compare_owners(draft, source, around, folders)
    for top, folder in folders.items():
        written = source.text(f"{around}{top}/{paths.TIMESTAMP}") if folder.assignment == source.unit else None
        moment = read_moment(written, source.zone) if written is not None else None
        if moment is not None and folder.submitted is not None and moment != folder.submitted:
            draft.notes.append(f"{top}: its {paths.TIMESTAMP} has another time; the one in the folder's name counts")
    return draft.reading()


def _compare_owners(draft: Draft, source: Source, around: str, folders: Mapping[str, _Exchanged]) -> None:
    """Refuse what a student has put into the exchange under another's name: everybody may write there.

    A student is who has handed in, or is known as one. An instructor may submit for a student, and on some servers everything
    belongs to one user: of that there is a note at most.
    """
    owners: dict[str, set[str]] = {}
    for path in draft.claims:
        owners.setdefault(path.removeprefix(around).partition("/")[0], set()).update({source.owner(path)} - {""})
    users = {folder.user for folder in folders.values()}
    disk_tells = any(folders[top].user in found for top, found in owners.items())
    for top, found in owners.items():
        others = sorted(found - {folders[top].user})
        if strangers := [owner for owner in others if owner in users or source.is_student(owner)]:
            for path in [path for path in draft.claims if path.startswith(f"{around}{top}/")]:
                del draft.claims[path]
                draft.refused[path] = (
                    f"its folder bears the name of {folders[top].user}, and the file belongs to {strangers[0]}"
                )
        elif others and disk_tells:
            draft.notes.append(f"{top}: it belongs to {others[0]}, who may have submitted it for {folders[top].user}")


def _is_submitted(folders: Mapping[str, frozenset[str]], around: str, source: Source) -> bool:
    """Say whether the students' folders hold folders of units and nothing else, the unit in at least one of them."""
    students = folders.get(around.removesuffix("/"), frozenset())
    below = [path.removeprefix(around) for path in source.paths if path.startswith(around) and not is_junk(path)]
    with_files = {path.partition("/")[0] for path in below if path.count("/") == 1}
    return (
        any(source.unit in folders.get(f"{around}{student}", ()) for student in students)
        and not with_files
        # No id of nbgrader's is a name of two words.
        and not any(re.search(r"\s", student) for student in students)
    )


def _read_submitted(source: Source, around: str) -> Reading:
    draft = Draft()
    times: dict[str, datetime | None] = {}
    for path in source.paths:
        student, _, rest = path.removeprefix(around).partition("/")
        unit, slash, inside = rest.partition("/")
        if not path.startswith(around) or not slash:
            draft.leave(path) if path.startswith(around) else draft.own.add(path)
        elif unit != source.unit:
            draft.put_aside(path, unit)
        elif inside == paths.TIMESTAMP:
            draft.own.add(path)
        else:
            if student not in times:
                times[student] = read_moment(source.text(f"{around}{student}/{unit}/{paths.TIMESTAMP}") or "", source.zone)
            draft.claim(Claim(path, (Person(student),), inside, submitted=times[student]))
    if with_time := sorted(student for student, moment in times.items() if moment is not None):
        draft.notes += _few_times(with_time, len(times))
    return draft.reading(saved_times=True)


def _few_times(with_time: Sequence[str], students: int) -> list[str]:
    """Return a note on whose times stand in files where others have none: a student may have packed such a file."""
    if len(with_time) == students:
        return []
    some = visible_name(", ".join(with_time[:_MOST_NAMED]) + (" and more" if len(with_time) > _MOST_NAMED else ""))
    return [f"{paths.TIMESTAMP} gives the time of {some} and of nobody else: is it nbgrader's, or the student's own?"]


def read_nbgrader(source: Source) -> Reading | None:
    """Return what nbgrader's names say, None for another layout."""
    folders = folders_in(source.paths)
    around = student_level(
        folders, lambda path: _inbound_folder(path.rpartition("/")[2], source.zone) is not None, _BESIDE_INBOUND
    )
    if around is not None:
        return _read_inbound(source, around)
    for around in (f"{_SUBMITTED}/", ""):
        if _is_submitted(folders, around, source):
            return _read_submitted(source, around)
    return None


NBGRADER = Platform("nbgrader", "nbgrader", read_nbgrader)
