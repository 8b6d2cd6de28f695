"""The interactive pages for readers whose browser writes twice as large."""

from __future__ import annotations

import pytest

from cnngrade.course.load import load_course
from support.browser import chromium, needs_a_browser
from support.explore_pages import built, opened, overflowing
from support.places import ROOT

pytestmark = [needs_a_browser, pytest.mark.slow]


def test_large_letters_fit_every_window(tmp_path):
    """with letters of 32 pixels no page has to be scrolled to the side, on a telephone either"""
    wide = {}
    with chromium("--blink-settings=defaultFontSize=32") as browser:
        for unit in load_course(ROOT).units:
            with opened(browser, built(unit.name, tmp_path)) as page:
                assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
                wide[unit.name] = overflowing(page)
    assert wide == {name: [] for name in wide}
