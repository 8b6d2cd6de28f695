"""What of a course another machine needs to judge a unit: sent as bytes, and kept there in a folder named after its digest."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from pathlib import Path

from cnngrade.classroom.parcels import as_parcel, from_parcel, parcel_as_folder
from cnngrade.errors import Fault
from cnngrade.files import digest, remove

_KEPT_SECONDS = 30 * 24 * 3600
"""How long a course is kept that nobody has asked for."""

_DRAFT = ".draft-"

_OURS = re.compile(rf"[0-9a-f]{{64}}|{re.escape(_DRAFT)}.*")
"""What is put into the cache: nothing else there is removed."""


def course_as_parcel(root: Path, files: list[Path]) -> bytes:
    """Return these of a course's files, with their places below its folder, as bytes; the same files give the same bytes."""
    inside = sorted({path.relative_to(root).as_posix() for path in files})
    return as_parcel([[], [(name, 0) for name in inside]], [(root / name).read_bytes() for name in inside])


def _cache() -> Path:
    """Return the folder in which this user keeps courses; raises Fault where that is not the user's alone."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "cnngrade" / "courses"
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    # Whoever owns the one around it could put another in its place, or a link to what is not to be tidied.
    for place, closed in ((folder.parent, 0o022), (folder, 0o077)):
        found = place.stat()
        if {found.st_uid, place.lstat().st_uid} != {os.geteuid()} or stat.S_IMODE(found.st_mode) & closed:
            raise Fault(
                f"{place} is open to others, who could change what is judged by. Give it to yourself alone, chmod 700 {place}, "
                "or name another folder for the worker in the variable XDG_CACHE_HOME."
            )
    return folder


def find_course_of(key: str) -> Path | None:
    """Return the folder of the course whose parcel has the digest `key`, if it is on this machine; raises Fault."""
    try:
        folder = _cache() / key
        os.utime(folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _no_room(error) from error
    return folder


def keep_course(parcel: bytes) -> Path:
    """Write a course into a folder of its own, unless it is there and whole, and return the folder; raises Fault."""
    try:
        cache = _cache()
        folder = cache / digest(parcel)
        if folder.is_dir() and not _is_whole(folder, parcel):
            remove(folder)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=cache))
        parcel_as_folder(parcel, draft)
        try:
            draft.rename(folder)
        except OSError:
            # It was there, or another process was faster.
            remove(draft)
            if not folder.is_dir():
                raise
        _tidy(cache)
    except OSError as error:
        raise _no_room(error) from error
    return folder


def _no_room(error: OSError) -> Fault:
    return Fault(
        f"The course cannot be kept on this machine: {error.strerror or error} ({error.filename}). Make room, or name another "
        "folder for the worker in the variable XDG_CACHE_HOME."
    )


def _is_whole(folder: Path, parcel: bytes) -> bool:
    """Say whether the files in a folder are those of a parcel; there may be more, such as what numba has compiled."""
    (_, files), contents = from_parcel(parcel)
    try:
        return all((folder / name).read_bytes() == content for (name, _), content in zip(files, contents, strict=True))
    except OSError:
        return False


def _tidy(cache: Path) -> None:
    """Remove courses that nobody has asked for in a long time, and drafts that a killed process has left."""
    for place in cache.iterdir():
        with contextlib.suppress(OSError):
            if _OURS.fullmatch(place.name) and time.time() - place.lstat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(place)
