"""Canvas: `lastfirst_USERID_ATTACHMENTID_name.ext`, with `_LATE_` after the name of what came late.

The name is a student's (or, where groups hand in, a group's) as Canvas sorts it: in lower case, letters, marks, digits and
underscores only. The user's number is Canvas's own, the same in the whole site; of a group it is one member's. Where
marking is anonymous, `anon_XXXXX` stands for both, before or after `LATE`. A text that was typed in is `..._text.html`, an
address `..._link.html`; a file that answers a quiz's question is `last_firstUSERID_question_NUMBER_ATTACHMENTID_name.ext`.

Canvas renames a file that a student hands in again: `name-1.ext`, then `name-2.ext`. A download has a student's last attempt
only; several downloads in one folder have more. The numbers of attachments grow, so they put attempts in their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cnngrade.submission.platforms.blackboard import ATTEMPT
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source, reading_of

_DIGITS = 18
_LATE = ("LATE", "late")
_TYPED_IN = ("text.html", "link.html")
_TYPED = -1
_GLUED = re.compile(r"(?P<name>.*?)(?P<number>\d{1,18})", re.ASCII | re.DOTALL)
# In the student view a teacher is Canvas's "Test Student", which Canvas sorts as "Student, Test".
_TRIAL = ("studenttest", "teststudent")
_COUNTER = re.compile(r"^(?P<stem>.+)-\d{1,3}$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Upload:
    """One file: whose, Canvas's number for it (_TYPED where it was typed in), and the name that the student gave it."""

    path: str
    person: Person
    late: bool
    attachment: int
    original: str

    @property
    def is_typed(self) -> bool:
        """Whether it is a text or an address instead of a file."""
        return self.attachment == _TYPED

    @property
    def repeated(self) -> tuple[str, str]:
        """The stem and the suffix of the name without the number that Canvas appends, in lower case."""
        stem, suffix = self._split()
        counted = _COUNTER.match(stem)
        return (counted["stem"] if counted else stem, suffix)

    @property
    def counted(self) -> bool:
        """Whether the name ends in a number as Canvas appends it."""
        return _COUNTER.match(self._split()[0]) is not None

    def _split(self) -> tuple[str, str]:
        stem, dot, suffix = self.original.casefold().rpartition(".")
        return (stem, dot + suffix) if stem else (dot + suffix, "")


def read_canvas(source: Source) -> Reading | None:
    """Return what Canvas's names say, None for another layout."""
    read = [handed for path in source.paths if (handed := _read_name(path)) is not None]
    # A title of Blackboard's may hold two numbers, and all names there have its mark; here a student's own name may have it.
    if not _is_of_canvas(read) or all(ATTEMPT.search(handed.path) for handed in read):
        return None
    of_person: dict[str, list[_Upload]] = defaultdict(list)
    for handed in read:
        of_person[handed.person.id].append(handed)
    claims = [claim for files in of_person.values() for claim in _claims(files, source.unit)]
    # What was typed in has no attachment, and so belongs to no attempt.
    return reading_of((claim for claim in claims if claim.attempt), typed=(claim for claim in claims if not claim.attempt))


def _is_of_canvas(read: Sequence[_Upload]) -> bool:
    """Say whether numbers in names are Canvas's: a user has one name, but for who changed it, and an attachment one owner.

    `ada_2026_3_work.py` may be anybody's way to name files, and so may `ada_3_text.html`, if there is nothing else.
    """
    names = {(handed.person.id, handed.person.name) for handed in read}
    people = {handed.person.id for handed in read}
    owners = {(handed.attachment, handed.person) for handed in read if not handed.is_typed}
    attachments = {attachment for attachment, _ in owners}
    return bool(attachments) and _mostly_one(names, people) and _mostly_one(owners, attachments)


def _mostly_one(pairs: Collection[object], numbers: Collection[object]) -> bool:
    """Say whether most of these numbers stand in one pair alone."""
    return len(pairs) == 1 or len(pairs) < 2 * len(numbers)


def _read_name(path: str) -> _Upload | None:
    """Read one file's name."""
    if "/" in path:
        return None
    parts = path.split("_")
    return _named(path, parts) if "anon" not in parts[:2] else _anonymous(path, parts) or _named(path, parts)


def _named(path: str, parts: Sequence[str]) -> _Upload | None:
    """Read a name with a user's number: the first part that is one, but for numbers at the end of a name before LATE."""
    numbers = (at for at in range(1, len(parts) - 1) if _is_number(parts[at]) and parts[at + 1] not in _LATE)
    at = next(numbers, 0)
    name, number, after = parts[:at], parts[at], parts[at + 1 :]
    if len(name) > 1 and name[-1] == "question" and (glued := _GLUED.fullmatch(name[-2])):
        name, number = [*name[:-2], glued["name"]], glued["number"]
    late = len(name) > 1 and name[-1] in _LATE
    shown = "_".join(name[:-1] if late else name)
    if not at or not all(map(_is_of_a_name, shown)):
        return None
    return _rest(path, Person(number, shown, trial=shown in _TRIAL), late, after)


def _anonymous(path: str, parts: Sequence[str]) -> _Upload | None:
    """Read `anon_XXXXX_...`, `LATE_anon_XXXXX_...` or `anon_XXXXX_LATE_...`."""
    late = parts[0] in _LATE
    rest = parts[1:] if late else parts
    if len(rest) < 3 or rest[0] != "anon" or not (rest[1].isascii() and rest[1].isalnum()):
        return None
    if rest[1].isdigit() and len(rest[1]) != 5:
        # A student of this name: an anonymous id has five letters and digits.
        return None
    after = rest[2:]
    if after[0] in _LATE:
        late, after = True, after[1:]
    return _rest(path, Person(f"anon_{rest[1]}", anonymous=True), late, after)


def _rest(path: str, person: Person, late: bool, parts: Sequence[str]) -> _Upload | None:
    """Read what follows a person's number."""
    if len(parts) == 1 and parts[0] in _TYPED_IN:
        return _Upload(path, person, late, _TYPED, parts[0])
    original = "_".join(parts[1:])
    if not original or not _is_number(parts[0]):
        return None
    return _Upload(path, person, late, int(parts[0]), original)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _DIGITS


def _is_of_a_name(letter: str) -> bool:
    """Say whether Canvas keeps a character of a name (and - as it once wrote for the others)."""
    return letter in "_-" or unicodedata.category(letter)[0] in "LMN"


def _claims(files: Sequence[_Upload], unit: str) -> Iterator[Claim]:
    """Yield a person's files, each with its attempt: the greatest number of an attachment in it. The last name counts."""
    ordered = sorted(files, key=lambda handed: handed.attachment)
    people = (ordered[-1].person,)
    uploads = [handed for handed in ordered if not handed.is_typed]
    numbers = {handed.path: attempt[-1].attachment for attempt in _attempts(uploads, unit) for handed in attempt}
    for handed in ordered:
        attempt = () if handed.is_typed else (numbers[handed.path],)
        yield Claim(handed.path, people, handed.original, attempt, late=handed.late)


def _attempts(uploads: Sequence[_Upload], unit: str) -> list[list[_Upload]]:
    """Divide a person's files, in the order of their numbers, into attempts.

    An attempt is late as a whole or not at all; and a notebook or the unit's script that comes again begins another one. Other
    files that come again just before it belong to the new attempt; elsewhere two files of one name were handed in together.
    """
    again = _comes_again(uploads, unit)
    attempts: list[list[_Upload]] = []
    seen: set[tuple[str, str]] = set()
    repeats = 0  # how many of the attempt's last files have come before in it
    for handed in uploads:
        if not attempts or handed.late != attempts[-1][-1].late:
            attempts.append([handed])
            seen, repeats = {handed.repeated}, 0
        elif handed.repeated in seen and handed.repeated in again and _is_work(handed, unit):
            current = attempts[-1]
            begin = len(current) - repeats
            attempts.append([*current[begin:], handed])
            del current[begin:]
            seen, repeats = {other.repeated for other in attempts[-1]}, 0
        else:
            attempts[-1].append(handed)
            repeats = repeats + 1 if handed.repeated in seen else 0
            seen.add(handed.repeated)
    return attempts


def _comes_again(uploads: Sequence[_Upload], unit: str) -> Collection[tuple[str, str]]:
    """Return the names of which files that differ in the number at their end alone are one file, handed in again.

    `part-1.ipynb` and `part-2.ipynb` may be a student's own numbering, unless there is a `part.ipynb` or it is the unit's name.
    """
    times = Counter(handed.original.casefold() for handed in uploads)
    return {
        handed.repeated
        for handed in uploads
        if not handed.counted or times[handed.original.casefold()] > 1 or handed.repeated[0] == unit.casefold()
    }


def _is_work(handed: _Upload, unit: str) -> bool:
    """Say whether a file may be the work on the unit: a notebook, or a script of the unit's name."""
    stem, suffix = handed.repeated
    return suffix == ".ipynb" or (suffix == ".py" and stem == unit.casefold())


CANVAS = Platform("canvas", "Canvas", read_canvas)
