"""Gradescope: `submission_NUMBER/`, and submission_metadata.yml beside, which says whose each is and when it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from cnngrade.submission.platforms.handed import Claim, Person, Platform, Reading, Source
from cnngrade.submission.platforms.levels import Draft, folders_in, student_level
from cnngrade.submission.platforms.moments import order_of, read_moment

if TYPE_CHECKING:
    import yaml

_METADATA = "submission_metadata.yml"


_FOLDER = re.compile(r"submission_\d{1,20}", re.ASCII)


_MAX_WORD = 1_000


@dataclass(frozen=True, slots=True)
class _Exported:
    people: tuple[Person, ...]
    submitted: datetime | None


@dataclass(slots=True)
class _Metadata:
    """The submissions by their folders' names, and why there are no more of them ("" if all were read)."""

    submissions: dict[str, _Exported] = field(default_factory=dict)
    problem: str = ""


class _YamlEvents:
    """The text as YAML's events, which no alias makes longer; what is not asked for is passed over, however long it is."""

    def __init__(self, text: str) -> None:
        # Only who collects from Gradescope needs it.
        import yaml

        self._yaml = yaml
        # libyaml is twenty times as fast, and not in every installation.
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        # Ruby writes a text that it has written before as a reference to the first.
        self._anchored: dict[str, str] = {}

    def next(self) -> yaml.Event:
        event = next(self._events)
        if isinstance(event, self._yaml.ScalarEvent) and event.anchor and len(event.value) <= _MAX_WORD:
            self._anchored[event.anchor] = event.value
        return event

    def opens(self, event: yaml.Event) -> bool:
        return isinstance(event, self._yaml.CollectionStartEvent)

    def closes(self, event: yaml.Event) -> bool:
        return isinstance(event, self._yaml.CollectionEndEvent)

    def is_mapping(self, event: yaml.Event) -> bool:
        return isinstance(event, self._yaml.MappingStartEvent)

    def skip(self, event: yaml.Event) -> None:
        """Pass over what `event` begins."""
        depth = int(self.opens(event))
        while depth:
            event = self.next()
            depth += int(self.opens(event)) - int(self.closes(event))

    def word(self, event: yaml.Event) -> str:
        """Return the scalar that `event` is or refers to, "" for a list or a mapping, which is passed over."""
        if isinstance(event, self._yaml.ScalarEvent):
            return event.value if len(event.value) <= _MAX_WORD else ""
        if isinstance(event, self._yaml.AliasEvent):
            return self._anchored.get(event.anchor or "", "")
        self.skip(event)
        return ""

    def items(self) -> Iterator[tuple[str, yaml.Event]]:
        """Yield keys, without Ruby's colon, and the first events of their values, which are to be read up before the next."""
        while not self.closes(event := self.next()):
            yield self.word(event).removeprefix(":"), self.next()

    def words(self) -> Mapping[str, str]:
        return {key: self.word(event) for key, event in self.items()}


def _people(events: _YamlEvents, event: yaml.Event) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    if not events.opens(event) or events.is_mapping(event):
        events.skip(event)
        return ()
    while not events.closes(event := events.next()):
        if not events.is_mapping(event):
            events.skip(event)
            continue
        words = events.words()
        name, email, number = (_told(words.get(key, "")) for key in ("name", "email", "sid"))
        if name or email or number:
            found[f"{number}\n{email}\n{name}"] = Person(number or email, name, email)
    return tuple(found.values())


def _told(word: str) -> str:
    """Return a word, "" for one that stands for nothing."""
    return "" if word.strip() in ("~", "null", "nil") else word.strip()


def _submission(events: _YamlEvents, zone: tzinfo) -> _Exported:
    people: tuple[Person, ...] = ()
    submitted = ""
    for key, event in events.items():
        if key == "submitters":
            people = _people(events, event)
        elif key == "created_at" and events.is_mapping(event):
            # Rails writes the moment, its zone, and the zone's clock as though it were UTC.
            submitted = events.words().get("utc", "")
        elif key == "created_at":
            submitted = events.word(event)
        else:
            events.skip(event)
    return _Exported(people, read_moment(submitted, zone))


def _read_metadata(text: str, zone: tzinfo) -> _Metadata:
    """Read as much as can be read: what is damaged at its end still says whose the first submissions are."""
    import yaml

    found = _Metadata()
    try:
        events = _YamlEvents(text)
        while not events.opens(event := events.next()):
            pass
        if events.is_mapping(event):
            for folder, value in events.items():
                if events.is_mapping(value):
                    found.submissions[folder] = _submission(events, zone)
                else:
                    events.skip(value)
    except StopIteration:
        found.problem = f"{_METADATA} names no submissions"
    except (yaml.YAMLError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        found.problem = f"{_METADATA}{where}, is not the YAML that Gradescope writes"
    return found


def _around(source: Source) -> str | None:
    """Return the folder around the submissions, with a slash; None where the names are not Gradescope's."""
    if _METADATA in source.paths:
        return ""
    return student_level(folders_in(source.paths), lambda path: _FOLDER.fullmatch(path.rpartition("/")[2]) is not None)


def read_gradescope(source: Source) -> Reading | None:
    """Return what Gradescope's names say, None for another layout."""
    around = _around(source)
    if around is None:
        return None
    text = source.text(f"{around}{_METADATA}")
    metadata = (
        _Metadata(problem=f"{_METADATA} is missing or cannot be read") if text is None else _read_metadata(text, source.zone)
    )
    draft = Draft()
    for path in source.paths:
        top, slash, inside = path.removeprefix(around).partition("/")
        submission = metadata.submissions.get(top)
        if path == f"{around}{_METADATA}":
            draft.own.add(path)
        elif not path.startswith(around) or not (submission or _FOLDER.fullmatch(top)):
            draft.leave(path)
        elif submission is None or not submission.people:
            reason = metadata.problem or f"{_METADATA} does not say whose it is"
            draft.refused[path] = f"{reason}, and a submission's number says nothing of it: export all submissions again"
        else:
            # Who is in two submissions, alone and in a group, has made one of them last.
            attempt = (order_of(submission.submitted),) if submission.submitted is not None else ()
            draft.claim(Claim(path, submission.people, inside if slash else top, attempt, submission.submitted))
    draft.note_without_files(person for submission in metadata.submissions.values() for person in submission.people)
    return draft.reading() if draft.claims or any(_FOLDER.match(path.removeprefix(around)) for path in draft.refused) else None


GRADESCOPE = Platform("gradescope", "Gradescope", read_gradescope)
