"""What a stranger may name a file: no recogniser fails or takes long, and none claims a plain folder."""

from __future__ import annotations

import time
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngrade.submission.platforms.recognise import PLATFORMS
from support.platform_tables import BERLIN, source_of

PIECES = (
    "_assignsubmission_file_", "_assignfeedback_file", "_attempt_2026-05-06-12-30-11", "_attempt_", ".txt", " - ", "1-2 - ",
    "- May 6, 2026 1230 PM", "May 40, 2026 9999 PM", "- Dec 31, 9999 1159 PM", "- Jan 1, 0001 100",
    "_attempt_9999-99-99-99-99-99_", "anon_", "_LATE_", "_1_2_", "_", "/", "..", " ", "\n", "\x00", "\u202e", "é", "-1.ipynb",
    "शर्मा", "Participant_", "question", "convolution.ipynb", "9" * 40, "\u0663", "²",
)  # fmt: skip

PLAIN = (
    "ada/convolution.ipynb",
    "ada_convolution.ipynb",
    "ada-convolution.py",
    "Ada Lovelace/convolution.ipynb",
    "ada/convolution/convolution.ipynb",
    "s1234567.ipynb",
    "lovelace_ada_3_convolution.ipynb",
    "group 3 - convolution.ipynb",
    "2026-05-06/ada.ipynb",
    "roster.csv",
    "README.md",
)


@given(st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join), max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_names_are_read_or_left(paths: list[str]) -> None:
    """whatever the names are, each recogniser answers, and what it claims is in the source and bears a name"""
    source = source_of(*paths, zone=BERLIN)
    for platform in PLATFORMS.values():
        reading = platform.read(source)
        if reading is not None:
            assert set(reading.claims) | reading.own | set(reading.refused) <= set(paths)
            assert all(claim.path == path and claim.inside and claim.people for path, claim in reading.claims.items())
            assert all(person.id or person.name for claim in reading.claims.values() for person in claim.people)
            assert all(claim.submitted is None or claim.submitted.tzinfo is UTC for claim in reading.claims.values())


@pytest.mark.parametrize("piece", [*PIECES, "a_", "_1", "1_", " ( ", "- 6 ", "_assignsubmission_a"])
def test_long_names_take_no_time(piece: str) -> None:
    """a name of tens of thousands of characters costs no more than its length"""
    text = piece * (20_000 // len(piece))
    receipt = "x_y_attempt_2026-05-06-12-30-11.txt"
    paths = (
        text,
        f"1-2 - {text}/a",
        f"a_1_2_{text}",
        f"{text}_1_assignsubmission_file/a",
        f"{text}_attempt_2026-05-06-12-30-11_a",
        receipt,
    )
    source = source_of(
        *paths, texts={receipt: f"Name: {text}\nDate Submitted: {text}\nOriginal filename: {text}\nFilename: {text}"}
    )
    begin = time.process_time()
    for platform in PLATFORMS.values():
        platform.read(source)
    assert time.process_time() - begin < 1


def test_many_files_of_one_person_take_no_time() -> None:
    """the attempts of one person are told apart in the time of reading the names, however many there are"""
    source = source_of(*(f"doejane_11_{number}_data-{number % 900}.csv" for number in range(1, 20_000)))
    begin = time.process_time()
    reading = PLATFORMS["canvas"].read(source)
    assert reading is not None
    assert len(reading.claims) == 19_999
    assert time.process_time() - begin < 5


def test_a_plain_layout_is_no_platform_s() -> None:
    """folders and files named after students are left to who reads plain layouts"""
    assert [name for name, platform in PLATFORMS.items() if platform.read(source_of(*PLAIN)) is not None] == []
