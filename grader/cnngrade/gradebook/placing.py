"""Which cell of the released notebook each of a student's cells was, and which hold nothing but what was handed out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from cnngrade.gradebook.assignment import ANSWER
from cnngrade.gradebook.student_cells import StudentCell
from cnngrade.gradebook.top_level import defined, split
from cnngrade.submission.prose import bare, bare_line, differing_words, has_new_paragraph, is_part, lines_of

_OUR_CALL = re.compile(r"(import cnngrade|cnngrade\.\w+\(.*\))?")


_FIXED_WORDS = 10
"""By how many words an earlier release's lesson may differ from today's; where more do, the student wrote in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A student's cell, the released cell that it was (None: it was none), and the one that it follows or is.

    Released cells go by their index; -1 comes before all. `own` says whether anything in the cell is the student's.
    """

    cell: StudentCell
    match: int | None
    after: int
    own: bool = True


def same(one: str, other: str) -> bool:
    """Say whether two cells have the same text, apart from what an editor does to the ends of lines."""
    return [line.rstrip() for line in one.strip().splitlines()] == [line.rstrip() for line in other.strip().splitlines()]


def _heading(source: str) -> str:
    return source.strip().partition("\n")[0]


def missing_note(function: str) -> str:
    """Return what a function's cell holds where nobody wrote the function."""
    return f"# {function} is not in what was handed in."


def together_note(function: str, host: str) -> str:
    """Return what a function's cell holds whose code is shown in the cell of `host`."""
    return f"# {function} was handed in together with {host}: see the cell of {host}."


class ReleasedCells:
    """The cells of a released notebook by what they are for.

    `functions` have a solution cell each; `answer` is the index of the answer in prose, None where there is no question.
    """

    def __init__(self, cells: Sequence[NotebookNode]) -> None:
        self.cells = cells
        self.grade_ids = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in cells]
        self.ids = [cell.get("id", "") for cell in cells]
        self.sources = [str(cell.source) for cell in cells]
        self._texts = {bare(cell.source) for cell in cells if cell.cell_type == "markdown"}
        self.functions = [name for index, name in enumerate(self.grade_ids) if self._is_solution(index) and name != ANSWER]
        # What we wrote into a notebook is not the student's if that one is handed in.
        notes = [together_note(one, other) for one in self.functions for other in self.functions]
        self.known = lines_of([*self.sources, *map(missing_note, self.functions), *notes])
        self.answer = self.grade_ids.index(ANSWER) if ANSWER in self.grade_ids else None
        self.asked = self._asked()

    def _is_solution(self, index: int) -> bool:
        return bool(self.cells[index].metadata.get("nbgrader", {}).get("solution"))

    def _asked(self) -> range:
        """Return the indices from the question to its answer; the cell above the answer is asked where none is tagged so."""
        if self.answer is None:
            return range(0)
        tagged = [index for index in range(self.answer) if "prose" in self.cells[index].metadata.get("tags", [])]
        return range(tagged[0] if tagged else self.answer - 1, self.answer + 1)

    def _is_lesson(self, index: int) -> bool:
        return self.cells[index].cell_type == "markdown" and self.grade_ids[index] not in ("", ANSWER)

    def _match(self, cell: StudentCell) -> int | None:
        """Return the index of the released cell that this one was: by its grade_id, its id, its text, or a text's heading."""
        if cell.grade_id and cell.grade_id in self.grade_ids:
            return self.grade_ids.index(cell.grade_id)
        if cell.id and cell.id in self.ids:
            return self.ids.index(cell.id)
        for index, released in enumerate(self.cells):
            if released.cell_type == cell.kind and same(self.sources[index], cell.source):
                return index
        if ANSWER in cell.tags and self.answer is not None:
            return self.answer
        if cell.kind == "markdown" and _heading(cell.source).startswith("#"):
            for index, released in enumerate(self.cells):
                if released.cell_type == "markdown" and _heading(self.sources[index]) == _heading(cell.source):
                    return index
        return None

    def playground(self, cell: StudentCell) -> int | None:
        """Return the index of the cell to play in that this one is, whatever is in it now; None if it is another."""
        for index, released in enumerate(self.cells):
            if "playground" in released.metadata.get("tags", []) and cell.id and cell.id == self.ids[index]:
                return index if released.cell_type == cell.kind else None
        return None

    def pieces(self, cell: StudentCell) -> list[StudentCell]:
        """Cut up a cell that defines several functions, so that each gets a cell of its own."""
        sources = split(cell.source, self.functions) if cell.kind == "code" else [cell.source]
        if len(sources) == 1:
            return [cell]
        return [replace(cell, source=source, grade_id="", id="", untouched=False) for source in sources]

    def places(self, cells: Iterable[StudentCell]) -> Iterator[Place]:
        """Yield the pieces of the student's cells, with their places."""
        after = -1
        for cell in (piece for whole in cells for piece in self.pieces(whole)):
            match = self._match(cell)
            names = defined(cell.source, self.functions) if cell.kind == "code" else []
            if match is None and names:
                match = self.grade_ids.index(names[-1])
            after = after if match is None else match
            yield Place(cell, match, after, not self._is_handed_out(cell, match))

    def _is_handed_out(self, cell: StudentCell, match: int | None) -> bool:
        """Say whether a cell holds nothing of the student's: it is released text, a grade cell, or empty."""
        if cell.pictures:
            return False
        if not cell.source.strip() or cell.untouched:
            return True
        if cell.kind == "code" and all(_OUR_CALL.fullmatch(line.strip()) for line in cell.source.splitlines()):
            return True
        if any(same(source, cell.source) for source in self.sources):
            return True
        if cell.kind != "markdown":
            return False
        if bare(cell.source) in self._texts or all(bare_line(line) in self.known for line in cell.source.splitlines()):
            return True
        return any(self._was(index, cell, match) for index in range(len(self.cells)))

    def _was(self, index: int, cell: StudentCell, match: int | None) -> bool:
        """Say whether a text is what a lesson was: unwrapped by an editor, shortened, or a few words of an earlier release."""
        text = cell.source
        same_heading = _heading(self.sources[index]) == _heading(text)
        if not self._is_lesson(index) or not (same_heading or index == match):
            return False
        if index in self.asked:
            # Whatever stands under the question may be the answer to it.
            return same_heading and is_part(text, self.sources[index])
        if is_part(text, self.sources[index]):
            return True
        # An earlier release's checksum fits its own text, so whoever changed that text was not us.
        is_earlier = not cell.edited and differing_words(text, self.sources[index]) <= _FIXED_WORDS
        return is_earlier and not has_new_paragraph(text, self.sources[index])
