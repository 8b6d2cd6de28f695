"""A unit as an nbgrader assignment: the source notebook, made of exercises/NAME.py, and the release made of that."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment

from cnngrade.course import paths
from cnngrade.errors import CourseError, Fault
from cnngrade.files import is_shared, replace_folder, share_all
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.compat import SUBMISSIONS_EXIST
from cnngrade.gradebook.due_dates import keep_due_date
from cnngrade.gradebook.session import course_directory, open_gradebook, open_to_group, run
from cnngrade.model import Course, Unit

ANSWER = "answer"


EXPLORE = "explore"
"""The tag of a lesson's cell below which the unit's interactive page belongs."""


_GRADE_PREFIX = "grade-"


def grade_id_of(function: str) -> str:
    """Return the name of the cell that holds the points of `function`."""
    return _GRADE_PREFIX + function


def function_graded_by(grade_id: str) -> str | None:
    """Return the function whose points the cell `grade_id` holds; None for any other cell."""
    return grade_id.removeprefix(_GRADE_PREFIX) if grade_id.startswith(_GRADE_PREFIX) else None


def _marks(grade_id: str, *, grade: bool = False, solution: bool = False, points: float | None = None) -> dict[str, Any]:
    """Return nbgrader's metadata for a cell; whatever a student does not write is locked."""
    marks: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    return marks


def _stub_function(source: str, unit: Unit) -> str | None:
    """Return the function or class that a cell defines, None if none of the unit; raises CourseError for a mixed cell."""
    body = ast.parse(source).body
    defined = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in unit.functions]
    if not defined:
        return None
    if len(body) > 1:
        raise CourseError(
            f"exercises/{unit.name}.py: the cell that defines {defined[0]} holds something else as well. "
            "A stub needs a cell of its own: split it with a line `# %%`."
        )
    return defined[0]


def _marked_cells(
    cells: list[NotebookNode], unit: Unit, points: Mapping[str, float], shown: Collection[str]
) -> Iterator[NotebookNode]:
    lessons = 0
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        kept = {"tags": list(tags)} if tags else {}
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        if "playground" in tags:
            yield make(cell.source, metadata=kept)
        elif ANSWER in tags:
            marks = _marks(ANSWER, grade=True, solution=True, points=unit.prose_points)
            yield make(cell.source, metadata=kept | {"nbgrader": marks})
        elif cell.cell_type == "code" and (function := _stub_function(cell.source, unit)):
            yield make(cell.source, metadata=kept | {"nbgrader": _marks(function, solution=True)})
            marks = _marks(grade_id_of(function), grade=True, points=points[function])
            yield make(f'import cnngrade\n\ncnngrade.check("{function}")', metadata={"nbgrader": marks})
            if function in shown:
                yield make(f'cnngrade.show("{function}")', metadata={"tags": ["playground"]})
        else:
            lessons += 1
            name = "question" if "prose" in tags else f"lesson-{lessons}"
            yield make(cell.source, metadata=kept | {"nbgrader": _marks(name)})
            if EXPLORE in tags:
                # It can be played with and deleted, and nobody marks it.
                source = f'import cnngrade\n\ncnngrade.explore("{unit.name}")'
                yield nbformat.v4.new_code_cell(source, metadata={"tags": ["playground"]})


def source_notebook(course: Course, unit: Unit, points: Mapping[str, float], shown: Collection[str] = ()) -> NotebookNode:
    """Make the notebook that nbgrader releases; `points` says what the tests of each function are worth.

    Lesson and import cells are locked, each stub is a solution cell followed by its grade cell and, for a function that is one
    of `shown`, by a cell that draws its pictures. A lesson's cell tagged `explore` is followed by one that shows the unit's
    interactive page. The answer in prose is graded by a person, playground cells are plain. The same file and points give
    the same notebook, byte for byte.
    """
    import jupytext  # takes as long as NumPy, and whoever grades needs none of it

    path = paths.exercise_file(course, unit.name)
    missing = [function for function in unit.functions if function not in points]
    if missing:
        raise CourseError(f'No test is worth a point for {", ".join(missing)} of unit "{unit.name}".')
    try:
        cells = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
        made = list(_marked_cells(cells, unit, points, shown))
    except SyntaxError as error:
        raise CourseError(f"{path}: a cell is not valid Python: {error.msg}: {(error.text or '').strip()}") from error
    except nbformat.ValidationError as error:
        raise CourseError(f"{path}: the header at the top is not one that jupytext can use: {error.message}") from error
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in made]
    for function in unit.functions:
        if names.count(function) != 1:
            raise CourseError(f"{path} has {names.count(function)} stub cells for {function}; it needs exactly one.")
    if names.count(ANSWER) != (1 if unit.prose_points else 0):
        raise CourseError(
            f"{path} has {names.count(ANSWER)} cells tagged `{ANSWER}`, and its prose is worth {unit.prose_points:g} points."
        )
    stem = re.sub(r"[^A-Za-z0-9_-]", "-", unit.name)[:50]
    for position, cell in enumerate(made, 1):
        cell["id"] = f"{stem}-{position:03d}"
    notebook = nbformat.v4.new_notebook(cells=made)
    notebook.metadata = nbformat.from_dict(
        {
            "cnngrade": {"unit": unit.name},
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    nbformat.validate(notebook)
    return notebook


def _write_source(folder: Path, handout: Path, notebook: NotebookNode, unit: Unit) -> None:
    """Put the handout's files and the notebook into nbgrader's source folder, replacing what a release put there before."""
    with replace_folder(folder) as draft:
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(handout, draft, ignore=ignored, dirs_exist_ok=True)
        nbformat.write(notebook, draft / f"{unit.name}.ipynb")


def generate(course: Course, unit: Unit, points: Mapping[str, float], handout: Path, shown: Collection[str] = ()) -> Path:
    """Release a unit through nbgrader and return the folder that students get, classroom/release/NAME.

    Copies the files of `handout` and the notebook into classroom/source/NAME, writes nbgrader_config.py, runs nbgrader's
    generate_assignment, which enters the cells into the gradebook, and sets the due date there.
    """
    notebook = source_notebook(course, unit, points, shown)
    classroom_config.write(course)
    config = classroom_config.read(course)
    coursedir = course_directory(config)
    open_to_group(coursedir)
    _write_source(Path(coursedir.format_path(coursedir.source_directory, ".", unit.name)), handout, notebook, unit)
    coursedir.assignment_id = unit.name
    try:
        run(GenerateAssignment, coursedir, config)
    except Fault as error:
        if SUBMISSIONS_EXIST not in str(error):
            raise
        raise CourseError(
            f'Work on unit "{unit.name}" has been graded already, so its notebook must keep its cells: '
            f"change the text of cells in exercises/{unit.name}.py, but add and remove none."
        ) from error
    with open_gradebook(coursedir) as gradebook:
        keep_due_date(gradebook, unit)
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", unit.name)).resolve()
    if is_shared(folder.parents[1]):
        share_all(folder.parent)
    return folder
