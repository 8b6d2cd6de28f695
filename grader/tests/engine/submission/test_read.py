"""Reading a submission: code cells and nothing else, from scripts and notebooks in any state."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnngrade.errors import SubmissionError
from cnngrade.submission.borders import borders
from cnngrade.submission.read import MAX_BYTES, notebook_cells, read_bytes, read_work, script_cells
from cnngrade.worker.cells import run_cells


def code(source: str | list[str], **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": []}


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


# A marker stands where it is written: each in a text where the other borders are none.
BETWEEN = {
    "between statements": ("x = 1\n# %%\ny = 2\n", [1]),
    "at the end": ("x = 1\n# %%\n", [1]),
    "in a function, not indented": ("def f():\n    x = 1\n# %%\n    return x\n# %%\ny = 2\n", [4]),
    "below a decorator": ("@f\n# %%\ndef g(): pass\n# %%\n@f\ndef h(): pass\n", [3]),
    "before else": ("if x:\n    y = 1\n# %%\nelse:\n    y = 2\n# %%\nz = 1\n", [5]),
    "before a case": ("match x:\n    case 1:\n        y = 1\n# %%\n    case _:\n        y = 2\n", []),
    "before a name that is a word elsewhere": ("x = 1\n# %%\ncase = 2\n", [1]),
    "in a list": ("x = [\n    1,\n# %%\n    2,\n]\n# %%\n", [5]),
    "in a string": ('x = """\n# %%\n"""\n# %%\n', [3]),
    "below a line that goes on": ("x = 1 + \\\n    2\n# %%\n", [2]),
    "in a try": ("try:\n    x = 1\n# %%\nexcept E:\n    pass\n# %%\nfinally:\n    pass\n", []),
}


@pytest.mark.parametrize("where", BETWEEN)
def test_a_marker_inside_a_statement_is_none(where: str) -> None:
    """wherever it stands, a statement that spans it is not cut"""
    text, found = BETWEEN[where]
    assert borders(text.splitlines()) == found


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


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("a = 1\n# %%\nb = 2\n", [1, 2]),
        ("def f():\n    a = 1\n# %%\n    return a\n", [1]),
        ("def f():\n    # %%\n    return 1\n", [1]),
        ('a = """\n# %%\n"""\n# %%\nb = 2\n', [1, 4]),
        ("a = [\n# %%\n1]\n# %%\nb = 2\n", [1, 4]),
        ("if 1:\n    a = 1\n# %%\nelse:\n    a = 2\n", [1]),
        ("try:\n    a = 1\n# %%\nexcept OSError:\n    a = 2\n# %%\nb = 1\n", [1, 6]),
        ("@len\n# %%\ndef f(): pass\n# %%\nb = 1\n", [1, 4]),
        ("#%% first\na = 1\n#%%\nb = 2\n", [1, 3]),
        ("a = 1  # %%\nb = 2\n", [1]),
        ("a = 1 + \\\n1\n# %%\nb = 2\n", [1, 3]),
        ("# In[1]:\n\n\na = 1\n\n\n# In[ ]:\n\n\nb = 2\n", [1, 7]),
        ("# <codecell>\na = 1\n# <codecell>\nb = 2\n", [1, 3]),
        ("a = 1\n# COMMAND ----------\nb = 2\n", [1, 2]),
        # A cell that is no Python costs no other: its marker is one, what belongs together stays together.
        ("# %%\na = [1\n# %%\nb = 2\n# %%\nc = 3\n", [1, 3, 5]),
        ("# %%\na = = 1\n# %%\ndef f():\n    b = 1\n# %%\n    return b\n# %%\nc = 1\n", [1, 3, 8]),
        ('# %%\na = = 1\n# %%\nb = """\n# %%\n"""\n# %%\nc = 1\n', [1, 3, 7]),
        ("# %%\n%matplotlib inline\n# %%\nb = 2\n", [1, 3]),
        ("", [1]),
        ("# %%", [1]),
    ],
)
def test_where_a_cell_of_a_script_begins(text: str, starts: list[int]) -> None:
    """at a comment between two statements of the module, and nowhere inside one"""
    cells = script_cells(text, "x.py")
    assert [cell.first_line for cell in cells if cell.source or len(starts) == 1] == starts


def test_nbconvert_and_its_kind_are_read_as_notebooks(tmp_path: Path) -> None:
    """a script with the marks of a notebook's cells runs as one; an editor's cell markers do not make a script one"""
    for text, expected in {"# In[1]:\na = 1\n": True, "# <codecell>\na = 1\n": True, "# %%\na = 1\n": False}.items():
        (tmp_path / "x.py").write_text(text)
        assert read_work(tmp_path / "x.py", "x").as_notebook is expected


def test_a_script_may_name_its_encoding(tmp_path: Path) -> None:
    """Python reads a script in the encoding that it names, and so does the judge"""
    (tmp_path / "x.py").write_bytes("# -*- coding: latin-1 -*-\na = 'é'\n".encode("latin-1"))
    assert "é" in read_work(tmp_path / "x.py", "x").cells[0].source


def test_a_notebook_of_the_former_format(tmp_path: Path) -> None:
    """a notebook with worksheets, as Jupyter wrote them before 2014 and still opens, is read"""
    cells = [{"cell_type": "code", "input": ["a = 1\n", "b = 2"], "outputs": []}, {"cell_type": "heading", "source": "x"}]
    (tmp_path / "x.ipynb").write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3, "metadata": {}}))
    assert [cell.source for cell in read_work(tmp_path / "x.ipynb", "x").cells] == ["a = 1\nb = 2"]
    for sheets in ([1], [{}], [{"cells": 1}], [{"cells": [1]}]):
        (tmp_path / "x.ipynb").write_text(json.dumps({"worksheets": sheets}))
        with contextlib.suppress(SubmissionError):
            assert read_work(tmp_path / "x.ipynb", "x").cells == ()


def test_what_reading_costs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """a cell that would have IPython read it again thousands of times is no Python, and reading it takes no minutes"""
    monkeypatch.setattr("cnngrade.submission.ipython._MOST_WORK", 1 << 16)
    for source in ("!x\n" * 20_000 + "def", ("(\n" * 100 + "a" * 3_990 + "\n\n") * 200 + "?"):
        (cell,) = notebook_cells(notebook(code(source)), "x.ipynb")
        assert cell.source == source


def test_without_ipython_its_lines_are_named(tmp_path: Path) -> None:
    """where IPython is not installed, plain cells are read, and a cell with its lines says what to install"""
    text = notebook(code("a = 1"), code("%time b = 2"), code("c = = 3"))
    (tmp_path / "x.ipynb").write_text(text)
    said = (
        "import sys\nsys.modules['IPython'] = None\nfrom cnngrade.submission.read import read_work\n"
        "from pathlib import Path\nfor cell in read_work(Path(sys.argv[1]), 'x').cells: print(cell.source)\n"
    )
    command = [sys.executable, "-c", said, str(tmp_path / "x.ipynb")]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert (lines[0], lines[2]) == ("a = 1", "c = = 3")
    assert "pip install ipython" in lines[1]


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


def test_failures_name_their_line() -> None:
    """a cell that fails names file and line, and what came before it in the cell is kept"""
    cells = script_cells("# %%\na = 1\nraise KeyError('x')\n\n# %%\nb = = 2\n\n# %%\nc = a + 1\n", "x.py")
    module, failures = run_cells(cells, "failing", "x.py")
    assert module.c == 2
    said = [failure.text for failure in failures]
    assert said == ["x.py, line 3: KeyError: 'x'", "x.py, line 6: SyntaxError: invalid syntax\n    b = = 2\n        ^"]


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
    refusals = {
        "link.py": "regular",
        "folder.py": "regular",
        "huge.ipynb": "Clear the notebook's outputs",
        "no.py": "is not there",
    }
    for name, says in refusals.items():
        with pytest.raises(SubmissionError, match=says):
            read_work(tmp_path / name, "x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_no_link_on_the_way_is_followed(tmp_path: Path) -> None:
    """of a module below the work's folder no part is a link when it is read, whatever it was when it was looked for"""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "helpers.py").write_text("secret")
    work = tmp_path / "work"
    (work / "lib").mkdir(parents=True)
    (work / "lib" / "helpers.py").write_text("a = 1")
    assert read_bytes(work / "lib" / "helpers.py", work) == b"a = 1"
    (work / "linked").symlink_to(tmp_path / "secret")
    (work / "lib" / "link.py").symlink_to(tmp_path / "secret" / "helpers.py")
    os.mkfifo(work / "lib" / "pipe.py")
    for name in ("linked/helpers.py", "lib/link.py", "lib/pipe.py", "lib"):
        with pytest.raises(SubmissionError, match="is not a regular file"):
            read_bytes(work / name, work)
    # The work's own folder is where the user says that it is.
    (tmp_path / "elsewhere").symlink_to(work)
    assert read_bytes(tmp_path / "elsewhere" / "lib" / "helpers.py") == b"a = 1"


def test_outputs_of_any_size_do_not_matter(tmp_path: Path) -> None:
    """a notebook with 50 MB of outputs is read like any other"""
    cell = code("a = 1")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}]
    (tmp_path / "x.ipynb").write_text(notebook(cell))
    assert [cell.source for cell in read_work(tmp_path / "x.ipynb", "x").cells] == ["a = 1"]
