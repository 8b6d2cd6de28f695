"""Draw the README's picture of a page, docs/explore.png: `PYTHONPATH=grader/tests python -m support.page_picture`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from cnngrade.course.load import load_course
from cnngrade.jobs.explore import page_of
from support.browser import chromium
from support.places import ROOT

WIDTH = 1000


def main() -> None:
    """Open the page of the classifier at one of the digits that it misreads, and draw it down to the maps on the way."""
    course = load_course(ROOT)
    with TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "classifier.html"
        path.write_text(page_of(course, course.unit("classifier")), encoding="utf-8")
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        page.goto(path.as_uri())
        page.get_by_role("button", name="6, read as 5").click()
        end = page.get_by_role("heading", name="On the way").bounding_box()
        assert end is not None
        picture = ROOT / "docs" / "explore.png"
        page.screenshot(path=picture, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": end["y"] - 10})


if __name__ == "__main__":
    main()
