"""Whose line of a platform's table is whose: by ids, logins and addresses, and never by a name alone.

A name is enough to collect a file, which a person sees; a mark that goes to a namesake is seen by nobody but the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngrade.classroom.exports import Listed
from cnngrade.classroom.roster import NEW_IDS_EACH_TIME, PLATFORMS, Participant, Roster, platform_key


@dataclass(frozen=True, slots=True)
class OwnedLine:
    """A line of a platform's table, and whose it is (`participant`, None for nobody of the class or in doubt).

    `doubt` says why it cannot be told, and what to do; it is "" where somebody was found, and for a stranger. `is_renamed` says
    that a login or a number alone tells who it is, and that the names do not fit.
    """

    listed: Listed
    participant: Participant | None
    doubt: str = ""
    is_renamed: bool = False


def owned_lines(people: Sequence[Listed], class_: Roster, platform: str, *, has_roster: bool) -> list[OwnedLine]:
    """Return whose the lines of a table are.

    Without a roster, the platform's own id may be a participant's id, as it is when such work is collected. A line whose ids
    are different people's is nobody's, and so are one that bears somebody else's name and two lines of one person.
    """
    owned = [_owned(each, class_, platform, has_roster) for each in people]
    lines: dict[str, list[int]] = {}
    for each in owned:
        if each.participant:
            lines.setdefault(each.participant.id, []).append(each.listed.line)
    return [_alone(each, lines) for each in owned]


def _alone(owned: OwnedLine, lines: dict[str, list[int]]) -> OwnedLine:
    same = lines[owned.participant.id] if owned.participant else []
    if len(same) < 2:
        return owned
    others = " and ".join(str(line) for line in same if line != owned.listed.line)
    return OwnedLine(owned.listed, None, f"that is {owned.participant}, and so is line {others}: keep one of the lines")


def _owned(listed: Listed, class_: Roster, platform: str, has_roster: bool) -> OwnedLine:
    found = {each.id: (each, by) for by, each in reversed(list(_told(listed, class_, platform, has_roster)))}
    if len(found) > 1:
        told = " and ".join(f"{each} by the {by}" for each, by in reversed(list(found.values())))
        return OwnedLine(listed, None, f"that is {told}: correct roster.csv")
    for each, by in found.values():
        if other := _other_id(each, listed):
            return OwnedLine(listed, None, f"that is {each} by the {by}, who is {other} in roster.csv: correct that")
        called = class_.called(listed.name) if listed.name else []
        if called and each not in called:
            namesake = f"that is {each} by the {by}, and the name is that of {called[0]}"
            return OwnedLine(listed, None, f"{namesake}: correct the one that is wrong, in roster.csv or in the file")
        is_renamed = by.startswith("id ") and bool(each.name and listed.name and not called)
        return OwnedLine(listed, each, is_renamed=is_renamed)
    fits = class_.called(listed.name) if listed.name else []
    if not fits:
        return OwnedLine(listed, None)
    people = " or ".join(str(each) for each in fits[:5])
    advice = "nothing but the name says so. Take the list into the roster first (cnngrade roster import)"
    return OwnedLine(listed, None, f"that may be {people}, but {advice}, or write the id or the address there")


def _told(listed: Listed, class_: Roster, platform: str, has_roster: bool) -> Iterator[tuple[str, Participant]]:
    """Yield whom something in a line means, and what it is."""
    title, own = PLATFORMS[platform], listed.ids.get(platform, ())
    for given in (*own, *listed.logins):
        if (each := class_.on_platform(platform, given)) is not None:
            yield f"{title} id {given}", each
    for address in dict.fromkeys(each for each in (listed.email, *listed.logins) if "@" in each):
        yield from ((f"address {address}", each) for each in class_.with_email(address))
    for login in listed.logins if has_roster else (*listed.logins, *own):
        yield from ((f"id {login}", each) for each in class_.with_id(login))


def _other_id(each: Participant, listed: Listed) -> str:
    """Return under which other id the roster knows somebody on a platform that numbers people once, "" if there is none."""
    for platform, given in listed.ids.items():
        held = each.ids.get(platform, ())
        keys = {platform_key(platform, one) for one in held}
        if keys and platform not in NEW_IDS_EACH_TIME and keys.isdisjoint(platform_key(platform, one) for one in given):
            return f"{PLATFORMS[platform]} {' '.join(held)}"
    return ""
