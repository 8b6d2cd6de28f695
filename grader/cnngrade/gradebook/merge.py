"""Lay a student's work into a fresh copy of the released notebook.

Whatever happened to the submitted notebook (cells doubled, deleted, renamed, retyped, points edited), the copy has every cell
that nbgrader needs, once and unedited; the student's code is in the solution cells and the answer in its own. A script is
handled the same way. What fits nowhere is kept in plain cells, so that a person who grades sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnngrade.errors import Fault, SubmissionError, UsageError
from cnngrade.gradebook.assignment import ANSWER, function_graded_by
from cnngrade.gradebook.preprocessor import CoursePreprocessor
from cnngrade.gradebook.student_cells import StudentCell, student_cells
from cnngrade.gradebook.top_level import defined, split
from cnngrade.model import Course, Unit
from cnngrade.submission import choose

MAX_EXTRA_CELLS = 200


MAX_EXTRA_TEXT = 1 << 20


_TAG_LIKE = re.compile(r"<(?=[a-zA-Z/!?])")


_OUR_CALL = re.compile(r"(import cnngrade|cnngrade\.\w+\(.*\))?")


@dataclass(frozen=True, slots=True)
class _Place:
    """A student's cell and the index of the released cell that it follows (-1: it comes before all)."""

    cell: StudentCell
    after: int


def _pieces(cell: StudentCell, functions: Sequence[str]) -> list[StudentCell]:
    sources = split(cell.source, functions) if cell.kind == "code" else [cell.source]
    if len(sources) == 1:
        return [cell]
    return [replace(cell, source=source, grade_id="", id="", untouched=False) for source in sources]


def _same(one: str, other: str) -> bool:
    return [line.rstrip() for line in one.strip().splitlines()] == [line.rstrip() for line in other.strip().splitlines()]


def _harmless(text: str) -> str:
    """Return markdown whose HTML shows as text: it is read in the browser of the person who grades."""
    return _TAG_LIKE.sub("&lt;", text)


def _heading(source: str) -> str:
    return source.strip().partition("\n")[0]


class _Laying:
    """One notebook in the making."""

    def __init__(self, released: NotebookNode, cells: Sequence[StudentCell]) -> None:
        self.cells: list[NotebookNode] = [nbformat.from_dict(cell) for cell in released.cells]
        self.grade_ids = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in self.cells]
        self.ids = [cell.get("id", "") for cell in self.cells]
        self.functions = [name for index, name in enumerate(self.grade_ids) if self._is_solution(index) and name != ANSWER]
        self.places = list(self._place(piece for cell in cells for piece in _pieces(cell, self.functions)))

    def _is_solution(self, index: int) -> bool:
        return bool(self.cells[index].metadata.get("nbgrader", {}).get("solution"))

    def _match(self, cell: StudentCell) -> int | None:
        """Return the index of the released cell that this one was: by its grade_id, its id, its text, or a text's heading."""
        if cell.grade_id and cell.grade_id in self.grade_ids:
            return self.grade_ids.index(cell.grade_id)
        if cell.id and cell.id in self.ids:
            return self.ids.index(cell.id)
        for index, released in enumerate(self.cells):
            if released.cell_type == cell.kind and _same(released.source, cell.source):
                return index
        if ANSWER in cell.tags and ANSWER in self.grade_ids:
            return self.grade_ids.index(ANSWER)
        if cell.kind == "markdown" and _heading(cell.source).startswith("#"):
            for index, released in enumerate(self.cells):
                if released.cell_type == "markdown" and _heading(released.source) == _heading(cell.source):
                    return index
        return None

    def _place(self, cells: Iterable[StudentCell]) -> Iterable[_Place]:
        after = -1
        for cell in cells:
            match = self._match(cell)
            names = defined(cell.source, self.functions) if cell.kind == "code" else []
            if match is None and names:
                match = self.grade_ids.index(names[-1])
            after = after if match is None else match
            yield _Place(cell, after)

    def _code_of(self, function: str) -> list[_Place]:
        """Return the cells that the judge would take `function` from, else the one that only claims to be its cell."""
        judged = [
            place
            for place in self.places
            if place.cell.kind == "code" and not place.cell.graded and "playground" not in place.cell.tags
        ]
        found = [place for place in judged if function in defined(place.cell.source, self.functions)]
        return found or [place for place in self.places if place.cell.grade_id == function]

    def _take_code(self) -> None:
        """Fill the solution cells: of several definitions the last one counts, as it does for the judge."""
        shown: list[tuple[_Place, str]] = []
        copies: list[_Place] = []
        for function in self.functions:
            solution = self.cells[self.grade_ids.index(function)]
            found = self._code_of(function)
            if not found:
                if self.places:
                    solution.source = f"# {function} is not in what was handed in."
                continue
            host = next((name for place, name in shown if place is found[-1]), None)
            if host:
                solution.source = f"# {function} was handed in together with {host}: see the cell of {host}."
                continue
            solution.source = found[-1].cell.source
            shown.append((found[-1], function))
            copies += [place for place in found if _same(place.cell.source, solution.source)]
        self.places = [place for place in self.places if not any(place is other for other in copies)]

    def _take_answer(self) -> None:
        """Put the answer in prose into its cell; if there are several, all of them, since a person reads it."""
        if ANSWER not in self.grade_ids:
            return
        answer = self.cells[self.grade_ids.index(ANSWER)]
        position = self.grade_ids.index(ANSWER)
        found = [place for place in self.places if place.cell.grade_id == ANSWER]
        found = found or [place for place in self.places if ANSWER in place.cell.tags]
        found = found or [place for place in self.places if place.cell.id and place.cell.id == self.ids[position]]
        texts: list[str] = []
        pictures: dict[str, Any] = {}
        for place in found:
            text = place.cell.source.strip()
            if text and not _same(text, answer.source) and text not in texts:
                texts.append(text)
                pictures.update(place.cell.pictures)
        taken = set(map(id, found))
        self.places = [place for place in self.places if id(place) not in taken]
        if texts:
            answer.source = _harmless("\n\n".join(texts))
        if pictures:
            answer["attachments"] = nbformat.from_dict(pictures)

    def _is_ours(self, place: _Place) -> bool:
        """Say whether a cell holds nothing of the student's: it is released text, a grade cell, or empty."""
        cell = place.cell
        if not cell.source.strip() or cell.untouched:
            return True
        if cell.kind == "code" and all(_OUR_CALL.fullmatch(line.strip()) for line in cell.source.splitlines()):
            return True
        if any(_same(released.source, cell.source) for released in self.cells):
            return True
        # A lesson's text that differs from today's was most likely released that way, or unwrapped by an editor.
        lessons = [other for other, name in zip(self.cells, self.grade_ids, strict=True) if name.startswith("lesson-")]
        return cell.kind == "markdown" and any(
            _heading(lesson.source) == _heading(cell.source) for lesson in lessons if lesson.cell_type == "markdown"
        )

    def _take_playground(self) -> None:
        """Show playground cells as the student left them, where they were."""
        for index, released in enumerate(self.cells):
            if "playground" not in released.metadata.get("tags", []):
                continue
            for place in self.places:
                if place.cell.id and place.cell.id == self.ids[index] and place.cell.kind == released.cell_type:
                    released.source = place.cell.source if released.cell_type == "code" else _harmless(place.cell.source)
                    self.places.remove(place)
                    break

    def _extra(self, cell: StudentCell, number: int) -> NotebookNode:
        if cell.kind == "code":
            made = nbformat.v4.new_code_cell(cell.source)
        else:
            made = nbformat.v4.new_markdown_cell(_harmless(cell.source))
            if cell.pictures:
                made["attachments"] = nbformat.from_dict(dict(cell.pictures))
        made["id"] = f"extra-{number:03d}"
        return made

    def _kept(self) -> dict[int, list[NotebookNode]]:
        """Return the plain cells to insert, by the index of the released cell that they follow."""
        kept: dict[int, list[NotebookNode]] = {}
        room = MAX_EXTRA_TEXT
        extras = [place for place in self.places if not self._is_ours(place)]
        for number, place in enumerate(extras, 1):
            room -= len(place.cell.source)
            if number > MAX_EXTRA_CELLS or room < 0:
                note = StudentCell("markdown", f"*{len(extras) - number + 1} more cells were handed in and are not shown.*")
                kept.setdefault(len(self.cells) - 1, []).append(self._extra(note, number))
                break
            after = place.after
            # A grade cell stays next to the code that it grades.
            while after + 1 < len(self.cells) and function_graded_by(self.grade_ids[after + 1]):
                after += 1
            kept.setdefault(after, []).append(self._extra(place.cell, number))
        return kept

    def lay(self) -> list[NotebookNode]:
        self._take_code()
        self._take_answer()
        self._take_playground()
        kept = self._kept()
        merged = list(kept.get(-1, []))
        for index, cell in enumerate(self.cells):
            merged += [cell, *kept.get(index, [])]
        return merged


def lay(released: NotebookNode, cells: Sequence[StudentCell]) -> NotebookNode:
    """Return a copy of the released notebook that holds the student's `cells`; neither argument is changed."""
    merged = nbformat.from_dict({key: value for key, value in released.items() if key != "cells"})
    merged.cells = _Laying(released, cells).lay()
    for cell in merged.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.validate(merged)
    return merged


def lay_file(released: NotebookNode, path: Path | None) -> NotebookNode:
    """Lay the submission at `path`; none, or one that cannot be read, gives the released notebook as it was."""
    try:
        cells = student_cells(path) if path is not None else ()
    except SubmissionError:
        cells = ()
    return lay(released, cells)


def read_released(path: Path, unit: Unit) -> NotebookNode:
    """Read the released notebook; raises Fault if it cannot be read."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        raise Fault(f"{path} cannot be read: {error}. Run `cnngrade release {unit.name}` again.") from error


def judged_file(course: Course, unit: Unit, folder: Path) -> Path | None:
    """Return the file in a student's folder that is judged; None where there is neither script nor notebook."""
    try:
        return choose.choose_file(course, unit, folder)[0]
    except UsageError:
        return None


class LayStudentWork(CoursePreprocessor):
    """nbgrader's first step when it grades: the file that is judged, merged into the released notebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the merged notebook, whatever `nb` is; raises Fault if the released one cannot be read."""
        found = self.find(resources)
        if found is None:
            return nb, resources
        released = read_released(self.released(resources), found.unit)
        return lay_file(released, judged_file(found.course, found.unit, found.folder)), resources
