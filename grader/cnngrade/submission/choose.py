"""Which file of a folder is the submission: the notebook or the script that was worked on."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError, UsageError
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name
from cnngrade.submission.ipython import is_python
from cnngrade.submission.read import Work, decoded, read_bytes, read_work, script_cells
from cnngrade.submission.stubs import Written, statement_digests, written
from cnngrade.worker.cells import Cell

# Files that were copied, unpacked or checked out together differ by less; nobody saves two by hand in that time.
_SAME_TIME_NS = 1_000_000_000


class _Trace(IntEnum):
    """What is seen of a student's work in a file, from nothing to a function that is judged."""

    NONE = 0
    OTHER_CODE = 1
    UNREADABLE = 2
    NOT_JUDGED = 3
    WRITTEN = 4


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that may be the submission; `imported` it takes from the other one, `problem` says why it cannot be read."""

    path: Path
    trace: _Trace
    functions: frozenset[str] = frozenset()
    problem: str = ""
    imported: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def stub_digests(course: Course, unit: Unit) -> Sequence[str]:
    """Return the digests of the unit's statements as they were handed out."""
    if unit.name in course.stub_digests:
        return course.stub_digests[unit.name]
    stub = paths.exercise_file(course, unit.name)
    return statement_digests(script_cells(decoded(read_bytes(stub), stub.name), stub.name))


def _read(cells: Iterable[Cell], course: Course, unit: Unit) -> Written:
    return written(cells, unit.name, unit.functions, set(stub_digests(course, unit)))


def _not_judged(work: Work) -> Iterator[Cell]:
    """Yield what is Python of the cells that are not run; most of them are text."""
    for cell in work.left_out:
        # The body of `%%writefile` and the like.
        source = re.sub(r"\A\s*%%.*", "", cell.source)
        if is_python(source):
            yield Cell(source, cell.where)


def written_beside(path: Path, course: Course, unit: Unit) -> frozenset[str]:
    """Return the functions that a file writes in cells that are not judged, and in no other; raises SubmissionError."""
    work = read_work(path, unit.name, alone=True)
    return _read(_not_judged(work), course, unit).functions - _read(work.cells, course, unit).functions


def _look_into(path: Path, course: Course, unit: Unit) -> _Found:
    try:
        work = read_work(path, unit.name, alone=True)
    except SubmissionError as error:
        return _Found(path, _Trace.UNREADABLE, problem=str(error))
    judged = _read(work.cells, course, unit)
    if judged.functions:
        return _Found(path, _Trace.WRITTEN, judged.functions, imported=judged.imported)
    if _read(_not_judged(work), course, unit).functions:
        return _Found(path, _Trace.NOT_JUDGED)
    return _Found(path, _Trace.OTHER_CODE if judged.differs else _Trace.NONE)


def is_begun(course: Course, unit: Unit, folder: Path) -> bool:
    """Say whether the notebook or the script in `folder` holds any code that was not handed out; raises Fault."""
    return any(_look_into(path, course, unit).trace is not _Trace.NONE for path in files_of(unit, folder))


def saved_last(paths: Sequence[Path]) -> Path | None:
    """Return that of two files which was saved last, None where they carry the same time."""
    (earlier, _), (later, path) = sorted((path.lstat().st_mtime_ns, path) for path in paths)
    return path if later - earlier >= _SAME_TIME_NS else None


def _saved_last(files: Sequence[_Found]) -> _Found | None:
    last = saved_last([found.path for found in files])
    return next((found for found in files if found.path == last), None)


def files_of(unit: Unit, folder: Path) -> list[Path]:
    """Return the notebook and the script in `folder`, those of the two that are there; raises Fault."""
    found = [folder / f"{unit.name}{suffix}" for suffix in (".ipynb", ".py")]
    return [path for path in found if _is_there(path)]


def named_after(unit: Unit, folder: Path) -> list[str]:
    """Return the notebooks and scripts in `folder` that have the unit's name in theirs: copies, and what was renamed."""
    word = re.compile(rf"(?<![^\W\d_]){re.escape(unit.name.casefold())}(?![^\W\d_])")
    own = {f"{unit.name}.ipynb", f"{unit.name}.py", f"test_{unit.name}.py"}
    try:
        names = [entry.name for entry in folder.iterdir() if entry.suffix.casefold() in (".ipynb", ".py")]
    except OSError:
        return []
    named = [name for name in names if name not in own and word.search(name.casefold()) and visible_name(name) == name]
    return sorted(named, key=lambda name: (not name.casefold().endswith(".ipynb"), name))


def _is_there(path: Path) -> bool:
    """Say whether there is a file or a link; raises Fault where that cannot be seen."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise Fault(f"{path.name} cannot be looked for: {error.strerror or error}.") from error
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _of_two_works(files: Sequence[_Found], unit: Unit) -> tuple[_Found, str]:
    notebook, script = files
    both = f"Both {notebook.name} and {script.name} hold work"
    if notebook.imported and script.functions <= notebook.functions | notebook.imported:
        # As in its kernel: the script is read with it, like any module beside the work.
        return notebook, f"{both}; {notebook.name} is judged, with what it imports of {script.name}."
    if later := _saved_last(files):
        return later, f"{both}; {later.name} was saved last and is the one judged."
    fewer, more = sorted(files, key=lambda found: len(found.functions))
    if len(fewer.functions) < len(more.functions):
        counts = f"{len(more.functions)} of {len(unit.functions)} functions are written in it, and {len(fewer.functions)}"
        return more, f"{both} and carry the same time; {more.name} is judged because {counts} in {fewer.name}."
    return notebook, f"{both} and carry the same time; {notebook.name} is judged because it is the notebook."


def _why_not(other: _Found, judged: _Found) -> str:
    """Say why the other file is not the one judged; "" where nobody would ask."""
    if other.trace is _Trace.NONE:
        return ""
    if other.trace is _Trace.UNREADABLE:
        return f"{judged.name} is the one judged, because the other file cannot be read. {other.problem}"
    if other.trace is _Trace.NOT_JUDGED:
        return f"{judged.name} is the one judged: what {other.name} holds of functions stands in cells that are not judged."
    return f"{judged.name} is the one judged: no function is written in {other.name}."


def choose_file(course: Course, unit: Unit, folder: Path) -> tuple[Path, str]:
    """Choose between NAME.ipynb and NAME.py in `folder`: the one in which functions are written.

    If they are in both, a notebook that takes the rest from the script is chosen, or else the later file; of the same time,
    the one with more functions, else the notebook. Returns the file and a sentence about the choice ("" when there was none to
    make). Raises UsageError when neither is there, and Fault when one cannot be read.
    """
    found = files_of(unit, folder)
    renamed = named_after(unit, folder)
    if not found:
        instead = f" There is {renamed[0]}: name it, or rename it." if renamed else ""
        raise UsageError(
            f"There is no {unit.name}.py and no {unit.name}.ipynb in {folder}.{instead} "
            "Change into the folder that holds your work, or name the file."
        )
    if len(found) == 1 and not renamed:
        return found[0], ""
    files = [_look_into(path, course, unit) for path in found]
    if renamed and all(file.trace is _Trace.NONE for file in files):
        untouched = " and ".join(file.name for file in files)
        return files[-1].path, f"Nothing is written in {untouched}. {renamed[0]} is beside it: name it, or rename it."
    if len(found) == 1:
        return found[0], ""
    lesser, judged = sorted(files, key=lambda found: found.trace)
    if lesser.trace < judged.trace:
        return judged.path, _why_not(lesser, judged)
    if judged.trace is _Trace.WRITTEN:
        judged, note = _of_two_works(files, unit)
        return judged.path, note
    if judged.trace is _Trace.NONE:
        # Nothing is judged in either; the lesson's headings are named by the script.
        return files[1].path, ""
    judged = _saved_last(files) or files[0]
    other = files[1 - files.index(judged)]
    return judged.path, _why_not(other, judged)
