"""What nbgrader's own commands and formgrader's buttons leave to the umask, in a classroom that is a group's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnngrade.files import is_shared, share


def share_converted(classroom: Path, *, student: str, **_: Any) -> None:
    """Share what is ours of the folders above those that nbgrader has just made; nbgrader shares these themselves.

    nbgrader calls it after each conversion. `student` is a student's id, `*` for all, or `.` for what is nobody's.
    """
    if not is_shared(classroom):
        return
    for place in classroom.iterdir():
        share(place)
        if place.is_dir():
            for folder in place.glob("*/") if student == "*" else [place / student]:
                if folder.is_dir():
                    share(folder)
