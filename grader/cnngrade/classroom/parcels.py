"""Files and folders as bytes, on their way between machines: a text of JSON, and then contents, one after the other.

Nothing in a parcel is an object: whoever opens one gets plain values and bytes, whatever it holds.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cnngrade.files import make_folder

_LENGTH = 8

MOST_BYTES = 128 << 20
"""A folder that holds more than this in all does not travel."""


def as_parcel(header: object, contents: Sequence[bytes] = ()) -> bytes:
    """Return plain values (JSON's) and some contents as one parcel."""
    text = json.dumps([header, [len(content) for content in contents]]).encode("ascii")
    return b"".join([len(text).to_bytes(_LENGTH, "big"), text, *contents])


def from_parcel(parcel: bytes) -> tuple[Any, list[bytes]]:
    """Return what `as_parcel` was given; raises ValueError for bytes that are no parcel."""
    start = _LENGTH + int.from_bytes(parcel[:_LENGTH], "big")
    header, lengths = json.loads(parcel[_LENGTH:start])
    contents = []
    for length in lengths:
        contents.append(parcel[start : start + length])
        start += length
    if start != len(parcel):
        raise ValueError("The parcel is not whole.")
    return header, contents


def folder_as_parcel(folder: Path) -> bytes | None:
    """Return a folder with all that is in it, with the times of its files.

    None for one that holds anything but folders and regular files that can be read (a link, a pipe, a file of somebody
    else's), or more than `MOST_BYTES`: what there is to say about that, only this machine can say.
    """
    folders: list[str] = []
    files: list[tuple[str, int]] = []
    contents: list[bytes] = []
    left = MOST_BYTES
    try:
        for inside, status in _below(folder):
            if stat.S_ISDIR(status.st_mode):
                folders.append(inside)
            elif stat.S_ISREG(status.st_mode) and status.st_size <= left:
                files.append((inside, status.st_mtime_ns))
                contents.append((folder / inside).read_bytes())
                left -= len(contents[-1])
            else:
                return None
    except OSError:
        return None
    return as_parcel([folders, files], contents)


def _below(folder: Path) -> list[tuple[str, os.stat_result]]:
    """Return the paths of all that is below a folder, each after the folder that it is in; no link is followed."""
    found: list[tuple[str, os.stat_result]] = []
    waiting = [""]
    while waiting:
        place = waiting.pop()
        with os.scandir(folder / place) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                inside, status = f"{place}{entry.name}", entry.stat(follow_symlinks=False)
                found.append((inside, status))
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(f"{inside}/")
    return found


def parcel_as_folder(parcel: bytes, folder: Path) -> None:
    """Make the folder (which need not exist) again that a parcel was made from; raises OSError, and ValueError."""
    (folders, files), contents = from_parcel(parcel)
    if any(Path(inside).is_absolute() or ".." in Path(inside).parts for inside in (*folders, *(name for name, _ in files))):
        raise ValueError("The parcel leads out of its folder.")
    make_folder(folder)
    for inside in folders:
        make_folder(folder / inside)
    for (inside, modified), content in zip(files, contents, strict=True):
        path = folder / inside
        make_folder(path.parent)
        path.write_bytes(content)
        os.utime(path, ns=(modified, modified))
