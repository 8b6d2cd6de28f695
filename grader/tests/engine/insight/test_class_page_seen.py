"""The page about a class in a real browser: everybody can read it, on any screen, with a keyboard, and nothing in it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cnngrade.insight.class_page import course_report_as_page
from cnngrade.insight.class_report import CourseReport, UngradedUnit
from cnngrade.insight.facts import class_report_of
from support.axe import ALL_LOOKS, TWO_LOOKS, violations
from support.browser import chromium, needs_a_browser, watched
from support.handmade_class import facts, group, large_facts, raised, report, timed, wrong

pytestmark = needs_a_browser

WIDTHS = (360, 768, 1280)
LARGE = class_report_of(large_facts())
MADE = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
SMALL = class_report_of(
    facts(
        wrong("ada", "A <b>mistake</b>."),
        wrong("ben"),
        raised("cy", "KeyError"),
        timed("dee", 72.0, "H"),
        groups=(group("ben"),),
    )
)
ONE = course_report_as_page(CourseReport("tiny", "A tiny course", MADE, (LARGE,)))
ONE_STUDENT = course_report_as_page(CourseReport("tiny", "A tiny course", MADE, (class_report_of(facts(report("ada"))),)))
ALL = course_report_as_page(
    CourseReport("tiny", "A tiny course", MADE, (SMALL, replace(SMALL, unit="growing")), (UngradedUnit("later", "Later", 3),))
)
PAGES = {"a class of 300": ONE, "one student": ONE_STUDENT, "all units": ALL}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def too_wide(page: Page) -> list[int]:
    """Return the widths of windows in pixels at which the open page has to be scrolled sideways, with all of it unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(width)
    return found


def test_everybody_can_read_it(browser: Browser, tmp_path: Path) -> None:
    """axe-core finds no violation on a page with every kind of thing, on a dark telephone and a light screen"""
    assert violations(browser, tmp_path / "page.html", PAGES["all units"], TWO_LOOKS) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_it_in_every_look(browser: Browser, tmp_path: Path, name: str) -> None:
    """each page on telephone and screen, in light and in dark"""
    assert violations(browser, tmp_path / "page.html", PAGES[name], ALL_LOOKS) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_window(browser: Browser, tmp_path: Path, name: str) -> None:
    """on a telephone, a tablet and a screen nothing is scrolled sideways, however long students' words are; nothing runs"""
    path = tmp_path / "page.html"
    path.write_text(PAGES[name], encoding="utf-8")
    with watched(browser, path.as_uri(), without_policy=True) as (page, watch):
        page.goto(path.as_uri())
        assert too_wide(page) == []
        assert (watch.ran, watch.strange) == (set(), [])


def test_all_of_it_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    """the tabulator reaches every section and whatever unfolds; Enter goes there and unfolds it"""
    path = tmp_path / "page.html"
    path.write_text(ONE, encoding="utf-8")
    with watched(browser, path.as_uri()) as (page, _):
        page.goto(path.as_uri())
        stops = page.locator("a, summary").count()
        reached = []
        for _number in range(stops):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.tagName"))
            if reached[-1] == "SUMMARY":
                page.keyboard.press("Enter")
        assert set(reached) == {"A", "SUMMARY"}
        assert page.locator("details:not([open])").count() == page.locator("details:not([open]) summary").count()
        assert page.locator("details[open]").count() > 10
        page.locator("nav a").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#scaling-mistakes"
