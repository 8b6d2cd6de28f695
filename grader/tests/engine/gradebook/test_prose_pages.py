"""Answers in prose on the pages that people open: formgrader, asked over HTTP, and the student's feedback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cnngrade.course.load import load_course
from cnngrade.gradebook.class_table import class_table
from cnngrade.gradebook.feedback import write_feedback
from support import tiny_course
from support.formgrader import formgrader
from support.graded_class import Class, release
from support.places import GRADER

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WEBP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
SVG = "PHN2Zy8+"
PICTURES = {"image.png": {"image/png": DOT}, "b.webp": {"image/webp": WEBP}, "s.svg": {"image/svg+xml": ["<svg/>"]}}
LESS_THAN = (
    "For `i<n` and $a<b$ the map moves: `if a<b:`\n\n```python\nfor i in range(3):\n    if a<b: print(x<y)\n```\n\n"
    '<img src="https://example.org/x.png">\n'
)
PLACEHOLDER = "*Write your answer here.*"

# What is written in the answer's cell, and the cells that are appended: by student.
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "pictures": [
        {
            "source": "![image.png](attachment:image.png) ![b](attachment:b.webp) ![s](attachment:s.svg)",
            "attachments": PICTURES,
        },
        {"source": "![h](attachment:h.png)", "attachments": {"h.png": {"image/png": "A" * (8 << 20)}}},
    ],
    "missing": [
        {"source": "one ![image.png](attachment:image.png) there"},
        {"source": "two ![plot][p] there\n\n[p]: attachment:plot.png"},
        {"source": "three ![b](attachment:b.bmp) there", "attachments": {"b.bmp": {"image/bmp": "Qk0="}}},
        {"source": "four ![b](attachment:c.png) there", "attachments": {"c.png": {"image/png": '" onerror="alert(1)'}}},
        # It is attached to another cell.
        {"source": "five ![i](attachment:d.png)"},
        {"source": "six", "attachments": {"d.png": {"image/png": DOT}}},
    ],
    "below": [{"source": PLACEHOLDER}, {"source": "My answer: it shifts by three."}],
    "less-than": [{"source": LESS_THAN}],
    "nothing": [{"source": PLACEHOLDER}],
    "script-tag": [{"source": "<script>alert(1)</script> [x](javascript:alert(2)) ```mermaid\n<b>\n```"}],
}


class Page(HTMLParser):
    """The text of a page, its pictures, and the scripts and links in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.pictures: list[str] = []
        self.scripts, self.links = 0, [""]
        self.feed(page)
        self.text = "".join(self.pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.pictures += [value or "" for name, value in attrs if tag == "img" and name == "src"]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def notebook_with(class_: Class, cells: list[dict[str, Any]]) -> str:
    notebook = json.loads(class_.notebook(**tiny_course.RIGHT))
    notebook["cells"][-1] |= cells[0]
    for number, cell in enumerate(cells[1:]):
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "id": f"own{number}", **cell})
    return json.dumps(notebook)


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Class:
    root = tmp_path_factory.mktemp("pages")
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    for student, cells in ANSWERS.items():
        class_.hand_in(student, "scaling.ipynb", notebook_with(class_, cells))
    script = tiny_course.script(**tiny_course.RIGHT)
    class_.hand_in("in-a-script", "scaling.py", script.replace(PLACEHOLDER, "see ![image.png](attachment:image.png) there"))
    question = json.loads(class_.notebook(**tiny_course.RIGHT))
    question["cells"][-2]["source"] = "".join(question["cells"][-2]["source"]) + "\n\nIt shifts by three."
    class_.hand_in("in-the-question", "scaling.ipynb", json.dumps(question))
    class_.hand_in("both", "scaling.ipynb", class_.notebook(answer="It shifts by three."))
    class_.hand_in("both", "scaling.py", script)
    class_.hand_in("unreadable", "scaling.ipynb", '{"cells": [')
    class_.record()
    return class_


@pytest.fixture(scope="module")
def pages(class_: Class, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[int, Page]]]:
    """What formgrader answers, by student."""
    query = (
        "SELECT student_id, submitted_notebook.id FROM submitted_notebook"
        " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
    )
    with closing(class_.database()) as database:
        ids = dict(database.execute(query))
    with formgrader(class_.room, tmp_path_factory.mktemp("home")) as server:
        answers = {student: server.page(notebook) for student, notebook in ids.items()}
    return {student: (status, Page(page)) for student, (status, page) in answers.items()}


@pytest.fixture(scope="module")
def feedback(class_: Class) -> dict[str, Page]:
    """The pages that students get."""
    paths = write_feedback(class_.course, class_.unit)
    return {path.parent.parent.name: Page(path.read_text(encoding="utf-8")) for path in paths}


EVERYBODY = sorted([*ANSWERS, "in-a-script", "in-the-question", "both", "unreadable"])


def test_everybody_has_a_page(pages: dict[str, tuple[int, Page]], feedback: dict[str, Page]) -> None:
    """formgrader opens every submission, and everybody gets feedback"""
    assert {student: status for student, (status, _) in pages.items()} == dict.fromkeys(EVERYBODY, 200)
    assert sorted(feedback) == EVERYBODY


def test_who_wrote_something_waits_for_a_person(class_: Class) -> None:
    """0 points come by themselves only where nothing was written"""
    rows = {row.student: (row.cells["answer"], row.needs_manual_grade) for row in class_table(class_.course, class_.unit)}
    assert rows.pop("nothing") == (0.0, False)
    assert rows == dict.fromkeys([student for student in EVERYBODY if student != "nothing"], (None, True))


@pytest.mark.parametrize(
    ("student", "text"),
    [
        ("missing", "one (The picture image.png is not here"),
        ("missing", "two (The picture plot.png is not here"),
        ("missing", "three (The picture b.bmp is not here"),
        ("missing", "four (The picture c.png is not here"),
        ("missing", "five (The picture d.png is not here"),
        ("in-a-script", "see (The picture image.png is not here"),
        ("below", "My answer: it shifts by three."),
        ("in-the-question", "It shifts by three."),
        ("both", "It shifts by three."),
        ("unreadable", "look into the file"),
        ("less-than", "For i<n and $a<b$ the map moves: if a<b:"),
        ("less-than", "if a<b: print(x<y)"),
        ("less-than", '<img src="https://example.org/x.png">'),
        ("script-tag", "<script>alert(1)</script> [x](javascript:alert(2))"),
    ],
)
def test_what_was_written_is_read(
    pages: dict[str, tuple[int, Page]], feedback: dict[str, Page], student: str, text: str
) -> None:
    """on the page of the person who marks and on the student's, every character as it was typed"""
    assert text in pages[student][1].text
    assert text in feedback[student].text


def test_pictures_are_pictures(pages: dict[str, tuple[int, Page]], feedback: dict[str, Page]) -> None:
    """PNG, WebP and SVG are shown as pictures, one of 8 MiB too; SVG is never markup, and nothing is fetched or run"""
    expected = [f"data:image/png;base64,{DOT}", f"data:image/webp;base64,{WEBP}", f"data:image/svg+xml;base64,{SVG}"]
    for page in (pages["pictures"][1], feedback["pictures"]):
        assert page.pictures[:-1] == expected
        assert len(page.pictures[-1]) == len("data:image/png;base64,") + (8 << 20)
    for student in EVERYBODY:
        for page, plain in ((pages[student][1], pages["nothing"][1]), (feedback[student], feedback["nothing"])):
            assert page.scripts == plain.scripts
            assert not any(link.startswith("javascript:") for link in page.links)
            assert not any(source.startswith("http") for source in page.pictures)


@pytest.mark.slow
def test_nbgraders_own_autograde_asks_as_well(class_: Class, tmp_path: Path) -> None:
    """a plain `nbgrader autograde` leaves the same answers to a person, and the same text in the cell"""
    own = class_.copy(tmp_path / "course")
    environment = {**os.environ, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])}
    environment["PYTHONPATH"] = str(GRADER)
    command = [sys.executable, "-m", "nbgrader", "autograde", "scaling", "--force"]
    run = subprocess.run(command, cwd=own.room, env=environment, capture_output=True, text=True, check=False)
    # It reads the submitted notebook before anything of ours does, and looks for no script where there is none.
    left_out = {"in-a-script", "unreadable"}
    assert {line.rsplit("'", 2)[1] for line in run.stderr.splitlines() if "for student" in line} == {"unreadable"}
    for student in set(EVERYBODY) - left_out:
        ours, theirs = (room.graded(student) / "scaling.ipynb" for room in (class_, own))
        assert theirs.read_bytes() == ours.read_bytes(), student
    assert class_table(own.course, own.unit) == class_table(class_.course, class_.unit)
