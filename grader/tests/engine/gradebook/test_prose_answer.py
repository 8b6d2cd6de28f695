"""The answer in prose reaches the person who marks it, wherever it was written; 0 points unasked mean that there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from nbconvert import PythonExporter
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, determine_grade

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.gradebook.merge import lay_file
from support import tiny_course

WORDS = "Twice is x + x, squared is x * x: they agree for 0 and 2."
ANOTHER = "And a third thought about i<n."
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
OTHER_DOT = "R0lGODlhAQABAAAAACw="
UNDER_THE_QUESTION = "# Why is twice not the same as squared?\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("prose") / "course"))
    notebook = source_notebook(course, course.units[0], tiny_course.POINTS)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
            cell.metadata.nbgrader["cell_type"] = cell.cell_type
    return notebook


Cells = list[dict[str, Any]]
Edit = Callable[[Cells], None]


def cells_of(released: NotebookNode) -> Cells:
    cells: Cells = json.loads(nbformat.writes(released))["cells"]
    for cell in cells:
        cell["source"] = tiny_course.RIGHT.get(name_of(cell), "".join(cell["source"]))
    return cells


def name_of(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def text(source: str, **rest: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **rest}


def code(source: str, **rest: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **rest}


def strip(cells: Cells) -> None:
    """Leave no metadata and no ids, as some editors do."""
    for cell in cells:
        cell["metadata"] = {}
        cell.pop("id", None)


def with_picture(source: str, data: str = DOT) -> dict[str, Any]:
    return text(source, attachments={"image.png": {"image/png": data}})


def in_place(cells: Cells) -> None:
    cells[-1]["source"] = WORDS


def below(cells: Cells) -> None:
    cells.append(text(WORDS))


def below_as_code(cells: Cells) -> None:
    cells.append(code("# " + WORDS.replace(" squared", "\n# squared")))


def below_as_a_string(cells: Cells) -> None:
    cells.append(code(f'"""\n{WORDS}\n"""'))


def below_as_words_in_code(cells: Cells) -> None:
    cells.append(code("Twice is x + x, squared is not"))


def below_as_raw(cells: Cells) -> None:
    cells.append({"cell_type": "raw", "metadata": {}, "source": WORDS})


def below_printed(cells: Cells) -> None:
    cells.append(code(f'print("{WORDS}")'))


def split_over_cells(cells: Cells) -> None:
    cells.append(text(WORDS))
    cells.append(text(ANOTHER))


def between_question_and_answer(cells: Cells) -> None:
    cells.insert(-1, text(WORDS))


def under_the_question(cells: Cells) -> None:
    cells[-2]["source"] += "\n\n" + WORDS


def under_the_question_and_stripped(cells: Cells) -> None:
    under_the_question(cells)
    strip(cells)


def before_the_question(cells: Cells) -> None:
    cells[-2]["source"] = WORDS + "\n\n" + cells[-2]["source"]


def replacing_the_question(cells: Cells) -> None:
    cells[-2]["source"] = WORDS


def in_a_new_cell_instead(cells: Cells) -> None:
    cells[-1] = text(WORDS)


def replacing_the_question_by_its_words(cells: Cells) -> None:
    cells[-2]["source"] = "Twice is x + x, squared is the same not: " + WORDS


def stripped(cells: Cells) -> None:
    in_place(cells)
    strip(cells)


def stripped_below(cells: Cells) -> None:
    below(cells)
    strip(cells)


def as_code_with_its_marks(cells: Cells) -> None:
    cells[-1] |= code(f"# {WORDS}", metadata=cells[-1]["metadata"])


def as_raw_with_its_marks(cells: Cells) -> None:
    cells[-1] |= {"cell_type": "raw", "source": WORDS}


def after_the_placeholder(cells: Cells) -> None:
    cells[-1]["source"] += "\n\n" + WORDS


def behind_the_placeholder(cells: Cells) -> None:
    cells[-1]["source"] = f"_Write your answer here._ {WORDS}"


def with_another_grade_id(cells: Cells) -> None:
    in_place(cells)
    cells[-1]["metadata"] = {"nbgrader": {"grade_id": "mine", "grade": True, "solution": True}}


def in_a_copy_with_its_marks(cells: Cells) -> None:
    cells.append(cells[-1] | {"source": WORDS, "id": "copy"})


def all_but_the_answer_deleted(cells: Cells) -> None:
    cells[:] = [text(WORDS)]


def question_and_answer_deleted(cells: Cells) -> None:
    cells[-2:] = [text(WORDS)]


IN_ITS_CELL = [
    in_place, below, below_as_code, below_as_a_string, below_as_raw, split_over_cells, between_question_and_answer,
    under_the_question, under_the_question_and_stripped, before_the_question,
    replacing_the_question, replacing_the_question_by_its_words, in_a_new_cell_instead, stripped,
    stripped_below, as_code_with_its_marks, as_raw_with_its_marks, after_the_placeholder, behind_the_placeholder,
    with_another_grade_id, in_a_copy_with_its_marks, below_as_words_in_code, below_printed,
]  # fmt: skip


def in_a_lesson(cells: Cells) -> None:
    cells[0]["source"] += "\n\n" + WORDS


def in_a_lesson_and_stripped(cells: Cells) -> None:
    in_a_lesson(cells)
    strip(cells)


def at_the_top(cells: Cells) -> None:
    cells.insert(0, text(WORDS))


def among_the_functions(cells: Cells) -> None:
    cells.insert(4, text(WORDS))


def in_a_comment_of_a_new_cell(cells: Cells) -> None:
    cells.insert(4, code(f"# {WORDS}\nscratch = 1"))


def in_a_comment_that_asks(cells: Cells) -> None:
    cells.insert(4, code(f"# {WORDS}\n# But is it not the same for negative numbers?"))


def in_a_question_among_the_functions(cells: Cells) -> None:
    cells.insert(4, code(f"{WORDS} But is it not the same for negative numbers?"))


def in_a_playground_cell(cells: Cells) -> None:
    next(cell for cell in cells if "playground" in cell["metadata"].get("tags", []))["source"] += f"\n# {WORDS}"


def as_code_below(cells: Cells) -> None:
    cells.append(code("answer = 2 * 3 - 3**2"))


def function_cell(cells: Cells, name: str = "triple") -> dict[str, Any]:
    return next(cell for cell in cells if name_of(cell) == name)


def below_a_function(cells: Cells) -> None:
    function_cell(cells)["source"] += f"\n\n# {WORDS}\n"


def below_the_first_function(cells: Cells) -> None:
    function_cell(cells, "double")["source"] += f"\n# {WORDS}"


def above_a_function_with_a_label(cells: Cells) -> None:
    cell = function_cell(cells)
    cell["source"] = f"# My answer: {WORDS}\n{cell['source']}"


def above_a_function_apart(cells: Cells) -> None:
    cell = function_cell(cells)
    cell["source"] = f"# {WORDS}\n\n{cell['source']}"


def at_the_end_inside(cells: Cells) -> None:
    function_cell(cells)["source"] += f"\n    # {WORDS}"


def at_the_end_as_a_string(cells: Cells) -> None:
    function_cell(cells)["source"] += f'\n    """{WORDS}"""'


def inside_with_a_label(cells: Cells) -> None:
    cell = function_cell(cells)
    cell["source"] = cell["source"].replace("    return", f"    # Answer to the question: {WORDS}\n    return")


def beside_code_with_a_label(cells: Cells) -> None:
    function_cell(cells)["source"] += f"  # Antwort: {WORDS}"


def inside_at_length(cells: Cells) -> None:
    lines = f"    # {WORDS}\n    # All other numbers are further from their squares, and the further the larger they are.\n"
    cell = function_cell(cells)
    cell["source"] = cell["source"].replace("    return", f"{lines}    return")


def as_the_docstring(cells: Cells) -> None:
    cell = function_cell(cells)
    cell["source"] = cell["source"].replace("    return", f'    """{WORDS}"""\n    return')


def after_the_docstring(cells: Cells) -> None:
    cell = function_cell(cells)
    docstring = f'    """Add the array to itself, twice.\n\n    {WORDS}\n    """\n'
    cell["source"] = cell["source"].replace("    return", f"{docstring}    return")


def assigned(cells: Cells) -> None:
    cells.insert(4, code(f'answer = """{WORDS}"""'))


def printed(cells: Cells) -> None:
    cells.insert(4, code(f'print("{WORDS}")'))


def in_a_function_called_answer(cells: Cells) -> None:
    cells.insert(4, code(f'def answer():\n    """{WORDS}"""'))


def printed_in_a_function(cells: Cells) -> None:
    cells.insert(4, code(f'def explain():\n    print("{WORDS}")'))


def displayed(cells: Cells) -> None:
    cells.insert(4, code(f'from IPython.display import Markdown, display\ndisplay(Markdown("""{WORDS}"""))'))


def joined(cells: Cells) -> None:
    cells.insert(4, code(f'text = (\n    "Think: "\n    "{WORDS}"\n)\n'))


def assigned_below_a_function(cells: Cells) -> None:
    function_cell(cells)["source"] += f'\n\nresult = "{WORDS}"'


ELSEWHERE = [
    all_but_the_answer_deleted, question_and_answer_deleted, in_a_lesson, in_a_lesson_and_stripped, at_the_top,
    among_the_functions, in_a_comment_of_a_new_cell, in_a_comment_that_asks, in_a_question_among_the_functions,
    in_a_playground_cell, as_code_below, below_a_function, below_the_first_function, above_a_function_with_a_label,
    above_a_function_apart, at_the_end_inside, inside_with_a_label, beside_code_with_a_label, inside_at_length,
    as_the_docstring, after_the_docstring, assigned, printed, printed_in_a_function, displayed, joined,
    assigned_below_a_function, at_the_end_as_a_string, in_a_function_called_answer,
]  # fmt: skip


def untouched(cells: Cells) -> None:
    pass


def emptied(cells: Cells) -> None:
    cells[-1]["source"] = ""


def emphasised_otherwise(cells: Cells) -> None:
    cells[-1]["source"] = " _Write your answer here._\n"


def nothing_and_stripped(cells: Cells) -> None:
    strip(cells)


def answer_deleted(cells: Cells) -> None:
    del cells[-1]


def code_alone(cells: Cells) -> None:
    cells[:] = [cell for cell in cells if cell["cell_type"] == "code"]


def scratch_code(cells: Cells) -> None:
    cells.insert(4, code("%timeit double(np.arange(3))\nlisting = !ls the files that are here\nnp.pad?\n?np.pad"))
    cells.insert(4, code("# try it\nscratch = double(np.arange(3))\n!ls"))


def calls_of_ours(cells: Cells) -> None:
    cells.append(code('import cnngrade\ncnngrade.check("double")'))


def empty_cells(cells: Cells) -> None:
    cells.append(text("  \n"))
    cells.append(code(""))


def rewrapped_lesson(cells: Cells) -> None:
    cells[0]["source"] = cells[0]["source"].replace(" ", "\n")
    strip(cells)


def shortened_question(cells: Cells) -> None:
    cells[-2]["source"] = "## Question\nWhy is twice not squared?"


def ordinary_comments(cells: Cells) -> None:
    function_cell(cells)["source"] = (
        "# three times each number of the row\n"
        "def triple(x):\n"
        "    # Anything that is like an array becomes one, and lists do too.\n"
        "    x = np.asarray(x)  # this copies nothing if x is an array already\n"
        "    if x.dtype == object:\n"
        '        raise TypeError("there are things among the numbers that are none")\n'
        "    # return x + x + x\n"
        "    return 3 * x\n\n\n"
        "# print(triple(np.arange(3)), triple(4))\n"
        "# for row in range(3):\n"
        "#     triple(row)\n"
        "# %timeit triple(np.arange(3))\n"
    )


def helpers(cells: Cells) -> None:
    source = 'def padded(x):\n    """Return x with a zero at each of its two ends."""\n    # np.pad would do\n    return x'
    cells.insert(4, code(source))
    cells.insert(4, code('rows = np.load("data/the_first/rows.npz")\nprint("Rows:", rows)\nx = {"the one": 1}'))


NOTHING = [
    untouched, emptied, emphasised_otherwise, nothing_and_stripped, answer_deleted, code_alone, scratch_code, calls_of_ours,
    empty_cells, rewrapped_lesson, shortened_question, ordinary_comments, helpers,
]  # fmt: skip


def laid(released: NotebookNode, cells: Cells, folder: Path, beside: str = "") -> NotebookNode:
    path = folder / "scaling.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    if beside:
        (folder / "scaling.py").write_text(beside, encoding="utf-8")
    return lay_file(released, path)


def answer_in(notebook: NotebookNode) -> NotebookNode:
    (answer,) = [cell for cell in notebook.cells if name_of(cell) == "answer"]
    return answer


def waits(notebook: NotebookNode) -> bool:
    """Say whether nbgrader leaves the answer to a person; otherwise it gives 0."""
    points, _ = determine_grade(answer_in(notebook))
    assert points in (None, 0)
    return points is None


def named(edit: Edit) -> str:
    return edit.__name__


@pytest.mark.parametrize("edit", IN_ITS_CELL, ids=named)
def test_an_answer_reaches_its_cell(released: NotebookNode, tmp_path: Path, edit: Edit) -> None:
    """below, above, in the question, as code, with or without marks: it is in the answer's cell, which waits for a person"""
    cells = cells_of(released)
    edit(cells)
    made = laid(released, cells, tmp_path)
    answer = answer_in(made)
    assert waits(made)
    assert "Twice is x + x," in answer.source
    assert "squared is" in answer.source
    assert "*Write your answer here.*" not in answer.source
    assert [cell for cell in made.cells if "Twice is" in cell.source] == [answer]
    assert (ANOTHER.replace("<", "&lt;") in answer.source) == (edit is split_over_cells)
    assert lay_file(released, written(made, tmp_path)) == made


def written(notebook: NotebookNode, folder: Path) -> Path:
    path = folder / "again.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("edit", ELSEWHERE, ids=named)
def test_an_answer_elsewhere_is_pointed_at(released: NotebookNode, tmp_path: Path, edit: Edit) -> None:
    """text that may be an answer or not stays where it is, and the answer's cell says so and waits"""
    cells = cells_of(released)
    edit(cells)
    made = laid(released, cells, tmp_path)
    assert waits(made)
    assert answer_in(made).source.startswith("*Nothing is written in this cell.")
    (shown,) = [cell for cell in made.cells if (WORDS in cell.source or "2 * 3" in cell.source) and cell != answer_in(made)]
    assert ("nbgrader" in shown.metadata) == (name_of(shown) in tiny_course.RIGHT)
    assert lay_file(released, written(made, tmp_path)).cells == made.cells


@pytest.mark.parametrize("edit", NOTHING, ids=named)
def test_nothing_written_is_nothing_to_mark(released: NotebookNode, tmp_path: Path, edit: Edit) -> None:
    """where there is no text of the student's, nobody is asked to look"""
    cells = cells_of(released)
    edit(cells)
    made = laid(released, cells, tmp_path)
    assert not waits(made)
    assert answer_in(made) == answer_in(released)


def test_pictures_of_one_name_stay_apart(released: NotebookNode, tmp_path: Path) -> None:
    """each cell calls its pasted picture image.png: the second is shown beside the first"""
    cells = cells_of(released)
    cells.append(with_picture("![image.png](attachment:image.png)"))
    cells.append(with_picture("Better: ![image.png](attachment:image.png)", OTHER_DOT))
    made = laid(released, cells, tmp_path)
    answer, beside = made.cells[-2:]
    assert answer.attachments == {"image.png": {"image/png": DOT}}
    assert beside.attachments == {"image.png": {"image/gif": OTHER_DOT}}
    assert beside.source == "Better: ![image.png](attachment:image.png)"


def test_a_picture_alone_is_an_answer(released: NotebookNode, tmp_path: Path) -> None:
    """a picture whose link was lost is shown all the same"""
    cells = cells_of(released)
    cells[-1]["attachments"] = {"my plot.png": {"image/png": DOT}}
    made = laid(released, cells, tmp_path)
    assert waits(made)
    assert answer_in(made).source.endswith("![](attachment:my%20plot.png)")
    assert answer_in(made).attachments == {"my%20plot.png": {"image/png": DOT}}


def test_the_questions_own_words_may_answer_it(released: NotebookNode, tmp_path: Path) -> None:
    """words left over from the question are the question only under its heading"""
    cells = cells_of(released)
    cells[-2]["source"] = "twice not the same"
    assert answer_in(laid(released, cells, tmp_path)).source == "twice not the same"


def test_a_short_answer_in_a_code_cell(released: NotebookNode, tmp_path: Path) -> None:
    """two words below the question are pointed at, be they code or not"""
    cells = cells_of(released)
    cells.append(code("it doubles"))
    made = laid(released, cells, tmp_path)
    assert waits(made)
    assert answer_in(made).source.endswith("- it doubles")


def test_a_picture_in_the_questions_cell(released: NotebookNode, tmp_path: Path) -> None:
    """it is an answer too, though not a word was changed"""
    cells = cells_of(released)
    cells[-2]["attachments"] = {"a.png": {"image/png": DOT}}
    made = laid(released, cells, tmp_path)
    assert waits(made)
    assert answer_in(made).source.endswith("![](attachment:a.png)")


def script(answer: str) -> str:
    return tiny_course.script(**tiny_course.RIGHT).replace("# *Write your answer here.*", answer)


@pytest.mark.parametrize(
    "answer",
    [
        f"# {WORDS}",
        f'"""\n{WORDS}\n"""',
        f"# *Write your answer here.*\n\n# %% [markdown]\n# {WORDS}",
        f"# *Write your answer here.*\n\n# %% [md]\n# {WORDS}",
        f"# *Write your answer here.*\n\n# %%\n# {WORDS}",
        f"# *Write your answer here.*\n\n# %% [raw]\n# {WORDS}",
        f"# *Write your answer here.*\n# {WORDS}",
        WORDS,
    ],
)
def test_an_answer_in_a_script(released: NotebookNode, tmp_path: Path, answer: str) -> None:
    """a script's text cells are read like a notebook's"""
    path = tmp_path / "scaling.py"
    path.write_text(script(answer), encoding="utf-8")
    made = lay_file(released, path)
    assert waits(made)
    assert WORDS in answer_in(made).source
    path.write_text(script("# *Write your answer here.*"), encoding="utf-8")
    assert not waits(lay_file(released, path))


def test_an_answer_in_a_plain_python_file(released: NotebookNode, tmp_path: Path) -> None:
    """a file without cells: words outside of the functions are pointed at, those of the lesson are not"""
    path = tmp_path / "scaling.py"
    functions = "\n\n".join(tiny_course.RIGHT.values())
    lessons = "".join(f"# {line}\n" for line in released.cells[0].source.splitlines())
    handed_out = lessons + UNDER_THE_QUESTION
    for words, expected in [("", False), (handed_out, False), (f"# {WORDS}\n", True), (f'"""{WORDS}"""\n', True)]:
        path.write_text(f"import numpy as np\n\n{functions}\n\n{words}", encoding="utf-8")
        made = lay_file(released, path)
        assert waits(made) == expected, words
        assert any(WORDS in cell.source for cell in made.cells) == expected


def test_the_notebook_holds_the_answer_and_the_script_the_code(released: NotebookNode, tmp_path: Path) -> None:
    """one file is judged; what was written in the other is shown, with its name, and only once"""
    cells = cells_of(released)
    in_place(cells)
    laid(released, cells, tmp_path, beside=script("# *Write your answer here.*"))
    made = lay_file(released, tmp_path / "scaling.py")
    assert answer_in(made).source == f"*From scaling\\.ipynb, which was handed in as well:*\n\n{WORDS}"
    (tmp_path / "scaling.py").write_text(script(f"# {WORDS}"), encoding="utf-8")
    assert answer_in(lay_file(released, tmp_path / "scaling.py")).source == WORDS
    (tmp_path / "scaling.py").write_text(script(f"# {ANOTHER}"), encoding="utf-8")
    for path in (tmp_path / "scaling.py", tmp_path / "scaling.ipynb"):
        source = answer_in(lay_file(released, path)).source
        assert WORDS in source
        assert ANOTHER.replace("<", "&lt;") in source


def test_the_answer_is_below_in_the_file_that_is_not_judged(released: NotebookNode, tmp_path: Path) -> None:
    """text anywhere in the other file counts; its code, and what was handed out, do not"""
    cells = cells_of(released)
    cells.insert(4, text(WORDS))
    cells.insert(4, code("scratch = 3  # my very first try at it"))
    laid(released, cells, tmp_path, beside=script("# *Write your answer here.*"))
    made = lay_file(released, tmp_path / "scaling.py")
    assert waits(made)
    assert answer_in(made).source.endswith(WORDS)
    assert not any("scratch" in cell.source for cell in made.cells)


def test_pictures_in_the_file_that_is_not_judged(released: NotebookNode, tmp_path: Path) -> None:
    """a script has no attachments: those of the notebook beside it are shown"""
    cells = cells_of(released)
    cells[-1] |= with_picture("see ![image.png](attachment:image.png)")
    laid(released, cells, tmp_path, beside=script("# see ![image.png](attachment:image.png) and think"))
    made = lay_file(released, tmp_path / "scaling.py")
    assert answer_in(made).attachments == {"image.png": {"image/png": DOT}}


def test_an_unreadable_file_beside_readable_work(released: NotebookNode, tmp_path: Path) -> None:
    """a broken notebook does not hide the answer in the script, whichever of them is judged"""
    (tmp_path / "scaling.py").write_text(script(f"# {WORDS}"), encoding="utf-8")
    (tmp_path / "scaling.ipynb").write_text("{", encoding="utf-8")
    for name in ("scaling.py", "scaling.ipynb"):
        assert WORDS in answer_in(lay_file(released, tmp_path / name)).source


def test_a_file_of_another_name_is_pointed_at(released: NotebookNode, tmp_path: Path) -> None:
    """an essay, or a notebook under another name, is for a person to open; an empty folder is not"""
    (tmp_path / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC", encoding="utf-8")
    assert lay_file(released, None, tmp_path) == released
    (tmp_path / "essay <b>.txt").write_text(WORDS, encoding="utf-8")
    made = lay_file(released, None, tmp_path)
    assert waits(made)
    assert "essay \\<b\\>\\.txt" in answer_in(made).source


def test_a_lesson_of_an_earlier_release_is_nobodys_answer(released: NotebookNode, tmp_path: Path) -> None:
    """a few words of a lesson that were fixed since, in a script, which has no checksums"""
    path = tmp_path / "scaling.py"
    text_ = tiny_course.script(**tiny_course.RIGHT).replace("Add the array to itself.", "Add the aray to it self.")
    path.write_text(text_, encoding="utf-8")
    made = lay_file(released, path)
    assert not waits(made)
    assert not any("aray" in cell.source for cell in made.cells)


def as_nbconvert_writes(notebook: NotebookNode) -> str:
    return str(PythonExporter().from_notebook_node(notebook)[0])


def as_jupytext_writes(format_: str) -> Callable[[NotebookNode], str]:
    return lambda notebook: str(jupytext.writes(notebook, fmt=f"py:{format_}"))


SCRIPTS: dict[str, Callable[[NotebookNode], str]] = {
    "nbconvert": as_nbconvert_writes,
    **{format_: as_jupytext_writes(format_) for format_ in ("percent", "light", "hydrogen", "sphinx", "nomarker")},
}


@pytest.mark.parametrize("form", SCRIPTS)
def test_a_notebook_that_was_made_a_script(released: NotebookNode, tmp_path: Path, form: str) -> None:
    """whatever made the script: an answer waits and is shown, and what was handed out is nobody's answer"""
    path = tmp_path / "scaling.py"
    for answer in ("", WORDS):
        cells = cells_of(released)
        cells[-1]["source"] += answer and f"\n\n{WORDS}\n\nSo it is."
        notebook = nbformat.from_dict({"cells": cells, "metadata": released.metadata, "nbformat": 4, "nbformat_minor": 5})
        path.write_text(SCRIPTS[form](notebook), encoding="utf-8")
        made = lay_file(released, path)
        assert waits(made) == bool(answer)
        assert any(WORDS in cell.source for cell in made.cells) == bool(answer)


def test_a_flood_of_answers_is_shown_in_bounded_time(released: NotebookNode, tmp_path: Path) -> None:
    """thousands of texts, and texts that take nbconvert its square, end in a notebook"""
    cells = cells_of(released)
    cells += [text(f"{number} " + "\\\\[" * 3_000) for number in range(1_000)]
    made = laid(released, cells, tmp_path)
    assert waits(made)
    assert sum(len(cell.source) for cell in made.cells) < 3 << 20


CHINESE, JAPANESE, THAI = "因为权重在每个位置都相同", "どの位置でも同じ重みを使うから", "เพราะใช้น้ำหนักเดียวกัน"


@pytest.mark.parametrize("said", [CHINESE, JAPANESE, THAI])
def test_words_without_spaces(released: NotebookNode, tmp_path: Path, said: str) -> None:
    """a sentence of a language that puts no spaces between words is no label"""
    for source in (f"# {said}\nscratch = 1", f'print("{said}")'):
        cells = cells_of(released)
        cells.insert(4, code(source))
        made = laid(released, cells, tmp_path)
        assert waits(made)
        assert answer_in(made).source.endswith(f"- {said}")
    cells = cells_of(released)
    function_cell(cells)["source"] += f"\n    # {said}"
    assert answer_in(laid(released, cells, tmp_path)).source.endswith(f"- {said}")
    cells = cells_of(released)
    function_cell(cells)["source"] = "def triple(x):\n    # 初始化\n    return 3 * np.asarray(x)  # 返回三倍"
    assert not waits(laid(released, cells, tmp_path))


@pytest.mark.parametrize("said", ["Answer: it shifts too.", CHINESE, "Yes.", "The same, since\n2x is x + x."])
@pytest.mark.parametrize("is_stripped", [False, True])
def test_few_words_in_a_lesson(released: NotebookNode, tmp_path: Path, said: str, is_stripped: bool) -> None:
    """however little was added to a text that was handed out: before it, below it, or in a lesson of an earlier release"""
    lesson = cells_of(released)[0]["source"]
    for source in (f"{lesson}\n\n{said}", f"{said}\n\n{lesson}", lesson.replace("\n", f"\n\n{said}\n\n")):
        cells = cells_of(released)
        cells[0]["source"] = source
        if is_stripped:
            strip(cells)
        made = laid(released, cells, tmp_path)
        assert waits(made)
        assert answer_in(made).source.partition("elsewhere:*")[2].strip().startswith(f"- {said[:3]}")


def test_a_comment_in_the_script_beside_the_notebook(released: NotebookNode, tmp_path: Path) -> None:
    """words in the code of the file that is not judged are pointed at with its name, those of both files once"""
    code_ = "import numpy as np\n\n" + "\n\n".join(tiny_course.RIGHT.values())
    scripts = [f"# {WORDS}\n{code_}", f"{code_}\n    # {WORDS}", f'{code_}\n\nanswer = "{WORDS}"', f'"""{WORDS}"""\n{code_}']
    for script_ in scripts:
        made = laid(released, cells_of(released), tmp_path, beside=script_)
        assert not waits(made) or "scaling\\.py\\: Twice is" in answer_in(made).source
        assert waits(made), script_
    assert not waits(laid(released, cells_of(released), tmp_path, beside=code_))
    cells = cells_of(released)
    below_a_function(cells)
    made = laid(released, cells, tmp_path, beside=scripts[1])
    assert answer_in(made).source.count("Twice is") == 1


def handed_in(released: NotebookNode, folder: Path, answer: str = "", **contents: str | bytes) -> NotebookNode:
    """Lay a notebook that is right, with other files beside it; a README was handed out."""
    mine, handed_out = folder / "mine", folder / "handed_out"
    for made in (mine / "more", handed_out):
        made.mkdir(parents=True, exist_ok=True)
    (mine / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC", encoding="utf-8")
    (handed_out / "README.md").write_text("How to begin, in several words.\n", encoding="utf-8")
    for name, content in contents.items():
        data = content if isinstance(content, bytes) else content.encode()
        (mine / name).write_bytes(data)
    path = mine / "scaling.ipynb"
    cells = cells_of(released)
    cells[-1]["source"] = answer or cells[-1]["source"]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return lay_file(released, path, mine, handed_out)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answer.txt", WORDS), ("notes.md", WORDS), ("essay.pdf", b"%PDF-1.7 \x00\xff"), ("more/Text.DOCX", b"PK\x03\x04"),
        ("my_answer.jpg", b"\xff\xd8"), ("README.md", f"How to begin, in several words.\n{WORDS}"),
        ("scaling-Copy1.ipynb", "{"), ("答案.png", b"\x89PNG"), ("large.txt", b"a " * (1 << 20)),
    ],
)  # fmt: skip
def test_a_text_beside_the_work_is_named(released: NotebookNode, tmp_path: Path, name: str, content: str | bytes) -> None:
    """whoever grades is told of a file that may hold the answer"""
    made = handed_in(released, tmp_path, **{name: content})
    assert waits(made)
    named_ = answer_in(made).source.replace("\\", "")
    assert named_.endswith(f"- {name} was handed in as well: look into it")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.md", "How to begin,\r\nin several words."), ("empty.txt", " \n"), ("requirements.txt", "numpy"),
        ("plot.png", "a b"), (".notes.txt", WORDS),
        ("helpers.py", '"""Helpers for the unit on scaling."""\n\nONE = 1  # the first of them all'),
    ],
)  # fmt: skip
def test_other_files_hold_no_answer(released: NotebookNode, tmp_path: Path, name: str, content: str) -> None:
    """what was handed out, and what a module needs, asks nobody to look"""
    assert not waits(handed_in(released, tmp_path, **{name: content}))


def test_our_own_notes_are_nobodys_answer(released: NotebookNode, tmp_path: Path) -> None:
    """a graded notebook that is handed in again says nothing that was not written"""
    both = code("def double(x:\n    return\ndef triple(x): return 3")
    without = [cell for cell in cells_of(released) if name_of(cell) not in tiny_course.RIGHT]
    for cells in ([*without[:3], both, *without[3:]], without):
        made = laid(released, cells, tmp_path)
        assert any("handed in" in cell.source for cell in made.cells)
        assert not waits(made)
        assert not waits(lay_file(released, written(made, tmp_path)))


def test_an_answer_that_points_to_a_file(released: NotebookNode, tmp_path: Path) -> None:
    """the file is named below the answer"""
    made = handed_in(released, tmp_path, answer="See there.", **{"there.pdf": b"%PDF"})
    assert answer_in(made).source == "See there.\n\n*Handed in as well, and not shown here: there\\.pdf*"


def test_work_under_another_name_is_read(released: NotebookNode, tmp_path: Path) -> None:
    """a copy of the notebook holds the answer, a module a comment that is one; a copy without an answer is none"""
    cells = cells_of(released)
    for number, copied in enumerate((cells, [*cells[:-1], text(WORDS)])):
        notebook = json.dumps({"cells": copied, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        made = handed_in(released, tmp_path / str(number), **{"scaling-Copy1.ipynb": notebook})
        assert waits(made) == bool(number)
        assert answer_in(made).source.endswith(WORDS) == bool(number)
    made = handed_in(released, tmp_path / "module", **{"helpers.py": f"# {WORDS}\nONE = 1"})
    assert "helpers\\.py\\: Twice is" in answer_in(made).source


def test_a_flood_of_files_is_bounded(released: NotebookNode, tmp_path: Path) -> None:
    """a few are named; links are neither followed nor named"""
    made = handed_in(released, tmp_path, **{f"note{number}.txt": WORDS for number in range(500)})
    assert answer_in(made).source.count("handed in as well") == 5
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "answer.txt").write_text(WORDS, encoding="utf-8")
    (tmp_path / "linked").mkdir()
    mine = tmp_path / "linked" / "mine"
    mine.mkdir()
    (mine / "answers").symlink_to(secret)
    (mine / "answer.txt").symlink_to(secret / "answer.txt")
    assert not waits(handed_in(released, tmp_path / "linked"))
