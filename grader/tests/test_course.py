"""course.yml: what it says becomes a Course, and what is wrong with it becomes a line number and a remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import tinycourse
from cnngrade.course import find_course, load_course
from cnngrade.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tinycourse.make_course(tmp_path / "course")


def problem(root: Path, old: str, new: str) -> str:
    """Return what is said of the tiny course after one change."""
    book = root / "course.yml"
    text = book.read_text()
    assert old in text
    book.write_text(text.replace(old, new, 1))
    with pytest.raises(CourseError) as caught:
        load_course(root)
    return str(caught.value)


def test_a_course_is_read(root: Path) -> None:
    """title, units, dates (UTC unless they say otherwise) and policy; the name follows from the title"""
    course = load_course(root)
    (unit,) = course.units
    assert (course.name, course.title, course.root) == ("a-tiny-course", "A tiny course", root)
    assert (unit.points, unit.prose_points, unit.functions) == (6.0, 1.0, ("double", "triple"))
    assert unit.due == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert course.policy.late_penalty_per_day == 0.25
    assert not course.handout


def test_our_own_course_is_read() -> None:
    """the course in this repository loads, with its units in order"""
    course = load_course(ROOT)
    assert [unit.name for unit in course.units] == ["padding", "convolution", "pooling", "hierarchy"]


def test_dates_may_have_a_zone(root: Path) -> None:
    """a date with a zone is the moment that it names; a day alone begins at midnight UTC"""
    book = root / "course.yml"
    book.write_text(book.read_text().replace("due: 2026-03-01 12:00", "due: 2026-03-01 12:00+02:00\n    release: 2026-02-01"))
    (unit,) = load_course(book).units
    assert unit.due == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert unit.release == datetime(2026, 2, 1, tzinfo=UTC)
    assert unit.due is not None
    assert unit.due.utcoffset() == timedelta(hours=2)


def test_the_course_is_found_from_below(root: Path, tmp_path: Path) -> None:
    """any folder below the course will do; elsewhere the error says where was looked"""
    assert find_course(root / "exercises") == root / "course.yml"
    with pytest.raises(CourseError, match=r"no course\.yml in .*elsewhere"):
        find_course(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    title: Numbers", "    title: 'Numbers", 4, "not YAML"),
        ("    points: 6", "   points: 6", 5, "not YAML"),
        ("    points: 6", "    points: 6\n    points: 7", 6, '"points" stands here for the second time (first on line 5)'),
        ("    points: 6", "    pionts: 6", 5, "Did you mean points?"),
        ("policy:", "polcy:", 9, "Did you mean policy?"),
        ("late_penalty_per_day", "late_penalty", 10, "Did you mean late_penalty_per_day?"),
        ("    points: 6\n", "", 3, '"points" is missing'),
        ("points: 6", "points: six", 5, "must be a number"),
        ("points: 6", "points: 0", 5, "points"),
        ("functions: [double, triple]", "functions: double", 7, "must be a list"),
        ("functions: [double, triple]", "functions: []", 7, "is empty"),
        ("functions: [double, triple]", "functions: [double, double]", 7, 'the function "double" twice'),
        ("name: scaling", "name: My Unit", 3, "cannot be used"),
        ("prose: 1", "prose: 7", 6, "worth more than the whole unit"),
        ("prose: 1", "prose: 1\n    budgets: {tripel: 5}", 7, "Did you mean triple?"),
        ("due: 2026-03-01 12:00", "due: 2026-02-30", 8, "no date"),
        ("due: 2026-03-01 12:00", "due: soon", 8, "no date"),
        ("due: 2026-03-01 12:00", "due: 2026-03-01\n    release: 2026-04-01", 8, "before it is released"),
        ("title: A tiny", "points: 7\ntitle: A tiny", 1, "add up to 6 points, not to 7"),
        ("title: A tiny", "classroom: ../elsewhere\ntitle: A tiny", 1, "outside"),
        ("late_penalty_per_day: 0.25", "late_penalty_per_day: 25", 10, "late_penalty_per_day"),
        ("name: scaling", "name: scalin", 3, "Did you mean scaling?"),
    ],
)
def test_mistakes_are_named_by_line(root: Path, old: str, new: str, line: int, says: str) -> None:
    """every kind of mistake names file and line, and says what to do"""
    said = problem(root, old, new)
    assert f"course.yml, line {line}: " in said
    assert says in said


def test_two_units_of_one_name(root: Path) -> None:
    """a name that is taken is named at its second place"""
    unit = "  - {name: scaling, title: Again, points: 1, functions: [f]}\n"
    assert 'line 9: there are two units called "scaling"' in problem(root, "policy:", unit + "policy:")


@pytest.mark.parametrize(
    "name",
    [
        "exercises/scaling.py",
        "solutions/scaling.py",
        "autograde_tests/public/test_scaling.py",
        "autograde_tests/hidden/test_scaling.py",
        "autograde_tests/mistakes/scaling.py",
    ],
)
def test_missing_files_are_named(root: Path, name: str) -> None:
    """a unit without one of its files says which, and how to make it"""
    (root / name).unlink()
    with pytest.raises(CourseError, match=rf"line 3: unit \"scaling\" has no file {name}.*cnngrade new scaling"):
        load_course(root)


def test_several_problems_are_told_at_once(root: Path) -> None:
    """one run tells what can be told, in the order of the lines"""
    said = problem(root, "points: 6\n    prose: 1", "points: six\n    prsoe: 1").splitlines()
    assert [line.partition(":")[0] for line in said] == ["course.yml, line 5", "course.yml, line 6"]


def test_other_encodings_are_named(root: Path) -> None:
    """a file that is not UTF-8 says in which line"""
    book = root / "course.yml"
    book.write_bytes(book.read_bytes().replace(b"Numbers", b"Z\xe4hlen"))
    with pytest.raises(CourseError, match=r"line 4: the file is not UTF-8"):
        load_course(root)


def test_an_empty_file_is_no_course(root: Path) -> None:
    """an empty course.yml is said to be no table"""
    (root / "course.yml").write_text("")
    with pytest.raises(CourseError, match=r"line 1: .*must be a table"):
        load_course(root)
