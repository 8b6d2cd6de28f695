"""What our nbgrader preprocessors share: from a notebook under conversion to its course, unit and student."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Unicode

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.yaml_lines import FILE
from cnngrade.model import Course, Unit
from cnngrade.runtime import settle
from cnngrade.sandbox.backends import AUTO

# A plain `nbgrader autograde` begins here.
settle()


@dataclass(frozen=True, slots=True)
class Found:
    """Whose work on which unit is being converted, and the folder in which it was handed in."""

    course: Course
    unit: Unit
    student: str
    folder: Path


@functools.lru_cache(maxsize=4)
def _course(root: Path, _text: bytes) -> Course:
    """Return the course of a folder whose course.yml holds `_text`: each page asks for it."""
    return load_course(root)


class CoursePreprocessor(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Base of the preprocessors that nbgrader_config.py names."""

    course = Unicode(help="The folder that holds course.yml.").tag(config=True)
    submitted = Unicode(paths.SUBMITTED, help="The classroom's folder that holds what students handed in.").tag(config=True)

    sandbox = Unicode(AUTO, help="What confines the code of students: see `cnngrade doctor`.").tag(config=True)

    def _coursedir(self) -> CourseDirectory:
        # A preprocessor's parent is the exporter, and the exporter's is the converter.
        return self.parent.parent.coursedir

    def find(self, resources: dict[str, Any]) -> Found | None:
        """Return whose work this is; None for an assignment that is not a unit of the course."""
        names = resources["nbgrader"]
        root = Path(self.course)
        told = root / FILE
        course = _course(root, told.read_bytes() if told.is_file() else b"")
        try:
            unit = course.unit(names["assignment"])
        except KeyError:
            return None
        folder = self._coursedir().format_path(self.submitted, names["student"], unit.name)
        return Found(course, unit, names["student"], Path(folder))

    def released(self, resources: dict[str, Any]) -> Path:
        """Return the notebook that students got."""
        names = resources["nbgrader"]
        coursedir = self._coursedir()
        folder = coursedir.format_path(coursedir.release_directory, ".", names["assignment"])
        return Path(folder) / f"{names['assignment']}.ipynb"


class KeepStubs(ClearSolutions):  # type: ignore[misc]  # nbgrader ships no types
    """Clears the solutions of an instructor's own assignments; a unit's notebook holds stubs and no solution."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear the solutions, unless the notebook is a unit's."""
        if "cnngrade" in nb.metadata:
            return nb, resources
        cleared: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        return cleared
