"""The step of nbgrader's generate_assignment that would blank a solution cell, told to leave our stubs as they are."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions


class KeepStubs(ClearSolutions):  # type: ignore[misc]  # nbgrader ships no types
    """Clears the solutions of an instructor's own assignments; a unit's notebook holds stubs and no solution."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear the solutions, unless the notebook is a unit's."""
        if "cnngrade" in nb.metadata:
            return nb, resources
        cleared: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        return cleared
