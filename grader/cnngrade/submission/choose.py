"""Which file of a folder is the submission: the notebook or the script that was worked on."""

from __future__ import annotations

from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import SubmissionError, UsageError
from cnngrade.model import Course, Unit
from cnngrade.submission.read import code_digest, decoded, read_bytes, read_work, script_cells


def _differs_from_stub(path: Path, course: Course, unit: Unit) -> bool:
    try:
        cells = read_work(path, unit.name).cells
    except SubmissionError:
        return True
    return code_digest(cells) != stub_digest(course, unit)


def stub_digest(course: Course, unit: Unit) -> str:
    """Return the `code_digest` of the unit as it was handed out."""
    if unit.name in course.stub_digests:
        return course.stub_digests[unit.name]
    stub = paths.exercise_file(course, unit.name)
    return code_digest(script_cells(decoded(read_bytes(stub), stub.name), stub.name))


def choose_file(course: Course, unit: Unit, folder: Path) -> tuple[Path, str]:
    """Choose between NAME.ipynb and NAME.py in `folder`: the one that was worked on, the later one if both were.

    Returns the file and a sentence about the choice ("" when there was none to make). Raises UsageError when neither is there.
    """
    found = [folder / f"{unit.name}{suffix}" for suffix in (".ipynb", ".py")]
    found = [path for path in found if path.is_file() or path.is_symlink()]
    if not found:
        raise UsageError(
            f"There is no {unit.name}.py and no {unit.name}.ipynb in {folder}. "
            "Change into the folder that holds your work, or name the file."
        )
    if len(found) == 1:
        return found[0], ""
    changed = [path for path in found if _differs_from_stub(path, course, unit)]
    if len(changed) < 2:
        return (changed or found)[-1], ""
    latest = max(changed, key=lambda path: path.lstat().st_mtime_ns)
    other = next(path for path in changed if path != latest)
    return latest, f"Both {latest.name} and {other.name} hold work; {latest.name} was saved last and is the one judged."
