"""The course's lessons on the pages of formgrader and feedback."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import jupytext
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from playwright.sync_api import Page

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import generate
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.page_filter import clean
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Unit
from cnngrade.student.candidate import candidate
from support.browser import chromium, needs_a_browser, watched
from support.formgrader import formgrader
from support.graded_class import ON_TIME, Class
from support.places import ROOT

EXERCISES = ROOT / "exercises"


# How the pictures of a lesson are shown: what each is called, and how many pixels the browser has of it.
_SHOWN = """Array.from(document.querySelectorAll(".cnngrade-text img"), picture => [picture.alt, picture.naturalWidth])"""


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


def points_of(course: Course, unit: Unit) -> dict[str, float]:
    """Return what the cases of each function are worth together."""
    report = judge_one(Suite(course, unit, hidden=True), candidate(course, EXERCISES / f"{unit.name}.py", unit, ""))
    points = dict.fromkeys(unit.functions, 0.0)
    for outcome in report.outcomes:
        points[outcome.case.function] += outcome.case.points
    return points


def released(root: Path, names: tuple[str, ...]) -> dict[str, Class]:
    """Return the classes of these units, released: of each, a notebook and a script were handed in as they are handed out."""
    for folder in ("exercises", "solutions", "autograde_tests"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "course.yml", root)
    course = load_course(root)
    classes = {}
    for name in names:
        unit = course.unit(name)
        handout = root / "handouts" / name
        shutil.copytree(EXERCISES / "data", handout / "data")
        shutil.copy(EXERCISES / f"{name}.py", handout)
        generate(course, unit, points_of(course, unit), handout)
        for student, file in (("ada", f"{name}.ipynb"), ("bob", f"{name}.py")):
            submitted = root / "classroom" / "submitted" / student / name
            submitted.mkdir(parents=True)
            shutil.copy(root / "classroom" / "release" / name / file, submitted)
            (submitted / "timestamp.txt").write_text(f"{ON_TIME}\n", encoding="utf-8")
        classes[name] = Class(course, unit)
    return classes


def shown_on(page: Page, address: str) -> list[tuple[str, int]]:
    """Return the pictures in the texts of a page, by their descriptions, with their widths."""
    page.goto(address, wait_until="load")
    return [(alt, width) for alt, width in page.evaluate(_SHOWN)]


def look_at_pictures(root: Path, names: tuple[str, ...]) -> None:
    """Open every page of these units that a person opens, and look for the pictures of the lesson."""
    query = (
        "SELECT student_id, assignment.name, submitted_notebook.id FROM submitted_notebook"
        " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
        " JOIN assignment ON assignment.id = submitted_assignment.assignment_id"
    )
    classes = released(root / "course", names)
    for class_ in classes.values():
        class_.record()
    room = classes[names[0]].room
    with closing(classes[names[0]].database()) as database:
        marked = database.execute(query).fetchall()
    assert sorted((student, unit) for student, unit, _ in marked) == [(s, n) for s in ("ada", "bob") for n in sorted(names)]
    with chromium() as browser:
        with formgrader(room, root) as server, watched(browser, server.address) as (page, watch):
            for student, unit, notebook in marked:
                expected = re.findall(r"!\[(.+?)\]\(data/pictures/", (EXERCISES / f"{unit}.py").read_text(encoding="utf-8"))
                assert expected
                address = f"{server.address}/formgrader/submissions/{notebook}/"
                found = shown_on(page, address)
                assert [alt for alt, _ in found] == expected, (student, unit)
                assert min(width for _, width in found) > 300, (student, unit)
            assert watch.strange == []
        # The page that a student gets is opened from the disk, far from the course.
        with watched(browser, "file://") as (page, watch):
            for class_ in classes.values():
                for path in write_feedback(class_.course, class_.unit):
                    alone = Path(shutil.copy(path, root / f"{path.parents[1].name}-{path.name}"))
                    found = shown_on(page, alone.as_uri())
                    lesson = (EXERCISES / f"{class_.unit.name}.py").read_text(encoding="utf-8")
                    assert [alt for alt, _ in found] == re.findall(r"!\[(.+?)\]\(data/pictures/", lesson)
                    assert min(width for _, width in found) > 300
            assert watch.strange == []


@needs_a_browser
@pytest.mark.slow
def test_lessons_show_their_pictures(tmp_path: Path) -> None:
    """in formgrader and on a feedback page a browser has every picture of the lesson, of a notebook and of a script"""
    look_at_pictures(tmp_path, ("padding",))


@pytest.mark.slow
@needs_a_browser
def test_all_lessons_show_their_pictures(tmp_path: Path) -> None:
    """so it is with every unit of the course"""
    look_at_pictures(tmp_path, tuple(unit.name for unit in load_course(ROOT).units))
