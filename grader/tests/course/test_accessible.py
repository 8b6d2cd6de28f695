"""Who cannot see well, or uses no mouse: axe-core finds nothing wrong with any page that a student opens."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.explore import page_of
from cnngrade.jobs.play import page_with, played
from cnngrade.jobs.show import show_expected
from cnngrade.model import Course, Unit
from cnngrade.pages.plays import plays_of
from cnngrade.pictures.matplotlib import comparisons_as_page
from cnngrade.report.html import reports_as_page
from cnngrade.student.candidate import InlineWork
from support import handmade_reports
from support.axe import ALL_LOOKS, TWO_LOOKS, violations
from support.browser import chromium, needs_a_browser
from support.places import ROOT
from support.sweeps import sweep

pytestmark = needs_a_browser
COURSE = load_course(ROOT)
REPORTS = [
    getattr(handmade_reports, name)
    for name in ("EVERY_VERDICT", "ALL_PASSED", "ESTIMATED", "FAULT", "DANGEROUS", "HIDDEN", "UNREADABLE", "UNTOUCHED")
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def half_right(course: Course, unit: Unit) -> ModuleType:
    """Return the solution's functions with their last number wrong, and the unit's last function not written."""
    solution = load_module(paths.solution_file(course, unit.name), course.root)

    def spoiled(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 1:
            value = value.copy()
            value.reshape(-1)[-1] += 1
        return type(value)(map(spoiled, value)) if isinstance(value, tuple | list) else value

    def wrong(function: Any) -> Any:
        return lambda *arguments: spoiled(function(*arguments))

    module = ModuleType("half_right")
    vars(module).update({name: wrong(getattr(solution, name)) for name in unit.functions[:-1]})

    def unfinished(*arguments: Any) -> Any:
        raise NotImplementedError

    vars(module)[unit.functions[-1]] = unfinished
    return module


def with_a_run(unit: Unit) -> str:
    """Return the unit's page with a run in it that is partly wrong."""
    student = InlineWork(COURSE.policy, half_right(COURSE, unit)).open()
    return page_with(COURSE, unit, "work.py", played(plays_of(COURSE, unit), student))


def pictures_of(unit: Unit) -> str:
    return comparisons_as_page(unit.title, show_expected(COURSE, unit))


def test_axe_finds_what_is_wrong(browser, tmp_path):
    """a page without a language, with a picture without a text and with letters that are faint in the dark is found out"""
    page = (
        "<!doctype html><html><title>x</title><style>@media (prefers-color-scheme: dark) { p { color: #aaa } }</style>"
        "<main><h1>x</h1><img src='data:,'><p style='background: #fff'>faint</p></main></html>"
    )
    found = violations(browser, tmp_path / "page.html", page)
    assert {one.split()[0] for one in found if "light" in one} == {"html-has-lang", "image-alt"}
    assert {one.split()[0] for one in found if "dark" in one} == {"html-has-lang", "image-alt", "color-contrast"}


@pytest.mark.parametrize("unit", sweep(COURSE.units, {"padding", "convolution"}, [unit.name for unit in COURSE.units]))
def test_pages_to_move_things_on(browser, tmp_path, unit):
    """the page of each unit, with a partly wrong run in it: every second one on a dark telephone, the others on a screen"""
    look = TWO_LOOKS[COURSE.units.index(unit) % 2]
    assert violations(browser, tmp_path / "page.html", with_a_run(unit), (look,)) == []


@pytest.mark.parametrize("staff", [False, True], ids=["students", "staff"])
def test_reports(browser, tmp_path, staff):
    """the page with reports of every kind, for students and for staff"""
    assert violations(browser, tmp_path / "page.html", reports_as_page(REPORTS, staff)) == []


@pytest.mark.slow
def test_pictures(browser, tmp_path):
    """the page with a unit's pictures"""
    assert violations(browser, tmp_path / "page.html", pictures_of(COURSE.units[0])) == []


@pytest.mark.slow
def test_reports_in_every_look(browser, tmp_path):
    """what students read, at both widths, in light and in dark"""
    assert violations(browser, tmp_path / "page.html", reports_as_page(REPORTS, False), ALL_LOOKS) == []


@pytest.mark.slow
@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.name)
def test_every_page_in_every_look(browser, tmp_path, unit):
    """each unit's page without a run and with one, and its pictures, at both widths, in light and in dark"""
    for text in (page_of(COURSE, unit), with_a_run(unit), pictures_of(unit)):
        assert violations(browser, tmp_path / "page.html", text, ALL_LOOKS) == []
