"""What a platform's names say of the files in a source: the values that all recognisers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from cnngrade.safe_text import visible_name

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a platform means.

    `id` is the platform's own for the person ("" where it has none but the name), as it stands in the roster's column of that
    platform; `name` is the displayed one, as the platform writes it. An `anonymous` person's id says nothing about who it is
    outside this assignment. `aliases` are what else the platform may know the person by: a number beside the login, or the
    other ways to read a name that can be read in several. A `trial` person is the platform's own, whom a teacher plays.
    """

    id: str
    name: str = ""
    email: str = ""
    anonymous: bool = False
    aliases: tuple[str, ...] = ()
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One file of a source, as the platform's name of it reads.

    `path` is the one in the source, `inside` that below the student's own folder, as the student called it. Several `people`
    handed it in together. Of several attempts of one person the one whose `attempt` is greatest counts; what belongs to no
    attempt of its own has (). `submitted` is the platform's time (aware), None where the name tells none; `late` is the
    platform's word that it was late.
    """

    path: str
    people: tuple[Person, ...]
    inside: str
    attempt: tuple[int, ...] = ()
    submitted: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What one platform reads of a whole source.

    `claims` go by the path in the source. `own` are the platform's own files (an index, a receipt), which nobody handed in, and
    `aside` those that somebody handed in for another assignment, with its name. `refused` are paths that cannot be anybody's in
    this platform's layout, with the reason. `saved_times` says that times of files are those at which students saved them;
    elsewhere they are the download's, and no time of submission. `notes` are sentences for the person who collects.
    """

    claims: Mapping[str, Claim]
    own: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    saved_times: bool = False
    aside: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def reading_of(
    claims: Iterable[Claim],
    own: Iterable[str] = (),
    refused: Mapping[str, str] | None = None,
    typed: Iterable[Claim] = (),
) -> Reading:
    """Return a reading of these claims, in which those of persons without an id and a name are refused.

    `typed` is what people typed in on the platform, which is no file of theirs: who handed in nothing else is noted.
    """
    of_somebody, of_nobody = {}, dict(refused or {})
    for claim in claims:
        if all(person.id or person.name for person in claim.people):
            of_somebody[claim.path] = claim
        else:
            of_nobody[claim.path] = "its name does not say whose it is"
    texts = list(typed)
    handed_in = {person.id or person.name for claim in of_somebody.values() for person in claim.people}
    without = [person for claim in texts for person in claim.people if (person.id or person.name) not in handed_in]
    own = frozenset([*own, *(claim.path for claim in texts)])
    return Reading(of_somebody, own, of_nobody, notes=without_files(without))


def without_files(people: Iterable[Person], at_most: str = "a text that was typed in on the platform") -> tuple[str, ...]:
    """Return the note on who handed in no file, and what they may have done instead; none where there is nobody."""
    shown = (f"{person.name} ({person.id})" if person.name and person.id else person.name or person.id for person in people)
    named = list(dict.fromkeys(shown))
    if not named:
        return ()
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    some = visible_name(", ".join(named[:_MOST_NAMED]))
    return (f"No file is there of {some}{more}, at most {at_most}.",)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder or an archive, as a recogniser sees it.

    `paths` are those of all files, with slashes, below the folder around everybody's work. `text` returns what a file holds
    (UTF-8, at most 64 MiB: what Gradescope says of a large class is long), None for one that cannot be read. `zone` is the
    course's, in which a platform writes times without saying so. `owner` returns the system's user to whom a file belongs, ""
    where the disk does not tell or the source is an archive; `is_student` says whether one by a name is known. `name` is
    that of the folder or the archive around `paths`, and `others` are the course's other units.
    """

    paths: tuple[str, ...]
    unit: str
    zone: tzinfo
    text: Callable[[str], str | None]
    owner: Callable[[str], str] = lambda _: ""
    name: str = ""
    is_student: Callable[[str], bool] = lambda _: False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """A recogniser: `name` is the roster's column, `title` what people call it; `read` returns None for another's layout."""

    name: str
    title: str
    read: Callable[[Source], Reading | None]
