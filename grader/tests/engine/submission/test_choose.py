"""Which of two files is judged, and what the report says about it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnngrade.errors import UsageError
from cnngrade.model import Course
from cnngrade.submission.choose import choose_file, stub_digests
from cnngrade.submission.read import script_cells
from cnngrade.submission.stubs import statement_digests, written
from cnngrade.worker.cells import Cell
from support import tiny_course
from support.tiny_course import RIGHT, STUBS

NOTEBOOK, SCRIPT = "scaling.ipynb", "scaling.py"
IMPORT = "import numpy as np"


def code(source: str, *tags: str, **marks: bool) -> dict[str, Any]:
    metadata = {"tags": list(tags)} | ({"nbgrader": marks} if marks else {})
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def notebook(*cells: str | dict[str, Any]) -> str:
    made = [cell if isinstance(cell, dict) else code(cell) for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


UNTOUCHED = (IMPORT, STUBS["double"], STUBS["triple"])
SOLVED = (IMPORT, RIGHT["double"], RIGHT["triple"])


@pytest.fixture
def chosen(course: Course, tmp_path: Path) -> Callable[[str, str, float], tuple[str, str]]:
    """Write both files, the notebook so many seconds after the script, and return the name of the chosen one and the note."""

    def choose(book: str, script: str, later: float = 0.0) -> tuple[str, str]:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        for name, text, when in ((NOTEBOOK, book, 1_700_000_000 + later), (SCRIPT, script, 1_700_000_000)):
            (folder / name).write_text(text, encoding="utf-8")
            os.utime(folder / name, (when, when))
        path, note = choose_file(course, course.units[0], folder)
        return path.name, note

    return choose


def test_one_file_is_no_choice(course: Course, tmp_path: Path) -> None:
    """without either file there is nothing to judge; one alone is judged, whatever is in it"""
    with pytest.raises(UsageError, match=r"no scaling\.py and no scaling\.ipynb"):
        choose_file(course, course.units[0], tmp_path)
    (tmp_path / SCRIPT).write_text("")
    assert choose_file(course, course.units[0], tmp_path) == (tmp_path / SCRIPT, "")


@pytest.mark.parametrize("name", ["scaling-Copy1.ipynb", "Copy of scaling.ipynb", "Scaling (2).ipynb", "my_scaling.py"])
def test_work_under_another_name_is_told(course: Course, tmp_path: Path, name: str) -> None:
    """where nothing is written in the unit's files, what is named after the unit is pointed at, and not judged"""
    unit = course.units[0]
    (tmp_path / name).write_text(notebook(*SOLVED))
    for other in ("test_scaling.py", "notes.ipynb", "scalings.ipynb"):
        (tmp_path / other).write_text("")
    with pytest.raises(UsageError, match=rf"There is {re.escape(name)}: name it, or rename it"):
        choose_file(course, unit, tmp_path)
    (tmp_path / SCRIPT).write_text(tiny_course.EXERCISE)
    path, note = choose_file(course, unit, tmp_path)
    assert (path.name, note) == (SCRIPT, f"Nothing is written in {SCRIPT}. {name} is beside it: name it, or rename it.")
    (tmp_path / SCRIPT).write_text(tiny_course.script(**RIGHT))
    assert choose_file(course, unit, tmp_path) == (tmp_path / SCRIPT, "")


@pytest.mark.parametrize("later", [3600, 0, -3600])
def test_nothing_written_is_no_choice(chosen: Callable[..., tuple[str, str]], later: int) -> None:
    """of two files as they were handed out the script stands for both"""
    assert chosen(notebook(*UNTOUCHED), tiny_course.EXERCISE, later) == (SCRIPT, "")


TOUCHED = {
    "a cell was added": (*UNTOUCHED, "print(double(np.ones(2)))"),
    "the script is imported": (*UNTOUCHED, "from scaling import double, triple\nprint(double(2), triple(2))"),
    "the script is imported as a module": (*UNTOUCHED, "import scaling as mine\ndouble = mine.double\ntriple = mine.triple"),
    "all of the script is imported": (*UNTOUCHED, "from scaling import *"),
    "magics": (*UNTOUCHED, "%load_ext autoreload\n%autoreload 2\nfrom scaling import double"),
    "a magic in the stub's cell": (IMPORT, "%matplotlib inline\nnp.pad?\n" + STUBS["double"], STUBS["triple"]),
    "a stub wrapped": (*UNTOUCHED, "from functools import lru_cache\ndouble = lru_cache(double)"),
    "another docstring": (IMPORT, STUBS["double"].replace("twice", "two times"), STUBS["triple"]),
    "another signature": (IMPORT, STUBS["double"].replace("(x)", "(x: object, out=None) -> object"), STUBS["triple"]),
    "comments in the stub": (IMPORT, STUBS["double"] + "  # later\n    # return 2 * x", STUBS["triple"]),
    "emptied": (IMPORT, "def double(x):\n    pass", "def triple(x):\n    ..."),
    "another message": (IMPORT, *(f"def {name}(x):\n    raise NotImplementedError('later')" for name in RIGHT)),
    "no message": (IMPORT, *(f"def {name}(x):\n    raise NotImplementedError" for name in RIGHT)),
    "stubs deleted": (IMPORT, "print(1)"),
    "a helper": (*UNTOUCHED, "def helper(x):\n    return x + x"),
    "nothing at all": (),
    "stubs twice": (*UNTOUCHED, *UNTOUCHED),
}


@pytest.mark.parametrize("cells", TOUCHED.values(), ids=TOUCHED)
@pytest.mark.parametrize("later", [3600, 0, -3600], ids=["later", "same time", "earlier"])
def test_untouched_stubs_are_no_work(
    chosen: Callable[..., tuple[str, str]], cells: tuple[str | dict[str, Any], ...], later: int
) -> None:
    """a notebook whose functions are the stubs is not judged instead of a solved script, whatever stands around them"""
    name, note = chosen(notebook(*cells), tiny_course.script(**RIGHT), later)
    assert name == SCRIPT
    assert "saved last" not in note
    assert note in ("", "scaling.py is the one judged: no function is written in scaling.ipynb.")
    added = [cell for cell in cells if cell not in UNTOUCHED and "def double" not in cell and "def triple" not in cell]
    assert note or not added


@pytest.mark.parametrize("later", [3600, 0, -3600], ids=["later", "same time", "earlier"])
def test_an_untouched_script_is_no_work(chosen: Callable[..., tuple[str, str]], later: int) -> None:
    """a solved notebook is judged beside the script as it was handed out, and there is nothing to say about that"""
    assert chosen(notebook(*SOLVED), tiny_course.EXERCISE, later) == (NOTEBOOK, "")
    played = tiny_course.EXERCISE.replace("double(np.arange(3.0))", "double(7)") + "\n# %%\nprint(double(2))\n"
    assert chosen(notebook(*SOLVED), played, later) == (
        NOTEBOOK,
        "scaling.ipynb is the one judged: no function is written in scaling.py.",
    )


def test_other_metadata_is_no_work(chosen: Callable[..., tuple[str, str]]) -> None:
    """a notebook saved by another editor, with other metadata and played-with cells, still holds no work"""
    saved = notebook(
        code(IMPORT, "nb"), code(STUBS["double"], solution=True), code("print(double(3))", "playground"), code(STUBS["triple"])
    )
    assert chosen(saved, tiny_course.script(**RIGHT), 60) == (SCRIPT, "")


DEFINED = {
    "a function": RIGHT["double"],
    "a function under a magic": "%%time\n" + RIGHT["double"],
    "a function with a help call": "np.pad?\n" + RIGHT["double"],
    "a function that does not parse": "def double(x):\n    return 2 * * x",
    "a class": "class double:\n    pass",
    "a lambda": "double = lambda x: 2 * x",
    "another name for it": "def twice(x):\n    return x + x\n\ndouble = twice",
    "an import of own code": "from my_functions import twice as double",
    "in a branch": "if np:\n    def double(x):\n        return 2 * x",
    "in an exception's branch": "try:\n    import numba\nexcept ImportError:\n    def double(x):\n        return 2 * x",
    "the stub again below": RIGHT["double"] + "\n\n" + STUBS["double"],
    "coroutine": "async def double(x):\n    return 2 * x",
}


@pytest.mark.parametrize("cell", DEFINED.values(), ids=DEFINED)
def test_one_written_function_is_work(chosen: Callable[..., tuple[str, str]], cell: str) -> None:
    """however a function is defined: one is enough, and a script as it was handed out is not judged instead"""
    assert chosen(notebook(IMPORT, cell, STUBS["triple"]), tiny_course.EXERCISE, -60) == (NOTEBOOK, "")


def test_of_two_works_the_later_counts(chosen: Callable[..., tuple[str, str]]) -> None:
    """if both hold work the one saved last is judged, and said to be"""
    some, all_of_it = notebook(IMPORT, RIGHT["double"], STUBS["triple"]), tiny_course.script(**RIGHT)
    said = "Both scaling.ipynb and scaling.py hold work; {} was saved last and is the one judged."
    assert chosen(some, all_of_it, 1) == (NOTEBOOK, said.format(NOTEBOOK))
    assert chosen(some, all_of_it, -1) == (SCRIPT, said.format(SCRIPT))


@pytest.mark.parametrize("apart", [0.0, 0.04, -0.04], ids=["equal", "notebook copied later", "script copied later"])
def test_of_the_same_time_the_fuller_counts(chosen: Callable[..., tuple[str, str]], apart: float) -> None:
    """a platform or a copy gives both the same time: then more functions count, and nothing was saved last"""
    half, whole = notebook(IMPORT, RIGHT["double"], STUBS["triple"]), tiny_course.script(**RIGHT)
    both = "Both scaling.ipynb and scaling.py hold work and carry the same time; "
    why = "scaling.py is judged because 2 of 2 functions are written in it, and 1 in scaling.ipynb."
    assert chosen(half, whole, apart) == (SCRIPT, both + why)
    half = tiny_course.script(triple=RIGHT["triple"])
    why = "scaling.ipynb is judged because 2 of 2 functions are written in it, and 1 in scaling.py."
    assert chosen(notebook(*SOLVED), half, apart) == (NOTEBOOK, both + why)
    assert chosen(notebook(*SOLVED), whole, apart) == (NOTEBOOK, both + "scaling.ipynb is judged because it is the notebook.")


@pytest.mark.parametrize("later", [60, 0, -60])
@pytest.mark.parametrize(
    "imports",
    ["from scaling import triple", "from scaling import *", "import scaling as s\ntriple = s.triple", "import scaling"],
)
def test_a_notebook_that_takes_the_rest_from_the_script(
    chosen: Callable[..., tuple[str, str]], imports: str, later: int
) -> None:
    """one function in the notebook and one that it imports from the script: the notebook is the whole, whatever the times"""
    book = notebook(IMPORT, RIGHT["double"], imports)
    name, note = chosen(book, tiny_course.script(triple=RIGHT["triple"]), later)
    both = "Both scaling.ipynb and scaling.py hold work; scaling.ipynb is judged, with what it imports of scaling.py."
    assert ((name, note) == (NOTEBOOK, both)) is (imports != "import scaling")
    name, note = chosen(notebook(IMPORT, RIGHT["double"], "from scaling import double"), tiny_course.script(**RIGHT), later)
    assert name == (NOTEBOOK if later > 0 else SCRIPT)


@pytest.mark.parametrize("later", [60, 0, -60])
def test_what_cannot_be_read_is_not_judged_instead_of_work(chosen: Callable[..., tuple[str, str]], later: int) -> None:
    """a damaged file beside a solved one is not judged, and named; beside an untouched one it is, for its message"""
    name, note = chosen('{"cells": [', tiny_course.script(**RIGHT), later)
    assert name == SCRIPT
    assert note.startswith("scaling.py is the one judged, because the other file cannot be read. scaling.ipynb, line 1: ")
    assert chosen('{"cells": [', tiny_course.EXERCISE, later) == (NOTEBOOK, "")


@pytest.mark.parametrize("later", [60, 0, -60])
def test_work_in_a_playground_comes_before_none(chosen: Callable[..., tuple[str, str]], later: int) -> None:
    """functions in cells that are not judged: the file is chosen where the other holds nothing, and not where it holds work"""
    filed = notebook(*UNTOUCHED, "%%writefile mine.py\n" + RIGHT["double"])
    assert chosen(filed, tiny_course.EXERCISE + "\n# %%\nprint(1)\n", later)[0] == NOTEBOOK
    text = {"cell_type": "markdown", "metadata": {}, "source": "As in\n\ndef double(x):\n\n    return 2 * x"}
    assert chosen(notebook(*UNTOUCHED, text), tiny_course.EXERCISE + "\n# %%\nprint(1)\n", later)[0] == SCRIPT
    played = notebook(*UNTOUCHED, code(RIGHT["double"], "playground"))
    assert chosen(played, tiny_course.EXERCISE + "\n# %%\nprint(1)\n", later)[0] == NOTEBOOK
    name, note = chosen(played, tiny_course.script(**RIGHT), later)
    assert (name, note) == (
        SCRIPT,
        "scaling.py is the one judged: what scaling.ipynb holds of functions stands in cells that are not judged.",
    )


def test_a_link_is_not_judged_instead_of_work(chosen: Callable[..., tuple[str, str]], course: Course, tmp_path: Path) -> None:
    """a link in the place of the notebook cannot be read, and does not hide the script"""
    chosen(notebook(), tiny_course.script(**RIGHT), 0)
    (tmp_path / "work" / NOTEBOOK).unlink()
    (tmp_path / "work" / NOTEBOOK).symlink_to("nowhere")
    path, note = choose_file(course, course.units[0], tmp_path / "work")
    assert path.name == SCRIPT
    assert "Hand in the file itself" in note


def test_a_stub_with_given_code_is_compared_with_what_was_released() -> None:
    """a stub that begins with code of the course is untouched until something is added; in a handout its digest is enough"""
    begun = "def f(x):\n    '''Text.'''\n    y = x + 1\n    raise RuntimeError('go on from y')"
    digests = statement_digests([Cell(begun, "x")])
    assert not written([Cell(begun.replace("Text", "Other"), "x")], "u", ["f"], digests).functions
    assert written([Cell(begun.replace("y = x + 1", "y = x + 2"), "x")], "u", ["f"], digests).functions == {"f"}


def test_the_stub_itself_differs_in_nothing(course: Course) -> None:
    """the exercise, compared with its own digests, holds no work and no other code"""
    unit = course.units[0]
    found = written(script_cells(tiny_course.EXERCISE, SCRIPT), unit.name, unit.functions, stub_digests(course, unit))
    assert (found.functions, found.differs) == (frozenset(), False)


HOSTILE = {
    "elif": "if x == 0:\n    pass\n" + "".join(f"elif x == {number}:\n    pass\n" for number in range(2_000)),
    "brackets": "x = " + "[" * 5_000 + "]" * 5_000,
    "sum": "def double(x):\n    return " + "+".join("x" for _ in range(20_000)),
    "not Python": "def double(x):\n" + "  \n" * 50_000 + "    return (",
    "null": "def double(x): return '\0'",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_any_code_can_be_compared(chosen: Callable[..., tuple[str, str]], source: str) -> None:
    """code that is nested or long beyond reason is compared like any other"""
    assert chosen(notebook(source), tiny_course.EXERCISE) == (NOTEBOOK, "")
