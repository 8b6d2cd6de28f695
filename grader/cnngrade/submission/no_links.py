"""Reads a folder that others can change meanwhile, without following a link in any part of a path.

What was looked at under a name may be something else a moment later. So each folder on the way is opened in the one before,
never through a link, and what is asked about a file is asked of the file that has been opened.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

# Missing on Windows, as are pipes among files and the opening of a name in an open folder.
_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))


# Of a folder on the way nothing is read but what lies in it under one name, which needs no right to list it.
_ON_THE_WAY = _FLAGS | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", 0)


_CAN_OPEN_IN = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd and os.scandir in os.supports_fd


LINK, NOT_REGULAR = "it is a link", "it is not a regular file"


class Refused(Exception):
    """Something that is not taken; the text says why."""


class FolderWithoutLinks:
    """An open folder; `parts` are the names of what is below it, from the top. To be closed, or used in `with`.

    The folder itself may be reached through links: the user has named it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = os.open(folder, _ON_THE_WAY & ~getattr(os, "O_NOFOLLOW", 0)) if _CAN_OPEN_IN else -1

    def __enter__(self) -> FolderWithoutLinks:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def entries(self, parts: Sequence[str]) -> list[tuple[str, os.stat_result | OSError]]:
        """Return the names in a folder with what is there, a link as itself, in order; raises OSError or Refused."""
        found: list[tuple[str, os.stat_result | OSError]] = []
        with self._opened_folder(parts) as place, _to_be_listed(place) as folder, os.scandir(folder) as entries:
            for entry in entries:
                try:
                    found.append((entry.name, entry.stat(follow_symlinks=False)))
                except OSError as error:
                    found.append((entry.name, error))
        return sorted(found, key=lambda entry: entry[0])

    def open(self, parts: Sequence[str]) -> int:
        """Return a descriptor of a regular file, to be read and closed; raises OSError or Refused."""
        *around, name = parts
        with self._opened_folder(around) as folder:
            descriptor, owner = _open_in(folder, name)
        try:
            facts = os.fstat(descriptor)
            _check_regular(facts)
            if facts.st_nlink > 1 and facts.st_uid != owner:
                # Whoever puts a second name for somebody else's file into his folder does not hand in work of his own.
                raise Refused("it is a second name (a hard link) of somebody else's file")
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    @contextlib.contextmanager
    def _opened_folder(self, parts: Sequence[str]) -> Iterator[int | Path]:
        """Yield a folder below, open or (where the system cannot open names in it) as a path without links."""
        if self._root < 0:
            yield _checked_path(self._folder, parts)
            return
        place = os.dup(self._root)
        try:
            for part in parts:
                inner = _opened(part, _ON_THE_WAY, place)
                os.close(place)
                place = inner
            yield place
        finally:
            os.close(place)


@contextlib.contextmanager
def _to_be_listed(folder: int | Path) -> Iterator[int | Path]:
    if not isinstance(folder, int):
        yield folder
        return
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(name: str, flags: int, folder: int) -> int:
    """Open a name in an open folder; Linux says of a link that it is no folder."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
            raise Refused("it, or a folder on the way to it, is a link or was changed while it was read") from error
        raise


def _open_in(folder: int | Path, name: str) -> tuple[int, int]:
    """Return a descriptor of what has that name in a folder, and whose the folder is."""
    # A device may act when it is opened, and is looked at before.
    if isinstance(folder, int):
        _check_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
        return _opened(name, _FLAGS, folder), os.fstat(folder).st_uid
    before = (folder / name).lstat()
    _check_regular(before)
    descriptor = os.open(folder / name, _FLAGS)
    if not os.path.samestat(before, os.fstat(descriptor)):
        os.close(descriptor)
        raise Refused("it was changed while it was read")
    return descriptor, folder.stat().st_uid


def _checked_path(folder: Path, parts: Sequence[str]) -> Path:
    path = folder
    for part in parts:
        path /= part
        if is_link(path) or not path.is_dir():
            raise Refused("a folder on the way to it is a link")
    return path


def is_link(path: Path) -> bool:
    """Say whether a path is a symbolic link or what Windows calls a junction; where nothing is, there is none."""
    return path.is_symlink() or (path.exists() and path.resolve() != path.parent.resolve() / path.name)


def _check_regular(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Refused(LINK if stat.S_ISLNK(facts.st_mode) else NOT_REGULAR)
