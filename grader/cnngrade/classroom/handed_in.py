"""What a class handed in: a folder for each student."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import Fault, UsageError
from cnngrade.files import as_it_stands, how_to_share, restore_folder
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A student's folder with the work on one unit; `note` says which of several files was taken when it was collected."""

    student: str
    folder: Path
    note: str = ""


def who_handed_in(course: Course) -> list[str]:
    """Return who has a folder for what was handed in, on any unit; raises Fault where that cannot be seen."""
    submitted = paths.submitted(course)
    try:
        with os.scandir(submitted) as entries:
            return [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise Fault(f"What was handed in cannot be read: {how_to_share(submitted, submitted.parent)}.") from error
    except OSError as error:
        raise Fault(f"{submitted} cannot be read: {error.strerror or error}. Fix its permissions.") from error


def _is_there(folder: Path) -> bool:
    """Say whether a student's folder is there. Of one that cannot be looked into, the report will say so."""
    try:
        return stat.S_ISDIR(folder.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def handed_in(course: Course, unit: Unit, students: Sequence[str] = ()) -> list[HandedIn]:
    """Return what was submitted for the unit, by all students or by those named.

    Raises UsageError for one who did not, and Fault where nobody's work can be seen.
    """
    submitted = paths.submitted(course)
    folders = {name: submitted / name / unit.name for name in who_handed_in(course)}
    for folder in folders.values():
        # A collection may have been stopped with this one put aside.
        restore_folder(folder)
    found = {student: folder for student, folder in folders.items() if _is_there(folder)}
    missing = [student for student in students if student not in found]
    if missing:
        raise UsageError(f"{', '.join(map(visible_name, missing))} submitted nothing for {unit.name} (looked in {submitted}).")
    return [HandedIn(student, found[student]) for student in sorted(students or found)]


def as_it_lies(course: Course, unit: Unit) -> list[HandedIn]:
    """Return what was submitted for the unit by all students, and put nothing back: somebody may be collecting now.

    Raises Fault where nobody's work can be seen.
    """
    submitted = paths.submitted(course)
    # Work that is being replaced, or whose collecting was killed, is beside its place: that is handed in as well.
    works = (HandedIn(name, as_it_stands(submitted / name / unit.name)) for name in sorted(who_handed_in(course)))
    return [work for work in works if _is_there(work.folder)]
