"""Brightspace (D2L): `USER-FOLDER - First Last - Mon D, YYYY HMM PM/`, or flat, with ` - name.ext` after it.

The first number is the user's, the second one's meaning differs between sites. Some sites write an id of the organisation's
before the name, some no space before the last hyphen. The time is the site's, in the language of the instructor. An
`index.html` beside lists everything. Each time that somebody hands in has a folder of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source, reading_of
from cnngrade.submission.platforms.local_time import WRITTEN_TIME, Clock, local_time, with_plain_spaces, written_clock

_NUMBERS = re.compile(r"(?P<user>\d{1,18})-\d{1,18} - ", re.ASCII)
_TIME = re.compile(
    rf"- ?(?:[^\W\d_]{{3,12}}\.?,? )?{WRITTEN_TIME.pattern}(?=(?:\Z| ?- ?)(?P<inside>.*))", re.IGNORECASE | re.DOTALL
)
_ORGANISATION = re.compile(r"(?=\S*\d)(?P<id>\S+) - ")
_OWN = ("index.html", "index.htm")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class _Dropped:
    """One path: whose, the time (None where it is in no form that we know), and the file's own name."""

    path: str
    user: str
    name: str
    organisation: str
    clock: Clock | None
    inside: str


def read_brightspace(source: Source) -> Reading | None:
    """Return what Brightspace's names say, None for another layout."""
    read = [handed for path in source.paths if (handed := _read_path(path)) is not None]
    if not read:
        return None
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for handed in read:
        names[handed.user].setdefault(_spelled_alike(handed.name), handed.name)
    claims = []
    for handed in read:
        # A number that several people bear is none of theirs.
        user = handed.user if len(names[handed.user]) == 1 else ""
        aliases = (handed.organisation,) if handed.organisation else ()
        person = Person(user, names[handed.user][_spelled_alike(handed.name)], aliases=aliases)
        submitted = local_time(handed.clock, source.zone) if handed.clock else None
        claims.append(Claim(handed.path, (person,), handed.inside, handed.clock or (), submitted))
    return reading_of(claims, (path for path in source.paths if path.lower() in _OWN))


def _spelled_alike(name: str) -> str:
    """Return a name in lower case with single blanks: what it has in common with the same name written by another hand."""
    return " ".join(name.casefold().split())


def _read_path(path: str) -> _Dropped | None:
    """Read one path: in a folder of this form, or flat."""
    numbers = _NUMBERS.match(path)
    if numbers is None or len(path) > _LONGEST:
        return None
    top, slash, below = unicodedata.normalize("NFC", path).partition("/")
    named = top[numbers.end() :]
    rest = with_plain_spaces(named)
    times = [(match, clock) for match in _TIME.finditer(rest) if (clock := written_clock(match))]
    # A folder's own time is at its end; after a flat file's comes the student's name of it, which may hold anything.
    for match, clock in sorted(times, key=lambda time: time[0]["inside"] != "") if slash else times:
        inside = f"{named[match.start('inside') :]}{slash}{below}".removeprefix("/")
        if inside:
            return _Dropped(path, numbers["user"], *_name(rest[: match.start()]), clock, inside)
    name, hyphen, _ = rest.rpartition(" - ")
    return _Dropped(path, numbers["user"], *_name(name), None, below) if hyphen and below else None


def _name(text: str) -> tuple[str, str]:
    """Return the displayed name, and the organisation's id before it, "" without one."""
    text = text.strip(" -")
    organisation = _ORGANISATION.match(text)
    return (text[organisation.end() :], organisation["id"]) if organisation else (text, "")


BRIGHTSPACE = Platform("brightspace", "Brightspace", read_brightspace)
