"""The files in a folder or a zip archive that strangers filled: regular files only, no links followed, sizes bounded."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import BinaryIO

from cnngrade.course.dates import is_plausible
from cnngrade.files import is_disk_full
from cnngrade.submission.filenames import MAX_PATH
from cnngrade.submission.no_links import LINK, NOT_REGULAR, FolderWithoutLinks, Refused
from cnngrade.submission.platforms.local_time import local_time
from cnngrade.submission.zip_names import entry_names, extra_fields

MAX_FILE_BYTES = 64 << 20


_BLOCK = 1 << 20


# zipfile unpacks these piece by piece. Of the others it unpacks a whole block at once, and one block may be a terabyte.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""Counts as old: the time of a file whose own is no date at which work is handed in, or the first that a zip can hold."""


# Extra fields of a zip's entries that hold the time in UTC: that of Unix, and that of NTFS with its first attribute.
_UNIX_TIME, _NTFS_TIME = 0x5455, 0x000A


# Between the beginnings of NTFS's calendar and of Unix's, in NTFS's unit of 100 ns.
_NTFS_EPOCH = 116_444_736_000_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be read: its path in the source with slashes, its size as the source states it, its time.

    `owner` is the system's user to whom it belongs, "" where that says nothing: in an archive, or if it is whoever collects.
    `copy_to` writes what it holds into an open file, and raises Refused if it turns out otherwise than stated, and OSError.
    """

    path: str
    size: int
    moment: datetime
    copy_to: Callable[[BinaryIO], None]
    owner: str = ""

    def write_to(self, target: Path) -> None:
        """Copy it to a path that does not exist yet; raises Refused, and OSError."""
        with target.open("xb") as out:
            self.copy_to(out)

    def read(self) -> bytes:
        """Return what it holds, at most MAX_FILE_BYTES; raises Refused, and OSError."""
        whole = io.BytesIO()
        self.copy_to(whole)
        return whole.getvalue()


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something in the source that is not read, and why."""

    path: str
    reason: str


def _copy_at_most(read: Callable[[int], bytes], out: BinaryIO, limit: int) -> None:
    """Write what `read` gives, and no more than `limit` bytes of it: the size in an archive's directory may be false."""
    written = 0
    while block := read(_BLOCK):
        written += len(block)
        if written > limit:
            raise Refused(f"it is larger than {limit >> 20} MiB")
        out.write(block)


def _moment(seconds: float) -> datetime:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return NO_TIME
    return moment if is_plausible(moment) else NO_TIME


def folder_files(source: FolderWithoutLinks) -> Iterator[File | NotRead]:
    """Yield what is in a folder and below it, in the order of names; `source` must stay open for `write_to`."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        below = "/".join(parts)
        if len(below) > MAX_PATH:
            # Nothing in it can be taken, and folders may be nested too deeply to walk.
            yield NotRead(below, f"its path is longer than {MAX_PATH} characters")
            continue
        try:
            entries = source.entries(parts)
        except Refused as error:
            yield NotRead(below, str(error))
            continue
        except OSError as error:
            yield NotRead(below or ".", f"it cannot be read: {error.strerror}")
            continue
        folders = []
        for name, facts in entries:
            if isinstance(facts, OSError):
                yield NotRead("/".join((*parts, name)), f"it cannot be read: {facts.strerror}")
            elif stat.S_ISDIR(facts.st_mode):
                folders.append((*parts, name))
            else:
                yield _entry(source, (*parts, name), facts)
        waiting += reversed(folders)


@cache
def _user_name(number: int) -> str:
    """Return the name of a system's user; "" for one without, for the superuser, and for the one who runs this."""
    try:
        import pwd  # not on Windows

        return "" if number in (0, os.getuid()) else pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return ""


def _entry(source: FolderWithoutLinks, parts: Sequence[str], facts: os.stat_result) -> File | NotRead:
    if not stat.S_ISREG(facts.st_mode):
        return NotRead("/".join(parts), LINK if stat.S_ISLNK(facts.st_mode) else NOT_REGULAR)

    def copy_to(out: BinaryIO) -> None:
        with os.fdopen(source.open(parts), "rb") as data:
            before = os.fstat(data.fileno())
            _copy_at_most(data.read, out, MAX_FILE_BYTES)
            after = os.fstat(data.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise Refused(f"{'/'.join(parts)} was written to while it was collected: collect again")

    # Some programs unpack an archive of Windows into files with its separators in their names.
    return File("/".join(parts).replace("\\", "/"), facts.st_size, _moment(facts.st_mtime), copy_to, _user_name(facts.st_uid))


def _zip_moment(info: zipfile.ZipInfo, zone: tzinfo) -> datetime:
    """Return an entry's time: the one in UTC where there is one, else that of a clock in `zone`."""
    for kind, data in extra_fields(info):
        if kind == _UNIX_TIME and len(data) >= 5 and data[0] & 1:
            return _moment(struct.unpack("<l", data[1:5])[0])
        if kind == _NTFS_TIME and len(data) >= 16 and data[4:8] == b"\x01\x00\x18\x00":
            return _moment((struct.unpack("<Q", data[8:16])[0] - _NTFS_EPOCH) / 10_000_000)
    if info.date_time[:3] == (1980, 1, 1):
        return NO_TIME
    return local_time(info.date_time, zone) or NO_TIME


def _why_not_read(info: zipfile.ZipInfo, kind: int) -> str:
    """Return why an entry is not read, "" if it is; `kind` is what Unix says that it is."""
    if kind not in (0, stat.S_IFREG):
        return LINK if kind == stat.S_IFLNK else NOT_REGULAR
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.compress_type not in _METHODS:
        return "it is compressed in a way that is not read here: make the archive again, as an ordinary .zip file"
    return ""


def zip_files(archive: zipfile.ZipFile, zone: tzinfo = UTC, encoding: str = "") -> Iterator[File | NotRead]:
    """Yield what an archive says it holds; nothing is unpacked before it is copied.

    `zone` is that of the clock by which its times are meant where they do not say so; `encoding` the code of its names where
    they are not marked as UTF-8, which is else found out.
    """
    entries = archive.infolist()
    names = entry_names(entries, encoding)
    times_named = Counter(name.path for name in names)
    for info, name in zip(entries, names, strict=True):
        if not info.filename:
            # zipfile itself fails on such an entry.
            yield NotRead("", "it has no name")
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if name.path.endswith("/") and kind in (0, stat.S_IFDIR):
            continue
        problem = _why_not_read(info, kind) or name.problem
        if not problem and times_named[name.path] > 1:
            problem = f"the archive holds {times_named[name.path]} files of this name"
        if problem:
            yield NotRead(name.path, problem)
            continue

        def copy_to(out: BinaryIO, info: zipfile.ZipInfo = info) -> None:
            try:
                with archive.open(info) as data:
                    _copy_at_most(data.read, out, MAX_FILE_BYTES)
            except Refused:
                raise
            except Exception as error:
                if is_disk_full(error):
                    raise
                # zipfile and each of its decompressors fail in ways of their own on damaged data.
                raise Refused(f"it cannot be unpacked: {error}") from error

        yield File(name.path, info.file_size, _zip_moment(info, zone), copy_to)
