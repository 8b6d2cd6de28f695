"""Lay a student's work into a fresh copy of the released notebook.

Whatever happened to the submitted notebook (cells doubled, deleted, renamed, retyped, points edited), the copy has every cell
that nbgrader needs, once and unedited; the student's code is in the solution cells and the answer in its own. A script is
handled the same way. What fits nowhere is kept in plain cells, so that a person who grades sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError, UsageError
from cnngrade.gradebook.assignment import function_graded_by
from cnngrade.gradebook.attachments import Pictures
from cnngrade.gradebook.beside import NOTHING, Beside, beside
from cnngrade.gradebook.harmless_markdown import harmless
from cnngrade.gradebook.placing import Place, ReleasedCells, missing_note, same, together_note
from cnngrade.gradebook.preprocessor import CoursePreprocessor
from cnngrade.gradebook.prose_answer import gather
from cnngrade.gradebook.student_cells import StudentCell, student_cells
from cnngrade.gradebook.top_level import defined
from cnngrade.model import Course, Unit
from cnngrade.submission import choose

MAX_EXTRA_CELLS = 200


MAX_EXTRA_TEXT = 1 << 20


MAX_MARKDOWN = 50_000
"""Characters of one student's texts that are shown as Markdown; what is longer is shown as it was typed."""


class _Laying:
    """One notebook in the making."""

    def __init__(
        self,
        released: NotebookNode,
        cells: Sequence[StudentCell],
        others: Beside = NOTHING,
        problem: str = "",
        handout: Path | None = None,
    ) -> None:
        self.cells: list[NotebookNode] = [nbformat.from_dict(cell) for cell in released.cells]
        self.released = ReleasedCells(released.cells)
        self.functions, self.grade_ids = self.released.functions, self.released.grade_ids
        self.handed_in, self.others, self.problem, self.handout = cells, others, problem, handout
        self.places = list(self.released.places(cells))
        self.markdown_left = MAX_MARKDOWN

    def _code_of(self, function: str) -> list[Place]:
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
        shown: list[tuple[Place, str]] = []
        copies: list[Place] = []
        for function in self.functions:
            solution = self.cells[self.grade_ids.index(function)]
            found = self._code_of(function)
            if not found:
                if self.places:
                    solution.source = missing_note(function)
                continue
            host = next((name for place, name in shown if place is found[-1]), None)
            if host:
                solution.source = together_note(function, host)
                continue
            solution.source = found[-1].cell.source
            shown.append((found[-1], function))
            copies += [place for place in found if same(place.cell.source, solution.source)]
        self.places = [place for place in self.places if not any(place is other for other in copies)]

    def _show(self, cell: NotebookNode, source: str, pictures: Pictures) -> None:
        """Put a student's text into a cell, as it can be shown."""
        shown = harmless(source, pictures, self.markdown_left, self.handout)
        self.markdown_left -= min(len(shown.source), self.markdown_left)
        cell.source = shown.source
        if shown.pictures:
            cell["attachments"] = nbformat.from_dict(dict(shown.pictures))

    def _take_answer(self) -> None:
        """Put the answer in prose into its cell; if there are several, all of them, since a person reads it."""
        if self.released.answer is None:
            return
        answer = gather(self.released, self.handed_in, self.places, self.others, self.problem)
        if answer.text:
            self._show(self.cells[self.released.answer], answer.text, answer.pictures)
        taken = set(map(id, answer.taken))
        self.places = [place for place in self.places if id(place) not in taken] + answer.beside

    def _take_playground(self) -> None:
        """Show playground cells as the student left them, where they were."""
        free = set(range(len(self.cells)))
        for place in list(self.places):
            index = self.released.playground(place.cell)
            if index not in free:
                continue
            free.remove(index)
            self.places.remove(place)
            if place.cell.kind == "code":
                self.cells[index].source = place.cell.source
            else:
                self._show(self.cells[index], place.cell.source, place.cell.pictures)

    def _extra(self, cell: StudentCell, number: int) -> NotebookNode:
        if cell.kind == "code":
            made = nbformat.v4.new_code_cell(cell.source)
        else:
            made = nbformat.v4.new_markdown_cell()
            self._show(made, cell.source, cell.pictures)
        made["id"] = f"extra-{number:03d}"
        return made

    def _kept(self) -> dict[int, list[NotebookNode]]:
        """Return the plain cells to insert, by the index of the released cell that they follow."""
        kept: dict[int, list[NotebookNode]] = {}
        room = MAX_EXTRA_TEXT
        extras = [place for place in self.places if place.own]
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


def lay(
    released: NotebookNode,
    cells: Sequence[StudentCell],
    others: Beside = NOTHING,
    problem: str = "",
    handout: Path | None = None,
) -> NotebookNode:
    """Return a copy of the released notebook that holds the student's `cells`; no argument is changed.

    Of the `others`, what is not judged, only the prose counts; `problem` says why there are no cells. Texts may show and name
    the files in the folder `handout`.
    """
    merged = nbformat.from_dict({key: value for key, value in released.items() if key != "cells"})
    merged.cells = _Laying(released, cells, others, problem, handout).lay()
    for cell in merged.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.validate(merged)
    return merged


def lay_file(
    released: NotebookNode, path: Path | None, folder: Path | None = None, handed_out: Path | None = None
) -> NotebookNode:
    """Lay the submission at `path` of a student's `folder`; `handed_out` is the folder of the release.

    None, or a file that cannot be read, gives the released notebook as it was; but where there is a file, the answer's cell
    asks a person to look into it.
    """
    if path is None:
        of_nbgrader = (paths.TIMESTAMP, paths.SUBMISSION_SECRET)
        names = sorted(file.name for file in folder.iterdir() if file.name not in of_nbgrader) if folder is not None else []
        problem = f"What was handed in has another name than the unit: {', '.join(names)}." if names else ""
        return lay(released, (), problem=problem)
    try:
        cells, problem = student_cells(path), ""
    except SubmissionError as error:
        cells, problem = (), str(error) if path.lstat().st_size else ""
    return lay(released, cells, beside(path, folder, handed_out), problem, handed_out)


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
        path = self.released(resources)
        released, judged = read_released(path, found.unit), judged_file(found.course, found.unit, found.folder)
        return lay_file(released, judged, found.folder, path.parent), resources
