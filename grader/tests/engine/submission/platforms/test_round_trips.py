"""What a platform writes for any name, title and file is read back as it was."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnngrade.submission.platforms.handed import Claim, Person
from cnngrade.submission.platforms.recognise import recognise
from support.platform_tables import source_of

ANY = st.characters(exclude_characters="/\x00", exclude_categories=["Cs"])
NUMBERS = st.integers(1, 10**12).map(str)
FILES = st.text(ANY, min_size=1, max_size=20) | st.sampled_from(["convolution.ipynb", "a_1_2_b.py", "x - y.ipynb", "x-1.ipynb"])
NAMES = st.text(ANY, min_size=1, max_size=20).filter(lambda name: name.strip() == name)
DISPLAYED = st.text(st.characters(exclude_characters="/-", categories=["L", "M", "P", "S"]), min_size=1, max_size=20)
SORTED = st.text(st.characters(categories=["L", "M", "Nd", "Pc"]), max_size=15).map(str.lower)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda time: time.replace(second=0, microsecond=0))


def read_back(platform: str, path: str) -> Claim:
    found = recognise(source_of(path))
    assert found is not None
    assert found[0].name == platform
    return found[1].claims[path]


@settings(max_examples=60, deadline=None)
@given(SORTED, st.booleans(), NUMBERS, NUMBERS, FILES)
def test_canvas(name: str, late: bool, user: str, attachment: str, original: str) -> None:
    """a sorted name, LATE, two numbers, and any file"""
    parts = name.split("_")
    assume(not any(part.isdigit() and part.isascii() for part in parts[1:]) and parts[-1] not in ("late", "question"))
    assume("anon" not in parts[:2])
    claim = read_back("canvas", f"{name}{'_LATE' * late}_{user}_{attachment}_{original}")
    assert claim == Claim(claim.path, (Person(user, name),), original, (int(attachment),), late=late)


@settings(max_examples=60, deadline=None)
@given(NAMES, NUMBERS, FILES, st.booleans(), st.sampled_from(["", "_"]))
def test_moodle(name: str, number: str, original: str, flat: bool, end: str) -> None:
    """a name without underscores, a number, and a file in a folder or flat"""
    assume("_" not in name and "-" not in name)
    assume(not (flat and original.startswith("_")))
    between = f"_{original}" if flat else f"{end}/{original}"
    claim = read_back("moodle", f"{name}_{number}_assignsubmission_file{between}")
    assert claim == Claim(claim.path, (Person(number, name),), original)


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"\A[A-Z][\w .-]{0,15}\Z"), st.from_regex(r"\A[a-z0-9.@-]{1,12}\Z"), TIMES, FILES)
def test_blackboard(title: str, user: str, time: datetime, original: str) -> None:
    """a title, a login without underscores, a time, and any file"""
    claim = read_back("blackboard", f"{title}_{user}_attempt_{time:%Y-%m-%d-%H-%M-%S}_{original}")
    assert claim.people[0].id == user
    assert (claim.inside, claim.submitted) == (original, time.replace(tzinfo=UTC))


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, DISPLAYED, TIMES, FILES, st.booleans(), st.booleans())
def test_brightspace(user: str, folder: str, name: str, time: datetime, original: str, flat: bool, blank: bool) -> None:
    """two numbers, a name, a time of twelve hours, and a file in a folder or flat"""
    written = f"{time:%b} {time.day}, {time.year} {time.hour % 12 or 12}{time:%M} {'AM' if time.hour < 12 else 'PM'}"
    assume(not (flat and original[0] in " -"))
    path = f"{user}-{folder} - {name}{' ' * blank}- {written}{' - ' if flat else '/'}{original}"
    claim = read_back("brightspace", path)
    assert claim.people == (Person(user, unicodedata.normalize("NFC", name)),)
    assert (claim.inside, claim.submitted) == (unicodedata.normalize("NFC", original), time.replace(tzinfo=UTC))
