"""nbgrader's step that enters the scores of one notebook, and what it does not know: which marks of a person's still stand."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades

from cnngrade.classroom.log import note, verdict_event
from cnngrade.classroom.report_store import judging_digest, load_with_key
from cnngrade.gradebook.contents import contents_of, settle_marks
from cnngrade.gradebook.marks import note_marks
from cnngrade.gradebook.merge import judged_file
from cnngrade.gradebook.preprocessor import CoursePreprocessor, Found
from cnngrade.gradebook.rows import Entry, notebooks_of, read_cells, review_marks


def _note(found: Found) -> None:
    """Add the verdict to the classroom's log: the judge has just stored the report, or found it stored."""
    stored = load_with_key(found.course, found.unit, found.student)
    if stored is not None:
        file = judged_file(found.course, found.unit, found.folder)
        note(found.course, verdict_event(*stored, judging_digest(found.course, found.unit), file))


class SaveGrades(CoursePreprocessor, SaveAutoGrades):  # type: ignore[misc]  # nbgrader ships no types
    """Enters scores as nbgrader does, and leaves alone what a person has marked as long as it is what that person saw."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Enter the scores of a graded notebook, which is returned as it is."""
        found = self.find(resources)
        if found is None:
            entered: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
            return entered
        url = resources["nbgrader"]["db_url"]
        with Gradebook(url) as gradebook:
            cells = read_cells(gradebook, found.unit.name)
            note_marks(found.course, found.unit.name, gradebook)
            # nbgrader's step has all marks wait, and with them it would be lost which ones did already.
            settle_marks(gradebook, notebooks_of(cells, [found.student]))
            gradebook.db.commit()
        nb, resources = super().preprocess(nb, resources)
        with Gradebook(url) as gradebook:
            review_marks(gradebook, cells, Entry(found.student, None, {}, {}, contents_of(nb, found.folder)))
        _note(found)
        return nb, resources
