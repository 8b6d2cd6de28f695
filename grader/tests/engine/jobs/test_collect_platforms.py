"""Every download in the tables of the platforms, collected: the right work under the right person, with the right time."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from cnngrade.classroom.collected import read_origin, read_timestamp
from cnngrade.classroom.roster import default_id
from cnngrade.course import paths
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Fate
from cnngrade.model import Course, Unit
from cnngrade.submission.platforms.recognise import PLATFORMS
from support.places import GRADER
from support.platform_tables import Row, Table

# What a person is asked in the tables, by the beginning of the reason.
ASKED = ("which file is the work cannot be told", "two files are called")

ENTRY_TIME = (2026, 3, 9, 9, 0, 0)


def tables_of(platform: str) -> list[Table]:
    """Return the downloads that the platform's own test knows."""
    path = GRADER / "tests" / "engine" / "submission" / "platforms" / f"test_{platform}.py"
    spec = importlib.util.spec_from_file_location(f"tables_of_{platform}", path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tables: list[Table] = module.TABLES
    return tables


def work(number: int, path: str) -> bytes:
    """Return a file's content, another for each number."""
    source = f"def conv2d(x, w): return {number}"
    if path.endswith(".ipynb"):
        cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    return source.encode() if path.endswith(".py") else str(number).encode()


def downloaded(table: Table, target: Path) -> dict[str, bytes]:
    """Write the download as a zip, and return what is in it."""
    held = {path: work(number, path) for number, path in enumerate(table.source().paths)}
    held |= {path: text.encode() for path, text in table.texts.items()}
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in held.items():
            archive.writestr(zipfile.ZipInfo(path, ENTRY_TIME), data)
    return held


def by_student(table: Table) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        for person in row.people if isinstance(row.people, tuple) else (row.people,):
            rows[default_id(person)].append(row)
    return rows


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_download_becomes_a_class(platform: str, tmp_path: Path) -> None:
    """whoever handed in work has it, of the last attempt, with the platform's time; nobody else is there"""
    asked = 0
    for number, table in enumerate(tables_of(platform)):
        unit = Unit(table.unit, "Convolution", 20.0, 1.0, ("conv2d",))
        course = Course("vision", "Vision", tmp_path / str(number), (unit,), timezone=getattr(table.zone, "key", "UTC"))
        course.root.mkdir()
        held = downloaded(table, course.root / "download.zip")
        lines = {line.student: line for line in collect(course, unit, course.root / "download.zip") if line.student}
        rows = by_student(table)
        assert set(lines) <= set(rows), table.title
        for student, handed in rows.items():
            line = lines[student]
            if line.fate is Fate.REFUSED:
                has_work = any(row.inside.endswith((".ipynb", ".py")) for row in handed)
                assert line.reason.startswith(ASKED) or not has_work, (table.title, line)
                asked += has_work
                continue
            last = max(row.attempt for row in handed)
            place = paths.submission(course, unit.name, student)
            written = {path.read_bytes() for path in place.rglob("*") if path.suffix in (".ipynb", ".py")}
            counted = [row for row in handed if row.attempt in (last, ())]
            assert written & {held[row.path] for row in counted}, (table.title, student)
            origin = read_origin(course, unit.name, student)
            assert origin is not None
            assert (origin.platform, origin.attempt) == (platform, last), table.title
            times = [row.submitted for row in counted if row.submitted is not None]
            # nbgrader's copies keep the times at which files were saved.
            otherwise = {None, datetime(*ENTRY_TIME, tzinfo=UTC)} if table.saved_times else {None}
            assert read_timestamp(place) in ({max(times)} if times else otherwise), (table.title, student)
    assert asked <= 1
