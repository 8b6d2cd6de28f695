"""What platforms hand out, as tables: the paths of a download, and what each of them says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """Assert that a platform reads its download as the table says, and that no other platform claims it."""
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


def read_alone(platform: str, *paths: str, unit: str = UNIT, zone: tzinfo = UTC) -> Reading | None:
    """Return what one platform reads of some paths."""
    return PLATFORMS[platform].read(source_of(*paths, unit=unit, zone=zone))
