"""A class at a glance as text, JSON and a page: complete, harmless, and naming only who is to be named."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnngrade.errors import Verdict
from cnngrade.insight.class_json import course_report_to_json
from cnngrade.insight.class_page import course_report_as_page
from cnngrade.insight.class_report import ClassReport, CourseReport, UngradedUnit
from cnngrade.insight.class_text import course_report_as_text, topic_lines
from cnngrade.insight.facts import class_report_of
from cnngrade.insight.naming import Naming, as_named
from cnngrade.model import Case, Cost, Outcome
from cnngrade.report.html import POLICY
from support.handmade_class import KINDS, facts, group, large_facts, report, timed, wrong
from support.handmade_reports import REPORTS, UNREADABLE
from support.places import ENGINE

SCHEMA = json.loads((ENGINE / "schemas" / "class-report.schema.json").read_text(encoding="utf-8"))
MADE = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
LARGE = class_report_of(large_facts())
SMALL = class_report_of(
    facts(
        report("ada", seconds=0.5),
        wrong("ben", "The numbers are squared.", 2),
        wrong("cy", "The numbers are squared."),
        wrong("dee"),
        timed("eve", 72.0, "H"),
        members=("ada", "ben", "cy", "dee", "eve", "fay"),
        groups=(group("dee"),),
    )
)
CLASSES = {
    "large": LARGE,
    "small": SMALL,
    "one student": class_report_of(facts(report("ada"))),
    "one who did nothing": class_report_of(facts(report("ada", *UNREADABLE.outcomes, problems=("scaling.py is empty.",)))),
    "every kind of report": class_report_of(facts(*REPORTS.values())),
}
classes = pytest.mark.parametrize("found", CLASSES.values(), ids=CLASSES)


def of(*units: ClassReport, ungraded: tuple[UngradedUnit, ...] = ()) -> CourseReport:
    return CourseReport("tiny", "A tiny course", MADE, units, ungraded)


TWO = of(LARGE, replace(SMALL, unit="growing"), ungraded=(UngradedUnit("later", "Later", 3), UngradedUnit("last", "Last", 0)))


def as_text(found: CourseReport, width: int = 100, encoding: str = "utf-8") -> str:
    return course_report_as_text(found, False, width, encoding)


def as_json(found: CourseReport) -> str:
    return json.dumps(course_report_to_json(found))


RENDERINGS: dict[str, Callable[[CourseReport], str]] = {"text": as_text, "json": as_json, "page": course_report_as_page}
renderings = pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)


# Text


def test_what_a_small_class_reads() -> None:
    """first what to talk about, then the figures, mistakes, groups, budgets, cases, and who needs somebody"""
    told = as_text(of(as_named(SMALL, Naming.ATTENTION))).splitlines()
    assert told[:9] == [
        "Numbers, twice and three times",
        "5 of 6 in the roster graded: mean 1.8, median 2, the middle half from 2 to 2 of 4 points",
        "",
        "To talk about in the next lesson",
        "  1.    2 (40 %)  double: The numbers are squared.",
        "",
        "Scores",
        "  Of the tests alone: before late penalties, without points for prose.",
        "  0 to under 0.5  1  " + "\u2588" * 13,
    ]
    text = "\n".join(told)
    for block in (
        "Known mistakes, by how many made them\n     2 (40 %)  double: The numbers are squared. (costs 1.5 on average)",
        "  double: 1 student with wrong answers that no known mistake explains",
        "     1        double([1.0])\n              gives 1.0\n              and should give 2.0\n              Name it:",
        "       1 with a loop over H in Python\n       1 over the limit; the slowest needs 72x",
        "Who needs you\n  1 handed in nothing\n    fay",
    ):
        assert block in text


def test_where_there_is_nothing_to_talk_about() -> None:
    """a class in which all is right reads so, and one with a mistake of one student does not"""
    right, one = (class_report_of(facts(report("ada"), report("ben"), *more)) for more in ((), (wrong("cy", "A"),)))
    assert "  Nothing went wrong: everybody passed every case.\n" in as_text(of(right))
    assert "  Nothing that went wrong concerns two students or more.\n" in as_text(of(one))


@pytest.mark.parametrize("width", [60, 80, 120])
@classes
def test_text_keeps_to_its_width(found: ClassReport, width: int) -> None:
    """no line is wider than the terminal, and none ends in spaces"""
    for line in as_text(of(found), width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_text_fits_the_console(encoding: str) -> None:
    """what a console cannot show is written with what it can"""
    as_text(TWO, encoding=encoding).encode(encoding)


def test_colour_only_when_asked() -> None:
    """with colours the text is the same"""
    coloured = course_report_as_text(TWO, True)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == as_text(TWO)


def test_all_units_begin_with_an_overview() -> None:
    """several units have a line each first, with those of which nothing is graded"""
    told = as_text(TWO).splitlines()
    assert told[0] == "A tiny course"
    assert told[1].startswith("  scaling  300 of ")
    assert "  later    not graded yet; 3 students handed in" in told
    assert "  last     not graded yet" in told
    assert told.count("Numbers, twice and three times") == 2


def test_the_lines_that_say_the_most() -> None:
    """one line on the class and one a topic, and a word where there is none"""
    assert list(topic_lines(SMALL)) == [
        "scaling: 5 of 6 in the roster graded, mean 1.8, median 2, the middle half from 2 to 2 of 4 points",
        "1. 2 of 5, double: The numbers are squared.",
    ]
    assert list(topic_lines(CLASSES["one student"]))[1:] == ["Nothing went wrong: everybody passed every case."]


# JSON


@pytest.mark.parametrize("found", [*map(of, CLASSES.values()), TWO])
def test_json_keeps_to_its_schema(found: CourseReport) -> None:
    """every class, every unit, with names and without"""
    Draft202012Validator.check_schema(SCHEMA)
    for naming in Naming:
        shown = replace(found, units=tuple(as_named(unit, naming) for unit in found.units))
        plain = json.loads(json.dumps(course_report_to_json(shown), allow_nan=False))
        assert list(Draft202012Validator(SCHEMA).iter_errors(plain)) == []


def test_the_schema_says_no() -> None:
    """a member that is missing, one that does not belong there, and a verdict that there is none of are found out"""
    for spoil in (
        lambda plain: plain["units"][0].pop("topics"),
        lambda plain: plain.update(more=1),
        lambda plain: plain["units"][0]["cases"][0]["counts"].update(fine=1),
        lambda plain: plain.update(schema=2),
    ):
        plain = json.loads(as_json(of(SMALL)))
        spoil(plain)
        assert len(list(Draft202012Validator(SCHEMA).iter_errors(plain))) == 1


# Strangers' texts, and names


@renderings
@classes
def test_strangers_texts_are_harmless(render: Callable[[CourseReport], str], found: ClassReport) -> None:
    """no control character, bidirectional override or lone surrogate is left, and no text is endless"""
    text = render(of(found))
    assert all(character.isprintable() or character == "\n" for character in text)
    text.encode("utf-8")
    if render is not as_json:
        assert len(text) < 400_000


class Tags(HTMLParser):
    """Collects tags and attributes, and checks that tags are closed in order."""

    VOID = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("found", [*map(of, CLASSES.values()), TWO])
def test_pages_are_self_contained(found: CourseReport) -> None:
    """strict policy, everything closed, nothing fetched or run; links lead to places that are on the page, each there once"""
    page = course_report_as_page(found)
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in page
    parser = Tags()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    assert not parser.tags & {"script", "img", "link", "iframe", "object", "form", "b", "i", "base"}
    assert not {name for name in parser.attributes if name.startswith("on")} | parser.attributes & {"src", "srcdoc"}
    assert "url(" not in page
    assert all(link.startswith("#") for link in parser.links)
    assert {link[1:] for link in parser.links} <= set(parser.ids)
    assert len(set(parser.ids)) == len(parser.ids)


@renderings
def test_nobody_is_named_in_an_anonymous_report(render: Callable[[CourseReport], str]) -> None:
    """a page for the class holds nobody's id, and one with names holds everybody's who is counted"""
    names = re.compile(r"\bs\d{3}\b")
    noted = replace(LARGE, notes=("The roster is left out: line 3, s003 (Ada) is that of line 2, too.", "Of 4 none is there."))
    nobody = render(of(as_named(noted, Naming.NOBODY)))
    assert not names.search(nobody)
    assert ("The roster is left out." in nobody, "Of 4 none is there." in nobody, "Ada" in nobody) == (True, True, False)
    some = set(names.findall(render(of(as_named(LARGE, Naming.ATTENTION)))))
    everybody = set(names.findall(render(of(LARGE))))
    assert some < everybody


def test_every_mistake_is_on_the_page() -> None:
    """text shows the beginning of long lists and says so; page and JSON have all of it"""
    assert len(LARGE.mistakes) + len(LARGE.exceptions) >= 20
    page, text = course_report_as_page(of(LARGE)), as_text(of(LARGE))
    for kind in range(1, KINDS + 1):
        assert (f"Mistake {kind}: " in page) == any(each.sentence.startswith(f"Mistake {kind}:") for each in LARGE.mistakes)
    assert "more, which --html and --json show" in text


TEXTS = st.text(max_size=30)
AMOUNTS = st.floats(0, 1e6)
COSTS = st.builds(
    Cost, AMOUNTS | st.just(math.inf), st.floats(0.01, 1e6), st.just(False), st.lists(TEXTS, max_size=2).map(tuple)
)
OUTCOMES = st.builds(
    Outcome,
    st.builds(Case, TEXTS, TEXTS, AMOUNTS, st.booleans(), TEXTS),
    st.sampled_from(Verdict),
    AMOUNTS,
    TEXTS,
    cause=st.none() | TEXTS,
    cost=st.none() | COSTS,
)
ANY_REPORT = st.lists(OUTCOMES, max_size=3).map(lambda found: report("eve\x1b", *found))


@settings(max_examples=25)
@given(ANY_REPORT)
def test_any_report_can_be_summed_up(odd) -> None:
    """no report, however odd, stops a rendering or leaves the schema"""
    found = of(class_report_of(facts(odd, report("ada"))))
    for render in RENDERINGS.values():
        render(found)
    plain = json.loads(json.dumps(course_report_to_json(found), allow_nan=False))
    assert list(Draft202012Validator(SCHEMA).iter_errors(plain)) == []
