"""More time by command: days by the clock, hours, a date; who has some; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnngrade.cli.main import main
from cnngrade.course.dates import due_moment
from cnngrade.course.load import load_course
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.extensions import extensions_in
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.jobs.extend import Extension, extend, extension_as_text, extension_time, extensions
from cnngrade.model import Course, Unit
from support import tiny_course
from support.graded_class import Class, release


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A released unit, due in Berlin at noon, and two students in the gradebook who handed in nothing."""
    root = tmp_path_factory.mktemp("class")
    book = tiny_course.make_course(root / "course") / "course.yml"
    book.write_text(book.read_text() + "timezone: Europe/Berlin\n")
    course = load_course(book)
    class_ = Class(course, course.units[0])
    release(course, class_.unit, root / "handout")
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        for name in ("ada", "ben"):
            gradebook.add_student(name)
    return class_


@pytest.fixture
def class_(released: Class, tmp_path: Path) -> Class:
    return released.copy(tmp_path / "course")


def give(class_: Class, command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    monkeypatch.chdir(class_.course.root)
    result = CliRunner().invoke(main, ["extend", *command.split()], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_the_command(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """several students get days, hours or a date; the list says who has what; 0 takes it back"""
    for command, said in (
        ("ada scaling --days 2", "ada: 2 days more for scaling, due 2026-03-03 12:00 (Europe/Berlin)\n"),
        ("ada ben scaling --hours 36", None),
        ("scaling --list", "ada: 1 day 12 h more for scaling, due 2026-03-03 00:00 (Europe/Berlin)\n"),
        ("ben ben scaling --days 1 --hours 1.5", "ben: 1 day 1 h more for scaling, due 2026-03-02 13:30 (Europe/Berlin)\n"),
        ("ada scaling --until 2026-03-12", "ada: 11 days 11 h more for scaling, due 2026-03-12 23:59 (Europe/Berlin)\n"),
        ("--list", "ben: 1 day 1 h more for scaling, due 2026-03-02 13:30 (Europe/Berlin)\n"),
        ("ben scaling --days 0", "ben: no extension for scaling, due 2026-03-01 12:00 (Europe/Berlin)\n"),
        ("ada scaling --hours 0", "ada: no extension for scaling, due 2026-03-01 12:00 (Europe/Berlin)\n"),
        ("scaling", "Nobody has more time.\n"),
    ):
        status, out, _ = give(class_, command, monkeypatch)
        assert status == 0, command
        assert said is None or out.endswith(said) or out.startswith(said), command
    assert class_.rows()["submission"] == []


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("zoe scaling --days 1", 'No student is called "zoe"'),
        ("Ada scaling --days 1", "Did you mean ada?"),
        ("ada zoe scaling --days 1", 'No student is called "zoe"'),
        ("ada scalin --days 1", "Did you mean scaling?"),
        ("scaling ada --days 1", "The unit comes last"),
        ("ada scaling", "--days 0 takes it back"),
        ("", "--days 0 takes it back"),
        ("scaling --days 1", "Name the students and then the unit"),
        ("ada scaling --days -1", "from 0 to 3650"),
        ("ada scaling --days nan", "from 0 to 3650"),
        ("ada scaling --hours inf", "from 0 to 3650"),
        ("ada scaling --days 1e300", "from 0 to 3650"),
        ("ada scaling --days two", "not a valid float"),
        ("ada scaling --until 2026-03-12 --days 1", "leave out --days"),
        ("ada scaling --until 2026-03-01T12:00", "is no later than 2026-03-01 12:00 (Europe/Berlin)"),
        ("ada scaling --until 12.3.2026", "is not a date"),
        ("ada scaling --list", "--list goes with a unit"),
        ("scaling --list --days 1", "--list goes with a unit"),
        ("scalin --list", "Did you mean scaling?"),
    ],
)
def test_what_is_refused(class_: Class, monkeypatch: pytest.MonkeyPatch, command: str, says: str) -> None:
    """wrong usage says what is right, ends with 2, and leaves the gradebook as it was"""
    before = class_.rows()
    status, _, said = give(class_, command, monkeypatch)
    assert (status, class_.rows()) == (2, before)
    assert says in " ".join(said.split())


def test_a_unit_that_was_not_released(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """without a release there is nobody to give time to, and the error says what to do first; the list of all is empty"""
    class_ = Class(course, course.units[0])
    status, _, said = give(class_, "ada scaling --days 1", monkeypatch)
    assert status == 2
    assert "cnngrade release" in said
    assert give(class_, "--list", monkeypatch)[:2] == (0, "Nobody has more time.\n")


def in_berlin(class_: Class, due: str) -> Unit:
    return replace(class_.unit, due=due_moment(due, class_.course.zone))


@pytest.mark.parametrize(
    ("due", "days", "hours", "expected"),
    [
        ("2026-03-27", 2, 0, timedelta(hours=47)),
        ("2026-10-24", 2, 0, timedelta(hours=49)),
        ("2026-10-24", 0, 48, timedelta(hours=48)),
        ("2026-12-30", 2, 0, timedelta(days=2)),
        ("2028-02-28", 1.5, 0, timedelta(hours=36)),
        ("2026-03-09", 0, 0, timedelta()),
    ],
)
def test_days_are_those_of_the_clock(released: Class, due: str, days: float, hours: float, expected: timedelta) -> None:
    """two days more end at the same time of day, also where clocks are changed in between; hours are hours"""
    assert extension_time(released.course, in_berlin(released, due), days, hours) == expected


def test_a_date_of_ones_own(released: Class) -> None:
    """a date is counted from when the unit is due, whatever the clocks do in between; a unit that is never due has none"""
    unit = in_berlin(released, "2026-10-20 12:00")
    assert extension_time(released.course, unit, until="2026-10-27 12:00") == timedelta(days=7, hours=1)
    assert extension_time(released.course, unit, until="2026-10-20 13:00 UTC") == timedelta(hours=3)
    never = replace(unit, due=None)
    with pytest.raises(UsageError, match="has no due date"):
        extension_time(released.course, never, until="2026-10-27")
    assert extension_time(released.course, never, days=1) >= timedelta(hours=20)


def test_from_python(class_: Class) -> None:
    """a call gives the time and returns it with each student's own due date; nbgrader's gradebook holds it"""
    due = datetime(2026, 3, 1, 16, tzinfo=UTC)
    expected = (Extension("ben", "scaling", timedelta(hours=5), due),)
    assert extend(class_.course, class_.unit, ["ben"], timedelta(hours=5)) == expected
    assert extensions(class_.course, class_.unit) == expected
    assert extensions_in(class_.course, class_.unit) == {"ben": timedelta(hours=5)}
    with open_gradebook(course_directory(classroom_config.read(class_.course))) as gradebook:
        assert gradebook.find_submission("scaling", "ben").duedate == due.replace(tzinfo=None)


def test_a_strange_name_moves_no_terminal() -> None:
    """a student's id is shown with what it holds"""
    text = extension_as_text(Extension("a\x1b]0;t\x07", "scaling", timedelta(days=1), None))
    assert text == r"a\x1b]0;t\x07: 1 day more for scaling"
