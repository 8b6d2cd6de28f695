"""A unit as a student goes through it in a real JupyterLab: from the stub to the next unit, in a browser's window."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect

from cnngrade.course.load import load_course
from cnngrade.gradebook.assignment import source_notebook
from cnngrade.jobs.explore import ExploreDisplay, page_of
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

TOO_FAR_LEFT = PAD.replace("left : left + x.shape[3]", ": x.shape[3]")

REPORT = ".tex2jax_ignore"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab in a folder with the handouts of two units, one after the other."""
    folder = tmp_path_factory.mktemp("course")
    for unit in map(COURSE.unit, ("padding", "convolution")):
        (folder / unit.name).mkdir()
        write_handout(COURSE, unit, folder / unit.name)
        notebook = source_notebook(COURSE, unit, dict.fromkeys(unit.functions, 1.0), unit.functions[:1])
        explore = next(cell for cell in notebook.cells if "cnngrade.explore(" in cell.source and cell.cell_type == "code")
        # As it is saved on another machine, whose outputs are not trusted on this one.
        saved = ExploreDisplay(unit.name, page_of(COURSE, unit))._repr_mimebundle_()
        explore.outputs = [nbformat.v4.new_output("execute_result", saved, execution_count=1)]
        nbformat.write(notebook, folder / unit.name / f"{unit.name}.ipynb")
    with jupyter_server(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def opened(browser: Browser, server: Server, way: str = "lab", unit: str = "padding") -> NotebookWindow:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    # Without what an earlier window had open.
    return NotebookWindow(page, f"{server.address}/{_WAYS[way]}/{unit}/{unit}.ipynb?reset")


def reads(output: Locator, text: str) -> None:
    """Demand that a person comes to read a text there."""
    expect(output).to_contain_text(text, timeout=60_000)


_WAYS = {"lab": "lab/tree", "a single document": "doc/tree", "Notebook 7": "notebooks"}


@needs_a_browser
@pytest.mark.slow
def test_a_unit_in_jupyterlab(server: Server, browser: Browser) -> None:
    """stub, explore, wrong, hint, picture, the run played back, right, what is next: each is read, and used, below its cell"""
    window = opened(browser, server)
    stub, check, shown = window.cell("def pad2d"), window.cell('cnngrade.check("pad2d")'), window.cell('cnngrade.show("pad2d")')
    own = window.page.locator(".jp-CodeCell").last
    reads(window.run(check), "Nothing of yours is defined in this kernel")
    window.run(window.cell("import numpy as np"))
    window.run(stub)
    output = window.run(check)
    reads(output, "pad2d is yours to write")
    reads(output, 'Next: read "A frame around every image" in padding.ipynb, then write pad2d.')
    reads(window.cell("cnngrade.explore("), "Run this cell again to see the page here.")
    assert window.page.locator("iframe").count() == 0
    explore = window.run(window.cell("cnngrade.explore(")).locator("iframe").content_frame
    expect(explore.get_by_role("heading").first).to_be_visible()
    assert explore.locator(".playback").count() == 0
    places = explore.locator("#places")
    for label, key in (("Size", "End"), ("Kernel", "Home"), ("Stride", "End"), ("Padding", "Home")):
        places.get_by_label(label, exact=True).press(key)
    reads(places, "(32 + 2*0 - 1)//6 + 1 = 6 places")

    window.write(stub, ONLY_TOP)
    window.run(stub)
    output = window.run(check)
    reads(output, "The frame is only above and to the left. Padding goes on all four sides.")
    assert unreadable(output.locator(REPORT)) == []
    output = window.called(own, "hint()")
    reads(output, "hint 1 of")
    assert unreadable(output.locator(REPORT)) == []
    picture = window.run(shown)
    expect(picture.locator("img, svg").first).to_be_visible()
    assert "As expected" not in picture.inner_text()
    played = window.called(own, 'show("pad2d", play=True)').locator("iframe").content_frame
    expect(played.get_by_text("this notebook").first).to_be_visible()
    expect(played.locator(".playback .wrong").first).to_contain_text("the shape is (1, 2, 4, 6), expected (1, 2, 5, 8)")
    played.get_by_role("button", name="Step", exact=True).first.click()
    expect(played.locator(".playback p[role=status]")).to_have_text("[0, 0, 0, 1]: expected \u22121.")
    expect(played.locator(".playback .formula").last).to_contain_text("this place belongs to the frame")

    window.write(stub, TOO_FAR_LEFT)
    window.run(stub)
    played = window.run(own).locator("iframe").content_frame
    expect(played.locator(".playback p[role=status]")).to_have_text("[0, 0, 1, 0]: yours 1, expected \u22121.")
    expect(played.locator(".playback .formula").last).to_contain_text("this place belongs to the frame")

    window.write(stub, PAD)
    window.run(stub)
    played = window.run(own).locator("iframe").content_frame
    expect(played.locator(".playback .right")).to_have_text("Every number is as expected.")
    reads(window.run(check), "every public case of pad2d passed. cnngrade.check() checks the whole unit.")
    reads(window.run(shown), "As expected")
    window.run(window.cell("def output_size"))
    output = window.called(own, "check()")
    reads(output, "then write output_size.")
    done = output.locator("details", has_text="pad2d").first
    expect(done.locator("table")).not_to_be_visible()
    done.locator("summary").click()
    expect(done.locator("table")).to_be_visible()
    assert unreadable(output.locator(REPORT)) == []
    window.page.close()

    window = opened(browser, server, unit="convolution")
    reads(window.called(window.page.locator(".jp-CodeCell").last, "check()"), "correlate2d is not defined. See the note above.")
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
        report = window.called(own, call).locator(REPORT)
        for width in (420, 900):
            window.page.set_viewport_size({"width": width, "height": 900})
            report.scroll_into_view_if_needed()
            assert unreadable(report) == [], (call, width)
    is_dark = window.page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert is_dark is (theme == "JupyterLab Dark")
    window.page.close()
