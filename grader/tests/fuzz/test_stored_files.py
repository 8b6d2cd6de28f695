"""What is on our own disk, where anybody may have edited it: reports, memories, hints, recorded answers."""

from __future__ import annotations

import contextlib
import json
import string
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.answers.replay import FORMAT, Recording
from cnngrade.classroom import report_store
from cnngrade.course import paths
from cnngrade.course.hints import Hints, load_hints
from cnngrade.errors import CourseError, Fault, WireError
from cnngrade.jobs.hint import MEMORY, _memory
from cnngrade.model import Course, Report
from cnngrade.report.json import report_from_json, report_to_json
from support.fuzzing import JUNK, damaged, fuzz, lenient, spoilt
from support.handmade_reports import EVERY_VERDICT

REPORT = report_to_json(EVERY_VERDICT)


@fuzz(250)
@given(spoilt(REPORT))
def test_reports_with_anything_in_any_place(data: Any) -> None:
    """plain data is a report, which is written as it was read, or a WireError"""
    with contextlib.suppress(WireError):
        report = report_from_json(data)
        assert isinstance(report, Report)
        assert report_from_json(report_to_json(report)) == report


def test_stored_reports_that_were_edited(tiny: Course) -> None:
    """a stored report is a report or none, never anything else"""
    path = paths.report_file(tiny, tiny.units[0].name, "ada")
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {"key": "k", "report": REPORT}
    texts = st.one_of(
        spoilt(stored).map(json.dumps).map(lenient),
        damaged(json.dumps(stored).encode()),
        st.sampled_from(
            [b"", b"[" * 100_000, b"null", b"9" * 5_000, b'{"key": "k", "report": ' + b"[" * 900 + b"]" * 900 + b"}"]
        ),
    )

    @fuzz(200)
    @given(texts, st.sampled_from(["k", "other", None]))
    def run(data: bytes, key: str | None) -> None:
        path.write_bytes(data)
        assert isinstance(report_store.load(tiny, tiny.units[0], "ada", key), Report | None)

    run()
    path.unlink()


def test_hints_memories_that_were_edited(tmp_path: Path) -> None:
    """the memory of given hints is counts by name, whatever its file holds"""

    @fuzz(100)
    @given(st.one_of(JUNK.map(json.dumps).map(str.encode), st.binary(max_size=40), st.just(b"[" * 100_000)))
    def run(data: bytes) -> None:
        (tmp_path / MEMORY).write_bytes(data)
        assert all(isinstance(name, str) and count >= 0 for name, count in _memory(tmp_path).items())

    run()


def test_hints_that_were_edited(tiny: Course) -> None:
    """a file of hints is hints or a CourseError that names it"""
    path = tiny.root / "autograde_tests" / "hints" / "scaling.yml"
    whole = path.read_bytes()

    @fuzz(40)
    @given(st.one_of(spoilt(yaml.safe_load(whole)).map(json.dumps).map(str.encode), damaged(whole), st.just(b"[" * 1_000)))
    def run(data: bytes) -> None:
        path.write_bytes(data)
        try:
            assert isinstance(load_hints(tiny, tiny.units[0]), Hints)
        except CourseError as error:
            assert "scaling.yml" in str(error)  # noqa: PT017 - either end is well

    run()
    path.write_bytes(whole)


def write_answers(path: Path, index: bytes, expectations: bytes) -> None:
    members = {"index": index, "values": b"", "expectations": expectations}
    with path.open("wb") as file:
        np.savez_compressed(file, **{name: np.frombuffer(data, np.uint8) for name, data in members.items()})


def assert_recording(path: Path) -> None:
    with contextlib.suppress(Fault):
        recording = Recording(path)
        assert isinstance(recording.index, dict)
        assert isinstance(recording.values, bytes)
        assert isinstance(recording.expectations(), dict)


def test_recorded_answers_that_were_damaged(tmp_path: Path) -> None:
    """a file of answers is read or is a Fault that says to get it again"""
    path = tmp_path / "answers.npz"
    index = {"format": FORMAT, "cases": {"a": [["f", ["int 1", [], []], 0, 0]]}, "budgets": {}}
    write_answers(path, json.dumps(index).encode(), b'{"mistakes": [], "calls": []}')
    whole = path.read_bytes()

    @fuzz(100)
    @given(damaged(whole))
    def run(data: bytes) -> None:
        path.write_bytes(data)
        assert_recording(path)

    run()

    @fuzz(50)
    @given(
        *[st.one_of(spoilt(index).map(json.dumps).map(str.encode), st.sampled_from([b"[]", b"1", b"[" * 100_000, b"\xff"]))] * 2
    )
    def edited(one: bytes, other: bytes) -> None:
        write_answers(path, one, other)
        assert_recording(path)

    edited()
    for stranger in (b"\x93NUMPY\1\0", string.printable.encode(), b"PK\5\6" + bytes(18)):
        path.write_bytes(stranger)
        assert_recording(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("index", "values", "expectations"):
            archive.writestr(name, b"no array")
    assert_recording(path)
