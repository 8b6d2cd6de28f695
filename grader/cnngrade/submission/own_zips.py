"""A student's own zip among the files that were handed in: opened in place, one level deep."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import tzinfo
from pathlib import PurePosixPath

from cnngrade.submission.archive import File, NotRead, zip_files
from cnngrade.submission.filenames import bad_path, is_junk
from cnngrade.submission.no_links import Refused

MAX_OWN_ZIPS = 4


def is_zip(path: str) -> bool:
    """Say whether a file is an archive that can be opened, by its name."""
    return path.casefold().endswith(".zip")


def with_opened_zips(files: Mapping[str, File], zone: tzinfo, most: int) -> tuple[dict[str, File], list[str]]:
    """Return a student's files with what the zips among them hold in their place, and why some of it is not read.

    `files` go by the path below the student's folder, and so does what is returned. Times are those of a clock in `zone`.
    Raises Refused where there are more than `most` files, and where a zip cannot be read or is one of too many.
    """
    zips = [path for path in files if is_zip(path)]
    if len(zips) > MAX_OWN_ZIPS:
        raise Refused(f"there are {len(zips)} archives; at most {MAX_OWN_ZIPS} per student are opened")
    opened = {path: file for path, file in files.items() if path not in zips}
    problems: list[str] = []
    for path in zips:
        for item in zipped_files(path, files[path], zone, most):
            if is_junk(item.path):
                continue
            place = (PurePosixPath(path).parent / item.path).as_posix()
            problem = item.reason if isinstance(item, NotRead) else bad_path(place)
            if problem or isinstance(item, NotRead):
                problems.append(f"{path}/{item.path}: {problem}")
            elif place in opened:
                raise Refused(f"two files would become {place}, one of them from {path}")
            else:
                opened[place] = File(f"{files[path].path}/{item.path}", item.size, item.moment, item.copy_to)
    if len(opened) > most:
        raise Refused(f"there are {len(opened):,} files; at most {most:,} per student are read")
    return opened, problems


def zipped_files(path: str, file: File, zone: tzinfo, most: int) -> list[File | NotRead]:
    """Return what a zip holds, with times of a clock in `zone`; raises Refused, also for more than `most` files."""
    data = file.read()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        # zipfile fails in ways of its own on a damaged directory.
        raise Refused(f"{path} is no zip archive that can be opened ({error}): ask for the notebook itself") from error
    if len(archive.infolist()) > most:
        raise Refused(f"there are {len(archive.infolist()):,} files in {path}; at most {most:,} per student are read")
    return list(zip_files(archive, zone))
