"""A check in a running notebook: the functions of a real kernel, and a word where its cells show others."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cnngrade.course.load import load_course
from cnngrade.jobs.release import write_handout
from support import tiny_course
from support.places import GRADER
from support.tiny_course import RIGHT

CHECK = 'import cnngrade\nreport = cnngrade.check("double")\nreport'
WRONG = "def double(x):\n    return x"
BROKEN = "def double(x)\n    return 2 * x"
STOPPED_NOTE = (
    "The cell of double, as it was run last, stopped with an error before it defined double. "
    "What was checked is double as an earlier run defined it."
)
STOPPED = "raise_here\n\ndef double(x):\n    return 2 * x"


class Kernel:
    """A kernel that runs the cells that it is given, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client = NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3", allow_errors=True)
        self._client.resources = {"metadata": {"path": str(folder)}}

    def run(self, *sources: str) -> list[nbformat.NotebookNode]:
        """Run cells and return the outputs of the last one."""
        for source in sources:
            cell = nbformat.v4.new_code_cell(source)
            self._client.nb.cells.append(cell)
            self._client.execute_cell(cell, len(self._client.nb.cells) - 1)
        outputs: list[nbformat.NotebookNode] = cell.outputs
        return outputs

    def checked(self, *sources: str) -> tuple[str, str]:
        """Run cells and a check after them; returns the points and the note, which the text and the page both show."""
        *_, output = self.run(*sources, CHECK)
        assert output.output_type == "execute_result", output
        # What is printed may come in several pieces.
        plain = "".join(piece.text for piece in self.run("print(repr(report))"))
        notes = [
            " ".join(re.sub("<[^>]*>", "", note).split())
            for note in re.findall(r"Note: (.*?)</div>", output.data["text/html"], re.DOTALL)
        ]
        note = notes[0].replace("&#x27;", "'").replace("&quot;", '"') if notes else ""
        assert " ".join(note.split()) in " ".join(plain.split())
        return output.data["text/plain"], note

    def save(self, *sources: str, count: int | None = None) -> None:
        """Write the notebook's file, as an editor does after the cells were changed."""
        cells = [nbformat.v4.new_code_cell(source, execution_count=count) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), self.folder / "scaling.ipynb")


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = load_course(tiny_course.make_course(tmp_path_factory.mktemp("course")))
    folder = tmp_path_factory.mktemp("handout")
    write_handout(course, course.units[0], folder)
    return folder


@pytest.fixture(scope="module")
def shared(handout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel in the folder CNN [2026], which the tests use in turn."""
    folder = tmp_path_factory.mktemp("kernel") / "CNN [2026] a::b" / "scaling"
    shutil.copytree(handout, folder)
    kernel = Kernel(folder)
    os.environ["PYTHONPATH"], before = str(GRADER), os.environ.get("PYTHONPATH", "")
    try:
        with kernel._client.setup_kernel():
            yield kernel
    finally:
        os.environ["PYTHONPATH"] = before


@pytest.fixture
def kernel(shared: Kernel) -> Kernel:
    (shared.folder / "scaling.ipynb").unlink(missing_ok=True)
    shared.run("import numpy as np\nfor name in ('double', 'triple'):\n    globals().pop(name, None)")
    return shared


def test_what_was_run_is_judged(kernel: Kernel) -> None:
    """a function that was run is judged without a word, be it right or wrong, and again after it was changed and run"""
    assert kernel.checked(WRONG) == ("0", "")
    assert kernel.checked(RIGHT["double"]) == ("2", "")
    assert kernel.checked(RIGHT["double"] + "\n# the same again") == ("2", "")


@pytest.mark.parametrize(
    "broken",
    [
        BROKEN,
        "%matplotlib inline\n" + BROKEN,
        "@staticmethod\n" + BROKEN,
        "def double(x):\n\treturn (2 * x",
        "def double(x):\nreturn x",
    ],
)
def test_a_cell_that_no_longer_parses_is_told(kernel: Kernel, broken: str) -> None:
    """the old function is judged, and the report says so, with the error and its line"""
    points, note = kernel.checked(RIGHT["double"], broken)
    assert points == "2"
    assert note.startswith("The cell of double, as it was run last, is not valid Python (")
    assert note.endswith("). What was checked is double as an earlier run defined it.")
    assert "Error, line" in note
    assert kernel.checked(RIGHT["double"]) == ("2", "")


@pytest.mark.parametrize("stopped", [STOPPED, "1 / 0\n" + WRONG, "from nowhere import x\n" + WRONG, "%%time\n1 / 0\n" + WRONG])
def test_a_cell_that_stopped_before_the_function_is_told(kernel: Kernel, stopped: str) -> None:
    """a cell that raised before its function was defined leaves the old one, and the report says so"""
    points, note = kernel.checked(RIGHT["double"] + "\n\n# first", stopped.replace("return 2 * x", "return x + x"))
    assert (points, note) == (
        "2",
        STOPPED_NOTE,
    )


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            ("def half(n):\n    return n / 2", "def double(x):\n    n = half(4)\n    return np.zeros(n) + x"),
            [
                r"cell \[\d+\], line 3, in double:  return np.zeros\(n\) \+ x",
                "n 2.0",
                "A size has to be a whole number: `n` is 2.0",
            ],
        ),
        (
            ("# a note\n\n\ndef double(x):\n    n = len(x) / 1\n    return np.zeros(n) + x",),
            [
                r"cell \[(\d+)\], line 5, in double:  n = len\(x\) / 1",
                r"cell \[\d+\], line 6, where it fails:  return np.zeros\(n\) \+ x",
                "`/` gives a float",
            ],
        ),
        (
            ("def twice(x, y):\n    return x + y", "def double(x):\n    return twice(np.ones(3), np.ones(2))"),
            [
                r"cell \[\d+\], line 2, in twice:  return x \+ y",
                r"cell \[\d+\], line 2, in double, which called it:  return twice\(np",
            ],
        ),
        (("%%time\ndef double(x):\n    return x.foo",), ["object has no attribute 'foo'\n +line 2, in double\n"]),
    ],
)
def test_an_exception_is_told_with_the_cell_and_its_line(kernel: Kernel, cells: tuple[str, ...], told: list[str]) -> None:
    """what raised is told by the number of the cell, its line and what was in hand there, and no file of the kernel's"""
    kernel.checked(*cells)
    plain = "".join(piece.text for piece in kernel.run("print(repr(report))"))
    assert [part for part in told if not re.search(part, plain)] == [], plain
    assert "ipykernel" not in plain
    assert "/tmp" not in plain


def test_nothing_to_judge_is_told_with_its_cause(kernel: Kernel) -> None:
    """where the function was never defined the report names the cell that should have done it"""
    assert kernel.checked(BROKEN)[1].endswith("There is no double to judge.")
    assert kernel.checked(STOPPED)[1].endswith("stopped with an error before it defined double. There is no double to judge.")


@pytest.mark.parametrize(
    "cells",
    [
        ("%%time\n" + RIGHT["double"],),
        ("%%capture out\n" + RIGHT["double"],),
        (RIGHT["double"] + "\n\n1 / 0",),
        ("double = lambda x: 2 * np.asarray(x)",),
        ("class Twice:\n    def __call__(self, x):\n        return 2 * np.asarray(x)", "double = Twice()"),
        (WRONG, RIGHT["double"].replace("double", "twice"), "double = twice"),
        (WRONG, "from functools import wraps\n", RIGHT["double"], "double = wraps(double)(lambda x: 2 * np.asarray(x))"),
        (RIGHT["double"], "np.sum?\ndouble?"),
        (RIGHT["double"], "print(double(3)"),
        (RIGHT["double"], "del double", RIGHT["double"]),
        (RIGHT["double"], "%timeit double(3)"),
        (WRONG, "exec('def double(x): return 2 * np.asarray(x)')"),
        (WRONG, "if True:\n" + "\n".join("    " + line for line in RIGHT["double"].split("\n"))),
        ("import functools", "@functools.lru_cache\ndef one():\n    return 1", RIGHT["double"]),
    ],
)
def test_other_ways_to_define_it_are_not_doubted(kernel: Kernel, cells: tuple[str, ...]) -> None:
    """whatever else binds the name, and cells that fail elsewhere, bring no note"""
    assert kernel.checked(*cells) == ("2", "")


def test_a_script_that_is_run_is_not_doubted(kernel: Kernel) -> None:
    """a function that comes from the script by an import or %run is the one that is meant"""
    (kernel.folder / "scaling.py").write_text(tiny_course.script(double=RIGHT["double"]))
    assert kernel.checked(WRONG, "from scaling import double") == ("2", "")
    assert kernel.checked(WRONG, "%run scaling.py") == ("2", "")


def test_a_saved_cell_that_was_not_run_is_told(kernel: Kernel) -> None:
    """a notebook saved with a function that the kernel has never seen: the old one is judged, and the report says so"""
    kernel.run(RIGHT["double"])
    kernel.save("import numpy as np", "def double(x):\n    return 2.0 * x")
    said = (
        "scaling.ipynb was saved with another double, which has not been run. What was checked is double as it was run last. "
        "Run its cell, then this one again."
    )
    assert kernel.checked() == ("2", said)
    kernel.save("import numpy as np", BROKEN.replace("2 * x", "2 * x + 0"), CHECK)
    assert kernel.checked() == ("2", said)
    assert kernel.checked("def double(x):\n    return 2.0 * np.asarray(x)") == ("2", "")
    kernel.save("def double(x):\n    return 2.0 * np.asarray(x)")
    assert kernel.checked() == ("2", "")
    kernel.run(WRONG, RIGHT["double"])
    kernel.save(WRONG)
    assert kernel.checked() == ("2", said)


def test_what_was_run_later_than_saved_is_not_doubted(kernel: Kernel) -> None:
    """what an editor saved on its own, half written, is not held against what was run since"""
    kernel.run("def double(x):\n    return 3 * x")
    kernel.save("def double(x):\n    return 3 * x")
    assert kernel.checked(RIGHT["double"]) == ("2", "")
    kernel.save("def double(x):\n    return 4 * x")
    assert kernel.checked(RIGHT["double"] + "\n# run after it was saved") == ("2", "")


def test_a_saved_stub_is_not_doubted(kernel: Kernel) -> None:
    """a stub that nobody has run is in the file until it is saved again"""
    kernel.run(RIGHT["double"])
    kernel.save(tiny_course.STUBS["double"])
    assert kernel.checked() == ("2", "")


@pytest.mark.slow
def test_a_first_check_knows_the_numbers_of_cells(handout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """before a check has noted any times, a cell that was run again since its number is newer than the file"""
    monkeypatch.setenv("PYTHONPATH", str(GRADER))
    for number, told in ((1, False), (3, True), (None, True)):
        folder = tmp_path / str(number)
        shutil.copytree(handout, folder)
        kernel = Kernel(folder)
        with kernel._client.setup_kernel():
            kernel.run("import numpy as np\n" + WRONG, "1", RIGHT["double"])
            kernel.save("def double(x):\n    return 4 * x", count=number)
            assert bool(kernel.checked()[1]) is told


def test_a_file_from_before_the_kernel_is_not_doubted(kernel: Kernel) -> None:
    """yesterday's notebook says nothing about what is run today"""
    kernel.run(RIGHT["double"])
    kernel.save("def double(x):\n    return 6 * x")
    os.utime(kernel.folder / "scaling.ipynb", (time.time() - 86_400,) * 2)
    assert kernel.checked() == ("2", "")


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"cells": [{"cell_type": "code", "source": 7}]})])
def test_a_damaged_file_does_not_disturb(kernel: Kernel, text: str) -> None:
    """the notebook's file may be anything"""
    kernel.run(RIGHT["double"])
    (kernel.folder / "scaling.ipynb").write_text(text)
    assert kernel.checked() == ("2", "")


def test_the_line_of_a_mistake_is_told_with_its_cell(kernel: Kernel) -> None:
    """a function of the kernel and its helper are searched in another process, which leaves the kernel's names as they are"""
    patient = "import cnngrade.jobs.notebook as job\nfrom cnngrade.findings.allowance import Allowance\n"
    kernel.run(patient + "job.SEARCH = Allowance(30.0)\nLIMIT = 7")
    kernel.checked(
        "def halved(x):\n    return np.asarray(x) / 2",
        "# the first line\ndef double(x):\n    y = halved(x)\n    return y + 4 if LIMIT else x",
    )
    plain = "".join(piece.text for piece in kernel.run("print(repr(report))"))
    assert re.search(r"Cell \[\d+\], line 4: look at .*\n +return y \+ 4 if LIMIT else x", plain), plain
    assert kernel.run("double([8.0]), LIMIT")[0].data["text/plain"] == "(array([8.]), 7)"
