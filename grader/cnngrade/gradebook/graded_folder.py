"""What else is in a graded folder: what nbgrader's exchange reads there, and the lesson's data."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cnngrade.classroom.report_store import secret
from cnngrade.course import paths
from cnngrade.files import digest_of_parts
from cnngrade.model import Course, Unit

# nbgrader writes 128 hexadecimal digits, and reads whatever is there as text.
_SECRET = re.compile(rb"[!-~]{1,1024}\s?")


def _content(path: Path) -> bytes | None:
    """Return what a small file of the student's holds; None for a link, or where there is none."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 16 else None


def read_by_release_feedback(course: Course, unit: Unit, student: str, folder: Path) -> dict[str, bytes]:
    """Return the files that `nbgrader release_feedback` reads beside feedback, by name; `folder` holds what was handed in.

    By its secret a submission gets feedback that nobody else can fetch. Without one of the two files nbgrader would stop, for
    the whole class. Work that came another way than by the exchange has none: it gets a secret that nobody knows, under
    which nobody fetches, and an empty time.
    """
    handed_in = _content(folder / paths.SUBMISSION_SECRET) or b""
    is_usable = _SECRET.fullmatch(handed_in) is not None
    made_up = digest_of_parts(secret(course), paths.SUBMISSION_SECRET, unit.name, student).encode()
    return {
        paths.SUBMISSION_SECRET: handed_in if is_usable else made_up,
        paths.TIMESTAMP: _content(folder / paths.TIMESTAMP) or b"",
    }


def link_data(draft: Path, graded: Path, handed_out: Path) -> None:
    """Give the graded folder that is made in `draft` the lesson's data, as a link: it is as large as a class of notebooks.

    So the graded notebook can be opened in Jupyter and run by hand.
    """
    data = handed_out / paths.DATA
    if data.is_dir():
        # A link is followed from where its folder really is.
        target = os.path.relpath(data.resolve(), graded.parent.resolve() / graded.name)
        (draft / paths.DATA).symlink_to(target, target_is_directory=True)
