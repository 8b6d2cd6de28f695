"""nbgrader's step that enters the scores of one notebook, and what it does not know: which marks of a person's still stand."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades

from cnngrade.gradebook.contents import contents_of, settle_marks
from cnngrade.gradebook.preprocessor import CoursePreprocessor
from cnngrade.gradebook.rows import Entry, notebooks_of, read_cells, review_marks


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
            # nbgrader's step has all marks wait, and with them it would be lost which ones did already.
            settle_marks(gradebook, notebooks_of(cells, [found.student]))
            gradebook.db.commit()
        nb, resources = super().preprocess(nb, resources)
        with Gradebook(url) as gradebook:
            review_marks(gradebook, cells, Entry(found.student, None, {}, {}, contents_of(nb, found.folder)))
        return nb, resources
