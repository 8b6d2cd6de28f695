"""What a class handed in: a folder for each student."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import UsageError
from cnngrade.files import restore_folder
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A student's folder with the work on one unit."""

    student: str
    folder: Path


def handed_in(course: Course, unit: Unit, students: Sequence[str] = ()) -> list[HandedIn]:
    """Return what was submitted for the unit, by all students or by those named; raises UsageError for one who did not."""
    submitted = paths.submitted(course)
    folders = {path.name: path / unit.name for path in submitted.glob("*")}
    for folder in folders.values():
        # A collection may have been stopped with this one put aside.
        restore_folder(folder)
    found = {student: folder for student, folder in folders.items() if folder.is_dir()}
    missing = [student for student in students if student not in found]
    if missing:
        raise UsageError(f"{', '.join(map(visible_name, missing))} submitted nothing for {unit.name} (looked in {submitted}).")
    return [HandedIn(student, found[student]) for student in sorted(students or found)]
