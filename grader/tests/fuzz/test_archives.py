"""Archives of submissions, in which everything may be false."""

from __future__ import annotations

import contextlib
import stat
import tempfile
import warnings
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cnngrade.errors import UsageError
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Collected, Fate
from cnngrade.model import Course, Unit
from support.fuzzing import ANY_TEXT, damaged, fuzz

UNIT = Unit("convolution", "Convolution", 20.0, 1.0, ("conv2d",))
PIECES = [
    "alice", "Alice", "bob", "convolution.py", "convolution.ipynb", "Convolution.py", "convolution (1).py", "..", ".", "",
    " ", "a\\b", "C:", "NUL", "con.py", "=1", "+1", "-x", "@SUM", "\x1b[2J", "\u202e", "e\u0301", "\u00e9", "\ud800", "\0",
    "a\nb", "timestamp.txt", "__MACOSX", ".git", "x" * 300, "Ada Lovelace_1234_assignsubmission_file_",
    "adal_12_34_convolution.py", "<b>", "\U0001f600", "n.zip", "convolution",
]  # fmt: skip
NAMES = st.one_of(
    st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(PIECES), ANY_TEXT), min_size=1, max_size=4).map("/".join),
    ANY_TEXT,
)
KINDS = st.sampled_from(
    [0, stat.S_IFREG, stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK, 0xF000]
)
ENTRIES = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from([b"", b"def conv2d(x, w): return x\n", b"/etc/passwd", b"../../x", b"PK\3\4", bytes(5_000)]),
        KINDS,
        st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
        # What the directory says afterwards: flags (1: encrypted), checksum and size.
        st.sampled_from([None, None, None, "flag", "flags", "crc", "size", "huge", "method", "date"]),
    ),
    min_size=1,
    max_size=6,
)


def make_archive(path: Path, entries: list[tuple[str, bytes, int, int, str | None]]) -> None:
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, data, kind, method, _ in entries:
            info = zipfile.ZipInfo("x", (2026, 2, 3, 4, 5, 6))
            # What zipfile would fix is written as it is; halves of surrogate pairs have no bytes at all.
            info.filename = name.encode("utf-8", "replace").decode("utf-8")
            info.external_attr, info.compress_type = (kind | 0o644) << 16, method
            archive.writestr(info, data)
        for info, (*_, lie) in zip(archive.infolist(), entries, strict=True):
            match lie:
                case "flag":
                    info.flag_bits |= 1
                case "flags":
                    info.flag_bits |= 0xFFFF & ~0x800
                case "crc":
                    info.CRC ^= 1
                case "size":
                    info.file_size += 1
                case "huge":
                    info.file_size = info.compress_size = 1 << 40
                case "method":
                    info.compress_type = 97
                case "date":
                    info.date_time = (2107, 15, 31, 31, 63, 62)


def assert_collected_well(source: Path, root: Path) -> None:
    """`root` holds `source` and the course: what is written is in the classroom, and is whole files in students' folders"""
    before = {path: path.lstat().st_mtime_ns for path in root.iterdir()}
    course = Course("vision", "Vision", root / "course", (UNIT,))
    course.root.mkdir(exist_ok=True)
    with contextlib.suppress(UsageError):
        for line in collect(course, UNIT, source):
            assert isinstance(line, Collected)
            assert str(line).isprintable()
            assert line.reason or line.fate is Fate.COLLECTED
    assert set(root.iterdir()) == {*before, course.root}
    assert all(path.lstat().st_mtime_ns == when for path, when in before.items() if path != course.root)
    assert {path.name for path in course.root.iterdir()} <= {"classroom"}
    ours = {"submitted", "collected", "log.jsonl", ".collecting.lock", ".collecting.owner"}
    assert {path.name for path in course.root.glob("classroom/*")} <= ours
    for student in course.root.glob("classroom/submitted/*"):
        assert not student.name.startswith((".", "-", "@", "=", "+"))
        assert [path.name for path in student.iterdir()] == [UNIT.name]
        for path in student.rglob("*"):
            assert not path.is_symlink()
            assert path.is_dir() or path.is_file()


@fuzz(150)
@given(ENTRIES)
def test_archives_of_anything(entries: list[tuple[str, bytes, int, int, str | None]]) -> None:
    """names, kinds, methods, flags, checksums and sizes of an archive may all be false"""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        make_archive(root / "all.zip", entries)
        assert_collected_well(root / "all.zip", root)


def whole_archive() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.zip"
        work = b"def conv2d(x, w): return x\n"
        make_archive(path, [(f"{name}/convolution.py", work, stat.S_IFREG, 8, None) for name in ("alice", "bob")])
        return path.read_bytes()


@fuzz(250)
@given(damaged(whole_archive()))
def test_archives_with_damage(data: bytes) -> None:
    """an archive with bytes changed, put in, or cut off is read in part or is an error for people"""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "all.zip").write_bytes(data)
        assert_collected_well(root / "all.zip", root)
