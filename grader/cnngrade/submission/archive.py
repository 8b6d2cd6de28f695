"""The files in a folder or a zip archive that strangers filled: regular files only, no links followed, sizes bounded."""

from __future__ import annotations

import os
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnngrade.submission.filenames import MAX_PATH
from cnngrade.submission.no_links import LINK, NOT_REGULAR, FolderWithoutLinks, Refused

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


def _entry(source: FolderWithoutLinks, parts: Sequence[str], facts: os.stat_result) -> File | NotRead:
    if not stat.S_ISREG(facts.st_mode):
        return NotRead("/".join(parts), LINK if stat.S_ISLNK(facts.st_mode) else NOT_REGULAR)

    def write_to(target: Path) -> None:
        with os.fdopen(source.open(parts), "rb") as data:
            before = os.fstat(data.fileno())
            _copy_at_most(data.read, target, MAX_FILE_BYTES)
            after = os.fstat(data.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise Refused(f"{'/'.join(parts)} was written to while it was collected: collect again")

    return File("/".join(parts), facts.st_size, _moment(facts.st_mtime), write_to)


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
            problem = LINK if kind == stat.S_IFLNK else NOT_REGULAR
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
