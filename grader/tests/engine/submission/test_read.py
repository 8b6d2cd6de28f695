"""Reading a submission: code cells and nothing else, from scripts and notebooks in any state."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import SubmissionError, UsageError
from cnngrade.submission.choose import choose_file, stub_digest
from cnngrade.submission.read import MAX_BYTES, code_digest, notebook_cells, read_work, script_cells
from cnngrade.worker.cells import run_cells
from support import tiny_course


def code(source: str | list[str], **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": []}


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_script_is_split_at_its_markers() -> None:
    """code cells keep their place in the file; text and playground cells are left out"""
    text = 'import os\n# %% [markdown]\n# text\n# %%\na = 1\n# %% tags=["playground"]\nb = 2\n#%%\nc = 3\n'
    cells = script_cells(text, "x.py")
    assert [(cell.first_line, cell.source.split("\n")[-1]) for cell in cells] == [(1, "import os"), (4, "a = 1"), (8, "c = 3")]


def test_a_title_is_not_a_tag() -> None:
    """a cell whose title speaks of a playground is judged; only the tag leaves a cell out"""
    text = "# %% my playground\na = 1\n# %% more tags=['x', 'playground']\nb = 2\n"
    assert [cell.source for cell in script_cells(text, "x.py") if cell.source] == ["# %% my playground\na = 1"]


def test_a_plain_script_is_one_cell() -> None:
    """a script without markers is one cell from its first line"""
    (cell,) = script_cells("a = 1\nb = 2\n", "x.py")
    assert (cell.first_line, cell.source) == (1, "a = 1\nb = 2")


def test_lines_end_where_python_ends_them() -> None:
    """form feeds and Unicode's line separators stay within their line; line ends of any system are line ends"""
    text = 'a = "one\\n\u2028two\x0c\x85"\r\n# %%\r\nb = 2\r# %%\nc = 1 / 0\n'
    cells = script_cells(text, "x.py")
    module, failures = run_cells(cells, "lines", "x.py")
    assert (module.a, module.b) == ("one\n\u2028two\x0c\x85", 2)
    assert [failure.text for failure in failures] == ["x.py, line 5: ZeroDivisionError: division by zero"]


def test_a_notebook_gives_its_own_code() -> None:
    """grade cells, playground cells, text and calls of cnngrade are left out; sources may be lists"""
    text = notebook(
        {"cell_type": "markdown", "source": "text", "metadata": {}},
        code(["a = 1\n", "b = 2"]),
        code("check()", nbgrader={"grade": True, "solution": False, "locked": True}),
        code("def f(): pass", nbgrader={"grade": False, "solution": True}),
        code("c = 3", tags=["playground"]),
        code('import cnngrade\ncnngrade.check("f")'),
        code("d = 4", nbgrader="nonsense", tags=7),
    )
    cells = notebook_cells(text, "x.ipynb")
    assert [cell.source for cell in cells] == ["a = 1\nb = 2", "def f(): pass", "d = 4"]
    assert [cell.filename for cell in cells] == ["x.ipynb cell 2", "x.ipynb cell 4", "x.ipynb cell 7"]


def test_a_check_beside_the_work_does_not_hide_it() -> None:
    """a cell that defines a function and then calls cnngrade.check is the student's work"""
    text = 'import cnngrade\ndef double(x): return 2 * x\ncnngrade.check("double")\n'
    assert [cell.source for cell in notebook_cells(notebook(code(text)), "x.ipynb")] == [text]
    assert [cell.source for cell in script_cells(text, "x.py")] == [text.rstrip()]


def test_magics_do_no_harm() -> None:
    """IPython's lines are passed over, the rest of the cell runs"""
    sources = ("%matplotlib inline\n!pip install x\na = 1", "%%bash\nrm x", "%%time\nb = 2")
    cells = notebook_cells(notebook(*map(code, sources)), "x")
    module, failures = run_cells(cells, "magics", "x")
    assert (module.a, module.b, failures) == (1, 2, [])


def test_failures_name_their_line() -> None:
    """a cell that fails names file and line, and what came before it in the cell is kept"""
    cells = script_cells("# %%\na = 1\nraise KeyError('x')\n\n# %%\nb = = 2\n\n# %%\nc = a + 1\n", "x.py")
    module, failures = run_cells(cells, "failing", "x.py")
    assert module.c == 2
    said = [failure.text for failure in failures]
    assert said == ["x.py, line 3: KeyError: 'x'", "x.py, line 6: SyntaxError: invalid syntax"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.py", b"", "empty"),
        ("x.py", b"# \xe4", "line 1: the file is not UTF-8"),
        ("x.ipynb", b'{"cells": [', "not valid JSON"),
        ("x.ipynb", b"[]", "no list of cells"),
        ("x.ipynb", b'{"cells": {"a": 1}}', "no list of cells"),
        ("x.ipynb", b"[" * 100_000, "not valid JSON"),
        ("x.py", b"x = 1\n" * 300_000, "more code than is read"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    """each unreadable file has a sentence that names it"""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SubmissionError, match=says):
        read_work(tmp_path / name, "x")


def test_only_regular_files_of_sensible_size_are_read(tmp_path: Path) -> None:
    """links, folders and huge files are refused unread"""
    (tmp_path / "real.py").write_text("a = 1")
    (tmp_path / "link.py").symlink_to(tmp_path / "real.py")
    (tmp_path / "folder.py").mkdir()
    with (tmp_path / "huge.ipynb").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    refusals = {"link.py": "regular", "folder.py": "regular", "huge.ipynb": "Clear the notebook's outputs", "no.py": "No such"}
    for name, says in refusals.items():
        with pytest.raises(SubmissionError, match=says):
            read_work(tmp_path / name, "x")


def test_outputs_of_any_size_do_not_matter(tmp_path: Path) -> None:
    """a notebook with 50 MB of outputs is read like any other"""
    cell = code("a = 1")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}]
    (tmp_path / "x.ipynb").write_text(notebook(cell))
    assert [cell.source for cell in read_work(tmp_path / "x.ipynb", "x").cells] == ["a = 1"]


def test_the_file_that_was_worked_on_is_judged(tmp_path: Path) -> None:
    """of script and notebook the changed one is chosen; of two changed ones the later, with a word about it"""
    course = load_course(tiny_course.make_course(tmp_path / "course"))
    unit, folder = course.units[0], tmp_path / "work"
    folder.mkdir()
    with pytest.raises(UsageError, match=r"no scaling\.py and no scaling\.ipynb"):
        choose_file(course, unit, folder)
    stub = [cell.source for cell in script_cells(tiny_course.EXERCISE, "scaling.py")]
    done = [*stub[:1], tiny_course.RIGHT["double"], tiny_course.RIGHT["triple"]]
    script, book = folder / "scaling.py", folder / "scaling.ipynb"
    script.write_text(tiny_course.EXERCISE)
    book.write_text(notebook(*map(code, stub)))
    assert code_digest(notebook_cells(book.read_text(), "x")) == stub_digest(course, unit)
    os.utime(book, (0, 0))
    book.write_text(notebook(*map(code, done)))
    assert choose_file(course, unit, folder) == (book, "")
    book.write_text(notebook(*map(code, stub)))
    script.write_text(tiny_course.script(**tiny_course.RIGHT))
    assert choose_file(course, unit, folder) == (script, "")
    book.write_text(notebook(*map(code, done)))
    os.utime(script, (0, 0))
    chosen, note = choose_file(course, unit, folder)
    assert chosen == book
    assert "saved last" in note
