"""Reports as platforms read them: annotations, a summary, code quality, Classroom's points; nobody's text gives a command."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngrade.errors import Verdict
from cnngrade.model import Report, SourceLine, Submission
from cnngrade.report.annotations import MOST, annotations_of, github_commands, gitlab_code_quality
from cnngrade.report.classroom_result import classroom_output, classroom_result
from cnngrade.report.file_places import FilePlaces
from cnngrade.report.junit import reports_as_junit
from cnngrade.report.step_summary import markdown, reports_as_summary
from cnngrade.scoring import report_of
from support.handmade_reports import EVERY_VERDICT, HIDDEN, HOSTILE, LONG, REPORTS, outcome

INJECTED = "::set-output name=a::b\n::error::x\r\n##[add-mask]y\n%0A::stop-commands::z,line=9::"


def _unescaped(text: str) -> str:
    """Return what the runner makes of a value."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def _parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Return the command, properties and message of a line, by the rules that GitHub documents for them."""
    found = re.fullmatch(r"::(\w+)(?: (.*?))?::(.*)", line)
    assert found, line
    given = dict(entry.split("=", 1) for entry in found[2].split(",")) if found[2] else {}
    return found[1], {key: _unescaped(value) for key, value in given.items()}, _unescaped(found[3])


def _placed(*places: SourceLine | None, unit: str = "convolution", path: str = "work/convolution.py") -> Report:
    wrong = [
        replace(outcome(f"case {number}", Verdict.WRONG, function=f"f{number}", text=f"fact {number}"), place=place)
        for number, place in enumerate(places)
    ]
    return report_of(Submission("", unit, Path(path), "ab"), "Convolution", wrong)


def test_annotations_stand_at_lines() -> None:
    """what to work on first comes first, with its file, its line and its text"""
    report = _placed(SourceLine("convolution.py", 7), None, SourceLine("helpers.py", 2))
    lines = github_commands(annotations_of([report])).split("\n")
    assert [_parsed(line) for line in lines] == [
        ("error", {"file": "work/convolution.py", "line": "7", "title": "f0: case 0"}, "fact 0"),
        ("error", {"file": "work/convolution.py", "title": "f1: case 1"}, "fact 1"),
        ("error", {"file": "work/helpers.py", "line": "2", "title": "f2: case 2"}, "fact 2"),
    ]


def test_cases_at_one_line_are_told_together() -> None:
    """a function that is wrong in three cases is one error at its line, which names the others"""
    wrong = [
        replace(outcome(f"case {n}", Verdict.WRONG, text=f"fact {n}"), place=SourceLine("convolution.py", 3)) for n in range(3)
    ]
    (line,) = github_commands(annotations_of([report_of(EVERY_VERDICT.submission, "t", wrong)])).split("\n")
    assert _parsed(line)[2] == "fact 0\nThe same line: conv2d: case 1\nThe same line: conv2d: case 2"


@pytest.mark.parametrize("text", [INJECTED, HOSTILE, LONG, "", "\n\n", "::error::\u2028::error::\x85::error::\x0b::x"])
def test_nothing_in_an_annotation_ends_it(text: str) -> None:
    """whatever a name, a title or a text holds, each annotation is one line, and comes out of it as it was put in"""
    wrong = replace(outcome(text or "t", Verdict.WRONG, function=text or "f", text=text), place=SourceLine(f"{text}.py", 3))
    report = report_of(replace(EVERY_VERDICT.submission, path=Path("a,b:c%.py")), text, [wrong])
    lines = github_commands(annotations_of([report])).split("\n")
    assert len(lines) == 1
    command, given, _ = _parsed(lines[0])
    assert command == "error"
    assert set(given) == {"file", "line", "title"}
    assert given["line"] == "3"
    assert all(character.isprintable() for character in lines[0])


def test_a_file_that_cannot_be_read_is_one_error() -> None:
    """what keeps every case from running is told once, at the file"""
    raised = [
        outcome(title, Verdict.RAISED, function=title, text="the file is empty" if title == "a" else "") for title in "abc"
    ]
    report = replace(report_of(EVERY_VERDICT.submission, "Convolution", raised), problems=("the file is empty",))
    (line,) = github_commands(annotations_of([report])).split("\n")
    assert _parsed(line) == ("error", {"file": "exercises/convolution.py", "title": "Convolution"}, "the file is empty")


def test_only_so_many_are_shown() -> None:
    """GitHub shows ten of a kind: a notice says how many more there are"""
    lines = github_commands(annotations_of([_placed(*[SourceLine("convolution.py", n + 1) for n in range(MOST + 3)])])).split(
        "\n"
    )
    assert len(lines) == MOST + 1
    assert lines[-1] == "::notice::3 more places are told in the log of this step."
    unwritten = [outcome(f"case {n}", Verdict.UNFINISHED, function=f"f{n}") for n in range(MOST + 3)]
    lines = github_commands(annotations_of([report_of(EVERY_VERDICT.submission, "t", unwritten)])).split("\n")
    # Ours is a notice, too.
    assert len(lines) == MOST
    assert lines[-1] == "::notice::4 more places are told in the log of this step."


def test_faults_are_warnings_and_hidden_cases_have_no_line() -> None:
    """what failed here is not the student's error; of a hidden case neither line nor text leaves"""
    fault = outcome("broken", Verdict.FAULT, staff="SECRET")
    hidden = replace(outcome("unseen", Verdict.WRONG, hidden=True, text="SECRET"), place=SourceLine("convolution.py", 98765))
    report = report_of(EVERY_VERDICT.submission, "t", [fault, hidden])
    said = github_commands(annotations_of([report]))
    assert "::warning file=exercises/convolution.py,title=conv2d%3A broken::" in said
    for told in (said, reports_as_summary([report]), gitlab_code_quality(annotations_of([report])), reports_as_junit([report])):
        assert "SECRET" not in told
        assert "98765" not in told
    assert 'line="98765"' in reports_as_junit([report], staff=True)


def test_code_quality() -> None:
    """GitLab's list: its members are what GitLab documents, and no two fingerprints are the same"""
    report = _placed(SourceLine("convolution.py", 7), None, SourceLine("helpers.py", 2))
    entries = json.loads(gitlab_code_quality(annotations_of([report, EVERY_VERDICT])))
    assert [entry["location"] for entry in entries[:2]] == [
        {"path": "work/convolution.py", "lines": {"begin": 7}},
        {"path": "work/convolution.py", "lines": {"begin": 1}},
    ]
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) > 5
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")


@pytest.mark.parametrize("name", REPORTS)
def test_the_summary_fits(name: str) -> None:
    """it is never larger than it may be, and says when something is left out; what is left is whole"""
    whole = reports_as_summary([REPORTS[name]] * 3)
    assert reports_as_summary([REPORTS[name]], most_bytes=20) == reports_as_summary([REPORTS[name]], most_bytes=-5) == ""
    for room in (len(whole.encode()) + 80, 2_000, 300):
        cut = reports_as_summary([REPORTS[name]] * 3, most_bytes=room)
        assert len(cut.encode()) <= room
        assert ("There is more" in cut) == (cut != whole)
        assert cut.count("<pre>") == cut.count("</pre>")


texts = st.text(max_size=60) | st.sampled_from(
    [INJECTED, HOSTILE, "<img src=x>", "[a](javascript:x)", "@all #1", "| a |", "```"]
)


@given(texts)
def test_markdown_takes_nothing_for_its_own(text: str) -> None:
    """nothing but letters, digits and spaces is left as it is, and what is shown is the text"""
    told = markdown(text)
    assert re.fullmatch(r"(?:[^\W_]|[ ]|&#\d+;)*", told)
    assert "\n" not in told
    if text.isprintable():
        assert html.unescape(told) == text


@settings(max_examples=30)
@given(st.lists(texts, min_size=2, max_size=2))
def test_the_summary_holds_no_markup_of_others(two: list[str]) -> None:
    """a title and a text cannot begin a row, a heading or a tag"""
    plain = report_of(EVERY_VERDICT.submission, "t", [outcome("c", Verdict.WRONG, text="d")])
    title, text = two
    other = report_of(EVERY_VERDICT.submission, title, [outcome(title, Verdict.WRONG, function=title, text=text)])
    seen, expected = reports_as_summary([other]), reports_as_summary([plain])
    for markup in ("<", ">", "|", "##", "\n", "**", "`", "["):
        assert seen.count(markup) == expected.count(markup)


def test_classroom_adds_up() -> None:
    """the reporter's sum of the scores is what the report earned, out of what there is"""
    result = classroom_result([EVERY_VERDICT])
    assert result["status"] == "fail"
    assert result["max_score"] == EVERY_VERDICT.possible
    assert sum(test["score"] for test in result["tests"]) == pytest.approx(EVERY_VERDICT.earned)
    assert {test["status"] for test in result["tests"]} == {"pass", "fail"}
    assert classroom_result([REPORTS["all_passed"]])["status"] == "pass"


@pytest.mark.parametrize("name", ["fault", "stopped"])
def test_without_a_score_no_points_are_told(name: str) -> None:
    """the reporter tells the classroom nothing where there are no most points; with some it would tell 0"""
    result = classroom_result([REPORTS["all_passed"], REPORTS[name]])
    assert (result["status"], result["max_score"]) == ("error", 0)
    assert classroom_result([]) == {"version": 1, "status": "error", "max_score": 0, "tests": []}


@pytest.mark.parametrize("report", [HIDDEN, REPORTS["dangerous"]])
def test_the_output_of_a_step_is_one_line(report: Report) -> None:
    """it is base64, so that nothing in it can set another output, and holds no secret"""
    line = classroom_output([report])
    assert re.fullmatch(r"result=[A-Za-z0-9+/]+=*\n", line)
    decoded = base64.b64decode(line.removeprefix("result=")).decode()
    assert json.loads(decoded) == classroom_result([report])
    assert "SECRET" not in decoded


# Places in files


def test_places_in_a_notebook(tmp_path: Path) -> None:
    """a line of a cell becomes a line of the file, and the cell is told besides; without the file there is no line"""
    notebook = {
        "cells": [{"cell_type": "markdown", "source": ["# A\n"]}, {"cell_type": "code", "source": ["x = 1\n", "y = 1/0\n"]}]
    }
    path = tmp_path / "repository" / "unit.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    places = SourceLine("unit.ipynb cell 2", 2), SourceLine("unit.ipynb cell 9", 1), SourceLine("other.ipynb cell 2", 2)
    report = _placed(*places, path=str(path))
    first, second, other = (FilePlaces(report, tmp_path).of(entry) for entry in report.outcomes)
    assert (other.path, other.line) == ("repository/other.ipynb", None)
    assert first.path == "repository/unit.ipynb"
    assert path.read_text().split("\n")[first.line - 1].strip() == '"y = 1/0\\n"' if first.line else False
    assert (first.said, second.line) == ("cell 2, line 2", None)
    assert "Look at cell 2, line 2." in github_commands(annotations_of([report], tmp_path))
    path.write_text("{", encoding="utf-8")
    assert FilePlaces(report).of(report.outcomes[0]).line is None
    path.unlink()
    assert FilePlaces(report).of(report.outcomes[0]).line is None


def test_paths_stay_in_the_repository(tmp_path: Path) -> None:
    """a file elsewhere is told by its name, and a link by where it stands"""
    root = tmp_path / "repository"
    (root / "unit").mkdir(parents=True)
    (tmp_path / "elsewhere.py").touch()
    (root / "unit" / "unit.py").symlink_to(tmp_path / "elsewhere.py")
    for path, told in (
        (root / "unit" / "unit.py", "unit/unit.py"), (tmp_path / "elsewhere.py", "elsewhere.py"), (Path("unit.py"), "unit.py"),
    ):  # fmt: skip
        assert FilePlaces(_placed(None, path=str(path)), root).whole.path == told


# JUnit


def _allowed() -> dict[str, tuple[set[str], set[str]]]:
    """What Jenkins' published schema allows of each element (attributes, children), with the place of a case added."""
    ended = ({"type", "message"}, set[str]())
    return {
        "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
        "testsuite": (
            {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package", "file"},
            {"properties", "testcase", "system-out", "system-err"},
        ),
        "properties": (set(), {"property"}),
        "property": ({"name", "value"}, set()),
        "testcase": ({"name", "time", "classname", "file", "line"}, {"skipped", "error", "failure"}),
        "failure": ended, "error": ended, "skipped": ended, "system-out": (set(), set()), "system-err": (set(), set()),
    }  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_junit_keeps_to_the_published_form(name: str) -> None:
    """elements and attributes are those that consumers' schemas know, times are plain numbers, and lines stand with files"""
    allowed = _allowed()
    root = ElementTree.fromstring(reports_as_junit([REPORTS[name]], staff=True).encode())
    for element in root.iter():
        attributes, children = allowed[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
        if "time" in element.attrib:
            assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"])
        if element.tag == "testcase":
            assert {"name", "classname", "time"} <= set(element.attrib)
            assert ("file" in element.attrib) == bool(len(element))


def test_junit_tells_time_and_place() -> None:
    """a case has its seconds, and one that did not pass the line to look at"""
    report = _placed(SourceLine("convolution.py", 7))
    report = replace(report, outcomes=tuple(replace(entry, seconds=0.25) for entry in report.outcomes))
    (case,) = ElementTree.fromstring(reports_as_junit([report])).iter("testcase")
    told: dict[str, Any] = {"time": "0.250", "file": "work/convolution.py", "line": "7"}
    assert {key: case.get(key) for key in told} == told
