"""What is written about a report, for people and for programs.

The golden files show whole reports. `CNNGRADE_WRITE_GOLDEN=1 pytest grader/tests/engine/report` writes them again; look at what
changed.
"""

from __future__ import annotations

import copy
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnngrade
from cnngrade.budget.ratio import ratio_text
from cnngrade.errors import Verdict, WireError
from cnngrade.model import Case, Cost, Outcome, Report, ReportVerdict, Rest, SourceLine, Submission
from cnngrade.report.annotations import annotations_of, github_commands, gitlab_code_quality
from cnngrade.report.audience import as_students_see
from cnngrade.report.axis import cost_bar
from cnngrade.report.for_platforms import shown_cases
from cnngrade.report.html import POLICY, report_fragment, reports_as_page
from cnngrade.report.json import report_from_json, report_to_json
from cnngrade.report.junit import reports_as_junit
from cnngrade.report.order import never_ran
from cnngrade.report.terminal import clipped, report_as_text, summary_line
from cnngrade.report.words import WORDS, cost_text, next_step, points_in_words, points_text, rest_text
from cnngrade.safe_text import visible, visible_block, visible_line
from cnngrade.scoring import loops_cost_points, report_of, whole_up_to
from support.handmade_reports import (
    ALL_PASSED,
    DANGEROUS,
    ESTIMATED,
    EVERY_VERDICT,
    FAULT,
    GRADED,
    HIDDEN,
    HOSTILE,
    LOOPED,
    REPORTS,
    SUBMISSION,
    UNREADABLE,
    UNTOUCHED,
    outcome,
)
from support.places import GOLDEN

names = pytest.mark.parametrize("name", REPORTS)


# Golden files


def page_of(report: Report, staff: bool = False) -> str:
    return reports_as_page([report], staff)


def json_text(report: Report, for_students: bool = False) -> str:
    return json.dumps(report_to_json(report, for_students), indent=2, allow_nan=False)


def _golden(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("CNNGRADE_WRITE_GOLDEN"):
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8"), f"{name} is not as it was. See the top of this file."


@pytest.mark.parametrize(
    "name", ["every_verdict", "untouched", "all_passed", "stopped", "estimated", "looped", "hidden", "fault", "unreadable"]
)
def test_golden_text(name: str) -> None:
    """what a student reads in a terminal"""
    _golden(f"{name}.txt", report_as_text(REPORTS[name], colour=False) + "\n")


def test_golden_text_elsewhere() -> None:
    """what the staff reads, what a narrow old console shows, and where the colours are"""
    _golden("hidden_staff.txt", report_as_text(HIDDEN, colour=False, staff=True) + "\n")
    _golden("narrow_ascii.txt", report_as_text(EVERY_VERDICT, colour=False, width=60, encoding="ascii") + "\n")
    coloured = report_as_text(EVERY_VERDICT, colour=True)
    _golden("coloured.txt", coloured.replace("\x1b", "<ESC>") + "\n")


@pytest.mark.parametrize("name", ["every_verdict", "looped", "hidden", "dangerous"])
def test_golden_page(name: str) -> None:
    """what a browser gets"""
    _golden(f"{name}.html", page_of(REPORTS[name]))


def test_golden_fragment() -> None:
    """what a notebook's cell shows"""
    _golden("fragment.html", report_fragment(EVERY_VERDICT, "conv2d") + "\n")


def test_golden_json() -> None:
    """what other programs read"""
    _golden("every_verdict.json", json_text(EVERY_VERDICT) + "\n")
    _golden("looped.json", json_text(LOOPED) + "\n")
    _golden("hidden_students.json", json_text(HIDDEN, for_students=True) + "\n")


def test_golden_junit() -> None:
    """what continuous integration servers read"""
    _golden("junit.xml", reports_as_junit([EVERY_VERDICT, FAULT]))


# JSON


SCHEMA = json.loads((Path(cnngrade.__file__).parent / "schemas" / "report.schema.json").read_text(encoding="utf-8"))


def validate(plain: dict[str, Any]) -> None:
    jsonschema.validate(plain, SCHEMA, cls=jsonschema.Draft202012Validator)


@names
@pytest.mark.parametrize("for_students", [False, True])
def test_json_obeys_its_schema(name: str, for_students: bool) -> None:
    """every report as JSON is valid by the published schema, after a trip through text as well"""
    validate(report_to_json(REPORTS[name], for_students))
    validate(json.loads(json_text(REPORTS[name], for_students)))


def test_schema_is_sound_and_described() -> None:
    """the schema is a schema, allows nothing unnamed, and describes every member"""
    schema = SCHEMA
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [schema, *(part for part in schema["$defs"].values() if "properties" in part)]
    assert len(objects) == 9
    for part in objects:
        assert part["additionalProperties"] is False
        assert all("description" in value or "$ref" in value for value in part["properties"].values())
    assert set(schema["$defs"]["verdict"]["enum"]) == {verdict.value for verdict in Verdict}
    assert set(schema["$defs"]["report_verdict"]["enum"]) == {verdict.value for verdict in ReportVerdict}


@pytest.mark.parametrize(
    "damage",
    [
        lambda plain: plain.update(extra=1),
        lambda plain: plain.pop("title"),
        lambda plain: plain.update(verdict="splendid"),
        lambda plain: plain.update(possible="10"),
        lambda plain: plain.update(schema=2),
        lambda plain: plain.update(outcomes={}),
        lambda plain: plain["outcomes"][0].update(for_student=None),
        lambda plain: plain["outcomes"][0]["case"].update(hidden=0),
        lambda plain: plain["outcomes"][7]["cost"].pop("line"),
        lambda plain: plain["outcomes"][0].pop("cause"),
        lambda plain: plain["submission"].update(path=["a"]),
        lambda plain: plain.update(problems="none"),
        lambda plain: plain.update(earned=True),
    ],
)
def test_damaged_json(damage: Callable[[dict[str, Any]], None]) -> None:
    """what the schema refuses, the reader refuses too"""
    plain = copy.deepcopy(report_to_json(EVERY_VERDICT))
    damage(plain)
    with pytest.raises(jsonschema.ValidationError):
        validate(plain)
    with pytest.raises(WireError):
        report_from_json(plain)


def test_reader_says_where() -> None:
    """an unreadable report is refused with the place, not with a traceback"""
    plain = report_to_json(EVERY_VERDICT)
    plain["outcomes"][3]["case"]["points"] = "many"
    with pytest.raises(WireError, match=re.escape("not a report: outcomes: [3]: case: points: not a number.")):
        report_from_json(plain)
    with pytest.raises(WireError, match="schema 7; this cnngrade reads schema 1"):
        report_from_json({**plain, "schema": 7})


@pytest.mark.parametrize("plain", [[], 1, None, "report", {}, {"schema": 1}, {"schema": math.inf}, {"schema": 10**400}])
def test_reader_refuses_what_is_not_a_report(plain: Any) -> None:
    """any other value is refused"""
    with pytest.raises(WireError):
        report_from_json(plain)


def test_json_has_no_nan() -> None:
    """a number that JSON cannot hold is an error here, not for the reader; an infinite ratio is null"""
    with pytest.raises(ValueError, match="nan"):
        json_text(replace(EVERY_VERDICT, seconds=math.nan))
    endless = report_to_json(ESTIMATED)["outcomes"][-1]["cost"]
    assert endless == {"ratio": None, "line": 0.5, "estimated": False, "looped": [], "loops_cost_beyond": None}


amounts = st.floats(0, 1e6)
texts = st.text(st.characters(), max_size=40) | st.sampled_from([HOSTILE])
ratios = st.floats(0.01, 1e6)
axes = st.lists(texts, max_size=3).map(tuple)
costs = st.builds(Cost, amounts | st.just(math.inf), ratios, st.booleans(), axes, st.none() | ratios)
cases = st.builds(Case, texts, texts, amounts, st.booleans(), texts)
lines = st.builds(SourceLine, texts, st.integers(1, 10**9))
outcomes = st.builds(
    Outcome,
    cases,
    st.sampled_from(Verdict),
    amounts,
    texts,
    texts,
    st.none() | texts,
    st.none() | costs,
    seconds=amounts,
    place=st.none() | lines,
)
paths = st.text(st.characters(exclude_characters="\\\0:"), max_size=20).map(Path)
submissions = st.builds(Submission, texts, texts, paths, texts)
reports = st.builds(
    Report,
    submissions,
    texts,
    st.lists(outcomes, max_size=4).map(tuple),
    st.none() | amounts,
    amounts,
    st.lists(texts, max_size=3).map(tuple),
    texts,
    amounts,
    rest=st.none() | st.builds(Rest, amounts, amounts, st.booleans()),
    functions=st.lists(texts, max_size=2).map(tuple),
)


@given(reports)
def test_json_round_trip(report: Report) -> None:
    """a report comes back from JSON, and from JSON as text, exactly as it was"""
    plain = report_to_json(report)
    validate(plain)
    assert report_from_json(plain) == report
    assert report_from_json(json.loads(json_text(report))) == report
    assert report_from_json(json.loads(json_text(report, for_students=True))) == as_students_see(report)


# What students may see

RENDERINGS: dict[str, Callable[[Report], str]] = {
    "text": lambda report: report_as_text(report, colour=False),
    "coloured": lambda report: report_as_text(report, colour=True, width=60),
    "page": page_of,
    "pages": lambda report: reports_as_page([report, report]),
    "fragment": lambda report: report_fragment(report, "conv2d"),
    "whole fragment": lambda report: report_fragment(report, None),
    "junit": lambda report: reports_as_junit([report]),
    "json": lambda report: json_text(report, for_students=True),
    "annotations": lambda report: github_commands(annotations_of([report])),
    "code quality": lambda report: gitlab_code_quality(annotations_of([report])),
}
FOR_STAFF: dict[str, Callable[[Report], str]] = {
    "text": lambda report: report_as_text(report, colour=False, staff=True),
    "page": lambda report: page_of(report, staff=True),
    "fragment": lambda report: report_fragment(report, "conv2d", staff=True),
    "junit": lambda report: reports_as_junit([report], staff=True),
    "json": json_text,
}


@pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)
def test_hidden_cases_stay_hidden(render: Callable[[Report], str]) -> None:
    """of a hidden case a student sees title, verdict and a mistake that public cases show; nothing that code could choose"""
    text = render(HIDDEN)
    for secret in ("SECRET", "test_conv2d_padding", "samples: 3", "/srv", "77.1", "71.3", "71.4"):
        assert secret not in text
    assert "padding with a stride that does not divide" in text
    assert "The kernel is flipped." in text


NOTED = ("text", "coloured", "page", "fragment", "whole fragment", "junit")


@pytest.mark.parametrize("name", NOTED)
def test_a_report_on_own_numbers_says_so_once(name: str) -> None:
    """a student who was wrong on numbers of his own reads once where to see the cases on the handout's; others read nothing"""
    said = "Grading uses other numbers than your handout."
    assert " ".join(RENDERINGS[name](HIDDEN).split()).count(said) == 1
    assert said not in RENDERINGS[name](EVERY_VERDICT)
    if name in FOR_STAFF:
        assert said not in FOR_STAFF[name](HIDDEN)


@pytest.mark.parametrize("render", FOR_STAFF.values(), ids=FOR_STAFF)
def test_staff_sees_everything(render: Callable[[Report], str]) -> None:
    """the staff sees the hidden input and the staff's text"""
    text = render(HIDDEN)
    assert "SECRET: x was [[1, 2]]" in text
    assert "SECRET: seed 7" in text


def test_students_see_their_own_output() -> None:
    """without hidden cases a student sees what the code printed, and the facts of every case"""
    seen = as_students_see(EVERY_VERDICT)
    assert seen.output == EVERY_VERDICT.output
    assert [entry.for_student for entry in seen.outcomes] == [entry.for_student for entry in EVERY_VERDICT.outcomes]
    assert seen.submission == EVERY_VERDICT.submission
    assert as_students_see(as_students_see(HIDDEN)) == as_students_see(HIDDEN)


# Strangers' texts


def _is_plain(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)
def test_dangerous_texts_are_harmless(render: Callable[[Report], str]) -> None:
    """no control character, bidirectional override or lone surrogate is left, and an endless text has an end"""
    text = render(DANGEROUS)
    ours = text.replace("\x1b[1m", "").replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert _is_plain(ours)
    text.encode("utf-8")
    if render is not RENDERINGS["json"]:
        assert len(text) < 150_000
        assert "\\x1b[31mred" in text
        assert "\\u202eesrever" in text


@given(st.text(st.characters(), max_size=200))
def test_visible(text: str) -> None:
    """visible text has only characters that can be seen, and plain text is left alone"""
    assert _is_plain(visible(text))
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in visible_line(text))
    if text.isprintable():
        assert visible(text) == text


def test_visible_block_is_cut() -> None:
    """a long text is cut by lines and by characters, and says how much is left out"""
    assert visible_block("a\nb\nc\n", 2, 100) == "a\nb\n... and 2 more characters"
    assert visible_block("abcdef", 5, 5) == "abcde\n... and 1 more character"
    assert visible_block("a\r\n\tb\xa0c\n\n", 5, 100) == "a\n    b c"


class _Tags(HTMLParser):
    """Collects the tags and attributes of a page, and checks that they are closed in order."""

    VOID = ("meta", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@names
@pytest.mark.parametrize("staff", [False, True])
def test_pages_are_self_contained(name: str, staff: bool) -> None:
    """a page has a strict policy, closes what it opens, and holds no script, link, handler or picture from elsewhere"""
    page = page_of(REPORTS[name], staff)
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in page
    for text in (page, report_fragment(REPORTS[name], None, staff)):
        parser = _Tags()
        parser.feed(text)
        parser.close()
        assert parser.open == []
        assert not parser.tags & {"script", "img", "link", "a", "iframe", "object", "form", "b", "i"}
        assert not {name for name in parser.attributes if name.startswith("on")} | parser.attributes & {"src", "href"}
        assert "url(" not in text


def test_fragment_brings_its_own_style() -> None:
    """a fragment has no style element, no heading and one class, that of what MathJax leaves alone; it is about one function"""
    fragment = report_fragment(EVERY_VERDICT, "correlate2d")
    parser = _Tags()
    parser.feed(fragment)
    assert not parser.tags & {"style", "html", "body", "h1", "h2"}
    assert re.findall(r"""\bclass\s*=\s*["']?([^"'>]*)""", fragment) == ["tex2jax_ignore"]
    assert "1 of 2 points" in fragment
    assert "a batch of 32 digits" not in fragment
    assert "No case tests it." in report_fragment(EVERY_VERDICT, "unknown")


def test_verdicts_do_not_hang_on_colour() -> None:
    """every verdict is a word, and no two share one"""
    assert len(set(WORDS.values())) == len(Verdict)
    page = page_of(EVERY_VERDICT)
    text = report_as_text(EVERY_VERDICT, colour=False)
    for verdict in {entry.verdict for entry in EVERY_VERDICT.outcomes}:
        assert f">{WORDS[verdict]}</span>" in page
        assert f"  {WORDS[verdict]} " in text


# The terminal


@names
@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_text_keeps_to_its_width(name: str, width: int) -> None:
    """no line is wider than the terminal, and none ends in spaces"""
    for line in report_as_text(REPORTS[name], colour=False, width=width, staff=True).split("\n"):
        assert len(line) <= width
        assert line == line.rstrip()


@names
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_text_fits_the_console(name: str, encoding: str) -> None:
    """what a console cannot show is written with what it can"""
    report_as_text(REPORTS[name], colour=False, encoding=encoding).encode(encoding)


def test_colour_only_when_asked() -> None:
    """without colour there is no escape sequence; with colour the text is the same"""
    plain, coloured = (report_as_text(EVERY_VERDICT, colour=colour) for colour in (False, True))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_long_runs_stay_short() -> None:
    """a long run of cases that say the same is shown by its first and a count; the points still add up"""
    text = report_as_text(ALL_PASSED, colour=False)
    assert len(text.splitlines()) < 14
    assert "... and 9 more like this  4.5/4.5" in text
    waits = report_as_text(UNTOUCHED, colour=False)
    assert "... and 5 more like this  0/2.5" in waits


def test_a_failure_is_never_folded() -> None:
    """every case that is wrong has its line"""
    many = report_of(GRADED, "title", [outcome(f"shape {n}", Verdict.WRONG, text="the same fact") for n in range(30)])
    text = report_as_text(many, colour=False)
    assert all(f"shape {n} " in text for n in range(30))


def test_summary_line() -> None:
    """one line gives score and counts; without a score it does not look like zero"""
    assert summary_line(HIDDEN) == "3.5 of 11 points: 1 ok, 3 wrong, 2 raised, 2 slow"
    assert summary_line(FAULT) == "no score yet (of 2 points): 1 ok, 1 fault"
    assert "\n" not in summary_line(DANGEROUS)


def test_clipped() -> None:
    """text is cut to a width, and shows it"""
    assert clipped("short", 10) == "short"
    assert clipped("a longer\ntext \x1b", 10) == "a longe..."


def test_problems_are_reported_once() -> None:
    """a fact that is said about the whole file is not said again below a case"""
    sentence = "convolution.py does not run: line 3 is not Python."
    report = report_of(GRADED, "title", [outcome("a", Verdict.RAISED, text=sentence)], problems=(sentence,))
    for render in (RENDERINGS["text"], RENDERINGS["page"], RENDERINGS["fragment"]):
        assert render(report).count(sentence) == 1


# What to do next


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (ALL_PASSED, "nothing is left to fix here."),
        (UNTOUCHED, "write correlate2d in exercises/convolution.py."),
        (EVERY_VERDICT, "fix correlate2d in exercises/convolution.py: The kernel is flipped."),
        (ESTIMATED, "make conv2d faster in exercises/convolution.py:"),
        (FAULT, "tell your instructor."),
        (UNREADABLE, "no case was judged. Fix exercises/convolution.py first."),
        (
            replace(ALL_PASSED, rest=Rest(7.0, 1.0, False)),
            "answer the question in exercises/convolution.py, which is worth 1 point:",
        ),
        (
            replace(ALL_PASSED, rest=Rest(7.0, 2.0, True)),
            "nothing is left to fix here. Every public case passed; hidden ones run",
        ),
        (replace(ALL_PASSED, rest=Rest(0.0, 0.0, True)), "nothing is left to fix here. Every case passed."),
        (replace(ALL_PASSED, functions=("a", "b")), "go on: every public case of a and b passed."),
    ],
)
def test_next_step(report: Report, expected: str) -> None:
    """the last line says what to do first"""
    assert next_step(report).startswith(expected)
    assert f"\nNext: {expected}"[:60] in report_as_text(report, colour=False, width=200)


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        (None, ""),
        (Rest(0.0, 0.0, True), ""),
        (Rest(7.0, 1.0, False), "10 public + 7 hidden + 1 in prose = 18 points"),
        (Rest(0.0, 1.5, True), "10 public + 1.5 in prose = 11.5 points"),
        (Rest(2.25, 0.0, True), "10 public + 2.25 hidden = 12.25 points"),
    ],
)
def test_how_the_points_are_made_up(rest: Rest | None, says: str) -> None:
    """below the score stands what the unit is worth besides, in a terminal and on a page; nothing where that is all"""
    report = replace(ALL_PASSED, possible=10.0, rest=rest)
    assert rest_text(report) == says
    for text in (report_as_text(report, colour=False), page_of(report)):
        assert (" = " in text) == bool(says)
        assert says in text


def test_right_comes_before_fast() -> None:
    """what is slow waits until all that was tried is right, and what waits is never the next step"""
    slow = outcome("quick", Verdict.SLOW, cost=Cost(99, 9))
    waits, bad = outcome("waits", Verdict.SKIPPED), outcome("clips", Verdict.WRONG, function="relu")
    assert next_step(report_of(GRADED, "", [slow, waits, bad])) == 'fix relu in convolution.py: "clips".'
    assert next_step(report_of(GRADED, "", [waits, slow])).startswith("make conv2d faster")


def test_next_step_points_to_the_lesson() -> None:
    """with the lesson's headings at hand the advice names what to read"""
    text = report_as_text(UNTOUCHED, colour=False, headings={"correlate2d": "One patch at a time"})
    assert text.endswith('Next: read "One patch at a time" in exercises/convolution.py, then write correlate2d.')


# Budgets


def test_estimates_are_called_so() -> None:
    """an estimated ratio is "about", within the limit or over it; closer than a factor 2 the graded run is left to decide"""
    text = " ".join(report_as_text(ESTIMATED, colour=False).split())
    assert "within: about 3.1x the reference's time" in text
    assert "over: about 2,412x the reference's time" in text
    assert (text.count("close: "), text.count("the graded run decides")) == (2, 2)
    measured = [replace(entry, cost=replace(entry.cost, estimated=False)) for entry in ESTIMATED.outcomes if entry.cost]
    assert not {"graded", "close:"} & set(report_as_text(report_of(GRADED, "", measured), colour=False).split())


def test_loops_are_named() -> None:
    """the axes that are looped over come first, with what they cost, and the time is given as well"""
    cost = Cost(12.0, 62.0, looped=("H", "W"))
    looping = replace(ESTIMATED.outcomes[0], verdict=Verdict.SLOW, for_student="", cost=cost)
    text = " ".join(report_as_text(report_of(GRADED, "", [looping]), colour=False).split())
    assert "Your code loops over H and W in Python, which leaves at most 50% of the points" in text
    assert "The time: 12x the reference's time; full points up to 62x." in text
    assert "loops over H and W in Python" in page_of(report_of(GRADED, "", [looping]))


QUICK, SLOW = "H in Python, and is quick enough: ", "H in Python and takes "


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (0.0, f"{QUICK}0x the reference's time; loops cost points beyond 20x."),
        (20.0, f"{QUICK}20x the reference's time; loops cost points beyond 20x."),
        (20.01, f"{QUICK}a little over 20x the reference's time; loops cost points beyond 20x, and this is close enough."),
        (24.0, f"{QUICK}24x the reference's time; loops cost points beyond 20x, and this is close enough."),
        (
            24.1,
            f"{SLOW}24.1x the reference's time: loops cost nothing up to 20x, and leave at most 50% of the points from 40x on.",
        ),
        (24.1, "Let NumPy take such an axis as a whole; without such loops, full points up to 62x."),
        (64.0, "without such loops, full points up to 62x, and this is close enough."),
        (90.0, "without such loops, full points up to 62x, none from 248x."),
        (math.inf, f"{SLOW}more than could be measured: loops cost nothing up to 20x"),
    ],
)
def test_what_is_told_of_loops_that_cost_points_beyond_a_ratio(ratio: float, told: str) -> None:
    """the axis by its name, how quick the code is, where the limit is, and what to do only where something is to be done"""
    text = cost_text(Cost(ratio, 62.0, False, ("H",), 20.0))
    assert told in text
    assert ("Let NumPy" in text) is loops_cost_points(Cost(ratio, 62.0, False, ("H",), 20.0))


@pytest.mark.parametrize(
    ("ratio", "told", "decides"),
    [(9.9, "and is quick enough: about", False), (10.0, "and may be quick enough: about", True),
     (23.9, "and may be quick enough: about", True), (39.0, "and takes about", True), (41.0, "and takes about", False)],
)  # fmt: skip
def test_an_estimate_of_loops_is_called_so(ratio: float, told: str, decides: bool) -> None:
    """closer than a factor of 2 to the limit of loops the graded run decides, however far from that of the budget"""
    text = cost_text(Cost(ratio, 200.0, True, ("H",), 20.0))
    assert told in text
    assert ("This is an estimate: the graded run decides." in text) is decides


def test_a_report_from_before_there_was_a_limit_of_loops_is_read() -> None:
    """a kept report whose costs do not say where loops begin to cost points says that they always do"""
    plain = report_to_json(LOOPED)
    for each in plain["outcomes"]:
        del each["cost"]["loops_cost_beyond"]
    assert {entry.cost.loops_cost_beyond for entry in report_from_json(plain).outcomes if entry.cost} == {None}


def test_what_is_quick_enough_is_nothing_to_work_on() -> None:
    """loops that cost nothing are told beside the case, and are no step, no annotation and no failure in any form"""
    quick = report_of(SUBMISSION, "", LOOPED.outcomes[:2])
    assert "nothing is left to fix here" in next_step(quick)
    assert annotations_of([quick]) == []
    assert "<failure" not in reports_as_junit([quick])
    assert [(case.passed, "loops over H" in case.text) for case in shown_cases(quick)] == [(True, True)] * 2
    assert [places.title for places in annotations_of([LOOPED])] == ["conv2d: beyond it"]


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.0, "0x"), (0.012, "0.01x"), (0.8, "0.8x"), (62.0, "62x"), (47.31, "47.3x"), (99.99, "100x"), (12345.6, "12,346x")],
)
def test_ratio_text(ratio: float, text: str) -> None:
    """a ratio is given with the digits that matter"""
    assert ratio_text(ratio) == text


@pytest.mark.parametrize(("points", "text"), [(6, "6"), (0.5, "0.5"), (1.33, "1.33"), (10, "10"), (0, "0"), (100.0, "100")])
def test_points_text(points: float, text: str) -> None:
    """points have the decimals that they need"""
    assert points_text(points) == text


@pytest.mark.parametrize(("points", "text"), [(1.0, "1 point"), (0.999, "1 point"), (0.5, "0.5 points"), (11.0, "11 points")])
def test_points_in_words(points: float, text: str) -> None:
    """the word goes with the number that is shown"""
    assert points_in_words(points) == text


@given(costs)
def test_scale(cost: Cost) -> None:
    """a bar is within its track, and reaches beyond the limit that code like this has exactly if the ratio does"""
    scale, limit = cost_bar(cost), whole_up_to(cost)
    assert 0 <= scale.bar <= 1
    assert 0 < scale.limit < 1
    if cost.ratio > limit * 1.001:
        assert scale.bar > scale.limit
    if cost.ratio < limit * 0.999:
        assert scale.bar < scale.limit


# JUnit


@names
def test_junit_is_read_again(name: str) -> None:
    """the XML parses, and its counts are those of its cases"""
    report = REPORTS[name]
    root = ElementTree.fromstring(reports_as_junit([report, report], staff=True).encode())
    suites = root.findall("testsuite")
    assert len(suites) == 2
    for suite in suites:
        found = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
        assert [suite.get(key) for key in ("failures", "errors", "skipped")] == [str(count) for count in found.values()]
        assert suite.get("tests") == str(len(report.outcomes))
        assert found["error"] == sum(entry.verdict is Verdict.FAULT for entry in report.outcomes)
        identities = [(case.get("classname"), case.get("name")) for case in suite.findall("testcase")]
        assert name == "dangerous" or len(set(identities)) == len(identities)
    assert root.get("tests") == str(2 * len(report.outcomes))


def test_junit_names_stay_apart() -> None:
    """cases with the same title are told apart by their names"""
    twice = [outcome("stride"), outcome("stride", hidden=True)]
    root = ElementTree.fromstring(reports_as_junit([report_of(GRADED, "t", twice)]))
    assert [case.get("name") for case in root.iter("testcase")] == ["stride [public/test_conv2d_stride]", "stride [hidden/2]"]


def test_a_function_without_cases() -> None:
    """a cell about a function that no case tests says so, where nothing of the file ran, too"""
    failed = [replace(outcome(title), verdict=Verdict.RAISED, for_student="the file fails") for title in ("one", "two")]
    report = replace(report_of(GRADED, "t", failed), problems=("the file fails",))
    assert never_ran(report)
    assert "No case tests it." in report_fragment(report, "of_no_case")


@settings(max_examples=60)
@given(reports)
def test_any_report_can_be_rendered(report: Report) -> None:
    """no report, however odd, stops a rendering; XML stays XML and text stays text"""
    for render in RENDERINGS.values():
        render(report).encode("utf-8")

    ElementTree.fromstring(reports_as_junit([report], staff=True).encode())
    for staff in (False, True):
        parser = _Tags()
        parser.feed(page_of(report, staff))
        assert parser.open == []
        assert _is_plain(report_as_text(report, colour=False, width=50, staff=staff))
