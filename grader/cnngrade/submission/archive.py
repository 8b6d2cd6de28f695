"""The files in a folder or a zip archive that strangers filled: regular files only, no links followed, sizes bounded."""

from __future__ import annotations

import os
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnngrade.submission.filenames import MAX_PATH

MAX_FILE_BYTES = 64 << 20


_BLOCK = 1 << 20


# zipfile unpacks these piece by piece. Of the others it unpacks a whole block at once, and one block may be a terabyte.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


# A time that is not a valid date counts as old.
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be read: its path in the source with slashes, its size as the source states it, its time.

    `write_to` copies it to a path that does not exist yet, and raises Refused if it turns out otherwise than stated.
    """

    path: str
    size: int
    moment: datetime
    write_to: Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something in the source that is not read, and why."""

    path: str
    reason: str


class Refused(Exception):
    """Something that is not taken; the text says why."""


def _copy_at_most(read: Callable[[int], bytes], target: Path, limit: int) -> None:
    """Write what `read` gives, and no more than `limit` bytes of it: the size in an archive's directory may be false."""
    written = 0
    with target.open("xb") as out:
        while block := read(_BLOCK):
            written += len(block)
            if written > limit:
                raise Refused(f"it is larger than {limit >> 20} MiB")
            out.write(block)


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return _NO_TIME


def folder_files(source: Path) -> Iterator[File | NotRead]:
    """Yield what is in a folder and below it, in the order of names."""
    unread: list[OSError] = []
    for folder, names, files in os.walk(source, followlinks=False, onerror=unread.append):
        names.sort()
        for name in [name for name in names if (Path(folder) / name).is_symlink()]:
            yield NotRead((Path(folder) / name).relative_to(source).as_posix(), "it is a link")
        below = Path(folder).relative_to(source).as_posix()
        if len(below) > MAX_PATH:
            # Nothing in it can be taken, and folders may be nested too deeply to walk.
            names.clear()
            yield NotRead(below, f"its path is longer than {MAX_PATH} characters")
            continue
        for name in sorted(files):
            path = Path(folder) / name
            relative = path.relative_to(source).as_posix()
            try:
                facts = path.lstat()
            except OSError as error:
                yield NotRead(relative, f"it cannot be read: {error.strerror}")
                continue
            if not stat.S_ISREG(facts.st_mode):
                reason = "it is a link" if stat.S_ISLNK(facts.st_mode) else "it is not a regular file"
                yield NotRead(relative, reason)
                continue

            def write_to(target: Path, path: Path = path) -> None:
                descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
                with os.fdopen(descriptor, "rb") as data:
                    _copy_at_most(data.read, target, MAX_FILE_BYTES)

            yield File(relative, facts.st_size, _moment(facts.st_mtime), write_to)
    for failure in unread:
        yield NotRead(Path(failure.filename).relative_to(source).as_posix(), f"it cannot be read: {failure.strerror}")


def _zip_moment(info: zipfile.ZipInfo) -> datetime:
    """Return an entry's time; an archive holds local time without its zone, which is taken to be this machine's."""
    try:
        return datetime(*info.date_time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return _NO_TIME


def zip_files(archive: zipfile.ZipFile) -> Iterator[File | NotRead]:
    """Yield what an archive says it holds; nothing is unpacked before `write_to` is called."""
    entries = archive.infolist()
    times_named = Counter(info.filename for info in entries)
    for info in entries:
        if not info.filename:
            # zipfile itself fails on such an entry.
            yield NotRead("", "it has no name")
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() and kind in (0, stat.S_IFDIR):
            continue
        problem = ""
        if kind not in (0, stat.S_IFREG):
            problem = "it is a link" if kind == stat.S_IFLNK else "it is not a regular file"
        elif info.flag_bits & 1:
            problem = "it is encrypted"
        elif info.compress_type not in _METHODS:
            problem = "it is compressed in a way that is not read here: make the archive again, as an ordinary .zip file"
        elif times_named[info.filename] > 1:
            problem = f"the archive holds {times_named[info.filename]} files of this name"
        if problem:
            yield NotRead(info.filename, problem)
            continue

        def write_to(target: Path, info: zipfile.ZipInfo = info) -> None:
            try:
                with archive.open(info) as data:
                    _copy_at_most(data.read, target, MAX_FILE_BYTES)
            except Refused:
                raise
            except Exception as error:
                # zipfile and each of its decompressors fail in ways of their own on damaged data.
                raise Refused(f"it cannot be unpacked: {error}") from error

        yield File(info.filename, info.file_size, _zip_moment(info), write_to)
