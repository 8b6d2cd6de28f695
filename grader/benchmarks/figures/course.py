"""A copy of the course in which a benchmark may write: a classroom, proofs, released units."""

from __future__ import annotations

import shutil
from pathlib import Path

_FOLDERS = ("exercises", "solutions", "autograde_tests")


def copy_course(checkout: Path, place: Path) -> Path:
    """Copy the course of a checkout into a folder that is not there yet, without anything compiled, and return the folder."""
    for name in _FOLDERS:
        shutil.copytree(checkout / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(checkout / "course.yml", place / "course.yml")
    return place
