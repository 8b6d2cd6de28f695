"""The code cells of a lesson as a student calls them: by the heading above, or by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError
from cnngrade.model import Course, Unit
from cnngrade.submission.borders import MARKER, borders
from cnngrade.submission.ipython import Reader, syntax_tree
from cnngrade.submission.read import cell_source, decoded, only_calls_us, parse_notebook, read_bytes
from cnngrade.worker.cells import bound_by

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$")


_FENCE = re.compile(r"^ {0,3}(```|~~~)")


_MOST_TITLE = 80


_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class LessonCell:
    """A code cell of a lesson: its text, the nearest heading above it, and the names that it binds, in order."""

    source: str
    heading: str
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """What to call the cell: of one that only imports the line itself, of any other the heading and what it defines."""
        lines = [line.strip() for line in self.source.split("\n") if line.strip()]
        if len(lines) == 1 or not self.heading:
            return f'The cell "{_shortened(lines[0] if lines else "")}"'
        listed = [*self.names[:_MOST_NAMES], *(["more"] if len(self.names) > _MOST_NAMES else [])]
        return f'The cell "{_shortened(self.heading)}", which defines {_and(listed)},'


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_TITLE else text[: _MOST_TITLE - 3].rstrip() + "..."


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def headings_in(text: str) -> list[str]:
    """Return the headings of a Markdown text, those in blocks of code left out."""
    found: list[str] = []
    is_code = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code and (heading := _HEADING.match(line)):
            found.append(heading[1].replace("`", "").replace("*", "").strip())
    return found


def _of_notebook(path: Path) -> Iterator[tuple[str, str]]:
    """Yield ("text" or "code", text) for each cell; raises SubmissionError and Fault."""
    for cell in parse_notebook(decoded(read_bytes(path), path.name), path.name)["cells"]:
        metadata = cell.get("metadata")
        tags = metadata.get("tags") if isinstance(metadata, dict) else None
        if cell.get("cell_type") == "code" and not (isinstance(tags, list) and "playground" in tags):
            yield "code", cell_source(cell)
        elif cell.get("cell_type") == "markdown":
            yield "text", cell_source(cell)


def _of_script(path: Path) -> Iterator[tuple[str, str]]:
    """Yield ("text" or "code", text) for each cell; raises SubmissionError and Fault."""
    lines = decoded(read_bytes(path), path.name).split("\n")
    for start, end in pairwise([0, *borders(lines), len(lines)]):
        header = lines[start]
        body = lines[start + 1 if MARKER.match(header) else start : end]
        if "[markdown]" in header or "[md]" in header:
            yield "text", "\n".join(line.removeprefix("#").removeprefix(" ") for line in body)
        elif "playground" not in header:
            yield "code", "\n".join(body)


def _with_names(cells: Iterable[tuple[str, str]]) -> Iterator[LessonCell]:
    heading = ""
    for kind, text in cells:
        if kind == "text":
            heading = [heading, *headings_in(text)][-1]
        elif text.strip() and not only_calls_us(text):
            tree = syntax_tree(Reader().meaning(text).python)
            if names := [name for statement in tree.body for name in bound_by(statement)] if tree else []:
                yield LessonCell(text, heading, tuple(dict.fromkeys(names)))


def lesson_cells(course: Course, unit: Unit, notebook: Path | None) -> list[LessonCell]:
    """Return the cells that bind names, of the notebook's file or else of the unit's script; none where neither can be read."""
    script = paths.submission_folder(course) / f"{unit.name}.py"
    for path, read in ((notebook, _of_notebook), (script, _of_script)):
        try:
            if path is not None and path.is_file() and (found := list(_with_names(read(path)))):
                return found
        except (SubmissionError, Fault):
            continue
    return []
