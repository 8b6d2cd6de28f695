"""nbgrader's export of a classroom: its own columns and numbers, in a table that any program can read."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin, ExportPlugin

from cnngrade.course.load import load_course
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.export import QuotedCsvPlugin
from cnngrade.gradebook.marks import give_mark
from cnngrade.gradebook.session import course_directory, open_gradebook
from support import tiny_course
from support.graded_class import Class, release
from support.places import GRADER

LATE = "2026-03-02 20:00:00.000000 UTC"
PLAIN = ("ada", "ben", "zoe")
# Whose ids, names and addresses hold what means something in a table: no file of theirs needs to lie there.
ODD = {
    "Doe, John": ("John, Jr.", "Doe"),
    'the "boss"': ('"J"', "B\nC"),
    "D'Angelo": ("Zoë", "D\u2019Angelo"),
    "\u0930\u093e\u092e": ("", " space "),
    "a;b\tc": ("=1+1", "{x} %s"),
}


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Class:
    root = tmp_path_factory.mktemp("export")
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of zero."))
    class_.hand_in("ben", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    class_.record()
    give_mark(course, class_.unit, "ada", "answer", 0.75)
    return class_


@pytest.fixture(scope="module")
def gradebook(class_: Class) -> Iterator[Gradebook]:
    with open_gradebook(course_directory(classroom_config.read(class_.course))) as opened:
        opened.add_student("zoe")
        yield opened


def table(class_: Class, gradebook: Gradebook, place: Path, kind: type[ExportPlugin], **settings: object) -> str:
    kind(config=classroom_config.read(class_.course), to=str(place), **settings).export(gradebook)
    return place.read_text(encoding="utf-8")


@pytest.mark.parametrize("settings", [{}, {"student": ["ada", "zoe"]}, {"assignment": ["scaling"]}, {"assignment": ["other"]}])
def test_plain_names_are_written_as_by_nbgrader(class_: Class, gradebook: Gradebook, tmp_path: Path, settings: dict) -> None:
    """to the byte: columns, order, times, penalties, marks, who has handed in nothing, and what is chosen"""
    ours = table(class_, gradebook, tmp_path / "ours.csv", QuotedCsvPlugin, **settings)
    assert ours == table(class_, gradebook, tmp_path / "theirs.csv", CsvExportPlugin, **settings)
    assert ("ada" in ours) == (settings.get("assignment") != ["other"])


def test_names_of_any_kind_are_read_back(class_: Class, tmp_path: Path) -> None:
    """by nbgrader's own command: commas, quotes, ends of lines, other scripts; every line has every column"""
    odd = class_.copy(tmp_path / "course")
    with open_gradebook(course_directory(classroom_config.read(odd.course))) as gradebook:
        for student, (first, last) in ODD.items():
            gradebook.add_student(student, first_name=first, last_name=last, email=f'"{first}"@example.org')
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "marks, all.csv"]
    done = subprocess.run(
        command, cwd=odd.room, env={**os.environ, "PYTHONPATH": str(GRADER)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with (odd.room / "marks, all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert {len(row) for row in rows} == {11}
    assert None not in {name for row in rows for name in row}
    read = {row["student_id"]: (row["first_name"], row["last_name"]) for row in rows}
    assert {student: read[student] for student in ODD} == ODD
    assert {row["student_id"]: (row["raw_score"], row["score"]) for row in rows}["ada"] == ("5.75", "5.75")
