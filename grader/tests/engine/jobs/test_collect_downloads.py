"""Collecting what platforms and people really hand out: ids, times and files, under names as they come."""

from __future__ import annotations

import csv
import errno
import io
import itertools
import json
import os
import re
import shlex
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cnngrade.classroom.collected import read_origin, read_timestamp
from cnngrade.classroom.lock import Exclusive, alone
from cnngrade.cli.main import main
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.jobs import collect_student
from cnngrade.jobs.collect import SaidOfSource, collect
from cnngrade.jobs.collect_lines import Collected, CollectedClass, Fate, map_frame, summary
from cnngrade.jobs.grade import grade
from cnngrade.model import Course, Unit
from cnngrade.sandbox.backends import NONE
from cnngrade.submission.archive import File, zip_files
from support import tiny_course

UNIT = tiny_course.BARE_UNIT
DOWNLOADED = (2026, 3, 9, 9, 0, 0)


def notebook(source: str = "def conv2d(x, w): return x", unit: str = "", **marks: str) -> bytes:
    """Return a notebook of one cell; `unit` is what it says that it is of."""
    cell = {"cell_type": "code", "source": source, "metadata": {"nbgrader": marks} if marks else {}, "outputs": []}
    metadata = {"cnngrade": {"unit": unit}} if unit else {}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


WORK = notebook()


def zipped(entries: Mapping[str | bytes, bytes], when: tuple[int, ...] = DOWNLOADED) -> bytes:
    """Return an archive. A name in bytes stands in it as it is, without a word on its code; a text is marked as UTF-8."""
    whole = io.BytesIO()
    # zipfile writes ASCII and UTF-8; other names are put in afterwards, letter for letter.
    placeholders = {name: bytes([65 + number]) * len(name) for number, name in enumerate(entries) if isinstance(name, bytes)}
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo("x", when)  # type: ignore[arg-type]
            info.filename = name if isinstance(name, str) else placeholders[name].decode()
            archive.writestr(info, data)
    data = whole.getvalue()
    for raw, placeholder in placeholders.items():
        data = data.replace(placeholder, raw)
    return data


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def archive(folder: Path, entries: Iterable[str] | Mapping[str, bytes], name: str = "all.zip") -> Path:
    held = entries if isinstance(entries, Mapping) else dict.fromkeys(entries, WORK)
    return put(folder / name, zipped(dict(held)))


def taken(done: Iterable[Collected]) -> dict[str, tuple[str, ...]]:
    return {line.student: line.files for line in done if line.fate is Fate.COLLECTED}


def refused(done: Iterable[Collected]) -> dict[str, str]:
    return {line.student or line.found: line.reason for line in done if line.fate is Fate.REFUSED}


def when(course: Course, student: str, unit: str = UNIT.name) -> datetime | None:
    return read_timestamp(paths.submission(course, unit, student))


def due(course: Course) -> tuple[Course, Unit]:
    """Return the course with a due date: the end of the first of March."""
    unit = replace(UNIT, due=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    return replace(course, units=(unit,)), unit


def with_roster(course: Course, text: str) -> None:
    put(paths.roster(course), text.encode())


# Times


def test_a_downloads_time_makes_nobody_late(bare_course: Course, tmp_path: Path) -> None:
    """entries with the download's time give none: who is marked as late is late by a second, nobody else is"""
    course, unit = due(bare_course)
    names = ("doejane_11_901_convolution.ipynb", "roejohn_LATE_12_902_convolution.ipynb", "bo_13_903_convolution.ipynb",
             "bo_13_904_convolution.py")  # fmt: skip
    done = collect(course, unit, archive(tmp_path, names))
    assert taken(done) == {"11": ("convolution.ipynb",), "12": ("convolution.ipynb",),
                           "13": ("convolution.ipynb", "convolution.py")}  # fmt: skip
    assert unit.due is not None
    assert (when(course, "11"), when(course, "12"), when(course, "13")) == (None, unit.due + timedelta(seconds=1), None)
    assert any("no time of submission for 11, 13" in note for note in done.notes)


def test_canvas_test_student_is_nobodys_work(bare_course: Course, tmp_path: Path) -> None:
    """what a teacher tried out is told and costs nothing, unless the roster has it; a stranger's work does"""
    with_roster(bare_course, "id,canvas\nada,11\n")
    names = ("lovelaceada_11_901_convolution.ipynb", "studenttest_99_902_convolution.ipynb")
    done = collect(bare_course, UNIT, archive(tmp_path, names), rehearsal=True)
    assert "test student" in refused(done)[names[1]]
    assert (done.misses_work, done.unmapped) == (False, ())
    # Other people may have names like it.
    stranger = "studenttesta_98_903_convolution.ipynb"
    done = collect(bare_course, UNIT, archive(tmp_path, (*names, stranger)), rehearsal=True)
    assert (done.misses_work, done.unmapped) == (True, (stranger,))
    with_roster(bare_course, "id,canvas\nada,11\ntest,99\n")
    assert set(taken(collect(bare_course, UNIT, archive(tmp_path, names)))) == {"ada", "test"}


@pytest.mark.parametrize(
    ("data", "is_told"),
    [(b"", False), (b" \n", True), (b"\xef\xbb\xbf", True), (WORK, False), (b"no notebook", False), (notebook("x = ("), False)],
)
def test_work_in_which_nothing_is_written_is_told(bare_course: Course, tmp_path: Path, data: bytes, is_told: bool) -> None:
    """who handed in what was handed out can be asked for the right file at once; what cannot be read may be anything"""
    done = collect(bare_course, UNIT, archive(tmp_path, {"ada/convolution.ipynb": data}))
    assert [("no code is written in it" in line.note, line.fate) for line in done] == [(is_told, Fate.COLLECTED)]


def test_an_empty_file_gives_way(bare_course: Course, tmp_path: Path) -> None:
    """beside an empty notebook a copy with work in it is the work"""
    held = {"ada/convolution.ipynb": b"", "ada/convolution-Copy1.ipynb": WORK}
    (line,) = collect(bare_course, UNIT, archive(tmp_path, held))
    assert line.note == "convolution-Copy1.ipynb is taken as convolution.ipynb"


def test_two_do_not_collect_at_once(bare_course: Course, tmp_path: Path) -> None:
    """who comes second is told to wait, and may look; a grading keeps nobody from collecting"""
    source = archive(tmp_path, ("ada/convolution.ipynb", "bob/convolution.ipynb"))
    with alone(bare_course, Exclusive.COLLECTING):
        with pytest.raises(UsageError, match=r"Somebody is collecting in .*: what is finished is kept"):
            collect(bare_course, UNIT, source)
        assert not paths.submitted(bare_course).exists()
        assert set(taken(collect(bare_course, UNIT, source, rehearsal=True))) == {"ada", "bob"}
    with alone(bare_course):
        assert set(taken(collect(bare_course, UNIT, source))) == {"ada", "bob"}


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_students_fault(
    bare_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """no room stops the run with a word on what to do, whatever could not be written, and the same command goes on"""

    def no_room(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    source = archive(tmp_path, ("ada/convolution.ipynb", "bob/convolution.ipynb"))
    for step in ("write_work", "remember"):
        with monkeypatch.context() as patch:
            patch.setattr(collect_student, step, no_room)
            with pytest.raises(Fault, match=r"no room left on the disk of .*what was collected is kept"):
                collect(bare_course, UNIT, source)
    done = collect(bare_course, UNIT, source)
    assert {line.student: line.fate for line in done} == {"ada": Fate.KEPT, "bob": Fate.COLLECTED}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="it is Linux's")
def test_a_zip_is_not_damaged_by_a_full_disk(tmp_path: Path) -> None:
    """what cannot be unpacked for want of room is not refused as if the archive were at fault"""
    with zipfile.ZipFile(archive(tmp_path, ("ada/convolution.ipynb",))) as held:
        (file,) = zip_files(held, UTC)
        assert isinstance(file, File)
        with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb", buffering=0) as full:
            file.copy_to(full)


def test_what_asks_for_something_stands_last(bare_course: Course, tmp_path: Path) -> None:
    """of a class's lines the last are seen: what was refused, and before it what is new"""
    collect(bare_course, UNIT, archive(tmp_path, ("convolution.ipynb", "cleo/convolution.ipynb")))
    source = archive(tmp_path, ("cleo/convolution.ipynb", "ada/convolution.rar", "bob/convolution.ipynb"))
    told = collect(bare_course, UNIT, source).as_told()
    assert [(line.student, line.fate) for line in told] == [
        ("cleo", Fate.KEPT), ("bob", Fate.COLLECTED), ("ada", Fate.REFUSED),
    ]  # fmt: skip


def test_a_person_says_when(bare_course: Course, tmp_path: Path) -> None:
    """a file of times, or one time for everybody, decides before anything else, in the course's zone"""
    course = replace(bare_course, timezone="Europe/Berlin")
    source = archive(tmp_path, ("doejane_11_901_convolution.ipynb", "roejohn_LATE_12_902_convolution.ipynb"))
    collect(course, UNIT, source)
    times = put(tmp_path / "times.csv", b"id;time\n11;2026-03-01 20:00\n12;2026-07-01T20:00:00+00:00\n13;2026-07-01 20:00\n")
    done = collect(course, UNIT, source, said=SaidOfSource(submitted_at=str(times)))
    assert f"{times} has times for 13, of whom nothing is here." in done.notes
    assert {line.fate for line in done} == {Fate.KEPT}
    assert all("its time is now" in line.reason for line in done)
    assert when(course, "11") == datetime(2026, 3, 1, 19, tzinfo=UTC)
    assert when(course, "12") == datetime(2026, 7, 1, 20, tzinfo=UTC)
    collect(course, UNIT, source, said=SaidOfSource(submitted_at="2026-03-02 08:30"))
    assert when(course, "11") == datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05 18:30", "2026-3-5 18:30", "2026-03-05T18:30+01:00", "2026-03-05 17:30 UTC", "2026-03-05 17:30:00Z",
        "2026-03-05 18:30:00.000000 CET", "Thursday, 5 March 2026, 6:30 PM", "Mar 5, 2026 6:30 PM",
    ],
)  # fmt: skip
def test_a_time_is_written_as_elsewhere(bare_course: Course, tmp_path: Path, text: str) -> None:
    """as in course.yml, or copied out of a platform's table"""
    course = replace(bare_course, timezone="Europe/Berlin")
    collect(course, UNIT, archive(tmp_path, ("ada/convolution.ipynb",)), said=SaidOfSource(submitted_at=text))
    assert when(course, "ada") == datetime(2026, 3, 5, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,time\nada,yesterday\n", "line 2: yesterday is not a time"),
        ("id,time\nada,2026-03-01\n", "line 2: 2026-03-01 is not a time"),
        ("who,time\nada,2026-03-01 12:00\n", "has no column student"),
        ("id,time\nada,2026-03-01 12:00\nAda,2026-03-01 13:00\n", "line 3: Ada stands there twice"),
        ("", "is empty"),
    ],
)
def test_times_that_cannot_be_read(bare_course: Course, tmp_path: Path, text: str, told: str) -> None:
    """a file of times that says something else is an error with its line, and nothing is collected"""
    times = put(tmp_path / "times.csv", text.encode())
    with pytest.raises(UsageError, match=told):
        collect(bare_course, UNIT, archive(tmp_path, ("ada/convolution.ipynb",)), said=SaidOfSource(submitted_at=str(times)))
    with pytest.raises(UsageError, match="neither a file nor a time"):
        collect(bare_course, UNIT, archive(tmp_path, ("ada/convolution.ipynb",)), said=SaidOfSource(submitted_at="soon"))
    assert not paths.submitted(bare_course).exists()


def test_an_entrys_time_is_the_courses(bare_course: Course, tmp_path: Path) -> None:
    """an archive's clock is the course's; a time in UTC beside it is taken as it is; the first day of zips is none"""
    course = replace(bare_course, timezone="America/New_York")
    put(tmp_path / "one.zip", zipped({"ada/convolution.ipynb": WORK}, (2026, 3, 1, 20, 0, 0)))
    collect(course, UNIT, tmp_path / "one.zip")
    assert when(course, "ada") == datetime(2026, 3, 2, 1, tzinfo=UTC)
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ntfs = int(moment.timestamp() * 10_000_000) + 116_444_736_000_000_000
    extras = {
        "bob": struct.pack("<HHBl", 0x5455, 5, 1, int(moment.timestamp())),
        "eve": struct.pack("<HHLHHQQQ", 0x000A, 32, 0, 1, 24, ntfs, ntfs, ntfs),
        "fay": b"\x55\x54\xff\xff\x01",
    }
    for student, extra in extras.items():
        with zipfile.ZipFile(tmp_path / f"{student}.zip", "w") as out:
            info = zipfile.ZipInfo(f"{student}/convolution.ipynb", (2026, 1, 1, 0, 0, 0))
            info.extra = extra if student != "fay" else b""
            out.writestr(info, WORK)
        collect(course, UNIT, tmp_path / f"{student}.zip")
    assert when(course, "bob") == when(course, "eve") == moment
    assert when(course, "fay") == datetime(2026, 1, 1, 5, tzinfo=UTC)
    put(tmp_path / "none.zip", zipped({"gus/convolution.ipynb": WORK}, (1980, 1, 1, 0, 0, 0)))
    collect(course, UNIT, tmp_path / "none.zip")
    assert when(course, "gus") is None


@pytest.mark.parametrize(("apart", "tells"), [(0, False), (119, False), (121, True), (86_400, True)])
def test_files_that_were_unpacked_at_once_carry_no_times(bare_course: Course, tmp_path: Path, apart: int, tells: bool) -> None:
    """times of two students within two minutes are those of a copy"""
    for number, student in enumerate(("ada", "bob")):
        path = put(tmp_path / "in" / student / "convolution.ipynb", WORK)
        os.utime(path, (1_700_000_000 + number * apart,) * 2)
    done = collect(bare_course, UNIT, tmp_path / "in")
    assert (when(bare_course, "ada") is not None) is tells
    assert any("but those of a download or a copy" in note for note in done.notes) is not tells


# Whose


MOODLE_NAMES = {
    "Jane Doe_123456_assignsubmission_file": "123456",
    "Jos\u00e9 \u00c1ngel N\u00fa\u00f1ez_123457_assignsubmission_file_": "123457",
    "Sinead O'Connor_123458_assignsubmission_file_": "123458",
    "Sammy Davis Jr._123459_assignsubmission_file": "123459",
    "Doe, John_123460_assignsubmission_file": "123460",
    "Anna-Lena M\u00fcller (Gast)_123461_assignsubmission_file": "123461",
    "\u0905\u0928\u093f\u0924\u093e \u0936\u0930\u094d\u092e\u093e_123462_assignsubmission_file": "123462",
    "\u0e2a\u0e21\u0e0a\u0e32\u0e22 \u0e43\u0e08\u0e14\u0e35_123463_assignsubmission_file": "123463",
    "\u674e\u660e_123464_assignsubmission_file": "123464",
    "Nguye\u0302\u0303n Va\u0306n An_123466_assignsubmission_file": "123466",
    "D\u2019Angelo Russo_123467_assignsubmission_file": "123467",
    "Gal\u00b7la Puig_123468_assignsubmission_file": "123468",
    "\u0645\u062d\u0645\u062f \u0639\u0644\u06cc\u200c\u0631\u0636\u0627_123469_assignsubmission_file": "123469",
}


def test_names_of_people_in_any_script(bare_course: Course, tmp_path: Path) -> None:
    """a platform's number is the id without a roster, and the line shows the name beside it"""
    done = collect(bare_course, UNIT, archive(tmp_path, [f"{name}/convolution.ipynb" for name in MOODLE_NAMES]))
    assert sorted(taken(done)) == sorted(MOODLE_NAMES.values())
    assert {line.student: line.name for line in done} == {
        number: name.partition("_")[0] for name, number in MOODLE_NAMES.items()
    }
    assert any("others in each assignment" in note for note in done.notes)


def test_blind_marking_keeps_its_numbers(bare_course: Course, tmp_path: Path) -> None:
    """participants of a blind assignment are who they are in the grading worksheet"""
    names = [f"Participant_{number}_assignsubmission_file/convolution.ipynb" for number in (101, 102, 103)]
    done = collect(bare_course, UNIT, archive(tmp_path, names))
    assert sorted(taken(done)) == ["Participant-101", "Participant-102", "Participant-103"]


ROSTER = "id,first_name,last_name,email,canvas,moodle\nada,Ada,Lovelace,ada@uni.example,11,123456\nbob,Bob,Roe,,12,\n"


def test_whoever_is_not_in_the_roster_is_refused_by_name(bare_course: Course, tmp_path: Path) -> None:
    """the roster's id is the student's, its name for the platform's; others are refused, shown, and never invented"""
    with_roster(bare_course, ROSTER)
    names = ("lovelaceada_11_901_convolution.ipynb", "roebob_LATE_12_902_convolution.ipynb", "evil_13_903_convolution.ipynb")
    done = collect(bare_course, UNIT, archive(tmp_path, names))
    assert sorted(taken(done)) == ["ada", "bob"]
    ((found, reason),) = refused(done).items()
    assert found == "evil_13_903_convolution.ipynb"
    assert "is not in the roster" in reason
    assert done.misses_work
    assert sorted(path.name for path in paths.submitted(bare_course).iterdir()) == ["ada", "bob"]
    # Folders that people named are compared in any case, and by names.
    folders = collect(
        bare_course, UNIT, archive(tmp_path, ("ADA/convolution.ipynb", "Roe, Bob/convolution.ipynb", "eve/x.ipynb"), "f.zip")
    )
    assert {line.student for line in folders if line.fate is not Fate.REFUSED} == {"ada", "bob"}
    assert list(refused(folders)) == ["eve"]


def test_each_of_several_people_is_called_by_the_own_name(bare_course: Course, tmp_path: Path) -> None:
    """of work that several handed in together, each line shows the person's own name, and the folder that is theirs"""
    team = "Unit 3/Team A (0b1c2d3e-1111-2222-3333-444455556666)"
    entries = {
        f"{team}/members.txt": b"Doe, Jane(jdoe); Roe, John(jroe)",
        f"{team}/Submission attachment(s)/convolution.ipynb": WORK,
        "Unit 3/Team B (0b1c2d3e-1111-2222-3333-444455557777)/members.txt": b"Li, Jet(jli)",
        "Unit 3/Team B (0b1c2d3e-1111-2222-3333-444455557777)/Submission attachment(s)/notes.pdf": b"%PDF",
        "Unit 3/grades.csv": b"x",
    }
    lines = {line.student: line for line in collect(bare_course, UNIT, archive(tmp_path, entries))}
    assert {student: line.name for student, line in lines.items()} == {
        "jdoe": "Doe, Jane",
        "jroe": "Roe, John",
        "jli": "Li, Jet",
    }
    ilias = archive(tmp_path, {
        "Submissions/Doe_Jane_jane_1/a.pdf": b"%PDF", "Submissions/Roe_John_john_2/convolution.ipynb": WORK, "Unit 3.xlsx": b"",
    }, "ilias.zip")  # fmt: skip
    assert [line.found for line in collect(bare_course, UNIT, ilias)] == [
        "Submissions/Doe_Jane_jane_1", "Submissions/Roe_John_john_2"
    ]  # fmt: skip


def test_another_roster_is_named(bare_course: Course, tmp_path: Path) -> None:
    """a roster that is named counts in the place of the classroom's"""
    with_roster(bare_course, ROSTER)
    other = put(tmp_path / "other.csv", b"id;canvas\nx99;11\n")
    done = collect(bare_course, UNIT, archive(tmp_path, ("a_11_9_convolution.ipynb",)), said=SaidOfSource(roster=other))
    assert list(taken(done)) == ["x99"]


def test_a_map_says_whose_it_is(bare_course: Course, tmp_path: Path) -> None:
    """what nobody could tell is given to a student, or to nobody, and a file is named as the work"""
    with_roster(bare_course, ROSTER)
    entries = {
        "Ada L_7_assignsubmission_file/a.ipynb": notebook("x = 1"),
        "Ada L_7_assignsubmission_file/b.ipynb": notebook("x = 2"),
        "Mr. X_8_assignsubmission_file/convolution.ipynb": WORK,
        "Test Student_9_assignsubmission_file/convolution.ipynb": WORK,
    }
    source = archive(tmp_path, entries)
    done = collect(bare_course, UNIT, source)
    assert taken(done) == {}
    frame = list(csv.DictReader(io.StringIO(map_frame(done).removeprefix("\ufeff"))))
    assert [row["found"] for row in frame] == sorted({name.partition("/")[0] for name in entries})
    answers = dict(zip([row["found"] for row in frame], (("ada", "b.ipynb"), ("bob", ""), ("", "")), strict=True))
    text = "found,student,file\n" + "".join(f'"{found}",{who},{file}\n' for found, (who, file) in answers.items())
    mapped = put(tmp_path / "whose.csv", text.encode())
    done = collect(bare_course, UNIT, source, said=SaidOfSource(map=mapped))
    assert (sorted(taken(done)), refused(done), done.misses_work) == (["ada", "bob"], {}, False)
    place = paths.submission(bare_course, UNIT.name, "ada")
    assert json.loads((place / "convolution.ipynb").read_text())["cells"][0]["source"] == "x = 2"
    packed = archive(tmp_path, {"7/x.zip": zipped({"a.ipynb": notebook("x = 3"), "b.ipynb": WORK})}, "packed.zip")
    mapped = put(tmp_path / "packed.csv", b"found,student,file\n7,ada,a.ipynb\n")
    assert list(taken(collect(bare_course, UNIT, packed, said=SaidOfSource(map=mapped)))) == ["ada"]
    assert json.loads((place / "convolution.ipynb").read_text())["cells"][0]["source"] == "x = 3"
    unknown = put(tmp_path / "wrong.csv", b"found,student\nMr. X_8_assignsubmission_file,carol\nnobody here,ada\n")
    done = collect(bare_course, UNIT, source, said=SaidOfSource(map=unknown))
    assert "carol, who is not in the roster" in refused(done)["Mr. X_8_assignsubmission_file"]
    assert f"{unknown}, line 3: nothing here is called nobody here." in done.notes


def test_a_map_says_whose_a_groups_work_is(bare_course: Course, tmp_path: Path) -> None:
    """several lines of a map give what a group handed in to each of its members; who else is on the roster is named"""
    with_roster(bare_course, "id,first_name,last_name\nada,Ada,L\nbob,Bob,B\ncy,Cy,C\ndan,Dan,D\neve,Eve,E\n")
    source = archive(tmp_path, [f"{group}_assignsubmission_file/convolution.ipynb" for group in ("Gruppe A_55", "Gruppe B_56")])
    text = "found,student\n" + "".join(
        f"Gruppe {group}_assignsubmission_file,{who}\n" for group, who in (("A_55", "ada"), ("A_55", "BOB"), ("B_56", "cy"))
    )
    done = collect(bare_course, UNIT, source, said=SaidOfSource(map=put(tmp_path / "whose.csv", text.encode())))
    assert (sorted(taken(done)), refused(done)) == (["ada", "bob", "cy"], {})
    assert "Nothing was collected of 2 of the 5 people in the roster: Dan D (dan), Eve E (eve)." in done.notes
    again = collect(bare_course, UNIT, archive(tmp_path, ("dan/convolution.ipynb",), "dan.zip"))
    assert any(note.endswith("of 1 of the 5 people in the roster: Eve E (eve).") for note in again.notes)
    other = bare_course.root / "classroom" / "submitted" / "eve" / "pooling"
    other.mkdir(parents=True)
    again = collect(bare_course, UNIT, archive(tmp_path, ("dan/convolution.ipynb",), "dan.zip"))
    assert any("Eve E (eve)" in note for note in again.notes), "work on another unit is none on this one"


@pytest.mark.parametrize(
    "lines",
    ["a/x.ipynb,ada,\na/x.ipynb,ada,", "a/x.ipynb,ada,\na/x.ipynb,,", "a/x.ipynb,,\na/x.ipynb,ada,", "a,ada,x.ipynb\na,bob,"],
)
def test_a_map_that_contradicts_itself(bare_course: Course, tmp_path: Path, lines: str) -> None:
    """one thing is given to a student once, never to nobody as well, and with one file as the work"""
    mapped = put(tmp_path / "whose.csv", f"found,student,file\n{lines}\n".encode())
    with pytest.raises(UsageError, match=r"line 3: .* stands in line 2, too"):
        collect(bare_course, UNIT, archive(tmp_path, ("a/x.ipynb",)), said=SaidOfSource(map=mapped))


SAKAI = "Unit 3/Two, Tim(ttwo)"


@pytest.mark.parametrize(
    ("entries", "found", "file", "chosen"),
    [
        ({f"{SAKAI}/Submission attachment(s)/{name}": notebook(name) for name in ("convolution.ipynb", "convolution+1.ipynb")}
         | {f"{SAKAI}/timestamp.txt": b"2026-03-01T10:00:00Z", f"{SAKAI}/comments.txt": b"the teacher's"},
         "Two, Tim(ttwo)", "convolution+1.ipynb", "convolution+1.ipynb"),
        ({f"{SAKAI}/Submission attachment(s)/{name}": notebook(name) for name in ("convolution.ipynb", "convolution+1.ipynb")}
         | {f"{SAKAI}/timestamp.txt": b"2026-03-01T10:00:00Z", f"{SAKAI}/comments.txt": b"the teacher's"},
         "Two, Tim(ttwo)", "convolution.ipynb", "convolution.ipynb"),
        ({f"Doe_Jane_ttwo_1/{name}": notebook(name) for name in (
            "convolution.ipynb", "convolution (2).ipynb", "helper.py", "helper (2).py")},
         "Doe_Jane_ttwo_1", "convolution (2).ipynb", "convolution (2).ipynb"),
        ({f"Submitted files/Two Tim/Unit 3/Version {n}/convolution.ipynb": notebook(str(n)) for n in (1, 2)},
         "Submitted files/Two Tim", "Version 1/convolution.ipynb", "1"),
    ],
)  # fmt: skip
def test_what_a_person_says_which_file_it_is(
    bare_course: Course, tmp_path: Path, entries: dict[str, bytes], found: str, file: str, chosen: str
) -> None:
    """the file that a map names is the work, whatever the platform calls it; a platform's own files are nobody's"""
    source = archive(tmp_path, entries)
    mapped = put(tmp_path / "whose.csv", f'found,student,file\n"{found}",ttwo,{file}\n'.encode())
    done = collect(bare_course, UNIT, source, said=SaidOfSource(map=mapped))
    assert refused(done) == {}
    place = paths.submission(bare_course, UNIT.name, "ttwo")
    assert json.loads((place / "convolution.ipynb").read_text())["cells"][0]["source"] == chosen
    assert not any(path.name.startswith("comments") for path in place.iterdir())


def test_what_a_person_must_say_stands_in_the_frame(bare_course: Course, tmp_path: Path) -> None:
    """whoever is asked which file is the work, or which of two people somebody is, finds the line to fill in"""
    with_roster(bare_course, "id,first_name,last_name\nada,Ada,L\nbob,Bob,B\n")
    entries = {
        "Ada L_1_assignsubmission_file/convolution.ipynb": WORK,
        "Ada L_2_assignsubmission_file/convolution.ipynb": WORK,
        "Bob B_3_assignsubmission_file/a.ipynb": notebook("a"),
        "Bob B_3_assignsubmission_file/b.ipynb": notebook("b"),
    }
    source = archive(tmp_path, entries)
    done = collect(bare_course, UNIT, source)
    assert taken(done) == {}
    rows = list(csv.DictReader(io.StringIO(map_frame(done).removeprefix("\ufeff"))))
    assert [(row["found"][:7], row["student"], row["file"]) for row in rows] == [
        ("Ada L_1", "", ""), ("Ada L_2", "", ""), ("Bob B_3", "bob", "")
    ]  # fmt: skip
    for row, (student, file) in zip(rows, (("ada", ""), ("", ""), ("bob", "b.ipynb")), strict=True):
        row["student"], row["file"] = student, file
    text = "found,student,file\n" + "".join(f"{row['found']},{row['student']},{row['file']}\n" for row in rows)
    done = collect(bare_course, UNIT, source, said=SaidOfSource(map=put(tmp_path / "whose.csv", text.encode())))
    assert (sorted(taken(done)), refused(done)) == (["ada", "bob"], {})


def test_the_frame_of_a_map_comes_back_as_it_is(bare_course: Course, tmp_path: Path) -> None:
    """names that a spreadsheet takes for formulas, or that hold spaces, quotes and separators, are found again by the map"""
    with_roster(bare_course, "".join(["id\n", *(f"s{number}\n" for number in range(8))]))
    tops = ("=SUM(A1)", "'=x", "@home", "-1+1", 'Zo\u00eb, "Z"', " Mr. X", "Mr.\u00a0Y", "a;b")
    source = archive(tmp_path, [f"{top}/convolution.ipynb" for top in tops])
    asked = collect(bare_course, UNIT, source)
    assert sorted(asked.unmapped) == sorted(tops)
    head, *rows = map_frame(asked).splitlines()
    assert not any(row.startswith(("=", "@", "-")) for row in rows)
    answered = "".join(f"{line}\n" for line in (head, *(f"{row}s{number}" for number, row in enumerate(rows))))
    done = collect(bare_course, UNIT, source, said=SaidOfSource(map=put(tmp_path / "whose.csv", answered.encode())))
    assert (len(taken(done)), refused(done), done.unmapped) == (8, {}, ())


def test_two_people_are_not_one_student(bare_course: Course, tmp_path: Path) -> None:
    """where a number and a name mean one participant, a person is asked whose work it is"""
    with_roster(bare_course, ROSTER)
    names = [f"Ada Lovelace_{number}_assignsubmission_file/convolution.ipynb" for number in (123456, 7)]
    done = collect(bare_course, UNIT, archive(tmp_path, names))
    assert "2 people are read as this student" in refused(done)["ada"]
    assert taken(done) == {}


def test_a_map_says_that_the_only_folder_is_a_students(bare_course: Course, tmp_path: Path) -> None:
    """a folder that may be anything is the student's to whom the map gives it"""
    source = archive(tmp_path, ("week of ada/carol.ipynb",))
    (asked,) = collect(bare_course, UNIT, source)
    assert (asked.fate, asked.found) == (Fate.REFUSED, "week of ada")
    mapped = put(tmp_path / "whose.csv", b"found;student\nweek of ada;ada\n")
    assert taken(collect(bare_course, UNIT, source, said=SaidOfSource(map=mapped))) == {"ada": ("convolution.ipynb",)}


def test_nothing_is_written_in_a_rehearsal(bare_course: Course, tmp_path: Path) -> None:
    """--dry-run says the same and writes nothing"""
    bare_course.root.joinpath("classroom").mkdir()
    source = archive(tmp_path, ("ada/convolution.ipynb", "eve!/convolution.ipynb", "notes.txt"))
    said = collect(bare_course, UNIT, source, rehearsal=True)
    assert list(bare_course.root.joinpath("classroom").iterdir()) == []
    assert "1 would be collected, 0 kept as they are, 2 refused. Nothing was written." in summary(said, rehearsal=True)
    assert list(said) == list(collect(bare_course, UNIT, source))


def test_the_exit_code_is_about_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """files that are nobody's work do not make a collection fail; work that was refused does"""
    monkeypatch.chdir(tiny_course.make_course(tmp_path / "course"))

    def run(*names: str) -> tuple[int, str]:
        source = archive(tmp_path, names)
        done = CliRunner().invoke(main, ["collect", "scaling", "--from", str(source), "--dry-run"])
        return done.exit_code, done.output

    assert run("ada/scaling.ipynb", "readme.txt", "grades.csv", "ada/desktop.ini")[0] == 0
    assert run("Ada_1_assignsubmission_file/scaling.ipynb", "Eve_2_assignsubmission_onlinetext/onlinetext.html")[0] == 0
    for names in (
        (),
        ("readme.txt",),
        ("index.html", "doejane_101_text.html"),
        ("Eve_2_assignsubmission_onlinetext/onlinetext.html",),
    ):
        status, output = run(*names)
        assert (status, "Nobody's work was found here" in output) == (1, True), names
    for stray in ("scaling.ipynb", "eve!/scaling.ipynb", "what.7z", "\x1bx/scaling.ipynb"):
        status, output = run("ada/scaling.ipynb", stray)
        assert (status, "\x1b" in output) == (1, False), stray


def test_a_name_after_the_units(bare_course: Course, tmp_path: Path) -> None:
    """a file that is called after the unit first is a student's only if the student is known"""
    names = ("convolution_ada.ipynb", "Convolution-Copy1.ipynb", "convolution final.ipynb", "bob_convolution (1).ipynb")
    done = collect(bare_course, UNIT, archive(tmp_path, names))
    assert (sorted(taken(done)), sorted(refused(done))) == (["bob"], sorted(names[:3]))
    with_roster(bare_course, ROSTER)
    done = collect(bare_course, UNIT, archive(tmp_path, names))
    assert (sorted(taken(done)), sorted(refused(done))) == (["ada"], sorted(names[1:3]))


def stopping(real: Any, at: int, root: Path) -> Any:
    """Return a method of a path that is interrupted when it is called for that many times on what is below `root`."""
    calls = itertools.count(1)

    def method(self: Path, *rest: object, **named: object) -> object:
        if root in self.parents and next(calls) == at:
            raise KeyboardInterrupt
        return real(self, *rest, **named)

    return method


@pytest.mark.parametrize("step", ["rename", "mkdir", "write_text", "lstat", "open"])
def test_a_run_that_is_stopped_loses_nothing(
    bare_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """stopped at any step of replacing, the former work or the new one is there, and running it again finishes it"""
    first = archive(tmp_path, {"ada/convolution.ipynb": WORK, "ada/old.txt": b"1"}, "first.zip")
    second = archive(tmp_path, {"ada/convolution.ipynb": WORK + b" "}, "second.zip")
    stopped = 0
    for count in range(1, 9):
        course = replace(bare_course, root=bare_course.root / str(count))
        collect(course, UNIT, first)
        place, kept = paths.submission(course, UNIT.name, "ada"), paths.collected(course, UNIT.name) / "ada"
        with monkeypatch.context() as patch:
            patch.setattr(Path, step, stopping(getattr(Path, step), count, course.root))
            try:
                collect(course, UNIT, second)
            except KeyboardInterrupt:
                stopped += 1
        collect(course, UNIT, second)
        assert (place / "convolution.ipynb").read_bytes() == WORK + b" "
        assert [path.name for path in place.parent.iterdir()] == [UNIT.name]
        assert [path.name for path in kept.iterdir() if path.is_dir()] == ["1"]
        assert ((kept / "1" / "old.txt").read_bytes(), (kept / "1" / "convolution.ipynb").read_bytes()) == (b"1", WORK)
    assert stopped


# Several downloads


MOODLE_WEEK = ("Ada L_{0}1_assignsubmission_file/{1}.ipynb", "Bob B_{0}2_assignsubmission_file/{1}.ipynb")


def week(folder: str, number: int, name: str = "convolution") -> dict[str, bytes]:
    return {f"{folder}/{path.format(number, name)}": notebook(folder) for path in MOODLE_WEEK}


SAKAI_WEEKS = {
    f"{unit}/{who}/Submission attachment(s)/convolution.ipynb": WORK
    for unit in ("Unit 3", "Unit 4") for who in ("Doe, Jane(jdoe)", "Roe, John(jroe)")
}  # fmt: skip
BRIGHTSPACE_WEEKS = {
    f"{unit} Download Mar 9, 2026 900 AM/{number}-5 - Jane Doe - Feb 27, 2026 926 PM/convolution.ipynb": WORK
    for unit in ("Unit 3", "Unit 4") for number in (11, 12)
}  # fmt: skip
CANVAS_SECTIONS = {
    f"section {name}/submissions/doe_{number}_9{number}_convolution.ipynb": WORK
    for name, numbers in (("A", (11, 12)), ("B", (13, 14))) for number in numbers
}  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "asked"),
    [
        (week("CNN101-Week 3-1", 3) | week("CNN101-Week 4-2", 4), ["CNN101-Week 3-1", "CNN101-Week 4-2"]),
        (week("Convolution", 3) | week("Convolution again", 4), ["Convolution", "Convolution again"]),
        (SAKAI_WEEKS, ["Unit 3", "Unit 4"]),
        (BRIGHTSPACE_WEEKS, [f"Unit {n} Download Mar 9, 2026 900 AM" for n in (3, 4)]),
        (CANVAS_SECTIONS, ["section A/submissions", "section B/submissions"]),
    ],
)
def test_several_downloads_are_nobodys_folders(
    bare_course: Course, tmp_path: Path, entries: dict[str, bytes], asked: list[str]
) -> None:
    """of downloads beside one another a person says which is the unit's; the command that is shown collects it"""
    source = archive(tmp_path, entries)
    done = collect(bare_course, UNIT, source)
    assert (taken(done), list(refused(done))) == ({}, asked)
    assert all(line.is_work and f"--inside {shlex.quote(line.found)}" in line.reason for line in done)
    assert len(taken(collect(bare_course, UNIT, source, inside=asked[0]))) == 2


def test_the_download_that_bears_the_units_name_is_the_units(bare_course: Course, tmp_path: Path) -> None:
    """of several downloads that one is collected, and what is in the others is left aside; so is what lies beside one alone"""
    entries = week("CNN101-Convolution-1", 3) | week("CNN101-Pooling-2", 4, "pooling") | {"notes.txt": b"mine"}
    done = collect(bare_course, UNIT, archive(tmp_path, entries))
    assert (sorted(taken(done)), refused(done)) == (["31", "32"], {})
    assert "Work on other assignments is left aside (CNN101-Pooling-2)." in done.notes
    alone = archive(tmp_path, week("CNN101-Week 3-1", 5) | {"notes.txt": b"mine", "lost.ipynb": WORK}, "alone.zip")
    done = collect(bare_course, UNIT, alone)
    assert (sorted(taken(done)), refused(done)) == (["51", "52"], {"lost.ipynb": "it is not in CNN101-Week 3-1"})


def test_downloads_in_one_students_folder_are_the_students(bare_course: Course, tmp_path: Path) -> None:
    """who packs folders that look like a download costs nobody else anything, and speaks for nobody else"""
    entries = {f"{name}/convolution.ipynb": WORK for name in ("ada", "bob", "cy")}
    entries |= {f"eve/{path}": WORK for path in week("week", 3)}
    done = collect(bare_course, UNIT, archive(tmp_path, entries))
    assert {"ada", "bob", "cy"} <= set(taken(done)) <= {"ada", "bob", "cy", "eve"}


def test_an_archive_of_many_is_no_students(bare_course: Course, tmp_path: Path) -> None:
    """the zip of a platform in a folder is named, whatever it is called, and students' own zips are theirs"""
    folder = tmp_path / "downloads"
    put(folder / "week 3 (1).zip", zipped({name.partition("/")[2]: data for name, data in week("x", 3).items()}))
    put(folder / "ada.zip", zipped({"convolution.ipynb": WORK}))
    put(folder / "bob.zip", b"no zip")
    done = collect(bare_course, UNIT, folder)
    assert list(taken(done)) == ["ada"]
    assert "a whole download of Moodle" in refused(done)["week 3 (1).zip"]
    assert "no zip archive" in refused(done)["bob"]


def test_names_with_dots_are_peoples(bare_course: Course, tmp_path: Path) -> None:
    """work of somebody unknown is missed whatever a dot in the name looks like"""
    with_roster(bare_course, ROSTER)
    done = collect(bare_course, UNIT, archive(tmp_path, ("Bob Jr. x_5_assignsubmission_file/convolution.ipynb",)))
    assert (taken(done), done.misses_work) == ({}, True)


NAMES_IN_NAMES = tuple(replace(UNIT, name=name) for name in ("conv", "conv_two", "two", "padding"))


@pytest.mark.parametrize(
    ("unit", "whose", "unclear", "aside"),
    [
        ("conv", {"ada", "Ben"}, set(), "conv_two, padding, two"),
        ("conv_two", {"ada", "cy"}, set(), "conv, padding, two"),
        ("two", {"dot"}, set(), "conv, conv_two, padding"),
        ("padding", {"ada"}, {"padding.ipynb", "padding_eve.ipynb"}, "conv, conv_two, two"),
    ],
)
def test_files_of_all_units_beside_one_another(
    bare_course: Course, tmp_path: Path, unit: str, whose: set[str], unclear: set[str], aside: str
) -> None:
    """a file that is called after another unit is nobody new, also where one unit's name is a part of the other's"""
    course = replace(bare_course, units=NAMES_IN_NAMES)
    names = ("ada_conv", "Ben_Conv", "ada_conv_two", "cy_conv_two (1)", "ada_padding", "padding", "padding_eve", "dot_two")
    done = collect(course, course.unit(unit), archive(tmp_path, [f"{name}.ipynb" for name in names]))
    assert (set(taken(done)), set(refused(done))) == (whose, unclear)
    assert f"Work on other assignments is left aside ({aside})." in done.notes


def test_a_student_may_be_called_as_a_unit(bare_course: Course, tmp_path: Path) -> None:
    """whose id in the roster is another unit's name has work of that name"""
    course = replace(bare_course, units=NAMES_IN_NAMES)
    with_roster(course, "id\npadding\nconv_two_kim\n")
    done = collect(course, course.unit("conv"), archive(tmp_path, ("padding.ipynb", "conv_two_kim.ipynb", "two.ipynb")))
    assert sorted(taken(done)) == ["conv_two_kim", "padding"]
    assert (refused(done), done.unmapped) == ({}, ())


@pytest.mark.parametrize(
    ("unit", "name", "is_taken"),
    [
        ("conv", "ada_conv_two.ipynb", False), ("conv", "conv_two_final.ipynb", False), ("conv", "my_conv.ipynb", True),
        ("two", "ada conv_two.ipynb", False), ("two", "two_conv_x.ipynb", True), ("conv_two", "ada_conv.ipynb", False),
        ("conv_two", "conv-two.ipynb", False), ("conv", "homework.ipynb", True), ("conv", "padding_3_ada.ipynb", False),
        ("conv", "unpadding.ipynb", True),
    ],
)  # fmt: skip
def test_a_file_called_after_another_unit_is_asked_about(
    bare_course: Course, tmp_path: Path, unit: str, name: str, is_taken: bool
) -> None:
    """the only notebook is the work unless its name, or the longest unit's name in it, is another's; a person may say so"""
    course = replace(bare_course, units=NAMES_IN_NAMES)
    source = archive(tmp_path, {f"ada/{name}": OTHER, f"ben/{unit}.ipynb": WORK})
    done = collect(course, course.unit(unit), source)
    assert ("ada" in taken(done)) is is_taken
    if not is_taken:
        assert "name it in the column file of --map" in refused(done)["ada"]
        mapped = put(tmp_path / "which.csv", f"found,student,file\nada,ada,{name}\n".encode())
        assert list(taken(collect(course, course.unit(unit), source, said=SaidOfSource(map=mapped)))) == ["ada"]


def test_what_a_file_holds_counts_more_than_another_units_name_in_its_own(bare_course: Course, tmp_path: Path) -> None:
    """a notebook with the unit's functions is the unit's, if its name is another's only in part"""
    course = replace(bare_course, units=NAMES_IN_NAMES)
    source = archive(tmp_path, ("ada/with padding.ipynb", "ben/conv.ipynb"))
    assert list(taken(collect(course, course.unit("conv"), source))) == ["ada", "ben"]


# Which file


NAMES = [
    "convolution (1).ipynb", "convolution(1).ipynb", "convolution-1.ipynb", "convolution_1.ipynb", "convolution-Copy1.ipynb",
    "Copy of convolution.ipynb", "Copy_of_convolution.ipynb", "Kopie von convolution.ipynb", "Convolution.ipynb",
    "convolution_final.ipynb", "convolution - Copy.ipynb", "convolution.ipynb.txt", "convolution.ipynb.json",
    "convolution.IPYNB", "convolution solved.ipynb", "my_convolution.ipynb", "convolution_JaneDoe.ipynb", "homework3.ipynb",
    "convolution 2.ipynb", "convolution.py.txt", "convolution.txt", "Untitled.ipynb", "convolution copy 2.ipynb",
    "\u6f14\u7fd2.ipynb", "convolution.json", "deep/er/CONVOLUTION (3).ipynb", "convolution.py",
]  # fmt: skip


def test_the_only_notebook_is_the_work_whatever_it_is_called(bare_course: Course, tmp_path: Path) -> None:
    """a student's only notebook is taken, and the line says which file it was"""
    done = collect(bare_course, UNIT, archive(tmp_path, [f"s{number:02}/{name}" for number, name in enumerate(NAMES)]))
    assert refused(done) == {}
    for line, name in zip(done, NAMES, strict=True):
        assert (line.files, line.note) == (("convolution.ipynb",), f"{name} is taken as convolution.ipynb")
        place = paths.submission(bare_course, UNIT.name, line.student)
        assert (place / "convolution.ipynb").read_bytes() == WORK
        origin = read_origin(bare_course, UNIT.name, line.student)
        assert origin is not None
        assert (origin.work, origin.note, origin.source) == ((name,), line.note, "all.zip")


def test_a_student_reads_which_file_was_taken(tmp_path: Path) -> None:
    """the report says that another name was taken as the work, until somebody changes what was collected"""
    course = load_course(tiny_course.make_course(tmp_path / "course") / "course.yml")
    unit = course.unit("scaling")
    collect(
        course, unit, archive(tmp_path, {"ada/week 1.ipynb": notebook(tiny_course.RIGHT["double"]), "bob/scaling.ipynb": WORK})
    )
    ada, bob = grade(course, unit, sandbox=NONE, jobs=1, gradebook=False).reports
    assert ada.problems[0] == "week 1.ipynb is taken as scaling.ipynb."
    assert not any("is taken as" in problem for problem in bob.problems)
    put(paths.submission(course, unit.name, "ada") / "scaling.ipynb", notebook(tiny_course.RIGHT["triple"]))
    ada, _ = grade(course, unit, sandbox=NONE, jobs=1, gradebook=False).reports
    assert not any("is taken as" in problem for problem in ada.problems)


OTHER = notebook("x = 1")
OF_ANOTHER = notebook("def pad(x): return x", unit="padding")
STUB = notebook("")

CHOICES: list[tuple[dict[str, bytes], str]] = [
    ({"convolution.ipynb": WORK, "other.ipynb": WORK + b" "}, "convolution.ipynb"),
    ({"convolution_final.ipynb": WORK, "homework.ipynb": WORK + b" "}, "convolution_final.ipynb"),
    ({"a.ipynb": WORK, "b.ipynb": OTHER}, "a.ipynb"),
    ({"a.ipynb": notebook("x = 2", grade_id="conv2d"), "b.ipynb": OTHER}, "a.ipynb"),
    ({"a.ipynb": WORK, "b.ipynb": WORK}, "a.ipynb"),
    ({"a.ipynb": WORK, "convolution.ipynb": STUB}, "a.ipynb"),
    ({"a.ipynb": WORK, "b.ipynb": OF_ANOTHER, "padding.ipynb": OTHER}, "a.ipynb"),
    ({"main.py": b"def conv2d(x, w): return x\n", "helpers.py": b"y = 1\n"}, "main.py"),
    ({"Convolution.PY": b"y = 1\n", "test_convolution.py": b"z = 1\n"}, "Convolution.PY"),
    ({"only.py": b"y = 1\n"}, "only.py"),
    ({"old/convolution.ipynb": OTHER, "convolution.ipynb": WORK}, "convolution.ipynb"),
    ({"convolution.ipynb": STUB, "convolution/convolution.py": b"def conv2d(x, w): return x\n"}, "convolution/convolution.py"),
    (
        {"report.pdf": b"%PDF", "convolution/convolution.ipynb": WORK, "convolution/helpers.py": b""},
        "convolution/convolution.ipynb",
    ),
]


def two_units(course: Course) -> Course:
    return replace(course, units=(UNIT, replace(UNIT, name="padding", functions=("pad",))))


@pytest.mark.parametrize(("files", "chosen"), CHOICES, ids=[chosen for _, chosen in CHOICES])
def test_of_several_files_one_is_the_work(bare_course: Course, tmp_path: Path, files: dict[str, bytes], chosen: str) -> None:
    """the unit's name, then one that has it, then what is in the file; what is beside the work stays beside it"""
    course = two_units(bare_course)
    entries = {f"ada/{name}": data for name, data in files.items()} | {"bob/convolution.ipynb": WORK}
    done = collect(course, UNIT, archive(tmp_path, entries))
    assert refused(done) == {}
    origin = read_origin(course, UNIT.name, "ada")
    assert origin is not None
    assert origin.work == (chosen,)
    ending = Path(chosen).suffix.lower()
    place = paths.submission(course, UNIT.name, "ada")
    assert (place / f"convolution{ending}").read_bytes() == files[chosen]
    if "convolution/helpers.py" in files:
        assert (place / "helpers.py").is_file()


def test_a_class_of_the_unit_tells_the_work(bare_course: Course, tmp_path: Path) -> None:
    """of two notebooks the one that holds a class of the unit is the work, as one with a function of it is"""
    unit = replace(UNIT, functions=("Stack",))
    course = replace(bare_course, units=(unit,))
    entries = {"ada/a.ipynb": notebook("class Stack:\n    pass"), "ada/b.ipynb": OTHER, "bob/convolution.ipynb": WORK}
    done = collect(course, unit, archive(tmp_path, entries))
    assert refused(done) == {}
    origin = read_origin(course, unit.name, "ada")
    assert origin is not None
    assert origin.work == ("a.ipynb",)


def test_a_folder_of_the_whole_course(bare_course: Course, tmp_path: Path) -> None:
    """work on the unit is found in a folder of any name, also where others have a folder of the unit's name"""
    course = two_units(bare_course)
    entries = {
        "ada/cnn/convolution/convolution.ipynb": WORK, "ada/cnn/padding/padding.ipynb": OF_ANOTHER, "ada/cnn/README.md": b"x",
        "bob/convolution/convolution.ipynb": WORK, "bob/padding/padding.ipynb": OF_ANOTHER,
        "eve/padding/padding.ipynb": OF_ANOTHER,
    }  # fmt: skip
    done = collect(course, UNIT, archive(tmp_path, entries))
    assert taken(done) == {
        "ada": ("cnn/README.md", "cnn/padding/padding.ipynb", "convolution.ipynb"), "bob": ("convolution.ipynb",)
    }  # fmt: skip
    assert (refused(done), done.notes[0]) == ({}, "Work on other assignments is left aside (padding).")


UNCLEAR: list[tuple[dict[str, bytes], str]] = [
    ({"a.ipynb": WORK, "b.ipynb": WORK + b" "}, r"which file is the work cannot be told \(a.ipynb, b.ipynb\)"),
    ({"my convolution.ipynb": WORK, "convolution x.ipynb": WORK + b" "}, "which file is the work cannot be told"),
    ({"padding.ipynb": OTHER}, "padding.ipynb is called after another unit"),
    ({"convolution.ipynb": OF_ANOTHER}, r"another unit \(padding\)"),
    ({"essay.pdf": b"%PDF"}, r"neither a notebook nor a script of convolution \(found: essay.pdf\)"),
    ({"convolution.rar": b"Rar!"}, "convolution.rar is an archive that is not opened here"),
    ({"work.tar.gz": b"\x1f\x8b"}, "work.tar.gz is an archive that is not opened here"),
    ({"convolution.zip": b"PK"}, "convolution.zip is no zip archive that can be opened"),
]


@pytest.mark.parametrize(("files", "told"), UNCLEAR, ids=[told for _, told in UNCLEAR])
def test_a_person_is_asked_which_file_it_is(bare_course: Course, tmp_path: Path, files: dict[str, bytes], told: str) -> None:
    """where several files may be the work, or none, nothing is taken, and nobody else's work is affected"""
    course = two_units(bare_course)
    entries = {f"ada/{name}": data for name, data in files.items()} | {"bob/convolution.ipynb": WORK}
    done = collect(course, UNIT, archive(tmp_path, entries))
    assert list(taken(done)) == ["bob"]
    ((student, reason),) = refused(done).items()
    assert student == "ada"
    assert re.search(told, reason), reason
    assert done.misses_work


# A student's own archives


OWN_ZIPS = {
    "ada/convolution.zip": zipped({"convolution.ipynb": WORK, "helpers.py": b"y = 1\n"}),
    "bob/handed in.zip": zipped({"cnn course/convolution/convolution.ipynb": WORK, "__MACOSX/._x": b""}),
    "eve/a.zip": zipped({"convolution\\Copy of convolution.ipynb": WORK}),
    "fay_convolution.zip": zipped({"convolution.ipynb": WORK}),
}


def test_an_upload_that_failed_is_told(bare_course: Course, tmp_path: Path) -> None:
    """a file without a single byte is collected, and the line says so: whoever handed it in may still have the work"""
    entries = {"doe_11_901_convolution.ipynb": b"", "roe_12_902_hw.py": b"", "bo_13_903_convolution.ipynb": WORK}
    done = collect(bare_course, UNIT, archive(tmp_path, entries))
    assert {line.student: line.note for line in done} == {
        "11": "convolution.ipynb is empty", "12": "hw.py is taken as convolution.py, hw.py is empty", "13": ""
    }  # fmt: skip


@pytest.mark.parametrize("name", ["pooling.ipynb", "pooling-1.ipynb", "pooling (2).ipynb", "Pooling.ipynb", "pooling copy.py"])
def test_a_numbered_copy_of_another_units_file_is_that_units(bare_course: Course, tmp_path: Path, name: str) -> None:
    """however often it was downloaded or handed in, another unit's file is not the work on this one"""
    course = replace(bare_course, units=(*bare_course.units, replace(UNIT, name="pooling")))
    done = collect(course, UNIT, archive(tmp_path, (f"ada/{name}", "bob/convolution.py")))
    assert refused(done)["ada"].startswith(f"{name} is called after another unit (pooling)")
    numbered = replace(bare_course, units=(*bare_course.units, replace(UNIT, name="convolution_2")))
    source = archive(tmp_path, ("ada/convolution_2.ipynb", "bob/convolution.py"))
    told = refused(collect(numbered, UNIT, source))["ada"]
    assert told.startswith("convolution_2.ipynb is called after another unit (convolution_2)")


def test_a_students_own_zip_is_opened(bare_course: Course, tmp_path: Path) -> None:
    """a zip in the place of the work is opened, in a folder and as a file of the student's name"""
    done = collect(bare_course, UNIT, archive(tmp_path, OWN_ZIPS))
    assert (refused(done), sorted(taken(done))) == ({}, ["ada", "bob", "eve", "fay"])
    assert taken(done)["ada"] == ("convolution.ipynb", "helpers.py")
    flat = {"doejane_11_901_convolution.zip": zipped({"x/convolution.ipynb": WORK}),
            "A B_12_assignsubmission_file/c.zip": zipped({"convolution.py": b"y = 1\n"})}  # fmt: skip
    for number, (name, data) in enumerate(flat.items()):
        assert refused(collect(bare_course, UNIT, archive(tmp_path, {name: data}, f"{number}.zip"))) == {}


def encrypted(data: bytes) -> bytes:
    """Return an archive whose entries say that they are encrypted."""
    place = data.index(b"PK\1\2")
    return data[: place + 8] + b"\x01" + data[place + 9 :]


HOSTILE_ZIPS = {
    "a zip in a zip": (zipped({"inner.zip": zipped({"convolution.ipynb": WORK})}), "neither a notebook nor a script"),
    "a path that leads out": (zipped({"../../convolution.ipynb": WORK}), "its path leads out of its folder"),
    "a path of Windows that leads out": (zipped({"a\\..\\..\\convolution.ipynb": WORK}), "its path leads out of its folder"),
    "an encrypted one": (encrypted(zipped({"convolution.ipynb": WORK})), "it is encrypted"),
    "too many files": (zipped({f"{number}.txt": b"" for number in range(1_001)}), "there are 1,001 files in x.zip"),
    "half of one": (zipped({"convolution.ipynb": WORK})[:-30], "no zip archive that can be opened"),
}


@pytest.mark.parametrize(("data", "told"), HOSTILE_ZIPS.values(), ids=HOSTILE_ZIPS.keys())
def test_a_students_own_zip_is_bounded(bare_course: Course, tmp_path: Path, data: bytes, told: str) -> None:
    """what a student's zip may hold is what a student's folder may; what it costs, it costs that student"""
    done = collect(bare_course, UNIT, archive(tmp_path, {"ada/x.zip": data, "bob/convolution.ipynb": WORK}))
    assert list(taken(done)) == ["bob"]
    assert told in refused(done)["ada"]
    assert {path.name for path in tmp_path.rglob("*.ipynb")} == {"convolution.ipynb"}
    assert len(list(tmp_path.rglob("*.ipynb"))) == 1


def test_a_bomb_in_a_students_zip(bare_course: Course, tmp_path: Path) -> None:
    """a megabyte that unpacks to more than a student may hand in is not unpacked"""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as bomb:
        for number in range(3):
            bomb.writestr(f"{number}.ipynb", bytes(60 << 20))
    done = collect(bare_course, UNIT, archive(tmp_path, {"ada/x.zip": whole.getvalue(), "bob/convolution.ipynb": WORK}))
    assert list(taken(done)) == ["bob"]
    assert "larger than 128 MiB together" in refused(done)["ada"]


def test_a_zip_beside_the_work_is_a_file(bare_course: Course, tmp_path: Path) -> None:
    """a zip of data beside a notebook is left as it is"""
    data = zipped({"convolution.ipynb": OTHER})
    collect(bare_course, UNIT, archive(tmp_path, {"ada/data.zip": data, "ada/convolution.ipynb": WORK}))
    place = paths.submission(bare_course, UNIT.name, "ada")
    assert ((place / "data.zip").read_bytes(), (place / "convolution.ipynb").read_bytes()) == (data, WORK)


# Again


def attempts(course: Course, unit: Unit, folder: Path, *names: str) -> list[CollectedClass]:
    return [
        collect(course, unit, archive(folder, {name: WORK + b" " * number}, f"{number}.zip"))
        for number, name in enumerate(names)
    ]


def test_a_later_attempt_replaces_an_earlier_one(bare_course: Course, tmp_path: Path) -> None:
    """by the platform's time or number of the attempt, within a source and between sources, and the former one is kept"""
    name = "Unit 3_ada_attempt_2026-05-{:02}-12-30-11_convolution.ipynb"
    both = archive(tmp_path, {name.format(6): WORK, name.format(7): WORK + b" "}, "both.zip")
    assert list(taken(collect(bare_course, UNIT, both))) == ["ada"]
    place = paths.submission(bare_course, UNIT.name, "ada")
    assert (place / "convolution.ipynb").read_bytes() == WORK + b" "
    first, second, third = attempts(bare_course, UNIT, tmp_path, name.format(5), name.format(8), name.format(9))
    assert [line.reason for line in first] == ["what was collected before is newer"]
    # The same work once more: nobody is late for it.
    assert [line.reason for line in second] == ["the same work was collected before"]
    assert [line.fate for line in third] == [Fate.COLLECTED]
    kept = paths.collected(bare_course, UNIT.name) / "ada"
    assert (kept / "1" / "convolution.ipynb").read_bytes() == WORK + b" "
    assert when(bare_course, "ada") == datetime(2026, 5, 9, 12, 30, 11, tzinfo=UTC)


def test_an_attempt_without_a_time(bare_course: Course, tmp_path: Path) -> None:
    """a platform without times numbers what it holds: an older download does not replace a newer one"""
    newer, older = attempts(bare_course, UNIT, tmp_path, "doeada_11_950_convolution.ipynb", "doeada_11_940_convolution.ipynb")
    assert [line.fate for line in newer] == [Fate.COLLECTED]
    assert [line.reason for line in older] == ["what was collected before is a later attempt"]
    (again,) = collect(bare_course, UNIT, tmp_path / "0.zip")
    assert (again.fate, again.reason) == (Fate.KEPT, "the same work was collected before")


def test_another_file_of_the_same_attempt(bare_course: Course, tmp_path: Path) -> None:
    """a person may name another file of the attempt that was collected before: it is no older"""
    source = archive(tmp_path, {f"doeada_11_{950 + at}_{name}.ipynb": notebook(f"x = {at}") for at, name in enumerate("ab")})
    for name in "ab":
        mapped = put(tmp_path / "whose.csv", "".join(
            ["found,student,file\n", *(f"doeada_11_{950 + at}_{each}.ipynb,11,{name}.ipynb\n" for at, each in enumerate("ab"))]
        ).encode())  # fmt: skip
        assert list(taken(collect(bare_course, UNIT, source, said=SaidOfSource(map=mapped)))) == ["11"]


def test_a_last_attempt_without_work(bare_course: Course, tmp_path: Path) -> None:
    """of attempts the last that holds work counts, and the line says so"""
    name = "Unit 3_ada_attempt_2026-05-{:02}-12-30-11_{}"
    source = archive(tmp_path, {name.format(6, "convolution.ipynb"): WORK, name.format(7, "sorry.pdf"): b"%PDF"})
    (line,) = [line for line in collect(bare_course, UNIT, source) if line.student]
    assert (line.fate, "the last attempt holds no work" in line.note) == (Fate.COLLECTED, True)
    assert line.submitted == datetime(2026, 5, 6, 12, 30, 11, tzinfo=UTC)


def test_what_was_edited_in_the_classroom_stays(bare_course: Course, tmp_path: Path) -> None:
    """collecting the same again does not undo what an instructor did to a submission; --force does, and keeps it"""
    source = archive(tmp_path, ("ada/convolution.ipynb",))
    collect(bare_course, UNIT, source)
    work = put(paths.submission(bare_course, UNIT.name, "ada") / "convolution.ipynb", OTHER)
    assert [line.fate for line in collect(bare_course, UNIT, source)] == [Fate.KEPT]
    assert work.read_bytes() == OTHER
    collect(bare_course, UNIT, source, force=True)
    assert work.read_bytes() == WORK
    assert (paths.collected(bare_course, UNIT.name) / "ada" / "1" / "convolution.ipynb").read_bytes() == OTHER


# Names in archives


CODES = [
    ("Jos\u00e9", "utf-8"), ("Jose\u0301", "utf-8"), ("Jos\u00e9", "cp437"), ("Jos\u00e9", "cp850"), ("Jos\u00e9", "cp1252"),
    ("Jo\u00e3o", "cp850"), ("S\u00f8ren", "cp850"), ("M\u00fcller", "cp437"), ("\u7530\u4e2d\u4e00", "cp932"),
    ("\u4f50\u85e4\u82b1\u5b50", "cp932"), ("\u3059\u305a\u304d", "cp932"), ("\u0418\u0432\u0430\u043d\u043e\u0432", "cp866"),
    ("\u0418\u0432\u0430\u043d\u043e\u0432", "cp1251"), ("\u9673\u5927\u6587", "big5"), ("\u738b\u5c0f\u660e", "gb2312"),
    ("ANDR\u00c9", "cp850"), ("\u00c9va", "cp437"), ("N\u00fa\u00f1ez", "cp437"), ("Dvo\u0159\u00e1k", "cp852"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code"), CODES, ids=ascii)
def test_names_are_read_in_the_code_in_which_they_are_written(
    bare_course: Course, tmp_path: Path, name: str, code: str
) -> None:
    """where only one code makes names of all the names in an archive, it is that one"""
    source = put(
        tmp_path / "all.zip", zipped({f"{name}/convolution.ipynb".encode(code): WORK, b"Anna/convolution.ipynb": WORK})
    )
    done = collect(bare_course, UNIT, source)
    assert (refused(done), set(taken(done))) == ({}, {"Anna", unicodedata.normalize("NFC", name)})


UNTOLD = [("Sim\u00f5es", "cp850"), ("\uae40\ucca0\uc218", "cp949"), ("P\u00e4ivi", "cp1252"), ("\u674e", "gb2312")]


@pytest.mark.parametrize(("name", "code"), UNTOLD, ids=ascii)
def test_a_name_that_can_be_read_in_several_ways_is_asked_about(
    bare_course: Course, tmp_path: Path, name: str, code: str
) -> None:
    """nobody gets an id of garbled letters: the refusal shows the readings, and --encoding decides"""
    source = put(
        tmp_path / "all.zip", zipped({f"{name}/convolution.ipynb".encode(code): WORK, b"Anna/convolution.ipynb": WORK})
    )
    done = collect(bare_course, UNIT, source)
    assert list(taken(done)) == ["Anna"]
    (reason,) = refused(done).values()
    assert "--encoding" in reason
    assert set(taken(collect(bare_course, UNIT, source, said=SaidOfSource(encoding=code)))) == {name}
    for wrong in ("nonsense", "rot13", "hex"):
        with pytest.raises(UsageError, match="is no encoding of text"):
            collect(bare_course, UNIT, source, said=SaidOfSource(encoding=wrong))


def test_a_name_beside_the_name(bare_course: Course, tmp_path: Path) -> None:
    """the name that Info-ZIP writes beside one in another code is the one that counts, if it is of that one"""
    raw = "Sim\u00f5es/convolution.ipynb".encode("cp850")
    for valid in (True, False):
        extra = b"\x01" + struct.pack("<L", zlib.crc32(raw) ^ (not valid)) + "Sim\u00f5es/convolution.ipynb".encode()
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as out:
            info = zipfile.ZipInfo("@" * len(raw), DOWNLOADED)
            info.extra = struct.pack("<HH", 0x7075, len(extra)) + extra
            out.writestr(info, WORK)
        source = put(tmp_path / f"{valid}.zip", whole.getvalue().replace(b"@" * len(raw), raw))
        assert bool(taken(collect(bare_course, UNIT, source))) is valid


def test_separators_of_windows(bare_course: Course, tmp_path: Path) -> None:
    """backslashes are separators, in an archive and in the names of files that were unpacked with them"""
    done = collect(
        bare_course, UNIT, archive(tmp_path, ("jane\\convolution.ipynb", "john\\sub\\x.txt", "john\\convolution.ipynb"))
    )
    assert (refused(done), taken(done)["john"]) == ({}, ("convolution.ipynb", "sub/x.txt"))
    if os.sep != "\\":
        put(tmp_path / "in" / "fay\\convolution.ipynb", WORK)
        assert list(taken(collect(bare_course, UNIT, tmp_path / "in"))) == ["fay"]
        for name in ("eve/convolution.ipynb", "eve\\convolution.ipynb", "bob/convolution.ipynb"):
            put(tmp_path / "twice" / name, WORK)
        done = collect(bare_course, UNIT, tmp_path / "twice")
        assert "two files are read as this one" in refused(done)["eve/convolution.ipynb"]
        assert list(taken(done)) == ["bob"]


def test_what_systems_leave_is_nobodys(bare_course: Course, tmp_path: Path) -> None:
    """files of systems and tools are neither collected nor told"""
    left = ("desktop.ini", "Thumbs.db", "Icon\r", "~$notes.docx", "convolution.ipynb:Zone.Identifier", ".DS_Store",
            "._convolution.ipynb", ".ipynb_checkpoints/convolution-checkpoint.ipynb", ".git/config", "__pycache__/x.pyc",
            ".~lock.a.odt#", "DESKTOP.INI")  # fmt: skip
    names = [f"ada/{name}" for name in (*left, "convolution.ipynb")]
    done = collect(bare_course, UNIT, archive(tmp_path, [*names, "__MACOSX/ada/._convolution.ipynb"]))
    assert [(line.student, line.files) for line in done] == [("ada", ("convolution.ipynb",))]


def test_names_move_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """whatever strangers named is shown with escapes, in lines, notes and in the frame of a map"""
    monkeypatch.chdir(tiny_course.make_course(tmp_path / "course"))
    names = (
        "ada/scaling.ipynb",
        "\x1b]0;title\x07\x1b[31mred/scaling.ipynb",
        "x\x1b[2K\x1b[1Fevil.ipynb",
        "e\u202eve/scaling.ipynb",
    )
    source = archive(tmp_path, names)
    result = CliRunner().invoke(main, ["collect", "scaling", "--from", str(source)])
    assert all(line.isprintable() for line in result.output.splitlines())
    assert r"\x1b]0;title\x07\x1b[31mred" in result.output
    assert result.exit_code == 1


def test_a_course_of_its_own_unit_is_not_begun(tmp_path: Path) -> None:
    """a handed-out notebook beside a renamed one with work in it is not the work"""
    course = load_course(tiny_course.make_course(tmp_path / "course") / "course.yml")
    unit = course.unit("scaling")
    entries = {"ada/scaling.py": tiny_course.script().encode(), "ada/mine.py": tiny_course.script(**tiny_course.RIGHT).encode()}
    done = collect(course, unit, archive(tmp_path, entries))
    assert refused(done) == {}
    place = paths.submission(course, unit.name, "ada")
    assert (place / "scaling.py").read_bytes() == entries["ada/mine.py"]
