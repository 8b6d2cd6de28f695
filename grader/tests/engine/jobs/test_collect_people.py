"""With a roster, a person is one student on every platform; without one, a folder's name is an id in every script."""

from __future__ import annotations

import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from cnngrade.classroom.roster_file import read_roster
from cnngrade.course import paths
from cnngrade.jobs.collect import SaidOfSource, collect
from cnngrade.jobs.collect_lines import Fate, map_frame
from cnngrade.model import Course
from support import tiny_course

UNIT = tiny_course.BARE_UNIT
WORK = b"def conv2d(x, w):\n    return x\n"
COLUMNS = "id,first_name,last_name,email,canvas,moodle,blackboard,brightspace,sakai,ilias,teams,gradescope,github,nbgrader"
KNOWN = "jd,Jane,Doe,jane@uni.example,100,101 102,jdoe_bb,12345,jdoe_eid,jdoe_il,J. Doe,u0001,jane-codes,jdoe_nb"
OTHER = (
    "jd2,Johanna,Doe,johanna@uni.example,200,201 202,jdoe2_bb,54321,jdoe2_eid,jdoe2_il,J. Doe 2,u0002,johanna-codes,jdoe2_nb"
)
NAMES = "jd,Jane,Doe,jane@uni.example,,,,,,,,,,"

METADATA = """\
---
submission_111:
  :submitters:
  - :name: Jane Doe
    :sid: u0001
    :email: jane@uni.example
  :created_at: 2026-02-27 10:00:00.000000000 Z
  :history: []
"""

# The download of each platform with Jane's work in it.
DOWNLOADS = {
    "canvas": {"doejane_100_901_convolution.py": WORK},
    "moodle": {"Jane Doe_102_assignsubmission_file/convolution.py": WORK},
    "blackboard": {"Unit 3_jdoe_bb_attempt_2026-02-27-10-00-00_convolution.py": WORK},
    "brightspace": {"12345-67890 - Jane Doe - Feb 27, 2026 1000 AM/convolution.py": WORK, "index.html": b"<html></html>"},
    "sakai": {"Unit 3/Doe, Jane(jdoe_eid)/Submission attachment(s)/convolution.py": WORK, "Unit 3/grades.csv": b"x"},
    "ilias": {"Unit 3/Doe_Jane_jdoe_il_4711/20260227100000_convolution.py": WORK},
    "teams": {"J. Doe/Unit 3/Version 1/convolution.py": WORK},
    "gradescope": {"a/submission_111/convolution.py": WORK, "a/submission_metadata.yml": METADATA.encode()},
    "github": {
        "convolution-submissions/convolution-jane-codes/convolution.py": WORK,
        "convolution-submissions/convolution-jane-codes/.git/HEAD": b"ref: refs/heads/main\n",
    },
    "nbgrader": {"inbound/jdoe_nb+convolution+2026-02-27 10:00:00.000000 UTC+abc/convolution.py": WORK},
}
BY_NAME = ("canvas", "moodle", "brightspace", "sakai", "gradescope")


def collected(course: Course, source: Path, *lines: str) -> list[tuple[str, Fate]]:
    """Return who came out of a source in a course with these lines in its roster."""
    roster = paths.roster(course)
    roster.parent.mkdir(parents=True, exist_ok=True)
    roster.write_text("\n".join((COLUMNS, *lines)) + "\n", encoding="utf-8")
    read_roster(roster)
    return [(line.student, line.fate) for line in collect(course, UNIT, source)]


def download(folder: Path, platform: str) -> Path:
    path = folder / f"{platform}.zip"
    with ZipFile(path, "w") as archive:
        for name, data in DOWNLOADS[platform].items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_one_person_on_every_platform(bare_course: Course, tmp_path: Path, platform: str) -> None:
    """each platform knows Jane by an id of its own, and all of them bring her work to the same student"""
    assert collected(bare_course, download(tmp_path, platform), OTHER, KNOWN) == [("jd", Fate.COLLECTED)]


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_whoever_is_not_in_the_roster_is_nobody(bare_course: Course, tmp_path: Path, platform: str) -> None:
    """on no platform is work given to somebody who only looks like its owner"""
    ((student, fate),) = collected(bare_course, download(tmp_path, platform), OTHER)
    assert (student, fate) == ("", Fate.REFUSED)


@pytest.mark.parametrize("platform", BY_NAME)
def test_names_do_where_ids_are_not_known(bare_course: Course, tmp_path: Path, platform: str) -> None:
    """a roster of names and addresses finds Jane wherever the platform says how she is called"""
    assert collected(bare_course, download(tmp_path, platform), NAMES) == [("jd", Fate.COLLECTED)]


def test_folders_with_names_in_any_script(bare_course: Course, tmp_path: Path) -> None:
    """without a roster a folder's name is the id, or becomes it, vowel signs and joiners included"""
    expected = {
        "ada": "ada",
        "Doe, John": "Doe_John",
        "Sammy Davis Jr.": "Sammy-Davis-Jr",
        "'t Hooft, Gerard": "\u2019t-Hooft_Gerard",
        "Anna-Lena M\u00fcller": "Anna-Lena_M\u00fcller",
        "Anna Lena M\u00fcller": "Anna-Lena-M\u00fcller",
        # A joiner shows nothing; a maqaf is a hyphen.
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627": "\u0639\u0644\u06cc\u0631\u0636\u0627",
        "\u05d3\u05d5\u05d3 \u05d1\u05df\u05be\u05d2\u05d5\u05e8": "\u05d3\u05d5\u05d3-\u05d1\u05df\u05be\u05d2\u05d5\u05e8",
    }
    for name in (
        "\u0905\u0928\u093f\u0924\u093e \u0936\u0930\u094d\u092e\u093e",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22 \u0e43\u0e08\u0e14\u0e35",
        "\u179f\u17bb\u1781 \u1785\u17b6\u1793\u17cb",
        "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd",
    ):
        expected[name] = name.replace(" ", "-")
    for name in expected:
        (tmp_path / "handed-in" / name).mkdir(parents=True)
        (tmp_path / "handed-in" / name / "convolution.py").write_bytes(WORK)
    done = collect(bare_course, UNIT, tmp_path / "handed-in")
    assert sorted(line.student for line in done if line.fate is Fate.COLLECTED) == sorted(expected.values())


def test_a_folder_in_another_case_is_given_to_the_known_student_by_a_map(bare_course: Course, tmp_path: Path) -> None:
    """whoever is known in another case is asked about, and the beginning of a map has the place for the answer"""
    for student in ("Ada", "Ben"):
        place = paths.submission(bare_course, student=student, unit=UNIT.name)
        place.mkdir(parents=True)
        (place / f"{UNIT.name}.py").write_bytes(WORK)
    source = tmp_path / "source"
    for student in ("ada", "ben", "cy"):
        (source / student).mkdir(parents=True)
        (source / student / f"{UNIT.name}.py").write_bytes(WORK + student.encode())
    done = collect(bare_course, UNIT, source)
    assert [(line.student, line.fate) for line in done if line.fate is Fate.REFUSED] == [
        ("ada", Fate.REFUSED), ("ben", Fate.REFUSED)
    ]  # fmt: skip
    assert map_frame(done) == "found,student\nada,\nben,\n"
    whose = tmp_path / "whose.csv"
    whose.write_text("found,student\nada,Ada\nben,Ben\n")
    again = collect(bare_course, UNIT, source, said=SaidOfSource(map=whose))
    assert {line.student: line.fate is Fate.REFUSED for line in again} == {"Ada": False, "Ben": False, "cy": False}


def test_how_many_are_not_in_the_roster_is_said_with_what_to_do(bare_course: Course, tmp_path: Path) -> None:
    """in a class of hundreds nobody counts the refused lines: the end says how many are unknown, and what brings them in"""
    roster = paths.roster(bare_course)
    roster.parent.mkdir(parents=True, exist_ok=True)
    source = tmp_path / "source"
    for number in range(3):
        (source / f"Person {number}_{number}_assignsubmission_file").mkdir(parents=True)
        (source / f"Person {number}_{number}_assignsubmission_file" / f"{UNIT.name}.py").write_bytes(WORK)
    said = []
    for known in range(4):
        roster.write_text("id,moodle\nzoe,99\n" + "".join(f"p{number},{number}\n" for number in range(known)))
        notes = collect(bare_course, UNIT, source, rehearsal=True).notes
        said.append([note for note in notes if "roster import" in note])
    told = "not found in the roster: `cnngrade roster import` takes in a platform's list."
    assert said == [[f"3 people are {told}"], [f"2 people are {told}"], [f"One person is {told}"], []]
    files = tmp_path / "canvas.zip"
    with ZipFile(files, "w") as archive:
        for attachment, ending in enumerate(("py", "ipynb")):
            archive.writestr(f"doejane_100_90{attachment}_{UNIT.name}.{ending}", WORK)
    assert f"One person is {told}" in collect(bare_course, UNIT, files, rehearsal=True).notes, "one person, two files"


def test_work_without_a_time_says_what_it_replaces(bare_course: Course, tmp_path: Path) -> None:
    """of two downloads one may say when, and the other not: whoever collects reads that the order is not known"""
    lines = (KNOWN,)
    assert collected(bare_course, download(tmp_path, "brightspace"), *lines) == [("jd", Fate.COLLECTED)]
    for number, work in enumerate((WORK + b"# again\n", WORK + b"# and again\n")):
        source = tmp_path / f"canvas{number}.zip"
        with ZipFile(source, "w") as archive:
            archive.writestr(f"doejane_100_90{number}_convolution.py", work)
        (line,) = collect(bare_course, UNIT, source)
        assert line.fate is Fate.COLLECTED
        told = "it replaces work of 2026-02-27 10:00 UTC, and has no time itself"
        assert line.note == ("" if number else told)


@pytest.mark.parametrize(("apart", "is_told"), [(1, False), (3600, True)])
def test_the_only_one_in_the_roster_is_not_late_by_the_times_of_a_download(
    bare_course: Course, tmp_path: Path, apart: int, is_told: bool
) -> None:
    """those who are not in the roster show as well that all files carry the time at which they were packed"""
    roster = paths.roster(bare_course)
    roster.parent.mkdir(parents=True, exist_ok=True)
    roster.write_text("id\nada\n")
    source = tmp_path / "source"
    for number, student in enumerate(("ada", "ben", "cy")):
        (source / student).mkdir(parents=True)
        work = source / student / f"{UNIT.name}.py"
        work.write_bytes(WORK)
        os.utime(work, (1_770_000_000 + number * apart,) * 2)
    (ada,) = [line for line in collect(bare_course, UNIT, source) if line.fate is Fate.COLLECTED]
    assert (ada.student, ada.submitted is not None) == ("ada", is_told)
