"""Who takes part in a course, and under which id each platform knows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from cnngrade.alike import folded, nearest
from cnngrade.classroom.called import displayed_keys, known_keys
from cnngrade.safe_text import visible_name
from cnngrade.submission.filenames import bad_student, plain_name
from cnngrade.submission.platforms.handed import Person
from cnngrade.submission.platforms.moodle import participant_number

PLATFORMS = {
    "canvas": "Canvas", "moodle": "Moodle", "blackboard": "Blackboard", "brightspace": "Brightspace", "sakai": "Sakai",
    "ilias": "ILIAS", "teams": "Teams", "gradescope": "Gradescope", "github": "GitHub", "nbgrader": "nbgrader",
}  # fmt: skip
"""The columns of roster.csv that hold a platform's ids, and what people call the platform."""


NEW_IDS_EACH_TIME = frozenset({"moodle"})
"""Platforms that number people anew for each assignment: another number is no other person."""


_COUNTED = frozenset({"canvas", "moodle", "brightspace"})
"""Platforms whose ids are numbers of their own: one that equals somebody's id says nothing."""


def platform_key(platform: str, given: str) -> str:
    """Return by what a platform's id is compared: case and composed letters do not matter, nor Moodle's word before it."""
    number = participant_number(given) if platform == "moodle" else ""
    return number or " ".join(folded(given).split())


@dataclass(frozen=True, slots=True)
class Participant:
    """One line of roster.csv. `ids` are, by a platform's name, all ids that it has given this person.

    `more` is what else the line holds, by the names of its columns.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The displayed name, "" if none is known."""
        return f"{self.first_name} {self.last_name}".strip()

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True, slots=True)
class Match:
    """Whom somebody on a platform is: the `id` in the roster and what told it (`by`), or "" and the `reason` why none is."""

    id: str
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Roster:
    """Everybody who takes part, in the order of roster.csv; `columns` are those that hold neither names nor platforms' ids."""

    participants: tuple[Participant, ...] = ()
    columns: tuple[str, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Participant]:
        return {folded(each.id): each for each in self.participants}

    @cached_property
    def _by_platform(self) -> dict[tuple[str, str], Participant]:
        return {
            (platform, platform_key(platform, given)): each
            for each in self.participants
            for platform, ids in each.ids.items()
            for given in ids
        }

    @cached_property
    def _by_email(self) -> dict[str, list[Participant]]:
        return _grouped((folded(each.email), each) for each in self.participants if each.email)

    @cached_property
    def _by_name(self) -> list[dict[str, list[Participant]]]:
        """The participants by the keys of their names, one mapping a step of `called`."""
        keys = [(known_keys(each.first_name, each.last_name), each) for each in self.participants]
        steps = len(displayed_keys(""))
        return [_grouped((key, each) for found, each in keys for key in found[step]) for step in range(steps)]

    def known(self, student: str) -> str:
        """Return an id as it stands in the roster, whatever its case, "" if it does not."""
        return "".join(each.id for each in self.with_id(student))

    def with_id(self, student: str) -> list[Participant]:
        """Return who has an id in the roster, whatever its case."""
        found = self._by_id.get(folded(student))
        return [found] if found else []

    def on_platform(self, platform: str, given: str) -> Participant | None:
        """Return who has this id on a platform, None if nobody has."""
        return self._by_platform.get((platform, platform_key(platform, given)))

    def with_email(self, email: str) -> list[Participant]:
        """Return who has this address."""
        return self._by_email.get(folded(email), []) if email else []

    def called(self, name: str) -> list[Participant]:
        """Return whom a displayed name may mean: all who fit it at the strictest step at which anybody does."""
        for keys, people in zip(displayed_keys(name), self._by_name, strict=True):
            fits = {each.id: each for key in keys for each in people.get(key, ())}
            if fits:
                return list(fits.values())
        return []

    def find(self, person: Person, platform: str) -> Match:
        """Return which participant somebody on a platform is.

        It goes by the platform's ids; then by an address, by a login that is the participant's id, and last by the displayed
        name, each only if exactly one participant fits and none of their ids on the platform is another. An anonymous person is
        found by the platform's id alone. `platform` is a column of the roster; on any other, an id is a participant's id or
        name.
        """
        own = person.id if person.id or person.anonymous else person.name
        for given in (own, *person.aliases):
            held = self.on_platform(platform, given) if given else None
            if held is not None:
                return Match(held.id, f"{PLATFORMS[platform]} {'id' if person.id else 'name'}")
        if person.anonymous:
            who, title = _seen(person, platform), PLATFORMS.get(platform, "the platform")
            return Match(
                "", reason=f"{who} is anonymous, and the roster has no such id: collect again when {title} shows names"
            )
        others: list[Participant] = []
        for by, find, is_certain in self._ways(person, platform):
            fits = find()
            free = [each for each in fits if is_certain or not _is_another(each, person, platform)]
            if len(free) == 1:
                return Match(free[0].id, by)
            if free:
                return Match("", reason=_unclear(person, platform, free))
            others += fits
        return Match("", reason=self._unknown(person, platform, others))

    def _ways(self, person: Person, platform: str) -> Iterable[tuple[str, Callable[[], list[Participant]], bool]]:
        """Yield what may tell who somebody is, how to look, and whether it holds against another id on the platform."""
        for email in dict.fromkeys(each for each in (person.email, person.id) if "@" in each):
            yield "email", partial(self.with_email, email), True
        # Anybody may have taken a name on GitHub that is somebody else's login at home.
        if person.id and platform not in _COUNTED and not (platform == "github" and self._has_column(platform)):
            yield "id", partial(self._with_ids, person), False
        name = person.name or ("" if platform in PLATFORMS else person.id)
        if name:
            yield "name", partial(self.called, name), False

    def _with_ids(self, person: Person) -> list[Participant]:
        """Return who has somebody's id, or what else the platform knows somebody by, as an id in the roster.

        What else it is may be a number that is another's id by chance: there the name must fit, too.
        """
        fits = {each.id: each for each in self.with_id(person.id)}
        called = {each.id for each in self.called(person.name)} if person.name else set()
        for alias in person.aliases:
            for each in self.with_id(alias):
                if each.id in called or not (person.name or alias.isdecimal()):
                    fits[each.id] = each
        return list(fits.values())

    def _has_column(self, platform: str) -> bool:
        return any(each.ids.get(platform) for each in self.participants)

    def _unknown(self, person: Person, platform: str, others: list[Participant]) -> str:
        who = _seen(person, platform)
        if others:
            told = ", ".join(f"{each} is {' '.join(each.ids[platform])} there" for each in others[:3])
            return visible_name(f"{who} is not in the roster: {told}")
        near = self._near(person.name or person.id)
        return visible_name(f"{who} is not in the roster{f'; the nearest name is {near}' if near else ''}")

    def _near(self, name: str) -> Participant | None:
        names = {" ".join(sorted(folded(each.name).split())): each for each in self.participants if each.name}
        found = nearest(" ".join(sorted(folded(name).replace(",", " ").split())), names, 0.75)
        return names[found] if found else None


def _grouped(pairs: Iterable[tuple[str, Participant]]) -> dict[str, list[Participant]]:
    groups: dict[str, list[Participant]] = {}
    for key, each in pairs:
        groups.setdefault(key, []).append(each)
    return groups


def _is_another(participant: Participant, person: Person, platform: str) -> bool:
    """Say whether a participant is known on the platform, and not as this person."""
    return bool(person.id and participant.ids.get(platform)) and platform not in NEW_IDS_EACH_TIME


def _seen(person: Person, platform: str) -> str:
    """Return a person as a platform shows them."""
    title = PLATFORMS.get(platform, "")
    given = f"{title} {person.id}".strip() if person.id else ""
    name = person.name or person.email
    return visible_name(f"{name} ({given})" if name and given and name != person.id else name or given)


def _unclear(person: Person, platform: str, fits: list[Participant]) -> str:
    who, people = _seen(person, platform), " and ".join(str(each) for each in fits[:5])
    ask = "write that id into the right line of the roster" if person.id and platform in PLATFORMS else "rename one of them"
    return visible_name(f"{who} may be {people}: {ask}")


def default_id(person: Person) -> str:
    """Return the id of somebody in a course without a roster: the platform's own if it can be one, else their name as one."""
    own = unicodedata.normalize("NFC", person.id or person.email)
    if own and not bad_student(own):
        return own
    return plain_name(person.id or person.name or person.email)
