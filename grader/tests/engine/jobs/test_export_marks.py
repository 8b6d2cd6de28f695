"""Marks go out: what a platform imports from the file is what the gradebook says, and nothing else in it has changed."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import json
import os
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnngrade.cli.main import main
from cnngrade.course import paths
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


@pytest.fixture(scope="module")
def files(graded: Class, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what is made of each download."""
    return {name: exported(graded, each, tmp_path_factory.mktemp("file"))[0] for name, each in DOWNLOADS.items()}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_what_is_imported_are_the_gradebooks_marks(graded: Class, files: dict[str, bytes], name: str) -> None:
    """by the platform's own rules: for everybody who has a mark, in the platform's points; others have what they had"""
    download, data = DOWNLOADS[name], files[name]
    before = {student(who): mark for who, mark in IMPORTS[name](_as_uploaded(download.data, name)).items()}
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
def test_nothing_else_changes(files: dict[str, bytes], name: str) -> None:
    """of the file's bytes only those of the cells with marks differ: byte marks, quotes, separators and line ends stay"""
    download, data = DOWNLOADS[name], files[name]
    before, after = (each.decode("utf-16" if download.encoding == "utf-16" else "latin-1") for each in (download.data, data))
    pieces = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [(before[a:b], after[c:d]) for kind, a, b, c, d in pieces if kind != "equal"]
    assert 3 <= len(changed) <= 12
    assert [piece for piece in changed if not re.fullmatch(r'(-|Needs Grading|[\d.,]*)\|;?"?[\d.,]*"?', "|".join(piece))] == []
    assert data[:2] == download.data[:2]


def test_brightspace_gets_ids_and_marks_alone(files: dict[str, bytes]) -> None:
    """names, addresses and final grades are not uploaded, and the signs that keep ids from being numbers stay"""
    header, first = files["brightspace"].decode("utf-8-sig").split("\r\n")[:2]
    title = "Numbers, twice and three times Points Grade <Numeric MaxPoints:6 Weight:10 Category:Units CategoryWeight:50>"
    assert header == f'OrgDefinedId,Username,"{title}",End-of-Line Indicator'
    assert first == "#u01,#ada,5.75,#"


CANVAS = replace(DOWNLOADS["canvas"], text=DOWNLOADS["canvas"].text.replace("CNN 101,,EX,,", "CNN 101,,,EX,"))
"""Cléo is excused."""


def into(
    class_: Class, text: str | bytes, *words: str | Path, to: str = "canvas", name: str = "in.csv"
) -> tuple[int, str, bytes]:
    """Export into a file of one's own; return exit code, what is said, and what was written, b"" for nothing."""
    source, target = class_.course.root / name, class_.course.root / "out.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    target.unlink(missing_ok=True)
    code, said = export(class_, "scaling", "--to", to, "--into", source, "-o", target, *words)
    return code, said, target.read_bytes() if target.exists() else b""


def small(*lines: str, head: str = "Student,ID,SIS Login ID,Section,scaling (7)", points: str = "6.00") -> str:
    """Return a small gradebook of Canvas's."""
    return "\n".join([head, f"    Points Possible,,,,{points}", *lines]) + "\n"


def cell(data: bytes, line: int, column: int = 4) -> str:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))[line - 1][column]


def test_what_is_said(graded: Class, tmp_path: Path) -> None:
    """where the marks went, and of everybody without one, and of everybody who is not on both sides, why"""
    _, said = exported(graded, CANVAS, tmp_path)
    said = said.replace("rounded to 2 decimals (halves up)", "ROUNDED")
    advice = "Mark in formgrader what waits, or give --provisional for the points so far"
    assert said.replace(advice, "ADVICE").splitlines()[:-1] == [
        'scaling: 3 marks for Canvas, column "Numbers, twice and three times (4314282)", out of 6 points, ROUNDED',
        "  other than in the file (1): Ben O'Neil, Jr. (ben) (2.00, now 2.5)",
        "  after a late penalty (1): Ben O'Neil, Jr. (ben) (-2.5)",
        "  no mark, waiting for a person (1): Đặng Nguyễn (dang). ADVICE",
        "  no mark, handed in, and without a score (1): Eve Eden (eve). Next: cnngrade grade scaling",
        "  no mark, handed in nothing (1): =HYPERLINK(1) Fox (fay). --missing zero gives 0 to those whose time is over",
        '  left as they are, with a word in place of a mark (1): Cléo Müller "Mo" (cleo) (EX). --overrule writes over it',
        "In the file and not in the class, left as they are: Zoe Zed.",
    ]


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ((), {"101": "5.75", "102": "2.5", "103": "EX", "104": "1.00", "105": "1.00", "106": "", "107": "5", "999": "3.00"}),
        (("--overrule",), {"103": "0", "104": "1.00"}),
        (("--provisional",), {"103": "EX", "104": "5", "105": "1.00", "106": ""}),
        (("--missing", "zero"), {"104": "1.00", "105": "1.00", "106": "0"}),
        (("--decimals", "0"), {"101": "6", "102": "3", "107": "5"}),
        (("--decimals", "1"), {"101": "5.8", "102": "2.5", "107": "5"}),
    ],
)
def test_who_gets_which_mark(graded: Class, tmp_path: Path, words: tuple[str, ...], there: dict[str, str]) -> None:
    """nobody has 0 for something that a person, the grader or the platform has yet to say, unless it was asked for"""
    data, _ = exported(graded, CANVAS, tmp_path, *words)
    found = _canvas(data)
    assert {user: found[user, "4314282"] for user in there} == there
    assert mark_imports.canvas(data).points == {"4314281": "10.00", "4314282": "6.00"}


def test_exact_sums(class_: Class) -> None:
    """halves go up from the sum as people read it, not as floats hold it; a penalty never takes more than there is"""
    for name, points in (("grade-double", 2.005), ("grade-triple", 0.67)):
        give_mark(class_.course, class_.unit, "li", name, points)
    class_.change("UPDATE submitted_notebook SET late_submission_penalty = 9.5 WHERE late_submission_penalty > 0")
    _, _, data = into(class_, small("Li,107,li,A,", "Ben,102,ben,A,"))
    # As a float, 2.675 is a little less.
    assert round(2.005 + 0.67, 2) == 2.67
    assert (cell(data, 3), cell(data, 4)) == ("2.68", "0")
    _, _, data = into(class_, small("Li,107,li,A,", points="100.00"), "--scale")
    assert cell(data, 3) == "44.58"


def test_work_that_came_after_the_grading(class_: Class) -> None:
    """the mark of the work before does not go out as if it were the new one's; the same work again is no other work"""
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of one."))
    class_.hand_in("li", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    code, said, data = into(class_, small("Ada,101,ada,A,", "Li,107,li,A,"))
    assert "no mark, handed in again since the grading (1): Ada Lovelace (ada). Next: cnngrade grade scaling" in said
    assert (cell(data, 3), cell(data, 4)) == ("", "5")
    assert cell(into(class_, small("Ada,101,ada,A,"), "--provisional")[2], 3) == "5.75"
    assert code == 1, "ben's and cleo's marks have no line"


def test_work_that_is_being_replaced(class_: Class) -> None:
    """who handed in gets no 0 while the work is beside its place, and nothing is put back under whoever collects"""
    class_.hand_in("fay", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    work = paths.submission(class_.course, "scaling", "fay")
    aside = work.with_name(f".{work.name}.former")
    work.rename(aside)
    _, said, data = into(class_, small("Fay,106,fay,A,"), "--missing", "zero")
    assert cell(data, 3) == ""
    assert "no mark, handed in, and without a score (1): " in said
    assert (aside.is_dir(), work.exists()) == (True, False)


def test_a_mark_that_a_person_is_to_look_at_again(class_: Class) -> None:
    """waits, whatever points it has"""
    class_.change("UPDATE grade SET needs_manual_grade = 1 WHERE manual_score = 0.75")
    _, said, data = into(class_, small("Ada,101,ada,A,"))
    assert "no mark, waiting for a person (1): Ada Lovelace (ada)." in said
    assert cell(data, 3) == ""


def test_who_still_has_time_gets_no_zero(class_: Class) -> None:
    """whose extension is running may still hand in; everybody may where the unit is not due yet"""
    assert CliRunner().invoke(main, ["--help"]).exit_code == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(class_.course.root)
        done = CliRunner().invoke(main, ["extend", "fay", "scaling", "--days", "3600"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert cell(into(class_, small("Fay,106,fay,A,"), "--missing", "zero")[2], 3) == ""


@pytest.mark.parametrize(
    ("points", "words", "said"),
    [
        ("100.00", (), 'scaling has 6 points, and "scaling (7)" has 100 in Canvas'),
        ("0.00", ("--scale",), "has 0 in Canvas. Change that in Canvas and download the file again."),
        ("(read only)", (), "is read only in Canvas"),
    ],
)
def test_points_that_differ(graded: Class, points: str, words: tuple[str, ...], said: str) -> None:
    """nothing is written where the platform counts out of other points and nobody said what to do"""
    assert into(graded, small("Ada,101,ada,A,", points=points), *words)[::2] == (2, b"")
    assert said in into(graded, small("Ada,101,ada,A,", points=points), *words)[1]


def test_a_file_that_a_spreadsheet_saved(graded: Class, tmp_path: Path) -> None:
    """is filled, and it is said that the platform may not read it; UTF-16 is Blackboard's own"""
    told = "A spreadsheet has saved the file, not as Canvas does."
    for encoding in ("cp1252", "utf-16"):
        assert told in into(graded, small("Ad\u00e4,101,ada,A,").encode(encoding))[1]
    assert told in into(graded, small("Ada,101,ada,A,").replace(",", "\t"))[1]
    assert told not in into(graded, small("Ada,101,ada,A,").encode("utf-8-sig"))[1]
    assert told not in into(graded, small("Ada,101,ada,A,").replace(",", ";"))[1]
    assert told not in exported(graded, DOWNLOADS["blackboard"], tmp_path)[1]


def test_points_that_are_not_said(graded: Class) -> None:
    """a platform that does not say its points gets the gradebook's, and an instructor is told that nobody compared them"""
    _, said, data = into(graded, small("Ada,101,ada,A,", points=""))
    assert "out of 6 points (how many there are on the platform, the file does not say)" in said
    assert cell(data, 3) == "5.75"


COLUMNS = [
    # (header of the assignments' columns, --column, place of the column that is taken, or what is said)
    ("scaling (7),Unit 2 Final Score (8)", ("--column", "8"), 'whose own totals are called "Final Score"'),
    ("scaling (7),Scaling (8)", (), "several columns are called"),
    ("scaling (7),Scaling (8)", ("--column", "8"), 5),
    ("scaling (7),Scaling (8)", ("--column", "scaling (7)"), 4),
    ("Unit 1: Scaling (7),Other (8)", (), 'Say which one is meant: --column "Unit 1: Scaling (7)"'),
    ("Unit 1: Scaling (7),Other (8)", ("--column", "unit 1 scaling"), 4),
    ("Unit 1: Scaling (7),Other (8)", ("--column", "scaling=Other (8)"), 5),
    ("Unit 1: Scaling (7),Other (8)", ("--column", "scalin"), 'there is no column "scalin"'),
    ("NUMBERS  twice and three-times (7),Other (8)", (), 4),
    ("One (7),Other (8)", (), 'Say which one is meant: --column NAME. The columns: "One (7)", "Other (8)".'),
    ("a=b (7),Other (8)", ("--column", "a=b (7)"), 4),
]


@pytest.mark.parametrize(("headers", "words", "expected"), COLUMNS)
def test_which_column(graded: Class, headers: str, words: tuple[str, ...], expected: int | str) -> None:
    """the one with the unit's name or title; otherwise a person is asked, and may give header, title or number"""
    text = f"Student,ID,SIS Login ID,Section,{headers}\n    Points Possible,,,,6,6\nAda,101,ada,A,,\n"
    code, said, data = into(graded, text, *words)
    if isinstance(expected, str):
        assert (code, data) == (2, b"")
        assert expected in said
    else:
        assert [place for place in (4, 5) if cell(data, 3, place) == "5.75"] == [expected]


LINES = [
    # (lines of the file, line -> mark there, what is said)
    (("Ada,101,,A,",), {3: "5.75"}, ""),
    (
        ("Nobody at all,,ada,A,",),
        {3: "5.75"},
        "called otherwise in the file (1): Ada Lovelace (ada) is Nobody at all",
    ),
    (("Nobody at all,,ADA@uni.example,A,",), {3: "5.75"}, ""),
    (
        ('"Lovelace, Ada",555,,A,',),
        {3: ""},
        "line 3, Ada Lovelace: that may be Ada Lovelace (ada), but nothing but the name",
    ),
    (('"Lovelace, Ada",555,ada,A,',), {3: ""}, "who is Canvas 101 in roster.csv: correct that"),
    (
        ('"Lovelace, Ada",101,ben,A,',),
        {3: ""},
        "(ada) by the Canvas id 101 and Ben O'Neil, Jr. (ben) by the id ben: correct",
    ),
    (
        ("Ada,101,ada,A,", "Ada,101,ada,B,"),
        {3: "", 4: ""},
        "line 4, Ada: that is Ada Lovelace (ada), and so is line 3: keep one",
    ),
    (("Ada,101,ada,A,", "X,,ada,B,", "Li,107,,A,"), {3: "", 4: "", 5: "5"}, "and so is line 4"),
    (("\u674e\u5c0f\u9f99,107,,A,",), {3: "5"}, ""),
    (
        ('"Lovelace, Ada",102,,A,',),
        {3: ""},
        "Ben O'Neil, Jr. (ben) by the Canvas id 102, and the name is that of Ada Lovelace (ada)",
    ),
    (('"Lovelace, Ada",,ben@uni.example,A,',), {3: ""}, "and the name is that of Ada Lovelace (ada): correct the one that is"),
    (('"Lovelace, Ada",,BEN,A,',), {3: ""}, "(ben) by the id BEN, and the name is that of Ada Lovelace (ada)"),
    (("Evil \x1b[31mred\u202e,998,evil,A,",), {3: ""}, "left as they are: Evil \\x1b[31mred\\u202e."),
]


@pytest.mark.parametrize(("lines", "marks", "expected"), LINES)
def test_whose_line(graded: Class, lines: tuple[str, ...], marks: dict[int, str], expected: str) -> None:
    """ids, logins and addresses tell it; a name alone, ids of two people and two lines of one are asked about"""
    code, said, data = into(graded, small(*lines))
    assert {line: cell(data, line) for line in marks} == marks
    assert expected in said
    assert code == 1, "there is always somebody with a mark and without a line"
    assert "\x1b" not in said


def test_many_lines_in_doubt(graded: Class) -> None:
    """twenty are told, and how many more there are"""
    _, said, _ = into(graded, small(*(f'"Lovelace, Ada",{number},,A,' for number in range(500, 525))))
    assert "In doubt, and left as they are (25):" in said
    assert (said.count("but nothing but the name"), "\n  and 5 more\n" in said) == (20, True)


def test_who_has_a_mark_and_no_line(graded: Class) -> None:
    """is named, and the exit code tells it; who has no line and no mark is named, too"""
    code, said, _ = into(graded, small("Ada,101,ada,A,", "Ben,102,ben,A,", "Li,107,li,A,"))
    assert code == 1
    assert 'In the class and not in the file, with a mark that went nowhere: Cl\u00e9o M\u00fcller "Mo" (cleo).' in said
    assert (
        "not in the file, without a mark: \u0110\u1eb7ng Nguy\u1ec5n (dang), Eve Eden (eve), =HYPERLINK(1) Fox (fay)." in said
    )


def test_a_class_without_a_roster(class_: Class) -> None:
    """people are those of the gradebook; where such work was collected, the platform's own id is the student's"""
    (class_.room / "roster.csv").unlink()
    class_.change("UPDATE student SET id = '4711', email = 'li@uni.example' WHERE id = 'li'")
    class_.change("UPDATE submitted_assignment SET student_id = '4711' WHERE student_id = 'li'")
    _, _, data = into(class_, small("Ada,9,ada,A,", "X,4711,,A,", "Z,8,zed,A,"))
    assert [cell(data, line) for line in (3, 4, 5)] == ["5.75", "5", ""]
    assert cell(into(class_, small("X,9,li@uni.example,A,"))[2], 3) == "5"
    assert "handed in, and without a score (1): eve." in into(class_, small("Eve,9,eve,A,"))[1]


def test_who_is_in_the_gradebook_alone(class_: Class) -> None:
    """has a mark as everybody has"""
    roster = class_.room / "roster.csv"
    roster.write_text("".join(line for line in ROSTER.splitlines(True) if not line.startswith("ada")), encoding="utf-8")
    assert cell(into(class_, small("Ada,101,ADA,A,"))[2], 3) == "5.75"


def test_files_of_another_platform(graded: Class) -> None:
    """are refused, with the platform that they look like, and with what to download"""
    code, said, data = into(graded, DOWNLOADS["brightspace"].data)
    assert (code, data) == (2, b"")
    assert "It looks like one of Brightspace's: --to brightspace. Download the gradebook: Grades, Export" in said
    code, said = export(graded, "scaling", "--to", "moodle")
    assert code == 2
    assert "Download the assignment's grading worksheet" in said


REFUSED = [
    # (platform, header of the column, what is said)
    ("blackboard", "scaling [Total Pts: 6 Percentage] |8", "shows Percentage in Blackboard, not points"),
    ("blackboard", "scaling [Total Pts: 0 Text] |8", "shows Text in Blackboard, not points"),
    ("blackboard", "scaling [Total Pts: up to 6 Score] |8", "is calculated by Blackboard"),
    ("brightspace", "scaling Points Grade <Calculated MaxPoints:6>", "is Calculated in Brightspace"),
    ("brightspace", "scaling Points Grade <Selectbox MaxPoints:6>", "is Selectbox in Brightspace"),
    ("moodle", "Assignment: scaling (Percentage)", "does not hold points"),
    ("moodle", "Devoir : scaling (Pourcentage)", "does not hold points"),
    ("moodle", "Aufgabe: scaling (Anteil)", "does not hold points"),
]


@pytest.mark.parametrize(("platform", "header", "expected"), REFUSED)
def test_columns_without_points(graded: Class, platform: str, header: str, expected: str) -> None:
    """points are not written where the platform would read them as something else"""
    code, said, data = into(graded, f"Username,Email address,{header}\nada,ada@uni.example,95 %\n", to=platform)
    assert (code, data) == (2, b"")
    assert expected in said


def test_two_columns_of_one_name(graded: Class) -> None:
    """the one that takes marks in is meant, where the other one takes in none"""
    head = "Username,scaling [Total Pts: up to 6 Score] |72,scaling [Total Pts: 6 Score] |73"
    _, _, data = into(graded, f"{head}\nada,5,\n", to="blackboard")
    assert [cell(data, 2, place) for place in (1, 2)] == ["5", "5.75"]


WORKSHEET = 'Identifier,"Email address",Status,Grade,{},"Grade can be changed","Last modified (grade)","Feedback comments"\n'


@pytest.mark.parametrize(("words", "command"), [("Poor\nFair\nGood", ("--column", "Grade")), ("1\n2\n3\n4\n5\n6", ())])
def test_a_worksheet_with_a_scale(graded: Class, words: str, command: tuple[str, ...]) -> None:
    """is refused, also where the words are numbers: Moodle would pass over points without a word"""
    lines = f'Participant 201,ada@uni.example,,,"{words}",Yes,-,\nParticipant 202,ben@uni.example,,,"{words}",Yes,-,\n'
    code, said, data = into(graded, WORKSHEET.format("Scale") + lines, *command, to="moodle")
    assert (code, data) == (2, b"")
    assert f'the column "Grade" holds words of a scale ({words.replace(chr(10), ", ")})' in said


LOCKED = [
    # (no, yes, what stands between them and the maximum)
    ("No", "Yes", ""),
    ("Nein", "Ja", "In Bewertung,"),
    ("Hay\u0131r", "Evet", "x,Dr. Hay\u0131r,"),
    ("\u3044\u3044\u3048", "\u306f\u3044", ""),
]


@pytest.mark.parametrize(("no", "yes", "between"), LOCKED)
def test_a_worksheet_with_locked_grades(graded: Class, no: str, yes: str, between: str) -> None:
    """they stay as they are and are told if they differ: Moodle would pass over them; a state or a marker may stand before"""
    head = "Maximum grade" + "".join(f",M{number}" for number in range(between.count(",")))
    people = (("Participant 201,ada@uni.example", no), ("Participant 202,ben@uni.example", yes))
    lines = "".join(f"{person},,,6.00,{between}{word},-,No\n" for person, word in people)
    lines += f"Participant 207,li@uni.example,,5.00,6.00,{between}{no},-,No\n"
    code, said, data = into(graded, WORKSHEET.format(head) + lines, to="moodle")
    assert (code, [cell(data, line, 3) for line in (2, 3)]) == (1, ["", "2.5"])
    assert "  locked on the platform, which takes in no mark (1): Ada Lovelace (ada)" in said


def test_points_of_a_former_attempt(graded: Class) -> None:
    """beside Blackboard's words they give way, and are told with the mark that takes their place; other words stay"""
    lines = "ada,Needs Grading(3.00)\nben,In Progress (2.5)\ncleo,Exempt(2)\nli,(4)\n"
    _, said, data = into(graded, f"Username,scaling [Total Pts: 6 Score] |73\n{lines}", to="blackboard")
    assert [cell(data, line, 1) for line in (2, 3, 4, 5)] == ["5.75", "2.5", "Exempt(2)", "(4)"]
    assert "other than in the file (1): Ada Lovelace (ada) (Needs Grading(3.00), now 5.75)" in said


def test_people_in_an_unknown_language(graded: Class) -> None:
    """are not looked for by other columns: a person is told what to change"""
    code, said, data = into(graded, "Enw,Cyfeiriad,scaling [Total Pts: 6 Score] |73\nx,ada,\n", to="blackboard")
    assert (code, data) == (2, b"")
    assert "does not say who people are in a language that is known here. It has: Enw, Cyfeiriad" in said


def test_the_worksheet_of_another_unit(class_: Class) -> None:
    """its name says so; a person may still say that it is the right one"""
    tiny_course.add_unit(class_.course.root)
    text = DOWNLOADS["moodle, worksheet"].data
    code, said, data = into(class_, text, to="moodle", name="Grades-CNN-Growing-4711.csv")
    assert (code, data) == (2, b"")
    assert 'is named after another unit than scaling. If it is the right one: --column "Grade"' in said
    assert into(class_, text, "--column", "Grade", to="moodle", name="Grades-CNN-Growing-4711.csv")[0] == 0
    assert into(class_, text, to="moodle", name="Grades-CNN-Scaling-4711.csv")[0] == 0
    assert into(class_, text, to="moodle", name="Grades-Growing up-Scaling-4711.csv")[0] == 0
    assert into(class_, text, to="moodle", name="Grades-Scaling up-Growing-4711.csv")[0] == 2


def test_a_worksheet_of_another_assignment_than_the_roster_knows(graded: Class) -> None:
    """numbers are new in each: the address tells who it is"""
    text = (
        'Identifier,"Email address",Floor,Desk,Status,Grade,"Maximum Grade","Last modified (grade)"\n'
        '"Participant 901",ada@uni.example,5,2,Submitted,,6.00,-\n"Participant 907",li@uni.example,4,2,Submitted,,6.00,-\n'
    )
    _, _, data = into(graded, text, to="moodle")
    assert [cell(data, line, 5) for line in (2, 3)] == ["5.75", "5"]


@pytest.mark.parametrize(
    ("name", "mark"), [("moodle, worksheet", ",5.75,6.00,"), ("moodle, worksheet in German", ',"5,75","6,00",')]
)
def test_decimals_are_those_of_the_file(files: dict[str, bytes], name: str, mark: str) -> None:
    """a comma where the other numbers have one, in quotes where it would separate"""
    assert mark in files[name].decode()


def test_a_worksheet_whose_grade_is_not_clear(graded: Class) -> None:
    """without a maximum, or with two columns that may be it, a person names the column"""
    text = 'Identifier,"Full name",Grade,"Last modified (grade)"\n"Participant 201","Ada Lovelace",,-\n'
    code, said, _ = into(graded, text, to="moodle")
    assert code == 2
    assert 'The columns: "Full name", "Grade"' in said
    assert b'"Ada Lovelace",5.75,-' in into(graded, text, "--column", "Grade", to="moodle")[2]


def test_the_download_is_not_lost(class_: Class) -> None:
    """neither it nor a file that a person names is written over unasked; an earlier export in its usual place is"""
    source, usual = class_.course.root / "in.csv", class_.room / "exports" / "scaling-canvas.csv"
    source.write_bytes(CANVAS.data)
    pipe = class_.course.root / "pipe"
    os.mkfifo(pipe)
    other = class_.course.root / "other.csv"
    other.write_text("somebody's")
    for words in (("-o", source), ("-o", other), ("-o", class_.course.root), ("-o", pipe, "--force")):
        code, said = export(class_, "scaling", "--to", "canvas", "--into", source, *words)
        assert code == 2
        assert "Name another" in said or "is a folder" in said or "is no file" in said
    assert (source.read_bytes(), other.read_text()) == (CANVAS.data, "somebody's")
    for _ in range(2):
        assert export(class_, "scaling", "--to", "canvas", "--into", source)[0] == 0
    assert usual.stat().st_mode & 0o077 == 0
    assert export(class_, "scaling", "--to", "canvas", "--into", usual)[0] == 2
    assert export(class_, "scaling", "--to", "canvas", "--into", source, "-o", source, "--force")[0] == 0
    assert source.read_bytes() == usual.read_bytes() != CANVAS.data


def test_the_log(class_: Class) -> None:
    """what went out is noted with the file's digest, and marks that the log did not have; a rehearsal leaves no trace"""
    source = class_.course.root / "in.csv"
    source.write_bytes(CANVAS.data)
    log = class_.room / "log.jsonl"
    class_.change("UPDATE grade SET manual_score = 0.5 WHERE manual_score = 0.75")
    before = log.read_text()
    code, said = export(class_, "scaling", "--to", "canvas", "--into", source, "--dry-run")
    assert code == 0
    assert "Nothing was written: this is what would be in" in said
    assert not (class_.room / "exports").exists()
    assert log.read_text() == before
    export(class_, "scaling", "--to", "canvas", "--into", source, "--provisional")
    mark, line = map(json.loads, log.read_text().removeprefix(before).splitlines())
    assert (mark["event"], mark["points"], mark["seen"]) == ("mark", [0.75, 0.5], True)
    file = class_.room / "exports" / "scaling-canvas.csv"
    assert {name: line[name] for name in ("event", "unit", "to", "marks", "provisional", "file", "content")} == {
        "event": "exported", "unit": "scaling", "to": "canvas", "marks": 4, "provisional": True, "file": str(file),
        "content": hashlib.sha256(file.read_bytes()).hexdigest(),
    }  # fmt: skip


def test_plain_table(class_: Class) -> None:
    """one line a person, with the mark and why there is none; a name that begins like a formula is a name"""
    code, said = export(class_, "--all", "--to", "csv")
    assert code == 0, said
    text = (class_.room / "exports" / "scaling.csv").read_text(encoding="utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert {student: row["scaling"] for student, row in rows.items()} == {
        "ada": "5.75", "ben": "2.5", "cleo": "0", "dang": "", "eve": "", "fay": "", "li": "5",
    }  # fmt: skip
    assert (rows["ben"]["scaling late penalty"], rows["ben"]["scaling possible"]) == ("2.5", "6")
    assert rows["dang"]["scaling state"] == "waiting for a person"
    assert rows["fay"]["first_name"] == "'=HYPERLINK(1)"
    assert rows["ben"]["last_name"] == "O'Neil, Jr."
    assert export(class_, "scaling", "--to", "csv", "--scale")[0] == 2


def test_gradescope_table(graded: Class) -> None:
    """has the columns of Gradescope's own download, and says that Gradescope does not take it in"""
    place = graded.course.root / "gradescope.csv"
    place.unlink(missing_ok=True)
    code, said = export(graded, "scaling", "--to", "gradescope", "-o", place)
    assert code == 0
    assert "Gradescope itself takes in no table of marks" in said
    ada, ben = list(csv.DictReader(io.StringIO(place.read_text(encoding="utf-8-sig"), newline="")))[:2]
    title = "Numbers, twice and three times"
    assert (ada["SID"], ada["Email"], ada[title], ada[f"{title} - Max Points"]) == ("ada", "ada@uni.example", "5.75", "6")
    assert ben[f"{title} - Lateness (H:M:S)"] == "32:00:00"


def test_units_that_are_not_released(class_: Class) -> None:
    """are left out of --all and said, and an error by name; two units need two columns"""
    tiny_course.add_unit(class_.course.root)
    code, said = export(class_, "--all", "--to", "csv")
    assert code == 0
    assert "Never released, and left out: growing." in said
    code, said = export(class_, "growing", "--to", "csv")
    assert (code, "cnngrade release growing" in said) == (2, True)
    assert export(class_, "scaling", "--all", "--to", "csv")[0] == 2
    assert export(class_, "--to", "csv")[0] == 2


def test_two_units_at_once(class_: Class, tmp_path: Path) -> None:
    """each has its column; one column for both is refused, and so is one that may be either's"""
    tiny_course.add_unit(class_.course.root)
    course = load_course(class_.course.root)
    release(course, course.units[1], tmp_path / "handout", {"fourfold": 3.0, "triple": 2.0})
    head = "Student,ID,SIS Login ID,Section,scaling (7),Growing (8)"
    text = f"{head}\n    Points Possible,,,,6,6\nAda,101,ada,A,,\n"
    (class_.course.root / "in.csv").write_text(text)
    words = ("growing", "--to", "canvas", "--into", "in.csv", "-o", "out.csv", "--force", "--missing", "zero")
    code, said = export(class_, "scaling", *words)
    assert code == 1, said
    assert (class_.course.root / "out.csv").read_text() == text.replace("ada,A,,", "ada,A,5.75,0")
    for more in (("--column", "growing=7", "--column", "scaling=7"), ("--column", "7"), ("--column", "other=7")):
        assert export(class_, "scaling", *words, *more)[0] == 2


@pytest.mark.slow
def test_a_gradebook_that_is_locked(class_: Class) -> None:
    """is a fault that says what to do, and nothing is written"""
    with closing(class_.database()) as database:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        code, said = export(class_, "scaling", "--to", "csv")
    assert (code, (class_.room / "exports").exists()) == (4, False)
    assert "gradebook" in said


def test_a_damaged_report_and_a_log_that_cannot_be_written(class_: Class) -> None:
    """a report that nobody can read says nothing of the work; without the log nothing goes out"""
    (class_.room / "reports" / "scaling" / "ada.json").write_text("{")
    assert cell(into(class_, small("Ada,101,ada,A,"))[2], 3) == "5.75"
    (class_.room / "log.jsonl").unlink()
    (class_.room / "log.jsonl").mkdir()
    code, said, data = into(class_, small("Ada,101,ada,A,"))
    assert (code, data) == (4, b"")
    assert "log.jsonl" in said
