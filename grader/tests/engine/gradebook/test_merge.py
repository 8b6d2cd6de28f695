"""Merging: whatever a student's editor did to the notebook, nbgrader gets a whole one, and a person sees what was written."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.gradebook.merge import MAX_EXTRA_CELLS, lay, lay_file
from cnngrade.gradebook.student_cells import student_cells
from cnngrade.gradebook.top_level import split
from support import tiny_course

RIGHT = tiny_course.RIGHT


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("laying") / "course"))
    notebook = source_notebook(course, course.units[0], tiny_course.POINTS)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
            cell.metadata.nbgrader["cell_type"] = cell.cell_type
    return notebook


def solved(released: NotebookNode) -> NotebookNode:
    """Return the notebook with both functions written and the question answered."""
    notebook = copy.deepcopy(released)
    for function, source in RIGHT.items():
        cell_called(notebook, function).source = source
    cell_called(notebook, "answer").source = "Twice two is four, twice three is not nine."
    return notebook


def cell_called(notebook: NotebookNode, name: str) -> NotebookNode:
    (cell,) = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    return cell


def handed_in(notebook: Any, folder: Path) -> Path:
    path = folder / "scaling.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def merged(released: NotebookNode, notebook: Any, folder: Path) -> NotebookNode:
    return lay(released, student_cells(handed_in(notebook, folder)))


def assert_whole(notebook: NotebookNode, released: NotebookNode) -> None:
    """nbgrader can grade it: every marked cell is there once, in order, with its marks, and what is locked is unchanged"""
    MetadataValidator().validate_nb(notebook)
    nbformat.validate(notebook)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    expected = [cell for cell in released.cells if "nbgrader" in cell.metadata]
    assert [cell.metadata.nbgrader for cell in marked] == [cell.metadata.nbgrader for cell in expected]
    assert [cell.cell_type for cell in marked] == [cell.cell_type for cell in expected]
    for cell, original in zip(marked, expected, strict=True):
        if not original.metadata.nbgrader["solution"]:
            assert cell.source == original.source


def plain_sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if "nbgrader" not in cell.metadata and "tags" not in cell.metadata]


def test_a_notebook_in_order_is_kept_as_it_is(released: NotebookNode, tmp_path: Path) -> None:
    """merging changes nothing in a notebook that has all its cells"""
    work = solved(released)
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert [cell.source for cell in made.cells] == [cell.source for cell in work.cells]
    assert merged(released, made, tmp_path) == made


def test_an_untouched_notebook_stays_untouched(released: NotebookNode, tmp_path: Path) -> None:
    """a stub and an empty answer keep their checksums, by which nbgrader knows that nothing was answered"""
    made = merged(released, released, tmp_path)
    assert made == released
    assert compute_checksum(cell_called(made, "answer")) == cell_called(released, "answer").metadata.nbgrader["checksum"]


def test_a_script_is_merged_into_the_notebook(released: NotebookNode, tmp_path: Path) -> None:
    """the functions and the answer of a script go into their cells, other code of the student's in a plain one"""
    text = tiny_course.script(**RIGHT).replace("*Write your answer here.*", "Because.\n#\n# Really.")
    text = text.replace("# %% [markdown]\n# ## Three", "# %%\ndef helper():\n    return 1\n\n# %% [markdown]\n# ## Three")
    path = tmp_path / "scaling.py"
    path.write_text(text, encoding="utf-8")
    made = lay_file(released, path)
    assert_whole(made, released)
    assert {name: cell_called(made, name).source for name in RIGHT} == RIGHT
    assert cell_called(made, "answer").source == "Because.\n\nReally."
    assert plain_sources(made) == ["def helper():\n    return 1"]


def test_a_script_without_cells_is_cut_up(released: NotebookNode, tmp_path: Path) -> None:
    """a plain Python file with everything in it fills both solution cells"""
    path = tmp_path / "scaling.py"
    path.write_text("import numpy as np\n\n" + "\n\n\n# thrice\n".join(RIGHT.values()) + "\n", encoding="utf-8")
    made = lay_file(released, path)
    assert_whole(made, released)
    assert cell_called(made, "double").source == RIGHT["double"]
    assert cell_called(made, "triple").source == "# thrice\n" + RIGHT["triple"]


def test_the_last_definition_counts_and_the_first_is_shown(released: NotebookNode, tmp_path: Path) -> None:
    """of a doubled solution cell the judge takes the last one; the other is kept for a person to see"""
    work = solved(released)
    first = copy.deepcopy(cell_called(work, "double"))
    first.source = "def double(x):\n    return x"
    work.cells.insert(2, first)
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert cell_called(made, "double").source == RIGHT["double"]
    assert plain_sources(made) == ["def double(x):\n    return x"]


def test_deleted_cells_come_back(released: NotebookNode, tmp_path: Path) -> None:
    """a missing grade cell is put back, a missing function is said to be missing"""
    work = solved(released)
    work.cells = [cell_called(work, "double")]
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert cell_called(made, "double").source == RIGHT["double"]
    assert cell_called(made, "triple").source == "# triple is not in what was handed in."


def rename(cell: dict[str, Any]) -> None:
    cell["metadata"]["nbgrader"]["grade_id"] = "mine"


def retype(cell: dict[str, Any]) -> None:
    cell["cell_type"] = "markdown"


def reprice(cell: dict[str, Any]) -> None:
    cell["metadata"]["nbgrader"]["points"] = 1000


def unmark(cell: dict[str, Any]) -> None:
    del cell["metadata"]["nbgrader"]


def spoil(cell: dict[str, Any]) -> None:
    cell["metadata"] = {"nbgrader": ["what", {"is": "this"}], "tags": 3}


@pytest.mark.parametrize("change", [rename, retype, reprice, unmark, spoil])
@pytest.mark.parametrize("name", ["double", "grade-double", "answer", "lesson-1"])
def test_an_edited_cell_is_restored(
    released: NotebookNode, tmp_path: Path, name: str, change: Callable[[dict[str, Any]], None]
) -> None:
    """a renamed, retyped or repriced cell is whole again and the student's words are in it"""
    work = json.loads(json.dumps(solved(released)))
    change(next(cell for cell in work["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name))
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert cell_called(made, "double").source == RIGHT["double"]
    assert cell_called(made, "answer").source.startswith("Twice two")


def test_an_answer_is_found_by_its_tag(released: NotebookNode, tmp_path: Path) -> None:
    """without its grade_id the answer is known by its tag; several answers are all shown"""
    work = solved(released)
    answer = cell_called(work, "answer")
    del answer.metadata["nbgrader"], answer["id"]
    again = copy.deepcopy(answer)
    again.source = "And a second thought."
    work.cells.append(again)
    made = merged(released, work, tmp_path)
    assert cell_called(made, "answer").source.splitlines() == [
        "Twice two is four, twice three is not nine.", "", "And a second thought."
    ]  # fmt: skip
    assert plain_sources(made) == []


def test_extra_cells_are_kept_in_their_places(released: NotebookNode, tmp_path: Path) -> None:
    """cells of the student's own are shown where they were, and never between a solution and its grade cell"""
    work = solved(released)
    position = work.cells.index(cell_called(work, "double"))
    work.cells[position + 1 : position + 1] = [
        nbformat.v4.new_code_cell("scratch = 1"), nbformat.v4.new_markdown_cell("A note of mine.")
    ]  # fmt: skip
    work.cells[0:0] = [nbformat.v4.new_code_cell("import math")]
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    sources = [cell.source for cell in made.cells]
    assert sources[0] == "import math"
    after = sources.index('import cnngrade\n\ncnngrade.check("double")')
    assert sources[after + 1 : after + 3] == ["scratch = 1", "A note of mine."]


def test_a_changed_import_cell_is_shown_beside_the_released_one(released: NotebookNode, tmp_path: Path) -> None:
    """what is locked stays as released, and what the student made of it is kept"""
    work = solved(released)
    imports = next(cell for cell in work.cells if cell.source == "import numpy as np")
    imports.source += "\nimport scipy"
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert plain_sources(made) == ["import numpy as np\nimport scipy"]


def test_a_playground_cell_is_shown_as_the_student_left_it(released: NotebookNode, tmp_path: Path) -> None:
    """cells to play in are the student's"""
    work = solved(released)
    play = next(cell for cell in work.cells if cell.metadata.get("tags") == ["playground"])
    play.source = "print(double(7))"
    made = merged(released, work, tmp_path)
    assert [cell.source for cell in made.cells] == [cell.source for cell in work.cells]


def test_a_released_text_that_was_fixed_since_is_not_shown_twice(released: NotebookNode, tmp_path: Path) -> None:
    """a lesson's text from an older release is not the student's text"""
    work = solved(released)
    lesson = cell_called(work, "lesson-1")
    lesson.source = "# Scaling\nAn older text."
    lesson.metadata.nbgrader["checksum"] = compute_checksum(lesson)
    assert plain_sources(merged(released, work, tmp_path)) == []


def test_an_answer_written_under_the_question_is_seen(released: NotebookNode, tmp_path: Path) -> None:
    """an answer in the wrong cell is kept as a cell of its own"""
    work = solved(released)
    question = cell_called(work, "question")
    question.source += "\n\nI say: because of zero."
    (kept,) = plain_sources(merged(released, work, tmp_path))
    assert kept.endswith("I say: because of zero.")


def test_html_in_a_students_text_does_nothing(released: NotebookNode, tmp_path: Path) -> None:
    """a script in an answer is shown to the person who grades, not run in their browser"""
    work = solved(released)
    cell_called(work, "answer").source = "2 < 3 <script>alert(1)</script>"
    work.cells.append(nbformat.v4.new_markdown_cell("<img src=x onerror=alert(1)>"))
    made = merged(released, work, tmp_path)
    assert cell_called(made, "answer").source == "2 < 3 &lt;script>alert(1)&lt;/script>"
    assert plain_sources(made) == ["&lt;img src=x onerror=alert(1)>"]


def test_a_pasted_picture_stays_with_the_answer(released: NotebookNode, tmp_path: Path) -> None:
    """a drawing is an answer too; anything but a picture is left out"""
    work = solved(released)
    answer = cell_called(work, "answer")
    answer.source = "![drawing](attachment:a.png)"
    picture, drawing = {"image/png": "aGVsbG8="}, {"image/svg+xml": "PHN2Zz4="}
    answer["attachments"] = {"a.png": picture, "b.svg": drawing, "c.png": {"image/png": '"x'}, "d": {"text/html": "PGI+"}}
    made = cell_called(merged(released, work, tmp_path), "answer")
    assert made.attachments == {"a.png": picture, "b.svg": drawing}
    assert made.source == "![drawing](attachment:a.png)\n\n![](attachment:b.svg)"


def test_output_and_kernel_do_not_matter(released: NotebookNode, tmp_path: Path) -> None:
    """megabytes of output, a foreign kernel and an old format are left behind"""
    work = json.loads(json.dumps(solved(released)))
    work["metadata"] = {"kernelspec": {"name": "ir"}, "celltoolbar": []}
    work["nbformat_minor"] = 0
    for cell in work["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "x" * 10_000_000}]
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert made.metadata == released.metadata
    assert all(cell.outputs == [] for cell in made.cells if cell.cell_type == "code")


def test_an_unreadable_file_gives_the_released_notebook(released: NotebookNode, tmp_path: Path) -> None:
    """there is always a notebook to show the reason in, and where something was written a person is asked to look"""
    path = tmp_path / "scaling.ipynb"
    path.write_bytes(b"")
    assert lay_file(released, path) == released
    for data in (b"{", b"[1, 2]", b'{"cells": 3}', b"\xff\xfe{", b"[" * 100_000):
        path.write_bytes(data)
        made = lay_file(released, path)
        answer = cell_called(made, "answer")
        assert "look into the file" in answer.source
        answer.source = cell_called(released, "answer").source
        assert made == released


def test_code_that_does_not_parse_is_shown(released: NotebookNode, tmp_path: Path) -> None:
    """broken code goes into the cell of the function it was meant to be"""
    work = solved(released)
    cell_called(work, "double").source = "def double(x:\n    return"
    both = "def double(x:\n    return\ndef triple(x): return 3"
    made = merged(released, work, tmp_path)
    assert cell_called(made, "double").source == "def double(x:\n    return"
    work.cells = [nbformat.v4.new_code_cell(both)]
    made = merged(released, work, tmp_path)
    assert cell_called(made, "double").source == both
    assert cell_called(made, "triple").source == "# triple was handed in together with double: see the cell of double."


def test_thousands_of_cells_are_not_all_shown(released: NotebookNode, tmp_path: Path) -> None:
    """a flood of cells ends in a note that says how many there were"""
    work = solved(released)
    work.cells += [nbformat.v4.new_code_cell(f"x = {number}") for number in range(1000)]
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    assert len(made.cells) == len(released.cells) + MAX_EXTRA_CELLS + 1
    assert made.cells[-1].source == "*800 more cells were handed in and are not shown.*"


def test_split_keeps_decorators_and_helpers() -> None:
    """a definition takes its decorator, the comment above it and what follows with it"""
    source = "import a\n# first\n@a.b\ndef f(): ...\nhelper = 1\ndef g(): ..."
    assert split(source, ["f", "g"]) == ["import a", "# first\n@a.b\ndef f(): ...\nhelper = 1", "def g(): ..."]
    assert split("def f(): ...", ["f", "g"]) == ["def f(): ..."]


WAYS = ["double", "delete", "swap", "rename", "retype", "reprice", "unmark", "spoil"]
CHANGES = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 40)), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(CHANGES)
def test_no_editing_breaks_a_notebook(released: NotebookNode, tmp_path: Path, changes: list[tuple[str, int]]) -> None:
    """however cells are doubled, deleted, moved and edited: the merged notebook is whole, and merging again changes nothing"""
    work = json.loads(json.dumps(solved(released)))
    cells = work["cells"]
    edits = {"rename": rename, "retype": retype, "reprice": reprice, "unmark": unmark, "spoil": spoil}
    for what, number in changes:
        if not cells:
            break
        index = number % len(cells)
        if what == "double":
            cells.insert(index, json.loads(json.dumps(cells[index])))
        elif what == "delete":
            del cells[index]
        elif what == "swap":
            cells[index], cells[-1] = cells[-1], cells[index]
        elif what in ("retype", "spoil") or isinstance(cells[index]["metadata"].get("nbgrader"), dict):
            edits[what](cells[index])
    made = merged(released, work, tmp_path)
    assert_whole(made, released)
    for name, source in RIGHT.items():
        if any(cell["source"] == source and cell["cell_type"] == "code" for cell in cells):
            assert cell_called(made, name).source == source
    assert merged(released, made, tmp_path) == made
