"""The course's lessons on the pages of formgrader and feedback."""

from __future__ import annotations

from html.parser import HTMLParser

import jupytext
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from cnngrade.gradebook.page_filter import clean
from support.places import ROOT

EXERCISES = ROOT / "exercises"


class Parts(HTMLParser):
    """Everything in a page, in its order; where a link leads and what a picture shows is left to the tests."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[object] = []
        self.pictures: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, {name: value for name, value in attrs if name not in ("id", "href", "src", "rel")}))
        self.pictures += [value or "" for name, value in attrs if (tag, name) == ("img", "src")]

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


@pytest.mark.parametrize("unit", sorted(path.stem for path in EXERCISES.glob("*.py")))
def test_a_lesson_loses_nothing(unit: str) -> None:
    """every word, tag and table of a lesson stays, and its pictures are part of the page"""
    texts = [cell.source for cell in jupytext.read(EXERCISES / f"{unit}.py").cells if cell.cell_type == "markdown"]
    before = "".join(map(markdown2html_mistune, texts))
    shown = Parts(clean(before, EXERCISES))
    assert shown.parts == Parts(before).parts
    assert all(picture.startswith("data:image/png;base64,") for picture in shown.pictures)
    assert len(shown.pictures) == len(Parts(before).pictures)
