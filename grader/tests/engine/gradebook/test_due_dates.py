"""Due dates and extensions, with a real gradebook: a change in course.yml counts at once, and more time is no submission."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.plugins.export import CsvExportPlugin
from sqlalchemy import event

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.class_table import ClassRow, class_table
from cnngrade.gradebook.due_dates import keep_due_date
from cnngrade.gradebook.extensions import extensions_in, grant_extensions
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.session import course_directory, open_gradebook, run
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Fate
from cnngrade.jobs.grade import grade
from support import tiny_course
from support.graded_class import Class, release
from support.sweeps import sweep

DAY_LATE = "2026-03-02 11:00:00.000000 UTC"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class of three, of whom one was late, judged and recorded; `absent` is in the gradebook, and handed in nothing."""
    root = tmp_path_factory.mktemp("class")
    course = load_course(tiny_course.make_course(root / "course"))
    class_ = Class(course, course.units[0])
    release(course, class_.unit, root / "handout")
    for student, when in (("early", None), ("late", DAY_LATE), ("other", "2026-02-28 12:00:00.000000 UTC")):
        class_.hand_in(student, "scaling.ipynb", class_.notebook(**tiny_course.RIGHT), when)
    with opened(class_) as gradebook:
        gradebook.add_student("absent")
    assert grade(course, class_.unit).missing == ()
    return class_


@pytest.fixture
def class_(graded: Class, tmp_path: Path) -> Class:
    return graded.copy(tmp_path / "course")


@contextmanager
def opened(class_: Class) -> Iterator[Gradebook]:
    with open_gradebook(course_directory(classroom_config.read(class_.course))) as gradebook:
        yield gradebook


def with_course(class_: Class, old: str, new: str) -> Class:
    """Return the class after a change of its course.yml."""
    book = class_.course.root / "course.yml"
    assert old in book.read_text()
    book.write_text(book.read_text().replace(old, new))
    course = load_course(book)
    return Class(course, course.units[0])


def rows(class_: Class) -> dict[str, ClassRow]:
    return {row.student: row for row in class_table(class_.course, class_.unit)}


def autograde(class_: Class, student: str) -> None:
    """Give the command `nbgrader autograde` in this process."""
    config = classroom_config.read(class_.course)
    coursedir = course_directory(config)
    coursedir.assignment_id, coursedir.student_id = "scaling", student
    run(Autograde, coursedir, config)


BOTH = pytest.mark.parametrize("by", sweep(["grade", "autograde"], ["grade"]))


@pytest.mark.parametrize(
    ("due", "penalty"),
    [("2026-03-02 10:59", 1.25), ("2026-03-02 11:00", None), ("2026-03-02", None), ("2026-02-20", 5.0), (None, None)],
)
@BOTH
def test_a_changed_due_date_counts_without_a_release(class_: Class, due: str | None, penalty: float | None, by: str) -> None:
    """work that is graded already costs what the new date says, and is not judged again, by our command and by nbgrader's"""
    assert rows(class_)["late"].late_penalty == 1.25
    stamps = {path: path.stat().st_mtime_ns for path in (class_.room / "reports").rglob("*.json")}
    assert len(stamps) == 3
    changed = with_course(class_, "    due: 2026-03-01 12:00\n", f"    due: {due}\n" if due else "")
    if by == "grade":
        assert grade(changed.course, changed.unit).missing == ()
    else:
        autograde(changed, "late")
    assert {row[0]: row[3] for row in changed.rows()["notebook"]}["late"] == penalty
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    with opened(changed) as gradebook:
        kept = gradebook.find_assignment("scaling").duedate
    assert (kept is None) == (due is None)


@pytest.mark.parametrize(
    ("submitted", "days"),
    # On 25 October clocks in Berlin show the hour from two to three twice: the day after the 24th has 25 hours.
    [("2026-10-25 21:59:59", 1), ("2026-10-25 22:59:59", 1), ("2026-10-25 23:00:00", 2)],
)
def test_a_day_late_is_a_day_of_the_clock(class_: Class, submitted: str, days: int) -> None:
    """due at the end of a day in Berlin, work of the whole next day is a day late, be it an hour longer"""
    changed = with_course(class_, "    due: 2026-03-01 12:00\n", "    due: 2026-10-24\n")
    changed = with_course(changed, "policy:", "timezone: Europe/Berlin\npolicy:")
    changed.hand_in("late", "scaling.ipynb", changed.notebook(**tiny_course.RIGHT), f"{submitted}.000000 UTC")
    assert grade(changed.course, changed.unit).missing == ()
    row = rows(changed)["late"]
    assert row.late is not None
    assert (row.late.days(changed.course.zone), row.late_penalty) == (days, 1.25 * days)
    autograde(changed, "late")
    assert rows(changed)["late"].late_penalty == 1.25 * days


def test_more_time_for_what_is_never_due(class_: Class) -> None:
    """an extension in a unit without a due date changes nothing, for our commands and for nbgrader's"""
    grant_extensions(class_.course, class_.unit, {"late": timedelta(hours=1), "absent": timedelta(hours=1)})
    changed = with_course(class_, "    due: 2026-03-01 12:00\n", "")
    assert grade(changed.course, changed.unit).missing == ()
    autograde(changed, "late")
    assert [path.parents[1].name for path in write_feedback(changed.course, changed.unit, ["late"])] == ["late"]
    found = rows(changed)
    assert (found["late"].late_penalty, found["late"].extension, found["absent"].extension) == (0.0, 1.0, 1.0)


def test_a_due_date_is_entered_once(class_: Class) -> None:
    """a date that stands in the gradebook is not written again, be it one that clocks show twice"""
    changed = with_course(class_, "    due: 2026-03-01 12:00\n", "    due: 2026-10-25 02:30\n")
    changed = with_course(changed, "policy:", "timezone: Europe/Berlin\npolicy:")
    written = []
    for _ in range(2):
        with opened(changed) as gradebook:
            event.listen(gradebook.db, "before_flush", lambda *_: written.append("flush"))
            keep_due_date(gradebook, changed.unit)
            assert gradebook.find_assignment("scaling").duedate == datetime(2026, 10, 25, 1, 30)
    assert written == ["flush"]


def test_more_time_counts_and_may_be_taken_back(class_: Class) -> None:
    """an extension instead of the one before; the penalty follows when the work is graded again"""
    for hours, penalty in ((22, 1.25), (23, 0.0), (0, 1.25)):
        grant_extensions(class_.course, class_.unit, {"late": timedelta(hours=hours)})
        assert grade(class_.course, class_.unit).missing == ()
        assert (rows(class_)["late"].extension, rows(class_)["late"].late_penalty) == (hours, penalty)
    assert extensions_in(class_.course, class_.unit) == {}


@pytest.mark.parametrize(
    ("student", "says"),
    [
        ("Late", "Did you mean late?"),
        ("absnt", "Did you mean absent?"),
        ("zoe\x1b[2J", r"zoe\x1b[2J"),
        ("", "No student"),
        ("..", "No student"),
    ],
)
def test_nobody_is_made_up(class_: Class, student: str, says: str) -> None:
    """who is not known gets no extension, and nor do those named beside; the gradebook stays as it was"""
    before = class_.rows()
    with pytest.raises(UsageError) as caught:
        grant_extensions(class_.course, class_.unit, {"other": timedelta(days=1), student: timedelta(days=1)})
    assert says in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert class_.rows() == before


def test_who_handed_in_is_known(class_: Class) -> None:
    """work that was collected and not graded yet makes its student known, under the name of the folder"""
    class_.hand_in("fresh", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT), DAY_LATE)
    grant_extensions(class_.course, class_.unit, {"fresh": timedelta(days=1)})
    assert grade(class_.course, class_.unit).missing == ()
    assert (rows(class_)["fresh"].late_penalty, rows(class_)["fresh"].extension) == (0.0, 24.0)


def test_who_is_on_the_roster_is_known(class_: Class) -> None:
    """a participant who is not in the gradebook yet is entered with the roster's names"""
    (class_.room / "roster.csv").write_text(
        "id,first_name,last_name,email\nzoe,Zo\u00eb,Ng,zoe@example.org\n", encoding="utf-8"
    )
    grant_extensions(class_.course, class_.unit, {"zoe": timedelta(days=1)})
    assert ("zoe", "Zo\u00eb", "Ng", "zoe@example.org", None) in class_.rows()["student"]
    with pytest.raises(UsageError, match="Did you mean zoe"):
        grant_extensions(class_.course, class_.unit, {"Zo": timedelta(days=1)})


def test_an_extension_is_no_submission(class_: Class) -> None:
    """neither our table nor formgrader, its averages or nbgrader's export count it as work with no points"""
    config = classroom_config.read(class_.course)
    coursedir = course_directory(config)
    api = NbGraderAPI(coursedir, config=config)
    told = (api.get_assignment("scaling"), api.get_submissions("scaling"), export(class_))
    assert told[0]["average_score"] == 5.0
    grant_extensions(class_.course, class_.unit, {"absent": timedelta(days=2)})
    assert (api.get_assignment("scaling"), api.get_submissions("scaling"), export(class_)) == told
    row = rows(class_)["absent"]
    assert (row.score, row.submitted, row.cells, row.extension) == (None, None, {}, 48.0)
    grant_extensions(class_.course, class_.unit, {"absent": timedelta()})
    assert rows(class_)["absent"] == ClassRow("absent", None, 6.0, {})


def test_an_average_asks_no_more_of_a_larger_class(class_: Class) -> None:
    """who handed in nothing is left out of it by as many questions to the database, be it of one student or of three"""
    grant_extensions(class_.course, class_.unit, {"absent": timedelta(hours=1)})
    asked: list[int] = []
    for gone in ((), ("early", "other")):
        statements: list[str] = []
        with opened(class_) as gradebook:
            for student in gone:
                gradebook.remove_submission("scaling", student)
            event.listen(gradebook.engine, "before_cursor_execute", lambda *given, to=statements: to.append(given[2]))
            assert gradebook.average_assignment_score("scaling") == 5.0
        asked.append(len(statements))
    assert asked[0] == asked[1] > 0


def export(class_: Class) -> str:
    """Return what `nbgrader export` writes."""
    path = class_.room / "grades.csv"
    with opened(class_) as gradebook:
        CsvExportPlugin(to=str(path)).export(gradebook)
    return path.read_text()


@BOTH
def test_work_comes_after_its_extension(class_: Class, by: str) -> None:
    """who got more time before handing in is graded like anybody else, by our command and by nbgrader's"""
    grant_extensions(class_.course, class_.unit, {"absent": timedelta(hours=23)})
    class_.hand_in("absent", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT), DAY_LATE)
    if by == "grade":
        assert grade(class_.course, class_.unit).missing == ()
    else:
        autograde(class_, "absent")
    row = rows(class_)["absent"]
    assert (row.score, row.late_penalty, row.extension) == (5.0, 0.0, 23.0)
    assert row.submitted is not None
    assert row.submitted.isoformat() == "2026-03-02T11:00:00+00:00"


@pytest.mark.parametrize(
    ("submitted", "is_late"),
    [("2026-03-01 13:30:00 +0200", False), ("2026-03-01 12:30:00 CET", False), ("2026-03-01 07:30:00 EST", True)],
)
def test_a_time_of_submission_is_in_the_zone_that_it_says(class_: Class, submitted: str, is_late: bool) -> None:
    """an exchange may write times of its own zone: half an hour before noon of UTC is in time, half an hour after it late"""
    class_.hand_in("other", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT), submitted)
    assert grade(class_.course, class_.unit).missing == ()
    assert bool(rows(class_)["other"].late_penalty) is is_late


@BOTH
def test_work_without_a_time_has_not_that_of_the_work_before(class_: Class, by: str) -> None:
    """of a resubmission nobody knows when it came: it is not late because its predecessor was"""
    assert rows(class_)["late"].late_penalty
    (class_.room / "submitted" / "late" / "scaling" / "timestamp.txt").unlink()
    if by == "grade":
        assert grade(class_.course, class_.unit).missing == ()
    else:
        autograde(class_, "late")
    row = rows(class_)["late"]
    assert (row.late_penalty, row.submitted, row.score) == (0.0, None, 5.0)


def test_a_student_reads_how_late_the_work_was(class_: Class) -> None:
    """feedback says when the work was due, with any extension, when it came, how late that is and what it costs"""
    changed = with_course(class_, "policy:", "timezone: Asia/Kathmandu\npolicy:")
    grant_extensions(changed.course, changed.unit, {"late": timedelta(hours=5)})
    assert grade(changed.course, changed.unit).missing == ()
    pages = {path.parents[1].name: path.read_text(encoding="utf-8") for path in write_feedback(changed.course, changed.unit)}
    assert "Due 2026-03-01 17:00 (Asia/Kathmandu), handed in 2026-03-02 16:45 (Asia/Kathmandu)" in pages["late"]
    assert "23 h 45 min late, 1 day begun. This costs 1.25 points." in pages["late"]
    written = pages["late"].index("<strong>Late.</strong>")
    assert "cnngrade-student" not in pages["late"][pages["late"].rindex("<div class=", 0, written) : written]
    assert not any("<strong>Late.</strong>" in pages[name] for name in ("early", "other"))
    for before, fraction, cost in (("0.25", "0.2", "1 point"), ("0.2", "0", "nothing")):
        other = with_course(changed, f"late_penalty_per_day: {before}", f"late_penalty_per_day: {fraction}")
        assert grade(other.course, other.unit).missing == ()
        (page,) = write_feedback(other.course, other.unit, ["late"])
        assert f"1 day begun. This costs {cost}." in page.read_text(encoding="utf-8")


def test_formgrader_shows_the_courses_zone(class_: Class, tmp_path: Path) -> None:
    """after a release, times in formgrader are those of the course's zone"""
    changed = with_course(class_, "policy:", "timezone: Asia/Kathmandu\npolicy:")
    release(changed.course, changed.unit, tmp_path / "handout")
    config = classroom_config.read(changed.course)
    api = NbGraderAPI(course_directory(config), config=config)
    assert api.get_assignment("scaling")["display_duedate"] == "2026-03-01 12:00:00 +0545"
    (late,) = [entry for entry in api.get_submissions("scaling") if entry["student"] == "late"]
    assert late["display_timestamp"] == "2026-03-02 16:45:00 +0545"
    assert late["timestamp"] == "2026-03-02T11:00:00"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot move a process to another zone")
@pytest.mark.parametrize(
    ("zone", "due", "saved", "penalty"),
    [
        # Four hours before the course's end of the day, be it the next day already in UTC.
        ("America/New_York", "2026-03-01 23:59", (2026, 3, 1, 20, 0, 0), 0.0),
        ("America/New_York", "2026-03-01", (2026, 3, 1, 23, 59, 58), 0.0),
        ("America/New_York", "2026-03-01", (2026, 3, 2, 0, 0, 0), 1.25),
        ("UTC", "2026-03-09", (2026, 3, 9, 9, 0, 0), 0.0),
        ("UTC", "2026-03-09", (2026, 3, 10, 0, 0, 0), 1.25),
        ("Europe/Berlin", "2026-03-29", (2026, 3, 29, 23, 59, 58), 0.0),
        ("Europe/Berlin", "2026-03-29", (2026, 3, 30, 0, 0, 0), 1.25),
    ],
)
def test_a_zip_and_a_due_date_are_in_one_zone(
    class_: Class, monkeypatch: pytest.MonkeyPatch, zone: str, due: str, saved: tuple[int, ...], penalty: float
) -> None:
    """work in a zip of students' folders is late by the clock of the course, whatever the zone of the machine is"""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        changed = with_course(class_, "    due: 2026-03-01 12:00\n", f"    due: {due}\n")
        changed = with_course(changed, "policy:", f"timezone: {zone}\npolicy:")
        path = changed.course.root / "handed-in.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for student, moment in (("early", (2026, 2, 27, 10, 0, 0)), ("late", saved)):
                entry = zipfile.ZipInfo(f"{student}/scaling.ipynb", moment)
                archive.writestr(entry, changed.notebook(**tiny_course.RIGHT))
        collect(changed.course, changed.unit, path, force=True)
        assert grade(changed.course, changed.unit).missing == ()
    time.tzset()
    assert {name: row.late_penalty for name, row in rows(changed).items() if name in ("early", "late")} == {
        "early": 0.0,
        "late": penalty,
    }


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("UTC", "2026-03-09"),
        ("Europe/Berlin", "2026-10-25 02:30"),
        ("Europe/Berlin", "2026-03-29 02:30"),
        ("America/Sao_Paulo", "2018-02-17"),
    ],
)
def test_what_a_platform_calls_late_is_late(class_: Class, zone: str, due: str) -> None:
    """where only the platform's word says so, work is late by the least that is late, also where clocks are put back then"""
    changed = with_course(class_, "    due: 2026-03-01 12:00\n", f"    due: {due}\n")
    changed = with_course(changed, "policy:", f"timezone: {zone}\npolicy:")
    path = changed.course.root / "submissions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("loveada_101_901_scaling.ipynb", "roejohn_LATE_102_902_scaling.ipynb"):
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 9, 9, 0, 0)), changed.notebook(**tiny_course.RIGHT))
    collect(changed.course, changed.unit, path)
    assert grade(changed.course, changed.unit).missing == ()
    found = rows(changed)
    assert (found["101"].late, found["101"].late_penalty) == (None, 0.0)
    assert found["102"].late is not None
    assert (found["102"].late.seconds, found["102"].late_penalty) == (1.0, 1.25)


def _canvas_zip(class_: Class, *names: str) -> Path:
    path = class_.course.root / "submissions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 9, 9, 0, 0)), class_.notebook(**tiny_course.RIGHT))
    return path


@BOTH
def test_late_by_a_word_stays_late_by_a_second(class_: Class, by: str) -> None:
    """a date that is earlier now makes work no later than the platform says, and one that is later nobody late"""
    path = _canvas_zip(class_, "roejohn_LATE_102_902_scaling.ipynb", "doejane_LATE_103_903_scaling.ipynb")
    collect(class_.course, class_.unit, path)
    # A time that somebody wrote is a time.
    written = paths.submission(class_.course, "scaling", "103") / paths.TIMESTAMP
    written.write_text("2026-03-01 12:00:30.000000 UTC\n")
    costs, changed = {}, class_
    assert grade(class_.course, class_.unit).missing == ()
    for old, new in (("03-01 12:00", "02-20 12:00"), ("02-20 12:00", "03-05 12:00")):
        changed = with_course(changed, f"    due: 2026-{old}\n", f"    due: 2026-{new}\n")
        if by == "grade":
            assert grade(changed.course, changed.unit).missing == ()
        else:
            for student in ("102", "103"):
                autograde(changed, student)
        found = rows(changed)
        costs[new] = (found["102"].late_penalty, found["103"].late_penalty)
    assert costs == {"02-20 12:00": (1.25, 5.0), "03-05 12:00": (0.0, 0.0)}


def test_late_work_that_is_collected_again_goes_by_the_date_of_now(class_: Class) -> None:
    """a word is read anew with each download, and of two late attempts the second counts whatever the date was"""
    first = _canvas_zip(class_, "roejohn_LATE_102_902_scaling.ipynb")
    collect(class_.course, class_.unit, first)
    later = with_course(class_, "    due: 2026-03-01 12:00\n", "    due: 2026-03-05\n")
    (line,) = collect(later.course, later.unit, first)
    assert "the same work was collected before; its time is now 2026-03-06 00:00" in line.reason
    (line,) = collect(later.course, later.unit, first)
    assert line.reason == "the same work was collected before"
    earlier = with_course(later, "    due: 2026-03-05\n", "    due: 2026-02-20\n")
    with zipfile.ZipFile(first, "w") as archive:
        archive.writestr("roejohn_LATE_102_905_scaling-1.ipynb", earlier.notebook(**tiny_course.RIGHT) + "\n")
    (line,) = collect(earlier.course, earlier.unit, first)
    assert line.fate is Fate.COLLECTED
    assert grade(earlier.course, earlier.unit).missing == ()
    assert rows(earlier)["102"].late_penalty == 1.25
