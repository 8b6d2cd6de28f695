"""Where a plain `nbgrader autograde` reads what was handed in: not at all, where that could take more memory than there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode

from cnngrade.gradebook.merge import LayStudentWork

# `nbformat` makes hundreds of bytes of two.
_MOST_READ = 1 << 20


class SubmittedNotebook(NotebookExporter):  # type: ignore[misc]  # nbconvert ships no types
    """Begins with an empty notebook in place of a large one: the first step lays the work into the released one anyway."""

    _is_replaced = False

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a file, or an empty notebook of its name."""
        self._is_replaced = Path(filename).stat().st_size > _MOST_READ and self._is_handed_in(filename, resources or {})
        converted: tuple[str, dict[str, Any]] = super().from_filename(filename, resources, **options)
        return converted

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert an open file, unless its name said that it is replaced."""
        if self._is_replaced:
            empty: NotebookNode = nbformat.v4.new_notebook()
            converted: tuple[str, dict[str, Any]] = self.from_notebook_node(empty, resources=resources, **options)
        else:
            converted = super().from_file(file_stream, resources=resources, **options)
        return converted

    def _is_handed_in(self, filename: str, resources: dict[str, Any]) -> bool:
        found = LayStudentWork(parent=self).find(resources) if "nbgrader" in resources else None
        return found is not None and Path(filename).resolve().parent == found.folder.resolve()
