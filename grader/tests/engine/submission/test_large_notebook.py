"""Notebooks of tens of MiB: honest ones are read, and none takes much more memory than its text."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngrade.errors import SubmissionError
from cnngrade.submission import large_notebook
from cnngrade.submission.large_notebook import lightened
from cnngrade.submission.read import decoded, notebook_cells
from support.places import GRADER

MIB = 1 << 20
MOST_MB = 300

# Reads a notebook in every way in which the grading does, and says what it took and how it ended.
READ = """\
import json, resource, sys, time
from dataclasses import astuple
from pathlib import Path
from cnngrade.errors import SubmissionError
from cnngrade.gradebook.beside import beside
from cnngrade.gradebook.student_cells import student_cells
from cnngrade.submission.read import read_work

path, ends = Path(sys.argv[1]), []
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
for read in (
    lambda: read_work(path, "scaling").cells,
    lambda: student_cells(path),
    lambda: sum(astuple(beside(path.with_suffix(".py"), None, None)), ()),
):
    try:
        ends.append(str(len(read())))
    except SubmissionError as error:
        ends.append(str(error))
print(json.dumps([(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10, time.process_time() - start, ends]))
"""


def cell(outputs: str = "[]", source: str = '"x = 1"') -> str:
    return f'{{"cell_type": "code", "metadata": {{}}, "execution_count": 1, "source": {source}, "outputs": {outputs}}}'


def notebook(*cells: str, metadata: str = "{}") -> str:
    return f'{{"cells": [{",".join(cells)}], "metadata": {metadata}, "nbformat": 4, "nbformat_minor": 5}}'


def shown(kind: str, data: str) -> str:
    return f'[{{"output_type": "display_data", "metadata": {{}}, "data": {{"{kind}": {data}}}}}]'


def many(part: str, size: int) -> str:
    """Return a JSON list of that size, of the same part again and again."""
    return f"[{','.join([part] * (size // (len(part) + 1)))}]"


def with_metadata(text: str) -> str:
    return notebook(cell(), metadata=text)


def with_text(text: str) -> str:
    return notebook(cell(), f'{{"cell_type": "markdown", "source": "{text}"}}')


HOSTILE: dict[str, Callable[[int], str]] = {
    "braces for cells": lambda size: f'{{"cells": {many("{}", size)}}}',
    "braces in an output": lambda size: notebook(cell(many("{}", size))),
    "braces in metadata": lambda size: with_metadata(f'{{"x": {many("{}", size)}}}'),
    "lists": lambda size: with_metadata(f'{{"x": {many("[]", size)}}}'),
    "empty strings": lambda size: with_metadata(f'{{"x": {many(json.dumps(""), size)}}}'),
    "short strings": lambda size: with_metadata(f'{{"x": {many(json.dumps("ab"), size)}}}'),
    "short numbers": lambda size: with_metadata(f'{{"x": {many("300", size)}}}'),
    "fractions": lambda size: with_metadata(f'{{"x": {many("0.1", size)}}}'),
    "long numbers": lambda size: with_metadata(f'{{"x": {many("7" * 4_300, size)}}}'),
    "one number": lambda size: with_metadata(f'{{"x": {"7" * size}}}'),
    "one fraction": lambda size: with_metadata(f'{{"x": 0.{"7" * size}}}'),
    "lists in lists": lambda size: f'{{"cells": {"[" * (size // 2)}{"]" * (size // 2)}}}',
    "one string": lambda size: notebook(cell(source=json.dumps("x" * size))),
    "one string and a face": lambda size: with_text("\U0001f600" + "x" * size),
    "one string of Chinese": lambda size: with_text("\u4e2d" * (size // 3)),
    "line ends": lambda size: with_text("\\n" * (size // 2)),
    "one key again and again": lambda size: with_metadata('{"x": 1' + ', "x": 1' * (size // 8) + "}"),
    "other keys": lambda size: with_metadata(json.dumps({f"{number:x}": 1 for number in range(size // 12)})),
    "outputs that never end": lambda size: '{"outputs": [' * min(size // 13, 700_000),
    "outputs in no cell": lambda size: with_metadata('{"x": 1' + ', "outputs": []' * (size // 15) + "}"),
}

NUMBERS, PIXELS = json.dumps([n / 7 for n in range(10_000)]), json.dumps([[n % 256, 7, 0] for n in range(1_000)])
PLOTLY, WIDGETS = "application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-state+json"
PICTURE = json.dumps("iVBORw0K" * (MIB // 8))
TABLE = json.dumps([f'<td class="a">\U0001f600 {n}</td>\n' for n in range(10_000)])
LAYOUT = {"model_name": "LayoutModel", "state": {"a": None, "b": [1, 2], "layout": "IPY_MODEL_1"}}

HONEST: dict[str, Callable[[int], str]] = {
    "pictures": lambda size: notebook(*[cell(shown("image/png", PICTURE))] * (size // MIB)),
    "pictures attached": lambda size: notebook(
        cell(),
        *[f'{{"cell_type": "markdown", "source": "a", "attachments": {{"a.png": {{"image/png": {PICTURE}}}}}}}']
        * (size // 2 // MIB),
    ),
    "curves": lambda size: notebook(*[cell(shown(PLOTLY, f'{{"data": [{{"y": {NUMBERS}}}]}}'))] * (size // len(NUMBERS))),
    "an image in numbers": lambda size: notebook(cell(shown(PLOTLY, f'{{"z": {many(PIXELS, min(size, 15 * MIB))}}}'))),
    "tables": lambda size: notebook(*[cell(shown("text/html", TABLE))] * (size // len(TABLE))),
    "widgets": lambda size: with_metadata(
        json.dumps({"widgets": {WIDGETS: {"state": {f"{n}": LAYOUT for n in range(min(size, 24 * MIB) // 120)}}}})
    ),
}


def read(tmp_path: Path, text: str) -> tuple[int, float, list[str]]:
    """Read a notebook in a process of its own; returns MB, seconds, and how each way to read it ended."""
    path = tmp_path / "scaling.ipynb"
    path.write_text(text, encoding="utf-8")
    code = [sys.executable, "-c", READ, str(path)]
    done = subprocess.run(code, env={"PYTHONPATH": str(GRADER)}, capture_output=True, text=True, check=True)
    megabytes, seconds, ends = json.loads(done.stdout)
    return megabytes, seconds, ends


def test_what_takes_too_much_is_refused(tmp_path: Path) -> None:
    """60 MiB of braces cost a small part of what they would become"""
    megabytes, _, ends = read(tmp_path, HOSTILE["braces for cells"](60 * MIB))
    assert megabytes < MOST_MB
    assert ["holds more data than is read. Clear the notebook's outputs" in end for end in ends] == [True, True, False]
    # Of what lies beside the judged file it is one that a person has to open.
    assert ends[2] == "1"


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_notebook_takes_much(tmp_path: Path, kind: str) -> None:
    """whatever 60 MiB of a notebook hold: less than 300 MB, and seconds"""
    megabytes, seconds, _ = read(tmp_path, HOSTILE[kind](60 * MIB))
    assert megabytes < MOST_MB
    assert seconds < 30


@pytest.mark.parametrize("kind", HONEST)
def test_large_notebooks_are_read(kind: str) -> None:
    """pictures, plots, tables and widgets of some MiB are no reason to refuse the work"""
    data = HONEST[kind](3 * MIB).encode()
    assert len(data) > MIB
    cells = notebook_cells(decoded(data, "x.ipynb"), "x.ipynb")
    assert [cell.source for cell in cells] == ["x = 1"] * data.count(b'"source": "x = 1"')


@pytest.mark.slow
@pytest.mark.parametrize("kind", HONEST)
def test_larger_notebooks_are_read(tmp_path: Path, kind: str) -> None:
    """so are those of 40 MiB"""
    megabytes, _, ends = read(tmp_path, HONEST[kind](40 * MIB))
    assert all(end.isdigit() and end != "0" for end in ends), ends
    assert megabytes < MOST_MB


KEYS = st.sampled_from(["outputs", "widgets", "source", '"outputs"'])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.sampled_from(
        ['"outputs": [', '{"outputs": []}', "\\", '\\"', '"', "]", "}", "outputs", "widgets"]
    )),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(KEYS, st.text()), inner, max_size=4),
    ),
    max_leaves=20,
)  # fmt: skip


def emptied(value: Any) -> Any:
    """Return the value with nothing in its outputs and widgets."""
    if isinstance(value, list):
        return list(map(emptied, value))
    if not isinstance(value, dict):
        return value
    return {
        key: type(part)() if key in ("outputs", "widgets") and isinstance(part, (list, dict)) else emptied(part)
        for key, part in value.items()
    }


@given(VALUES, st.sampled_from([None, 0, 1, 3]), st.booleans(), st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :\n\t")]))
def test_all_else_stays(value: Any, indent: int | None, ascii_only: bool, separators: tuple[str, str]) -> None:
    """of any JSON, however it is written, outputs and widgets are emptied and nothing else changes; lines keep their numbers"""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, separators=separators)
    data = text.encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_notebook, "_SMALL", -1)
        found = lightened(data, "x.ipynb")
    assert json.loads(found.decode("utf-8", "surrogatepass")) == emptied(json.loads(text))
    assert found.count(b"\n") == data.count(b"\n")


@given(st.binary(max_size=200), st.integers(0, 200))
def test_what_is_no_json_stays_none(data: bytes, place: int) -> None:
    """a notebook cut off or with rubbish in it is read or refused, and nothing else happens"""
    whole = notebook(cell(shown("text/html", '"a"')), cell()).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_notebook, "_SMALL", -1)
        lightened(whole[:place], "x.ipynb")
        lightened(whole[:place] + data + whole[place:], "x.ipynb")


def test_an_error_in_a_large_notebook_names_its_line() -> None:
    """lines that are left out still count"""
    text = notebook(cell("[\n" + ",\n".join(["{}"] * 5) + "\n]")).replace('"nbformat"', "\n nbformat") + " " * MIB
    with pytest.raises(SubmissionError, match="line 8: this is not a notebook"):
        notebook_cells(lightened(text.encode(), "x.ipynb").decode(), "x.ipynb")
