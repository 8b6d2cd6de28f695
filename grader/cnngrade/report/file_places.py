"""Where a line of a student's code is among the files that a platform knows: which file, and which line of it.

In a report a line of a notebook is one of a cell. Platforms show files, and a notebook's is JSON: the line is found in that.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnngrade.errors import Fault, SubmissionError
from cnngrade.model import Outcome, Report
from cnngrade.safe_text import visible_name
from cnngrade.submission.notebook_lines import NotebookLines
from cnngrade.submission.read import read_bytes

_CELL = re.compile(r"(.+\.ipynb) cell (\d+)")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A place in a file: its path with slashes, from the root of a repository or as short as it is known; no line is None.

    `said` is how the place is told where that says more than the two, such as "cell 5, line 3".
    """

    path: str
    line: int | None = None
    said: str = ""

    def told_besides(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the line of text that tells the place, none where one of the `texts` tells it, or the file's line does."""
        return (f"Look at {self.said}.",) if self.said and not any(self.said in text for text in texts) else ()


class FilePlaces:
    """The files of a report's submission; their paths are told from the folder `root`, or as names if they are not below it."""

    def __init__(self, report: Report, root: Path | None = None) -> None:
        self._file, self._root = report.submission.path, root

    @property
    def whole(self) -> FilePlace:
        """The submission's file."""
        return FilePlace(self._shown(self._file))

    def of(self, outcome: Outcome) -> FilePlace:
        """Return the place that an outcome is about; that of the file alone where no line is known."""
        place = outcome.place
        if place is None:
            return self.whole
        cell = _CELL.fullmatch(place.file)
        name = cell[1] if cell else place.file
        path = self._file if name == self._file.name else self._file.parent / name
        if cell:
            line = self._lines.line(int(cell[2]), place.line) if path == self._file else None
            return FilePlace(self._shown(path), line, f"cell {cell[2]}, line {place.line}")
        # A notebook that is imported is read as one text, whose lines are nobody's.
        return FilePlace(self._shown(path), None if path.suffix == ".ipynb" else place.line)

    def _shown(self, path: Path) -> str:
        if self._root is not None:
            try:
                # What the file is a link to is not where a platform shows it.
                inside = path.parent.resolve().relative_to(self._root.resolve()) / path.name
                return visible_name(inside.as_posix())
            except (ValueError, OSError, RuntimeError):
                return visible_name(path.name)
        return visible_name(path.name if path.is_absolute() else path.as_posix())

    @functools.cached_property
    def _lines(self) -> NotebookLines:
        """The notebook's lines; none where it cannot be read any more."""
        try:
            return NotebookLines(read_bytes(self._file).decode("utf-8-sig"))
        except (SubmissionError, Fault, ValueError):
            return NotebookLines("")
