"""Moodle: `First Last_NUMBER_assignsubmission_file/`, or flat, `First Last_NUMBER_assignsubmission_file_name.ipynb`.

The number is a person's in one assignment only (a row of Moodle's table `assign_user_mapping`, made for each pair of an
assignment and a user), so another assignment's download has other numbers. Where marking is blind, Moodle's word for a
participant in the instructor's language stands for the name, and the number is that of the grading worksheet. Where groups
hand in, the group's name stands for the person's with the group's number, or, in older versions, before it: `Group A-First
Last`. Underscores in names are blanks. What was typed in is `..._assignsubmission_onlinetext/onlinetext.html`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from cnngrade.alike import one_spelling
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source, reading_of

_PLUGIN = re.compile(r"_assign(?P<kind>submission|feedback)_(?P<plugin>[a-z][a-z0-9]*)(?P<rest>_.*)?\Z", re.DOTALL)
_NUMBERED = re.compile(r"(?P<name>.*)[_ ](?P<number>\d{1,18})", re.ASCII | re.DOTALL)

_PARTICIPANTS = """
participant participante participanta partecipante teilnehmer teilnehmerin teilnehmende in deelnemer deltager deltagare deltaker
osallistuja uczestnik účastník résztvevő udeleženec sudionik polaznik участник учасник συμμετέχων dalībnieks dalyvis osaleja
参与者 参加者 參與者 참가자 참여자 مشارك משתתף kat\u0131l\u0131mc\u0131
"""
_PARTICIPANT = frozenset(_PARTICIPANTS.split())
"""Moodle's word for a participant, in letters alone; `in` is what is left of `Teilnehmer/in` when / divides folders."""

_LISTED = re.compile(r"(\D+?)[\s_-]*(\d{1,18})", re.ASCII)
"""A participant as people and Moodle's lists write one: in some languages nothing is between word and number."""

_BLIND = "Participant"
_TYPED_IN = "onlinetext.html"


@dataclass(frozen=True, slots=True)
class _NumberedFile:
    """One path: whose, and the name that the student gave the file."""

    path: str
    name: str
    number: str
    inside: str


def read_moodle(source: Source) -> Reading | None:
    """Return what Moodle's names say, None for another layout."""
    read, own, refused, typed = [], set(), {}, set()
    for path in source.paths:
        top, slash, below = path.partition("/")
        plugin = _PLUGIN.search(top)
        if plugin is None:
            continue
        if plugin["kind"] == "feedback":
            own.add(path)
            continue
        head = _NUMBERED.fullmatch(top[: plugin.start()])
        rest = (plugin["rest"] or "").removeprefix("_")
        inside = f"{rest}{slash}{below}".removeprefix("/")
        if head is None:
            refused[path] = (
                "it is a group's work to which Moodle gives no number, and the name does not say who is in the group"
            )
        elif inside:
            if plugin["plugin"] == "onlinetext" or inside == _TYPED_IN:
                typed.add(path)
            read.append(_NumberedFile(path, head["name"], head["number"], inside))
    if not read and not refused:
        return None
    claims = list(_claims(_without_groups(read)))
    return reading_of(
        (claim for claim in claims if claim.path not in typed),
        own,
        refused,
        (claim for claim in claims if claim.path in typed),
    )


def _claims(read: Collection[_NumberedFile]) -> Iterable[Claim]:
    """Yield what each file's name says; all alike are blind where one word, the same for everybody, stands for the names."""
    names: dict[str, set[str]] = defaultdict(set)
    for handed in read:
        names[handed.number].add(handed.name)
    shown = {handed.name for handed in read}
    one_word = len(names) > 1 and len(shown) == 1 and not any(letter in "_ " for name in shown for letter in name)
    for handed in read:
        if one_word or _letters(handed.name) in _PARTICIPANT:
            person = Person(f"{_BLIND}-{handed.number}", handed.name, anonymous=True)
        else:
            # A number that several people bear comes of the downloads of two assignments, and is none of theirs.
            person = Person(handed.number if len(names[handed.number]) == 1 else "", handed.name)
        yield Claim(handed.path, (person,), handed.inside)


def participant_number(text: str) -> str:
    """Return the number in `Participant 101`, `Teilnehmer/in101` or the like, "" for any other text."""
    match = _LISTED.fullmatch(text.strip())
    return match[2] if match and _letters(match[1]) in _PARTICIPANT else ""


def _letters(name: str) -> str:
    """Return a name's letters alone, in lower case: `Teilnehmer/in` may come as `Teilnehmerin` or with another mark."""
    return "".join(letter for letter in one_spelling(name) if letter.isalpha())


def _without_groups(read: Collection[_NumberedFile]) -> Collection[_NumberedFile]:
    """Return the same with names of people alone, where each stands after a group's: `Group A-First Last`.

    A hyphen may be a person's own. So all must have one, and what stands before it must look like a group's name: it has a
    digit or a blank, or two people share it.
    """
    members: dict[str, set[str]] = defaultdict(set)
    for handed in read:
        group, hyphen, person = handed.name.partition("-")
        if not hyphen or not person.strip():
            return read
        members[group].add(handed.number)
    if not all(any(letter.isdigit() or letter == " " for letter in group) or len(of) > 1 for group, of in members.items()):
        return read
    return [replace(handed, name=handed.name.partition("-")[2].strip()) for handed in read]


MOODLE = Platform("moodle", "Moodle", read_moodle)
