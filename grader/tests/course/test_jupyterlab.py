"""A unit as a student goes through it in a real JupyterLab: from the stub to the next unit, in a browser's window."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.jobs.release import write_handout
from support.browser import chromium, needs_a_browser
from support.jupyterlab import NotebookWindow, Server, jupyter_server
from support.places import ROOT
from support.readable import unreadable

COURSE = load_course(ROOT)

PAD = """\
def pad2d(x, padding, value=0.0):
    top, left = padding if isinstance(padding, tuple) else (padding, padding)
    if top < 0 or left < 0:
        raise ValueError("padding is not negative")
    dtype = x.dtype if x.dtype in (np.float32, np.float64) else np.float64
    out = np.full((*x.shape[:2], x.shape[2] + 2 * top, x.shape[3] + 2 * left), value, dtype)
    out[:, :, top : top + x.shape[2], left : left + x.shape[3]] = x
    return out"""
ONLY_TOP = PAD.replace("x.shape[2] + 2 * top", "x.shape[2] + top").replace("x.shape[3] + 2 * left", "x.shape[3] + left")

REPORT = ".tex2jax_ignore"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab in a folder with the handouts of two units, one after the other."""
    folder = tmp_path_factory.mktemp("course")
    for unit in map(COURSE.unit, ("padding", "convolution")):
        (folder / unit.name).mkdir()
        write_handout(COURSE, unit, folder / unit.name)
        notebook = source_notebook(COURSE, unit, dict.fromkeys(unit.functions, 1.0), unit.functions[:1])
        nbformat.write(notebook, folder / unit.name / f"{unit.name}.ipynb")
    with jupyter_server(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def opened(browser: Browser, server: Server, way: str = "lab", unit: str = "padding") -> NotebookWindow:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    return NotebookWindow(page, f"{server.address}/{_WAYS[way]}/{unit}/{unit}.ipynb")


_WAYS = {"lab": "lab/tree", "a single document": "doc/tree", "Notebook 7": "notebooks"}


@needs_a_browser
def test_a_unit_in_jupyterlab(server: Server, browser: Browser) -> None:
    """stub, explore, wrong, hint, picture, the run played back, right, what is next: each is read below its cell"""
    window = opened(browser, server)
    stub, check, shown = window.cell("def pad2d"), window.cell('cnngrade.check("pad2d")'), window.cell('cnngrade.show("pad2d")')
    own = window.page.locator(".jp-CodeCell").last
    assert "Nothing of yours is defined in this kernel" in window.run(check).inner_text()
    window.run(window.cell("import numpy as np"))
    window.run(stub)
    output = window.run(check).inner_text()
    assert "pad2d is yours to write" in output
    assert 'Next: read "A frame around every image" in padding.ipynb, then write pad2d.' in output

    explore = window.run(window.cell("cnngrade.explore(")).locator("iframe").content_frame
    assert explore.get_by_role("heading").first.is_visible()

    window.write(stub, ONLY_TOP)
    window.run(stub)
    output = window.run(check)
    assert "The frame is only above and to the left. Padding goes on all four sides." in output.inner_text()
    assert unreadable(output.locator(REPORT)) == []
    window.write(own, "cnngrade.hint()")
    output = window.run(own)
    assert "hint 1 of" in output.inner_text()
    assert unreadable(output.locator(REPORT)) == []
    picture = window.run(shown)
    assert picture.locator("img, svg").first.is_visible()
    assert "As expected" not in picture.inner_text()
    window.write(own, 'cnngrade.explore("pad2d", play=True)')
    played = window.run(own).locator("iframe").content_frame
    assert played.get_by_text("this notebook").first.is_visible()

    window.write(stub, PAD)
    window.run(stub)
    assert "every public case of pad2d passed. cnngrade.check() checks the whole unit." in window.run(check).inner_text()
    assert "As expected" in window.run(shown).inner_text()
    window.run(window.cell("def output_size"))
    window.write(own, "cnngrade.check()")
    output = window.run(own)
    assert "then write output_size." in output.inner_text()
    done = output.locator("details", has_text="pad2d").first
    assert not done.locator("table").is_visible()
    done.locator("summary").click()
    assert done.locator("table").is_visible()
    assert unreadable(output.locator(REPORT)) == []
    window.page.close()

    window = opened(browser, server, unit="convolution")
    own = window.page.locator(".jp-CodeCell").last
    window.write(own, "import cnngrade\n\ncnngrade.check()")
    assert "correlate2d is not defined. See the note above." in window.run(own).inner_text()
    window.page.close()


@pytest.mark.slow
@needs_a_browser
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("way", ["a single document", "Notebook 7"])
def test_reports_are_readable(server: Server, browser: Browser, way: str, theme: str) -> None:
    """in the light and in the dark, in a wide window and on a phone, nothing is cut off and every text stands out"""
    server.choose_theme(theme)
    window = opened(browser, server, way)
    own = window.page.locator(".jp-CodeCell").last
    for source in (ONLY_TOP, "import numpy as np"):
        window.write(own, source)
        window.run(own)
    for call in ('check("pad2d")', "check()", "hint()"):
        window.write(own, f"import cnngrade\n\ncnngrade.{call}")
        report = window.run(own).locator(REPORT)
        for width in (420, 900):
            window.page.set_viewport_size({"width": width, "height": 900})
            report.scroll_into_view_if_needed()
            assert unreadable(report) == [], (call, width)
    is_dark = window.page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert is_dark is (theme == "JupyterLab Dark")
    window.page.close()
