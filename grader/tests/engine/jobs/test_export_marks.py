"""Marks go out: what a platform imports from the file is what the gradebook says, and nothing else in it has changed."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.gradebook.class_table import class_table
from cnngrade.gradebook.marks import give_mark
from support import mark_imports, tiny_course
from support.graded_class import Class, release
from support.mark_downloads import DOWNLOADS, ROSTER, Download

LATE = "2026-03-02 20:00:00.000000 UTC"
GERMAN = mark_imports.MoodleWords("Teilnehmer/in", "ID", "Bewertung", "Zuletzt ge\u00e4ndert (Bewertung)", ",")
JAPANESE = mark_imports.MoodleWords(
    "\u53c2\u52a0\u8005", "\u8b58\u5225\u5b50", "\u8a55\u70b9", "\u6700\u7d42\u66f4\u65b0\u65e5\u6642 (\u8a55\u70b9)"
)
MARKS = {"ada": Decimal("5.75"), "ben": Decimal("2.5"), "cleo": Decimal(0), "li": Decimal(5)}
"""Ada's answer has 0.75 points, Ben was two days late at a quarter each, and nothing in Cléo's file works."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    root = tmp_path_factory.mktemp("export")
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of zero."))
    class_.hand_in("ben", "scaling.py", tiny_course.script(**tiny_course.RIGHT), LATE)
    class_.hand_in("cleo", "scaling.py", tiny_course.EXERCISE)
    class_.hand_in("dang", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Who knows?"))
    class_.hand_in("li", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    class_.record()
    give_mark(course, class_.unit, "ada", "answer", 0.75)
    class_.hand_in("eve", "scaling.py", tiny_course.EXERCISE)
    (class_.room / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return class_


@pytest.fixture
def class_(graded: Class, tmp_path: Path) -> Class:
    return graded.copy(tmp_path / "course")


def export(class_: Class, *words: str | Path) -> tuple[int, str]:
    """Give the command in the course's folder; return its exit code and all that it says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(class_.course.root)
        done = CliRunner().invoke(main, ["export", *map(str, words)], catch_exceptions=False)
    return done.exit_code, done.output


def exported(class_: Class, download: Download, place: Path, *words: str) -> tuple[bytes, str]:
    """Return the file that is made of a download, and what is said of it."""
    place.mkdir(exist_ok=True)
    source, target = place / download.name, place / "out"
    source.write_bytes(download.data)
    scale = ["--scale"] if download.possible not in (None, 6.0) else []
    code, said = export(class_, "scaling", "--to", download.platform, "--into", source, "-o", target, *scale, *words)
    assert code == download.lacks_somebody, said
    assert source.read_bytes() == download.data
    return target.read_bytes(), said


IMPORTS: dict[str, Callable[[bytes], dict[str, float]]] = {
    "canvas": lambda data: _numbers({user: grade for (user, _), grade in _canvas(data).items()}),
    "canvas, names apart": lambda data: _numbers({user: grade for (user, _), grade in _canvas(data).items()}),
    "canvas, saved by a spreadsheet": lambda data: _numbers(
        {user: grade for (user, _), grade in _canvas(data.decode("cp1252").encode()).items()}
    ),
    "moodle, worksheet": lambda data: mark_imports.moodle_worksheet(data, mark_imports.MoodleWords(), 6.0),
    "moodle, worksheet in German": lambda data: mark_imports.moodle_worksheet(data, GERMAN, 6.0),
    "moodle, blind": lambda data: mark_imports.moodle_worksheet(data, JAPANESE, 100.0),
    "moodle, gradebook": lambda data: _some(
        mark_imports.moodle_gradebook(data, "Email address", "Assignment: Numbers, twice and three times (Real)")
    ),
    "moodle, gradebook in French": lambda data: _some(
        mark_imports.moodle_gradebook(data, "Adresse de courriel", "Devoir : scaling (Brut)", ",")
    ),
    "blackboard": lambda data: _numbers(
        {user: text for (user, column), text in mark_imports.blackboard(data).items() if column == "73"}
    ),
    "blackboard in German": lambda data: _numbers({user: text for (user, _), text in mark_imports.blackboard(data).items()}),
    "brightspace": lambda data: _numbers({user: text for (user, _), text in mark_imports.brightspace(data).items()}),
    "brightspace, ids alone": lambda data: _numbers({user: text for (user, _), text in mark_imports.brightspace(data).items()}),
}


def _canvas(data: bytes) -> dict[tuple[str, str], str]:
    return {key: grade for key, grade in mark_imports.canvas(data).grades.items() if key[1] == "4314282"}


def _numbers(texts: dict[str, str]) -> dict[str, float]:
    """Return the marks among what is imported; the decimal sign is the one of the platform's language."""
    return {who: float(text.replace(",", ".")) for who, text in texts.items() if text[:1].isdecimal()}


def _some(marks: dict[str, float | None]) -> dict[str, float]:
    return {who: mark for who, mark in marks.items() if mark is not None}


def student(platform_id: str) -> str:
    """Return whose id, number, login or address on a platform it is."""
    names = ("ada", "ben", "cleo", "dang", "eve", "fay", "li")
    if platform_id.isdecimal() and int(platform_id) % 100 <= len(names):
        return names[int(platform_id) % 100 - 1]
    return platform_id.partition("@")[0].lower()


@pytest.mark.parametrize("name", DOWNLOADS)
def test_what_is_imported_are_the_gradebooks_marks(graded: Class, tmp_path: Path, name: str) -> None:
    """by the platform's own rules: for everybody who has a mark, in the platform's points; others have what they had"""
    download = DOWNLOADS[name]
    before = {student(who): mark for who, mark in IMPORTS[name](_as_uploaded(download.data, name)).items()}
    data, _ = exported(graded, download, tmp_path)
    after = {student(who): mark for who, mark in IMPORTS[name](data).items()}
    rows = {row.student: row.score for row in class_table(graded.course, graded.unit)}
    assert {who: rows[who] for who in MARKS} == {who: float(mark) for who, mark in MARKS.items()}
    factor = Decimal(download.possible or 6.0) / 6
    there = {who: float((mark * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)) for who, mark in MARKS.items()}
    there = {who: mark for who, mark in there.items() if who in ("ada", "ben", "cleo") or "saved" not in name}
    assert after == before | there
    assert len(before) < len(after)


def _as_uploaded(data: bytes, name: str) -> bytes:
    """Return a download as something that can be imported: of Brightspace's, people delete columns first."""
    if name != "brightspace":
        return data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    text = io.StringIO()
    csv.writer(text).writerows([*row[:2], row[6], row[-1]] for row in rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("name", [name for name in DOWNLOADS if name != "brightspace"])
def test_nothing_else_changes(graded: Class, tmp_path: Path, name: str) -> None:
    """of the file's bytes only those of the cells with marks differ: byte marks, quotes, separators and line ends stay"""
    download = DOWNLOADS[name]
    data, _ = exported(graded, download, tmp_path)
    before, after = (each.decode("utf-16" if download.encoding == "utf-16" else "latin-1") for each in (download.data, data))
    pieces = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [(before[a:b], after[c:d]) for kind, a, b, c, d in pieces if kind != "equal"]
    assert 3 <= len(changed) <= 12
    assert [piece for piece in changed if not re.fullmatch(r'(-|Needs Grading|[\d.,]*)\|;?"?[\d.,]*"?', "|".join(piece))] == []
    assert data[:2] == download.data[:2]


def test_brightspace_gets_ids_and_marks_alone(graded: Class, tmp_path: Path) -> None:
    """names, addresses and final grades are not uploaded, and the signs that keep ids from being numbers stay"""
    data, _ = exported(graded, DOWNLOADS["brightspace"], tmp_path)
    header, first = data.decode("utf-8-sig").split("\r\n")[:2]
    title = "Numbers, twice and three times Points Grade <Numeric MaxPoints:6 Weight:10 Category:Units CategoryWeight:50>"
    assert header == f'OrgDefinedId,Username,"{title}",End-of-Line Indicator'
    assert first == "#u01,#ada,5.75,#"
