"""The classroom's log: lines are added, whole and at once, whatever happened to it before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnngrade.classroom.log import Event, EventKind, account, events, note
from cnngrade.errors import Fault
from cnngrade.model import Course
from support.places import GRADER

ADA = Event(EventKind.VERDICT, "scaling", "ada", {"verdict": "passed", "points": 5.0})


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course("tiny", "A tiny course", tmp_path, ())


def log_of(course: Course) -> Path:
    return course.root / "classroom" / "log.jsonl"


def lines(course: Course) -> list[dict[str, object]]:
    return [json.loads(line) for line in log_of(course).read_bytes().split(b"\n") if line]


def test_a_line_says_when_who_what_and_whose(course: Course) -> None:
    """time with its zone, account, event, unit and student, then what this kind of event has to say"""
    before = datetime.now(UTC).replace(microsecond=0)
    note(course, ADA)
    (line,) = lines(course)
    assert list(line) == ["time", "by", "event", "unit", "student", "verdict", "points"]
    assert before <= datetime.fromisoformat(str(line.pop("time"))) <= datetime.now(UTC)
    assert line == {
        "by": account(), "event": "verdict", "unit": "scaling", "student": "ada", "verdict": "passed", "points": 5.0,
    }  # fmt: skip


def test_the_time_is_in_the_zone_of_the_course(course: Course) -> None:
    """an event's own time as well, summer and winter"""
    berlin = replace(course, timezone="Europe/Berlin")
    for month in (1, 7):
        note(berlin, replace(ADA, time=datetime(2026, month, 1, 12, tzinfo=UTC), by="carol"))
    assert [line["time"] for line in lines(course)] == ["2026-01-01T13:00:00+01:00", "2026-07-01T14:00:00+02:00"]
    assert {line["by"] for line in lines(course)} == {"carol"}


@pytest.mark.skipif(sys.platform == "win32", reason="no account numbers")
def test_the_account_is_the_systems_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """USER and LOGNAME can be set by anybody"""
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert account() != "somebody-else"


@pytest.mark.parametrize(
    "student", ["D\u2019Angelo", "Doe, John", "line\nend", "राम", '"quoted"', "bytes-\udcff", "back\\slash", "\x1b[2J"]
)
def test_a_name_of_any_kind_is_one_line(course: Course, student: str) -> None:
    """and is read back as it was"""
    note(course, replace(ADA, student=student), ADA)
    assert [line["student"] for line in events(course, EventKind.VERDICT)] == [student, "ada"]
    assert log_of(course).read_bytes().count(b"\n") == 2


def test_lines_are_added_and_none_is_changed(course: Course) -> None:
    """what was there is there still, a line that was cut too, and the next one is whole"""
    note(course, ADA)
    with log_of(course).open("ab") as log:
        log.write(b'{"time": "2026-03-01T12:00:00+00:00", "by": "ca')
    before = log_of(course).read_bytes()
    note(course, replace(ADA, student="ben"), Event(EventKind.MARK, "scaling", "ben"))
    assert log_of(course).read_bytes().startswith(before + b"\n")
    assert [line["student"] for line in events(course, EventKind.VERDICT)] == ["ada", "ben"]


def test_a_line_that_is_written_in_parts_is_whole(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """the system may take less at once than it was given"""
    write = os.write
    monkeypatch.setattr(os, "write", lambda log, data: write(log, data[:10]))
    note(course, ADA, ADA)
    monkeypatch.undo()
    assert [line["student"] for line in events(course, EventKind.VERDICT)] == ["ada", "ada"]


def test_no_event_is_no_line(course: Course) -> None:
    """and no file"""
    note(course)
    assert not log_of(course).exists()
    assert list(events(course, EventKind.MARK)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no groups")
@pytest.mark.parametrize(("folder", "mode"), [(0o755, 0o600), (0o700, 0o600), (0o2770, 0o660), (0o2775, 0o660), (0o777, 0o600)])
def test_the_log_is_the_groups_where_the_classroom_is(course: Course, folder: int, mode: int) -> None:
    """in any other it is its maker's; whatever the umask is, nobody else reads it"""
    log_of(course).parent.mkdir()
    log_of(course).parent.chmod(folder)
    mask = os.umask(0o077)
    try:
        note(course, ADA)
    finally:
        os.umask(mask)
    assert log_of(course).stat().st_mode & 0o777 == mode


def test_processes_that_write_at_once_lose_nothing(course: Course) -> None:
    """each line of each of them is there, whole"""
    code = (
        "import sys; from pathlib import Path; from cnngrade.classroom.log import *; from cnngrade.model import Course\n"
        "course = Course('tiny', 'A tiny course', Path(sys.argv[1]), ())\n"
        "for i in range(40): note(course, *(Event(EventKind.VERDICT, 'u', sys.argv[2] + 'x' * i, {'n': i}) for _ in range(3)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(GRADER)}
    started = [subprocess.Popen([sys.executable, "-c", code, str(course.root), name], env=environment) for name in "abc"]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert sorted(str(line["student"]) for line in lines(course)) == sorted(
        n + "x" * i for n in "abc" for i in range(40) for _ in "123"
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no disk that is always full")  # noqa: PTH110
def test_a_log_that_cannot_be_written_is_named(course: Course) -> None:
    """a full disk, or a folder in its place"""
    log_of(course).parent.mkdir()
    log_of(course).symlink_to("/dev/full")
    with pytest.raises(Fault, match=r"log\.jsonl cannot be added to: No space left on device\. Make room"):
        note(course, ADA)
    log_of(course).unlink()
    log_of(course).mkdir()
    with pytest.raises(Fault, match=r"log\.jsonl cannot be added to: Is a directory"):
        note(course, ADA)
    with pytest.raises(Fault, match=r"log\.jsonl cannot be read"):
        list(events(course, EventKind.MARK))
