"""A student names the own files as platforms name others': the work of nobody else changes hands, and no time is won.

Each platform's download holds two honest students, and eve, whose own files bear the names, folders and lists of all platforms.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnngrade.classroom.collected import read_timestamp
from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.jobs.collect import SaidOfSource, collect
from cnngrade.model import Course
from cnngrade.submission.archive import File
from cnngrade.submission.layouts import Layouts, Sorted
from cnngrade.submission.platforms.nbgrader import read_nbgrader
from support import tiny_course
from support.platform_tables import source_of

UNIT = tiny_course.BARE_UNIT
WORK = b"def conv2d(x, w):\n    return x\n"
LOGINS, NAMES = ("eve", "ada", "bob"), ("Eve Moss", "Ada Love", "Bob Lee")
ROWS = ("Moss, Eve(eve)", "Love, Ada(ada)", "Lee, Bob(bob)")
WORDS = ("Moss_Eve_eve_10", "Love_Ada_ada_11", "Lee_Bob_bob_12")
METADATA = "".join(
    f":submission_{n}:\n  :submitters:\n  - :name: {NAMES[n]}\n    :sid: {LOGINS[n]}\n" for n in range(3)
)  # fmt: skip


def flat(name: str) -> str:
    return name.replace("/", "_")


DOWNLOADS: Mapping[str, Callable[[int, int, str], str]] = {
    "canvas": lambda n, file, own: f"{LOGINS[n]}_{10 + n}_{100 * (n + 1) + file}_{flat(own)}",
    "canvas, late": lambda n, file, own: f"{LOGINS[n]}_LATE_{10 + n}_{100 * (n + 1) + file}_{flat(own)}",
    "moodle": lambda n, file, own: f"{NAMES[n]}_{10 + n}_assignsubmission_file/{own}",
    "moodle, flat": lambda n, file, own: f"{NAMES[n]}_{10 + n}_assignsubmission_file_{flat(own)}",
    "blackboard": lambda n, file, own: f"HW 1_{LOGINS[n]}_attempt_2026-03-09-1{n}-00-00_{flat(own)}",
    "brightspace": lambda n, file, own: f"{10 + n}-5 - {NAMES[n]} - Mar 9, 2026 {n + 1}13 PM/{own}",
    "brightspace, flat": lambda n, file, own: f"{10 + n}-5 - {NAMES[n]} - Mar 9, 2026 {n + 1}13 PM - {flat(own)}",
    "sakai": lambda n, file, own: f"HW 1/{ROWS[n]}/Submission attachment(s)/{flat(own)}",
    "ilias": lambda n, file, own: f"Submissions/{WORDS[n]}/{own}",
    "teams": lambda n, file, own: f"Submitted files/{NAMES[n]}/HW 1/Version 1/{own}",
    "gradescope": lambda n, file, own: f"assignment_5_export/submission_{n}/{own}",
    "github": lambda n, file, own: f"hw-1-submissions/hw-1-{LOGINS[n]}/{own}",
    "an exchange": lambda n, file, own: f"{LOGINS[n]}+convolution+2026-03-09 1{n}:00:00 UTC/{own}",
    "submitted": lambda n, file, own: f"submitted/{LOGINS[n]}/convolution/{own}",
    "people": lambda n, file, own: f"{LOGINS[n]}/{own}",
}
"""What the `file`th of the own names of the student `n` is called in a download."""

LISTS: Mapping[str, Mapping[str, str]] = {
    "gradescope": {"assignment_5_export/submission_metadata.yml": METADATA},
    "sakai": {"HW 1/grades.csv": ""},
    "submitted": {f"submitted/{login}/convolution/timestamp.txt": "2026-03-09 11:00:00 UTC" for login in LOGINS},
}
"""What the platform itself puts in."""

EARLY = "2020-01-01 10:00:00 UTC"

OWN_NAMES = (
    "ada_11_901_convolution.ipynb",
    "11_901_convolution.ipynb",
    "anon_12345_901_convolution.ipynb",
    "Ada Love_11_assignsubmission_file_convolution.ipynb",
    "Ada Love_11_assignsubmission_file_/convolution.ipynb",
    "Ada Love_11_assignfeedback_file_/convolution.ipynb",
    "HW 1_ada_attempt_2020-01-01-10-00-00_convolution.ipynb",
    "_attempt_2020-01-01-10-00-00_convolution.ipynb",
    "_attempt_2020-01-01-10-00-00.txt",
    "11-5 - Ada Love - Jan 1, 2020 113 PM - convolution.ipynb",
    "11-5 - Ada Love - Jan 1, 2020 113 PM/convolution.ipynb",
    " - Jan 1, 2020 113 PM - convolution.ipynb",
    "Love, Ada(ada)/Submission attachment(s)/convolution.ipynb",
    "Love, Ada(ada)_Submission attachment(s)_convolution.ipynb",
    "Love_Ada_ada_11/convolution.ipynb",
    "Submissions/Love_Ada_ada_11/convolution.ipynb",
    "HW 1/Version 9/convolution.ipynb",
    "Ada Love/HW 1/Version 9/convolution.ipynb",
    "submission_1/convolution.ipynb",
    "submission_metadata.yml",
    "convolution-ada/convolution.ipynb",
    ".git/config",
    "grades.csv",
    "members.txt",
    "ada+convolution+2020-01-01 10:00:00 UTC/convolution.ipynb",
    "convolution/convolution.ipynb",
    "convolution/timestamp.txt",
    "timestamp.txt",
    "submitted/ada/convolution/convolution.ipynb",
)


def sorted_out(names: Iterable[str], texts: Mapping[str, str], known: Collection[str] = ()) -> Sorted:
    """Return whose files of these names are; what is in no text is an early time."""
    moment = datetime(2026, 3, 9, 12, tzinfo=UTC)

    def file(name: str) -> File:
        return File(name, 100, moment, lambda out: out.write(texts.get(name, EARLY).encode()) and None)

    return Layouts({name: file(name) for name in names}, UNIT.name, UTC, known, "download.zip").sorted_out()


def whose(found: Sorted, path: str) -> tuple[object, ...]:
    """Return who is said to have handed in a file, when, and whether late; () for what is refused or the platform's own."""
    claim = found.claims.get(path)
    return () if claim is None else (*((each.id or each.name) for each in claim.people), claim.submitted, claim.late)


def many(own: str, count: int) -> list[str]:
    """Return as many own names of one kind."""
    folder, slash, name = own.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    return [own, *(f"{folder}{slash}{stem}{number}{dot}{ending}" for number in range(count - 1))]


@pytest.mark.parametrize("download", DOWNLOADS)
def test_own_names_of_files_speak_for_nobody_else(download: str) -> None:
    """one such file, or so many that most of the download is like it, with others' work in the download or alone in it"""
    name_of, lists = DOWNLOADS[download], LISTS.get(download, {})
    for own in OWN_NAMES:
        for count in (1, 30):
            for others in ((1, 2), ()):
                honest = [name_of(n, 0, "convolution.ipynb") for n in others]
                plain = name_of(0, 0, "convolution.ipynb")
                mine = [name_of(0, number, each) for number, each in enumerate(many(own, count), 1)]
                before = sorted_out([*honest, plain, *lists], lists, LOGINS)
                after = sorted_out([*honest, plain, *mine, *lists], lists, LOGINS)
                if after.is_unclear:
                    assert not others, (own, "nobody's work is read, for what one student called a file")
                    continue
                assert [whose(after, path) for path in honest] == [whose(before, path) for path in honest], (own, count, others)
                assert {whose(after, path) for path in (plain, *mine)} <= {whose(before, plain), ()}, (own, count, others)
                # Who hands in alone what looks like a platform's may be misread, but not as anybody else.
                assert whose(after, plain) or not others, (own, count)


KINDS = (
    "Love, Ada(ada)/Submission attachment(s)",
    "Love_Ada_ada_11",
    "Ada Love/HW 1/Version 9",
    "ada+convolution+2020-01-01 10:00:00",
)


@pytest.mark.parametrize("inside", KINDS)
@pytest.mark.parametrize("beside", [(), ("eve/notes.txt",), ("eve/convolution.ipynb",)])
def test_the_only_folder_of_a_source_is_a_known_students(inside: str, beside: tuple[str, ...]) -> None:
    """where one student's folder comes alone, a platform's folder for another in it makes it nobody else's"""
    found = sorted_out([f"eve/{inside}/convolution.ipynb", *beside], {}, ("eve", "ada"))
    assert found.is_unclear or {whose(found, path)[:1] for path in found.claims} <= {("eve",)}
    honest = sorted_out([f"HW 1/{inside}/convolution.ipynb", f"HW 1/{inside.replace('Ada', 'Bob').replace('ada', 'bob')}/w.py"],
                        {}, ("eve", "ada"))  # fmt: skip
    assert len(honest.claims) == 2


def test_a_known_student_submits_under_no_others_name() -> None:
    """who is known as a student hands in for nobody else through the exchange, also without a submission of the own"""
    path = "ada+convolution+2026-11-29 13:58:55.5 UTC+x/c.py"
    for honest in ((), ("ada+convolution+2026-11-28 13:58:55.5 UTC+x/c.py",)):
        source = replace(source_of(*honest, path), owner=lambda each, forged=path: "eve" if each == forged else "ada")
        reading = read_nbgrader(replace(source, is_student=lambda name: name == "eve"))
        assert reading is not None
        assert set(reading.refused) == {path}
        assert set(reading.claims) == set(honest)


def test_a_time_that_only_some_have_is_asked_about() -> None:
    """a timestamp.txt in a folder that a student has packed is named; where everybody has one, there is nothing to say"""
    names = [f"{login}/convolution/convolution.ipynb" for login in LOGINS]
    some = sorted_out([*names, "eve/convolution/timestamp.txt"], {})
    assert [("eve" in note, "bob" in note) for note in some.notes] == [(True, False)]
    assert sorted_out([*names, *(f"{login}/convolution/timestamp.txt" for login in LOGINS)], {}).notes == ()


def ntfs_time(seconds: int) -> bytes:
    """Return the field of a zip's entry that holds a time of NTFS, from one in seconds since 1970."""
    times = struct.pack("<Q", 10_000_000 * seconds + 116_444_736_000_000_000) * 3
    return struct.pack("<HH4xHH", 0x000A, 32, 1, 24) + times


@pytest.mark.parametrize("seconds", [-11_644_473_600, 253_402_300_799])
@pytest.mark.parametrize("place", ["Europe/Berlin", "America/New_York"])
def test_a_time_at_the_end_of_the_calendar_is_none(bare_course: Course, tmp_path: Path, seconds: int, place: str) -> None:
    """what no zone's clock can show stops nobody from being collected, and makes nothing early"""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, extra in (("eve", ntfs_time(seconds)), ("bob", ntfs_time(1_773_054_000))):
            info = zipfile.ZipInfo(f"{name}/convolution.py", (2026, 3, 9, 12, 0, 0))
            info.extra = extra
            archive.writestr(info, WORK)
    course = replace(bare_course, timezone=place)
    collect(course, UNIT, tmp_path / "all.zip")
    times = [read_timestamp(paths.submitted(course) / student / UNIT.name) for student in ("eve", "bob")]
    assert times == [None, datetime(2026, 3, 9, 11, tzinfo=UTC)]
    for written in ("9999-12-31 23:59:59.000000 UTC", "0001-01-01 00:00:00.000000 UTC"):
        (paths.submitted(course) / "eve" / UNIT.name / paths.TIMESTAMP).write_text(written)
        assert read_timestamp(paths.submitted(course) / "eve" / UNIT.name) is None
        (tmp_path / "times.csv").write_text(f"id,time\neve,{written[:19]}\n")
        with pytest.raises(UsageError, match=r"times\.csv, line 2: .* is not a time"):
            collect(course, UNIT, tmp_path / "all.zip", said=SaidOfSource(submitted_at=str(tmp_path / "times.csv")))


@pytest.mark.parametrize("inner", [(2020, 1, 1, 0, 0, 0), (1980, 1, 1, 0, 0, 0)])
def test_a_time_in_an_own_zip_is_no_earlier_than_the_zips(
    bare_course: Course, tmp_path: Path, inner: tuple[int, int, int, int, int, int]
) -> None:
    """where files' times tell when work was handed in, a zip that a student made says nothing earlier, and not nothing"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("convolution.py", inner), WORK)
    handed_in = datetime(2026, 3, 9, 12, tzinfo=UTC)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for hours, name, data in ((0, "eve/convolution.zip", packed.getvalue()), (5, "bob/convolution.py", WORK)):
            moment = handed_in + timedelta(hours=hours)
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), data)
    collect(bare_course, UNIT, tmp_path / "all.zip")
    times = [read_timestamp(paths.submitted(bare_course) / student / UNIT.name) for student in ("eve", "bob")]
    assert times == [handed_in, handed_in + timedelta(hours=5)]
