"""What a person saw who marked a cell: only a cell with something else in it is put back to those that wait for a person.

The gradebook itself remembers it, in a table of ours beside nbgrader's: it is there after graded folders were deleted, for
another teacher, and on another machine that uses the same database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Base, Grade, Gradebook
from nbgrader.utils import is_grade, is_solution
from sqlalchemy import Column, Select, String, Text, or_, select, update

from cnngrade.course.paths import SUBMISSION_SECRET, TIMESTAMP
from cnngrade.files import digest_of_file, digest_of_parts
from cnngrade.gradebook.assignment import function_graded_by
from cnngrade.gradebook.prose_answer import has_to_be_opened

_MOST_FILES = 200


class CellContent(Base):  # type: ignore[misc]  # nbgrader ships no types
    """What the cell of a grade holds as it was graded last, and what it held when a person marked it."""

    __tablename__ = "cnngrade_content"

    grade_id = Column(String(32), primary_key=True)
    shown = Column(Text, nullable=False)
    marked = Column(Text)


@dataclass(frozen=True, slots=True)
class Content:
    """A graded cell's content as digests: what was written for it, the rest of the student's code, and the automatic points.

    `rest` is "" where no code counts, as for an answer in prose.
    """

    own: str
    rest: str = ""
    points: float | None = None

    def is_other_than(self, seen: Content | None) -> bool:
        """Say whether a person who saw `seen` has to look again; None for one who saw nothing that is known.

        What was written for the cell is another, or other code of the student's has made its points others.
        """
        if seen is None or seen.own != self.own:
            return True
        return seen.rest != self.rest and seen.points != self.points

    def as_text(self) -> str:
        """Return the content as the gradebook keeps it."""
        return json.dumps([self.own, self.rest, self.points])


def _from_text(text: str | None) -> Content | None:
    return None if text is None else Content(*json.loads(text))


def _plain(source: str) -> str:
    """Return a cell's text without what an editor does to the ends of lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _files_to_open(answer: str, folder: Path) -> Iterator[str]:
    """Yield names and digests of those files that were handed in and have to be opened; links are not followed."""
    found = (Path(around, name) for around, _, names in os.walk(folder) for name in sorted(names))
    for path in islice(found, _MOST_FILES):
        name = path.relative_to(folder).as_posix()
        if (
            name not in (TIMESTAMP, SUBMISSION_SECRET)
            and has_to_be_opened(name, answer)
            and path.is_file()
            and not path.is_symlink()
        ):
            yield from (name, digest_of_file(path))


def contents_of(graded: NotebookNode, folder: Path) -> dict[str, Content]:
    """Return what the graded cells of a notebook hold, by their names; `folder` holds what the student handed in."""
    code = {
        cell.metadata.get("nbgrader", {}).get("grade_id", f"extra-{number}"): _plain(cell.source)
        for number, cell in enumerate(graded.cells)
        if cell.cell_type == "code" and not is_grade(cell)
    }
    rest = digest_of_parts(*code.values())
    contents = {}
    for cell in graded.cells:
        if not is_grade(cell):
            continue
        name = cell.metadata.nbgrader["grade_id"]
        function = function_graded_by(name)
        if function in code and not is_solution(cell):
            contents[name] = Content(digest_of_parts(code[function]), rest)
            continue
        pictures = json.dumps(cell.get("attachments", {}), sort_keys=True)
        files = _files_to_open(cell.source, folder)
        contents[name] = Content(digest_of_parts(_plain(cell.source), pictures, *files))
    return contents


def is_marked(grade: Any) -> bool:
    """Say whether a person gave points in this row of nbgrader's grades."""
    return grade.manual_score is not None or grade.extra_credit is not None


def settle_marks(gradebook: Gradebook, notebooks: Select[tuple[str]]) -> None:
    """Note of every cell that a person has marked and settled that the mark is for what the cell holds now.

    A mark that waits for another look is for what the cell held before.
    """
    settled = select(Grade.id).where(
        Grade.notebook_id.in_(notebooks),
        Grade.needs_manual_grade.is_(False),
        or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None)),
    )
    change = update(CellContent).where(CellContent.grade_id.in_(settled)).values(marked=CellContent.shown)
    gradebook.db.execute(change, execution_options={"synchronize_session": False})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cell holds as it was graded last, and as a person marked it, None where nobody did or it is not known."""

    shown: Content | None = None
    marked: Content | None = None


def read_seen(gradebook: Gradebook, notebooks: Sequence[str]) -> Mapping[str, Seen]:
    """Return what is remembered of the cells of these submitted notebooks, by the ids of nbgrader's grades."""
    grades = select(Grade.id).where(Grade.notebook_id.in_(notebooks))
    rows = gradebook.db.execute(select(CellContent.__table__).where(CellContent.grade_id.in_(grades)))
    return {row.grade_id: Seen(_from_text(row.shown), _from_text(row.marked)) for row in rows}
