"""Blackboard: `Title_user_attempt_YYYY-MM-DD-HH-MM-SS_name`, with a receipt beside that ends after the time, in `.txt`.

Titles and user names may hold underscores, so the two are told apart by a receipt (`Name: First Last (user)`), by what all
names of the download begin with, or else by the last underscore. The time is the site's, which names no zone; the receipt
writes it with the zone's short name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from cnngrade.submission.platforms.assignments import titles_of_unit, which_title
from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source, reading_of
from cnngrade.submission.platforms.local_time import WRITTEN_TIME, Clock, local_time, with_plain_spaces, written_clock
from cnngrade.submission.platforms.moments import read_moment

ATTEMPT = re.compile(r"_attempt_(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)(?!\d)", re.ASCII)
"""What Blackboard writes between a user's name and that of the file."""

_NAME = re.compile(
    r"\A\ufeff?[^:\n]{1,40}:[ \t]{0,9}(?P<name>[^\n]{0,200}?)[ \t]{0,9}\((?P<user>[^()\n]{1,100})\)[ \t]{0,9}\r?$", re.MULTILINE
)
_DATE = re.compile(r"^Date Submitted:[ \t]{0,9}(?P<date>[^\r\n]{1,100})", re.MULTILINE)
_FILE = re.compile(
    r"^[ \t]*Original filename:[ \t]{0,9}(?P<original>[^\r\n]{1,500})\r?\n"
    r"[ \t]*Filename:[ \t]{0,9}(?P<name>[^\r\n]{1,900}?)[ \t]{0,9}\r?$",
    re.MULTILINE,
)
_BREAK = re.compile("<br ?/?>", re.IGNORECASE)
_LONGEST_RECEIPT = 1 << 16
_MOST_PARTS = 6
_ZONE = re.compile(r"\b(?P<letters>[A-Z]{3,5})(?:(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?)?[ \t]*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What a receipt says; "" and None for what it does not say."""

    user: str = ""
    name: str = ""
    clock: Clock | None = None
    zone: str = ""
    originals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One path: what stands before `_attempt_` (title and user), the time, and the rest; "" is a receipt's."""

    path: str
    head: str
    clock: Clock
    rest: str


def read_blackboard(source: Source) -> Reading | None:
    """Return what Blackboard's names say, None for another layout."""
    read = [handed for path in source.paths if (handed := _read_path(path)) is not None]
    if not read:
        return None
    receipts = {(handed.head, handed.clock): _receipt(source.text(handed.path)) for handed in read if not handed.rest}
    people = _people({handed.head for handed in read}, receipts)
    with_files = {(handed.head, handed.clock) for handed in read if handed.rest}
    names = {people[head].id: receipt.name for (head, _), receipt in receipts.items() if receipt.name}
    titles = _titles(people, receipts)
    certain = [(titles[each.head], people[each.head].id, each.rest) for each in read if titles[each.head]]
    chosen = titles_of_unit(certain, source.unit)
    claims: list[Claim] = []
    typed: list[Claim] = []
    own: set[str] = set()
    aside = {each.path: titles[each.head] for each in read if titles[each.head] not in {"", *chosen}}
    for handed in read:
        if handed.path in aside:
            continue
        attempt = (handed.head, handed.clock)
        if not handed.rest and attempt in with_files:
            own.add(handed.path)
            continue
        receipt = receipts.get(attempt, _Receipt())
        person = replace(people[handed.head], name=names.get(people[handed.head].id, ""))
        # A receipt alone says that somebody typed in a text, or handed in nothing.
        inside = receipt.originals.get(handed.path, handed.rest)
        claim = Claim(handed.path, (person,), inside, handed.clock, _moment(handed.clock, receipt, source.zone))
        (claims if handed.rest else typed).append(claim)
    if len(chosen) > 1:
        refused = {claim.path: which_title(chosen) for claim in claims}
        return replace(reading_of((), own, refused, typed), aside=aside)
    return replace(reading_of(claims, own, typed=typed), aside=aside)


def _read_path(path: str) -> _Attempt | None:
    """Read one path."""
    top, slash, below = path.partition("/")
    match = ATTEMPT.search(top)
    if match is None or not match.start():
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    clock = (year, month, day, hour, minute, second)
    rest = top[match.end() :]
    if not slash and rest.lower() == ".txt":
        return _Attempt(path, top[: match.start()], clock, "")
    inside = (rest[1:] + slash if rest else "") + below if slash else rest[1:]
    return _Attempt(path, top[: match.start()], clock, inside) if inside and rest[:1] in ("_", "") else None


def _receipt(text: str | None) -> _Receipt:
    """Read a receipt, as far as it is one."""
    if text is None:
        return _Receipt()
    text = with_plain_spaces(_BREAK.sub("\n", text[:_LONGEST_RECEIPT]))
    name, date = _NAME.search(text), _DATE.search(text)
    written = WRITTEN_TIME.search(date["date"]) if date else None
    zone = _ZONE.search(date["date"]) if date else None
    return _Receipt(
        user=name["user"].strip() if name else "",
        name=name["name"].strip() if name else "",
        clock=written_clock(written) if written else None,
        zone=_zone_word(zone),
        originals={match["name"]: match["original"].strip() for match in _FILE.finditer(text) if _is_plain(match["original"])},
    )


def _is_plain(name: str) -> bool:
    """Say whether a file's name is no path: what a student typed in stands in the receipt, too."""
    return not set("/\\") & set(name) and bool(name.strip(". \t"))


def _people(heads: Collection[str], receipts: Mapping[tuple[str, Clock], _Receipt]) -> dict[str, Person]:
    """Return whose each `Title_user` is; without any receipt, other ways to read it are aliases."""
    users = {
        head: head[-len(receipt.user) :]
        for (head, _), receipt in receipts.items()
        if receipt.user and f"_{head}".casefold().endswith(f"_{receipt.user}".casefold())
    }
    titles = {head.removesuffix(user) for head, user in users.items()}
    people = {head: Person(user) for head, user in users.items()}
    rest = [head for head in heads if head not in users]
    common = _common_title(rest)
    for head in rest:
        told = max((title for title in titles if title and head.startswith(title) and head != title), key=len, default="")
        people[head] = Person(head[len(told) :]) if told else _without_receipt(head, common)
    return people


def _titles(people: Mapping[str, Person], receipts: Mapping[tuple[str, Clock], _Receipt]) -> dict[str, str]:
    """Return the title in each `Title_user`, "" where neither a receipt tells it nor several users share it.

    Without a receipt, what goes on after another's title is part of the user. Titles that differ in signs alone are one.
    """
    told = {head for (head, _), receipt in receipts.items() if receipt.user}
    written = {head: head.removesuffix(person.id).rstrip("_") for head, person in people.items()}
    known = set(written.values())
    for head in written.keys() - told:
        parts = written[head].split("_")[:_MOST_PARTS]
        begins = ("_".join(parts[:count]) for count in range(1, len(parts) + 1))
        written[head] = next((title for title in begins if title in known), written[head])
    keys = {head: "".join(letter for letter in title.casefold() if letter.isalnum()) for head, title in written.items()}
    shown = {key: written[head] for head, key in keys.items()}
    count = Counter(keys.values())
    return {head: shown[key] if head in told or count[key] > 1 else "" for head, key in keys.items()}


def _without_receipt(head: str, common: str) -> Person:
    """Return who is meant if what all begin with is the title, and as aliases who is meant if less of it is."""
    user = head[len(common) :] if common else head.rpartition("_")[2]
    parts = head.removesuffix(user).rstrip("_").split("_")[1:][-_MOST_PARTS:]
    return Person(user, aliases=tuple("_".join([*parts[begin:], user]) for begin in range(len(parts))))


def _common_title(heads: Iterable[str]) -> str:
    """Return what all heads begin with up to an underscore, "" where that is nothing or there is one head alone."""
    parts = [head.split("_")[:-1] for head in heads]
    if len(parts) < 2:
        return ""
    common = []
    for column in zip(*parts, strict=False):
        if len(set(column)) > 1:
            break
        common.append(column[0])
    return "".join(f"{part}_" for part in common)


def _moment(clock: Clock, receipt: _Receipt, zone: tzinfo) -> datetime | None:
    """Return when an attempt was handed in: the receipt's time in the receipt's zone, or the name's in the course's zone."""
    if receipt.clock is None:
        return local_time(clock, zone)
    written = "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*receipt.clock)
    named = read_moment(f"{written} {receipt.zone}", zone) if receipt.zone else None
    return named or local_time(receipt.clock, zone)


def _zone_word(match: re.Match[str] | None) -> str:
    """Return what a receipt calls its zone, "" for nothing: a short name, or an offset of two digits each."""
    if match is None or not match["sign"]:
        return match["letters"] if match else ""
    return f"{match['sign']}{match['hours']:0>2}{match['minutes'] or '00'}"


BLACKBOARD = Platform("blackboard", "Blackboard", read_blackboard)
