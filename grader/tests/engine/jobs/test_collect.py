"""Collecting: whose work it is, what is refused, and that nothing is written anywhere else."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import parse_utc

from cnngrade.classroom.collected import read_timestamp
from cnngrade.cli.main import main
from cnngrade.course.load import load_course
from cnngrade.course.paths import TIMESTAMP
from cnngrade.errors import UsageError
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.session import course_directory, open_gradebook
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Collected, Fate
from cnngrade.model import Course
from cnngrade.submission.archive import MAX_FILE_BYTES
from cnngrade.submission.filenames import bad_path, bad_student, read_name
from support import tiny_course

UNIT = tiny_course.BARE_UNIT
WORK = b"def conv2d(x, w): return x\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    return folder


def put(path: Path, data: bytes = WORK, when: float = 1_700_000_000.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (when, when))


def zipped(path: Path, entries: dict[str, bytes], mode: int = stat.S_IFREG | 0o644) -> Path:
    """Make an archive whose entries were saved one hour after the other."""
    with zipfile.ZipFile(path, "w") as archive:
        for hour, (name, data) in enumerate(entries.items()):
            info = zipfile.ZipInfo(name, (2026, 2, 3, 4 + hour, 5, 6))
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return path


def place(bare_course: Course, student: str) -> Path:
    return bare_course.root / "classroom" / "submitted" / student / UNIT.name


def fates(lines: Iterable[Collected]) -> dict[str, Fate]:
    return {line.student or line.found: line.fate for line in lines}


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_a_folder_for_each_student_is_collected(bare_course: Course, source: Path) -> None:
    """a sub-folder a student is collected with everything in it, and the time at which it was saved"""
    put(source / "alice" / "convolution.py")
    put(source / "alice" / "data" / "cat.txt", b"cat")
    put(source / "bob" / "convolution.ipynb", b"{}", 1_700_003_600)
    assert fates(collect(bare_course, UNIT, source)) == {"alice": Fate.COLLECTED, "bob": Fate.COLLECTED}
    assert files_below(place(bare_course, "alice")) == {"convolution.py", "data/cat.txt", TIMESTAMP}
    assert (place(bare_course, "alice") / "convolution.py").read_bytes() == WORK
    assert (place(bare_course, "alice") / TIMESTAMP).read_text().strip() == "2023-11-14 22:13:20.000000 UTC"
    assert read_timestamp(place(bare_course, "bob")) == datetime.fromtimestamp(1_700_003_600, UTC)


def test_each_line_says_what_happened(bare_course: Course, source: Path) -> None:
    """a line names the student or the file, and says why it was not taken"""
    put(source / "alice" / "convolution.py")
    put(source / "e\x1bve" / "convolution.py")
    refused, taken = collect(bare_course, UNIT, source)
    assert (taken.fate, taken.student, taken.files) == (Fate.COLLECTED, "alice", ("convolution.py",))
    assert (refused.fate, refused.found) == (Fate.REFUSED, "e\x1bve/convolution.py")
    assert refused.reason == "its name has control characters"
    (kept,) = [line for line in collect(bare_course, UNIT, source) if line.student]
    assert (kept.fate, kept.student, kept.reason) == (Fate.KEPT, "alice", "the same work was collected before")


def test_a_name_moves_no_terminal(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """the command shows the control characters in a name that a stranger chose"""
    put(source / "e\x1bve" / "scaling.py")
    monkeypatch.chdir(tiny_course.make_course(tmp_path / "course"))
    result = CliRunner().invoke(main, ["collect", "scaling", "--from", str(source)])
    assert r"e\x1bve/scaling.py: its name has control characters" in result.output
    assert "\x1b" not in result.output


@pytest.mark.parametrize("as_zip", [False, True])
@pytest.mark.parametrize("around", ["alice", "CNN 101", "Ada's class", "week 3/alice"])
def test_the_command_that_is_shown_goes_on(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, around: str, as_zip: bool
) -> None:
    """where a folder may be a student's, the command that the question shows collects from it, and the rest is left aside"""
    monkeypatch.chdir(tiny_course.make_course(tmp_path / "course"))
    put(source / around / "bob" / "scaling.py")
    if as_zip:
        source = zipped(tmp_path / "week 3.zip", {f"{around}/bob/scaling.py": WORK})
    asked = CliRunner().invoke(main, ["collect", "scaling", "--from", str(source)])
    assert "0 collected, 0 kept as they were, 1 refused." in asked.output
    command = asked.output.splitlines()[0].rpartition("go on with: ")[2]
    assert shlex.split(command)[0] == "cnngrade"
    done = CliRunner().invoke(main, shlex.split(command)[1:])
    assert "1 collected, 0 kept as they were, 0 refused." in done.output
    assert Path("classroom", "submitted", "bob", "scaling", "scaling.py").read_bytes() == WORK


def test_inside_is_taken_at_its_word(bare_course: Course, source: Path) -> None:
    """only what is in the folder that is named is collected, by the folders in it, whatever they are called"""
    for path in ("all/submissions/convolution.py", "all/bob_convolution.py", "carol/convolution.py", "dave.py", "all.py"):
        put(source / path)
    assert fates(collect(bare_course, UNIT, source, inside="all/")) == dict.fromkeys(("submissions", "bob"), Fate.COLLECTED)
    assert fates(collect(bare_course, UNIT, source, inside="all/submissions")) == {
        "all/submissions/convolution.py": Fate.REFUSED
    }


@pytest.mark.parametrize("inside", ["al", "All", "all/x", "..", "dave.py/x", "all/../all"])
def test_inside_must_be_there(bare_course: Course, source: Path, inside: str) -> None:
    """a folder that is not in the source is an error that says what is there"""
    for path in ("all/bob/convolution.py", "dave.py"):
        put(source / path)
    with pytest.raises(UsageError, match=r"There is no folder .* in .*: it holds all, dave\.py\."):
        collect(bare_course, UNIT, source, inside=inside)
    assert not (bare_course.root / "classroom").exists()


def test_inside_follows_no_link(bare_course: Course, source: Path, tmp_path: Path) -> None:
    """a link in the place of the folder is named, and what it leads to is not collected"""
    put(tmp_path / "elsewhere" / "bob" / "convolution.py")
    (source / "all").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (line,) = collect(bare_course, UNIT, source, inside="all")
    assert (line.found, line.reason) == ("all", "it is a link")


def test_the_gradebook_knows_whose_folder_it_is(tmp_path: Path, source: Path) -> None:
    """a folder with the name of a student in the gradebook may be that student's, though nothing was handed in so far"""
    course = load_course(tiny_course.make_course(tmp_path / "course") / "course.yml")
    unit = course.unit("scaling")
    classroom_config.write(course)
    with open_gradebook(course_directory(classroom_config.read(course))) as gradebook:
        gradebook.add_student("Ada-Lovelace")
        gradebook.add_student("bob")
    for student in ("bob", "carol"):
        put(source / "ada  lovelace" / student / "scaling.py")
    (asked,) = collect(course, unit, source)
    assert (asked.found, asked.fate) == ("ada  lovelace", Fate.REFUSED)
    assert "--inside 'ada  lovelace'" in asked.reason
    (source / "ada  lovelace").rename(source / "another")
    assert fates(collect(course, unit, source)) == dict.fromkeys(("bob", "carol"), Fate.COLLECTED)


def test_a_script_alone_gets_no_notebook(bare_course: Course, source: Path) -> None:
    """what is in submitted/ is what the student handed in"""
    put(source / "alice_convolution.py")
    collect(bare_course, UNIT, source)
    assert files_below(place(bare_course, "alice")) == {"convolution.py", TIMESTAMP}


def test_the_layout_of_nbgrader_is_understood(bare_course: Course, source: Path) -> None:
    """STUDENT/UNIT/file is read as nbgrader writes it, with its time; any other timestamp.txt is a student's own"""
    put(source / "alice" / "convolution" / "convolution.py")
    put(source / "alice" / "convolution" / TIMESTAMP, b"2026-03-05 10:00:00.000000 UTC\n")
    collect(bare_course, UNIT, source)
    assert read_timestamp(place(bare_course, "alice")) == datetime(2026, 3, 5, 10, tzinfo=UTC)
    put(source.parent / "other" / "bob" / "convolution.py")
    put(source.parent / "other" / "bob" / TIMESTAMP, b"1999-01-01 00:00:00.000000 UTC")
    collect(bare_course, UNIT, source.parent / "other")
    assert read_timestamp(place(bare_course, "bob")) == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    ("path", "student", "inside"),
    [
        ("alice.py", "alice", "convolution.py"),
        ("alice_convolution.ipynb", "alice", "convolution.ipynb"),
        ("a.b@uni.example-convolution (2).ipynb", "a.b@uni.example", "convolution.ipynb"),
        ("lovelaceada_1234_567890_convolution.ipynb", "lovelaceada", "convolution.ipynb"),
        ("lovelaceada_LATE_1234_567890_convolution-3.py", "lovelaceada", "convolution.py"),
        ("Ada Lovelace_1234_assignsubmission_file_convolution.py", "Ada-Lovelace", "convolution.py"),
        ("Ada Lovelace_1234_assignsubmission_file_/convolution.py", "Ada-Lovelace", "convolution.py"),
        ("Ada Lovelace_1234_assignsubmission_file/convolution(1).ipynb", "Ada-Lovelace", "convolution.ipynb"),
        ("alice/convolution.py", "alice", "convolution.py"),
        ("alice/pictures/convolution-1.py", "alice", "pictures/convolution-1.py"),
    ],
)
def test_names_tell_whose_work_it_is(path: str, student: str, inside: str) -> None:
    """names as students and learning platforms write them are understood"""
    named = read_name(path, UNIT.name)
    assert (named.student, named.inside, named.problem) == (student, inside, "")


def test_a_file_without_a_student_is_refused_by_name(bare_course: Course, source: Path) -> None:
    """work that does not say whose it is, and names that no id can be made of, are named and left"""
    put(source / "convolution.py")
    put(source / "notes.txt")
    put(source / "eve!" / "convolution.py")
    put(source / ".hidden" / "convolution.py")
    put(source / "empty-handed" / "essay.txt")
    lines = collect(bare_course, UNIT, source)
    assert {line.found for line in lines} == {
        "convolution.py", "notes.txt", "eve!", ".hidden", "empty-handed"
    }  # fmt: skip
    assert {line.fate for line in lines} == {Fate.REFUSED}
    assert all(line.reason for line in lines)
    assert files_below(bare_course.root) == {f"classroom/{name}" for name in (".collecting.lock", ".collecting.owner")}


def test_work_is_replaced_by_newer_work_only(bare_course: Course, source: Path) -> None:
    """collecting again replaces a submission if it is other and not older, or if it is asked to, and keeps a copy of it"""
    put(source / "alice" / "convolution.py")
    put(source / "alice" / "old.txt")
    collect(bare_course, UNIT, source)
    assert fates(collect(bare_course, UNIT, source)) == {"alice": Fate.KEPT}
    put(source / "alice" / "convolution.py", b"older\n", 1_600_000_000)
    (source / "alice" / "old.txt").unlink()
    assert fates(collect(bare_course, UNIT, source)) == {"alice": Fate.KEPT}
    assert (place(bare_course, "alice") / "convolution.py").read_bytes() == WORK
    assert fates(collect(bare_course, UNIT, source, force=True)) == {"alice": Fate.COLLECTED}
    assert files_below(place(bare_course, "alice")) == {"convolution.py", TIMESTAMP}
    put(source / "alice" / "convolution.py", b"other, with the same time\n", 1_600_000_000)
    assert fates(collect(bare_course, UNIT, source)) == {"alice": Fate.COLLECTED}
    put(source / "alice" / "convolution.py", b"newer\n", 1_700_000_001.5)
    assert fates(collect(bare_course, UNIT, source)) == {"alice": Fate.COLLECTED}
    assert (place(bare_course, "alice") / "convolution.py").read_bytes() == b"newer\n"
    assert files_below(bare_course.root / "classroom" / "submitted") == {
        "alice/convolution/convolution.py", "alice/convolution/timestamp.txt"
    }  # fmt: skip
    kept = bare_course.root / "classroom" / "collected" / "convolution" / "alice"
    assert [path.read_bytes() for path in sorted(kept.glob("*/convolution.py"))] == [
        WORK, b"older\n", b"other, with the same time\n"
    ]  # fmt: skip
    assert files_below(kept / "1") == {"convolution.py", "old.txt", TIMESTAMP}


def test_of_numbered_copies_the_one_saved_last_counts(bare_course: Course, source: Path) -> None:
    """a platform's numbered copies are one submission"""
    put(source / "alice" / "convolution.py", b"first\n", 1_700_000_000)
    put(source / "alice" / "convolution (1).py", b"second\n", 1_700_000_500)
    collect(bare_course, UNIT, source)
    assert (place(bare_course, "alice") / "convolution.py").read_bytes() == b"second\n"


def test_times_of_files_are_kept(bare_course: Course, source: Path) -> None:
    """between script and notebook the one saved last is judged, so their times survive"""
    put(source / "alice" / "convolution.py", when=1_700_000_000)
    put(source / "alice" / "convolution.ipynb", when=1_600_000_000)
    collect(bare_course, UNIT, source)
    times = [(place(bare_course, "alice") / f"convolution{suffix}").stat().st_mtime for suffix in (".py", ".ipynb")]
    assert times == [1_700_000_000, 1_600_000_000]


def test_names_that_differ_in_case_only_are_refused(bare_course: Course, source: Path) -> None:
    """two students, or a student and one collected before, never share a folder on any system"""
    if (source / "A").mkdir() or (source / "a").exists():
        pytest.skip("this file system does not tell upper from lower case")
    for student in ("alice", "Alice", "bob"):
        put(source / student / "convolution.py")
    assert fates(collect(bare_course, UNIT, source)) == {"alice": Fate.REFUSED, "Alice": Fate.REFUSED, "bob": Fate.COLLECTED}
    (source / "bob").rename(source / "BOB")
    assert fates(collect(bare_course, UNIT, source))["BOB"] is Fate.REFUSED


def test_two_people_of_one_name_are_two(bare_course: Course, source: Path) -> None:
    """a platform's numbers tell people of the same name apart"""
    put(source / "smithjo_11_1_convolution.py", b"one\n")
    put(source / "smithjo_22_2_convolution.py", b"two\n")
    assert fates(collect(bare_course, UNIT, source)) == {"11": Fate.COLLECTED, "22": Fate.COLLECTED}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_links_and_pipes_are_not_followed(bare_course: Course, source: Path, tmp_path: Path) -> None:
    """a link in a submission brings nothing in from elsewhere"""
    put(tmp_path / "secret" / "convolution.py", b"secret\n")
    put(source / "alice" / "convolution.py")
    (source / "alice" / "convolution.ipynb").symlink_to(tmp_path / "secret" / "convolution.py")
    (source / "eve").symlink_to(tmp_path / "secret")
    (source / "bob").mkdir()
    os.mkfifo(source / "bob" / "convolution.py")
    found = fates(collect(bare_course, UNIT, source))
    assert found.pop("alice") is Fate.COLLECTED
    assert found == {"alice/convolution.ipynb": Fate.REFUSED, "eve": Fate.REFUSED, "bob/convolution.py": Fate.REFUSED}
    assert files_below(place(bare_course, "alice")) == {"convolution.py", TIMESTAMP}


def test_a_zip_is_collected_with_its_times(bare_course: Course, tmp_path: Path) -> None:
    """an archive of a folder of submissions is read, without what the system that made it put in"""
    archive = zipped(
        tmp_path / "all.zip",
        {
            "handed in/alice/convolution.ipynb": b"{}",
            "handed in/bob_convolution.py": WORK,
            "__MACOSX/handed in/alice/._convolution.ipynb": b"",
        },
    )
    assert fates(collect(bare_course, UNIT, archive)) == {"alice": Fate.COLLECTED, "bob": Fate.COLLECTED}
    assert read_timestamp(place(bare_course, "bob")) == datetime(2026, 2, 3, 5, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("saved", "moment"),
    [
        ((2026, 1, 5, 2, 30, 0), datetime(2026, 1, 5, 1, 30, tzinfo=UTC)),
        ((2026, 7, 5, 2, 30, 0), datetime(2026, 7, 5, 0, 30, tzinfo=UTC)),
        ((2026, 3, 29, 2, 30, 0), datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ((2026, 3, 29, 3, 30, 0), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ((2026, 10, 25, 2, 30, 0), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ((2026, 13, 41, 2, 30, 0), None),
    ],
    ids=["winter", "summer", "left out", "after it", "twice", "no date"],
)
def test_a_zips_times_are_read_as_a_platforms(
    bare_course: Course, tmp_path: Path, saved: tuple[int, int, int, int, int, int], moment: datetime | None
) -> None:
    """an entry's time is the course's; of two moments that it may mean, or of a time that is left out, the earlier counts"""
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("ada/convolution.py", saved), WORK)
    collect(replace(bare_course, timezone="Europe/Berlin"), UNIT, tmp_path / "one.zip")
    assert read_timestamp(place(bare_course, "ada")) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-05 10:00:00.500000 UTC", datetime(2026, 3, 5, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-05 10:00:00 UTC\n", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 10:00:00", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 10:00:00 CET", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        # nbgrader takes these offsets for seconds.
        ("2026-03-05 10:00:00.000000 +0530", datetime(2026, 3, 5, 4, 30, tzinfo=UTC)),
        ("2026-03-05 10:00:00 -0500", datetime(2026, 3, 5, 15, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_timestamp_says_its_zone(tmp_path: Path, text: str, moment: datetime | None) -> None:
    """nbgrader writes times in the zone of the exchange; one without a zone is of UTC, as it is for nbgrader"""
    (tmp_path / TIMESTAMP).write_text(text, encoding="utf-8")
    assert read_timestamp(tmp_path) == moment
    if moment is not None and "+" not in text and "-0500" not in text:
        assert parse_utc(text.strip()) == moment.replace(tzinfo=None)


@pytest.mark.parametrize(
    "name",
    [
        "/alice/convolution.py",
        "../alice/convolution.py",
        "alice/../../convolution.py",
        "alice/../../../../convolution.py",
        "C:/alice/convolution.py",
        "alice\\..\\..\\convolution.py",
        "alice/./convolution.py",
        "alice//convolution.py",
        "alice/con\x01volution.py",
        "ali\u202ece/convolution.py",
        "NUL/convolution.py",
        "..",
    ],
)
def test_a_zip_writes_nothing_outside(bare_course: Course, tmp_path: Path, name: str) -> None:
    """a path that leads out, or that some system reads differently, is refused by name"""
    archive = zipped(tmp_path / "bad.zip", {name: WORK, "bob/convolution.py": WORK})
    before = files_below(tmp_path)
    lines = collect(bare_course, UNIT, archive)
    assert {line.fate for line in lines if line.student != "bob"} == {Fate.REFUSED}
    assert fates(lines)["bob"] is Fate.COLLECTED
    assert files_below(tmp_path) - before == {
        *(f"course/classroom/{name}" for name in ("log.jsonl", ".collecting.lock", ".collecting.owner")),
        "course/classroom/collected/convolution/bob/collected.json",
        *(f"course/classroom/submitted/bob/convolution/{name}" for name in ("convolution.py", TIMESTAMP)),
    }


def test_a_zip_holds_no_links(bare_course: Course, tmp_path: Path) -> None:
    """an archive's symbolic link is not made"""
    archive = zipped(tmp_path / "links.zip", {"eve/convolution.py": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    (line,) = collect(bare_course, UNIT, archive)
    assert (line.fate, line.reason) == (Fate.REFUSED, "it is a link")


def test_a_zip_with_false_sizes_is_stopped(bare_course: Course, tmp_path: Path) -> None:
    """what is unpacked is counted, whatever the archive says of itself"""
    archive = zipped(tmp_path / "bomb.zip", {"eve/convolution.py": b"", "bob/convolution.py": WORK})
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("eve/convolution.py", b"0" * (MAX_FILE_BYTES + 1))
        bomb.writestr("bob/convolution.py", WORK)
    assert fates(collect(bare_course, UNIT, archive)) == {"eve/convolution.py": Fate.REFUSED, "bob": Fate.COLLECTED}
    data = archive.read_bytes()
    true_size = (MAX_FILE_BYTES + 1).to_bytes(4, "little")
    assert data.count(true_size) == 2
    archive.write_bytes(data.replace(true_size, (100).to_bytes(4, "little")))
    found = fates(collect(bare_course, UNIT, archive, force=True))
    assert found == {"eve": Fate.REFUSED, "bob": Fate.COLLECTED}
    assert not place(bare_course, "eve").exists()


def test_a_zip_with_one_name_twice_is_refused(bare_course: Course, tmp_path: Path) -> None:
    """of two entries with one name none is taken"""
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("eve/convolution.py", WORK)
        with pytest.warns(UserWarning, match="Duplicate name"):
            out.writestr("eve/convolution.py", b"other")
    assert {line.fate for line in collect(bare_course, UNIT, archive)} == {Fate.REFUSED}


def test_what_is_neither_folder_nor_zip_is_said(bare_course: Course, tmp_path: Path) -> None:
    """a file that is not an archive, and a path with nothing there, are errors that say what to give"""
    put(tmp_path / "grades.csv", b"a,b\n")
    with pytest.raises(UsageError, match="not a zip archive"):
        collect(bare_course, UNIT, tmp_path / "grades.csv")
    with pytest.raises(UsageError, match="no folder or zip archive"):
        collect(bare_course, UNIT, tmp_path / "nowhere")


@given(st.text(max_size=30))
def test_no_path_that_passes_leads_out(path: str) -> None:
    """whatever passes stays below its folder on every system"""
    if not bad_path(path):
        parts = path.replace("\\", "/").split("/")
        assert ".." not in parts
        assert not path.startswith("/")
        assert ":" not in path
        assert "\0" not in path


@given(st.text(max_size=20))
def test_no_student_id_is_a_path(student: str) -> None:
    """an id is one plain name"""
    if not bad_student(student):
        assert Path(student).name == student
        assert student[0] != "."
        assert not set(student) & set(' \t\n,;:/\\|<>"?*=+&%$#!`~^()[]{}')


@given(st.binary(max_size=200))
def test_bytes_that_are_not_an_archive_are_an_error_for_people(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """a damaged archive is never a traceback"""
    root = tmp_path_factory.mktemp("damaged")
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("alice/convolution.py", WORK)
    whole = good.getvalue()
    (root / "damaged.zip").write_bytes(whole[: len(whole) // 2] + data + whole[len(whole) // 2 :])
    with contextlib.suppress(UsageError):
        collect(Course("vision", "Vision", root, (UNIT,)), UNIT, root / "damaged.zip")
