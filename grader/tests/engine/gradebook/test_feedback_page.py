"""Feedback pages are what nbconvert's own exporter makes, though most of its work is done once for a class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import nbgrader
import pytest
from bs4 import BeautifulSoup
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from cnngrade.gradebook.feedback_page import FeedbackPage

FORMGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"

OUTPUTS = {
    "text": {"text/plain": "1 < 2 & 3"},
    "table": {"text/html": "<table><tr><td>1</td></tr></table><br><p>a&nbsp;b"},
    "described": {"text/html": '<img class="a" alt="a > b" src="data:image/png;base64,AA==">'},
    "silent": {"text/html": "<IMG src='a.png'>"},
    "pretended": {"text/html": '<img title=" alt=" src="a.png"><img alt="b">'},
    "lab": {"text/html": '<div class="jp-Notebook"><div class="jp-OutputArea-output">a</div></div>'},
}


def page(
    made_by: type[HTMLExporter],
    notebook: nbformat.NotebookNode,
    *,
    template: str = "feedback",
    filters: dict[str, Any] | None = None,
) -> str:
    config = Config()
    config.HTMLExporter.filters = filters or {}
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [str(FORMGRADER / "templates")]
    config.HTMLExporter.extra_template_paths = [str(FORMGRADER / "static" / "node_modules" / "bootstrap" / "dist" / "css")]
    grades = {"score": 1, "max_score": 2, "late_penalty": 0, "student": "ada", "notebook": "a", "assignment": "a"}
    resources = {"nbgrader": grades, "metadata": {"name": "a"}, "inlining": {"css": [".highlight {}"]}}
    exporter = made_by(config=config)
    return str(exporter.from_notebook_node(notebook, resources)[0])


def notebook(*outputs: str, language: str = "ipython3") -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("# Lesson\n\n![seen](a.png) and $x < y$"),
        new_code_cell("def f(x):\n    return 1 < x  # <b>"),
        new_code_cell("%%bash\necho 1", outputs=[new_output("stream", text="1\n")]),
        new_code_cell(""),
        *(new_code_cell(name, outputs=[new_output("display_data", OUTPUTS[name])]) for name in outputs),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python", "pygments_lexer": language}})


@pytest.mark.parametrize("outputs", [(), *((name,) for name in OUTPUTS), tuple(OUTPUTS)])
def test_same_page(outputs: tuple[str, ...]) -> None:
    """read back as nbconvert reads its pages back, the page is nbconvert's, the first one and the next"""
    expected = page(HTMLExporter, notebook(*outputs))
    for _ in range(2):
        made = page(FeedbackPage, notebook(*outputs))
        assert str(BeautifulSoup(made, features="html.parser")) == expected


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_same_page_of_other_templates(template: str) -> None:
    """also where an instructor has chosen another look"""
    made = page(FeedbackPage, notebook(*OUTPUTS), template=template)
    assert str(BeautifulSoup(made, features="html.parser")) == page(HTMLExporter, notebook(*OUTPUTS), template=template)


def test_colours_follow_the_language() -> None:
    """the same cells in another language are coloured as that, whichever came first"""
    for language in ("ipython3", "text", "r", "ipython3", "text"):
        expected = page(HTMLExporter, notebook(language=language))
        assert str(BeautifulSoup(page(FeedbackPage, notebook(language=language)), features="html.parser")) == expected


@pass_context
def with_context(context: Context, text: str) -> str:
    return f"{text} of {context['resources']['metadata']['name']}"


def test_filters_are_handed_what_they_ask_for() -> None:
    """a template that was compiled for one course's filters is not another's: one is handed the context, and the next is not"""
    for filters in ({}, {"strip_files_prefix": with_context}, {}, {"strip_files_prefix": str.upper}):
        expected = page(HTMLExporter, notebook(), filters=filters)
        assert str(BeautifulSoup(page(FeedbackPage, notebook(), filters=filters), features="html.parser")) == expected


def test_page_is_not_read_back() -> None:
    """a page whose pictures all say what they show stays as it was written: reading it back would close what is open"""
    assert "<br><p>a" in page(FeedbackPage, notebook("table", "described"))
    assert "<br/>" in page(FeedbackPage, notebook("table", "silent"))
