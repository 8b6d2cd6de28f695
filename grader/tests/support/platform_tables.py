"""What platforms hand out, as tables: the paths of a download, and what each of them says."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from cnngrade.submission.platforms.handed import Claim, Person, Reading, Source
from cnngrade.submission.platforms.recognise import PLATFORMS, recognise

UNIT = "convolution"
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Row:
    """One path of a download and what is to be read of it; one person or several."""

    path: str
    people: Person | tuple[Person, ...]
    inside: str
    attempt: tuple[int, ...] = ()
    submitted: datetime | None = None
    late: bool = False

    def claim(self) -> Claim:
        people = (self.people,) if isinstance(self.people, Person) else self.people
        return Claim(self.path, people, self.inside, self.attempt, self.submitted, self.late)


@dataclass(frozen=True, slots=True)
class Table:
    """A download of one platform: a title, its students' files, its own, what it refuses, and what small files hold."""

    title: str
    rows: tuple[Row, ...]
    own: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    unit: str = UNIT
    zone: tzinfo = UTC
    saved_times: bool = False

    def source(self) -> Source:
        paths = (*(row.path for row in self.rows), *self.own, *self.refused)
        return Source(paths, self.unit, self.zone, self.texts.get)


def source_of(*paths: str, unit: str = UNIT, zone: tzinfo = UTC, texts: Mapping[str, str] | None = None) -> Source:
    """Return a source of these paths, of which no file but those in `texts` can be read."""
    return Source(paths, unit, zone, (texts or {}).get)


def read_table(platform: str, table: Table) -> None:
    """Assert that a platform reads its download as the table says, and that no other platform claims it.

    An archive that was made anew on macOS says the same of everybody.
    """
    source = table.source()
    reading = PLATFORMS[platform].read(source)
    assert reading is not None, "the platform does not know its own download"
    for row in table.rows:
        assert reading.claims.get(row.path) == row.claim()
    assert set(reading.claims) == {row.path for row in table.rows}
    assert reading.own == set(table.own)
    assert set(reading.refused) == set(table.refused)
    assert reading.saved_times == table.saved_times
    assert [name for name, other in PLATFORMS.items() if name != platform and other.read(source) is not None] == []
    assert recognise(source) == (PLATFORMS[platform], reading)
    assert _facts(PLATFORMS[platform].read(_taken_apart(table))) == _facts(reading)


def _apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _taken_apart(table: Table) -> Source:
    """Return the download as macOS makes an archive of it anew: letters and their marks are two."""
    texts = {_apart(path): text for path, text in table.texts.items()}
    source = table.source()
    return replace(source, paths=tuple(map(_apart, source.paths)), text=texts.get)


def _facts(reading: Reading | None) -> dict[str, tuple[object, ...]]:
    """Return what is read of each path but for the spelling of names."""
    assert reading is not None
    return {
        _apart(path): (
            tuple(replace(person, id=_apart(person.id), name=_apart(person.name)) for person in claim.people),
            *(claim.attempt, claim.submitted, claim.late),
        )
        for path, claim in reading.claims.items()
    }


def read_alone(platform: str, *paths: str, unit: str = UNIT, zone: tzinfo = UTC) -> Reading | None:
    """Return what one platform reads of some paths."""
    return PLATFORMS[platform].read(source_of(*paths, unit=unit, zone=zone))
