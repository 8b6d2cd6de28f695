"""Bring a platform's list into the roster: who is known gets what is lacking, who is new a line, and doubt is told."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from cnngrade.alike import folded
from cnngrade.classroom.called import in_order
from cnngrade.classroom.exports import Listed, Listing
from cnngrade.classroom.roster import NEW_IDS_EACH_TIME, PLATFORMS, Participant, Roster, platform_key
from cnngrade.safe_text import visible_name
from cnngrade.submission.filenames import bad_student, plain_name


class RosterChange(Enum):
    """What became of a line of the list."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one line of a list: of whom (`student` is "" if nobody), and what there is to say about it."""

    line: int
    name: str
    student: str
    step: RosterChange
    told: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """The roster with a list in it, what became of the list's lines, and who is in the roster and not in the list."""

    roster: Roster
    taken: tuple[Taken, ...]
    absent: tuple[Participant, ...]


class _Doubt(Exception):
    """It cannot be told who somebody is; the text says why, and what to do."""


def _fits(participant: Participant, listed: Listed) -> bool:
    """Say whether nothing is known of a participant that speaks against the name or the address of somebody in the list."""
    is_called_so = not participant.name or not listed.name or participant in Roster((participant,)).called(listed.name)
    return is_called_so and (not participant.email or not listed.email or folded(participant.email) == folded(listed.email))


def _local_part(email: str) -> str:
    return unicodedata.normalize("NFC", email.partition("@")[0].strip())


def _other_ids(participant: Participant, listed: Listed) -> str:
    """Return a platform on which the participant is known under none of the list's ids, "" if there is none."""
    for platform, given in listed.ids.items():
        held = {platform_key(platform, one) for one in participant.ids.get(platform, ())}
        if held and platform not in NEW_IDS_EACH_TIME and not held & {platform_key(platform, one) for one in given}:
            return platform
    return ""


class _Merge:
    """The roster before the list, and what of it has been taken."""

    def __init__(self, roster: Roster, listing: Listing) -> None:
        self._roster = roster
        self.people: dict[str, Participant] = {}
        self.met: dict[str, Listed] = {}
        self._ids: set[str] = set()
        self._held: dict[tuple[str, str], str] = {}
        for each in roster.participants:
            self._put(each)
        self._names = Counter(in_order(each.name) for each in listing.people)
        addresses = {folded(login) for each in listing.people for login in (*each.logins, each.email) if "@" in login}
        self._local_parts = Counter(_local_part(address) for address in addresses)

    def take(self, listed: Listed) -> Taken:
        """Take in one line; raises _Doubt."""
        if (again := self._met_before(listed)) is not None:
            return again
        known, by = self._who(listed)
        if known is None:
            return self._add(listed)
        if known.id in self.met:
            first = self.met[known.id]
            raise _Doubt(f"{known} is in line {first.line} already: keep one of the lines")
        after, told = self._filled(known, listed)
        self._put(after)
        self.met[known.id] = listed
        step = RosterChange.SAME if after == known else RosterChange.CHANGED
        return Taken(listed.line, str(listed), known.id, step, "; ".join(([f"found by {by}"] if by == "name" else []) + told))

    def _met_before(self, listed: Listed) -> Taken | None:
        """Return what became of somebody whom the list names once more, as platforms do with whoever is in two sections."""
        if not (listed.fixed or listed.email or listed.logins or listed.ids):
            # Two lines that hold nothing but one name may be two people.
            return None
        for student, first in self.met.items():
            if first.name == listed.name and replace(first, line=listed.line) == listed:
                return Taken(listed.line, str(listed), student, RosterChange.SAME, f"as line {first.line}")
        return None

    def _who(self, listed: Listed) -> tuple[Participant | None, str]:
        """Return the participant whom somebody in the list is, and what told it; None for somebody new; raises _Doubt."""
        found: dict[str, tuple[Participant, str]] = {}
        for by, each in self._certain(listed):
            found.setdefault(each.id, (each, by))
        if len(found) > 1:
            told = " and ".join(f"{each} by the {by}" for each, by in found.values())
            raise _Doubt(f"that is {told}: correct the roster or the list")
        if found:
            ((each, by),) = found.values()
            if listed.fixed and folded(each.id) != folded(listed.fixed):
                raise _Doubt(f"that is {each} by the {by}: correct the roster or the list")
            return each, by
        if listed.fixed:
            return None, ""
        return self._by_name(listed)

    def _certain(self, listed: Listed) -> Iterator[tuple[str, Participant]]:
        for platform, ids in listed.ids.items():
            for given in ids:
                if (each := self._roster.on_platform(platform, given)) is not None:
                    yield f"{PLATFORMS[platform]} id {given}", each
        if listed.fixed:
            yield from (("id", each) for each in self._roster.with_id(listed.fixed))
            return
        yield from (("email", each) for each in self._roster.with_email(listed.email))
        for login in listed.logins:
            yield from ((f"login {login}", each) for each in self._roster.with_id(login))
        for address in (listed.email, *listed.logins):
            # Half of an address is little: it must not be another's whose name or address is known.
            near = self._roster.with_id(_local_part(address)) if "@" in address else []
            yield from ((f"login in {address}", each) for each in near if _fits(each, listed))

    def _by_name(self, listed: Listed) -> tuple[Participant | None, str]:
        fits = self._roster.called(listed.name) if listed.name else []
        free = [each for each in fits if not _other_ids(each, listed)]
        if not free:
            return None, ""
        if len(free) > 1 or self._names[in_order(listed.name)] > 1:
            people = " or ".join(str(each) for each in free[:5])
            raise _Doubt(f"that may be {people}: write the address or the platform's id into the right line of the roster")
        return free[0], "name"

    def _filled(self, known: Participant, listed: Listed) -> tuple[Participant, list[str]]:
        """Return a participant with what the list adds, and what was added, and what differs and stays."""
        told: list[str] = []
        fields = {}
        # Where first and last name are parted is often a guess from the displayed name.
        is_called_so = bool(listed.name) and known in Roster((known,)).called(listed.name)
        for field in ("first_name", "last_name", "email"):
            held, given = getattr(known, field), getattr(listed, field)
            fields[field] = held or given
            is_name_held = bool(held) and is_called_so and field != "email"
            if given and folded(held) != folded(given) and not is_name_held:
                told.append(f"{field} {given}" if not held else f"{field} stays {held} (the list has {given})")
        ids = dict(known.ids)
        for platform, given in listed.ids.items():
            held = {platform_key(platform, one) for one in ids.get(platform, ())}
            fresh = tuple(one for one in given if platform_key(platform, one) not in held)
            if fresh:
                ids[platform] = (*ids.get(platform, ()), *fresh)
                told.append(f"{platform} {' '.join(fresh)}")
        more = dict(known.more)
        for name, given in listed.more.items():
            held = more.get(name, "")
            more[name] = held or given
            if given and held != given:
                told.append(f"{name} {given}" if not held else f"{name} stays {held} (the list has {given})")
        return replace(known, **fields, ids=ids, more=more), told

    def _put(self, each: Participant) -> None:
        """Put a participant in place; raises _Doubt where an address or a platform's id is another's."""
        marks = [
            (PLATFORMS[platform], given, platform_key(platform, given)) for platform, ids in each.ids.items() for given in ids
        ]
        marks += [("email", each.email, folded(each.email))] if each.email else []
        for column, given, key in marks:
            owner = self._held.get((column, key), each.id)
            if owner != each.id:
                raise _Doubt(f"{column} {given} is that of {self.people[owner]}, too")
        self._held |= {(column, key): each.id for column, _, key in marks}
        self._ids.add(folded(each.id))
        self.people[each.id] = each

    def _add(self, listed: Listed) -> Taken:
        new, told = self._filled(Participant(self._new_id(listed)), listed)
        self._put(new)
        self.met[new.id] = listed
        # The names stand before what is told.
        told = [each for each in told if not each.startswith(("first_name ", "last_name "))]
        return Taken(listed.line, str(listed), new.id, RosterChange.ADDED, "; ".join(told))

    def _new_id(self, listed: Listed) -> str:
        """Return the id of somebody new; raises _Doubt where there is none."""
        if listed.fixed:
            if problem := bad_student(listed.fixed):
                raise _Doubt(problem)
            if folded(listed.fixed) in self._ids:
                raise _Doubt(f"the id {listed.fixed} is in the list twice")
            return listed.fixed
        for given in self._candidates(listed):
            student = unicodedata.normalize("NFC", given)
            if not bad_student(student) and folded(student) not in self._ids:
                return student
        raise _Doubt("there is nothing of which an id can be made that nobody else has: add the person to roster.csv by hand")

    def _candidates(self, listed: Listed) -> Iterator[str]:
        for given in (*listed.logins, listed.email):
            # Two addresses with the same beginning stay whole.
            if "@" in given and self._local_parts[_local_part(folded(given))] == 1:
                yield _local_part(given)
            yield given
        yield from (given for ids in listed.ids.values() for given in ids)
        if listed.name:
            yield plain_name(listed.name)


def _with_columns(people: Sequence[Participant], roster: Roster, listing: Listing) -> Roster:
    columns = tuple(dict.fromkeys([*roster.columns, *listing.columns]))
    return Roster(tuple(people), columns)


def merge(roster: Roster, listing: Listing) -> Merged:
    """Return the roster with everybody of a list in it.

    Somebody in the list is a participant with the same id on the platform, the same address, or an id that is their login or
    number; or, where none of these is known, the only one of their name. Of a participant only what is lacking is filled in.
    Where two fit, or what is known does not fit together, the line is refused.
    """
    work = _Merge(roster, listing)
    taken: list[Taken] = []
    for listed in listing.people:
        try:
            taken.append(work.take(listed))
        except _Doubt as doubt:
            taken.append(Taken(listed.line, str(listed), "", RosterChange.REFUSED, visible_name(str(doubt))))
    absent = tuple(each for each in roster.participants if each.id not in work.met)
    return Merged(_with_columns(list(work.people.values()), roster, listing), tuple(taken), absent)
