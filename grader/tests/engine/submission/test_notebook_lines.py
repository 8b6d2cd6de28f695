"""A line of a cell is found in the notebook's file, however that is written; in a text that is no notebook there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.submission.notebook_lines import NotebookLines

sources = st.lists(
    st.text(st.characters(codec="utf-8") | st.sampled_from("\n[]{}\\\"',: "), max_size=30), min_size=1, max_size=4
)


def _notebook(cells: list[Any], **layout: Any) -> str:
    return json.dumps({"metadata": {"cells": [1]}, "cells": cells, "nbformat": 4}, **layout)


@given(sources, st.booleans())
def test_a_line_as_jupyter_writes_it(texts: list[str], ascii_alone: bool) -> None:
    """where a source is a list of its lines, a line begins where its entry stands"""
    cells = [
        {"cell_type": "code", "outputs": [{"text": ["source"]}], "source": text.splitlines(keepends=True)} for text in texts
    ]
    text = _notebook(cells, indent=1, ensure_ascii=ascii_alone)
    heads = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith('   "source": [')]
    found = NotebookLines(text)
    for number, (cell, head) in enumerate(zip(texts, heads, strict=True), 1):
        # Python's text also ends lines where a source does not: what follows stands in an entry of its own, of the same line.
        before = [cell.splitlines(keepends=True)[:count] for count in range(len(cell.splitlines()))]
        begins = [(count + 1, "".join(entries).count("\n") + 1) for count, entries in enumerate(before)]
        for entry, line in reversed(begins):
            earliest = min(other for other, same in begins if same == line)
            assert found.line(number, line) == head + earliest or entry != earliest
        assert found.line(number, cell.count("\n") + 2) is None


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
@pytest.mark.parametrize("source", ["a\nb\nc", ["a\n", "b\n", "c"], ["a\nb\n", "c"], ["a\n", "", 7, "b", "\n", "c"]])
def test_other_layouts(source: Any, indent: int | None) -> None:
    """a source may be one string or several, on one line of the file or on many"""
    text = _notebook([{"source": "x"}, {"source": source}], indent=indent)
    found, lines = NotebookLines(text), text.split("\n")
    for line, letter in enumerate("abc", 1):
        place = found.line(2, line)
        assert place is not None
        assert letter in lines[place - 1]
    assert found.line(2, 4) is found.line(3, 1) is found.line(0, 1) is found.line(2, 0) is None


@pytest.mark.parametrize(
    "text",
    ["", "[", "{", "[]", "7", '{"cells"', '{"cells":', '{"cells": [', '{"cells": {}}', '{"cells": [{"source": "a"', "{" * 5000,
     '{"cells": [7, {"source": null}, {}]}', '{"cells": [{"source": [["a"]]}]}', '{"cells" "a"}', '{"cells": [1 2]}'],
)  # fmt: skip
def test_no_notebook(text: str) -> None:
    """there is no line in what is no notebook, and no error"""
    found = NotebookLines(text)
    assert [found.line(cell, 1) for cell in (1, 2, 3)] == [None, None, None]


def test_the_last_of_two_members_counts() -> None:
    """as for whoever reads JSON"""
    assert NotebookLines('{"cells": [{"source": "x"}],\n"cells": [{"source":\n"y", "source":\n"z"}]}').line(1, 1) == 4
