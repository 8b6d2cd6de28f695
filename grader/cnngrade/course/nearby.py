"""Where a course may be when it is not where somebody looks for it: for the error that says so."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from cnngrade.course.yaml_lines import FILE

# A home directory, or one with a thousand downloads, is looked through in a blink.
_MOST_ENTRIES = 1_000
_MOST_ZIPS = 20
_MOST_NAMED = 3


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder and not hidden, by name; nothing where that cannot be seen."""
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in islice(found, _MOST_ENTRIES)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def _holds_course(folder: Path) -> bool:
    try:
        return (folder / FILE).is_file()
    except OSError:
        return False


def _folders(start: Path) -> Iterator[list[Path]]:
    """Yield folders that may hold a course, the likeliest first: in this one, in those, and beside this one."""
    inside = _entries(start)
    yield inside
    yield [folder for entry in inside for folder in _entries(entry)][:_MOST_ENTRIES]
    yield _entries(start.parent)


def _is_zip_of_course(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.count("/") == 1 and name.endswith(f"/{FILE}") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _change_into(folder: Path, start: Path) -> str:
    place = os.path.relpath(folder, start)
    return f'cd "{place}"' if " " in place else f"cd {place}"


def _listed(texts: Iterable[str]) -> str:
    return "; or ".join(islice(texts, _MOST_NAMED))


def where_else(start: Path) -> str:
    """Return a sentence that says where a course is, seen from the folder `start`, in which there is none."""
    for folders in _folders(start):
        if found := [folder for folder in folders if _holds_course(folder)]:
            return f"Units are in another folder: {_listed(_change_into(folder, start) for folder in found)}"
    zips = [path for path in _entries(start) if path.suffix.lower() == ".zip"][:_MOST_ZIPS]
    if packed := [path for path in zips if _is_zip_of_course(path)]:
        return f"{packed[0].name} holds a course: unpack it, and change into the folder that comes out."
    return "Change into the course's folder first: the one that you were given, or that came out of its zip."
