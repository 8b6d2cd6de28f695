"""Notebooks and scripts, whatever an editor or a student made of them."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from cnngrade.errors import SubmissionError
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.gradebook.merge import lay_file
from cnngrade.gradebook.student_cells import StudentCell, student_cells
from cnngrade.model import Course
from support import tiny_course
from support.fuzzing import ANY_TEXT, JUNK, fuzz, lenient, spoilt
from support.readers import TARGETS
from support.sweeps import sweep


@pytest.fixture(scope="module")
def released(tiny: Course) -> NotebookNode:
    return source_notebook(tiny, tiny.units[0], tiny_course.POINTS)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "scaling.ipynb"


def assert_read(path: Path, released: NotebookNode) -> None:
    """every reader of a submission ends well, and the notebook merged from it has every graded cell once"""
    TARGETS["cells"](path.read_bytes())
    with contextlib.suppress(SubmissionError):
        cells = student_cells(path)
        assert all(isinstance(cell, StudentCell) for cell in cells)
    merged = lay_file(released, path)
    nbformat.validate(merged)
    MetadataValidator().validate_nb(merged)
    marked = [cell.metadata.nbgrader for cell in merged.cells if "nbgrader" in cell.metadata]
    assert marked == [cell.metadata.nbgrader for cell in released.cells if "nbgrader" in cell.metadata]
    # nbgrader writes it.
    nbformat.writes(merged).encode("utf-8")


def worked_on(released: NotebookNode) -> dict[str, Any]:
    """Return the released notebook as plain data, with pictures, outputs and cells of the student's own."""
    plain: dict[str, Any] = json.loads(nbformat.writes(released))
    for cell in plain["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in tiny_course.RIGHT:
            cell["source"] = tiny_course.RIGHT[cell["metadata"]["nbgrader"]["grade_id"]]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
    plain["cells"].append(
        {"cell_type": "markdown", "id": "pic", "metadata": {"tags": ["answer"]}, "source": "![](attachment:a.png) <b>",
         "attachments": {"a.png": {"image/png": "aGVsbG8="}}}
    )  # fmt: skip
    plain["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "source": "helper = 1", "outputs": []})
    return plain


def test_a_notebook_with_anything_in_any_place(released: NotebookNode, place: Path) -> None:
    """a real notebook in which any part was replaced, lost, doubled or moved is merged whole"""

    @fuzz(90)
    @given(spoilt(worked_on(released)))
    def run(data: Any) -> None:
        place.write_text(json.dumps(data), encoding="utf-8")
        assert_read(place, released)

    run()


CELL_KEYS = ["cell_type", "metadata", "source", "outputs", "id", "attachments", "execution_count"]


def test_cells_of_anything(released: NotebookNode, place: Path) -> None:
    """cells whose every key may hold anything"""
    marks = st.dictionaries(st.sampled_from(["grade_id", "grade", "solution", "locked", "points", "checksum"]), JUNK)
    tags = st.one_of(JUNK, st.just(["playground"]), st.just(["answer"]))
    metadata = st.fixed_dictionaries({}, optional={"nbgrader": st.one_of(marks, JUNK), "tags": tags})
    kinds = st.one_of(st.sampled_from(["code", "markdown", "raw"]), JUNK)
    sources = st.one_of(
        JUNK,
        st.lists(JUNK, max_size=3),
        st.sampled_from(
            ["def double(x):\n  pass\ndef triple(x):\n  pass", "cnngrade.check(", "(" * 300, "\0", "def double(\ud800"]
        ),
    )
    pictures = st.dictionaries(ANY_TEXT, st.dictionaries(st.sampled_from(["image/png", "image/gif", "text/html", "x"]), JUNK))
    known = {
        "cell_type": kinds,
        "metadata": st.one_of(metadata, JUNK),
        "source": sources,
        "attachments": st.one_of(pictures, JUNK),
    }
    cells = st.one_of(st.fixed_dictionaries({}, optional=known), st.dictionaries(st.sampled_from(CELL_KEYS), JUNK), JUNK)

    @fuzz(80)
    @given(st.lists(cells, max_size=5))
    def run(found: list[Any]) -> None:
        place.write_text(json.dumps({"cells": found}), encoding="utf-8")
        assert_read(place, released)

    run()


def markdown(**more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": "text"} | more


ODD_NOTEBOOKS: dict[str, Callable[[], str]] = {
    "nested deeply": lambda: '{"cells": ' * 50_000,
    "nested and closed": lambda: '{"cells": [' + "[" * 100_000 + "]" * 100_000 + "]}",
    "metadata nested": lambda: (
        '{"cells": [{"cell_type": "code", "source": "a", "metadata": ' + '{"a":' * 900 + "1" + "}" * 902 + "]}"
    ),
    "a number of ten thousand digits": lambda: '{"cells": [], "nbformat": ' + "9" * 10_000 + "}",
    "a million cells": lambda: '{"cells": [' + "{}," * 1_000_000 + "{}]}",
    "ten thousand answers": lambda: json.dumps(
        {"cells": [markdown(metadata={"tags": ["answer"]}, source=f"{n}") for n in range(9_000)]}
    ),
    "two thousand definitions": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": f"def double(x):\n    return {n}"} for n in range(1_900)]}
    ),
    "pictures that are none": lambda: json.dumps(
        {
            "cells": [
                markdown(attachments={"a": {"image/png": text}})
                for text in ("%%%", "a", "\ud800", "====", "YQ==\n", 3, None, ["YQ=="])
            ]
        }
    ),
    "a megabyte of spaces": lambda: json.dumps({"cells": [{"cell_type": "code", "source": " " * 1_000_000 + "x"}]}),
    "ten megabytes of code to play in": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "metadata": {"tags": ["playground"]}, "source": "a=1\n" * 2_500_000}]}
    ),
    "halves of surrogate pairs": lambda: '{"cells": [{"cell_type": "code", "source": "\\ud800 = \'\\udfff\'"}]}',
    "names twice": lambda: '{"cells": [], "cells": [{"cell_type": "code", "source": "a", "source": 1}]}',
    "not a number": lambda: '{"cells": [{"cell_type": NaN, "source": Infinity}]}',
    "a bracket too many": lambda: json.dumps({"cells": [{"cell_type": "code", "source": "(" * 100_000 + ")" * 100_000}]}),
    "minus a hundred thousand times": lambda: json.dumps({"cells": [{"cell_type": "code", "source": "-" * 100_000 + "1"}]}),
    "attributes without end": lambda: json.dumps({"cells": [{"cell_type": "code", "source": "a" + ".a" * 100_000}]}),
}


LARGE = {"ten thousand answers", "a megabyte of spaces", "attributes without end"}


@pytest.mark.parametrize("make", sweep(ODD_NOTEBOOKS.values(), ODD_NOTEBOOKS.keys() - LARGE, [*ODD_NOTEBOOKS]))
def test_notebooks_that_are_too_much(released: NotebookNode, place: Path, make: Callable[[], str]) -> None:
    """depth, number and length beyond anything that is written by hand"""
    place.write_text(make(), encoding="utf-8")
    assert_read(place, released)


ODD_CODE = [
    "# %%\n", "#%% [markdown]\n", '# %% tags=["playground"]\n', "# %% {", "# ---\n", "# jupyter: &a [*a]\n", "# +\n", "# -\n",
    "'''", '"""', "# %% [markdown] tags=['answer']\n# *x*\n", "def double(x):\n    return x\n", "def triple(x): return x\n",
    "\x0c", "\x00", "\r", "\r\n", "\u2028", "\ud800", "(", ")", "\\", "\t", "  ", "cnngrade.check(1)\n", "import cnngrade\n",
    "%magic\n", "!ls\n", "# !ls\n", "async def", "@", "lambda: (yield)", "f'{", "0" * 5_000, "\u202e", "class double: pass\n",
    "double = triple = 1\n", "# %% [raw]\n", "# %%time\n",
]  # fmt: skip


def test_scripts_of_odd_pieces(released: NotebookNode, tmp_path: Path) -> None:
    """a script is cut up and merged, whatever it is put together from"""
    path = tmp_path / "scaling.py"

    @fuzz(80)
    @given(st.lists(st.one_of(st.sampled_from(ODD_CODE), ANY_TEXT), max_size=10), st.booleans())
    def run(pieces: list[str], whole_before: bool) -> None:
        path.write_bytes(lenient((tiny_course.EXERCISE if whole_before else "") + "".join(pieces)))
        with warnings.catch_warnings():
            # Python warns of an odd number or string in the code that it parses.
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            assert_read(path, released)

    run()
