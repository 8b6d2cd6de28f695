"""What the classroom's log says of a class that is graded, marked and given more time."""

from __future__ import annotations

import errno
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cnngrade.classroom.log import account, note
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.files import digest_of_file
from cnngrade.gradebook.extensions import grant_extensions
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.marks import NO_MARK, give_mark, mark_event
from cnngrade.jobs.collect import collect
from cnngrade.jobs.grade import grade
from cnngrade.sandbox.backends import NONE
from support import tiny_course
from support.graded_class import Class, release


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Class:
    root = tmp_path_factory.mktemp("log")
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of zero."))
    class_.hand_in("ben", "scaling.py", tiny_course.script())
    class_.record()
    return class_


@pytest.fixture
def class_(made: Class, tmp_path: Path) -> Class:
    return made.copy(tmp_path / "course")


def log(class_: Class) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (class_.room / "log.jsonl").read_text().splitlines()]


def test_each_verdict_is_noted_once(class_: Class) -> None:
    """what was judged, by what, and what came of it; grading again adds nothing until the work is another"""
    lines = log(class_)
    assert [(line["event"], line["student"], line["unit"], line["by"]) for line in lines] == [
        ("verdict", "ada", "scaling", account()),
        ("verdict", "ben", "scaling", account()),
    ]
    assert [(line["verdict"], line["points"], line["possible"]) for line in lines] == [
        ("passed", 5.0, 5.0),
        ("unfinished", 0.0, 5.0),
    ]
    assert [line["file"] for line in lines] == ["scaling.ipynb", "scaling.py"]
    assert lines[1]["work"] == digest_of_file(class_.room / "submitted" / "ben" / "scaling" / "scaling.py")
    class_.record()
    assert log(class_) == lines
    class_.hand_in("ben", "scaling.py", tiny_course.script(**tiny_course.RIGHT))
    class_.record()
    (new,) = log(class_)[2:]
    assert (new["student"], new["verdict"], new["judging"]) == ("ben", "passed", lines[1]["judging"])
    assert new["report"] != lines[1]["report"]


def test_marks_are_noted_as_they_are_given_or_found(class_: Class) -> None:
    """by us at once, and what somebody wrote into the gradebook when it is next looked at: what it was, and what it is"""
    give_mark(class_.course, class_.unit, "ada", "answer", 0.5)
    class_.change("UPDATE grade SET manual_score = 0.75, extra_credit = 0.25 WHERE manual_score = 0.5")
    write_feedback(class_.course, class_.unit)
    class_.change("UPDATE grade SET manual_score = NULL, extra_credit = NULL WHERE manual_score = 0.75")
    class_.record()
    class_.record()
    marks = [(line["cell"], line["points"], line["extra"], line["seen"]) for line in log(class_) if line["event"] == "mark"]
    assert marks == [
        ("answer", [None, 0.5], [None, None], False),
        ("answer", [0.5, 0.75], [None, 0.25], True),
        ("answer", [0.75, None], [0.25, None], True),
    ]


def test_a_line_that_was_edited_stops_nobody(class_: Class) -> None:
    """what is no mark any more, and what is nested without end, is passed over: the mark is noted again, and grading goes on"""
    give_mark(class_.course, class_.unit, "ada", "answer", 0.5)
    before = log(class_)
    broken = [
        '{"event": "mark"}',
        '{"event": "mark", "unit": "scaling", "student": [], "cell": {}, "points": 1, "extra": null}',
        '{"event": "mark", "unit": ' + "[" * 100_000,
    ]
    text = "".join(f"{line}\n" for line in [json.dumps(before[0]), json.dumps(before[1]), *broken])
    (class_.room / "log.jsonl").write_text(text)
    class_.record()
    lines = (class_.room / "log.jsonl").read_text().splitlines()
    assert lines[2:5] == broken
    (again,) = map(json.loads, lines[5:])
    assert (again["event"], again["student"], again["points"], again["seen"]) == ("mark", "ada", [None, 0.5], True)


def test_a_mark_on_another_unit_is_another(class_: Class) -> None:
    """cells of one name are in every unit: the log's mark on one says nothing of the other"""
    note(class_.course, mark_event("other", "ada", "answer", NO_MARK, (0.5, None), seen=False))
    class_.record()
    assert [line["unit"] for line in log(class_) if line["event"] == "mark"] == ["other"]


def test_a_mark_for_nobody_is_refused(class_: Class) -> None:
    """a student who has handed in nothing, and a cell that is not there"""
    for student, cell in (("zoe", "answer"), ("ada", "question")):
        with pytest.raises(UsageError, match=f'{student} has no cell "{cell}" in scaling to be marked'):
            give_mark(class_.course, class_.unit, student, cell, 1.0)
    assert {line["event"] for line in log(class_)} == {"verdict"}


def test_extensions_are_noted(class_: Class) -> None:
    """how much there was, and how much there is, in hours"""
    grant_extensions(class_.course, class_.unit, {"ada": timedelta(days=2)})
    grant_extensions(class_.course, class_.unit, {"ada": timedelta(hours=1), "ben": timedelta()})
    given = [(line["student"], line["hours"]) for line in log(class_) if line["event"] == "extension"]
    assert given == [("ada", [0.0, 48.0]), ("ada", [48.0, 1.0]), ("ben", [0.0, 0.0])]


def test_what_was_collected_is_noted(class_: Class, tmp_path: Path) -> None:
    """whose, out of what, of when, and what it replaced; the same work again, and a rehearsal, are no line"""
    inbox = tmp_path / "inbox"
    for text, rehearsal in (("a = 1\n", False), ("a = 1\n", False), ("a = 2\n", True), ("a = 2\n", False)):
        place = inbox / "carla" / "scaling.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        collect(class_.course, class_.unit, inbox, force=text != "a = 1\n", rehearsal=rehearsal)
    lines = [line for line in log(class_) if line["event"] == "collected"]
    assert [(line["student"], line["source"], line["found"], line["files"]) for line in lines] == [
        ("carla", "inbox", "carla", ["scaling.py"]),
        ("carla", "inbox", "carla", ["scaling.py"]),
    ]
    assert [line["replaced"] for line in lines] == [None, lines[0]["content"]]


def test_a_verdict_is_found_by_the_collected_work(class_: Class, tmp_path: Path) -> None:
    """the digest in a verdict is that of the notebook or the script in the line that says where it came from"""
    for name, text in (
        ("carla/scaling.py", "a = 1\n"),
        ("carla/notes.txt", "later\n"),
        ("dora/scaling.ipynb", class_.notebook()),
    ):
        place = tmp_path / "inbox" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    collect(class_.course, class_.unit, tmp_path / "inbox")
    assert grade(class_.course, class_.unit, students=["carla", "dora"], sandbox=NONE).missing == ()
    lines = [line for line in log(class_) if line["student"] in ("carla", "dora")]
    came = {line["student"]: line["work"] for line in lines if line["event"] == "collected"}
    assert {line["student"]: [line["work"]] for line in lines if line["event"] == "verdict"} == came


def test_a_log_that_cannot_be_written_keeps_what_was_graded(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """it is said, the points are there, and the next run adds the line"""
    class_.hand_in("ben", "scaling.py", tiny_course.script(**tiny_course.RIGHT))

    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("cnngrade.classroom.log.os.write", no_room)
        with pytest.raises(
            Fault, match=r"log\.jsonl cannot be added to: No space left on device\. Make room for it\. Then run"
        ):
            class_.record()
    assert [line["student"] for line in log(class_)] == ["ada", "ben"]
    assert [row[3] for row in class_.rows()["grade"] if row[:2] == ("ben", "grade-double")] == [3.0]
    class_.record()
    assert [line["student"] for line in log(class_)] == ["ada", "ben", "ben"]
