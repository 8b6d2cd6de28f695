"""What students wrote, in a real browser: on the pages of a running formgrader, on feedback, and on our own reports."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix
from playwright.sync_api import Browser, Page, Route

from cnngrade.course.load import load_course
from cnngrade.gradebook.addresses import is_data, may_lead
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.report.html import reports_as_page
from support import tiny_course
from support.browser import RAN, Watch, chromium, click_everything, formulas_are_set, needs_a_browser, watched
from support.formgrader import Formgrader, formgrader
from support.graded_class import Class, release
from support.hostile_cells import AWAY, DOT, SAYS, TAKES_THE_PAGE, hostile_cells, script_of
from support.sweeps import sweep

pytestmark = needs_a_browser

HOSTILE = ("mallet", "mallory")
PUSHING = "trudy"
MARKED_UP = f"<img src=x onerror=console.log('{RAN}student')>"
ROOTS = "\\sqrt{" * 100 + "x" + "}" * 100
# What would be anywhere on a page but in its own place, and what a browser does not survive.
CROWDING = (
    r"$\rlap{\smash{\raise-100em{\bbox[white]{\rule{0pt}{200em}\kern 80em\text{all passed: 6 of 6 points}}}}}$",
    r"$\rlap{\raise{30em}{\rule{300em}{200em}}}$",
    r"$\llap{\lower{40em}{\bbox[white,200em]{\text{6 of 6}}}}$ and $\rule{2000em}{8000em}$",
    f"${ROOTS}$",
    f"\\\\[{ROOTS}\\\\]",
    "$" + r"\left(" * 100 + "x" + r"\right)" * 100 + "$ $" + r"\displaystyle " * 100 + "x$",
    r"$\gdef\frac#1#2{\text{passed}}$ and $\def\b#1{\b{#1#1}}\b{x}$",
    "W" * 3_000,
    "> " * 400 + "x",
    "$" + "x+" * 500 + "y$",
)
LARGE_PICTURE = {"s.svg": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' width='20000' height='60000'/>"}}
OWN_FIELDS = ":is(.panel-heading, .panel-footer)"

HONEST = r"""# My own heading

The loop `i<n` ends, and i<n too. See [the paper](https://arxiv.org/abs/1511.07122 "a title"), <https://example.org/b?c=d&e=f>,
[write to me](mailto:ada@example.org), [above](#My-own-heading), and https://example.org/bare.

| stride | out |
|-------:|:---:|
| 2      | `n` |

![attached](attachment:my%20plot.png) ![handed out](data/dot.png) ![vector](attachment:s.svg)

So $y_{i}<\frac{n}{2}$ and

$$\sum_{i<n} x_i$$

```python
if a<b: print("a&lt;b", x<y)
```

ROWS-OF-A-FORMULA


TO-BE-REPLACED

- [x] done
- ~~not~~ **bold** *slanted*
"""

ROW = r"y &= \displaystyle\sum_{i<n} \begin{pmatrix}\frac{x_i}{2} & \mathrm{b}\end{pmatrix} \\"
ALIGNED = "\n".join([r"$$\begin{aligned}", *[ROW] * 30, r"\end{aligned}$$"])


@dataclass(frozen=True)
class Scene:
    """A graded class, its formgrader, and a browser."""

    class_: Class
    server: Formgrader
    browser: Browser
    submissions: dict[str, str]
    canary: Path

    def address(self, student: str) -> str:
        return f"{self.server.address}/formgrader/submissions/{self.submissions[student]}/"


def raising(text: str) -> str:
    """Return a function whose failure says a text, in an exception and in what it prints."""
    return f"def double(x):\n    print({text!r})\n    raise ValueError({text!r})\n"


def hostile_notebooks(class_: Class, home: str) -> Iterator[tuple[str, str]]:
    """Yield for each hostile student a notebook with a part of the hostile cells."""
    cells = iter(hostile_cells(home).values())
    for student in HOSTILE:
        notebook = json.loads(class_.notebook(**(tiny_course.RIGHT | {"double": raising(SAYS)})))
        notebook["cells"][1:1] = islice(cells, 120)
        notebook["cells"][-1] |= {
            "source": f"{SAYS}\n\n[here](javascript:{script_of('answer')})",
            "attachments": {SAYS: {SAYS: SAYS}},
        }
        notebook["metadata"] |= {
            "title": SAYS,
            "language_info": {"name": SAYS, "pygments_lexer": SAYS, "codemirror_mode": SAYS},
            "kernelspec": {"name": SAYS, "display_name": SAYS},
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": SAYS}},
        }
        yield student, json.dumps(notebook)
    assert next(cells, None) is None


def hand_in(class_: Class, home: str, canary: Path) -> None:
    """Put everybody's work into the classroom and grade it."""
    for student, notebook in hostile_notebooks(class_, home):
        class_.hand_in(student, "scaling.ipynb", notebook)
        class_.hand_in(student, "page.html", f"<script>{script_of('page-beside')}</script>")
        # What would happen to the user whose formgrader takes its settings from here.
        class_.hand_in(student, "nbgrader_config.py", f"open({str(canary)!r}, 'w').close()\n")
    crowding: dict[str, Any] = json.loads(class_.notebook(answer=CROWDING[0], **tiny_course.RIGHT))
    crowding["cells"][1:1] = [nbformat.v4.new_markdown_cell(text) for text in CROWDING]
    crowding["cells"][1:1] = [nbformat.v4.new_markdown_cell("![x](attachment:s.svg)", attachments=LARGE_PICTURE)]
    class_.hand_in(PUSHING, "scaling.ipynb", json.dumps(crowding))
    class_.hand_in(MARKED_UP, "scaling.ipynb", class_.notebook(answer=SAYS, **tiny_course.RIGHT))
    honest: dict[str, Any] = json.loads(
        class_.notebook(answer=HONEST.replace("ROWS-OF-A-FORMULA", ALIGNED), **tiny_course.RIGHT)
    )
    honest["cells"][-1]["attachments"] = {
        "my plot.png": {"image/png": base64.b64encode(DOT).decode()},
        "s.svg": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"},
    }
    class_.hand_in("ada", "scaling.ipynb", json.dumps(honest))
    class_.record()


def released(root: Path) -> Class:
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    picture = class_.room / "release" / "scaling" / "data" / "dot.png"
    picture.parent.mkdir()
    picture.write_bytes(DOT)
    return class_


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    root = tmp_path_factory.mktemp("pages")
    class_, canary = released(root), root / "canary"
    with formgrader(class_.room, tmp_path_factory.mktemp("home")) as server, chromium() as browser:
        hand_in(class_, server.address, canary)
        query = (
            "SELECT student_id, submitted_notebook.id FROM submitted_notebook"
            " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
        )
        with closing(class_.database()) as database:
            ids = dict(database.execute(query))
        yield Scene(class_, server, browser, ids, canary)


@pytest.fixture(scope="module")
def feedback(scene: Scene) -> dict[str, Path]:
    """The pages that students get."""
    return {path.parent.parent.name: path for path in write_feedback(scene.class_.course, scene.class_.unit)}


def open_to_mark(page: Page, scene: Scene, student: str) -> None:
    """Open the page on which a student's work is marked, and wait until formulas, points and comments are there."""
    page.goto(scene.address(student))
    formulas_are_set(page)
    page.wait_for_function("formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded")


def nothing_happened(scene: Scene, watch: Watch) -> None:
    """Nothing ran, nobody was asked for anything, and clicks open pages of the web at most."""
    assert (watch.ran, watch.strange, watch.odd) == (set(), [], [])
    assert not scene.canary.exists()
    elsewhere = [address for address in watch.opened if not address.startswith(watch.home)]
    assert {urlsplit(address).hostname for address in elsewhere} <= {"away.example", "example.org"}


# A mouse takes a minute for the work of both: for every developer, a script clicks for one of them.
@pytest.mark.parametrize(
    ("student", "quickly"), sweep([(HOSTILE[0], True), (HOSTILE[0], False), (HOSTILE[1], False)], [(HOSTILE[0], True)])
)
def test_nothing_acts_in_formgrader(scene: Scene, student: str, quickly: bool) -> None:
    """no cell runs a script, asks for anything or changes a grade, clicked or not, even without the page's own policy"""
    before = scene.class_.rows()
    with watched(scene.browser, scene.server.address, without_policy=True) as (page, watch):
        open_to_mark(page, scene, student)
        read = len(watch.asked)
        assert click_everything(page, watch, "#notebook", OWN_FIELDS, quickly) > 20
        # Whatever a click has begun is done, or at least asked for, before the answer to a question that comes after it.
        page.evaluate("fetch('/api')")
        nothing_happened(scene, watch)
        assert [one.address for one in watch.asked[read:] if not one.opens] == [f"{watch.home}/api"]
    own = scene.address(student)
    assert {address for address in watch.opened if address.startswith(watch.home)} <= {own, f"{own}?index=0", f"{own}?index=1"}
    assert scene.class_.rows() == before


def test_points_are_given_to_the_cell_in_which_they_are_typed(scene: Scene) -> None:
    """no heading of a student's takes the place of a field of formgrader's"""
    before = scene.class_.rows()
    with watched(scene.browser, scene.server.address) as (page, watch):
        open_to_mark(page, scene, HOSTILE[1])
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            page.fill("input.score#answer", "1")
            page.dispatch_event("input.score#answer", "change")
        # The page's own scripts are allowed what they do.
        assert (watch.ran, watch.refused) == (set(), [])
    after = scene.class_.rows()
    changed = [row for row in after["grade"] if row not in before["grade"]]
    assert [(row[0], row[1], row[4]) for row in changed] == [(HOSTILE[1], "answer", 1.0)]
    scene.class_.change("UPDATE grade SET manual_score = NULL, needs_manual_grade = 1 WHERE manual_score IS NOT NULL")
    assert scene.class_.rows() == before


def each_is_in_its_own_place(page: Page, own: str) -> None:
    """The page is as wide as the window, what is not the student's can be seen, and the student's texts say whose they are."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200
    hidden = """things => things.filter(thing => {
        thing.scrollIntoView({ block: "center" });
        const { x, y, width, height } = thing.getBoundingClientRect();
        const seen = document.elementFromPoint(x + width / 2, y + height / 2);
        return !thing.contains(seen);
    }).map(thing => thing.outerHTML)"""
    things = page.locator(own)
    assert things.count() > 5
    assert things.evaluate_all(hidden) == []
    texts = page.locator(".cnngrade-student")
    assert texts.count() == len(CROWDING) + 2
    assert texts.filter(has=page.locator("pre")).count() == 4
    said = texts.evaluate_all("texts => texts.map(text => getComputedStyle(text, '::before').content)")
    assert set(said) == {'"written by the student"'}


def test_a_text_keeps_its_place_in_formgrader(scene: Scene) -> None:
    """whatever a formula, a word or a picture asks for, fields and reports are seen, and the browser lives"""
    with watched(scene.browser, scene.server.address) as (page, watch):
        open_to_mark(page, scene, PUSHING)
        each_is_in_its_own_place(page, "input.score, textarea.comment, .nbgrader-label, .output_area")
        assert (watch.refused, watch.strange) == ([], [])


@pytest.mark.slow
def test_a_text_keeps_its_place_in_feedback(scene: Scene, feedback: dict[str, Path]) -> None:
    """and so it does where scores and reports are read"""
    with watched(scene.browser, feedback[PUSHING].as_uri()) as (page, watch):
        page.goto(watch.home)
        formulas_are_set(page)
        each_is_in_its_own_place(page, ".nbgrader-label, .panel-heading .pull-right, .output_area")
        assert watch.strange == []


def unprotected(home: str) -> str:
    """Return what nbconvert makes of the hostile texts when nobody looks at them first."""
    shown = []
    for name, cell in hostile_cells(home).items():
        if cell["cell_type"] == "markdown" and "attachments" not in cell and name not in TAKES_THE_PAGE:
            shown.append(MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(cell["source"]))
    return "".join(f"<div>{strip_files_prefix(text)}</div>" for text in shown)


def show_unprotected(page: Page, scene: Scene) -> None:
    """Open a student's page with the hostile texts in it as they are, under the policy that the page has."""

    def answer(route: Route) -> None:
        page_ = route.fetch()
        route.fulfill(response=page_, body=page_.text().replace("TO-BE-REPLACED", unprotected(scene.server.address)))

    page.route(scene.address("ada"), answer)
    page.goto(scene.address("ada"))


@pytest.mark.slow
def test_the_watch_sees_what_is_to_be_prevented(scene: Scene) -> None:
    """where nothing prevents it, the same texts run scripts and ask other servers"""
    with watched(scene.browser, scene.server.address, without_policy=True) as (page, watch):
        show_unprotected(page, scene)
        formulas_are_set(page)
        click_everything(page, watch, "#notebook", OWN_FIELDS, quickly=True)
        expected = {"script", "image-handler", "address-plain", "reference", "address-files-prefix", "mermaid", "frame"}
        assert expected | {"frame-like-a-page"} <= watch.ran
        assert {f"{AWAY}1.png", f"{AWAY}3.png", f"{AWAY}q.png"} <= set(watch.strange)
        assert any("path=submitted" in address for address in watch.opened)


def test_the_policy_alone_lets_no_script_run(scene: Scene) -> None:
    """whatever reaches formgrader's page, the browser runs and fetches none of it, but for settings of MathJax"""
    with watched(scene.browser, scene.server.address) as (page, watch):
        show_unprotected(page, scene)
        formulas_are_set(page)
        click_everything(page, watch, "#notebook", OWN_FIELDS, quickly=True)
        # MathJax evaluates settings wherever they stand, and its own page has some: this is left to the text's own cleaning.
        assert (watch.ran, watch.strange) == ({"mathjax-configuration"}, [])
        assert len(watch.refused) > 20
        assert not scene.canary.exists()


def acting(cell: Any) -> list[str]:
    """Return what in a text cell, as any program may show it, a browser would act on."""
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    found = []
    for tag in BeautifulSoup(MarkdownWithMath(renderer=renderer).render(cell.source), "html.parser").find_all():
        acts = tag.name in ("script", "style", "iframe", "form", "svg", "math") or any(
            name.startswith("on") for name in tag.attrs
        )
        if acts or not may_lead(str(tag.get("href", "#"))) or not is_data(str(tag.get("src", "data:image/png,"))):
            found.append(str(tag))
    return found


def test_the_graded_notebook_holds_nothing_that_acts(scene: Scene) -> None:
    """whatever opens it: no output, no metadata and no id of a student's, no tag in a text, no address off the list"""
    released = nbformat.read(scene.class_.room / "release" / "scaling" / "scaling.ipynb", as_version=4)
    own = {cell.id: cell.metadata.get("tags", []) for cell in released.cells}
    for student in HOSTILE:
        graded = nbformat.read(scene.class_.graded(student) / "scaling.ipynb", as_version=4)
        assert {"kernelspec", "language_info", "widgets", "title"} & set(graded.metadata) <= set(released.metadata)
        assert SAYS not in str(graded.metadata)
        for cell in graded.cells:
            assert cell.cell_type in ("markdown", "code")
            assert re.fullmatch(r"extra-\d+", cell.id) or own[cell.id] == cell.metadata.get("tags", [])
            assert RAN not in str(cell.metadata)
            assert cell.cell_type == "code" or acting(cell) == []
            assert [output.output_type for output in cell.get("outputs", [])] in ([], ["execute_result"])


@pytest.mark.parametrize("path", sweep(["submitted/mallory/scaling", "../..", "/"], ["submitted/mallory/scaling"]))
def test_formgrader_takes_settings_from_its_classroom_alone(scene: Scene, path: str) -> None:
    """a link, on whatever page, does not make it run the settings that a student handed in"""
    with watched(scene.browser, scene.server.address) as (page, _):
        answer = page.goto(f"{scene.server.address}/formgrader?path={path}")
        assert answer is not None
        assert answer.status == 403
    assert not scene.canary.exists()


def test_a_file_beside_a_graded_notebook_runs_no_script(scene: Scene) -> None:
    """nbgrader puts there what a student handed in, and serves it as its own: a page and an SVG are shown, and that is all"""
    files = {
        "page.html": f"<p>shown</p><script>{script_of('file')}</script><img src=x onerror={script_of('file')}>",
        "s.svg": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{script_of('file')}'><text y='20'>shown</text></svg>",
    }
    with watched(scene.browser, scene.server.address) as (page, watch):
        for name, text in files.items():
            (scene.class_.graded("ada") / name).write_text(text)
            page.goto(f"{scene.address('ada')}{name}")
            assert "shown" in page.locator(":root").text_content()
        assert watch.ran == set()


def test_formgrader_opens_its_own_classroom(scene: Scene) -> None:
    """with and without its path, as JupyterLab asks for it"""
    with watched(scene.browser, scene.server.address) as (page, _):
        for query in ("", f"?path={scene.class_.room}", "?path=."):
            answer = page.goto(f"{scene.server.address}/formgrader{query}")
            assert answer is not None
            assert answer.ok
            assert page.url == f"{scene.server.address}/formgrader/manage_assignments"


def test_nothing_acts_in_the_lists(scene: Scene) -> None:
    """the name of a student's folder is a name, on each of formgrader's pages"""
    names = ("manage_assignments", "manage_students", "gradebook", "manage_submissions/scaling", "gradebook/scaling/scaling")
    with watched(scene.browser, scene.server.address) as (page, watch):
        for name in names:
            answer = page.goto(f"{scene.server.address}/formgrader/{name}")
            assert answer is not None
            assert answer.ok
            page.wait_for_function("!document.body.innerText.includes('Loading, please wait')")
            assert (watch.ran, watch.strange) == (set(), []), name


@pytest.mark.parametrize("rest", sweep(["", "/scaling"], ["/scaling"]))
def test_formgrader_does_not_repeat_markup_of_its_address(scene: Scene, rest: str) -> None:
    """a link from anywhere does not put a script into the page of a student"""
    with watched(scene.browser, scene.server.address) as (page, watch):
        page.goto(f"{scene.server.address}/formgrader/manage_students/{quote(MARKED_UP)}{rest}", wait_until="networkidle")
        assert MARKED_UP in page.inner_text(".breadcrumb")
        assert (watch.ran, watch.strange) == (set(), [])


def test_a_folders_name_does_not_act_where_it_is_marked(scene: Scene) -> None:
    """nor on the page of that student's work, where nbgrader writes it as it is: the policy forbids it"""
    with watched(scene.browser, scene.server.address) as (page, watch):
        open_to_mark(page, scene, MARKED_UP)
        nothing_happened(scene, watch)
        assert len(watch.refused) > 0


def shows_what_ada_wrote(page: Page) -> None:
    """Every part of an honest text is there, for a reader."""
    text = page.inner_text("body")
    for words in (
        "The loop i<n ends, and i<n too",
        "stride",
        'if a<b: print("a&lt;b", x<y)',
        "done",
        "https://example.org/bare",
    ):
        assert words in text
    cell = page.locator(".text_cell_render", has_text="The loop")
    addresses = {link.get_attribute("href") for link in cell.locator("a[href]").all()}
    assert addresses >= {
        "https://arxiv.org/abs/1511.07122", "https://example.org/b?c=d&e=f", "mailto:ada@example.org", "https://example.org/bare",
    }  # fmt: skip
    pictures = cell.locator("img").all()
    assert [picture.get_attribute("alt") for picture in pictures] == ["attached", "handed out", "vector"]
    assert all(picture.evaluate("picture => picture.naturalWidth") > 0 for picture in pictures)
    assert cell.locator(".mjx-chtml").count() >= 3
    assert cell.locator(".mjx-mtable .mjx-mfrac").count() == 30
    assert cell.locator(".mjx-merror").count() == 0
    assert cell.locator("td code").inner_text() == "n"
    assert cell.locator("td").first.evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    assert cell.locator("input[type=checkbox]:checked").count() == 1
    above = cell.get_by_text("above").get_attribute("href")
    assert above is not None
    assert cell.locator(f"h1[id='{above[1:]}']").count() == 1


def test_what_is_honest_is_shown_in_formgrader(scene: Scene) -> None:
    """links, pictures, formulas, tables and code, as before"""
    with watched(scene.browser, scene.server.address) as (page, watch):
        open_to_mark(page, scene, "ada")
        shows_what_ada_wrote(page)
        assert (watch.refused, watch.strange) == ([], [])


@pytest.mark.slow
def test_what_is_honest_is_shown_in_feedback(scene: Scene, feedback: dict[str, Path]) -> None:
    """and the student's page shows the same, as a file"""
    with watched(scene.browser, feedback["ada"].as_uri()) as (page, watch):
        page.goto(watch.home)
        formulas_are_set(page)
        shows_what_ada_wrote(page)
        assert watch.strange == []


@pytest.mark.parametrize("student", sweep([*HOSTILE, MARKED_UP], HOSTILE[1:]))
def test_nothing_acts_in_feedback(scene: Scene, feedback: dict[str, Path], student: str) -> None:
    """nor does anything in the page that a student gets and may hand on"""
    with watched(scene.browser, feedback[student].as_uri()) as (page, watch):
        page.goto(watch.home)
        formulas_are_set(page)
        click_everything(page, watch, "#notebook", quickly=True)
        nothing_happened(scene, watch)


@pytest.mark.parametrize("staff", sweep([False, True], [True]))
def test_nothing_acts_in_our_own_reports(scene: Scene, tmp_path: Path, staff: bool) -> None:
    """what a student's code says in exceptions and prints is text on a report's page"""
    judged = scene.class_.judged()
    path = tmp_path / "report.html"
    path.write_text(reports_as_page([one.report for one in judged], staff=staff), encoding="utf-8")
    with watched(scene.browser, path.as_uri(), without_policy=True) as (page, watch):
        page.goto(watch.home)
        for folded in page.locator("summary").all():
            folded.click()
        assert SAYS[:20] in page.inner_text("body")
        nothing_happened(scene, watch)
