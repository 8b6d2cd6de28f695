"""What happened in a classroom: log.jsonl, one line of JSON for each verdict, mark, extension, collected work and export.

Lines are only ever added. One says when, with the zone, under which account, what happened to whose work on which unit, and
what else there is to say of that kind of event. It is a record for people: nothing is computed from it but which marks it has
already.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from cnngrade.course import paths
from cnngrade.errors import Fault
from cnngrade.files import PRIVATE, how_to_share, is_shared, make_folder, share
from cnngrade.model import Course, Report
from cnngrade.scoring import verdict_of


class EventKind(Enum):
    """The kinds of things that the log has lines for."""

    VERDICT = "verdict"
    MARK = "mark"
    EXTENSION = "extension"
    COLLECTED = "collected"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class Event:
    """One line: what happened to a student's work on a unit ("": to everybody's); `details` are plain values, as JSON has them.

    `by` is who did it, "" for the account that this process runs under. `time` is that of the line where there is none.
    """

    kind: EventKind
    unit: str
    student: str
    details: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""
    time: datetime | None = None


def verdict_event(report: Report, key: str, judging: str, file: Path | None) -> Event:
    """Return the line on a verdict: what it was, of which file, judged by what.

    `key` is the one under which the report is stored, `judging` the digest of all that judged, `file` the one that was judged.
    """
    details = {
        "verdict": verdict_of(report.outcomes).value,
        "points": report.earned,
        "possible": report.possible,
        "file": file.name if file is not None else None,
        "work": report.submission.digest,
        "judging": judging,
        "report": key,
    }
    return Event(EventKind.VERDICT, report.submission.unit, report.submission.student, details)


def account() -> str:
    """Return the name of the account that this process runs under, as the system has it; its number where it has no name."""
    try:
        import pwd  # not on Windows
    except ImportError:
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _line(course: Course, event: Event, now: datetime) -> str:
    head = {
        "time": (event.time or now).astimezone(course.zone).isoformat(timespec="seconds"),
        "by": event.by or account(),
        "event": event.kind.value,
        "unit": event.unit,
        "student": event.student,
    }
    # A folder's name may hold bytes that are not text; as ASCII, everything is one line that any reader can take.
    return json.dumps(head | dict(event.details), allow_nan=False)


def _is_cut(log: int) -> bool:
    """Say whether the last line has no end: a disk was full, or the machine went down."""
    size = os.fstat(log).st_size
    return size > 0 and os.pread(log, 1, size - 1) != b"\n"


def _open(path: Path) -> int:
    """Open the log to add to it. It is its maker's alone, or the group's where a group shares the classroom."""
    make_folder(path.parent)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    try:
        made = os.open(path, flags | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return os.open(path, flags)
    if is_shared(path.parent):
        share(path)
    return made


def note(course: Course, *events: Event, wait: bool = True) -> None:
    """Add a line for each event, all at once, and `wait` until they are on the disk; raises Fault."""
    if not events:
        return
    path, now = paths.event_log(course), datetime.now(course.zone)
    text = "".join(f"{_line(course, event, now)}\n" for event in events).encode("ascii")
    try:
        log = _open(path)
        try:
            # What was cut stays as it is; the next line must not become a part of it.
            rest = b"\n" + text if _is_cut(log) else text
            while rest:
                rest = rest[os.write(log, rest) :]
            if wait:
                os.fsync(log)
        finally:
            os.close(log)
    except OSError as error:
        reason = how_to_share(path) if isinstance(error, PermissionError) else f"{error.strerror or error}. Make room for it"
        raise Fault(
            f"{path} cannot be added to: {reason}. Then run the command again: what was done is kept, and what is not in the "
            "log yet is noted then."
        ) from error


def events(course: Course, kind: EventKind) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of one kind, the oldest first; a line that was cut is passed over. Raises Fault."""
    path = paths.event_log(course)
    mark = f'"event": "{kind.value}"'
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if mark not in line:
                    continue
                with contextlib.suppress(ValueError, RecursionError):
                    found = json.loads(line)
                    if isinstance(found, dict) and found.get("event") == kind.value:
                        yield found
    except FileNotFoundError:
        return
    except OSError as error:
        reason = how_to_share(path) if isinstance(error, PermissionError) else error.strerror or error
        raise Fault(f"{path} cannot be read: {reason}. Then run the command again.") from error
