"""A class of 300, really judged: what its report says is what is known of the submissions, and everybody can read the page."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cnngrade.classroom import behaviour_store, report_store
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.judge_class import judge_class
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.insight.class_page import course_report_as_page
from cnngrade.insight.class_report import CourseReport
from cnngrade.insight.naming import Naming
from cnngrade.jobs.class_report import course_report
from cnngrade.model import Course, Unit
from cnngrade.sandbox.backends import AUTO
from support.axe import ALL_LOOKS, violations
from support.browser import chromium, needs_a_browser
from support.places import ROOT

pytestmark = pytest.mark.slow

CORPUS = ROOT / "grader" / "tests" / "corpus"
STUDENTS = 300
# They take minutes to be stopped, and say nothing that others do not.
LEFT_OUT = ("wrong_all_the_memory", "wrong_endless_loop", "wrong_never_comes_back", "wrong_deep_recursion")


def works() -> list[Path]:
    """Return every script of the corpus on the unit, right and wrong."""
    found = [*(CORPUS / "convolution").glob("*.py"), *CORPUS.glob("unseen/*_convolution_*.py")]
    found += CORPUS.glob("wrong/*_convolution_*.py")
    return sorted(path for path in found if path.stem not in LEFT_OUT)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Unit]:
    """Each script judged once, as the work of a student of that name."""
    root = tmp_path_factory.mktemp("class") / "course"
    for name in paths.COURSE_FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    book = (ROOT / "course.yml").read_text(encoding="utf-8")
    (root / "course.yml").write_text(book.replace("policy:\n", "policy:\n  locate_seconds: 0\n"), encoding="utf-8")
    course = load_course(root)
    unit = course.unit("convolution")
    for path in works():
        folder = paths.submission(course, unit.name, path.stem)
        folder.mkdir(parents=True)
        shutil.copyfile(path, folder / f"{unit.name}.py")
    judge_class(course, unit, jobs=2)
    return course, unit


@pytest.fixture(scope="module")
def shared(judged: tuple[Course, Unit]) -> tuple[CourseReport, Counter[str]]:
    """The report on a class of 300, of whom each handed in one of the scripts, and how many handed in each."""
    course, unit = judged
    chance, judging = random.Random(7), report_store.judging_digest(course, unit)
    handed_in: Counter[str] = Counter()
    kept = {path.stem: report_store.load_with_key(course, unit, path.stem) for path in works()}
    reports = {name: entry for name, entry in kept.items() if entry is not None}
    behaviour = {name: behaviour_store.load_behaviour(course, unit, name, key) for name, (_, key) in reports.items()}
    shutil.rmtree(paths.submitted(course))
    shutil.rmtree(paths.reports(course, unit.name))
    for number in range(STUDENTS):
        path = chance.choice(works())
        student, (report, _) = f"s{number:03}", reports[path.stem]
        handed_in[path.stem] += 1
        folder = paths.submission(course, unit.name, student)
        folder.mkdir(parents=True)
        shutil.copyfile(path, folder / f"{unit.name}.py")
        key = report_store.report_key(course, unit, HandedIn(student, folder), judging, AUTO)
        submission = replace(report.submission, student=student)
        report_store.save(course, unit, key, replace(report, submission=submission))
        behaviour_store.save_behaviour(course, unit, student, key, behaviour[path.stem])
    return course_report(course, [unit], naming=Naming.EVERYBODY), handed_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def test_what_a_large_class_got_wrong(shared: tuple[CourseReport, Counter[str]]) -> None:
    """at least twenty kinds of mistakes, and a mistake has as many students as handed in a script that makes it"""
    report, handed_in = shared
    (found,) = report.units
    assert (found.graded, found.attendance.outdated.count) == (STUDENTS, 0)
    assert len(found.mistakes) >= 20
    assert len(found.topics) == 3
    flipped = next(each for each in found.mistakes if each.sentence.startswith("The kernel is flipped"))
    assert flipped.people.count >= handed_in["wrong_flipped"] > 0
    syntax = next(each for each in found.exceptions if each.kind == "SyntaxError")
    assert syntax.people.count == handed_in["wrong_syntax_in_one_cell"]
    assert len(found.groups) >= 5
    (budget,) = found.budgets
    looping = {name for loop in budget.loops for name in loop.people.names}
    assert len(looping) >= handed_in["apply_along_axis"] + handed_in["vectorize"] > 0


@needs_a_browser
def test_everybody_can_read_the_page_of_a_large_class(
    shared: tuple[CourseReport, Counter[str]], browser: Browser, tmp_path: Path
) -> None:
    """axe-core finds no violation at any width and in any scheme, and nothing is wider than a telephone"""
    page = course_report_as_page(shared[0])
    assert violations(browser, tmp_path / "page.html", page, ALL_LOOKS) == []
    context = browser.new_context()
    seen = context.new_page()
    seen.goto((tmp_path / "page.html").as_uri())
    for width in (360, 768, 1280):
        seen.set_viewport_size({"width": width, "height": 900})
        assert seen.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
