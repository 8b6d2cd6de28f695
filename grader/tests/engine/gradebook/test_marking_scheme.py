"""The marking scheme stands beside the answer where it is marked, and nowhere that a student can look."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnngrade.classroom.log import EventKind, account, events
from cnngrade.course.load import load_course
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.gradebook.marking_scheme import marking_scheme
from cnngrade.jobs.hand_out import release_units
from support import tiny_course
from support.browser import chromium, formulas_are_set, needs_a_browser, watched
from support.formgrader import Formgrader, formgrader
from support.graded_class import Class

SCHEME = """\
# Marking

**Full points** for $2x$ against $x^2$, and for naming zwiebelfisch. <script>console.log("ran-scheme")</script>

| mark | what the answer holds |
|---|---|
| 1 | squaring depends on the quastenflosser |
"""
WORDS = ("zwiebelfisch", "quastenflosser")


@dataclass(frozen=True)
class Scene:
    class_: Class
    server: Formgrader
    notebook: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    root = tmp_path_factory.mktemp("scheme")
    tiny_course.make_course(root / "course")
    (root / "course" / "solutions" / "scaling.md").write_text(SCHEME, encoding="utf-8")
    course = load_course(root / "course")
    class_ = Class(course, course.units[0])
    release_units(course, course.units, lambda *_: None, lambda _: None)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**tiny_course.RIGHT, answer="Because of zero."))
    class_.record()
    with closing(class_.database()) as database:
        ((notebook,),) = database.execute("SELECT id FROM submitted_notebook")
    with formgrader(class_.room, tmp_path_factory.mktemp("home")) as server:
        yield Scene(class_, server, notebook)


@needs_a_browser
def test_it_stands_beside_the_answer(scene: Scene) -> None:
    """on a wide screen to its right, on a narrow one below; formulas are set, tables drawn, and nothing in it runs"""
    with chromium() as browser, watched(browser, scene.server.address) as (page, watch):
        for width, beside in ((1400, True), (800, False)):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{scene.server.address}/formgrader/submissions/{scene.notebook}/")
            formulas_are_set(page)
            scheme = page.locator(".cnngrade-scheme")
            assert scheme.count() == 1
            assert all(word in scheme.inner_text() for word in WORDS)
            assert scheme.locator("td").count() == 2
            assert scheme.locator(".MathJax, .MathJax_SVG, .MathJax_CHTML").count() >= 2
            answer = page.locator(".nbgrader_cell", has=page.locator("input#answer"))
            ours, theirs = scheme.bounding_box(), answer.bounding_box()
            assert ours is not None
            assert theirs is not None
            if beside:
                assert ours["x"] >= theirs["x"] + theirs["width"]
                assert abs(ours["y"] - theirs["y"]) < 40
            else:
                assert ours["y"] >= theirs["y"] + theirs["height"]
        page.locator("input#answer").fill("0.5")
        page.locator("input#answer").blur()
        page.wait_for_function("document.querySelectorAll('.score-saved').length > 0")
        page.wait_for_load_state("networkidle")
        scheme.locator("summary").click()
        assert not scheme.locator("td").first.is_visible()
        assert (watch.ran, watch.strange) == (set(), [])


@needs_a_browser
def test_a_mark_is_in_the_log_as_it_is_saved(scene: Scene) -> None:
    """who was at the page gave it, and nothing is left to be seen later"""
    course = scene.class_.course
    with chromium() as browser, watched(browser, scene.server.address) as (page, _):
        page.goto(f"{scene.server.address}/formgrader/submissions/{scene.notebook}/")
        page.wait_for_function("formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded")
        for points in ("0.25", "0.75", "0.75"):
            with page.expect_response(lambda answer: answer.request.method == "PUT" and "/grade/" in answer.url):
                page.locator("input#answer").fill(points)
                page.locator("input#answer").dispatch_event("change")
    marks = [line for line in events(course, EventKind.MARK) if not line["seen"]]
    assert [line["points"][1] for line in marks][-2:] == [0.25, 0.75]
    assert marks[-1]["points"] == [0.25, 0.75]
    assert {(line["student"], line["cell"], line["by"]) for line in marks} == {("ada", "answer", account())}
    before = len(list(events(course, EventKind.MARK)))
    write_feedback(course, scene.class_.unit)
    assert len(list(events(course, EventKind.MARK))) == before


def test_what_is_written_now_is_what_is_shown(scene: Scene) -> None:
    """the scheme is read when the page is opened, and a page without one is as nbgrader makes it"""
    path = scene.class_.course.root / "solutions" / "scaling.md"
    for text, shown in (("Half a point for a rhabarber.", True), ("", False), (None, False), ("\udcff", True)):
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
        status, page = scene.server.page(scene.notebook)
        assert (status, "cnngrade-scheme" in page) == (200, shown), text
    assert "The marking scheme cannot be read" in page
    path.write_text(SCHEME, encoding="utf-8")


def test_no_student_can_read_it(scene: Scene) -> None:
    """it is in no released or graded file, in no zip, on no page of feedback and in no gradebook"""
    write_feedback(scene.class_.course, scene.class_.unit)
    files = [path for path in scene.class_.room.rglob("*") if path.is_file()]
    assert {path.relative_to(scene.class_.room).parts[0] for path in files} >= {"release", "autograded", "feedback", "handout"}
    said = re.compile("|".join(WORDS).encode(), re.IGNORECASE)
    found = [path for path in files if said.search(path.read_bytes())]
    for path in (path for path in files if path.suffix in (".zip", ".whl")):
        with zipfile.ZipFile(path) as archive:
            found += [path for name in archive.namelist() if said.search(archive.read(name))]
    assert found == []


def test_an_assignment_that_is_no_unit_has_none(scene: Scene) -> None:
    """whatever file lies in solutions/, and wherever its name would lead"""
    (scene.class_.course.root / "solutions" / "other.md").write_text("Mark it.", encoding="utf-8")
    root = scene.class_.course.root
    assert [marking_scheme(root, name) for name in ("other", "../solutions/scaling", "")] == ["", "", ""]
    assert "zwiebelfisch" in marking_scheme(root, "scaling")


@pytest.mark.slow
def test_a_course_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """marking goes on"""
    (tmp_path / "course.yml").write_text("units: [", encoding="utf-8")
    assert "The marking scheme cannot be read: " in marking_scheme(tmp_path, "scaling")
