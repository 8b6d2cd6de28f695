"""What was collected from whom: written whole or not at all, with what it replaced kept, and what is remembered of it.

In `classroom/collected/UNIT/STUDENT` are `collected.json`, which says where the present work came from, and a folder with a
number for each submission that was replaced. nbgrader reads none of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cnngrade.course import paths
from cnngrade.files import digest_of_file, digest_of_parts, is_shared, make_folder, replace_folder, restore_folder, share
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name
from cnngrade.submission.archive import File
from cnngrade.submission.no_links import Refused, is_link
from cnngrade.submission.platforms.moments import read_moment
from cnngrade.submission.the_work import MAX_STUDENT_BYTES

# The least that is late.
_LEAST = timedelta(seconds=1)
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f %Z"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a student's present work came from.

    `source` is the name of the folder or archive, `platform` the recogniser ("" where people named the files) and `found` the
    name in the source. `work` are the notebook and the script as the student called them, `note` is what there is to say about
    that choice. `attempt` is the platform's, and `digest` that of all files. `late` is the time (ISO) that was written for work
    of which the platform says no more than that it was late, "" for other work.
    """

    source: str
    platform: str
    found: str
    work: tuple[str, ...]
    note: str
    attempt: tuple[int, ...]
    digest: str
    late: str = ""


class _Digest(io.RawIOBase):
    """A file that keeps nothing but the digest of what is written into it."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.hash.update(data)
        return len(data)


def digest_of_files(files: Mapping[str, File]) -> str:
    """Return a digest of what is in files, by the paths under which they are written; raises Refused, and OSError."""
    parts: list[str] = []
    for inside, file in sorted(files.items()):
        out = _Digest()
        file.copy_to(out)  # type: ignore[arg-type]
        parts += [inside, out.hash.hexdigest()]
    return digest_of_parts(*parts)


def _digest_of_folder(folder: Path) -> str:
    """Return the same digest of a submission that was written: without its time, and the notebook put beside a script."""
    parts: list[str] = []
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        inside = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and inside != paths.TIMESTAMP and path.lstat().st_mtime:
            parts += [inside, digest_of_file(path)]
    return digest_of_parts(*parts)


def _place(course: Course, unit: str, student: str) -> Path:
    return paths.collected(course, unit) / student


def read_origin(course: Course, unit: str, student: str) -> Origin | None:
    """Return where a student's work came from, None if that is not known."""
    try:
        data = json.loads((_place(course, unit, student) / "collected.json").read_text(encoding="utf-8"))
        return Origin(**data | {"work": tuple(data["work"]), "attempt": tuple(data["attempt"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def note_on_work(course: Course, unit: str, student: str) -> str:
    """Return a sentence about the file that was taken as a student's work, "" where there is nothing to say.

    It says nothing of work that was not collected, or has been changed since.
    """
    origin = read_origin(course, unit, student)
    if origin is None or not origin.note:
        return ""
    try:
        is_as_collected = origin.digest == _digest_of_folder(paths.submission(course, unit, student))
    except OSError:
        return ""
    return f"{visible_name(origin.note)}." if is_as_collected else ""


def read_timestamp(folder: Path) -> datetime | None:
    """Return when the submission in `folder` was handed in, None if it does not say."""
    try:
        text = (folder / paths.TIMESTAMP).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    # nbgrader's own collect takes over what a student has written, in the zone of the student's exchange.
    return read_moment(text, UTC)


def least_late(due: datetime) -> datetime:
    """Return the first moment that is late."""
    # By UTC: a second later by the clock may be an hour earlier, in the night on which clocks are put back.
    return due.astimezone(UTC) + _LEAST


def not_later_than_told(course: Course, unit: Unit, student: str, moment: datetime) -> datetime:
    """Return when work was handed in whose time (aware) is `moment`: no later than the platform says.

    Where the platform says no more than that it was late, it was so by a second. A due date that is earlier now makes it no
    later; after one that is later now, nobody knows that it was late.
    """
    origin = read_origin(course, unit.name, student)
    if unit.due is None or origin is None or origin.late != moment.isoformat():
        return moment
    return min(moment, least_late(unit.due))


def is_same_work(course: Course, unit: str, student: str, digest: str) -> bool:
    """Say whether what was collected before has this digest: as it was collected, or as it lies in the classroom now."""
    origin = read_origin(course, unit, student)
    return digest in (origin.digest if origin else "", _digest_of_folder(paths.submission(course, unit, student)))


def check_place(course: Course, unit: str, student: str) -> Path:
    """Return the folder of a student's work, with what a killed run had put aside back in it; raises Refused for a link."""
    target = paths.submission(course, unit, student)
    for place in (target.parent, target):
        if is_link(place):
            raise Refused(f"{place} is a link, and nothing is written through one")
    return target


def _keep_former(course: Course, unit: str, student: str) -> None:
    """Keep a copy of a student's present work, unless the last copy is the same; raises OSError."""
    target, place = paths.submission(course, unit, student), _place(course, unit, student)
    kept = sorted(int(path.name) for path in place.iterdir() if path.name.isdecimal()) if place.is_dir() else []
    if kept and _digest_of_folder(place / str(kept[-1])) == _digest_of_folder(target):
        return
    with replace_folder(place / str(kept[-1] + 1 if kept else 1)) as draft:
        shutil.copytree(target, draft, symlinks=True, dirs_exist_ok=True)


def write_work(
    course: Course, unit: str, student: str, files: Mapping[str, File], moment: datetime | None, digest: str
) -> None:
    """Write a submission: it is there whole or not at all, and so is the one that it replaces, of which a copy is kept.

    nbgrader goes by notebooks. A script that comes alone gets the released one beside it, untouched and with the oldest of
    times, so that `nbgrader autograde` finds the submission and the script is what is judged. Without a `moment` there is no
    time of submission. `digest` is that of the files. Raises Refused, and OSError.
    """
    target = check_place(course, unit, student)
    released = paths.release_folder(course, unit) / f"{unit}.ipynb"
    restore_folder(target)
    try:
        with replace_folder(target) as draft:
            written = 0
            for inside, file in files.items():
                path = draft / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                file.write_to(path)
                written += path.lstat().st_size
                if written > MAX_STUDENT_BYTES:
                    # A file may have grown since it was listed.
                    raise Refused(f"the files are larger than {MAX_STUDENT_BYTES >> 20} MiB together")
                # Between a script and a notebook the one saved last is judged.
                os.utime(path, (file.moment.timestamp(), file.moment.timestamp()))
            if released.name not in files and released.is_file():
                shutil.copyfile(released, draft / released.name)
                os.utime(draft / released.name, (0, 0))
            if moment is not None:
                write_timestamp(draft, moment)
            if target.is_dir() and _digest_of_folder(target) != digest:
                _keep_former(course, unit, student)
    except BaseException:
        # A student whose only work is refused gets no folder; one that holds anything stays.
        with contextlib.suppress(OSError):
            target.parent.rmdir()
        raise


def write_timestamp(folder: Path, moment: datetime) -> None:
    """Write when the submission in `folder` was handed in, as nbgrader writes it; raises OSError."""
    path = folder / paths.TIMESTAMP
    path.write_text(moment.astimezone(UTC).strftime(_TIME_FORMAT) + "\n", encoding="utf-8")
    if is_shared(folder):
        share(path)


def remember(course: Course, unit: str, student: str, origin: Origin) -> None:
    """Write down where a student's work came from; raises OSError.

    Half of it counts as nothing, and then the work itself says what it is: so nobody waits for the disk.
    """
    if read_origin(course, unit, student) == origin:
        return
    place = _place(course, unit, student)
    make_folder(place)
    text = json.dumps(asdict(origin), ensure_ascii=False, indent=1) + "\n"
    # In the place of another teacher's file, which need not be anybody's to write.
    draft = place / ".collected.json.draft"
    draft.unlink(missing_ok=True)
    try:
        draft.write_text(text, encoding="utf-8", errors="replace")
        if is_shared(place):
            share(draft)
        draft.replace(place / "collected.json")
    except OSError:
        draft.unlink(missing_ok=True)
        raise
