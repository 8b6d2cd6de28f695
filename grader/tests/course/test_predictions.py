"""What a lesson asks a student to predict: a question before every function, and an answer that is true."""

from __future__ import annotations

import doctest
import itertools
import re

import jupytext
import pytest

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.examples import check_examples
from support.places import ROOT

COURSE = load_course(ROOT)
UNIT_OF = {function: unit.name for unit in COURSE.units for function in unit.functions}

# A blank line on either side of an HTML block is what makes Markdown inside it render, in JupyterLab and on GitHub alike.
PREDICTION = re.compile(
    r"\*\*Predict\.\*\* (?P<question>(?:(?!\n\n).)+)\n\n"
    r"<details>\n<summary>Answer</summary>\n\n(?P<answer>.+?)\n\n```python\n(?P<example>.+?)\n```\n\n</details>",
    re.DOTALL,
)


def texts_before_stubs(unit: str) -> dict[str, str]:
    """Return {function: the text cell just before its stub}."""
    cells = jupytext.read(paths.exercise_file(COURSE, unit)).cells
    return {
        stub.group(1): text.source
        for text, code in itertools.pairwise(cells)
        if text.cell_type == "markdown" and (stub := re.match(r"def (\w+)\(", code.source))
    }


def prediction_of(function: str) -> re.Match[str]:
    """Return the prediction that stands before a function's stub, the only one there."""
    text = texts_before_stubs(UNIT_OF[function])[function]
    found = list(PREDICTION.finditer(text))
    assert len(found) == text.count("<details>") == 1
    assert text.endswith("</details>")
    return found[0]


@pytest.mark.parametrize("function", UNIT_OF)
def test_a_function_is_predicted_before_it_is_written(function: str) -> None:
    """a question, and an answer that is folded away and ends with an example of this function"""
    prediction = prediction_of(function)
    assert "?" in prediction["question"]
    assert f"{function}(" in prediction["example"]


@pytest.mark.parametrize("unit", [unit.name for unit in COURSE.units])
def test_every_example_holds(unit: str) -> None:
    """what docstrings and answers show is what the solution says"""
    assert list(check_examples(COURSE, COURSE.unit(unit), load_module(paths.solution_file(COURSE, unit), ROOT))) == []


def numbers_in(text: str) -> set[float]:
    """Return the numbers of a text; 1,000 is one."""
    return {float(number.replace(",", "")) for number in re.findall(r"-?\d+(?:,\d{3}(?!\d))*(?:\.\d+)?", text)}


@pytest.mark.parametrize("function", UNIT_OF)
def test_what_an_answer_says_is_what_its_example_shows(function: str) -> None:
    """what is bold in an answer are the numbers asked for, and each is among those that the solution gives"""
    prediction = prediction_of(function)
    results = "".join(example.want for example in doctest.DocTestParser().get_examples(prediction["example"]))
    told = re.findall(r"\*\*(.+?)\*\*", prediction["answer"])
    assert told
    for result in told:
        assert result in results if result.startswith("(") else numbers_in(result) <= numbers_in(results)


def test_every_lesson_says_where_it_is_used() -> None:
    """the last text before the question to be answered in prose says where the unit is used"""
    for unit in COURSE.units:
        cells = jupytext.read(paths.exercise_file(COURSE, unit.name)).cells
        question = next(number for number, cell in enumerate(cells) if "prose" in cell.metadata.get("tags", []))
        assert cells[question - 1].source.startswith("## Where this is used\n\n")
